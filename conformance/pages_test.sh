#!/bin/sh
# The book and a report in a headless Chromium (pages_test.mjs), with demo.html where the program can disable a line. pages_test.sh PARLEY FOLDER; exit
# 77 where there is no Node or no Chromium.
set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
parley=$1 work=$2
command -v node >/dev/null || { echo 'SKIPPED: no Node'; exit 77; }
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || { echo 'SKIPPED: no Chromium'; exit 77; }
rm -rf "$work" && mkdir -p "$work" || exit 70
"$parley" book --quiet --out "$work" || exit 1
"$parley" test library --area wi --quiet --out "$work" "$parley" adapter >"$work/said" 2>&1 || { cat "$work/said"; exit 1; }
"$parley" report "$work/results.json" --format html --out "$work" >/dev/null || exit 1
set -- "$work/book.html" "$work/report.html"
if "$parley" demo --out "$work" >"$work/said" 2>&1; then
    set -- "$@" "$work/demo.html"
fi
node "$here/pages_test.mjs" "$chromium" "$work" "$@"
