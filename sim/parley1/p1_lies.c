#include "p1_lies.h"

#include <stdio.h>
#include <string.h>

static void run(p1_scene *c, const p1_evidence_lie *l, p1_stage s)
{
    if (l && l->stage == s)
        l->twist(c);
}

/* Everything up to the evidence, which needs the handshake. */
void p1_scene_enrol(p1_scene *c, const p1_evidence_lie *l, span nonce)
{
    service *w = &c->world;
    c->s = w->s;
    run(c, l, P1_AT_RELEASE);
    service_release(w);
    run(c, l, P1_AT_CLAIMS);
    service_claim(w);
    run(c, l, P1_AT_BOOT);
    service_boot(w, nonce);
    const tee_chip chip = w->chip;
    const int64_t now = c->now;
    run(c, l, P1_AT_STATEMENT);
    service_enrol(w);
    w->chip = chip;
    w->now = now;
}

void p1_scene_attest(p1_scene *c, const p1_evidence_lie *l, uint32_t epoch, const uint8_t x[P1_DIGEST])
{
    writer w = WRITER(c->attest);
    memcpy(c->x, x, P1_DIGEST);
    c->epoch = epoch;
    service_honest_evidence(&c->world, epoch, c->x, &c->evidence);
    run(c, l, P1_AT_EVIDENCE);
    service_write_attest(&c->world, &c->evidence, &w);
    must(writer_ok(&w));
    c->n_attest = w.n;
    run(c, l, P1_AT_MESSAGE);
}

void p1_scene_start(p1_scene *c, const prim *p, span seed, const char *name, int64_t now)
{
    memset(c, 0, sizeof *c);
    c->now = now;
    service_make(&c->world, p, seed, name, now);
}

/* ---- tools of liars ---- */

void p1_scene_seals_again(p1_scene *c)
{
    service_bind(&c->world, &c->evidence);
    c->evidence.fields.report_data = SPAN(c->evidence.report_data);
}

/* The message taken apart, and put together with one part changed. */
static void rewrite(p1_scene *c, void (*change)(p1_scene *, p1_attest *))
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

static void byte_behind(p1_scene *c) { c->attest[c->n_attest++] = 0; }
static void two_behind(p1_scene *c) { c->attest[c->n_attest++] = 1, c->attest[c->n_attest++] = 2; }
static void behind_list(p1_scene *c, p1_attest *a)
{
    static uint8_t room[8192];
    (void)c;
    const size_t n = a->row.item[0].endorsements.n;
    span_take(a->row.item[0].endorsements, room, sizeof room);
    a->row.item[0].endorsements = span_of(room, n + 1);
}

static void behind_list_2(p1_scene *c, p1_attest *a)
{
    behind_list(c, a);
    a->row.item[0].endorsements.n += 3;
}

static void endorsements_behind(p1_scene *c) { rewrite(c, behind_list); }
static void endorsements_behind_3(p1_scene *c) { rewrite(c, behind_list_2); }

/* ---- documents ---- */

static void one_more_claim(p1_scene *c) { c->world.claims_more = ",\"more\":1"; }
static void levels_down(p1_scene *c) { c->world.levels = "[2,0]"; }
static void level_1(p1_scene *c) { c->world.levels = "[0,1]"; }
static void reserved_claimed(p1_scene *c) { c->world.versions = "[1,23130]"; }
static void one_more_in_manifest(p1_scene *c) { c->world.manifest_more = ",\"more\":1"; }
static void tdx_in_manifest(p1_scene *c) { c->world.manifest_more = ",\"tdx\":[]"; }
static void long_claims(p1_scene *c) { c->world.spaces = P1_CLAIMS_MAX; }
static void long_checkpoint(p1_scene *c) { c->world.extension = P1_CHECKPOINT_MAX; }
static void versions_3(p1_scene *c) { c->world.versions = "[3]"; }
static void versions_3_4(p1_scene *c) { c->world.versions = "[3,4]"; }
static void versions_1_2(p1_scene *c) { c->world.versions = "[1,2]"; }
static void versions_1_2_3(p1_scene *c) { c->world.versions = "[1,2,3]"; }
static void no_level_0(p1_scene *c) { c->world.levels = "[2,3]"; }
static void no_level_0_3(p1_scene *c) { c->world.levels = "[3]"; }
/* What is like the name of the service. */
static const char *like_name(const p1_scene *c, const char *before, const char *after)
{
    static char text[2 * P1_NAME_MAX + 16];
    const char *name = c->world.name, *domain = strchr(name, '.');
    snprintf(text, sizeof text, "%s%s%s", before, name, after ? after : "");
    if (!after)
        snprintf(text + strlen(text), sizeof text - strlen(text), "\",\"%s", domain ? domain + 1 : "example");
    return text;
}

static void other_names(p1_scene *c) { c->world.names = "other.example"; }
static void wildcard(p1_scene *c) { c->world.names = like_name(c, "x", NULL); }
static void release_6(p1_scene *c) { c->world.release = 6; }
static void release_0(p1_scene *c) { c->world.release = 0; }
static void expired_now(p1_scene *c) { c->world.expires = c->world.now; }
static void expired_before(p1_scene *c) { c->world.expires = c->world.now - 86400; }
static void other_manifest_digest(p1_scene *c) { c->world.manifest_digest[31] ^= 1; }
static void first_of_digest(p1_scene *c) { c->world.manifest_digest[0] ^= 0x80; }
static void other_releaser(p1_scene *c) { c->world.releaser[0] ^= 1; }
static void own_releaser(p1_scene *c) { memcpy(c->world.releaser, c->world.owner, 32); }

/* ---- the statement: changed, signed and logged ---- */

static void other_owner(p1_scene *c) { c->world.owner[0] ^= 1; }
static void releaser_owns(p1_scene *c) { memcpy(c->world.owner, c->world.releaser, 32); }
static void for_other_name(p1_scene *c) { c->world.name = "model.example"; }
static void for_longer_name(p1_scene *c) { c->world.name = like_name(c, "", ".org"); }
static void other_s(p1_scene *c) { c->world.s.share[0] ^= 1; }
static void last_of_s(p1_scene *c) { c->world.s.share[31] ^= 1; }
static void dated_later(p1_scene *c) { c->world.now += 301; }
static void dated_earlier(p1_scene *c) { c->world.now -= 86400 - 300 + 1; }
static void other_device(p1_scene *c) { c->world.chip.hw_id[0] ^= 1; }
static void last_of_device(p1_scene *c) { c->world.chip.hw_id[63] ^= 1; }
static void other_boot(p1_scene *c) { c->world.boot[0] ^= 1; }
static void boot_cut(p1_scene *c) { c->world.n_boot--; }

/* Other claims than the owner has signed; the evidence is over them. */
static void claim_other(p1_scene *c, const char *member)
{
    char *at = strstr(c->world.claims, member) + strlen(member) + 3;
    *at = *at == '0' ? '1' : '0';
    p1_binder(c->world.prim, c->epoch, c->x, span_text(c->world.claims), c->evidence.binder[c->evidence.index]);
    p1_scene_seals_again(c);
}

static void other_model(p1_scene *c) { claim_other(c, "model"); }
static void other_settings(p1_scene *c) { claim_other(c, "settings"); }

void p1_scene_signs_statement(p1_scene *c)
{
    service *w = &c->world;
    const size_t n = w->n_statement - P1_SIGNATURE;
    w->prim->ed25519_sign(w->owner, span_of(w->statement, n), w->statement + n);
    w->statement_index = w->log.n;
    log_add(&w->log, span_of(w->statement, w->n_statement));
    c->evidence.size = w->log.n;
}

/* A statement that is written by hand: longer than a day. */
static void sign_statement(p1_scene *c, int64_t life)
{
    uint8_t *at = c->world.statement + c->world.n_statement - P1_SIGNATURE - 8;
    writer to = writer_of(at, 8);
    write_be(&to, (uint64_t)(c->world.now - P1_STATEMENT_EARLY + life), 8);
    p1_scene_signs_statement(c);
}

static void a_second_too_long(p1_scene *c) { sign_statement(c, P1_STATEMENT_LIFE + 1); }
static void a_year(p1_scene *c) { sign_statement(c, 365 * 86400); }

/* ---- the log ---- */

static void one_witness(p1_scene *c) { c->evidence.cosigned[0] = c->evidence.cosigned[2] = 0; }
static void stale_and_fresh(p1_scene *c) { c->evidence.cosigned[1] = c->evidence.cosigned[2] = c->world.now - 86401; }
static void early_and_fresh(p1_scene *c) { c->evidence.cosigned[1] = c->evidence.cosigned[2] = c->world.now + 301; }

static void manifest_at_another_place(p1_scene *c, p1_attest *a)
{
    static uint8_t proof[1024];
    (void)c;
    span_take(a->manifest_proof, proof, sizeof proof);
    proof[8] ^= 1;
    a->manifest_proof = span_of(proof, a->manifest_proof.n);
}

static void statement_at_another_place(p1_scene *c, p1_attest *a)
{
    static uint8_t proof[1024];
    (void)c;
    span_take(a->statement_proof, proof, sizeof proof);
    proof[a->statement_proof.n - 1] ^= 1;
    a->statement_proof = span_of(proof, a->statement_proof.n);
}

static void manifest_not_logged(p1_scene *c) { rewrite(c, manifest_at_another_place); }
static void statement_not_logged(p1_scene *c) { rewrite(c, statement_at_another_place); }

/* ---- clocks and memory ---- */

static void built_later(p1_scene *c) { c->world.policy.built = c->world.now + 301; }
static void built_next_year(p1_scene *c) { c->world.policy.built = c->world.now + 365 * 86400; }
static void floor_later(p1_scene *c) { c->memory.floor = c->world.now + 301; }
static void floor_next_year(p1_scene *c) { c->memory.floor = c->world.now + 365 * 86400; }

static void other_root(p1_scene *c)
{
    c->memory.n = 1;
    c->memory.head[0].size = c->evidence.size;
    log_root(&c->world.log, c->evidence.size, c->memory.head[0].root);
    c->memory.head[0].root[0] ^= 1;
}

static void other_root_among_others(p1_scene *c)
{
    other_root(c);
    c->memory.n = 3;
    c->memory.head[2] = c->memory.head[0];
    c->memory.head[0] = (tl_head){.size = 1};
    c->memory.head[1] = (tl_head){.size = c->evidence.size + 9};
}

/* ---- the batch ---- */

static void index_n(p1_scene *c)
{
    c->evidence.n = 1;
    c->evidence.index = 0;
    c->evidence.n_written = c->evidence.n_hashed = 1;
    p1_scene_seals_again(c);
    c->evidence.index = 1;
}

static void n_0(p1_scene *c)
{
    c->evidence.n = 1;
    c->evidence.index = 0;
    c->evidence.n_written = c->evidence.n_hashed = 0;
    p1_scene_seals_again(c);
}

static void longer_path(p1_scene *c)
{
    memset(c->evidence.path + c->evidence.n_path, 7, 32);
    c->evidence.n_path += 32;
}

static void path_33(p1_scene *c) { c->evidence.n_path += 1; }

/* ---- the row ---- */

static void no_item(p1_scene *c, p1_attest *a)
{
    (void)c;
    a->row.n = 0;
}

static void item_of_kind(p1_scene *c, p1_attest *a, uint8_t kind)
{
    (void)c;
    a->row.item[a->row.n] = a->row.item[0];
    a->row.item[a->row.n++].kind = kind;
}

static void and_a_gpu(p1_scene *c, p1_attest *a) { item_of_kind(c, a, 3); }
static void and_a_module(p1_scene *c, p1_attest *a) { item_of_kind(c, a, 2); }
static void and_kind_0(p1_scene *c, p1_attest *a) { item_of_kind(c, a, 0); }
static void and_another(p1_scene *c, p1_attest *a) { item_of_kind(c, a, 1); }
static void another_only(p1_scene *c, p1_attest *a)
{
    a->row.n = 1;
    and_another(c, a);
}

static void with_gpu(p1_scene *c) { rewrite(c, and_a_gpu); }
static void with_module(p1_scene *c) { rewrite(c, and_a_module); }
static void with_kind_0(p1_scene *c) { rewrite(c, and_kind_0); }
static void twice_snp(p1_scene *c) { rewrite(c, and_another); }
static void twice_snp_only(p1_scene *c) { rewrite(c, another_only); }
static void empty_row(p1_scene *c) { rewrite(c, no_item); }

/* ---- the evidence ---- */

static void other_measurement(p1_scene *c)
{
    static uint8_t m[AT_MEASUREMENT];
    span_take(c->evidence.fields.measurement, m, sizeof m);
    m[0] ^= 1;
    c->evidence.fields.measurement = SPAN(m);
}

static void other_handshake(p1_scene *c)
{
    uint8_t x[32];
    memcpy(x, c->x, 32);
    x[0] ^= 1;
    p1_binder(c->world.prim, c->epoch, x, span_text(c->world.claims), c->evidence.binder[c->evidence.index]);
    p1_scene_seals_again(c);
}

static void other_epoch(p1_scene *c)
{
    p1_binder(c->world.prim, c->epoch + 1, c->x, span_text(c->world.claims), c->evidence.binder[c->evidence.index]);
    p1_scene_seals_again(c);
}

static void alias_check_missing(p1_scene *c) { c->evidence.fields.platform_info &= ~(UINT64_C(1) << 5); }

/* ---- the client's policy ---- */

static void cut_policy(p1_scene *c, const char *from)
{
    char *at = strstr(c->world.snp_text, from);
    must(at != NULL);
    at[0] = '}', at[1] = 0;
    service_read_snp_policy(&c->world);
}

static void no_platform_pin(p1_scene *c) { cut_policy(c, ",\"platform_info\""); }
static void vmpl_waived(p1_scene *c)
{
    char *at = strstr(c->world.snp_text, "\"vmpl\":0,\"not_compared\":[\"cspid\"");
    must(at != NULL);
    memcpy(at, "\"not_compared\":[\"cspid\",  \"vmpl\"", 32);
    service_read_snp_policy(&c->world);
}

/* One that nobody asked to sign. */
static void fourth_witness_wanted(p1_scene *c)
{
    static const log_signer fourth = {.name = "witness.example/w4", .type = TL_COSIGNATURE, .seed = {4}};
    char *const text = c->world.log_policy, *group = strstr(text, "group g 2 ");
    must(group != NULL);
    writer w = writer_of(group, (size_t)(text + SERVICE_TEXT - 1 - group));
    write_text(&w, "witness w4 ");
    log_write_vkey(c->world.prim, &fourth, &w);
    write_text(&w, "\ngroup g 4 w1 w2 w3 w4\nquorum g\n");
    must(writer_ok(&w));
    group[w.n] = 0;
    must(accepted(tl_read_policy(c->world.prim, span_text(text), &c->world.log_terms)));
}

/* ---- the GPU ---- */

static void drop_gpu(p1_scene *c) { c->world.has_gpu = false; }
static void leave_gpu_out(p1_scene *c) { c->evidence.no_gpu = true; }
static void gpu_of_another_session(p1_scene *c) { c->evidence.gpu_data[63] ^= 1; }
static void gpu_measures_other(p1_scene *c) { c->world.gpu.fields.block[1].value[0] ^= 1; }
static void gpu_signed_by_other(p1_scene *c) { c->world.gpu.fields.signer = NVIDIA_OTHER_ATTESTATION; }
static void gpu_authority_revoked(p1_scene *c) { c->world.gpu.root_list.revoked = c->world.gpu.cert[AT_GPU_MODEL].serial; }

/* What it said at boot, which anybody may know. */
static void gpu_of_boot(p1_scene *c)
{
    const service *w = &c->world;
    p1_boot_data(w->prim, SPAN(w->nonce), SPAN(w->s.share), SPAN(w->q), span_text(w->claims), c->evidence.gpu_data);
}

/* The same epoch of another place in the batch: the binder itself instead of the report data. */
static void gpu_of_binder(p1_scene *c) { memcpy(c->evidence.gpu_data, c->evidence.binder[c->evidence.index], P1_REPORT_DATA); }

/* A genuine device of the same model and firmware, which nobody has listed, asked over this very session. */
static void rented_gpu(p1_scene *c) { c->world.gpu.seed[0] ^= 1; }

static void repeat_gpu(p1_scene *c, p1_attest *a)
{
    (void)c;
    a->row.item[2] = a->row.item[1];
    a->row.n = 3;
}

static void turn_row(p1_scene *c, p1_attest *a)
{
    const p1_item first = a->row.item[0];
    (void)c;
    a->row.item[0] = a->row.item[1];
    a->row.item[1] = first;
}

static void gpu_list_longer(p1_scene *c, p1_attest *a)
{
    static uint8_t room[16384];
    const span was = a->row.item[1].endorsements;
    (void)c;
    span_take(was, room, sizeof room);
    a->row.item[1].endorsements = span_of(room, was.n + 1);
}

static void gpu_twice(p1_scene *c) { rewrite(c, repeat_gpu); }
static void gpu_first(p1_scene *c) { rewrite(c, turn_row); }
static void gpu_endorsements_behind(p1_scene *c) { rewrite(c, gpu_list_longer); }

static void untied_policy(p1_scene *c)
{
    c->world.gpu.policy.ties_cpu = false;
    c->world.gpu.policy.waived = AT_GPU_BIT(AT_GPU_NONCE);
    service_write_gpu_policy(&c->world);
}

static void unmeasured_policy(p1_scene *c)
{
    c->world.gpu.policy.waived = AT_GPU_BIT(AT_GPU_MEASUREMENTS);
    service_write_gpu_policy(&c->world);
}

/* ---- later epochs ---- */

static void claims_changed(p1_scene *c) { c->before.claims[0] ^= 1; }
static void q_changed(p1_scene *c) { c->before.q[31] ^= 1; }
static void device_changed(p1_scene *c) { c->before.devices[5] ^= 1; }

/* ---- the form of the statement, signed and logged again ---- */

static void sign_again(p1_scene *c)
{
    service *w = &c->world;
    const size_t n = w->n_statement - P1_SIGNATURE;
    w->prim->ed25519_sign(w->owner, span_of(w->statement, n), w->statement + n);
}

static void log_again(p1_scene *c)
{
    c->world.statement_index = c->world.log.n;
    log_add(&c->world.log, span_of(c->world.statement, c->world.n_statement));
    c->evidence.size = c->world.log.n;
}

static void other_prefix(p1_scene *c)
{
    c->world.statement[17] = 'T';
    sign_again(c);
    log_again(c);
}

static void behind_statement(p1_scene *c)
{
    c->world.statement[c->world.n_statement++] = 0;
    log_again(c);
}

#define LIE(slug_, site_, mutation_, flag_)  \
    {                                        \
        slug_, site_, mutation_, flag_, NULL \
    }

static const char *const no_subject[] = {"P1-055", "P1-058", NULL}, *const no_device[] = {"P1-067", "P1-058", NULL},
                         *const one_vendor[] = {"P1-055", "P1-067", "P1-058", NULL};

/* clang-format off */
const p1_evidence_lie p1_evidence_lies[] = {
    {LIE("behind", "P1-080", "a byte behind the boot record", "Bytes that no reader looks at."), P1_AT_MESSAGE, byte_behind, NULL},
    {LIE("two-behind", "P1-080", "two bytes behind the boot record", "Bytes that no reader looks at."), P1_AT_MESSAGE, two_behind, NULL},
    {LIE("claims-large", "P1-079", "claims of more than 16384 bytes", "Memory that a stranger takes."), P1_AT_CLAIMS, long_claims, NULL},
    {LIE("checkpoint-large", "P1-079", "a checkpoint of more than 16384 bytes", "Memory that a stranger takes."), P1_AT_RELEASE, long_checkpoint, NULL},
    {LIE("endorsements-behind", "P1-081", "a byte behind the revocation list", "Bytes that no reader looks at."), P1_AT_MESSAGE, endorsements_behind, NULL},
    {LIE("endorsements-behind-3", "P1-081", "bytes behind the revocation list", "Bytes that no reader looks at."), P1_AT_MESSAGE, endorsements_behind_3, NULL},
    {LIE("claims-member", "P1-082", "an unknown member of the claims", "What the client does not know may matter."), P1_AT_CLAIMS, one_more_claim, NULL},
    {LIE("claims-levels", "P1-082", "levels in another order", "Two forms of one claim."), P1_AT_CLAIMS, levels_down, NULL},
    {LIE("claims-level-1", "P1-082", "level 1, which is withdrawn", "A level that promises nothing."), P1_AT_CLAIMS, level_1, NULL},
    {LIE("claims-reserved", "P1-082", "a reserved version", "A version that means nothing."), P1_AT_CLAIMS, reserved_claimed, NULL},
    {LIE("manifest-member", "P1-083", "an unknown member of the manifest", "What the client does not know may matter."), P1_AT_RELEASE, one_more_in_manifest, NULL},
    {LIE("manifest-tdx", "P1-083", "a member for another kind", "What the client does not know may matter."), P1_AT_RELEASE, tdx_in_manifest, NULL},
    {LIE("statement-prefix", "P1-084", "another label, signed", "A signature for another purpose is taken."), P1_AT_EVIDENCE, other_prefix, NULL},
    {LIE("statement-behind", "P1-084", "a byte behind the signature", "Bytes that nobody signed."), P1_AT_EVIDENCE, behind_statement, NULL},
    {LIE("one-witness", "TL-031", "one cosignature where two are needed", "A log that shows each client another tree."), P1_AT_EVIDENCE, one_witness, NULL},
    {LIE("stale", "TL-031", "one fresh cosignature and two of more than a day", "An old tree is taken for the present one."), P1_AT_EVIDENCE, stale_and_fresh, NULL},
    {LIE("early", "TL-031", "one cosignature in time and two from the future", "A witness dates ahead, and the tree never gets old."), P1_AT_EVIDENCE, early_and_fresh, NULL},
    {LIE("clock-before-build", "P1-085", "a clock 301 s behind the build", "A clock that was set back makes lapsed keys good."), P1_AT_CLIENT, built_later, NULL},
    {LIE("clock-year-before-build", "P1-085", "a clock a year behind the build", "A clock that was set back makes lapsed keys good."), P1_AT_CLIENT, built_next_year, NULL},
    {LIE("clock-before-floor", "P1-086", "a clock 301 s behind the floor", "A clock that was set back makes lapsed keys good."), P1_AT_CLIENT, floor_later, NULL},
    {LIE("clock-year-before-floor", "P1-086", "a clock a year behind the floor", "A clock that was set back makes lapsed keys good."), P1_AT_CLIENT, floor_next_year, NULL},
    {LIE("other-root", "P1-087", "a remembered head of this size with another root", "Two clients see two logs."), P1_AT_CLIENT, other_root, NULL},
    {LIE("other-root-last", "P1-087", "the same, behind other heads", "Two clients see two logs."), P1_AT_CLIENT, other_root_among_others, NULL},
    {LIE("manifest-not-logged", "TL-005", "another hash in the proof of the manifest", "A release that nobody can see."), P1_AT_MESSAGE, manifest_not_logged, "P1-088"},
    {LIE("statement-not-logged", "TL-005", "another hash in the proof of the statement", "A machine that nobody can see."), P1_AT_MESSAGE, statement_not_logged, "P1-089"},
    {LIE("releaser", "P1-090", "signed by another key", "Anybody releases code."), P1_AT_RELEASE, other_releaser, NULL},
    {LIE("releaser-owner", "P1-090", "signed by the owner's key", "The owner releases code by himself."), P1_AT_RELEASE, own_releaser, NULL},
    {LIE("release-6", "P1-091", "the release before the least", "An old release with known holes."), P1_AT_RELEASE, release_6, NULL},
    {LIE("release-0", "P1-091", "release 0", "An old release with known holes."), P1_AT_RELEASE, release_0, NULL},
    {LIE("expired-now", "P1-092", "a manifest that ends now", "A release that was given up."), P1_AT_RELEASE, expired_now, NULL},
    {LIE("expired", "P1-092", "a manifest that ended yesterday", "A release that was given up."), P1_AT_RELEASE, expired_before, NULL},
    {LIE("manifest-digest", "P1-093", "claims with another digest, in its last bit", "Other code than the owner has signed."), P1_AT_CLAIMS, other_manifest_digest, NULL},
    {LIE("manifest-digest-0", "P1-093", "claims with another digest, in its first bit", "Other code than the owner has signed."), P1_AT_CLAIMS, first_of_digest, NULL},
    {LIE("owner", "P1-094", "signed by another key", "Anybody enrols machines."), P1_AT_STATEMENT, other_owner, NULL},
    {LIE("owner-releaser", "P1-094", "signed by the release's signer", "The release's signer enrols machines."), P1_AT_STATEMENT, releaser_owns, NULL},
    {LIE("other-name", "P1-095", "for another name", "Diversion to another service of the owner."), P1_AT_STATEMENT, for_other_name, NULL},
    {LIE("longer-name", "P1-095", "for a name that begins with the dialled one", "Diversion to another service of the owner."), P1_AT_STATEMENT, for_longer_name, NULL},
    {LIE("name-not-claimed", "P1-096", "claims for another name", "Diversion to another service of the owner."), P1_AT_CLAIMS, other_names, NULL},
    {LIE("name-like", "P1-096", "claims for names that hold the dialled one", "Diversion to another service of the owner."), P1_AT_CLAIMS, wildcard, NULL},
    {LIE("not-begun", "P1-097", "a statement that begins in a second", "A machine that is not yet enrolled."), P1_AT_STATEMENT, dated_later, NULL},
    {LIE("lapsed", "P1-097", "a statement that ended a second ago", "A machine that the owner has taken back."), P1_AT_STATEMENT, dated_earlier, NULL},
    {LIE("day-and-second", "P1-098", "a statement of a day and a second", "What the owner takes back does not lapse."), P1_AT_EVIDENCE, a_second_too_long, NULL},
    {LIE("year", "P1-098", "a statement of a year", "What the owner takes back does not lapse."), P1_AT_EVIDENCE, a_year, NULL},
    {LIE("other-s", "P1-099", "a statement for another s", "A thief of a listed machine's hardware key has his own s."), P1_AT_STATEMENT, other_s, NULL},
    {LIE("other-s-last", "P1-099", "a statement for another s, in its last byte", "A thief of a listed machine's hardware key has his own s."), P1_AT_STATEMENT, last_of_s, NULL},
    {LIE("claims-unsigned", "P1-050", "another model than the owner has signed", "An older signed release, or another model."), P1_AT_EVIDENCE, other_model, NULL},
    {LIE("settings-unsigned", "P1-050", "other settings than the owner has signed", "The host configures what he likes."), P1_AT_EVIDENCE, other_settings, NULL},
    {LIE("boot-other", "P1-051", "another boot record", "A receipt key of another boot."), P1_AT_EVIDENCE, other_boot, NULL},
    {LIE("boot-cut", "P1-051", "the boot record cut by a byte", "A receipt key of another boot."), P1_AT_EVIDENCE, boot_cut, NULL},
    {LIE("index-n", "P1-052", "n and index 1", "A place that no tree has."), P1_AT_EVIDENCE, index_n, NULL},
    {LIE("n-0", "P1-052", "n 0", "A report over nothing."), P1_AT_EVIDENCE, n_0, NULL},
    {LIE("path-longer", "P1-053", "a path with one hash too many", "Two places of one binder."), P1_AT_EVIDENCE, longer_path, NULL},
    {LIE("path-byte", "P1-053", "a path with a byte too many", "Two paths of one binder."), P1_AT_EVIDENCE, path_33, NULL},
    {LIE("kind-2", "P1-054", "an item of a TDX module as well", "An item that nobody judged is taken for good."), P1_AT_MESSAGE, with_module, NULL},
    {LIE("kind-3", "P1-054", "an item of a GPU as well", "An item that nobody judged is taken for good."), P1_AT_MESSAGE, with_gpu, NULL},
    {LIE("kind-0", "P1-054", "an item of kind 0 as well", "An item that nobody judged is taken for good."), P1_AT_MESSAGE, with_kind_0, NULL},
    {LIE("two-items", "P1-055", "the item twice", "Which one counts?"), P1_AT_MESSAGE, twice_snp, NULL},
    {{"no-item", "P1-055", "no item at all", "Every check of the evidence holds, for it has no subject.", no_subject}, P1_AT_MESSAGE, empty_row, NULL},
    {LIE("measurement", "AT-040", "another measurement", "Other code on a genuine machine."), P1_AT_EVIDENCE, other_measurement, "P1-056"},
    {LIE("relay", "AT-039", "evidence of another handshake", "A relay with a stolen s."), P1_AT_EVIDENCE, other_handshake, "P1-056"},
    {LIE("replay", "AT-039", "evidence of another epoch", "Evidence of before is shown again."), P1_AT_EVIDENCE, other_epoch, NULL},
    {LIE("alias-check", "AT-046", "a machine without the alias check", "Memory that is mapped twice."), P1_AT_EVIDENCE, alias_check_missing, NULL},
    {LIE("witness-missing", "TL-031", "a policy that wants a fourth witness", "Whoever the client wants to have seen the log has not."), P1_AT_CLIENT, fourth_witness_wanted, NULL},
    {LIE("policy-platform", "P1-057", "a policy without platform bits", "What is not compared is taken for good."), P1_AT_CLIENT, no_platform_pin, NULL},
    {LIE("policy-vmpl", "P1-057", "a policy that waives the VMPL", "What is not compared is taken for good."), P1_AT_CLIENT, vmpl_waived, NULL},
    {LIE("device", "P1-058", "a statement for another chip", "The hardware key of an unlisted machine."), P1_AT_STATEMENT, other_device, NULL},
    {LIE("device-last", "P1-058", "a statement for another chip, in its last byte", "The hardware key of an unlisted machine."), P1_AT_STATEMENT, last_of_device, NULL},
    {LIE("version-not-claimed", "P1-059", "claims of version 3 only", "A version that this code does not speak."), P1_AT_CLAIMS, versions_3, NULL},
    {LIE("version-not-claimed-4", "P1-059", "claims of versions 3 and 4", "A version that this code does not speak."), P1_AT_CLAIMS, versions_3_4, NULL},
    {LIE("version-higher", "P1-060", "claims with version 2, which was offered", "A host chose the lower version."), P1_AT_CLAIMS, versions_1_2, NULL},
    {LIE("version-higher-3", "P1-060", "claims with versions 2 and 3", "A host chose the lower version."), P1_AT_CLAIMS, versions_1_2_3, NULL},
    {LIE("level", "P1-061", "claims without level 0", "Lengths that the client wants hidden are shown."), P1_AT_CLAIMS, no_level_0, NULL},
    {LIE("level-3", "P1-061", "claims of level 3 only", "Lengths that the client wants hidden are shown."), P1_AT_CLAIMS, no_level_0_3, NULL},
};

const p1_evidence_lie p1_gpu_lies[] = {
    {LIE("gpu-missing", "P1-067", "a machine without a GPU where two vendors are wanted", "A thief of one vendor's key is enough."), P1_AT_BOOT, drop_gpu, NULL},
    {{"gpu-left-out", "P1-067", "the listed GPU says nothing", "A thief of one vendor's key is enough.", no_device}, P1_AT_EVIDENCE, leave_gpu_out, NULL},
    {{"vendor-twice", "P1-055", "the CPU's item in the place of the GPU's", "One vendor is counted twice.", one_vendor}, P1_AT_MESSAGE, twice_snp_only, NULL},
    {LIE("gpu-other-session", "AT-341", "a report of the GPU for another session", "A recorded report is shown again."), P1_AT_EVIDENCE, gpu_of_another_session, "P1-065"},
    {LIE("gpu-of-boot", "AT-341", "the report of the GPU from the boot record", "A public report is shown again."), P1_AT_EVIDENCE, gpu_of_boot, "P1-065"},
    {LIE("gpu-of-binder", "AT-341", "a report of the GPU over the binder instead of the CPU's evidence", "A GPU that knows nothing of the CPU."), P1_AT_EVIDENCE, gpu_of_binder, NULL},
    {LIE("gpu-measurement", "AT-342", "a GPU with other firmware", "Other code on a genuine device."), P1_AT_EVIDENCE, gpu_measures_other, NULL},
    {LIE("gpu-signature", "AT-336", "a report signed by another key of the device", "Anybody makes reports."), P1_AT_EVIDENCE, gpu_signed_by_other, NULL},
    {LIE("gpu-revoked", "AT-331", "the model's authority is revoked", "A key that its vendor has given up."), P1_AT_EVIDENCE, gpu_authority_revoked, NULL},
    {LIE("gpu-policy-untied", "P1-066", "a policy that ties the GPU to nothing", "What is not compared is taken for good."), P1_AT_CLIENT, untied_policy, NULL},
    {LIE("gpu-policy-measurements", "P1-066", "a policy that waives the GPU's measurements", "What is not compared is taken for good."), P1_AT_CLIENT, unmeasured_policy, NULL},
    {LIE("gpu-rented", "P1-058", "a genuine GPU that the owner has not listed", "Anybody rents a GPU that signs any nonce."), P1_AT_EVIDENCE, rented_gpu, NULL},
    {LIE("gpu-twice", "P1-058", "the GPU's item twice", "One device vouches twice."), P1_AT_MESSAGE, gpu_twice, NULL},
    {LIE("gpu-first", "P1-058", "the GPU's item before the CPU's", "Two rows for one machine."), P1_AT_MESSAGE, gpu_first, NULL},
    {LIE("gpu-endorsements-behind", "P1-081", "a byte behind the lists of the GPU", "Bytes that no reader looks at."), P1_AT_MESSAGE, gpu_endorsements_behind, NULL},
};

const p1_evidence_lie p1_later_lies[] = {
    {LIE("claims-changed", "P1-062", "other claims in epoch 0", "Another model in the middle of a conversation."), P1_AT_CLIENT, claims_changed, NULL},
    {LIE("q-changed", "P1-062", "another receipt key in epoch 0", "Another boot in the middle of a conversation."), P1_AT_CLIENT, q_changed, NULL},
    {LIE("device-changed", "P1-062", "other devices in epoch 0", "Another machine in the middle of a conversation."), P1_AT_CLIENT, device_changed, NULL},
};
/* clang-format on */

const size_t p1_n_evidence_lies = sizeof p1_evidence_lies / sizeof *p1_evidence_lies,
             p1_n_later_lies = sizeof p1_later_lies / sizeof *p1_later_lies, p1_n_gpu_lies = sizeof p1_gpu_lies / sizeof *p1_gpu_lies;
