#!/bin/sh
# mlkem_secrets.sh PROGRAM: no branch and no index of the KEM depends on a secret, as memcheck sees it; and memcheck does see one.
# Skipped (77) without valgrind.
set -u
command -v valgrind >/dev/null || { echo "valgrind is not installed"; exit 77; }
judge() { valgrind -q --error-exitcode=9 --track-origins=no "$@"; }

judge "$1"
code=$?
[ $code -eq 77 ] && exit 77
[ $code -eq 0 ] || { echo "a branch or an index depends on a secret (exit $code)"; exit 1; }
judge "$1" branch >/dev/null 2>&1
[ $? -eq 9 ] || { echo "the tool does not see a branch on a secret: the first answer proves nothing"; exit 1; }
echo "no branch and no index depends on a secret"
