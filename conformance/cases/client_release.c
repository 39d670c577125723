/* Client: trust domains by their token, and the manifest with its bundle and log entry (confer, section 3). Services, signers and logs that lie
 * sign with the pack's own keys. */
#include "cases.h"
#include "client_run.h"
#include "spawn.h"
#include "tee_token_lies.h"

#include <string.h>

/* ---- tokens ---- */

typedef struct token_row {
    tee_token_edit edit;        /* of the claims, the header */
    const char *register_;      /* a claim of 48 bytes that gets other ones */
    bool other_key, by_another; /* for another server; signed by somebody else */
    bool longer;                /* more than a token may have */
} token_row;

static void change(const token_row *row, tee_token_scene *s)
{
    uint8_t other[AT_REPORT_DATA] = {7};
    if (row->edit.where)
        tee_token_apply(s, &row->edit);
    if (row->register_)
        tee_token_set_digits(&s->claims, row->register_, span_of(other, AT_REGISTER));
    if (row->other_key)
        tee_token_set_digits(&s->claims, "tdx_report_data", SPAN(other));
    if (row->by_another)
        s->signer = TEE_TOKEN_FOREIGN;
}

/* The signature goes on. */
static void lengthen(tee_token_scene *s)
{
    static uint8_t room[AT_TOKEN_MAX + 1];
    writer longer = WRITER(room);
    write_span(&longer, s->token.text);
    while (longer.n < sizeof room)
        write_text(&longer, "A");
    s->token.text = written(&longer);
}

static void send_token(peer_connection *peer, const token_row *row, tee_token_scene *s)
{
    static uint8_t room[CF_EVIDENCE_MAX];
    writer out = WRITER(room);
    tee_token_seal(s);
    if (row->longer)
        lengthen(s);
    pack_write_tdx_evidence(peer->t->pack, s->token.text, &out);
    must(writer_ok(&out));
    peer_sends_handshake(peer, written(&out));
}

static void token_says(peer_connection *peer)
{
    static tee_token_scene scene;
    const token_row *row = peer->t->row->with;
    pack_begin_token(peer->t->pack, &scene);
    change(row, &scene);
    send_token(peer, row, &scene);
}

/* Claims that were good a moment ago, signed by somebody else. */
static void known_claims(trial *t)
{
    static const token_row by_another = {.by_another = true};
    static tee_token_scene scene;
    peer_connection *peer = client_run_before_message2(t);
    pack_begin_token(t->pack, &scene);
    send_token(peer, &(const token_row){0}, &scene);
    client_run_serves_the_rest(peer);
    judge(t, VERDICT, spawn_exit(t) == 0, "exit 0 after good evidence", "%s", spawn_ending(t));
    spawn_end(t);
    peer = client_run_before_message2(t);
    change(&by_another, &scene);
    send_token(peer, &by_another, &scene);
    judge_refuses(peer);
}

/* Another digit of a claim of so many bytes, of which one is changed. */
typedef struct compared {
    const char *claim;
    size_t from, n;
} compared;

static void change_digit(tee_token_scene *s, const char *claim, size_t byte)
{
    char *const digit = s->claims.text + (tee_token_claim(&s->claims, claim).p - (const uint8_t *)s->claims.text) + 2 * byte;
    *digit = *digit == '0' ? '1' : '0';
}

/* The first byte, the last, and one between, each for a client of its own. */
static void each_is_compared(trial *t)
{
    static tee_token_scene scene;
    const compared *row = t->row->with;
    uint8_t drawn;
    trial_draw(t, &drawn, 1);
    const size_t at[] = {0, 1 + drawn % (row->n - 2), row->n - 1};
    for (size_t i = 0; i < 3 && !t->over && !trial_failed(t); i++) {
        peer_connection *peer = client_run_before_message2(t);
        pack_begin_token(t->pack, &scene);
        change_digit(&scene, row->claim, row->from + at[i]);
        send_token(peer, &(const token_row){0}, &scene);
        judge_refuses(peer);
        spawn_end(t);
    }
}

static void honest_token(peer_connection *peer) { peer_sends_handshake(peer, peer->t->pack->file[PACK_TDX_EVIDENCE]); }
static void honest_report(peer_connection *peer) { peer_sends_handshake(peer, peer->t->pack->file[PACK_EVIDENCE]); }

/* An impostor with a key of its own shows the token that the honest enclave once showed. */
static void relayed_token(peer_connection *peer)
{
    uint8_t own[32];
    span message1;
    trial_draw(peer->t, own, sizeof own);
    peer_starts_noise_as(peer, own);
    client_run_reads_message1(peer, &message1);
    honest_token(peer);
}

/* ---- manifests and bundles ---- */

typedef struct release_row {
    sim_lie lie;
    const char *from, *to; /* in the manifest, before it is signed */
    bool after;            /* changed after it was signed */
    int later;             /* in seconds */
    unsigned version;      /* of the bundle; 0: v0.3. In v0.1 a promise is enough */
    bool envelope;         /* DSSE instead of a message signature */
    bool managed;          /* by a key, without a certificate */
    bool stamped;          /* with a time stamp */
    bool tiled;            /* in a log of Rekor v2, which makes no promise */
    bool domain;           /* beside a token; else beside a report, which names no register */
    unsigned place;        /* of the byte that is changed */
} release_row;

static span manifest_of(const trial *t, const release_row *row, intel_text *text)
{
    const span honest = t->pack->file[PACK_MANIFEST];
    text->n = honest.n;
    span_take(honest, text->text, honest.n + 1);
    if (row->from)
        intel_text_replace(text, row->from, 0, row->to);
    return span_of(text->text, text->n);
}

/* The honest attestation of either platform, with this manifest and this bundle. */
static void send_release(peer_connection *peer, pack_part attestation, span manifest, span bundle)
{
    static uint8_t room[CF_EVIDENCE_MAX], decoded[CF_EVIDENCE_MAX + CF_REPORT];
    writer texts = WRITER(decoded), out = WRITER(room);
    const pack *p = peer->t->pack;
    cf_evidence e;
    must(accepted(cf_read_evidence(p->file[attestation], &texts, NULL, &e)));
    e.manifest = manifest;
    e.bundle = bundle;
    cf_write_evidence(&e, &out);
    must(writer_ok(&out));
    peer_sends_handshake(peer, written(&out));
}

static void release_lies(peer_connection *peer)
{
    static sim_minted minted;
    static intel_text text;
    const release_row *row = peer->t->row->with;
    const span honest = peer->t->pack->file[PACK_MANIFEST], changed = manifest_of(peer->t, row, &text);
    const sim_recipe recipe = {.version = row->version ? row->version : 3,
                               .envelope = row->envelope,
                               .managed = row->managed,
                               .stamped = row->stamped,
                               .tiled = row->tiled,
                               .lie = row->lie,
                               .place = row->place,
                               .at = row->later};
    pack_sign_manifest(peer->t->pack, row->after ? honest : changed, &recipe, &minted);
    send_release(peer, row->domain ? PACK_TDX_EVIDENCE : PACK_EVIDENCE, changed, span_text(minted.bundle));
}

/* ---- the rows ---- */

#define BASE   .base = "cf.client.sanity.chat"
#define DOMAIN .base = "cf.client.tdx.accepted"
#define TOKEN(slug, text, number, ...)                                                                                  \
    CASE(.id = "at.client.token." slug, .says = text, .req = {number " CF-120", number, [RELEASED] = "CF-033"}, DOMAIN, \
         .start = client_run_before_message2, .act = token_says, .end = judge_refuses, .with = GIVEN(token_row, __VA_ARGS__))
#define CLAIM(slug, text, number, from_, to_) TOKEN(slug, text, number, .edit = {IN_CLAIMS, from_, to_, 0})
#define BYTES(name, text, number, claim, from, n)                                                                                  \
    CASE(.id = name, .says = text, .req = {number, number, [RELEASED] = "CF-033"}, DOMAIN, .lasts = true, .run = each_is_compared, \
         .with = GIVEN(compared, claim, from, n))
#define REGISTER_48 "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f"
#define RELEASE(slug, text, number, ...)                                                                                \
    CASE(.id = "tl.client.release." slug, .says = text, .req = {number " CF-121", number, [RELEASED] = "CF-033"}, BASE, \
         .start = client_run_before_message2, .act = release_lies, .end = judge_refuses, .with = GIVEN(release_row, __VA_ARGS__))
#define ROOT(name, text, number)                                                                                      \
    CASE(.id = "tl.client.root." name, .says = text, .req = {number " CF-121", number, [RELEASED] = "CF-033"},        \
         .base = "cf.client.sanity.chat", .needs = "pack", .start = client_run_before_message2, .act = honest_report, \
         .end = judge_refuses, .world = name)
#define CLIENT_WORLD(id_, text, numbers, reason, name)                                                      \
    CASE(.id = id_, .says = text, .req = {numbers, reason, [RELEASED] = "CF-033"}, DOMAIN, .needs = "pack", \
         .start = client_run_before_message2, .act = honest_token, .end = judge_refuses, .world = name)
#define KEYS(slug, text, number, name)  CLIENT_WORLD("at.client.keys." slug, text, number " CF-120", number, name)
#define WANTS(slug, text, number, name) CLIENT_WORLD("at.client.wants." slug, text, number " CF-120", number, name)
#define GOOD_RELEASE(slug, text, numbers, ...)                                                                                       \
    CASE(.id = "tl.client.release." slug, .says = text, .req = {[VERDICT] = numbers " CF-121"}, .start = client_run_before_message2, \
         .act = release_lies, .end = judge_finishes, .with = GIVEN(release_row, __VA_ARGS__))

static const case_row rows[] = {
    CASE(.id = "cf.client.tdx.accepted", .says = "a trust domain, its token and its release, all good",
         .req = {[VERDICT] = "CF-120 CF-121 CF-122", [RELEASED] = "CF-120"}, .start = client_run_before_message2, .act = honest_token,
         .end = judge_finishes),
    CASE(.id = "cf.client.tdx.relayed", .says = "an impostor's key, and the token of the honest enclave",
         .req = {"CF-041", "CF-041", [RELEASED] = "CF-033"}, DOMAIN, .start = client_run_starts, .act = relayed_token,
         .end = judge_refuses),
    CASE(.id = "cf.client.tdx.other-key", .says = "a token for another key", .req = {"CF-041", "CF-041", [RELEASED] = "CF-033"}, DOMAIN,
         .start = client_run_before_message2, .act = token_says, .end = judge_refuses, .with = GIVEN(token_row, .other_key = true)),
    CASE(.id = "cf.client.tdx.rtmr1", .says = "an RTMR1 that the release does not name", .req = {"CF-122", "CF-122", [RELEASED] = "CF-033"},
         DOMAIN, .start = client_run_before_message2, .act = token_says, .end = judge_refuses,
         .with = GIVEN(token_row, .register_ = "tdx_rtmr1")),
    CASE(.id = "cf.client.tdx.rtmr2", .says = "an RTMR2 that the release does not name", .req = {"CF-122", "CF-122", [RELEASED] = "CF-033"},
         DOMAIN, .start = client_run_before_message2, .act = token_says, .end = judge_refuses,
         .with = GIVEN(token_row, .register_ = "tdx_rtmr2")),
    CASE(.id = "cf.client.tdx.reports-only", .says = "a trust domain, before a policy that says nothing of them",
         .req = {"CF-039", "CF-039", [RELEASED] = "CF-033"}, DOMAIN, .needs = "pack", .start = client_run_before_message2,
         .act = honest_token, .end = judge_refuses, .world = "reports-only"),
    TOKEN("signed-by-another", "a token with the right names, signed by somebody else", "AT-225", .by_another = true),
    BYTES("cf.client.tdx.rtmr1-bytes", "RTMR1 with one byte changed", "CF-122", "tdx_rtmr1", 0, AT_REGISTER),
    BYTES("cf.client.tdx.rtmr2-bytes", "RTMR2 with one byte changed", "CF-122", "tdx_rtmr2", 0, AT_REGISTER),
    BYTES("cf.client.tdx.key-bytes", "a token for a key with one byte changed", "CF-041", "tdx_report_data", 0, 32),
    BYTES("cf.client.tdx.tail-bytes", "a token with a byte behind the key", "CF-042", "tdx_report_data", 32, 32),
    BYTES("at.client.token.mrtd-bytes", "a firmware with one byte changed", "AT-175", "tdx_mrtd", 0, AT_REGISTER),
    CASE(.id = "at.client.token.known-claims", .says = "claims that were good before, signed by somebody else",
         .req = {"AT-225 CF-120", "AT-225", [RELEASED] = "CF-033"}, DOMAIN, .lasts = true, .run = known_claims),
    TOKEN("alg-none", "a header that says none", "AT-203", .edit = {IN_HEADER, "PS384", "none", 0}),
    TOKEN("alg-hmac", "a header that says HS256", "AT-203", .edit = {IN_HEADER, "PS384", "HS256", 0}),
    TOKEN("alg-rs256", "an algorithm that the policy does not list", "AT-203", .edit = {IN_HEADER, "PS384", "RS256", 0}),
    TOKEN("crit", "a critical header that nobody knows", "AT-205", .edit = {IN_HEADER, "\"typ\"", "\"crit\":[\"b64\"],\"typ\"", 0}),
    TOKEN("kid", "a key that the service does not have", "AT-215", .edit = {IN_HEADER, "\"kid\":\"5a", "\"kid\":\"6a", 0}),
    TOKEN("too-long", "a token of 32769 bytes", "AT-200", .longer = true),
    TOKEN("typ", "a type other than JWT", "AT-204", .edit = {IN_HEADER, "\"typ\":\"JWT\"", "\"typ\":\"at+jwt\"", 0}),
    CLAIM("nbf", "a token that is not valid yet", "AT-208", "\"nbf\":1", "\"nbf\":9999999999,\"was\":1"),
    CLAIM("old", "a token of years ago", "AT-210", "\"iat\":1", "\"iat\":1000000001,\"was\":1"),
    CLAIM("tdx-object", "claims of version 1 with an object tdx", "AT-231", "\"ver\":\"1.0.0\"",
          "\"tdx\":{\"attester_type\":\"TDX\"},\"ver\":\"1.0.0\""),
    CLAIM("issuer-twice", "`iss` twice", "AT-202", "\"jti\"", "\"iss\":\"https://other.example\",\"jti\""),
    CLAIM("issuer", "another instance of the service", "AT-206", "https://trust.example\",\"jti", "https://trust2.example\",\"jti"),
    CLAIM("issuer-longer", "an issuer whose name is longer", "AT-206", "https://trust.example\",\"jti",
          "https://trust.example.org\",\"jti"),
    CLAIM("exp-absent", "a token without an end", "AT-207", "\"exp\"", "\"end\""),
    CLAIM("exp-text", "an end that is a text", "AT-207", "\"exp\":", "\"exp\":\"9999999999\",\"was\":"),
    CLAIM("iat-absent", "a token without a beginning", "AT-209", "\"iat\":1", "\"was\":1"),
    CLAIM("audience", "a token for somebody else", "AT-211", "\"jti\"", "\"aud\":\"https://other.example\",\"jti\""),
    CLAIM("version", "claims of version 3", "AT-230", "\"ver\":\"1.0.0\"", "\"ver\":\"3.0.0\""),
    CLAIM("attester", "an enclave instead of a trust domain", "AT-232", "\"attester_type\":\"TDX\"", "\"attester_type\":\"SGX\""),
    CLAIM("register-short", "an MROWNER of 47 bytes", "AT-233", "\"tdx_mrowner\":\"00", "\"tdx_mrowner\":\""),
    CLAIM("status-unknown", "a status that no table has", "AT-234", "\"UpToDate\"", "\"Fine\""),
    CLAIM("status-revoked", "a platform that is revoked", "AT-161", "\"UpToDate\"", "\"Revoked\""),
    CLAIM("status-out-of-date", "a platform that is out of date", "AT-162", "\"UpToDate\"", "\"OutOfDate\""),
    CLAIM("debuggable", "a trust domain that may be debugged, by the service's word", "AT-235", "\"tdx_is_debuggable\":false",
          "\"tdx_is_debuggable\":true"),
    CLAIM("debug-bit", "a trust domain that may be debugged, by its attributes", "AT-170", "\"0000001000000000\"", "\"0100001000000000\""),
    CLAIM("migratable", "a trust domain that may be moved", "AT-172", "\"0000001000000000\"", "\"0000003000000000\""),
    CLAIM("sept-ve", "SEPT_VE_DISABLE is clear", "AT-171", "\"0000001000000000\"", "\"0000000000000000\""),
    CLAIM("perfmon", "attributes that the policy does not expect", "AT-173", "\"0000001000000000\"", "\"0000001000000080\""),
    CLAIM("xfam", "another XFAM", "AT-174", "\"tdx_xfam\":\"e7", "\"tdx_xfam\":\"e6"),
    TOKEN("mrtd", "another firmware", "AT-175", .register_ = "tdx_mrtd"),
    TOKEN("rtmr0", "another configuration of the firmware", "AT-175", .register_ = "tdx_rtmr0"),
    TOKEN("rtmr3", "an application register that nobody expects", "AT-175", .register_ = "tdx_rtmr3"),
    TOKEN("mrseam", "another TDX module", "AT-175", .register_ = "tdx_mrseam"),
    TOKEN("mrowner", "an owner that nobody expects", "AT-176", .register_ = "tdx_mrowner"),

    KEYS("none", "a client whose file with the keys of the service is there and empty", "AT-213", "keys-none"),
    KEYS("text-behind", "a set of keys with a brace behind it", "AT-214", "keys-behind"),
    KEYS("use", "a key for encryption", "AT-216", "key-use"),
    KEYS("other", "a key of the right name that did not sign", "AT-225", "key-other"),
    CASE(.id = "at.client.wants.advisory", .says = "a flaw that the policy does not list, behind a status that it lists",
         .req = {"AT-163 CF-120", "AT-163", [RELEASED] = "CF-033"}, DOMAIN, .needs = "pack", .start = client_run_before_message2,
         .act = token_says, .end = judge_refuses, .world = "hardening",
         .with = GIVEN(token_row,
                       .edit = {IN_CLAIMS, "\"UpToDate\"", "\"SWHardeningNeeded\",\"attester_advisory_ids\":[\"INTEL-SA-99902\"]", 0})),
    WANTS("baseline", "a platform of before the policy's baseline date", "AT-164", "baseline"),
    WANTS("platform", "a list of platforms, and a token that names none", "AT-185", "platforms"),
    WANTS("nonce", "a policy with a nonce, and a token without it", "AT-212", "nonce"),
    WANTS("service-policy", "a policy of the service that did not match", "AT-236", "service-policy"),
    WANTS("claim", "a claim that is not the policy's", "AT-247", "claim"),
    CASE(.id = "cf.client.release.promised", .says = "a log that promises its entry and does not prove it",
         .req = {"CF-123", "CF-123", [RELEASED] = "CF-033"}, BASE, .start = client_run_before_message2, .act = release_lies,
         .end = judge_refuses, .with = GIVEN(release_row, .lie = LIE_NO_PROOF, .version = 1)),
    CASE(.id = "cf.client.release.register", .says = "a release that names another RTMR2, signed",
         .req = {"CF-122", "CF-122", [RELEASED] = "CF-033"}, DOMAIN, .start = client_run_before_message2, .act = release_lies,
         .end = judge_refuses,
         .with = GIVEN(release_row, .domain = true, .from = "\"rtmr2\": \"", .to = "\"rtmr2\": \"" REGISTER_48 "\", \"was\": \"")),
    GOOD_RELEASE("envelope", "a release signed as an in-toto statement", "TL-140 TL-141 TL-143", .envelope = true),
    GOOD_RELEASE("stamped", "a release with a time stamp beside the log's promise", "TL-119 TL-120 TL-121 TL-122 TL-123", .stamped = true),
    GOOD_RELEASE("tiled", "a release in a log of Rekor v2, with a time stamp", "TL-142 TL-151 TL-152", .tiled = true, .stamped = true),
    RELEASE("another-manifest", "a manifest that was changed after it was signed", "TL-143", .from = "0.1.14", .to = "0.1.15",
            .after = true),
    RELEASE("reformatted", "the same manifest with a space less", "TL-143", .from = "\": \"", .to = "\":\"", .after = true),
    RELEASE("signer-prefix", "a signer whose name is a prefix", "TL-135", .lie = LIE_SAN_PREFIX),
    RELEASE("signer-longer", "a signer whose name is longer", "TL-135", .lie = LIE_SAN_LONGER),
    RELEASE("issuer", "a signer of another issuer", "TL-136", .lie = LIE_ISSUER_OTHER),
    RELEASE("signature", "a signature by another key", "TL-139", .lie = LIE_SIGNATURE_KEY),
    RELEASE("certificate-late", "a certificate that had expired", "TL-129", .lie = LIE_LEAF_EARLIER),
    RELEASE("certificate-use", "a certificate for servers", "TL-131", .lie = LIE_LEAF_OTHER_EKU),
    RELEASE("certificate-log", "a certificate timestamp by another key", "TL-134", .lie = LIE_SCT_KEY),
    RELEASE("no-entry", "a bundle without a log entry", "TL-118", .lie = LIE_NO_ENTRIES),
    RELEASE("promise", "a promise by another key", "TL-111", .lie = LIE_PROMISE_KEY),
    RELEASE("no-proof", "an entry without a proof", "TL-112", .lie = LIE_NO_PROOF),
    RELEASE("body", "an entry about another digest", "TL-143", .lie = LIE_BODY_DIGEST),
    RELEASE("body-signature", "an entry about another signature", "TL-144", .lie = LIE_BODY_SIGNATURE),
    RELEASE("body-certificate", "an entry about another certificate", "TL-145", .lie = LIE_BODY_VERIFIER),
    RELEASE("digest", "a bundle that names another digest", "TL-138", .lie = LIE_DIGEST),
    RELEASE("digest-middle", "a digest with another byte in its middle", "TL-138", .lie = LIE_DIGEST, .place = 15),
    RELEASE("digest-last", "a digest with another last byte", "TL-138", .lie = LIE_DIGEST, .place = 31),
    RELEASE("proof-root-middle", "a proof whose root differs in its middle", "TL-113", .lie = LIE_PROOF_ROOT, .place = 15),
    RELEASE("proof-root-first", "a proof whose root differs in its first byte", "TL-113", .lie = LIE_PROOF_ROOT, .place = 31),
    RELEASE("member", "a bundle with an unknown member", "TL-104", .lie = LIE_BUNDLE_MEMBER),
    RELEASE("media-type", "a bundle of v0.4", "TL-105", .lie = LIE_TYPE_UNKNOWN),
    RELEASE("both-forms", "a message signature beside the envelope", "TL-106", .lie = LIE_BOTH, .envelope = true),
    RELEASE("signed-by-two", "an envelope with a second signature, by another key", "TL-107", .lie = LIE_SIGNED_BY_TWO, .envelope = true),
    RELEASE("brings-root", "a bundle that brings its own root", "TL-109", .lie = LIE_BRINGS_ROOT, .version = 2),
    RELEASE("second-log", "a second entry, of a log that nobody trusts", "TL-110", .lie = LIE_SECOND_LOG),
    RELEASE("proof-root", "a proof whose root differs in one bit", "TL-113", .lie = LIE_PROOF_ROOT),
    RELEASE("proof-of-nothing", "a proof whose root is the leaf", "TL-113", .lie = LIE_PROOF_ROOT_OF_LEAF),
    RELEASE("proof-size", "a proof for a larger tree than the checkpoint's", "TL-114", .lie = LIE_PROOF_SIZE),
    RELEASE("checkpoint-key", "a checkpoint signed by another key", "TL-115", .lie = LIE_LINE_KEY),
    RELEASE("checkpoint-name", "a checkpoint whose line has another log's name", "TL-116", .lie = LIE_LINE_NAME),
    RELEASE("stamp-status", "a time stamp that was refused", "TL-119", .lie = LIE_STAMP_STATUS, .stamped = true),
    RELEASE("stamp-imprint", "a time stamp of another signature", "TL-120", .lie = LIE_STAMP_IMPRINT, .stamped = true),
    RELEASE("stamp-signature", "a time stamp by another key", "TL-123", .lie = LIE_STAMP_SIGNATURE, .stamped = true),
    RELEASE("stamp-names-nobody", "a time stamp that names no certificate", "TL-152", .lie = LIE_STAMP_NAMES_NOBODY, .stamped = true),
    RELEASE("stamp-twice", "the same time stamp twice", "TL-150", .lie = LIE_STAMP_TWICE, .stamped = true),
    RELEASE("entry-twice", "the same log entry twice", "TL-150", .lie = LIE_ENTRY_TWICE),
    RELEASE("tiled-hash", "an entry of Rekor v2 with another hash than the key's", "TL-151", .lie = LIE_BODY_HASH_LONGER, .tiled = true,
            .stamped = true),
    RELEASE("certificate-two-names", "a certificate with a second name", "TL-153", .lie = LIE_SAN_TWO),
    RELEASE("no-time", "a log entry whose time nobody signed", "TL-125", .lie = LIE_NO_PROMISE),
    RELEASE("certificate-no-usage", "a certificate without a key usage", "TL-130", .lie = LIE_LEAF_NO_USAGE),
    RELEASE("certificate-critical", "a certificate with an unknown critical extension", "TL-132", .lie = LIE_LEAF_CRITICAL),
    RELEASE("certificate-unlogged", "a certificate without a timestamp of a log", "TL-133", .lie = LIE_LEAF_NO_SCT),
    RELEASE("issuers-disagree", "a certificate whose two issuers disagree", "TL-137", .lie = LIE_ISSUERS_DISAGREE),
    RELEASE("statement-type", "a statement of an unknown version", "TL-140", .lie = LIE_STATEMENT_TYPE, .envelope = true),
    RELEASE("subject", "a statement about another artifact", "TL-141", .lie = LIE_SUBJECT, .envelope = true),
    RELEASE("entry-kind", "an entry that says another kind", "TL-142", .lie = LIE_KIND_SAID),
    RELEASE("later", "a release of tomorrow", "TL-126", .later = 2 * 86400),
    RELEASE("by-a-key", "a release signed by a key without a certificate", "TL-108", .managed = true),
    ROOT("root-type", "a trusted root of another type", "TL-102"),
    ROOT("log-undated", "a log without the start of its period", "TL-103"),
    ROOT("log-ended", "a log whose period ended before the release", "TL-117"),
    ROOT("log-algorithm", "a log whose algorithm nobody knows", "TL-118"),
    ROOT("authority-ended", "an authority whose period ended before the release", "TL-128"),
};

const case_table client_release_cases = {rows, sizeof rows / sizeof *rows};
