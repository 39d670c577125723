#!/bin/sh
# secrets_grid.sh TREE WORK: every secret path under both providers, as both compilers make the text at every level. 128 runs, some minutes.
set -u
tree=$1 work=$2 runs=0
command -v valgrind >/dev/null || { echo "valgrind is not installed"; exit 69; }
judge() { valgrind -q --error-exitcode=9 "--suppressions=$tree/conformance/secrets/libraries.supp" "$@"; }
rm -rf "$work" && mkdir -p "$work" || exit 70

for compiler in gcc clang; do
    for level in O0 O1 O2 O3; do
        at=$work/$compiler-$level
        cmake -S "$tree" -B "$at" -G Ninja -DCMAKE_C_COMPILER=$compiler -DCMAKE_BUILD_TYPE= -DCMAKE_C_FLAGS=-$level -DPARLEY_BUILD=dev >"$work/log" 2>&1 &&
            cmake --build "$at" --target secrets >>"$work/log" 2>&1 || { tail -n 40 "$work/log"; exit 1; }
        for path in $("$at/secrets" list); do
            for provider in sodium openssl; do
                judge "$at/secrets" "$path" $provider || { echo "$compiler -$level, $path, $provider: a branch or an index depends on a secret"; exit 1; }
                runs=$((runs + 1))
            done
        done
        judge "$at/secrets" branch >/dev/null 2>&1
        [ $? -eq 9 ] || { echo "$compiler -$level: the tool does not see a branch on a secret"; exit 1; }
    done
done
echo "$runs runs: no branch and no index depends on a secret"
[ $runs -eq 128 ]
