#!/bin/sh
# pcap_test.sh PARLEY SCRATCH: tshark reads a capture of a session of ours, and its plaintexts with the dissector. Exit 77 without tshark.
set -u
parley=$1 work=$2
command -v tshark >/dev/null || { echo 'SKIPPED: there is no tshark'; exit 77; }
rm -rf "$work" && mkdir -p "$work" && cd "$work" || exit 1
export HOME="$work" # tshark reads and writes settings there
"$parley" pack pack --quiet
"$parley" serve --pack pack --model script --listen ws://127.0.0.1:0/websocket >served 2>&1 &
server=$!
trap 'kill $server 2>/dev/null' EXIT
wait_for() { for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do grep -q 'listening on' "$1" 2>/dev/null && return; sleep 0.2; done; }
wait_for served
"$parley" tap "$(sed -n 's/^listening on //p' served)" --sessions 1 --out . >taped 2>tap.err &
tap=$!
wait_for tap.err
"$parley" chat "$(sed -n 's/^listening on \([^,]*\),.*/\1/p' tap.err)" --pack pack --say 'What does the heron do?' --keylog keys --quiet >said 2>&1
wait $tap
"$parley" pcap session-0.jsonl --keys keys --out . --quiet && "$parley" pcap --dissector >parley.lua || exit 1

failed=0
tshark -r session-0.pcapng >packets 2>warnings || { echo 'FAILED  tshark' && cat warnings; failed=1; }
tshark -X lua_script:parley.lua -r session-0.pcapng -V >dissected 2>>warnings || { echo 'FAILED  tshark with the dissector' && cat warnings; failed=1; }
for words in 'WebSocket Binary' 'GET /websocket' '101 Switching Protocols'; do
    grep -q "$words" packets || { echo "FAILED  no packet says $words" && head -n 12 packets; failed=1; }
done
for words in 'Parley frame' 'chunk_id: ' 'total_chunks: 1' 'verb: POST' 'path: /v1/vllm/chat/completions' 'What does the heron do?' 'status: 200' 'Parley evidence'; do
    grep -qF "$words" dissected || { echo "FAILED  nothing dissected says $words"; failed=1; }
done
! grep -qi 'lua error\|malformed\|exception' dissected warnings || { echo 'FAILED  an error of the dissector:' && grep -i -m 3 'error\|malformed\|exception' dissected warnings; failed=1; }
[ $failed = 0 ] && echo "ok      $(wc -l <packets) packets"
exit $failed
