/* Honest evidence of each kind that the lies start from, then each lie beside its honest twin. A group's `common` is the twin; a case
 * says only what is different. */
#include "appraisal_policy.h"
#include "chapter.h"
#include "tee_lies.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char seed_text[] = "vectors";

/* ---- the policy as its document ---- */

static void write_hex_text(writer *w, span s)
{
    write_text(w, "\"");
    write_hex(w, s);
    write_text(w, "\"");
}

static void write_floor(writer *w, at_product product, const uint8_t least[AT_TCB])
{
    const at_tcb_layout *layout = &at_tcb_layouts[product];
    bool first = true;
    for (size_t i = 0; i < AT_TCB; i++) {
        char part[64];
        if (!layout->part[i].name[0])
            continue;
        snprintf(part, sizeof part, "%s\"%s\":%u", first ? "" : ",", layout->part[i].name, least[i]);
        write_text(w, part);
        first = false;
    }
}

static void write_products(writer *w, unsigned products)
{
    bool first = true;
    for (int p = 0; p < AT_PRODUCTS; p++)
        if (products & 1u << p) {
            write_text(w, first ? "\"" : ",\"");
            write_text(w, at_tcb_layouts[p].product);
            write_text(w, "\"");
            first = false;
        }
}

static const char *policy_text(const at_policy *policy, at_product product, bool waives, char room[2048])
{
    writer w = writer_of(room, 2047);
    write_text(&w, "{\"products\":[");
    write_products(&w, policy->products);
    write_text(&w, "]");
    if (!waives) {
        write_text(&w, ",\"measurements\":[");
        for (size_t i = 0; i < policy->n_measurements; i++)
            write_hex_text(&w, span_of(policy->measurements[i], AT_MEASUREMENT));
        write_text(&w, "],\"report_data\":");
        write_hex_text(&w, policy->report_data);
        write_text(&w, ",\"vmpl\":0,\"csp_id\":\"");
        write_span(&w, policy->csp_id);
        write_text(&w, "\"");
    }
    write_text(&w, ",\"min_tcb\":{\"");
    write_text(&w, at_tcb_layouts[product].product);
    write_text(&w, "\":{");
    write_floor(&w, product, policy->least_tcb[product]);
    write_text(&w, "}}");
    write_text(&w, waives ? ",\"not_compared\":[\"revocation\",\"cspid\",\"vmpl\",\"report_data\",\"measurement\"]}" : "}");
    must(writer_ok(&w));
    room[w.n] = 0;
    return room;
}

/* ---- twins ---- */

typedef struct twin {
    at_product product;
    unsigned version;
    bool vlek;
    char gid[40];
} twin;

static twin twin_of(const tee_lie *l)
{
    twin t = {.product = l->product, .version = l->version ? l->version : 3, .vlek = l->vlek};
    snprintf(t.gid, sizeof t.gid, "%s-v%u-%s", at_tcb_layouts[t.product].product, t.version, t.vlek ? "vlek" : "vcek");
    t.gid[0] = (char)tolower((unsigned char)t.gid[0]);
    return t;
}

/* Only what a scene has that its twin has not. */
static void put_difference(cJSON *c, const char *key, span mine, span twins)
{
    if (!span_same(mine, twins))
        case_in(c, BYTES(key, mine));
}

static void put_scene(cJSON *c, const tee_scene *s, const tee_scene *t)
{
    char mine[2048], twins[2048];
    put_difference(c, "report", s->evidence.report, t->evidence.report);
    put_difference(c, "vek", s->evidence.vek, t->evidence.vek);
    put_difference(c, "intermediate", s->evidence.intermediate, t->evidence.intermediate);
    put_difference(c, "ark", s->root.ark, t->root.ark);
    put_difference(c, "crl", s->root.crl, t->root.crl);
    if (s->root.product != t->root.product)
        case_in(c, TEXT("product", at_tcb_layouts[s->root.product].product));
    if (strcmp(policy_text(&s->policy, s->chip.product, false, mine), policy_text(&t->policy, t->chip.product, false, twins)) != 0)
        case_in(c, TEXT("policy", mine));
    if (s->now != t->now)
        case_in(c, NUMBER("now", (long)s->now));
}

static void put_twin(cJSON *group, const tee_scene *t)
{
    char policy[2048];
    group_common(group, BYTES("report", t->evidence.report));
    group_common(group, BYTES("vek", t->evidence.vek));
    group_common(group, BYTES("intermediate", t->evidence.intermediate));
    group_common(group, BYTES("ark", t->root.ark));
    group_common(group, BYTES("crl", t->root.crl));
    group_common(group, TEXT("product", at_tcb_layouts[t->root.product].product));
    group_common(group, TEXT("policy", policy_text(&t->policy, t->chip.product, false, policy)));
    group_common(group, NUMBER("now", (long)t->now));
}

static void put_claims(cJSON *c, const tee_scene *t, const char *not_compared)
{
    uint8_t identity[AT_IDENTITY];
    prim_digest(&prim_openssl, PRIM_SHA384, span_first(t->evidence.report, AT_REPORT_SIGNED), identity);
    case_out(c, BYTES("identity", SPAN(identity)));
    case_out(c, TEXT("not_compared", not_compared));
}

static void accepts(cJSON *group, const twin *t, const tee_scene *scene)
{
    char id[64], policy[2048];
    snprintf(id, sizeof id, "at.verify.%s.ok", t->gid);
    put_claims(group_accepts(group, id, "AT-042"), scene, "");
    snprintf(id, sizeof id, "at.verify.%s.waived", t->gid);
    cJSON *c = group_accepts(group, id, "AT-041 AT-042");
    case_in(c, TEXT("policy", policy_text(&scene->policy, scene->chip.product, true, policy)));
    /* The list is at hand, so revocation is looked at all the same. */
    put_claims(c, scene, t->vlek ? "cspid vmpl report_data measurement" : "vmpl report_data measurement");
}

static void rejects(cJSON *group, const twin *t, const tee_scene *honest, const tee_lie *lie)
{
    static tee_scene s;
    char id[96], base[64];
    snprintf(id, sizeof id, "at.verify.%s.%s", t->gid, lie->name);
    snprintf(base, sizeof base, "at.verify.%s.ok", t->gid);
    const rejection r = {requirement_rows[lie->req].id, base, lie->mutation, NULL, lie->name, NULL};
    tee_lie_play(&s, lie, span_text(seed_text));
    put_scene(group_rejects(group, id, requirement_rows[lie->req].id, &r), &s, honest);
}

static bool same_twin(const twin *a, const twin *b) { return strcmp(a->gid, b->gid) == 0; }

static void add_group(cJSON *d, size_t first)
{
    static tee_scene honest;
    const twin t = twin_of(&tee_lies[first]);
    cJSON *group = document_group(d, t.gid, "at:snp");
    tee_scene_play(&honest, t.product, t.version, t.vlek, span_text(seed_text));
    put_twin(group, &honest);
    accepts(group, &t, &honest);
    for (size_t i = first; i < tee_n_lies; i++) {
        const twin other = twin_of(&tee_lies[i]);
        if (same_twin(&t, &other))
            rejects(group, &t, &honest, &tee_lies[i]);
    }
}

static cJSON *make(void)
{
    static const char *const checked_by[] = {"text", "audit", NULL};
    cJSON *d = document_new("at", "at.verify", "sim/tee/tee_lies", "766563746f7273", checked_by);
    for (size_t i = 0; i < tee_n_lies; i++)
        document_note(d, tee_lies[i].name, "AUTH_BYPASS", tee_lies[i].reason, requirement_rows[tee_lies[i].req].id);
    for (size_t i = 0; i < tee_n_lies; i++) {
        bool met = false;
        const twin t = twin_of(&tee_lies[i]);
        for (size_t k = 0; k < i && !met; k++) {
            const twin earlier = twin_of(&tee_lies[k]);
            met = same_twin(&t, &earlier);
        }
        if (!met)
            add_group(d, i);
    }
    return d;
}

/* Vendors sign with what only OpenSSL has, the same for both providers: made once. */
static cJSON *attestation_file(const prim *prim, int which)
{
    static cJSON *made;
    (void)prim, (void)which;
    if (!made)
        made = make();
    return cJSON_Duplicate(made, 1);
}

const scenario_file attestation_files[] = {{"at.verify.json", attestation_file, 0, NULL}, {0}};
