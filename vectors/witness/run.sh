#!/bin/sh
# run.sh WITNESS.mjs AREA: the witness over that area's committed vectors. Exit 77 when there is no Node to run it.
set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
version=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null)
if [ -z "$version" ] || [ "$version" -lt 18 ]; then
    echo "SKIPPED: the witness needs Node 18 or newer, found ${version:-none}"
    exit 77
fi
exec node "$here/$1" "$here"/../data/"$2".*.json
