#!/bin/sh
# tap_parley1_test.sh PARLEY SCRATCH [weak]: sessions of profile parley1 are recorded, and judged with the secrets of either side. weak: the program
# can switch lines off, and a side that has one switched off is found out by what it says.
set -u
parley=$1 work=$2 weak=${3:-}
failed=0 sessions=0 seed=5eed profile=parley1
rm -rf "$work" && mkdir -p "$work" && cd "$work" || exit 1
server=
trap 'kill $server 2>/dev/null' EXIT
wait_for() { for _ in $(seq 200); do grep -q "listening on" "$1" 2>/dev/null && return; sleep 0.1; done; }

serve() { # ARGUMENT...: a server; sets address
    "$parley" serve --profile parley1 --seed 5eed --model script --listen ws://127.0.0.1:0/ "$@" >served 2>&1 &
    server=$!
    wait_for served
    address=$(sed -n 's/^listening on //p' served)
}

record() { # NAME ARGUMENT...: one session of our client through the tap, as NAME.jsonl; questions come from the standard input
    name=$1
    shift
    "$parley" tap "$address" --sessions 1 --out . >taped 2>tap.err &
    tap=$!
    wait_for tap.err
    url=$(sed -n 's/^listening on \([^,]*\),.*/\1/p' tap.err)
    "$parley" chat "$url" --profile parley1 --quiet "$@" >said 2>&1
    wait $tap || { echo "FAILED  tap of $name" && cat tap.err said; failed=1; }
    mv session-0.jsonl "$name.jsonl" && rm -f tap.err
}

expect() { # CODE WORDS WHAT ARGUMENT...
    want=$1 words=$2 what=$3
    shift 3
    "$parley" judge "$@" --profile "$profile" --seed "$seed" >judged 2>&1
    code=$?
    if [ $code = "$want" ] && grep -q -- "$words" judged; then echo "ok      $what"; else
        echo "FAILED  $what: exit $code instead of $want, or nothing says \"$words\":" && grep -v '^held' judged | tail -n 6
        failed=1
    fi
}

if [ "$weak" ]; then
    # The other side refuses what the weakened one says, or closes on what is right; in the last row neither refuses.
    while read -r side id code words; do
        case $side in
        server) serve --weak "$id" && printf 'one\ntwo\n' | record weak --seed 5eed --keylog keys --receipt receipt ;;
        client) serve && record weak --seed 5eed --keylog keys --say 'what is a lake?' --weak "$id" ;;
        both) serve --weak P1-118 && printf 'one\ntwo\n' | record weak --seed 5eed --keylog keys --weak "$id" ;;
        esac </dev/null
        sessions=$((sessions + 1))
        kill $server
        expect "$code" "$words" "a $side without the line of $id" weak.jsonl --keys keys
        rm -f keys
    done <<'ROWS'
server P1-118 0 ^REFUSED.P1-106
server P1-114 1 ^BROKEN..P1-114
server IN-077 0 ^REFUSED.IN-078
server P1-110 0 ^note:.the.server.closed
server P1-100 0 ^note:.the.server.closed
client P1-118 0 ^REFUSED.P1-106
client P1-030 0 ^REFUSED.P1-109
both P1-106 1 ^BROKEN..P1-106
ROWS
    [ $sessions = 8 ] || failed=1
    exit $failed
fi

serve --keylog server.keys
record plain --seed 5eed --keylog client.keys --say 'what is a lake?'
record padded --seed 5eed --keylog client.keys --padding 2 --receipt receipt --say 'what is a lake?'
seq -f 'number %g' 66 | record epochs --seed 5eed --keylog client.keys
record refused --seed 5eee --keylog client.keys --say 'what is a lake?'
kill $server

# ---- what honest sessions decide, the same by the keys of either side ----
for name in plain padded epochs; do
    expect 0 '^held    P1-105' "$name, by the server" $name.jsonl --keys server.keys
    mv judged by-server
    expect 0 '^held    IN-078' "$name, by the client" $name.jsonl --keys client.keys
    cmp -s judged by-server || { echo "FAILED  the two sides decide differently" && diff judged by-server | head -n 5; failed=1; }
    grep -q '^note' judged && { echo "FAILED  $name has a note" && grep '^note' judged; failed=1; }
    for id in WI-039 NZ-006 P1-022 P1-061 P1-099 P1-105 P1-106 P1-117 P1-118 P1-128 P1-147 AT-040 TL-019 IN-064; do
        grep -q "^held    $id" judged || { echo "FAILED  $name: $id is not held"; failed=1; }
    done
    grep -qE 'P1-(155|163|164|166|167|168|169|170|171|172|173|174) ' judged && { echo 'FAILED  a wait is no matter of bytes'; failed=1; }
    grep '^held' judged >held.$name
done
# shellcheck disable=SC2015 # what comes behind || is to run when any of these does not hold
grep -q 'P1-101' held.epochs && grep -q 'P1-114' held.epochs && grep -q 'P1-151' held.epochs && ! grep -q 'P1-151' held.plain || { echo 'FAILED  the second epoch'; failed=1; }
# shellcheck disable=SC2015
grep -q 'IN-107' held.padded && grep -q 'IN-087' held.padded && ! grep -q 'IN-107' held.plain || { echo 'FAILED  buckets and receipt'; failed=1; }

# ---- what was refused, and how that has to look ----
expect 0 '^note: the client closed with 1002' 'a refusal for which there is no reason' refused.jsonl --keys server.keys
seed=5eee
expect 0 '^REFUSED TL-019' 'evidence that the client of another seed refuses' refused.jsonl --keys client.keys
grep -q '^held    P1-001' judged || { echo 'FAILED  the close code is right'; failed=1; }
sed '/"dir":"c>s".*"note":"close"/s/03ea/03eb/' refused.jsonl >code.jsonl
expect 1 '^BROKEN  P1-001.*the close' 'a refusal with another code' code.jsonl --keys client.keys
sed '/"dir":"c>s".*"note":"close"/s/03ea/03ea6e6f/' refused.jsonl >reason.jsonl
expect 1 '^BROKEN  P1-001.*the close' 'a refusal with a reason' reason.jsonl --keys client.keys
seed=5eed

# ---- recordings that were changed, so that both sides seem to go on ----
frames() { grep -n "\"dir\":\"$1\",\"layer\":\"frame\"" epochs.jsonl | sed -n "$2p" | cut -d: -f1; }
change() { sed "$(frames "$1" "$2")$3" epochs.jsonl >changed.jsonl; }
change 's>c' 4 's/......"}$/ffffff"}/'
expect 1 '^BROKEN  P1-109.*(a record' 'a record of the enclave that was changed' changed.jsonl --keys client.keys
change 'c>s' 3 d
expect 1 '^BROKEN  P1-10[56]' 'a record of the client that is missing' changed.jsonl --keys client.keys
change 'c>s' 4 p
expect 1 '^BROKEN  P1-105' 'a record of the client that came twice' changed.jsonl --keys server.keys
change 'c>s' 4 's/"frame"/"app"/; s/"\(,"note":[^}]*\)*}$/","note":"a text message"}/'
expect 1 '^BROKEN  P1-103' 'a text message' changed.jsonl --keys server.keys
change 'c>s' 1 's/"bytes":"[0-9a-f]*/"bytes":"00130002/'
expect 64 'not a message 1 of parley1' 'a first message that is none' changed.jsonl --keys server.keys
change 's>c' 1 's/"bytes":"..../"bytes":"0000/'
expect 1 '^BROKEN  NZ-006' 'a message 2 that was changed' changed.jsonl --keys client.keys

# ---- usage ----
sed '/ dh /d' client.keys >few.keys
expect 64 'it lacks a secret' 'a key log without the shares of the ratchet' plain.jsonl --keys few.keys
sed 's/^PARLEY1 ../PARLEY1 00/' client.keys >another.keys
expect 64 'it does not have the secrets of this session' 'a key log of another session' plain.jsonl --keys another.keys
expect 64 'a line that is not .PARLEY1 SHARE' 'a file that is no key log' plain.jsonl --keys said
expect 64 'No such file' 'a folder that is no pack' plain.jsonl --keys client.keys --pack .
"$parley" pack pack --profile parley1 --seed 5eed --quiet
seed=5eee
expect 0 '^held    P1-105' 'the same by its pack' plain.jsonl --keys client.keys --pack pack
seed=5eed
profile=signal
expect 64 'is neither confer nor parley1' 'another profile' plain.jsonl
profile=parley1
: >empty.jsonl
expect 64 'there is neither an upgrade' 'a file without a message' empty.jsonl
expect 0 '^held    WI-039' 'the upgrade alone' plain.jsonl
exit $failed
