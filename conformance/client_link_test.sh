#!/bin/sh
# client_link_test.sh PARLEY CHECKOUT SCRATCH: one client for all cases, driven over lines or asking over HTTP; and clients that do it badly.
set -u
parley=$1 tree=$2 work=$3
failed=0
rm -rf "$work" && mkdir -p "$work" && cd "$work" || exit 1

verdict() { # CODE WORDS WHAT, of the run whose output is in `said` and whose code is in $code
    if [ $code = "$1" ] && grep -qF -- "$2" said; then echo "ok      $3"; else
        echo "FAILED  $3: exit $code instead of $1, or nothing says \"$2\":" && tail -n 5 said
        failed=1
    fi
}
drives() { # CODE WORDS WHAT COMMAND ARGUMENT...
    want=$1 words=$2 what=$3 command=$4
    shift 4
    "$parley" test client --drive "$command" "$@" --out out >said 2>&1
    code=$?
    verdict "$want" "$words" "$what"
}
waits() { # CODE WORDS WHAT GLOB PATIENCE COMMAND...: COMMAND is the client, which gets the URL of /next behind its words
    want=$1 words=$2 what=$3 glob=$4 patience=$5
    shift 5
    "$parley" test client --wait --bind 127.0.0.1:0 --case "$glob" --patience "$patience" --out out >said 2>&1 &
    suite=$!
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do grep -q 'waiting for' said && break; sleep 0.1; done
    "$@" "$(sed -n 's/^waiting for a client: GET //p' said)" >client 2>&1
    wait $suite
    code=$?
    verdict "$want" "$words" "$what"
}
client() { # NAME: a driven client that answers its first question well and each further one with what stands on the input
    cat >"$1.after"
    cat >"$1" <<END
#!/bin/sh
exec 3>&1
{ head -n 1 | '$parley' chat --drive --quiet; }
n=1
while read -r line; do n=\$((n + 1)); $(cat "$1.after"); done
END
    chmod +x "$1"
}

drives 0 ' 0 FAIL' 'driven, ours' "'$parley' chat --drive --quiet" --case 'cf.client.[ebr]*'
grep -q '"door":"drive"' out/results.json || { echo 'FAILED  the results do not name the door'; failed=1; }
waits 0 ' 0 FAIL' 'waiting, ours' 'cf.client.evidence.*' 20 "$parley" chat --quiet --wait
grep -q '"door":"wait"' out/results.json || { echo 'FAILED  the results do not name the door'; failed=1; }

if command -v node >/dev/null; then
    node="node $tree/conformance/adapter/examples/client.mjs" of="$parley chat {url} --pack {pack} --say {prompt}"
    drives 0 ' 0 FAIL' 'driven, the example for Node' "$node $of" --case 'at.client.world.vek-*'
    p1="node $tree/vectors/witness/parley1_client.mjs {url} --pack {pack} --{receipt} --quiet --say {prompt}"
    drives 0 " 6 PASS" "driven, and told to ask for a receipt" "$node $p1" --profile parley1 --case "p1.client.receipt.[hk]*"
    # shellcheck disable=SC2086,SC2317 # words; called by waits
    node_waits() { $node --wait "$1" $of; }
    waits 0 ' 0 FAIL' 'waiting, the example for Node' 'cf.client.status.*' 20 node_waits
fi

echo 'echo "{\"id\":$n,\"ok\":1}"' | client always-ok
drives 1 'got       exit 0' 'driven, one that always says ok' ./always-ok --case 'cf.client.evidence.no-*'
echo 'exit 3' | client dies
drives 1 'exit 3 in the middle of a case' 'driven, one that dies' ./dies --case 'cf.client.evidence.no-*'
echo 'echo "{\"id\":1,\"rej\":\"binding\"}"' | client late
drives 1 'an answer to another request' 'driven, an answer with another id' ./late --case 'cf.client.evidence.no-*'
echo 'echo "{\"id\":$n,\"rej\":\"json\",\"ok\":1}"' | client both
drives 1 'without exactly one of ok, rej and uns' 'driven, two answers in one' ./both --case 'cf.client.evidence.no-*'
echo 'echo "ready."' | client banner
drives 1 'that is no JSON object' 'driven, a line that is no answer' ./banner --case 'cf.client.evidence.no-*'
printf '#!/bin/sh\n"%s" chat --drive --quiet | sed -u "s/\\"rej\\":.*/\\"uns\\":\\"no\\"}/"\n' "$parley" >dodges && chmod +x dodges
drives 1 'not supported, though the honest twin passed' 'driven, one that dodges' ./dodges --case 'cf.client.evidence.no-*'
echo ':' | client silent
drives 1 'HANG' 'driven, one that does not answer' ./silent --case 'cf.client.evidence.array' --patience 1
drives 69 'exit 127 in the middle of a case' 'driven, a program that is not there' ./nowhere

# shellcheck disable=SC2317 # called by waits
leaves() { "$parley" chat --quiet --wait "$1" & sleep 1; kill $! 2>/dev/null; wait $! 2>/dev/null; }
waits 1 'not waited for again' 'waiting, one that stays away' 'cf.client.*' 1 leaves
# shellcheck disable=SC2317 # called by waits
reports_nothing() { for _ in 1 2 3; do curl -s "$1" || true; done; }
if command -v curl >/dev/null; then
    waits 69 'HANG' 'waiting, one that reports nothing' 'cf.client.status.404' 1 reports_nothing
    grep -q 'is not reported' client || { echo 'FAILED  a second visit is not told what is missing' && cat client; failed=1; }
fi

refused() { # WORDS ARGUMENT...
    words=$1
    shift
    "$parley" "$@" --out out >said 2>&1 </dev/null
    code=$?
    verdict 64 "$words" "refused: $*"
}
refused 'takes one of --exec' test client
refused 'takes one of --exec' test client --exec x --drive y
refused '--bind goes with --wait' test client --drive x --bind 127.0.0.1:1
refused 'one case at a time' test client --drive x --jobs 2
refused 'is not HOST:PORT of the loopback' test client --wait --bind 0.0.0.0:80
refused 'means nothing at the door `server`' test server ws://127.0.0.1:1/x --drive x
refused 'means nothing at the door `library`' test library x --wait
refused 'means nothing at the door `self`' test self --bind 127.0.0.1:1
refused 'means nothing with --drive' chat --drive --say x
refused 'takes --drive alone' chat --wait
refused 'is not http://HOST:PORT' chat --wait ftp://127.0.0.1:1/next
exit $failed
