/* The operations p1.attest, p1.boot and p1.statement: what a client and an owner judge, and what an owner writes. Each lie is made by whoever holds
 * the keys for it: all below the lie is signed and bound again. */
#include "parley1_vectors.h"

#include "p1_service.h"

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

static bool take_policy(adapter_call *call, given *g)
{
    int64_t least, built, level;
    memset(g, 0, sizeof *g);
    if (!take_snp_policy(call, g) || !call_bytes_of(call, "owner", 32, &g->policy.owner) ||
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
    at_claims claims;
    p1_device device = {0};
    p1_verifier v = {.prim = call->prim, .policy = &g.policy};
    memset(&g, 0, sizeof g);
    if (!take_snp_policy(call, &g) || !call_bytes(call, "record", &record) || !call_bytes_of(call, "nonce", 32, &nonce) ||
        !call_bytes_of(call, "s", 32, &s) || !call_bytes_of(call, "q", 32, &q) || !call_now(call, &v.now))
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
        judged = p1_judge_row(&v, &boot.row, &manifest, data, &noted, &claims, &device);
    }
    if (!call_accepts(call, judged))
        return;
    put_copy(call, "report_data", data, sizeof data);
    put_copy(call, "device", device.id.p, device.id.n);
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

typedef struct scene {
    service world;
    service_evidence evidence;
    uint8_t attest[SERVICE_ATTEST * 4];
    size_t n_attest;
    uint8_t offer[64], x[32], s[32];
    p1_offer offered;
    p1_expected expected;
    p1_identity before;
    p1_memory memory;
    const char *name;
    sim_log other_log;
    uint8_t second_report[AT_REPORT], second_endorsements[8192];
} scene;

/* When a lie is told: before the release is signed, before the claims, before the boot, before the statement, before it is signed (it is then
 * signed again), in the evidence before it is sealed, in the message, and at the client. */
typedef enum stage { AT_RELEASE, AT_CLAIMS, AT_BOOT, AT_STATEMENT, AT_EVIDENCE, AT_MESSAGE, AT_CLIENT } stage;

typedef void twist(scene *);

typedef struct evidence_lie {
    p1_lie lie;
    stage stage;
    twist *twist;
    const char *also;
} evidence_lie;

static void run(scene *c, const evidence_lie *l, stage s)
{
    if (l && l->stage == s)
        l->twist(c);
}

static void begin(scene *c, const prim *p, const char *seed)
{
    memset(c, 0, sizeof *c);
    c->name = the_name;
    service_make(&c->world, p, span_text(seed), the_name, SERVICE_NOW);
    writer o = WRITER(c->offer);
    write_be(&o, 3, 2);
    write_be(&o, 1, 2);
    write_be(&o, 0x5a5a, 2);
    write_be(&o, 2, 2);
    write_be(&o, strlen(the_name), 1);
    write_text(&o, the_name);
    must(accepted(p1_read_offer(written(&o), &c->offered)));
    p1_named(p, "x", c->x, 32);
}

static void expect(scene *c, uint32_t epoch)
{
    memcpy(c->s, c->world.s.share, 32);
    c->expected = (p1_expected){
        .name = span_text(c->name), .s = c->s, .x = c->x, .epoch = epoch, .offered = &c->offered, .version = 1, .before = NULL};
}

static void identify(scene *c)
{
    uint8_t row[2 + P1_DEVICE_MAX] = {P1_SNP, P1_DEVICE_MAX};
    const prim *p = c->world.prim;
    memcpy(row + 2, c->world.chip.hw_id, P1_DEVICE_MAX);
    memcpy(c->before.s, c->world.s.share, 32);
    memcpy(c->before.q, c->world.q, 32);
    prim_digest(p, PRIM_SHA256, span_text(c->world.claims), c->before.claims);
    prim_digest(p, PRIM_SHA256, SPAN(row), c->before.devices);
}

static void play(scene *c, const prim *p, const evidence_lie *l, uint32_t epoch, const char *seed)
{
    uint8_t nonce[32];
    writer w = WRITER(c->attest);
    begin(c, p, seed);
    run(c, l, AT_RELEASE);
    service_release(&c->world);
    run(c, l, AT_CLAIMS);
    service_claim(&c->world);
    expect(c, epoch);
    identify(c);
    if (epoch)
        c->expected.before = &c->before;
    run(c, l, AT_BOOT);
    p1_named(p, "nonce", nonce, 32);
    service_boot(&c->world, SPAN(nonce));
    const tee_chip chip = c->world.chip;
    run(c, l, AT_STATEMENT);
    service_enrol(&c->world);
    c->world.chip = chip;
    c->world.now = SERVICE_NOW;
    service_honest_evidence(&c->world, epoch, c->x, &c->evidence);
    run(c, l, AT_EVIDENCE);
    service_write_attest(&c->world, &c->evidence, &w);
    c->n_attest = w.n;
    run(c, l, AT_MESSAGE);
    run(c, l, AT_CLIENT);
}

/* ---- tools of liars ---- */

static void seal_again(scene *c)
{
    service_bind(&c->world, &c->evidence);
    c->evidence.fields.report_data = SPAN(c->evidence.report_data);
}

/* The message taken apart, and put together with one part changed. */
static void rewrite(scene *c, void (*change)(scene *, p1_attest *))
{
    static uint8_t room[sizeof c->attest];
    p1_attest a;
    writer w = WRITER(room);
    must(accepted(p1_read_attest(span_of(c->attest, c->n_attest), &a)));
    change(c, &a);
    p1_write_attest(&a, &w);
    must(writer_ok(&w));
    memcpy(c->attest, room, w.n);
    c->n_attest = w.n;
}

/* ---- the form ---- */

static void byte_behind(scene *c) { c->attest[c->n_attest++] = 0; }
static void two_behind(scene *c) { c->attest[c->n_attest++] = 1, c->attest[c->n_attest++] = 2; }
static void behind_list(scene *c, p1_attest *a)
{
    static uint8_t room[8192];
    (void)c;
    const size_t n = a->row.item[0].endorsements.n;
    span_take(a->row.item[0].endorsements, room, sizeof room);
    a->row.item[0].endorsements = span_of(room, n + 1);
}

static void behind_list_2(scene *c, p1_attest *a)
{
    behind_list(c, a);
    a->row.item[0].endorsements.n += 3;
}

static void endorsements_behind(scene *c) { rewrite(c, behind_list); }
static void endorsements_behind_3(scene *c) { rewrite(c, behind_list_2); }

/* ---- documents ---- */

static void one_more_claim(scene *c) { c->world.claims_more = ",\"more\":1"; }
static void levels_down(scene *c) { c->world.levels = "[2,0]"; }
static void level_1(scene *c) { c->world.levels = "[0,1]"; }
static void reserved_claimed(scene *c) { c->world.versions = "[1,23130]"; }
static void one_more_in_manifest(scene *c) { c->world.manifest_more = ",\"more\":1"; }
static void tdx_in_manifest(scene *c) { c->world.manifest_more = ",\"tdx\":[]"; }
static void long_claims(scene *c) { c->world.spaces = P1_CLAIMS_MAX; }
static void long_checkpoint(scene *c) { c->world.extension = P1_CHECKPOINT_MAX; }
static void versions_3(scene *c) { c->world.versions = "[3]"; }
static void versions_3_4(scene *c) { c->world.versions = "[3,4]"; }
static void versions_1_2(scene *c) { c->world.versions = "[1,2]"; }
static void versions_1_2_3(scene *c) { c->world.versions = "[1,2,3]"; }
static void versions_1_3(scene *c) { c->world.versions = "[1,3]"; }
static void no_level_0(scene *c) { c->world.levels = "[2,3]"; }
static void no_level_0_3(scene *c) { c->world.levels = "[3]"; }
static void other_names(scene *c) { c->world.names = "other.example"; }
static void wildcard(scene *c) { c->world.names = "xchat.example\",\"example"; }
static void release_6(scene *c) { c->world.release = 6; }
static void release_0(scene *c) { c->world.release = 0; }
static void expired_now(scene *c) { c->world.expires = c->world.now; }
static void expired_before(scene *c) { c->world.expires = c->world.now - 86400; }
static void other_manifest_digest(scene *c) { c->world.manifest_digest[31] ^= 1; }
static void first_of_digest(scene *c) { c->world.manifest_digest[0] ^= 0x80; }
static void other_releaser(scene *c) { c->world.releaser[0] ^= 1; }
static void own_releaser(scene *c) { memcpy(c->world.releaser, c->world.owner, 32); }

/* ---- the statement: changed, signed and logged ---- */

static void other_owner(scene *c) { c->world.owner[0] ^= 1; }
static void releaser_owns(scene *c) { memcpy(c->world.owner, c->world.releaser, 32); }
static void for_other_name(scene *c) { c->world.name = "model.example"; }
static void for_longer_name(scene *c) { c->world.name = "chat.example.org"; }
static void other_s(scene *c) { c->world.s.share[0] ^= 1; }
static void last_of_s(scene *c) { c->world.s.share[31] ^= 1; }
static void dated_later(scene *c) { c->world.now += 301; }
static void dated_earlier(scene *c) { c->world.now -= 86400 - 300 + 1; }
static void other_device(scene *c) { c->world.chip.hw_id[0] ^= 1; }
static void last_of_device(scene *c) { c->world.chip.hw_id[63] ^= 1; }
static void other_boot(scene *c) { c->world.boot[0] ^= 1; }
static void boot_cut(scene *c) { c->world.n_boot--; }

/* Other claims than the owner has signed; the evidence is over them. */
static void claim_other(scene *c, const char *member)
{
    char *at = strstr(c->world.claims, member) + strlen(member) + 3;
    *at = *at == '0' ? '1' : '0';
    p1_binder(c->world.prim, c->expected.epoch, c->x, span_text(c->world.claims), c->evidence.binder[c->evidence.index]);
    seal_again(c);
}

static void other_model(scene *c) { claim_other(c, "model"); }
static void other_settings(scene *c) { claim_other(c, "settings"); }

/* A statement that is written by hand: longer than a day. */
static void sign_statement(scene *c, int64_t life)
{
    uint8_t *at = c->world.statement + c->world.n_statement - P1_SIGNATURE - 8;
    writer to = writer_of(at, 8);
    write_be(&to, (uint64_t)(c->world.now - P1_STATEMENT_EARLY + life), 8);
    c->world.prim->ed25519_sign(c->world.owner, span_of(c->world.statement, c->world.n_statement - P1_SIGNATURE), at + 8);
    c->world.statement_index = c->world.log.n;
    log_add(&c->world.log, span_of(c->world.statement, c->world.n_statement));
    c->evidence.size = c->world.log.n;
}

static void a_second_too_long(scene *c) { sign_statement(c, P1_STATEMENT_LIFE + 1); }
static void a_year(scene *c) { sign_statement(c, 365 * 86400); }

/* ---- the log ---- */

static void one_witness(scene *c) { c->evidence.cosigned[0] = c->evidence.cosigned[2] = 0; }
static void stale_and_fresh(scene *c) { c->evidence.cosigned[1] = c->evidence.cosigned[2] = c->world.now - 86401; }
static void early_and_fresh(scene *c) { c->evidence.cosigned[1] = c->evidence.cosigned[2] = c->world.now + 301; }

static void manifest_at_another_place(scene *c, p1_attest *a)
{
    static uint8_t proof[1024];
    (void)c;
    span_take(a->manifest_proof, proof, sizeof proof);
    proof[8] ^= 1;
    a->manifest_proof = span_of(proof, a->manifest_proof.n);
}

static void statement_at_another_place(scene *c, p1_attest *a)
{
    static uint8_t proof[1024];
    (void)c;
    span_take(a->statement_proof, proof, sizeof proof);
    proof[a->statement_proof.n - 1] ^= 1;
    a->statement_proof = span_of(proof, a->statement_proof.n);
}

static void manifest_not_logged(scene *c) { rewrite(c, manifest_at_another_place); }
static void statement_not_logged(scene *c) { rewrite(c, statement_at_another_place); }

/* ---- clocks and memory ---- */

static void built_later(scene *c) { c->world.policy.built = c->world.now + 301; }
static void built_next_year(scene *c) { c->world.policy.built = c->world.now + 365 * 86400; }
static void floor_later(scene *c) { c->memory.floor = c->world.now + 301; }
static void floor_next_year(scene *c) { c->memory.floor = c->world.now + 365 * 86400; }

static void other_root(scene *c)
{
    c->memory.n = 1;
    c->memory.head[0].size = c->evidence.size;
    log_root(&c->world.log, c->evidence.size, c->memory.head[0].root);
    c->memory.head[0].root[0] ^= 1;
}

static void other_root_among_others(scene *c)
{
    other_root(c);
    c->memory.n = 3;
    c->memory.head[2] = c->memory.head[0];
    c->memory.head[0] = (tl_head){.size = 1};
    c->memory.head[1] = (tl_head){.size = c->evidence.size + 9};
}

/* ---- the batch ---- */

static void index_n(scene *c)
{
    c->evidence.n = 1;
    c->evidence.index = 0;
    c->evidence.n_written = c->evidence.n_hashed = 1;
    seal_again(c);
    c->evidence.index = 1;
}

static void n_0(scene *c)
{
    c->evidence.n = 1;
    c->evidence.index = 0;
    c->evidence.n_written = c->evidence.n_hashed = 0;
    seal_again(c);
}

static void longer_path(scene *c)
{
    memset(c->evidence.path + c->evidence.n_path, 7, 32);
    c->evidence.n_path += 32;
}

static void path_33(scene *c) { c->evidence.n_path += 1; }

/* ---- the row ---- */

static void no_item(scene *c, p1_attest *a)
{
    (void)c;
    a->row.n = 0;
}

static void item_of_kind(scene *c, p1_attest *a, uint8_t kind)
{
    (void)c;
    a->row.item[1] = a->row.item[0];
    a->row.item[1].kind = kind;
    a->row.n = 2;
}

static void and_a_gpu(scene *c, p1_attest *a) { item_of_kind(c, a, 3); }
static void and_kind_0(scene *c, p1_attest *a) { item_of_kind(c, a, 0); }
static void and_another(scene *c, p1_attest *a) { item_of_kind(c, a, 1); }
static void with_gpu(scene *c) { rewrite(c, and_a_gpu); }
static void with_kind_0(scene *c) { rewrite(c, and_kind_0); }
static void twice_snp(scene *c) { rewrite(c, and_another); }
static void empty_row(scene *c) { rewrite(c, no_item); }

/* ---- the evidence ---- */

static void other_measurement(scene *c)
{
    static uint8_t m[AT_MEASUREMENT];
    span_take(c->evidence.fields.measurement, m, sizeof m);
    m[0] ^= 1;
    c->evidence.fields.measurement = SPAN(m);
}

static void other_handshake(scene *c)
{
    uint8_t x[32];
    memcpy(x, c->x, 32);
    x[0] ^= 1;
    p1_binder(c->world.prim, c->expected.epoch, x, span_text(c->world.claims), c->evidence.binder[c->evidence.index]);
    seal_again(c);
}

static void other_epoch(scene *c)
{
    p1_binder(c->world.prim, c->expected.epoch + 1, c->x, span_text(c->world.claims), c->evidence.binder[c->evidence.index]);
    seal_again(c);
}

static void alias_check_missing(scene *c) { c->evidence.fields.platform_info &= ~(UINT64_C(1) << 5); }

/* ---- the client's policy ---- */

static void cut_policy(scene *c, const char *from)
{
    char *at = strstr(c->world.snp_text, from);
    must(at != NULL);
    at[0] = '}', at[1] = 0;
    service_read_snp_policy(&c->world);
}

static void no_platform_pin(scene *c) { cut_policy(c, ",\"platform_info\""); }
static void vmpl_waived(scene *c)
{
    char *at = strstr(c->world.snp_text, "\"vmpl\":0,\"not_compared\":[\"cspid\"");
    must(at != NULL);
    memcpy(at, "\"not_compared\":[\"cspid\",  \"vmpl\"", 32);
    service_read_snp_policy(&c->world);
}

/* ---- later epochs ---- */

static void claims_changed(scene *c) { c->before.claims[0] ^= 1; }
static void q_changed(scene *c) { c->before.q[31] ^= 1; }
static void device_changed(scene *c) { c->before.devices[5] ^= 1; }

/* ---- the form of the statement, signed and logged again ---- */

static void sign_again(scene *c)
{
    service *w = &c->world;
    const size_t n = w->n_statement - P1_SIGNATURE;
    w->prim->ed25519_sign(w->owner, span_of(w->statement, n), w->statement + n);
}

static void log_again(scene *c)
{
    c->world.statement_index = c->world.log.n;
    log_add(&c->world.log, span_of(c->world.statement, c->world.n_statement));
    c->evidence.size = c->world.log.n;
}

static void other_prefix(scene *c)
{
    c->world.statement[17] = 'T';
    sign_again(c);
    log_again(c);
}

static void behind_statement(scene *c)
{
    c->world.statement[c->world.n_statement++] = 0;
    log_again(c);
}

#define LIE(slug_, site_, mutation_, flag_)  \
    {                                        \
        slug_, site_, mutation_, flag_, NULL \
    }

static const char *const no_subject[] = {"P1-055", "P1-058", NULL};

/* clang-format off */
static const evidence_lie lies[] = {
    {LIE("behind", "P1-080", "a byte behind the boot record", "Bytes that no reader looks at."), AT_MESSAGE, byte_behind, NULL},
    {LIE("two-behind", "P1-080", "two bytes behind the boot record", "Bytes that no reader looks at."), AT_MESSAGE, two_behind, NULL},
    {LIE("claims-large", "P1-079", "claims of more than 16384 bytes", "Memory that a stranger takes."), AT_CLAIMS, long_claims, NULL},
    {LIE("checkpoint-large", "P1-079", "a checkpoint of more than 16384 bytes", "Memory that a stranger takes."), AT_RELEASE, long_checkpoint, NULL},
    {LIE("endorsements-behind", "P1-081", "a byte behind the revocation list", "Bytes that no reader looks at."), AT_MESSAGE, endorsements_behind, NULL},
    {LIE("endorsements-behind-3", "P1-081", "bytes behind the revocation list", "Bytes that no reader looks at."), AT_MESSAGE, endorsements_behind_3, NULL},
    {LIE("claims-member", "P1-082", "an unknown member of the claims", "What the client does not know may matter."), AT_CLAIMS, one_more_claim, NULL},
    {LIE("claims-levels", "P1-082", "levels in another order", "Two forms of one claim."), AT_CLAIMS, levels_down, NULL},
    {LIE("claims-level-1", "P1-082", "level 1, which is withdrawn", "A level that promises nothing."), AT_CLAIMS, level_1, NULL},
    {LIE("claims-reserved", "P1-082", "a reserved version", "A version that means nothing."), AT_CLAIMS, reserved_claimed, NULL},
    {LIE("manifest-member", "P1-083", "an unknown member of the manifest", "What the client does not know may matter."), AT_RELEASE, one_more_in_manifest, NULL},
    {LIE("manifest-tdx", "P1-083", "a member for another kind", "What the client does not know may matter."), AT_RELEASE, tdx_in_manifest, NULL},
    {LIE("statement-prefix", "P1-084", "another label, signed", "A signature for another purpose is taken."), AT_EVIDENCE, other_prefix, NULL},
    {LIE("statement-behind", "P1-084", "a byte behind the signature", "Bytes that nobody signed."), AT_EVIDENCE, behind_statement, NULL},
    {LIE("one-witness", "TL-031", "one cosignature where two are needed", "A log that shows each client another tree."), AT_EVIDENCE, one_witness, NULL},
    {LIE("stale", "TL-031", "one fresh cosignature and two of more than a day", "An old tree is taken for the present one."), AT_EVIDENCE, stale_and_fresh, NULL},
    {LIE("early", "TL-031", "one cosignature in time and two from the future", "A witness dates ahead, and the tree never gets old."), AT_EVIDENCE, early_and_fresh, NULL},
    {LIE("clock-before-build", "P1-085", "a clock 301 s behind the build", "A clock that was set back makes lapsed keys good."), AT_CLIENT, built_later, NULL},
    {LIE("clock-year-before-build", "P1-085", "a clock a year behind the build", "A clock that was set back makes lapsed keys good."), AT_CLIENT, built_next_year, NULL},
    {LIE("clock-before-floor", "P1-086", "a clock 301 s behind the floor", "A clock that was set back makes lapsed keys good."), AT_CLIENT, floor_later, NULL},
    {LIE("clock-year-before-floor", "P1-086", "a clock a year behind the floor", "A clock that was set back makes lapsed keys good."), AT_CLIENT, floor_next_year, NULL},
    {LIE("other-root", "P1-087", "a remembered head of this size with another root", "Two clients see two logs."), AT_CLIENT, other_root, NULL},
    {LIE("other-root-last", "P1-087", "the same, behind other heads", "Two clients see two logs."), AT_CLIENT, other_root_among_others, NULL},
    {LIE("manifest-not-logged", "TL-005", "another hash in the proof of the manifest", "A release that nobody can see."), AT_MESSAGE, manifest_not_logged, "P1-088"},
    {LIE("statement-not-logged", "TL-005", "another hash in the proof of the statement", "A machine that nobody can see."), AT_MESSAGE, statement_not_logged, "P1-089"},
    {LIE("releaser", "P1-090", "signed by another key", "Anybody releases code."), AT_RELEASE, other_releaser, NULL},
    {LIE("releaser-owner", "P1-090", "signed by the owner's key", "The owner releases code by himself."), AT_RELEASE, own_releaser, NULL},
    {LIE("release-6", "P1-091", "the release before the least", "An old release with known holes."), AT_RELEASE, release_6, NULL},
    {LIE("release-0", "P1-091", "release 0", "An old release with known holes."), AT_RELEASE, release_0, NULL},
    {LIE("expired-now", "P1-092", "a manifest that ends now", "A release that was given up."), AT_RELEASE, expired_now, NULL},
    {LIE("expired", "P1-092", "a manifest that ended yesterday", "A release that was given up."), AT_RELEASE, expired_before, NULL},
    {LIE("manifest-digest", "P1-093", "claims with another digest, in its last bit", "Other code than the owner has signed."), AT_CLAIMS, other_manifest_digest, NULL},
    {LIE("manifest-digest-0", "P1-093", "claims with another digest, in its first bit", "Other code than the owner has signed."), AT_CLAIMS, first_of_digest, NULL},
    {LIE("owner", "P1-094", "signed by another key", "Anybody enrols machines."), AT_STATEMENT, other_owner, NULL},
    {LIE("owner-releaser", "P1-094", "signed by the release's signer", "The release's signer enrols machines."), AT_STATEMENT, releaser_owns, NULL},
    {LIE("other-name", "P1-095", "for another name", "Diversion to another service of the owner."), AT_STATEMENT, for_other_name, NULL},
    {LIE("longer-name", "P1-095", "for a name that begins with the dialled one", "Diversion to another service of the owner."), AT_STATEMENT, for_longer_name, NULL},
    {LIE("name-not-claimed", "P1-096", "claims for another name", "Diversion to another service of the owner."), AT_CLAIMS, other_names, NULL},
    {LIE("name-like", "P1-096", "claims for names that hold the dialled one", "Diversion to another service of the owner."), AT_CLAIMS, wildcard, NULL},
    {LIE("not-begun", "P1-097", "a statement that begins in a second", "A machine that is not yet enrolled."), AT_STATEMENT, dated_later, NULL},
    {LIE("lapsed", "P1-097", "a statement that ended a second ago", "A machine that the owner has taken back."), AT_STATEMENT, dated_earlier, NULL},
    {LIE("day-and-second", "P1-098", "a statement of a day and a second", "What the owner takes back does not lapse."), AT_EVIDENCE, a_second_too_long, NULL},
    {LIE("year", "P1-098", "a statement of a year", "What the owner takes back does not lapse."), AT_EVIDENCE, a_year, NULL},
    {LIE("other-s", "P1-099", "a statement for another s", "A thief of a listed machine's hardware key has his own s."), AT_STATEMENT, other_s, NULL},
    {LIE("other-s-last", "P1-099", "a statement for another s, in its last byte", "A thief of a listed machine's hardware key has his own s."), AT_STATEMENT, last_of_s, NULL},
    {LIE("claims-unsigned", "P1-050", "another model than the owner has signed", "An older signed release, or another model."), AT_EVIDENCE, other_model, NULL},
    {LIE("settings-unsigned", "P1-050", "other settings than the owner has signed", "The host configures what he likes."), AT_EVIDENCE, other_settings, NULL},
    {LIE("boot-other", "P1-051", "another boot record", "A receipt key of another boot."), AT_EVIDENCE, other_boot, NULL},
    {LIE("boot-cut", "P1-051", "the boot record cut by a byte", "A receipt key of another boot."), AT_EVIDENCE, boot_cut, NULL},
    {LIE("index-n", "P1-052", "n and index 1", "A place that no tree has."), AT_EVIDENCE, index_n, NULL},
    {LIE("n-0", "P1-052", "n 0", "A report over nothing."), AT_EVIDENCE, n_0, NULL},
    {LIE("path-longer", "P1-053", "a path with one hash too many", "Two places of one binder."), AT_EVIDENCE, longer_path, NULL},
    {LIE("path-byte", "P1-053", "a path with a byte too many", "Two paths of one binder."), AT_EVIDENCE, path_33, NULL},
    {LIE("kind-3", "P1-054", "an item of a GPU as well", "An item that nobody judged is taken for good."), AT_MESSAGE, with_gpu, NULL},
    {LIE("kind-0", "P1-054", "an item of kind 0 as well", "An item that nobody judged is taken for good."), AT_MESSAGE, with_kind_0, NULL},
    {LIE("two-items", "P1-055", "the item twice", "Which one counts?"), AT_MESSAGE, twice_snp, NULL},
    {{"no-item", "P1-055", "no item at all", "Every check of the evidence holds, for it has no subject.", no_subject}, AT_MESSAGE, empty_row, NULL},
    {LIE("measurement", "AT-040", "another measurement", "Other code on a genuine machine."), AT_EVIDENCE, other_measurement, "P1-056"},
    {LIE("relay", "AT-039", "evidence of another handshake", "A relay with a stolen s."), AT_EVIDENCE, other_handshake, "P1-056"},
    {LIE("replay", "AT-039", "evidence of another epoch", "Evidence of before is shown again."), AT_EVIDENCE, other_epoch, NULL},
    {LIE("alias-check", "AT-046", "a machine without the alias check", "Memory that is mapped twice."), AT_EVIDENCE, alias_check_missing, NULL},
    {LIE("policy-platform", "P1-057", "a policy without platform bits", "What is not compared is taken for good."), AT_CLIENT, no_platform_pin, NULL},
    {LIE("policy-vmpl", "P1-057", "a policy that waives the VMPL", "What is not compared is taken for good."), AT_CLIENT, vmpl_waived, NULL},
    {LIE("device", "P1-058", "a statement for another chip", "The hardware key of an unlisted machine."), AT_STATEMENT, other_device, NULL},
    {LIE("device-last", "P1-058", "a statement for another chip, in its last byte", "The hardware key of an unlisted machine."), AT_STATEMENT, last_of_device, NULL},
    {LIE("version-not-claimed", "P1-059", "claims of version 3 only", "A version that this code does not speak."), AT_CLAIMS, versions_3, NULL},
    {LIE("version-not-claimed-4", "P1-059", "claims of versions 3 and 4", "A version that this code does not speak."), AT_CLAIMS, versions_3_4, NULL},
    {LIE("version-higher", "P1-060", "claims with version 2, which was offered", "A host chose the lower version."), AT_CLAIMS, versions_1_2, NULL},
    {LIE("version-higher-3", "P1-060", "claims with versions 2 and 3", "A host chose the lower version."), AT_CLAIMS, versions_1_2_3, NULL},
    {LIE("level", "P1-061", "claims without level 0", "Lengths that the client wants hidden are shown."), AT_CLAIMS, no_level_0, NULL},
    {LIE("level-3", "P1-061", "claims of level 3 only", "Lengths that the client wants hidden are shown."), AT_CLAIMS, no_level_0_3, NULL},
};

static const evidence_lie later_lies[] = {
    {LIE("claims-changed", "P1-062", "other claims in epoch 0", "Another model in the middle of a conversation."), AT_CLIENT, claims_changed, NULL},
    {LIE("q-changed", "P1-062", "another receipt key in epoch 0", "Another boot in the middle of a conversation."), AT_CLIENT, q_changed, NULL},
    {LIE("device-changed", "P1-062", "other devices in epoch 0", "Another machine in the middle of a conversation."), AT_CLIENT, device_changed, NULL},
};
/* clang-format on */

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
}

static void put_scene(sheet *s, const scene *c)
{
    const service *w = &c->world;
    put_policy(s, w);
    sheet_in(s, TEXT("log_policy", w->log_policy));
    sheet_in(s, BYTES("owner", SPAN(w->owner_key)));
    sheet_in(s, BYTES("releaser", SPAN(w->releaser_key)));
    sheet_in(s, NUMBER("least_release", (long)w->policy.least_release));
    sheet_in(s, NUMBER("built", (long)w->policy.built));
    sheet_in(s, NUMBER("level", w->policy.level));
    sheet_in(s, NUMBER("floor", (long)c->memory.floor));
    put_heads(s, &c->memory);
    sheet_in(s, TEXT("name", c->name));
    sheet_in(s, BYTES("s", SPAN(c->s)));
    sheet_in(s, BYTES("x", SPAN(c->x)));
    sheet_in(s, NUMBER("epoch", c->expected.epoch));
    sheet_in(s, BYTES("offer", c->offered.bytes));
    sheet_in(s, NUMBER("version", 1));
    if (c->expected.before)
        sheet_in(s, BYTES("before", span_of(&c->before, sizeof c->before)));
    sheet_in(s, NUMBER("now", (long)w->now));
    sheet_in(s, BYTES("attest", span_of(c->attest, c->n_attest)));
}

static void put_found(sheet *s, const scene *c, int64_t floor, size_t heads)
{
    uint8_t digest[32], t[32];
    const prim *p = c->world.prim;
    prim_digest(p, PRIM_SHA256, span_of(c->attest, c->n_attest), digest);
    const span parts[] = {SPAN(c->x), SPAN(digest)};
    p1_hash(p, "transcript", parts, 2, t);
    sheet_out(s, BYTES("t", SPAN(t)));
    sheet_out(s, BYTES("identity", span_of(&c->before, sizeof c->before)));
    sheet_out(s, NUMBER("floor_after", (long)floor));
    sheet_out(s, NUMBER("heads_after", (long)heads));
}

static const char shown[] = "P1-040 P1-063 P1-073 P1-074 P1-075 P1-076 P1-077 P1-078";

static void other_head_known(scene *c)
{
    c->memory.n = 2;
    c->memory.head[0] = (tl_head){.size = 2, .root = {1}};
    c->memory.head[1] = (tl_head){.size = 4000, .root = {2}};
    c->memory.floor = c->world.now - 86400;
}

static void floor_newer(scene *c) { c->memory.floor = c->world.now + 300; }
static void cosigned_ahead(scene *c) { c->evidence.cosigned[1] = c->world.now + 299; }

static void alone(scene *c)
{
    memcpy(c->evidence.binder[0], c->evidence.binder[c->evidence.index], P1_BINDER);
    c->evidence.n = 1;
    c->evidence.index = 0;
    c->evidence.n_written = c->evidence.n_hashed = 1;
    seal_again(c);
}

static const struct {
    const char *slug;
    uint32_t epoch;
    stage stage;
    twist *twist;
    int64_t floor; /* afterwards, from now */
    size_t heads;
} truths[] = {
    {"smaller-head", 0, AT_CLIENT, other_head_known, -60, 3}, {"floor-newer", 0, AT_CLIENT, floor_newer, 300, 1},
    {"cosigned-ahead", 0, AT_EVIDENCE, cosigned_ahead, 0, 1}, {"alone", 0, AT_EVIDENCE, alone, -60, 1},
    {"later-version", 0, AT_CLAIMS, versions_1_3, -60, 1},
};

static void add_lies(sheet *s, const prim *p, const evidence_lie *l, size_t n, uint32_t epoch, const char *base)
{
    static scene c;
    for (size_t i = 0; i < n; i++, l++) {
        play(&c, p, l, epoch, "vectors");
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

enum { N_LIES = sizeof lies / sizeof *lies, N_LATER = sizeof later_lies / sizeof *later_lies };

cJSON *p1_attest_file(const prim *p, int which)
{
    static scene c;
    sheet s = sheet_start(p, "p1.attest", generator, seed_text, checked_by);
    (void)which;
    for (size_t i = 0; i < N_LIES; i++)
        p1_note_lies(&s, &lies[i].lie, 1, "AUTH_BYPASS");
    for (size_t i = 0; i < N_LATER; i++)
        p1_note_lies(&s, &later_lies[i].lie, 1, "AUTH_BYPASS");
    sheet_group(&s, "attest", "p1:attest", "");
    play(&c, p, NULL, 0, "vectors");
    put_scene(&s, &c);
    sheet_accepts(&s, "ok", shown);
    put_found(&s, &c, c.world.now - 60, 1);
    for (size_t i = 0; i < sizeof truths / sizeof *truths; i++) {
        const evidence_lie truth = {.stage = truths[i].stage, .twist = truths[i].twist};
        play(&c, p, &truth, truths[i].epoch, "vectors");
        sheet_accepts(&s, truths[i].slug, shown);
        put_scene(&s, &c);
        put_found(&s, &c, c.world.now + truths[i].floor, truths[i].heads);
    }
    for (uint32_t e = 1; e <= 2; e++) {
        play(&c, p, NULL, e, "vectors");
        sheet_accepts(&s, e == 1 ? "epoch-1" : "epoch-2", "P1-062 P1-073 P1-074");
        put_scene(&s, &c);
        put_found(&s, &c, c.world.now - 60, 1);
    }
    add_lies(&s, p, lies, N_LIES, 0, NULL);
    add_lies(&s, p, later_lies, N_LATER, 1, "epoch-1");
    return s.document;
}

/* ---- p1.boot ---- */

static void put_boot(sheet *s, const scene *c, span nonce, span record)
{
    put_policy(s, &c->world);
    sheet_in(s, TEXT("manifest", c->world.manifest));
    sheet_in(s, TEXT("claims", c->world.claims));
    sheet_in(s, BYTES("s", SPAN(c->world.s.share)));
    sheet_in(s, BYTES("q", SPAN(c->world.q)));
    sheet_in(s, BYTES("nonce", nonce));
    sheet_in(s, NUMBER("now", (long)c->world.now));
    sheet_in(s, BYTES("record", record));
}

static const p1_lie boot_lies[] = {
    LIE("nonce", "P1-041", "another nonce", "An old boot record is shown again."),
    LIE("nonce-last", "P1-041", "another nonce, in its last byte", "An old boot record is shown again."),
    LIE("behind", "P1-043", "a byte behind the record", "Bytes that nobody looks at."),
    LIE("behind-4", "P1-043", "bytes behind the record", "Bytes that nobody looks at."),
    LIE("evidence-nonce", "AT-039", "evidence over another nonce", "An old boot's evidence under a new nonce."),
};

cJSON *p1_boot_file(const prim *p, int which)
{
    static scene c;
    uint8_t data[64], nonce[32], record[sizeof c.world.boot + 8];
    sheet s = sheet_start(p, "p1.boot", generator, seed_text, checked_by);
    (void)which;
    p1_note_lies(&s, boot_lies, sizeof boot_lies / sizeof *boot_lies, "AUTH_BYPASS");
    sheet_group(&s, "boot", "p1:attest", "");
    for (size_t i = 0; i < 2; i++) {
        play(&c, p, NULL, 0, i ? "again" : "vectors");
        p1_boot_data(p, SPAN(c.world.nonce), SPAN(c.world.s.share), SPAN(c.world.q), span_text(c.world.claims), data);
        if (i == 0)
            put_boot(&s, &c, SPAN(c.world.nonce), span_of(c.world.boot, c.world.n_boot));
        sheet_accepts(&s, i ? "ok2" : "ok", "P1-040");
        put_boot(&s, &c, SPAN(c.world.nonce), span_of(c.world.boot, c.world.n_boot));
        sheet_out(&s, BYTES("report_data", SPAN(data)));
        sheet_out(&s, BYTES("device", SPAN(c.world.chip.hw_id)));
    }
    play(&c, p, NULL, 0, "vectors");
    for (size_t i = 0; i < sizeof boot_lies / sizeof *boot_lies; i++) {
        size_t n = c.world.n_boot;
        memset(record, 0, sizeof record);
        memcpy(record, c.world.boot, n);
        memcpy(nonce, c.world.nonce, 32);
        nonce[i == 1 ? 31 : 0] ^= i < 2 || i == 4;
        n += i == 2 ? 1 : i == 3 ? 4 : 0;
        if (i == 4)
            memcpy(record, nonce, 32);
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
        prim_digest(p, PRIM_SHA256, span_text(c.world.claims), claims);
        prim_digest(p, PRIM_SHA256, span_of(c.world.boot, c.world.n_boot), boot);
        sheet_accepts(&s, i ? "ok2" : "ok", "P1-044");
        sheet_in(&s, TEXT("name", c.name));
        sheet_in(&s, BYTES("device", SPAN(c.world.chip.hw_id)));
        sheet_in(&s, BYTES("s", SPAN(c.world.s.share)));
        sheet_in(&s, BYTES("q", SPAN(c.world.q)));
        sheet_in(&s, BYTES("claims", SPAN(claims)));
        sheet_in(&s, BYTES("boot", SPAN(boot)));
        sheet_in(&s, NUMBER("now", (long)c.world.now));
        sheet_out(&s, BYTES("signed", span_of(c.world.statement, c.world.n_statement - P1_SIGNATURE)));
    }
    return s.document;
}
