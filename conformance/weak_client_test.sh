#!/bin/sh
# Our own client with one line weakened, before the cases that name it: each time the suite notices, by a check that names the line. (conformance.client shows that
# the honest client passes them all.)
#   weak_client_test.sh PARLEY FOLDER
set -u
parley=$1 folder=$2 failed=0

run() { # exit status of the suite against a client weakened by $1, over the cases that name it
    "$parley" test client --exec "'$parley' chat {url} --pack {pack} --say {prompt} --weak $1" --req "$1" --strict --quiet --patience 2 --out "$folder" >"$folder.txt" 2>&1
}

for id in AT-003 AT-007 AT-025 AT-029 AT-033 AT-034 AT-036 AT-040 CF-033 CF-034 CF-035 CF-036 CF-038 CF-039 CF-041 CF-042 CF-043 \
    CF-049 CF-052 CF-055 CF-056 CF-058 CF-087 CF-090 CF-122 CF-123 AT-225 TL-113 TL-135 TL-139 NZ-006 NZ-031; do
    run $id
    status=$?
    case $status in
    1 | 3) grep -q "$id" "$folder.txt" || { echo "$id: weakened, and what fails does not name it"; failed=1; } ;;
    *) echo "$id: weakened, and the suite ends with $status"; failed=1 ;;
    esac
done
# The same client as one process for the whole run, and asked over a relay that cuts what is sent.
for id in CF-041 AT-033; do
    "$parley" test client --drive "'$parley' chat --drive --quiet --weak $id" --chaos 1 --req "$id" --quiet --patience 2 --out "$folder" >"$folder.txt" 2>&1
    status=$?
    [ $status = 1 ] && grep -q "$id" "$folder.txt" || { echo "$id: weakened and driven, and the suite ends with $status"; failed=1; }
done
exit $failed
