#!/bin/sh
# package_test.sh CPACK BUILD-FOLDER SCRATCH [gate]: the Debian package is the same bytes twice and runs from where it is unpacked, without a
# compiler and without the checkout. With `gate` all that the suite says of itself, as one call; without, each step of it, the two long ones in part.
# Exit 77 where no package can be made.
set -eu
for tool in dpkg-deb dpkg-shlibdeps; do
    command -v $tool >/dev/null || { echo "SKIPPED: there is no $tool (Debian: dpkg-dev)"; exit 77; }
done
rm -rf "$3" && mkdir -p "$3"
cd "$3"
for time in one two; do
    "$1" --config "$2/CPackConfig.cmake" -B "$3/$time" >/dev/null
done
package=$(echo one/*.deb)
cmp "$package" "two/${package#one/}"
sha256sum "$package"
dpkg-deb -x "$package" root

mkdir bin
for tool in sh env node dirname pwd awk; do
    path=$(command -v $tool) && case $path in /*) ln -s "$path" bin/$tool ;; esac
done
started=$(date +%s)
env -i PATH="$PWD/bin" root/usr/bin/parley demo | tail -n 5
took=$(($(date +%s) - started))
echo "demo after $took s"

# What the suite says of itself, from the package alone.
run() { # CODE ARGUMENT...
    want=$1 code=0
    shift
    env -i PATH="$PWD/bin" root/usr/bin/parley "$@" >said 2>&1 || code=$?
    echo "$*: exit $code: $(tail -n 1 said)"
    [ $code = "$want" ] || { cat said; exit 1; }
}
witnesses=0
[ -e bin/node ] || witnesses=69 # they can't be run
if [ "${4:-}" = gate ]; then
    run $witnesses gate
    exit 0
fi
run 0 spec lint
run 0 vectors check
run $witnesses vectors witness
run 0 audit
run 0 mutants --quiet --area wi
run 0 test self --quiet --case 'cf.*.record.*'
run 0 trace
