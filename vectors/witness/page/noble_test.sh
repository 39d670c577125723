#!/bin/sh
# The vectors of profile parley1 by the witness over the noble libraries, as the page has it: another library than Node's, the same values.
# noble_test.sh FOLDER; exit 77 where there is no Node.
set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
version=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null)
[ "${version:-0}" -ge 18 ] || { echo "SKIPPED: Node 18 or newer is needed, found ${version:-none}"; exit 77; }
mkdir -p "$1" && node "$here/make.mjs" check-page && node "$here/make.mjs" run "$1/parley1.mjs" && node "$1/parley1.mjs" "$here"/../../data/p1.*.json
