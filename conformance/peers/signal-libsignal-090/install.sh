#!/bin/sh
# Installs libsignal 0.90.0 by npm: the exact bytes that package-lock.json names, no install scripts.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../npm.sh"
npm_peer signal-libsignal-090 20 "@signalapp/libsignal-client 0.90.0, licence: AGPL-3.0-only"
