#!/bin/sh
# The receipt witness sees what it is there to see: one changed digit anywhere in what goes in or comes out, another reason, another sentence.
set -eu
cd -- "$(dirname -- "$0")"
. ./bites.sh

another() { # KEY N: a sed script that puts another digit for the one after the first N of each value of KEY
    printf '%s' "s/\(\"$1\":\"[0-9a-f]\{$2\}\)[0-7]/\18/;t;s/\(\"$1\":\"[0-9a-f]\{$2\}\)[89a-f]/\10/"
}
for digit in 7 15 79 80 144 208 272 336 400 527; do # version, engine, session, the leaves, root
    plant "another digit $digit of a receipt" "$(another receipt $digit)" in.make.json
done
plant 'another leaf of the tokenizer' "$(another receipt 144)" in.verify.json
plant 'another leaf of the output' "$(another receipt 400)" in.verify.json
for digit in 0 64 128 192 257 269 310; do # salt, model, tokenizer, seed, finish, the count of the output, a stop sequence
    plant "another digit $digit of an opening" "$(another opening $digit)" in.make.json
done
for name in session key_model key_tokenizer key_prompt key_parameters key_seed key_output link_0 link_1 link_last; do
    plant "another $name" "$(another $name 63)" in.make.json
done
plant 'another model at hand' "$(another model 63)" in.verify.json
plant 'another vocabulary' 's/"vocabulary":/&1/' in.verify.json
plant 'another reason' 's/"reason":"[a-z]*"/"reason":"state"/' in.make.json in.verify.json
plant 'another sentence' 's/"site":"IN-0/"site":"IN-1/' in.make.json in.verify.json
plant 'another list of what was not compared' 's/"not_compared":"signature session"/"not_compared":"session"/' in.verify.json
for digit in 0 1; do # the type
    plant "another digit $digit of a message" "$(another message $digit)" in.message.json
done
for name in kturn salt leaf_key_1 com leaves; do
    plant "another $name" "$(another $name 31)" in.turn.json
done
plant "another signature" "$(another signature 0)" in.sign.json in.verify.signed.json
for digit in 527 655 719 783 800 900; do # root, signature, statement, model, leaves
    plant "another digit $digit of a frank" "$(another frank $digit)" in.frank.json in.moderate.json
done
plant "another mk" "$(another mk 0)" in.turn.json in.answer.json in.receipt.json in.frank.json
plant "another answer" "$(another answer 0)" in.turn.json in.answer.json in.receipt.json
plant "another key" "$(another key 0)" in.verify.signed.json in.receipt.json in.moderate.json
plant "another session" "$(another session 0)" in.verify.signed.json
plant "another count of closed leaves" "s/\"closed\":/&1/" in.moderate.json
plant "another error" "s/\"error\":/&1/" in.refusal.json
plant "another verdict on a cancel" "s/\"stops\":true/\"stops\":false/" in.serve.json
plant "another bucket" "s/\"bucket\":/&1/" in.pad.json
plant "another gap" "s/\"gap\":/&1/" in.gap.json
plant "another size" "s/\"size\":/&1/" in.bucket.json
plant "another length of a chunk" "s/\"n\":/&9/" in.chunk.json
plant "another reason of a turn" "s/\"reason\":\"[a-z]*\"/\"reason\":\"state\"/" in.message.json in.request.json in.serve.json in.answer.json in.receipt.json in.moderate.json in.pad.json in.chunk.json in.bucket.json
plant "another sentence of a turn" "s/\"site\":\"IN-/\"site\":\"IN-9/" in.message.json in.request.json in.serve.json in.answer.json in.receipt.json in.moderate.json in.pad.json in.chunk.json in.bucket.json
all_seen inference.mjs
