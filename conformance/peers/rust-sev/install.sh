#!/bin/sh
# Builds the door over virtee's crate sev by cargo: the exact crates that Cargo.lock names, cryptography in Rust alone. Skipped (77) without cargo,
# with one before Rust 1.85, or where no crate can be fetched.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cargo=$(cargo --version 2>/dev/null | sed -n 's/^cargo 1\.\([0-9]*\).*/\1/p')
[ "${cargo:-0}" -ge 85 ] || { echo "rust-sev needs cargo of Rust 1.85 or later (https://rustup.rs)" >&2; exit 77; }
echo "sev 8.0.0, licence: Apache-2.0; what it depends on: Apache-2.0, MIT, BSD-3-Clause, Unicode-3.0 or MPL-2.0"
target=$here/../installed/rust-sev
if [ -x "$target/rust-sev" ] && [ -z "$(find "$here" -newer "$target/rust-sev" -type f)" ]; then
    echo "rust-sev is up to date"
    exit 0
fi
new=$here/../installed/.new-rust-sev
rm -rf "$new"
mkdir -p "$new"
(cd "$here" && cargo fetch --quiet --locked >&2) || { echo "rust-sev: its crates can't be fetched here" >&2; exit 77; }
(cd "$here" && cargo build --quiet --release --locked --offline --target-dir "$new/target" >&2)
mv "$new/target/release/rust-sev" "$new/rust-sev"
rm -rf "$new/target" "$target"
mv "$new" "$target"
echo "rust-sev is installed"
