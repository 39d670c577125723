#!/bin/sh
# The judge of ./parley check: each way of being red is planted once, and the honest run is green.
set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

tests() { # writes dev.xml from lines "NAME STATUS"
    echo '<testsuite>'
    while read -r name status; do
        case $status in
        skip) printf '\t<testcase name="%s" classname="%s" time="0" status="notrun">\n\t\t<skipped message="SKIP_RETURN_CODE=77"/>\n\t</testcase>\n' "$name" "$name" ;;
        part) printf '\t<testcase name="%s" status="run">\n\t\t<system-out>[ RUN ] x\n[  SKIPPED ] one_part\n[  SKIPPED ] 1 test(s), listed below:\n[  SKIPPED ] one_part\n</system-out>\n\t</testcase>\n' "$name" ;;
        partok) printf '\t<testcase name="%s" status="run">\n\t\t<system-out>[ RUN ] x\n[       OK ] one_part\n</system-out>\n\t</testcase>\n' "$name" ;;
        *) printf '\t<testcase name="%s" status="%s">\n\t</testcase>\n' "$name" "$status" ;;
        esac
    done
    echo '</testsuite>'
}

expect() { # HELD LABEL EXIT LAST-LINE WORDS-OF-THE-FAULT; skips.tsv and dev.xml are written
    out=$(awk -v held="$1" -v label="$2" -f "$here/judge.awk" "$work/skips.tsv" "$work/dev.xml")
    code=$?
    if [ "$code" != "$3" ] || [ "$(printf '%s\n' "$out" | tail -n 1)" != "$4" ] || ! printf '%s\n' "$out" | grep -qF -- "$5"; then
        printf 'expected exit %s, "%s", "%s"; got exit %s:\n%s\n\n' "$3" "$4" "$5" "$code" "$out"
        failed=1
    fi
}

rows() { printf 'test\tcondition\treason\n%b' "$1" >"$work/skips.tsv"; }

rows ''
printf 'a run\nb run\n' | tests >"$work/dev.xml"
expect '' '' 0 '2 passed, 0 failed, 0 skipped' 'dev      2 passed'
printf 'a run\nb fail\n' | tests >"$work/dev.xml"
expect '' '' 1 '1 passed, 1 failed, 0 skipped' 'FAIL dev b: failed'
printf 'a run\nb disabled\n' | tests >"$work/dev.xml"
expect '' '' 1 '1 passed, 1 failed, 0 skipped' 'did not run'
printf 'a run\nb skip\n' | tests >"$work/dev.xml"
expect 'no-data' '' 1 '1 passed, 1 failed, 0 skipped' 'skipped without a row'
printf 'a run\nb part\n' | tests >"$work/dev.xml"
expect '' '' 1 '2 passed, 1 failed, 0 skipped' 'b/one_part: skipped without a row'
: | tests >"$work/dev.xml"
expect '' '' 1 '0 passed, 0 failed, 0 skipped' 'dev      0 passed'

rows 'b\tno-data\tneeds outside evidence\n'
printf 'a run\nb skip\n' | tests >"$work/dev.xml"
expect 'no-peers no-data' '' 0 '1 passed, 0 failed, 1 skipped' 'dev      1 passed, 0 failed, 1 skipped'
expect 'no-peers' '' 1 '1 passed, 1 failed, 0 skipped' 'does not hold'
printf 'a run\nb run\n' | tests >"$work/dev.xml"
expect '' '' 0 '2 passed, 0 failed, 0 skipped' 'dev'
expect 'no-data' '' 1 '1 passed, 1 failed, 0 skipped' 'remove the row'
printf 'a run\n' | tests >"$work/dev.xml"
expect 'no-data' '' 1 '1 passed, 1 failed, 0 skipped' 'there is no such test'
expect 'no-data' 'noise' 0 '1 passed, 0 failed, 0 skipped' 'dev'

rows 'b/one_part\tno-data\tneeds outside evidence\n'
printf 'b part\n' | tests >"$work/dev.xml"
expect 'no-data' '' 0 '1 passed, 0 failed, 1 skipped' 'dev'
printf 'b partok\n' | tests >"$work/dev.xml"
expect 'no-data' '' 1 '1 passed, 1 failed, 0 skipped' 'b/one_part: ran, though'
expect '' '' 0 '1 passed, 0 failed, 0 skipped' 'dev'
exit $failed
