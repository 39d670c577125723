#!/bin/sh
# parley1_weak_client_test.sh PARLEY FOLDER: our client of profile parley1 with one of its lines switched off fails a case that names the sentence.
# Where another line stands behind it, both are switched off: NUMBER,NUMBER.
set -u
parley=$1 work=$2
rm -rf "$work" && mkdir -p "$work" || exit 70
lost=0 tried=0
for weak in P1-022 P1-140 P1-079 P1-080 P1-081 P1-082 P1-083 P1-084 TL-031 P1-090 P1-091 P1-092 P1-093 P1-094 P1-095 P1-096 P1-097 P1-098 \
    P1-099 P1-085 P1-057 P1-066 TL-019 AT-011 AT-038 P1-050 P1-051 P1-052 P1-053 P1-054 AT-040 AT-039 AT-046 P1-058 P1-059 P1-061 P1-104 P1-105 P1-106 P1-120 P1-121,P1-123 P1-123 P1-125 P1-126 \
    P1-127 P1-128 P1-144 P1-156 AT-331 AT-336 AT-341 AT-342 P1-067 P1-164 P1-166 P1-167 P1-168 P1-174 IN-039 IN-040 IN-046 IN-047 IN-063 IN-064 IN-066 IN-067 IN-078 IN-105,IN-107 \
    IN-001 IN-004 IN-005 IN-016 IN-017 IN-018 IN-019 IN-020 IN-021 IN-022 IN-023 IN-080 IN-081 IN-082 IN-083 IN-084 IN-085 IN-086 IN-087; do
    tried=$((tried + 1))
    "$parley" test client --profile parley1 --req "${weak%%,*}" --quiet --patience 3 --out "$work" \
        --exec "$parley chat {url} --profile parley1 --pack {pack} --quiet --ctl {ctl} --{receipt}=- --weak $weak --say {prompt}" >"$work/out" 2>&1
    code=$?
    [ $code = 1 ] || { echo "$weak: switched off, and the run ends with $code"; lost=$((lost + 1)); }
done
echo "$tried lines, $lost not found"
[ $lost = 0 ]
