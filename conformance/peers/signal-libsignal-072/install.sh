#!/bin/sh
# Installs libsignal 0.72.1 by npm: the exact bytes that package-lock.json names, no install scripts.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../npm.sh"
npm_peer signal-libsignal-072 20 "@signalapp/libsignal-client 0.72.1, licence: AGPL-3.0-only"
