/* Section 4, Frames, and the shapes of sections 4 and 5. */
#include "confer_parts.h"

/* ---- shapes ---- */

static const field frame_rows[] = {ROW_PB(cf_frame, chunk_id, 1, PB_INT64), ROW_PB(cf_frame, chunk_index, 2, PB_UINT32),
                                   ROW_PB(cf_frame, total_chunks, 3, PB_UINT32), ROW_PB(cf_frame, payload, 4, PB_BYTES)};
const layout cf_frame_layout = LAYOUT("frame", LAYOUT_PROTOBUF, cf_frame, frame_rows, CF_049);

static const field stream_chunk_rows[] = {ROW_PB(cf_stream_chunk, data, 1, PB_BYTES), ROW_PB(cf_stream_chunk, final, 2, PB_BOOL),
                                          ROW_PB_IN(cf_stream_chunk, seq, 3, PB_UINT32, 0, INT32_MAX, CF_065)};
/* A malformed chunk is a malformed request. */
const layout cf_stream_chunk_layout = {.name = "chunk",
                                       .encoding = LAYOUT_PROTOBUF,
                                       .req = REQ_CF_060,
                                       .fields = stream_chunk_rows,
                                       .n_fields = sizeof stream_chunk_rows / sizeof *stream_chunk_rows,
                                       .n_struct = sizeof(cf_stream_chunk)};

static const field request_rows[] = {ROW_PB(cf_request, id, 1, PB_INT64), ROW_PB(cf_request, verb, 2, PB_STRING),
                                     ROW_PB(cf_request, path, 3, PB_STRING), ROW_PB(cf_request, body, 4, PB_BYTES),
                                     ROW_PB_MESSAGE(cf_request, chunk, 5, &cf_stream_chunk_layout)};
const layout cf_request_layout = LAYOUT("request", LAYOUT_PROTOBUF, cf_request, request_rows, CF_060);

static const field response_rows[] = {ROW_PB(cf_response, id, 1, PB_INT64), ROW_PB(cf_response, status, 2, PB_INT64),
                                      ROW_PB(cf_response, body, 3, PB_BYTES), ROW_PB(cf_response, headers, 4, PB_PAIRS)};
const layout cf_response_layout = LAYOUT("response", LAYOUT_PROTOBUF, cf_response, response_rows, CF_087);

/* ---- sending ---- */

void cf_seal_plain(nz_peer *noise, const cf_world *w, span plaintext, cf_effects *out)
{
    const nz_world lent = cf_noise_world(w, EMPTY);
    must(accepted(nz_seal(noise, &lent, EMPTY, plaintext, &out->bytes)));
    cf_end_record(out);
}

void cf_seal_frame(nz_peer *noise, const cf_world *w, const cf_frame *f, cf_effects *out)
{
    writer plain = WRITER(w->storage->scratch->plain);
    layout_write(&cf_frame_layout, f, &plain);
    must(writer_ok(&plain));
    cf_storage_used(&w->storage->scratch->plain_n, &plain);
    cf_seal_plain(noise, w, written(&plain), out);
}

void cf_seal_message(nz_peer *noise, const cf_world *w, span message, cf_effects *out)
{
    reader coins = reader_of(w->coins);
    const size_t piece = EMIT(CF_045, CF_PAYLOAD_MAX);
    uint64_t id = EMIT_OR(CF_046, read_be(&coins, 8), 0);
    const uint64_t total = message.n ? (message.n + piece - 1) / piece : 1;
    must(w->coins.n == CF_COINS && total <= CF_RECORDS_MAX);
    declassify(&id, sizeof id); /* the other side reads it */
    for (uint64_t i = 0; i < total; i++) {
        const uint64_t index = EMIT(CF_047, i);
        const cf_frame f = {
            .chunk_id = {true, id},
            .chunk_index = {true, index},
            .total_chunks = {true, total},
            .payload = {true, span_first(span_from(message, index * piece), piece)},
        };
        cf_seal_frame(noise, w, &f, out);
    }
}

/* ---- receiving ---- */

verdict cf_open_frame(nz_peer *noise, const cf_world *w, span record, cf_frame *out)
{
    const nz_world lent = cf_noise_world(w, EMPTY);
    writer plain = WRITER(w->storage->scratch->plain);
    TRY(nz_open(noise, &lent, EMPTY, record, &plain));
    cf_storage_used(&w->storage->scratch->plain_n, &plain);
    return layout_read(&cf_frame_layout, written(&plain), out, NULL);
}

/* ---- memory for unfinished messages ---- */

static size_t left(const cf_pool *pool) { return pool->n_back + pool->n_fresh; }

static cf_block *lend(cf_storage *st)
{
    cf_pool *pool = st->pool;
    cf_block *b = pool->back;
    must(left(pool) > 0);
    st->lent++;
    if (!b) {
        pool->n_fresh--;
        return pool->fresh++;
    }
    pool->back = b->next;
    pool->n_back--;
    b->next = NULL;
    return b;
}

static void give_back(cf_storage *st, cf_block *b, size_t used)
{
    wipe(b, used);
    b->next = st->pool->back;
    st->pool->back = b;
    st->pool->n_back++;
    st->lent--;
}

static size_t blocks_of(size_t n) { return (n + CF_BLOCK - 1) / CF_BLOCK; }

void cf_return_assembly(cf_storage *st, cf_block **slot)
{
    cf_assembly *a = *slot ? &(*slot)->assembly : NULL;
    if (!a)
        return;
    for (size_t i = 0, n = blocks_of(a->n); i < n; i++)
        give_back(st, a->block[i], CF_BLOCK);
    give_back(st, *slot, sizeof *a);
    *slot = NULL;
}

/* ---- putting together ---- */

static cf_block **slot_of(cf_storage *st, uint64_t id)
{
    for (size_t i = 0; i < CF_ASSEMBLIES_MAX; i++)
        if (st->unfinished[i] && st->unfinished[i]->assembly.id == id)
            return &st->unfinished[i];
    return NULL;
}

static cf_block **free_slot(cf_storage *st)
{
    for (size_t i = 0; i < CF_ASSEMBLIES_MAX; i++)
        if (!st->unfinished[i])
            return &st->unfinished[i];
    return NULL;
}

/* There is memory for `more` bytes, and for the assembly itself when there is none yet. */
static bool can_keep(const cf_storage *st, const cf_assembly *a, size_t more)
{
    const size_t n = a ? a->n : 0;
    return blocks_of(n + more) - blocks_of(n) + (a ? 0 : 1) <= left(st->pool);
}

static struct cf_chunk *chunk_at(cf_assembly *a, uint64_t index) { return &a->chunk[WITHIN(index, CF_CHUNKS_MAX)]; }

/* Bytes are stored in the order of their arrival; each chunk records where its own are. */
static void keep(cf_storage *st, cf_assembly *a, uint64_t index, span payload)
{
    struct cf_chunk *c = chunk_at(a, index);
    if (WEAKENED(CF_057))
        payload = span_first(payload, CF_MESSAGE_MAX - a->n);
    if (!WEAKENED(CF_056) || !c->has)
        a->have++;
    *c = (struct cf_chunk){true, (uint32_t)a->n, (uint32_t)payload.n};
    while (payload.n) {
        const size_t at = a->n % CF_BLOCK;
        const span piece = span_first(payload, CF_BLOCK - at);
        if (at == 0)
            a->block[a->n / CF_BLOCK] = lend(st);
        span_take(piece, a->block[a->n / CF_BLOCK]->bytes + at, piece.n);
        a->n += piece.n;
        payload = span_from(payload, piece.n);
    }
}

static void write_chunk(const cf_assembly *a, const struct cf_chunk *c, writer *out)
{
    for (size_t at = c->at, end = at + c->n; at < end;) {
        const size_t inside = at % CF_BLOCK, n = end - at < CF_BLOCK - inside ? end - at : CF_BLOCK - inside;
        write_span(out, span_of(a->block[at / CF_BLOCK]->bytes + inside, n));
        at += n;
    }
}

static span join(cf_storage *st, cf_block **slot)
{
    cf_assembly *a = &(*slot)->assembly;
    writer whole = WRITER(st->scratch->whole);
    for (uint64_t i = 0; i < a->total; i++)
        write_chunk(a, chunk_at(a, EMIT(CF_051, i)), &whole);
    cf_storage_used(&st->scratch->whole_n, &whole);
    cf_return_assembly(st, slot);
    return written(&whole);
}

/* Where CF-058 is weakened, the first unfinished message gives up its memory; false when even that is not enough. */
static bool make_room(cf_storage *st, cf_block ***slot, size_t n)
{
    if (!*slot)
        *slot = &st->unfinished[0];
    cf_assembly *a = **slot ? &(**slot)->assembly : NULL;
    if (!can_keep(st, a, n)) {
        cf_return_assembly(st, *slot);
        a = NULL;
    }
    return can_keep(st, a, n);
}

verdict cf_assemble(cf_storage *st, const cf_frame *f, bool *complete, span *message)
{
    const uint64_t total = f->total_chunks.v, index = f->chunk_index.v;
    cf_block **slot = slot_of(st, f->chunk_id.v);
    cf_assembly *a = slot ? &(*slot)->assembly : NULL;
    *complete = false;
    REQUIRE(total > 0, CF_052);
    REQUIRE(total <= CF_CHUNKS_MAX, CF_053);
    REQUIRE(index < total || WEAKENED(CF_052), CF_054);
    REQUIRE(!a || a->total == total, CF_055);
    REQUIRE(!a || !chunk_at(a, index)->has, CF_056);
    REQUIRE((a ? a->n : 0) + f->payload.v.n <= CF_MESSAGE_MAX, CF_057);
    if (!a && total == 1) {
        *complete = true;
        *message = f->payload.v;
        return ACCEPT;
    }
    slot = slot ? slot : free_slot(st);
    REQUIRE(slot && can_keep(st, a, f->payload.v.n), CF_058);
    if (WEAKENED(CF_058) && !make_room(st, &slot, f->payload.v.n))
        return ACCEPT;
    if (!*slot) {
        *slot = lend(st);
        (*slot)->assembly = (cf_assembly){.id = f->chunk_id.v, .total = total};
    }
    a = &(*slot)->assembly;
    keep(st, a, index, f->payload.v);
    *complete = a->have == a->total;
    if (*complete)
        *message = join(st, slot);
    return ACCEPT;
}
