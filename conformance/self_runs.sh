#!/bin/sh
# Our own targets again and again: each run has a fresh seed, and all have to come to the same verdicts.
#   self_runs.sh PARLEY FOLDER RUNS BUSY BESIDE [ARGUMENT...]
# RUNS runs of `parley test self ARGUMENT...`, the last BESIDE of them beside BUSY processes that do nothing but work. By hand:
#   sh conformance/self_runs.sh build/release/parley /tmp/self 200 16 20
# What differs is named, and the folder of a run that fails or differs is kept.
set -u
parley=$1 out=$2 runs=$3 busy=$4 beside=$5
shift 5
rm -rf "$out" && mkdir -p "$out" || exit 1
workers=
# shellcheck disable=SC2086 # a list of numbers
end_workers() { [ -z "$workers" ] || kill $workers 2>/dev/null; }
trap end_workers EXIT
trap 'exit 1' INT TERM

verdicts_of() { # FOLDER: one line a check of each results.json below it
    find "$1" -name results.json | sort | while IFS= read -r file; do
        sed -n 's/.*"case":"\([^"]*\)","check":"\([^"]*\)".*"outcome":"\([A-Z]*\)".*/\1 \2 \3/p' "$file"
    done
}

failed=0 run=1
while [ "$run" -le "$runs" ]; do
    if [ "$run" -gt $((runs - beside)) ] && [ -z "$workers" ]; then
        for _ in $(seq "$busy"); do
            sh -c 'while :; do :; done' &
            workers="$workers $!"
        done
    fi
    "$parley" test self "$@" --quiet --out "$out/run$run" >"$out/said" 2>&1
    code=$?
    verdicts_of "$out/run$run" >"$out/verdicts"
    [ -f "$out/first" ] || cp "$out/verdicts" "$out/first"
    if [ $code -eq 0 ] && [ -s "$out/verdicts" ] && cmp -s "$out/first" "$out/verdicts"; then
        rm -rf "$out/run$run"
    else
        failed=$((failed + 1))
        echo "FAILED  run $run, exit $code, in $out/run$run:"
        diff "$out/first" "$out/verdicts" | head -n 20
        tail -n 5 "$out/said"
    fi
    run=$((run + 1))
done
echo "$runs runs, $beside of them beside $busy busy processes: $failed failed, $(wc -l <"$out/first") verdicts each"
[ $failed -eq 0 ]
