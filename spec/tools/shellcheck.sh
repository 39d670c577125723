#!/bin/sh
# Our scripts, named as arguments, have nothing that the tool shellcheck warns of. Exit 77 without it.
# Left out: variables that another file sets or reads (SC2034, SC2154), and -nt, which dash has (SC3013).
command -v shellcheck >/dev/null || { echo 'SKIPPED: there is no shellcheck'; exit 77; }
exec shellcheck --shell=sh --severity=warning --exclude=SC2034,SC2154,SC3013 "$@"
