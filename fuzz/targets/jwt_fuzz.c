/* A token, its set of keys, its header or claims under a good signature, or a policy, any of them hostile. The first byte says which part and
 * of which twin; the rest is put there. */
#include "fuzz_entry.h"
#include "tee_token_lies.h"

#include <string.h>

enum { PART_TOKEN, PART_KEYS, PART_HEADER_TEXT, PART_CLAIMS_TEXT, PART_POLICY_TEXT, PART_PARTS };

static void put(intel_text *t, span in)
{
    t->n = in.n < INTEL_TEXT_MAX - 1 ? in.n : INTEL_TEXT_MAX - 1;
    span_take(in, t->text, t->n);
    t->text[t->n] = 0;
}

/* A policy that is none is refused before anything is judged. */
static bool is_policy(const intel_text *t)
{
    static policy_document document;
    policy_fault fault;
    return policy_document_read(span_of(t->text, t->n), &document, &fault);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static tee_token_scene scene;
    static at_token_claims claims;
    account noted = {0};
    if (n < 1)
        return 0;
    prim_start();
    const unsigned part = data[0] % PART_PARTS;
    const span in = span_from(span_of(data, n), 1);
    tee_token_begin(&scene, &tee_token_twins[data[0] / PART_PARTS % TEE_TOKEN_TWINS]);
    tee_token_write(&scene);
    if (part >= PART_HEADER_TEXT)
        put(part == PART_HEADER_TEXT ? &scene.header : part == PART_CLAIMS_TEXT ? &scene.claims : &scene.policy, in);
    tee_token_seal(&scene);
    const span honest = scene.token.text;
    if (part == PART_TOKEN)
        scene.token.text = in;
    if (part == PART_KEYS)
        scene.token.keys = in;
    if (!is_policy(&scene.policy))
        return 0;
    const verdict v = tee_token_judge(&scene, &prim_sodium, &noted, &claims);
    must(!accepted(v) || part != PART_TOKEN || span_same(in, honest)); /* without the key nobody makes another one */
    must(accepted(v) || (all_zero(SPAN(claims.identity)) && claims.claims.n == 0));
    must(!accepted(v) || claims.expires > scene.now);
    return 0;
}
