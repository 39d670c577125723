#!/bin/sh
# format.sh TREE: every C file below TREE is as clang-format with TREE/.clang-format writes it.
# Version 14 decides (Debian 12); where it is not
# installed the exit status is 77.
set -u
cd "$1" || exit 1
clang-format --version 2>/dev/null | grep -q 'version 14\.' || { echo "clang-format 14 is not installed"; exit 77; }
find . \( -path ./build -o -path ./reports/out -o -path ./parley-out -o -path ./.git -o -path ./conformance/peers/installed -o -name node_modules \) -prune -o \
    -name '*.[ch]' -print0 | xargs -0 clang-format --style=file --dry-run -Werror 2>&1 | sed -n 's/^\(.*\):[0-9]*:[0-9]*: error: .*/\1/p' |
    sort -u | { ! grep .; } || { echo "these files differ from their formatted form; run: clang-format -i FILE"; exit 1; }
