#include "history_evil_peer.h"

#include "noise_run.h"

#include <string.h>

static void put_b16(writer *w, span s)
{
    write_be(w, s.n, 2);
    write_span(w, s);
}

static void put_digest(const prim *p, span s, writer *out)
{
    uint8_t digest[32];
    prim_digest(p, PRIM_SHA256, s, digest);
    write_span(out, SPAN(digest));
}

/* HKDF by its definition, for the two sizes that are asked for. */
static void hkdf(const prim *p, span salt, span ikm, span info, uint8_t *out, size_t n)
{
    uint8_t prk[32], counter = 1;
    p->hmac(PRIM_SHA256, salt, &ikm, 1, prk);
    const span first[] = {info, span_of(&counter, 1)};
    p->hmac(PRIM_SHA256, SPAN(prk), first, 2, out);
    if (n == 64) {
        uint8_t second = 2;
        const span parts[] = {span_of(out, 32), info, span_of(&second, 1)};
        p->hmac(PRIM_SHA256, SPAN(prk), parts, 3, out + 32);
    }
}

static void box_keys_of(const prim *p, const uint8_t key[32], span salt, span a, uint8_t both[64])
{
    uint8_t info[64];
    writer w = WRITER(info);
    write_span(&w, span_of("parley/1 seal", 14));
    put_digest(p, a, &w);
    hkdf(p, salt, span_of(key, 32), written(&w), both, 64);
}

void forge_box(const prim *p, const uint8_t key[32], const char *salt_name, span text, span a, box_lie lie, writer *out)
{
    static const uint8_t nonce[12];
    uint8_t salt[32], both[64], others[64];
    named_secret("history", salt_name, salt);
    box_keys_of(p, key, SPAN(salt), a, both);
    box_keys_of(p, key, SPAN(salt), span_text("another a"), others);
    write_span(out, SPAN(salt));
    both[63] ^= lie == BOX_COMMIT_FLIPPED;
    write_span(out, lie == BOX_COMMIT_OTHER_A ? span_of(others + 32, 32) : span_of(both + 32, 32));
    uint8_t *box = write_room(out, text.n + 16);
    must(box);
    p->aead_seal(PRIM_CHACHAPOLY, both, nonce, lie == BOX_AEAD_OTHER_A ? span_text("another a") : a, text, box);
    box[text.n + 15] ^= lie == BOX_TAG_FLIPPED;
    box[0] ^= lie == BOX_TEXT_FLIPPED;
}

size_t honest_size(size_t n_text)
{
    size_t size = 1024;
    for (; size < 4 + n_text; size *= 2)
        ;
    return size;
}

void forge_filled(span text, size_t size, uint32_t length, uint8_t last, writer *out)
{
    const size_t from = out->n;
    write_be(out, length, 4);
    write_span(out, span_first(text, size - 4));
    write_zeros(out, size - (out->n - from));
    must(writer_ok(out));
    out->p[out->n - 1] |= last;
}

void forge_kek(const prim *p, const uint8_t prf[32], span credential, uint8_t kek[32])
{
    static uint8_t info[2048];
    writer w = WRITER(info);
    write_span(&w, span_of("parley/1 kek", 13));
    write_span(&w, credential);
    hkdf(p, EMPTY, span_of(prf, 32), written(&w), kek, 32);
}

static void labelled(const prim *p, const uint8_t root[32], const char *label, uint8_t key[32])
{
    const span parts[] = {span_text("parley/1 "), span_text(label), span_of("\0\1", 2)};
    p->hmac(PRIM_SHA256, span_of(root, 32), parts, 3, key);
}

void forge_wrap(const prim *p, const uint8_t kek[32], const char *salt, span root, uint32_t generation, span credential, writer *out)
{
    uint8_t a[2048];
    writer w = WRITER(a);
    write_be(&w, 1, 1);
    write_be(&w, generation, 4);
    put_b16(&w, credential);
    forge_box(p, kek, salt, root, written(&w), BOX_TRUE, out);
}

void forge_place(const prim *p, const uint8_t root[32], const char *salt, span filled, uint8_t kind, uint32_t generation, span id,
                 uint64_t version, writer *out)
{
    uint8_t a[256], key[32];
    writer w = WRITER(a);
    write_be(&w, kind, 1);
    write_be(&w, generation, 4);
    put_b16(&w, id);
    write_be(&w, version, 8);
    labelled(p, root, "items", key);
    forge_box(p, key, salt, filled, written(&w), BOX_TRUE, out);
}

void forge_head(const prim *p, const head_parts *h, uint8_t head[HI_HEAD])
{
    uint8_t key[32], mac[32];
    writer w = writer_of(head, HI_HEAD);
    write_be(&w, h->v, 8);
    write_be(&w, h->generation, 4);
    if (h->last.n)
        put_digest(p, h->last, &w);
    else
        write_zeros(&w, 32);
    put_digest(p, h->index, &w);
    labelled(p, h->root, "head", key);
    const span before = written(&w);
    p->hmac(PRIM_SHA256, SPAN(key), &before, 1, mac);
    write_span(&w, SPAN(mac));
    must(writer_ok(&w) && w.n == HI_HEAD);
}

void forge_content(const prim *p, const item_row *items, size_t n_items, const credential_row *credentials, size_t n_credentials,
                   writer *out)
{
    write_be(out, n_items, 4);
    for (size_t i = 0; i < n_items; i++) {
        put_b16(out, span_text(items[i].id));
        write_be(out, items[i].version, 8);
        put_digest(p, items[i].sealed, out);
    }
    write_be(out, n_credentials, 2);
    for (size_t i = 0; i < n_credentials; i++) {
        put_b16(out, span_text(credentials[i].id));
        put_digest(p, credentials[i].wrap, out);
    }
}
