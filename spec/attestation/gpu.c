#include "gpu.h"

#include <string.h>

const char *const at_gpu_comparison_names[AT_GPU_COMPARISONS + 1] = {
    [AT_GPU_NONCE] = "nonce",
    [AT_GPU_MEASUREMENTS] = "measurements",
    [AT_GPU_FWID] = "fwid",
    [AT_GPU_REVOCATION] = "revocation",
    [AT_GPU_CPU] = "cpu",
    [AT_GPU_DRIVER] = "driver",
    [AT_GPU_VBIOS] = "vbios",
    [AT_GPU_MODE] = "mode",
    [AT_GPU_DEVICE_KEY] = "device",
    [AT_GPU_DEBUG] = "debug",
    [AT_GPU_DEVICE_REVOCATION] = "device_revocation",
};

const char *const at_gpu_mode_names[AT_GPU_MODES + 1] = {[AT_GPU_SPT] = "spt", [AT_GPU_MPT] = "mpt", [AT_GPU_PPCIE] = "ppcie"};

typedef struct gpu_appraisal {
    const at_world *world;
    const at_gpu_policy *policy;
    const at_gpu_evidence *evidence;
    at_gpu_report report;
    at_gpu_chain chain;
    at_dice dice;
    uint8_t device[AT_GPU_DIGEST];
    account *account; /* may be NULL */
} gpu_appraisal;

void at_gpu_leave_out(account *to, at_gpu_comparison c) { DO(AT_349, account_leave_out(to, c)); }

/* A comparison that the policy waives is listed, and holds. */
static bool holds_or_waived(const gpu_appraisal *g, at_gpu_comparison c, bool held)
{
    if (!at_gpu_waives(g->policy, c))
        return held;
    at_gpu_leave_out(g->account, c);
    return true;
}

/* One that the policy does not ask for likewise. */
static bool holds_or_not_pinned(const gpu_appraisal *g, at_gpu_comparison c, bool held)
{
    if (g->policy->pinned & AT_GPU_BIT(c))
        return held;
    at_gpu_leave_out(g->account, c);
    return true;
}

/* ---- 5. The signature ---- */

/* An uncompressed point ends a SubjectPublicKeyInfo. */
static verdict judge_signature(const gpu_appraisal *g)
{
    enum { POINT = 97 };
    uint8_t point[POINT];
    const span info = g->chain.cert[AT_GPU_LEAF].key_info;
    const uint8_t *const r = g->report.signature.p;
    span_take(span_from(info, info.n < POINT ? 0 : info.n - POINT), point, sizeof point);
    CHECK(g->account, ecdsa_p384_verify(point, g->report.signed_part, r, r + AT_GPU_SIGNATURE / 2), AT_336);
    return ACCEPT;
}

/* ---- 6. The policy ---- */

void at_gpu_tied_nonce(const prim *p, span report_data, uint8_t out[AT_SPDM_NONCE])
{
    const span parts[] = {span_text("parley gpu nonce v1"), report_data};
    p->hash(PRIM_SHA256, parts, 2, out);
}

static bool nonce_is_expected(const gpu_appraisal *g)
{
    const at_gpu_policy *p = g->policy;
    return (p->ties_cpu && p->nonce.n == 0) || span_same(g->report.request.nonce, p->nonce);
}

static bool is_tied(const gpu_appraisal *g)
{
    uint8_t nonce[AT_SPDM_NONCE];
    const span data = g->evidence->cpu_data;
    at_gpu_tied_nonce(g->world->prim, data, nonce);
    return data.n == AT_REPORT_DATA && span_same(g->report.request.nonce, SPAN(nonce));
}

static verdict judge_nonce(const gpu_appraisal *g)
{
    if (!g->policy->ties_cpu)
        at_gpu_leave_out(g->account, AT_GPU_CPU);
    CHECK(g->account, holds_or_waived(g, AT_GPU_NONCE, nonce_is_expected(g)), AT_340);
    CHECK(g->account, !g->policy->ties_cpu || is_tied(g), AT_341);
    return ACCEPT;
}

static bool find_block(span record, uint64_t index, at_spdm_block *out)
{
    while (at_spdm_next(&record, out))
        if (out->index == index)
            return true;
    return false;
}

static bool is_left_out(const gpu_appraisal *g, uint64_t index)
{
    enum { BLOCK_OF_NVDEC0 = 36, DISABLED = 0x55 };
    const span status = at_opaque_find(g->report.opaque, AT_OPAQUE_NVDEC0);
    return index == BLOCK_OF_NVDEC0 && status.n == 1 && status.p[0] == DISABLED;
}

/* Whether the block of this index is a digest that some reference of the index has. */
static bool block_is_expected(const gpu_appraisal *g, uint64_t index)
{
    const at_gpu_policy *p = g->policy;
    at_spdm_block b = {0};
    bool found = false;
    const bool is_digest = find_block(g->report.record, index, &b) && !(b.type & AT_SPDM_RAW);
    for (size_t i = 0; i < p->n_references; i++)
        found |= p->references[i].index == index && span_same(b.value, SPAN(p->references[i].value));
    return is_digest && found;
}

static bool measurements_are_expected(const gpu_appraisal *g)
{
    const at_gpu_policy *p = g->policy;
    bool all = p->n_references > 0;
    for (size_t i = 0; i < p->n_references; i++)
        all &= is_left_out(g, p->references[i].index) || block_is_expected(g, p->references[i].index);
    return all;
}

/* False when the flag is there and no mode. */
static bool read_mode(const gpu_appraisal *g, bool *has_mode, at_gpu_mode *mode)
{
    const span flag = at_opaque_find(g->report.opaque, AT_OPAQUE_FEATURE);
    reader r = reader_of(flag);
    const uint64_t value = read_le(&r, flag.n <= 8 ? flag.n : 8);
    *has_mode = flag.n > 0;
    *mode = value < AT_GPU_MODES ? (at_gpu_mode)value : AT_GPU_SPT;
    return value < AT_GPU_MODES;
}

static bool mode_is_listed(const gpu_appraisal *g)
{
    bool has_mode;
    at_gpu_mode mode;
    (void)read_mode(g, &has_mode, &mode);
    return has_mode && g->policy->modes >> mode & 1;
}

static bool is_among(const at_texts *texts, span value)
{
    bool found = false;
    for (size_t i = 0; i < texts->n; i++)
        found |= value.n > 0 && span_same(value, texts->text[i]);
    return found;
}

static span driver_of(const at_gpu_report *r)
{
    span text = at_opaque_find(r->opaque, AT_OPAQUE_DRIVER);
    while (text.n && text.p[text.n - 1] == 0)
        text.n--;
    return text;
}

static bool vbios_is_listed(const gpu_appraisal *g)
{
    char text[AT_VBIOS_TEXT];
    at_vbios_write(at_opaque_find(g->report.opaque, AT_OPAQUE_VBIOS), text);
    return is_among(&g->policy->vbios, span_text(text));
}

static bool device_is_listed(const gpu_appraisal *g)
{
    bool found = false;
    for (size_t i = 0; i < g->policy->n_devices; i++)
        found |= bytes_equal(g->policy->devices[i], g->device, AT_GPU_DIGEST);
    return found;
}

static verdict judge_state(const gpu_appraisal *g)
{
    account *const to = g->account;
    const span driver = driver_of(&g->report);
    bool has_mode;
    at_gpu_mode mode;
    CHECK(to, holds_or_waived(g, AT_GPU_MEASUREMENTS, measurements_are_expected(g)), AT_342);
    CHECK(to, read_mode(g, &has_mode, &mode), AT_343);
    CHECK(to, holds_or_not_pinned(g, AT_GPU_DRIVER, is_among(&g->policy->drivers, driver)), AT_344);
    CHECK(to, holds_or_not_pinned(g, AT_GPU_VBIOS, vbios_is_listed(g)), AT_345);
    CHECK(to, holds_or_not_pinned(g, AT_GPU_MODE, mode_is_listed(g)), AT_346);
    CHECK(to, holds_or_not_pinned(g, AT_GPU_DEVICE_KEY, device_is_listed(g)), AT_347);
    return ACCEPT;
}

/* ---- 7. What an appraisal hands out ---- */

static void hand_out_text(span text, char out[X509_NAME_MAX + 1])
{
    bool plain = text.n <= X509_NAME_MAX;
    for (size_t i = 0; i < text.n; i++)
        plain = plain && text.p[i] >= 0x20 && text.p[i] < 0x7f;
    span_take(plain ? text : EMPTY, out, X509_NAME_MAX + 1);
}

static void hand_out(const gpu_appraisal *g, at_gpu_claims *out)
{
    span model;
    (void)at_gpu_model_of(&g->chain, &model);
    hand_out_text(model, out->model);
    hand_out_text(driver_of(&g->report), out->driver);
    at_vbios_write(at_opaque_find(g->report.opaque, AT_OPAQUE_VBIOS), out->vbios);
    (void)read_mode(g, &out->has_mode, &out->mode);
    out->n_blocks = g->report.response.n_blocks;
    span_take(g->report.request.nonce, out->nonce, sizeof out->nonce);
    span_take(g->dice.fwid, out->fwid, sizeof out->fwid);
    memcpy(out->device, g->device, sizeof out->device);
    prim_digest(g->world->prim, PRIM_SHA384, EMIT(AT_348, g->report.signed_part), out->identity);
}

static verdict appraise(gpu_appraisal *g)
{
    TRY(at_gpu_report_read(g->evidence->report, &g->report, g->account));
    TRY(at_gpu_chain_judge(g->evidence, g->policy, g->world->now, &g->chain, g->account));
    TRY(at_gpu_device_judge(&g->report, &g->chain, g->policy, &g->dice, g->account));
    prim_digest(g->world->prim, PRIM_SHA384, g->chain.cert[AT_GPU_DEVICE].key_info, g->device);
    TRY(judge_signature(g));
    TRY(judge_nonce(g));
    return judge_state(g);
}

verdict at_appraise_gpu(const at_world *world, const at_gpu_policy *policy, const at_gpu_evidence *evidence, account *to,
                        at_gpu_claims *out)
{
    gpu_appraisal g;
    g.world = world;
    g.policy = policy;
    g.evidence = evidence;
    g.account = to;
    memset(out, 0, sizeof *out);
    TRY(appraise(&g));
    hand_out(&g, out);
    return ACCEPT;
}
