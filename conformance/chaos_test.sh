#!/bin/sh
# chaos_test.sh PARLEY SCRATCH: with --chaos the same checks come to the same outcomes, at both network doors; elsewhere it is refused.
set -u
parley=$1 work=$2
failed=0
rm -rf "$work" && mkdir -p "$work" && cd "$work" || exit 1
port=$((20000 + $$ % 12000)) # below those that the system gives to connections
server=ws://127.0.0.1:$port/websocket

same() { # WHAT ARGUMENT...
    what=$1
    shift
    "$parley" test "$@" --seed 07 --quiet --out plain >said 2>&1 && "$parley" test "$@" --seed 07 --chaos 3 --quiet --out chaos >>said 2>&1 &&
        "$parley" diff plain/results.json chaos/results.json >changed && grep -q '^0 fixed, 0 new failures, 0 still failing, 0 vanished, 0 added, [1-9]' changed &&
        echo "ok      $what: $(cat changed)" && return
    echo "FAILED  $what:" && cat said changed
    failed=1
}
same client client --exec "'$parley' chat {url} --pack {pack} --say {prompt}" --case 'cf.client.[af]*'
same server server "$server" --exec "'$parley' serve --model script --listen $server --pack {pack}" --case 'cf.server.[cm]*'
grep -q 'case' plain/results.json || failed=1
for arguments in 'library x --chaos 1' 'client --exec x --chaos='; do
    # shellcheck disable=SC2086 # words
    "$parley" test $arguments --out out >said 2>&1
    code=$?
    [ $code = 64 ] || { echo "FAILED  $arguments: exit $code"; failed=1; }
done
exit $failed
