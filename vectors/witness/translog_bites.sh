#!/bin/sh
# The log witness sees what it is there to see: one changed digit in what goes in or comes out, another verdict, reason or sentence.
set -eu
cd -- "$(dirname -- "$0")"
. ./bites.sh

another() { # KEY N: a sed script that puts another digit for the one after the first N of each value of KEY
    printf '%s' "s/\(\"$1\":\"[0-9a-f]\{$2\}\)[0-7]/\18/;t;s/\(\"$1\":\"[0-9a-f]\{$2\}\)[89a-f]/\10/"
}
for digit in 0 63; do
    plant "another digit $digit of a hash" "$(another hash $digit)" tl.leaf.json tl.node.json
    plant "another digit $digit of a root" "$(another root $digit)" tl.inclusion.json tl.checkpoint.json tl.take.json
    plant "another digit $digit of a proof" "$(another proof $digit)" tl.inclusion.json tl.consistency.json tl.take.json
    plant "another digit $digit of an earlier root" "$(another earlier_root $digit)" tl.consistency.json
    plant "another digit $digit of a later root" "$(another later_root $digit)" tl.consistency.json
    plant "another digit $digit of a key" "$(another key $digit)" tl.key.json
done
plant 'another entry' 's/"entry":"/&00/' tl.leaf.json
plant 'another leaf' "$(another leaf 63)" tl.inclusion.json
plant 'another left child' "$(another left 63)" tl.node.json
plant 'another index' 's/"index":"/&1/' tl.inclusion.json
plant 'another size' 's/"size":"/&1/' tl.inclusion.json tl.checkpoint.json tl.take.json
plant 'another later size' 's/"later_size":"/&1/' tl.consistency.json
plant 'another key id' "$(another key_id 7)" tl.key.json
plant 'another type' 's/"type":[14]/"type":6/' tl.key.json
plant 'another name' 's/"name":"/&x/' tl.key.json
plant 'another text of a note' "$(another note 1)" tl.note.json tl.take.json
plant 'a found line' 's/"found":false/"found":true/' tl.note.json
plant 'a lost line' 's/"found":true/"found":false/' tl.note.json
plant 'another time' 's/"time":/&1/' tl.note.json
plant 'another origin' 's/"origin":"/&x/' tl.checkpoint.json
plant 'another number of witnesses' 's/"witnesses":/&1/' tl.policy.json
plant 'another number of groups' 's/"groups":[0-9]/"groups":9/' tl.policy.json
plant 'another statement' "$(another policy 1)" tl.policy.json tl.take.json
plant 'another clock' 's/"now":/&1/' tl.take.json
plant 'a shorter age' 's/"age":86400/"age":1/' tl.take.json
plant 'less skew' 's/"skew":300/"skew":1/' tl.take.json
rejecting='tl.inclusion.json tl.consistency.json tl.key.json tl.note.json tl.checkpoint.json tl.policy.json tl.take.json'
plant 'another verdict' 's/"expect":"reject"/"expect":"accept"/' $rejecting
plant 'another reason' 's/"reason":"[a-z-]*"/"reason":"state"/' $rejecting
plant 'another sentence' 's/"site":"TL-0/"site":"TL-1/' $rejecting
all_seen translog.mjs
