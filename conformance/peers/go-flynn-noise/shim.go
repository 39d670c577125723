// The library door, spoken by the Go package flynn/noise: one flat JSON object a line, one answer a line.
// This file is the door (lines, fields, dispatch); noise.go is what stands behind it.
package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"strconv"
	"strings"
)

const maxLine = 1 << 20

// An answer is one of four kinds; the rest of its fields follow in the order they were added.
type answer struct {
	fields []string
}

func (a *answer) text(name, value string) *answer {
	quoted, _ := json.Marshal(value)
	a.fields = append(a.fields, strconv.Quote(name)+":"+string(quoted))
	return a
}

func (a *answer) number(name string, value int) *answer {
	a.fields = append(a.fields, strconv.Quote(name)+":"+strconv.Itoa(value))
	return a
}

func (a *answer) bytes(name string, value []byte) *answer {
	return a.text(name, hex.EncodeToString(value))
}

func ok() *answer                   { return new(answer).number("ok", 1) }
func unsupported(op string) *answer { return new(answer).text("uns", op) }
func bug(why string) *answer        { return new(answer).text("bug", why) }

// A refusal never hands out plaintext here: the library returns none beside an error.
func reject(reason string, detail error) *answer {
	return new(answer).text("rej", reason).text("released", "").text("detail", detail.Error())
}

// A request is a flat object; fields of another shape than asked for are the runner's mistake.
type request struct {
	id     string
	op     string
	fields map[string]json.RawMessage
}

var errShape = errors.New("wrong field")

func (r *request) text(name string) (string, error) {
	var value string
	raw, present := r.fields[name]
	if !present {
		return "", fmt.Errorf("%w: %s is missing", errShape, name)
	}
	if json.Unmarshal(raw, &value) != nil || raw[0] != '"' {
		return "", fmt.Errorf("%w: %s is not a string", errShape, name)
	}
	return value, nil
}

func (r *request) has(name string) bool {
	_, present := r.fields[name]
	return present
}

func (r *request) bytes(name string) ([]byte, error) {
	value, err := r.text(name)
	if err != nil {
		return nil, err
	}
	decoded, err := hex.DecodeString(value)
	if err != nil || strings.ToLower(value) != value {
		return nil, fmt.Errorf("%w: %s is not lower-case hex", errShape, name)
	}
	return decoded, nil
}

// optional gives no bytes for a field that is absent.
func (r *request) optional(name string) ([]byte, error) {
	if !r.has(name) {
		return nil, nil
	}
	return r.bytes(name)
}

func (r *request) number(name string) (int, error) {
	value, err := strconv.Atoi(string(r.fields[name]))
	if err != nil {
		return 0, fmt.Errorf("%w: %s is not an integer", errShape, name)
	}
	return value, nil
}

func parse(line []byte) (*request, error) {
	r := &request{id: "0"}
	if err := json.Unmarshal(line, &r.fields); err != nil || r.fields == nil {
		return r, errors.New("the line is not one JSON object")
	}
	id, err := r.number("id")
	if err != nil {
		return r, err
	}
	r.id = strconv.Itoa(id)
	for name, raw := range r.fields {
		if raw[0] == '{' || raw[0] == '[' {
			return r, fmt.Errorf("field %s is nested", name)
		}
	}
	r.op, err = r.text("op")
	return r, err
}

// echo sends every field back, hex judged as everywhere else.
func echo(r *request) (*answer, error) {
	names := []string{}
	for name := range r.fields {
		if name != "id" && name != "op" {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	a := ok()
	for _, name := range names {
		if r.fields[name][0] != '"' {
			a.fields = append(a.fields, strconv.Quote(name)+":"+string(r.fields[name]))
			continue
		}
		value, err := r.bytes(name)
		if err != nil {
			return nil, err
		}
		a.bytes(name, value)
	}
	return a, nil
}

func respond(line []byte) string {
	r, err := parse(line)
	var a *answer
	if err == nil {
		if serve, known := operations[r.op]; known {
			a, err = serve(r)
		} else {
			a = unsupported(r.op)
		}
	}
	if err != nil {
		a = bug(err.Error())
	}
	return `{"id":` + r.id + "," + strings.Join(a.fields, ",") + "}\n"
}

// readLine takes one line; what is longer than the door allows is read to its end and reported, not kept.
func readLine(in *bufio.Reader) (line []byte, tooLong bool, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if len(line)+len(part) <= maxLine+1 {
			line = append(line, part...)
		} else {
			tooLong = true
		}
		if err != bufio.ErrBufferFull {
			return bytes.TrimRight(line, "\n"), tooLong, err
		}
	}
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "speed" {
		speed()
		return
	}
	in := bufio.NewReaderSize(os.Stdin, 64<<10)
	for {
		line, tooLong, err := readLine(in)
		if err != nil && (err != io.EOF || len(line) == 0) {
			return
		}
		reply := "{\"id\":0,\"bug\":\"the line is longer than 1 MiB\"}\n"
		if !tooLong {
			reply = respond(line)
		}
		if _, err := os.Stdout.WriteString(reply); err != nil {
			return
		}
	}
}
