#!/bin/sh
# Nothing is fetched: the judge is the OpenSSL command line of this machine, 3.0 or later, driven from Node. What it is called by is noted.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../apt.sh"
command -v openssl >/dev/null || need_packages openssl
command -v node >/dev/null || need_packages nodejs
case $(openssl version) in
    "OpenSSL "[3-9].*) ;;
    *) echo "openssl-cli needs OpenSSL 3.0 or later, this is $(openssl version)" >&2; exit 77 ;;
esac
echo "openssl, licence: Apache-2.0"
mkdir -p "$here/../installed/openssl-cli"
openssl version >"$here/../installed/openssl-cli/version"
echo "openssl-cli is installed"
