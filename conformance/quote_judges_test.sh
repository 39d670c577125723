#!/bin/sh
# quote_judges_test.sh PARLEY PEERS FOLDER [DATA]: our verifier of quotes against other people's: on the vectors, where every difference has its
# reason in conformance/known, and on genuine quotes in DATA. Skipped (77) where the judge is not installed.
set -u
parley=$1 peers=$2 folder=$3 data=${4:-} bad=0
[ -d "$peers/installed/node-dcap-qvl" ] || { echo "node-dcap-qvl is not installed: ./parley peers install node-dcap-qvl"; exit 77; }
mkdir -p "$folder"

"$parley" test library "$peers/node-dcap-qvl/run" --case 'at.quote*' --known "$peers/../known/node-dcap-qvl.tsv" --quiet --out "$folder" || bad=1

# Accepted by both or by none; the judge has no policy, so a status that is not UpToDate counts as refused.
judge_samples() {
    NODE_PATH=$peers/installed/node-dcap-qvl/node_modules node "$peers/node-dcap-qvl/samples.js" "$data/evidence" >"$folder/samples" || return 1
    while read -r kind name collateral at status; do
        "$parley" verify "$kind" "$data/evidence/$kind/$name/quote.bin" --collateral "$data/evidence/$collateral" \
            --root "$data/evidence/roots/intel/IntelSGXRootCA.der" --at "$at" --format text >"$folder/ours"
        code=$?
        ours=$(sed -n 's/^status: //p' "$folder/ours")
        echo "$kind $name: ours ${ours:-none} (exit $code), theirs $status"
        case $status in
            refused) [ $code -ne 0 ] || return 1 ;;
            *) [ "$ours" = "$status" ] || return 1 ;;
        esac
    done <"$folder/samples"
}
if [ -n "$data" ]; then
    judge_samples || { echo "a genuine quote is judged differently"; bad=1; }
fi
exit $bad
