/* Planted deviations are named, and honest sessions are silent. The sessions are played by the text over a provider that lies, or by a peer
 * whose beginning was changed; nothing of diagnosis.c has a part in them. */
#include "diagnosis.h"
#include "base64.h"
#include "causes.h"
#include "coins.h"
#include "overheard.h"
#include "reference_adapter.h"
#include "suspects.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

enum { MESSAGE = 1024, RECORDS = 4, HONEST_SESSIONS = 200 };

static deviation planted;

/* ---- a provider that lies ---- */

static struct {
    bool split; /* the last extraction had no input */
    uint8_t sealed[MESSAGE], plain[MESSAGE];
    size_t n; /* of the last plaintext */
    unsigned empty_hashes;
    const uint8_t *secret[4], *share[4]; /* e and s of both, for who exchanges es and se */
} lie;

static void lying_extract(prim_hash h, span key, span input, uint8_t *out)
{
    static const uint8_t zeros[32];
    lie.split = input.n == 0;
    if (planted == DEVIATION_SPLIT_ZEROS && lie.split)
        input = SPAN(zeros);
    const bool exchanged = planted == DEVIATION_HKDF_ARGUMENTS;
    prim_openssl.hmac(h, exchanged ? input : key, exchanged ? &key : &input, 1, out);
}

static void expand(prim_hash h, span key, uint8_t counter, uint8_t *out)
{
    uint8_t before[PRIM_HASH_MAX];
    const size_t n = prim_hash_len(h);
    const uint8_t counts[] = {(uint8_t)(1 - (planted == DEVIATION_HKDF_FROM_ZERO)), (uint8_t)(2 - (planted == DEVIATION_HKDF_FROM_ZERO))};
    prim_openssl.hmac(h, key, &(span){&counts[0], 1}, 1, before);
    const span parts[] = {planted == DEVIATION_HKDF_UNCHAINED ? EMPTY : span_of(before, n), {&counts[1], 1}};
    if (counter == 1)
        memcpy(out, before, n);
    else
        prim_openssl.hmac(h, key, parts, 2, out);
}

static void lying_hmac(prim_hash h, span key, const span *parts, size_t n, uint8_t *out)
{
    if (planted == DEVIATION_HASH_BLAKE2S)
        h = PRIM_BLAKE2S;
    if (n == 1) {
        lying_extract(h, key, parts[0], out);
        return;
    }
    uint8_t counter = parts[n - 1].p[0];
    if (planted == DEVIATION_HKDF_SWAPPED || (planted == DEVIATION_SPLIT_SWAPPED && lie.split))
        counter = 3 - counter;
    if (planted == DEVIATION_SPLIT_ONE_KEY && lie.split)
        counter = 1;
    expand(h, key, counter, out);
}

static void lying_hash(prim_hash h, const span *parts, size_t n, uint8_t *out)
{
    if (n > 2) { /* the bond of a pair of keys */
        prim_openssl.hash(h, parts, n, out);
        return;
    }
    span changed[2] = {parts[0], n > 1 ? parts[1] : EMPTY};
    if (planted == DEVIATION_HASH_BLAKE2S)
        h = PRIM_BLAKE2S;
    if (planted == DEVIATION_HASH_PLAINTEXT && n == 2 && lie.n + 16 == changed[1].n && memcmp(changed[1].p, lie.sealed, changed[1].n) == 0)
        changed[1] = span_of(lie.plain, lie.n);
    bool skipped = planted == DEVIATION_PROLOGUE_SKIPPED && n == 2 && changed[1].n == 0 && lie.empty_hashes++ < 1;
    for (int i = 0; i < 2; i++)
        skipped |= planted == DEVIATION_HASH_WITHOUT_E && n == 2 && changed[1].n == 32 && memcmp(changed[1].p, lie.share[i], 32) == 0;
    if (skipped)
        memmove(out, changed[0].p, changed[0].n);
    else
        prim_openssl.hash(h, changed, n, out);
}

static void change_nonce(const uint8_t nonce[12], uint8_t out[12])
{
    memcpy(out, nonce, 12);
    for (int i = 0; i < 8; i++)
        if (planted == DEVIATION_NONCE_ENDIAN || planted == DEVIATION_CIPHER) /* each cipher has its own order */
            out[4 + i] = nonce[11 - i];
    if (planted == DEVIATION_NONCE_FRONT) {
        memcpy(out, nonce + 4, 8);
        memset(out + 8, 0, 4);
    }
}

static prim_cipher change_cipher(prim_cipher c) { return planted == DEVIATION_CIPHER ? PRIM_CHACHAPOLY + PRIM_AESGCM - c : c; }
static span change_ad(span ad) { return planted == DEVIATION_AD_NONE ? EMPTY : ad; }

static void remember(span plain, const uint8_t *sealed)
{
    lie.n = plain.n;
    memcpy(lie.plain, plain.p ? plain.p : sealed, plain.n);
    memcpy(lie.sealed, sealed, plain.n + 16);
}

static void lying_seal(prim_cipher c, const uint8_t key[32], const uint8_t nonce[12], span ad, span plain, uint8_t *out)
{
    uint8_t changed[12], turned[MESSAGE];
    change_nonce(nonce, changed);
    prim_openssl.aead_seal(change_cipher(c), key, changed, change_ad(ad), plain, turned);
    const size_t tag = planted == DEVIATION_TAG_FIRST ? 16 : 0;
    memcpy(out + tag, turned, plain.n);
    memcpy(tag ? out : out + plain.n, turned + plain.n, 16);
    remember(plain, out);
}

static bool lying_open(prim_cipher c, const uint8_t key[32], const uint8_t nonce[12], span ad, span sealed, uint8_t *out)
{
    uint8_t changed[12], turned[MESSAGE];
    const size_t n = sealed.n - 16, tag = planted == DEVIATION_TAG_FIRST ? 16 : 0;
    change_nonce(nonce, changed);
    memcpy(turned, sealed.p + tag, n);
    memcpy(turned + n, tag ? sealed.p : sealed.p + n, 16);
    const bool good = prim_openssl.aead_open(change_cipher(c), key, changed, change_ad(ad), span_of(turned, sealed.n), out);
    remember(span_of(out, n), sealed.p);
    return good;
}

/* lie.secret and lie.share: e of both, then s of both. The agreement of e and s the other way round is the one of s and e. */
static void exchanged(const prim_pair *mine, const uint8_t share[32], uint8_t out[32])
{
    int a = -1, b = -1;
    for (int i = 0; i < 4; i++) {
        a = memcmp(mine->share, lie.share[i], 32) == 0 ? i : a;
        b = memcmp(share, lie.share[i], 32) == 0 ? i : b;
    }
    if (a >= 0 && b >= 0 && a / 2 != b / 2)
        prim_agree(&prim_openssl, lie.secret[(a + 2) % 4], lie.share[(b + 2) % 4], out);
    else
        prim_openssl.x25519(mine, share, out);
}

static void lying_x25519(const prim_pair *mine, const uint8_t share[32], uint8_t out[32])
{
    uint8_t agreed[32];
    if (planted == DEVIATION_ROLES)
        exchanged(mine, share, agreed);
    else
        prim_openssl.x25519(mine, share, agreed);
    for (int i = 0; i < 32; i++)
        out[i] = agreed[planted == DEVIATION_AGREEMENT_REVERSED ? 31 - i : i];
    if (planted == DEVIATION_AGREEMENT_HASHED)
        prim_digest(&prim_openssl, PRIM_SHA256, span_of(agreed, 32), out);
}

static prim liar(void)
{
    prim p = prim_openssl;
    p.hmac = lying_hmac;
    p.hash = lying_hash;
    p.aead_seal = lying_seal;
    p.aead_open = lying_open;
    p.x25519 = lying_x25519;
    return p;
}

/* ---- a session ---- */

typedef struct play {
    diagnosed_session s;
    prim_pair own[2];
    uint8_t share[4][32], bytes[3 + RECORDS][2 * MESSAGE];
    size_t n_bytes;
    nz_peer peer[2];
} play;

/* What a peer begins with, where that deviates: the name, the chaining key. */
static void change_beginning(const play *p, nz_peer *peer)
{
    static const char *const patterns[] = {"XX", "NX", "NK", "IK", "IX"};
    char name[64] = {0};
    uint8_t h[PRIM_HASH_MAX] = {0};
    writer w = writer_of(name, 63);
    const size_t n = prim_hash_len(p->s.suite.hash);
    nz_suite_name(&p->s.suite, &w);
    if (planted >= DEVIATION_NAME_XX && planted <= DEVIATION_NAME_IX)
        memcpy(name + 6, patterns[planted - DEVIATION_NAME_XX], 2);
    else if (planted != DEVIATION_NAME_HASHED && planted != DEVIATION_CHAIN_ZERO)
        return;
    if (planted == DEVIATION_NAME_HASHED || w.n > n)
        prim_digest(&prim_openssl, p->s.suite.hash, span_text(name), h);
    else
        memcpy(h, name, w.n);
    memset(peer->secret.ck, 0, n);
    if (planted != DEVIATION_CHAIN_ZERO)
        memcpy(peer->secret.ck, h, n);
    prim_openssl.hash(p->s.suite.hash, (const span[]){span_of(h, n), p->s.prologue}, 2, peer->h);
    if (p->s.responder_share.n)
        prim_openssl.hash(p->s.suite.hash, (const span[]){span_of(peer->h, n), p->s.responder_share}, 2, peer->h);
}

static void start_peer(play *p, const prim *prim, int who)
{
    static uint8_t longer[64];
    const nz_keys keys = nz_keys_of(p->s.suite.pattern, (nz_role)who);
    nz_setup setup = {.role = (nz_role)who,
                      .suite = p->s.suite,
                      .prologue = p->s.prologue,
                      .static_pair = keys.s ? &p->own[who] : NULL,
                      .remote_static = keys.rs ? span_of(p->share[3], 32) : EMPTY};
    if (planted >= DEVIATION_SUITE_0 && planted <= DEVIATION_SUITE_7) {
        static const prim_hash hashes[] = {PRIM_SHA256, PRIM_SHA512, PRIM_BLAKE2S, PRIM_BLAKE2B};
        setup.suite.cipher = (planted - DEVIATION_SUITE_0) % 2 ? PRIM_AESGCM : PRIM_CHACHAPOLY;
        setup.suite.hash = hashes[(planted - DEVIATION_SUITE_0) / 2];
    }
    if (planted == DEVIATION_PROLOGUE_EMPTY)
        setup.prologue = EMPTY;
    if (planted == DEVIATION_PROLOGUE_ZERO) {
        memcpy(longer, p->s.prologue.p ? p->s.prologue.p : longer, p->s.prologue.n);
        setup.prologue = span_of(longer, p->s.prologue.n + 1);
        longer[p->s.prologue.n] = 0;
    }
    lie.empty_hashes = 0;
    nz_start(&p->peer[who], prim, &setup);
    change_beginning(p, &p->peer[who]);
}

/* The message as another layer would carry it. */
static span wrapped(play *p, span message)
{
    uint8_t *room = p->bytes[p->n_bytes++];
    writer w = writer_of(room, 2 * MESSAGE);
    if (planted == DEVIATION_FRAMED_2 || planted == DEVIATION_FRAMED_4)
        write_be(&w, message.n, planted == DEVIATION_FRAMED_2 ? 2 : 4);
    if (planted == DEVIATION_BASE64)
        base64_write(&w, message);
    else if (planted == DEVIATION_BASE64_URL)
        base64url_write(&w, message);
    else
        write_span(&w, message);
    return written(&w);
}

static void exchange(play *p, const prim *prim, int k, span payload)
{
    uint8_t sent[MESSAGE], got[MESSAGE];
    const int from = k % 2;
    nz_effects out = {.message = WRITER(sent)}, in = {.payload = WRITER(got)};
    const nz_world world = {.prim = prim, .ephemeral = span_of(p->s.e[from], 32)};
    assert_true(accepted(nz_step(&p->peer[from], &world, payload, &out)));
    assert_true(accepted(nz_step(&p->peer[!from], &world, written(&out.message), &in)));
    p->s.message[p->s.n_messages++] = wrapped(p, written(&out.message));
}

static void record(play *p, const prim *prim, int i, span plain)
{
    uint8_t sealed[MESSAGE];
    writer out = WRITER(sealed);
    nz_peer *from = &p->peer[i % 2];
    const nz_world world = {.prim = prim};
    assert_true(accepted(nz_seal(from, &world, planted == DEVIATION_AD_RECORD ? nz_handshake_hash(from) : EMPTY, plain, &out)));
    p->s.record[p->s.n_records++] = (diagnosed_record){i % 2 == 0, wrapped(p, written(&out)), EMPTY};
}

static void draw_secrets(play *p, coins *c)
{
    for (int i = 0; i < 2; i++) {
        coins_draw(c, p->s.e[i], 32);
        coins_draw(c, p->s.s[i], 32);
        prim_pair_of(&prim_openssl, p->s.s[i], &p->own[i]);
        prim_openssl.x25519_public(p->s.e[i], p->share[i]);
        prim_openssl.x25519_public(p->s.s[i], p->share[2 + i]);
        lie.secret[i] = p->s.e[i], lie.secret[2 + i] = p->s.s[i];
        lie.share[i] = p->share[i], lie.share[2 + i] = p->share[2 + i];
    }
}

static play *play_session(nz_suite suite, const char *prologue, unsigned seed)
{
    static play p;
    const prim provider = liar();
    coins c = coins_of_seed(span_of((const uint8_t *)&seed, sizeof seed), "diagnosis");
    memset(&p, 0, sizeof p);
    p.s.suite = suite;
    p.s.prologue = span_text(prologue);
    draw_secrets(&p, &c);
    if (suite.pattern == NZ_NK || suite.pattern == NZ_IK)
        p.s.responder_share = span_of(p.share[3], 32);
    start_peer(&p, &provider, 0);
    start_peer(&p, &provider, 1);
    for (int k = 0; k < (suite.pattern == NZ_XX ? 3 : 2); k++)
        exchange(&p, &provider, k, k ? span_text("a payload") : EMPTY);
    for (int who = 0; who < 2 && planted == DEVIATION_NONCE_FROM_ONE; who++)
        p.peer[who].secret.sending.n = p.peer[who].secret.receiving.n = 1;
    for (int i = 0; i < RECORDS; i++)
        record(&p, &provider, i, span_text("what the heron does"));
    return &p;
}

/* One side's secrets are enough; of who exchanges es and se, both sides' are needed. */
static void know(play *p, bool initiator, bool responder)
{
    p->s.has_e[0] = p->s.has_s[0] = initiator;
    p->s.has_e[1] = p->s.has_s[1] = responder;
}

/* ---- the tests ---- */

static bool applies(deviation d, nz_suite suite, const char *prologue)
{
    if (d == DEVIATION_PROLOGUE_EMPTY)
        return *prologue;
    if (d == DEVIATION_ROLES) /* in IK es comes before there is an ephemeral share of the responder */
        return suite.pattern == NZ_XX;
    if (d == DEVIATION_PROLOGUE_SKIPPED) /* the provider that lies knows it by its being empty */
        return !*prologue;
    if (d >= DEVIATION_SUITE_0)
        return suite.cipher != ((d - DEVIATION_SUITE_0) % 2 ? PRIM_AESGCM : PRIM_CHACHAPOLY) || (d - DEVIATION_SUITE_0) / 2 != 0;
    return !(d >= DEVIATION_NAME_XX && d <= DEVIATION_NAME_IK) || (nz_pattern)(d - DEVIATION_NAME_XX) != suite.pattern;
}

static void each_planted_deviation_is_named(void **state)
{
    bool named[DEVIATION_COUNT] = {false};
    unsigned n = 0;
    (void)state;
    for (planted = DEVIATION_NONE + 1; planted < DEVIATION_COUNT; planted++)
        for (unsigned i = 0; i < 8; i++) {
            const nz_suite suite = {i % 2 ? NZ_IK : NZ_XX, i / 2 % 2 ? PRIM_AESGCM : PRIM_CHACHAPOLY, PRIM_SHA256};
            const char *prologue = i / 4 ? "" : "parley";
            deviation which;
            if (!applies(planted, suite, prologue))
                continue;
            play *p = play_session(suite, prologue, planted * 8 + i);
            know(p, planted == DEVIATION_ROLES || i % 2, planted == DEVIATION_ROLES || !(i % 2));
            const diagnosis found = diagnose(&p->s, &which);
            if (found != DIAGNOSIS_NAMED || which != planted)
                fail_msg("planted: %s\nfound %d: %s", deviation_says(planted), found, deviation_says(which));
            named[planted] = true;
        }
    for (deviation d = DEVIATION_NONE + 1; d < DEVIATION_COUNT; d++)
        n += named[d];
    assert_int_equal(n, DEVIATION_COUNT - 1);
    assert_true(n >= 25);
}

static void honest_sessions_are_silent(void **state)
{
    (void)state;
    planted = DEVIATION_NONE;
    for (unsigned i = 0; i < HONEST_SESSIONS; i++) {
        static const prim_hash hashes[] = {PRIM_SHA256, PRIM_SHA512, PRIM_BLAKE2S, PRIM_BLAKE2B};
        const nz_suite suite = {(nz_pattern)(i % 4), i / 4 % 2 ? PRIM_AESGCM : PRIM_CHACHAPOLY, hashes[i / 8 % 4]};
        deviation which;
        play *p = play_session(suite, i % 3 ? "prologue" : "", 1000 + i);
        know(p, i % 5 < 3, i % 5 > 1);
        assert_int_equal(diagnose(&p->s, &which), DIAGNOSIS_HONEST);
        assert_int_equal(which, DEVIATION_NONE);
    }
}

static void what_no_deviation_explains_is_not_explained(void **state)
{
    deviation which;
    (void)state;
    planted = DEVIATION_NONE;
    play *p = play_session((nz_suite){NZ_XX, PRIM_AESGCM, PRIM_SHA256}, "", 7);
    know(p, true, false);
    p->bytes[1][40] ^= 1;
    assert_int_equal(diagnose(&p->s, &which), DIAGNOSIS_UNKNOWN);
    p->bytes[1][40] ^= 1;
    know(p, false, false); /* without a secret nothing is decided */
    assert_int_equal(diagnose(&p->s, &which), DIAGNOSIS_UNKNOWN);
    know(p, true, true);
    p->s.message[1] = span_first(p->s.message[1], 20);
    assert_int_equal(diagnose(&p->s, &which), DIAGNOSIS_UNKNOWN);
    p->s.n_messages = 0;
    assert_int_equal(diagnose(&p->s, &which), DIAGNOSIS_UNKNOWN);
}

/* ---- a library behind its door ---- */

static void call(const parley_impl *impl, overheard *o, const shim_request *request, shim_reply *reply)
{
    static uint8_t room[4096];
    reply->room = WRITER(room);
    assert_int_equal(shim_ask(impl, request, reply), SHIM_ANSWERED);
    assert_int_equal(reply->answer, SHIM_OK);
    overheard_call(o, request, reply);
}

/* Our own adapter as responder of XX, over the provider that lies: message 1 is read, message 2 written. */
static const char *diagnosis_of_responder(void)
{
    static const uint8_t s[32] = {1}, e[32] = {2}, other[32] = {3};
    static overheard o;
    const prim provider = liar();
    uint8_t share[32];
    reference_adapter adapter;
    shim_request request;
    shim_reply reply;
    int64_t h = 0;
    reference_adapter_start(&adapter, &provider, NULL);
    const parley_impl impl = reference_adapter_impl(&adapter);
    overheard_start(&o);
    shim_request_start(&request, "nz.init");
    shim_put_text(&request.in, "role", span_text("r"));
    shim_put_text(&request.in, "name", span_text("Noise_XX_25519_ChaChaPoly_SHA256"));
    shim_put_bytes(&request.in, "prologue", span_text("p"));
    shim_put_bytes(&request.in, "s", SPAN(s));
    shim_put_bytes(&request.in, "e", SPAN(e));
    call(&impl, &o, &request, &reply);
    assert_true(shim_int(&reply.out, "h", &h));
    shim_request_start(&request, "nz.read");
    shim_put_int(&request.in, "h", h);
    prim_openssl.x25519_public(other, share);
    shim_put_bytes(&request.in, "msg", SPAN(share));
    call(&impl, &o, &request, &reply);
    shim_request_start(&request, "nz.write");
    shim_put_int(&request.in, "h", h);
    shim_put_bytes(&request.in, "payload", span_text("evidence"));
    call(&impl, &o, &request, &reply);
    reference_adapter_reset(&adapter);
    return overheard_diagnosis(&o);
}

static void what_a_library_writes_is_diagnosed(void **state)
{
    static const deviation some[] = {DEVIATION_HKDF_SWAPPED, DEVIATION_AD_NONE, DEVIATION_AGREEMENT_REVERSED, DEVIATION_HASH_PLAINTEXT,
                                     DEVIATION_TAG_FIRST};
    (void)state;
    planted = DEVIATION_NONE;
    assert_null(diagnosis_of_responder());
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        planted = some[i];
        assert_string_equal(diagnosis_of_responder(), deviation_says(some[i]));
    }
}

/* ---- failures that show nothing themselves ---- */

static void add_failure(results *run, const char *id, const char *note)
{
    results_add(run, &(result){.case_id = id, .check = "verdict", .rev = 1, .outcome = OUTCOME_FAIL, .req = "NZ-002", .note = note});
}

static const char *note_of(const results *run, const char *id) { return results_find(run, id, "verdict")->note; }

static void the_one_diagnosis_is_shared(void **state)
{
    results run;
    (void)state;
    results_start(&run, &(results_head){.suite = "0.1.0"});
    add_failure(&run, "nz.read.a", NOTHING_SEALED);
    add_failure(&run, "nz.read.b", "another note");
    suspects_share_diagnosis(&run, NULL);
    assert_string_equal(note_of(&run, "nz.read.a"), NOTHING_SEALED);
    assert_true(suspects_want_diagnosis(&run));
    suspects_share_diagnosis(&run, DIAGNOSIS_NOTE "one");
    assert_string_equal(note_of(&run, "nz.read.a"), DIAGNOSIS_NOTE "one");
    assert_string_equal(note_of(&run, "nz.read.b"), "another note");
    assert_false(suspects_want_diagnosis(&run));
    add_failure(&run, "nz.read.c", NOTHING_SEALED);
    suspects_share_diagnosis(&run, NULL);
    assert_string_equal(note_of(&run, "nz.read.c"), DIAGNOSIS_NOTE "one");
    results_free(&run);
}

static void of_several_diagnoses_none_is_shared(void **state)
{
    results run;
    (void)state;
    results_start(&run, &(results_head){.suite = "0.1.0"});
    add_failure(&run, "nz.read.a", DIAGNOSIS_NOTE "one");
    add_failure(&run, "nz.read.b", DIAGNOSIS_NOTE "another");
    add_failure(&run, "nz.read.c", NOTHING_SEALED);
    suspects_share_diagnosis(&run, NULL);
    assert_string_equal(note_of(&run, "nz.read.c"), NOTHING_SEALED);
    assert_false(suspects_want_diagnosis(&run));
    results_free(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_library_writes_is_diagnosed),  cmocka_unit_test(the_one_diagnosis_is_shared),
        cmocka_unit_test(of_several_diagnoses_none_is_shared), cmocka_unit_test(each_planted_deviation_is_named),
        cmocka_unit_test(honest_sessions_are_silent),          cmocka_unit_test(what_no_deviation_explains_is_not_explained)};
    prim_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
