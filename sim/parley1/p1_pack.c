#include "p1_pack.h"
#include "base64.h"
#include "json.h"
#include "rfc3339.h"

#include <stdio.h>
#include <string.h>

/* ---- writing ---- */

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
    hex(out, "seed", SPAN(s->seed));
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

/* ---- reading ---- */

static bool take_profile(p1_pack *p, const prim *lib, span value)
{
    (void)p, (void)lib;
    return json_string_is(value, "parley1");
}

static bool take_revision(p1_pack *p, const prim *lib, span value)
{
    (void)p, (void)lib;
    return json_kind_of(value) == JSON_STRING;
}

static bool take_time(p1_pack *p, const prim *lib, span value)
{
    char when[RFC3339_ROOM] = {0};
    writer w = writer_of(when, sizeof when - 1);
    instant at;
    (void)lib;
    const bool good = json_string(value, &w) && !rfc3339_read(when, &at);
    p->time = good ? at.seconds : 0;
    return good;
}

static bool take_name(p1_pack *p, const prim *lib, span value)
{
    writer w = writer_of(p->name, P1_NAME_MAX);
    (void)lib;
    return json_string(value, &w) && p1_is_name(written(&w));
}

static bool take_seed(p1_pack *p, const prim *lib, span value)
{
    (void)lib;
    return p->has_seed = json_bytes(value, p->seed, sizeof p->seed);
}

static bool take_owner(p1_pack *p, const prim *lib, span value)
{
    (void)lib;
    p->policy.owner = SPAN(p->owner);
    return json_bytes(value, p->owner, sizeof p->owner);
}

static bool take_releaser(p1_pack *p, const prim *lib, span value)
{
    (void)lib;
    p->policy.releaser = SPAN(p->releaser);
    return json_bytes(value, p->releaser, sizeof p->releaser);
}

static bool take_least_release(p1_pack *p, const prim *lib, span value)
{
    (void)lib;
    return json_uint(value, INT64_MAX, &p->policy.least_release);
}

static bool take_built(p1_pack *p, const prim *lib, span value)
{
    (void)lib;
    return json_int(value, 0, INT64_MAX, &p->policy.built);
}

/* What is decoded stays in the pack's room. */
static bool take_text(p1_pack *p, span value, span *out)
{
    const size_t from = p->out.n;
    const bool good = json_string(value, &p->out);
    *out = good ? span_from(written(&p->out), from) : EMPTY;
    return good;
}

static bool take_base64(p1_pack *p, span value, span *out)
{
    const size_t from = p->out.n;
    span digits;
    const bool good = json_raw(value, &digits) && base64_read(digits, &p->out) && p->out.n > from;
    *out = good ? span_from(written(&p->out), from) : EMPTY;
    return good;
}

static bool take_log(p1_pack *p, const prim *lib, span value)
{
    span text;
    p->policy.log = &p->log;
    return take_text(p, value, &text) && accepted(tl_read_policy(lib, text, &p->log));
}

static bool take_product(p1_pack *p, const prim *lib, span value)
{
    (void)lib;
    for (int i = 0; i < AT_PRODUCTS; i++)
        if (json_string_is(value, at_tcb_layouts[i].product)) {
            p->root[0].product = (at_product)i;
            return true;
        }
    return false;
}

static bool take_ark(p1_pack *p, const prim *lib, span value)
{
    (void)lib;
    return take_base64(p, value, &p->root[0].ark);
}

static bool take_snp(p1_pack *p, const prim *lib, span value)
{
    policy_fault fault;
    (void)lib;
    return appraisal_policy_read(value, &p->snp_document, &fault);
}

static bool take_vendors(p1_pack *p, const prim *lib, span value)
{
    (void)lib;
    return json_uint(value, 2, &p->vendors) && p->vendors > 0;
}

static bool take_gpu_root(p1_pack *p, const prim *lib, span value)
{
    (void)lib;
    return take_base64(p, value, &p->gpu_root);
}

static bool take_gpu(p1_pack *p, const prim *lib, span value)
{
    policy_fault fault;
    (void)lib;
    return p->has_gpu_policy = gpu_policy_read(value, &p->gpu_document, &fault);
}

static const struct pack_member {
    const char *name;
    bool (*take)(p1_pack *, const prim *, span value);
    bool may_lack;
    const char *form;
} members[] = {{"profile", take_profile, false, "`parley1`"},
               {"revision", take_revision, false, "a string"},
               {"time", take_time, false, "a time as RFC 3339 writes it"},
               {"name", take_name, false, "a host name in lower case"},
               {"seed", take_seed, true, "64 hexadecimal digits"},
               {"owner", take_owner, false, "64 hexadecimal digits"},
               {"releaser", take_releaser, false, "64 hexadecimal digits"},
               {"least_release", take_least_release, false, "a number"},
               {"built", take_built, false, "seconds since 1970"},
               {"log_policy", take_log, false, "the text of a log's policy"},
               {"product", take_product, false, "a product line"},
               {"ark", take_ark, false, "a certificate in base64"},
               {"snp_policy", take_snp, false, "an appraisal policy for SEV-SNP"},
               {"vendors", take_vendors, true, "1 or 2"},
               {"gpu_root", take_gpu_root, true, "a certificate in base64"},
               {"gpu_policy", take_gpu, true, "an appraisal policy for GPUs"}};
enum { MEMBERS = sizeof members / sizeof *members };

static bool fail(char why[P1_PACK_FAULT], const char *name, const char *what)
{
    snprintf(why, P1_PACK_FAULT, "%s: %s", name, what);
    return false;
}

static bool take_member(p1_pack *p, const prim *lib, const json_cursor *c, bool seen[MEMBERS], char why[P1_PACK_FAULT])
{
    for (size_t i = 0; i < MEMBERS; i++) {
        if (!json_string_is(c->name, members[i].name))
            continue;
        seen[i] = true;
        if (members[i].take(p, lib, c->value))
            return true;
        snprintf(why, P1_PACK_FAULT, "%s: is not %s", members[i].name, members[i].form);
        return false;
    }
    return fail(why, "pack.json", "has a member that no pack of parley1 has");
}

/* Both or neither of the members about GPUs; two vendors need them. */
static bool finish(p1_pack *p, char why[P1_PACK_FAULT])
{
    const bool root = p->gpu_root.n > 0;
    p->snp = appraisal_policy_of(&p->snp_document, p->root, 1);
    p->policy.snp = &p->snp;
    p->policy.vendors = (unsigned)p->vendors;
    if (root != p->has_gpu_policy)
        return fail(why, root ? "gpu_policy" : "gpu_root", "missing, though the other one is there");
    if (root) {
        p->gpu = gpu_policy_of(&p->gpu_document, p->gpu_root);
        p->policy.gpu = &p->gpu;
    }
    return p1_policy_fits(&p->policy) || fail(why, "pack.json", "leaves a client without something that it has to verify");
}

bool p1_pack_read(p1_pack *p, const prim *lib, span text, char why[P1_PACK_FAULT])
{
    bool seen[MEMBERS] = {false};
    span object;
    memset(p, 0, sizeof *p);
    p->out = WRITER(p->room);
    p->vendors = 1;
    if (!json_read(text, &object) || json_kind_of(object) != JSON_OBJECT)
        return fail(why, "pack.json", "is not one JSON object");
    for (json_cursor c = json_enter(object); json_next(&c);)
        if (!take_member(p, lib, &c, seen, why))
            return false;
    for (size_t i = 0; i < MEMBERS; i++)
        if (!seen[i] && !members[i].may_lack)
            return fail(why, members[i].name, "missing");
    return finish(p, why);
}

void p1_pack_of(p1_pack *p, const service *s)
{
    static char room[P1_PACK_MAX];
    char why[P1_PACK_FAULT];
    writer w = WRITER(room);
    p1_pack_write(s, &w);
    must(writer_ok(&w) && p1_pack_read(p, s->prim, written(&w), why));
}

/* ---- the service behind it ---- */

static nvidia_line gpu_line_of(const p1_pack *p)
{
    return p->policy.gpu && p->gpu_document.n_models && span_is(p->gpu_document.models[0], "GH100") ? NVIDIA_HOPPER : NVIDIA_BLACKWELL;
}

bool p1_pack_make_service(const p1_pack *p, const prim *lib, service *out)
{
    must(p->has_seed);
    for (int other = 0; other < 2; other++) {
        const service_machine machine = {.product = p->root[0].product, .other_vendor = other == 1, .gpu = gpu_line_of(p)};
        service_make_on(out, lib, SPAN(p->seed), p->name, p->time, &machine);
        if (!span_same(out->roots[0].ark, p->root[0].ark))
            continue;
        if (p->policy.gpu)
            service_add_gpu(out);
        return true;
    }
    return false;
}
