#!/bin/sh
# ratchet_live_test.sh RATCHET_LIVE PEERS NAME [MESSAGES]: profile signal against one peer, live, both roles. Skipped (77) where it is not installed.
set -u
live=$1 peers=$2 name=$3 messages=${4:-100}
[ -d "$peers/installed/$name" ] || { echo "$name is not installed: ./parley peers install $name"; exit 77; }
exec "$live" "$peers/$name/run" "$messages"
