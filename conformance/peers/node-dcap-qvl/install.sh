#!/bin/sh
# Installs Phala's quote verification by npm: the exact bytes that package-lock.json names, no install scripts.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=$here/../installed/node-dcap-qvl
. "$here/../apt.sh"

command -v node >/dev/null || need_packages nodejs npm
command -v npm >/dev/null || need_packages npm
major=$(node -p 'process.versions.node.split(".")[0]')
[ "$major" -ge 18 ] || { echo "node-dcap-qvl needs Node 18 or later, this is $(node --version)" >&2; exit 77; }

echo "@phala/dcap-qvl 0.3.9, licence: Apache-2.0; what it depends on: MIT"
if [ -d "$target/node_modules/@phala/dcap-qvl" ] && cmp -s "$here/package-lock.json" "$target/package-lock.json"; then
    echo "node-dcap-qvl is up to date"
    exit 0
fi
new=$here/../installed/.new-node-dcap-qvl
rm -rf "$new"
mkdir -p "$new"
cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$new/"
(cd "$new" && npm ci --ignore-scripts --no-audit --no-fund >&2)
# A folder of the final name is there only when it is complete.
rm -rf "$target"
mv "$new" "$target"
echo "node-dcap-qvl is installed"
