/* An adapter for the library door of Parley: one flat JSON object a line in, one out, in order. It speaks, and offers nothing yet.
 * Byte strings are lower-case hexadecimal. Nothing but answers goes to the standard output; log to the standard error. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

enum { MEMBERS = 64 };

/* A value: a text without its quotes and escapes (n bytes of UTF-8, and a zero behind them), or a number or truth value as it stands. */
typedef struct value {
    char *p;
    size_t n;
    int is_text;
} value;

typedef struct question {
    value id, op;
    struct member {
        value key, value;
    } all[MEMBERS];
    size_t n;
} question;

/* ---- reading: in the line itself, since no text grows when its escapes are undone ---- */

/* The four hexadecimal digits at `at`; -1 when they are none. */
static long code_unit(const char *at)
{
    char four[5] = {0};
    if (strspn(at, "0123456789abcdefABCDEF") < 4)
        return -1;
    return strtol(memcpy(four, at, 4), NULL, 16);
}

/* The character whose digits begin at *at, which may be a pair of code units; -1 when it is none. */
static long character(char **at)
{
    const long high = code_unit(*at);
    *at += high < 0 ? 0 : 4;
    if (high < 0xd800 || high > 0xdfff)
        return high;
    const long low = strncmp(*at, "\\u", 2) == 0 ? code_unit(*at + 2) : -1;
    if (high > 0xdbff || low < 0xdc00 || low > 0xdfff)
        return -1;
    *at += 6;
    return 0x10000 + (high - 0xd800) * 0x400 + (low - 0xdc00);
}

static char *put_utf8(char *to, long c)
{
    if (c < 0x80) {
        *to++ = (char)c;
        return to;
    }
    if (c >= 0x10000) {
        *to++ = (char)(0xf0 | c >> 18);
        *to++ = (char)(0x80 | (c >> 12 & 63));
    } else if (c >= 0x800)
        *to++ = (char)(0xe0 | c >> 12);
    if (c >= 0x800)
        *to++ = (char)(0x80 | (c >> 6 & 63));
    else
        *to++ = (char)(0xc0 | c >> 6);
    *to++ = (char)(0x80 | (c & 63));
    return to;
}

/* *at is behind a backslash. 0: that is no escape. */
static int read_escape(char **at, char **to)
{
    static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    const char letter = **at, *which = letter ? strchr(letters, letter) : NULL;
    long c = -1;
    if (letter)
        ++*at;
    if (which)
        c = meant[which - letters];
    else if (letter == 'u')
        c = character(at);
    if (c >= 0)
        *to = put_utf8(*to, c);
    return c >= 0;
}

/* The text that begins at `at`, behind its quote. What follows its end; NULL when it is none. */
static char *read_text(char *at, value *out)
{
    char *to = at;
    *out = (value){.p = at, .is_text = 1};
    while (*at && *at != '"') {
        if (*at != '\\')
            *to++ = *at++;
        else if (at++, !read_escape(&at, &to))
            return NULL;
    }
    if (!*at)
        return NULL;
    *to = 0;
    out->n = (size_t)(to - out->p);
    return at + 1;
}

/* No value holds an object or an array. */
static char *read_value(char *at, value *out)
{
    if (*at == '"')
        return read_text(at + 1, out);
    *out = (value){.p = at, .n = strspn(at, "-0123456789truefalse")};
    return out->n ? at + out->n : NULL;
}

static int read_question(char *line, question *q)
{
    *q = (question){.id = {"0", 1, 0}};
    char end = *line == '{' ? ',' : 0;
    while (end == ',' && q->n < MEMBERS) {
        value key, val;
        if (line[1] != '"' || !(line = read_text(line + 2, &key)) || *line != ':' || !(line = read_value(line + 1, &val)))
            return 0;
        end = *line;
        if (end != ',' && end != '}')
            return 0;
        *line = 0; /* the end of a number; the next key follows */
        if (strcmp(key.p, "id") == 0)
            q->id = val;
        else if (strcmp(key.p, "op") == 0)
            q->op = val;
        else
            q->all[q->n++] = (struct member){key, val};
    }
    return q->op.p && end == '}' && line[1] == 0;
}

/* ---- writing ---- */

static void put_text(value text)
{
    putchar('"');
    for (size_t i = 0; i < text.n; i++) {
        const unsigned char c = (unsigned char)text.p[i];
        if (c < 0x20) {
            printf("\\u%04x", c);
            continue;
        }
        if (c == '"' || c == '\\')
            putchar('\\');
        putchar(c);
    }
    putchar('"');
}

static void put_value(value v)
{
    if (v.is_text)
        put_text(v);
    else
        fputs(v.p, stdout);
}

/* ---- operations: each prints the members of its answer behind `"ok":1`, with a comma in front; or refuses ---- */

static const char ops[] = "hello echo reset", caps[] = "";

static void hello(void)
{
    printf(",\"impl\":\"my-library\",\"version\":\"0.1\",\"proto\":1,\"roles\":\"lib\",\"caps\":\"%s\",\"ops\":\"%s\"", caps, ops);
}

static void echo(const question *q)
{
    for (size_t i = 0; i < q->n; i++) {
        putchar(',');
        put_text(q->all[i].key);
        putchar(':');
        put_value(q->all[i].value);
    }
}

static void answer(char *line)
{
    question q;
    if (!read_question(line, &q)) {
        printf("{\"id\":%s,\"bug\":\"not a flat object\"}\n", q.id.p);
        return;
    }
    const int is_hello = strcmp(q.op.p, "hello") == 0, is_echo = strcmp(q.op.p, "echo") == 0;
    printf("{\"id\":%s", q.id.p);
    if (!is_hello && !is_echo && strcmp(q.op.p, "reset") != 0) {
        fputs(",\"uns\":", stdout);
        put_text(q.op);
        puts("}");
        return;
    }
    fputs(",\"ok\":1", stdout); /* a refusal: {"id":7,"rej":"auth","released":""} */
    if (is_hello)
        hello();
    if (is_echo)
        echo(&q);
    puts("}");
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    for (ssize_t n; (n = getline(&line, &room, stdin)) > 0; fflush(stdout)) {
        line[strcspn(line, "\n")] = 0;
        answer(line);
    }
    free(line);
    return 0;
}
