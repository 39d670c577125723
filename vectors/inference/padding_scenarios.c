/* Sizes, buckets and gaps of padded turns. */
#include "turn_vectors.h"

#include <stdio.h>
#include <string.h>

static void put_number(sheet *s, const char *key, long n) { sheet_in(s, NUMBER(key, n)); }

static void rejects(sheet *s, const char *slug, const char *site, const char *mutation, const char *const *layers)
{
    sheet_rejects(s, &(rejection){.slug = slug, .site = site, .mutation = mutation, .flag = "Padding", .layers = layers});
}

static void put_records(sheet *s, long level, long records, long used)
{
    put_number(s, "level", level);
    put_number(s, "records", records);
    put_number(s, "used", used);
}

static void add_pads(sheet *s)
{
    static const struct {
        const char *slug;
        long level, records, used, plain, bucket, fills;
    } rows[] = {
        {"ok", 2, 1, 253, 256, 64, 63},       {"none", 0, 1, 100, 103, 64, 0},      {"ticks", 3, 64, 1, 256, 64, 0},
        {"one-more", 2, 65, 8, 256, 128, 63}, {"large", 3, 1000, 8, 256, 1024, 24}, {"none-large", 0, 1000, 8, 11, 1024, 0},
    };
    static const struct {
        const char *slug, *mutation;
        long level;
    } bad[] = {{"level-1", "level 1", 1}, {"level-4", "level 4", 4}, {"level-255", "level 255", 255}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        sheet_accepts(s, rows[i].slug, "IN-100 IN-101 IN-103 IN-104");
        put_records(s, rows[i].level, rows[i].records, rows[i].used);
        sheet_out(s, NUMBER("plain", rows[i].plain));
        sheet_out(s, NUMBER("bucket", rows[i].bucket));
        sheet_out(s, NUMBER("fills", rows[i].fills));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        rejects(s, bad[i].slug, "IN-100", bad[i].mutation, NULL);
        put_records(s, bad[i].level, 1, 1);
    }
}

static void add_chunks(sheet *s)
{
    static const struct {
        const char *slug, *mutation;
        long level, n;
    } rows[] = {{"ok", NULL, 2, 242},
                {"ticks", NULL, 3, 1},
                {"none", NULL, 0, 60000},
                {"sizes-243", "a chunk of 243 bytes at level 2", 2, 243},
                {"ticks-large", "a chunk of 60000 bytes at level 3", 3, 60000}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].mutation)
            rejects(s, rows[i].slug, "IN-102", rows[i].mutation, NULL);
        else
            sheet_accepts(s, rows[i].slug, "IN-102");
        put_number(s, "level", rows[i].level);
        put_number(s, "n", rows[i].n);
    }
}

typedef struct bucket_row {
    const char *slug, *site, *mutation;
    long level;
    bool enclave;
    const char *before; /* the records, and then so many fills, and then `last` */
    size_t fills;
    const char *last;
    long size;
    bool full;
    const char *const *layers;
} bucket_row;

static const char *const no_padding[] = {"IN-105", "IN-106", NULL}, *const full_already[] = {"IN-105", "IN-107", NULL};

static const bucket_row buckets[] = {
    {"ok", NULL, NULL, 2, false, "", 0, "l", 64, false, NULL},
    {"none", NULL, NULL, 0, true, "mm", 0, "l", 3, true, NULL},
    {"fill", NULL, NULL, 2, true, "ml", 0, "f", 64, false, NULL},
    {"last-fill", NULL, NULL, 2, true, "ml", 61, "f", 64, true, NULL},
    {"tick-fill", NULL, NULL, 3, true, "m", 0, "f", 0, false, NULL},
    {"tick-counted", NULL, NULL, 3, true, "m", 63, "l", 128, false, NULL},
    {"fill-none", "IN-105", "a fill before a message at level 0", 0, true, "m", 0, "f", 0, false, no_padding},
    {"fill-none-behind", "IN-105", "a fill behind a message at level 0", 0, true, "l", 0, "f", 0, false, full_already},
    {"fill-early", "IN-106", "a fill inside a request", 2, false, "m", 0, "f", 0, false, NULL},
    {"fill-early-answer", "IN-106", "a fill between chunks at level 2", 2, true, "m", 0, "f", 0, false, NULL},
    {"fill-early-tick", "IN-106", "a fill inside a request at level 3", 3, false, "m", 0, "f", 0, false, NULL},
    {"fill-more", "IN-107", "a fill behind a full bucket", 2, true, "ml", 62, "f", 0, false, NULL},
    {"fill-more-tick", "IN-107", "a fill behind a full bucket at level 3", 3, true, "l", 63, "f", 0, false, NULL},
    {"talk", "IN-108", "a record of the next message in a bucket that is being filled", 2, true, "ml", 5, "m", 0, false, NULL},
    {"talk-at-once", "IN-108", "a second message right behind the first", 3, false, "l", 0, "l", 0, false, NULL},
};

static void add_buckets(sheet *s)
{
    for (size_t i = 0; i < sizeof buckets / sizeof *buckets; i++) {
        const bucket_row *b = &buckets[i];
        char records[128] = "";
        const size_t n = strlen(b->before);
        memcpy(records, b->before, n);
        memset(records + n, 'f', b->fills);
        strcpy(records + n + b->fills, b->last);
        if (b->mutation)
            rejects(s, b->slug, b->site, b->mutation, b->layers);
        else
            sheet_accepts(s, b->slug, "IN-104 IN-105 IN-106 IN-107 IN-108");
        put_number(s, "level", b->level);
        sheet_in(s, BOOLEAN("enclave", b->enclave));
        sheet_in(s, TEXT("records", records));
        if (b->mutation)
            continue;
        sheet_out(s, BOOLEAN("full", b->full));
        sheet_out(s, NUMBER("size", b->size));
    }
}

static void add_gaps(sheet *s)
{
    static const struct {
        const char *slug;
        long level, n, chance, gap;
    } rows[] = {
        {"ok", 2, 20, 0, 119},    {"oldest", 2, 20, 15, 104}, {"chance-16", 2, 20, 16, 119}, {"few", 2, 3, 2, 100},
        {"missing", 2, 3, 3, 20}, {"none-yet", 2, 0, 0, 20},  {"ticks", 3, 20, 5, 20},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t gaps[128];
        writer w = WRITER(gaps);
        for (long k = 0; k < rows[i].n; k++)
            write_be(&w, (uint64_t)(100 + k), 4);
        sheet_accepts(s, rows[i].slug, rows[i].level == 3 ? "IN-112" : "IN-111");
        put_number(s, "level", rows[i].level);
        put_number(s, "tick", 20);
        put_number(s, "chance", rows[i].chance);
        sheet_in(s, BYTES("gaps", written(&w)));
        sheet_out(s, NUMBER("gap", rows[i].gap));
    }
}

static const struct {
    const char *op, *effect, *refs;
    void (*add)(sheet *);
} files[] = {
    {"in.pad", "Sizes or counts of records tell how long a text is.", "IN-101 IN-103", add_pads},
    {"in.chunk", "A chunk of two records shows where it ends.", "IN-102", add_chunks},
    {"in.bucket", "The place of a fill tells where a message ends.", "IN-106 IN-108", add_buckets},
    {"in.gap", "The pace of the fills tells where the answer ends.", "IN-111", add_gaps},
};

cJSON *padding_file(const prim *p, int which)
{
    static const char *const checked_by[] = {"text", "witness-js", "audit", NULL};
    sheet s = sheet_start(p, files[which].op, "vectors/inference/padding_scenarios", "766563746f7273", checked_by);
    sheet_note(&s, "Padding", "LEAK", files[which].effect, files[which].refs);
    sheet_group(&s, "padding", "in:padding", "");
    files[which].add(&s);
    return s.document;
}
