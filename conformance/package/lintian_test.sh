#!/bin/sh
# lintian_test.sh CPACK BUILD-FOLDER SCRATCH: lintian finds no error and no warning in the Debian package. Exit 77 without lintian.
set -eu
for tool in lintian dpkg-shlibdeps; do
    command -v $tool >/dev/null || { echo "SKIPPED: there is no $tool"; exit 77; }
done
rm -rf "$3" && mkdir -p "$3"
"$1" --config "$2/CPackConfig.cmake" -B "$3" >/dev/null
lintian --allow-root --fail-on error,warning "$3"/*.deb
