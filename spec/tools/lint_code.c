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

/* WEAKENED(XX_000) asks about a site and is none. */
static bool asks_of_site(const char *text, const char *at) { return at - text >= 9 && strncmp(at - 9, "WEAKENED(", 9) == 0; }

bool code_is_site(const char *text, const char *at, char id[8])
{
    const bool after_req = at - text >= 4 && strncmp(at - 4, "REQ_", 4) == 0;
    return at[0] && at[1] && at[2] == '_' && !after_req && !asks_of_site(text, at) && code_cites(text, at, id);
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

/* ---- guards of weakened builds ---- */

enum { CONDITION_MAX = 512 };

/* From `at` to the first of `ends` outside of brackets, or to a bracket that closes one from before. */
static const char *skip_to(const char *at, const char *ends)
{
    for (int depth = 0; *at; at++) {
        if (depth == 0 && (strchr(ends, *at) || *at == ')' || *at == ']' || *at == '}'))
            break;
        depth += (*at == '(' || *at == '[' || *at == '{') - (*at == ')' || *at == ']' || *at == '}');
    }
    return at;
}

/* The text between the two without its blanks, the brackets round all of it, and `!= NULL`. False when it does not fit. */
static bool condense(const char *from, const char *to, char out[CONDITION_MAX])
{
    size_t n = 0;
    for (; from < to; from++)
        if (!isspace((unsigned char)*from) && n < CONDITION_MAX - 1)
            out[n++] = *from;
    out[n] = 0;
    while (n >= 2 && out[0] == '(' && skip_to(out + 1, "") == out + n - 1) {
        memmove(out, out + 1, n - 2);
        out[n -= 2] = 0;
    }
    if (n > 6 && strcmp(out + n - 6, "!=NULL") == 0)
        out[n -= 6] = 0;
    return n > 0 && n < CONDITION_MAX - 1;
}

/* The next && or || (of those in `operators`) outside of brackets; `end` when there is none. */
static const char *next_operator(const char *at, const char *end, const char *operators)
{
    while (at < end) {
        at = skip_to(at, operators);
        if (at >= end)
            break;
        if (at[0] == at[1])
            return at;
        at++;
    }
    return end;
}

/* The part of a condition at `at`, up to an operator outside of brackets; *next is the following part, NULL at the end. */
static bool take_part(const char *at, const char *end, const char *operators, const char **next, char out[CONDITION_MAX])
{
    const char *to = next_operator(at, end, operators);
    *next = to < end ? to + 2 : NULL;
    return condense(at, to, out);
}

/* a < b says the same as !(a >= b). */
static bool flipped(const char *part, char out[CONDITION_MAX])
{
    static const char *const pairs[][2] = {{"<=", ">"}, {">=", "<"}, {"==", "!="}, {"!=", "=="}, {"<", ">="}, {">", "<="}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const char *at = strstr(part, pairs[i][0]);
        if (!at || (at > part && at[-1] == '-') || strpbrk(part, "&|"))
            continue;
        const int n = snprintf(out, CONDITION_MAX, "%.*s%s%s", (int)(at - part), part, pairs[i][1], at + strlen(pairs[i][0]));
        return n < CONDITION_MAX;
    }
    return false;
}

static bool says_again(const char *shown, const char *asked)
{
    char other[CONDITION_MAX];
    if (*asked == '!' && asked[1] != '=')
        asked++;
    return strcmp(shown, asked) == 0 || (flipped(asked, other) && strcmp(shown, other) == 0);
}

/* One of what the check has shown stands again among the parts of the condition. Of `a || b` neither is shown. */
static bool asks_again(const char *shown, const char *shown_end, const char *asked, const char *asked_end)
{
    char one[CONDITION_MAX], two[CONDITION_MAX];
    const char *operators = next_operator(shown, shown_end, "|") < shown_end ? "" : "&";
    for (const char *s = shown; s;) {
        if (!take_part(s, shown_end, operators, &s, one))
            continue;
        for (const char *a = asked; a;)
            if (take_part(a, asked_end, "&|", &a, two) && says_again(one, two))
                return true;
    }
    return false;
}

static bool word_at(const char *text, const char *at, const char *word)
{
    const size_t n = strlen(word);
    return strncmp(at, word, n) == 0 && !is_word(at[n]) && (at == text || !is_word(at[-1]));
}

/* The condition of the `if` or `?` at `at`. */
static bool condition_at(const char *text, const char *at, const char **from, const char **to)
{
    if (word_at(text, at, "if")) {
        *from = skip_blanks(at + 2) + 1;
        *to = skip_to(*from, "");
        return true;
    }
    if (*at != '?')
        return false;
    *to = *from = at;
    for (int depth = 0; *from > text && (depth || !strchr(";{}(,?:", (*from)[-1])); --*from) {
        if (depth == 0 && (*from)[-1] == '=' && !strchr("=!<>", (*from)[-2]) && **from != '=')
            break;
        depth += ((*from)[-1] == ')' || (*from)[-1] == ']') - ((*from)[-1] == '(' || (*from)[-1] == '[');
    }
    if (word_at(text, skip_blanks(*from), "return"))
        *from = skip_blanks(*from) + 6;
    return true;
}

static bool is_marked(const char *from, const char *to)
{
    for (; from < to; from++)
        if (strncmp(from, "WEAKENED(", 9) == 0 || strncmp(from, "WITHIN(", 7) == 0)
            return true;
    return false;
}

/* `x % LIMIT` where the check compared with this LIMIT. */
static bool wraps_again(const char *at, const char *shown, const char *shown_end)
{
    char limit[64];
    if (*at != '%' || sscanf(at + 1, " %63[A-Z0-9_]", limit) != 1 || !isupper((unsigned char)limit[0]))
        return false;
    for (const char *s = shown; s < shown_end; s++)
        if (word_at(shown, s, limit))
            return true;
    return false;
}

/* After one check, to the end of its function: the next line that begins with a bracket. */
static void check_after(const char *path, const char *text, const char *shown, const char *shown_end, sentence_fault *fault, void *ctx)
{
    const char *end = strstr(shown_end, "\n}");
    for (const char *at = shown_end; end && at < end; at++) {
        const char *from, *to;
        const bool again = condition_at(text, at, &from, &to) && from > shown_end && !is_marked(from, to) &&
                           asks_again(shown, shown_end, from, to);
        if (again || wraps_again(at, shown, shown_end))
            fault(ctx, path, code_line(text, at),
                  "a check before has shown this already: say WITHIN(index, LIMIT) or WEAKENED(XX_000) if a weakened build needs it, else "
                  "leave it out");
    }
}

static void check_switches(const char *path, const char *text, const char *at, sentence_fault *fault, void *ctx)
{
    static const char *const names[] = {"WEAK", "site_weak", "PARLEY_MUTANTS"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (word_at(text, at, names[i]))
            fault(ctx, path, code_line(text, at),
                  "what only a weakened build needs is marked by name: WITHIN(index, LIMIT) or WEAKENED(XX_000)");
}

void code_check_guards(const char *path, const char *text, sentence_fault *fault, void *ctx)
{
    for (const char *at = text; *at; at++) {
        check_switches(path, text, at, fault, ctx);
        const bool check = word_at(text, at, "CHECK"), require = word_at(text, at, "REQUIRE");
        if ((!check && !require) || at[check ? 5 : 7] != '(')
            continue;
        const char *shown = at + (check ? 6 : 8);
        if (check)
            shown = skip_to(shown, ",") + 1;
        check_after(path, text, shown, skip_to(shown, ","), fault, ctx);
    }
}
