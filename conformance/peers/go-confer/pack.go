// Package confer holds what the Go client and the Go server of profile confer have in common: the pack, strict JSON,
// the protobuf messages, and a Noise channel over WebSocket messages. Written from prose; no line comes from the C text.
package confer

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// A Pack is a folder with the world of one test: keys, evidence, policy and the time at which all of it is judged.
type Pack struct {
	dir     string
	digests map[string]string
	Time    time.Time
}

// OpenPack reads pack.json and refuses a pack of another profile.
func OpenPack(dir string) (*Pack, error) {
	index, err := os.ReadFile(filepath.Join(dir, "pack.json"))
	if err != nil {
		return nil, err
	}
	var read struct {
		Profile string
		Time    time.Time
		Files   []struct{ Name, Sha256 string }
	}
	if err := json.Unmarshal(index, &read); err != nil {
		return nil, fmt.Errorf("pack.json: %w", err)
	}
	if read.Profile != "confer" || read.Time.IsZero() {
		return nil, fmt.Errorf("pack.json: profile %q at %v is not a pack of profile confer", read.Profile, read.Time)
	}
	pack := &Pack{dir: dir, digests: map[string]string{}, Time: read.Time}
	for _, file := range read.Files {
		pack.digests[file.Name] = file.Sha256
	}
	return pack, nil
}

// Read gives the bytes of one file, which pack.json must name with their digest.
func (p *Pack) Read(name string) ([]byte, error) {
	content, err := os.ReadFile(filepath.Join(p.dir, filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	if digest := sha256.Sum256(content); p.digests[name] != hex.EncodeToString(digest[:]) {
		return nil, fmt.Errorf("%s: pack.json names another digest, or none", name)
	}
	return content, nil
}

// ReadLine gives the one line of a file, without its end.
func (p *Pack) ReadLine(name string) ([]byte, error) {
	text, err := p.Read(name)
	return bytes.TrimSuffix(text, []byte("\n")), err
}

// ReadHex gives the bytes that one file spells in hex.
func (p *Pack) ReadHex(name string) ([]byte, error) {
	text, err := p.Read(name)
	if err != nil {
		return nil, err
	}
	value, err := hex.DecodeString(string(bytes.TrimSpace(text)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return value, nil
}
