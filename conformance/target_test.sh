#!/bin/sh
# target_test.sh PARLEY SCRATCH: targets by their file at each door. The server is started before the run and is gone after it.
set -u
parley=$1 work=$2
failed=0
rm -rf "$work" && mkdir -p "$work" && cd "$work" || exit 1
port=$((20000 + $$ % 12000)) # below those that the system gives to connections
target() { printf 'name = acme\nversion = 1.0\n' >"$1" && cat >>"$1"; }
expect() { # CODE WORDS FILE ARGUMENT...
    want=$1 words=$2 file=$3
    shift 3
    "$parley" test "@$file" "$@" --out "$work/out" >said 2>&1
    code=$?
    if [ $code = "$want" ] && grep -qF -- "$words" said; then echo "ok      $file"; else
        echo "FAILED  $file: exit $code instead of $want, or nothing says \"$words\":" && tail -n 5 said
        failed=1
    fi
}
target server.target <<END
door = url ws://127.0.0.1:$port/websocket
start = '$parley' serve --model script --listen ws://127.0.0.1:$port/websocket --pack {pack}
END
target client.target <<END
door = exec '$parley' chat {url} --pack {pack} --say {prompt}
END
target drive.target <<END
door = drive '$parley' chat --drive --quiet
END
target library.target <<END
door = library $parley adapter
END
target dies.target <<END
door = url ws://127.0.0.1:$port/websocket
start = sh -c 'echo no licence; exit 3'
END
target absent.target <<END
door = url ws://127.0.0.1:$port/websocket
start = ./no-such-program
END
expect 0 'acme 1.0  ' server.target --case 'cf.server.message*'
grep -q '"version":"1.0"' out/results.json && grep -q 'session open' out/target.txt || { echo 'FAILED  version or output of the server'; failed=1; }
expect 0 'acme 1.0  ' server.target --case 'cf.server.message*' # the port is free again
"$parley" pack own-pack >/dev/null
rm -rf out
expect 0 'acme 1.0  ' server.target --pack own-pack --case 'cf.server.sanity.*' # a folder that is not there yet
expect 0 'acme 1.0  ' client.target --case 'cf.client.frame.*'
expect 0 'acme 1.0  ' drive.target --case 'cf.client.status.*'
expect 0 'acme 1.0  ' library.target --case 'wi.*'
expect 69 'it ended before it listened' dies.target
grep -q 'no licence' out/target.txt || { echo 'FAILED  the output of what died is lost'; failed=1; }
expect 69 'can'"'"'t be started' absent.target
"$parley" serve --model script --listen "ws://127.0.0.1:$port/websocket" >/dev/null 2>&1 &
other=$!
trap 'kill $other 2>/dev/null' EXIT
sleep 1
expect 69 'listens there already' server.target
kill $other
expect 64 'means nothing at the door' library.target --jobs 2
exit $failed
