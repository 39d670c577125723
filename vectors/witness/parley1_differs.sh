#!/bin/sh
# Our text and the client from the prose answer alike (parley1_differs.mjs). parley1_differs.sh PARLEY; exit 77 where there is no Node.
set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
version=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null)
[ "${version:-0}" -ge 18 ] || { echo "SKIPPED: Node 18 or newer is needed, found ${version:-none}"; exit 77; }
exec node "$here/parley1_differs.mjs" "'$1' adapter" 500
