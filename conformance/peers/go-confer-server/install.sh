#!/bin/sh
# Builds the Go server of profile confer over Debian's packages of flynn/noise and gorilla/websocket.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../go.sh"
go_build go-confer-server golang-github-flynn-noise-dev golang-github-gorilla-websocket-dev golang-golang-x-crypto-dev golang-golang-x-sys-dev
