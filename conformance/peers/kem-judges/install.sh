#!/bin/sh
# Installs the judges of the KEM by npm: the exact bytes that package-lock.json names, no install scripts.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../npm.sh"

npm_peer kem-judges 18 "pqclean 0.8.1, licence: MIT, pqclean 0.3.0, licence: ISC (PQClean inside both: public domain); @noble/post-quantum 0.4.1, licence: MIT"
