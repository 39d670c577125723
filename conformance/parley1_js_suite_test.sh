#!/bin/sh
# The client of profile parley1 from the prose as a target of the suite. parley1_js_suite_test.sh PARLEY WITNESSES FOLDER SHARD; exit 77 without Node.
set -u
version=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null)
[ "${version:-0}" -ge 18 ] || { echo "SKIPPED: the client needs Node 18 or newer, found ${version:-none}"; exit 77; }
exec "$1" test client --profile parley1 --exec "node '$2/parley1_client.mjs' {url} --pack {pack} --ctl {ctl} --{receipt} --quiet --say {prompt}" --shard "$4" --seed 5eed --jobs 2 --quiet --out "$3"
