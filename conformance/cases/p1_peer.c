#include "p1_peer.h"

#include "client_run.h"
#include "fresh.h"
#include "p1_pack.h"
#include "p1_world.h"
#include "franking.h"

#include <stdlib.h>
#include <string.h>

/* ---- the peer ---- */

static p1_peer *the_peer, *the_other;

static void storage_of(p1_peer *p)
{
    const size_t control = P1_CLIENT_CONTROL;
    uint8_t *at = p->rooms;
    p->storage = (p1_storage){
        .control = {.p = at, .cap = control}, .talk = {.p = at + control, .cap = P1_MESSAGE_MAX}, .plain = at + control + P1_MESSAGE_MAX};
    p->plain = p->storage.plain + P1_RECORD_MAX;
    p->bytes = p->plain + P1_PEER_ROOM;
    p->question = p->bytes + P1_PEER_ROOM;
    p->out.bytes = writer_of(p->bytes, P1_PEER_ROOM);
}

p1_peer *p1_peer_of(trial *t)
{
    static p1_scene *scene;
    p1_peer *p = the_peer ? the_peer : calloc(1, sizeof *p);
    uint8_t *rooms = p && p->rooms ? p->rooms : malloc(P1_CLIENT_CONTROL + P1_MESSAGE_MAX + P1_RECORD_MAX + 3 * P1_PEER_ROOM);
    scene = scene ? scene : calloc(1, sizeof *scene);
    must(p && rooms && scene);
    *p = (p1_peer){.t = t, .now = t->run->now, .scene = scene, .rooms = rooms};
    storage_of(p);
    p->name = t->p1->name;
    p->policy = t->p1->policy;
    p->policy.vendors = 1; /* as a client: a target with less is measured, too */
    the_peer = p;
    return p;
}

static span draw(p1_peer *p, uint8_t room[P1_COINS])
{
    trial_draw(p->t, room, P1_COINS);
    return span_of(room, P1_COINS);
}

static p1_client_world world_of(p1_peer *p, uint8_t room[P1_COINS])
{
    return (p1_client_world){.prim = p->t->run->prim,
                             .now = p->now,
                             .coins = draw(p, room),
                             .policy = &p->policy,
                             .memory = &p->memory,
                             .room = WRITER(p->log),
                             .storage = &p->storage};
}

static void send_out(p1_peer *p)
{
    for (size_t i = 0; i < p->out.n_sends; i++)
        peer_sends(p->peer, p1_sends(&p->out, i));
}

void p1_peer_aside(void)
{
    p1_peer *last = the_peer;
    the_peer = the_other;
    the_other = last;
}

/* ---- as a client ---- */

p1_peer *p1_peer_connects(trial *t)
{
    uint8_t coins[P1_COINS];
    p1_peer *p = p1_peer_of(t);
    p->peer = peer_connects(t, t->run->url.target);
    if (!p->peer->up && !accepted(p->peer->end.refused))
        trial_breaks(t, VERDICT, "an open connection", p->peer->end.refused);
    else if (!p->peer->up)
        trial_stop(t, VERDICT, OUTCOME_FAIL, "an open connection", "%s", peer_ending(p->peer));
    const p1_client_world w = world_of(p, coins);
    p1_client_start(&p->client, &w, span_text(p->name), &p->out);
    return p;
}

/* One message taken as an honest client takes it; false: the trial is over. */
static bool takes(p1_peer *p, const char *what)
{
    uint8_t coins[P1_COINS];
    span message;
    if (p->t->over)
        return false;
    if (!peer_receives(p->peer, &message)) {
        trial_stop(p->t, p->check, OUTCOME_FAIL, what, "%s", peer_ending(p->peer));
        return false;
    }
    const p1_client_world w = world_of(p, coins);
    const bool first = p->client.phase == P1_SHAKING;
    if (first)
        fresh_note(p->t->run->fresh, FRESH_EPHEMERAL, message);
    const verdict v = p1_client_takes(&p->client, &w, message, &p->out);
    if (!accepted(v))
        trial_breaks(p->t, p->check, what, v);
    else if (p->client.phase == P1_PROVING && first)
        fresh_note(p->t->run->fresh, FRESH_STATIC, SPAN(p->client.agreed.r0));
    return accepted(v);
}

p1_peer *p1_peer_shakes(trial *t)
{
    p1_peer *p = p1_peer_connects(t);
    send_out(p);
    takes(p, "message 2");
    return p;
}

/* The client's own start is left out, and the ratchet put back to where it has sealed nothing. */
p1_peer *p1_peer_verifies(trial *t, unsigned level)
{
    p1_peer *p = p1_peer_shakes(t);
    uint8_t base[P1_KEY], r0[32], seed[P1_KEY];
    p1_keys keys;
    p->level = p->policy.level = level;
    memcpy(base, p->client.agreed.base, sizeof base);
    memcpy(r0, p->client.agreed.r0, sizeof r0);
    while (!t->over && p->client.phase == P1_PROVING && takes(p, "evidence"))
        ;
    if (t->over)
        return p;
    p1_first_seed(t->run->prim, base, p->client.t, seed);
    p1_epoch_keys(t->run->prim, seed, 0, &keys);
    p->ratchet = &p->client.epochs.now;
    p1_start_client(p->ratchet, 0, p->client.t, keys.root, r0, 0, 0);
    p->ratchet->sends = false;
    return p;
}

void p1_peer_takes_ready(p1_peer *p)
{
    if (takes(p, "ready"))
        judge(p->t, VERDICT, p->out.event == P1_WENT_READY, "ready", "another message");
}

p1_peer *p1_peer_starts(trial *t, unsigned level)
{
    p1_peer *p = p1_peer_verifies(t, level);
    const uint8_t start[] = {P1_START, (uint8_t)level};
    p1_peer_says(p, SPAN(start));
    p1_peer_takes_ready(p);
    return p;
}

p1_peer *p1_peer_admitted(trial *t, unsigned level)
{
    p1_peer *p = p1_peer_starts(t, level);
    p1_peer_says_hex(p, "06000000");
    return p;
}

static void steps(p1_peer *p, uint32_t miscount)
{
    uint8_t coins[P1_COINS];
    const uint32_t next = p->client.epochs.now.epoch + 1;
    if (p->t->over)
        return;
    const p1_client_world w = world_of(p, coins);
    p1_client_steps(&p->client, &w, &p->out);
    send_out(p);
    p->client.epochs.now.secret.sending.n += miscount;
    while (!p->t->over && p->client.epochs.now.epoch != next && takes(p, "reply and attest"))
        ;
}

void p1_peer_steps_without_start(p1_peer *p) { steps(p, 0); }

void p1_peer_steps_to_start(p1_peer *p, uint32_t miscount)
{
    steps(p, miscount);
    if (!p->t->over)
        send_out(p);
}

void p1_peer_steps(p1_peer *p)
{
    p1_peer_steps_to_start(p, 0);
    p1_peer_takes_ready(p);
}

void p1_peer_says_step(p1_peer *p)
{
    uint8_t coins[P1_COINS], ek[NZ_KEM_EK], dk[NZ_KEM_DK], message[P1_STEP_BYTES] = {P1_STEP};
    const span drawn = draw(p, coins);
    mlkem_keygen(MLKEM_768, drawn.p, drawn.p + 32, ek, dk);
    message[4] = (uint8_t)(p->client.epochs.now.epoch + 1);
    memcpy(message + 5, ek, sizeof ek);
    p1_peer_says(p, SPAN(message));
}

/* ---- records ---- */

void p1_peer_seals(p1_peer *p, span plain, uint8_t turn[P1_KEY], writer *out)
{
    uint8_t coins[32];
    if (p->t->over)
        return;
    trial_draw(p->t, coins, sizeof coins);
    p1_seal(p->ratchet, p->t->run->prim, SPAN(coins), plain, out, turn);
}

void p1_peer_says_plain(p1_peer *p, span plain)
{
    writer w = writer_of(p->bytes, P1_PEER_ROOM);
    p1_peer_seals(p, plain, NULL, &w);
    if (!p->t->over)
        peer_sends(p->peer, written(&w));
}

size_t p1_peer_records(const p1_peer *p, size_t message)
{
    const size_t carries = p1_carries(p->level, true);
    return (message + carries - 1) / carries;
}

void p1_peer_says_parts(p1_peer *p, span message, bool talk, size_t first, size_t n)
{
    const size_t carries = p1_carries(p->level, talk);
    for (size_t i = first; i < first + n && i * carries < message.n && !p->t->over; i++) {
        writer plain = writer_of(p->plain, P1_PEER_ROOM), sealed = writer_of(p->bytes, P1_PEER_ROOM);
        const p1_plain part = {(i + 1) * carries >= message.n, talk, span_first(span_from(message, i * carries), carries)};
        p1_write_plain(&part, p->level, &plain);
        p1_peer_seals(p, written(&plain), message.p[0] == P1_REQUEST && i == 0 ? p->kturn : NULL, &sealed);
        peer_sends(p->peer, written(&sealed));
    }
}

void p1_peer_says(p1_peer *p, span message) { p1_peer_says_parts(p, message, message.n && message.p[0] >= P1_REQUEST, 0, SIZE_MAX / 2); }

void p1_peer_says_hex(p1_peer *p, const char *hex)
{
    uint8_t room[1024];
    writer w = WRITER(room);
    must(read_hex(span_text(hex), &w));
    p1_peer_says(p, written(&w));
}

void p1_peer_fills(p1_peer *p, size_t n)
{
    const uint8_t fill = P1_FILL;
    for (size_t i = 0; i < n; i++)
        p1_peer_says(p, span_of(&fill, 1));
}

static span plain_of(p1_peer *p, const p1_record *r, const char *honest)
{
    writer w = writer_of(p->plain, P1_PEER_ROOM);
    must(read_hex(span_text(r->plain ? r->plain : honest), &w));
    write_zeros(&w, r->filled);
    return written(&w);
}

static void seal_lie(p1_peer *p, const p1_record *r, const char *honest, writer *w)
{
    p1_ratchet *ratchet = p->ratchet;
    const p1_ratchet as_is = *ratchet;
    ratchet->epoch += r->epoch;
    ratchet->sent_before += r->pn;
    ratchet->secret.sending.n += r->n;
    ratchet->side = r->direction ? (as_is.side == P1_CLIENT ? P1_ENCLAVE : P1_CLIENT) : as_is.side;
    ratchet->t[0] ^= (uint8_t)r->t_bit;
    for (unsigned i = 0; i <= r->skip; i++) {
        w->n = 0;
        p1_peer_seals(p, plain_of(p, r, honest), NULL, w);
    }
    ratchet->epoch = as_is.epoch;
    ratchet->side = as_is.side;
    memcpy(ratchet->t, as_is.t, sizeof as_is.t);
}

void p1_peer_says_record(p1_peer *p, const p1_record *r, const char *honest)
{
    writer w = writer_of(p->bytes, P1_PEER_ROOM);
    if (p->t->over)
        return;
    seal_lie(p, r, honest, &w);
    w.n -= r->cut;
    if (r->flip)
        p->bytes[r->flip > 0 ? (size_t)r->flip - 1 : w.n - (size_t)-r->flip] ^= 0x40;
    if (r->pair)
        p->bytes[w.n - (size_t)-r->flip + 1] ^= 0x40;
    if (r->size)
        write_zeros(&w, r->size - w.n);
    peer_sends(p->peer, written(&w));
}

/* ---- requests ---- */

static void write_tools(const p1_question *q, writer *row)
{
    for (unsigned i = 0; i < q->tools; i++)
        in_write_tool(span_text(q->tool ? q->tool : "{}"), row);
}

static void write_messages(const p1_question *q, writer *row)
{
    for (unsigned role = IN_SYSTEM; q->everything && role <= IN_TOOL; role++)
        in_write_text((in_role)role, span_text("A text of more than sixty-four bytes, of which each has to count for something."), row);
    for (unsigned i = 0; i < q->more; i++)
        in_write_text(IN_USER, span_text("."), row);
    if (!q->no_message)
        in_write_text((in_role)q->role, span_text(q->text ? q->text : "Hello."), row);
}

span p1_peer_question(p1_peer *p, const p1_question *q)
{
    static uint8_t tools[1 << 17], messages[1 << 17];
    const uint8_t seed[IN_DIGEST] = {q->everything};
    uint8_t parameters[IN_PARAMETERS_MAX + 16] = {0};
    writer t = WRITER(tools), m = WRITER(messages), w = writer_of(p->question, P1_PEER_ROOM), chosen = WRITER(parameters);
    write_tools(q, &t);
    write_messages(q, &m);
    if (q->parameters)
        must(read_hex(span_text(q->parameters), &chosen));
    else
        write_zeros(&chosen, IN_PARAMETERS_HEAD);
    in_write_request(&(in_request){.id = q->id ? q->id : 1,
                                   .receipt = q->receipt,
                                   .seed = SPAN(seed),
                                   .parameters = written(&chosen),
                                   .n_tools = q->tools,
                                   .tools = written(&t),
                                   .n_messages = q->more + !q->no_message + (q->everything ? IN_TOOL + 1u : 0),
                                   .messages = written(&m)},
                     &w);
    write_zeros(&w, q->behind);
    must(writer_ok(&w));
    return written(&w);
}

static void begin_turn(p1_peer *p, span request)
{
    in_message m;
    if (p->t->over || !accepted(in_read_message(request, &m)))
        return;
    if (m.as.request.n_messages > IN_MESSAGES_MAX) /* an error is all that may come */
        m.as.request.n_messages = 0;
    p1_client_asks(&p->reading, (in_level)p->level, p->kturn, &m.as.request, SPAN(p->client.appraisal.model), WRITER(p->answer));
}

void p1_peer_asks(p1_peer *p, const p1_question *q)
{
    const span request = p1_peer_question(p, q);
    const size_t records = p1_peer_records(p, request.n);
    p1_peer_says(p, request);
    begin_turn(p, request);
    p1_peer_fills(p, in_fills_after((in_level)p->level, records));
}

bool p1_peer_hears(p1_peer *p, in_message *out)
{
    while (takes(p, "an answer")) {
        if (p->out.event != P1_TALK_CAME && p->out.event != P1_TALK_PART)
            continue;
        const verdict v = p1_client_hears(&p->reading, p->t->run->prim, &p->out, out);
        if (!accepted(v))
            trial_breaks(p->t, p->check, "an answer", v);
        if (accepted(v) && out->type == (in_type)0)
            continue;
        return accepted(v);
    }
    return false;
}

/* ---- as an enclave ---- */

static p1_enclave_world enclave_world(p1_peer *p, uint8_t room[P1_COINS])
{
    const uint16_t *versions = p->serves;
    static span name;
    static p1_served served;
    name = span_text(p->name);
    served = (p1_served){versions, versions[1] ? 2 : 1, &name, 1};
    return (p1_enclave_world){.prim = p->t->run->prim,
                              .now = p->now,
                              .coins = draw(p, room),
                              .s = &p->scene->s,
                              .served = &served,
                              .claims = span_text(p->scene->world.claims),
                              .levels = 1u << 0 | 1u << 2 | 1u << 3,
                              .storage = &p->storage};
}

void p1_enclave_sends_out(p1_peer *p) { send_out(p); }

static verdict enclave_judges(p1_peer *p, span message)
{
    uint8_t coins[P1_COINS];
    const p1_enclave_world w = enclave_world(p, coins);
    return p1_enclave_takes(&p->enclave, &w, message, &p->out);
}

static bool enclave_takes(p1_peer *p, span message) { return accepted(enclave_judges(p, message)); }

/* The next message, which an honest client sends so; false: the trial is over. */
static bool enclave_receives(p1_peer *p, const char *what)
{
    span message;
    if (p->t->over)
        return false;
    if (!peer_receives(p->peer, &message)) {
        trial_stop(p->t, VERDICT, OUTCOME_FAIL, what, "%s", peer_ending(p->peer));
        return false;
    }
    const verdict v = enclave_judges(p, message);
    if (!accepted(v))
        trial_breaks(p->t, VERDICT, what, v);
    return accepted(v);
}

/* The reserved value of an offer, and where it stands. */
static uint16_t reserved_in(span message, uint8_t *place)
{
    reader r = reader_of(message);
    p1_offer offer = {0};
    if (!accepted(p1_read_offer(read_bytes(&r, (size_t)read_be(&r, 2)), &offer)))
        return 0;
    for (size_t i = 0; i < offer.n_versions; i++)
        if (p1_is_reserved(offer.version[i]))
            return *place = (uint8_t)i, offer.version[i];
    return 0;
}

static void note_reserved(p1_peer *p, span message)
{
    uint8_t place = 0;
    const uint16_t value = reserved_in(message, &place);
    const uint8_t high = (uint8_t)(value >> 8);
    fresh_note(p->t->run->fresh, VARIED_RESERVED, span_of(&high, 1));
    fresh_note(p->t->run->fresh, VARIED_PLACE, span_of(&place, 1));
}

p1_peer *p1_enclave_meets_and_serves(trial *t, bool reserved)
{
    uint8_t place, coins[P1_COINS];
    p1_peer *p = p1_enclave_meets(t, NULL);
    if (!reserved || t->over)
        return p;
    p->serves[1] = reserved_in(p->peer->in[0].message, &place);
    const p1_enclave_world w = enclave_world(p, coins);
    p1_enclave_start(&p->enclave, &w);
    (void)p1_enclave_takes(&p->enclave, &w, p->peer->in[0].message, &p->out);
    return p;
}

p1_peer *p1_enclave_meets(trial *t, const p1_evidence_lie *lie)
{
    uint8_t coins[P1_COINS], nonce[32];
    p1_peer *p = p1_peer_of(t);
    p->serves[0] = P1_VERSION;
    memset(p->scene, 0, sizeof *p->scene);
    p->scene->now = p->now;
    p1_world_begin(t, &p->scene->world);
    trial_draw(t, nonce, sizeof nonce);
    p1_scene_enrol(p->scene, lie, SPAN(nonce));
    p->peer = client_run_meets(t);
    const p1_enclave_world w = enclave_world(p, coins);
    p1_enclave_start(&p->enclave, &w);
    enclave_receives(p, "a first message");
    if (!t->over)
        note_reserved(p, p->peer->in[0].message);
    if (!t->over) /* behind the offer */
        fresh_note(t->run->fresh, FRESH_EPHEMERAL, span_from(p->peer->in[0].message, p->peer->in[0].message.n - P1_MESSAGE1));
    return p;
}

void p1_enclave_answers_hello(p1_peer *p) { send_out(p); }

void p1_enclave_attests(p1_peer *p, const p1_evidence_lie *lie)
{
    uint8_t coins[P1_COINS];
    if (p->t->over)
        return;
    memcpy(p->first_x, p->enclave.x, P1_DIGEST);
    p1_scene_attest(p->scene, lie, 0, p->enclave.x);
    const p1_enclave_world w = enclave_world(p, coins);
    p1_enclave_reports(&p->enclave, &w, span_of(p->scene->attest, p->scene->n_attest), &p->out);
}

/* The enclave's own ready is left out, and the ratchet put back to where it has sealed nothing. */
p1_peer *p1_enclave_before_ready(trial *t)
{
    static p1_ratchet opened;
    p1_peer *p = p1_enclave_meets(t, NULL);
    span start;
    send_out(p);
    p1_enclave_attests(p, NULL);
    send_out(p);
    if (t->over)
        return p;
    if (!peer_receives(p->peer, &start)) {
        trial_stop(t, VERDICT, OUTCOME_FAIL, "a start", "%s", peer_ending(p->peer));
        return p;
    }
    opened = p->enclave.epochs.other;
    writer plain = writer_of(p->plain, P1_PEER_ROOM);
    if (!accepted(p1_open(&opened, t->run->prim, start, &plain, NULL)) || !enclave_takes(p, start)) {
        trial_stop(t, VERDICT, OUTCOME_FAIL, "a start", "another message");
        return p;
    }
    p->ratchet = &p->enclave.epochs.now;
    *p->ratchet = opened;
    p->level = p->enclave.epochs.level;
    return p;
}

p1_peer *p1_enclave_opens(trial *t)
{
    p1_peer *p = p1_enclave_before_ready(t);
    const uint8_t ready = P1_READY;
    p1_peer_says(p, span_of(&ready, 1));
    return p;
}

static void says_list(p1_peer *p, const char *list)
{
    const char *word;
    for (size_t n; list && next_word(&list, &word, &n);) {
        char one[512];
        must(n < sizeof one);
        memcpy(one, word, n);
        one[n] = 0;
        p1_peer_says_hex(p, one);
    }
}

static void says_chunk(p1_peer *p, const in_request *q, const p1_reply *r, const char *text, uint32_t i)
{
    const size_t half = strlen(text) / 2;
    uint8_t room[512];
    writer w = WRITER(room);
    const span piece = i ? span_from(span_text(text), half) : span_first(span_text(text), half);
    in_write_chunk((uint32_t)(q->id + (uint64_t)r->id), i + (uint32_t)r->seq, piece, &w);
    p1_peer_says(p, written(&w));
}

/* By its name: claims that lie need not be in their form. */
static void claimed(const p1_peer *p, const char *name, uint8_t digest[IN_DIGEST])
{
    const char *at = strstr(p->scene->world.claims, name);
    writer w = writer_of(digest, IN_DIGEST);
    must(at && read_hex(span_of(at + strlen(name), 2 * (size_t)IN_DIGEST), &w));
}

/* What its end says, and the room that its com and receipt stand in. */
typedef struct said_end {
    in_end end;
    uint8_t com[IN_DIGEST], receipt[P1_RECEIPT_ROOM];
} said_end;

static void make_end(const p1_peer *p, const in_request *q, const p1_reply *r, const char *text, said_end *out)
{
    static const uint8_t zeros[100];
    static const p1_receipt_lie honest;
    const prim *lib = p->t->run->prim;
    uint8_t model[IN_DIGEST], tokenizer[IN_DIGEST];
    claimed(p, "\"model\":\"", model);
    claimed(p, "\"tokenizer\":\"", tokenizer);
    in_turn turn = {.request = *q, .model = SPAN(model)};
    memcpy(turn.kturn, p->kturn, IN_KEY);
    in_turn_com(lib, &turn, span_text(text), (uint8_t)(r->finish < 4 ? r->finish : 0), out->com);
    out->com[31 - r->com_at] ^= (uint8_t)r->com_bit;
    out->com[31 - r->com_at - r->com_too] ^= (uint8_t)(r->com_too ? r->com_bit : 0);
    out->end = (in_end){.id = q->id + (uint64_t)r->id,
                        .seq = (uint64_t)(2 + r->end_seq),
                        .finish = r->finish,
                        .prompt = 1,
                        .output = 1,
                        .com = SPAN(out->com),
                        .receipt = r->receipt ? SPAN(zeros) : EMPTY};
    if (q->receipt)
        p1_make_receipt(lib, &p->scene->world, &turn, SPAN(tokenizer), span_text(text), r->signs ? r->signs : &honest, &out->end,
                        out->receipt);
}

static void says_end(p1_peer *p, const in_request *q, const p1_reply *r, const char *text)
{
    static said_end said;
    static uint8_t room[512 + P1_RECEIPT_ROOM];
    writer w = WRITER(room);
    make_end(p, q, r, text, &said);
    if (r->code)
        in_write_error((uint32_t)said.end.id, (in_code)r->code, &w);
    else
        in_write_end(&said.end, &w);
    must(writer_ok(&w));
    p1_peer_says(p, written(&w));
    p1_peer_fills(p, in_fills_after((in_level)p->level, 2 + p1_peer_records(p, w.n)) + r->fills);
}

/* False: the client was told to ask for a receipt, and does not. */
static bool asks_as_told(p1_peer *p, const in_request *q)
{
    static const char unasked[] = "a request that asks for no receipt";
    trial *t = p->t;
    if (!t->row->asks_receipt || q->receipt)
        return true;
    if (t->run->link)
        trial_leaves_out(t, unasked);
    else
        trial_stop(t, VERDICT, OUTCOME_FAIL, "a request that asks for a receipt", unasked);
    return false;
}

static void replies(p1_peer *p, span request, const p1_reply *r)
{
    const char *text = client_run_text(p->t, CLIENT_RUN_ANSWER);
    in_message m;
    if (!accepted(in_read_message(request, &m)) || !asks_as_told(p, &m.as.request))
        return;
    if (r->record)
        p1_peer_says_record(p, &r->told, "0300020c00");
    says_list(p, r->before);
    if (r->instead) {
        says_list(p, r->instead);
        return;
    }
    says_chunk(p, &m.as.request, r, text, 0);
    if (r->pause) {
        memcpy(p->question, request.p, p->n_question = request.n);
        return;
    }
    if (!r->cut)
        says_chunk(p, &m.as.request, r, text, 1);
    if (r->no_end || r->cut)
        peer_closes(p->peer, 1000, "");
    else
        says_end(p, &m.as.request, r, text);
    says_list(p, r->after);
}

static const p1_reply *first_reply;

/* Whatever an honest client sends is taken; a question is answered when its bucket is full, which at level 0 is at once. */
static void serve(peer_connection *peer, span message)
{
    static const p1_reply honest;
    p1_peer *p = the_peer;
    (void)peer;
    if (p->enclave.phase == P1_CLOSED || p->enclave.phase == P1_NEW || !enclave_takes(p, message))
        return;
    if (p->out.event == P1_STARTED) {
        p->ratchet = &p->enclave.epochs.now;
        send_out(p);
        return;
    }
    p->ratchet = &p->enclave.epochs.now;
    if (p->out.event != P1_TALK_CAME || p->out.message.p[0] != P1_REQUEST)
        return;
    memcpy(p->kturn, p->out.turn, P1_KEY);
    replies(p, p->out.message, first_reply ? first_reply : &honest);
    first_reply = NULL;
}

void p1_enclave_serves(p1_peer *p, const p1_reply *r)
{
    first_reply = r;
    p->peer->serve = serve;
}

void p1_enclave_serves_until_asked(p1_peer *p)
{
    span message;
    while (!p->t->over && first_reply && peer_receives(p->peer, &message))
        serve(p->peer, message);
    if (!p->t->over && first_reply)
        trial_stop(p->t, VERDICT, OUTCOME_FAIL, "a request", "%s", peer_ending(p->peer));
}

static void leave_lying(peer_connection *peer, span message) { (void)peer, (void)message; }

void p1_enclave_is_silent(p1_peer *p) { p->peer->serve = leave_lying; }

static bool has_shown(const void *ctx)
{
    const peer_connection *peer = ctx;
    return peer->ended || peer->n_pongs > 0;
}

/* ---- the next epoch ---- */

static bool has_a_step(p1_peer *p)
{
    peer_connection *peer = p->peer;
    peer->n_pongs = 0;
    peer_pings(peer, span_text("a step?"));
    return !trial_until(p->t, has_shown, peer, VERDICT, "a step, or an answer to a ping") || peer->taken < peer->n_in || peer->ended;
}

bool p1_enclave_waits_for_step(p1_peer *p)
{
    if (!p->t->over && !has_a_step(p))
        return false;
    while (!p->t->over && p->peer->taken < p->peer->n_in) {
        writer plain = writer_of(p->plain, P1_PEER_ROOM);
        const verdict v = p1_open(p->ratchet, p->t->run->prim, p->peer->in[p->peer->taken++].message, &plain, NULL);
        if (!accepted(v))
            trial_breaks(p->t, VERDICT, "a step", v);
    }
    return true;
}

bool p1_enclave_takes_step(p1_peer *p)
{
    if (p->t->over)
        return true;
    if (!has_a_step(p))
        return false;
    while (!p->t->over && p->out.event != P1_WANTS_REPORT && enclave_receives(p, "a step"))
        ;
    send_out(p);
    return true;
}

void p1_enclave_renews(p1_peer *p, span attest)
{
    uint8_t coins[P1_COINS];
    if (p->t->over)
        return;
    const p1_enclave_world w = enclave_world(p, coins);
    p1_enclave_reports(&p->enclave, &w, attest, &p->out);
    send_out(p);
}

/* As serve, and behind ready the rest of what was paused. */
static void serve_the_rest(peer_connection *peer, span message)
{
    static const p1_reply honest;
    p1_peer *p = the_peer;
    in_message m;
    serve(peer, message);
    if (p->enclave.phase != P1_OPEN || p->out.event != P1_STARTED || !accepted(in_read_message(span_of(p->question, p->n_question), &m)))
        return;
    const char *text = client_run_text(p->t, CLIENT_RUN_ANSWER);
    says_chunk(p, &m.as.request, &honest, text, 1);
    says_end(p, &m.as.request, &honest, text);
}

void p1_enclave_goes_on(p1_peer *p) { p->peer->serve = serve_the_rest; }

/* ---- judgements ---- */

static void judge_close(peer_connection *peer)
{
    if (peer->ended && peer->t->row->req[REASON])
        judge(peer->t, REASON, peer->end.how == WS_CLOSED && peer->end.code == 1002 && !*peer->end.reason, "close 1002 without a reason",
              "%s", peer_ending(peer));
}

void p1_judge_refused(p1_peer *p)
{
    peer_connection *peer = p->peer;
    const size_t before = peer->n_in;
    peer->n_pongs = 0;
    peer_pings(peer, span_text("still there?"));
    if (!trial_until(p->t, has_shown, peer, VERDICT, "the end, or an answer to a ping"))
        return;
    judge(p->t, VERDICT, peer->ended, "refused: the connection closes", "it goes on, with %zu further messages", peer->n_in - before);
    judge_close(peer);
}

void p1_judge_there(p1_peer *p, case_check c)
{
    peer_connection *peer = p->peer;
    if (p->t->over)
        return;
    peer->n_pongs = 0;
    peer_pings(peer, span_text("there?"));
    if (trial_until(p->t, has_shown, peer, c, "an answer to a ping"))
        judge(p->t, c, !peer->ended, "the session is there", "%s", peer_ending(peer));
}

static bool has_ended(const void *peer) { return ((const peer_connection *)peer)->ended; }

void p1_judge_ends(p1_peer *p)
{
    if (p->t->over || !trial_until(p->t, has_ended, p->peer, VERDICT, "the end, though nothing comes"))
        return;
    judge(p->t, VERDICT, true, "the end", "%s", peer_ending(p->peer));
    judge_close(p->peer);
}

void p1_judge_answered(p1_peer *p)
{
    in_message m;
    bool ended = false;
    while (!p1_client_is_done(&p->reading) && p1_peer_hears(p, &m)) {
        ended |= m.type == IN_TYPE_END;
        if (m.type == IN_TYPE_ERROR)
            trial_stop(p->t, VERDICT, OUTCOME_FAIL, "an answer", "error %u", (unsigned)m.as.error.code);
    }
    if (p->t->over)
        return;
    judge(p->t, VERDICT, ended && p->reading.turn.answer.n > 0, "an answer with its end", "%zu bytes", p->reading.turn.answer.n);
}

void p1_judge_error(p1_peer *p, unsigned code)
{
    in_message m = {0};
    if (!p1_peer_hears(p, &m))
        return;
    judge(p->t, VERDICT, m.type == IN_TYPE_ERROR && m.as.error.code == code, "the error", "message %u, code %u", (unsigned)m.type,
          m.type == IN_TYPE_ERROR ? (unsigned)m.as.error.code : 0);
    if (p->t->row->req[STATE]) {
        p->check = STATE;
        p1_peer_asks(p, &(p1_question){.id = 7});
        bool ended = false;
        while (!p1_client_is_done(&p->reading) && p1_peer_hears(p, &m))
            ended |= m.type == IN_TYPE_END;
        judge(p->t, STATE, ended, "the session goes on", "no answer");
    }
}
