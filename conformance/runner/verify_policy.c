#include "verify_policy.h"
#include "exits.h"

#include <string.h>
#include <time.h>

/* ---- the policy ---- */

/* A document that has the name of a part, or what is about all of them, is a whole one. */
static bool is_whole(span text)
{
    span object, value;
    bool found = false;
    if (!json_read(text, &object))
        return true;
    for (size_t k = 0; k < AT_KINDS; k++)
        found |= json_member(object, at_kind_names[k], &value);
    return found || json_member(object, "machines", &value) || json_member(object, "vendors", &value);
}

static bool read_part(verify_desk *d, policy_fault *fault)
{
    policy_document *const p = &d->policy;
    const span text = d->policy_file.all;
    p->kinds = 1u << d->kind;
    switch (d->kind) {
    case AT_KIND_SNP: return appraisal_policy_read(text, &p->snp, fault);
    case AT_KIND_TDX: return quote_policy_read(text, &p->tdx, fault);
    case AT_KIND_SGX: return quote_policy_read(text, &p->sgx, fault);
    case AT_KIND_GPU: return gpu_policy_read(text, &p->gpu, fault);
    default: return policy_document_read(text, p, fault);
    }
}

static int read_policy(const cli_call *call, verify_desk *d)
{
    policy_fault fault = {0};
    char said[512];
    writer w = WRITER(said);
    d->whole_policy = is_whole(d->policy_file.all);
    verdict v = ACCEPT;
    bool good;
    if (d->whole_policy) {
        v = policy_document_judge(d->policy_file.all, &d->policy, &fault, &d->account);
        good = accepted(v);
    } else {
        good = read_part(d, &fault);
    }
    if (good)
        return EXIT_LEVEL;
    policy_fault_write(&w, &fault);
    return cli_fail(call, EXIT_USAGE, "policy: '%s': %.*s%s%s", cli_value(call, "policy"), (int)w.n, said, accepted(v) ? "" : " ",
                    accepted(v) ? "" : requirement_rows[v.req].id);
}

static int take_given_policy(const cli_call *call, verify_desk *d)
{
    d->policy.kinds = 1u << d->kind;
    if (!cli_given(call, "policy"))
        return EXIT_LEVEL;
    const int failed = verify_load_option(call, "policy", NULL, &d->policy_file);
    return failed ? failed : read_policy(call, d);
}

/* A GPU beside other evidence. Without a part for it the built-in one applies, and ties it to that evidence unless there is a nonce. */
static int take_gpu(const cli_call *call, verify_desk *d)
{
    if (d->kind == AT_KIND_GPU || !cli_given(call, "gpu"))
        return EXIT_LEVEL;
    if (!d->whole_policy) {
        gpu_policy_built_in(&d->policy.gpu);
        d->policy.gpu.ties_cpu = !cli_given(call, "gpu-nonce");
        d->policy.kinds |= 1u << AT_KIND_GPU;
    }
    const int failed = verify_gpu_load(call, cli_value(call, "gpu"), &d->gpu);
    return failed ? failed : verify_gpu_take_nonce(call, &d->policy.gpu);
}

int verify_take_policy(const cli_call *call, verify_desk *d)
{
    d->world = (at_world){.prim = &prim_sodium, .now = call->has_at ? call->at.seconds : (int64_t)time(NULL)};
    const int failed = take_given_policy(call, d);
    return failed ? failed : take_gpu(call, d);
}

int verify_take_report_data(const cli_call *call, uint8_t out[AT_REPORT_DATA], bool *given)
{
    const char *digits = cli_value(call, "report-data");
    writer w = writer_of(out, AT_REPORT_DATA);
    *given = digits != NULL;
    if (digits && (!read_hex(span_text(digits), &w) || w.n != AT_REPORT_DATA))
        return cli_usage(call, "--report-data takes 128 lower-case hexadecimal digits: all 64 bytes are compared");
    return EXIT_LEVEL;
}

verdict verify_vendors(verify_desk *d, verdict v, span report_data)
{
    unsigned kinds = 1u << d->kind;
    TRY(v);
    if (d->gpu.given) {
        TRY(verify_gpu_judge(&d->gpu, &d->world, &d->policy, report_data));
        kinds |= 1u << AT_KIND_GPU;
    }
    const verdict together = policy_vendors_judge(&d->policy, kinds, &d->account);
    d->gpu.accepted &= accepted(together);
    return together;
}

/* ---- the answer ---- */

static void put(writer *w)
{
    must(writer_ok(w));
    fwrite(w->p, 1, w->n, stdout);
}

int verify_say(const cli_call *call, const verify_desk *d, verdict v, comparisons all, verify_details *claims, verify_details *lines,
               const void *what)
{
    static char text[131072];
    writer w = WRITER(text);
    const char *format = cli_value(call, "format");
    if (format && strcmp(format, "text") == 0) {
        answer_print_checks(&d->account, all);
        if (d->gpu.given)
            answer_print_checks(&d->gpu.account, verify_gpu_comparisons);
        if (lines)
            lines(&w, what);
        write_text(&w, accepted(v) ? "accept\n" : "reject\n");
    } else {
        answer_write(&w, v, &d->account, all);
        answer_date(&w, "at", d->world.now);
        claims(&w, what);
        if (d->gpu.given)
            verify_gpu_write(&w, &d->gpu);
        write_text(&w, "}\n");
    }
    put(&w);
    return accepted(v) ? EXIT_LEVEL : EXIT_FAILED;
}
