#include "verify_gpu.h"
#include "base64.h"
#include "exits.h"
#include "verify_policy.h"

#include <string.h>

const comparisons verify_gpu_comparisons = {at_gpu_comparison_names, AT_GPU_COMPARISONS};

/* ---- what is given ---- */

static bool is_white(uint8_t c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

/* A report may be a text in hexadecimal or base64, as tools print it: then it becomes its bytes. */
static void unwrap_report(verify_file *f)
{
    static uint8_t room[VERIFY_FILE_MAX];
    writer digits = WRITER(room), base64 = WRITER(room);
    span text = f->all;
    while (text.n && is_white(text.p[text.n - 1]))
        text.n--;
    const writer *const found = read_hex(text, &digits) ? &digits : base64_read(text, &base64) ? &base64 : NULL;
    if (!found || text.n == 0)
        return;
    span_take(written(found), f->bytes, found->n);
    f->all = span_of(f->bytes, found->n);
}

/* A member in base64, decoded into the file. */
static bool take_member(span object, const char *name, verify_file *f)
{
    static uint8_t room[VERIFY_FILE_MAX];
    writer w = WRITER(room);
    span value, text;
    if (!json_member(object, name, &value) || !json_raw(value, &text) || !base64_read(text, &w))
        return false;
    span_take(written(&w), f->bytes, w.n);
    f->all = span_of(f->bytes, w.n);
    return true;
}

/* What NVIDIA's tools write: an object, or an array of one, with the report as `evidence` and the chain as `certificate`. False when it is another. */
static bool unwrap_document(verify_gpu_part *g)
{
    static verify_file kept;
    span value;
    kept = g->report;
    kept.all = span_of(kept.bytes, g->report.all.n);
    if (!json_read(kept.all, &value) || (json_kind_of(value) != JSON_OBJECT && json_kind_of(value) != JSON_ARRAY))
        return true; /* no document */
    json_cursor c = json_enter(value);
    const bool is_row = json_kind_of(value) == JSON_ARRAY;
    if (is_row && !json_next(&c))
        return false;
    const span object = is_row ? c.value : value;
    const bool one = !is_row || !json_next(&c);
    const bool chain = g->chain.all.n > 0 || take_member(object, "certificate", &g->chain);
    return one && chain && take_member(object, "evidence", &g->report);
}

static int take_root(const cli_call *call, const verify_gpu_part *g)
{
    x509_view root;
    if (x509_view_read(g->root.all, &root))
        return EXIT_LEVEL;
    return cli_fail(call, EXIT_USAGE, "gpu-root: '%s' is not one certificate of version 3", cli_value(call, "gpu-root"));
}

static int need_chain_and_root(const cli_call *call, const verify_gpu_part *g)
{
    if (g->chain.all.n > 0 && cli_given(call, "gpu-root"))
        return EXIT_LEVEL;
    return cli_usage(call, "--gpu-chain and --gpu-root are needed: nothing is fetched, and no root is built in");
}

int verify_gpu_load(const cli_call *call, const char *report, verify_gpu_part *g)
{
    int failed = verify_load(call, "gpu", report, &g->report);
    failed = failed ? failed : verify_load_option(call, "gpu-chain", NULL, &g->chain);
    failed = failed ? failed : verify_load_option(call, "gpu-root", "CERTIFICATE", &g->root);
    failed = failed ? failed : verify_load_option(call, "gpu-root-crl", "X509 CRL", &g->root_list);
    failed = failed ? failed : verify_load_option(call, "gpu-model-crl", "X509 CRL", &g->model_list);
    if (!failed && !unwrap_document(g))
        return cli_fail(call, EXIT_USAGE, "gpu: '%s' is no document of one GPU with `evidence` and `certificate` in base64", report);
    failed = failed ? failed : need_chain_and_root(call, g);
    failed = failed ? failed : take_root(call, g);
    unwrap_report(&g->report);
    g->given = true;
    return failed;
}

int verify_gpu_take_nonce(const cli_call *call, gpu_policy *p)
{
    const char *digits = cli_value(call, "gpu-nonce");
    writer w = WRITER(p->nonce);
    if (!digits)
        return EXIT_LEVEL;
    if (!read_hex(span_text(digits), &w) || w.n != sizeof p->nonce)
        return cli_usage(call, "--gpu-nonce takes 64 lower-case hexadecimal digits");
    p->given |= AT_GPU_BIT(AT_GPU_NONCE);
    p->waived &= ~p->given;
    return EXIT_LEVEL;
}

/* ---- the judgement ---- */

verdict verify_gpu_judge(verify_gpu_part *g, const at_world *world, const policy_document *document, span cpu_data)
{
    const at_gpu_policy policy = gpu_policy_of(&document->gpu, g->root.all);
    const at_gpu_evidence evidence = {.report = g->report.all,
                                      .chain = g->chain.all,
                                      .root_list = g->root_list.all,
                                      .model_list = g->model_list.all,
                                      .cpu_data = cpu_data};
    TRY(policy_kind_judge(document, AT_KIND_GPU, &g->account));
    const verdict v = at_appraise_gpu(world, &policy, &evidence, &g->account, &g->claims);
    g->accepted = accepted(v);
    return v;
}

/* ---- the answer ---- */

void verify_gpu_write_claims(writer *w, const verify_gpu_part *g)
{
    const at_gpu_claims *const c = &g->claims;
    if (!g->accepted)
        return;
    write_text(w, ",\"claims\":{\"model\":");
    json_write_text(w, c->model);
    answer_text(w, "driver", c->driver);
    answer_text(w, "vbios", c->vbios);
    if (c->has_mode)
        answer_text(w, "mode", at_gpu_mode_names[c->mode]);
    answer_number(w, "blocks", c->n_blocks);
    answer_digits(w, "nonce", SPAN(c->nonce));
    answer_digits(w, "device", SPAN(c->device));
    answer_digits(w, "fwid", SPAN(c->fwid));
    answer_digits(w, "identity", SPAN(c->identity));
    write_text(w, "}");
}

void verify_gpu_write(writer *w, const verify_gpu_part *g)
{
    write_text(w, ",\"gpu\":{");
    answer_write_account(w, &g->account, verify_gpu_comparisons);
    verify_gpu_write_claims(w, g);
    write_text(w, "}");
}

/* ---- the verb ---- */

typedef struct gpu_desk {
    verify_desk desk;
    uint8_t cpu_data[AT_REPORT_DATA];
    bool has_cpu;
} gpu_desk;

static int gather(const cli_call *call, gpu_desk *d)
{
    const char *report = cli_operand(call, 1);
    if (!report || call->argc > 2 || cli_given(call, "gpu"))
        return cli_usage(call, "give one report: verify gpu REPORT --gpu-chain FILE --gpu-root FILE");
    gpu_policy *const p = &d->desk.policy.gpu;
    gpu_policy_built_in(p);
    int failed = verify_gpu_load(call, report, &d->desk.gpu);
    failed = failed ? failed : verify_take_policy(call, &d->desk);
    failed = failed ? failed : verify_gpu_take_nonce(call, p);
    failed = failed ? failed : verify_take_report_data(call, d->cpu_data, &d->has_cpu);
    p->ties_cpu |= d->has_cpu;
    return failed;
}

static void write_claims(writer *w, const void *what) { verify_gpu_write_claims(w, &((const gpu_desk *)what)->desk.gpu); }

int verify_gpu(const cli_call *call)
{
    static gpu_desk d;
    memset(&d, 0, sizeof d);
    d.desk.kind = AT_KIND_GPU;
    prim_start();
    const int failed = gather(call, &d);
    if (failed)
        return failed;
    verify_gpu_part *const g = &d.desk.gpu;
    verdict v = verify_gpu_judge(g, &d.desk.world, &d.desk.policy, d.has_cpu ? SPAN(d.cpu_data) : EMPTY);
    if (accepted(v))
        v = policy_vendors_judge(&d.desk.policy, 1u << AT_KIND_GPU, &g->account);
    g->accepted &= accepted(v);
    g->given = false; /* it is not beside anything */
    d.desk.account = g->account;
    return verify_say(call, &d.desk, v, verify_gpu_comparisons, write_claims, NULL, &d);
}
