#!/bin/sh
# secrets.sh PROGRAM LEAKS PATH: no branch and no index on this path of the text depends on a secret, as memcheck sees it, under both
# providers. LEAKS is the same program with a mistake on that path, which has to be seen, as have a bare branch and a bare index.
# Skipped (77) without valgrind.
set -u
here=$(dirname "$0")
command -v valgrind >/dev/null || { echo "valgrind is not installed"; exit 77; }
judge() { valgrind -q --error-exitcode=9 --track-origins=no "--suppressions=$here/libraries.supp" "$@"; }

sees() { # WHAT COMMAND...
    what=$1
    shift
    judge "$@" >/dev/null 2>&1
    [ $? -eq 9 ] || { echo "the tool does not see $what: the first answer proves nothing"; exit 1; }
}

for provider in sodium openssl; do
    judge "$1" "$3" $provider
    code=$?
    [ $code -eq 77 ] && exit 77
    [ $code -eq 0 ] || { echo "$3, $provider: a branch or an index depends on a secret (exit $code)"; exit 1; }
done
sees "a branch on a secret" "$1" branch
sees "an index that is secret" "$1" index
sees "the mistake on this path" "$2" "$3" sodium
echo "$3: no branch and no index depends on a secret"
