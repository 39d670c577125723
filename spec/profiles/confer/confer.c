#include "confer_parts.h"

/* ---- the session, as both sides have it ---- */

nz_suite cf_suite(void) { return (nz_suite){NZ_XX, EMIT(CF_017, PRIM_AESGCM), PRIM_SHA256}; }

verdict cf_judge_phase(cf_phase phase)
{
    REQUIRE(phase != CF_NEW && phase != CF_CLOSED, CF_028);
    return ACCEPT;
}

nz_world cf_noise_world(const cf_world *w, span ephemeral) { return (nz_world){.prim = w->prim, .ephemeral = ephemeral}; }

void cf_start_noise(nz_peer *noise, const cf_world *w, nz_role role, const prim_pair *static_pair)
{
    const nz_setup setup = {
        .role = role,
        .suite = cf_suite(),
        .prologue = EMIT(CF_018, EMPTY),
        .static_pair = static_pair,
    };
    nz_start(noise, w->prim, &setup);
}

void cf_scratch_wipe(cf_scratch *sc)
{
    wipe(sc->plain, sc->plain_n);
    wipe(sc->whole, sc->whole_n);
    wipe(sc->text, sc->text_n);
    sc->plain_n = sc->whole_n = sc->text_n = 0;
}

static void wipe_storage(cf_storage *st)
{
    cf_scratch_wipe(st->scratch);
    for (size_t i = 0; i < CF_ASSEMBLIES_MAX; i++)
        cf_return_assembly(st, &st->unfinished[i]);
}

cf_storage *cf_own(cf_own_storage *own)
{
    if (!own->storage.scratch) {
        own->pool = (cf_pool){.fresh = own->block, .n_fresh = CF_SESSION_BLOCKS};
        own->storage = (cf_storage){.scratch = &own->scratch, .pool = &own->pool};
    }
    return &own->storage;
}

static void wipe_session(nz_peer *noise, cf_storage *st)
{
    nz_close(noise);
    if (st)
        wipe_storage(st);
}

void cf_end_session(nz_peer *noise, cf_storage *st) { DO(CF_030, wipe_session(noise, st)); }

void cf_storage_used(size_t *most, const writer *w)
{
    if (w->n > *most)
        *most = w->n;
}

/* ---- effects ---- */

void cf_effects_clear(cf_effects *out)
{
    const writer bytes = {.p = out->bytes.p, .cap = out->bytes.cap};
    *out = (cf_effects){.bytes = bytes};
}

void cf_end_record(cf_effects *out)
{
    must(writer_ok(&out->bytes) && out->n_records < CF_RECORDS_MAX);
    out->ends[out->n_records++] = out->bytes.n;
}

span cf_record(const cf_effects *out, size_t i)
{
    must(i < out->n_records);
    const size_t from = i ? out->ends[i - 1] : 0;
    return span_of(out->bytes.p + from, out->ends[i] - from);
}

/* ---- pending requests ---- */

bool cf_pending_find(const cf_pending *p, int64_t id, bool *stream)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->at[i].id == id) {
            *stream = p->at[i].stream;
            return true;
        }
    *stream = false;
    return false;
}

void cf_pending_add(cf_pending *p, int64_t id, bool stream)
{
    if (WEAKENED(CF_068) && p->n == CF_REQUESTS_MAX)
        return;
    must(p->n < CF_REQUESTS_MAX);
    p->at[p->n].id = id;
    p->at[p->n++].stream = stream;
}

void cf_pending_remove(cf_pending *p, int64_t id)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->at[i].id == id) {
            p->at[i] = p->at[--p->n];
            return;
        }
}
