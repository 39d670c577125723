#include "p1_world.h"

#include "no_memory.h"
#include "p1_lies.h"
#include "p1_pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a world says otherwise. Both sides are of the same seed; of `lies` the client's policy tells one (P1_AT_CLIENT). */
typedef struct other {
    const char *name;
    service_machine pack, enclave;
    const char *lie;
    void (*in_pack)(service *), (*in_enclave)(service *);
} other;

struct p1_world {
    const other *kind; /* NULL: honest, or a lie of the vendors */
    service_machine drawn;
    uint8_t seed[32];
    char name[40], folder[1200];
    p1_pack pack;
};

/* ---- what is otherwise ---- */

/* Whoever has the keys of the pack that everybody knows. */
static const service *known(const service *s)
{
    static service world;
    service_make(&world, s->prim, span_text("parley"), s->name, s->now);
    return &world;
}

static void known_owner(service *s) { memcpy(s->owner, known(s)->owner, 32); }
static void known_releaser(service *s) { memcpy(s->releaser, known(s)->releaser, 32); }
static void known_log(service *s) { memcpy(s->log.signer.seed, known(s)->log.signer.seed, 32); }

static void known_witnesses(service *s)
{
    const service *k = known(s);
    for (size_t i = 0; i < SERVICE_WITNESSES; i++)
        memcpy(s->witness[i].seed, k->witness[i].seed, 32);
}

static void one_known_witness(service *s)
{
    const service *k = known(s);
    for (size_t i = 1; i < SERVICE_WITNESSES; i++)
        memcpy(s->witness[i].seed, k->witness[i].seed, 32);
}

static void raise_floor(service *s, size_t i)
{
    s->least_tcb[i]++;
    service_write_snp_policy(s);
}

static void floor_boot_loader(service *s) { raise_floor(s, 0); }
static void floor_tee(service *s) { raise_floor(s, 1); }
static void floor_snp(service *s) { raise_floor(s, 6); }
static void floor_microcode(service *s) { raise_floor(s, 7); }
/* The document lists another line than that of the CPU. */
static void other_line(service *s)
{
    char *at = strstr(s->snp_text, "[\"Genoa\"]");
    must(at);
    memcpy(at, "[\"Milan\"]", 9);
}

static void least_release(service *s) { s->policy.least_release = s->release + 1; }

#define GENOA               \
    {                       \
        .product = AT_GENOA \
    }
#define MILAN               \
    {                       \
        .product = AT_MILAN \
    }
#define OTHER                                     \
    {                                             \
        .product = AT_GENOA, .other_vendor = true \
    }
#define BLACKWELL                                    \
    {                                                \
        .product = AT_GENOA, .gpu = NVIDIA_BLACKWELL \
    }
#define BOTH(machine) .pack = machine, .enclave = machine

static const other others[] = {
    {"genoa", BOTH(GENOA)},
    {"milan", BOTH(MILAN)},
    {"other-vendor", BOTH(OTHER)},
    {"root-of-other-vendor", .pack = OTHER, .enclave = GENOA},
    {"machine-of-other-vendor", .pack = GENOA, .enclave = OTHER},
    {"machine-of-other-line", .pack = MILAN, .enclave = GENOA},
    {"owner-known", BOTH(GENOA), .in_enclave = known_owner},
    {"releaser-known", BOTH(GENOA), .in_enclave = known_releaser},
    {"log-known", BOTH(GENOA), .in_enclave = known_log},
    {"witnesses-known", BOTH(GENOA), .in_enclave = known_witnesses},
    {"witness-of-three", BOTH(GENOA), .in_enclave = one_known_witness},
    {"floor-boot-loader", BOTH(GENOA), .in_pack = floor_boot_loader},
    {"floor-tee", BOTH(GENOA), .in_pack = floor_tee},
    {"floor-snp", BOTH(GENOA), .in_pack = floor_snp},
    {"floor-microcode", BOTH(GENOA), .in_pack = floor_microcode},
    {"line-not-listed", BOTH(GENOA), .in_pack = other_line},
    {"least-release", BOTH(GENOA), .in_pack = least_release},
    {"built-later", BOTH(GENOA), .lie = "clock-before-build"},
    {"built-next-year", BOTH(GENOA), .lie = "clock-year-before-build"},
    {"witness-missing", BOTH(GENOA), .lie = "witness-missing"},
    {"policy-platform", BOTH(GENOA), .lie = "policy-platform"},
    {"policy-vmpl", BOTH(GENOA), .lie = "policy-vmpl"},
    {"gpu-hopper", BOTH(GENOA)},
    {"gpu-blackwell", BOTH(BLACKWELL)},
    {"gpu-policy-untied", BOTH(GENOA), .lie = "gpu-policy-untied"},
    {"gpu-policy-measurements", BOTH(GENOA), .lie = "gpu-policy-measurements"},
};

static const other *other_named(const char *name)
{
    for (size_t i = 0; name && i < sizeof others / sizeof *others; i++)
        if (strcmp(name, others[i].name) == 0)
            return &others[i];
    return NULL;
}

static const nvidia_lie *gpu_lie_named(const char *name)
{
    for (size_t i = 0; i < nvidia_n_lies; i++)
        if (strcmp(name, nvidia_lies[i].name) == 0)
            return &nvidia_lies[i];
    return NULL;
}

static const p1_evidence_lie *policy_lie_named(const char *name)
{
    for (size_t i = 0; i < p1_n_evidence_lies; i++)
        if (strcmp(name, p1_evidence_lies[i].lie.slug) == 0)
            return &p1_evidence_lies[i];
    for (size_t i = 0; i < p1_n_gpu_lies; i++)
        if (strcmp(name, p1_gpu_lies[i].lie.slug) == 0)
            return &p1_gpu_lies[i];
    must(false);
    return NULL;
}

/* ---- making ---- */

static service_machine drawn_machine(coins *c)
{
    static const service_machine lines[] = {MILAN, GENOA, OTHER};
    uint8_t drawn[2];
    coins_draw(c, drawn, sizeof drawn);
    service_machine m = lines[drawn[0] % 3];
    m.gpu = drawn[1] & 1 ? NVIDIA_HOPPER : NVIDIA_BLACKWELL;
    return m;
}

/* A lie of the vendors is about a machine of a certain line. */
static service_machine lying_machine(const char *name)
{
    const tee_lie *lie = tee_lie_named(name);
    if (lie)
        return (service_machine){.product = lie->product, .lie = lie};
    const nvidia_lie *gpu = gpu_lie_named(name);
    must(gpu);
    return (service_machine){.product = AT_GENOA, .gpu = gpu->twin.line, .gpu_lie = gpu};
}

static void make(const prim *lib, span seed, const char *name, int64_t now, const service_machine *m, service *out)
{
    service_make_on(out, lib, seed, name, now, m);
    service_add_gpu(out);
}

void p1_world_draw(coins *c, const prim *lib, const char *name, int64_t now, service *out)
{
    uint8_t seed[32];
    coins_draw(c, seed, sizeof seed);
    const service_machine m = drawn_machine(c);
    make(lib, SPAN(seed), name, now, &m, out);
}

/* ---- of a trial ---- */

static void draw_name(trial *t, char name[40])
{
    uint8_t drawn[4];
    char digits[9] = "";
    writer w = writer_of(digits, 8);
    trial_draw(t, drawn, sizeof drawn);
    write_hex(&w, SPAN(drawn));
    snprintf(name, 40, "chat-%s.example", digits);
}

/* The service as its clients see it. */
static void tell_pack(const p1_world *w, p1_scene *c)
{
    if (w->kind && w->kind->in_pack)
        w->kind->in_pack(&c->world);
    if (w->kind && w->kind->lie)
        policy_lie_named(w->kind->lie)->twist(c);
}

static bool save(const p1_world *w, span text)
{
    char path[sizeof w->folder + 16];
    snprintf(path, sizeof path, "%s/pack.json", w->folder);
    mkdir(w->folder, 0777);
    FILE *f = fopen(path, "wb");
    const bool whole = f && fwrite(text.p, 1, text.n, f) == text.n;
    return f && fclose(f) == 0 && whole;
}

static void make_pack(trial *t, p1_world *w, p1_scene *c)
{
    static char room[P1_PACK_MAX];
    char why[P1_PACK_FAULT];
    writer text = WRITER(room);
    c->now = t->run->now;
    make(t->run->prim, SPAN(w->seed), w->name, c->now, w->kind ? &w->kind->pack : &w->drawn, &c->world);
    tell_pack(w, c);
    p1_pack_write(&c->world, &text);
    must(writer_ok(&text));
    if (!save(w, written(&text)))
        trial_stop(t, VERDICT, OUTCOME_HARNESS, "a pack of its own", "%s can't be written", w->folder);
    must(p1_pack_read(&w->pack, t->run->prim, written(&text), why));
}

void p1_world_make(trial *t)
{
    const char *name = t->row->world;
    p1_world *w = calloc(1, sizeof *w);
    p1_scene *c = calloc(1, sizeof *c);
    needs_memory(w);
    needs_memory(c);
    coins_draw(&t->coins, w->seed, sizeof w->seed);
    w->drawn = drawn_machine(&t->coins);
    draw_name(t, w->name);
    w->kind = other_named(name);
    if (name && !w->kind)
        w->drawn = lying_machine(name);
    snprintf(w->folder, sizeof w->folder, "%s/%s", t->run->worlds, t->row->id);
    make_pack(t, w, c);
    free(c);
    t->p1_world = w;
    t->p1 = &w->pack;
    t->pack_folder = w->folder;
}

void p1_world_remove(p1_world *w)
{
    char path[sizeof w->folder + 16];
    snprintf(path, sizeof path, "%s/pack.json", w->folder);
    unlink(path);
    rmdir(w->folder);
}

void p1_world_free(p1_world *w) { free(w); }

void p1_world_begin(const trial *t, service *out)
{
    const p1_world *w = t->p1_world;
    if (!w) {
        must(p1_pack_make_service(t->p1, t->run->prim, out));
        return;
    }
    make(t->run->prim, SPAN(w->seed), w->name, t->run->now, w->kind ? &w->kind->enclave : &w->drawn, out);
    if (w->kind && w->kind->in_enclave)
        w->kind->in_enclave(out);
}
