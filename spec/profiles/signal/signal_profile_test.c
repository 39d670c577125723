#include "signal_message.h"
#include "signal_record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define YES(v)    assert_int_equal((v).req, REQ_NONE)
#define IS(v, ID) assert_int_equal((v).req, REQ_##ID)

enum { A, B, ROOM = 4096, KEM_ID = 33, SIGNED_ID = 22, ONE_TIME_ID = 11 };

/* ---- two devices ---- */

typedef struct device {
    const prim *prim;
    sg_account account;
    sg_session session;
    rt_skipped *slots, *pq_slots;
    sg_settings settings;
    sg_coins coins;
    int64_t now;
    sg_key signed_prekey, one_time;
    sg_kem_key kem;
    uint8_t kem_public[SG_KEM_KEY], kem_secret[SG_KEM_SECRET];
    sg_use uses[4];
    size_t n_uses;
    bool one_time_gone;
    uint64_t drawn;
    span address, their_address, their_identity;
} device;

typedef struct published {
    uint8_t identity[SG_POINT], signed_prekey[SG_POINT], one_time[SG_POINT], signed_signature[64], kem_signature[64];
    sg_bundle bundle;
} published;

typedef struct letter {
    uint8_t bytes[ROOM];
    size_t n;
    bool first;
} letter;

static device devices[2];
static published of_b;
static uint8_t text_room[ROOM];
static size_t n_text;

static const sg_settings v4 = {RT_STRICT, PQ_V1, PQ_V1}, v4_compat = {RT_COMPAT, PQ_V1, PQ_V1}, v4_without = {RT_STRICT, PQ_V0, PQ_V0};

static void draw(device *d)
{
    uint8_t *out = (uint8_t *)&d->coins;
    for (size_t i = 0; i < sizeof d->coins; i += 32) {
        uint64_t seed[2] = {(uint64_t)(d - devices), ++d->drawn};
        prim_digest(&prim_sodium, PRIM_SHA256, SPAN(seed), out + i);
    }
}

static void makes_keys(device *d)
{
    draw(d);
    memcpy(d->account.identity_secret, d->coins.base, 32);
    memcpy(d->signed_prekey.secret, d->coins.ratchet, 32);
    memcpy(d->one_time.secret, d->coins.kem, 32);
    d->account.registration_id = 1000 + (uint32_t)(d - devices);
    d->signed_prekey.id = SIGNED_ID;
    d->one_time.id = ONE_TIME_ID;
    d->kem_public[0] = 0x08;
    kyber_keygen(MLKEM_1024, d->coins.pq, d->coins.pq + 32, d->kem_public + 1, d->kem_secret);
    d->kem = (sg_kem_key){KEM_ID, d->kem_secret};
}

static void starts_as(const sg_settings *a, const sg_settings *b)
{
    for (device *d = devices; d < devices + 2; d++) {
        rt_skipped *slots = d->slots, *pq_slots = d->pq_slots;
        memset(d, 0, sizeof *d);
        d->slots = slots ? slots : calloc(RT_CHAINS_MAX * 2000, sizeof *slots);
        d->pq_slots = pq_slots ? pq_slots : calloc(PQ_EPOCHS * 2001, sizeof *pq_slots);
        must(d->slots && d->pq_slots);
        d->session.kept.slots = d->slots;
        d->session.pq_kept.slots = d->pq_slots;
        d->prim = d == devices ? &prim_sodium : &prim_openssl;
        d->settings = d == devices ? *a : *b;
        makes_keys(d);
    }
}

static sg_prekeys prekeys_of(const device *d) { return (sg_prekeys){&d->signed_prekey, &d->one_time, &d->kem, 1, !d->one_time_gone, 1}; }

#define WORLD(w, d)                         \
    const sg_prekeys keys_ = prekeys_of(d); \
    draw(d);                                \
    d->account.address = d->address;        \
    const sg_world w = {d->prim, d->now, &d->coins, &d->account, d->their_address, d->their_identity, &keys_, d->uses, d->n_uses}

static void encode(const prim *p, const uint8_t secret[32], uint8_t out[SG_POINT])
{
    uint8_t u[32];
    writer w = writer_of(out, SG_POINT);
    p->x25519_public(secret, u);
    sg_write_point(&w, u);
}

static void publishes(device *d, published *p, bool one_time, bool kem)
{
    encode(d->prim, d->account.identity_secret, p->identity);
    encode(d->prim, d->signed_prekey.secret, p->signed_prekey);
    encode(d->prim, d->one_time.secret, p->one_time);
    draw(d);
    rt_sign(d->prim, d->settings.mode, d->account.identity_secret, SPAN(p->signed_prekey), d->coins.pq, p->signed_signature);
    draw(d);
    rt_sign(d->prim, d->settings.mode, d->account.identity_secret, SPAN(d->kem_public), d->coins.pq, p->kem_signature);
    p->bundle = (sg_bundle){d->account.registration_id,
                            SPAN(p->identity),
                            SIGNED_ID,
                            SPAN(p->signed_prekey),
                            SPAN(p->signed_signature),
                            one_time,
                            ONE_TIME_ID,
                            SPAN(p->one_time),
                            kem,
                            KEM_ID,
                            SPAN(d->kem_public),
                            SPAN(p->kem_signature)};
}

static verdict initiates(device *d, const sg_bundle *b)
{
    WORLD(w, d);
    return sg_initiate(&d->session, &d->settings, &w, b);
}

static verdict writes(device *d, const char *text, letter *l)
{
    WORLD(w, d);
    sg_effects out = {.message = WRITER(l->bytes)};
    l->first = sg_sends_first(&d->session);
    const verdict v = sg_send(&d->session, &w, span_text(text), &out);
    l->n = out.message.n;
    return v;
}

static verdict reads(device *d, const letter *l)
{
    WORLD(w, d);
    sg_effects out = {.text = WRITER(text_room)};
    const verdict v = sg_receive(&d->session, &d->settings, &w, l->first, span_of(l->bytes, l->n), &out);
    n_text = out.text.n;
    d->one_time_gone = d->one_time_gone || out.used_one_time;
    if (out.used_kem)
        d->uses[d->n_uses++ % 4] = out.use;
    return v;
}

static bool got(const char *text) { return span_is(span_of(text_room, n_text), text); }

static letter says(int from, const char *text)
{
    letter l;
    YES(writes(&devices[from], text, &l));
    return l;
}

static void passes(int from, const char *text)
{
    const letter l = says(from, text);
    YES(reads(&devices[!from], &l));
    assert_true(got(text));
}

static void begins(const sg_settings *a, const sg_settings *b, bool one_time, bool kem)
{
    starts_as(a, b);
    publishes(&devices[B], &of_b, one_time, kem);
    YES(initiates(&devices[A], &of_b.bundle));
}

static void talks(void)
{
    begins(&v4, &v4, true, true);
    passes(A, "hello");
    passes(B, "hello yourself");
    passes(A, "how are you?");
}

/* ---- honest runs ---- */

static void each_version_and_mode_holds_a_conversation(void **state)
{
    (void)state;
    static const sg_settings all[] = {
        {RT_STRICT, PQ_V1, PQ_V1}, {RT_COMPAT, PQ_V1, PQ_V1}, {RT_COMPAT, PQ_V1, PQ_V0}, {RT_STRICT, PQ_V0, PQ_V0}};
    for (unsigned i = 0; i < 16; i++) {
        begins(&all[i % 4], &all[i % 4], i & 4, i & 8);
        assert_true(sg_sends_first(&devices[A].session));
        passes(A, "first"), passes(A, "second");
        passes(B, "an answer");
        assert_false(sg_sends_first(&devices[A].session));
        for (int n = 0; n < 60; n++)
            passes(A, "ping"), passes(B, "");
        assert_int_equal(devices[A].session.state.version, i & 8 ? 4 : 3);
    }
}

static void a_compat_device_and_a_strict_one_understand_each_other(void **state)
{
    (void)state;
    begins(&v4, &v4_compat, true, true);
    for (int n = 0; n < 60; n++)
        passes(A, "ping"), passes(A, "ping"), passes(B, "pong");
    begins(&v4_compat, &v4, true, true);
    for (int n = 0; n < 60; n++)
        passes(A, "ping"), passes(A, "ping"), passes(B, "pong");
}

static void the_first_message_has_the_length_of_the_deployed_one(void **state)
{
    (void)state;
    begins(&v4, &v4, true, true);
    assert_int_equal(says(A, "hello").n, 1759); /* 1762 with longer ids */
    uint8_t a[SG_ADDRESS] = {0, 1}, b[SG_ADDRESS] = {0, 2};
    devices[A].address = SPAN(a), devices[A].their_address = SPAN(b);
    assert_int_equal(says(A, "hello").n, 1798);
}

static void messages_open_in_any_order(void **state)
{
    (void)state;
    letter l[6];
    talks();
    for (int i = 0; i < 3; i++)
        l[i] = says(A, "before");
    passes(B, "a turn");
    for (int i = 3; i < 6; i++)
        l[i] = says(A, "after");
    for (int i = 5; i >= 0; i--) {
        YES(reads(&devices[B], &l[i]));
        assert_true(got(i < 3 ? "before" : "after"));
        assert_false(accepted(reads(&devices[B], &l[i])));
    }
}

static void a_first_message_may_come_twice_late_and_out_of_order(void **state)
{
    (void)state;
    begins(&v4, &v4, true, true);
    const letter one = says(A, "one"), two = says(A, "two");
    YES(reads(&devices[B], &two));
    YES(reads(&devices[B], &one));
    IS(reads(&devices[B], &one), RT_030);
    passes(B, "an answer");
}

static void a_one_time_prekey_is_used_up_by_success_only(void **state)
{
    (void)state;
    begins(&v4, &v4, true, true);
    letter l = says(A, "hello");
    l.bytes[l.n - 1] ^= 1;
    IS(reads(&devices[B], &l), SG_042);
    assert_false(devices[B].one_time_gone);
    assert_int_equal(devices[B].session.state.version, 0);
    l.bytes[l.n - 1] ^= 1;
    YES(reads(&devices[B], &l));
    assert_true(devices[B].one_time_gone);
    sg_close(&devices[B].session);
    IS(reads(&devices[B], &l), SG_051);
}

static void sg_053_a_kem_prekey_of_last_resort_does_not_meet_one_base_key_twice(void **state)
{
    (void)state;
    begins(&v4, &v4, false, true);
    const letter l = says(A, "hello");
    YES(reads(&devices[B], &l));
    sg_close(&devices[B].session);
    IS(reads(&devices[B], &l), SG_053);
    devices[B].settings = v4_compat;
    YES(reads(&devices[B], &l));
    devices[B].settings = v4;
    YES(initiates(&devices[A], &of_b.bundle));
    passes(A, "another base key");
}

/* ---- each byte ---- */

static void every_changed_byte_of_a_message_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    talks();
    letter l = says(A, "a text");
    for (size_t i = 0; i < l.n; i++) {
        const sg_state before = devices[B].session.state;
        l.bytes[i] ^= 0x41;
        assert_false(accepted(reads(&devices[B], &l)));
        assert_memory_equal(&before, &devices[B].session.state, sizeof before);
        assert_int_equal(n_text, 0);
        l.bytes[i] ^= 0x41;
    }
    YES(reads(&devices[B], &l));
    passes(B, "still there");
}

static void every_shortened_message_is_refused(void **state)
{
    (void)state;
    talks();
    letter l = says(A, "a text");
    const size_t n = l.n;
    for (l.n = 0; l.n < n; l.n++)
        assert_false(accepted(reads(&devices[B], &l)));
    YES(reads(&devices[B], &l));
}

static void every_shortened_first_message_is_refused(void **state)
{
    (void)state;
    begins(&v4, &v4, true, true);
    letter l = says(A, "a text");
    const size_t n = l.n;
    for (l.n = 0; l.n < n; l.n += l.n < 100 || l.n + 100 > n ? 1 : 17)
        assert_false(accepted(reads(&devices[B], &l)));
    l.n = n;
    YES(reads(&devices[B], &l));
}

/* ---- bundles ---- */

static void sg_020_to_024_a_bundle_that_is_not_right_is_refused(void **state)
{
    (void)state;
    uint8_t other[32] = {1};
    begins(&v4, &v4, true, true);
    devices[A].their_identity = SPAN(other);
    IS(initiates(&devices[A], &of_b.bundle), SG_020);
    devices[A].their_identity = EMPTY;
    of_b.signed_signature[3] ^= 1;
    IS(initiates(&devices[A], &of_b.bundle), SG_021);
    of_b.signed_signature[3] ^= 1;
    of_b.kem_signature[3] ^= 1;
    IS(initiates(&devices[A], &of_b.bundle), SG_022);
    of_b.kem_signature[3] ^= 1;
    YES(initiates(&devices[A], &of_b.bundle));
}

static void signs_kem(void)
{
    rt_sign(&prim_sodium, RT_STRICT, devices[B].account.identity_secret, SPAN(devices[B].kem_public), devices[B].coins.pq,
            of_b.kem_signature);
}

static void sg_023_and_024_a_signed_kem_key_has_to_be_one(void **state)
{
    (void)state;
    begins(&v4, &v4, true, true);
    devices[B].kem_public[0] = 0x0a;
    signs_kem();
    IS(initiates(&devices[A], &of_b.bundle), SG_023);
    devices[B].kem_public[0] = 0x08;
    memset(devices[B].kem_public + 1, 0xff, 3);
    signs_kem();
    IS(initiates(&devices[A], &of_b.bundle), SG_024);
    devices[A].settings = v4_compat;
    YES(initiates(&devices[A], &of_b.bundle));
}

static void low_order_keys_are_refused_everywhere(void **state)
{
    (void)state;
    begins(&v4, &v4, true, true);
    memset(of_b.one_time + 1, 0, 32);
    IS(initiates(&devices[A], &of_b.bundle), RT_019);
    memset(of_b.identity + 1, 0, 32);
    assert_false(accepted(initiates(&devices[A], &of_b.bundle)));
}

/* ---- time and limits ---- */

static void sg_037_a_session_without_an_answer_ends_after_30_days(void **state)
{
    (void)state;
    letter l;
    begins(&v4, &v4, true, true);
    devices[A].now += SG_PENDING_MAX;
    YES(writes(&devices[A], "just in time", &l));
    devices[A].now += 1;
    IS(writes(&devices[A], "too late", &l), SG_037);
}

static void both_ratchets_must_allow_a_jump(void **state)
{
    (void)state;
    letter l;
    talks();
    for (int i = 0; i < 25000; i++)
        l = says(A, "x");
    const letter beyond = says(A, "y");
    IS(reads(&devices[B], &beyond), RT_083);
    YES(reads(&devices[B], &l));
    YES(reads(&devices[B], &beyond));
}

static void the_newest_2000_skipped_messages_open(void **state)
{
    (void)state;
    static letter l[2003];
    talks();
    for (int i = 0; i < 2003; i++)
        l[i] = says(A, "x");
    YES(reads(&devices[B], &l[2002]));
    IS(reads(&devices[B], &l[1]), RT_030);
    for (int i = 2; i < 2002; i++)
        YES(reads(&devices[B], &l[i]));
}

/* ---- compat ---- */

static void strict_decoding_is_a_matter_of_mode(void **state)
{
    (void)state;
    static const sg_settings *const modes[] = {&v4, &v4_compat};
    for (int i = 0; i < 2; i++) {
        begins(modes[i], modes[i], true, true);
        letter l = says(A, "hello");
        memcpy(l.bytes + l.n, "\x78\x01", 2); /* an unknown field 15 behind the rest */
        l.n += 2;
        if (i)
            YES(reads(&devices[B], &l));
        else
            IS(reads(&devices[B], &l), SG_011);
    }
}

static void addresses_are_compared_when_they_are_there(void **state)
{
    (void)state;
    uint8_t a[SG_ADDRESS] = {0, 1}, b[SG_ADDRESS] = {0, 2}, c[SG_ADDRESS] = {0, 3};
    begins(&v4, &v4, true, true);
    devices[A].address = SPAN(a), devices[A].their_address = SPAN(b);
    devices[B].address = SPAN(b), devices[B].their_address = SPAN(a);
    letter l = says(A, "hello");
    devices[B].their_address = SPAN(c);
    IS(reads(&devices[B], &l), SG_043);
    devices[B].their_address = EMPTY;
    IS(reads(&devices[B], &l), SG_043);
    devices[B].their_address = SPAN(a);
    YES(reads(&devices[B], &l));
}

/* ---- saving ---- */

static uint8_t saved_room[SG_SAVED_MAX];

static span saves(const device *d, uint64_t *newest)
{
    writer w = WRITER(saved_room);
    assert_true(sg_save(&d->session, newest, &w));
    return written(&w);
}

static verdict takes_up(device *d, uint64_t newest, span saved)
{
    sg_close(&d->session);
    return sg_restore(&d->session, d->prim, newest, saved);
}

static void a_saved_session_goes_on(void **state)
{
    (void)state;
    uint64_t newest[2] = {7, 0};
    talks();
    const letter held = says(A, "held back");
    for (int i = 0; i < 100; i++) {
        passes(A, "ping"), passes(B, "pong");
        for (int d = 0; d < 2; d++) {
            const span saved = saves(&devices[d], &newest[d]);
            YES(takes_up(&devices[d], newest[d], saved));
        }
    }
    assert_int_equal(newest[A], 107);
    assert_true(devices[A].session.state.pq.braid.epoch > 2);
    const letter late = says(A, "held for a moment");
    passes(A, "next");
    const span saved = saves(&devices[B], &newest[B]);
    YES(takes_up(&devices[B], newest[B], saved));
    YES(reads(&devices[B], &late));
    assert_false(accepted(reads(&devices[B], &held))); /* a hundred turns old */
}

static void sg_061_an_old_state_is_refused_in_strict_mode_and_taken_in_compat_mode(void **state)
{
    (void)state;
    static const sg_settings *const modes[] = {&v4, &v4_compat};
    for (int i = 0; i < 2; i++) {
        static uint8_t first[SG_SAVED_MAX];
        uint64_t newest = 0;
        begins(modes[i], modes[i], true, true);
        passes(A, "hello"), passes(B, "hello yourself");
        const span one = saves(&devices[A], &newest);
        memcpy(first, one.p, one.n);
        passes(A, "more");
        const span two = saves(&devices[A], &newest);
        const verdict v = takes_up(&devices[A], newest, span_of(first, one.n));
        assert_int_equal(v.req, i ? REQ_NONE : REQ_SG_061);
        YES(takes_up(&devices[A], newest, two));
        passes(A, "goes on");
    }
}

static void sg_063_of_two_copies_that_send_the_recipient_opens_one(void **state)
{
    (void)state;
    uint64_t newest = 0;
    talks();
    const span saved = saves(&devices[A], &newest);
    YES(takes_up(&devices[A], newest, saved));
    const letter one = says(A, "of the first copy");
    YES(takes_up(&devices[A], newest, saved));
    const letter other = says(A, "of the second copy");
    YES(reads(&devices[B], &one));
    IS(reads(&devices[B], &other), RT_030);
}

static void sg_060_a_state_that_is_cut_or_changed_is_refused_or_harmless(void **state)
{
    (void)state;
    uint64_t newest = 0;
    talks();
    says(A, "lost"), passes(A, "skips one");
    const span saved = saves(&devices[B], &newest);
    for (size_t n = 0; n < saved.n; n += n < 600 ? 1 : 97)
        IS(takes_up(&devices[B], newest, span_first(saved, n)), SG_060);
    for (size_t i = 9; i < saved.n; i += 5) {
        letter l;
        saved_room[i] ^= 0x81;
        if (accepted(takes_up(&devices[B], newest, saved)))
            (void)writes(&devices[B], "whatever", &l);
        saved_room[i] ^= 0x81;
    }
    YES(takes_up(&devices[B], newest, saved));
    passes(B, "still there");
}

static void a_state_that_has_no_room_is_not_saved(void **state)
{
    (void)state;
    uint64_t newest = 3;
    uint8_t small[100];
    writer w = WRITER(small);
    talks();
    assert_false(sg_save(&devices[A].session, &newest, &w));
    assert_int_equal(newest, 3);
    assert_int_equal(w.n, 0);
}

/* ---- several sessions ---- */

static struct {
    sg_session trial;
    sg_record record;
    rt_skipped slots[RT_CHAINS_MAX * 2000], pq_slots[PQ_EPOCHS * 2001];
    uint8_t room[SG_SAVED_MAX];
} all[2];

static void keeps_all(int i, size_t size)
{
    sg_session *t = &all[i].trial;
    memset(&all[i], 0, sizeof all[i]);
    t->kept.slots = all[i].slots;
    t->pq_kept.slots = all[i].pq_slots;
    all[i].record = (sg_record){.current = &devices[i].session, .trial = t, .room = all[i].room, .size = size};
}

static verdict starts_another(int i, const published *of)
{
    device *d = &devices[i];
    WORLD(w, d);
    return sg_record_initiate(&all[i].record, &d->settings, &w, &of->bundle);
}

static verdict takes(int i, const letter *l)
{
    device *d = &devices[i];
    WORLD(w, d);
    sg_effects out = {.text = WRITER(text_room)};
    const verdict v = sg_record_receive(&all[i].record, &d->settings, &w, l->first, span_of(l->bytes, l->n), &out);
    n_text = out.text.n;
    return v;
}

static void crosses(int from, const char *text)
{
    const letter l = says(from, text);
    YES(takes(!from, &l));
    assert_true(got(text));
}

static void two_devices_that_keep_all(size_t size)
{
    starts_as(&v4, &v4);
    publishes(&devices[B], &of_b, false, true);
    keeps_all(A, SG_SAVED_MAX);
    keeps_all(B, size);
}

static void sg_066_who_start_at_once_end_up_with_one_session(void **state)
{
    static published of_a;
    (void)state;
    two_devices_that_keep_all(SG_SAVED_MAX);
    publishes(&devices[A], &of_a, false, true);
    YES(starts_another(A, &of_b));
    YES(starts_another(B, &of_a));
    const letter from_a = says(A, "of A"), from_b = says(B, "of B"), late = says(A, "late");
    YES(takes(B, &from_a));
    YES(takes(A, &from_b));
    crosses(A, "one"), crosses(B, "two"), crosses(A, "three"), crosses(B, "four");
    assert_memory_equal(devices[A].session.state.base, devices[B].session.state.base, 32);
    YES(takes(B, &late));
    assert_true(got("late"));
    IS(takes(B, &late), RT_030);
    crosses(B, "five"), crosses(A, "six");
}

static void an_archive_that_is_full_drops_the_oldest_session(void **state)
{
    (void)state;
    two_devices_that_keep_all(30000);
    YES(starts_another(A, &of_b));
    crosses(A, "hello"), crosses(B, "hello yourself");
    const letter held = says(A, "held back");
    for (int i = 0; i < 20; i++) {
        YES(starts_another(A, &of_b));
        crosses(A, "again");
    }
    assert_in_range(all[B].record.n_archived, 2, 10);
    IS(takes(B, &held), SG_042);
    sg_record_close(&all[B].record);
    assert_true(all_zero(span_of(all[B].room, 30000)));
}

/* ---- what a stranger's message costs ---- */

static struct {
    unsigned hmacs, agreements, pairs;
} cost;

static void counted_hmac(prim_hash h, span key, const span *parts, size_t n, uint8_t *out)
{
    cost.hmacs++;
    prim_sodium.hmac(h, key, parts, n, out);
}

static void counted_agreement(const prim_pair *own, const uint8_t share[32], uint8_t out[32])
{
    cost.agreements++;
    prim_sodium.x25519(own, share, out);
}

static void counted_public(const uint8_t secret[32], uint8_t out[32])
{
    cost.pairs++;
    prim_sodium.x25519_public(secret, out);
}

/* Whoever knows no key of a session asks for as much as the limits allow: a new share, and numbers as far ahead as may be. */
static letter hostile(uint32_t n, uint32_t index, uint8_t share_byte)
{
    uint8_t share[SG_POINT] = {0x05, share_byte}, pq_room[16], block[16] = {0}, mac[SG_MAC] = {0};
    letter l = {.first = false};
    writer out = WRITER(l.bytes), pq = WRITER(pq_room);
    write_be(&pq, 1, 1);
    write_varint(&pq, 1);
    write_varint(&pq, index);
    write_be(&pq, 0, 1);
    const sg_inner m = {.ratchet_key = {true, SPAN(share)},
                        .counter = {true, n},
                        .previous_counter = {true, n},
                        .ciphertext = {true, SPAN(block)},
                        .pq_ratchet = {true, written(&pq)}};
    write_be(&out, 0x44, 1);
    layout_write(&sg_inner_layout, &m, &out);
    write_span(&out, SPAN(mac));
    l.n = out.n;
    return l;
}

static verdict costs(const letter *l)
{
    memset(&cost, 0, sizeof cost);
    return reads(&devices[B], l);
}

static void sg_048_a_flood_of_hostile_messages_costs_what_the_text_says_each(void **state)
{
    (void)state;
    prim counting = prim_sodium;
    counting.hmac = counted_hmac;
    counting.x25519 = counted_agreement;
    counting.x25519_public = counted_public;
    talks();
    devices[B].prim = &counting;
    static sg_state before;
    memcpy(&before, &devices[B].session.state, sizeof before);
    const uint32_t index = (uint32_t)before.pq.chain.secret.at[0].receiving.n + 25000;
    for (uint8_t i = 0; i < 4; i++) {
        const letter l = hostile(25000, index, (uint8_t)(9 + i));
        IS(costs(&l), SG_042);
        assert_int_equal(cost.hmacs, SG_HOSTILE_HMACS);
        assert_int_equal(cost.agreements, SG_HOSTILE_AGREEMENTS);
        assert_in_range(cost.pairs, 1, SG_HOSTILE_PAIRS);
    }
    const letter further = hostile(25001, index, 9), further_pq = hostile(0, index + 1, 9);
    IS(costs(&further), RT_028);
    assert_int_equal(cost.hmacs + cost.agreements + cost.pairs, 0);
    IS(costs(&further_pq), RT_083);
    assert_in_range(cost.hmacs, 0, 16);
    assert_memory_equal(&before, &devices[B].session.state, sizeof before);
    for (unsigned i = 0; i < RT_CHAINS_MAX; i++)
        assert_int_equal(devices[B].session.kept.used[i], 0);
    devices[B].prim = &prim_openssl;
    passes(A, "still here");
}

static void closing_leaves_nothing(void **state)
{
    (void)state;
    talks();
    says(A, "lost");
    passes(A, "x");
    sg_close(&devices[B].session);
    assert_true(all_zero(span_of(&devices[B].session.state, sizeof(sg_state))));
    assert_true(all_zero(span_of(devices[B].slots, RT_CHAINS_MAX * 2000 * sizeof(rt_skipped))));
    assert_true(all_zero(span_of(devices[B].pq_slots, PQ_EPOCHS * 2001 * sizeof(rt_skipped))));
}

int main(void)
{
    prim_start();
    (void)v4_without;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_version_and_mode_holds_a_conversation),
        cmocka_unit_test(a_compat_device_and_a_strict_one_understand_each_other),
        cmocka_unit_test(the_first_message_has_the_length_of_the_deployed_one),
        cmocka_unit_test(messages_open_in_any_order),
        cmocka_unit_test(a_first_message_may_come_twice_late_and_out_of_order),
        cmocka_unit_test(a_one_time_prekey_is_used_up_by_success_only),
        cmocka_unit_test(sg_053_a_kem_prekey_of_last_resort_does_not_meet_one_base_key_twice),
        cmocka_unit_test(every_changed_byte_of_a_message_is_refused_and_changes_nothing),
        cmocka_unit_test(every_shortened_message_is_refused),
        cmocka_unit_test(every_shortened_first_message_is_refused),
        cmocka_unit_test(sg_020_to_024_a_bundle_that_is_not_right_is_refused),
        cmocka_unit_test(sg_023_and_024_a_signed_kem_key_has_to_be_one),
        cmocka_unit_test(low_order_keys_are_refused_everywhere),
        cmocka_unit_test(sg_037_a_session_without_an_answer_ends_after_30_days),
        cmocka_unit_test(both_ratchets_must_allow_a_jump),
        cmocka_unit_test(the_newest_2000_skipped_messages_open),
        cmocka_unit_test(strict_decoding_is_a_matter_of_mode),
        cmocka_unit_test(addresses_are_compared_when_they_are_there),
        cmocka_unit_test(a_saved_session_goes_on),
        cmocka_unit_test(sg_061_an_old_state_is_refused_in_strict_mode_and_taken_in_compat_mode),
        cmocka_unit_test(sg_063_of_two_copies_that_send_the_recipient_opens_one),
        cmocka_unit_test(sg_060_a_state_that_is_cut_or_changed_is_refused_or_harmless),
        cmocka_unit_test(a_state_that_has_no_room_is_not_saved),
        cmocka_unit_test(sg_066_who_start_at_once_end_up_with_one_session),
        cmocka_unit_test(an_archive_that_is_full_drops_the_oldest_session),
        cmocka_unit_test(sg_048_a_flood_of_hostile_messages_costs_what_the_text_says_each),
        cmocka_unit_test(closing_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
