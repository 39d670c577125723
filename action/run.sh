#!/bin/sh
# Runs the suite in a job of a forge and tells the forge how it went. Everything comes from the environment:
#
#   PARLEY_TEST      the arguments of `parley test`, one a line
#   PARLEY_OUT       the folder for results (parley-out); emptied first
#   PARLEY_SHARD     I/N, when the run is shared out; then
#   PARLEY_SEED      the same for all shards, hexadecimal (the digest of the commit, where the forge says it)
#   PARLEY_BASELINE  a file of known failures in the repository. In a merge request it is compared with the one of the target branch
#   PARLEY           the program (the launcher of the checkout that this script is in, else `parley`)
#
# Ends with the exit code of `parley test`, or 70 when there is no whole result.
set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/tell.sh"

baseline_of_target() { # the baseline as the target branch has it, into a file; fails when that can't be found out
    git rev-parse --verify --quiet "origin/$base^{commit}" >/dev/null ||
        { say_error "the target branch origin/$base was not fetched, so the baseline can't be compared with it"; return 1; }
    git show "origin/$base:$PARLEY_BASELINE" >"$out/baseline-was.tsv" 2>/dev/null || : >"$out/baseline-was.tsv" # it had none
}

rm -rf "$out" && mkdir -p "$out" || exit 70
set --
while IFS= read -r line; do
    line=$(printf '%s' "$line" | sed 's/^[[:space:]]*//; s/[[:space:]]*$//')
    [ -z "$line" ] || set -- "$@" "$line"
done <<END
${PARLEY_TEST:-}
END
[ $# -gt 0 ] || { say_error 'PARLEY_TEST is empty: it holds the arguments of parley test, one a line'; exit 64; }

seed=${PARLEY_SEED:-${GITHUB_SHA:-${CI_COMMIT_SHA:-}}}
base=${GITHUB_BASE_REF:-${CI_MERGE_REQUEST_TARGET_BRANCH_NAME:-}}
[ -z "$seed" ] || set -- "$@" --seed "$seed"
[ -z "${PARLEY_SHARD:-}" ] || set -- "$@" --shard "$PARLEY_SHARD"
if [ -n "${PARLEY_BASELINE:-}" ]; then
    set -- "$@" --baseline "$PARLEY_BASELINE"
    if [ -n "$base" ]; then
        baseline_of_target || exit 70
        set -- "$@" --baseline-was "$out/baseline-was.tsv"
    fi
fi

# What a target prints must not be taken for a command of the forge.
code=0
quote_begins
parley test "$@" --out "$out" >"$out/log.txt" 2>&1 || code=$?
cat "$out/log.txt"
quote_ends
tell "$out" $code
