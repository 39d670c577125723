#!/bin/sh
# symbols.sh NM ALLOW-LIST FOLDER ARCHIVE...: what the text asks of the outside world.
#
# Lists the undefined symbols of the given archives (base, chapters, profiles), takes away what they or prim define, and
# compares the rest with the allow-list: no clock, no randomness, no memory, no output can slip in.
# FOLDER holds libprim.a and librequirements.a, which the text may call.
set -eu
nm=$1 allowed=$2 folder=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$nm" -u "$@" | awk 'NF == 2 && $1 ~ /^[Uw]$/ { print $2 }' | sort -u >"$work/wanted"
"$nm" --defined-only "$@" "$folder/libprim.a" "$folder/librequirements.a" | awk 'NF == 3 { print $3 }' | sort -u >"$work/defined"
sed 's/#.*//; s/[ \t]*$//; /^$/d' "$allowed" | sort -u >"$work/allowed"
[ -s "$work/defined" ] || { echo "no symbols found: are these archives?"; exit 1; }

comm -23 "$work/wanted" "$work/defined" | comm -23 - "$work/allowed" >"$work/foreign"
[ -s "$work/foreign" ] || exit 0
echo "The text calls functions that are not in $allowed:"
while read -r symbol; do
    printf '  %s, in %s\n' "$symbol" "$("$nm" -A -u "$@" | awk -v s="$symbol" '$NF == s { sub(/.*lib/, "lib", $1); print $1 }' | sort -u | tr '\n' ' ')"
done <"$work/foreign"
exit 1
