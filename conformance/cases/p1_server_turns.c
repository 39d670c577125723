/* Profile parley1, the server's door: turns, padding, receipts and epochs. */
#include "cases.h"
#include "franking.h"
#include "p1_peer.h"
#include "p1_model.h"

#include <event2/event.h>

#include <stdio.h>
#include <string.h>

#define OK "p1.server.turn.level-0"
/* What a first answer shows, when it opens. */
#define HONEST    "IN-077 P1-020 P1-021 P1-030 P1-078 P1-100 P1-109 P1-113 P1-115 P1-116 P1-117 P1-118"
#define OK_LEVEL2 "p1.server.turn.level-2"
#define OK_LEVEL3 "p1.server.turn.level-3"

/* ---- turns ---- */

static void run_turn(trial *t)
{
    const unsigned *level = t->row->with;
    p1_peer *p = p1_peer_admitted(t, *level);
    p1_peer_asks(p, &(p1_question){0});
    p1_judge_answered(p);
}

/* Two turns, the second of which is longer than any record. */
static void run_two_turns(trial *t)
{
    p1_peer *p = p1_peer_admitted(t, 0);
    p1_peer_asks(p, &(p1_question){.more = 1000});
    p1_judge_answered(p);
    p1_peer_asks(p, &(p1_question){.id = 9});
    p1_judge_answered(p);
}

static void run_tool(trial *t)
{
    p1_peer *p = p1_peer_admitted(t, 0);
    p1_peer_asks(p, &(p1_question){.tools = 1, .tool = "{\"name\":\"clock\",\"args\":[1,2]}"});
    p1_judge_answered(p);
}

/* ---- requests that are refused, and requests that are answered by an error ---- */

typedef struct request {
    p1_question q;
    unsigned code; /* 0: the connection closes */
} request;

static void run_request(trial *t)
{
    const request *r = t->row->with;
    p1_peer *p = p1_peer_admitted(t, 0);
    p1_peer_asks(p, &r->q);
    if (r->code)
        p1_judge_error(p, r->code);
    else
        p1_judge_refused(p);
}

#define ERROR(slug, says_, req_, code_, ...)                                                                                        \
    CASE(.id = "p1.server.request." slug, .says = says_, .req = {[VERDICT] = req_, [STATE] = req_}, .base = OK, .run = run_request, \
         .with = GIVEN(request, .q = {__VA_ARGS__}, .code = code_))
#define CLOSES(slug, says_, req_, ...)                                                                                                   \
    CASE(.id = "p1.server.request." slug, .says = says_, .req = {[VERDICT] = req_, [REASON] = "P1-001"}, .base = OK, .run = run_request, \
         .with = GIVEN(request, .q = {__VA_ARGS__}))

/* 19 bytes: temperature, top_k, top_p, min_p, penalty, max_tokens, stops. */
#define PARAMETERS(temperature, top_p, stops) \
    temperature "0000" top_p "00000000"       \
                "0000"                        \
                "00000000" stops

/* ---- order ---- */

static void run_same_id(trial *t)
{
    p1_peer *p = p1_peer_admitted(t, 0);
    p1_peer_asks(p, &(p1_question){.id = 5});
    p1_judge_answered(p);
    p1_peer_asks(p, &(p1_question){.id = *(const uint32_t *)t->row->with});
    p1_judge_refused(p);
}

/* At level 2 the answer fills its bucket for a while, so that the next request comes too early for sure. */
static void run_too_early(trial *t)
{
    p1_peer *p = p1_peer_admitted(t, 2);
    p1_peer_asks(p, &(p1_question){0});
    p1_peer_says(p, p1_peer_question(p, &(p1_question){.id = 2}));
    p1_judge_refused(p);
}

static void run_cancel(trial *t)
{
    p1_peer *p = p1_peer_admitted(t, 0);
    in_message m;
    bool ended = false;
    p1_peer_asks(p, &(p1_question){0});
    p1_peer_says_hex(p, "0800000001");
    while (!p1_client_is_done(&p->reading) && p1_peer_hears(p, &m))
        ended |= m.type == IN_TYPE_END;
    judge(t, VERDICT, ended, "an end", "none");
    p1_peer_asks(p, &(p1_question){.id = 2});
    p1_judge_answered(p);
}

/* Of a turn that is over it changes nothing. */
static void run_late_cancel(trial *t)
{
    p1_peer *p = p1_peer_admitted(t, 0);
    p1_peer_asks(p, &(p1_question){0});
    p1_judge_answered(p);
    p1_peer_says_hex(p, "0800000001");
    p1_peer_asks(p, &(p1_question){.id = 2});
    p1_judge_answered(p);
}

static void run_bad_cancel(trial *t)
{
    p1_peer *p = p1_peer_admitted(t, 0);
    p1_peer_asks(p, &(p1_question){0});
    p1_judge_answered(p);
    for (const char *const *says = t->row->with; *says; says++)
        p1_peer_says_hex(p, *says);
    p1_judge_refused(p);
}

/* ---- sessions apart, and what an answer says ---- */

static void hears_nothing_of(p1_peer *p, const char *other, const char *another)
{
    p1_judge_answered(p);
    const span said = written(&p->reading.turn.answer);
    if (!p->t->over)
        judge(p->t, RELEASED, !memmem(said.p, said.n, other, strlen(other)) && !memmem(said.p, said.n, another, strlen(another)),
              "nothing of another session", "a word of it");
}

/* Two sessions at once and one after them; the word of each stands in no other one's answer. */
static void run_apart(trial *t)
{
    char word[3][64];
    for (int i = 0; i < 3; i++)
        snprintf(word[i], sizeof word[i], "%s-%c", t->word, 'a' + i);
    p1_peer *a = p1_peer_admitted(t, 0);
    p1_peer_aside();
    p1_peer *b = p1_peer_admitted(t, 0);
    p1_peer_asks(a, &(p1_question){.text = word[0]});
    p1_peer_asks(b, &(p1_question){.text = word[1]});
    hears_nothing_of(b, word[0], word[2]);
    hears_nothing_of(a, word[1], word[2]);
    b = p1_peer_admitted(t, 0);
    p1_peer_asks(b, &(p1_question){.text = word[2]});
    hears_nothing_of(b, word[0], word[1]);
}

static void run_everything(trial *t)
{
    p1_peer *p = p1_peer_admitted(t, 0);
    p1_peer_asks(
        p, &(p1_question){
               .everything = true, .tools = 2, .tool = "{\"name\":\"clock\"}", .parameters = PARAMETERS("03e8", "0000ffff", "01027a7a")});
    p1_judge_answered(p);
}

static bool answers_by_script(const p1_peer *p) { return bytes_equal(p->client.appraisal.model, p1_script().digest, IN_DIGEST); }

/* A script says again what it was asked: a long text whose characters are not all ASCII. */
static void run_content(trial *t)
{
    char asked[2048], want[2048 + 64];
    page text = {0};
    p1_peer *p = p1_peer_admitted(t, 0);
    if (t->over)
        return;
    if (!answers_by_script(p)) {
        trial_not_here(t, VERDICT, "its model is no script, whose answers are known");
        return;
    }
    for (int i = 0; i < 40; i++)
        page_printf(&text, "%s%d gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\xa6\xa2 ", t->word, i);
    snprintf(asked, sizeof asked, "%s", text.p);
    page_free(&text);
    snprintf(want, sizeof want, "I am a script and repeat what I am told: %s", asked);
    p1_peer_asks(p, &(p1_question){.text = asked});
    p1_judge_answered(p);
    if (!t->over)
        judge_bytes(t, VERDICT, NULL, span_text(want), written(&p->reading.turn.answer));
}

/* At one record a tick an answer of several hundred pieces has only begun. */
static void run_cancel_ends(trial *t)
{
    char words[700];
    in_message m = {0};
    uint64_t finish = 0;
    p1_peer *p = p1_peer_admitted(t, 3);
    for (size_t i = 0; i + 1 < sizeof words; i++)
        words[i] = i % 2 ? ' ' : 'a';
    words[sizeof words - 1] = 0;
    p1_peer_asks(p, &(p1_question){.text = words});
    p1_peer_says_hex(p, "0800000001");
    while (!p1_client_is_done(&p->reading) && p1_peer_hears(p, &m))
        finish = m.type == IN_TYPE_END ? m.as.end.finish : finish;
    if (!t->over)
        judge(t, VERDICT, finish == IN_CANCELLED, "an end that says cancelled", "finish %u", (unsigned)finish);
}

/* ---- padding ---- */

static void run_fill_at_level_0(trial *t)
{
    p1_peer *p = p1_peer_admitted(t, 0);
    p1_peer_asks(p, &(p1_question){0});
    p1_peer_fills(p, 1);
    p1_judge_refused(p);
}

static void run_fill_first(trial *t)
{
    p1_peer *p = p1_peer_admitted(t, *(const unsigned *)t->row->with);
    p1_peer_fills(p, 1);
    p1_judge_refused(p);
}

static void run_fill_too_many(trial *t)
{
    p1_peer *p = p1_peer_admitted(t, 2);
    p1_peer_asks(p, &(p1_question){0});
    p1_peer_fills(p, 1);
    p1_judge_refused(p);
}

/* The first record of a longer request, in the middle of filling. */
static void run_record_while_filling(trial *t)
{
    p1_peer *p = p1_peer_admitted(t, 2);
    const span request = p1_peer_question(p, &(p1_question){.more = 100});
    p1_peer_says(p, p1_peer_question(p, &(p1_question){.id = 3}));
    p1_peer_fills(p, 5);
    p1_peer_says_parts(p, request, true, 0, 1);
    p1_judge_refused(p);
}

static void run_fill_behind(trial *t)
{
    p1_peer *p = p1_peer_admitted(t, 2);
    p1_peer_says_hex(p, "0c00");
    p1_judge_refused(p);
}

/* More than 64 records each way: request and answer fill the bucket behind. */
static void run_large_bucket(trial *t)
{
    char words[200] = {0};
    memset(words, ' ', sizeof words - 1);
    for (size_t i = 0; i < sizeof words - 1; i += 2)
        words[i] = 'a';
    p1_peer *p = p1_peer_admitted(t, 2);
    p1_peer_asks(p, &(p1_question){.text = words, .more = *(const unsigned *)t->row->with});
    p1_judge_answered(p);
}

/* Before its bucket is full nothing is answered. */
static void run_nothing_before_full(trial *t)
{
    p1_peer *p = p1_peer_admitted(t, 2);
    const span request = p1_peer_question(p, &(p1_question){0});
    p1_peer_says(p, request);
    p1_peer_fills(p, 60);
    peer_pings(p->peer, span_text("quiet?"));
    const size_t before = p->peer->n_in;
    while (!p->t->over && !p->peer->ended && p->peer->n_pongs == 0)
        event_base_loop(p->t->base, EVLOOP_ONCE);
    judge(t, VERDICT, p->peer->n_in == before && !p->peer->ended, "nothing yet", "%zu messages", p->peer->n_in - before);
}

static void run_plain_at_level(trial *t)
{
    p1_peer *p = p1_peer_admitted(t, 2);
    uint8_t plain[257] = {3, 0, 1, P1_FILL};
    p1_peer_says(p, p1_peer_question(p, &(p1_question){0}));
    p1_peer_says_plain(p, span_of(plain, *(const unsigned *)t->row->with));
    p1_judge_refused(p);
}

static void run_ones(trial *t)
{
    p1_peer *p = p1_peer_admitted(t, 2);
    uint8_t plain[256] = {3, 0, 1, P1_FILL}, drawn;
    const unsigned given = *(const unsigned *)t->row->with;
    trial_draw(t, &drawn, 1);
    const unsigned at = given ? given : 5 + drawn % 250u;
    plain[at] = 1;
    p1_peer_says(p, p1_peer_question(p, &(p1_question){0}));
    p1_peer_says_plain(p, SPAN(plain));
    p1_judge_refused(p);
}

/* ---- receipts ---- */

static void check_receipt(p1_peer *p, const in_end *end);

/* A request at the limits of what one may be. */
static void run_most(trial *t)
{
    static char tool[65536 + 1];
    memset(tool, ' ', sizeof tool - 1);
    memcpy(tool, "{}", 2);
    p1_peer *p = p1_peer_admitted(t, 0);
    p1_peer_asks(p, &(p1_question){.id = 1, .more = IN_MESSAGES_MAX - 1});
    p1_judge_answered(p);
    p1_peer_asks(p, &(p1_question){.id = 2, .tools = IN_TOOLS_MAX});
    p1_judge_answered(p);
    p1_peer_asks(p, &(p1_question){.id = 3, .tools = 1, .tool = tool});
    p1_judge_answered(p);
}

static void run_long_tool(trial *t)
{
    static char tool[65537 + 1];
    memset(tool, ' ', sizeof tool - 1);
    memcpy(tool, "{}", 2);
    p1_peer *p = p1_peer_admitted(t, 0);
    p1_peer_asks(p, &(p1_question){.tools = 1, .tool = tool});
    p1_judge_error(p, IN_MALFORMED);
}

/* The receipt of an answer that was cancelled in its middle. */
static void run_cancelled_receipt(trial *t)
{
    char words[700];
    in_message m = {0};
    p1_peer *p = p1_peer_admitted(t, 3);
    for (size_t i = 0; i + 1 < sizeof words; i++)
        words[i] = i % 2 ? ' ' : 'a';
    words[sizeof words - 1] = 0;
    p1_peer_asks(p, &(p1_question){.text = words, .receipt = true});
    if (p1_peer_hears(p, &m))
        p1_peer_says_hex(p, "0800000001");
    while (m.type != IN_TYPE_END && p1_peer_hears(p, &m))
        ;
    judge(t, VERDICT, m.type == IN_TYPE_END && m.as.end.finish == IN_CANCELLED && m.as.end.receipt.n > 0,
          "an end that says cancelled, with a receipt", "message %u, finish %u", (unsigned)m.type, (unsigned)m.as.end.finish);
    if (!t->over && m.type == IN_TYPE_END)
        check_receipt(p, &m.as.end);
}

static void check_receipt(p1_peer *p, const in_end *end)
{
    const p1_appraisal *a = &p->client.appraisal;
    account noted;
    const in_expected by = {
        .key = SPAN(a->identity.q), .statement = SPAN(a->statement), .model = SPAN(a->model), .tokenizer = SPAN(a->tokenizer)};
    const verdict v = in_client_checks_receipt(&p->reading.turn, p->t->run->prim, end, &by, &noted, NULL);
    if (accepted(v))
        judge(p->t, WIRE, true, "a receipt that passes every check", "one");
    else
        trial_breaks(p->t, WIRE, "a receipt that passes every check", v);
}

static void run_receipt(trial *t)
{
    const bool asked = *(const bool *)t->row->with;
    p1_peer *p = p1_peer_admitted(t, 0);
    in_message m;
    p1_peer_asks(p, &(p1_question){.receipt = asked});
    while (p1_peer_hears(p, &m) && m.type == IN_TYPE_CHUNK)
        ;
    judge(t, VERDICT, m.type == IN_TYPE_END && (m.as.end.receipt.n > 0) == asked, asked ? "an end with a receipt" : "an end without one",
          "message %u", (unsigned)m.type);
    if (!t->over && asked && m.type == IN_TYPE_END)
        check_receipt(p, &m.as.end);
}

/* ---- epochs ---- */

static p1_peer *after_64(trial *t)
{
    p1_peer *p = p1_peer_admitted(t, 0);
    for (uint32_t i = 1; i <= 64 && !t->over; i++) {
        p1_peer_asks(p, &(p1_question){.id = i, .text = "x"});
        p1_judge_answered(p);
    }
    return p;
}

static void run_65th(trial *t)
{
    p1_peer *p = after_64(t);
    p1_peer_asks(p, &(p1_question){.id = 65});
    p1_judge_error(p, IN_STALE);
}

static void run_epoch(trial *t)
{
    p1_peer *p = after_64(t);
    uint8_t share[32];
    memcpy(share, p->client.next_r, sizeof share);
    p1_peer_steps(p);
    if (!t->over)
        judge(t, STATE, !bytes_equal(share, p->client.next_r, sizeof share), "another first share", "that of the epoch before");
    p1_peer_asks(p, &(p1_question){.id = 70});
    p1_judge_answered(p);
}

static void run_early_step(trial *t)
{
    p1_peer *p = p1_peer_admitted(t, 0);
    p1_peer_asks(p, &(p1_question){0});
    p1_judge_answered(p);
    uint8_t step[P1_STEP_BYTES] = {P1_STEP, 0, 0, 0, 1};
    p1_peer_says(p, SPAN(step));
    p1_judge_refused(p);
}

/* ---- what holds from epoch to epoch ---- */

static void run_second_step(trial *t)
{
    p1_peer *p = after_64(t);
    p1_peer_steps(p);
    p1_peer_says_step(p);
    p1_judge_refused(p);
}

static void run_other_level(trial *t)
{
    p1_peer *p = after_64(t);
    if (t->over)
        return;
    p->policy.level = 2;
    p1_peer_steps_to_start(p, 0);
    p1_judge_refused(p);
}

static void run_token_later(trial *t)
{
    p1_peer *p = after_64(t);
    p1_peer_steps(p);
    p1_peer_says_hex(p, "06000000");
    p1_judge_refused(p);
}

static void run_lower_id_later(trial *t)
{
    p1_peer *p = after_64(t);
    p1_peer_steps(p);
    p1_peer_asks(p, &(p1_question){.id = 5});
    p1_judge_refused(p);
}

/* The first record of a request that is longer; the next epoch starts before the second. */
static void run_begun_before(trial *t)
{
    static const uint8_t request[65472 + 10] = {P1_REQUEST};
    p1_peer *p = after_64(t);
    p1_peer_says_parts(p, SPAN(request), true, 0, 1);
    p1_peer_steps_to_start(p, 0);
    p1_judge_refused(p);
}

typedef struct step {
    uint8_t high;         /* the third byte of the number */
    uint8_t number, fill; /* of the coefficients of ek */
    bool last;            /* of the last one alone */
} step;

static void run_bad_step(trial *t)
{
    const step *d = t->row->with;
    p1_peer *p = after_64(t);
    uint8_t message[P1_STEP_BYTES];
    memset(message, d->last ? 0 : d->fill, sizeof message);
    memset(message + 5 + 1150, d->fill, 2);
    memcpy(message, (const uint8_t[]){P1_STEP, 0, 0, d->high, d->number}, 5);
    p1_peer_says(p, SPAN(message));
    p1_judge_refused(p);
}

/* Behind a good step something that is neither cancel nor start. */
static void run_behind_step(trial *t)
{
    p1_peer *p = after_64(t);
    uint8_t coins[P1_COINS] = {0};
    if (t->over)
        return;
    uint8_t ek[1184], dk[2400], message[P1_STEP_BYTES] = {P1_STEP, 0, 0, 0, 1};
    mlkem_keygen(MLKEM_768, coins, coins + 32, ek, dk);
    memcpy(message + 5, ek, sizeof ek);
    p1_peer_says(p, SPAN(message));
    p1_peer_says(p, p1_peer_question(p, &(p1_question){.id = 99}));
    p1_judge_refused(p);
}

static void run_miscount(trial *t)
{
    p1_peer *p = after_64(t);
    p1_peer_steps_to_start(p, 1);
    p1_judge_refused(p);
}

static void run_old_epoch(trial *t)
{
    p1_peer *p = after_64(t);
    static p1_ratchet old;
    p1_peer_steps_to_start(p, 0);
    old = p->client.epochs.other;
    p1_peer_takes_ready(p);
    p->ratchet = &old;
    p1_peer_says_hex(p, "0800000040");
    p1_judge_refused(p);
}

#define REFUSED(id_, says_, req_, base_, run_, ...) \
    CASE(.id = "p1.server." id_, .says = says_, .req = {[VERDICT] = req_, [REASON] = "P1-001"}, .base = base_, .run = run_, __VA_ARGS__)
#define N(n)      GIVEN(unsigned, n)
#define SAYS(...) ((const char *const[]){__VA_ARGS__, NULL})

static const case_row rows[] = {
    CASE(.id = OK, .says = "a session at level 0 and its turn", .req = {[VERDICT] = HONEST}, .run = run_turn, .with = N(0)),
    CASE(.id = OK_LEVEL2, .says = "a session at level 2 and its turn", .req = {[VERDICT] = "IN-101 IN-103 IN-104 IN-112"}, .run = run_turn,
         .with = N(2)),
    CASE(.id = OK_LEVEL3, .says = "a session at level 3 and its turn", .req = {[VERDICT] = "IN-101 IN-103 IN-104 IN-112"}, .run = run_turn,
         .with = N(3)),
    CASE(.id = "p1.server.turn.two", .says = "a request with 1001 messages, then another", .req = {[VERDICT] = "IN-077 P1-113 P1-117"},
         .run = run_two_turns),
    CASE(.id = "p1.server.turn.tool", .says = "a request with a tool", .req = {[VERDICT] = "IN-075"}, .run = run_tool),
    CASE(.id = "p1.server.turn.cancel", .says = "a cancelled answer ends, and the next is whole", .req = {[VERDICT] = "IN-060 IN-077"},
         .run = run_cancel),
    CASE(.id = "p1.server.turn.late-cancel", .says = "a cancel of a turn that is over", .req = {[VERDICT] = "IN-060"},
         .run = run_late_cancel),
    CASE(.id = "p1.server.turn.receipt", .says = "a receipt that was asked for",
         .req = {[VERDICT] = "IN-067", [WIRE] = "IN-079 IN-080 IN-081"}, .run = run_receipt, .with = GIVEN(bool, true)),
    CASE(.id = "p1.server.turn.no-receipt", .says = "no receipt where none was asked for", .req = {[VERDICT] = "IN-067"},
         .run = run_receipt, .with = GIVEN(bool, false)),
    CASE(.id = "p1.server.turn.cancel-ends", .says = "a cancel of a long answer", .req = {[VERDICT] = "IN-114"}, .base = OK_LEVEL3,
         .run = run_cancel_ends),
    CASE(.id = "p1.server.turn.apart", .says = "two sessions at once and one after them, under the same ids",
         .req = {[VERDICT] = "IN-063 IN-077", [RELEASED] = "P1-160"}, .run = run_apart),
    CASE(.id = "p1.server.turn.everything", .says = "a request with a seed, parameters, tools and a text of each role",
         .req = {[VERDICT] = "IN-077 IN-071 IN-074 IN-075"}, .run = run_everything),
    CASE(.id = "p1.server.turn.content", .says = "a long answer, not all of it ASCII", .req = {[VERDICT] = "IN-076"}, .run = run_content),
    ERROR("no-message", "a request without a message", "IN-048", IN_MALFORMED, .no_message = true),
    ERROR("role-4", "a message of the enclave's role", "IN-049", IN_MALFORMED, .role = 4),
    ERROR("role-255", "a message of role 255", "IN-049", IN_MALFORMED, .role = 255),
    ERROR("utf8", "a text that is not UTF-8", "IN-050", IN_MALFORMED, .text = "\xff"),
    ERROR("utf8-surrogate", "a character of 16 bits that is none", "IN-050", IN_MALFORMED, .text = "\xed\xa0\x80"),
    ERROR("utf8-above", "a character above the last", "IN-050", IN_MALFORMED, .text = "\xf4\x90\x80\x80"),
    ERROR("role-4-later", "a second message of the enclave's role", "IN-049", IN_MALFORMED, .more = 1, .role = 4),
    ERROR("min-p", "a min_p above 65536", "IN-005 IN-053", IN_MALFORMED,
          .parameters = "0000000000000000"
                        "00010001"
                        "00000000000000"),
    ERROR("stop-33", "a stop sequence of 33 bytes", "IN-004 IN-053", IN_MALFORMED,
          .parameters = PARAMETERS("0000", "00000000", "0121616161616161616161616161616161616161616161616161616161616161616161")),
    CASE(.id = "p1.server.request.tool-long", .says = "a tool of 65537 bytes", .req = {[VERDICT] = "IN-051", [STATE] = "IN-051"},
         .base = "p1.server.request.most", .run = run_long_tool),
    CASE(.id = "p1.server.request.most", .says = "1024 messages, 256 tools, and a tool of 65536 bytes",
         .req = {[VERDICT] = "IN-052 IN-051 IN-077"}, .run = run_most),
    CASE(.id = "p1.server.turn.cancelled-receipt", .says = "the receipt of an answer that was cancelled",
         .req = {[VERDICT] = "IN-114 IN-067", [WIRE] = "IN-087 IN-079 IN-081"}, .run = run_cancelled_receipt),
    ERROR("utf8-long", "a character in a longer form", "IN-050", IN_MALFORMED, .text = "\xc0\xaf"),
    ERROR("tool-array", "a tool that is no object", "IN-051", IN_MALFORMED, .tools = 1, .tool = "[1]"),
    ERROR("tool-twice", "a tool with a name twice", "IN-051", IN_MALFORMED, .tools = 1, .tool = "{\"a\":1,\"a\":2}"),
    ERROR("tool-cut", "a tool that is no whole JSON", "IN-051", IN_MALFORMED, .tools = 1, .tool = "{\"a\":1"),
    ERROR("messages-1025", "1025 messages", "IN-052 IN-053", IN_LIMIT, .more = 1024),
    ERROR("tools-257", "257 tools", "IN-052 IN-053", IN_LIMIT, .tools = 257),
    ERROR("temperature", "a temperature of 4001", "IN-005 IN-053", IN_MALFORMED, .parameters = PARAMETERS("0fa1", "00000000", "00")),
    ERROR("top-p", "a top_p above 65536", "IN-005 IN-053", IN_MALFORMED, .parameters = PARAMETERS("0000", "00010001", "00")),
    ERROR("stops-5", "five stop sequences", "IN-004 IN-053", IN_MALFORMED,
          .parameters = PARAMETERS("0000", "00000000", "0501610162016301640165")),
    ERROR("stop-empty", "an empty stop sequence", "IN-004 IN-053", IN_MALFORMED, .parameters = PARAMETERS("0000", "00000000", "0100")),
    ERROR("parameters-behind", "a byte behind the parameters", "IN-004 IN-053", IN_MALFORMED,
          .parameters = PARAMETERS("0000", "00000000", "0000")),
    ERROR("parameters-none", "no parameters", "IN-004 IN-053", IN_MALFORMED, .parameters = ""),
    CLOSES("receipt-2", "a receipt of 2", "IN-044", .receipt = 2),
    CLOSES("behind", "a byte behind the request", "IN-037", .behind = 1),
    REFUSED("turn.id-same", "the id of the request before", "IN-057", OK, run_same_id, .with = GIVEN(uint32_t, 5)),
    REFUSED("turn.id-lower", "an id below that of the request before", "IN-057", OK, run_same_id, .with = GIVEN(uint32_t, 4)),
    REFUSED("turn.too-early", "a request while a turn is open", "IN-058", OK_LEVEL2, run_too_early),
    REFUSED("turn.cancel-other", "a cancel of another id", "IN-059", OK, run_bad_cancel, .with = SAYS("0800000002")),
    REFUSED("turn.cancel-twice", "a cancel twice", "IN-059", OK, run_bad_cancel, .with = SAYS("0800000001", "0800000001")),
    REFUSED("padding.fill-level-0", "a fill at level 0", "IN-105", OK, run_fill_at_level_0),
    REFUSED("padding.fill-first", "a fill before any request", "IN-106", OK_LEVEL2, run_fill_first, .with = N(2)),
    REFUSED("padding.fill-first-3", "the same at level 3", "IN-106", OK_LEVEL3, run_fill_first, .with = N(3)),
    REFUSED("padding.fill-too-many", "a fill behind the full bucket", "IN-107", OK_LEVEL2, run_fill_too_many),
    REFUSED("padding.record-while-filling", "a record of a request while its bucket is filled", "IN-108", OK_LEVEL2,
            run_record_while_filling),
    REFUSED("padding.fill-long", "a fill with a byte behind its type", "P1-126", OK_LEVEL2, run_fill_behind),
    REFUSED("padding.plain-255", "a plaintext of 255 bytes", "P1-124", OK_LEVEL2, run_plain_at_level, .with = N(255)),
    REFUSED("padding.plain-257", "a plaintext of 257 bytes", "P1-124", OK_LEVEL2, run_plain_at_level, .with = N(257)),
    REFUSED("padding.ones", "filling whose last byte is not zero", "P1-121", OK_LEVEL2, run_ones, .with = N(255)),
    REFUSED("padding.ones-first", "filling whose first byte is not zero", "P1-121", OK_LEVEL2, run_ones, .with = N(4)),
    REFUSED("padding.ones-middle", "filling in which some byte between is not zero", "P1-121", OK_LEVEL2, run_ones, .with = N(0)),
    REFUSED("padding.plain-4", "a plaintext as at level 0", "P1-124", OK_LEVEL2, run_plain_at_level, .with = N(4)),
    CASE(.id = "p1.server.padding.bucket-128", .says = "a request and an answer of more than 64 records",
         .req = {[VERDICT] = "IN-103 IN-104"}, .run = run_large_bucket, .with = N(3000 / 3)),
    CASE(.id = "p1.server.padding.not-before-full", .says = "nothing is answered before the client's bucket is full",
         .req = {[VERDICT] = "IN-110"}, .run = run_nothing_before_full),
    CASE(.id = "p1.server.epoch.next", .says = "a step to the next epoch, and a turn in it",
         .req = {[VERDICT] = "P1-101 P1-070 P1-071 P1-072 P1-073 P1-074 P1-102 P1-118", [STATE] = "P1-027"}, .run = run_epoch),
    CASE(.id = "p1.server.epoch.requests-65", .says = "a 65th request in an epoch", .req = {[VERDICT] = "P1-165"}, .run = run_65th,
         .base = "p1.server.epoch.next"),
    REFUSED("epoch.step-early", "a step of a young epoch", "P1-155", "p1.server.epoch.next", run_early_step),
    REFUSED("epoch.step-2", "a step that leaves an epoch out", "P1-151", "p1.server.epoch.next", run_bad_step,
            .with = GIVEN(step, .number = 2)),
    REFUSED("epoch.step-257", "a step whose number is right in its last byte", "P1-151", "p1.server.epoch.next", run_bad_step,
            .with = GIVEN(step, .number = 1, .high = 1)),
    REFUSED("epoch.second-step", "a second step at once", "P1-155", "p1.server.epoch.next", run_second_step),
    REFUSED("epoch.level", "a start of the next epoch at another level", "P1-146", "p1.server.epoch.next", run_other_level),
    REFUSED("epoch.token", "a second token in the next epoch", "P1-148", "p1.server.epoch.next", run_token_later),
    REFUSED("epoch.id-lower", "an id in the next epoch below those of the one before", "IN-057", "p1.server.epoch.next",
            run_lower_id_later),
    REFUSED("epoch.begun", "a request that was begun in the epoch before", "P1-150", "p1.server.epoch.next", run_begun_before),
    REFUSED("epoch.step-0", "a step to the epoch that is", "P1-151", "p1.server.epoch.next", run_bad_step,
            .with = GIVEN(step, .number = 0)),
    REFUSED("epoch.step-modulus", "a step whose key fails the check of FIPS 203", "P1-154", "p1.server.epoch.next", run_bad_step,
            .with = GIVEN(step, .number = 1, .fill = 0xff)),
    REFUSED("epoch.step-last", "a step whose last coefficient is too large", "P1-154", "p1.server.epoch.next", run_bad_step,
            .with = GIVEN(step, .number = 1, .fill = 0xff, .last = true)),
    REFUSED("epoch.behind-step", "a request between step and start", "P1-153", "p1.server.epoch.next", run_behind_step),
    REFUSED("epoch.pn", "a start of the next epoch behind a record that never was", "P1-106", "p1.server.epoch.next", run_miscount),
    REFUSED("epoch.old", "a record of the epoch before", "P1-158 P1-104", "p1.server.epoch.next", run_old_epoch),
};

const case_table p1_server_turns_cases = {rows, sizeof rows / sizeof *rows};
