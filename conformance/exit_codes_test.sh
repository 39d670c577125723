#!/bin/sh
# The exit codes of `parley test` over all doors, as a table: what was not tested, misspelt, cut short or dodged is never 0.
#   exit_codes_test.sh PARLEY FOLDER
set -u
parley=$1 out=$2
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

expect 0 'library, one area of ours' library "$parley" adapter --area wi
expect 1 'library, a chapter of which one operation is offered' library "$out/one-operation" --area nz
expect 0 'library, a wrong tag said of what is too short for one' library "$out/auth-for-length" --case 'nz.open.*.short'
expect 1 'library, a wrong tag said of what is too long' library "$out/auth-for-length" --case 'nz.*.too-long'
expect 4 'library, without the hook rng' library "$out/without-rng" --area nz
expect 1 'client, exit 20 where its honest twin passed' client --exec "$dodges {url} {pack} {prompt}" --case 'cf.client.evidence.*'
expect 64 'library, an option of another door' library "$parley" adapter --ctl 127.0.0.1:1
expect 64 'client, an option of another door' client --exec "$honest" --ctl 127.0.0.1:1
expect 64 'server, an option of another door' server $server --exec true
expect 69 'server, nobody is there' server $server
expect 70 'client, a signal in the middle of the run' client --exec "sh -c 'kill -TERM \$PPID; exit 10'"

[ $failed -eq 0 ] || { echo "$failed failed"; exit 1; }
