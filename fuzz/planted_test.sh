#!/bin/sh
# planted_test.sh PLANTED HONEST CORPUS WORK RUNS: PLANTED, a fuzz target over a text with a mistake, stops within RUNS inputs; HONEST runs the
# input that stopped it to its end.
set -u
planted=$1 honest=$2 corpus=$3 work=$4 runs=$5
rm -rf "$work" && mkdir -p "$work/seeds" || exit 70
options='-max_len=16384 -rss_limit_mb=2048 -timeout=10 -print_final_stats=0'
left_out=0
for seed in "$corpus"/*; do # shellcheck disable=SC2086 # options are words
    if "$planted" $options "$seed" >/dev/null 2>&1; then cp "$seed" "$work/seeds"; else left_out=$((left_out + 1)); fi
done
rm -f "$work"/stops-*
# shellcheck disable=SC2086
"$planted" $options -seed=1 -runs="$runs" -artifact_prefix="$work/stops-" "$work/seeds" >"$work/log" 2>&1
stops=$(ls "$work"/stops-* 2>/dev/null | head -n 1)
[ -n "$stops" ] || { tail -n 5 "$work/log"; echo "not found in $runs runs ($left_out seeds left out)"; exit 1; }
# shellcheck disable=SC2086
"$honest" $options "$stops" >"$work/honest" 2>&1 || { tail -n 20 "$work/honest"; echo "the input stops the honest text too"; exit 1; }
times >"$work/times"
spent=$(tail -n 1 "$work/times" | cut -d ' ' -f 1)
echo "found with $spent of processor time: $(grep -m 1 -E 'ERROR|SUMMARY|runtime error' "$work/log" | cut -c 1-120), $left_out seeds left out"
