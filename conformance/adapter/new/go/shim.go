// An adapter for the library door of Parley: one flat JSON object a line in, one out, in order. It speaks, and offers nothing yet.
// Byte strings are lower-case hexadecimal. Nothing but answers goes to the standard output; log to the standard error.
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"sort"
	"strings"
)

type members map[string]any

// A refusal by one of the reason words; everything else that goes wrong is the caller's mistake.
type refused string

func (r refused) Error() string { return string(r) }

// bytesOf reads a member that has to be a byte string.
func bytesOf(question members, key string) ([]byte, error) {
	text, ok := question[key].(string)
	if !ok || strings.ToLower(text) != text {
		return nil, errors.New(key + " is not lower-case hexadecimal")
	}
	return hex.DecodeString(text)
}

// One function an operation. Sessions are yours to keep, under a number that you give out as "h".
var operations map[string]func(members) (members, error)

func init() {
	operations = map[string]func(members) (members, error){
		"hello": func(members) (members, error) {
			var names []string
			for name := range operations {
				names = append(names, name)
			}
			sort.Strings(names)
			return members{"impl": "my-library", "version": "0.1", "proto": 1, "roles": "lib", "caps": "", "ops": strings.Join(names, " ")}, nil
		},
		"echo":  func(question members) (members, error) { return question, nil },
		"reset": func(members) (members, error) { return members{}, nil }, // end every session
		// "caps" has to say "tl:proof" with this one:
		// "tl.leaf": func(q members) (members, error) { entry, err := bytesOf(q, "entry"); ... },
	}
}

func answer(line []byte) members {
	var question members
	decoder := json.NewDecoder(strings.NewReader(string(line)))
	decoder.UseNumber()
	if err := decoder.Decode(&question); err != nil {
		return members{"id": 0, "bug": err.Error()}
	}
	id, name := question["id"], question["op"]
	delete(question, "id")
	delete(question, "op")
	text, _ := name.(string)
	operation, ok := operations[text]
	if !ok {
		return members{"id": id, "uns": text}
	}
	said, err := operation(question)
	var reason refused
	switch {
	case errors.As(err, &reason):
		return members{"id": id, "rej": string(reason), "released": ""}
	case err != nil:
		return members{"id": id, "bug": err.Error()}
	}
	said["id"], said["ok"] = id, 1
	return said
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<21), 1<<21)
	out := json.NewEncoder(os.Stdout) // not buffered: each answer leaves at once
	out.SetEscapeHTML(false)
	for in.Scan() {
		if err := out.Encode(answer(in.Bytes())); err != nil {
			os.Exit(1)
		}
	}
}
