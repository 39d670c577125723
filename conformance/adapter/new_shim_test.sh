#!/bin/sh
# new_shim_test.sh PARLEY LANGUAGE SCRATCH: what new-shim writes is compiled, well, and speaks, as it comes. Exit 77 without the language.
set -eu
parley=$1 language=$2 work=$3
case $language in c) tool=cc ;; rust) tool=cargo ;; *) tool=$language ;; esac
command -v $tool >/dev/null || { echo "SKIPPED: there is no $tool"; exit 77; }
rm -rf "$work"
"$parley" new-shim "$language" "$work" --quiet
if [ -x "$work/build" ]; then
    "$parley" doctor "$work/run" >"$work/said" 2>&1 && { echo 'well before it was built'; exit 1; }
    grep -q "^FAULT start: $work/.*shim is missing; run $work/build first$" "$work/said" || { cat "$work/said"; exit 1; }
    "$work/build"
fi
"$parley" doctor "$work/run" | tail -n 1 | grep -q '^nothing is wrong with this adapter'
"$parley" test library "$work/run" --case 'shim.*' --quiet --out "$work/out"

# An echo is no refusal, whatever its keys; a pair of code units is one character, in a key too; half of one is answered, not died of.
printf '%s\n' '{"id":2,"op":"echo","rej":"x"}' '{"id":3,"op":"echo","\u0061\"":"\ud83d\ude00\b"}' '{"id":4,"op":"echo","x":"\ud83d"}' |
    "$work/run" >"$work/said"
sed -n 1p "$work/said" | grep -q '"ok":1' && sed -n 2p "$work/said" | grep -q '"a\\"":"😀\\' && [ "$(wc -l <"$work/said")" -eq 3 ] ||
    { cat "$work/said"; exit 1; }

[ "$language" = c ] || exit 0

# It says that it offers nothing, and that is no green run; it is not overwritten; another language is refused.
code=0
"$parley" test library "$work/run" --area wi --quiet --out "$work/out" >"$work/said" 2>&1 || code=$?
[ $code = 4 ] && grep -q 'no vector was tried' "$work/said" || { echo "exit $code:"; cat "$work/said"; exit 1; }
for line in "$language $work" "cobol $work/x" "../node $work/x" "$language"; do
    code=0
    # shellcheck disable=SC2086 # two words
    "$parley" new-shim $line >/dev/null 2>&1 || code=$?
    [ $code = 64 ] || { echo "new-shim $line: exit $code"; exit 1; }
done
