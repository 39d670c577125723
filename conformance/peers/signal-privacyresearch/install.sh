#!/bin/sh
# Installs the TypeScript implementation of X3DH and the Double Ratchet by npm: the exact bytes that package-lock.json names, no install scripts.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../npm.sh"
npm_peer signal-privacyresearch 18 "@privacyresearch/libsignal-protocol-typescript 0.0.16, licence: GPL-3.0-only"
