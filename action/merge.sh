#!/bin/sh
# merge.sh FOLDER: joins the shards of a run, each in a folder of its own under FOLDER, and tells the forge. Ends as the whole run would
# have; a shard that is missing, doubled, cut short, changed after its run or of another run is red. PARLEY_OUT and PARLEY as in run.sh.
set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/tell.sh"

[ $# = 1 ] && [ -d "$1" ] || { say_error "merge.sh: there is no folder '${1:-}' with the results of the shards"; exit 70; }
folder=$1
rm -rf "$out" && mkdir -p "$out" || exit 70
set --
for file in "$folder"/*/results.json "$folder"/results.json; do
    [ ! -e "$file" ] || set -- "$@" "$file"
done
[ $# -gt 0 ] || { say_error "merge.sh: there are no results under '$folder'"; exit 70; }
code=0
parley report merge "$@" --out "$out" >"$out/log.txt" 2>&1 || code=$?
cat "$out/log.txt"
tell "$out" $code
