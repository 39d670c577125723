#!/bin/sh
# The suite against the Go server and the Go client of profile confer: what they do otherwise stands in conformance/known, each with its
# reason, and nothing else is red. Skipped (77) where they are not installed.
#   go_confer_test.sh PARLEY PEERS FOLDER
set -u
parley=$1 peers=$2 folder=$3

for peer in go-confer-server go-confer-client; do
    [ -x "$peers/installed/$peer/$peer" ] || { echo "$peer is not installed: ./parley peers install $peer"; exit 77; }
done
mkdir -p "$folder"
"$parley" pack "$folder/pack" --profile confer >"$folder/pack.txt" || exit 1

rm -f "$folder/server.txt" # of an earlier run
# Both ports are free ones; the hook says its address first.
"$peers/go-confer-server/run" --pack "$folder/pack" --listen 127.0.0.1:0 --ctl 127.0.0.1:0 2>"$folder/server.txt" &
server=$!
trap 'kill $server 2>/dev/null' EXIT
tries=0
while [ $tries -lt 300 ]; do
    [ "$(grep -cs '^listening on ' "$folder/server.txt")" = 2 ] && break
    sleep 0.1
    tries=$((tries + 1))
done
ctl=$(sed -n '1s/^listening on //p' "$folder/server.txt") address=$(sed -n '2s/^listening on //p' "$folder/server.txt")

"$parley" test server "ws://$address/websocket" --pack "$folder/pack" --ctl "$ctl" --name go-confer-server --known "$peers/../known/go-confer-server.tsv" \
    --out "$folder/server"
of_server=$?
"$parley" test client --exec "'$peers/go-confer-client/run' --url {url} --pack {pack} --say {prompt}" --pack "$folder/pack" --name go-confer-client --jobs 2 \
    --known "$peers/../known/go-confer-client.tsv" --out "$folder/client"
of_client=$?
echo "server: exit $of_server, client: exit $of_client"
# The client is given one pack, so that the cases with a world of their own cannot be tried: 4, not the whole role, and nothing red.
[ $of_server -eq 0 ] && [ $of_client -eq 4 ]
