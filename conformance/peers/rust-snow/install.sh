#!/bin/sh
# Builds a timer of snow's handshakes by cargo: the exact crates that Cargo.lock names. Skipped (77) without cargo.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
command -v cargo >/dev/null || { echo "rust-snow needs cargo (https://rustup.rs, or Debian's package cargo)" >&2; exit 77; }
echo "snow 0.9.6, licence: Apache-2.0 OR MIT; what it depends on: Apache-2.0, MIT or BSD-3-Clause"
target=$here/../installed/rust-snow
if [ -x "$target/rust-snow" ] && [ -z "$(find "$here" -newer "$target/rust-snow" -type f)" ]; then
    echo "rust-snow is up to date"
    exit 0
fi
new=$here/../installed/.new-rust-snow
rm -rf "$new"
mkdir -p "$new"
(cd "$here" && cargo build --quiet --release --locked --target-dir "$new/target" >&2)
mv "$new/target/release/rust-snow-speed" "$new/rust-snow"
rm -rf "$new/target" "$target"
mv "$new" "$target"
echo "rust-snow is installed"
