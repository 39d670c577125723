/* Sessions: for each sentence an honest run that is taken, and what a lying side or a late one does, which ends at that sentence and closes. Both
 * sides, the service and the lies are in one process; lies are sealed with the keys of the side that tells them. */
#include "parley1_vectors.h"

#include "p1_pair.h"
#include "parley1_session_parts.h"

#include <string.h>

static service world;
static pair both;

/* The service is the same in all checks; its clock is set back. */
static void begin(const prim *p)
{
    if (world.prim != p)
        service_start(&world, p, span_text("internal checks"), "chat.example", SERVICE_NOW);
    world.now = SERVICE_NOW;
    world.policy.least_release = 7;
    pair_start(&both, &world, span_text("internal checks"));
}

static bool is_open(void) { return both.client.phase == P1_OPEN && both.enclave.phase == P1_OPEN; }

static bool opened(const prim *p)
{
    begin(p);
    pair_open(&both);
    return is_open();
}

static bool deliver_to_enclave(void)
{
    if (both.to_enclave.n)
        pair_deliver_to_enclave(&both);
    return accepted(both.enclave_said);
}

static bool deliver_to_client(void)
{
    if (both.to_client.n)
        pair_deliver_to_client(&both);
    return accepted(both.client_said);
}

static bool enclave_refuses(uint16_t req)
{
    while (both.to_enclave.n && accepted(both.enclave_said))
        pair_deliver_to_enclave(&both);
    return both.enclave_said.req == req && both.enclave_close == 1002 && both.enclave.phase == P1_CLOSED;
}

static bool client_refuses(uint16_t req)
{
    while (both.to_client.n && accepted(both.client_said))
        pair_deliver_to_client(&both);
    return both.client_said.req == req && both.client_close == 1002 && both.client.phase == P1_CLOSED;
}

/* ---- lies ---- */

static const uint8_t lie_coins[32] = {42};

static void client_says(span message, bool talk)
{
    static uint8_t room[PAIR_ROOM];
    p1_effects out = {.bytes = WRITER(room)};
    p1_send_message(&both.client.epochs, both.prim, SPAN(lie_coins), message, talk, &out);
    for (size_t i = 0; i < out.n_sends; i++)
        pair_put(&both.to_enclave, p1_sends(&out, i));
}

static void enclave_says(span message, bool talk)
{
    static uint8_t room[PAIR_ROOM];
    p1_effects out = {.bytes = WRITER(room)};
    p1_send_message(&both.enclave.epochs, both.prim, SPAN(lie_coins), message, talk, &out);
    for (size_t i = 0; i < out.n_sends; i++)
        pair_put(&both.to_client, p1_sends(&out, i));
}

#define CLIENT_SAYS(talk, ...)  client_says(SPAN(((const uint8_t[]){__VA_ARGS__})), (talk))
#define ENCLAVE_SAYS(talk, ...) enclave_says(SPAN(((const uint8_t[]){__VA_ARGS__})), (talk))

static void seal_to(pair_queue *q, p1_ratchet *r, bool last, bool talk, span bytes)
{
    static uint8_t plain[P1_PLAIN_MAX], record[P1_RECORD_MAX];
    writer p = WRITER(plain), out = WRITER(record);
    p1_write_plain(&(p1_plain){last, talk, bytes}, 0, &p);
    p1_seal(r, both.prim, SPAN(lie_coins), written(&p), &out, NULL);
    pair_put(q, written(&out));
}

/* C's first record of the epoch that the enclave has made ready. */
static void first_record(bool talk, span message)
{
    const p1_ratchet *e = &both.enclave.epochs.other;
    p1_ratchet r;
    p1_start_client(&r, e->epoch, e->t, e->secret.root, e->secret.own.share, e->epoch ? p1_received(&both.enclave.epochs.now) : 0, 0);
    both.to_enclave.n = 0;
    seal_to(&both.to_enclave, &r, true, talk, message);
}

/* The first record of C; `talk`: it says that it belongs to the conversation, not to the session. */
#define FIRST_RECORD(talk, ...) first_record((talk), SPAN(((const uint8_t[]){__VA_ARGS__})))

/* A new session up to attest_0, which the client has in its queue; nothing of C has come. */
static bool offered(const prim *p)
{
    begin(p);
    return deliver_to_enclave() && both.enclave.phase == P1_OFFERED;
}

/* Start has come and ready is in the queue; no token. */
static bool started(const prim *p)
{
    begin(p);
    for (int i = 0; i < 4 && both.client.phase != P1_OPEN; i++) {
        deliver_to_enclave();
        while (both.to_client.n && both.client.phase != P1_OPEN)
            deliver_to_client();
    }
    return deliver_to_enclave() && both.enclave.phase == P1_OPEN;
}

static void make_step(uint8_t step[P1_STEP_BYTES], uint32_t number)
{
    static const uint8_t d[32] = {1}, z[32] = {2};
    uint8_t dk[NZ_KEM_DK];
    writer w = writer_of(step, 5);
    write_be(&w, P1_STEP, 1);
    write_be(&w, number, 4);
    mlkem_keygen(MLKEM_768, d, z, step + 5, dk);
}

static void client_lies_step(uint32_t number, bool good_key)
{
    uint8_t step[P1_STEP_BYTES];
    make_step(step, number);
    if (!good_key)
        memset(step + 5, 0xff, 3);
    client_says(SPAN(step), false);
}

static void enclave_lies_reply(uint32_t number)
{
    uint8_t reply[P1_REPLY_BYTES] = {P1_REPLY};
    writer w = writer_of(reply + 1, 4);
    write_be(&w, number, 4);
    enclave_says(SPAN(reply), false);
}

/* The client has sent its step, and the enclave has opened it; its report does not come. */
static bool stepping(const prim *p)
{
    if (!opened(p))
        return false;
    both.holds_report = true;
    both.now += P1_STEP_PAUSE;
    pair_client_steps(&both);
    return deliver_to_enclave() && both.enclave.stepping;
}

/* ---- 1. The order ---- */

static bool lying_attest0(const prim *p, size_t n, size_t stated)
{
    static uint8_t plain[NZ_RECORD_MAX], record[NZ_MESSAGE_MAX];
    const nz_world lent = {.prim = p};
    begin(p);
    both.holds_report = true;
    if (!deliver_to_enclave() || !deliver_to_client())
        return false;
    writer w = WRITER(plain), out = WRITER(record);
    write_be(&w, stated, 4);
    write_zeros(&w, n - 4);
    must(accepted(nz_seal(&both.enclave.noise, &lent, EMPTY, written(&w), &out)));
    pair_put(&both.to_client, written(&out));
    return client_refuses(REQ_P1_140);
}

static bool attest0_in_its_form(const prim *p)
{
    return opened(p) && lying_attest0(p, NZ_RECORD_MAX, P1_ATTEST_MAX + 1) && lying_attest0(p, 100, 200) && lying_attest0(p, 100, 0) &&
           lying_attest0(p, 300, 200);
}

static bool nothing_before_the_checks(const prim *p)
{
    begin(p);
    const bool shaking = pair_client_sends(&both, P1_REQUEST, "x").req == REQ_P1_141;
    const bool proving = deliver_to_enclave() && deliver_to_client() && pair_client_sends(&both, P1_CANCEL, "1234").req == REQ_P1_141;
    if (!shaking || !proving || !opened(p) || !accepted(pair_client_sends(&both, P1_REQUEST, "x")))
        return false;
    pair_run(&both);
    both.now += P1_STEP_PAUSE;
    pair_client_steps(&both);
    return pair_client_sends(&both, P1_REQUEST, "x").req == REQ_P1_141 && accepted(pair_client_sends(&both, P1_CANCEL, "1234"));
}

static bool each_epoch_is_checked(const prim *p)
{
    begin(p);
    world.policy.least_release = 8;
    pair_open(&both);
    if (both.client_said.req != REQ_P1_091 || !opened(p))
        return false;
    world.policy.least_release = 8;
    pair_next_epoch(&both);
    return both.client_said.req == REQ_P1_091 && both.client.phase == P1_CLOSED;
}

static bool start_comes_first(const prim *p)
{
    if (!opened(p) || !offered(p))
        return false;
    FIRST_RECORD(true, P1_REQUEST, 0, 0);
    if (!enclave_refuses(REQ_P1_143) || !offered(p))
        return false;
    FIRST_RECORD(false, P1_TOKEN, 0, 0, 0);
    return enclave_refuses(REQ_P1_143);
}

/* E's ratchet behind start, before it has sent anything. */
static bool chunk_before_ready(const prim *p)
{
    static const uint8_t chunk[12] = {P1_CHUNK};
    uint8_t opened_start[256];
    writer out = WRITER(opened_start);
    begin(p);
    if (!deliver_to_enclave())
        return false;
    while (both.to_client.n)
        if (!deliver_to_client())
            return false;
    p1_ratchet r = both.enclave.epochs.other;
    if (!both.to_enclave.n || !accepted(p1_open(&r, p, pair_first(&both.to_enclave), &out, NULL)))
        return false;
    seal_to(&both.to_client, &r, true, true, SPAN(chunk));
    return client_refuses(REQ_P1_144);
}

static bool ready_comes_first_and_once(const prim *p)
{
    if (!chunk_before_ready(p) || !opened(p))
        return false;
    ENCLAVE_SAYS(false, P1_READY);
    return client_refuses(REQ_P1_144);
}

/* Levels 1 and 200 are not among the enclave's claims; the honest start before them is taken. */
static bool unclaimed_level_is_refused(const prim *p)
{
    if (!opened(p) || !offered(p))
        return false;
    FIRST_RECORD(false, P1_START, 1);
    if (!enclave_refuses(REQ_P1_145) || !offered(p))
        return false;
    FIRST_RECORD(false, P1_START, 200);
    return enclave_refuses(REQ_P1_145);
}

static bool level_stays(const prim *p)
{
    if (!stepping(p))
        return false;
    pair_report(&both);
    FIRST_RECORD(false, P1_START, 2);
    if (!enclave_refuses(REQ_P1_146) || !opened(p))
        return false;
    CLIENT_SAYS(false, P1_START, 0);
    return enclave_refuses(REQ_P1_146);
}

static bool token_before_all(const prim *p)
{
    if (!opened(p) || !started(p))
        return false;
    CLIENT_SAYS(true, P1_REQUEST, 0, 0);
    if (!enclave_refuses(REQ_P1_147) || !started(p))
        return false;
    CLIENT_SAYS(true, P1_CANCEL, 0, 0, 0, 0);
    if (!enclave_refuses(REQ_P1_147) || !started(p) || !deliver_to_client())
        return false;
    both.now += P1_STEP_PAUSE;
    client_lies_step(1, true);
    return enclave_refuses(REQ_P1_147);
}

static bool token_once(const prim *p)
{
    if (!opened(p))
        return false;
    CLIENT_SAYS(false, P1_TOKEN, 0, 0, 0);
    if (!enclave_refuses(REQ_P1_148) || !opened(p))
        return false;
    pair_next_epoch(&both);
    if (!is_open())
        return false;
    CLIENT_SAYS(false, P1_TOKEN, 0, 0, 0);
    return enclave_refuses(REQ_P1_148);
}

static bool bad_token(const prim *p, span token)
{
    if (!started(p))
        return false;
    client_says(token, false);
    return enclave_refuses(REQ_P1_149);
}

#define BAD_TOKEN(p, ...) bad_token((p), SPAN(((const uint8_t[]){P1_TOKEN, __VA_ARGS__})))

static bool token_in_its_form(const prim *p)
{
    uint8_t most[4 + 4096] = {P1_TOKEN, 1, 0x10, 0};
    if (!started(p))
        return false;
    client_says(SPAN(most), false);
    if (!deliver_to_enclave())
        return false;
    return BAD_TOKEN(p, 2, 0, 1, 9) && BAD_TOKEN(p, 0, 0, 1, 9) && BAD_TOKEN(p, 1, 0, 0) && BAD_TOKEN(p, 1, 0, 2, 9) &&
           BAD_TOKEN(p, 1, 0, 1, 9, 9);
}

/* A message that both sides begin in one epoch, and do not end. */
static bool no_message_crosses(const prim *p)
{
    static const uint8_t part[P1_USED_MAX] = {P1_REQUEST}, answer[P1_USED_MAX] = {P1_END};
    if (!stepping(p))
        return false;
    pair_report(&both);
    while (both.to_client.n)
        if (!deliver_to_client())
            return false;
    both.to_enclave.n = 0;
    seal_to(&both.to_enclave, &both.client.epochs.other, false, true, SPAN(part));
    deliver_to_enclave();
    FIRST_RECORD(false, P1_START, 0);
    if (!enclave_refuses(REQ_P1_150) || !stepping(p))
        return false;
    pair_report(&both);
    while (both.to_client.n)
        if (!deliver_to_client())
            return false;
    seal_to(&both.to_client, &both.enclave.epochs.now, false, true, SPAN(answer));
    return deliver_to_enclave() && client_refuses(REQ_P1_150);
}

/* ---- 2. The next epoch ---- */

static bool numbers_follow(const prim *p)
{
    if (!opened(p))
        return false;
    both.now += P1_STEP_PAUSE;
    client_lies_step(2, true);
    if (!enclave_refuses(REQ_P1_151) || !opened(p))
        return false;
    both.now += P1_STEP_PAUSE;
    client_lies_step(0, true);
    if (!enclave_refuses(REQ_P1_151) || !opened(p))
        return false;
    pair_client_steps(&both);
    enclave_lies_reply(2);
    return client_refuses(REQ_P1_151);
}

static bool step_after_ready(const prim *p)
{
    if (!opened(p) || !started(p))
        return false;
    CLIENT_SAYS(false, P1_TOKEN, 0, 0, 0);
    if (!deliver_to_enclave())
        return false;
    both.now += P1_STEP_PAUSE;
    client_lies_step(1, true);
    return enclave_refuses(REQ_P1_152);
}

static bool only_cancel_from_step_to_start(const prim *p)
{
    if (!stepping(p))
        return false;
    CLIENT_SAYS(true, P1_CANCEL, 0, 0, 0, 1);
    if (!deliver_to_enclave())
        return false;
    CLIENT_SAYS(true, P1_REQUEST, 0, 0);
    if (!enclave_refuses(REQ_P1_153) || !stepping(p))
        return false;
    both.now += P1_STEP_PAUSE;
    client_lies_step(1, true);
    return enclave_refuses(REQ_P1_153);
}

static bool step_key_is_one(const prim *p)
{
    if (!opened(p))
        return false;
    both.now += P1_STEP_PAUSE;
    client_lies_step(1, false);
    return enclave_refuses(REQ_P1_154);
}

static bool steps_take_their_time(const prim *p)
{
    if (!stepping(p) || !opened(p))
        return false;
    both.now += P1_STEP_PAUSE - 1;
    pair_client_steps(&both);
    return enclave_refuses(REQ_P1_155);
}

static bool reply_and_attest_in_turn(const prim *p)
{
    if (!opened(p))
        return false;
    enclave_lies_reply(1);
    if (!client_refuses(REQ_P1_156) || !opened(p))
        return false;
    pair_client_steps(&both);
    ENCLAVE_SAYS(false, P1_ATTEST, 0, 0);
    return client_refuses(REQ_P1_156);
}

static void put_record_of(uint32_t epoch)
{
    uint8_t record[80] = {0};
    writer w = writer_of(record + 40, 4);
    write_be(&w, epoch, 4);
    both.to_enclave.n = 0;
    pair_put(&both.to_enclave, SPAN(record));
}

static bool no_epoch_before_its_evidence(const prim *p)
{
    if (!stepping(p))
        return false;
    put_record_of(1);
    if (!enclave_refuses(REQ_P1_157))
        return false;
    begin(p);
    both.holds_report = true;
    if (!deliver_to_enclave())
        return false;
    put_record_of(0);
    return enclave_refuses(REQ_P1_157);
}

static bool old_epoch_is_wiped(const prim *p)
{
    if (!stepping(p))
        return false;
    pair_report(&both);
    while (both.to_client.n)
        if (!deliver_to_client())
            return false;
    const bool kept = !all_zero(SPAN(both.client.epochs.other.secret.root));
    deliver_to_enclave();
    deliver_to_client();
    return kept && is_open() && !both.client.epochs.has_other &&
           all_zero(span_of(&both.client.epochs.other, sizeof both.client.epochs.other));
}

static bool used_secrets_are_wiped(const prim *p)
{
    if (!opened(p))
        return false;
    const bool first = all_zero(SPAN(both.client.agreed.base)) && all_zero(SPAN(both.enclave.agreed.base)) &&
                       all_zero(span_of(&both.enclave.secret.r, sizeof both.enclave.secret.r));
    pair_next_epoch(&both);
    return first && is_open() && all_zero(span_of(&both.client.secret, sizeof both.client.secret)) &&
           all_zero(span_of(&both.enclave.secret, sizeof both.enclave.secret));
}

static bool closing_wipes_all(const prim *p)
{
    if (!opened(p))
        return false;
    ENCLAVE_SAYS(false, P1_READY);
    CLIENT_SAYS(false, P1_START, 0);
    if (!client_refuses(REQ_P1_144) || !enclave_refuses(REQ_P1_146))
        return false;
    return all_zero(span_of(&both.client.epochs, sizeof both.client.epochs)) &&
           all_zero(span_of(&both.enclave.epochs, sizeof both.enclave.epochs)) && both.client_storage.control.n == 0;
}

/* ---- 3. Age and waits ---- */

static bool ask(unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        if (!accepted(pair_client_sends(&both, P1_REQUEST, "x")))
            return false;
        pair_run(&both);
        pair_enclave_sends(&both, P1_END, "x");
        pair_run(&both);
        both.n_client_saw = both.n_enclave_saw = 0;
    }
    return is_open();
}

static bool sixty_four_requests(const prim *p)
{
    return opened(p) && ask(P1_REQUESTS_MAX) && p1_client_must_step(&both.client, both.now) &&
           pair_client_sends(&both, P1_REQUEST, "x").req == REQ_P1_162;
}

static bool fresh_evidence_only(const prim *p)
{
    if (!opened(p))
        return false;
    both.now += P1_FRESH - 1;
    if (!ask(1))
        return false;
    both.now += 1;
    return pair_client_sends(&both, P1_REQUEST, "x").req == REQ_P1_163;
}

static bool reading_ends_at_15_minutes(const prim *p)
{
    if (!opened(p) || !accepted(pair_client_sends(&both, P1_REQUEST, "x")))
        return false;
    pair_run(&both);
    pair_tick(&both, P1_STALE - 1);
    if (both.client.phase != P1_OPEN)
        return false;
    pair_tick(&both, 1);
    if (both.client_said.req != REQ_P1_164 || !opened(p))
        return false;
    pair_tick(&both, P1_STALE);
    return both.client.phase == P1_OPEN;
}

static bool is_stale(void)
{
    static const uint8_t request[] = {P1_REQUEST, 'x'};
    both.n_enclave_saw = 0;
    client_says(SPAN(request), true);
    deliver_to_enclave();
    return both.n_enclave_saw == 1 && strcmp(both.enclave_saw[0], "7:x!") == 0;
}

static bool enclave_counts_and_times(const prim *p)
{
    if (!opened(p) || !ask(P1_REQUESTS_MAX - 1) || is_stale() || !is_stale() || !opened(p))
        return false;
    both.now += P1_STALE - 1;
    if (is_stale())
        return false;
    both.now += 1;
    return is_stale();
}

/* At the limit nothing happens, a second later it does. */
static bool ends_after(int64_t seconds, bool client, uint16_t req)
{
    pair_tick(&both, seconds);
    const p1_phase before = client ? both.client.phase : both.enclave.phase;
    pair_tick(&both, 1);
    const verdict said = client ? both.client_said : both.enclave_said;
    return before != P1_CLOSED && said.req == req && (client ? both.client_close : both.enclave_close) == 1002;
}

static bool message2_in_time(const prim *p)
{
    begin(p);
    return ends_after(10, true, REQ_P1_166);
}

static bool attest0_in_time(const prim *p)
{
    begin(p);
    both.holds_report = true;
    return deliver_to_enclave() && deliver_to_client() && ends_after(30, true, REQ_P1_167);
}

static bool attest_in_time(const prim *p) { return stepping(p) && ends_after(30, true, REQ_P1_174); }
static bool ready_in_time(const prim *p) { return started(p) && ends_after(30, true, REQ_P1_168); }

static bool message1_in_time(const prim *p)
{
    begin(p);
    return ends_after(10, false, REQ_P1_169);
}

static bool start_in_time(const prim *p) { return offered(p) && ends_after(30, false, REQ_P1_170); }
static bool token_in_time(const prim *p) { return started(p) && ends_after(30, false, REQ_P1_171); }

static bool next_start_in_time(const prim *p)
{
    if (!stepping(p))
        return false;
    pair_report(&both);
    return ends_after(60, false, REQ_P1_172);
}

static bool idle_ends(const prim *p)
{
    return opened(p) && ends_after(P1_IDLE, true, REQ_P1_173) && opened(p) && ends_after(P1_IDLE, false, REQ_P1_173);
}

static bool waiting_is_bounded(const prim *p)
{
    (void)p;
    return accepted(p1_judge_waiting(0)) && accepted(p1_judge_waiting(P1_WAITING_MAX - 1)) &&
           p1_judge_waiting(P1_WAITING_MAX).req == REQ_P1_175 && p1_judge_waiting(SIZE_MAX).req == REQ_P1_175;
}

/* ---- P1-068 ---- */

static bool share_is_fresh(const prim *p) { return stepping(p) && !bytes_equal(both.enclave.secret.r.share, both.client.agreed.r0, 32); }

/* ---- P1-001 ---- */

static bool refusal_closes_1002(const prim *p)
{
    (void)p;
    return p1_refusal() == 1002;
}

const internal_check parley1_checks[] = {{"p1.refusal.code", "P1-001", refusal_closes_1002},
                                         {"p1.attest0.form", "P1-140", attest0_in_its_form},
                                         {"p1.client.before-checks", "P1-141", nothing_before_the_checks},
                                         {"p1.client.each-epoch", "P1-142", each_epoch_is_checked},
                                         {"p1.start.first", "P1-143", start_comes_first},
                                         {"p1.ready.first", "P1-144", ready_comes_first_and_once},
                                         {"p1.start.level-claimed", "P1-145", unclaimed_level_is_refused},
                                         {"p1.start.level-stays", "P1-146", level_stays},
                                         {"p1.token.before-all", "P1-147", token_before_all},
                                         {"p1.token.once", "P1-148", token_once},
                                         {"p1.token.form", "P1-149", token_in_its_form},
                                         {"p1.epoch.message-crosses", "P1-150", no_message_crosses},
                                         {"p1.step.number", "P1-151", numbers_follow},
                                         {"p1.step.after-ready", "P1-152", step_after_ready},
                                         {"p1.step.only-cancel", "P1-153", only_cancel_from_step_to_start},
                                         {"p1.step.key", "P1-154", step_key_is_one},
                                         {"p1.step.pause", "P1-155", steps_take_their_time},
                                         {"p1.reply.in-turn", "P1-156", reply_and_attest_in_turn},
                                         {"p1.epoch.before-evidence", "P1-157", no_epoch_before_its_evidence},
                                         {"p1.epoch.old-wiped", "P1-158", old_epoch_is_wiped},
                                         {"p1.secrets.used-wiped", "P1-159", used_secrets_are_wiped},
                                         {"p1.close.wiped", "P1-160", closing_wipes_all},
                                         {"p1.client.requests", "P1-162", sixty_four_requests},
                                         {"p1.client.fresh", "P1-163", fresh_evidence_only},
                                         {"p1.client.reading", "P1-164", reading_ends_at_15_minutes},
                                         {"p1.enclave.stale", "P1-165", enclave_counts_and_times},
                                         {"p1.wait.message2", "P1-166", message2_in_time},
                                         {"p1.wait.attest0", "P1-167", attest0_in_time},
                                         {"p1.wait.attest", "P1-174", attest_in_time},
                                         {"p1.wait.ready", "P1-168", ready_in_time},
                                         {"p1.wait.message1", "P1-169", message1_in_time},
                                         {"p1.wait.start", "P1-170", start_in_time},
                                         {"p1.wait.token", "P1-171", token_in_time},
                                         {"p1.wait.next-start", "P1-172", next_start_in_time},
                                         {"p1.wait.idle", "P1-173", idle_ends},
                                         {"p1.wait.count", "P1-175", waiting_is_bounded},
                                         {"p1.step.share", "P1-068", share_is_fresh},
                                         {0}};
