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

/* Made once; what a copy borrows of it stays. */
static const tee_token_scene *honest_scene(unsigned twin)
{
    static tee_token_scene scene[TEE_TOKEN_TWINS];
    static bool there[TEE_TOKEN_TWINS];
    if (!there[twin])
        tee_token_play(&scene[twin], &tee_token_twins[twin]);
    there[twin] = true;
    return &scene[twin];
}

static void put_part(tee_token_scene *s, unsigned part, span in)
{
    switch (part) {
    case PART_TOKEN: s->token.text = in; break;
    case PART_KEYS: s->token.keys = in; break;
    case PART_POLICY_TEXT: put(&s->policy, in); break;
    default: put(part == PART_HEADER_TEXT ? &s->header : &s->claims, in); tee_token_seal(s);
    }
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
    scene = *honest_scene(data[0] / PART_PARTS % TEE_TOKEN_TWINS);
    const span honest = scene.token.text;
    put_part(&scene, part, in);
    if (!is_policy(&scene.policy))
        return 0;
    const verdict v = tee_token_judge(&scene, &prim_sodium, &noted, &claims);
    must(!accepted(v) || part != PART_TOKEN || span_same(in, honest)); /* without the key nobody makes another one */
    must(accepted(v) || (all_zero(SPAN(claims.identity)) && claims.claims.n == 0));
    must(!accepted(v) || claims.expires > scene.now);
    return 0;
}

#ifdef PARLEY_FUZZ
#include "fuzz_mutate.h"

/* Every part but the token is JSON. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t most, unsigned seed)
{
    if (n < 2 || seed % 16 == 0)
        return LLVMFuzzerMutate(data, n, most);
    return fuzz_mutate_json(data, n, most, 1, n - 1, seed / 16);
}
#endif
