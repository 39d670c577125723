/* A case's transcript: every message that crossed a boundary, as JSON lines.
 *   {"n":12,"vt":1798761601.250000,"dir":"c>s","layer":"noise","bytes":"...","fields":"e@0+32 enc_s@32+48","note":"..."}
 *   {"n":3,"vt":0.000000,"dir":"c>s","layer":"app","bytes":"","json":{"id":2,"op":"nz.open"},"note":"the judged call"}
 * Test secrets may stand in it: every key of a run is a public test key. */
#ifndef PARLEY_TRANSCRIPT_H
#define PARLEY_TRANSCRIPT_H

#include "page.h"

enum {
    TRANSCRIPT_MAX = 8 << 20, /* bytes of one file; what comes after is counted, not kept */
    TRANSCRIPT_FIELDS = 256,  /* fields of one line that a reader takes */
};

typedef struct transcript_line {
    uint64_t n;        /* 1 for the first */
    int64_t vt;        /* virtual time, microseconds since 1970 UTC (or since the start, when the world has no date) */
    const char *dir;   /* "c>s", "s>c"; "." for what happened inside the runner */
    const char *layer; /* "tcp", "frame", "noise", "app", "note" */
    span bytes;
    const char *fields; /* "name@offset+length", one space between; offsets into `bytes` */
    const char *json;   /* NULL, or what was said, where that is one JSON object on one line: instead of the bytes */
    const char *note;
} transcript_line;

typedef struct transcript {
    page text;
    uint64_t n, dropped;
} transcript;

void transcript_put(transcript *, const transcript_line *); /* `n` is given by the transcript, not by the line */
bool transcript_save(transcript *, const char *path);       /* false with errno kept; adds a last line when lines were dropped */
void transcript_free(transcript *);

typedef void transcript_visitor(void *ctx, const transcript_line *);
/* Calls `visit` for each line; 0, or the number of the first line that is not one of ours. What the line borrows ends with the call. */
uint64_t transcript_read(const char *text, size_t n, transcript_visitor *, void *ctx);

typedef struct transcript_field {
    span name;
    size_t at, n;
} transcript_field;

/* The fields that lie inside `length` bytes; returns how many, at most `cap`. Malformed words are passed over. */
size_t transcript_fields(const char *fields, size_t length, transcript_field *out, size_t cap);

#endif
