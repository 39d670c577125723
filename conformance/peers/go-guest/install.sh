#!/bin/sh
# Builds the door over Google's two verifiers by Go: the exact modules that go.sum names. Skipped (77) without Go of 1.19 or later, or where no module
# can be fetched.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../go.sh"
go=$(go_program) || { echo "go-guest needs Go of 1.19 or later (https://go.dev, or Debian's package golang-go)" >&2; exit 77; }
echo "go-sev-guest 0.15.0 and go-tdx-guest 0.3.1, licence: Apache-2.0; what they depend on: BSD-3-Clause, Apache-2.0 or MIT"
target=$here/../installed/go-guest
door=$here/../go-flynn-noise/shim.go
if up_to_date "$target/go-guest" "$here" "$door"; then
    echo "go-guest is up to date"
    exit 0
fi
new=$here/../installed/.new-go-guest
rm -rf "$new"
mkdir -p "$new/source"
cp "$here"/*.go "$here/go.mod" "$here/go.sum" "$door" "$new/source/"
(cd "$new/source" && GOWORK=off GOTOOLCHAIN=local GOFLAGS=-mod=readonly "$go" mod download >&2) ||
    { echo "go-guest: its modules can't be fetched here" >&2; exit 77; }
# No C compiler takes part, whatever the user's own settings say.
(cd "$new/source" && GOWORK=off GOTOOLCHAIN=local GOFLAGS=-mod=readonly CGO_ENABLED=0 "$go" build -trimpath -o "$new/go-guest" . >&2)
rm -rf "$new/source" "$target"
mv "$new" "$target"
echo "go-guest is installed"
