#!/bin/sh
# The Noise witness gives its known answer, and sees what it is there to see: another value, another reason, another state.
set -eu
cd -- "$(dirname -- "$0")"
node -e 'process.exit(process.versions.node.split(".")[0] >= 18 ? 0 : 1)' 2>/dev/null || { echo 'SKIPPED: the witness needs Node 18 or newer'; exit 77; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

node noise.mjs --self-test

sees() { # WHAT SED FILE...: with its lines altered, each file differs in something
    what=$1 alter=$2
    shift 2
    for file; do
        sed "$alter" "../data/$file" >"$scratch/$file"
        status=0
        node noise.mjs "$scratch/$file" >"$scratch/said" || status=$?
        [ $status = 1 ] && tail -n 1 "$scratch/said" | grep -q ', [1-9][0-9]* differed$' || { echo "$what in $file: not seen"; exit 1; }
    done
}
sees 'another value' 's/"out":{"\([a-z]*\)":"[0-9a-f]/"out":{"\1":"x/' \
    nz.write.nk.json nz.read.nk.json nz.split.nk.json nz.seal.nk.json nz.open.nk.json nz.rekey.nk.json
sees 'another reason' 's/"reason":"[a-z]*"/"reason":"parse"/' nz.init.json nz.read.nk.json nz.open.nk.json
sees 'another state afterwards' 's/"after":"[a-z]*"/"after":"else"/' nz.read.nk.json nz.open.nk.json
echo 'every planted fault was seen'
