package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"encoding/binary"
	"fmt"
	"math/big"
	"strings"
	"time"
)

// A SEV-SNP attestation report, judged against certificates and a policy at a given time. All integers little-endian.

const (
	reportSize = 1184
	signedSize = 672
)

// A refusal has a reason in the suite's words.
type refusal struct{ reason, detail string }

func (r *refusal) Error() string { return r.reason + ": " + r.detail }

func refuse(reason, format string, values ...interface{}) error {
	return &refusal{reason, fmt.Sprintf(format, values...)}
}

// Where a product line keeps the components of a TCB version, and by which extension its certificates name them.
type product struct {
	name     string
	chipSize int
	places   map[string]int
}

var extensionOf = map[string]int{"boot_loader": 1, "tee": 2, "snp": 3, "microcode": 8, "fmc": 9}

var (
	firstPlaces  = map[string]int{"boot_loader": 0, "tee": 1, "snp": 6, "microcode": 7}
	turinPlaces  = map[string]int{"fmc": 0, "boot_loader": 1, "tee": 2, "snp": 3, "microcode": 7}
	milan        = &product{"Milan", 64, firstPlaces}
	genoa        = &product{"Genoa", 64, firstPlaces}
	turin        = &product{"Turin", 8, turinPlaces}
	productLines = []*product{milan, genoa, turin}
)

var amd = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 3704, 1}

type report []byte

func (r report) u32(at int) uint32     { return binary.LittleEndian.Uint32(r[at:]) }
func (r report) policy() uint64        { return binary.LittleEndian.Uint64(r[0x08:]) }
func (r report) reportData() []byte    { return r[0x50:0x90] }
func (r report) measurement() []byte   { return r[0x90:0xc0] }
func (r report) currentTCB() []byte    { return r[0x38:0x40] }
func (r report) reportedTCB() []byte   { return r[0x180:0x188] }
func (r report) committedTCB() []byte  { return r[0x1e0:0x1e8] }
func (r report) chip() []byte          { return r[0x1a0:0x1e0] }
func (r report) zeros(at, n int) bool  { return bytes.Equal(r[at:at+n], make([]byte, n)) }
func (r report) signedByVersion() bool { v := r.u32(0); return v >= 2 && v <= 5 }

// form checks what a report must look like before anything in it is believed.
func (r report) form() error {
	switch {
	case len(r) != reportSize:
		return refuse("length", "a report of %d bytes", len(r))
	case !r.signedByVersion():
		return refuse("version", "report version %d", r.u32(0))
	case r.u32(0x34) != 1:
		return refuse("suite", "signature algorithm %d", r.u32(0x34))
	case r.u32(0x48)&^7 != 0:
		return refuse("parse", "key information %#x: only reports signed by a VCEK are known here", r.u32(0x48))
	case !r.zeros(0x4c, 4), !r.zeros(0x18b, 21), !r.zeros(0x208, 152):
		return refuse("parse", "a reserved byte is set")
	case !r.zeros(0x2a0+48, 24), !r.zeros(0x2e8+48, 24), !r.zeros(0x330, 368):
		return refuse("parse", "a byte of the signature's padding is set")
	}
	return nil
}

// line finds the product line: by CPUID from version 3 on, before that by the certificate's productName.
func (r report) line(vcek *x509.Certificate) (*product, error) {
	if r.u32(0) == 2 {
		name, err := extension(vcek, 2)
		if err != nil {
			return nil, err
		}
		for _, known := range productLines {
			if len(name) > 2 && strings.HasPrefix(string(name[2:]), known.name) {
				return known, nil
			}
		}
		return nil, refuse("untrusted", "an unknown product name")
	}
	family, model := r[0x188], r[0x189]
	switch {
	case family == 0x19 && model <= 0x0f:
		return milan, nil
	case family == 0x19 && (model>>4 == 1 || model>>4 == 0xa):
		return genoa, nil
	case family == 0x1a && model <= 0x11:
		return turin, nil
	}
	return nil, refuse("untrusted", "CPUID family %#x model %#x", family, model)
}

// extension gives the value of AMD's extension with this last arc (or arcs), which must stand exactly once.
func extension(cert *x509.Certificate, arcs ...int) ([]byte, error) {
	oid := append(append(asn1.ObjectIdentifier{}, amd...), arcs...)
	var value []byte
	for _, each := range cert.Extensions {
		if !each.Id.Equal(oid) {
			continue
		}
		if value != nil {
			return nil, refuse("parse", "extension %v stands twice", oid)
		}
		value = each.Value
	}
	if value == nil {
		return nil, refuse("parse", "extension %v is missing", oid)
	}
	return value, nil
}

// Endorsements are what the pack holds about the chip.
type endorsements struct {
	ark, ask, vcek *x509.Certificate
	crl            *x509.RevocationList
}

// chain checks that the VCEK leads to the pack's ARK by keys, at the time given.
func (e *endorsements) chain(now time.Time, line *product) error {
	for _, link := range []struct{ child, parent *x509.Certificate }{{e.ark, e.ark}, {e.ask, e.ark}, {e.vcek, e.ask}} {
		if link.child.SignatureAlgorithm != x509.SHA384WithRSAPSS {
			return refuse("suite", "%v is signed by %v", link.child.Subject, link.child.SignatureAlgorithm)
		}
		if err := link.child.CheckSignatureFrom(link.parent); err != nil {
			return refuse("untrusted", "%v: %v", link.child.Subject, err)
		}
		if now.Before(link.child.NotBefore) || now.After(link.child.NotAfter) {
			return refuse("expired", "%v at %v", link.child.Subject, now)
		}
	}
	if err := e.crl.CheckSignatureFrom(e.ark); err != nil || now.Before(e.crl.ThisUpdate) || now.After(e.crl.NextUpdate) {
		return refuse("untrusted", "the revocation list at %v: %v", now, err)
	}
	for _, revoked := range e.crl.RevokedCertificates {
		if revoked.SerialNumber.Cmp(e.ask.SerialNumber) == 0 {
			return refuse("untrusted", "%v is revoked", e.ask.Subject)
		}
	}
	if e.ask.Subject.CommonName != "SEV-"+line.name || e.vcek.Subject.CommonName != "SEV-VCEK" {
		return refuse("untrusted", "names %q over %q", e.ask.Subject.CommonName, e.vcek.Subject.CommonName)
	}
	return nil
}

// chip checks that the certificate speaks of this chip in this state.
func (e *endorsements) chip(r report, line *product) error {
	for component, place := range line.places {
		der, err := extension(e.vcek, 3, extensionOf[component])
		if err != nil {
			return err
		}
		var value *big.Int
		if rest, err := asn1.Unmarshal(der, &value); err != nil || len(rest) > 0 {
			return refuse("parse", "TCB extension %s", component)
		}
		if value.Cmp(big.NewInt(int64(r.reportedTCB()[place]))) != 0 {
			return refuse("untrusted", "%s is %v in the certificate, %d in the report", component, value, r.reportedTCB()[place])
		}
	}
	id, err := extension(e.vcek, 4)
	if err != nil {
		return err
	}
	if len(id) == line.chipSize+2 && id[0] == 4 && int(id[1]) == line.chipSize {
		id = id[2:]
	}
	if len(id) != line.chipSize {
		return refuse("parse", "an hwID of %d bytes", len(id))
	}
	if r.zeros(0x1a0, 64) {
		return refuse("policy", "the chip's identifier is masked")
	}
	if !bytes.Equal(r.chip(), append(append([]byte{}, id...), make([]byte, 64-len(id))...)) {
		return refuse("untrusted", "the certificate is another chip's")
	}
	return nil
}

// signature checks the report's own signature, under the VCEK's key, over the bytes as received.
func (e *endorsements) signature(r report) error {
	key, isECDSA := e.vcek.PublicKey.(*ecdsa.PublicKey)
	if !isECDSA || key.Curve != elliptic.P384() {
		return refuse("auth", "the VCEK has no key on P-384")
	}
	number := func(at int) *big.Int {
		value := append([]byte{}, r[at:at+48]...)
		for i, j := 0, len(value)-1; i < j; i, j = i+1, j-1 {
			value[i], value[j] = value[j], value[i]
		}
		return new(big.Int).SetBytes(value)
	}
	digest := sha512.Sum384(r[:signedSize])
	if !ecdsa.Verify(key, digest[:], number(0x2a0), number(0x2e8)) {
		return refuse("auth", "the report's signature")
	}
	return nil
}

// guest checks what the guest and its host may be: no debugging, no migration, an ordered TCB that is high enough.
func (r report) guest(least map[string]uint8, line *product) error {
	policy := r.policy()
	switch {
	case policy>>17&1 == 0, policy>>26 != 0:
		return refuse("policy", "guest policy %#x has bits that mean nothing known", policy)
	case policy>>19&1 == 1:
		return refuse("policy", "the guest may be debugged")
	case policy>>18&1 == 1:
		return refuse("policy", "the guest may migrate")
	case r.u32(0x30) != 0:
		return refuse("policy", "VMPL %d", r.u32(0x30))
	}
	for component, place := range line.places {
		reported, committed, current := r.reportedTCB()[place], r.committedTCB()[place], r.currentTCB()[place]
		if reported > committed || committed > current {
			return refuse("policy", "%s: reported %d, committed %d, current %d", component, reported, committed, current)
		}
		if reported < least[component] {
			return refuse("policy", "%s is %d, at least %d is asked for", component, reported, least[component])
		}
	}
	return nil
}

// appraise accepts a report that a genuine chip made for the holder of this static key, in a guest that the policy names.
func appraise(r report, e *endorsements, p *policy, now time.Time, static []byte) error {
	if err := r.form(); err != nil {
		return err
	}
	line, err := r.line(e.vcek)
	if err != nil {
		return err
	}
	steps := []func() error{
		func() error { return e.chain(now, line) },
		func() error { return e.chip(r, line) },
		func() error { return e.signature(r) },
		func() error { return r.guest(p.least, line) },
		func() error { return p.bound(r, static) },
		func() error { return p.known(r) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
