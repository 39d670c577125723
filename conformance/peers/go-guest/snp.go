// What Google's go-sev-guest does with each report: its verification of chain, list and signature, then its validation against a policy. Nothing
// is added to the library: a check that it lacks shows as a difference.
package main

import (
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/go-sev-guest/abi"
	"github.com/google/go-sev-guest/kds"
	spb "github.com/google/go-sev-guest/proto/sevsnp"
	"github.com/google/go-sev-guest/validate"
	"github.com/google/go-sev-guest/verify"
	"github.com/google/go-sev-guest/verify/trust"
)

// hexText is bytes that a policy writes in hexadecimal.
type hexText []byte

func (h *hexText) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

// snpPolicy has the members that the library's policy can hold.
type snpPolicy struct {
	Measurements []hexText                           `json:"measurements"`
	ReportData   hexText                             `json:"report_data"`
	HostData     hexText                             `json:"host_data"`
	FamilyID     hexText                             `json:"family_id"`
	ImageID      hexText                             `json:"image_id"`
	VMPL         *int                                `json:"vmpl"`
	Chips        []hexText                           `json:"chip_ids"`
	IDKeys       []hexText                           `json:"id_key_digests"`
	AuthorKeys   []hexText                           `json:"author_key_digests"`
	GuestSVN     uint32                              `json:"min_guest_svn"`
	Mitigations  uint64                              `json:"mitigations"`
	Migration    bool                                `json:"allow_migration"`
	NotCompared  []string                            `json:"not_compared"`
	Firmware     struct{ Major, Minor, Build uint8 } `json:"min_firmware"`
	TCB          map[string]struct {
		BootLoader uint8 `json:"boot_loader"`
		TEE        uint8 `json:"tee"`
		SNP        uint8 `json:"snp"`
		Microcode  uint8 `json:"microcode"`
	} `json:"min_tcb"`
}

func (p *snpPolicy) waives(what string) bool {
	for _, name := range p.NotCompared {
		if name == what {
			return true
		}
	}
	return false
}

func only(list []hexText) []byte {
	if len(list) == 1 {
		return list[0]
	}
	return nil
}

func all(list []hexText) (out [][]byte) {
	for _, one := range list {
		out = append(out, one)
	}
	return out
}

func (p *snpPolicy) options(product string) *validate.Options {
	least := p.TCB[product]
	return &validate.Options{
		GuestPolicy: abi.SnpPolicy{SMT: true, MigrateMA: p.Migration, CXLAllowed: true},
		Measurement: only(p.Measurements), ReportData: p.ReportData, HostData: p.HostData, FamilyID: p.FamilyID, ImageID: p.ImageID,
		ChipID: only(p.Chips), VMPL: p.VMPL, MinimumGuestSvn: p.GuestSVN, PermitProvisionalFirmware: true,
		MinimumVersion: uint16(p.Firmware.Major)<<8 | uint16(p.Firmware.Minor), MinimumBuild: p.Firmware.Build,
		MinimumTCB:     kds.TCBParts{BlSpl: least.BootLoader, TeeSpl: least.TEE, SnpSpl: least.SNP, UcodeSpl: least.Microcode},
		RequireIDBlock: len(p.IDKeys) > 0, TrustedIDKeyHashes: all(p.IDKeys),
		RequireAuthorKey: len(p.AuthorKeys) > 0, TrustedAuthorKeyHashes: all(p.AuthorKeys),
		MinimumLaunchMitigationVector: p.Mitigations, MinimumCurrentMitigationVector: p.Mitigations,
	}
}

// offline stands in for the vendor's server.
type offline struct{}

func (offline) Get(string) ([]byte, error) { return nil, errors.New("there is no network") }

type snpEvidence struct {
	report, vek, intermediate, ark, crl []byte
	product                             string
	vlek                                bool
	now                                 int64
}

// root is what the library keeps of a product line. It looks for the revoked serial number in the ASK's place, whoever signs.
func (e *snpEvidence) root(checkList bool) (*trust.AMDRootCerts, error) {
	ark, err := x509.ParseCertificate(e.ark)
	if err != nil {
		return nil, err
	}
	intermediate, err := x509.ParseCertificate(e.intermediate)
	if err != nil {
		return nil, err
	}
	root := &trust.AMDRootCerts{Product: e.product, ProductCerts: &trust.ProductCerts{Ark: ark, Ask: intermediate, Asvk: intermediate}}
	if checkList {
		root.CRL, err = x509.ParseRevocationList(e.crl)
	}
	return root, err
}

func (e *snpEvidence) chain() *spb.CertificateChain {
	if e.vlek {
		return &spb.CertificateChain{VlekCert: e.vek, ArkCert: e.ark}
	}
	return &spb.CertificateChain{VcekCert: e.vek, AskCert: e.intermediate, ArkCert: e.ark}
}

// judge goes through everything that the library does with one report; the root is read once by whoever has many reports.
func (e *snpEvidence) judge(root *trust.AMDRootCerts, checkList bool, options *validate.Options) error {
	report, err := abi.ReportToProto(e.report)
	if err != nil {
		return err
	}
	attestation := &spb.Attestation{Report: report, CertificateChain: e.chain()}
	err = verify.SnpAttestation(attestation, &verify.Options{CheckRevocations: checkList, DisableCertFetching: true, Getter: offline{},
		Now: time.Unix(e.now, 0), TrustedRoots: map[string][]*trust.AMDRootCerts{e.product: {root}}})
	if err != nil {
		return err
	}
	return validate.SnpAttestation(attestation, options)
}

// unwrap takes the report out of Azure's wrapper, as a caller of the library has to. What else the wrapper says, and the files of a guest's owner, are
// beyond the library.
func (e *snpEvidence) unwrap(r *request) error {
	const at = 0x20
	wrapper, err := r.optional("wrapper")
	if err == nil && len(wrapper) >= at+abi.ReportSize {
		e.report = wrapper[at : at+abi.ReportSize]
	}
	return err
}

func takeSNP(r *request) (*snpEvidence, *snpPolicy, error) {
	e, p := &snpEvidence{}, &snpPolicy{}
	for name, to := range map[string]*[]byte{"report": &e.report, "vek": &e.vek, "intermediate": &e.intermediate, "ark": &e.ark, "crl": &e.crl} {
		var err error
		if *to, err = r.bytes(name); err != nil {
			return nil, nil, err
		}
	}
	if err := e.unwrap(r); err != nil {
		return nil, nil, err
	}
	product, err := r.text("product")
	if err != nil {
		return nil, nil, err
	}
	now, err := r.number("now")
	if err != nil {
		return nil, nil, err
	}
	policy, err := r.text("policy")
	if err != nil {
		return nil, nil, err
	}
	e.product, e.now = product, int64(now)
	e.vlek = len(e.report) > 0x48 && e.report[0x48]>>2&7 == 1
	return e, p, json.Unmarshal([]byte(policy), p)
}

func verifySNP(r *request) (*answer, error) {
	e, p, err := takeSNP(r)
	if err != nil {
		return nil, err
	}
	checkList := !p.waives("revocation")
	root, err := e.root(checkList)
	if err == nil {
		err = e.judge(root, checkList, p.options(e.product))
	}
	if err != nil {
		return reject("state", err), nil
	}
	return ok().bytes("identity", digest(e.report[:672])), nil
}
