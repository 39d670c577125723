#!/bin/sh
# signal_live_test.sh PARLEY PEERS NAME OUT: profile signal against one peer, live, in both roles: nothing unexpected fails, and its matrix is
# printed. Skipped (77) where it is not installed.
set -u
parley=$1 peers=$2 name=$3 out=$4
[ -d "$peers/installed/$name" ] || { echo "$name is not installed: ./parley peers install $name"; exit 77; }
exec "$parley" test library "$peers/$name/run" --case "rt.*" --known "$peers/../known/$name.tsv" --out "$out"
