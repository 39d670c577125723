/* Honest tokens of both services, unusual ones that are to be accepted all the same, and the lies, each beside its honest twin. */
#include "attestation_vectors.h"
#include "tee_token_lies.h"

#include <stdio.h>
#include <string.h>

static tee_token_scene scene;

static void put_scene(sheet *s, const tee_token_scene *t)
{
    sheet_in(s, TEXT("token", t->text));
    sheet_in(s, TEXT("keys", t->token.keys.n ? t->keys.text : ""));
    sheet_in(s, BYTES("root", t->root));
    sheet_in(s, TEXT("policy", t->policy.text));
    sheet_in(s, NUMBER("now", (long)t->now));
}

/* What an appraisal hands out, found without one: the digest of the first two parts; what no claim is about, or nobody asks for. */
static void put_claims(sheet *s, const tee_token_scene *t, const char *status, const char *not_compared)
{
    uint8_t identity[AT_IDENTITY];
    const char *end = strrchr(t->text, '.');
    prim_digest(&prim_openssl, PRIM_SHA384, span_of(t->text, (size_t)(end - t->text)), identity);
    sheet_out(s, BYTES("identity", SPAN(identity)));
    sheet_out(s, TEXT("status", status));
    sheet_out(s, TEXT("not_compared", not_compared));
}

static const char *left_out(at_issuer issuer) { return issuer == AT_INTEL ? "mrservicetd platform token_revocation" : "token_revocation"; }

static void put_claims_of(sheet *s, const tee_token_scene *t, const char *truth)
{
    const char *names = left_out(t->twin.issuer);
    if (strcmp(truth, "amd") == 0)
        put_claims(s, t, "", names);
    else if (strcmp(truth, "image-waived") == 0)
        put_claims(s, t, "UpToDate", "image_digest token_revocation");
    else
        put_claims(s, t, strcmp(truth, "hardening-accepted") == 0 ? "SWHardeningNeeded" : "UpToDate", names);
}

static void add_truths(sheet *s, unsigned twin)
{
    char req[40];
    for (size_t i = 0; i < tee_token_n_truths; i++) {
        const tee_token_lie *truth = &tee_token_truths[i];
        if (truth->twin != twin)
            continue;
        tee_token_lie_play(&scene, truth);
        snprintf(req, sizeof req, "%s", requirement_rows[truth->req].id);
        sheet_accepts(s, truth->name, req);
        put_scene(s, &scene);
        put_claims_of(s, &scene, truth->name);
    }
}

static void add_lies(sheet *s, unsigned twin)
{
    for (size_t i = 0; i < tee_token_n_lies; i++) {
        const tee_token_lie *l = &tee_token_lies[i];
        if (l->twin != twin)
            continue;
        tee_token_lie_play(&scene, l);
        sheet_rejects(s, &(rejection){.slug = l->name, .site = requirement_rows[l->req].id, .mutation = l->mutation, .flag = l->name});
        put_scene(s, &scene);
    }
}

static void add_group(sheet *s, unsigned twin)
{
    sheet_group(s, tee_token_twin_names[twin], "at:token", tee_token_twin_names[twin]);
    tee_token_play(&scene, &tee_token_twins[twin]);
    put_scene(s, &scene);
    sheet_accepts(s, "ok", "AT-248 AT-191");
    put_claims(s, &scene, "UpToDate", left_out(scene.twin.issuer));
    add_truths(s, twin);
    add_lies(s, twin);
}

static void note(sheet *s, const tee_token_lie *l)
{
    char effect[200];
    snprintf(effect, sizeof effect, "A token is believed although it has this fault: %s.", l->mutation);
    sheet_note(s, l->name, "AUTH_BYPASS", effect, requirement_rows[l->req].id);
}

static cJSON *make_file(void)
{
    static const char *const checked_by[] = {"text", "audit", NULL};
    sheet s = sheet_start(&prim_openssl, "at.token", "sim/tee/tee_token_lies", "00", checked_by);
    for (size_t i = 0; i < tee_token_n_lies; i++)
        note(&s, &tee_token_lies[i]);
    for (unsigned twin = 0; twin < TEE_TOKEN_TWINS; twin++)
        add_group(&s, twin);
    return s.document;
}

/* Services sign with what only OpenSSL has, the same for both providers: made once. */
cJSON *token_file(const prim *prim, int which)
{
    static cJSON *made;
    (void)prim;
    (void)which;
    if (!made)
        made = make_file();
    return cJSON_Duplicate(made, 1);
}
