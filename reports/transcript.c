#include "transcript.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- writing ---- */

static void put_member(page *out, const char *key, const char *text)
{
    if (!text || !*text)
        return;
    page_printf(out, ",\"%s\":", key);
    page_put_json(out, text);
}

static void put_line(page *out, const transcript_line *line)
{
    int64_t second = line->vt / 1000000, part = line->vt % 1000000;
    page_printf(out, "{\"n\":%" PRIu64 ",\"vt\":%" PRId64 ".%06" PRId64, line->n, second, part);
    put_member(out, "dir", line->dir);
    put_member(out, "layer", line->layer);
    page_put(out, ",\"bytes\":\"");
    page_put_hex(out, line->bytes);
    page_put(out, "\"");
    put_member(out, "fields", line->fields);
    if (line->json && *line->json)
        page_printf(out, ",\"json\":%s", line->json);
    put_member(out, "note", line->note);
    page_put(out, "}\n");
}

void transcript_put(transcript *t, const transcript_line *given)
{
    must(given->vt >= 0);
    transcript_line line = *given;
    line.n = ++t->n;
    const size_t n = 2 * line.bytes.n + (line.json ? strlen(line.json) : 0);
    if (t->dropped || line.bytes.n > TRANSCRIPT_MAX / 2 || t->text.n + n > TRANSCRIPT_MAX)
        t->dropped++;
    else
        put_line(&t->text, &line);
}

bool transcript_save(transcript *t, const char *path)
{
    if (t->dropped) {
        page note = {0};
        page_printf(&note, "%" PRIu64 " more lines were not kept", t->dropped);
        put_line(&t->text, &(transcript_line){.n = t->n + 1, .dir = ".", .layer = "note", .note = note.p});
        page_free(&note);
    }
    return page_save(&t->text, path);
}

void transcript_free(transcript *t)
{
    page_free(&t->text);
    *t = (transcript){0};
}

/* ---- reading ---- */

static const char *text_of(const cJSON *object, const char *key)
{
    const char *s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
    return s ? s : "";
}

static bool visit_line(const char *text, size_t n, transcript_visitor *visit, void *ctx)
{
    const char *end = NULL;
    cJSON *object = cJSON_ParseWithLengthOpts(text, n, &end, 0);
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(object, "n"), *vt = cJSON_GetObjectItemCaseSensitive(object, "vt");
    const char *hex = text_of(object, "bytes");
    page bytes = {0};
    char *json = cJSON_PrintUnformatted(cJSON_GetObjectItemCaseSensitive(object, "json"));
    page_put_n(&bytes, hex, strlen(hex)); /* room enough: the digits are twice the bytes */
    writer w = writer_of(bytes.p, bytes.n);
    bool ok = object && (end == text + n || *end == '\n') && cJSON_IsNumber(number) && number->valuedouble >= 1 &&
              number->valuedouble < 9e15 && cJSON_IsNumber(vt) && vt->valuedouble >= 0 && vt->valuedouble < 9e12 &&
              read_hex(span_text(hex), &w);
    if (ok)
        visit(ctx, &(transcript_line){(uint64_t)number->valuedouble, (int64_t)(vt->valuedouble * 1e6 + 0.5), text_of(object, "dir"),
                                      text_of(object, "layer"), written(&w), text_of(object, "fields"), json ? json : "",
                                      text_of(object, "note")});
    cJSON_free(json);
    page_free(&bytes);
    cJSON_Delete(object);
    return ok;
}

uint64_t transcript_read(const char *text, size_t n, transcript_visitor *visit, void *ctx)
{
    uint64_t number = 1;
    for (size_t len; n; text += len, n -= len, number++) {
        const char *end = memchr(text, '\n', n);
        len = end ? (size_t)(end - text) + 1 : n;
        if (!visit_line(text, len, visit, ctx))
            return number;
    }
    return 0;
}

/* A decimal number before `stop` (0: the end of the word). */
static bool take_number(span *word, char stop, size_t *out)
{
    size_t digits = 0, value = 0;
    while (digits < word->n && word->p[digits] >= '0' && word->p[digits] <= '9' && digits < 9)
        value = 10 * value + (size_t)(word->p[digits++] - '0');
    bool ended = stop ? digits < word->n && word->p[digits] == stop : digits == word->n;
    *word = span_from(*word, digits + 1);
    *out = value;
    return digits > 0 && ended;
}

static bool take_field(span word, size_t length, transcript_field *out)
{
    const uint8_t *at = word.n ? memchr(word.p, '@', word.n) : NULL;
    if (!at || at == word.p)
        return false;
    out->name = span_first(word, (size_t)(at - word.p));
    word = span_from(word, out->name.n + 1);
    return take_number(&word, '+', &out->at) && take_number(&word, 0, &out->n) && out->at <= length && out->n <= length - out->at;
}

size_t transcript_fields(const char *fields, size_t length, transcript_field *out, size_t cap)
{
    size_t found = 0;
    const char *word;
    for (size_t n; found < cap && next_word(&fields, &word, &n);)
        found += take_field(span_of(word, n), length, &out[found]);
    return found;
}
