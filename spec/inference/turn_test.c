/* A client and an enclave that talk through their messages. */
#include "franking.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const prim *const lib = &prim_sodium;
static const uint8_t mk[IN_KEY] = {1}, model[IN_DIGEST] = {2}, tokenizer[IN_DIGEST] = {3}, statement[IN_DIGEST] = {4},
                     receipt_secret[32] = {5}, zeros[IN_DIGEST];

typedef struct scene {
    uint8_t request[4096], tools[256], messages[2048], parameters[64], answer[IN_ANSWER_MAX];
    span asked;
    in_request question;
    in_enclave enclave;
    in_client client;
} scene;

static in_message read_of(span bytes)
{
    in_message m;
    assert_true(accepted(in_read_message(bytes, &m)));
    return m;
}

/* A question by the client, taken by the enclave behind a token. */
static void ask(scene *s, uint32_t id, bool receipt)
{
    uint8_t kturn[IN_KEY];
    bool stops;
    writer w = WRITER(s->request), t = WRITER(s->tools), m = WRITER(s->messages), p = WRITER(s->parameters);
    in_write_parameters(&(in_parameters){0}, &p);
    in_write_tool(span_text("{\"name\":\"clock\"}"), &t);
    in_write_text(IN_SYSTEM, span_text("Be brief."), &m);
    in_write_text(IN_USER, span_text("What time is it?"), &m);
    in_write_request(&(in_request){.id = id,
                                   .receipt = receipt,
                                   .seed = SPAN(zeros),
                                   .parameters = written(&p),
                                   .n_tools = 1,
                                   .tools = written(&t),
                                   .n_messages = 2,
                                   .messages = written(&m)},
                     &w);
    assert_true(writer_ok(&w));
    s->asked = written(&w);
    const in_message read = read_of(s->asked);
    s->question = read.as.request;
    assert_true(accepted(in_judge_request(&s->question)));
    if (!s->enclave.admitted)
        assert_true(accepted(in_enclave_takes(&s->enclave, &(in_message){.type = IN_TYPE_TOKEN}, &stops)));
    assert_true(accepted(in_enclave_takes(&s->enclave, &read, &stops)));
    in_turn_key(lib, mk, kturn);
    in_client_asks(&s->client, kturn, &s->question, SPAN(model), WRITER(s->answer));
}

static verdict chunk(scene *s, uint32_t id, uint32_t seq, const char *text)
{
    uint8_t room[256];
    writer w = WRITER(room);
    in_write_chunk(id, seq, span_text(text), &w);
    const in_message m = read_of(written(&w));
    return in_client_takes(&s->client, lib, &m);
}

static in_end end_of(scene *s, const char *answer, uint8_t com[IN_DIGEST])
{
    in_turn t = {.request = s->question, .model = SPAN(model)};
    in_turn_key(lib, mk, t.kturn);
    in_turn_com(lib, &t, span_text(answer), IN_CANCELLED, com);
    return (in_end){
        .type = IN_TYPE_END, .id = 7, .seq = 2, .finish = IN_CANCELLED, .prompt = 2, .output = 2, .com = span_of(com, IN_DIGEST)};
}

static verdict take_end(scene *s, const in_end *end)
{
    uint8_t room[2048];
    writer w = WRITER(room);
    in_write_end(end, &w);
    const in_message m = read_of(written(&w));
    return in_client_takes(&s->client, lib, &m);
}

static void an_answer_is_whole_when_its_end_commits_to_it(void **state)
{
    static scene s;
    uint8_t com[IN_DIGEST];
    (void)state;
    s = (scene){0};
    ask(&s, 7, false);
    assert_true(accepted(chunk(&s, 7, 0, "It is ")));
    assert_int_equal(chunk(&s, 7, 0, "noon.").req, REQ_IN_064);
    assert_int_equal(chunk(&s, 8, 1, "noon.").req, REQ_IN_063);
    assert_true(accepted(chunk(&s, 7, 1, "noon.")));
    in_end end = end_of(&s, "It is midnight.", com);
    assert_int_equal(take_end(&s, &end).req, REQ_IN_078);
    end = end_of(&s, "It is noon.", com);
    assert_true(accepted(take_end(&s, &end)));
    assert_true(all_zero(SPAN(s.client.turn.kturn)));
    assert_int_equal(chunk(&s, 7, 2, "late").req, REQ_IN_063);
}

static void in_060_a_cancel_that_crosses_the_end_changes_nothing(void **state)
{
    static scene s;
    bool stops;
    (void)state;
    s = (scene){0};
    ask(&s, 7, false);
    const in_message cancel = {.type = IN_TYPE_CANCEL, .as.cancel.id = 7};
    in_enclave crossed = s.enclave;
    in_enclave_ends(&crossed);
    assert_true(accepted(in_enclave_takes(&crossed, &cancel, &stops)));
    assert_false(stops);
    assert_true(accepted(in_enclave_takes(&s.enclave, &cancel, &stops)));
    assert_true(stops);
    assert_int_equal(in_enclave_takes(&s.enclave, &cancel, &stops).req, REQ_IN_059);
}

static void in_051_a_tool_has_an_end(void **state)
{
    uint8_t *row = malloc(IN_TOOL_MAX + 16);
    const uint8_t parameters[IN_PARAMETERS_HEAD] = {0};
    (void)state;
    for (size_t more = 0; more < 2; more++) {
        writer w = writer_of(row, IN_TOOL_MAX + 16);
        write_be(&w, IN_TOOL_MAX + more, 4);
        write_text(&w, "{\"a\":\"");
        memset(write_room(&w, IN_TOOL_MAX + more - 8), 'a', IN_TOOL_MAX + more - 8);
        write_text(&w, "\"}");
        const in_request q = {.parameters = SPAN(parameters), .n_tools = 1, .tools = written(&w), .n_messages = 1};
        assert_int_equal(in_judge_request(&q).req, more ? REQ_IN_051 : 0);
    }
    free(row);
}

static void in_073_the_same_seed_is_the_same_draw(void **state)
{
    static scene s;
    uint8_t first[IN_DIGEST], again[IN_DIGEST], kturn[IN_KEY];
    (void)state;
    s = (scene){0};
    ask(&s, 7, false);
    in_turn_key(lib, mk, kturn);
    in_turn_seed(lib, kturn, &s.question, first);
    s.question.seed = SPAN(first);
    in_turn_key(lib, model, kturn); /* another connection */
    in_turn_seed(lib, kturn, &s.question, again);
    assert_memory_equal(first, again, IN_DIGEST);
}

/* ---- franking ---- */

static span one_letter(void *ctx, uint16_t token)
{
    static uint8_t byte;
    (void)ctx;
    byte = (uint8_t)token;
    return span_of(&byte, 1);
}

typedef struct signed_turn {
    uint8_t com[IN_DIGEST], salt[IN_DIGEST], seed[IN_DIGEST], opening[1024], receipt[IN_RECEIPT], signature[64], key[32], whole[2048];
    in_end end;
} signed_turn;

/* The turn "Hi" of a scene, with its receipt. */
static void finish_with_receipt(scene *s, signed_turn *t)
{
    static const uint8_t prompt[] = {0, 1, 0, 2}, output[] = {0, 'H', 0, 'i'};
    uint8_t kturn[IN_KEY];
    writer o = WRITER(t->opening), w = WRITER(t->whole);
    *s = (scene){0};
    ask(s, 7, true);
    assert_true(accepted(chunk(s, 7, 0, "H")) && accepted(chunk(s, 7, 1, "i")));
    in_turn_key(lib, mk, kturn);
    in_turn_salt(lib, kturn, t->salt);
    in_turn_seed(lib, kturn, &s->question, t->seed);
    in_write_opening(&(in_opening){.salt = SPAN(t->salt),
                                   .model = SPAN(model),
                                   .tokenizer = SPAN(tokenizer),
                                   .seed = SPAN(t->seed),
                                   .finish = IN_CANCELLED,
                                   .parameters = s->question.parameters,
                                   .prompt = SPAN(prompt),
                                   .output = SPAN(output)},
                     &o);
    t->end = end_of(s, "Hi", t->com);
    assert_true(accepted(in_make_receipt(lib, 1, t->com, written(&o), t->receipt)));
    in_sign(lib, receipt_secret, SPAN(t->receipt), SPAN(statement), t->signature);
    lib->ed25519_public(receipt_secret, t->key);
    in_write_signed_receipt(&(in_signed_receipt){written(&o), SPAN(t->receipt), SPAN(t->signature)}, &w);
    t->end.receipt = written(&w);
    assert_true(accepted(take_end(s, &t->end)));
}

static void a_signed_receipt_is_checked_and_franked(void **state)
{
    static scene s;
    static signed_turn t;
    static uint8_t leaves[IN_LEAVES_MAX * IN_DIGEST], row[1024], frank[4096];
    account noted;
    in_signed_receipt got;
    in_frank f;
    in_moderated told;
    (void)state;
    finish_with_receipt(&s, &t);
    const in_expected by = {
        .key = SPAN(t.key), .statement = SPAN(statement), .model = SPAN(model), .tokenizer = SPAN(tokenizer), .end = 9, .text = one_letter};
    assert_true(accepted(in_client_checks_receipt(&s.client, lib, &t.end, &by, &noted, &got)));
    assert_int_equal(noted.not_compared, 0);
    writer r = WRITER(row), w = WRITER(frank);
    in_make_frank(lib, &s.client.turn, span_text("Hi"), IN_CANCELLED, &got, SPAN(statement), (const uint32_t[]){3}, 1, leaves, &r, &f);
    in_write_frank(&f, &w);
    const in_moderator moderator = {SPAN(t.key), SPAN(statement), SPAN(model)};
    assert_true(accepted(in_moderate(lib, &moderator, written(&w), &noted, &told)));
    assert_true(span_is(told.answer, "Hi") && told.withheld);
    assert_int_equal(told.closed, 3);
}

/* Row 28 of the goals: what joins a receipt to a connection would be mk, kturn or an id. */
static void in_014_a_receipt_holds_nothing_of_the_connection(void **state)
{
    static scene s;
    static signed_turn t;
    uint8_t kturn[IN_KEY];
    (void)state;
    finish_with_receipt(&s, &t);
    in_turn_key(lib, mk, kturn);
    const span secrets[] = {SPAN(mk), SPAN(kturn)};
    for (size_t i = 0; i < 2; i++)
        for (size_t at = 0; at + IN_KEY <= t.end.receipt.n; at++)
            assert_false(span_same(span_first(span_from(t.end.receipt, at), IN_KEY), secrets[i]));
}

static int start(void **state)
{
    (void)state;
    prim_start();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_whole_when_its_end_commits_to_it),
        cmocka_unit_test(in_060_a_cancel_that_crosses_the_end_changes_nothing),
        cmocka_unit_test(in_051_a_tool_has_an_end),
        cmocka_unit_test(in_073_the_same_seed_is_the_same_draw),
        cmocka_unit_test(a_signed_receipt_is_checked_and_franked),
        cmocka_unit_test(in_014_a_receipt_holds_nothing_of_the_connection),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
