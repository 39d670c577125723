#!/bin/sh
# demo_test.sh PARLEY FOLDER: the demo tells its story on one screen; --verbose names the sentences that were applied.
set -u
short=$("$1" demo --model script --out "$2") || { echo "$short"; exit 1; }
long=$("$1" demo --model script --verbose --out "$2") || { echo "$long"; exit 1; }
lines=$(printf '%s\n' "$short" | wc -l)
echo "$lines lines; $(printf '%s\n' "$long" | wc -l) with --verbose"
[ "$lines" -le 60 ] || exit 1
for words in 'appraises the enclave' 'sentences were applied and hold' 'knows that the answer is complete' 'A planted bug' 'Caught.'; do
    case $short in *"$words"*) ;; *) echo "not said: $words"; exit 1 ;; esac
done
case $short in *'applied: '* | *'ok  AT-'*) echo 'the short demo names sentences'; exit 1 ;; esac
case $long in *'applied: '*'ok  AT-'*) ;; *) echo '--verbose does not name the sentences'; exit 1 ;; esac
