#!/bin/sh
# package_test.sh CPACK BUILD-FOLDER SCRATCH: the Debian package is the same bytes twice and runs from where it is unpacked, without a
# compiler and without the checkout. Exit 77 where no package can be made.
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

# Everything that the suite says of itself, from the package alone.
want=0
[ -e bin/node ] || want=69 # the witnesses can't be run
code=0
env -i PATH="$PWD/bin" root/usr/bin/parley gate >gate.txt || code=$?
cat gate.txt
[ $code = $want ]
