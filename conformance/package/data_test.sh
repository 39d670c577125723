#!/bin/sh
# data_test.sh PARLEY KIND SCRATCH: a program of that language uses the package of vectors, offline, and finds every file whole. Exit 77 without it.
set -eu
parley=$1 kind=$2 work=$3
case $kind in npm) tool=node ;; go) tool=go ;; crate) tool=cargo ;; esac
command -v "$tool" >/dev/null || { echo "SKIPPED: there is no $tool"; exit 77; }
rm -rf "$work" && mkdir -p "$work/use"
"$parley" vectors package "$kind" "$work/vectors" --quiet
[ -s "$work/vectors/LICENSE" ] && [ -s "$work/vectors/vector-1.schema.json" ]
files=$(find "$work/vectors/data" -name '*.json' | wc -l)
bytes=$(cat "$work"/vectors/data/*.json | wc -c)
cases=$("$parley" vectors list | wc -l)
cd "$work/use"
case $kind in
npm)
    mkdir node_modules && cp -r ../vectors node_modules/parley-vectors
    cat >use.mjs <<'END'
import { cases, files, read, schema } from "parley-vectors";
let n = 0;
for (const { test } of cases()) n += test.id && test.expect ? 1 : 0;
if (!schema.title && !schema.$id || read(files[0]).schema !== "vector/1") throw new Error("another schema");
console.log(files.length, n);
END
    [ "$(node use.mjs)" = "$files $cases" ]
    ;;
go)
    printf 'module use\n\ngo 1.18\n\nrequire parley.invalid/vectors v0.0.0\n\nreplace parley.invalid/vectors => ../vectors\n' >go.mod
    cat >use.go <<'END'
package main

import (
	"fmt"

	"parley.invalid/vectors"
)

func main() {
	entries, err := vectors.Data.ReadDir("data")
	if err != nil || len(vectors.Schema) == 0 {
		panic("not there")
	}
	n := 0
	for _, e := range entries {
		text, err := vectors.Data.ReadFile("data/" + e.Name())
		if err != nil {
			panic(err)
		}
		n += len(text)
	}
	fmt.Println(len(entries), n)
}
END
    [ "$(GOFLAGS=-mod=mod GOPROXY=off GOTOOLCHAIN=local go run .)" = "$files $bytes" ]
    ;;
crate)
    mkdir src
    printf '[package]\nname = "use"\nversion = "0.0.0"\nedition = "2021"\n\n[dependencies]\nparley-vectors = { path = "../vectors" }\n' >Cargo.toml
    cat >src/main.rs <<'END'
fn main() {
    assert!(!parley_vectors::SCHEMA.is_empty());
    println!("{} {}", parley_vectors::FILES.len(), parley_vectors::FILES.iter().map(|f| f.1.len()).sum::<usize>());
}
END
    [ "$(cargo run --offline --quiet)" = "$files $bytes" ]
    ;;
esac
echo "$files files, $bytes bytes"
