/* Sessions of profile signal behind a library that is careless about them: what it forgets, keeps or does not compare is put into its state around
 * an honest call, or the honest call is made once more with what it would have had to be. */
#include "planted.h"
#include "signal_device.h"
#include "signal_message.h"

#include <string.h>

typedef struct patient {
    const parley_impl *library;
    player *now;
    player before; /* as it was when it was asked */
} patient;

static patient p; /* large */

/* ---- what is kept or forgotten ---- */

static rt_receiving *newest(player *d) { return &d->session.state.ratchet.secret.receiving[0]; }

static void after_sending(void)
{
    rt_ratchet *r = &p.now->session.state.ratchet;
    if (CARELESS(sending_chain_kept))
        r->secret.sending = p.before.session.state.ratchet.secret.sending;
}

static bool turned(void)
{
    const rt_ratchet *was = &p.before.session.state.ratchet, *is = &p.now->session.state.ratchet;
    return memcmp(was->secret.own.share, is->secret.own.share, 32) != 0;
}

/* Whether the message that was just opened skipped others of its chain. */
static bool skipped(void)
{
    const rt_receiving *was = newest(&p.before), *is = newest(p.now);
    return memcmp(was->ratchet, is->ratchet, 32) == 0 && is->chain.n > was->chain.n + 1;
}

static void keep_skipped_keys(void)
{
    memcpy(p.now->kept, p.before.kept, sizeof p.now->kept);
    memcpy(p.now->session.kept.used, p.before.session.kept.used, sizeof p.now->session.kept.used);
}

static void keep_skipped_pq_keys(void)
{
    memcpy(p.now->pq_kept, p.before.pq_kept, sizeof p.now->pq_kept);
    memcpy(p.now->session.pq_kept.label, p.before.session.pq_kept.label, sizeof p.now->session.pq_kept.label);
}

static bool took_a_kept_key(void) { return memcmp(newest(&p.before)->chain.key, newest(p.now)->chain.key, 32) == 0; }

static void after_receiving(void)
{
    rt_ratchet *r = &p.now->session.state.ratchet;
    if (CARELESS(root_kept) && turned())
        memcpy(r->secret.root, p.before.session.state.ratchet.secret.root, 32);
    if (CARELESS(pair_kept) && turned())
        r->secret.own = p.before.session.state.ratchet.secret.own;
    if (CARELESS(chain_kept_after_skip) && skipped()) {
        newest(p.now)->chain = newest(&p.before)->chain;
        keep_skipped_keys();
    }
    if (CARELESS(skipped_keys_kept) && took_a_kept_key())
        keep_skipped_keys();
    if (CARELESS(skipped_pq_keys_kept) && took_a_kept_key())
        keep_skipped_pq_keys();
    if (CARELESS(last_resort_forgotten))
        p.now->n_uses = 0;
    if (CARELESS(one_time_kept))
        p.now->has_one_time = true;
}

/* ---- what is not compared ---- */

static bool is_refused(const shim_reply *reply, const char *sentence)
{
    span detail = EMPTY;
    return reply->answer == SHIM_REJ && shim_text(&reply->out, "detail", &detail) && span_is(detail, sentence);
}

static void ask_again(const shim_request *r, shim_reply *reply)
{
    reply->room.n = 0;
    shim_reply_start(reply);
    p.library->call(p.library->ctx, r, reply);
}

/* The keys of a message of the session, which is left as it is. */
static bool keys_of(const sg_inner *m, uint8_t keys[RT_MESSAGE_KEYS])
{
    static rt_step one;
    static pq_step two;
    static const uint8_t coins[32] = {1};
    const sg_session *s = &p.now->session;
    const rt_world w = {p.now->prim, sg_policy(s->state.version), SPAN(coins)};
    rt_header h = {.n = (uint32_t)m->counter.v, .previous = (uint32_t)m->previous_counter.v};
    if (!accepted(sg_read_point(RT_COMPAT, m->ratchet_key.v, h.ratchet)) ||
        !accepted(rt_prepare(&s->state.ratchet, &s->kept, &w, &h, &one)))
        return false;
    const bool both = accepted(pq_prepare(&s->state.pq, &s->pq_kept, &w, m->pq_ratchet, &two));
    if (both)
        rt_message_keys(&w, one.seed, span_of(two.key, two.n_key), keys);
    rt_abandon(&one);
    pq_abandon(&two);
    return both;
}

/* The MAC that the message would have to have. */
static bool mac_of(span message, uint8_t mac[32])
{
    sg_inner m;
    uint8_t keys[RT_MESSAGE_KEYS], own[SG_POINT], theirs[SG_POINT];
    const sg_state *st = &p.now->session.state;
    writer a = WRITER(own), b = WRITER(theirs);
    if (!accepted(sg_read_inner(RT_COMPAT, span_of(message.p + 1, message.n - 1 - SG_MAC), &m)) || !keys_of(&m, keys))
        return false;
    sg_write_point(&a, st->own_identity);
    sg_write_point(&b, st->their_identity);
    const span parts[] = {SPAN(theirs), SPAN(own), span_first(message, message.n - SG_MAC)};
    p.now->prim->hmac(PRIM_SHA256, span_of(keys + 32, 32), parts, 3, mac);
    return true;
}

/* A comparison of n bytes of the MAC, from `at`. */
static void compare_mac(const shim_request *r, shim_reply *reply, size_t at, size_t n)
{
    static uint8_t bytes[8192];
    writer w = WRITER(bytes);
    uint8_t mac[32];
    span message;
    shim_request again = *r;
    if (!shim_bytes(&r->in, "message", &w, &message) || message.n > sizeof bytes || message.n < 9)
        return;
    memmove(bytes, message.p, message.n);
    uint8_t *got = bytes + message.n - SG_MAC;
    if (!mac_of(span_of(bytes, message.n), mac) || memcmp(mac + at, got + at, n) != 0)
        return;
    memcpy(got, mac, SG_MAC);
    for (size_t i = 0; i < again.in.n; i++)
        if (span_is(again.in.at[i].key, "message"))
            again.in.at[i] = (shim_pair){.key = span_text("message"), .type = SHIM_BYTES, .value = span_of(bytes, message.n)};
    ask_again(&again, reply);
}

/* The last chunk of a payload that ends in a MAC is taken when 8 bytes of it fit: the decoder then has the right one already. */
static void compare_first_8(const shim_request *r, shim_reply *reply, const uint8_t mac[32])
{
    static uint8_t bytes[8192];
    writer w = WRITER(bytes);
    sg_inner m;
    span message;
    pq_decoder *in = &p.now->session.state.pq.braid.in;
    if (!shim_bytes(&r->in, "message", &w, &message) || message.n < 10 ||
        !accepted(sg_read_inner(RT_COMPAT, span_of(message.p + 1, message.n - 1 - SG_MAC), &m)) || m.pq_ratchet.v.n < PQ_CHUNK ||
        memcmp(m.pq_ratchet.v.p + m.pq_ratchet.v.n - PQ_CHUNK, mac, 8) != 0)
        return;
    in->index[in->have] = (uint16_t)(in->need - 1);
    memcpy(in->chunk[in->have++], mac, PQ_CHUNK);
    ask_again(r, reply);
}

static void compare_header(const shim_request *r, shim_reply *reply)
{
    const pq_braid *b = &p.now->session.state.pq.braid;
    uint8_t header[MLKEM_HEADER], mac[32];
    memcpy(header, b->in.chunk[0], 32);
    memcpy(header + 32, b->in.chunk[1], 32);
    pq_auth_header(p.now->prim, &b->secret.auth, b->epoch, header, mac);
    compare_first_8(r, reply, mac);
}

static void compare_ciphertext(const shim_request *r, shim_reply *reply)
{
    const pq_braid *b = &p.now->session.state.pq.braid;
    const mlkem_sizes *n = mlkem_sizes_of(MLKEM_768);
    pq_authenticator auth = b->secret.auth;
    uint8_t ct[MLKEM_CT_MAX], shared[32], secret[32], mac[32];
    memcpy(ct, b->ct1, n->ct1);
    for (unsigned i = 0; i < 4; i++)
        memcpy(ct + n->ct1 + (size_t)32 * i, b->in.chunk[i], 32);
    mlkem_decaps(MLKEM_768, SPAN(b->secret.dk), span_of(ct, n->ct), shared);
    pq_epoch_secret(p.now->prim, b->epoch, shared, secret);
    pq_auth_update(p.now->prim, &auth, b->epoch, SPAN(secret));
    pq_auth_ciphertext(p.now->prim, &auth, b->epoch, SPAN(b->ct1), span_of(ct + n->ct1, n->ct2), mac);
    compare_first_8(r, reply, mac);
}

/* Without the post-quantum part, or with its index 0, as if the session might do without. */
static void do_without(const shim_request *r, shim_reply *reply)
{
    pq_peer *pq = &p.now->session.state.pq;
    pq->least = PQ_V0;
    pq->heard = false;
    ask_again(r, reply);
}

static void take_any_address(const shim_request *r, shim_reply *reply)
{
    static uint8_t bytes[8192];
    writer w = WRITER(bytes);
    sg_outer o;
    sg_inner m;
    span message;
    player *d = p.now;
    if (!shim_bytes(&r->in, "message", &w, &message) || !accepted(sg_read_outer(RT_COMPAT, 4, span_from(message, 1), &o)) ||
        !accepted(sg_read_inner(RT_COMPAT, span_of(o.message.v.p + 1, o.message.v.n - 1 - SG_MAC), &m)))
        return;
    span_take(m.addresses.v, d->their_address, SG_ADDRESS);
    span_take(span_from(m.addresses.v, SG_ADDRESS), d->address, SG_ADDRESS);
    ask_again(r, reply);
}

static void instead_of_comparing(const shim_request *r, shim_reply *reply)
{
    if (CARELESS(mac_first_4) && is_refused(reply, "SG-042"))
        compare_mac(r, reply, 0, 4);
    if (CARELESS(mac_last_4) && is_refused(reply, "SG-042"))
        compare_mac(r, reply, 4, 4);
    if (CARELESS(header_mac_first_8) && is_refused(reply, "RT-071"))
        compare_header(r, reply);
    if (CARELESS(ciphertext_mac_first_8) && is_refused(reply, "RT-073"))
        compare_ciphertext(r, reply);
    if ((CARELESS(absent_pq_taken) && is_refused(reply, "RT-049")) || (CARELESS(index_0_taken) && is_refused(reply, "RT-052")))
        do_without(r, reply);
    if (CARELESS(addresses_not_compared) && is_refused(reply, "SG-043"))
        take_any_address(r, reply);
}

/* ---- what comes too late ---- */

static bool verifies_all(const uint8_t key[32], span message, const uint8_t signature[64])
{
    (void)key, (void)message, (void)signature;
    return true;
}

/* The session is there before its bundle's signatures are looked at: the refusal is right, the session stays. */
static void use_before_verifying(const shim_request *r, const shim_reply *reply)
{
    static uint8_t room[4096];
    shim_reply unheard = {.room = WRITER(room)};
    const prim *const lib = p.now->prim;
    if (!is_refused(reply, "SG-021") && !is_refused(reply, "SG-022"))
        return;
    prim believes = *lib;
    believes.ed25519_verify = verifies_all;
    p.now->prim = &believes;
    shim_reply_start(&unheard);
    p.library->call(p.library->ctx, r, &unheard);
    p.now->prim = lib;
}

/* The coins of the first time that a state drew serve for the next times too. */
static const uint8_t *first_coins(player *d, pq_state draws)
{
    static uint8_t first[64];
    static uint64_t of_epoch;
    const pq_braid *b = &d->session.state.pq.braid;
    if (b->state != draws)
        return NULL;
    if (b->epoch <= 2) {
        of_epoch = b->epoch;
        player_secret(d, "pq_coins", first, sizeof first);
    }
    return of_epoch < b->epoch ? first : NULL;
}

static const uint8_t *reused_coins(player *d)
{
    if (CARELESS(kem_pair_reused))
        return first_coins(d, PQ_KEYS_UNSAMPLED);
    return CARELESS(encapsulation_reused) ? first_coins(d, PQ_HEADER_RECEIVED) : NULL;
}

void planted_before_session(const parley_impl *library, shim_request *r)
{
    int64_t h = 0;
    p.library = library;
    p.now = r->op.n > 3 && memcmp(r->op.p, "rt.", 3) == 0 && shim_int(&r->in, "h", &h) ? signal_player_of(library->ctx, h) : NULL;
    if (!p.now)
        return;
    p.before = *p.now;
    const uint8_t *coins = span_is(r->op, "rt.send") ? reused_coins(p.now) : NULL;
    if (coins)
        shim_put_bytes(&r->in, "pq_coins", span_of(coins, 64));
}

void planted_after_session(const shim_request *r, shim_reply *reply)
{
    if (!p.now)
        return;
    if (CARELESS(signature_after_use) && span_is(r->op, "rt.start"))
        use_before_verifying(r, reply);
    if (span_is(r->op, "rt.receive"))
        instead_of_comparing(r, reply);
    if (reply->answer == SHIM_OK && span_is(r->op, "rt.send"))
        after_sending();
    if (reply->answer == SHIM_OK && span_is(r->op, "rt.receive"))
        after_receiving();
}
