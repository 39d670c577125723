#include "verify_receipt.h"
#include "no_memory.h"

#include "exits.h"
#include "json.h"
#include "model_named.h"
#include "page.h"
#include "receipt_file.h"
#include "session.h"
#include "signer.h"
#include "verify_answer.h"

#include <errno.h>
#include <string.h>

typedef struct checked {
    verdict v;
    in_findings found;
    in_opening opening; /* borrows; zero when it could not be read */
} checked;

/* ---- the answer ---- */

static const comparisons all_comparisons = {in_comparison_names, IN_TEXT}; /* the text is a client's to compare */

static void write_count(writer *w, const char *name, uint64_t n)
{
    write_text(w, ",\"");
    write_text(w, name);
    write_text(w, "\":");
    json_write_int(w, (int64_t)n);
}

static void print_json(const checked *c)
{
    static char text[8192];
    writer w = writer_of(text, sizeof text);
    answer_write(&w, c->v, &c->found.account, all_comparisons);
    if (c->found.wrong)
        write_count(&w, "wrong", c->found.wrong);
    if (accepted(c->v)) {
        write_text(&w, ",\"claims\":{\"finish\":");
        json_write_text(&w, in_finish_names[c->opening.finish]);
        write_count(&w, "prompt", c->opening.n_prompt);
        write_count(&w, "output", c->opening.n_output);
        write_text(&w, "}");
    }
    write_text(&w, "}\n");
    must(writer_ok(&w));
    fwrite(text, 1, w.n, stdout);
}

static void print_row(const model *m, const char *what, span row)
{
    printf("%s\n    ", what);
    for (size_t i = 0; i < row.n / 2; i++)
        print_safely(stdout, bpe_text(&m->tokens, in_token(row, i)));
    putchar('\n');
}

static void print_text(const checked *c, const model *m)
{
    answer_print_checks(&c->found.account, all_comparisons);
    if (c->found.wrong)
        printf("token %zu of the output is not the one that the model draws there\n", c->found.wrong);
    if (accepted(c->v)) {
        print_row(m, "prompt (without the marks of its roles)", c->opening.prompt);
        print_row(m, "output", c->opening.output);
        printf("finish  %s\n", in_finish_names[c->opening.finish]);
    }
    puts(accepted(c->v) ? "accept" : "reject");
}

/* ---- the verb ---- */

static int judge(const cli_call *call, const model *m, const model_kernel *k, const in_signed *by, span receipt, span opening)
{
    checked c = {0};
    model_rerun *again = model_rerun_new(m, k);
    needs_memory(again);
    const in_model presented = model_presented(again);
    const char *format = cli_value(call, "format");
    c.v = in_verify_signed(&prim_sodium, &presented, by, receipt, opening, &c.found);
    (void)in_read_opening(opening, NULL, &c.opening);
    if (format && strcmp(format, "text") == 0)
        print_text(&c, m);
    else
        print_json(&c);
    model_rerun_free(again);
    return accepted(c.v) ? EXIT_LEVEL : EXIT_FAILED;
}

int verify_receipt(const cli_call *call)
{
    static uint8_t room[IN_RECEIPT + IN_OPENING_MAX + 2],
        signature_room[IN_SIGNATURE_SIZE + 1]; /* one byte more each: the chapter sees what is too long */
    writer signature = WRITER(signature_room);
    static signer s;
    writer receipt = writer_of(room, IN_RECEIPT + 1), opening = writer_of(room + IN_RECEIPT + 1, IN_OPENING_MAX + 1);
    const char *path = cli_operand(call, 1), *wrong;
    page document = {0};
    int code = EXIT_USAGE;
    const model_kernel *kernel;
    prim_start();
    if (!path || call->argc > 2)
        return cli_usage(call, "give one file: verify receipt FILE [--model FILE]");
    if (!signer_asked(call, &s, &code))
        return code;
    if (!page_load(&document, path, RECEIPT_FILE_MAX))
        return cli_fail(call, EXIT_USAGE, "%s: %s", path, errno ? strerror(errno) : "too large for a receipt");
    wrong = receipt_read(span_of(document.p, document.n), &receipt, &opening, &signature);
    if (!wrong && s.by.key.n && signature.n == 0)
        wrong = "it has no signature that --signer could have made";
    if (wrong)
        code = cli_fail(call, EXIT_USAGE, "%s: %s; `parley model run --receipt FILE` writes such a file", path, wrong);
    model *m = !wrong && model_kernel_asked(call, &kernel) ? model_named(call, cli_value(call, "model"), &code) : NULL;
    if (m) {
        s.by.signature = written(&signature);
        code = judge(call, m, kernel, &s.by, written(&receipt), written(&opening));
    }
    model_free(m);
    page_free(&document);
    return code;
}
