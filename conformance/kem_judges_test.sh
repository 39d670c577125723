#!/bin/sh
# kem_judges_test.sh KEM_LINES PEERS FOLDER: our KEM against other people's, 1,000 seeds each: the same keys, ciphertext, secret and
# rejection secret. Skipped (77) where the judges are not installed.
set -u
ours=$1 peers=$2 folder=$3 seeds=1000 bad=0
[ -d "$peers/installed/kem-judges" ] || { echo "kem-judges is not installed: ./parley peers install kem-judges"; exit 77; }
mkdir -p "$folder"

compare() { # JUDGE SCHEME
    "$ours" "$2" $seeds >"$folder/ours.$2" || bad=1
    "$peers/kem-judges/run" "$1" "$2" $seeds >"$folder/$1.$2" || { echo "$1 has no answer for $2"; bad=1; }
    if cmp "$folder/ours.$2" "$folder/$1.$2" && [ "$(wc -l <"$folder/ours.$2")" -eq $seeds ]; then
        echo "$2: ours and $1 agree on $seeds seeds"
    else
        echo "$2: ours and $1 differ; the lines are in $folder"
        bad=1
    fi
}

for set in ML-KEM-768 ML-KEM-1024; do
    compare noble $set
    compare pqclean $set
done
for set in Kyber768 Kyber1024; do
    compare pqclean-round3 $set
done
exit $bad
