/* A policy document. What is accepted demands what it says: no list is longer than its place, the vendors that it asks for are named by its parts, and
 * a member that means nothing, put anywhere in it, has it refused. What is refused leaves nothing that could accept. */
#include "fuzz_entry.h"
#include "policy_document.h"

#include <string.h>

enum { ROOM = POLICY_DOCUMENT_MAX + 64 };

static policy_document policy;

/* AMD, Intel, Google, NVIDIA: each counts once, however many parts it vouches for. */
static uint64_t vendors_named(const policy_document *d)
{
    const bool google = policy_has(d, AT_KIND_TOKEN) && d->token.issuer == AT_GOOGLE;
    bool intel = policy_has(d, AT_KIND_TOKEN) && !google;
    intel = intel || policy_has(d, AT_KIND_TDX) || policy_has(d, AT_KIND_SGX);
    return (uint64_t)policy_has(d, AT_KIND_SNP) + policy_has(d, AT_KIND_GPU) + google + intel;
}

static void lists_fit(const policy_section *s, const void *part)
{
    for (size_t i = 0; i < s->n; i++) {
        const policy_member *m = &s->member[i];
        if (m->take == policy_bytes_list || m->take == policy_text_list)
            must(*(const size_t *)(const void *)((const uint8_t *)part + m->count_at) <= m->most);
    }
}

static void keeps_its_bounds(const policy_document *d)
{
    must(d->kinds != 0 && d->kinds < 1u << AT_KINDS && d->vendors <= vendors_named(d)); /* AT-263, AT-264 */
    lists_fit(&appraisal_policy_section, &d->snp);
    lists_fit(&quote_policy_section, &d->tdx);
    lists_fit(&quote_policy_section, &d->sgx);
    lists_fit(&token_policy_section, &d->token);
    lists_fit(&gpu_policy_section, &d->gpu);
}

/* AT-261. */
static void refuses_a_stranger(span text, span object)
{
    static uint8_t with[ROOM];
    static policy_document other;
    policy_fault fault;
    writer w = WRITER(with);
    const size_t at = (size_t)(object.p - text.p) + 1;
    if (json_kind_of(object) != JSON_OBJECT)
        return;
    json_cursor first = json_enter(object);
    write_span(&w, span_first(text, at));
    write_text(&w, json_next(&first) ? "\"surplus\":0," : "\"surplus\":0");
    write_span(&w, span_from(text, at));
    must(!policy_document_read(written(&w), &other, &fault) && other.kinds == 0);
    for (json_cursor c = json_enter(object); json_next(&c);)
        refuses_a_stranger(text, c.value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    policy_fault fault;
    span object = EMPTY;
    const span in = span_of(data, n);
    prim_start();
    if (!policy_document_read(in, &policy, &fault)) {
        must(all_zero(span_of(&policy, sizeof policy)) && !policy_is_sound(&fault));
        return 0;
    }
    keeps_its_bounds(&policy);
    must(json_read(in, &object));
    refuses_a_stranger(in, object);
    return 0;
}

#ifdef PARLEY_FUZZ
#include "fuzz_mutate.h"

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t most, unsigned seed)
{
    return seed % 8 ? fuzz_mutate_json(data, n, most, 0, n, seed / 8) : LLVMFuzzerMutate(data, n, most);
}
#endif
