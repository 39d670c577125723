#!/bin/sh
# install_test.sh CMAKE BUILD-FOLDER CHECKOUT: what is installed stands in place and runs without the checkout.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$1" --install "$2" --prefix "$work/usr" >/dev/null
cd "$work"
usr/bin/parley --version
usr/bin/parley help version | grep -q '^usage: parley version'
grep -q '^\.TH PARLEY 1' usr/share/man/man1/parley.1
grep -q '_parley' usr/share/bash-completion/completions/parley
for file in reports/results-1.schema.json vectors/format/vector-1.schema.json vectors/format/README.md vectors/LOCK spec/README.md \
    spec/noise/noise.md spec/noise/noise_chain.c spec/requirements.lock conformance/README.md conformance/ids.tsv \
    sim/model/model.md sim/pack/pack.md; do
    [ ! -e "$3/$file" ] || cmp "$3/$file" "usr/share/parley/$file"
done
cmp "$3/sim/model/tiny.model" usr/share/parley/sim/model/tiny.model
[ -z "$(grep -rlF "$3" usr/share || true)" ] || { echo 'the checkout is named in what is installed:'; grep -rlF "$3" usr/share; exit 1; }
[ "$(usr/bin/parley model run "My name is Zorblat. What is my name?" --quiet)" = "Your name is Zorblat." ]
usr/bin/parley model inspect | grep -q '^shape  '
usr/bin/parley model run "Is my chat private?" --quiet --receipt r.json >/dev/null
usr/bin/parley verify receipt r.json | grep -q "^{.verdict.:.accept."

# What disables lines is handed over to the program whose lines can be; what reads the text reads what was installed.
usr/bin/parley demo --model script | grep -qx 'Caught.'
usr/bin/parley audit --case 'wi.*' | grep -q ' 0 faults$'
usr/bin/parley serve --weak CF-006 --help | grep -q -e '--weak ID'
usr/bin/parley spec lint | grep -q ' 0 faults$'
said=$(usr/bin/parley spec lint --acknowledge 2>&1) && exit 1
case $said in *'in a checkout'*) ;; *) echo "$said"; exit 1 ;; esac

# What an installation lacks is said, and is not taken for drift.
rm usr/libexec/parley/parley-mutants
said=$(usr/bin/parley demo 2>&1) && exit 1
case $said in *"can't disable a line"*) ;; *) echo "$said"; exit 1 ;; esac
rm -r usr/share/parley/spec
said=$(usr/bin/parley spec lint 2>&1) && exit 1
case $said in *'this installation is not whole'*) ;; *) echo "$said"; exit 1 ;; esac
