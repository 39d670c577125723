/* An adapter for the library door of Parley: one flat JSON object a line in, one out, in order. It speaks, and offers nothing yet.
 * Byte strings are lower-case hexadecimal. Nothing but answers goes to the standard output; log to the standard error. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

enum { MEMBERS = 64 };

/* A member as it stands in the line: the key without its quotes, the value with them. */
typedef struct member {
    char *key, *value;
} member;

typedef struct question {
    const char *id, *op;
    member all[MEMBERS];
    size_t n;
} question;

/* The end of the string or number that begins at `at`; NULL when there is none. No value holds an object, an array or an escape. */
static char *value_end(char *at)
{
    if (*at == '"')
        return (at = strchr(at + 1, '"')) ? at + 1 : NULL;
    return at + strspn(at, "-0123456789truefalse");
}

static int read_question(char *line, question *q)
{
    *q = (question){.id = "0"};
    if (*line++ != '{')
        return 0;
    while (*line == '"' && q->n < MEMBERS) {
        char *key = line + 1, *end = strchr(key, '"');
        if (!end || end[1] != ':')
            return 0;
        char *value = end + 2, *after = value_end(value);
        if (!after || (*after != ',' && *after != '}'))
            return 0;
        *end = 0;
        line = after + 1;
        *after = 0;
        if (strcmp(key, "id") == 0)
            q->id = value;
        else if (strcmp(key, "op") == 0)
            q->op = value;
        else
            q->all[q->n++] = (member){key, value};
    }
    return q->op && *line == 0;
}

/* ---- operations: each prints the members of its answer behind `"ok":1`, with a comma in front; or refuses ---- */

static const char ops[] = "hello echo reset";

static void hello(void)
{
    printf(",\"impl\":\"my-library\",\"version\":\"0.1\",\"proto\":1,\"roles\":\"lib\",\"caps\":\"\",\"ops\":\"%s\"", ops);
}

static void echo(const question *q)
{
    for (size_t i = 0; i < q->n; i++)
        printf(",\"%s\":%s", q->all[i].key, q->all[i].value);
}

static void answer(char *line)
{
    question q;
    if (!read_question(line, &q)) {
        printf("{\"id\":%s,\"bug\":\"not a flat object\"}\n", q.id);
        return;
    }
    const int is_hello = strcmp(q.op, "\"hello\"") == 0, is_echo = strcmp(q.op, "\"echo\"") == 0;
    if (!is_hello && !is_echo && strcmp(q.op, "\"reset\"") != 0) {
        printf("{\"id\":%s,\"uns\":%s}\n", q.id, q.op);
        return;
    }
    printf("{\"id\":%s,\"ok\":1", q.id); /* a refusal: {"id":7,"rej":"auth","released":""} */
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
