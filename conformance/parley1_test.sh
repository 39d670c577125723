#!/bin/sh
# Profile parley1 over real WebSockets: two programs that share a seed talk, and a client that expects something else says nothing.
# parley1_test.sh PARLEY FOLDER
set -u
parley=$1 work=$2
rm -rf "$work" && mkdir -p "$work" || exit 70
trap 'kill $servers 2>/dev/null' EXIT
servers=

serve() { # the model, and what the enclave is made from; sets url
    model=$1 url=
    shift
    rm -f "$work/serve.$model"
    "$parley" serve --profile parley1 --model "$model" "$@" --listen ws://127.0.0.1:0/ >"$work/serve.$model" 2>&1 &
    servers="$servers $!"
    for _ in $(seq 100); do
        url=$(sed -n 's/^listening on //p' "$work/serve.$model")
        [ -n "$url" ] && return
        sleep 0.1
    done
    echo 'it does not listen'
    cat "$work/serve.$model"
    exit 1
}

serve script --seed 5eed
failed=0

expect() { # exit code, text of the output, options of chat
    code=$1 text=$2
    shift 2
    "$parley" chat "$url" --profile parley1 "$@" >"$work/out" 2>"$work/err" </dev/null
    got=$?
    if [ $got != "$code" ] || ! cat "$work/out" "$work/err" | grep -qF "$text"; then
        echo "chat $*: expected exit $code and \"$text\"; got exit $got:"
        cat "$work/out" "$work/err"
        failed=1
    fi
}

expect 0 'I am a script and repeat what I am told: what is a lake?' --seed 5eed --say 'what is a lake?'
expect 0 'P1-099' --seed 5eed --say 'what is a lake?'
expect 10 '{"rej":"log-sig"}' --seed 5eee --say 'what is a lake?'                                # another owner, log and machine
expect 10 '{"rej":"quorum"}' --seed 5eed --at 2026-06-20T00:00:00Z --say 'what is a lake?'       # the log of weeks ago
expect 10 '{"rej":"truncated"}' --seed 5eed --name model.example --say 'what is a lake?'         # another host
grep -q 'I am a script' "$work/out" && { echo 'something was asked of the wrong host'; failed=1; }

# A pack says all of it: name, roots, keys, time.
"$parley" pack "$work/pack" --profile parley1 --seed 5eed --quiet && "$parley" pack "$work/other" --profile parley1 --seed 5eee --quiet || exit 1
expect 0 'I am a script and repeat what I am told: what is a lake?' --pack "$work/pack" --say 'what is a lake?'
expect 10 '{"rej":"log-sig"}' --pack "$work/other" --say 'what is a lake?'
expect 64 'vendors: with --pack, the pack says it' --pack "$work/pack" --vendors 1 --say 'what is a lake?'
expect 64 'No such file' --pack "$work/nowhere" --say 'what is a lake?'
sed 's/"least_release": 7/"least_release": 8/' "$work/pack/pack.json" >"$work/other/pack.json"
expect 10 'P1-091' --pack "$work/other" --say 'what is a lake?'
sed 's/"owner"/"Owner"/' "$work/pack/pack.json" >"$work/other/pack.json"
expect 64 'pack.json: has a member that no pack of parley1 has' --pack "$work/other" --say 'what is a lake?'

expect 64 "is no host name" --seed 5eed --name 127.0.0.1 --say 'what is a lake?'
printf 'one\ntwo\n' | "$parley" chat "$url" --profile parley1 --seed 5eed --quiet >"$work/out" 2>&1
[ "$(grep -c 'I am a script' "$work/out")" = 2 ] || { echo 'two prompts:'; cat "$work/out"; failed=1; }
expect 0 '64 records out, 64 back' --seed 5eed --padding 2 --say 'what is a lake?'
expect 64 'a level is 0, 2 or 3' --seed 5eed --padding 1 --say 'what is a lake?'

# What was said is kept, sealed; a storage that is set back or changed is found.
expect 0 'history: 0 turns' --seed 5eed --history "$work/history" --say 'what is a lake?'
cp "$work/history/storage" "$work/older"
expect 0 'history: 1 turns' --seed 5eed --history "$work/history" --say 'and a pond?'
grep -q 'pond' "$work/history/storage" && { echo 'the storage holds the words'; failed=1; }
cp "$work/history/storage" "$work/newest"
cp "$work/older" "$work/history/storage"
expect 10 'HI-0' --seed 5eed --history "$work/history" --say 'and a sea?'
cp "$work/newest" "$work/history/storage"
printf 'x' | dd of="$work/history/storage" bs=1 seek=230 conv=notrunc 2>/dev/null
expect 10 'rej' --seed 5eed --history "$work/history" --say 'and a sea?'
cp "$work/newest" "$work/history/storage"
expect 0 'history: 2 turns' --seed 5eed --history "$work/history" --say 'and a sea?'

# The enclave of a pack, and one that has no seed for it.
sed 's/"seed": "[0-9a-f]*",//' "$work/pack/pack.json" >"$work/other/pack.json"
serve script --pack "$work/pack"
expect 0 'I am a script and repeat what I am told: what is a lake?' --seed 5eed --say 'what is a lake?'
"$parley" serve --profile parley1 --pack "$work/other" --listen ws://127.0.0.1:0/ >"$work/out" 2>&1
[ $? = 64 ] && grep -q 'the pack has no seed' "$work/out" || { echo 'a pack without a seed:'; cat "$work/out"; failed=1; }

# The tiny model's answer runs again, and a moderator sees it.
serve tiny --seed 5eed
expect 0 'Your name is Zorblat.' --seed 5eed --padding 2 --receipt "$work/receipt" --frank "$work/frank" --say 'My name is Zorblat. What is my name?'
for what in receipt frank; do
    words=$(sed -n "s/^$what: parley //p" "$work/out")
    "$parley" $words >"$work/verified" 2>&1 || { echo "the $what does not verify:"; cat "$work/verified"; failed=1; }
done
exit $failed
