/* Honest reports of each kind, unusual ones that are to be accepted all the same, and the lies, each beside its honest twin. */
#include "attestation_vectors.h"
#include "json.h"
#include "nvidia_lies.h"

#include <stdio.h>
#include <string.h>

static const char seed_text[] = "vectors";

enum { POLICY_TEXT = 8192 };

static const char *policy_text(const at_gpu_policy *p, char room[POLICY_TEXT])
{
    writer w = writer_of(room, POLICY_TEXT - 1);
    nvidia_write_policy(p, &w);
    must(writer_ok(&w));
    room[w.n] = 0;
    return room;
}

/* ---- cases ---- */

static void put_text(sheet *s, const char *name, span text)
{
    static char room[NVIDIA_CHAIN_MAX];
    must(text.n < sizeof room);
    memcpy(room, text.p, text.n);
    room[text.n] = 0;
    sheet_in(s, TEXT(name, room));
}

static void put_scene(sheet *s, const nvidia_scene *t)
{
    char policy[POLICY_TEXT];
    const at_gpu_evidence *e = &t->evidence;
    sheet_in(s, BYTES("report", e->report));
    put_text(s, "chain", e->chain);
    sheet_in(s, BYTES("root", t->policy.root));
    sheet_in(s, BYTES("root_crl", e->root_list));
    sheet_in(s, BYTES("model_crl", e->model_list));
    sheet_in(s, BYTES("cpu_data", e->cpu_data));
    sheet_in(s, TEXT("policy", policy_text(&t->policy, policy)));
    sheet_in(s, NUMBER("now", (long)t->now));
}

/* What an appraisal hands out, found without one: the digest of all but the signature, and what is not asked for or not said. */
static void put_claims(sheet *s, const nvidia_scene *t)
{
    uint8_t identity[AT_IDENTITY];
    char names[256] = {0};
    writer w = writer_of(names, sizeof names - 1);
    uint64_t left_out = t->policy.waived | AT_GPU_BIT(AT_GPU_DEVICE_REVOCATION) |
                        (t->policy.pinned ? 0 : AT_GPU_BIT(AT_GPU_DEBUG) - AT_GPU_BIT(AT_GPU_CPU));
    if (t->twin.line == NVIDIA_HOPPER)
        left_out |= AT_GPU_BIT(AT_GPU_DEBUG);
    if (t->policy.waived == AT_GPU_WAIVABLE)
        left_out &= ~AT_GPU_BIT(AT_GPU_FWID); /* the report has one, so it is compared all the same */
    for (size_t c = 0; c < AT_GPU_COMPARISONS; c++)
        if (left_out >> c & 1) {
            write_text(&w, w.n ? " " : "");
            write_text(&w, at_gpu_comparison_names[c]);
        }
    prim_digest(&prim_openssl, PRIM_SHA384, span_first(t->evidence.report, t->evidence.report.n - AT_GPU_SIGNATURE), identity);
    sheet_out(s, BYTES("identity", SPAN(identity)));
    sheet_out(s, TEXT("model", t->twin.line == NVIDIA_HOPPER ? "GH100" : "GB100"));
    sheet_out(s, TEXT("not_compared", names));
}

static bool same_twin(const nvidia_twin *a, const nvidia_twin *b) { return a->line == b->line && a->pinned == b->pinned; }

static void add_truths(sheet *s, const nvidia_twin *twin)
{
    static nvidia_scene scene;
    char req[40];
    for (size_t i = 0; i < nvidia_n_truths; i++) {
        if (!same_twin(&nvidia_truths[i].twin, twin))
            continue;
        nvidia_lie_play(&scene, &nvidia_truths[i], span_text(seed_text));
        snprintf(req, sizeof req, "%s", requirement_rows[nvidia_truths[i].req].id);
        sheet_accepts(s, nvidia_truths[i].name, req);
        put_scene(s, &scene);
        put_claims(s, &scene);
    }
}

static void add_lies(sheet *s, const nvidia_twin *twin)
{
    static nvidia_scene scene;
    for (size_t i = 0; i < nvidia_n_lies; i++) {
        const nvidia_lie *l = &nvidia_lies[i];
        if (!same_twin(&l->twin, twin))
            continue;
        nvidia_lie_play(&scene, l, span_text(seed_text));
        sheet_rejects(s, &(rejection){.slug = l->name, .site = requirement_rows[l->req].id, .mutation = l->mutation, .flag = l->name});
        put_scene(s, &scene);
    }
}

static void add_group(sheet *s, const nvidia_twin *twin, const char *gid)
{
    static nvidia_scene honest;
    sheet_group(s, gid, "at:gpu", gid);
    nvidia_scene_play(&honest, twin, span_text(seed_text));
    put_scene(s, &honest);
    sheet_accepts(s, "ok", "AT-348 AT-349");
    put_claims(s, &honest);
    add_truths(s, twin);
    add_lies(s, twin);
}

static cJSON *make_file(void)
{
    static const char *const checked_by[] = {"text", "audit", NULL};
    sheet s = sheet_start(&prim_openssl, "at.gpu", "sim/tee/nvidia_lies", "766563746f7273", checked_by);
    for (size_t i = 0; i < nvidia_n_lies; i++)
        sheet_note(&s, nvidia_lies[i].name, "AUTH_BYPASS", nvidia_lies[i].reason, requirement_rows[nvidia_lies[i].req].id);
    add_group(&s, &(nvidia_twin){.line = NVIDIA_HOPPER}, "gpu-hopper");
    add_group(&s, &(nvidia_twin){.line = NVIDIA_BLACKWELL}, "gpu-blackwell");
    add_group(&s, &(nvidia_twin){.line = NVIDIA_BLACKWELL, .pinned = true}, "gpu-blackwell-pinned");
    return s.document;
}

/* Vendors sign with what only OpenSSL has, the same for both providers: made once. */
cJSON *gpu_file(const prim *prim, int which)
{
    static cJSON *made;
    (void)prim, (void)which;
    if (!made)
        made = make_file();
    return cJSON_Duplicate(made, 1);
}
