/* The operations of messages and turns. */
#include "padding.h"
#include "toy_model.h"
#include "turn_vectors.h"

#include <stdio.h>
#include <string.h>

void read_any_message(adapter_call *call)
{
    span bytes;
    in_message m;
    if (call_bytes(call, "message", &bytes) && call_accepts(call, in_read_message(bytes, &m)))
        shim_put_int(&call->reply->out, "type", m.type);
}

/* A request that is one by its form. */
static bool call_request(adapter_call *call, const char *key, in_request *out)
{
    span bytes;
    in_message m;
    if (!call_bytes(call, key, &bytes))
        return false;
    if (!accepted(in_read_message(bytes, &m)) || m.type != IN_TYPE_REQUEST) {
        call_complain(call, "the request is no such message");
        return false;
    }
    *out = m.as.request;
    return true;
}

void judge_request(adapter_call *call)
{
    in_request q;
    if (call_request(call, "message", &q))
        call_accepts(call, in_judge_request(&q));
}

void refuse_request(adapter_call *call)
{
    in_request q;
    if (!call_request(call, "message", &q))
        return;
    const verdict v = in_judge_request(&q);
    if (call_accepts(call, ACCEPT))
        shim_put_int(&call->reply->out, "error", accepted(v) ? 0 : in_error_for(v));
}

/* The message under m1, m2, ...; false when there is none. */
static bool earlier_message(adapter_call *call, unsigned n, in_message *out)
{
    char key[8];
    span bytes;
    snprintf(key, sizeof key, "m%u", n);
    if (!shim_find(&call->request->in, key) || !call_bytes(call, key, &bytes))
        return false;
    return accepted(in_read_message(bytes, out));
}

static bool call_message(adapter_call *call, in_message *out)
{
    span bytes;
    if (!call_bytes(call, "message", &bytes))
        return false;
    if (accepted(in_read_message(bytes, out)))
        return true;
    call_complain(call, "that is no message");
    return false;
}

/* Of those before, an end or error is the enclave's own. */
void serve_turn(adapter_call *call)
{
    in_enclave e = {0};
    in_message m;
    bool stops;
    for (unsigned i = 1; earlier_message(call, i, &m); i++)
        if (m.type == IN_TYPE_END || m.type == IN_TYPE_ERROR)
            in_enclave_ends(&e);
        else
            (void)in_enclave_takes(&e, &m, &stops);
    if (call_message(call, &m) && call_accepts(call, in_enclave_takes(&e, &m, &stops)))
        shim_put_bool(&call->reply->out, "stops", stops);
}

static bool call_turn(adapter_call *call, in_turn *out)
{
    span mk;
    if (!call_bytes_of(call, "mk", IN_KEY, &mk) || !call_request(call, "request", &out->request) ||
        !call_bytes_of(call, "model", IN_DIGEST, &out->model))
        return false;
    if (out->request.n_messages > IN_MESSAGES_MAX) {
        call_complain(call, "the request has too many messages");
        return false;
    }
    in_turn_key(call->prim, mk.p, out->kturn);
    return true;
}

static bool call_finish(adapter_call *call, uint8_t *out)
{
    int64_t n;
    if (!call_number(call, "finish", 0, IN_CANCELLED, &n))
        return false;
    *out = (uint8_t)n;
    return true;
}

static void put_key(adapter_call *call, const char *name, const uint8_t key[32])
{
    uint8_t *room = call_room(call, 32);
    if (!room)
        return;
    memcpy(room, key, 32);
    shim_put_bytes(&call->reply->out, name, span_of(room, 32));
}

void derive_turn(adapter_call *call)
{
    in_turn t;
    span answer;
    uint8_t finish, key[32];
    if (!call_turn(call, &t) || !call_bytes(call, "answer", &answer) || !call_finish(call, &finish))
        return;
    uint8_t *leaves = call_room(call, (size_t)IN_LEAVES_MAX * IN_DIGEST);
    if (!leaves || !call_accepts(call, ACCEPT))
        return;
    put_key(call, "kturn", t.kturn);
    in_turn_seed(call->prim, t.kturn, &t.request, key);
    put_key(call, "seed", key);
    in_turn_salt(call->prim, t.kturn, key);
    put_key(call, "salt", key);
    in_leaf_key(call->prim, t.kturn, 1, key);
    put_key(call, "leaf_key_1", key);
    in_turn_com(call->prim, &t, answer, finish, key);
    put_key(call, "com", key);
    in_turn_leaves(call->prim, &t, answer, leaves);
    shim_put_bytes(&call->reply->out, "leaves", span_of(leaves, IN_DIGEST * (t.request.n_messages + 2)));
}

void take_answer(adapter_call *call)
{
    static uint8_t answer[IN_ANSWER_MAX];
    in_client c;
    in_turn t;
    in_message m;
    if (!call_turn(call, &t))
        return;
    in_client_asks(&c, t.kturn, &t.request, t.model, WRITER(answer));
    for (unsigned i = 1; earlier_message(call, i, &m); i++)
        (void)in_client_takes(&c, call->prim, &m);
    if (!call_message(call, &m) || !call_accepts(call, in_client_takes(&c, call->prim, &m)))
        return;
    shim_put_bool(&call->reply->out, "open", c.open);
    uint8_t *room = call_room(call, c.answer.n);
    if (!room)
        return;
    memcpy(room, answer, c.answer.n);
    shim_put_bytes(&call->reply->out, "answer", span_of(room, c.answer.n));
}

/* ---- receipts and franks ---- */

bool call_signed(adapter_call *call, in_signed *out)
{
    return call_bytes_if_given(call, "key", IN_DIGEST, &out->key) && call_bytes_if_given(call, "statement", IN_DIGEST, &out->statement) &&
           (!shim_find(&call->request->in, "signature") || call_bytes(call, "signature", &out->signature)) &&
           call_bytes_if_given(call, "session", IN_DIGEST, &out->session);
}

void sign_receipt(adapter_call *call)
{
    span seed, receipt, statement;
    if (!call_bytes_of(call, "seed", IN_DIGEST, &seed) || !call_bytes_of(call, "receipt", IN_RECEIPT, &receipt) ||
        !call_bytes_of(call, "statement", IN_DIGEST, &statement))
        return;
    uint8_t *signature = call_room(call, IN_SIGNATURE_SIZE);
    if (!signature || !call_accepts(call, ACCEPT))
        return;
    in_sign(call->prim, seed.p, receipt, statement, signature);
    shim_put_bytes(&call->reply->out, "signature", span_of(signature, IN_SIGNATURE_SIZE));
}

void check_receipt(adapter_call *call)
{
    static uint8_t shown[IN_ANSWER_MAX];
    toy_model toy = {.prim = call->prim};
    in_client c = {0};
    in_message m;
    in_expected by = {.ctx = &toy, .text = call_flag(call, "spells") ? toy_text : NULL};
    account noted;
    span answer;
    int64_t end;
    if (!call_turn(call, &c.turn) || !call_bytes(call, "answer", &answer) || !call_message(call, &m) ||
        !call_bytes_of(call, "key", IN_DIGEST, &by.key) || !call_bytes_of(call, "statement", IN_DIGEST, &by.statement) ||
        !call_bytes_of(call, "tokenizer", IN_DIGEST, &by.tokenizer) || !call_number(call, "end", 0, 65536, &end))
        return;
    if (m.type != IN_TYPE_END) {
        call_complain(call, "the message is no end");
        return;
    }
    by.model = c.turn.model;
    by.end = (uint32_t)end;
    c.answer = WRITER(shown);
    write_span(&c.answer, answer);
    if (call_accepts(call, in_client_checks_receipt(&c, call->prim, &m.as.end, &by, &noted, NULL)))
        call_put_names(call, "not_compared", (unsigned)noted.not_compared, in_comparison_names, IN_COMPARISONS);
}

enum { INDEXES_MAX = 64 };

static size_t indexes_of(span row, uint32_t indexes[INDEXES_MAX])
{
    size_t n = 0;
    for (reader r = reader_of(row); r.rest.n && n < INDEXES_MAX; n++)
        indexes[n] = (uint32_t)read_be(&r, 4);
    return n;
}

static bool are_leaves(const in_turn *t, const uint32_t *indexes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (indexes[i] > t->request.n_messages + 1)
            return false;
    return true;
}

void make_frank(adapter_call *call)
{
    in_turn t;
    in_signed_receipt s = {0};
    in_frank f;
    span answer, statement, row;
    uint8_t finish;
    uint32_t indexes[INDEXES_MAX];
    if (!call_turn(call, &t) || !call_bytes(call, "answer", &answer) || !call_finish(call, &finish) ||
        !call_bytes_of(call, "receipt", IN_RECEIPT, &s.receipt) || !call_bytes_of(call, "signature", IN_SIGNATURE_SIZE, &s.signature) ||
        !call_bytes_of(call, "statement", IN_DIGEST, &statement) || !call_bytes(call, "indexes", &row))
        return;
    const size_t n = indexes_of(row, indexes);
    if (!are_leaves(&t, indexes, n)) {
        call_complain(call, "there is no such leaf");
        return;
    }
    const size_t n_row = call->request->in.n * (size_t)1024 + answer.n + t.request.steering.n + t.request.messages.n + 64 * n;
    uint8_t *leaves = call_room(call, (size_t)IN_LEAVES_MAX * IN_DIGEST), *opened = call_room(call, n_row),
            *out = call_room(call, 2 * n_row);
    if (!leaves || !opened || !out || !call_accepts(call, ACCEPT))
        return;
    writer o = writer_of(opened, n_row), w = writer_of(out, 2 * n_row);
    in_make_frank(call->prim, &t, answer, finish, &s, statement, indexes, n, leaves, &o, &f);
    in_write_frank(&f, &w);
    must(writer_ok(&o) && writer_ok(&w));
    shim_put_bytes(&call->reply->out, "frank", written(&w));
}

void moderate_frank(adapter_call *call)
{
    in_moderator by;
    in_moderated told;
    account noted;
    span frank;
    if (!call_bytes(call, "frank", &frank) || !call_bytes_of(call, "key", IN_DIGEST, &by.key) ||
        !call_bytes_of(call, "statement", IN_DIGEST, &by.statement) || !call_bytes_of(call, "model", IN_DIGEST, &by.model))
        return;
    if (!call_accepts(call, in_moderate(call->prim, &by, frank, &noted, &told)))
        return;
    shim_put_int(&call->reply->out, "closed", (int64_t)told.closed);
    shim_put_bool(&call->reply->out, "withheld", told.withheld);
    shim_put_bool(&call->reply->out, "answered", told.has_answer);
    shim_put_bytes(&call->reply->out, "answer", told.answer);
}

/* ---- padding ---- */

static bool call_level(adapter_call *call, in_level *out)
{
    int64_t n;
    if (!call_number(call, "level", 0, 255, &n))
        return false;
    *out = (in_level)n;
    return true;
}

void pad_message(adapter_call *call)
{
    in_level level;
    int64_t records, used;
    if (!call_level(call, &level) || !call_number(call, "records", 1, 1 << 20, &records) ||
        !call_number(call, "used", 1, IN_PLAIN_USED_MAX, &used) || !call_accepts(call, in_judge_level(level)))
        return;
    shim_put_int(&call->reply->out, "plain", (int64_t)in_plain_size(level, (size_t)used));
    shim_put_int(&call->reply->out, "bucket", (int64_t)in_bucket_size((size_t)records));
    shim_put_int(&call->reply->out, "fills", (int64_t)in_fills_after(level, (size_t)records));
}

void judge_chunk(adapter_call *call)
{
    in_level level;
    int64_t n;
    if (call_level(call, &level) && call_number(call, "n", 1, 65535, &n))
        call_accepts(call, in_judge_chunk(level, (size_t)n));
}

/* The records as letters: m of the message, l its last one, f a fill. The last letter is judged. */
void take_records(adapter_call *call)
{
    in_level level;
    const span records = call_text(call, "records");
    verdict v = ACCEPT;
    if (!call_level(call, &level))
        return;
    in_bucket b = {.level = level, .from_enclave = call_flag(call, "enclave")};
    for (size_t i = 0; i < records.n; i++)
        v = in_bucket_takes(&b, records.p[i] == 'f', records.p[i] == 'l');
    if (!call_accepts(call, v))
        return;
    shim_put_bool(&call->reply->out, "full", in_bucket_full(&b));
    shim_put_int(&call->reply->out, "size", (int64_t)b.size);
}

void choose_gap(adapter_call *call)
{
    in_level level;
    int64_t tick, chance;
    span row;
    uint64_t gaps[64];
    size_t n = 0;
    if (!call_level(call, &level) || !call_number(call, "tick", 1, UINT32_MAX, &tick) ||
        !call_number(call, "chance", 0, UINT32_MAX, &chance) || !call_bytes(call, "gaps", &row))
        return;
    for (reader r = reader_of(row); r.rest.n && n < 64; n++)
        gaps[n] = read_be(&r, 4);
    if (call_accepts(call, ACCEPT))
        shim_put_int(&call->reply->out, "gap", (int64_t)in_next_gap(level, (uint64_t)tick, gaps, n, (uint32_t)chance));
}
