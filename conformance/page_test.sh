#!/bin/sh
# The page of `serve --page` in a headless Chromium (page_test.mjs). page_test.sh PARLEY FOLDER; exit 77 where there is no Node or no Chromium.
set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
parley=$1 work=$2
command -v node >/dev/null || { echo 'SKIPPED: no Node'; exit 77; }
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || { echo 'SKIPPED: no Chromium'; exit 77; }
rm -rf "$work" && mkdir -p "$work" || exit 70
"$parley" serve --profile parley1 --model script --page --listen ws://127.0.0.1:0/ >"$work/serve" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null' EXIT
for _ in $(seq 100); do
    url=$(sed -n 's/^page at //p' "$work/serve")
    [ -n "$url" ] && break
    sleep 0.1
done
[ -n "$url" ] || { echo 'it does not listen'; cat "$work/serve"; exit 1; }
node "$here/page_test.mjs" "$chromium" "$url" "$work" || exit 1
kill $server
wait $server || { echo "the server ends with $?:"; cat "$work/serve"; exit 1; }
trap - EXIT
