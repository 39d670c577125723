#include "doctor.h"
#include "shim_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct visit {
    library_child *c;
    doctor_report *report;
    void *ctx;
    char says[400];
    uint8_t *line;
    shim_list pairs;
    shim_reply reply;
} visit;

static bool ill(visit *v, const char *what)
{
    v->report(v->ctx, DOCTOR_ILL, what, v->says);
    return false;
}

static bool well(visit *v, const char *what)
{
    v->report(v->ctx, DOCTOR_WELL, what, "");
    return true;
}

#define SAYS(...) snprintf(v->says, sizeof v->says, __VA_ARGS__)

static bool has_upper_hex(span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= 'A' && s.p[i] <= 'F')
            return true;
    return false;
}

/* What a line that can't be read looks like to somebody who knows adapters. */
static void say_line(visit *v, span line, const char *fault)
{
    int shown = line.n > 60 ? 60 : (int)line.n;
    if (line.n && line.p[line.n - 1] == '\r')
        SAYS("it ends its lines with CR LF: write \\n alone (binary mode)");
    else if (line.n == 0 || line.p[0] != '{')
        SAYS("\"%.*s\" is no answer: print banners and logs to the standard error, nothing but answers to the standard output", shown,
             (const char *)line.p);
    else
        SAYS("%s, in \"%.*s\"", fault, shown, (const char *)line.p);
}

static void say_fate(visit *v, shim_fate fate)
{
    if (fate == SHIM_HUNG && v->c->n_line == v->c->consumed)
        SAYS("alive but silent: the answer is not flushed, or it waits for the end of its input; flush after each line");
    else if (shows_sanitizer_report(v->c->errors))
        SAYS("a sanitizer reports on its standard error: %.200s", v->c->errors);
    else
        SAYS("%s%s%.200s", v->c->trouble, v->c->n_errors ? "; its standard error says: " : "", v->c->n_errors ? v->c->errors : "");
}

/* Sends a line and reads the answer to `id` into v->reply; false after saying what is wrong. */
static bool exchange(visit *v, const char *line, size_t n, int64_t id)
{
    span got;
    int64_t told = -1;
    shim_fate fate = library_send(v->c, line, n);
    if (fate == SHIM_ANSWERED)
        fate = library_take(v->c, &got);
    if (fate != SHIM_ANSWERED) {
        say_fate(v, fate);
        return false;
    }
    if (shows_sanitizer_report(v->c->errors)) {
        say_fate(v, SHIM_CRASHED);
        return false;
    }
    char copy[61];
    snprintf(copy, sizeof copy, "%.*s", got.n > 60 ? 60 : (int)got.n, (const char *)got.p);
    shim_reply_start(&v->reply);
    const char *fault = shim_line_read(v->c->line + (got.p - v->c->line), got.n, &v->pairs);
    if (!fault)
        fault = shim_take_reply(&v->pairs, &told, &v->reply);
    if (fault) {
        say_line(v, span_of(got.p, got.n), strcmp(fault, "no id") == 0 ? "the answer does not repeat the request's id" : fault);
        return false;
    }
    if (told != id) {
        SAYS("it answers request %lld where %lld was asked: one answer for each line, in order (\"%s\")", (long long)told, (long long)id,
             copy);
        return false;
    }
    return true;
}

static bool exchange_text(visit *v, const char *line, int64_t id) { return exchange(v, line, strlen(line), id); }

/* ---- examinations ---- */

static bool says_hello(visit *v)
{
    static const char *const keys[] = {"impl", "version", "roles", "caps", "ops"};
    int64_t proto = 0;
    if (!exchange_text(v, "{\"id\":1,\"op\":\"hello\",\"proto\":1}\n", 1))
        return ill(v, "hello");
    if (v->reply.answer != SHIM_OK) {
        SAYS("hello is answered with %s: answer "
             "{\"id\":1,\"ok\":1,\"impl\":...,\"version\":...,\"proto\":1,\"roles\":...,\"caps\":...,\"ops\":...}",
             v->reply.answer == SHIM_UNS ? "uns" : "a refusal");
        return ill(v, "hello");
    }
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        span text;
        if (!shim_text(&v->reply.out, keys[i], &text)) {
            SAYS("hello lacks the text \"%s\"", keys[i]);
            return ill(v, "hello");
        }
    }
    if (!shim_int(&v->reply.out, "proto", &proto) || proto != 1) {
        SAYS("hello has to say \"proto\":1");
        return ill(v, "hello");
    }
    return well(v, "hello");
}

static bool echoes_every_byte(visit *v)
{
    uint8_t all[256];
    char line[800];
    for (int i = 0; i < 256; i++)
        all[i] = (uint8_t)i;
    writer w = WRITER(line);
    write_text(&w, "{\"id\":2,\"op\":\"echo\",\"data\":\"");
    write_hex(&w, SPAN(all));
    write_text(&w, "\"}\n");
    if (!exchange(v, line, w.n, 2))
        return ill(v, "echo of all byte values");
    const shim_pair *got = shim_find(&v->reply.out, "data"), want = {.type = SHIM_BYTES, .value = SPAN(all)};
    if (v->reply.answer == SHIM_OK && got && shim_same_value(got, &want))
        return well(v, "echo of all byte values");
    if (got && has_upper_hex(got->value))
        SAYS("hexadecimal is lower case here, it answers upper case");
    else
        SAYS("the bytes come back changed, or not at all");
    return ill(v, "echo of all byte values");
}

static bool takes_a_long_line(visit *v)
{
    static const char head[] = "{\"id\":3,\"op\":\"echo\",\"data\":\"", tail[] = "\"}\n";
    size_t n = (SHIM_LINE - sizeof head - sizeof tail - 16) & ~(size_t)1;
    memcpy(v->line, head, sizeof head - 1);
    memset(v->line + sizeof head - 1, 'a', n);
    memcpy(v->line + sizeof head - 1 + n, tail, sizeof tail - 1);
    if (!exchange(v, (const char *)v->line, sizeof head - 1 + n + sizeof tail - 1, 3))
        return ill(v, "a line of 1 MiB");
    const shim_pair *got = shim_find(&v->reply.out, "data");
    if (v->reply.answer == SHIM_OK && got && got->value.n == n)
        return well(v, "a line of 1 MiB");
    SAYS("a line of 1 MiB does not come back whole: is there a limit on lines?");
    return ill(v, "a line of 1 MiB");
}

static bool admits_what_it_lacks(visit *v)
{
    if (!exchange_text(v, "{\"id\":4,\"op\":\"zz.probe-7f3a\"}\n", 4))
        return ill(v, "an unknown operation");
    if (v->reply.answer == SHIM_UNS && span_is(v->reply.word, "zz.probe-7f3a"))
        return well(v, "an unknown operation");
    SAYS("an operation that it can't know has to be answered {\"id\":4,\"uns\":\"zz.probe-7f3a\"}");
    return ill(v, "an unknown operation");
}

static bool refuses_wrong_digits(visit *v)
{
    static const char *const lines[] = {
        "{\"id\":5,\"op\":\"nz.init\",\"role\":\"i\",\"name\":\"Noise_XX_25519_AESGCM_SHA256\",\"prologue\":\"0\",\"s\":\"00\"}\n",
        "{\"id\":6,\"op\":\"nz.init\",\"role\":\"i\",\"name\":\"Noise_XX_25519_AESGCM_SHA256\",\"prologue\":\"AB\",\"s\":\"00\"}\n"};
    for (int i = 0; i < 2; i++) {
        if (!exchange_text(v, lines[i], 5 + i))
            return ill(v, "wrong hexadecimal");
        if (v->reply.answer == SHIM_UNS)
            return well(v, "wrong hexadecimal (not applicable)");
        if (v->reply.answer != SHIM_BUG) {
            SAYS("an odd or upper-case digit is the caller's mistake: answer bug, not a verdict");
            return ill(v, "wrong hexadecimal");
        }
    }
    return well(v, "wrong hexadecimal");
}

/* Three requests at once: three answers, each its own, and none held back. */
static bool answers_in_order(visit *v)
{
    static const char lines[] = "{\"id\":11,\"op\":\"echo\",\"data\":\"01\"}\n{\"id\":12,\"op\":\"echo\",\"data\":\"02\"}\n{\"id\":13,"
                                "\"op\":\"echo\",\"data\":\"03\"}\n";
    if (!exchange(v, lines, sizeof lines - 1, 11) || !exchange(v, "", 0, 12) || !exchange(v, "", 0, 13))
        return ill(v, "three requests in one write");
    return well(v, "three requests in one write");
}

bool doctor_examine(library_child *c, doctor_report *report, void *ctx)
{
    static bool (*const examinations[])(visit *) = {says_hello,           echoes_every_byte, admits_what_it_lacks,
                                                    refuses_wrong_digits, answers_in_order,  takes_a_long_line};
    visit *v = calloc(1, sizeof *v);
    must(v != NULL);
    *v = (visit){.c = c, .report = report, .ctx = ctx, .line = malloc(SHIM_LINE + 16)};
    must(v->line != NULL);
    bool good = library_start(c);
    if (!good) {
        SAYS("can't be started");
        ill(v, "start");
    }
    for (size_t i = 0; good && i < sizeof examinations / sizeof *examinations; i++)
        good = examinations[i](v);
    library_stop(c);
    free(v->line);
    free(v);
    return good;
}
