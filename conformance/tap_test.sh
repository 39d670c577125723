#!/bin/sh
# tap_test.sh PARLEY SCRATCH: a session is recorded between our client and our server, and judged with the secrets of either side.
set -u
parley=$1 work=$2
failed=0
rm -rf "$work" && mkdir -p "$work" && cd "$work" || exit 1
"$parley" pack pack --quiet && "$parley" pack other --seed 0102 --quiet

# ---- recording ----

"$parley" serve --pack pack --model script --keylog server.keys --listen ws://127.0.0.1:0/websocket >served 2>&1 &
server=$!
trap 'kill $server 2>/dev/null' EXIT
wait_for() { for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do grep -q "listening on" "$1" 2>/dev/null && return; sleep 0.2; done; }
wait_for served
"$parley" tap "$(sed -n 's/^listening on //p' served)" --sessions 4 --out . >taped 2>tap.err &
tap=$!
wait_for tap.err
url=$(sed -n 's/^listening on \([^,]*\),.*/\1/p' tap.err)
"$parley" chat "$url" --pack pack --say 'What does the heron do?' --keylog client.keys --quiet >said 2>chat.err || { echo 'FAILED  chat' && cat chat.err; failed=1; }
"$parley" chat "$url" --pack other --say 'Anything?' --quiet >refused 2>&1 # the token of the other pack is refused
# Two clients that refuse: the guest is another than the policy of theirs allows; the report is written in base64url.
"$parley" chat "$url?token=$(cat pack/token)" --pack other --say 'Anything?' --keylog client.keys --quiet >refused 2>&1
kill $server
cp -r pack variant
old=$(sha256sum <pack/evidence.json)
sed 's/"attestation":"[^"]*"/\n&\n/' pack/evidence.json | sed '2y/+\//-_/; 2s/=*"$/"/' | tr -d '\n' >variant/evidence.json
sed -i "s/${old%% *}/$(sha256sum <variant/evidence.json | cut -d ' ' -f 1)/" variant/pack.json
"$parley" serve --pack variant --model script --listen "$(sed -n 's/^listening on //p' served)" >served2 2>&1 &
server=$!
wait_for served2
"$parley" chat "$url" --pack pack --say 'Anything?' --keylog client.keys --quiet >refused 2>&1
wait $tap || { echo 'FAILED  tap' && cat tap.err; failed=1; }
[ "$(grep -c 'session-[0-3].jsonl' taped)" = 4 ] || { echo 'FAILED  four sessions'; cat taped; failed=1; }

# ---- judging ----
: >empty.jsonl
expect() { # CODE WORDS WHAT ARGUMENT...
    want=$1 words=$2 what=$3
    shift 3
    "$parley" judge "$@" >judged 2>&1
    code=$?
    if [ $code = "$want" ] && grep -q -- "$words" judged; then echo "ok      $what"; else
        echo "FAILED  $what: exit $code instead of $want, or nothing says \"$words\":" && tail -n 4 judged
        failed=1
    fi
}
expect 0 '^held    WI-015' 'without keys the upgrade' session-0.jsonl
! grep -q 'NZ-0' judged || { echo 'FAILED  what is sealed was judged without keys'; failed=1; }
expect 0 '^held    AT-029' 'with the keys of the client' session-0.jsonl --keys client.keys --pack pack
for id in NZ-006 AT-040 CF-041 CF-049 CF-060; do grep -q "^held    $id" judged || { echo "FAILED  $id is not held" && tail -n 3 judged; failed=1; }; done
cp judged by-client
expect 0 '^held    AT-029' 'with the keys of the server' session-0.jsonl --keys server.keys --pack pack
cmp -s judged by-client || { echo 'FAILED  the two sides decide differently' && diff judged by-client | head -n 5; failed=1; }
expect 1 '^BROKEN  AT-025.*(the evidence, message 2)' 'a client that went on though its policy forbids this guest' session-0.jsonl --keys client.keys --pack other
sed 's/\("layer":"frame","bytes":"[0-9a-f]\{200\}\)../\1ff/' session-0.jsonl >changed.jsonl
expect 1 '^BROKEN  NZ-006' 'a session whose bytes were changed' changed.jsonl --keys client.keys
expect 0 '^REFUSED AT-025' 'evidence that was refused' session-2.jsonl --keys client.keys --pack other
! grep -q BROKEN judged || { echo 'FAILED  a session that was broken off is no broken sentence' && grep BROKEN judged; failed=1; }
expect 0 'the attestation is written in base64url' 'evidence in another alphabet' session-3.jsonl --keys client.keys --pack pack
expect 0 '^REFUSED WI-022' 'a token that was refused: the client gave up' session-1.jsonl
sed "s/^NOISE ../NOISE 00/" client.keys >another.keys
expect 64 'no line of it is of this session' 'a key log of another session' session-0.jsonl --keys another.keys
expect 64 'is not one of a transcript' 'a file that is no transcript' "$parley"
expect 64 'there is neither an upgrade' 'a file without a message' empty.jsonl
expect 64 'is not .NOISE SHARE' 'a file that is no key log' session-0.jsonl --keys said
expect 64 'takes one file' 'nothing'
"$parley" judge session-0.jsonl --keys client.keys --format json | grep -q '{"id":"NZ-006","outcome":"held"' || { echo 'FAILED  json'; failed=1; }
"$parley" tap http://127.0.0.1:1/ >said 2>&1 && failed=1
exit $failed
