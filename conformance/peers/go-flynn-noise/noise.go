// What flynn/noise does with each request. Nothing is added to the library: its refusals are passed on as it makes
// them, so a check that it lacks shows as a difference and is not mended here.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/flynn/noise"
)

// version is the library's, told by the build: the package itself does not say it.
var version = "unknown"

var patterns = map[string]noise.HandshakePattern{
	"NN": noise.HandshakeNN, "NK": noise.HandshakeNK, "NX": noise.HandshakeNX,
	"KN": noise.HandshakeKN, "KK": noise.HandshakeKK, "KX": noise.HandshakeKX,
	"XN": noise.HandshakeXN, "XK": noise.HandshakeXK, "XX": noise.HandshakeXX,
	"IN": noise.HandshakeIN, "IK": noise.HandshakeIK, "IX": noise.HandshakeIX,
	"N": noise.HandshakeN, "K": noise.HandshakeK, "X": noise.HandshakeX,
}

var ciphers = map[string]noise.CipherFunc{"AESGCM": noise.CipherAESGCM, "ChaChaPoly": noise.CipherChaChaPoly}

var hashes = map[string]noise.HashFunc{
	"SHA256": noise.HashSHA256, "SHA512": noise.HashSHA512,
	"BLAKE2s": noise.HashBLAKE2s, "BLAKE2b": noise.HashBLAKE2b,
}

// A session is a handshake and, once the library has split it, the two ciphers in the library's order
// (first what the initiator sends).
type session struct {
	handshake *noise.HandshakeState
	initiator bool
	knowsPeer bool // the peer's static key has been told to the runner, or the runner gave it
	first     *noise.CipherState
	second    *noise.CipherState
}

var (
	sessions   = map[int]*session{}
	lastHandle int
	operations map[string]func(*request) (*answer, error)
)

var errState = errors.New("not possible in this state of the handshake")

func init() {
	operations = map[string]func(*request) (*answer, error){
		"hello": hello, "echo": echo, "reset": reset, "free": free,
		"nz.init": nzInit, "nz.write": nzWrite, "nz.read": nzRead, "nz.split": nzSplit,
		"nz.seal": nzSeal, "nz.open": nzOpen, "nz.rekey": nzRekey,
	}
}

func hello(*request) (*answer, error) {
	ops, caps := []string{}, []string{"rng", "suite:aesgcm", "suite:chachapoly"}
	for op := range operations {
		ops = append(ops, op)
	}
	for name := range hashes {
		caps = append(caps, "hash:"+strings.ToLower(name))
	}
	for name := range patterns {
		caps = append(caps, "nz:"+strings.ToLower(name))
	}
	sort.Strings(ops)
	sort.Strings(caps)
	return ok().text("impl", "flynn-noise").text("version", version).number("proto", 1).text("roles", "lib").
		text("caps", strings.Join(caps, " ")).text("ops", strings.Join(ops, " ")), nil
}

func reset(*request) (*answer, error) {
	sessions = map[int]*session{}
	return ok(), nil
}

func free(r *request) (*answer, error) {
	h, err := r.number("h")
	if err != nil {
		return nil, err
	}
	if sessions[h] == nil {
		return nil, errors.New("no such handle")
	}
	delete(sessions, h)
	return ok(), nil
}

func held(r *request) (*session, error) {
	h, err := r.number("h")
	if err != nil {
		return nil, err
	}
	if s := sessions[h]; s != nil {
		return s, nil
	}
	return nil, errors.New("no such handle")
}

// reasonOf puts the library's error into the suite's words.
func reasonOf(err error) string {
	text := err.Error()
	switch {
	case errors.Is(err, noise.ErrShortMessage), strings.Contains(text, "too long"):
		return "length"
	case strings.Contains(text, "authentication failed"):
		return "auth"
	case strings.Contains(text, "low order"):
		return "dh"
	case errors.Is(err, noise.ErrMaxNonce):
		return "limit"
	}
	return "state"
}

// protocol finds the parts of a protocol name, or says that the library has no such protocol.
func protocol(name string) (pattern noise.HandshakePattern, suite noise.CipherSuite, known bool) {
	part := strings.Split(name, "_")
	if len(part) != 5 || part[0] != "Noise" || part[2] != "25519" {
		return pattern, nil, false
	}
	pattern, hasPattern := patterns[part[1]]
	cipher, hasCipher := ciphers[part[3]]
	hash, hasHash := hashes[part[4]]
	if !hasPattern || !hasCipher || !hasHash {
		return pattern, nil, false
	}
	return pattern, noise.NewCipherSuite(noise.DH25519, cipher, hash), true
}

func keyPair(secret []byte) (noise.DHKey, error) {
	if len(secret) != 32 {
		return noise.DHKey{}, fmt.Errorf("%w: a secret is 32 bytes", errShape)
	}
	return noise.DH25519.GenerateKeypair(bytes.NewReader(secret))
}

func nzInit(r *request) (*answer, error) {
	name, err := r.text("name")
	if err != nil {
		return nil, err
	}
	role, err := r.text("role")
	if err != nil {
		return nil, err
	}
	if role != "i" && role != "r" {
		return nil, fmt.Errorf("%w: role is i or r", errShape)
	}
	pattern, suite, known := protocol(name)
	if !known || r.has("psk") {
		return unsupported("nz.init").text("detail", name), nil
	}
	config := noise.Config{CipherSuite: suite, Pattern: pattern, Initiator: role == "i"}
	if err := lendKeys(r, &config); err != nil {
		return nil, err
	}
	handshake, err := noise.NewHandshakeState(config)
	if err != nil {
		return reject(reasonOf(err), err), nil
	}
	lastHandle++
	sessions[lastHandle] = &session{handshake: handshake, initiator: config.Initiator, knowsPeer: config.PeerStatic != nil}
	return ok().number("h", lastHandle), nil
}

// lendKeys fills in what the runner lends. The ephemeral secret goes in where the library draws it, as its coins.
func lendKeys(r *request, config *noise.Config) (err error) {
	if config.Prologue, err = r.optional("prologue"); err != nil {
		return err
	}
	if config.PeerStatic, err = r.optional("rs"); err != nil {
		return err
	}
	if r.has("s") {
		secret, err := r.bytes("s")
		if err != nil {
			return err
		}
		if config.StaticKeypair, err = keyPair(secret); err != nil {
			return err
		}
	}
	if !r.has("e") {
		return nil
	}
	coins, err := r.bytes("e")
	if err == nil && len(coins) != 32 {
		err = fmt.Errorf("%w: a secret is 32 bytes", errShape)
	}
	config.Random = bytes.NewReader(coins)
	return err
}

// keep remembers the ciphers once the library hands them out, and says so.
func (s *session) keep(a *answer, first, second *noise.CipherState) *answer {
	if first == nil {
		return a
	}
	s.first, s.second = first, second
	return a.number("done", 1)
}

func nzWrite(r *request) (*answer, error) {
	s, err := held(r)
	if err != nil {
		return nil, err
	}
	payload, err := r.bytes("payload")
	if err != nil {
		return nil, err
	}
	message, first, second, err := s.handshake.WriteMessage(nil, payload)
	if err != nil {
		return reject(reasonOf(err), err), nil
	}
	return s.keep(ok().bytes("msg", message), first, second), nil
}

func nzRead(r *request) (*answer, error) {
	s, err := held(r)
	if err != nil {
		return nil, err
	}
	message, err := r.bytes("msg")
	if err != nil {
		return nil, err
	}
	payload, first, second, err := s.handshake.ReadMessage(nil, message)
	if err != nil {
		return reject(reasonOf(err), err), nil
	}
	a := s.keep(ok().bytes("payload", payload), first, second)
	if peer := s.handshake.PeerStatic(); len(peer) > 0 && !s.knowsPeer {
		s.knowsPeer = true
		a.bytes("rs", peer)
	}
	return a, nil
}

func nzSplit(r *request) (*answer, error) {
	s, err := held(r)
	if err != nil {
		return nil, err
	}
	if s.first == nil {
		return reject("state", errState), nil
	}
	return ok().bytes("hash", s.handshake.ChannelBinding()), nil
}

// cipher gives the cipher of one direction, seen from this side.
func (s *session) cipher(sending bool) *noise.CipherState {
	if sending == s.initiator {
		return s.first
	}
	return s.second
}

// record reads what seal and open have in common: a session that has split, and the associated data.
func record(r *request, field string) (s *session, ad, body []byte, err error) {
	if s, err = held(r); err != nil {
		return nil, nil, nil, err
	}
	if ad, err = r.optional("ad"); err != nil {
		return nil, nil, nil, err
	}
	body, err = r.bytes(field)
	return s, ad, body, err
}

func nzSeal(r *request) (*answer, error) {
	s, ad, plaintext, err := record(r, "pt")
	if err != nil {
		return nil, err
	}
	if s.first == nil {
		return reject("state", errState), nil
	}
	sealed, err := s.cipher(true).Encrypt(nil, ad, plaintext)
	if err != nil {
		return reject(reasonOf(err), err), nil
	}
	return ok().bytes("ct", sealed), nil
}

func nzOpen(r *request) (*answer, error) {
	s, ad, sealed, err := record(r, "ct")
	if err != nil {
		return nil, err
	}
	if s.first == nil {
		return reject("state", errState), nil
	}
	plaintext, err := s.cipher(false).Decrypt(nil, ad, sealed)
	if err != nil {
		return reject(reasonOf(err), err), nil
	}
	return ok().bytes("pt", plaintext), nil
}

func nzRekey(r *request) (*answer, error) {
	s, err := held(r)
	if err != nil {
		return nil, err
	}
	direction, err := r.text("dir")
	if err != nil {
		return nil, err
	}
	if direction != "send" && direction != "recv" {
		return nil, fmt.Errorf("%w: dir is send or recv", errShape)
	}
	if s.first == nil {
		return reject("state", errState), nil
	}
	s.cipher(direction == "send").Rekey()
	return ok(), nil
}
