/* Honest evidence of each kind that the lies start from, then each lie beside its honest twin. A group's `common` is the twin; a case
 * says only what is different. */
#include "appraisal_policy.h"
#include "attestation_vectors.h"
#include "tee_lies.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char seed_text[] = "vectors";

enum { POLICY_TEXT = 4096 };

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

static void write_member(writer *w, const char *name, span value)
{
    write_text(w, ",\"");
    write_text(w, name);
    write_text(w, "\":");
    write_hex_text(w, value);
}

static void write_lists(writer *w, const char *name, const uint8_t *values, size_t size, size_t n)
{
    write_text(w, ",\"");
    write_text(w, name);
    write_text(w, "\":[");
    for (size_t i = 0; i < n; i++) {
        write_text(w, i ? "," : "");
        write_hex_text(w, span_of(values + i * size, size));
    }
    write_text(w, "]");
}

static void write_names(writer *w, const char *name, const at_bit *bits, uint64_t set)
{
    bool first = true;
    write_text(w, name);
    for (; *bits->name; bits++)
        if (set & UINT64_C(1) << bits->bit) {
            write_text(w, first ? "\"" : ",\"");
            write_text(w, bits->name);
            write_text(w, "\"");
            first = false;
        }
    write_text(w, "]");
}

static void write_bits(writer *w, const char *name, const at_bit *bits, const at_wanted_bits *wanted)
{
    write_text(w, ",\"");
    write_text(w, name);
    write_names(w, "\":{\"required\":[", bits, wanted->required);
    write_names(w, ",\"forbidden\":[", bits, wanted->forbidden);
    write_text(w, "}");
}

static void write_pins(writer *w, const at_policy *p)
{
    char numbers[160];
    write_bits(w, "guest_policy", at_policy_bits, &p->guest_policy);
    write_bits(w, "platform_info", at_platform_bits, &p->platform_info);
    write_member(w, "host_data", p->host_data);
    write_member(w, "family_id", p->family_id);
    write_member(w, "image_id", p->image_id);
    if (p->pinned & AT_PINS(AT_PIN_ID_KEY))
        write_lists(w, "id_key_digests", p->id_keys[0], AT_KEY_DIGEST, p->n_id_keys);
    write_lists(w, "author_key_digests", p->author_keys[0], AT_KEY_DIGEST, p->n_author_keys);
    write_lists(w, "chip_ids", p->chips[0], AT_CHIP_ID, p->n_chips);
    snprintf(numbers, sizeof numbers, ",\"min_guest_svn\":%u,\"min_firmware\":{\"major\":%u,\"minor\":%u,\"build\":%u},\"mitigations\":%u",
             (unsigned)p->least_guest_svn, p->least_firmware[0], p->least_firmware[1], p->least_firmware[2], (unsigned)p->mitigations);
    write_text(w, numbers);
}

static const char *policy_text(const at_policy *policy, at_product product, bool waives, char room[POLICY_TEXT])
{
    writer w = writer_of(room, POLICY_TEXT - 1);
    write_text(&w, "{\"products\":[");
    write_products(&w, policy->products);
    write_text(&w, "]");
    if (!waives) {
        write_text(&w, ",\"measurements\":[");
        for (size_t i = 0; i < policy->n_measurements; i++)
            write_hex_text(&w, span_of(policy->measurements[i], AT_MEASUREMENT));
        write_text(&w, policy->waived ? "],\"not_compared\":[\"report_data\"]" : "],\"report_data\":");
        if (!policy->waived)
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
    if (policy->pinned & AT_PINS(AT_PIN_USER_DATA) && !waives)
        write_member(&w, "user_data", policy->user_data);
    else if (policy->pinned && !waives)
        write_pins(&w, policy);
    write_text(&w, waives ? ",\"not_compared\":[\"revocation\",\"cspid\",\"vmpl\",\"report_data\",\"measurement\"]}" : "}");
    must(writer_ok(&w));
    room[w.n] = 0;
    return room;
}

/* ---- twins ---- */

typedef struct twin {
    at_product product;
    unsigned version;
    bool vlek, pinned, wrapped, owned;
    char gid[40];
} twin;

static twin twin_of(const tee_lie *l)
{
    twin t = {.product = l->product,
              .version = l->version ? l->version : 3,
              .vlek = l->vlek,
              .pinned = l->pinned,
              .wrapped = l->wrapped,
              .owned = l->owned};
    snprintf(t.gid, sizeof t.gid, "%s-v%u-%s", at_tcb_layouts[t.product].product, t.version,
             t.owned     ? "owner"
             : t.wrapped ? "azure"
             : t.pinned  ? "pinned"
             : t.vlek    ? "vlek"
                         : "vcek");
    t.gid[0] = (char)tolower((unsigned char)t.gid[0]);
    return t;
}

static void put_scene(sheet *s, const tee_scene *t)
{
    char policy[POLICY_TEXT];
    if (t->evidence.id_auth.n) {
        sheet_in(s, BYTES("id_block", t->evidence.id_block));
        sheet_in(s, BYTES("id_auth", t->evidence.id_auth));
    }
    if (t->n_claims || t->evidence.wrapper.n) /* an empty one is none */
        sheet_in(s, BYTES("wrapper", t->evidence.wrapper));
    sheet_in(s, BYTES("report", t->evidence.report));
    sheet_in(s, BYTES("vek", t->evidence.vek));
    sheet_in(s, BYTES("intermediate", t->evidence.intermediate));
    sheet_in(s, BYTES("ark", t->root.ark));
    sheet_in(s, BYTES("crl", t->root.crl));
    sheet_in(s, TEXT("product", at_tcb_layouts[t->root.product].product));
    sheet_in(s, TEXT("policy", policy_text(&t->policy, t->chip.product, false, policy)));
    sheet_in(s, NUMBER("now", (long)t->now));
}

static void put_claims(sheet *s, const tee_scene *t, const char *not_compared)
{
    uint8_t identity[AT_IDENTITY];
    prim_digest(&prim_openssl, PRIM_SHA384, span_first(t->evidence.report, AT_REPORT_SIGNED), identity);
    sheet_out(s, BYTES("identity", SPAN(identity)));
    sheet_out(s, TEXT("not_compared", not_compared));
}

/* What a policy without pins leaves out. The minimum of the TCB is in all of ours. */
#define PINS \
    " guest_policy platform_info host_data family_id image_id id_key_digest author_key_digest guest_svn firmware mitigations chip_id"

static void add_accepted(sheet *s, const twin *t, const tee_scene *scene)
{
    char policy[POLICY_TEXT];
    sheet_accepts(s, "ok", "AT-042");
    put_claims(s, scene, t->pinned ? "" : t->wrapped ? "report_data" PINS : &PINS[1]);
    sheet_accepts(s, "waived", "AT-041 AT-042");
    sheet_in(s, TEXT("policy", policy_text(&scene->policy, scene->chip.product, true, policy)));
    /* The list is at hand, so revocation is looked at all the same. */
    put_claims(s, scene,
               t->vlek      ? "cspid vmpl report_data measurement" PINS
               : t->wrapped ? "vmpl report_data measurement" PINS " user_data"
                            : "vmpl report_data measurement" PINS);
}

static void add_lie(sheet *s, const tee_lie *lie)
{
    static tee_scene scene;
    sheet_rejects(s, &(rejection){.slug = lie->name, .site = requirement_rows[lie->req].id, .mutation = lie->mutation, .flag = lie->name});
    tee_lie_play(&scene, lie, span_text(seed_text));
    put_scene(s, &scene);
}

static bool same_twin(const twin *a, const twin *b) { return strcmp(a->gid, b->gid) == 0; }

static void add_group(sheet *s, size_t first)
{
    static tee_scene honest;
    const twin t = twin_of(&tee_lies[first]);
    sheet_group(s, t.gid, "at:snp", t.gid);
    if (t.owned)
        tee_scene_play_owned(&honest, t.product, t.version, span_text(seed_text));
    else if (t.wrapped)
        tee_scene_play_wrapped(&honest, t.product, t.version, span_text(seed_text));
    else if (t.pinned)
        tee_scene_play_pinned(&honest, t.product, t.version, span_text(seed_text));
    else
        tee_scene_play(&honest, t.product, t.version, t.vlek, span_text(seed_text));
    put_scene(s, &honest);
    add_accepted(s, &t, &honest);
    for (size_t i = first; i < tee_n_lies; i++) {
        const twin other = twin_of(&tee_lies[i]);
        if (same_twin(&t, &other))
            add_lie(s, &tee_lies[i]);
    }
}

static cJSON *make_file(void)
{
    static const char *const checked_by[] = {"text", "audit", NULL};
    sheet s = sheet_start(&prim_openssl, "at.verify", "sim/tee/tee_lies", "766563746f7273", checked_by);
    for (size_t i = 0; i < tee_n_lies; i++)
        sheet_note(&s, tee_lies[i].name, "AUTH_BYPASS", tee_lies[i].reason, requirement_rows[tee_lies[i].req].id);
    for (size_t i = 0; i < tee_n_lies; i++) {
        bool met = false;
        const twin t = twin_of(&tee_lies[i]);
        for (size_t k = 0; k < i && !met; k++) {
            const twin earlier = twin_of(&tee_lies[k]);
            met = same_twin(&t, &earlier);
        }
        if (!met)
            add_group(&s, i);
    }
    return s.document;
}

/* Vendors sign with what only OpenSSL has, the same for both providers: made once. */
static cJSON *attestation_file(const prim *prim, int which)
{
    static cJSON *made;
    (void)prim, (void)which;
    if (!made)
        made = make_file();
    return cJSON_Duplicate(made, 1);
}

const scenario_file attestation_files[] = {
    {"at.verify.json", attestation_file, 0, NULL}, {"at.launch.json", launch_file, 0, NULL},     {"at.quote.tdx.json", quote_file, 0, NULL},
    {"at.quote.sgx.json", quote_file, 1, NULL},    {"at.eventlog.json", eventlog_file, 0, NULL}, {"at.token.json", token_file, 0, NULL},
    {"at.policy.json", policy_file, 0, NULL},      {"at.gpu.json", gpu_file, 0, NULL},           {0}};
