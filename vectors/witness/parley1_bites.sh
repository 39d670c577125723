#!/bin/sh
# The witness of profile parley1 sees what it is there to see: one changed digit anywhere in what goes in or comes out, another reason, another sentence.
set -eu
cd -- "$(dirname -- "$0")"
. ./bites.sh

another() { # KEY N WHAT FILE...
    key=$1 digit=$2 what=$3
    shift 3
    node bites.mjs "$scratch" "$what" "$key" "$digit" "$@"
}
another coins 1 'another reserved version' p1.hello.json
another coins 3 'another place of it' p1.hello.json
for digit in 4 68; do # e, d of e1
    another coins $digit "another digit $digit of the coins" p1.hello.json p1.agree.json
done
for digit in 5 40 100 2450; do # version, e, e1, tag: of one message or the other
    another msg $digit "another digit $digit of a message" p1.answer.json
done
another msg 2400 'another message of the enclave' p1.agree.json
for name in h base; do
    another $name 63 "another $name" p1.answer.json p1.agree.json
done
another s 0 'another s' p1.answer.json p1.agree.json p1.attest.json p1.boot.json p1.statement.json
another r0 0 'another r0' p1.answer.json p1.agree.json
for name in x step reply claims attest binder t; do
    another $name 20 "another $name" p1.bind.json
done
plant 'another epoch' 's/"epoch":/&1/' p1.bind.json p1.keys.json p1.seal.json p1.open.json
plant 'another number of binders' 's/"n":/&1/' p1.report.json
another root 0 'another root' p1.report.json p1.keys.json p1.seal.json p1.open.json
for name in t base link kem seed link_next; do
    another $name 0 "another $name of the schedule" p1.keys.json
done
for digit in 7 2000 8000 20000; do # kind, evidence, endorsements, behind them
    another attest $digit "another digit $digit of an attest" p1.attest.json
done
another owner 0 'another owner' p1.attest.json
another releaser 0 'another signer' p1.attest.json
another identity 200 'another memory' p1.attest.json
plant 'another floor' 's/"floor_after":/&1/' p1.attest.json
plant 'another count of heads' 's/"heads_after":/&1/' p1.attest.json
another nonce 0 'another nonce' p1.boot.json
another q 0 'another q' p1.boot.json p1.statement.json
another device 0 'another device' p1.boot.json p1.statement.json
another report_data 127 'another report data' p1.boot.json p1.report.json
plant 'another clock' 's/"now":/&1/' p1.statement.json p1.attest.json
another signed 60 'another statement' p1.statement.json
for digit in 0 71 79 87 90; do # dh, pn, n, epoch, ciphertext
    another record $digit "another digit $digit of a record" p1.seal.json p1.open.json
done
another turn 0 'another turn' p1.seal.json p1.open.json
plant 'other records before' 's/"sent":/&1/;s/"received":/&1/' p1.seal.json p1.open.json
another pt 0 'another plaintext' p1.seal.json p1.open.json
another t 0 'another transcript' p1.seal.json p1.open.json
for digit in 1 5; do # flags, used
    another plain $digit "another digit $digit of a plaintext" p1.plain.json
done
plant 'another level' 's/"level":2/"level":0/' p1.plain.json
plant 'another count of bytes' 's/"n":/&1/' p1.message.json
plant 'another sender' 's/"sender":"client"/"sender":"enclave"/' p1.message.json
plant 'the other class' 's/"talk":true/"talk":false/' p1.message.json
rejecting='p1.agree.json p1.answer.json p1.attest.json p1.boot.json p1.message.json p1.open.json p1.plain.json'
plant 'another reason' 's/"reason":"[a-z-]*"/"reason":"state"/' $rejecting
plant 'another sentence' 's/"site":"\(..\)-0/"site":"\1-9/;s/"site":"P1-1/"site":"P1-9/' $rejecting
plant 'another state afterwards' 's/"after":"same"/"after":"ended"/' p1.open.json
all_seen parley1.mjs
