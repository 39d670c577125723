#include "p1_attackers.h"

#include "p1_turn_attackers.h"
#include "parley1_session_parts.h"

#include <stdio.h>
#include <string.h>

static service world, second;
static pair both;

static const char secret[] = "the secret prompt";

/* ---- what all have in common ---- */

static void begin(const prim *p)
{
    service_start(&world, p, span_text("attacked"), "chat.example", SERVICE_NOW);
    pair_start(&both, &world, span_text("attack"));
    both.holds_report = true;
}

static bool saw(char list[PAIR_EVENTS][PAIR_TEXT], size_t n, const char *line)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], line) == 0)
            return true;
    return false;
}

/* The client trusts whom it met, and asks; does the other side read it? */
static attack_result ask(void)
{
    pair_open(&both);
    if (both.client.phase == P1_OPEN) {
        pair_client_sends(&both, P1_REQUEST, secret);
        pair_run(&both);
    }
    const bool reached = saw(both.enclave_saw, both.n_enclave_saw, "7:the secret prompt");
    return (attack_result){reached, reached ? 0 : both.client_said.req ? both.client_said.req : both.enclave_said.req};
}

/* Takes message 1 and answers it; the attacker then gives what attest he likes. */
static void shake(void) { pair_deliver_to_enclave(&both); }

static void attest_with(service_evidence *e)
{
    static uint8_t attest[SERVICE_ATTEST];
    writer w = WRITER(attest);
    static uint8_t room[PAIR_ROOM];
    p1_effects out = {.bytes = WRITER(room)};
    const p1_enclave_world lent = pair_enclave_world(&both);
    service_write_attest(&world, e, &w);
    p1_enclave_reports(&both.enclave, &lent, written(&w), &out);
    pair_take_enclave_effects(&both, ACCEPT, &out);
}

/* Evidence over this connection's binder, from the hardware that `world` has. */
static void prepare(service_evidence *e)
{
    service_honest_evidence(&world, 0, both.enclave.x, e);
    memcpy(e->binder[e->index], both.binder, P1_BINDER);
    service_bind(&world, e);
    e->fields = tee_report_fields(&world.chip, &world.launch, e->report_data);
}

static attack_result attest_and_ask(service_evidence *e)
{
    attest_with(e);
    return ask();
}

/* ---- goals 1 to 5: code, session, batch, machine, s ---- */

static attack_result other_code(const prim *p)
{
    service_evidence e;
    begin(p);
    shake();
    world.launch.measurement[0] ^= 1;
    prepare(&e);
    return attest_and_ask(&e);
}

/* The relay has s; genuine code reports a handshake of its own. */
static attack_result relay(const prim *p)
{
    service_evidence e;
    const uint8_t another[32] = {7};
    begin(p);
    shake();
    service_honest_evidence(&world, 0, another, &e);
    return attest_and_ask(&e);
}

static attack_result path_of_two_places(const prim *p)
{
    service_evidence e;
    begin(p);
    shake();
    prepare(&e);
    memset(e.path + e.n_path, 7, 32);
    e.n_path += 32;
    return attest_and_ask(&e);
}

/* A machine that nobody listed: its key is leaked, and s as well. */
static attack_result unlisted_machine(const prim *p)
{
    service_evidence e;
    begin(p);
    shake();
    service_start(&second, p, span_text("another machine"), "chat.example", SERVICE_NOW);
    world.chip = second.chip;
    world.endorsements = second.endorsements;
    prepare(&e);
    return attest_and_ask(&e);
}

static attack_result own_s(const prim *p)
{
    const uint8_t own[32] = {9};
    service_evidence e;
    begin(p);
    prim_pair_of(p, own, &world.s);
    shake();
    prepare(&e);
    return attest_and_ask(&e);
}

/* ---- goals 6 to 9: enrolment, name, release, lapse ---- */

static attack_result old_boot_record(const prim *p)
{
    p1_boot boot;
    const uint8_t nonce[32] = {1};
    begin(p);
    verdict v = p1_read_boot(span_of(world.boot, world.n_boot), &boot);
    if (accepted(v))
        v = p1_judge_nonce(&boot, SPAN(nonce));
    return (attack_result){accepted(v), v.req};
}

/* The owner has listed this machine for another of his names only; it claims both. */
static attack_result diversion(const prim *p)
{
    service_evidence e;
    service_make(&world, p, span_text("attacked"), "chat.example", SERVICE_NOW);
    world.names = "chat.example\",\"model.example";
    service_release(&world);
    service_claim(&world);
    service_boot(&world, EMPTY);
    world.name = "model.example";
    service_enrol(&world);
    world.name = "chat.example";
    pair_start(&both, &world, span_text("attack"));
    both.holds_report = true;
    shake();
    prepare(&e);
    return attest_and_ask(&e);
}

/* An older release that is signed and logged, on a listed machine, with claims that name it. */
static attack_result older_release(const prim *p)
{
    service_evidence e;
    begin(p);
    char *model = strstr(world.claims, "\"model\":\"") + 9;
    *model = *model == '0' ? '1' : '0';
    shake();
    prepare(&e);
    return attest_and_ask(&e);
}

/* All keys of a machine that lapsed long ago, and the log of then; the client's clock was set back. */
static attack_result clock_rollback(const prim *p)
{
    service_evidence e;
    begin(p);
    both.memory.floor = SERVICE_NOW + 365 * 86400;
    shake();
    prepare(&e);
    return attest_and_ask(&e);
}

/* ---- goals 10 to 12: log, version ---- */

static attack_result one_witness(const prim *p)
{
    service_evidence e;
    begin(p);
    shake();
    prepare(&e);
    e.cosigned[1] = e.cosigned[2] = 0;
    return attest_and_ask(&e);
}

static attack_result second_view(const prim *p)
{
    service_evidence e;
    begin(p);
    shake();
    prepare(&e);
    both.memory.n = 1;
    both.memory.head[0].size = e.size;
    return attest_and_ask(&e);
}

static attack_result stale_log(const prim *p)
{
    service_evidence e;
    begin(p);
    shake();
    prepare(&e);
    e.cosigned[1] = e.cosigned[2] = SERVICE_NOW - 2 * 86400;
    return attest_and_ask(&e);
}

static attack_result offer_changed(const prim *p)
{
    service_evidence e;
    begin(p);
    const size_t at = both.to_enclave.room[4] || both.to_enclave.room[5] == P1_VERSION ? 4 : 6;
    both.to_enclave.room[at == 4 && both.to_enclave.room[4] == 0 ? 6 : at] ^= 0x10;
    shake();
    if (both.enclave.phase != P1_PROVING)
        return (attack_result){false, both.enclave_said.req};
    prepare(&e);
    return attest_and_ask(&e);
}

/* Claims list a higher version that C offered; the host had E take the lower one. */
static attack_result lower_version(const prim *p)
{
    service_evidence e;
    service_make(&world, p, span_text("attacked"), "chat.example", SERVICE_NOW);
    service_release(&world);
    world.versions = "[1,2]";
    service_claim(&world);
    service_boot(&world, EMPTY);
    service_enrol(&world);
    pair_start(&both, &world, span_text("attack"));
    both.holds_report = true;
    both.client.offered.version[both.client.offered.n_versions++] = 2;
    shake();
    prepare(&e);
    return attest_and_ask(&e);
}

/* ---- goal 13: two vendors ---- */

/* The CPU's hardware key and s are stolen; the machine has a GPU, which is not. */
static void begin_with_gpu(const prim *p)
{
    service_make(&world, p, span_text("attacked"), "chat.example", SERVICE_NOW);
    service_add_gpu(&world);
    service_finish(&world);
    pair_start(&both, &world, span_text("attack"));
    both.holds_report = true;
    shake();
}

static attack_result cpu_alone(const prim *p)
{
    service_evidence e;
    begin_with_gpu(p);
    prepare(&e);
    e.no_gpu = true;
    return attest_and_ask(&e);
}

static attack_result rented_gpu(const prim *p)
{
    service_evidence e;
    begin_with_gpu(p);
    prepare(&e);
    world.gpu.seed[0] ^= 1;
    return attest_and_ask(&e);
}

static attack_result recorded_gpu(const prim *p)
{
    service_evidence e;
    begin_with_gpu(p);
    prepare(&e);
    p1_boot_data(p, SPAN(world.nonce), SPAN(world.s.share), SPAN(world.q), span_text(world.claims), e.gpu_data);
    return attest_and_ask(&e);
}

/* ---- goal 14: nothing before verification ---- */

static attack_result early_request(const prim *p)
{
    begin(p);
    shake();
    const verdict v = pair_client_sends(&both, P1_REQUEST, secret);
    return (attack_result){accepted(v), v.req};
}

/* A stranger has the server work without a token. */
static attack_result without_token(const prim *p)
{
    begin(p);
    both.holds_report = false;
    while (both.client.phase != P1_OPEN && (both.to_enclave.n || both.to_client.n)) {
        if (both.to_enclave.n)
            pair_deliver_to_enclave(&both);
        else
            pair_deliver_to_client(&both);
    }
    pair_client_sends(&both, P1_REQUEST, secret);
    pair_run(&both);
    return (attack_result){saw(both.enclave_saw, both.n_enclave_saw, "7:the secret prompt"), both.enclave_said.req};
}

/* ---- goal 15: traffic depends on the evidence ---- */

/* The host swaps attest for another valid one (other cosignatures), which E never sent, behind the Noise keys of E -> C that he holds. */
static attack_result attest_swapped(const prim *p)
{
    static uint8_t attest[SERVICE_ATTEST], plain[NZ_RECORD_MAX], record[NZ_MESSAGE_MAX];
    service_evidence e;
    begin(p);
    shake();
    nz_peer noise = both.enclave.noise;
    prepare(&e);
    attest_with(&e);
    const size_t n = both.to_client.n;
    e.cosigned[2] -= 1;
    writer w = WRITER(attest), whole = WRITER(plain), out = WRITER(record);
    service_write_attest(&world, &e, &w);
    write_be(&whole, w.n, 4);
    write_span(&whole, written(&w));
    const nz_world lent = {.prim = p};
    must(n == 2 && accepted(nz_seal(&noise, &lent, EMPTY, written(&whole), &out)));
    both.to_client.n = 1;
    pair_put(&both.to_client, written(&out));
    return ask();
}

/* ---- goals 16 and 17: healing ---- */

/* What the thief copied in epoch n. */
typedef struct loot {
    p1_client client;
    p1_enclave enclave;
} loot;

static void steal(loot *l)
{
    l->client = both.client;
    l->enclave = both.enclave;
}

static bool open_message(p1_ratchet *r, const prim *p, span record, uint8_t room[P1_RECORD_MAX], span *bytes)
{
    static uint8_t plain[P1_RECORD_MAX];
    writer w = WRITER(plain);
    p1_plain part;
    if (!accepted(p1_open(r, p, record, &w, NULL)) || !accepted(p1_read_plain(written(&w), 0, &part)))
        return false;
    memcpy(room, part.bytes.p, part.bytes.n);
    *bytes = span_of(room, part.bytes.n);
    return true;
}

static void thief_sends(pair_queue *q, p1_ratchet *r, const prim *p, span message)
{
    static uint8_t plain[P1_PLAIN_MAX], record[P1_RECORD_MAX];
    const uint8_t coins[32] = {77};
    writer w = WRITER(plain), out = WRITER(record);
    p1_write_plain(&(p1_plain){true, false, message}, 0, &w);
    p1_seal(r, p, SPAN(coins), written(&w), &out, NULL);
    pair_put(q, written(&out));
}

/* The thief's own step to E, and his own reply to C, with E's genuine attest: does C take it? Then its next records are his. */
static attack_result active_thief(const prim *p)
{
    static loot l;
    static uint8_t room[P1_RECORD_MAX];
    uint8_t step[P1_STEP_BYTES] = {P1_STEP, 0, 0, 0, 1}, reply[P1_REPLY_BYTES], dk[NZ_KEM_DK], kem[32], t[32], seed[32], root[32], x[32];
    const uint8_t d[32] = {1}, z[32] = {2}, m[32] = {3}, r[32] = {4};
    prim_pair own;
    span got;
    prim_pair_of(p, r, &own);
    begin(p);
    both.holds_report = false;
    pair_open(&both);
    if (both.client.phase != P1_OPEN)
        return (attack_result){false, both.client_said.req};
    both.now += P1_STEP_PAUSE;
    steal(&l);
    pair_client_steps(&both);
    p1_ratchet as_client = l.client.epochs.now, as_enclave = l.enclave.epochs.now;
    if (!open_message(&as_enclave, p, pair_first(&both.to_enclave), room, &got))
        return (attack_result){false, 0};
    uint8_t clients_step[P1_STEP_BYTES];
    memcpy(clients_step, got.p, sizeof clients_step);
    /* toward E: another key */
    both.to_enclave.n = 0;
    mlkem_keygen(MLKEM_768, d, z, step + 5, dk);
    thief_sends(&both.to_enclave, &as_client, p, SPAN(step));
    pair_deliver_to_enclave(&both);
    if (both.to_client.n < 2 || !open_message(&as_client, p, pair_first(&both.to_client), room, &got))
        return (attack_result){false, both.enclave_said.req};
    /* toward C: his own ciphertext and share */
    memcpy(reply, got.p, sizeof reply);
    memcpy(reply + 5 + NZ_KEM_CT, own.share, 32);
    mlkem_encaps(MLKEM_768, span_of(clients_step + 5, NZ_KEM_EK), m, reply + 5, kem);
    pair_drop(&both.to_client);
    if (!open_message(&as_client, p, pair_first(&both.to_client), room, &got))
        return (attack_result){false, 0};
    static uint8_t attest[SERVICE_ATTEST];
    const size_t n_attest = got.n;
    memcpy(attest, got.p, got.n);
    both.to_client.n = 0;
    thief_sends(&both.to_client, &as_enclave, p, SPAN(reply));
    thief_sends(&both.to_client, &as_enclave, p, span_of(attest, n_attest));
    pair_deliver_to_client(&both);
    pair_deliver_to_client(&both);
    if (!accepted(both.client_said))
        return (attack_result){false, both.client_said.req};
    /* C has started epoch 1 on a KEM secret and a share of the thief's. */
    p1_next_x(p, l.client.t, SPAN(clients_step), SPAN(reply), x);
    p1_transcript(p, x, span_of(attest + 1, n_attest - 1), t);
    p1_next_seed(p, l.client.epochs.secret.link, kem, t, seed);
    p1_epochs made = {0};
    p1_make_epoch(&made, p, seed, 1, root);
    p1_ratchet thief;
    p1_start_enclave(&thief, 1, t, root, &own, 0, p1_sent(&both.client.epochs.other));
    const bool reads = open_message(&thief, p, pair_first(&both.to_enclave), room, &got) && got.n == 2 && got.p[0] == P1_START;
    return (attack_result){reads, 0};
}

/* Listens through the step and reads all of it: of epoch n he has the later ratchet secrets, too. has_r: X25519 is broken for him, so that he has the
 * secret of R_n+1 as well. Does he open C's start of the next epoch? */
static attack_result listen(const prim *p, const loot *l, bool has_r, bool has_kem)
{
    static uint8_t room[P1_RECORD_MAX];
    uint8_t step[P1_STEP_BYTES], reply[P1_REPLY_BYTES], x[32], t[32], seed[32], root[32];
    uint8_t kem[32] = {0};           /* what it is does not matter to who does not know it */
    const uint8_t guessed[32] = {1}; /* what R_n+1 would be made of without fresh coins */
    p1_ratchet to_e = l->enclave.epochs.now, to_c = both.client.epochs.now;
    span got;
    if (!open_message(&to_e, p, pair_first(&both.to_enclave), room, &got) || got.n != sizeof step)
        return (attack_result){false, 0};
    memcpy(step, got.p, sizeof step);
    pair_deliver_to_enclave(&both);
    if (both.to_client.n < 2 || !open_message(&to_c, p, pair_first(&both.to_client), room, &got))
        return (attack_result){false, 0};
    memcpy(reply, got.p, sizeof reply);
    if (has_kem)
        mlkem_decaps(MLKEM_768, SPAN(both.client.secret.dk), span_of(reply + 5, NZ_KEM_CT), kem);
    pair_deliver_to_client(&both);
    if (!open_message(&to_c, p, pair_first(&both.to_client), room, &got))
        return (attack_result){false, 0};
    p1_next_x(p, l->client.t, SPAN(step), SPAN(reply), x);
    p1_transcript(p, x, span_from(got, 1), t);
    pair_deliver_to_client(&both);
    p1_next_seed(p, l->client.epochs.secret.link, kem, t, seed);
    p1_epochs made = {0};
    p1_make_epoch(&made, p, seed, l->client.epochs.now.epoch + 1, root);
    p1_ratchet thief;
    p1_start_enclave(&thief, l->client.epochs.now.epoch + 1, t, root, &l->enclave.epochs.now.secret.own, 0,
                     p1_sent(&both.client.epochs.other));
    if (has_r)
        thief.secret.own = both.enclave.epochs.other.secret.own;
    if (has_kem)
        prim_pair_of(p, guessed, &thief.secret.own);
    if (!both.to_enclave.n)
        return (attack_result){false, both.client_said.req};
    const bool reads = open_message(&thief, p, pair_first(&both.to_enclave), room, &got) && got.p[0] == P1_START;
    return (attack_result){reads, 0};
}

static attack_result passive_thief(const prim *p)
{
    static loot l;
    begin(p);
    both.holds_report = false;
    pair_open(&both);
    if (both.client.phase != P1_OPEN)
        return (attack_result){false, both.client_said.req};
    both.now += P1_STEP_PAUSE;
    steal(&l);
    pair_client_steps(&both);
    return listen(p, &l, true, false);
}

static attack_result thief_who_breaks_kem(const prim *p)
{
    static loot l;
    begin(p);
    both.holds_report = false;
    pair_open(&both);
    if (both.client.phase != P1_OPEN)
        return (attack_result){false, both.client_said.req};
    both.now += P1_STEP_PAUSE;
    steal(&l);
    pair_client_steps(&both);
    return listen(p, &l, false, true);
}

healing_count p1_healing(const prim *p, size_t runs)
{
    static loot l;
    static uint8_t room[P1_RECORD_MAX];
    healing_count out = {.runs = runs};
    begin(p);
    both.holds_report = false;
    pair_open(&both);
    must(both.client.phase == P1_OPEN);
    static pair opened;
    opened = both;
    for (size_t i = 0; i < runs; i++) {
        uint8_t seed[8];
        writer w = WRITER(seed);
        span got;
        both = opened;
        write_be(&w, i, 8);
        both.coins = chance_of(p, SPAN(seed), "healing");
        both.now += P1_STEP_PAUSE;
        steal(&l);
        must(accepted(pair_client_sends(&both, P1_REQUEST, secret)));
        p1_ratchet r = l.enclave.epochs.now;
        out.read_before += open_message(&r, p, pair_first(&both.to_enclave), room, &got);
        l.enclave.epochs.now = r;
        pair_deliver_to_enclave(&both);
        pair_client_steps(&both);
        out.read_after += listen(p, &l, false, false).reached;
    }
    return out;
}

/* ---- goals 19 to 22: the same enclave, deletion, age ---- */

static attack_result model_swapped(const prim *p)
{
    begin(p);
    both.holds_report = false;
    pair_open(&both);
    if (both.client.phase != P1_OPEN)
        return (attack_result){false, both.client_said.req};
    char *model = strstr(world.claims, "\"model\":\"") + 9;
    *model = *model == '0' ? '1' : '0';
    service_boot(&world, SPAN(world.nonce));
    service_enrol(&world);
    pair_next_epoch(&both);
    pair_client_sends(&both, P1_REQUEST, secret);
    pair_run(&both);
    const bool reached = both.client.phase == P1_OPEN && both.client.epochs.now.epoch == 1;
    return (attack_result){reached, both.client_said.req};
}

/* The host drops the last record of an answer before E's next turn. */
static attack_result tail_cut(const prim *p)
{
    begin(p);
    both.holds_report = false;
    pair_open(&both);
    if (both.client.phase != P1_OPEN)
        return (attack_result){false, both.client_said.req};
    pair_client_sends(&both, P1_REQUEST, "one");
    pair_run(&both);
    pair_enclave_sends(&both, P1_CHUNK, "I do not......");
    pair_deliver_to_client(&both);
    pair_enclave_sends(&both, P1_CHUNK, "recommend it..");
    both.to_client.n = 0;
    pair_client_sends(&both, P1_CANCEL, "1234");
    pair_run(&both);
    pair_enclave_sends(&both, P1_END, "end");
    pair_run(&both);
    return (attack_result){saw(both.client_saw, both.n_client_saw, "10:end"), both.client_said.req};
}

/* A stranger, admitted like all, orders a second report before the epoch of the first has begun. */
static attack_result two_steps(const prim *p)
{
    begin(p);
    both.holds_report = false;
    pair_open(&both);
    if (both.client.phase != P1_OPEN)
        return (attack_result){false, both.client_said.req};
    both.now += P1_STEP_PAUSE;
    p1_ratchet stranger = both.client.epochs.now;
    const uint8_t d[32] = {1}, z[32] = {2};
    uint8_t step[P1_STEP_BYTES] = {P1_STEP, 0, 0, 0, 1}, dk[NZ_KEM_DK];
    mlkem_keygen(MLKEM_768, d, z, step + 5, dk);
    size_t sent[2];
    for (size_t i = 0; i < 2; i++) {
        thief_sends(&both.to_enclave, &stranger, p, SPAN(step));
        pair_deliver_to_enclave(&both);
        sent[i] = both.to_client.n;
    }
    return (attack_result){sent[1] > sent[0], both.enclave_said.req};
}

/* ---- goal 34: strangers in a crowd ---- */

static attack_result crowd(const prim *p)
{
    size_t waiting = 0;
    verdict v = ACCEPT;
    (void)p;
    for (size_t i = 0; i < 10000; i++) {
        const verdict said = p1_judge_waiting(waiting);
        waiting += accepted(said);
        v = accepted(said) ? v : said;
    }
    return (attack_result){waiting > P1_WAITING_MAX, v.req};
}

/* The host holds back until the evidence is old, and the client would still ask. */
static attack_result old_evidence(const prim *p)
{
    begin(p);
    both.holds_report = false;
    pair_open(&both);
    both.now += P1_STALE;
    if (both.client.phase != P1_OPEN)
        return (attack_result){false, both.client_said.req};
    const verdict v = pair_client_sends(&both, P1_REQUEST, secret);
    return (attack_result){accepted(v), v.req};
}

#define R(id) REQ_##id

/* clang-format off */
const attacker attackers[] = {
    {1, "other code", "a listed machine, its s", "the prompt", {R(AT_040)}, other_code},
    {2, "relay", "s", "the prompt", {R(AT_039)}, relay},
    {3, "two places", "a listed machine, its s", "a binder that two paths prove", {R(P1_053)}, path_of_two_places},
    {4, "unlisted machine", "its hardware key, s", "the prompt", {R(P1_058)}, unlisted_machine},
    {5, "own s", "a listed machine's hardware key", "the prompt", {R(P1_099)}, own_s},
    {6, "old boot record", "a recorded boot record", "to be enrolled", {R(P1_041)}, old_boot_record},
    {7, "diversion", "another service of the owner", "the prompt", {R(P1_095)}, diversion},
    {8, "older release", "an older signed release", "the prompt", {R(P1_050)}, older_release},
    {9, "clock rollback", "all keys of a lapsed machine", "the prompt", {R(P1_086)}, clock_rollback},
    {10, "one witness", "the log and a witness", "a view of its own", {R(TL_031)}, one_witness},
    {10, "second view", "the log and its witnesses", "another tree of the same size", {R(P1_087)}, second_view},
    {11, "stale log", "old cosignatures", "a tree of days ago", {R(TL_031)}, stale_log},
    {12, "offer changed", "the wire", "another offer than C made", {R(P1_021)}, offer_changed},
    {12, "lower version", "the host", "a version below what both have", {R(P1_060)}, lower_version},
    {13, "CPU alone", "the CPU's hardware key, s", "the prompt", {R(P1_067), R(P1_058)}, cpu_alone},
    {13, "rented GPU", "the CPU's key, s, any genuine GPU", "the prompt", {R(P1_058)}, rented_gpu},
    {13, "recorded GPU", "the CPU's key, s, the boot record", "the prompt", {R(AT_341)}, recorded_gpu},
    {14, "early request", "a careless client", "a prompt before verification", {R(P1_141)}, early_request},
    {14, "no token", "nothing", "work without admission", {R(P1_147)}, without_token},
    {15, "attest swapped", "Noise keys of E -> C", "evidence that E never sent", {R(P1_100), R(P1_111)}, attest_swapped},
    {16, "active thief", "all state of epoch n, the wire", "C's records of n + 1", {R(P1_071), R(P1_072)}, active_thief},
    {17, "passive thief", "all state of epoch n, X25519 broken", "C's records of n + 1", {R(P1_101)}, passive_thief},
    {18, "KEM breaker", "all state of epoch n, ML-KEM broken", "C's records of n + 1", {R(P1_068)}, thief_who_breaks_kem},
    {19, "model swapped", "the owner's signature", "another model in mid-conversation", {R(P1_062)}, model_swapped},
    {20, "tail cut", "the wire", "an answer without its end", {R(P1_106)}, tail_cut},
    {21, "two steps", "admission", "two epochs at once", {R(P1_153), R(P1_155)}, two_steps},
    {22, "old evidence", "the host's clock", "a prompt under old evidence", {R(P1_163)}, old_evidence},
    {25, "other words", "the client", "words that the enclave never said", {R(IN_096)}, other_words},
    {25, "other kind", "the client", "its own message as the answer", {R(IN_093), R(IN_096)}, other_kind},
    {26, "forged turn", "the client", "an earlier turn as the enclave's word", {R(IN_099)}, forged_turn},
    {26, "hidden order", "the client", "tools that nobody is told of", {R(IN_098)}, hidden_order},
    {27, "other signer", "an unlisted machine's hardware key", "receipts of a key of its own", {R(IN_080)}, other_signer},
    {28, "wiretap", "a receipt, h of each connection", "the receipt's connection", {R(IN_081)}, wiretap},
    {29, "unasked receipt", "the enclave", "a proof that C can't deny", {R(IN_067)}, signs_unasked},
    {34, "crowd", "10,000 anonymous connections", "more than 1,024 places", {R(P1_175)}, crowd},
};
/* clang-format on */

const size_t n_attackers = sizeof attackers / sizeof *attackers;

/* ---- the ladder ---- */

/* Evidence of an earlier handshake with this s. */
static void record(const prim *p, service_evidence *e)
{
    begin(p);
    pair_start(&both, &world, span_text("earlier"));
    both.holds_report = true;
    shake();
    prepare(e);
    pair_start(&both, &world, span_text("attack"));
    both.holds_report = true;
}

static attack_result impostor(const prim *p)
{
    const uint8_t own[32] = {9};
    service_evidence e;
    record(p, &e);
    prim_pair_of(p, own, &world.s);
    pair_start(&both, &world, span_text("attack"));
    both.holds_report = true;
    shake();
    return attest_and_ask(&e);
}

static attack_result replayer(const prim *p)
{
    service_evidence e;
    record(p, &e);
    shake();
    return attest_and_ask(&e);
}

/* Genuine code on a machine that the owner did not list: its own key, its own evidence, the statement for the machine that was meant. */
static attack_result another_machine(const prim *p)
{
    service_evidence e;
    begin(p);
    service_start(&second, p, span_text("another machine"), "chat.example", SERVICE_NOW);
    world.chip = second.chip;
    world.endorsements = second.endorsements;
    world.s = second.s;
    pair_start(&both, &world, span_text("attack"));
    both.holds_report = true;
    shake();
    prepare(&e);
    return attest_and_ask(&e);
}

const ladder_profile p1_ladder = {"parley1",
                                  {impostor, replayer, relay, attest_swapped, unlisted_machine, another_machine},
                                  {[LADDER_IMPOSTOR] = {R(AT_039), R(P1_099)},
                                   [LADDER_REPLAYER] = {R(AT_039)},
                                   [LADDER_RELAY] = {R(AT_039)},
                                   [LADDER_SWAPPER] = {R(P1_100), R(P1_111)},
                                   [LADDER_LEAKED] = {R(P1_058)},
                                   [LADDER_DIVERSION] = {R(P1_058), R(P1_099)}}};
