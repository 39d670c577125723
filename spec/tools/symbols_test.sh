#!/bin/sh
# symbols_test.sh CC NM BUILD-FOLDER: symbols.sh is red for a text that reads a clock, and names it.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
printf '#include <time.h>\n#include <string.h>\nlong planted(const char *s);\nlong planted(const char *s) { return time(NULL) + (long)strlen(s); }\n' >planted.c
"$1" -std=c11 -c planted.c -o planted.o
ar rcs libplanted.a planted.o
if sh "$here/symbols.sh" "$2" "$here/symbols.allow" "$3" libplanted.a >said; then
    echo "a text that reads the clock was let through"
    exit 1
fi
grep -q '  time, in libplanted' said && ! grep -q strlen said
