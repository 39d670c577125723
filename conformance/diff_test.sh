#!/bin/sh
# diff_test.sh PARLEY CHECKOUT SCRATCH: what `parley diff` says of two trees, change by change: what is drift, and what is not.
set -u
parley=$1 tree=$2 work=$3
failed=0
rm -rf "$work" && mkdir -p "$work/a/vectors/data" "$work/a/conformance" && cd "$work" || exit 1
mkdir a/spec && cp "$tree/spec/requirements.lock" a/spec/ && cp -r "$tree/spec/noise" "$tree/spec/wire" a/spec/
cp "$tree/vectors/data/nz.init.json" a/vectors/data/ && cp "$tree/conformance/ids.tsv" a/conformance/

expect() { # WHAT CODE LINE SED FILE: a copy with that change, compared with the original
    rm -rf b && cp -r a b && sed -i "$4" "b/$5"
    "$parley" diff a b >said 2>&1
    code=$?
    if [ $code = "$2" ] && grep -q -e "$3" said && [ "$(wc -l <said)" -le 3 ]; then
        echo "ok      $1"
    else
        echo "FAILED  $1: exit $code" && cat said
        failed=1
    fi
}
id=$(grep -o '"id":"nz[^"]*"' a/vectors/data/nz.init.json | head -n 1 | cut -d '"' -f 4)
number=$(grep -o '^NZ-[0-9]*' a/spec/requirements.lock | head -n 1)

expect 'nothing changed' 0 '^0 sentences, 0 vectors, 0 cases' '' spec/noise/noise.md
expect 'another text, not acknowledged' 5 "^DRIFT  sentence  $number .*text changed, not acknowledged" "/\*\*$number\*\*/s/ a / one /; /\*\*$number\*\*/s/ the / that /" spec/noise/noise.md
expect 'another level' 5 "sentence  $number .*level MUST -> SHOULD, not acknowledged" "/\*\*$number\*\*/s/, MUST,/, SHOULD,/" spec/noise/noise.md
expect 'a number that is gone' 5 "^DRIFT  sentence  $number .*gone" "/\*\*$number\*\*/d" spec/noise/noise.md
expect 'a number that is withdrawn' 0 "sentence  $number .*withdrawn" "s/^- \*\*$number\*\*.*/- **$number** (withdrawn)/" spec/noise/noise.md
expect 'a vector under the same revision' 5 "^DRIFT  vector    $id .*rev 1 -> 1: raise it" "/\"id\":\"$id\"/s/\"in\":{/\"in\":{\"more\":\"00\",/" vectors/data/nz.init.json
expect 'a vector under a new revision' 0 "vector    $id .*bytes changed, rev 1 -> 2" "/\"id\":\"$id\"/{s/\"in\":{/\"in\":{\"more\":\"00\",/;s/\"rev\":1/\"rev\":2/}" vectors/data/nz.init.json
expect 'a case that is gone' 5 '^DRIFT  case      cf.client.sanity.chat .*gone' '/^cf.client.sanity.chat/d' conformance/ids.tsv
expect 'a case that is retired' 0 'case      cf.client.sanity.chat .*retired' '/^cf.client.sanity.chat/s/live/retired/' conformance/ids.tsv
expect 'a case more' 0 'case      zz.new.one .*added' '$a zz.new.one\t1\tlive\t' conformance/ids.tsv

mkdir empty
"$parley" diff a empty >said 2>&1 && failed=1
grep -q 'empty is neither a results file, nor a folder with a tree of Parley, nor a revision' said || { cat said; failed=1; }
"$parley" diff a b --format json >said && grep -q '"kind":"case","id":"zz.new.one"' said && tail -n 1 said | grep -qx '"drift":0}' || { cat said; failed=1; }
"$parley" diff a no-such-revision >said 2>&1
[ $? = 64 ] || { cat said; failed=1; }
if git -C "$tree" rev-parse --verify --quiet 'HEAD^{commit}' >/dev/null; then
    "$parley" diff HEAD HEAD | grep -q '^0 sentences, 0 vectors, 0 cases' || { echo 'FAILED  two revisions'; failed=1; }
fi
exit $failed
