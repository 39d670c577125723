#!/bin/sh
# The history witness sees what it is there to see: one changed digit anywhere in what goes in or comes out, another reason, another sentence.
set -eu
cd -- "$(dirname -- "$0")"
. ./bites.sh

another() { # KEY N: a sed script that puts another digit for the one after the first N of each value of KEY
    printf '%s' "s/\(\"$1\":\"[0-9a-f]\{$2\}\)[0-7]/\18/;t;s/\(\"$1\":\"[0-9a-f]\{$2\}\)[89a-f]/\10/"
}
plant 'another kek' "$(another kek 63)" hi.kek.json
plant 'another PRF output' "$(another prf 0)" hi.kek.json hi.take.json
plant 'another input of the PRF' "$(another input 31)" hi.kek.json
for digit in 0 64 128 150; do # salt, commitment, box
    plant "another digit $digit of sealed bytes" "$(another sealed $digit)" hi.seal.json hi.open.json
    plant "another digit $digit of a wrap" "$(another wrap $digit)" hi.wrap.json hi.unwrap.json hi.take.json
    plant "another digit $digit of an item" "$(another item $digit)" hi.item.json hi.read.json
    plant "another digit $digit of an index" "$(another index $digit)" hi.index.json hi.head.json hi.take.json
done
for digit in 15 23 80 150 215; do # v, g, the head before, index, HMAC
    plant "another digit $digit of a head" "$(another head $digit)" hi.head.json
    plant "another digit $digit of heads" "$(another heads $digit)" hi.take.json
done
plant 'another head code' 's/"code":"[A-Z2-7]/"code":"1/' hi.head.json hi.take.json
plant 'another head remembered' "$(another known 0)" hi.take.json
plant 'another head offered' "$(another offered 30)" hi.put.json
plant 'another generation' 's/"generation":/&1/' hi.unwrap.json hi.item.json hi.index.json
plant 'another version' 's/"version":/&1/' hi.item.json
plant 'another content' "$(another content 7)" hi.enrol.json hi.rotate.json
plant 'another reason' 's/"reason":"[a-z]*"/"reason":"dh"/' hi.open.json hi.unwrap.json hi.read.json hi.index.json hi.put.json hi.take.json hi.begin.json
plant 'another sentence' 's/"site":"HI-0/"site":"HI-1/' hi.open.json hi.unwrap.json hi.read.json hi.index.json hi.put.json hi.take.json hi.begin.json
all_seen history.mjs
