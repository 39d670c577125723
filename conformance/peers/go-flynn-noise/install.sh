#!/bin/sh
# Builds the Noise adapter over Debian's Go package of flynn/noise.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../go.sh"
go_build go-flynn-noise golang-github-flynn-noise-dev golang-golang-x-crypto-dev golang-golang-x-sys-dev
