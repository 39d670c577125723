#!/bin/sh
# Installs noise-c, compiled to WebAssembly, by npm: the exact bytes that package-lock.json names, no install scripts.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../npm.sh"

npm_peer node-noise 18 "noise-c.wasm 0.4.0, licence: 0BSD; the noise-c inside it: MIT"
