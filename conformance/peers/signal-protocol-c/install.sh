#!/bin/sh
# Installs Debian's libsignal-protocol-c and builds the adapter that links it: a program of its own, under that library's licence.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=$here/../installed/signal-protocol-c
. "$here/../apt.sh"

need_packages libsignal-protocol-c-dev libcjson-dev libssl-dev gcc libc6-dev pkg-config
say_licences libsignal-protocol-c-dev
if [ -x "$target/adapter" ] && [ "$target/adapter" -nt "$here/adapter.c" ]; then
    echo "signal-protocol-c is up to date"
    exit 0
fi
new=$here/../installed/.new-signal-protocol-c
rm -rf "$new"
mkdir -p "$new"
# shellcheck disable=SC2046 # words are meant
gcc -std=c11 -O2 -Wall -Wextra "$here/adapter.c" -o "$new/adapter" $(pkg-config --cflags --libs libsignal-protocol-c libcjson libcrypto)
# A folder of the final name is there only when it is complete.
rm -rf "$target"
mv "$new" "$target"
echo "signal-protocol-c is installed"
