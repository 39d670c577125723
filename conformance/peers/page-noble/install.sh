#!/bin/sh
# Installs by npm what vectors/witness/page/noble.mjs is linked from: the exact bytes that package-lock.json names, no install scripts.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../npm.sh"

npm_peer page-noble 18 "@noble/hashes 1.8.0, @noble/ciphers 1.3.0, @noble/curves 1.9.7, @noble/post-quantum 0.4.1, licence: MIT"
