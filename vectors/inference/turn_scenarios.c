/* Messages of a turn, their order on both sides, and the keys and leaves that follow from them. */
#include "noise_run.h"
#include "turn_evil_peer.h"
#include "turn_vectors.h"

#include <stdio.h>
#include <string.h>

enum { ROOM = 1 << 15 };

typedef struct turn_sheet {
    sheet sheet;
    const prim *prim;
    const char *flag;
} turn_sheet;

static void accepts(turn_sheet *s, const char *slug, const char *req) { sheet_accepts(&s->sheet, slug, req); }

static void rejects(turn_sheet *s, const char *slug, const char *site, const char *mutation, const char *const *layers)
{
    sheet_rejects(&s->sheet, &(rejection){.slug = slug, .site = site, .mutation = mutation, .flag = s->flag, .layers = layers});
}

#define LAYERS(...) \
    (const char *const[]) { __VA_ARGS__, NULL }

static void put(turn_sheet *s, const char *key, span bytes) { sheet_in(&s->sheet, BYTES(key, bytes)); }
static void put_number(turn_sheet *s, const char *key, long n) { sheet_in(&s->sheet, NUMBER(key, n)); }
static void out(turn_sheet *s, const char *key, span bytes) { sheet_out(&s->sheet, BYTES(key, bytes)); }

static span secret(const char *name, uint8_t room[32])
{
    named_secret("turn", name, room);
    return span_of(room, 32);
}

/* ---- the honest request ---- */

static const uint8_t cold[IN_PARAMETERS_HEAD] = {0};

static asked honest_request(void)
{
    return (asked){.id = 7,
                   .parameters = SPAN(cold),
                   .tools = {"{\"name\":\"clock\"}"},
                   .n_tools = 1,
                   .said = {{0, "Be brief."}, {1, "What time is it?"}},
                   .n_said = 2};
}

static span request_of(const asked *a)
{
    static uint8_t room[4][ROOM];
    static unsigned at;
    writer w = writer_of(room[at++ % 4], ROOM);
    forge_request(a, &w);
    must(writer_ok(&w));
    return written(&w);
}

/* ---- in.message ---- */

/* One message: its bytes in hexadecimal, with so many zero bytes behind. */
typedef struct message_row {
    const char *slug, *site, *mutation, *digits;
    size_t zeros;
    long type;
    const char *const *layers;
} message_row;

#define COM "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static const message_row messages[] = {
    {"token-none", "IN-036", NULL, "06000000", 0, 6, NULL},
    {"token", "IN-036", NULL, "06010003616263", 0, 6, NULL},
    {"cancel", "IN-038", NULL, "0800000007", 0, 8, NULL},
    {"chunk", "IN-039", NULL, "090000000700000000000568656c6c6f", 0, 9, NULL},
    {"end", "IN-040", NULL, "0a000000070000000103000000090000000a" COM "00000000", 0, 10, NULL},
    {"end-receipt", "IN-040", NULL, "0a000000070000000100000000090000000a" COM "00000003616263", 0, 10, NULL},
    {"error", "IN-041", NULL, "0b0000000706", 0, 11, NULL},
    {"fill", "IN-042", NULL, "0c", 0, 12, NULL},
    {"nothing", "IN-035", "no byte at all", "", 0, 0, NULL},
    {"type-5", "IN-035", "a message of type 5", "05", 0, 0, NULL},
    {"type-13", "IN-035", "a message of type 13", "0d", 0, 0, NULL},
    {"token-behind", "IN-036", "a byte behind the token", "06010003616263", 1, 0, NULL},
    {"token-short", "IN-036", "the token lacks its last byte", "060100036162", 0, 0, NULL},
    {"cancel-behind", "IN-038", "a byte behind the id", "0800000007", 1, 0, NULL},
    {"cancel-short", "IN-038", "three bytes of an id", "08000000", 0, 0, NULL},
    {"chunk-behind", "IN-039", "a byte behind the chunk's bytes", "090000000700000000000568656c6c6f", 1, 0, NULL},
    {"chunk-short", "IN-039", "the chunk lacks its last byte", "090000000700000000000568656c6c", 0, 0, NULL},
    {"end-behind", "IN-040", "a byte behind the end", "0a000000070000000103000000090000000a" COM "00000000", 1, 0, NULL},
    {"end-short", "IN-040", "the receipt lacks its last byte", "0a000000070000000100000000090000000a" COM "000000036162", 0, 0, NULL},
    {"error-behind", "IN-041", "a byte behind the code", "0b0000000706", 1, 0, NULL},
    {"error-text", "IN-041", "a text behind the code", "0b00000007066e6f", 0, 0, NULL},
    {"fill-behind", "IN-042", "a byte behind the type", "0c", 1, 0, NULL},
    {"fill-padded", "IN-042", "252 zeros behind the type", "0c", 252, 0, NULL},
    {"kind-2", "IN-043", "a token of kind 2", "06020003616263", 0, 0, NULL},
    {"kind-0-byte", "IN-043", "kind 0 with a byte", "0600000161", 0, 0, NULL},
    {"kind-1-none", "IN-043", "kind 1 without a token", "06010000", 0, 0, NULL},
    {"token-long", "IN-043", "a token of 4097 bytes", "06011001", 4097, 0, NULL},
    {"chunk-empty", "IN-045", "a chunk that brings nothing", "0900000007000000000000", 0, 0, NULL},
    {"chunk-empty-later", "IN-045", "the sixth chunk brings nothing", "0900000007000000050000", 0, 0, NULL},
    {"finish-4", "IN-046", "finish 4", "0a000000070000000104000000090000000a" COM "00000000", 0, 0, NULL},
    {"finish-255", "IN-046", "finish 255", "0a0000000700000001ff000000090000000a" COM "00000000", 0, 0, NULL},
    {"code-0", "IN-047", "code 0", "0b0000000700", 0, 0, NULL},
    {"code-7", "IN-047", "code 7", "0b0000000707", 0, 0, NULL},
};

static void add_message_row(turn_sheet *s, const message_row *m)
{
    static uint8_t room[8192];
    writer w = WRITER(room);
    must(read_hex(span_text(m->digits), &w));
    write_zeros(&w, m->zeros);
    if (m->mutation)
        rejects(s, m->slug, m->site, m->mutation, m->layers);
    else
        accepts(s, m->slug, m->site);
    put(s, "message", written(&w));
    if (!m->mutation)
        sheet_out(&s->sheet, NUMBER("type", m->type));
}

static void add_request_forms(turn_sheet *s)
{
    uint8_t copy[512] = {0};
    asked a = honest_request();
    const span whole = request_of(&a);
    span_take(whole, copy, sizeof copy);
    rejects(s, "request-behind", "IN-037", "a byte behind the last text", NULL);
    put(s, "message", span_of(copy, whole.n + 1));
    rejects(s, "request-short", "IN-037", "the last text lacks its last byte", NULL);
    put(s, "message", span_of(copy, whole.n - 1));
    rejects(s, "request-count", "IN-037", "one message fewer than the count says", NULL);
    copy[6 + 32 + 4 + sizeof cold + 2 + 4 + 16 + 1]++;
    put(s, "message", span_of(copy, whole.n));
    for (unsigned i = 0; i < 2; i++) {
        a.receipt = i ? 255 : 2;
        rejects(s, i ? "receipt-255" : "receipt-2", "IN-044", i ? "receipt is 255" : "receipt is 2", NULL);
        put(s, "message", request_of(&a));
    }
}

static void add_messages(turn_sheet *s)
{
    asked a = honest_request();
    accepts(s, "ok", "IN-037");
    put(s, "message", request_of(&a));
    sheet_out(&s->sheet, NUMBER("type", 7));
    a.n_tools = a.n_said = 0;
    accepts(s, "request-bare", "IN-037");
    put(s, "message", request_of(&a));
    sheet_out(&s->sheet, NUMBER("type", 7));
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++)
        add_message_row(s, &messages[i]);
    add_request_forms(s);
}

/* ---- in.request, in.refusal ---- */

typedef struct request_row {
    const char *slug, *site, *mutation;
    void (*change)(asked *);
} request_row;

static uint8_t hot[IN_PARAMETERS_HEAD], hotter[IN_PARAMETERS_HEAD];

static void as_it_is(asked *a) { (void)a; }
static void without_tools(asked *a) { a->n_tools = 0; }
static void with_tool_turn(asked *a) { a->said[2] = (said){3, "{\"now\":12}"}, a->said[3] = (said){2, "\303\274ber"}, a->n_said = 4; }
static void parameters_cut(asked *a) { a->parameters = span_of(cold, sizeof cold - 1); }
static void parameters_none(asked *a) { a->parameters = EMPTY; }
static void too_hot(asked *a)
{
    memcpy(hot, (const uint8_t[]){0x0f, 0xa1}, 2);
    a->parameters = SPAN(hot);
}
static void top_p_above(asked *a)
{
    memcpy(hotter + 4, (const uint8_t[]){0, 1, 0, 1}, 4);
    a->parameters = SPAN(hotter);
}
static void no_message(asked *a) { a->n_said = 0; }
static void nothing_asked(asked *a) { a->n_said = a->n_tools = 0; }
static void role_4(asked *a) { a->said[0].role = 4; }
static void role_255(asked *a) { a->said[1].role = 255; }
static void text_cut(asked *a) { a->said[0].text = "\303"; }
static void text_surrogate(asked *a) { a->said[1].text = "x\355\240\200"; }
static void tool_no_object(asked *a) { a->tools[0] = "[]"; }
static void tool_twice(asked *a) { a->tools[1] = "{\"name\":\"a\",\"name\":\"b\"}", a->n_tools = 2; }
static void tool_behind(asked *a) { a->tools[0] = "{}{}"; }

static const request_row requests[] = {
    {"ok", "IN-048 IN-049 IN-050 IN-051 IN-052", NULL, as_it_is},
    {"no-tools", "IN-051", NULL, without_tools},
    {"tool-turn", "IN-049 IN-050", NULL, with_tool_turn},
    {"parameters-cut", "IN-004", "the parameters lack their last byte", parameters_cut},
    {"parameters-none", "IN-004", "no parameters", parameters_none},
    {"too-hot", "IN-005", "temperature 4001", too_hot},
    {"top-p-above", "IN-005", "top_p 65537", top_p_above},
    {"no-message", "IN-048", "a tool and no message", no_message},
    {"nothing", "IN-048", "neither tool nor message", nothing_asked},
    {"role-4", "IN-049", "a message of role 4, the answer's", role_4},
    {"role-255", "IN-049", "a message of role 255", role_255},
    {"text-cut", "IN-050", "a text that ends inside a character", text_cut},
    {"text-surrogate", "IN-050", "a text with a surrogate", text_surrogate},
    {"tool-no-object", "IN-051", "a tool that is an array", tool_no_object},
    {"tool-twice", "IN-051", "a second tool with a name that stands twice", tool_twice},
    {"tool-behind", "IN-051", "a tool of two objects", tool_behind},
};

/* Rows of the same small thing. */
static span many(size_t n_tools, size_t n_said)
{
    static uint8_t room[2][ROOM];
    static unsigned at;
    writer w = writer_of(room[at++ % 2], ROOM);
    forge_type(7, 7, &w);
    write_zeros(&w, 1 + 32);
    write_be(&w, sizeof cold, 4);
    write_span(&w, SPAN(cold));
    write_be(&w, n_tools, 2);
    for (size_t i = 0; i < n_tools; i++)
        in_write_tool(span_text("{}"), &w);
    write_be(&w, n_said, 2);
    for (size_t i = 0; i < n_said; i++)
        in_write_text(IN_USER, span_text("a"), &w);
    must(writer_ok(&w));
    return written(&w);
}

static void add_requests(turn_sheet *s)
{
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        asked a = honest_request();
        requests[i].change(&a);
        if (requests[i].mutation)
            rejects(s, requests[i].slug, requests[i].site, requests[i].mutation, NULL);
        else
            accepts(s, requests[i].slug, requests[i].site);
        put(s, "message", request_of(&a));
    }
    accepts(s, "most", "IN-052");
    put(s, "message", many(256, 1024));
    rejects(s, "tools-257", "IN-052", "257 tools", NULL);
    put(s, "message", many(257, 1));
    rejects(s, "messages-1025", "IN-052", "1025 messages", NULL);
    put(s, "message", many(0, 1025));
}

static void add_refusal(turn_sheet *s, const char *slug, span message, long code)
{
    accepts(s, slug, "IN-053");
    put(s, "message", message);
    sheet_out(&s->sheet, NUMBER("error", code));
}

static void add_refusals(turn_sheet *s)
{
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        asked a = honest_request();
        requests[i].change(&a);
        add_refusal(s, requests[i].slug, request_of(&a), requests[i].mutation ? 2 : 0);
    }
    add_refusal(s, "tools-257", many(257, 1), 3);
    add_refusal(s, "messages-1025", many(0, 1025), 3);
}

/* ---- in.serve ---- */

/* Messages as words: T token, rN request of id N, cN cancel, k chunk, E end and F error (the enclave's own before the last word), f fill. */
static span message_of(const char *word)
{
    static uint8_t room[8][512];
    static unsigned at;
    const uint8_t com[32] = {0};
    const uint32_t id = word[1] ? (uint32_t)(word[1] - '0') : 7;
    writer w = writer_of(room[at++ % 8], sizeof room[0]);
    asked a = honest_request();
    a.id = id;
    switch (word[0]) {
    case 'T': in_write_admission(&(in_admission){.kind = 1, .token = span_text("token")}, &w); break;
    case 'r': forge_request(&a, &w); break;
    case 'c': forge_type(8, id, &w); break;
    case 'k': forge_chunk(id, 0, "text", &w); break;
    case 'E': forge_end(&(ended){.id = id, .com = com}, &w); break;
    case 'F': forge_type(11, id, &w), write_be(&w, 6, 1); break;
    default: write_be(&w, 12, 1); break;
    }
    must(writer_ok(&w));
    return written(&w);
}

typedef struct order_row {
    const char *slug, *site, *mutation, *words[6];
    bool stops;
    const char *const *layers;
} order_row;

static const char *const early_cancel[] = {"IN-056", "IN-059", NULL};

static const order_row orders[] = {
    {"ok", "IN-055 IN-056", NULL, {"T", "r7"}, false, NULL},
    {"token", "IN-055", NULL, {"T"}, false, NULL},
    {"again", "IN-057 IN-058", NULL, {"T", "r7", "E7", "r8"}, false, NULL},
    {"after-error", "IN-058", NULL, {"T", "r7", "F7", "r9"}, false, NULL},
    {"cancel", "IN-059 IN-114", NULL, {"T", "r7", "c7"}, true, NULL},
    {"cancel-late", "IN-060", NULL, {"T", "r7", "E7", "c7"}, false, NULL},
    {"fill", "IN-056", NULL, {"T", "r7", "f"}, false, NULL},
    {"token-twice", "IN-055", "a second token", {"T", "T"}, false, NULL},
    {"token-late", "IN-055", "a second token behind a turn", {"T", "r7", "E7", "T"}, false, NULL},
    {"request-first", "IN-056", "a request without a token", {"r7"}, false, NULL},
    {"request-behind-fill", "IN-056", "a fill for a token", {"f", "r1"}, false, NULL},
    {"cancel-first", "IN-056", "a cancel without a token", {"c7"}, false, early_cancel},
    {"id-again", "IN-057", "the id of the turn before", {"T", "r7", "E7", "r7"}, false, NULL},
    {"id-lower", "IN-057", "an id below that of the turn before", {"T", "r7", "E7", "r6"}, false, NULL},
    {"open", "IN-058", "a request while a turn is open", {"T", "r7", "r8"}, false, NULL},
    {"open-cancelled", "IN-058", "a request before the end of a cancelled turn", {"T", "r7", "c7", "r8"}, false, NULL},
    {"cancel-other", "IN-059", "a cancel of an id that was not used", {"T", "r7", "c8"}, false, NULL},
    {"cancel-nothing", "IN-059", "a cancel before any request", {"T", "c7"}, false, NULL},
    {"cancel-twice", "IN-059", "a second cancel of one id", {"T", "r7", "c7", "c7"}, false, NULL},
    {"chunk", "IN-061", "a chunk from a client", {"T", "r7", "k7"}, false, NULL},
    {"end", "IN-061", "an end from a client", {"T", "r7", "E7"}, false, NULL},
    {"error", "IN-061", "an error from a client", {"T", "r7", "F7"}, false, NULL},
};

static void put_words(turn_sheet *s, const char *const words[6])
{
    static const char *const keys[] = {"m1", "m2", "m3", "m4", "m5"};
    size_t n = 0;
    while (n < 6 && words[n])
        n++;
    for (size_t i = 0; i + 1 < n; i++)
        put(s, keys[i], message_of(words[i]));
    put(s, "message", message_of(words[n - 1]));
}

static void add_orders(turn_sheet *s)
{
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        const order_row *o = &orders[i];
        if (o->mutation)
            rejects(s, o->slug, o->site, o->mutation, o->layers);
        else
            accepts(s, o->slug, o->site);
        put_words(s, o->words);
        if (!o->mutation)
            sheet_out(&s->sheet, BOOLEAN("stops", o->stops));
    }
}

/* ---- in.turn ---- */

typedef struct turn_row {
    const char *slug, *seed, *answer; /* seed NULL: zeros */
    long finish;
    void (*change)(asked *);
} turn_row;

static const turn_row turns[] = {
    {"ok", NULL, "It is noon.", 0, as_it_is},  {"own-seed", "a seed", "It is noon.", 0, as_it_is}, {"cut-off", NULL, "It is", 3, as_it_is},
    {"no-answer", NULL, "", 3, without_tools}, {"tool-turn", NULL, "\303", 1, with_tool_turn},
};

static in_turn turn_of(turn_sheet *s, span request, const uint8_t model[32])
{
    uint8_t mk[32];
    in_message m;
    in_turn t = {.model = span_of(model, 32)};
    secret("mk", mk);
    must(accepted(in_read_message(request, &m)));
    t.request = m.as.request;
    in_turn_key(s->prim, mk, t.kturn);
    return t;
}

static void put_turn(turn_sheet *s, span request)
{
    uint8_t room[32];
    put(s, "mk", secret("mk", room));
    put(s, "model", secret("model", room));
    put(s, "request", request);
}

static void out_turn(turn_sheet *s, const in_turn *t, span answer, uint8_t finish, size_t n_leaves)
{
    static uint8_t leaves[IN_LEAVES_MAX * IN_DIGEST];
    uint8_t key[32];
    out(s, "kturn", SPAN(t->kturn));
    in_turn_seed(s->prim, t->kturn, &t->request, key);
    out(s, "seed", SPAN(key));
    in_turn_salt(s->prim, t->kturn, key);
    out(s, "salt", SPAN(key));
    in_leaf_key(s->prim, t->kturn, 1, key);
    out(s, "leaf_key_1", SPAN(key));
    in_turn_com(s->prim, t, answer, finish, key);
    out(s, "com", SPAN(key));
    in_turn_leaves(s->prim, t, answer, leaves);
    out(s, "leaves", span_of(leaves, 32 * n_leaves));
}

static void add_turns(turn_sheet *s)
{
    for (size_t i = 0; i < sizeof turns / sizeof *turns; i++) {
        uint8_t model[32];
        asked a = honest_request();
        turns[i].change(&a);
        if (turns[i].seed)
            secret(turns[i].seed, a.seed);
        const span request = request_of(&a), answer = span_text(turns[i].answer);
        secret("model", model);
        const in_turn t = turn_of(s, request, model);
        accepts(s, turns[i].slug, "IN-068 IN-069 IN-070 IN-071 IN-074 IN-075 IN-076 IN-077");
        put_turn(s, request);
        put(s, "answer", answer);
        put_number(s, "finish", turns[i].finish);
        out_turn(s, &t, answer, (uint8_t)turns[i].finish, a.n_said + 2);
    }
}

/* ---- in.answer ---- */

/* What the enclave commits to, where it lies. */
typedef enum com_lie { COM_TRUE, COM_FLIPPED, COM_ANSWER, COM_FINISH, COM_KIND, COM_STEERING, COM_ORDER, COM_MODEL, COM_COUNT } com_lie;

static void com_of(turn_sheet *s, const asked *a, const char *answer, uint8_t finish, com_lie lie, uint8_t com[32])
{
    leaf_of_turn leaves[8];
    uint8_t mk[32], kturn[32], model[32];
    const span request = request_of(a);
    size_t n_steering = 32 + 4 + a->parameters.n + 2;
    for (size_t i = 0; i < a->n_tools; i++)
        n_steering += 4 + strlen(a->tools[i]);
    secret("mk", mk), secret(lie == COM_MODEL ? "another model" : "model", model);
    forge_kturn(s->prim, mk, kturn);
    forge_leaf(s->prim, kturn, 0, 255,
               lie == COM_STEERING ? span_from(span_first(request, 6 + n_steering), 6 + 32) : span_first(span_from(request, 6), n_steering),
               &leaves[0]);
    for (size_t i = 0; i < a->n_said; i++)
        forge_leaf(s->prim, kturn, (uint32_t)i + 1, a->said[i].role, span_text(a->said[i].text), &leaves[i + 1]);
    forge_leaf(s->prim, kturn, (uint32_t)a->n_said + 1, lie == COM_KIND ? 2 : 4, span_text(lie == COM_ANSWER ? "It is midnight." : answer),
               &leaves[a->n_said + 1]);
    if (lie == COM_ORDER) {
        const leaf_of_turn first = leaves[1];
        leaves[1] = leaves[2];
        leaves[2] = first;
    }
    forge_com(s->prim, model, (uint32_t)a->n_said + (lie == COM_COUNT), leaves, a->n_said + 2, lie == COM_FINISH ? 1 : finish, com);
    com[31] ^= lie == COM_FLIPPED;
}

static void put_end(turn_sheet *s, const asked *a, const ended *e, const char *answer, com_lie lie)
{
    uint8_t com[32], room[512];
    writer w = WRITER(room);
    ended whole = *e;
    com_of(s, a, answer, e->finish, lie, com);
    whole.com = com;
    forge_end(&whole, &w);
    must(writer_ok(&w));
    put(s, "message", written(&w));
}

static void put_chunk(turn_sheet *s, const char *key, uint32_t id, uint32_t seq, const char *text)
{
    uint8_t room[128];
    writer w = WRITER(room);
    forge_chunk(id, seq, text, &w);
    put(s, key, written(&w));
}

static void put_two_chunks(turn_sheet *s, const asked *a)
{
    put_turn(s, request_of(a));
    put_chunk(s, "m1", 7, 0, "It is ");
    put_chunk(s, "m2", 7, 1, "noon.");
}

static void out_answer(turn_sheet *s, const char *answer, bool open)
{
    sheet_out(&s->sheet, BOOLEAN("open", open));
    out(s, "answer", span_text(answer));
}

static void add_open_answers(turn_sheet *s, const asked *a)
{
    accepts(s, "first-chunk", "IN-064");
    put_turn(s, request_of(a));
    put_chunk(s, "message", 7, 0, "It is ");
    out_answer(s, "It is ", true);
    accepts(s, "second-chunk", "IN-064");
    put_turn(s, request_of(a));
    put_chunk(s, "m1", 7, 0, "It is ");
    put_chunk(s, "message", 7, 1, "noon.");
    out_answer(s, "It is noon.", true);
}

static void add_honest_answers(turn_sheet *s, const asked *a)
{
    accepts(s, "ok", "IN-063 IN-066 IN-067 IN-068 IN-071 IN-074 IN-075 IN-076 IN-077 IN-078");
    put_two_chunks(s, a);
    put_end(s, a, &(ended){.id = 7, .seq = 2, .output = 4, .prompt = 9}, "It is noon.", COM_TRUE);
    out_answer(s, "It is noon.", false);
    add_open_answers(s, a);
    accepts(s, "no-chunk", "IN-066 IN-078");
    put_turn(s, request_of(a));
    put_end(s, a, &(ended){.id = 7, .finish = 3}, "", COM_TRUE);
    out_answer(s, "", false);
    accepts(s, "error", "IN-063");
    put_turn(s, request_of(a));
    put_chunk(s, "m1", 7, 0, "It is ");
    put(s, "message", message_of("F7"));
    out_answer(s, "It is ", false);
    accepts(s, "fill", "IN-062");
    put_two_chunks(s, a);
    put(s, "message", message_of("f"));
    out_answer(s, "It is noon.", true);
}

static void add_wrong_senders(turn_sheet *s, const asked *a)
{
    static const struct {
        const char *slug, *site, *mutation, *word;
        const char *layers[3];
    } rows[] = {
        {"token", "IN-062", "a token from the enclave", "T", {"IN-062", "IN-063", NULL}},
        {"request", "IN-062", "a request from the enclave", "r7", {NULL}},
        {"cancel", "IN-062", "a cancel from the enclave", "c7", {NULL}},
        {"chunk-other", "IN-063", "a chunk for another id", "k8", {"IN-063", "IN-064", NULL}},
        {"error-other", "IN-063", "an error for another id", "F6", {NULL}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        rejects(s, rows[i].slug, rows[i].site, rows[i].mutation, rows[i].layers[0] ? rows[i].layers : NULL);
        put_two_chunks(s, a);
        put(s, "message", message_of(rows[i].word));
    }
    rejects(s, "end-other", "IN-063", "the end of another turn", NULL);
    put_two_chunks(s, a);
    put_end(s, a, &(ended){.id = 8, .seq = 2, .output = 4}, "It is noon.", COM_TRUE);
    rejects(s, "chunk-late", "IN-063", "a chunk behind an error", NULL);
    put_turn(s, request_of(a));
    put(s, "m1", message_of("F7"));
    put_chunk(s, "message", 7, 0, "It is ");
}

static void add_wrong_counts(turn_sheet *s, const asked *a)
{
    for (unsigned i = 0; i < 2; i++) {
        rejects(s, i ? "seq-more" : "seq-less", "IN-066", i ? "the end counts a chunk more" : "the end counts a chunk less", NULL);
        put_two_chunks(s, a);
        put_end(s, a, &(ended){.id = 7, .seq = i ? 3 : 1, .output = 4}, "It is noon.", COM_TRUE);
        rejects(s, i ? "chunk-again" : "chunk-skipped", "IN-064", i ? "a chunk's seq once more" : "a chunk's seq is skipped", NULL);
        put_two_chunks(s, a);
        put_chunk(s, "message", 7, i ? 1 : 3, "noon.");
    }
}

static void add_wrong_commitments(turn_sheet *s, const asked *a)
{
    static const struct {
        const char *slug, *mutation, *also;
        com_lie lie;
    } lies[] = {
        {"com-flipped", "one bit of com is another", NULL, COM_FLIPPED},
        {"com-answer", "com is over another answer", NULL, COM_ANSWER},
        {"com-finish", "com is over another finish", "IN-077", COM_FINISH},
        {"com-kind", "com is over an answer of role 2", "IN-076", COM_KIND},
        {"com-steering", "com is over a request without its seed", "IN-075", COM_STEERING},
        {"com-order", "com has two leaves in the other order", "IN-077", COM_ORDER},
        {"com-model", "com is over another model", "IN-077", COM_MODEL},
        {"com-count", "com counts one message more", "IN-077", COM_COUNT},
    };
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        const rejection r = {.slug = lies[i].slug, .site = "IN-078", .also = lies[i].also, .mutation = lies[i].mutation, .flag = s->flag};
        sheet_rejects(&s->sheet, &r);
        put_two_chunks(s, a);
        put_end(s, a, &(ended){.id = 7, .seq = 2, .output = 4, .prompt = 9}, "It is noon.", lies[i].lie);
    }
}

static void add_receipt_flags(turn_sheet *s, asked a)
{
    rejects(s, "receipt-unasked", "IN-067", "a receipt that was not asked for", NULL);
    put_two_chunks(s, &a);
    put_end(s, &a, &(ended){.id = 7, .seq = 2, .output = 4, .receipt = span_text("a receipt")}, "It is noon.", COM_TRUE);
    a.receipt = 1;
    rejects(s, "receipt-missing", "IN-067", "no receipt where one was asked for", NULL);
    put_two_chunks(s, &a);
    put_end(s, &a, &(ended){.id = 7, .seq = 2, .output = 4}, "It is noon.", COM_TRUE);
    rejects(s, "receipt-of-nothing", "IN-067", "a receipt of no token", NULL);
    put_turn(s, request_of(&a));
    put_end(s, &a, &(ended){.id = 7, .finish = 3, .receipt = span_text("a receipt")}, "", COM_TRUE);
    accepts(s, "receipt", "IN-067");
    put_two_chunks(s, &a);
    put_end(s, &a, &(ended){.id = 7, .seq = 2, .output = 4, .receipt = span_text("a receipt")}, "It is noon.", COM_TRUE);
    out_answer(s, "It is noon.", false);
}

static void add_answers(turn_sheet *s)
{
    const asked a = honest_request();
    add_honest_answers(s, &a);
    add_wrong_senders(s, &a);
    add_wrong_counts(s, &a);
    add_wrong_commitments(s, &a);
    add_receipt_flags(s, a);
}

/* ---- files ---- */

static const struct {
    const char *op, *flag, *bug, *effect, *refs;
    void (*add)(turn_sheet *);
} files[] = {
    {"in.message", "BadMessage", "PARSER", "Two readers see different messages in the same bytes.", "IN-036 IN-037", add_messages},
    {"in.request", "BadRequest", "PARSER", "What steers the model is not what its reader believes.", "IN-049 IN-051", add_requests},
    {"in.refusal", "BadRequest", "PARSER", "A refusal that does not say why.", "IN-053", add_refusals},
    {"in.serve", "WrongOrder", "ORDER", "A request is taken that may not be, or the wrong answer is cut off.", "IN-057 IN-058", add_orders},
    {"in.turn", "WrongTurn", "BINDING", "Two turns share a key, or com leaves something out.", "IN-075 IN-077", add_turns},
    {"in.answer", "WrongAnswer", "AUTH_BYPASS", "An answer is shown whole that was cut, mixed, or committed to otherwise.", "IN-066 IN-078",
     add_answers},
};

cJSON *turn_file(const prim *p, int which)
{
    static const char *const checked_by[] = {"text", "witness-js", "audit", NULL};
    turn_sheet s = {.prim = p, .flag = files[which].flag};
    s.sheet = sheet_start(p, files[which].op, "vectors/inference/turn_scenarios", "766563746f7273", checked_by);
    sheet_note(&s.sheet, files[which].flag, files[which].bug, files[which].effect, files[which].refs);
    sheet_group(&s.sheet, "turn", "in:turn", "");
    files[which].add(&s);
    return s.sheet.document;
}
