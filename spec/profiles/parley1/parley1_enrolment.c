#include "parley1_enrolment.h"

#include "json.h"

#include <string.h>

/* ---- 1. Claims ---- */

static bool read_digits(span value, uint8_t *out, size_t n)
{
    span digits;
    writer w = writer_of(out, n);
    return json_raw(value, &digits) && digits.n == 2 * n && read_hex(digits, &w) && w.n == n;
}

static bool digest_member(span object, const char *name, uint8_t out[P1_DIGEST])
{
    span value;
    return json_member(object, name, &value) && read_digits(value, out, P1_DIGEST);
}

static bool number_member(span object, const char *name, uint64_t most, uint64_t *out)
{
    span value;
    return json_member(object, name, &value) && json_uint(value, most, out);
}

static size_t n_members(span object)
{
    size_t n = 0;
    for (json_cursor c = json_enter(object); json_next(&c);)
        n++;
    return n;
}

static bool enter_array(span object, const char *name, json_cursor *c)
{
    span value;
    const bool is = json_member(object, name, &value) && json_kind_of(value) == JSON_ARRAY;
    *c = json_enter(value);
    return is;
}

static bool read_names(span object, p1_claims *out)
{
    json_cursor c;
    bool good = enter_array(object, "names", &c);
    while (good && json_next(&c))
        good = out->n_names < P1_NAMES_MAX && json_raw(c.value, &out->name[out->n_names]) && p1_is_name(out->name[out->n_names]) &&
               ++out->n_names;
    return good && out->n_names > 0;
}

static bool read_versions(span object, p1_claims *out)
{
    json_cursor c;
    uint64_t v = 0, last = 0;
    bool good = enter_array(object, "versions", &c);
    while (good && json_next(&c)) {
        good = out->n_versions < P1_VERSIONS_MAX && json_uint(c.value, UINT16_MAX, &v) && v > last && !p1_is_reserved((uint16_t)v);
        if (good)
            out->version[out->n_versions++] = (uint16_t)v;
        last = v;
    }
    return good && out->n_versions > 0;
}

static bool read_levels(span object, p1_claims *out)
{
    json_cursor c;
    uint64_t level = 0;
    bool good = enter_array(object, "levels", &c);
    while (json_next(&c)) {
        good &= json_uint(c.value, 3, &level) && level != 1 && out->levels >> level == 0;
        out->levels |= 1u << level;
    }
    return good && out->levels != 0;
}

static bool read_digests(span object, p1_claims *out)
{
    return digest_member(object, "manifest", out->manifest) && digest_member(object, "model", out->model) &&
           digest_member(object, "tokenizer", out->tokenizer) && digest_member(object, "template", out->template_) &&
           digest_member(object, "settings", out->settings);
}

verdict p1_read_claims(span text, p1_claims *out)
{
    span object = EMPTY;
    memset(out, 0, sizeof *out);
    const bool json = json_read(text, &object) && n_members(object) == 10;
    const bool names = read_names(object, out), versions = read_versions(object, out), levels = read_levels(object, out);
    const bool numbers = number_member(object, "tick", 1000, &out->tick) && out->tick >= 5 &&
                         number_member(object, "engine", UINT32_MAX, &out->engine);
    const bool digests = read_digests(object, out);
    REQUIRE(json && names && versions && levels && numbers && digests, P1_082);
    return ACCEPT;
}

/* ---- 2. Manifest ---- */

static bool read_measurements(span object, p1_manifest *out)
{
    json_cursor c;
    bool good = enter_array(object, "snp", &c);
    while (good && json_next(&c))
        good = out->n_snp < P1_MEASUREMENTS_MAX && read_digits(c.value, out->snp[out->n_snp], P1_MEASUREMENT) && ++out->n_snp;
    return good && out->n_snp > 0;
}

verdict p1_read_manifest(span text, p1_manifest *out)
{
    span object = EMPTY;
    uint64_t expires = 0;
    memset(out, 0, sizeof *out);
    const bool measurements = json_read(text, &object) && read_measurements(object, out);
    const bool numbers = number_member(object, "release", UINT32_MAX, &out->release) &&
                         number_member(object, "expires", INT64_MAX, &expires);
    out->expires = (int64_t)expires;
    REQUIRE(measurements && numbers && n_members(object) == 3, P1_083);
    return ACCEPT;
}

void p1_write_signed_manifest(span manifest, writer *out)
{
    write_span(out, span_of("parley/1 manifest", 18)); /* with its zero byte */
    write_span(out, manifest);
}

/* ---- 3. Boot record ---- */

span p1_read_prefixed(reader *r, size_t length_bytes)
{
    const size_t n = (size_t)read_be(r, length_bytes);
    if (n <= r->rest.n)
        return read_bytes(r, n);
    r->failed = true;
    return EMPTY;
}

void p1_write_prefixed(writer *w, size_t length_bytes, span s)
{
    write_be(w, s.n, length_bytes);
    write_span(w, s);
}

bool p1_read_row(reader *r, p1_row *out)
{
    out->n = (size_t)read_be(r, 2);
    const bool fits = out->n <= P1_ITEMS_MAX;
    out->n = fits ? out->n : P1_ITEMS_MAX;
    for (size_t i = 0; i < out->n; i++) {
        p1_item *at = &out->item[i];
        at->kind = (uint8_t)read_be(r, 1);
        at->evidence = p1_read_prefixed(r, 4);
        at->endorsements = p1_read_prefixed(r, 4);
    }
    return fits && !r->failed;
}

void p1_write_row(const p1_row *row, writer *out)
{
    write_be(out, row->n, 2);
    for (size_t i = 0; i < row->n; i++) {
        const p1_item *at = &row->item[i];
        write_be(out, at->kind, 1);
        write_be(out, at->evidence.n, 4);
        write_span(out, at->evidence);
        write_be(out, at->endorsements.n, 4);
        write_span(out, at->endorsements);
    }
}

verdict p1_read_boot(span record, p1_boot *out)
{
    reader r = reader_of(record);
    out->nonce = read_bytes(&r, 32);
    REQUIRE(p1_read_row(&r, &out->row) && reader_done(&r), P1_043);
    return ACCEPT;
}

void p1_boot_data(const prim *p, span nonce, span s, span q, span claims, uint8_t out[64])
{
    uint8_t digest[P1_DIGEST];
    prim_digest(p, PRIM_SHA256, claims, digest);
    const span parts[] = {nonce, s, q, SPAN(digest)};
    p1_hash512(p, "boot", EMIT_PARTS(P1_040, parts), 4, out);
}

verdict p1_judge_nonce(const p1_boot *b, span sent)
{
    REQUIRE(span_same(b->nonce, sent), P1_041);
    return ACCEPT;
}

/* ---- 4. Statement ---- */

static const char prefix[] = "parley/1 statement"; /* with its zero byte */

static int device_order(const p1_device *a, const p1_device *b)
{
    const size_t n = a->id.n < b->id.n ? a->id.n : b->id.n;
    const int by_bytes = n ? memcmp(a->id.p, b->id.p, n) : 0;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return by_bytes ? by_bytes : a->id.n < b->id.n ? -1 : a->id.n > b->id.n;
}

static bool read_devices(reader *r, p1_statement *out)
{
    const size_t n = (size_t)read_be(r, 2);
    bool good = n >= 1 && n <= P1_ITEMS_MAX;
    for (size_t i = 0; good && i < n; i++) {
        p1_device *at = &out->device[i];
        at->kind = (uint8_t)read_be(r, 1);
        at->id = p1_read_prefixed(r, 1);
        good = at->id.n >= 1 && at->id.n <= P1_DEVICE_MAX && (i == 0 || device_order(at - 1, at) < 0);
        out->n_devices++;
    }
    return good;
}

verdict p1_read_statement(span bytes, p1_statement *out)
{
    reader r = reader_of(bytes);
    *out = (p1_statement){0};
    const bool begins = span_same(read_bytes(&r, sizeof prefix), SPAN(prefix));
    out->name = p1_read_prefixed(&r, 1);
    const bool devices = read_devices(&r, out);
    out->s = read_bytes(&r, 32);
    out->q = read_bytes(&r, 32);
    out->claims = read_bytes(&r, P1_DIGEST);
    out->boot = read_bytes(&r, P1_DIGEST);
    const uint64_t from = read_be(&r, 8), to = read_be(&r, 8);
    out->from = (int64_t)(from & INT64_MAX);
    out->to = (int64_t)(to & INT64_MAX);
    out->signed_part = span_first(bytes, bytes.n - r.rest.n);
    out->signature = read_bytes(&r, P1_SIGNATURE);
    REQUIRE(begins && devices && p1_is_name(out->name) && from <= INT64_MAX && to <= INT64_MAX && reader_done(&r), P1_084);
    return ACCEPT;
}

void p1_write_statement(const p1_statement *s, int64_t now, writer *out)
{
    const int64_t from = EMIT(P1_044, now - P1_STATEMENT_EARLY);
    write_span(out, SPAN(prefix));
    write_be(out, s->name.n, 1);
    write_span(out, s->name);
    write_be(out, s->n_devices, 2);
    for (size_t i = 0; i < s->n_devices; i++) {
        write_be(out, s->device[i].kind, 1);
        write_be(out, s->device[i].id.n, 1);
        write_span(out, s->device[i].id);
    }
    write_span(out, s->s);
    write_span(out, s->q);
    write_span(out, s->claims);
    write_span(out, s->boot);
    write_be(out, (uint64_t)from, 8);
    write_be(out, (uint64_t)(from + P1_STATEMENT_LIFE), 8);
}
