package confer

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"
)

const maxDepth = 32

// Object reads one JSON object: valid UTF-8, no member named twice at any depth, nothing behind it. Member names are
// compared byte for byte, which json.Unmarshal into a struct does not do.
func Object(text []byte) (map[string]json.RawMessage, error) {
	if !utf8.Valid(text) {
		return nil, errors.New("not UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := noDuplicates(decoder, 0); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("something stands behind the value")
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil || members == nil {
		return nil, errors.New("not an object")
	}
	return members, nil
}

// noDuplicates walks over one value.
func noDuplicates(decoder *json.Decoder, depth int) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	opening, compound := token.(json.Delim)
	if !compound {
		return nil
	}
	if depth == maxDepth {
		return errors.New("nested too deeply")
	}
	seen := map[string]bool{}
	for decoder.More() {
		if opening == '{' {
			name, err := decoder.Token()
			if err != nil {
				return err
			}
			if seen[name.(string)] {
				return errors.New("a member stands twice")
			}
			seen[name.(string)] = true
		}
		if err := noDuplicates(decoder, depth+1); err != nil {
			return err
		}
	}
	_, err = decoder.Token()
	return err
}

// Text gives a member that must be a string.
func Text(members map[string]json.RawMessage, name string) (string, error) {
	raw, present := members[name]
	if !present || raw[0] != '"' {
		return "", errors.New(name + " is no string")
	}
	var value string
	err := json.Unmarshal(raw, &value)
	return value, err
}
