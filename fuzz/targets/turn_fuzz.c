/* A message of a turn, or a frank, by the first byte. A message that was read is written again as it was; a request that is taken keeps the
 * limits; a frank is signed anew over its own com, so that what it opens is judged. */
#include "franking.h"
#include "fuzz_entry.h"

#include <string.h>

enum { ROOM = 1 << 17 };

static void write_again(const in_message *m, writer *w)
{
    const in_chunk *k = &m->as.chunk;
    switch (m->type) {
    case IN_TYPE_TOKEN: in_write_admission(&m->as.admission, w); break;
    case IN_TYPE_REQUEST: in_write_request(&m->as.request, w); break;
    case IN_TYPE_CANCEL: in_write_cancel((uint32_t)m->as.cancel.id, w); break;
    case IN_TYPE_CHUNK: in_write_chunk((uint32_t)k->id, (uint32_t)k->seq, k->bytes, w); break;
    case IN_TYPE_END: in_write_end(&m->as.end, w); break;
    case IN_TYPE_ERROR: in_write_error((uint32_t)m->as.error.id, (in_code)m->as.error.code, w); break;
    case IN_TYPE_FILL: in_write_fill(w); break;
    }
}

static void message(span bytes)
{
    static uint8_t room[ROOM];
    in_message m;
    if (!accepted(in_read_message(bytes, &m)))
        return;
    writer w = WRITER(room);
    write_again(&m, &w);
    must(writer_ok(&w) && span_same(written(&w), bytes)); /* IN-036 to IN-042 */
    if (m.type != IN_TYPE_REQUEST)
        return;
    if (accepted(in_judge_request(&m.as.request)))
        must(m.as.request.n_messages >= 1 && m.as.request.n_messages <= IN_MESSAGES_MAX); /* IN-048, IN-052 */
}

/* The messages of a conversation, each as a piece, to a client that has asked; and to an enclave. */
static void conversation(span pieces)
{
    static uint8_t answer[ROOM];
    static const uint8_t kturn[IN_KEY] = {1}, model[IN_DIGEST] = {2};
    in_client c;
    in_enclave e = {0};
    in_message m;
    span piece;
    bool stops;
    in_client_asks(&c, kturn, &(in_request){.id = 7}, SPAN(model), WRITER(answer));
    while (fuzz_piece(&pieces, &piece)) {
        if (!accepted(in_read_message(piece, &m)))
            continue;
        const in_client before = c;
        if (!accepted(in_client_takes(&c, &prim_sodium, &m)))
            must(c.seq == before.seq && c.answer.n == before.answer.n && c.open == before.open);
        (void)in_enclave_takes(&e, &m, &stops);
        must(!e.open || e.admitted); /* IN-056 */
    }
}

static void frank(span bytes)
{
    static uint8_t copy[ROOM];
    static const uint8_t q[32] = {1};
    account noted;
    in_moderated told;
    uint8_t key[32];
    if (bytes.n < 400 || bytes.n > sizeof copy)
        return;
    memcpy(copy, bytes.p, bytes.n);
    prim_sodium.ed25519_public(q, key);
    reader r = reader_of(span_from(span_of(copy, bytes.n), 392));
    const uint64_t n = read_be(&r, 4);
    if (n <= IN_MESSAGES_MAX && r.rest.n > 32 * (n + 2)) {
        static const char label[] = "parley receipt root";
        in_com_of(&prim_sodium, span_of(copy + 360, 32), (uint32_t)n, span_first(r.rest, 32 * (n + 2)), r.rest.p[32 * (n + 2)], copy + 8);
        const span root[] = {SPAN(label), span_of(copy, 232)};
        prim_sodium.hash(PRIM_SHA256, root, 2, copy + 232);
        in_sign(&prim_sodium, q, span_of(copy, IN_RECEIPT), span_of(copy + 328, 32), copy + IN_RECEIPT);
    }
    const in_moderator by = {SPAN(key), span_of(copy + 328, 32), span_of(copy + 360, 32)};
    if (accepted(in_moderate(&prim_sodium, &by, span_of(copy, bytes.n), &noted, &told)))
        must(told.closed <= told.frank.n + 2 && (told.withheld || told.closed <= 1)); /* IN-097, IN-098 */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static void (*const readers[])(span) = {message, conversation, frank};
    prim_start();
    if (n && n < ROOM / 2)
        readers[data[0] % 3](span_of(data + 1, n - 1));
    return 0;
}
