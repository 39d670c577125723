#!/bin/sh
# The witness of profile signal gives its known answers, and sees what it is there to see: another message, key, text, signature or reason.
set -eu
cd -- "$(dirname -- "$0")"
. ./bites.sh

node signal.mjs --self-test
plant 'another text' 's/"out":{"text":"[0-9a-f]/"out":{"text":"x/' rt.receive.json
plant 'another message' 's/"message":"44/"message":"4f/' rt.send.json
plant 'another key' 's/"chain":"[0-9a-f]/"chain":"x/' rt.send.json
plant 'another signature' 's/"signature":"[0-9a-f]/"signature":"x/' rt.sign.json
plant 'another reason' 's/"reason":"[a-z]*"/"reason":"else"/' rt.verify.json rt.start.json
all_seen signal.mjs
