#!/bin/sh
# Installs noise-c, compiled to WebAssembly, by npm: the exact bytes that package-lock.json names, no install scripts.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=$here/../installed/node-noise
. "$here/../apt.sh"

command -v node >/dev/null || need_packages nodejs npm
command -v npm >/dev/null || need_packages npm
major=$(node -p 'process.versions.node.split(".")[0]')
[ "$major" -ge 18 ] || { echo "node-noise needs Node 18 or later, this is $(node --version)" >&2; exit 77; }

echo "noise-c.wasm 0.4.0, licence: 0BSD; the noise-c inside it: MIT"
if [ -d "$target/node_modules/noise-c.wasm" ] && cmp -s "$here/package-lock.json" "$target/package-lock.json"; then
    echo "node-noise is up to date"
    exit 0
fi
new=$here/../installed/.new-node-noise
rm -rf "$new"
mkdir -p "$new"
cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$new/"
(cd "$new" && npm ci --ignore-scripts --no-audit --no-fund >&2)
# A folder of the final name is there only when it is complete.
rm -rf "$target"
mv "$new" "$target"
echo "node-noise is installed"
