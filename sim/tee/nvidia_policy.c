/* A policy about GPUs as the document that gpu_policy.h reads. */
#include "json.h"
#include "nvidia.h"

#include <stdio.h>

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

void nvidia_write_policy(const at_gpu_policy *p, writer *w)
{
    static const span no_model = {(const uint8_t *)"none", 4};
    const at_texts nobody = {&no_model, 1};
    const size_t before = w->n;
    writer own = writer_of(w->p + before, w->cap - before);
    write_text(&own, "{");
    write_texts(&own, "models", p->models.n ? &p->models : &nobody); /* a document has at least one */
    if (p->nonce.n) {
        begin_member(&own, "nonce");
        write_digits(&own, p->nonce);
    }
    if (!(p->waived & AT_GPU_BIT(AT_GPU_MEASUREMENTS)))
        write_measurements(&own, p);
    write_pins(&own, p);
    if (p->waived)
        write_names(&own, "not_compared", p->waived, at_gpu_comparison_names);
    write_text(&own, "}");
    must(writer_ok(&own));
    w->n += own.n;
}
