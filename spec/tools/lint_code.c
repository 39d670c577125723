#include "lint_code.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

void code_blank(char *text)
{
    for (char *at = text; *at;) {
        char quote = *at == '"' || *at == '\'' ? *at : 0;
        bool comment = at[0] == '/' && (at[1] == '*' || at[1] == '/');
        bool block = comment && at[1] == '*';
        if (!quote && !comment) {
            at++;
            continue;
        }
        for (*at++ = ' '; *at && (comment && !block ? *at != '\n'
                                  : block           ? !(at[0] == '*' && at[1] == '/')
                                                    : *at != quote && *at != '\n');) {
            if (quote && *at == '\\' && at[1])
                *at++ = ' ';
            if (*at != '\n')
                *at = ' ';
            at++;
        }
        for (int n = block ? 2 : quote ? 1 : 0; n-- && *at && *at != '\n';)
            *at++ = ' ';
    }
}

static bool is_word(char c) { return isalnum((unsigned char)c) || c == '_'; }

bool code_cites(const char *text, const char *at, char id[8])
{
    if (!isupper((unsigned char)at[0]) || !(isupper((unsigned char)at[1]) || isdigit((unsigned char)at[1])) ||
        (at[2] != '-' && at[2] != '_'))
        return false;
    for (int i = 3; i < 6; i++)
        if (!isdigit((unsigned char)at[i]))
            return false;
    bool after_req = at - text >= 4 && strncmp(at - 4, "REQ_", 4) == 0;
    if (is_word(at[6]) || (at > text && is_word(at[-1]) && !after_req))
        return false;
    snprintf(id, 8, "%.2s-%.3s", at, at + 3);
    return true;
}

int code_line(const char *text, const char *at)
{
    int line = 1;
    for (; text < at; text++)
        line += *text == '\n';
    return line;
}

/* ---- numbers are names ---- */

static const char *word_start(const char *text, const char *at)
{
    while (at > text && is_word(at[-1]))
        at--;
    return at;
}

/* REQ_XX_000, or a variable or member called `req`. */
static bool is_number(const char *word)
{
    char id[8];
    const char *end = word;
    while (is_word(*end))
        end++;
    return (end - word == 3 && strncmp(word, "req", 3) == 0) ||
           (end - word == 10 && strncmp(word, "REQ_", 4) == 0 && code_cites(word, word + 4, id));
}

/* Where the expression `a->b[i].req` begins whose last word is at `at`. */
static const char *operand_start(const char *text, const char *at)
{
    for (;;) {
        if (at > text && at[-1] == '.')
            at--;
        else if (at > text + 1 && at[-1] == '>' && at[-2] == '-')
            at -= 2;
        else
            return at;
        for (int depth = 0; at > text && (depth || at[-1] == ']' || at[-1] == ')'); at--)
            depth += (at[-1] == ']' || at[-1] == ')') - (at[-1] == '[' || at[-1] == '(');
        at = word_start(text, at);
    }
}

static const char *skip_blanks(const char *at) { return at + strspn(at, " \t\n"); }

/* An operator that orders or counts, and what stands on its other side: the number of rows is no sentence's number. */
static bool orders_before(const char *text, const char *start)
{
    while (start > text && isspace((unsigned char)start[-1]))
        start--;
    const bool equal = start > text && start[-1] == '=';
    const char *at = equal ? start - 1 : start;
    if (at == text)
        return false;
    const char c = at[-1], before = at - 1 > text ? at[-2] : ' ';
    if (c == '<' || c == '>')
        return before != c && !(c == '>' && before == '-');
    return !equal && (c == '+' || c == '-') && before != c &&
           (is_word(before) || isspace((unsigned char)before) || before == ')' || before == ']');
}

static bool orders_after(const char *end)
{
    const char *at = skip_blanks(end);
    const char c = *at;
    if (c != '<' && c != '>' && c != '+' && c != '-')
        return false;
    if (at[1] == c || (c == '-' && at[1] == '>'))
        return false;
    const char *other = skip_blanks(at + 1 + (at[1] == '='));
    return strncmp(other, "REQ_COUNT", 9) != 0 || is_word(other[9]);
}

void code_check_order(const char *path, const char *text, sentence_fault *fault, void *ctx)
{
    for (const char *at = text; *at; at++) {
        if (!is_word(*at) || (at > text && is_word(at[-1])) || !is_number(at))
            continue;
        const char *end = at;
        while (is_word(*end))
            end++;
        if (!orders_before(text, operand_start(text, at)) && !orders_after(end))
            continue;
        fault(ctx, path, code_line(text, at),
              "a sentence's number is a name: compare it by == only, list the numbers, or read what you need from requirement_rows");
        at += strcspn(at, "\n") - 1;
    }
}
