# Read in by run.sh and merge.sh: which program, where results go, and what a forge is told.
out=${PARLEY_OUT:-parley-out}
SUMMARY_BYTES=1000000 # GitHub drops a summary of more than 1 MiB

parley() {
    if [ -n "${PARLEY:-}" ]; then
        "$PARLEY" "$@"
    elif [ -x "$here/../parley" ]; then
        "$here/../parley" --yes "$@"
    else
        command parley "$@"
    fi
}

say_error() {
    if [ -n "${GITHUB_ACTIONS:-}" ]; then printf '::error title=parley::%s\n' "$1"; else printf 'parley: %s\n' "$1" >&2; fi
}

quote_begins() {
    [ -z "${GITHUB_ACTIONS:-}" ] || { quote=parley-$$-$(date +%s%N) && echo "::stop-commands::$quote"; }
}

quote_ends() {
    [ -z "${GITHUB_ACTIONS:-}" ] || echo "::$quote::"
}

# tell FOLDER CODE: renders what is in the folder, and ends the script with the code of the run. Results that are not there, or are not
# what the run wrote, are red whatever the run said.
tell() {
    results=$1/results.json code=$2
    if [ ! -s "$results" ]; then
        say_error "there is no result: $(tail -n 1 "$1/log.txt" 2>/dev/null)"
        [ "$code" != 0 ] || code=70
        exit "$code"
    fi
    told=0
    parley report "$results" --format html,junit,sarif --out "$1" --quiet || told=$?
    parley report "$results" --format md --limit $SUMMARY_BYTES >"$1/summary.md" || told=$?
    if [ -n "${GITHUB_ACTIONS:-}" ]; then
        parley report "$results" --format annotations || told=$?
        cat "$1/summary.md" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
        printf 'exit-code=%s\n' "$code" >>"${GITHUB_OUTPUT:-/dev/null}"
    fi
    [ "$code" != 0 ] || code=$told
    exit "$code"
}
