/* Honest reports of each kind, unusual ones that are to be accepted all the same, and the lies, each beside its honest twin. */
#include "attestation_vectors.h"
#include "json.h"
#include "nvidia_lies.h"

#include <stdio.h>
#include <string.h>

static const char seed_text[] = "vectors";

enum { POLICY_TEXT = 8192 };

/* ---- the policy as its document ---- */

static void begin_member(writer *w, const char *name)
{
    write_text(w, w->n > 1 ? ",\"" : "\"");
    write_text(w, name);
    write_text(w, "\":");
}

static void write_digits(writer *w, span bytes)
{
    write_text(w, "\"");
    write_hex(w, bytes);
    write_text(w, "\"");
}

static void write_texts(writer *w, const char *name, const at_texts *texts)
{
    begin_member(w, name);
    write_text(w, "[");
    for (size_t i = 0; i < texts->n; i++) {
        write_text(w, i ? "," : "");
        json_write_string(w, texts->text[i]);
    }
    write_text(w, "]");
}

/* Several values of one index stand in one array. */
static void write_values(writer *w, const at_gpu_policy *p, size_t first)
{
    bool more = false;
    write_text(w, "[");
    for (size_t i = first; i < p->n_references; i++)
        if (p->references[i].index == p->references[first].index) {
            write_text(w, more ? "," : "");
            write_digits(w, SPAN(p->references[i].value));
            more = true;
        }
    write_text(w, "]");
}

static bool stands_before(const at_gpu_policy *p, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (p->references[k].index == p->references[i].index)
            return true;
    return false;
}

static void write_measurements(writer *w, const at_gpu_policy *p)
{
    bool more = false;
    begin_member(w, "measurements");
    for (size_t i = 0; i < p->n_references; i++) {
        char name[16];
        if (stands_before(p, i))
            continue;
        snprintf(name, sizeof name, "%s\"%u\":", more ? "," : "{", p->references[i].index);
        write_text(w, name);
        write_values(w, p, i);
        more = true;
    }
    write_text(w, more ? "}" : "{}");
}

static void write_names(writer *w, const char *name, uint64_t set, const char *const *names)
{
    bool more = false;
    begin_member(w, name);
    write_text(w, "[");
    for (size_t i = 0; names[i]; i++)
        if (set >> i & 1) {
            write_text(w, more ? "," : "");
            json_write_text(w, names[i]);
            more = true;
        }
    write_text(w, "]");
}

static void write_pins(writer *w, const at_gpu_policy *p)
{
    if (p->ties_cpu)
        begin_member(w, "tied_to_cpu"), write_text(w, "true");
    if (p->pinned & AT_GPU_BIT(AT_GPU_DRIVER))
        write_texts(w, "drivers", &p->drivers);
    if (p->pinned & AT_GPU_BIT(AT_GPU_VBIOS))
        write_texts(w, "vbios", &p->vbios);
    if (p->pinned & AT_GPU_BIT(AT_GPU_MODE))
        write_names(w, "modes", p->modes, at_gpu_mode_names);
    if (!(p->pinned & AT_GPU_BIT(AT_GPU_DEVICE_KEY)))
        return;
    begin_member(w, "devices");
    write_text(w, "[");
    for (size_t i = 0; i < p->n_devices; i++)
        write_digits(w, SPAN(p->devices[i]));
    write_text(w, "]");
}

static const char *policy_text(const at_gpu_policy *p, char room[POLICY_TEXT])
{
    static const span no_model = {(const uint8_t *)"none", 4};
    const at_texts nobody = {&no_model, 1};
    writer w = writer_of(room, POLICY_TEXT - 1);
    write_text(&w, "{");
    write_texts(&w, "models", p->models.n ? &p->models : &nobody); /* a document has at least one */
    if (p->nonce.n) {
        begin_member(&w, "nonce");
        write_digits(&w, p->nonce);
    }
    if (!(p->waived & AT_GPU_BIT(AT_GPU_MEASUREMENTS)))
        write_measurements(&w, p);
    write_pins(&w, p);
    if (p->waived)
        write_names(&w, "not_compared", p->waived, at_gpu_comparison_names);
    write_text(&w, "}");
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
