#include "p1_pack.h"
#include "base64.h"
#include "json.h"
#include "rfc3339.h"

static void member(writer *w, const char *name)
{
    write_text(w, ",\n \"");
    write_text(w, name);
    write_text(w, "\": ");
}

static void text(writer *w, const char *name, const char *value)
{
    member(w, name);
    json_write_text(w, value);
}

static void number(writer *w, const char *name, int64_t value)
{
    member(w, name);
    json_write_int(w, value);
}

static void hex(writer *w, const char *name, span bytes)
{
    member(w, name);
    write_text(w, "\"");
    write_hex(w, bytes);
    write_text(w, "\"");
}

static void base64(writer *w, const char *name, span bytes)
{
    member(w, name);
    write_text(w, "\"");
    base64_write(w, bytes);
    write_text(w, "\"");
}

void p1_pack_write(const service *s, writer *out)
{
    char time[40];
    rfc3339_write((instant){.seconds = s->now}, time, sizeof time);
    write_text(out, "{\"profile\": \"parley1\"");
    text(out, "revision", "draft");
    text(out, "time", time);
    text(out, "name", s->name);
    hex(out, "owner", s->policy.owner);
    hex(out, "releaser", s->policy.releaser);
    number(out, "least_release", (int64_t)s->policy.least_release);
    number(out, "built", s->policy.built);
    text(out, "log_policy", s->log_policy);
    text(out, "product", at_tcb_layouts[s->chip.product].product);
    base64(out, "ark", s->roots[0].ark);
    member(out, "snp_policy");
    write_text(out, s->snp_text);
    if (s->has_gpu) {
        number(out, "vendors", s->policy.vendors);
        base64(out, "gpu_root", s->gpu.policy.root);
        member(out, "gpu_policy");
        write_text(out, s->gpu_text);
    }
    write_text(out, "}\n");
}
