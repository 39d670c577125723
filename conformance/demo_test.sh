#!/bin/sh
# demo_test.sh PARLEY FOLDER: the demo tells its story on one screen; --verbose names the sentences that were applied.
set -u
short=$("$1" demo --model script --out "$2") || { echo "$short"; exit 1; }
long=$("$1" demo --model script --verbose --out "$2") || { echo "$long"; exit 1; }
lines=$(printf '%s\n' "$short" | wc -l)
echo "$lines lines; $(printf '%s\n' "$long" | wc -l) with --verbose"
[ "$lines" -le 60 ] || exit 1
for words in 'appraises the enclave before it says a word' 'sentences were applied and hold' 'knows that the answer is complete' 'receipt' \
    'to a moderator' 'steps to the next epoch' 'swaps two items' 'shows a state of before' 'A planted bug' 'Caught.'; do
    case $short in *"$words"*) ;; *) echo "not said: $words"; exit 1 ;; esac
done
case $short in *'applied: '* | *'ok  AT-'*) echo 'the short demo names sentences'; exit 1 ;; esac
case $long in *'applied: '*'ok  AT-'*) ;; *) echo '--verbose does not name the sentences'; exit 1 ;; esac
deployed=$("$1" demo --profile confer --platform tdx --model script --out "$2") || { echo "$deployed"; exit 1; }
case $deployed in *'appraises the enclave'*'Caught.'*) ;; *) echo "the deployed protocol's demo says something else: $deployed"; exit 1 ;; esac
case $deployed in *"not verified"* | *"NOT VERIFIED"*) echo "something is taken on trust: $deployed"; exit 1 ;; esac
