package main

import (
	"crypto/subtle"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"

	confer "../go-confer"
)

// What the pack says must hold of an enclave.
type policy struct {
	measurements map[string]bool
	least        map[string]uint8
	sevSNP       bool // it lists a product
}

func larger(a, b uint8) uint8 {
	if a > b {
		return a
	}
	return b
}

func readPolicy(text []byte) (*policy, error) {
	var whole struct {
		SNP struct {
			Products     []string                    `json:"products"`
			Measurements []string                    `json:"measurements"`
			MinTCB       map[string]map[string]uint8 `json:"min_tcb"`
		} `json:"snp"`
	}
	err := json.Unmarshal(text, &whole)
	read := whole.SNP
	if err != nil {
		return nil, fmt.Errorf("policy.json: %w", err)
	}
	p := &policy{map[string]bool{}, map[string]uint8{}, len(read.Products) > 0}
	for _, floor := range read.MinTCB {
		for component, least := range floor {
			if extensionOf[component] == 0 {
				return nil, fmt.Errorf("policy.json: min_tcb names %q, which no TCB has", component)
			}
			p.least[component] = larger(p.least[component], least)
		}
	}
	for _, each := range read.Measurements {
		value, err := hex.DecodeString(each)
		if err != nil || len(value) != 48 {
			return nil, fmt.Errorf("policy.json: %q is no measurement of 48 bytes", each)
		}
		p.measurements[string(value)] = true
	}
	return p, nil
}

// bound: the first half of report_data is the key that this handshake saw, the second half is zero.
func (p *policy) bound(r report, static []byte) error {
	want := append(append([]byte{}, static...), make([]byte, 32)...)
	if subtle.ConstantTimeCompare(r.reportData(), want) != 1 {
		return refuse("binding", "the report was made for another key")
	}
	return nil
}

func (p *policy) known(r report) error {
	if !p.measurements[string(r.measurement())] {
		return refuse("measurement", "%x is in no policy", r.measurement())
	}
	return nil
}

// readEndorsements loads the pack's certificates; what is wrong with them is the pack's fault, not the peer's.
func readEndorsements(pack *confer.Pack) (*endorsements, error) {
	e := &endorsements{}
	for _, each := range []struct {
		name string
		into **x509.Certificate
	}{{"roots/ark.der", &e.ark}, {"collateral/ask.der", &e.ask}, {"collateral/vcek.der", &e.vcek}} {
		der, err := pack.Read(each.name)
		if err != nil {
			return nil, err
		}
		if *each.into, err = x509.ParseCertificate(der); err != nil {
			return nil, fmt.Errorf("%s: %w", each.name, err)
		}
	}
	der, err := pack.Read("collateral/crl.der")
	if err != nil {
		return nil, err
	}
	if e.crl, err = x509.ParseRevocationList(der); err != nil {
		return nil, fmt.Errorf("collateral/crl.der: %w", err)
	}
	return e, nil
}

// An appraiser judges the payload of message 2 with what the pack holds.
type appraiser struct {
	pack   *confer.Pack
	policy *policy
	trust  *endorsements
}

func newAppraiser(pack *confer.Pack) (*appraiser, error) {
	text, err := pack.Read("policy.json")
	if err != nil {
		return nil, err
	}
	policy, err := readPolicy(text)
	if err != nil {
		return nil, err
	}
	trust, err := readEndorsements(pack)
	return &appraiser{pack, policy, trust}, err
}

// members reads the four strings; all must be there and none may be empty.
func members(payload []byte) (map[string]string, error) {
	object, err := confer.Object(payload)
	if err != nil {
		return nil, refuse("parse", "evidence: %v", err)
	}
	read := map[string]string{}
	for _, name := range []string{"platform", "attestation", "manifest", "manifestBundle"} {
		value, err := confer.Text(object, name)
		if err != nil || value == "" {
			return nil, refuse("parse", "evidence: %s is missing, empty or no string", name)
		}
		read[name] = value
	}
	return read, nil
}

// judge refuses what this client cannot tell as well: TDX evidence, whatever it says.
func (a *appraiser) judge(payload, static []byte) error {
	evidence, err := members(payload)
	if err != nil {
		return err
	}
	switch {
	case evidence["platform"] != "SEV-SNP" && evidence["platform"] != "TDX":
		return refuse("parse", "platform %q", evidence["platform"])
	case evidence["platform"] == "TDX" || !a.policy.sevSNP:
		return refuse("policy", "platform %q", evidence["platform"])
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(evidence["attestation"])
	if err != nil || base64.StdEncoding.EncodeToString(raw) != evidence["attestation"] {
		return refuse("parse", "attestation is not base64")
	}
	if err := a.manifest(evidence["manifest"], evidence["manifestBundle"]); err != nil {
		return err
	}
	return appraise(raw, a.trust, a.policy, a.pack.Time, static)
}

// manifest takes only the release that the pack names, byte for byte; who signed it was the pack's business.
func (a *appraiser) manifest(manifest, bundle string) error {
	for name, got := range map[string]string{"manifest.json": manifest, "manifest.bundle.json": bundle} {
		want, err := a.pack.Read(name)
		if err != nil {
			return err
		}
		if got != string(want) {
			return refuse("untrusted", "%s is not the release's", name)
		}
	}
	return nil
}
