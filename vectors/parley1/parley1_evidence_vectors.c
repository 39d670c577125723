/* The operations p1.attest, p1.boot and p1.statement: what a client and an owner judge, and what an owner writes. Each lie is made by whoever holds
 * the keys for it: all below the lie is signed and bound again. */
#include "parley1_vectors.h"

#include "p1_lies.h"

#include <stdio.h>
#include <string.h>

static const char *const checked_by[] = {"text", "audit", NULL};
static const char generator[] = "vectors/parley1/parley1_evidence_vectors", seed_text[] = "7061726c657920766563746f7273";
static const char the_name[] = "chat.example";

/* ---- what a request gives ---- */

typedef struct given {
    tl_policy log;
    appraisal_policy document;
    at_root root;
    at_policy snp;
    gpu_policy gpu_document;
    at_gpu_policy gpu;
    p1_policy policy;
    uint8_t room[TL_ROOM];
} given;

static bool take_snp_policy(adapter_call *call, given *g)
{
    policy_fault fault = {0};
    const bool good = appraisal_policy_read(call_text(call, "snp_policy"), &g->document, &fault);
    g->root.product = at_product_of_name(call_text(call, "product"));
    if (!good || g->root.product == AT_PRODUCTS) {
        call_complain(call, fault.what ? fault.what : "product is Milan, Genoa or Turin");
        return false;
    }
    if (!call_bytes(call, "ark", &g->root.ark))
        return false;
    g->snp = appraisal_policy_of(&g->document, &g->root, 1);
    return true;
}

/* Absent: GPUs are not judged, and one vendor is enough. */
static bool take_gpu_policy(adapter_call *call, given *g)
{
    policy_fault fault = {0};
    span root;
    int64_t vendors = 0;
    const span text = call_text(call, "gpu_policy");
    if (!text.n)
        return true;
    if (!gpu_policy_read(text, &g->gpu_document, &fault)) {
        call_complain(call, fault.what);
        return false;
    }
    if (!call_bytes(call, "gpu_root", &root) || !call_number(call, "vendors", 1, 2, &vendors))
        return false;
    if (!root.n) {
        call_complain(call, "gpu_root is empty");
        return false;
    }
    g->gpu = gpu_policy_of(&g->gpu_document, root);
    g->policy.gpu = &g->gpu;
    g->policy.vendors = (unsigned)vendors;
    return true;
}

static bool take_policy(adapter_call *call, given *g)
{
    int64_t least, built, level;
    memset(g, 0, sizeof *g);
    if (!take_snp_policy(call, g) || !take_gpu_policy(call, g) || !call_bytes_of(call, "owner", 32, &g->policy.owner) ||
        !call_bytes_of(call, "releaser", 32, &g->policy.releaser) || !call_number(call, "least_release", 0, UINT32_MAX, &least) ||
        !call_number(call, "built", 0, INT64_MAX, &built) || !call_number(call, "level", 0, 3, &level))
        return false;
    if (!accepted(tl_read_policy(call->prim, call_text(call, "log_policy"), &g->log))) {
        call_complain(call, "log_policy is no policy");
        return false;
    }
    g->policy.least_release = (uint64_t)least;
    g->policy.built = built;
    g->policy.level = (unsigned)level;
    g->policy.log = &g->log;
    g->policy.snp = &g->snp;
    return true;
}

static bool take_memory(adapter_call *call, p1_memory *m)
{
    span heads;
    if (!call_number(call, "floor", 0, INT64_MAX, &m->floor) || !call_bytes(call, "heads", &heads))
        return false;
    reader r = reader_of(heads);
    while (r.rest.n && m->n < P1_HEADS_MAX) {
        m->head[m->n].size = read_be(&r, 8);
        span_take(read_bytes(&r, 32), m->head[m->n++].root, 32);
    }
    if (r.failed)
        call_complain(call, "heads are rows of 40 bytes");
    return !r.failed;
}

static bool take_expected(adapter_call *call, p1_expected *e, p1_offer *offered, p1_identity *before)
{
    span s, x, offer, kept;
    int64_t epoch, version;
    if (!call_bytes_of(call, "s", 32, &s) || !call_bytes_of(call, "x", 32, &x) || !call_number(call, "epoch", 0, UINT32_MAX, &epoch) ||
        !call_bytes(call, "offer", &offer) || !call_number(call, "version", 0, UINT16_MAX, &version) ||
        !call_bytes_if_given(call, "before", sizeof *before, &kept))
        return false;
    if (!accepted(p1_read_offer(offer, offered))) {
        call_complain(call, "offer is none");
        return false;
    }
    span_take(kept, before, sizeof *before);
    *e = (p1_expected){.name = call_text(call, "name"),
                       .s = s.p,
                       .x = x.p,
                       .epoch = (uint32_t)epoch,
                       .offered = offered,
                       .version = (uint16_t)version,
                       .before = kept.n ? before : NULL};
    return true;
}

static void put_copy(adapter_call *call, const char *key, const void *from, size_t n)
{
    uint8_t *room = call_room(call, n);
    if (room) {
        memcpy(room, from, n);
        shim_put_bytes(&call->reply->out, key, span_of(room, n));
    }
}

void p1_attest_operation(adapter_call *call)
{
    static given g;
    static p1_appraisal found;
    p1_memory memory = {0};
    p1_expected e;
    p1_offer offered;
    p1_identity before;
    p1_verifier v = {.prim = call->prim, .policy = &g.policy, .room = WRITER(g.room)};
    span attest;
    if (!take_policy(call, &g) || !take_memory(call, &memory) || !take_expected(call, &e, &offered, &before) || !call_now(call, &v.now) ||
        !call_bytes(call, "attest", &attest) || !call_accepts(call, p1_verify(&v, &e, attest, &memory, &found)))
        return;
    put_copy(call, "t", found.t, 32);
    put_copy(call, "identity", &found.identity, sizeof found.identity);
    shim_put_int(&call->reply->out, "floor_after", memory.floor);
    shim_put_int(&call->reply->out, "heads_after", (int64_t)memory.n);
}

/* ---- p1.boot and p1.statement: the owner ---- */

void p1_boot_operation(adapter_call *call)
{
    static given g;
    static p1_manifest manifest;
    p1_boot boot;
    span record, nonce, s, q;
    uint8_t data[64];
    account noted = {0};
    p1_machine machine;
    p1_verifier v = {.prim = call->prim, .policy = &g.policy};
    memset(&g, 0, sizeof g);
    if (!take_snp_policy(call, &g) || !take_gpu_policy(call, &g) || !call_bytes(call, "record", &record) ||
        !call_bytes_of(call, "nonce", 32, &nonce) || !call_bytes_of(call, "s", 32, &s) || !call_bytes_of(call, "q", 32, &q) ||
        !call_now(call, &v.now))
        return;
    g.policy.snp = &g.snp;
    if (!accepted(p1_read_manifest(call_text(call, "manifest"), &manifest))) {
        call_complain(call, "manifest is none");
        return;
    }
    verdict judged = p1_read_boot(record, &boot);
    if (accepted(judged))
        judged = p1_judge_nonce(&boot, nonce);
    if (accepted(judged)) {
        p1_boot_data(call->prim, boot.nonce, s, q, call_text(call, "claims"), data);
        judged = p1_judge_row(&v, &boot.row, &manifest, data, &noted, &machine);
    }
    if (!call_accepts(call, judged))
        return;
    put_copy(call, "report_data", data, sizeof data);
    put_copy(call, "device", machine.id[0].p, machine.id[0].n);
    if (machine.n > 1)
        put_copy(call, "gpu", machine.id[1].p, machine.id[1].n);
}

void p1_statement_operation(adapter_call *call)
{
    uint8_t room[P1_STATEMENT_MAX];
    writer w = WRITER(room);
    int64_t now;
    p1_statement said = {.name = call_text(call, "name"), .n_devices = 1, .device = {{.kind = P1_SNP}}};
    if (!call_bytes(call, "device", &said.device[0].id) || !call_bytes_of(call, "s", 32, &said.s) ||
        !call_bytes_of(call, "q", 32, &said.q) || !call_bytes_of(call, "claims", 32, &said.claims) ||
        !call_bytes_of(call, "boot", 32, &said.boot) || !call_now(call, &now))
        return;
    p1_write_statement(&said, now, &w);
    if (call_accepts(call, ACCEPT))
        put_copy(call, "signed", room, w.n);
}

/* ---- the scene ---- */

/* What a client holds a lie against. */
typedef struct scene {
    p1_scene told;
    uint8_t offer[64];
    p1_offer offered;
    p1_expected expected;
    const char *name;
} scene;

static void offer(scene *c, const uint16_t *versions, size_t n)
{
    writer o = WRITER(c->offer);
    write_be(&o, n, 2);
    for (size_t i = 0; i < n; i++)
        write_be(&o, versions[i], 2);
    write_be(&o, strlen(the_name), 1);
    write_text(&o, the_name);
    must(accepted(p1_read_offer(written(&o), &c->offered)));
}

static void expect(scene *c, uint32_t epoch)
{
    offer(c, (const uint16_t[]){1, 0x5a5a, 2}, 3);
    c->name = the_name;
    c->expected = (p1_expected){.name = span_text(c->name),
                                .s = c->told.s.share,
                                .x = c->told.x,
                                .epoch = epoch,
                                .offered = &c->offered,
                                .version = 1,
                                .before = epoch ? &c->told.before : NULL};
}

static void identify(p1_scene *c, const tee_chip *chip)
{
    uint8_t room[2 * (2 + P1_DEVICE_MAX)];
    writer row = WRITER(room);
    const prim *p = c->world.prim;
    write_be(&row, P1_SNP, 1);
    p1_write_prefixed(&row, 1, span_of(chip->hw_id, P1_DEVICE_MAX));
    if (c->world.has_gpu) {
        write_be(&row, P1_GPU, 1);
        p1_write_prefixed(&row, 1, SPAN(c->world.gpu.devices[0]));
    }
    memcpy(c->before.s, c->s.share, 32);
    memcpy(c->before.q, c->world.q, 32);
    prim_digest(p, PRIM_SHA256, span_text(c->world.claims), c->before.claims);
    prim_digest(p, PRIM_SHA256, written(&row), c->before.devices);
}

static void play_on(scene *c, const prim *p, const p1_evidence_lie *l, uint32_t epoch, const char *seed, bool gpu)
{
    uint8_t nonce[32], x[32];
    memset(c, 0, sizeof *c);
    p1_named(p, "nonce", nonce, 32);
    p1_named(p, "x", x, 32);
    p1_scene_start(&c->told, p, span_text(seed), the_name, SERVICE_NOW);
    if (gpu)
        service_add_gpu(&c->told.world);
    expect(c, epoch);
    p1_scene_enrol(&c->told, l, SPAN(nonce));
    p1_scene_attest(&c->told, l, epoch, x);
    identify(&c->told, &c->told.world.chip);
    if (l && l->stage == P1_AT_CLIENT)
        l->twist(&c->told);
}

static void play(scene *c, const prim *p, const p1_evidence_lie *l, uint32_t epoch, const char *seed)
{
    play_on(c, p, l, epoch, seed, false);
}

/* ---- cases ---- */

static void put_heads(sheet *s, const p1_memory *m)
{
    uint8_t room[P1_HEADS_MAX * 40];
    writer w = WRITER(room);
    for (size_t i = 0; i < m->n; i++) {
        write_be(&w, m->head[i].size, 8);
        write_span(&w, SPAN(m->head[i].root));
    }
    sheet_in(s, BYTES("heads", written(&w)));
}

static void put_policy(sheet *s, const service *w)
{
    sheet_in(s, TEXT("product", at_tcb_layouts[w->chip.product].product));
    sheet_in(s, BYTES("ark", w->roots[0].ark));
    sheet_in(s, TEXT("snp_policy", w->snp_text));
    if (!w->policy.gpu)
        return;
    sheet_in(s, TEXT("gpu_policy", w->gpu_text));
    sheet_in(s, BYTES("gpu_root", w->gpu.policy.root));
    sheet_in(s, NUMBER("vendors", (long)w->policy.vendors));
}

static void put_scene(sheet *s, const scene *c)
{
    const service *w = &c->told.world;
    put_policy(s, w);
    sheet_in(s, TEXT("log_policy", w->log_policy));
    sheet_in(s, BYTES("owner", SPAN(w->owner_key)));
    sheet_in(s, BYTES("releaser", SPAN(w->releaser_key)));
    sheet_in(s, NUMBER("least_release", (long)w->policy.least_release));
    sheet_in(s, NUMBER("built", (long)w->policy.built));
    sheet_in(s, NUMBER("level", w->policy.level));
    sheet_in(s, NUMBER("floor", (long)c->told.memory.floor));
    put_heads(s, &c->told.memory);
    sheet_in(s, TEXT("name", c->name));
    sheet_in(s, BYTES("s", SPAN(c->told.s.share)));
    sheet_in(s, BYTES("x", SPAN(c->told.x)));
    sheet_in(s, NUMBER("epoch", c->expected.epoch));
    sheet_in(s, BYTES("offer", c->offered.bytes));
    sheet_in(s, NUMBER("version", 1));
    if (c->expected.before)
        sheet_in(s, BYTES("before", span_of(&c->told.before, sizeof c->told.before)));
    sheet_in(s, NUMBER("now", (long)w->now));
    sheet_in(s, BYTES("attest", span_of(c->told.attest, c->told.n_attest)));
}

static void put_found(sheet *s, const scene *c, int64_t floor, size_t heads)
{
    uint8_t digest[32], t[32];
    const prim *p = c->told.world.prim;
    prim_digest(p, PRIM_SHA256, span_of(c->told.attest, c->told.n_attest), digest);
    const span parts[] = {SPAN(c->told.x), SPAN(digest)};
    p1_hash(p, "transcript", parts, 2, t);
    sheet_out(s, BYTES("t", SPAN(t)));
    sheet_out(s, BYTES("identity", span_of(&c->told.before, sizeof c->told.before)));
    sheet_out(s, NUMBER("floor_after", (long)floor));
    sheet_out(s, NUMBER("heads_after", (long)heads));
}

static const char shown[] = "P1-040 P1-063 P1-073 P1-074 P1-075 P1-076 P1-077 P1-078";

static void other_head_known(p1_scene *c)
{
    c->memory.n = 2;
    c->memory.head[0] = (tl_head){.size = 2, .root = {1}};
    c->memory.head[1] = (tl_head){.size = 4000, .root = {2}};
    c->memory.floor = c->world.now - 86400;
}

static void floor_newer(p1_scene *c) { c->memory.floor = c->world.now + 300; }
static void claims_1_3(p1_scene *c) { c->world.versions = "[1,3]"; }
static void cosigned_ahead(p1_scene *c) { c->evidence.cosigned[1] = c->world.now + 299; }

static void alone(p1_scene *c)
{
    memcpy(c->evidence.binder[0], c->evidence.binder[c->evidence.index], P1_BINDER);
    c->evidence.n = 1;
    c->evidence.index = 0;
    c->evidence.n_written = c->evidence.n_hashed = 1;
    p1_scene_seals_again(c);
}

static const struct {
    const char *slug;
    uint32_t epoch;
    p1_stage stage;
    void (*twist)(p1_scene *);
    int64_t floor; /* afterwards, from now */
    size_t heads;
} truths[] = {
    {"smaller-head", 0, P1_AT_CLIENT, other_head_known, -60, 3}, {"floor-newer", 0, P1_AT_CLIENT, floor_newer, 300, 1},
    {"cosigned-ahead", 0, P1_AT_EVIDENCE, cosigned_ahead, 0, 1}, {"alone", 0, P1_AT_EVIDENCE, alone, -60, 1},
    {"later-version", 0, P1_AT_CLAIMS, claims_1_3, -60, 1},
};

static void add_lies(sheet *s, const prim *p, const p1_evidence_lie *l, size_t n, uint32_t epoch, const char *base, bool gpu)
{
    static scene c;
    for (size_t i = 0; i < n; i++, l++) {
        play_on(&c, p, l, epoch, "vectors", gpu);
        sheet_rejects(s, &(rejection){.slug = l->lie.slug,
                                      .site = l->lie.site,
                                      .also = l->also,
                                      .mutation = l->lie.mutation,
                                      .flag = l->lie.slug,
                                      .base = base,
                                      .layers = l->lie.layers});
        put_scene(s, &c);
    }
}

static void wants_one(p1_scene *c) { c->world.policy.vendors = 1; }

static void wants_one_and_has_none(p1_scene *c)
{
    c->world.policy.vendors = 1;
    c->world.has_gpu = false;
}

/* Two vendors; and a client that judges GPUs and wants the word of none. */
static void add_truths_of_gpus(sheet *s, const prim *p)
{
    static scene c;
    static const struct {
        const char *slug;
        uint32_t epoch;
        p1_evidence_lie truth;
    } truths_of_gpus[] = {{"gpu", 0, {.stage = P1_AT_CLIENT, .twist = NULL}},
                          {"gpu-epoch-1", 1, {.stage = P1_AT_CLIENT, .twist = NULL}},
                          {"gpu-not-wanted", 0, {.stage = P1_AT_BOOT, .twist = wants_one}},
                          {"gpu-not-there", 0, {.stage = P1_AT_BOOT, .twist = wants_one_and_has_none}}};
    for (size_t i = 0; i < sizeof truths_of_gpus / sizeof *truths_of_gpus; i++) {
        const p1_evidence_lie *truth = truths_of_gpus[i].truth.twist ? &truths_of_gpus[i].truth : NULL;
        play_on(&c, p, truth, truths_of_gpus[i].epoch, "vectors", true);
        sheet_accepts(s, truths_of_gpus[i].slug, "P1-058 P1-065 P1-066 P1-067");
        put_scene(s, &c);
        put_found(s, &c, c.told.world.now - 60, 1);
    }
}

/* Version 3, which the claims name, is offered as well. */
static const p1_lie version_offered = {"version-offered", "P1-060", "an offer of version 3, which the claims name",
                                       "A host chose the lower version.", NULL};

static void add_version_offered(sheet *s, const prim *p, scene *c)
{
    const p1_evidence_lie truth = {.stage = P1_AT_CLAIMS, .twist = claims_1_3};
    play(c, p, &truth, 0, "vectors");
    offer(c, (const uint16_t[]){1, 0x5a5a, 2, 4}, 4);
    sheet_accepts(s, "version-not-offered", shown);
    put_scene(s, c);
    put_found(s, c, c->told.world.now - 60, 1);
    offer(c, (const uint16_t[]){1, 0x5a5a, 2, 3}, 4);
    p1_reject(s, &version_offered, "version-not-offered", NULL);
    put_scene(s, c);
}

cJSON *p1_attest_file(const prim *p, int which)
{
    static scene c;
    sheet s = sheet_start(p, "p1.attest", generator, seed_text, checked_by);
    (void)which;
    for (size_t i = 0; i < p1_n_evidence_lies; i++)
        p1_note_lies(&s, &p1_evidence_lies[i].lie, 1, "AUTH_BYPASS");
    for (size_t i = 0; i < p1_n_later_lies; i++)
        p1_note_lies(&s, &p1_later_lies[i].lie, 1, "AUTH_BYPASS");
    for (size_t i = 0; i < p1_n_gpu_lies; i++)
        p1_note_lies(&s, &p1_gpu_lies[i].lie, 1, "AUTH_BYPASS");
    p1_note_lies(&s, &version_offered, 1, "AUTH_BYPASS");
    sheet_group(&s, "attest", "p1:attest", "");
    play(&c, p, NULL, 0, "vectors");
    put_scene(&s, &c);
    sheet_accepts(&s, "ok", shown);
    put_found(&s, &c, c.told.world.now - 60, 1);
    for (size_t i = 0; i < sizeof truths / sizeof *truths; i++) {
        const p1_evidence_lie truth = {.stage = truths[i].stage, .twist = truths[i].twist};
        play(&c, p, &truth, truths[i].epoch, "vectors");
        sheet_accepts(&s, truths[i].slug, shown);
        put_scene(&s, &c);
        put_found(&s, &c, c.told.world.now + truths[i].floor, truths[i].heads);
    }
    for (uint32_t e = 1; e <= 2; e++) {
        play(&c, p, NULL, e, "vectors");
        sheet_accepts(&s, e == 1 ? "epoch-1" : "epoch-2", "P1-062 P1-073 P1-074");
        put_scene(&s, &c);
        put_found(&s, &c, c.told.world.now - 60, 1);
    }
    add_lies(&s, p, p1_evidence_lies, p1_n_evidence_lies, 0, NULL, false);
    add_lies(&s, p, p1_later_lies, p1_n_later_lies, 1, "epoch-1", false);
    add_truths_of_gpus(&s, p);
    add_lies(&s, p, p1_gpu_lies, p1_n_gpu_lies, 0, "gpu", true);
    add_version_offered(&s, p, &c);
    return s.document;
}

/* ---- p1.boot ---- */

static void put_boot(sheet *s, const scene *c, span nonce, span record)
{
    put_policy(s, &c->told.world);
    sheet_in(s, TEXT("manifest", c->told.world.manifest));
    sheet_in(s, TEXT("claims", c->told.world.claims));
    sheet_in(s, BYTES("s", SPAN(c->told.world.s.share)));
    sheet_in(s, BYTES("q", SPAN(c->told.world.q)));
    sheet_in(s, BYTES("nonce", nonce));
    sheet_in(s, NUMBER("now", (long)c->told.world.now));
    sheet_in(s, BYTES("record", record));
}

#define LIE(slug_, site_, mutation_, flag_)  \
    {                                        \
        slug_, site_, mutation_, flag_, NULL \
    }

static const p1_lie boot_lies[] = {
    LIE("nonce", "P1-041", "another nonce", "An old boot record is shown again."),
    LIE("nonce-last", "P1-041", "another nonce, in its last byte", "An old boot record is shown again."),
    LIE("behind", "P1-043", "a byte behind the record", "Bytes that nobody looks at."),
    LIE("behind-4", "P1-043", "bytes behind the record", "Bytes that nobody looks at."),
    LIE("vmpl", "AT-036", "a policy of VMPL 1", "Another layer of the guest speaks for the machine."),
    LIE("evidence-nonce", "AT-039", "evidence over another nonce", "An old boot's evidence under a new nonce."),
};

cJSON *p1_boot_file(const prim *p, int which)
{
    static scene c;
    uint8_t data[64], nonce[32], record[sizeof c.told.world.boot + 8];
    sheet s = sheet_start(p, "p1.boot", generator, seed_text, checked_by);
    (void)which;
    p1_note_lies(&s, boot_lies, sizeof boot_lies / sizeof *boot_lies, "AUTH_BYPASS");
    sheet_group(&s, "boot", "p1:attest", "");
    for (size_t i = 0; i < 2; i++) {
        play(&c, p, NULL, 0, i ? "again" : "vectors");
        p1_boot_data(p, SPAN(c.told.world.nonce), SPAN(c.told.world.s.share), SPAN(c.told.world.q), span_text(c.told.world.claims), data);
        if (i == 0)
            put_boot(&s, &c, SPAN(c.told.world.nonce), span_of(c.told.world.boot, c.told.world.n_boot));
        sheet_accepts(&s, i ? "ok2" : "ok", "P1-040");
        put_boot(&s, &c, SPAN(c.told.world.nonce), span_of(c.told.world.boot, c.told.world.n_boot));
        sheet_out(&s, BYTES("report_data", SPAN(data)));
        sheet_out(&s, BYTES("device", SPAN(c.told.world.chip.hw_id)));
    }
    play(&c, p, NULL, 0, "vectors");
    for (size_t i = 0; i < sizeof boot_lies / sizeof *boot_lies; i++) {
        size_t n = c.told.world.n_boot;
        memset(record, 0, sizeof record);
        memcpy(record, c.told.world.boot, n);
        memcpy(nonce, c.told.world.nonce, 32);
        nonce[i == 1 ? 31 : 0] ^= i < 2 || i == 5;
        n += i == 2 ? 1 : i == 3 ? 4 : 0;
        if (i == 5)
            memcpy(record, nonce, 32);
        char *const vmpl = strstr(c.told.world.snp_text, "\"vmpl\":") + strlen("\"vmpl\":");
        *vmpl = i == 4 ? '1' : '0';
        p1_reject(&s, &boot_lies[i], NULL, NULL);
        put_boot(&s, &c, SPAN(nonce), span_of(record, n));
    }
    return s.document;
}

/* ---- p1.statement ---- */

cJSON *p1_statement_file(const prim *p, int which)
{
    static scene c;
    sheet s = sheet_start(p, "p1.statement", generator, seed_text, checked_by);
    (void)which;
    sheet_group(&s, "statement", "p1:attest", "");
    for (size_t i = 0; i < 2; i++) {
        uint8_t claims[32], boot[32];
        play(&c, p, NULL, 0, i ? "again" : "vectors");
        prim_digest(p, PRIM_SHA256, span_text(c.told.world.claims), claims);
        prim_digest(p, PRIM_SHA256, span_of(c.told.world.boot, c.told.world.n_boot), boot);
        sheet_accepts(&s, i ? "ok2" : "ok", "P1-044");
        sheet_in(&s, TEXT("name", c.name));
        sheet_in(&s, BYTES("device", SPAN(c.told.world.chip.hw_id)));
        sheet_in(&s, BYTES("s", SPAN(c.told.world.s.share)));
        sheet_in(&s, BYTES("q", SPAN(c.told.world.q)));
        sheet_in(&s, BYTES("claims", SPAN(claims)));
        sheet_in(&s, BYTES("boot", SPAN(boot)));
        sheet_in(&s, NUMBER("now", (long)c.told.world.now));
        sheet_out(&s, BYTES("signed", span_of(c.told.world.statement, c.told.world.n_statement - P1_SIGNATURE)));
    }
    return s.document;
}
