#!/bin/sh
# matrix_test.sh PARLEY SCRATCH: clients against servers and adapters against adapters, good ones and bad ones, and what is refused.
set -u
parley=$1 work=$2
failed=0
rm -rf "$work" && mkdir -p "$work" && cd "$work" || exit 1
port=$((20000 + $$ % 12000)) # below those that the system gives to connections
target() { printf 'name = %s\nversion = 1.0\n' "$1" >"$1.target" && cat >>"$1.target"; }
expect() { # CODE WORDS WHAT FILE...
    want=$1 words=$2 what=$3
    shift 3
    "$parley" matrix "$@" --out "$work/out" >said 2>&1
    code=$?
    if [ $code = "$want" ] && grep -qF -- "$words" said; then echo "ok      $what"; else
        echo "FAILED  $what: exit $code instead of $want, or nothing says \"$words\":" && tail -n 12 said
        failed=1
    fi
}
says() { grep -qF -- "$1" said || { echo "FAILED  nothing says \"$1\":" && cat said; failed=1; }; }

target server <<END
door = url ws://127.0.0.1:$port/websocket
start = '$parley' serve --model script --listen ws://127.0.0.1:$port/websocket --pack {pack}
END
target client <<END
door = exec '$parley' chat {url} --pack {pack} --say {prompt}
END
target driven <<END
door = drive $parley chat --drive --quiet
END
target careless <<END
door = exec sh -c '"$parley" chat "\$0" --pack "\$1" --say "\$2"; exit 0' {url} {pack} {prompt}
END
target later <<END
door = exec false
profile = signal
END
target adapter <<END
door = library $parley adapter
END
printf '#!/bin/sh\n"%s" adapter | sed -u "s/nz:ik//; s/suite:aesgcm//"\n' "$parley" >few && chmod +x few
target few <<END
door = library $work/few
END
printf '#!/bin/sh\n"%s" adapter | sed -u "s/\\"hash\\":\\"../\\"hash\\":\\"00/"\n' "$parley" >liar && chmod +x liar
target liar <<END
door = library $work/liar
END
printf '#!/bin/sh\n"%s" adapter | sed -u "s/\\"ops\\":\\"[^\\"]*\\"/\\"ops\\":\\"hello echo\\"/"\n' "$parley" >nothing && chmod +x nothing
printf '#!/bin/sh\nsed -u "/_BLAKE2s/s/\\"prologue\\":\\"61/\\"prologue\\":\\"62/" | "%s" adapter\n' "$parley" >rare && chmod +x rare
target rare <<END
door = library $work/rare
END
printf '#!/bin/sh\n"%s" adapter | sed -u "s/\\"rej\\":\\"auth\\"[^}]*/\\"ok\\":1,\\"pt\\":\\"\\"/"\n' "$parley" >taker && chmod +x taker
target taker <<END
door = library $work/taker
END
target nothing <<END
door = library $work/nothing
END

expect 0 'client 1.0                9/9' 'two clients against a server' server.target client.target driven.target
says 'driven 1.0                9/9'
grep -q '"kind":"chat","a":"client 1.0","b":"server 1.0","tried":9,"held":9' out/matrix.json || { echo 'FAILED  matrix.json'; cat out/matrix.json; failed=1; }
expect 1 'evidence of another enclave than the client'"'"'s pack allows: wanted exit 10' 'a client that never refuses' server.target careless.target later.target
says 'they speak different profiles'
expect 0 'few 1.0                   6/6' 'adapters with different abilities' adapter.target @few.target
says 'adapter 1.0               16/16                     6/6'
expect 0 'adapter 1.0, adapter 1.0: 249 of 249 pairs of settings in 21 rows' 'every two settings' adapter.target --pairwise
expect 0 'adapter 1.0, few 1.0: 208 of 208 pairs' 'every two settings of what both have' adapter.target few.target --pairwise
expect 1 'makes it fail: hash=BLAKE2s prologue=1' 'an adapter that is wrong in a combination' adapter.target rare.target --pairwise
says 'rare 1.0, rare 1.0: 249 of 249'
expect 1 'the two handshake hashes differ' 'an adapter whose hash is wrong' adapter.target liar.target
expect 1 'takes a record that was changed' 'an adapter that rejects nothing' adapter.target taker.target
expect 4 'nothing was tried' 'an adapter that offers nothing' nothing.target
expect 64 'a client and a server at least' 'a client alone' client.target
expect 64 'a client and a server at least' 'nothing'
expect 64 'No such file' 'a file that is not there' no.target
sed -i 's/serve/surf/' server.target
expect 69 'it ended before it listened' 'a server that does not start' server.target client.target
exit $failed
