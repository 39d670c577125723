#include "labelled.h"

enum { LABEL_MAX = 64 };

void labelled_prefix(const char *label, writer *out)
{
    write_text(out, "parley/1 ");
    write_text(out, label);
    write_zeros(out, 1);
}

static void hash(const prim *lib, prim_hash with, const char *label, span data, uint8_t *out)
{
    uint8_t room[LABEL_MAX];
    writer w = WRITER(room);
    labelled_prefix(label, &w);
    must(writer_ok(&w));
    const span parts[] = {written(&w), data};
    lib->hash(with, parts, 2, out);
}

void labelled_hash(const prim *lib, const char *label, span data, uint8_t out[32]) { hash(lib, PRIM_SHA256, label, data, out); }
void labelled_hash512(const prim *lib, const char *label, span data, uint8_t out[64]) { hash(lib, PRIM_SHA512, label, data, out); }

void labelled_key(const prim *lib, span key, const char *label, span data, uint8_t *out, size_t n)
{
    uint8_t room[LABEL_MAX + LABELLED_DATA_MAX];
    writer w = WRITER(room);
    must(data.n <= LABELLED_DATA_MAX);
    labelled_prefix(label, &w);
    write_span(&w, data);
    must(writer_ok(&w));
    prim_hkdf_expand(lib, PRIM_SHA256, key, written(&w), out, n);
    wipe(room, sizeof room);
}
