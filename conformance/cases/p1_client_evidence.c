/* Profile parley1, the client's door: message 2, evidence, and what the client says before it has verified, which is nothing. */
#include "cases.h"
#include "client_run.h"
#include "fresh.h"
#include "p1_peer.h"
#include "spawn.h"

#include <string.h>

#define OK "p1.client.turn.honest"

/* ---- the truth ---- */

static void run_honest(trial *t)
{
    p1_peer *p = p1_enclave_opens(t);
    p1_enclave_serves(p, NULL);
    judge_finishes_with(p->peer, CLIENT_RUN_ANSWER);
}

/* ---- message 2 ---- */

typedef struct answer2 {
    int behind;           /* bytes behind it; negative: so many are missing */
    int flip;             /* a byte that is changed, counted from 1; negative: from the end */
    unsigned at, n, byte; /* so many bytes there are set to this */
    bool text, nothing;
} answer2;

static void run_message2(trial *t)
{
    const answer2 *a = t->row->with;
    p1_peer *p = p1_enclave_meets(t, NULL);
    writer w = writer_of(p->plain, P1_PEER_ROOM);
    if (t->over)
        return;
    write_span(&w, p1_sends(&p->out, 0));
    memset(p->plain + a->at, (int)a->byte, a->n);
    if (a->flip)
        p->plain[a->flip > 0 ? (size_t)a->flip - 1 : w.n - (size_t)-a->flip] ^= 0x40;
    w.n = a->behind < 0 ? w.n - (size_t)-a->behind : w.n;
    write_zeros(&w, a->behind > 0 ? (size_t)a->behind : 0);
    p1_enclave_serves(p, NULL);
    if (a->text)
        peer_sends_text(p->peer, "parley/1");
    else
        peer_sends(p->peer, written(&w));
    judge_refuses(p->peer);
}

/* The enclave is honest but for the version that it chooses. */
static void run_reserved(trial *t)
{
    p1_peer *p = p1_enclave_meets_and_serves(t, true);
    p1_enclave_answers_hello(p);
    p1_enclave_attests(p, NULL);
    p1_enclave_serves(p, NULL);
    p1_enclave_sends_out(p);
    judge_refuses(p->peer);
}

/* ---- evidence ---- */

static const p1_evidence_lie *lie_named(const char *slug)
{
    for (size_t i = 0; i < p1_n_evidence_lies; i++)
        if (strcmp(p1_evidence_lies[i].lie.slug, slug) == 0)
            return &p1_evidence_lies[i];
    for (size_t i = 0; i < p1_n_gpu_lies; i++)
        if (strcmp(p1_gpu_lies[i].lie.slug, slug) == 0)
            return &p1_gpu_lies[i];
    must(false);
    return NULL;
}

static void run_attest(trial *t)
{
    const p1_evidence_lie *lie = lie_named(t->row->with);
    p1_peer *p = p1_enclave_meets(t, lie);
    p1_enclave_answers_hello(p);
    p1_enclave_attests(p, lie);
    p1_enclave_serves(p, NULL);
    p1_enclave_sends_out(p);
    judge_refuses(p->peer);
}

/* A whole honest session comes first, with the same machine. */
static void run_after_truth(trial *t)
{
    p1_peer *p = p1_enclave_opens(t);
    p1_enclave_serves(p, NULL);
    client_run_serves_the_rest(p->peer);
    spawn_end(t);
    if (!t->over)
        run_attest(t);
}

/* ---- how attest_0 is cut ---- */

typedef struct cut {
    int length;   /* added to what it says */
    size_t first; /* bytes in the first of two records; 0: one record */
    int flip;     /* of the record's last byte */
    bool twice;   /* once more behind it */
} cut;

/* The enclave's handshake keys seal it again, as this case cuts it. */
static void say_attest(p1_peer *p, const cut *c)
{
    const nz_world lent = {.prim = p->t->run->prim};
    const span attest = span_of(p->scene->attest, p->scene->n_attest);
    writer whole = writer_of(p->plain, P1_PEER_ROOM);
    write_be(&whole, attest.n + (size_t)c->length, 4);
    write_span(&whole, attest);
    for (size_t at = 0; at < whole.n;) {
        writer sealed = writer_of(p->bytes, P1_PEER_ROOM);
        const size_t n = c->first && at == 0 ? c->first : whole.n - at;
        must(accepted(nz_seal(&p->enclave.noise, &lent, EMPTY, span_of(whole.p + at, n), &sealed)));
        sealed.p[sealed.n - 1] ^= (uint8_t)c->flip;
        peer_sends(p->peer, written(&sealed));
        at += n;
    }
}

static void run_cut(trial *t)
{
    p1_peer *p = p1_enclave_meets(t, NULL);
    if (t->over)
        return;
    p1_enclave_answers_hello(p);
    p1_scene_attest(p->scene, NULL, 0, p->enclave.x);
    say_attest(p, t->row->with);
    p1_enclave_serves(p, NULL);
    judge_refuses(p->peer);
}

static void run_no_attest(trial *t)
{
    p1_peer *p = p1_enclave_meets(t, NULL);
    p1_enclave_answers_hello(p);
    p1_enclave_serves(p, NULL);
    peer_sends(p->peer, span_text("evidence? none"));
    judge_refuses(p->peer);
}

/* What a client says first; of several connections never the same. */
static void run_first_message(trial *t)
{
    p1_peer *p = p1_enclave_meets(t, NULL);
    const span message = p->peer->n_in ? p->peer->in[0].message : EMPTY;
    reader r = reader_of(message);
    p1_offer offer = {0};
    const verdict v = p1_read_offer(read_bytes(&r, (size_t)read_be(&r, 2)), &offer);
    judge(t, VERDICT, accepted(v) && span_is(offer.name, p->name), "an offer for the name that was dialled", "%zu bytes", message.n);
    bool reserved = false;
    for (size_t i = 0; accepted(v) && i < offer.n_versions; i++)
        reserved |= p1_is_reserved(offer.version[i]);
    judge(t, WIRE, accepted(v) && p1_offers(&offer, P1_VERSION) && reserved && offer.n_versions == 2, "version 1 and a reserved one",
          "%zu versions", offer.n_versions);
}

#define MESSAGE2(slug, says_, req_, ...)                                                                                                 \
    CASE(.id = "p1.client.message2." slug, .says = says_, .req = {[VERDICT] = req_, [REASON] = req_, [RELEASED] = "P1-141"}, .base = OK, \
         .run = run_message2, .with = GIVEN(answer2, __VA_ARGS__))
#define LIE(slug, says_, req_)                                                                                                         \
    CASE(.id = "p1.client.attest." slug, .says = says_, .req = {[VERDICT] = req_, [REASON] = req_, [RELEASED] = "P1-141"}, .base = OK, \
         .run = run_attest, .with = slug)
#define CUT(slug, says_, req_, ...)                                                                                                \
    CASE(.id = "p1.client.attest-records." slug, .says = says_, .req = {[VERDICT] = req_, [REASON] = req_, [RELEASED] = "P1-141"}, \
         .base = OK, .run = run_cut, .with = GIVEN(cut, __VA_ARGS__))

static const case_row rows[] = {
    CASE(.id = OK, .says = "an honest enclave",
         .req = {[VERDICT] = "IN-078 P1-020 P1-021 P1-030 P1-078 P1-100 P1-115 P1-116", [RELEASED] = "IN-064"}, .run = run_honest),
    CASE(.id = "p1.client.hello.offer", .says = "what the client sends first",
         .req = {[VERDICT] = "P1-020 WI-038 NZ-032 P1-010", [WIRE] = "P1-010"},
         .fresh = 1 << FRESH_EPHEMERAL | 1 << VARIED_RESERVED | 1 << VARIED_PLACE, .run = run_first_message),
    CASE(.id = "p1.client.message2.reserved", .says = "the reserved value of the offer is chosen",
         .req = {[VERDICT] = "P1-023", [REASON] = "P1-023", [RELEASED] = "P1-141"}, .base = OK, .run = run_reserved),
    MESSAGE2("short", "message 2 without its last byte", "P1-022", .behind = -1),
    MESSAGE2("long", "a byte behind message 2", "P1-022", .behind = 1),
    MESSAGE2("empty", "an empty message 2", "P1-022", .behind = -1234),
    MESSAGE2("text", "a text in the place of message 2", "P1-022", .text = true),
    MESSAGE2("e-zeros", "a share e of zeros", "NZ-031", .n = 32),
    MESSAGE2("e", "another share e", "NZ-006", .flip = 32),
    MESSAGE2("kem", "another KEM ciphertext", "NZ-006", .flip = 40),
    MESSAGE2("kem-tag", "the KEM ciphertext's tag", "NZ-006", .flip = 32 + 1088 + 16),
    MESSAGE2("s", "another static key", "NZ-006", .flip = 32 + 1104 + 1),
    MESSAGE2("payload", "the sealed version and share", "NZ-006", .flip = -20),
    MESSAGE2("tag", "the last tag", "NZ-006", .flip = -1),
    CUT("length-more", "a length of one byte more than comes", "P1-140", .length = 1),
    CUT("length-less", "a length of one byte less", "P1-140", .length = -1),
    CUT("not-full", "a first record that is not full", "P1-140", .first = 1000),
    CUT("one-byte", "a first record of one byte", "P1-140", .first = 1),
    CUT("tag", "a record whose tag is changed", "NZ-006", .flip = 1),
    CASE(.id = "p1.client.attest-records.none", .says = "no sealed record at all", .req = {[VERDICT] = "NZ-006", [RELEASED] = "P1-141"},
         .base = OK, .run = run_no_attest),
    LIE("behind", "a byte behind the boot record", "P1-080"),
    LIE("two-behind", "two bytes behind the boot record", "P1-080"),
    LIE("claims-large", "claims of more than 16384 bytes", "P1-079"),
    LIE("checkpoint-large", "a checkpoint of more than 16384 bytes", "P1-079"),
    LIE("endorsements-behind", "a byte behind the revocation list", "P1-081"),
    LIE("endorsements-behind-3", "bytes behind the revocation list", "P1-081"),
    LIE("claims-member", "an unknown member of the claims", "P1-082"),
    LIE("claims-levels", "levels in another order", "P1-082"),
    LIE("claims-level-1", "level 1, which is withdrawn", "P1-082"),
    LIE("claims-reserved", "a reserved version", "P1-082"),
    LIE("manifest-member", "an unknown member of the manifest", "P1-083"),
    LIE("manifest-tdx", "a member for another kind", "P1-083"),
    LIE("statement-prefix", "another label, signed", "P1-084"),
    LIE("statement-behind", "a byte behind the signature", "P1-084"),
    LIE("one-witness", "one cosignature where two are needed", "TL-031"),
    LIE("stale", "one fresh cosignature and two of more than a day", "TL-031"),
    LIE("early", "one cosignature in time and two from the future", "TL-031"),
    LIE("manifest-not-logged", "another hash in the proof of the manifest", "TL-005"),
    LIE("statement-not-logged", "another hash in the proof of the statement", "TL-005"),
    LIE("releaser", "signed by another key", "P1-090"),
    LIE("releaser-owner", "signed by the owner's key", "P1-090"),
    LIE("release-6", "the release before the least", "P1-091"),
    LIE("release-0", "release 0", "P1-091"),
    LIE("expired-now", "a manifest that ends now", "P1-092"),
    LIE("expired", "a manifest that ended yesterday", "P1-092"),
    LIE("manifest-digest", "claims with another digest, in its last bit", "P1-093"),
    LIE("manifest-digest-0", "claims with another digest, in its first bit", "P1-093"),
    LIE("owner", "signed by another key", "P1-094"),
    LIE("owner-releaser", "signed by the release's signer", "P1-094"),
    LIE("other-name", "for another name", "P1-095"),
    LIE("longer-name", "for a name that begins with the dialled one", "P1-095"),
    LIE("name-not-claimed", "claims for another name", "P1-096"),
    LIE("name-like", "claims for names that hold the dialled one", "P1-096"),
    LIE("not-begun", "a statement that begins in a second", "P1-097"),
    LIE("lapsed", "a statement that ended a second ago", "P1-097"),
    LIE("day-and-second", "a statement of a day and a second", "P1-098"),
    LIE("year", "a statement of a year", "P1-098"),
    LIE("other-s", "a statement for another s", "P1-099"),
    LIE("other-s-last", "a statement for another s, in its last byte", "P1-099"),
    LIE("claims-unsigned", "another model than the owner has signed", "P1-050"),
    LIE("settings-unsigned", "other settings than the owner has signed", "P1-050"),
    LIE("boot-other", "another boot record", "P1-051"),
    LIE("boot-cut", "the boot record cut by a byte", "P1-051"),
    LIE("index-n", "n and index 1", "P1-052"),
    LIE("n-0", "n 0", "P1-052"),
    LIE("path-longer", "a path with one hash too many", "P1-053"),
    LIE("path-byte", "a path with a byte too many", "P1-053"),
    LIE("kind-2", "an item of a TDX module as well", "P1-054"),
    LIE("kind-0", "an item of kind 0 as well", "P1-054"),
    LIE("two-items", "the item twice", "P1-055"),
    LIE("measurement", "another measurement", "AT-040"),
    LIE("relay", "evidence of another handshake", "AT-039"),
    LIE("replay", "evidence of another epoch", "AT-039"),
    CASE(.id = "p1.client.attest.after-a-good-one", .says = "evidence of another handshake, after a good session with the same machine",
         .req = {[VERDICT] = "AT-039", [REASON] = "AT-039", [RELEASED] = "P1-141"}, .base = OK, .run = run_after_truth, .with = "relay"),
    LIE("alias-check", "a machine without the alias check", "AT-046"),
    LIE("device", "a statement for another chip", "P1-058"),
    LIE("device-last", "a statement for another chip, in its last byte", "P1-058"),
    LIE("version-not-claimed", "claims of version 3 only", "P1-059"),
    LIE("version-not-claimed-4", "claims of versions 3 and 4", "P1-059"),
    LIE("level", "claims without level 0", "P1-061"),
    LIE("no-item", "no item at all", "P1-055"),
    LIE("gpu-missing", "a machine without a GPU where two vendors are wanted", "P1-067"),
    LIE("gpu-left-out", "the listed GPU says nothing", "P1-067"),
    LIE("vendor-twice", "the CPU's item in the place of the GPU's: one vendor is counted twice", "P1-055"),
    LIE("gpu-other-session", "a report of the GPU for another session", "AT-341"),
    LIE("gpu-of-boot", "the report of the GPU from the boot record", "AT-341"),
    LIE("gpu-of-binder", "a report of the GPU over the binder instead of the CPU's evidence", "AT-341"),
    LIE("gpu-measurement", "a GPU with other firmware", "AT-342"),
    LIE("gpu-signature", "a report signed by another key of the device", "AT-336"),
    LIE("gpu-revoked", "the model's authority is revoked", "AT-331"),
    LIE("gpu-rented", "a genuine GPU that the owner has not listed", "P1-058"),
    LIE("gpu-twice", "the GPU's item twice", "P1-058"),
    LIE("gpu-first", "the GPU's item before the CPU's", "P1-058"),
    LIE("gpu-endorsements-behind", "a byte behind the lists of the GPU", "P1-081"),
};

const case_table p1_client_evidence_cases = {rows, sizeof rows / sizeof *rows};
