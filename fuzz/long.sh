#!/bin/sh
# long.sh BINARIES CORPUS WORK SECONDS [TARGET...]: runs each fuzz target for so many seconds of processor time, two at a time, from a copy of its
# corpus in WORK/TARGET/corpus, which then has what was found new. Prints a line a target; ends with 1 when one of them found something, which
# stands in WORK/TARGET beside its log. With GROW=1 what covers more goes into CORPUS afterwards.
set -u

seconds_of() { # PID: of processor time, user's and system's
    sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | { read -r _ _ _ _ _ _ _ _ _ _ _ user system _ && echo $(((user + system) / $(getconf CLK_TCK))); }
}

stat_of() { sed -n "s/^stat::$1: *//p" "$2" | tail -n 1; }

one_target() { # BINARIES CORPUS WORK SECONDS TARGET
    binary=$1/$5_fuzz corpus=$2/$5 work=$3/$5 limit=$4 spent=0 now='' result=clean
    rm -rf "$work" && mkdir -p "$work/corpus" && cp "$corpus"/* "$work/corpus" || exit 70
    "$binary" -max_len=16384 -rss_limit_mb=1024 -timeout=20 -print_final_stats=1 "-artifact_prefix=$work/found-" "$work/corpus" >"$work/log" 2>&1 &
    fuzzer=$!
    while now=$(seconds_of $fuzzer) && [ -n "$now" ] && [ "$now" -lt "$limit" ]; do
        spent=$now
        sleep 1
    done
    spent=${now:-$spent}
    kill -TERM $fuzzer 2>/dev/null
    wait $fuzzer
    code=$?
    [ $code = 72 ] || result="FOUND (exit $code)" # 72: libFuzzer was interrupted
    first=$(grep -m 1 -o 'INITED cov: [0-9]*' "$work/log" | grep -o '[0-9]*$')
    last=$(grep -o 'cov: [0-9]*' "$work/log" | tail -n 1 | grep -o '[0-9]*$')
    printf '%-12s %8s %12s %8s %9s %7s  %s\n' "$5" "$spent" "$(stat_of number_of_executed_units "$work/log")" "$(stat_of new_units_added "$work/log")" \
        "${last:-?}" "+$((${last:-0} - ${first:-0}))" "$result"
    [ "$result" = clean ]
}

if [ "${1:-}" = one ]; then
    shift
    one_target "$@"
    exit
fi

binaries=$1 corpora=$2 work=$3 seconds=$4
shift 4
# shellcheck disable=SC2046 # the names of targets have no blanks
[ $# -gt 0 ] || set -- $(ls "$corpora")
mkdir -p "$work" || exit 70
printf '%-12s %8s %12s %8s %9s %7s  %s\n' target seconds executions 'new units' coverage more result
printf '%s\n' "$@" | xargs -P 2 -I{} sh "$0" one "$binaries" "$corpora" "$work" "$seconds" {}
code=$?
if [ "${GROW:-}" = 1 ]; then
    for target in "$@"; do
        "$binaries/${target}_fuzz" -merge=1 -max_len=16384 "$corpora/$target" "$work/$target/corpus" >"$work/$target/merged" 2>&1 || code=1
    done
fi
[ $code = 0 ] || { echo 'something was found, or a target could not run: see its log'; exit 1; }
