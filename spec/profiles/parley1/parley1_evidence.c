#include "parley1_evidence.h"

#include <string.h>

/* ---- 1. What evidence is bound to ---- */

void p1_next_x(const prim *p, const uint8_t t[P1_DIGEST], span step, span reply, uint8_t x[P1_DIGEST])
{
    uint8_t digest[2][P1_DIGEST];
    prim_digest(p, PRIM_SHA256, step, digest[0]);
    prim_digest(p, PRIM_SHA256, reply, digest[1]);
    const span parts[] = {EMIT(P1_070, span_of(t, P1_DIGEST)), EMIT(P1_071, SPAN(digest[0])), EMIT(P1_072, SPAN(digest[1]))};
    p1_hash(p, "step", parts, 3, x);
}

void p1_binder(const prim *p, uint32_t epoch, const uint8_t x[P1_DIGEST], span claims, uint8_t binder[P1_BINDER])
{
    uint8_t number[4], digest[P1_DIGEST];
    writer w = WRITER(number);
    write_be(&w, EMIT(P1_073, epoch), 4);
    prim_digest(p, PRIM_SHA256, claims, digest);
    const span parts[] = {SPAN(number), EMIT(P1_074, span_of(x, P1_DIGEST)), EMIT(P1_075, SPAN(digest))};
    p1_hash512(p, "evidence", parts, 3, binder);
}

void p1_report_data(const prim *p, uint32_t n, const uint8_t root[P1_DIGEST], uint8_t out[P1_REPORT_DATA])
{
    uint8_t number[4];
    writer w = WRITER(number);
    write_be(&w, EMIT_OR(P1_076, n, 0), 4);
    const span parts[] = {SPAN(number), span_of(root, P1_DIGEST)};
    p1_hash512(p, "report", parts, 2, out);
}

void p1_transcript(const prim *p, const uint8_t x[P1_DIGEST], span attest, uint8_t t[P1_DIGEST])
{
    uint8_t digest[P1_DIGEST];
    prim_digest(p, PRIM_SHA256, attest, digest);
    const span parts[] = {EMIT(P1_077, span_of(x, P1_DIGEST)), EMIT(P1_078, SPAN(digest))};
    p1_hash(p, "transcript", parts, 2, t);
}

/* ---- 2. The message attest ---- */

static bool sizes_hold(span message, const p1_attest *a)
{
    bool hold = message.n <= P1_ATTEST_MAX && a->claims.n <= P1_CLAIMS_MAX && a->manifest.n <= P1_MANIFEST_MAX &&
                a->statement.n <= P1_STATEMENT_MAX && a->checkpoint.n <= P1_CHECKPOINT_MAX;
    for (size_t i = 0; i < a->row.n; i++)
        hold &= a->row.item[i].evidence.n <= P1_EVIDENCE_MAX && a->row.item[i].endorsements.n <= P1_ENDORSEMENTS_MAX;
    return hold;
}

verdict p1_read_attest(span message, p1_attest *out)
{
    reader r = reader_of(message);
    memset(out, 0, sizeof *out);
    const bool row = p1_read_row(&r, &out->row);
    out->n = read_be(&r, 2);
    out->index = read_be(&r, 2);
    out->path = p1_read_prefixed(&r, 2);
    out->claims = p1_read_prefixed(&r, 4);
    out->manifest = p1_read_prefixed(&r, 4);
    out->manifest_signature = read_bytes(&r, P1_SIGNATURE);
    out->statement = p1_read_prefixed(&r, 2);
    out->checkpoint = p1_read_prefixed(&r, 2);
    out->manifest_proof = p1_read_prefixed(&r, 2);
    out->statement_proof = p1_read_prefixed(&r, 2);
    out->boot = p1_read_prefixed(&r, 4);
    REQUIRE(row && reader_done(&r), P1_080);
    REQUIRE(sizes_hold(message, out), P1_079);
    return ACCEPT;
}

void p1_write_attest(const p1_attest *a, writer *out)
{
    p1_write_row(&a->row, out);
    write_be(out, a->n, 2);
    write_be(out, a->index, 2);
    p1_write_prefixed(out, 2, a->path);
    p1_write_prefixed(out, 4, a->claims);
    p1_write_prefixed(out, 4, a->manifest);
    write_span(out, a->manifest_signature);
    p1_write_prefixed(out, 2, a->statement);
    p1_write_prefixed(out, 2, a->checkpoint);
    p1_write_prefixed(out, 2, a->manifest_proof);
    p1_write_prefixed(out, 2, a->statement_proof);
    p1_write_prefixed(out, 4, a->boot);
}

void p1_write_manifest_leaf(span manifest, span signature, writer *out)
{
    write_span(out, manifest);
    write_span(out, signature);
}

/* ---- 3. Before the evidence ---- */

bool p1_policy_fits(const p1_policy *p)
{
    const bool log = p->log && p->log->has_log && p->log->has_quorum && !p->log->none && p->log->n_witnesses > 0;
    const bool snp = p->snp && p->snp->n_roots > 0, gpu = p->gpu && p->gpu->root.n > 0;
    return log && snp && gpu == (p->gpu != NULL) && p->vendors <= 1u + gpu && p->owner.n == 32 && p->releaser.n == 32 && p->level <= 3;
}

/* Everything that one appraisal reads, and what it finds. */
typedef struct appraisal {
    const p1_verifier *v;
    const p1_expected *e;
    p1_attest attest;
    p1_claims claims;
    p1_manifest manifest;
    p1_statement statement;
    tl_checkpoint checkpoint;
    int64_t newest; /* of the cosignatures that counted */
    p1_appraisal *out;
} appraisal;

static verdict read_parts(appraisal *a, span message)
{
    TRY(p1_read_attest(message, &a->attest));
    TRY(p1_read_claims(a->attest.claims, &a->claims));
    TRY(p1_read_manifest(a->attest.manifest, &a->manifest));
    return p1_read_statement(a->attest.statement, &a->statement);
}

/* The newest time that the quorum was counted with. */
static void find_newest(appraisal *a)
{
    tl_note note;
    writer room = a->v->room;
    if (!accepted(tl_read_note(a->attest.checkpoint, &room, &note)))
        return;
    room = writer_of(room.p + room.n, room.cap - room.n); /* decoded signatures stay */
    for (size_t i = 0; i < a->v->policy->log->n_witnesses; i++) {
        bool found;
        uint64_t time;
        const verdict v = tl_check_lines(a->v->prim, &note, &a->v->policy->log->witness[i].key, room, &found, &time);
        if (accepted(v) && found && time <= (uint64_t)(a->v->now + P1_LOG_SKEW) && (int64_t)time > a->newest)
            a->newest = (int64_t)time;
    }
}

static verdict judge_checkpoint(appraisal *a)
{
    const tl_world w = {
        .prim = a->v->prim, .policy = a->v->policy->log, .now = a->v->now, .age = P1_LOG_AGE, .skew = P1_LOG_SKEW, .room = a->v->room};
    tl_memory nothing = {0};
    TRY(tl_client_takes_checkpoint(&nothing, &w, a->attest.checkpoint, EMPTY, &a->checkpoint));
    find_newest(a);
    a->out->head = a->checkpoint.head;
    return ACCEPT;
}

static bool contradicts(const p1_memory *m, const tl_head *head)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->head[i].size == head->size && !bytes_equal(m->head[i].root, head->root, TL_HASH))
            return true;
    return false;
}

static verdict judge_memory(const appraisal *a, const p1_memory *m)
{
    account *noted = &a->out->account;
    CHECK(noted, a->v->now + P1_LOG_SKEW >= a->v->policy->built, P1_085);
    CHECK(noted, a->v->now + P1_LOG_SKEW >= m->floor, P1_086);
    CHECK(noted, !contradicts(m, &a->checkpoint.head), P1_087);
    return ACCEPT;
}

static verdict is_leaf(const appraisal *a, span proof, span first, span second)
{
    uint8_t room[P1_MANIFEST_MAX + P1_SIGNATURE], leaf[TL_HASH];
    writer w = WRITER(room);
    reader r = reader_of(proof);
    p1_write_manifest_leaf(first, second, &w);
    tl_leaf_hash(a->v->prim, written(&w), leaf);
    const uint64_t index = read_be(&r, 8);
    return tl_check_inclusion(a->v->prim, leaf, index, a->checkpoint.head.size, r.rest, a->checkpoint.head.root);
}

static verdict judge_log(appraisal *a)
{
    const p1_attest *t = &a->attest;
    verdict manifest = ACCEPT, statement = ACCEPT;
    DO(P1_088, manifest = is_leaf(a, t->manifest_proof, t->manifest, t->manifest_signature));
    TRY(manifest);
    DO(P1_089, statement = is_leaf(a, t->statement_proof, t->statement, EMPTY));
    return statement;
}

static verdict judge_manifest(appraisal *a)
{
    uint8_t room[P1_MANIFEST_MAX + 32], digest[P1_DIGEST];
    const p1_policy *p = a->v->policy;
    account *noted = &a->out->account;
    writer w = WRITER(room);
    p1_write_signed_manifest(a->attest.manifest, &w);
    prim_digest(a->v->prim, PRIM_SHA256, a->attest.manifest, digest);
    CHECK(noted, a->v->prim->ed25519_verify(p->releaser.p, written(&w), a->attest.manifest_signature.p), P1_090);
    CHECK(noted, a->manifest.release >= p->least_release, P1_091);
    CHECK(noted, a->v->now < a->manifest.expires, P1_092);
    CHECK(noted, bytes_equal(digest, a->claims.manifest, P1_DIGEST), P1_093);
    a->out->release = a->manifest.release;
    return ACCEPT;
}

static bool lists_name(const p1_claims *c, span name)
{
    for (size_t i = 0; i < c->n_names; i++)
        if (span_same(c->name[i], name))
            return true;
    return false;
}

static verdict judge_statement(appraisal *a)
{
    const p1_statement *s = &a->statement;
    account *noted = &a->out->account;
    uint8_t claims[P1_DIGEST], boot[P1_DIGEST];
    prim_digest(a->v->prim, PRIM_SHA256, a->attest.claims, claims);
    prim_digest(a->v->prim, PRIM_SHA256, a->attest.boot, boot);
    CHECK(noted, a->v->prim->ed25519_verify(a->v->policy->owner.p, s->signed_part, s->signature.p), P1_094);
    CHECK(noted, span_same(s->name, a->e->name), P1_095);
    CHECK(noted, lists_name(&a->claims, a->e->name), P1_096);
    CHECK(noted, s->from <= a->v->now && a->v->now <= s->to, P1_097);
    CHECK(noted, s->to - s->from <= P1_STATEMENT_LIFE, P1_098);
    CHECK(noted, span_same(s->s, span_of(a->e->s, 32)), P1_099);
    CHECK(noted, span_same(s->claims, SPAN(claims)), P1_050);
    CHECK(noted, span_same(s->boot, SPAN(boot)), P1_051);
    return ACCEPT;
}

/* ---- 4. The evidence ---- */

/* The root that follows from a path: RFC 9162 2.1.3.2, with the length judged by its end. */
static verdict root_of_path(const prim *p, const uint8_t binder[P1_BINDER], uint64_t n, uint64_t index, span path, uint8_t root[TL_HASH])
{
    uint64_t at = index, last = n - 1;
    size_t used = 0;
    tl_leaf_hash(p, span_of(binder, P1_BINDER), root);
    for (; last > 0 && path.n - used >= TL_HASH; at >>= 1, last >>= 1) {
        if (!(at & 1) && at == last)
            continue;
        tl_node_hash(p, at & 1 ? path.p + used : root, at & 1 ? root : path.p + used, root);
        used += TL_HASH;
    }
    while (last > 0 && !(at & 1) && at == last)
        at >>= 1, last >>= 1;
    REQUIRE(last == 0 && used == path.n, P1_053);
    return ACCEPT;
}

static verdict expect_report_data(appraisal *a, uint8_t out[P1_REPORT_DATA])
{
    const p1_attest *t = &a->attest;
    uint8_t binder[P1_BINDER], root[TL_HASH];
    CHECK(&a->out->account, t->n >= 1 && t->n <= P1_BATCH_MAX && t->index < t->n, P1_052);
    p1_binder(a->v->prim, a->e->epoch, a->e->x, t->claims, binder);
    TRY(root_of_path(a->v->prim, binder, t->n ? t->n : 1, t->index, t->path, root));
    p1_report_data(a->v->prim, (uint32_t)t->n, root, out);
    return ACCEPT;
}

static bool are_listed(const p1_machine *m, const p1_statement *s)
{
    bool same = m->n == s->n_devices;
    for (size_t i = 0; same && i < m->n; i++)
        same = m->kind[i] == s->device[i].kind && span_same(m->id[i], s->device[i].id);
    return same;
}

static verdict judge_evidence(appraisal *a)
{
    uint8_t report_data[P1_REPORT_DATA];
    p1_machine machine;
    TRY(expect_report_data(a, report_data));
    TRY(p1_judge_row(a->v, &a->attest.row, &a->manifest, report_data, &a->out->account, &machine));
    CHECK(&a->out->account, are_listed(&machine, &a->statement), P1_058);
    a->out->vendors = machine.vendors;
    return ACCEPT;
}

/* ---- 5. Behind the evidence ---- */

static bool has_version(const p1_claims *c, uint16_t version)
{
    for (size_t i = 0; i < c->n_versions; i++)
        if (c->version[i] == version)
            return true;
    return false;
}

static bool has_higher(const p1_claims *c, const p1_offer *o, uint16_t version)
{
    for (size_t i = 0; i < c->n_versions; i++)
        if (c->version[i] > version && p1_offers(o, c->version[i]))
            return true;
    return false;
}

static void identify(appraisal *a)
{
    uint8_t devices[P1_ITEMS_MAX * (2 + P1_DEVICE_MAX)];
    writer w = WRITER(devices);
    for (size_t i = 0; i < a->statement.n_devices; i++) {
        write_be(&w, a->statement.device[i].kind, 1);
        p1_write_prefixed(&w, 1, a->statement.device[i].id);
    }
    p1_identity *out = &a->out->identity;
    span_take(a->statement.s, out->s, 32);
    span_take(a->statement.q, out->q, 32);
    prim_digest(a->v->prim, PRIM_SHA256, a->attest.claims, out->claims);
    prim_digest(a->v->prim, PRIM_SHA256, written(&w), out->devices);
}

static bool same_identity(const p1_identity *a, const p1_identity *b)
{
    return bytes_equal(a->s, b->s, 32) && bytes_equal(a->q, b->q, 32) && bytes_equal(a->claims, b->claims, P1_DIGEST) &&
           bytes_equal(a->devices, b->devices, P1_DIGEST);
}

static verdict judge_claims(appraisal *a)
{
    account *noted = &a->out->account;
    CHECK(noted, has_version(&a->claims, a->e->version), P1_059);
    CHECK(noted, !has_higher(&a->claims, a->e->offered, a->e->version), P1_060);
    CHECK(noted, a->claims.levels >> a->v->policy->level & 1, P1_061);
    identify(a);
    CHECK(noted, !a->e->before || same_identity(a->e->before, &a->out->identity), P1_062);
    return ACCEPT;
}

static void hand_out(appraisal *a, span message)
{
    p1_appraisal *out = a->out;
    out->levels = a->claims.levels;
    out->tick = a->claims.tick;
    out->engine = a->claims.engine;
    memcpy(out->model, a->claims.model, P1_DIGEST);
    memcpy(out->tokenizer, a->claims.tokenizer, P1_DIGEST);
    memcpy(out->template_, a->claims.template_, P1_DIGEST);
    prim_digest(a->v->prim, PRIM_SHA256, a->attest.statement, out->statement);
    out->from = a->statement.from;
    out->to = a->statement.to;
    p1_transcript(a->v->prim, a->e->x, message, out->t);
}

static bool remembers(const p1_memory *m, const tl_head *head)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->head[i].size == head->size)
            return true;
    return false;
}

/* Full: the oldest goes, but never the largest. */
static void remember_head(p1_memory *m, const tl_head *head)
{
    size_t goes = 0;
    if (remembers(m, head))
        return;
    if (m->n == P1_HEADS_MAX) {
        bool largest = true;
        for (size_t i = 1; i < m->n; i++)
            largest &= m->head[i].size < m->head[0].size;
        goes = largest ? 1 : 0;
        memmove(m->head + goes, m->head + goes + 1, (m->n - goes - 1) * sizeof *m->head);
        m->n--;
    }
    m->head[m->n++] = *head;
}

static void remember(const appraisal *a, p1_memory *m)
{
    const int64_t newest = a->newest < a->v->now ? a->newest : a->v->now;
    m->floor = EMIT(P1_063, newest > m->floor ? newest : m->floor);
    remember_head(m, &a->checkpoint.head);
}

verdict p1_verify(const p1_verifier *v, const p1_expected *e, span attest, p1_memory *memory, p1_appraisal *out)
{
    appraisal a = {.v = v, .e = e, .out = out};
    must(p1_policy_fits(v->policy));
    memset(out, 0, sizeof *out);
    TRY(read_parts(&a, attest));
    TRY(judge_checkpoint(&a));
    TRY(judge_memory(&a, memory));
    TRY(judge_log(&a));
    TRY(judge_manifest(&a));
    TRY(judge_statement(&a));
    TRY(judge_evidence(&a));
    TRY(judge_claims(&a));
    hand_out(&a, attest);
    remember(&a, memory);
    return ACCEPT;
}
