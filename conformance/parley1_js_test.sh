#!/bin/sh
# The client of profile parley1 that was written in another language from the prose alone, against our server: it verifies, talks, steps to further
# epochs, and refuses what it does not expect. parley1_js_test.sh PARLEY WITNESSES FOLDER; exit 77 when there is no Node to run it.
set -u
parley=$1 client=$2/parley1_client.mjs work=$3
version=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null)
if [ -z "$version" ] || [ "$version" -lt 18 ]; then
    echo "SKIPPED: the client needs Node 18 or newer, found ${version:-none}"
    exit 77
fi
rm -rf "$work" && mkdir -p "$work" || exit 70
server=
trap 'kill $server 2>/dev/null' EXIT

serve() { # model
    [ -z "$server" ] || { kill "$server" && wait "$server" 2>/dev/null; }
    "$parley" serve --profile parley1 --model "$1" --seed 5eed --listen ws://127.0.0.1:0/ >"$work/serve.$1" 2>&1 &
    server=$!
    for _ in $(seq 200); do
        url=$(sed -n 's/^listening on //p' "$work/serve.$1")
        [ -n "$url" ] && return
        sleep 0.1
    done
    echo 'it does not listen'
    cat "$work/serve.$1"
    exit 1
}

serve script
"$parley" pack "$work/pack" --profile parley1 --seed 5eed --quiet && "$parley" pack "$work/other" --profile parley1 --seed 5eee --quiet &&
    "$parley" pack "$work/later" --profile parley1 --seed 5eed --at 2026-06-20T00:00:00Z --quiet || exit 1
failed=0

expect() { # exit code, text of the output, options of the client
    code=$1 text=$2
    shift 2
    node "$client" "$url" "$@" >"$work/out" 2>"$work/err" </dev/null
    got=$?
    if [ $got != "$code" ] || ! cat "$work/out" "$work/err" | grep -qF "$text"; then
        echo "client $*: expected exit $code and \"$text\"; got exit $got:"
        cat "$work/out" "$work/err"
        failed=1
    fi
}

expect 0 'I am a script and repeat what I am told: what is a lake?' --pack "$work/pack" --say 'what is a lake?'
expect 0 "owner's statement, logged" --pack "$work/pack" --say 'what is a lake?'
expect 10 '{"rej":"log-sig"}' --pack "$work/other" --say 'what is a lake?' # another owner, log and machine
expect 10 '{"rej":"quorum"}' --pack "$work/later" --say 'what is a lake?'  # the log of weeks ago
expect 10 '{"rej":"truncated"}' --pack "$work/pack" --name model.example --say 'what is a lake?'
grep -q 'I am a script' "$work/out" && { echo 'something was asked of the wrong host'; failed=1; }
expect 0 "with a receipt of 264 bytes" --pack "$work/pack" --padding 2 --receipt --say "what is a lake?"
expect 64 'is no host name' --pack "$work/pack" --name 127.0.0.1 --say 'what is a lake?'
expect 0 'in epoch 2' --pack "$work/pack" --say 'again' --fresh --requests 130 # 64 in each epoch, then evidence anew
[ "$(grep -c 'I am a script' "$work/out")" = 130 ] || { echo 'some of 130 answers are missing:'; tail -n 3 "$work/out"; failed=1; }

# The tiny model runs again what this client has a receipt for, and a moderator sees what it shows.
serve tiny
expect 0 'Your name is Zorblat.' --pack "$work/pack" --padding 2 --save "$work/receipt" --frank "$work/frank" --say 'My name is Zorblat. What is my name?'
for what in receipt frank; do
    words=$(sed -n "s/^$what: parley //p" "$work/out")
    # shellcheck disable=SC2086 # words of ours
    "$parley" $words >"$work/verified" 2>&1 || { echo "the $what does not verify:"; cat "$work/verified"; failed=1; }
done
exit $failed
