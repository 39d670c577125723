#!/bin/sh
# The Noise witness gives its known answer, and sees what it is there to see: another value, another reason, another state.
set -eu
cd -- "$(dirname -- "$0")"
. ./bites.sh

node noise.mjs --self-test
plant 'another value' 's/"out":{"\([a-z]*\)":"[0-9a-f]/"out":{"\1":"x/' \
    nz.write.nk.json nz.read.nk.json nz.split.nk.json nz.seal.nk.json nz.open.nk.json nz.rekey.nk.json \
    nz.write.nxhfs.json nz.split.nkhfs.json nz.export.json
plant 'another reason' 's/"reason":"[a-z]*"/"reason":"parse"/' nz.init.json nz.read.nk.json nz.open.nk.json
plant 'another state afterwards' 's/"after":"[a-z]*"/"after":"else"/' nz.read.nk.json nz.open.nk.json
all_seen noise.mjs
