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
all_seen inference.mjs
