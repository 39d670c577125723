#include "exits.h"
#include "inspect.h"
#include "json.h"
#include "prim.h"
#include "verbs.h"
#include "verify_file.h"

#include <string.h>

static const char note[] = "nothing was verified: no signature, no chain, no date, no policy";

static size_t fields_left_out(const inspection *i) { return i->n_fields > INSPECT_FIELDS_MAX ? i->n_fields - INSPECT_FIELDS_MAX : 0; }

/* The object is closed here; the parts stand in `parts`. */
static void end_json(const inspection *i, const char *format)
{
    char room[2048];
    writer w = WRITER(room);
    write_text(&w, "],\"format\":");
    json_write_text(&w, format ? format : "unknown");
    write_text(&w, i->fault || !format ? ",\"complete\":false,\"fields_left_out\":" : ",\"complete\":true,\"fields_left_out\":");
    json_write_int(&w, (int64_t)fields_left_out(i));
    if (i->fault) {
        write_text(&w, ",\"fault\":");
        json_write_text(&w, i->fault);
    }
    write_text(&w, "}\n");
    must(writer_ok(&w));
    fwrite(w.p, 1, w.n, stdout);
}

static void end_text(const inspection *i, const char *format)
{
    if (fields_left_out(i))
        fprintf(stdout, "... and %zu fields more\n", fields_left_out(i));
    if (i->fault)
        fprintf(stdout, "\nnot whole: %s\n", i->fault);
    fprintf(stdout, "\n%s: %s\n", format ? format : "unknown", note);
}

int verb_inspect(const cli_call *call)
{
    static verify_file file;
    const char *path = cli_operand(call, 0), *format = NULL;
    inspection i = {.to = stdout, .json = call->json || cli_given(call, "json")};
    if (!path || call->argc > 1)
        return cli_usage(call, "give one file: inspect FILE");
    const int failed = verify_load(call, "file", path, &file);
    if (failed)
        return failed;
    prim_start();
    if (i.json)
        fprintf(stdout, "{\"verified\":false,\"note\":\"%s\",\"size\":%zu,\"parts\":[", note, file.all.n);
    const bool found = inspect_file(&i, file.all, &format);
    if (i.json)
        end_json(&i, format);
    else if (found)
        end_text(&i, format);
    if (!found)
        return cli_fail(call, EXIT_FAILED, "'%s' is no evidence that this program knows; `parley help inspect` lists what it knows", path);
    return i.fault ? EXIT_FAILED : EXIT_LEVEL;
}
