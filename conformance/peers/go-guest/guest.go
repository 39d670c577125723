// The library door for SEV-SNP reports, spoken by Google's go-sev-guest. The door itself, lines and fields, is that of the peer go-flynn-noise. Beside it
// the two modes `speed` and, with the folder of samples in PARLEY_EVIDENCE, `samples`.
package main

import (
	"crypto/sha512"
	"os"
)

const version = "sev 0.15.0, tdx 0.3.1"

func digest(bytes []byte) []byte {
	sum := sha512.Sum384(bytes)
	return sum[:]
}

func hello(*request) (*answer, error) {
	return ok().text("impl", "go-guest").text("version", version).number("proto", 1).text("roles", "lib").text("caps", "at:snp").
		text("ops", "hello echo reset at.verify"), nil
}

var operations map[string]func(*request) (*answer, error)

func init() {
	if len(os.Args) == 2 && os.Args[1] == "samples" {
		samples()
		os.Exit(0)
	}
	operations = map[string]func(*request) (*answer, error){
		"hello": hello, "echo": echo, "at.verify": verifySNP,
		"reset": func(*request) (*answer, error) { return ok(), nil },
	}
}
