#!/bin/sh
# Our text and the client from the prose answer alike (parley1_differs.mjs), and a single other word of an answer is seen. parley1_differs.sh PARLEY;
# exit 77 where there is no Node.
set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
version=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null)
[ "${version:-0}" -ge 18 ] || { echo "SKIPPED: Node 18 or newer is needed, found ${version:-none}"; exit 77; }
node "$here/parley1_differs.mjs" "'$1' adapter" 500 || exit 1
for altered in 's/"floor_after":/&1/' 's/"rej":"padding"/"rej":"parse"/' 's/"rej":"quorum"/"rej":"expired"/'; do
    node "$here/parley1_differs.mjs" "'$1' adapter | sed -u '$altered'" 60 >/dev/null
    [ $? = 1 ] || { echo "not seen: $altered"; exit 1; }
done
echo 'every planted difference was seen'
