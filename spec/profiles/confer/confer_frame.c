/* Section 4, Frames, and the shapes of sections 4 and 5. */
#include "confer_parts.h"

/* ---- shapes ---- */

static const field frame_rows[] = {ROW_PB(cf_frame, chunk_id, 1, PB_INT64), ROW_PB(cf_frame, chunk_index, 2, PB_UINT32),
                                   ROW_PB(cf_frame, total_chunks, 3, PB_UINT32), ROW_PB(cf_frame, payload, 4, PB_BYTES)};
const layout cf_frame_layout = LAYOUT("frame", LAYOUT_PROTOBUF, cf_frame, frame_rows, CF_049);

static const field stream_chunk_rows[] = {ROW_PB(cf_stream_chunk, data, 1, PB_BYTES), ROW_PB(cf_stream_chunk, final, 2, PB_BOOL),
                                          ROW_PB_IN(cf_stream_chunk, seq, 3, PB_UINT32, 0, INT32_MAX, CF_065)};
/* Inside a request its form is the request's. */
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
    writer plain = WRITER(w->storage->plain);
    layout_write(&cf_frame_layout, f, &plain);
    must(writer_ok(&plain));
    cf_storage_used(&w->storage->plain_n, &plain);
    cf_seal_plain(noise, w, written(&plain), out);
}

void cf_seal_message(nz_peer *noise, const cf_world *w, span message, cf_effects *out)
{
    reader coins = reader_of(w->coins);
    const size_t piece = EMIT(CF_045, CF_PAYLOAD_MAX);
    const uint64_t id = EMIT_OR(CF_046, read_be(&coins, 8), 0);
    const uint64_t total = message.n ? (message.n + piece - 1) / piece : 1;
    must(w->coins.n == CF_COINS && total <= CF_RECORDS_MAX);
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
    writer plain = WRITER(w->storage->plain);
    TRY(nz_open(noise, &lent, EMPTY, record, &plain));
    cf_storage_used(&w->storage->plain_n, &plain);
    return layout_read(&cf_frame_layout, written(&plain), out, NULL);
}

static cf_assembly *find_open(cf_storage *st, uint64_t id)
{
    for (size_t i = 0; i < CF_ASSEMBLIES_MAX; i++)
        if (st->assembly[i].open && st->assembly[i].id == id)
            return &st->assembly[i];
    return NULL;
}

static cf_assembly *find_free(cf_storage *st)
{
    for (size_t i = 0; i < CF_ASSEMBLIES_MAX; i++)
        if (!st->assembly[i].open)
            return &st->assembly[i];
    return NULL;
}

static void begin(cf_assembly *a, const cf_frame *f)
{
    a->open = true;
    a->id = f->chunk_id.v;
    a->total = f->total_chunks.v;
    a->have = a->n = 0;
    for (size_t i = 0; i < CF_CHUNKS_MAX; i++)
        a->chunk[i] = (struct cf_chunk){0};
}

static struct cf_chunk *chunk_at(cf_assembly *a, uint64_t index) { return &a->chunk[index % CF_CHUNKS_MAX]; }

/* Bytes lie in the order of their arrival; the chunk says where. */
static void keep(cf_assembly *a, uint64_t index, span payload)
{
    writer w = {.p = a->bytes, .n = a->n, .cap = sizeof a->bytes};
    struct cf_chunk *c = chunk_at(a, index);
    write_span(&w, payload);
    a->have += !c->has;
    *c = (struct cf_chunk){true, a->n, w.n - a->n};
    a->n = w.n;
}

static span join(cf_storage *st, cf_assembly *a)
{
    writer whole = WRITER(st->whole);
    for (uint64_t i = 0; i < a->total; i++) {
        const struct cf_chunk *c = chunk_at(a, EMIT(CF_051, i));
        write_span(&whole, span_of(a->bytes + c->at, c->n));
    }
    cf_storage_used(&st->whole_n, &whole);
    wipe(a->bytes, a->n);
    a->open = false;
    a->n = 0;
    return written(&whole);
}

verdict cf_assemble(cf_storage *st, const cf_frame *f, bool *complete, span *message)
{
    const uint64_t total = f->total_chunks.v, index = f->chunk_index.v;
    cf_assembly *a = find_open(st, f->chunk_id.v);
    *complete = false;
    REQUIRE(total > 0, CF_052);
    REQUIRE(total <= CF_CHUNKS_MAX, CF_053);
    REQUIRE(index < total || total == 0, CF_054);
    REQUIRE(!a || a->total == total, CF_055);
    REQUIRE(!a || !chunk_at(a, index)->has, CF_056);
    REQUIRE((a ? a->n : 0) + f->payload.v.n <= CF_MESSAGE_MAX, CF_057);
    if (!a && total == 1) {
        *complete = true;
        *message = f->payload.v;
        return ACCEPT;
    }
    if (!a) {
        a = find_free(st);
        REQUIRE(a != NULL, CF_058);
        a = a ? a : &st->assembly[0];
        begin(a, f);
    }
    keep(a, index, f->payload.v);
    *complete = a->have == a->total;
    if (*complete)
        *message = join(st, a);
    return ACCEPT;
}
