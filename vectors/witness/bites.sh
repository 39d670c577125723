# For the proofs that a witness bites, which read this in with this directory as the current one: altered copies of vectors, all shown to it at once.
node -e 'process.exit(process.versions.node.split(".")[0] >= 18 ? 0 : 1)' 2>/dev/null || { echo 'SKIPPED: the witness needs Node 18 or newer'; exit 77; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

plant() { # WHAT SED FILE...: a copy of each file with its lines altered
    what=$1 alter=$2
    shift 2
    for file; do sed "$alter" "../data/$file" >"$scratch/$what in $file"; done
}

all_seen() { # WITNESS: it differs in something from every copy
    status=0
    node "$1" "$scratch"/*.json >"$scratch/said" || status=$?
    [ $status = 1 ] && tail -n 1 "$scratch/said" | grep -q ', [1-9][0-9]* differed$' || { echo "$1 did not come to an end"; exit 1; }
    for copy in "$scratch"/*.json; do
        grep -q "^${copy##*/} " "$scratch/said" || { echo "${copy##*/}: not seen"; exit 1; }
    done
    echo 'every planted fault was seen'
}
