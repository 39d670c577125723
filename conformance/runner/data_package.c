#include "data_package.h"
#include "exits.h"
#include "page.h"
#include "place.h"
#include "vector_schema.h"
#include "vectors_here.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH = 4096, FILE_MAX = 64 << 20 };

extern const char licence_text[];

static const char npm_package[] = "{\n"
                                  "  \"name\": \"parley-vectors\",\n"
                                  "  \"version\": \"" PARLEY_VERSION "\",\n"
                                  "  \"description\": \"Test vectors for end-to-end encrypted AI chat\",\n"
                                  "  \"license\": \"Apache-2.0\",\n"
                                  "  \"type\": \"module\",\n"
                                  "  \"exports\": \"./index.mjs\",\n"
                                  "  \"files\": [\"index.mjs\", \"vector-1.schema.json\", \"data\"]\n"
                                  "}\n";

static const char npm_index[] =
    "import { readdirSync, readFileSync } from \"node:fs\";\n\n"
    "const data = new URL(\"./data/\", import.meta.url);\n\n"
    "/** The names of the files, sorted. */\n"
    "export const files = readdirSync(data).sort();\n\n"
    "/** A file as it stands; `schema` says what is in it. */\n"
    "export const read = name => JSON.parse(readFileSync(new URL(name, data), \"utf8\"));\n\n"
    "export const schema = JSON.parse(readFileSync(new URL(\"./vector-1.schema.json\", import.meta.url), \"utf8\"));\n\n"
    "/** Every case, with its document and its group. */\n"
    "export function* cases() {\n"
    "  for (const name of files) {\n"
    "    const document = read(name);\n"
    "    for (const group of document.groups) for (const test of group.cases) yield { document, group, test };\n"
    "  }\n"
    "}\n";

static const char go_module[] = "module parley.invalid/vectors\n\ngo 1.18\n";

static const char go_source[] = "// Package vectors has the test vectors of Parley, version " PARLEY_VERSION ", as files.\n"
                                "package vectors\n\n"
                                "import \"embed\"\n\n"
                                "// Data holds data/NAME.json; Schema says what is in each.\n"
                                "//\n"
                                "//go:embed data/*.json\n"
                                "var Data embed.FS\n\n"
                                "//go:embed vector-1.schema.json\n"
                                "var Schema []byte\n";

static const char crate_manifest[] = "[package]\n"
                                     "name = \"parley-vectors\"\n"
                                     "version = \"" PARLEY_VERSION "\"\n"
                                     "edition = \"2021\"\n"
                                     "license = \"Apache-2.0\"\n"
                                     "description = \"Test vectors for end-to-end encrypted AI chat\"\n";

/* ---- files ---- */

static int save(const cli_call *call, const char *folder, const char *name, const page *text)
{
    char path[PATH];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return page_save(text, path) ? EXIT_LEVEL : cli_fail(call, EXIT_HARNESS, "%s: %s", path, strerror(errno));
}

static int save_text(const cli_call *call, const char *folder, const char *name, const char *text)
{
    page out = {0};
    page_put(&out, text);
    const int code = save(call, folder, name, &out);
    page_free(&out);
    return code;
}

static int make(const cli_call *call, const char *folder, const char *name)
{
    char path[PATH];
    snprintf(path, sizeof path, "%s%s%s", folder, *name ? "/" : "", name);
    return mkdir(path, 0777) == 0 || errno == EEXIST ? EXIT_LEVEL : cli_fail(call, EXIT_HARNESS, "%s: %s", path, strerror(errno));
}

static int copy_data(const cli_call *call, const char *name, const char *folder)
{
    char from[PATH], to[160];
    page text = {0};
    snprintf(from, sizeof from, "%s/vectors/data/%s", place_share(), name);
    snprintf(to, sizeof to, "data/%s", name);
    const int code = page_load(&text, from, FILE_MAX) ? save(call, folder, to, &text)
                                                      : cli_fail(call, EXIT_HARNESS, "%s: %s", from, strerror(errno));
    page_free(&text);
    return code;
}

/* ---- the three forms ---- */

static int save_npm(const cli_call *call, const vector_set *set, const char *folder)
{
    (void)set;
    const int code = save_text(call, folder, "package.json", npm_package);
    return code ? code : save_text(call, folder, "index.mjs", npm_index);
}

static int save_go(const cli_call *call, const vector_set *set, const char *folder)
{
    (void)set;
    const int code = save_text(call, folder, "go.mod", go_module);
    return code ? code : save_text(call, folder, "vectors.go", go_source);
}

static int save_crate(const cli_call *call, const vector_set *set, const char *folder)
{
    page source = {0};
    page_put(&source, "//! Test vectors of Parley. `SCHEMA` says what is in each file.\n\n"
                      "pub const SCHEMA: &str = include_str!(\"../vector-1.schema.json\");\n\n"
                      "/// Name and text of each file.\npub const FILES: &[(&str, &str)] = &[\n");
    for (size_t i = 0; i < set->n_files; i++)
        page_printf(&source, "    (\"%s\", include_str!(\"../data/%s\")),\n", set->file[i].name, set->file[i].name);
    page_put(&source, "];\n");
    int code = make(call, folder, "src");
    code = code ? code : save_text(call, folder, "Cargo.toml", crate_manifest);
    code = code ? code : save(call, folder, "src/lib.rs", &source);
    page_free(&source);
    return code;
}

static int fill(const cli_call *call, const vector_set *set, const char *folder)
{
    int code = make(call, folder, "");
    code = code ? code : make(call, folder, "data");
    code = code ? code : save_text(call, folder, "LICENSE", licence_text);
    code = code ? code : save_text(call, folder, "vector-1.schema.json", vector_schema_text);
    for (size_t i = 0; i < set->n_files && !code; i++)
        code = copy_data(call, set->file[i].name, folder);
    return code;
}

int data_package(const cli_call *call, const char *kind, const char *folder)
{
    static const struct {
        const char *name;
        int (*save)(const cli_call *, const vector_set *, const char *);
    } kinds[] = {{"npm", save_npm}, {"go", save_go}, {"crate", save_crate}};
    vector_set set;
    size_t k = 0;
    while (k < sizeof kinds / sizeof *kinds && strcmp(kinds[k].name, kind) != 0)
        k++;
    if (k == sizeof kinds / sizeof *kinds)
        return cli_usage(call, "'%s' is none of npm, go, crate", kind);
    int code = vectors_load(call, &set);
    if (code)
        return code;
    code = fill(call, &set, folder);
    code = code ? code : kinds[k].save(call, &set, folder);
    if (!code && !call->quiet)
        printf("%s: %zu files, %zu cases\n", folder, set.n_files, set.n);
    vectors_free(&set);
    return code;
}
