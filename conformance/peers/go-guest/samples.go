// What the two libraries say of each genuine report and quote of an evidence folder at the time stated in its expected.json: one line each, the kind, the
// case, `accepted` or `refused`, and what it was judged with: the time, the evidence, and the chain or the collateral.
package main

import (
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"sort"
	"strings"
	"time"
)

type sample struct {
	Product    string `json:"product"`
	Chain      string `json:"chain"`
	UseWith    string `json:"use_with"`
	Collateral string `json:"collateral"`
	At         string `json:"verify_at"`
}

// document is collateral as the folder keeps it.
type document struct {
	TCBInfo           string `json:"tcb_info"`
	TCBInfoSignature  string `json:"tcb_info_signature"`
	TCBInfoChain      string `json:"tcb_info_issuer_chain"`
	Identity          string `json:"qe_identity"`
	IdentitySignature string `json:"qe_identity_signature"`
	IdentityChain     string `json:"qe_identity_issuer_chain"`
	RootList          string `json:"root_ca_crl"`
	PCKList           string `json:"pck_crl"`
	PCKListChain      string `json:"pck_crl_issuer_chain"`
}

func read(into any, bytes []byte) {
	if err := json.Unmarshal(bytes, into); err != nil {
		panic(err)
	}
}

func moment(text string) time.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return at
}

// chainOf gives the intermediate and the root of a file that has both, in this order.
func chainOf(name string) (intermediate, root []byte) {
	first, rest := pem.Decode(file(name))
	second, _ := pem.Decode(rest)
	return first.Bytes, second.Bytes
}

// complete fills in what a case does not state.
func (s *sample) complete(name string) {
	if s.UseWith == "" {
		s.UseWith = "snp/" + name + "/report.bin"
	}
	if s.Chain == "" {
		s.Chain, s.Product = "roots/amd/ask_ark_milan.pem", "Milan"
	}
}

func judgeSNP(name string, s sample) error {
	e := &snpEvidence{report: file(s.UseWith), vek: file("snp/" + name + "/vek.der"), product: s.Product, now: moment(s.At).Unix()}
	e.intermediate, e.ark = chainOf(s.Chain)
	root, err := e.root(false)
	if err != nil {
		return err
	}
	return e.judge(root, false, (&snpPolicy{}).options(s.Product))
}

func fromHex(text string) []byte {
	bytes, err := hex.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return bytes
}

func judgeTDX(name string, s sample) error {
	var d document
	read(&d, file(s.Collateral))
	c := &collateral{
		tcbInfo:  []byte(`{"tcbInfo":` + d.TCBInfo + `,"signature":"` + d.TCBInfoSignature + `"}`),
		identity: []byte(`{"enclaveIdentity":` + d.Identity + `,"signature":"` + d.IdentitySignature + `"}`),
		rootList: fromHex(d.RootList), pckList: fromHex(d.PCKList),
		tcbInfoChain: d.TCBInfoChain, identityChain: d.IdentityChain, pckListChain: d.PCKListChain,
	}
	return judgeQuote(file("tdx/"+name+"/quote.bin"), file("roots/intel/IntelSGXRootCA.der"), c, moment(s.At))
}

func say(kind, name string, err error, with ...string) {
	answer := "accepted"
	if err != nil {
		answer = "refused"
		fmt.Fprintf(os.Stderr, "%s %s: %v\n", kind, name, err)
	}
	fmt.Println(kind, name, answer, strings.Join(with, " "))
}

func namesOf(samples map[string]sample) (names []string) {
	for name := range samples {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func samples() {
	var all struct {
		SNP map[string]sample `json:"snp"`
		TDX map[string]sample `json:"tdx"`
	}
	read(&all, file("expected.json"))
	for _, name := range namesOf(all.SNP) {
		s := all.SNP[name]
		s.complete(name)
		say("snp", name, judgeSNP(name, s), s.At, s.UseWith, s.Chain)
	}
	for _, name := range namesOf(all.TDX) {
		if s := all.TDX[name]; s.Collateral != "" {
			say("tdx", name, judgeTDX(name, s), s.At, "tdx/"+name+"/quote.bin", s.Collateral)
		}
	}
}
