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
grep -q 'json-schema.org' usr/share/parley/schema/results-1.schema.json
cmp "$3/sim/model/tiny.model" usr/share/parley/model/tiny.model
[ "$(usr/bin/parley model run "My name is Zorblat. What is my name?" --quiet)" = "Your name is Zorblat." ]
usr/bin/parley model inspect | grep -q '^shape  '
usr/bin/parley model run "Is my chat private?" --quiet --receipt r.json >/dev/null
usr/bin/parley verify receipt r.json | grep -q "^{.verdict.:.accept."
