#include "outcome.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

bool outcome_is_default(const char *text)
{
    static const char words[] = "Unless its sentence says otherwise, ";
    return strncmp(text, words, sizeof words - 1) == 0;
}

/* The number of exactly `digits` digits at *at, which moves past it; 0 when there is none. */
static unsigned read_code(const char **at, int digits)
{
    unsigned code = 0;
    for (int i = 0; i < digits; i++) {
        if (!isdigit((unsigned char)(*at)[i]))
            return 0;
        code = 10 * code + (unsigned)((*at)[i] - '0');
    }
    if (isdigit((unsigned char)(*at)[digits]))
        return 0;
    *at += digits;
    return code;
}

/* " `text`" */
static bool read_code_span(const char *at, sentence_outcome *out)
{
    const char *end = strncmp(at, " `", 2) == 0 ? strchr(at + 2, '`') : NULL;
    if (!end || (size_t)(end - at) - 2 >= sizeof out->text)
        return false;
    snprintf(out->text, sizeof out->text, "%.*s", (int)(end - at) - 2, at + 2);
    return true;
}

static const char *read_close(const char *at, sentence_outcome *out)
{
    out->kind = "CLOSE";
    out->code = read_code(&at, 4);
    if (out->code >= 1000 && (strncmp(at, " and no reason", 14) == 0 || read_code_span(at, out)))
        return NULL;
    return "an ended session is written `closes with CODE `REASON`` or `closes with CODE and no reason`, CODE of four digits";
}

static const char *read_answer(const char *at, sentence_outcome *out)
{
    out->kind = "ANSWER";
    out->code = read_code(&at, 3);
    return out->code >= 100 && read_code_span(at, out) ? NULL : "an answer is written `answered STATUS `BODY``, STATUS of three digits";
}

static const char *read_status(const char *at, sentence_outcome *out)
{
    out->kind = "HTTP_STATUS";
    out->code = read_code(&at, 3);
    return out->code >= 100 ? NULL : "an HTTP status is written `with HTTP status STATUS`, STATUS of three digits";
}

static const char *read_drop(const char *at, sentence_outcome *out)
{
    (void)at;
    out->kind = "DROP";
    return NULL;
}

static const char *read_disconnect(const char *at, sentence_outcome *out)
{
    (void)at;
    out->kind = "DISCONNECT";
    return NULL;
}

static const struct outcome_form {
    const char *words;
    const char *(*read)(const char *after, sentence_outcome *);
} forms[] = {
    {"closes with ", read_close},
    {"answered ", read_answer},
    {"with HTTP status ", read_status},
    {"dropped without an answer", read_drop},
    {"without a close frame", read_disconnect},
};

/* The form whose words stand at `at`; "answered" counts only before a number. */
static const struct outcome_form *form_at(const char *at)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const size_t n = strlen(forms[i].words);
        if (strncmp(at, forms[i].words, n) == 0 && (forms[i].read != read_answer || isdigit((unsigned char)at[n])))
            return &forms[i];
    }
    return NULL;
}

const char *outcome_read(const char *text, sentence_outcome *out)
{
    bool in_code = false;
    *out = (sentence_outcome){0};
    for (const char *at = text; *at; at++) {
        if (*at == '`')
            in_code = !in_code;
        const struct outcome_form *form = in_code ? NULL : form_at(at);
        if (form && out->kind)
            return "the sentence states two outcomes";
        const char *fault = form ? form->read(at + strlen(form->words), out) : NULL;
        if (fault)
            return fault;
    }
    return outcome_is_default(text) && !out->kind ? "a section's default states no outcome" : NULL;
}
