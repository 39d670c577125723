#!/bin/sh
# The witness of GPU evidence sees what it is there to see: one changed digit in what goes in or comes out, another verdict or sentence.
set -eu
cd -- "$(dirname -- "$0")"
. ./bites.sh

another() { # KEY N: a sed script that puts another digit for the one after the first N of each value of KEY
    printf '%s' "s/\(\"$1\":\"[0-9a-f]\{$2\}\)[0-7]/\18/;t;s/\(\"$1\":\"[0-9a-f]\{$2\}\)[89a-f]/\10/"
}
for digit in 0 9 80 400; do
    plant "another digit $digit of a report" "$(another report $digit)" at.gpu.json
done
plant 'another digit of the root' "$(another root 502)" at.gpu.json
plant 'another digit of the list of the root' "$(another root_crl 100)" at.gpu.json
plant 'another digit of the list of the model' "$(another model_crl 100)" at.gpu.json
plant 'another digit of the report data' "$(another cpu_data 5)" at.gpu.json
plant 'another digit of an identity' "$(another identity 95)" at.gpu.json
plant 'another chain' 's/"chain":"-----BEGIN CERTIFICATE-----\\nMII/&C/' at.gpu.json
plant 'another nonce' 's/nonce\\":\\"./&0/' at.gpu.json
plant 'another model of the policy' 's/models\\":\[\\"G/&X/' at.gpu.json
plant 'another clock' 's/"now":/&9/' at.gpu.json
plant 'another model' 's/"model":"G/&X/' at.gpu.json
plant 'another row of what was not compared' 's/"not_compared":"/&nonce /' at.gpu.json
plant 'another verdict' 's/"expect":"reject"/"expect":"accept"/' at.gpu.json
plant 'another sentence' 's/"site":"AT-3/"site":"AT-1/' at.gpu.json
all_seen gpu.mjs
