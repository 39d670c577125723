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

# The way of the README: an operation without its word, a word misspelt, and both as they have to be.
if [ "$language" = node ]; then
    sed "s/^import/import { createHash } from 'node:crypto';\nimport/; s/caps: ''/caps: 'WORD'/
        s/^  reset:/  'tl.leaf': ({ entry }) => ({ hash: createHash('sha256').update('\\\\0').update(bytes(entry)).digest('hex') }),\n\
  'tl.inclusion': ({ leaf, root, size }) => { if (size === '1' \&\& leaf === root) return {}; throw new Refusal('log-proof'); },\n&/" \
        "$work/shim.mjs" >"$work/pattern"
    missing='tl.leaf is offered, but its vectors need tl:proof, which caps does not say'
    sed "s/'WORD'/''/" "$work/pattern" >"$work/shim.mjs"
    "$parley" doctor "$work/run" | grep -qxF "FAULT the words of caps: $missing"
    "$parley" test library "$work/run" --level L0 --area tl --quiet --out "$work/out" 2>&1 | grep -qF "no vector was tried: $missing"
    sed "s/WORD/tl:prof/" "$work/pattern" >"$work/shim.mjs"
    "$parley" doctor "$work/run" | grep -q 'tl:prof, which is no capability; the nearest is tl:proof'
    sed "s/WORD/tl:proof/" "$work/pattern" >"$work/shim.mjs"
    "$parley" doctor "$work/run" --quiet >"$work/said"
    "$parley" test library "$work/run" --level L0 --area tl --quiet --out "$work/out" >"$work/said" 2>&1 || { cat "$work/said"; exit 1; }
fi

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
