#include "signal_scene.h"

#include <stdio.h>
#include <string.h>

static const char *const checked_by[] = {"text", "audit", NULL};

/* ---- a conversation ---- */

void scene_named_coins(const prim *p, const char *name, uint8_t out[32]) { prim_digest(p, PRIM_SHA256, span_text(name), out); }

void scene_record(scene *c, int kind, span what)
{
    write_be(&c->so_far, (uint64_t)kind, 1);
    write_be(&c->so_far, what.n, 2);
    write_span(&c->so_far, what);
    must(writer_ok(&c->so_far));
}

void scene_open_players(scene *c)
{
    for (int i = 0; i < 2; i++) {
        uint8_t coins[32];
        scene_named_coins(c->s.prim, i == A ? "parley vectors: device A" : "parley vectors: device B", coins);
        player_open(c->player[i], c->s.prim, &c->settings, coins);
    }
    c->so_far = writer_of(c->script, sizeof c->script);
}

void scene_publish(scene *c)
{
    uint8_t coins[64], kem_coins[64];
    player *b = c->player[B];
    player_secret(b, "sign_coins", coins, 64);
    player_secret(b, "kem_sign_coins", kem_coins, 64);
    player_publish(b, &c->bundle, coins, kem_coins);
    c->bundle.b.has_kem = c->kem;
    c->bundle.b.has_one_time = c->one_time && b->has_one_time;
}

bool scene_start(scene *c)
{
    player_world w;
    player *a = c->player[A];
    scene_publish(c);
    player_make_world(a, &w);
    player_draw(a, &w);
    const bool took = accepted(sg_initiate(&a->session, &a->settings, &w.w, &c->bundle.b));
    a->calls += took;
    return took;
}

bool scene_send(scene *c, int who, const char *text, letter *l)
{
    player_world w;
    player *p = c->player[who];
    sg_effects out = {.message = WRITER(l->bytes)};
    player_make_world(p, &w);
    player_draw(p, &w);
    l->first = sg_sends_first(&p->session);
    const bool took = accepted(sg_send(&p->session, &w.w, span_text(text), &out));
    p->calls += took;
    l->n = out.message.n;
    if (who == c->target)
        scene_record(c, 0, span_text(text));
    return took;
}

bool scene_receive(scene *c, int who, const letter *l)
{
    player_world w;
    player *p = c->player[who];
    uint8_t text[MESSAGE];
    sg_effects out = {.text = WRITER(text)};
    player_make_world(p, &w);
    player_draw(p, &w);
    const bool took = accepted(sg_receive(&p->session, &p->settings, &w.w, l->first, scene_letter_bytes(l), &out));
    p->calls += took;
    if (took)
        player_remember(p, &out);
    if (who == c->target)
        scene_record(c, l->first ? 2 : 1, scene_letter_bytes(l));
    return took;
}

bool scene_pass(scene *c, int from, const char *text)
{
    letter l;
    return scene_send(c, from, text, &l) && scene_receive(c, !from, &l);
}

bool scene_pass_many(scene *c, int times)
{
    while (times--)
        if (!scene_pass(c, A, "ping") || !scene_pass(c, B, "pong"))
            return false;
    return true;
}

/* ---- cases ---- */

void scene_put_device(scene *c)
{
    const player *p = c->player[c->target];
    sheet_in(&c->s, TEXT("mode", c->settings.mode == RT_STRICT ? "strict" : "compat"));
    sheet_in(&c->s, TEXT("pq", c->settings.pq == PQ_V0 ? "none" : c->settings.least_pq == PQ_V0 ? "optional" : "required"));
    sheet_in(&c->s, BYTES("coins", SPAN(p->coins)));
}

void scene_put_ids(scene *c)
{
    const player *p = c->player[c->target];
    if (p->signed_prekey.id != 22)
        sheet_in(&c->s, NUMBER("signed_prekey_id", p->signed_prekey.id));
    if (p->kem_id != 33)
        sheet_in(&c->s, NUMBER("kem_id", p->kem_id));
    if (p->has_address)
        sheet_in(&c->s, BYTES("address", SPAN(p->address)));
    if (p->has_their_address)
        sheet_in(&c->s, BYTES("their_address", SPAN(p->their_address)));
    if (p->has_their_identity)
        sheet_in(&c->s, BYTES("their_identity", SPAN(p->their_identity)));
}

void scene_put_bundle(scene *c, const sg_bundle *b)
{
    sheet_in(&c->s, NUMBER("bundle_registration_id", b->registration_id));
    sheet_in(&c->s, BYTES("bundle_identity", b->identity));
    sheet_in(&c->s, NUMBER("bundle_signed_prekey_id", b->signed_prekey_id));
    sheet_in(&c->s, BYTES("bundle_signed_prekey", b->signed_prekey));
    sheet_in(&c->s, BYTES("bundle_signature", b->signed_prekey_signature));
    if (b->has_one_time) {
        sheet_in(&c->s, NUMBER("bundle_one_time_id", b->one_time_id));
        sheet_in(&c->s, BYTES("bundle_one_time", b->one_time));
    }
    if (b->has_kem) {
        sheet_in(&c->s, NUMBER("bundle_kem_id", b->kem_id));
        sheet_in(&c->s, BYTES("bundle_kem", b->kem));
        sheet_in(&c->s, BYTES("bundle_kem_signature", b->kem_signature));
    }
}

void scene_put_way(scene *c)
{
    scene_put_ids(c);
    if (c->target == A)
        scene_put_bundle(c, &c->bundle.b);
    if (c->so_far.n)
        sheet_in(&c->s, BYTES("script", written(&c->so_far)));
}

void scene_put_message(scene *c, const letter *l)
{
    sheet_in(&c->s, NUMBER("first", l->first));
    sheet_in(&c->s, BYTES("message", scene_letter_bytes(l)));
}

bool scene_accepts(scene *c, const char *slug, const char *req, const letter *l, const char *text)
{
    sheet_accepts(&c->s, slug, req);
    scene_put_way(c);
    scene_put_message(c, l);
    sheet_out(&c->s, BYTES("text", span_text(text)));
    return true;
}

/* What honest people say is still understood; from nobody but the one who is trusted. */
void scene_refuses(scene *c, const rejection *r)
{
    rejection unchanged = *r;
    unchanged.after = c->player[c->target]->has_their_identity ? NULL : "same";
    sheet_rejects(&c->s, &unchanged);
}

bool scene_rejects(scene *c, const rejection *r, const letter *l)
{
    scene_refuses(c, r);
    scene_put_way(c);
    scene_put_message(c, l);
    return true;
}

void scene_forge(scene *c, int from, const lie *l, letter *out)
{
    writer w = WRITER(out->bytes);
    evil_message(c->player[from], l, span_text("forged"), &w);
    out->n = w.n;
    out->first = sg_sends_first(&c->player[from]->session);
}

bool scene_rejects_lie(scene *c, const rejection *r, const lie *l)
{
    letter forged;
    scene_forge(c, !c->target, l, &forged);
    return scene_rejects(c, r, &forged);
}

void scene_open_group(scene *c, const setting *g)
{
    c->settings = (sg_settings){g->mode, g->pq, g->least};
    c->kem = g->kem;
    c->one_time = g->one_time;
    c->target = g->target;
    scene_open_players(c);
    sheet_group(&c->s, g->gid, g->needs, g->subject);
    scene_put_device(c);
}

scene *scene_open_scene(const prim *p, const char *op)
{
    static scene c;
    static player players[2];
    memset(&c, 0, sizeof c);
    c.player[A] = &players[0], c.player[B] = &players[1];
    c.s = sheet_start(p, op, "vectors/signal/signal_scenarios", "00", checked_by);
    sheet_note(&c.s, "LooseSignature", "AUTH_BYPASS", "Takes a key that its owner did not sign, or a second signature for one that it did.",
               "RT-010");
    sheet_note(&c.s, "LooseMessage", "AUTH_BYPASS", "Takes a message that its sender did not send, or did not send so.", "SG-042");
    sheet_note(&c.s, "LooseParser", "PARSER", "Two readers of the same bytes see two different messages.", "SG-005");
    sheet_note(&c.s, "Replay", "REPLAY", "Opens a message twice.", "RT-030");
    sheet_note(&c.s, "NoLimit", "DOS", "Works or keeps as much as a stranger asks for.", "RT-028");
    sheet_note(&c.s, "WeakKey", "AUTH_BYPASS", "Agrees with a key that everybody can agree with.", "RT-019");
    sheet_note(&c.s, "Downgrade", "DOWNGRADE", "Goes on without the post-quantum part that both have.", "RT-049");
    return &c;
}
