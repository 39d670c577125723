#!/bin/sh
# Installs Phala's quote verification by npm: the exact bytes that package-lock.json names, no install scripts.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../npm.sh"

npm_peer node-dcap-qvl 18 "@phala/dcap-qvl 0.3.9, licence: Apache-2.0; what it depends on: MIT"
