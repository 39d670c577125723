/* What a session does that no message shows. */
#include "signal_record_checks.h"
#include "signal_saved.h"
#include "signal_scene.h"

#include <string.h>

static const setting v4 = {"inside", "", "inside", RT_STRICT, PQ_V1, PQ_V1, true, true, B};

/* Two players who have said a word each; NULL when that fails. Its document is nobody's. */
static scene *begun(const prim *p)
{
    scene *c = scene_open_scene(p, "rt.send");
    scene_open_group(c, &v4);
    cJSON_Delete(c->s.document);
    c->target = -1; /* nothing is recorded */
    return scene_start(c) && scene_pass(c, A, "hello") && scene_pass(c, B, "yes?") ? c : NULL;
}

static bool reaches(scene *c, int who, pq_state state, uint64_t epoch)
{
    const pq_braid *b = &c->player[who]->session.state.pq.braid;
    for (int i = 0; i < 400 && (b->state != state || b->epoch != epoch); i++)
        if (!scene_pass(c, i % 2, "x"))
            return false;
    return b->state == state && b->epoch == epoch;
}

static verdict sends(scene *c, int who, span text)
{
    static uint8_t room[1 << 18];
    player_world w;
    sg_effects out = {.message = WRITER(room)};
    player_make_world(c->player[who], &w);
    return sg_send(&c->player[who]->session, &w.w, text, &out);
}

/* RT-034 */
static bool last_number_is_kept(const prim *p)
{
    scene *c = begun(p);
    if (!c)
        return false;
    c->player[A]->session.state.ratchet.secret.sending.n = UINT32_MAX - 1;
    return accepted(sends(c, A, EMPTY)) && sends(c, A, EMPTY).req == REQ_RT_034;
}

/* RT-087 */
static bool last_index_is_kept(const prim *p)
{
    scene *c = begun(p);
    if (!c)
        return false;
    c->player[A]->session.state.pq.chain.secret.at[0].sending.n = UINT32_MAX - 1;
    return accepted(sends(c, A, EMPTY)) && sends(c, A, EMPTY).req == REQ_RT_087;
}

/* RT-040 */
static bool closed_chain_is_wiped(const prim *p)
{
    scene *c = begun(p);
    if (!c || !scene_pass(c, A, "a turn"))
        return false;
    const rt_receiving *old = &c->player[B]->session.state.ratchet.secret.receiving[1];
    return !old->open && all_zero(SPAN(old->chain.key));
}

/* RT-069 */
static bool encapsulated_message_is_wiped(const prim *p)
{
    scene *c = begun(p);
    return c && reaches(c, B, PQ_CT2_SAMPLED, 1) && all_zero(SPAN(c->player[B]->session.state.pq.braid.secret.m));
}

/* RT-070 */
static bool decapsulation_key_is_wiped(const prim *p)
{
    scene *c = begun(p);
    return c && reaches(c, A, PQ_NO_HEADER_RECEIVED, 2) && all_zero(SPAN(c->player[A]->session.state.pq.braid.secret.dk));
}

static bool each_epoch_holds(const prim *p, bool (*holds)(const pq_chain *, const pq_epoch *))
{
    scene *c = begun(p);
    if (!c || !reaches(c, A, PQ_KEYS_SAMPLED, 5))
        return false;
    const pq_chain *chain = &c->player[A]->session.state.pq.chain;
    bool all = true;
    for (size_t i = 0; i < PQ_EPOCHS; i++)
        all = all && holds(chain, &chain->secret.at[i]);
    return all;
}

static bool closed_or_recent(const pq_chain *c, const pq_epoch *e)
{
    return e->open ? e->epoch + 1 >= c->sending : all_zero(SPAN(e->receiving.next));
}

static bool sends_or_wiped(const pq_chain *c, const pq_epoch *e) { return e->epoch >= c->sending || all_zero(SPAN(e->sending.next)); }

/* RT-080, RT-081 */
static bool old_epochs_are_closed(const prim *p) { return each_epoch_holds(p, closed_or_recent); }
static bool old_sending_keys_are_wiped(const prim *p) { return each_epoch_holds(p, sends_or_wiped); }

/* RT-082 */
static bool closed_epoch_is_refused(const prim *p)
{
    scene *c = begun(p);
    static pq_step s;
    if (!c || !reaches(c, A, PQ_KEYS_SAMPLED, 5))
        return false;
    const player *a = c->player[A];
    const rt_world w = {p, &sg_policy_v4, EMPTY};
    const pb_bytes first_epoch = {true, span_of("\x01\x01\x50\x00", 4)}, epoch_3 = {true, span_of("\x01\x04\x50\x00", 4)};
    const verdict v = pq_prepare(&a->session.state.pq, &a->session.pq_kept, &w, first_epoch, &s);
    const bool open = accepted(pq_prepare(&a->session.state.pq, &a->session.pq_kept, &w, epoch_3, &s));
    pq_abandon(&s);
    return v.req == REQ_RT_082 && open;
}

/* SG-035, SG-046 */
static bool without_a_session(const prim *p, bool receives)
{
    scene *c = begun(p);
    letter l = {.n = 0};
    if (!c || !scene_send(c, A, "x", &l))
        return false;
    player_world w;
    player *b = c->player[B];
    uint8_t room[4096];
    sg_effects out = {.text = WRITER(room), .message = WRITER(room)};
    sg_close(&b->session);
    player_make_world(b, &w);
    if (!receives)
        return sg_send(&b->session, &w.w, span_text("x"), &out).req == REQ_SG_035;
    return sg_receive(&b->session, &b->settings, &w.w, false, scene_letter_bytes(&l), &out).req == REQ_SG_046;
}

static bool nothing_is_sent_without_a_session(const prim *p) { return without_a_session(p, false); }
static bool nothing_is_received_without_a_session(const prim *p) { return without_a_session(p, true); }

/* SG-036 */
static bool long_texts_are_not_sent(const prim *p)
{
    static uint8_t text[SG_TEXT_MAX + 1];
    scene *c = begun(p);
    return c && accepted(sends(c, A, span_of(text, SG_TEXT_MAX))) && sends(c, A, SPAN(text)).req == REQ_SG_036;
}

/* ---- saving ---- */

static uint8_t saved_room[SG_SAVED_MAX + 1];

/* What A is saved as, after generation 4. */
static span saved_state(const scene *c, uint64_t *newest)
{
    writer w = writer_of(saved_room, SG_SAVED_MAX);
    *newest = 4;
    return c && sg_save(&c->player[A]->session, newest, &w) ? written(&w) : EMPTY;
}

static verdict takes_up(scene *c, uint64_t newest, span saved)
{
    sg_close(&c->player[A]->session);
    return sg_restore(&c->player[A]->session, c->s.prim, newest, saved);
}

/* SG-060 */
static bool a_byte_behind_is_refused(const prim *p)
{
    uint64_t newest;
    scene *c = begun(p);
    const span saved = saved_state(c, &newest);
    return saved.n && takes_up(c, newest, span_of(saved_room, saved.n + 1)).req == REQ_SG_060 && accepted(takes_up(c, newest, saved));
}

/* SG-061 */
static bool an_old_state_is_refused(const prim *p)
{
    uint64_t newest;
    scene *c = begun(p);
    const span saved = saved_state(c, &newest);
    return saved.n && takes_up(c, newest + 1, saved).req == REQ_SG_061 && accepted(takes_up(c, newest, saved));
}

/* SG-062 */
static bool each_saving_counts(const prim *p)
{
    uint64_t newest;
    const span saved = saved_state(begun(p), &newest);
    reader r = reader_of(span_from(saved, 1));
    return newest == 5 && read_be(&r, 8) == 5;
}

const internal_check signal_checks[] = {
    {"rt.number.last", "RT-034", last_number_is_kept},
    {"rt.chain.wiped", "RT-040", closed_chain_is_wiped},
    {"rt.pq.message-wiped", "RT-069", encapsulated_message_is_wiped},
    {"rt.pq.key-wiped", "RT-070", decapsulation_key_is_wiped},
    {"rt.pq.epochs-closed", "RT-080", old_epochs_are_closed},
    {"rt.pq.sending-wiped", "RT-081", old_sending_keys_are_wiped},
    {"rt.pq.closed-epoch", "RT-082", closed_epoch_is_refused},
    {"rt.pq.index-last", "RT-087", last_index_is_kept},
    {"sg.send.no-session", "SG-035", nothing_is_sent_without_a_session},
    {"sg.send.long", "SG-036", long_texts_are_not_sent},
    {"sg.receive.no-session", "SG-046", nothing_is_received_without_a_session},
    {"sg.saved.behind", "SG-060", a_byte_behind_is_refused},
    {"sg.saved.old", "SG-061", an_old_state_is_refused},
    {"sg.saved.counts", "SG-062", each_saving_counts},
    {"sg.record.archives", "SG-064", record_archives},
    {"sg.record.keeps-40", "SG-065", record_keeps_40},
    {"sg.record.converges", "SG-066", record_converges},
    {"sg.record.keys", "SG-067", record_knows_its_keys},
    {"sg.record.unchanged", "SG-066", record_is_as_it_was},
    {0},
};
