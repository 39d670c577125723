#include "verify_franking.h"
#include "no_memory.h"

#include "exits.h"
#include "franking.h"
#include "model_named.h"
#include "session.h"
#include "signer.h"
#include "utf8.h"
#include "verify_answer.h"
#include "page.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FRANK_MAX = 1 << 22 }; /* bytes: all leaves, and the largest request and answer opened */

static const comparisons nothing_left = {NULL, 0};

static const char *name_of(uint64_t kind)
{
    static const char *const roles[] = {"system", "user", "assistant, as the client told it", "tool", "the enclave's answer"};
    return kind < sizeof roles / sizeof *roles ? roles[kind] : "parameters and tools";
}

/* ---- the answer ---- */

static void write_leaf(writer *w, const in_opened_leaf *leaf, bool first)
{
    write_text(w, first ? "{\"index\":" : ",{\"index\":");
    json_write_int(w, (int64_t)leaf->index);
    answer_number(w, "kind", leaf->kind);
    if (leaf->kind <= IN_ANSWER && is_utf8(leaf->bytes)) {
        write_text(w, ",\"text\":");
        json_write_string(w, leaf->bytes);
    } else {
        answer_digits(w, "bytes", leaf->bytes);
    }
    write_text(w, "}");
}

static void write_claims(writer *w, const in_moderated *told)
{
    in_opened_leaf leaf;
    reader r = reader_of(told->frank.opened);
    write_text(w, ",\"claims\":{\"finish\":");
    json_write_text(w, told->frank.finish < IN_FINISHES ? in_finish_names[told->frank.finish] : "unknown");
    answer_number(w, "messages", told->frank.n);
    answer_number(w, "closed", told->closed);
    write_text(w, told->withheld ? ",\"context\":\"withheld\",\"opened\":[" : ",\"context\":\"whole\",\"opened\":[");
    for (bool first = true; in_next_opened_leaf(&r, &leaf); first = false)
        write_leaf(w, &leaf, first);
    write_text(w, "]}");
}

static int print_json(verdict v, const account *noted, const in_moderated *told, size_t n_frank)
{
    const size_t cap = 8 * n_frank + 8192; /* a byte is written as six characters at most */
    char *text = malloc(cap);
    needs_memory(text);
    writer w = writer_of(text, cap);
    answer_write(&w, v, noted, nothing_left);
    if (accepted(v))
        write_claims(&w, told);
    write_text(&w, "}\n");
    must(writer_ok(&w));
    fwrite(text, 1, w.n, stdout);
    free(text);
    return accepted(v) ? EXIT_LEVEL : EXIT_FAILED;
}

static int print_text(verdict v, const account *noted, const in_moderated *told)
{
    in_opened_leaf leaf;
    answer_print_checks(noted, nothing_left);
    if (accepted(v)) {
        for (reader r = reader_of(told->frank.opened); in_next_opened_leaf(&r, &leaf);) {
            printf("%s\n    ", name_of(leaf.kind));
            if (leaf.kind <= IN_ANSWER)
                print_safely(stdout, leaf.bytes);
            else
                printf("%zu bytes", leaf.bytes.n);
            putchar('\n');
        }
        printf("closed  %llu of %llu\n", (unsigned long long)told->closed, (unsigned long long)told->frank.n + 2);
        printf("context %s\n", told->withheld ? "withheld" : "whole");
    }
    puts(accepted(v) ? "accept" : "reject");
    return accepted(v) ? EXIT_LEVEL : EXIT_FAILED;
}

/* ---- the verb ---- */

static int judge(const cli_call *call, const in_moderator *by, span frank)
{
    account noted;
    in_moderated told;
    const char *format = cli_value(call, "format");
    const verdict v = in_moderate(&prim_sodium, by, frank, &noted, &told);
    return format && strcmp(format, "text") == 0 ? print_text(v, &noted, &told) : print_json(v, &noted, &told, frank.n);
}

int verify_franking(const cli_call *call)
{
    static signer s;
    const char *path = cli_operand(call, 1);
    page document = {0};
    int code = EXIT_USAGE;
    prim_start();
    if (!path || call->argc > 2)
        return cli_usage(call, "give one file: verify franking FILE --signer HEX --statement HEX [--model FILE]");
    if (!signer_asked(call, &s, &code))
        return code;
    if (s.by.key.n == 0)
        return cli_usage(call, "give --signer and --statement: without the key of the machine's statement nothing shows who answered");
    if (!page_load(&document, path, FRANK_MAX))
        return cli_fail(call, EXIT_USAGE, "%s: %s", path, errno ? strerror(errno) : "too large for a frank");
    model *m = model_named(call, cli_value(call, "model"), &code);
    if (m)
        code = judge(call, &(in_moderator){s.by.key, s.by.statement, SPAN(m->digest)}, span_of(document.p, document.n));
    model_free(m);
    page_free(&document);
    return code;
}
