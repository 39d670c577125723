#!/bin/sh
# container_test.sh CPACK BUILD-FOLDER SCRATCH: an image is built from the Debian package and runs without a network. Exit 77 where no
# container engine answers or its base image is not there: a test fetches nothing.
set -eu
engine=''
for tool in podman docker; do
    if [ -z "$engine" ] && command -v $tool >/dev/null && $tool info >/dev/null 2>&1; then engine=$tool; fi
done
[ -n "$engine" ] || { echo 'SKIPPED: no container engine answers'; exit 77; }
$engine image inspect debian:12-slim >/dev/null 2>&1 || { echo 'SKIPPED: the image debian:12-slim is not here'; exit 77; }
rm -rf "$3" && mkdir -p "$3"
"$1" --config "$2/CPackConfig.cmake" -B "$3" >/dev/null
cp "$(dirname "$0")/Containerfile" "$3/"
$engine build -t parley-test -f "$3/Containerfile" "$3"
$engine run --rm --network none parley-test demo | grep -qx 'Caught.'
$engine run --rm --network none parley-test vectors check
$engine image rm parley-test >/dev/null
