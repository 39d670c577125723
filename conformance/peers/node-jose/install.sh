#!/bin/sh
# Installs jose by npm: the exact bytes that package-lock.json names, no install scripts.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../npm.sh"

npm_peer node-jose 20 "jose 6.2.18, licence: MIT; it depends on nothing"
