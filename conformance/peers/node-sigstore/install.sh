#!/bin/sh
# Installs Sigstore's verification in JavaScript by npm: the exact bytes that package-lock.json names, no install scripts.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../npm.sh"

npm_peer node-sigstore 20 "@sigstore/verify 4.1.3, licence: Apache-2.0; what it depends on: Apache-2.0"
