#include "p1_service.h"

#include <stdio.h>
#include <string.h>

/* ---- keys, machine, log ---- */

static void derive(const service *s, const char *name, uint8_t out[32])
{
    const span parts[] = {span_text("parley service "), SPAN(s->seed), span_text(name)};
    s->prim->hash(PRIM_SHA256, parts, 3, out);
}

static void make_keys(service *s)
{
    derive(s, "owner", s->owner);
    derive(s, "releaser", s->releaser);
    derive(s, "s", s->s_secret);
    derive(s, "q", s->q_secret);
    s->prim->ed25519_public(s->owner, s->owner_key);
    s->prim->ed25519_public(s->releaser, s->releaser_key);
    s->prim->ed25519_public(s->q_secret, s->q);
    prim_pair_of(s->prim, s->s_secret, &s->s);
}

/* Twists work on a whole scene; those of the report and of the policy are not told here. */
static void issue_for(service *s, const tee_lie *lie)
{
    static tee_scene scene;
    memset(&scene, 0, sizeof scene);
    scene.chip = s->chip;
    scene.now = s->now;
    if (lie && lie->chip)
        lie->chip(&scene);
    s->chip = scene.chip;
    scene.issue = tee_issue_honest(&s->chip, s->now);
    if (lie && lie->issue)
        lie->issue(&scene);
    s->issue = scene.issue;
}

static void change_vendor(tee_issue *i)
{
    i->ark.key = i->ark.signer = i->intermediate.signer = i->crl.signer = TEE_FOREIGN_ARK;
    i->intermediate.key = i->vek.signer = TEE_FOREIGN_ASK;
}

static void make_machine(service *s, const service_machine *m)
{
    uint8_t measurement[AT_MEASUREMENT] = {0};
    derive(s, "measurement", measurement);
    s->chip = tee_chip_make(m->product, SPAN(s->seed));
    s->launch = tee_launch_of(measurement);
    memcpy(s->least_tcb, s->chip.reported, AT_TCB);
    issue_for(s, m->lie);
    if (m->other_vendor)
        change_vendor(&s->issue);
    tee_issue_mint(&s->issue, &s->endorsements);
}

static void make_log(service *s)
{
    static const char *const names[] = {"witness.example/w1", "witness.example/w2", "witness.example/w3"};
    writer w = writer_of(s->log_policy, sizeof s->log_policy - 1);
    s->log = (sim_log){.prim = s->prim, .signer = {.name = "log.example/parley", .type = TL_ED25519}};
    derive(s, "log", s->log.signer.seed);
    write_text(&w, "log ");
    log_write_vkey(s->prim, &s->log.signer, &w);
    for (size_t i = 0; i < SERVICE_WITNESSES; i++) {
        s->witness[i] = (log_signer){.name = names[i], .type = TL_COSIGNATURE};
        derive(s, names[i], s->witness[i].seed);
        write_text(&w, "\nwitness ");
        write_text(&w, (const char[]){'w', (char)('1' + i), ' ', 0});
        log_write_vkey(s->prim, &s->witness[i], &w);
    }
    write_text(&w, "\ngroup g 2 w1 w2 w3\nquorum g\n");
    must(writer_ok(&w));
    s->log_policy[w.n] = 0;
    must(accepted(tl_read_policy(s->prim, span_text(s->log_policy), &s->log_terms)));
    for (uint8_t i = 0; i < 3; i++)
        log_add(&s->log, span_of(&i, 1)); /* entries of others */
}

/* Everything that the profile needs, and nothing else. */
static void write_snp_document(service *s)
{
    const at_tcb_layout *layout = &at_tcb_layouts[s->chip.product];
    size_t n = (size_t)snprintf(s->snp_text, SERVICE_TEXT,
                                "{\"products\":[\"%s\"],\"vmpl\":0,\"not_compared\":[\"cspid\"],\"min_tcb\":{\"%s\":{", layout->product,
                                layout->product);
    bool first = true;
    for (size_t i = 0; i < AT_TCB; i++)
        if (layout->part[i].name[0]) {
            n += (size_t)snprintf(s->snp_text + n, SERVICE_TEXT - n, "%s\"%s\":%u", first ? "" : ",", layout->part[i].name,
                                  s->least_tcb[i]);
            first = false;
        }
    snprintf(s->snp_text + n, SERVICE_TEXT - n,
             "}},\"guest_policy\":{\"forbidden\":[\"debug\",\"migrate_ma\"]},\"platform_info\":{\"required\":[\"alias_check_complete\"]}}");
}

void service_read_snp_policy(service *s)
{
    policy_fault fault;
    must(appraisal_policy_read(span_text(s->snp_text), &s->snp_document, &fault));
    s->snp = appraisal_policy_of(&s->snp_document, s->roots, 1);
}

void service_write_snp_policy(service *s)
{
    write_snp_document(s);
    service_read_snp_policy(s);
}

static void make_policy(service *s)
{
    s->roots[0] = (at_root){.product = s->chip.product, .ark = tee_ark(&s->endorsements)};
    service_write_snp_policy(s);
    s->policy = (p1_policy){.log = &s->log_terms,
                            .owner = SPAN(s->owner_key),
                            .releaser = SPAN(s->releaser_key),
                            .least_release = 7,
                            .built = s->now - 30 * 86400,
                            .level = 0,
                            .snp = &s->snp};
}

void service_write_gpu_policy(service *s)
{
    policy_fault fault;
    writer w = writer_of(s->gpu_text, sizeof s->gpu_text - 1);
    nvidia_write_policy(&s->gpu.policy, &w);
    s->gpu_text[w.n] = 0;
    must(gpu_policy_read(span_text(s->gpu_text), &s->gpu_document, &fault));
    s->gpu_terms = gpu_policy_of(&s->gpu_document, s->gpu.policy.root);
}

/* Measurements and the tie are compared; drivers and devices are not pinned by clients, for the owner lists devices. */
void service_add_gpu(service *s)
{
    nvidia_scene_begin(&s->gpu, &(nvidia_twin){.line = s->gpu_line, .pinned = true}, SPAN(s->seed));
    s->gpu.policy.pinned = 0;
    if (s->gpu_lie)
        s->gpu_lie->world(&s->gpu);
    nvidia_scene_seal(&s->gpu);
    service_write_gpu_policy(s);
    s->has_gpu = true;
    s->policy.gpu = &s->gpu_terms;
    s->policy.vendors = 2;
}

void service_make_on(service *s, const prim *p, span seed, const char *name, int64_t now, const service_machine *machine)
{
    memset(s, 0, sizeof *s);
    s->prim = p;
    span_take(seed, s->seed, sizeof s->seed);
    s->now = now;
    s->name = name;
    s->names = NULL;
    s->versions = "[1]";
    s->levels = "[0,2,3]";
    s->tick = 50;
    s->release = 7;
    s->expires = now + 90 * 86400;
    s->gpu_line = machine->gpu;
    s->gpu_lie = machine->gpu_lie;
    make_keys(s);
    make_machine(s, machine);
    make_log(s);
    make_policy(s);
}

void service_make(service *s, const prim *p, span seed, const char *name, int64_t now)
{
    service_make_on(s, p, seed, name, now, &(service_machine){.product = AT_GENOA});
}

/* ---- documents ---- */

void service_release(service *s)
{
    uint8_t room[SERVICE_TEXT + 128];
    writer w = WRITER(room), hex = writer_of(s->manifest, sizeof s->manifest - 1);
    char tail[96];
    write_text(&hex, "{\"snp\":[\"");
    write_hex(&hex, SPAN(s->launch.measurement));
    snprintf(tail, sizeof tail, "\"],\"release\":%llu,\"expires\":%lld%s}", (unsigned long long)s->release, (long long)s->expires,
             s->manifest_more ? s->manifest_more : "");
    write_text(&hex, tail);
    must(writer_ok(&hex));
    s->manifest[hex.n] = 0;
    p1_write_signed_manifest(written(&hex), &w);
    s->prim->ed25519_sign(s->releaser, written(&w), s->manifest_signature);
    prim_digest(s->prim, PRIM_SHA256, written(&hex), s->manifest_digest);
    w = WRITER(room);
    p1_write_manifest_leaf(written(&hex), SPAN(s->manifest_signature), &w);
    s->manifest_index = s->log.n;
    log_add(&s->log, written(&w));
}

static void write_digest(const service *s, writer *w, const char *name, const uint8_t *given)
{
    uint8_t digest[32];
    derive(s, name, digest);
    if (given)
        memcpy(digest, given, sizeof digest);
    write_text(w, ",\"");
    write_text(w, name);
    write_text(w, "\":\"");
    write_hex(w, SPAN(digest));
    write_text(w, "\"");
}

void service_claim(service *s)
{
    char tick[64];
    writer w = writer_of(s->claims, sizeof s->claims - 1);
    write_text(&w, "{\"names\":[\"");
    write_text(&w, s->names ? s->names : s->name);
    write_text(&w, "\"],\"versions\":");
    write_text(&w, s->versions);
    write_text(&w, ",\"levels\":");
    write_text(&w, s->levels);
    snprintf(tick, sizeof tick, ",\"tick\":%llu,\"engine\":1,\"manifest\":\"", (unsigned long long)s->tick);
    write_text(&w, tick);
    write_hex(&w, SPAN(s->manifest_digest));
    write_text(&w, "\"");
    write_digest(s, &w, "model", s->model);
    write_digest(s, &w, "tokenizer", s->tokenizer);
    write_digest(s, &w, "template", NULL);
    write_digest(s, &w, "settings", NULL);
    write_text(&w, s->claims_more ? s->claims_more : "");
    write_text(&w, "}");
    for (size_t i = 0; i < s->spaces; i++)
        write_text(&w, " ");
    must(writer_ok(&w));
    s->claims[w.n] = 0;
}

static p1_item item_of(const service *s, const uint8_t report[AT_REPORT], uint8_t *room, size_t cap)
{
    writer w = writer_of(room, cap);
    p1_write_endorsements(tee_intermediate(&s->endorsements), tee_vek(&s->endorsements), tee_crl(&s->endorsements), &w);
    must(writer_ok(&w));
    return (p1_item){P1_SNP, span_of(report, AT_REPORT), written(&w)};
}

/* Asks the GPU for a report that is tied to this report data of the CPU's evidence. */
static p1_item gpu_item_of(service *s, const uint8_t data[P1_REPORT_DATA], uint8_t *room, size_t cap)
{
    nvidia_scene *g = &s->gpu;
    writer w = writer_of(room, cap);
    memcpy(g->cpu_data, data, sizeof g->cpu_data);
    at_gpu_tied_nonce(s->prim, SPAN(g->cpu_data), g->nonce);
    nvidia_scene_seal(g);
    p1_write_endorsements(g->evidence.chain, g->evidence.root_list, g->evidence.model_list, &w);
    must(writer_ok(&w));
    return (p1_item){P1_GPU, g->evidence.report, written(&w)};
}

static void add_gpu_item(service *s, p1_row *row, const uint8_t data[P1_REPORT_DATA], uint8_t *room, size_t cap)
{
    if (s->has_gpu)
        row->item[row->n++] = gpu_item_of(s, data, room, cap);
}

void service_boot(service *s, span nonce)
{
    uint8_t data[64], report[AT_REPORT], endorsements[2][16384];
    writer w = WRITER(s->boot);
    span_take(nonce, s->nonce, sizeof s->nonce);
    p1_boot_data(s->prim, SPAN(s->nonce), SPAN(s->s.share), SPAN(s->q), span_text(s->claims), data);
    tee_report(&s->chip, &s->launch, data, report);
    p1_row row = {.item = {item_of(s, report, endorsements[0], sizeof endorsements[0])}, .n = 1};
    add_gpu_item(s, &row, data, endorsements[1], sizeof endorsements[1]);
    write_span(&w, SPAN(s->nonce));
    p1_write_row(&row, &w);
    must(writer_ok(&w));
    s->n_boot = w.n;
}

void service_enrol(service *s)
{
    uint8_t claims[P1_DIGEST], boot[P1_DIGEST], signature[P1_SIGNATURE];
    writer w = WRITER(s->statement);
    prim_digest(s->prim, PRIM_SHA256, span_text(s->claims), claims);
    prim_digest(s->prim, PRIM_SHA256, span_of(s->boot, s->n_boot), boot);
    const p1_statement said = {
        .name = span_text(s->name),
        .device = {{P1_SNP, span_of(s->chip.hw_id, at_tcb_layouts[s->chip.product].hw_id)}, {P1_GPU, SPAN(s->gpu.devices[0])}},
        .n_devices = 1 + s->has_gpu,
        .s = SPAN(s->s.share),
        .q = SPAN(s->q),
        .claims = SPAN(claims),
        .boot = SPAN(boot)};
    p1_write_statement(&said, s->now, &w);
    s->prim->ed25519_sign(s->owner, written(&w), signature);
    write_span(&w, SPAN(signature));
    must(writer_ok(&w));
    s->n_statement = w.n;
    s->statement_index = s->log.n;
    log_add(&s->log, written(&w));
}

void service_finish(service *s)
{
    uint8_t nonce[32];
    service_release(s);
    service_claim(s);
    derive(s, "nonce", nonce);
    service_boot(s, SPAN(nonce));
    service_enrol(s);
}

void service_start(service *s, const prim *p, span seed, const char *name, int64_t now)
{
    service_make(s, p, seed, name, now);
    service_finish(s);
}

/* ---- evidence ---- */

/* The tree over binders is an RFC 6962 tree: a log of its own. */
static void tree_of(const service *s, const service_evidence *e, sim_log *tree)
{
    *tree = (sim_log){.prim = s->prim};
    for (size_t i = 0; i < e->n; i++)
        log_add(tree, SPAN(e->binder[i]));
}

void service_bind(const service *s, service_evidence *e)
{
    static sim_log tree;
    uint8_t root[TL_HASH];
    writer w = WRITER(e->path);
    tree_of(s, e, &tree);
    log_inclusion(&tree, e->index, e->n, &w);
    must(writer_ok(&w));
    e->n_path = w.n;
    log_root(&tree, e->n, root);
    p1_report_data(s->prim, e->n_hashed, root, e->report_data);
    memcpy(e->gpu_data, e->report_data, sizeof e->gpu_data);
}

void service_honest_evidence(service *s, uint32_t epoch, const uint8_t x[P1_DIGEST], service_evidence *e)
{
    memset(e, 0, sizeof *e);
    e->n = 3;
    e->index = epoch % 3;
    for (size_t i = 0; i < e->n; i++)
        derive(s, i == 0 ? "another binder" : i == 1 ? "a third binder" : "a fourth", e->binder[i]);
    p1_binder(s->prim, epoch, x, span_text(s->claims), e->binder[e->index]);
    e->n_written = e->n_hashed = (uint32_t)e->n;
    for (size_t i = 0; i < SERVICE_WITNESSES; i++)
        e->cosigned[i] = s->now - 60 * (int64_t)(i + 1);
    e->size = s->log.n;
    e->log = &s->log;
    service_bind(s, e);
    e->fields = tee_report_fields(&s->chip, &s->launch, e->report_data);
}

static void write_checkpoint(const service *s, const service_evidence *e, writer *out)
{
    char room[P1_CHECKPOINT_MAX + 512];
    writer text = WRITER(room);
    log_write_checkpoint(e->log, e->size, &text);
    for (size_t i = 0; i < s->extension; i++)
        write_text(&text, "x");
    write_text(&text, s->extension ? "\n" : "");
    write_span(out, written(&text));
    write_text(out, "\n");
    log_write_line(s->prim, &e->log->signer, written(&text), 0, out);
    for (size_t i = 0; i < SERVICE_WITNESSES; i++)
        if (e->cosigned[i])
            log_write_line(s->prim, &s->witness[i], written(&text), (uint64_t)e->cosigned[i], out);
    must(writer_ok(out));
}

static void write_proof(const sim_log *log, size_t index, size_t size, writer *out)
{
    write_be(out, index, 8);
    log_inclusion(log, index, size, out);
    must(writer_ok(out));
}

void service_write_attest(service *s, const service_evidence *e, writer *out)
{
    uint8_t report[AT_REPORT], endorsements[2][16384], checkpoint[P1_CHECKPOINT_MAX + 4096], proof[2][1024];
    writer note = WRITER(checkpoint), manifest = WRITER(proof[0]), statement = WRITER(proof[1]);
    tee_seal_report(&s->chip, &e->fields, report);
    p1_row honest = {.item = {item_of(s, report, endorsements[0], sizeof endorsements[0])}, .n = 1};
    if (!e->no_gpu)
        add_gpu_item(s, &honest, e->gpu_data, endorsements[1], sizeof endorsements[1]);
    write_checkpoint(s, e, &note);
    write_proof(&s->log, s->manifest_index, s->log.n, &manifest);
    write_proof(&s->log, s->statement_index, s->log.n, &statement);
    const p1_attest a = {.row = e->row.n ? e->row : honest,
                         .n = e->n_written,
                         .index = e->index,
                         .path = span_of(e->path, e->n_path),
                         .claims = span_text(s->claims),
                         .manifest = span_text(s->manifest),
                         .manifest_signature = SPAN(s->manifest_signature),
                         .statement = span_of(s->statement, s->n_statement),
                         .checkpoint = written(&note),
                         .manifest_proof = written(&manifest),
                         .statement_proof = written(&statement),
                         .boot = span_of(s->boot, s->n_boot)};
    p1_write_attest(&a, out);
    must(writer_ok(out));
}

void service_attest(service *s, uint32_t epoch, const uint8_t x[P1_DIGEST], writer *out)
{
    service_evidence e;
    service_honest_evidence(s, epoch, x, &e);
    service_write_attest(s, &e, out);
}

verdict service_judge(const service *s, const p1_expected *e, span attest, p1_memory *memory, p1_appraisal *out)
{
    static uint8_t room[TL_ROOM];
    const p1_verifier v = {.prim = s->prim, .policy = &s->policy, .now = s->now, .room = WRITER(room)};
    return p1_verify(&v, e, attest, memory, out);
}
