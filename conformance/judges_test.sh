#!/bin/sh
# judges_test.sh PARLEY PEERS FOLDER samples DATA: the genuine samples of DATA, judged by us and by go-guest, and by rust-sev
# where it is installed; skipped (77) without go-guest, or without DATA.
# judges_test.sh PARLEY PEERS FOLDER vectors: each verifier of other people that is installed beside ours, on the vectors; prints the table of agreement.
# Each is a process of its own, and every difference has its reason in conformance/known.
set -u
parley=$1 peers=$2 folder=$3 what=$4 data=${5:-} judge=go-guest bad=0
known=$peers/../known
mkdir -p "$folder"

# One line: on how many of the positives and negatives both say the same, and how many differences are explained. A positive that the judge refuses is
# a gap of the judge.
agreement() { # CASES
    awk -v cases="$1" '
        /"check":"verdict"/ {
            kind = /"base":/ ? 1 : 0
            all[kind]++
            if (/"outcome":"PASS"/) same[kind]++
            else if (/"outcome":"XFAIL"/) explained[kind]++
            else unexplained++
        }
        END {
            printf "%s: positives %d of %d and %d declared gaps; negatives %d of %d and %d explained differences; unexplained %d\n", cases,
                same[0], all[0], explained[0], same[1], all[1], explained[1], unexplained
            exit unexplained || same[0] + same[1] == 0
        }' "$folder/results.json"
}

judge_vectors() { # CASES
    "$parley" test library "$peers/$judge/run" --case "$1" --known "$known/$judge.tsv" --quiet --out "$folder" >"$folder/said" 2>&1 || {
        cat "$folder/said"
        bad=1
    }
    agreement "$judge $1" || bad=1
}

judge_all_vectors() {
    while read -r judge cases; do
        if [ "$judge" = peer ]; then
            continue
        elif [ -d "$peers/installed/$judge" ]; then
            judge_vectors "$cases"
        else
            echo "SKIPPED $judge $cases: not installed (./parley peers install $judge)"
        fi
    done <"$peers/judges.tsv"
}

explained() { # KIND SAMPLE OURS THEIRS
    awk -F '\t' -v judge="$judge" -v kind="$1" -v sample="$2" -v ours="$3" -v theirs="$4" '
        $1 == judge && $2 == kind && $3 == sample && $4 == ours && $5 == theirs { print "  " $6; found = 1 }
        END { exit !found }' "$known/samples.tsv"
}

# What we say of the same; what a policy may ask beyond the vendor is waived.
ours() { # KIND SAMPLE TIME EVIDENCE WITH
    case $1 in
        snp) set -- snp "$data/evidence/$4" --vek "$data/evidence/snp/$2/vek.der" --chain "$data/evidence/$5" --at "$3" ;;
        *) set -- tdx "$data/evidence/$4" --collateral "$data/evidence/$5" --root "$data/evidence/roots/intel/IntelSGXRootCA.der" --at "$3" ;;
    esac
    "$parley" verify "$@" >"$folder/ours" 2>&1 && echo accepted || echo refused
}

judge_samples() {
    PARLEY_EVIDENCE=$data/evidence "$peers/$judge/run" samples >"$folder/samples" 2>"$folder/why" || return 1
    while read -r kind sample theirs at evidence with; do
        verdict=$(ours "$kind" "$sample" "$at" "$evidence" "$with")
        echo "$kind $sample: ours $verdict, $judge $theirs"
        [ "$verdict" = "$theirs" ] || explained "$kind" "$sample" "$verdict" "$theirs" || return 1
    done <"$folder/samples"
}

if [ "$what" = vectors ]; then
    judge_all_vectors
    exit $bad
fi
[ -d "$peers/installed/$judge" ] || { echo "$judge is not installed: ./parley peers install $judge"; exit 77; }
[ -n "$data" ] || { echo "there is no folder of genuine samples"; exit 77; }
for judge in go-guest rust-sev; do
    [ -d "$peers/installed/$judge" ] || { echo "SKIPPED $judge: not installed (./parley peers install $judge)"; continue; }
    judge_samples || { echo "a genuine sample is judged differently, and nothing explains it"; exit 1; }
done
