/* A row of evidence, item by item (parley1_evidence.md, section 4). */
#include "parley1_evidence.h"

#include <string.h>

/* ---- endorsements ---- */

typedef struct endorsements {
    span first, second, third;
} endorsements;

void p1_write_endorsements(span first, span second, span third, writer *out)
{
    p1_write_prefixed(out, 2, first);
    p1_write_prefixed(out, 2, second);
    p1_write_prefixed(out, 4, third);
}

static verdict read_endorsements(span bytes, endorsements *out)
{
    reader r = reader_of(bytes);
    out->first = p1_read_prefixed(&r, 2);
    out->second = p1_read_prefixed(&r, 2);
    out->third = p1_read_prefixed(&r, 4);
    REQUIRE(reader_done(&r), P1_081);
    return ACCEPT;
}

static void add_device(p1_machine *m, uint8_t kind, span id)
{
    must(m->n < P1_ITEMS_MAX && id.n <= P1_DEVICE_MAX);
    span_take(id, m->room[m->n], P1_DEVICE_MAX);
    m->id[m->n] = span_of(m->room[m->n], id.n);
    m->kind[m->n++] = kind;
}

/* ---- SEV-SNP ---- */

static const unsigned needed = AT_WAIVES(AT_REVOCATION) | AT_WAIVES(AT_HW_ID) | AT_WAIVES(AT_VMPL) | AT_WAIVES(AT_REPORT_DATA_VALUE) |
                               AT_WAIVES(AT_REFERENCE_VALUE) | AT_PINS(AT_PIN_TCB) | AT_PINS(AT_PIN_GUEST_POLICY) |
                               AT_PINS(AT_PIN_PLATFORM);

/* The policy's roots with the list that came. */
static at_policy policy_of(const p1_policy *p, at_root roots[AT_PRODUCTS], span list)
{
    at_policy out = *p->snp;
    out.n_roots = out.n_roots < AT_PRODUCTS ? out.n_roots : AT_PRODUCTS;
    for (size_t i = 0; i < out.n_roots; i++)
        roots[i] = (at_root){p->snp->roots[i].product, p->snp->roots[i].ark, list};
    out.roots = roots;
    return out;
}

static verdict appraise_snp(const p1_verifier *v, const p1_item *item, const p1_manifest *m, const uint8_t report_data[64], account *noted,
                            at_claims *out)
{
    const at_world w = {.prim = v->prim, .now = v->now};
    at_root roots[AT_PRODUCTS];
    endorsements e;
    verdict judged = ACCEPT;
    TRY(read_endorsements(item->endorsements, &e));
    at_policy policy = policy_of(v->policy, roots, e.third);
    policy.measurements = m->snp;
    policy.n_measurements = m->n_snp;
    policy.report_data = span_of(report_data, 64);
    const at_evidence evidence = {.report = item->evidence, .vek = e.second, .intermediate = e.first};
    DO(P1_056, judged = at_appraise_snp(&w, &policy, &evidence, noted, out));
    TRY(judged);
    CHECK(noted, (noted->not_compared & needed) == 0, P1_057);
    return ACCEPT;
}

/* Weakened, an appraisal that was left out names the chip that the report names. */
static span chip_of(const p1_item *item, const at_claims *c)
{
    const size_t n = c->product < AT_PRODUCTS ? at_tcb_layouts[c->product].hw_id : AT_CHIP_ID;
    const span named = span_first(span_from(item->evidence, 0x1a0), AT_CHIP_ID);
    return WEAKENED(P1_056) ? named : span_of(c->chip_id, n);
}

static verdict judge_cpu(const p1_verifier *v, const p1_item *item, const p1_manifest *m, const uint8_t report_data[64], account *noted,
                         p1_machine *machine)
{
    at_claims claims = {0};
    if (WEAKENED(P1_055) && machine->n) /* the first one counts */
        return ACCEPT;
    TRY(appraise_snp(v, item, m, report_data, noted, &claims));
    add_device(machine, P1_SNP, chip_of(item, &claims));
    return ACCEPT;
}

/* ---- GPUs ---- */

static const uint64_t gpu_needed = AT_GPU_BIT(AT_GPU_MEASUREMENTS) | AT_GPU_BIT(AT_GPU_FWID) | AT_GPU_BIT(AT_GPU_REVOCATION) |
                                   AT_GPU_BIT(AT_GPU_CPU);

/* Weakened, an appraisal that was left out names the device that the chain names. */
static void name_unjudged(const p1_verifier *v, const at_gpu_evidence *e, at_gpu_claims *out)
{
    at_gpu_chain chain;
    if (!accepted(at_gpu_chain_judge(e, v->policy->gpu, v->now, &chain, NULL)))
        return;
    prim_digest(v->prim, PRIM_SHA384, chain.cert[AT_GPU_DEVICE].key_info, out->device);
}

static void note_all(account *to, const account *from)
{
    for (size_t i = 0; i < from->n_checks; i++)
        account_note(to, from->check[i].req, from->check[i].ok);
}

static verdict judge_gpu(const p1_verifier *v, const p1_item *item, const uint8_t report_data[64], account *noted, p1_machine *machine)
{
    const at_world w = {.prim = v->prim, .now = v->now};
    account own = {0};
    at_gpu_claims claims = {0};
    endorsements e;
    verdict judged = ACCEPT;
    TRY(read_endorsements(item->endorsements, &e));
    const at_gpu_evidence evidence = {.report = item->evidence,
                                      .chain = e.first,
                                      .root_list = e.second,
                                      .model_list = e.third,
                                      .cpu_data = span_of(report_data, P1_REPORT_DATA)};
    DO(P1_065, judged = at_appraise_gpu(&w, v->policy->gpu, &evidence, &own, &claims));
    note_all(noted, &own);
    TRY(judged);
    CHECK(noted, (own.not_compared & gpu_needed) == 0, P1_066);
    if (WEAKENED(P1_065))
        name_unjudged(v, &evidence, &claims);
    add_device(machine, P1_GPU, SPAN(claims.device));
    return ACCEPT;
}

/* ---- the row ---- */

static size_t count(const p1_row *row, uint8_t kind)
{
    size_t n = 0;
    for (size_t i = 0; i < row->n; i++)
        n += row->item[i].kind == kind;
    return n;
}

static verdict judge_item(const p1_verifier *v, const p1_item *item, const p1_manifest *m, const uint8_t report_data[64], account *noted,
                          p1_machine *out)
{
    if (item->kind == P1_SNP)
        return judge_cpu(v, item, m, report_data, noted, out);
    return item->kind == P1_GPU && v->policy->gpu ? judge_gpu(v, item, report_data, noted, out) : ACCEPT;
}

verdict p1_judge_row(const p1_verifier *v, const p1_row *row, const p1_manifest *m, const uint8_t report_data[64], account *noted,
                     p1_machine *out)
{
    const size_t cpus = count(row, P1_SNP), gpus = v->policy->gpu ? count(row, P1_GPU) : 0;
    memset(out, 0, sizeof *out);
    out->vendors = 1 + (gpus > 0);
    CHECK(noted, cpus + gpus == row->n, P1_054);
    CHECK(noted, cpus == 1, P1_055);
    CHECK(noted, out->vendors >= v->policy->vendors, P1_067);
    for (size_t i = 0; i < row->n; i++)
        TRY(judge_item(v, &row->item[i], m, report_data, noted, out));
    return ACCEPT;
}
