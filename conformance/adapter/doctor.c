#include "doctor.h"
#include "no_memory.h"
#include "shim_line.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OPS = 4096 };

typedef struct examination {
    library_child *c;
    char ops[OPS], caps[OPS]; /* what hello offers, one space between */
    doctor_offer *offer;
    char diagnosis[400];
    uint8_t *line;
    bool greeted; /* hello was answered */
    shim_list pairs;
    shim_reply reply;
} examination;

/* The value of an examination that found something. */
#define FAULT(...) (snprintf(e->diagnosis, sizeof e->diagnosis, __VA_ARGS__), false)

static bool has_upper_hex(span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= 'A' && s.p[i] <= 'F')
            return true;
    return false;
}

/* What a line that can't be read looks like to somebody who knows adapters. */
static bool unreadable(examination *e, span line, const char *fault)
{
    const int shown = line.n > 60 ? 60 : (int)line.n;
    const char *text = (const char *)line.p;
    if (line.n && line.p[line.n - 1] == '\r')
        return FAULT("it ends its lines with CR LF: write \\n alone (binary mode)");
    if (line.n == 0 || line.p[0] != '{')
        return FAULT("\"%.*s\" is no answer: print banners and logs to the standard error, nothing but answers to the standard output",
                     shown, text);
    if (strcmp(fault, "no id") == 0)
        fault = "the answer does not repeat the request's id";
    return FAULT("%s, in \"%.*s\"", fault, shown, text);
}

/* How much of its standard error is shown: without the newline at its end. */
static int said_on_errors(const examination *e)
{
    size_t n = e->c->n_errors < 200 ? e->c->n_errors : 200;
    while (n && isspace((unsigned char)e->c->errors[n - 1]))
        n--;
    return (int)n;
}

static bool unanswered(examination *e, shim_fate fate)
{
    const int shown = said_on_errors(e);
    if (fate == SHIM_HUNG && e->c->n_line == e->c->consumed)
        return FAULT("alive but silent: the answer is not flushed, or it waits for the end of its input; flush after each line");
    if (shows_sanitizer_report(e->c->errors))
        return FAULT("a sanitizer reports on its standard error: %.*s", shown, e->c->errors);
    return FAULT("%s%s%.*s", e->c->trouble, shown ? "; its standard error says: " : "", shown, e->c->errors);
}

/* Sends a line and reads the answer to `id` into e->reply. */
static bool exchange(examination *e, const char *line, size_t n, int64_t id)
{
    span got;
    int64_t told = -1;
    char copy[61];
    shim_fate fate = library_send(e->c, line, n);
    if (fate == SHIM_ANSWERED)
        fate = library_take(e->c, &got);
    if (fate != SHIM_ANSWERED || shows_sanitizer_report(e->c->errors))
        return unanswered(e, fate);
    snprintf(copy, sizeof copy, "%.*s", got.n > 60 ? 60 : (int)got.n, (const char *)got.p);
    shim_reply_start(&e->reply);
    const char *fault = shim_line_read(e->c->line + (got.p - e->c->line), got.n, &e->pairs);
    if (!fault)
        fault = shim_take_reply(&e->pairs, &told, &e->reply);
    if (fault)
        return unreadable(e, got, fault);
    return told == id || FAULT("it answers request %lld where %lld was asked: one answer for each line, in order (\"%s\")", (long long)told,
                               (long long)id, copy);
}

static bool exchange_text(examination *e, const char *line, int64_t id) { return exchange(e, line, strlen(line), id); }

/* ---- examinations ---- */

static bool answers_hello(examination *e)
{
    static const char *const keys[] = {"impl", "version", "roles", "caps", "ops"};
    int64_t proto = 0;
    span text, caps = EMPTY;
    if (!e->greeted)
        return false;
    if (e->reply.answer != SHIM_OK)
        return FAULT("hello is answered with %s: answer "
                     "{\"id\":1,\"ok\":1,\"impl\":...,\"version\":...,\"proto\":1,\"roles\":...,\"caps\":...,\"ops\":...}",
                     e->reply.answer == SHIM_UNS ? "uns" : "a refusal");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!shim_text(&e->reply.out, keys[i], &text))
            return FAULT("hello lacks the text \"%s\"", keys[i]);
    shim_text(&e->reply.out, "caps", &caps);
    snprintf(e->caps, sizeof e->caps, "%.*s", (int)caps.n, caps.n ? (const char *)caps.p : "");
    snprintf(e->ops, sizeof e->ops, "%.*s", (int)text.n, text.n ? (const char *)text.p : ""); /* the last of the keys */
    return (shim_int(&e->reply.out, "proto", &proto) && proto == 1) || FAULT("hello has to say \"proto\":1");
}

static bool echoes_every_byte(examination *e)
{
    uint8_t all[256];
    char line[800];
    for (int i = 0; i < 256; i++)
        all[i] = (uint8_t)i;
    writer w = WRITER(line);
    write_text(&w, "{\"id\":2,\"op\":\"echo\",\"data\":\"");
    write_hex(&w, SPAN(all));
    write_text(&w, "\"}\n");
    if (!exchange(e, line, w.n, 2))
        return false;
    const shim_pair *got = shim_find(&e->reply.out, "data"), want = {.type = SHIM_BYTES, .value = SPAN(all)};
    if (e->reply.answer == SHIM_OK && got && shim_same_value(got, &want))
        return true;
    if (got && has_upper_hex(got->value))
        return FAULT("hexadecimal is lower case here, it answers upper case");
    return FAULT("the bytes come back changed, or not at all");
}

/* Texts come escaped, and documents come as texts. */
static bool echoes_texts(examination *e)
{
    static const char line[] = "{\"id\":7,\"op\":\"echo\",\"quote\":\"\\\"\",\"backslash\":\"a\\\\\",\"document\":\"{\\\"a\\\":1}\","
                               "\"escape\":\"\\u00e9\\u0007\"}\n";
    static const struct {
        const char *key, *text, *is;
    } all[] = {{"quote", "\"", "a quotation mark"},
               {"backslash", "a\\", "a backslash at the end of a text"},
               {"document", "{\"a\":1}", "a text that is JSON itself"},
               {"escape", "\xc3\xa9\a", "a text with \\u00e9 and \\u0007"}};
    span got;
    if (!exchange_text(e, line, 7))
        return false;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (e->reply.answer != SHIM_OK || !shim_text(&e->reply.out, all[i].key, &got) || !span_is(got, all[i].text))
            return FAULT("%s comes back changed, or not at all: undo the escapes of JSON when reading, write them when answering",
                         all[i].is);
    return true;
}

static bool takes_a_long_line(examination *e)
{
    static const char head[] = "{\"id\":3,\"op\":\"echo\",\"data\":\"", tail[] = "\"}\n";
    const size_t n = (SHIM_LINE - sizeof head - sizeof tail - 16) & ~(size_t)1;
    memcpy(e->line, head, sizeof head - 1);
    memset(e->line + sizeof head - 1, 'a', n);
    memcpy(e->line + sizeof head - 1 + n, tail, sizeof tail - 1);
    if (!exchange(e, (const char *)e->line, sizeof head - 1 + n + sizeof tail - 1, 3))
        return false;
    const shim_pair *got = shim_find(&e->reply.out, "data");
    return (e->reply.answer == SHIM_OK && got && got->value.n == n) ||
           FAULT("a line of 1 MiB does not come back whole: is there a limit on lines?");
}

static bool admits_what_it_lacks(examination *e)
{
    if (!exchange_text(e, "{\"id\":4,\"op\":\"zz.probe-7f3a\"}\n", 4))
        return false;
    return (e->reply.answer == SHIM_UNS && span_is(e->reply.word, "zz.probe-7f3a")) ||
           FAULT("an operation that it can't know has to be answered {\"id\":4,\"uns\":\"zz.probe-7f3a\"}");
}

static bool refuses_wrong_digits(examination *e)
{
    static const char *const lines[] = {
        "{\"id\":5,\"op\":\"nz.init\",\"role\":\"i\",\"name\":\"Noise_XX_25519_AESGCM_SHA256\",\"prologue\":\"0\",\"s\":\"00\"}\n",
        "{\"id\":6,\"op\":\"nz.init\",\"role\":\"i\",\"name\":\"Noise_XX_25519_AESGCM_SHA256\",\"prologue\":\"AB\",\"s\":\"00\"}\n"};
    for (int i = 0; i < 2; i++) {
        if (!exchange_text(e, lines[i], 5 + i))
            return false;
        if (e->reply.answer == SHIM_UNS) /* an adapter without Noise */
            return true;
        if (e->reply.answer != SHIM_BUG)
            return FAULT("an odd or upper-case digit is the caller's mistake: answer bug, not a verdict");
    }
    return true;
}

/* Three requests at once: three answers, each its own, and none held back. */
static bool answers_in_order(examination *e)
{
    static const char lines[] = "{\"id\":11,\"op\":\"echo\",\"data\":\"01\"}\n{\"id\":12,\"op\":\"echo\",\"data\":\"02\"}\n{\"id\":13,"
                                "\"op\":\"echo\",\"data\":\"03\"}\n";
    return exchange(e, lines, sizeof lines - 1, 11) && exchange(e, "", 0, 12) && exchange(e, "", 0, 13);
}

static bool says_what_it_needs(examination *e) { return !e->offer || e->offer(e->caps, e->ops, e->diagnosis, sizeof e->diagnosis); }

/* Each operation that it offers is asked without a key. What it says is its own affair; that it knows it, and lives, is not. */
static bool knows_what_it_offers(examination *e)
{
    char line[200];
    int64_t id = 20;
    for (char *rest = e->ops, *op; (op = strsep(&rest, " "));) {
        if (!*op || strlen(op) > 100 || strpbrk(op, "\"\\") || strcmp(op, "hello") == 0 || strcmp(op, "reset") == 0)
            continue;
        const int n = snprintf(line, sizeof line, "{\"id\":%lld,\"op\":\"%s\"}\n", (long long)++id, op);
        if (!exchange(e, line, (size_t)n, id)) {
            char why[300];
            snprintf(why, sizeof why, "%.299s", e->diagnosis);
            return FAULT("asked for %s without a key: %s", op, why);
        }
        if (e->reply.answer == SHIM_UNS)
            return FAULT("hello offers %s, but it is answered uns: take it out of \"ops\", or write it", op);
    }
    return true;
}

/* What a shell, and the child before its exec, end with when there is no such program. */
static bool had_no_program(const library_child *c)
{
    return c->process.ended && WIFEXITED(c->process.status) && WEXITSTATUS(c->process.status) == 127 && c->n_line == 0;
}

/* Whether there was a program to start shows only at the first question, whose answer is examined next. */
static bool starts(examination *e)
{
    const char *program = e->c->argv[0];
    if (strchr(program, '/') && access(program, F_OK) != 0)
        return FAULT("%.300s: no such file", program);
    if (!library_start(e->c))
        return FAULT("%.300s can't be started", program);
    e->greeted = exchange_text(e, "{\"id\":1,\"op\":\"hello\",\"proto\":1}\n", 1);
    if (e->greeted || e->c->runs || !had_no_program(e->c))
        return true;
    const int shown = said_on_errors(e);
    return shown ? FAULT("%.*s", shown, e->c->errors) : FAULT("%.300s: no such program, or it can't be executed", program);
}

bool doctor_examine(library_child *c, doctor_offer *offer, doctor_report *report, void *ctx)
{
    static const struct {
        const char *what;
        bool (*holds)(examination *);
    } all[] = {{"start", starts},
               {"hello", answers_hello},
               {"echo of all byte values", echoes_every_byte},
               {"echo of texts with escapes", echoes_texts},
               {"an unknown operation", admits_what_it_lacks},
               {"wrong hexadecimal", refuses_wrong_digits},
               {"three requests in one write", answers_in_order},
               {"the words of caps", says_what_it_needs},
               {"the operations it offers", knows_what_it_offers},
               {"a line of 1 MiB", takes_a_long_line}};
    bool good = true;
    examination *e = calloc(1, sizeof *e);
    needs_memory(e != NULL);
    *e = (examination){.c = c, .offer = offer, .line = malloc(SHIM_LINE + 16)};
    needs_memory(e->line != NULL);
    for (size_t i = 0; good && i < sizeof all / sizeof *all; i++) {
        good = all[i].holds(e);
        report(ctx, all[i].what, good ? "" : e->diagnosis);
    }
    library_stop(c);
    free(e->line);
    free(e);
    return good;
}
