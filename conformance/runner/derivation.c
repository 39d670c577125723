#include "derivation.h"

#include <stdlib.h>
#include <string.h>

enum { MIN_KNOWN = 16 /* bytes: what is shorter is not looked for inside others */ };

typedef enum step_kind { STEP_GIVEN, STEP_HASH, STEP_HMAC, STEP_AGREE, STEP_PUBLIC, STEP_ED_PUBLIC, STEP_SIGN } step_kind;

/* One call. Bytes are hex digits: they go into the script as they are. */
typedef struct step {
    step_kind kind;
    prim_hash hash;
    page key, data; /* inputs: key or secret; message, share or parts */
    page out;
} step;

static const prim *below;
static step *steps;
static size_t n_steps;

static bool same_text(const page *a, const page *b) { return a->n == b->n && (!a->n || memcmp(a->p, b->p, a->n) == 0); }

static void free_step(step *s) { page_free(&s->key), page_free(&s->data), page_free(&s->out); }

/* A call with the inputs of an earlier one is the earlier one. */
static void keep(step *s, span out)
{
    for (size_t i = 0; i < n_steps; i++)
        if (steps[i].kind == s->kind && steps[i].hash == s->hash && same_text(&steps[i].key, &s->key) &&
            same_text(&steps[i].data, &s->data)) {
            free_step(s);
            return;
        }
    page_put_hex(&s->out, out);
    steps = realloc(steps, (n_steps + 1) * sizeof *steps);
    needs_memory(steps != NULL);
    steps[n_steps++] = *s;
}

static void note(step_kind kind, prim_hash h, span key, const span *parts, size_t n, span out)
{
    step s = {.kind = kind, .hash = h};
    page_put_hex(&s.key, key);
    for (size_t i = 0; i < n; i++)
        page_put_hex(&s.data, parts[i]);
    keep(&s, out);
}

/* ---- the table ---- */

static void public_of(const uint8_t secret[32], uint8_t out[32])
{
    below->x25519_public(secret, out);
    note(STEP_PUBLIC, 0, span_of(secret, 32), NULL, 0, span_of(out, 32));
}

static void agree(const prim_pair *mine, const uint8_t share[32], uint8_t out[32])
{
    const span theirs = span_of(share, 32);
    below->x25519(mine, share, out);
    note(STEP_AGREE, 0, SPAN(mine->secret), &theirs, 1, span_of(out, 32));
}

static void ed_public_of(const uint8_t seed[32], uint8_t out[32])
{
    below->ed25519_public(seed, out);
    note(STEP_ED_PUBLIC, 0, span_of(seed, 32), NULL, 0, span_of(out, 32));
}

static void sign(const uint8_t seed[32], span message, uint8_t out[64])
{
    below->ed25519_sign(seed, message, out);
    note(STEP_SIGN, 0, span_of(seed, 32), &message, 1, span_of(out, 64));
}

static void hash(prim_hash h, const span *parts, size_t n, uint8_t *out)
{
    below->hash(h, parts, n, out);
    note(STEP_HASH, h, EMPTY, parts, n, span_of(out, prim_hash_len(h)));
}

static void hmac(prim_hash h, span key, const span *parts, size_t n, uint8_t *out)
{
    below->hmac(h, key, parts, n, out);
    note(STEP_HMAC, h, key, parts, n, span_of(out, prim_hash_len(h)));
}

const prim *derivation_start(const prim *under)
{
    static prim recording;
    derivation_end();
    below = under;
    recording = *under;
    recording.x25519_public = public_of;
    recording.x25519 = agree;
    recording.ed25519_public = ed_public_of;
    recording.ed25519_sign = sign;
    recording.hash = hash;
    recording.hmac = hmac;
    return &recording;
}

void derivation_end(void)
{
    for (size_t i = 0; i < n_steps; i++)
        free_step(&steps[i]);
    free(steps);
    steps = NULL;
    n_steps = 0;
}

/* ---- the script ---- */

static const char beginning[] =
    "# Run it with sh. It needs openssl 3 and the usual tools; everything after an equals sign in hexadecimal digits is given.\n"
    "set -eu\n"
    "files=$(mktemp -d) n=0\n"
    "trap 'rm -r \"$files\"' EXIT\n"
    "bytes() { [ -n \"$1\" ] || return 0\n"
    "    openssl asn1parse -genstr \"FORMAT:HEX,OCTETSTRING:$1\" -noout -out \"$files/der\"\n"
    "    tail -c $((${#1} / 2)) \"$files/der\"; }\n"
    "hash() { bytes \"$2\" | openssl dgst \"-$1\" -r | cut -d' ' -f1; }\n"
    "hmac() { bytes \"$3\" | openssl dgst \"-$1\" -mac HMAC -macopt \"hexkey:$2\" -r | cut -d' ' -f1; }\n"
    "digits() { od -An -v -tx1 | tr -d ' \\n'; }\n"
    "secret() { bytes \"302e020100300506032b65$1$2\" >\"$files/secret\"; }\n"
    "public() { secret \"$1\" \"$2\"; openssl pkey -inform DER -in \"$files/secret\" -pubout -outform DER | tail -c 32 | digits; }\n"
    "agree() { secret 6e04220420 \"$1\"; bytes \"302a300506032b656e032100$2\" >\"$files/share\"\n"
    "    openssl pkeyutl -derive -keyform DER -inkey \"$files/secret\" -peerform DER -peerkey \"$files/share\" | digits; }\n"
    "sign() { secret 7004220420 \"$1\"; bytes \"$2\" >\"$files/message\"\n"
    "    openssl pkeyutl -sign -rawin -keyform DER -inkey \"$files/secret\" -in \"$files/message\" | digits; }\n"
    "is() { n=$((n + 1)); [ \"$2\" = \"$3\" ] || { echo \"$1: openssl computes $2, the text $3\" >&2; exit 1; }; }\n\n";

/* The known value, whole or one half of 64 bytes, with which these digits begin; the longest. */
typedef struct found {
    size_t step, n; /* n: digits; 0: none */
    char half;      /* 'a', 'b', or 0 */
} found;

static void try_part(found *best, size_t i, const char *known, size_t n, char half, const char *digits, size_t room)
{
    if (n >= (size_t)2 * MIN_KNOWN && n <= room && n > best->n && memcmp(digits, known, n) == 0)
        *best = (found){i, n, half};
}

static found find_known(size_t before, const char *digits, size_t room)
{
    found best = {0};
    for (size_t i = 0; i < before; i++) {
        const page *out = &steps[i].out;
        try_part(&best, i, out->p, out->n, 0, digits, room);
        if (out->n == 128) {
            try_part(&best, i, out->p, 64, 'a', digits, room);
            try_part(&best, i, out->p + 64, 64, 'b', digits, room);
        }
    }
    return best;
}

/* The input of a step: names of what was computed before it, and the digits between. An empty text has no digits. */
static void put_input(page *out, size_t before, const page *digits)
{
    page_put(out, " \"");
    for (size_t at = 0; at < digits->n;) {
        const found f = find_known(before, digits->p + at, digits->n - at);
        if (f.n && f.half)
            page_printf(out, "${v%zu%c}", f.step + 1, f.half);
        else if (f.n)
            page_printf(out, "${v%zu}", f.step + 1);
        else
            page_put_n(out, digits->p + at, 2);
        at += f.n ? f.n : 2;
    }
    page_put(out, "\"");
}

static const char *name_of(prim_hash h)
{
    static const char *const names[] = {[PRIM_SHA256] = "sha256",
                                        [PRIM_SHA384] = "sha384",
                                        [PRIM_SHA512] = "sha512",
                                        [PRIM_BLAKE2S] = "blake2s256",
                                        [PRIM_BLAKE2B] = "blake2b512"};
    return names[h];
}

static void put_command(page *out, size_t i)
{
    const step *s = &steps[i];
    static const char *const verbs[] = {
        [STEP_AGREE] = "agree", [STEP_PUBLIC] = "public 6e04220420", [STEP_ED_PUBLIC] = "public 7004220420", [STEP_SIGN] = "sign"};
    static const page one_zero = {.p = "00", .n = 2}; /* an empty key is filled up with zeros anyway */
    if (s->kind == STEP_HASH)
        page_printf(out, "hash %s", name_of(s->hash));
    else if (s->kind == STEP_HMAC)
        page_printf(out, "hmac %s", name_of(s->hash));
    else
        page_put(out, verbs[s->kind]);
    if (s->kind != STEP_HASH)
        put_input(out, i, s->key.n ? &s->key : &one_zero);
    if (s->kind != STEP_PUBLIC && s->kind != STEP_ED_PUBLIC)
        put_input(out, i, &s->data);
}

static void put_step(page *out, size_t i)
{
    const size_t n = i + 1;
    page_printf(out, "v%zu=$(", n);
    put_command(out, i);
    page_printf(out, ")\nis v%zu \"$v%zu\" %s\n", n, n, steps[i].out.p);
    if (steps[i].out.n == 128)
        page_printf(out, "v%zua=$(echo \"$v%zu\" | cut -c 1-64) v%zub=$(echo \"$v%zu\" | cut -c 65-128)\n", n, n, n, n);
}

size_t derivation_write(page *out, const char *title)
{
    page_printf(out, "#!/bin/sh\n# %s\n%s", title, beginning);
    for (size_t i = 0; i < n_steps; i++)
        put_step(out, i);
    page_printf(out, "\necho \"$n values, each as the text has it\"\n");
    return n_steps;
}
