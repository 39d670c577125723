/* Profile parley1, the client's door: worlds. What a client trusts comes from its pack and from nowhere else: other genuine worlds are accepted, and
 * one in which the vendor's hierarchy, the owner, the log or the pack's own policy says otherwise is refused. */
#include "cases.h"
#include "client_run.h"
#include "p1_peer.h"

static void run_genuine(trial *t)
{
    p1_peer *p = p1_enclave_opens(t);
    p1_enclave_serves(p, NULL);
    judge_finishes_with(p->peer, CLIENT_RUN_ANSWER);
}

static void run_lying(trial *t)
{
    p1_peer *p = p1_enclave_meets(t, NULL);
    p1_enclave_answers_hello(p);
    p1_enclave_attests(p, NULL);
    p1_enclave_serves(p, NULL);
    p1_enclave_sends_out(p);
    judge_refuses(p->peer);
}

#define GENUINE(slug, says_, req_)                                                                                                       \
    CASE(.id = "p1.client.world." slug, .says = says_, .req = {[VERDICT] = req_, [RELEASED] = "IN-064"}, .needs = "pack", .world = slug, \
         .run = run_genuine)
#define WORLD(base_, slug, says_, req_)                                                                                                    \
    CASE(.id = "p1.client.world." slug, .says = says_, .req = {[VERDICT] = req_, [REASON] = req_, [RELEASED] = "P1-141"}, .needs = "pack", \
         .world = slug, .base = "p1.client.world." base_, .run = run_lying)

static const case_row rows[] = {
    GENUINE("genoa", "a CPU of the Genoa line", "P1-056 AT-011 AT-035"),
    GENUINE("milan", "a CPU of the Milan line", "P1-056 AT-011 AT-035"),
    GENUINE("other-vendor", "a CPU of another vendor with the same names, whom the pack trusts", "P1-056 AT-011"),
    GENUINE("gpu-hopper", "a GPU of the Hopper line", "P1-065 AT-323"),
    GENUINE("gpu-blackwell", "a GPU of the Blackwell line", "P1-065 AT-323"),
    WORLD("other-vendor", "root-of-other-vendor", "the pack trusts another vendor with the same names, and the CPU is of the real one",
          "AT-011"),
    WORLD("genoa", "machine-of-other-vendor", "the pack trusts the real vendor, and the CPU is of another one with the same names",
          "AT-011"),
    WORLD("milan", "machine-of-other-line", "the pack trusts the Milan line, and the CPU is of the Genoa line", "AT-011 AT-035"),
    WORLD("genoa", "owner-known", "a statement by the owner of the pack that everybody has", "P1-094"),
    WORLD("genoa", "releaser-known", "a manifest by the signer of the pack that everybody has", "P1-090"),
    WORLD("genoa", "log-known", "a checkpoint by the log of the pack that everybody has, under the same name", "TL-019"),
    WORLD("genoa", "witnesses-known", "cosignatures by the witnesses of the pack that everybody has, under the same names", "TL-031"),
    WORLD("genoa", "witness-of-three", "one cosignature by a witness of the pack, two by others under the same names", "TL-031"),
    WORLD("genoa", "witness-missing", "the pack wants a witness who has not signed", "TL-031"),
    WORLD("genoa", "line-not-listed", "the policy lists the Milan line only", "AT-035"),
    WORLD("genoa", "floor-boot-loader", "the pack wants a boot loader one higher than the CPU's", "AT-038"),
    WORLD("genoa", "floor-tee", "the pack wants a TEE one higher", "AT-038"),
    WORLD("genoa", "floor-snp", "the pack wants SNP firmware one higher", "AT-038"),
    WORLD("genoa", "floor-microcode", "the pack wants microcode one higher", "AT-038"),
    WORLD("genoa", "least-release", "the pack wants a release one higher", "P1-091"),
    WORLD("genoa", "built-later", "the client was built 301 s after its clock", "P1-085"),
    WORLD("genoa", "built-next-year", "the client was built a year after its clock", "P1-085"),
    WORLD("genoa", "policy-platform", "the pack's policy has no platform bits", "P1-057"),
    WORLD("genoa", "policy-vmpl", "the pack's policy waives the VMPL", "P1-057"),
    WORLD("gpu-hopper", "gpu-policy-untied", "the pack's policy ties the GPU to nothing", "P1-066"),
    WORLD("gpu-hopper", "gpu-policy-measurements", "the pack's policy waives the GPU's measurements", "P1-066"),
    WORLD("milan", "look-alike-chain", "ASK and VCEK under a foreign root with the same names and key identifiers", "AT-011"),
    WORLD("milan", "look-alike-issuer", "VCEK signed by a foreign key, sent with the genuine ASK", "AT-011"),
    WORLD("milan", "intermediate-no-ca", "ASK without basic constraints", "AT-011"),
    WORLD("milan", "intermediate-no-sign", "ASK whose key usage is digitalSignature", "AT-011"),
    WORLD("milan", "vek-expired", "VCEK valid until one second ago", "AT-012"),
    WORLD("milan", "vek-early", "VCEK valid from the next second on", "AT-012"),
    WORLD("milan", "intermediate-expired", "ASK valid until one second ago", "AT-012"),
    WORLD("milan", "root-expired", "ARK valid until one second ago", "AT-012"),
    WORLD("milan", "crl-stale", "the list's next update was one second ago", "AT-014"),
    WORLD("milan", "crl-early", "the list is of the next second", "AT-014"),
    WORLD("milan", "crl-forged", "the list is signed by a foreign key", "AT-014"),
    WORLD("milan", "crl-other-line", "the list of the Genoa line", "AT-014"),
    WORLD("milan", "intermediate-revoked", "the list names the ASK", "AT-015"),
    WORLD("milan", "vek-salt-32", "VCEK signed with a salt of 32 bytes", "AT-016"),
    WORLD("milan", "intermediate-salt-32", "ASK signed with a salt of 32 bytes", "AT-016"),
    WORLD("milan", "vcek-under-asvk", "VCEK issued by the ASVK", "AT-017"),
    WORLD("milan", "ask-of-genoa", "the ASK is named after the Genoa line", "AT-017"),
    WORLD("milan", "vcek-named-vlek", "SIGNING_KEY 0, and the certificate is named SEV-VLEK", "AT-017"),
    WORLD("milan", "vek-renamed", "the certificate is named SEV-VCEK-2", "AT-017"),
    WORLD("milan", "vek-rsa", "the VCEK holds an RSA key", "AT-029"),
    WORLD("milan", "tee-absent", "no extension for the TEE component", "AT-019"),
    WORLD("milan", "microcode-twice", "two extensions for the microcode", "AT-019"),
    WORLD("milan", "hwid-twice", "two hwID extensions", "AT-019"),
    WORLD("milan", "tcb-overlong", "the TEE component as 02 02 00 00", "AT-020"),
    WORLD("milan", "tcb-256", "the TEE component is 256", "AT-020"),
    WORLD("milan", "product-genoa", "productName Genoa in a chain of the Milan line", "AT-021"),
    WORLD("milan", "product-rome", "productName Rome", "AT-021"),
    WORLD("milan", "tcb-snp", "the certificate's SNP firmware is one higher", "AT-022"),
    WORLD("milan", "tcb-microcode", "the certificate's microcode is one higher", "AT-022"),
    WORLD("milan", "tcb-current", "the certificate has CURRENT_TCB, which is ahead of REPORTED_TCB", "AT-022"),
    WORLD("milan", "committed-ahead", "COMMITTED_TCB above CURRENT_TCB", "AT-037"),
    WORLD("milan", "hwid-long", "hwID has 65 bytes", "AT-024"),
    WORLD("gpu-hopper", "gpu-look-alike", "the GPU's chain under a foreign root with the same name", "AT-323"),
    WORLD("gpu-hopper", "gpu-leaf-stranger", "the GPU's first certificate is signed by a foreign key", "AT-327"),
    WORLD("gpu-blackwell", "device-stranger", "the GPU's certificate of the device is signed by a foreign key", "AT-327"),
    WORLD("gpu-hopper", "model-stranger", "the model's authority is certified by a foreign key", "AT-327"),
    WORLD("gpu-hopper", "gpu-leaf-expired", "the GPU's first certificate was valid until one second ago", "AT-328"),
    WORLD("gpu-blackwell", "provisioner-early", "the provisioner's certificate is valid from the next second on", "AT-328"),
    WORLD("gpu-hopper", "gpu-root-list-stale", "the list of the GPU's root was to be renewed one second ago", "AT-330"),
};

const case_table p1_client_worlds_cases = {rows, sizeof rows / sizeof *rows};
