#include "parley1_pack.h"

#include "no_memory.h"
#include "out_file.h"
#include "p1_world.h"
#include "parley1_verbs.h"
#include "session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char the_name[] = "chat.example";

/* ---- making ---- */

static void make(const cli_call *call, span seed, uint64_t vendors, service *out)
{
    service_make(out, &prim_openssl, seed.n ? seed : span_text("parley"), the_name, call->has_at ? call->at.seconds : SERVICE_NOW);
    if (vendors == 2)
        service_add_gpu(out);
}

/* Not every verb has the option. */
static bool takes_vendors(const cli_call *call)
{
    size_t i = 0;
    while (i < call->n_options && strcmp(call->options[i]->name, "vendors") != 0)
        i++;
    return i < call->n_options;
}

/* False: what is wrong has been printed. */
static bool read_vendors(const cli_call *call, uint64_t *out)
{
    *out = 2;
    return !takes_vendors(call) || cli_number(call, "vendors", 1, 2, out);
}

/* ---- folders ---- */

/* Beside its place and then put there in one step. */
static bool save_text(const char *path, span text)
{
    char fresh[4096 + 8];
    snprintf(fresh, sizeof fresh, "%s.new", path);
    FILE *f = fopen(fresh, "wb");
    if (!f)
        return false;
    const bool whole = fwrite(text.p, 1, text.n, f) == text.n;
    return fclose(f) == 0 && whole && rename(fresh, path) == 0;
}

static int save(const cli_call *call, const service *world, const char *folder)
{
    char path[4096], room[P1_PACK_MAX];
    writer w = WRITER(room);
    p1_pack_write(world, &w);
    must(writer_ok(&w));
    if (snprintf(path, sizeof path, "%s/pack.json", folder) >= (int)sizeof path)
        return cli_usage(call, "the folder's name is too long");
    if ((mkdir(folder, 0777) != 0 && errno != EEXIST) || !save_text(path, written(&w)))
        return cli_fail(call, EXIT_USAGE, "%s: %s", path, strerror(errno));
    return EXIT_LEVEL;
}

static bool load(const cli_call *call, const char *folder, writer *out)
{
    char path[4096];
    FILE *f = snprintf(path, sizeof path, "%s/pack.json", folder) < (int)sizeof path ? fopen(path, "rb") : NULL;
    if (!f) {
        cli_fail(call, EXIT_USAGE, "%s: %s", path, strerror(errno));
        return false;
    }
    const size_t n = fread(out->p, 1, out->cap, f);
    const bool whole = !ferror(f) && fgetc(f) == EOF;
    fclose(f);
    if (whole)
        write_room(out, n);
    else
        cli_fail(call, EXIT_USAGE, "%s: is too large, or can't be read", path);
    return whole;
}

static p1_pack *read_text(const cli_call *call, const char *where, span text, int *code)
{
    char why[P1_PACK_FAULT];
    p1_pack *p = malloc(sizeof *p);
    needs_memory(p);
    if (p1_pack_read(p, &prim_openssl, text, why))
        return p;
    *code = cli_fail(call, EXIT_USAGE, "%s: %s", where, why);
    free(p);
    return NULL;
}

p1_pack *parley1_pack_in(const cli_call *call, const char *folder, int *code)
{
    static char room[P1_PACK_ROOM];
    writer w = WRITER(room);
    if (load(call, folder, &w))
        return read_text(call, folder, written(&w), code);
    *code = EXIT_USAGE;
    return NULL;
}

/* ---- packs of a call ---- */

static p1_pack *of_seed(const cli_call *call, span seed, int *code)
{
    static service world;
    static char room[P1_PACK_MAX];
    writer w = WRITER(room);
    uint64_t vendors;
    *code = EXIT_USAGE;
    if (!read_vendors(call, &vendors))
        return NULL;
    *code = EXIT_LEVEL;
    make(call, seed, vendors, &world);
    p1_pack_write(&world, &w);
    must(writer_ok(&w));
    return read_text(call, "the pack", written(&w), code);
}

static p1_pack *pack_of(const cli_call *call, span seed, int *code)
{
    const char *folder = cli_value(call, "pack");
    if (folder && takes_vendors(call) && cli_given(call, "vendors")) {
        *code = cli_usage(call, "--vendors: with --pack, the pack says it");
        return NULL;
    }
    return folder ? parley1_pack_in(call, folder, code) : of_seed(call, seed, code);
}

p1_pack *parley1_pack_of(const cli_call *call, int *code) { return pack_of(call, span_of(call->seed, call->seed_n), code); }
p1_pack *parley1_pack_of_target(const cli_call *call, int *code) { return pack_of(call, EMPTY, code); }

int parley1_service(const cli_call *call, const p1_pack *p, service *out)
{
    if (!p->has_seed)
        return cli_fail(call, EXIT_USAGE, "the pack has no seed, so this program can't be its enclave");
    if (!p1_pack_make_service(p, &prim_openssl, out))
        return cli_fail(call, EXIT_USAGE, "the pack's root is none that its seed makes, so this program can't be its enclave");
    return EXIT_LEVEL;
}

int parley1_pack(const cli_call *call, const char *folder)
{
    static service world;
    uint64_t vendors;
    if (!read_vendors(call, &vendors))
        return EXIT_USAGE;
    make(call, span_of(call->seed, call->seed_n), vendors, &world);
    const int code = save(call, &world, folder);
    if (!code && !call->quiet)
        printf("%s: a pack for profile parley1, which has what a client wants, and the seed of its service; for tests only\n", folder);
    return code;
}

/* ---- packs of a run ---- */

int parley1_out_pack(const cli_call *call, char path[4096])
{
    static service world;
    const int code = out_folder(call, "pack", path);
    make(call, EMPTY, 2, &world);
    return code ? code : save(call, &world, path);
}

int parley1_fresh_pack(const cli_call *call, char path[4096])
{
    static service world;
    coins drawn = coins_of_seed(span_of(call->seed, call->seed_n), "parley1 pack");
    const int code = out_folder(call, "pack", path);
    p1_world_draw(&drawn, &prim_openssl, the_name, call->has_at ? call->at.seconds : SERVICE_NOW, &world);
    return code ? code : save(call, &world, path);
}
