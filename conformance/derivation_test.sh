#!/bin/sh
# derivation_test.sh PARLEY: every derivation that `parley derive` lists is computed again by openssl alone, and a changed digit is seen.
set -u
parley=$1 failed=0 scripts=0
for case in $("$parley" derive --quiet); do
    script=$("$parley" derive "$case") || { echo "FAILED  $case: no script"; failed=$((failed + 1)) && continue; }
    said=$(printf '%s\n' "$script" | sh 2>&1) || { echo "FAILED  $case: $said"; failed=$((failed + 1)) && continue; }
    echo "$case: $said"
    scripts=$((scripts + 1))
done
last=$(printf '%s\n' "$script" | grep -n '^is ' | tail -n 1 | cut -d: -f1)
if printf '%s\n' "$script" | sed "${last}s/.\$/g/" | sh >/dev/null 2>&1; then
    echo "FAILED  a digit that is not the text's was not seen"
    failed=$((failed + 1))
fi
"$parley" derive nz.no-such-case >/dev/null 2>&1
[ $? = 64 ] || { echo "FAILED  an unknown case: not 64"; failed=$((failed + 1)); }
[ "$scripts" -ge 11 ] || { echo "FAILED  only $scripts derivations"; failed=$((failed + 1)); }
[ $failed = 0 ]
