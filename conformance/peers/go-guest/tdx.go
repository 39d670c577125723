// What Google's go-tdx-guest does with each quote, with its collateral. It has a policy of its own about guests, which is not ours, so none is given. It
// asks for the six extensions of the vendor's certificates of platforms, of which the simulator's have three, so it meets genuine quotes only.
package main

import (
	"crypto/x509"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/google/go-tdx-guest/verify"
)

// collateral stands in for the vendor's server.
type collateral struct {
	tcbInfo, identity, rootList, pckList      []byte
	tcbInfoChain, identityChain, pckListChain string
}

func answerOf(name, chain string, body []byte) (map[string][]string, []byte, error) {
	if len(body) == 0 {
		return nil, nil, errors.New("there is none")
	}
	return map[string][]string{name: {url.QueryEscape(chain)}}, body, nil
}

func (c *collateral) Get(address string) (map[string][]string, []byte, error) {
	switch {
	case strings.Contains(address, "/pckcrl?"):
		return answerOf("Sgx-Pck-Crl-Issuer-Chain", c.pckListChain, c.pckList)
	case strings.Contains(address, "/tcb?"):
		return answerOf("Tcb-Info-Issuer-Chain", c.tcbInfoChain, c.tcbInfo)
	case strings.Contains(address, "/qe/identity"):
		return answerOf("Sgx-Enclave-Identity-Issuer-Chain", c.identityChain, c.identity)
	}
	return answerOf("", "", c.rootList)
}

func judgeQuote(quote, root []byte, c *collateral, now time.Time) error {
	anchor, err := x509.ParseCertificate(root)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AddCert(anchor)
	return verify.RawTdxQuote(quote, &verify.Options{CheckRevocations: true, GetCollateral: true, Getter: c, Now: now,
		TrustedRoots: roots})
}
