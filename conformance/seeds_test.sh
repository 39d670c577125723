#!/bin/sh
# What the seed of a run decides: every run draws from a fresh one and comes to the same verdicts; one seed gives the same bytes, whatever
# --jobs is; a table of the committed answers does not pass; a replay line runs as printed.
#   seeds_test.sh PARLEY FOLDER
set -u
parley=$1 out=$2
failed=0
rm -rf "$out" && mkdir -p "$out"
PATH=$(dirname "$parley"):$PATH # a replay line says `parley`

expect() { # WHAT COMMAND...
    what=$1
    shift
    if "$@"; then
        echo "ok      $what"
    else
        echo "FAILED  $what"
        failed=$((failed + 1))
    fi
}

exits() { # CODE FOLDER ARGUMENT...
    code=$1 folder=$2
    shift 2
    "$parley" test "$@" --out "$out/$folder" >"$out/$folder.txt" 2>&1
    [ $? -eq "$code" ]
}

seed_of() { sed -n 's/^"seed":"\(.*\)",$/\1/p' "$out/$1/results.json"; }
verdicts_of() { sed -n 's/.*"case":"\([^"]*\)","check":"\([^"]*\)".*"outcome":"\([A-Z]*\)".*/\1 \2 \3/p' "$out/$1/results.json" >"$out/$1.verdicts"; }
same_bytes() { cmp -s "$out/$1/results.json" "$out/$2/results.json"; }
other_seeds() { [ -n "$(seed_of "$1")" ] && [ "$(seed_of "$1")" != "$(seed_of "$2")" ]; }
same_verdicts() { verdicts_of "$1" && verdicts_of "$2" && [ -s "$out/$1.verdicts" ] && cmp -s "$out/$1.verdicts" "$out/$2.verdicts"; }
says_seed() { grep -q "seed $(seed_of "$1")\$" "$out/$1.txt"; }

# Our own server, with the hook that sets its clock, which has no free port to ask for: the first that nobody has.
server=
: >"$out/serve.txt"
trap '[ -z "$server" ] || kill $server 2>/dev/null' EXIT
port=$((20000 + $$ % 12000)) # below those that the system gives to connections
for port in $(seq $port $((port + 20))); do
    "$parley" serve --model script --listen ws://127.0.0.1:0/websocket --ctl 127.0.0.1:$port >"$out/serve.txt" 2>&1 &
    server=$!
    until grep -q 'listening on' "$out/serve.txt" || ! kill -0 $server 2>/dev/null; do sleep 0.1; done
    grep -q 'listening on' "$out/serve.txt" && break
done
url=$(grep -o 'ws://127.0.0.1:[0-9]*/websocket' "$out/serve.txt" | head -n 1)
ctl=127.0.0.1:$port
expect 'server, four jobs and the clock hook' exits 0 server1 server "$url" --ctl "$ctl" --jobs 4
expect 'server, one job and the clock hook' exits 0 server2 server "$url" --ctl "$ctl" --jobs 1
expect 'server, the seed is printed' says_seed server1
expect 'server, two runs have two seeds' other_seeds server1 server2
expect 'server, two runs agree in every verdict' same_verdicts server1 server2
expect 'server, a seed given again' exits 0 server3 server "$url" --ctl "$ctl" --seed "$(seed_of server1)"
expect 'server, it gives the same bytes' same_bytes server1 server3

# Shards of one seed, joined, are the run to the byte.
shared() { # FOLDER ARGUMENT...: in two shards
    joined=$1 names=''
    shift
    for i in 1 2; do
        exits 0 "$joined-$i" "$@" --shard $i/2 || return 1
        names="$names $out/$joined-$i/results.json"
    done
    # shellcheck disable=SC2086 # a list of files
    "$parley" report merge $names --out "$out/$joined" --quiet
}
expect 'server, in two shards' shared server4 server "$url" --ctl "$ctl" --seed "$(seed_of server1)"
expect 'server, the joined shards are the same bytes' same_bytes server1 server4
expect 'library, whole' exits 0 library0 library "$parley" adapter --area wi,tl --seed 0a
expect 'library, in two shards' shared library1 library "$parley" adapter --area wi,tl --seed 0a
expect 'library, the joined shards are the same bytes' same_bytes library0 library1

honest="'$parley' chat {url} --pack {pack} --say {prompt}"
expect 'client, one run' exits 0 client1 client --exec "$honest" --case 'cf.client.evidence.*'
expect 'client, another' exits 0 client2 client --exec "$honest" --case 'cf.client.evidence.*' --jobs 2
expect 'client, two runs have two seeds' other_seeds client1 client2
expect 'client, two runs agree in every verdict' same_verdicts client1 client2
expect 'client, a seed given again' exits 0 client3 client --exec "$honest" --case 'cf.client.evidence.*' --seed "$(seed_of client2)"
expect 'client, it gives the same bytes' same_bytes client2 client3

# An adapter that knows every answer of an earlier run by heart, and nothing else.
some='nz.open.nk.chachapoly-sha256.i.n0.*'
printf '#!/bin/sh\ntee "%s/asked" | "%s" adapter | tee "%s/answered"\n' "$out" "$parley" "$out" >"$out/record"
cat >"$out/book" <<'END'
#!/bin/sh
while IFS= read -r line; do
    at=$(grep -n -F -x -m 1 -e "$line" asked | cut -d: -f1)
    if [ -n "$at" ]; then
        sed -n "${at}p" answered
    else
        echo "$line" | sed 's/^{"id":\([0-9]*\),.*/{"id":\1,"ok":1}/'
    fi
done
END
chmod +x "$out/record" "$out/book"
cd "$out" || exit 1
expect 'library, one run' exits 0 library1 library ./record --case "$some"
expect 'library, answers known by heart, and their seed' exits 0 library2 library ./book --case "$some" --seed "$(seed_of library1)"
expect 'library, it gives the same bytes' same_bytes library1 library2
expect 'library, answers known by heart, and another seed' exits 1 library3 library ./book --case "$some"

# One of its failures again, as printed.
sed -n 's/^      replay    //p' "$out/library3.txt" | head -n 1 >"$out/line"
name=$(sed 's/.*--case \([^ ]*\) .*/\1/' "$out/line")
again() { sh -c "$(cat "$out/line") --out $out/again" >"$out/again.txt" 2>&1; [ $? -eq 1 ] && grep -q "^[A-Z]* *$name:" "$out/again.txt"; }
expect 'a replay line runs as printed' again

[ $failed -eq 0 ] || { echo "$failed failed"; exit 1; }
