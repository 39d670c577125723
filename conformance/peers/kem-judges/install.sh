#!/bin/sh
# Installs the judges of the KEM by npm: the exact bytes that package-lock.json names, no install scripts.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=$here/../installed/kem-judges
. "$here/../apt.sh"

command -v node >/dev/null || need_packages nodejs npm
command -v npm >/dev/null || need_packages npm
major=$(node -p 'process.versions.node.split(".")[0]')
[ "$major" -ge 18 ] || { echo "kem-judges needs Node 18 or later, this is $(node --version)" >&2; exit 77; }

echo "pqclean 0.8.1, licence: MIT, pqclean 0.3.0, licence: ISC (PQClean inside both: public domain); @noble/post-quantum 0.4.1, licence: MIT"
if [ -d "$target/node_modules/pqclean-round3" ] && cmp -s "$here/package-lock.json" "$target/package-lock.json"; then
    echo "kem-judges is up to date"
    exit 0
fi
new=$here/../installed/.new-kem-judges
rm -rf "$new"
mkdir -p "$new"
cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$new/"
(cd "$new" && npm ci --ignore-scripts --no-audit --no-fund >&2)
# A folder of the final name is there only when it is complete.
rm -rf "$target"
mv "$new" "$target"
echo "kem-judges is installed"
