#!/bin/sh
# format_test.sh TREE FOLDER: format.sh names a file that clang-format would change, with the remedy, and no other.
set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
rm -rf "$2" && mkdir -p "$2/room" && cp "$1/.clang-format" "$2/" || exit 1
printf 'int good(void);\n' >"$2/room/good.h"
sh "$here/format.sh" "$2"
code=$?
[ $code = 0 ] || exit $code
printf 'int  bad( void ) ;\n' >"$2/room/bad.c"
said=$(sh "$here/format.sh" "$2") && { echo "a file in another form passes"; exit 1; }
expected='./room/bad.c
these files differ from their formatted form; run: clang-format -i FILE'
[ "$said" = "$expected" ] || { printf 'said:\n%s\n' "$said"; exit 1; }
