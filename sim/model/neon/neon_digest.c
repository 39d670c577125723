/* For neon_test.sh, which compiles it for two machines: a short training run, then one digest over all logits of every kernel that can run
 * here, and the text that comes out. What it prints has to be the same on both; the kernels' names go to the standard error.
 * There is no OpenSSL for the other machine, so the hash behind prim is FNV-1a: wrong, but the same everywhere. */
#include "model_engine.h"
#include "model_export.h"
#include "model_train.h"
#include "prim.h"

#include <stdio.h>
#include <stdlib.h>

static uint64_t fnv(uint64_t h, const void *from, size_t n)
{
    const uint8_t *p = from;
    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * 0x100000001b3u;
    return h;
}

static void hash(prim_hash kind, const span *parts, size_t n_parts, uint8_t *out)
{
    uint64_t h = 0xcbf29ce484222325u + (uint64_t)kind;
    for (size_t i = 0; i < n_parts; i++)
        h = fnv(h, parts[i].p, parts[i].n);
    for (size_t i = 0; i < 32; i++, h = fnv(h, &i, 1))
        out[i] = (uint8_t)(h >> 56);
}

const prim prim_openssl = {.name = "none", .hash = hash};
void prim_start(void) {}

static uint32_t likeliest(const int32_t *logits, uint32_t n)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < n; i++)
        best = logits[i] > logits[best] ? i : best;
    return best;
}

/* Half of the context is given, half is the likeliest token each time. */
static uint64_t digest_of(const model *m, const model_kernel *k)
{
    uint64_t h = 0xcbf29ce484222325u;
    uint32_t token = BPE_BOS;
    int32_t *logits = calloc(m->shape.vocab, sizeof *logits);
    engine_work *work = aligned_alloc(64, (sizeof *work + 63) / 64 * 64);
    void *cache = aligned_alloc(64, (engine_cache_size(m) + 63) / 64 * 64);
    must(logits && work && cache);
    for (uint32_t i = 0; i < m->shape.context; i++) {
        engine_step(m, k, engine_cache_at(m, cache), work, i, (uint16_t)token, logits);
        h = fnv(h, logits, m->shape.vocab * sizeof *logits);
        token = i < m->shape.context / 2 ? i * 37 % m->shape.vocab : likeliest(logits, m->shape.vocab);
    }
    free(logits), free(work), free(cache);
    return h;
}

static bool agree(const char *name, const model *m)
{
    const uint64_t want = digest_of(m, &kernel_scalar);
    printf("%s: logits %016llx\n", name, (unsigned long long)want);
    for (size_t i = 1; model_kernels[i]; i++) {
        if (!model_kernels[i]->usable())
            continue;
        fprintf(stderr, "%s\n", model_kernels[i]->name);
        if (digest_of(m, model_kernels[i]) != want) {
            printf("%s: kernel %s has other logits\n", name, model_kernels[i]->name);
            return false;
        }
    }
    return true;
}

/* The file's bytes, then what they compute. */
static bool examine(const char *name, const uint8_t *file, size_t n)
{
    const char *why = "there is none";
    model *m = file ? model_load(span_of(file, n), &why) : NULL;
    if (!m) {
        printf("%s: %s\n", name, why);
        return false;
    }
    printf("%s: %zu bytes %016llx\n", name, n, (unsigned long long)fnv(0xcbf29ce484222325u, file, n));
    const bool good = agree(name, m);
    model_free(m);
    return good;
}

static uint8_t *trained_file(size_t *n)
{
    enum { STEPS = 6 }; /* an emulator takes half a second for one */
    trainer *t = train_new(&train_trial);
    uint8_t *room = malloc(model_export_size(&train_trial.shape));
    writer out = writer_of(room, model_export_size(&train_trial.shape));
    must(t && room);
    while (train_at(t) < STEPS)
        train_step(t);
    must(model_export_trained(t, &out));
    train_free(t);
    *n = out.n;
    return room;
}

static uint8_t *read_file(const char *path, size_t *n)
{
    uint8_t *room = malloc(MODEL_FILE_MAX);
    FILE *f = fopen(path, "rb");
    *n = f && room ? fread(room, 1, MODEL_FILE_MAX, f) : 0;
    if (f)
        fclose(f);
    return room;
}

/* neon_digest [MODEL-FILE...] */
int main(int argc, char **argv)
{
    bool good = true;
    for (int i = 0; i < argc; i++) { /* in place of the program's own name: a model trained here */
        size_t n = 0;
        uint8_t *file = i ? read_file(argv[i], &n) : trained_file(&n);
        good = examine(i ? argv[i] : "trained", file, n) && good;
        free(file);
    }
    return good ? 0 : 1;
}
