#!/bin/sh
# The exit codes of `parley test` over all doors, as a table: what was not tested, misspelt, cut short or dodged is never 0.
#   exit_codes_test.sh PARLEY FOLDER CHECKOUT
set -u
parley=$1 out=$2 tree=$3
failed=0
rm -rf "$out" && mkdir -p "$out"

expect() { # CODE WHAT ARGUMENT...
    want=$1 what=$2
    shift 2
    "$parley" test "$@" --quiet --out "$out/run" >"$out/said" 2>&1
    got=$?
    if [ $got -ne "$want" ]; then
        echo "FAILED  $what: exit $got instead of $want"
        tail -n 4 "$out/said" | sed 's/^/        /'
        failed=$((failed + 1))
    else
        echo "ok      $what: exit $got"
    fi
}

# Adapters that say less of themselves than ours does.
with_hello() { # NAME SED-EXPRESSION
    printf '#!/bin/sh\nexec "%s" adapter | sed -u %s\n' "$parley" "'$2'" >"$out/$1"
    chmod +x "$out/$1"
}
with_hello one-operation 's/"ops":"[^"]*"/"ops":"hello echo reset free state nz.open"/; s/"caps":"[^"]*"/"caps":"rng nz:xx suite:aesgcm suite:chachapoly hash:sha256"/'
with_hello without-rng 's/"caps":"rng /"caps":"/; s/ rng / /'
with_hello noise-alone 's/"ops":"[^"]*"/"ops":"hello echo reset free state nz.init nz.write nz.read nz.split nz.seal nz.open nz.rekey"/; s/"caps":"[^"]*"/"caps":"rng nz:xx nz:nx nz:nk nz:ik suite:chachapoly suite:aesgcm hash:sha256"/'
with_hello auth-for-length 's/"rej":"length"/"rej":"auth"/'
dodges=$out/dodges
printf '#!/bin/sh\n"%s" chat "$1" --pack "$2" --say "$3"\ncode=$?\n[ $code = 10 ] && exit 20\nexit $code\n' "$parley" >"$dodges" && chmod +x "$dodges"

honest="'$parley' chat {url} --pack {pack} --say {prompt}"
server=ws://127.0.0.1:1/websocket # nobody is there: a selection is judged before anything is asked of it

for door in library client server; do
    case $door in
    library) set -- library "$parley" adapter ;;
    client) set -- client --exec "$honest" ;;
    server) set -- server $server ;;
    esac
    expect 64 "$door, an area that does not exist" "$@" --area zz
    expect 64 "$door, an area in upper case" "$@" --area NZ
    expect 64 "$door, one good area and one that does not exist" "$@" --area cf,zz
    expect 64 "$door, a sentence that does not exist" "$@" --req XX-999
    expect 64 "$door, a sentence in lower case" "$@" --req nz-017
    expect 64 "$door, a pattern that no case fits" "$@" --case 'no.such.*'
    expect 4 "$door, a sentence without a case here" "$@" --req CF-016
done

expect 64 'client, a role that does not exist' client --exec "$honest" --role Client
expect 64 'library, a role that does not exist' library "$parley" adapter --role Client
expect 4 'server, a role without a case here' server $server --role prover
expect 4 'client, nothing changed' client --exec "$honest" --changed-since "$tree/spec/requirements.lock"
expect 64 'client, a file that is no lock' client --exec "$honest" --changed-since "$tree/README.md"
expect 64 'client, no such revision' client --exec "$honest" --changed-since no-such-revision

# Only what changed, by an earlier lock: two sentences, of which each door has cases.
sed "s/^CF-041 ./CF-041 -/; /^WI-027 /d; /^NZ-014 /d" "$tree/spec/requirements.lock" >"$out/earlier.lock"
expect 0 'client, what changed' client --exec "$honest" --changed-since "$out/earlier.lock"
grep -o '"case":"[^"]*"' "$out/run/results.json" | grep -q subprotocol && ! grep -q '"case":"cf.client.frame' "$out/run/results.json" || { echo "FAILED  not what changed"; failed=1; }
expect 0 'client, a role' client --exec "$honest" --role verifier --case 'at.client.report.*'
expect 0 'client, the checks of L0' client --exec "$honest" --level L0
[ "$(grep -c '"case":' "$out/run/results.json")" = 12 ] || { echo "FAILED  L0 is not 12 checks"; failed=1; }
expect 0 'library, the checks of L0' library "$parley" adapter --level L0
[ "$(grep -o '"case":"[^"]*"' "$out/run/results.json" | sort -u | wc -l)" = 11 ] || { echo "FAILED  L0 is not two of hello and a vector of nine chapters"; failed=1; }
expect 0 'library, the checks of L0 of one area' library "$parley" adapter --level L0 --area nz
[ "$(grep -o '"case":"[^"]*"' "$out/run/results.json" | sort -u | wc -l)" = 3 ] || { echo "FAILED  L0 of one area is not two of hello and a vector"; failed=1; }
expect 64 'library, a case that is none of L0' library "$parley" adapter --level L0 --case 'nz.open.*.short'
"$parley" test library "$parley" adapter --level L0 --area wi --out "$out/run" >"$out/said" 2>&1
grep -q '^L0: reached; no badge is granted' "$out/said" || { echo "FAILED  that L0 is reached is not said:"; tail -n 2 "$out/said"; failed=1; }

expect 0 'library, one area of ours' library "$parley" adapter --area wi
expect 1 'library, a chapter of which one operation is offered' library "$out/one-operation" --area nz
expect 0 'library, a wrong tag said of what is too short for one' library "$out/auth-for-length" --case 'nz.open.*.short'
expect 1 'library, a wrong tag said of what is too long' library "$out/auth-for-length" --case 'nz.*.too-long'
expect 4 'library, without the hook rng' library "$out/without-rng" --area nz
expect 1 'client, exit 20 where its honest twin passed' client --exec "$dodges {url} {pack} {prompt}" --case 'cf.client.evidence.*'
expect 0 'client, a level that a part can show' client --exec "$honest" --case 'cf.client.sanity.*' --level L0
expect 64 'client, a case that is none of L0' client --exec "$honest" --case 'cf.client.frame.*' --level L0
expect 4 'client, a level that needs the whole run' client --exec "$honest" --case 'cf.client.frame.*' --level L1
expect 64 'client, a level that no run can show' client --exec "$honest" --level L3
expect 64 'client, no level' client --exec "$honest" --level 2
expect 64 'library, a shard that is none' library "$parley" adapter --seed 00 --shard 3/2
expect 64 'library, a shard without a seed' library "$parley" adapter --shard 1/2
expect 64 'library, a baseline to compare with, and none to compare' library "$parley" adapter --baseline-was "$out/none"
expect 64 'library, an option of another door' library "$parley" adapter --ctl 127.0.0.1:1
expect 64 'client, an option of another door' client --exec "$honest" --ctl 127.0.0.1:1
expect 64 'server, an option of another door' server $server --messages 5
expect 69 'server, nobody is there' server $server
expect 70 'client, a signal in the middle of the run' client --exec "sh -c 'kill -TERM \$PPID; exit 10'"
expect 70 'client, Ctrl-C in the middle of the run' client --exec "sh -c 'kill -INT \$PPID; exit 10'"
says() { # WHAT TEXT FILE
    if grep -q "$2" "$3"; then
        echo "ok      $1"
    else
        echo "FAILED  $1: '$2' does not stand in $3"
        failed=$((failed + 1))
    fi
}
says 'a run that was cut short says so' 'interrupted: [0-9]* checks were planned and not made' "$out/said"
"$parley" report "$out/run/results.json" --format md >"$out/report" 2>&1
says 'so does its report' 'This run is not whole' "$out/report"

# A page is not poured over a terminal.
script -qec "'$parley' report '$out/run/results.json' --format html" /dev/null >"$out/said" </dev/null 2>&1
[ $? = 64 ] && ! grep -q '<html' "$out/said" && echo 'ok      a page on a terminal: exit 64' || { echo 'FAILED  a page on a terminal'; failed=$((failed + 1)); }
says 'where the page goes instead is said' 'use --out DIR or > page.html' "$out/said"

# A disk that is full where the results go: they are written beside their place first.
ln -s /dev/full "$out/run/results.json.tmp"
expect 70 'client, the disk is full at the end' client --exec "$honest" --case 'cf.client.message2.*'
[ ! -e "$out/run/results.json" ] && echo 'ok      no results stand there then' || { echo 'FAILED  results of another run stand there'; failed=$((failed + 1)); }
rm -f "$out/run/results.json.tmp"

# Of a case that failed, what the client said on its error output is kept, and the pack it was given; of one that passed, nothing.
complains=$out/complains
printf '#!/bin/sh\nprintf "\\033[31mthe policy is\\nnot for me\\n" >&2\ncase $2 in */cf.client.evidence.array) exit 20 ;; esac\nexec "%s" chat "$1" --pack "$2" --say "$3"\n' "$parley" >"$complains"
chmod +x "$complains"
"$parley" test client --exec "$complains {url} {pack} {prompt}" --case 'cf.client.evidence.a*' --out "$out/kept" >"$out/said" 2>&1
says 'client, exit 20 before it connected is no crash' '^      got       exit 20: not supported' "$out/said"
says 'client, the last line of its error output' '^      note      stderr: not for me; its pack: worlds/cf.client.evidence.array' "$out/said"
says 'client, its error output is in the transcript' 'stderr: .*\[31mthe policy is"' "$out/kept/t/cf.client.evidence.array.jsonl"
if [ "$(ls "$out/kept/worlds")" != cf.client.evidence.array ] || [ ! -s "$out/kept/worlds/cf.client.evidence.array/policy.json" ]; then
    echo "FAILED  not the pack of the failed case alone: $(ls "$out/kept/worlds")"
    failed=$((failed + 1))
fi
if LC_ALL=C grep -q "$(printf '\033')" "$out/said" "$out/kept/results.json" "$out/kept/t/"*; then
    echo 'FAILED  a control character of the client is printed'
    failed=$((failed + 1))
fi
printf '#!/bin/sh\nexit 20\n' >"$complains"
expect 69 'client, exit 20 in the first case' client --exec "$complains {url} {pack}" --case 'cf.client.evidence.a*'
says 'client, exit 20 in the first case is said' 'exit 20: the client can.t do what was asked' "$out/said"

# A replay line begins as the launcher of a checkout was called, and runs as printed.
PARLEY_CALLED=../parley "$parley" test client --exec "$dodges {url} {pack} {prompt}" --case 'cf.client.evidence.array' --out "$out/run" >"$out/said" 2>&1
says 'client, a replay line calls the launcher' '^      replay    ../parley test --case cf.client.evidence.array' "$out/said"
PARLEY_CALLED='a;b' "$parley" test client >"$out/said" 2>&1
says 'what is no plain path is not repeated' '^See: parley test --help' "$out/said"
PATH=$(CDPATH='' cd -- "$(dirname "$parley")" && pwd):$PATH
"$parley" test client --exec "$dodges {url} {pack} {prompt}" --case 'cf.client.evidence.array' --out "$out/run" >"$out/said" 2>&1
sed -n 's/^      replay    //p' "$out/said" | head -n 1 >"$out/line"
(cd "$out" && sh ./line) >"$out/again" 2>&1
says 'client, a replay line runs as printed' '^FAIL  cf.client.evidence.array:verdict' "$out/again"

[ $failed -eq 0 ] || { echo "$failed failed"; exit 1; }
