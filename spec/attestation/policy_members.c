#include "policy_members.h"

#include "calendar.h"

#include <string.h>

/* ---- forms ---- */

static bool take_digits(span value, uint8_t *out, size_t n)
{
    span digits = EMPTY;
    writer w = writer_of(out, n);
    return json_raw(value, &digits) && read_hex(digits, &w) && w.n == n;
}

static size_t *count_of(const policy_member *m, void *whole) { return (size_t *)(void *)((uint8_t *)whole + m->count_at); }

bool policy_bytes(const policy_member *m, span value, void *at, void *whole, policy_pool *pool)
{
    (void)whole;
    (void)pool;
    return take_digits(value, at, m->n);
}

bool policy_bytes_list(const policy_member *m, span value, void *at, void *whole, policy_pool *pool)
{
    size_t *const n = count_of(m, whole);
    (void)pool;
    if (json_kind_of(value) != JSON_ARRAY)
        return false;
    for (json_cursor c = json_enter(value); json_next(&c); ++*n)
        if (*n == m->most || !take_digits(c.value, (uint8_t *)at + *n * m->n, m->n))
            return false;
    return true;
}

bool policy_flags(const policy_member *m, span value, void *at, void *whole, policy_pool *pool)
{
    uint8_t bytes[8] = {0};
    const bool good = take_digits(value, bytes, sizeof bytes);
    reader r = reader_of(SPAN(bytes));
    (void)m;
    (void)whole;
    (void)pool;
    *(uint64_t *)at = read_le(&r, sizeof bytes);
    return good;
}

bool policy_number(const policy_member *m, span value, void *at, void *whole, policy_pool *pool)
{
    (void)whole;
    (void)pool;
    return json_uint(value, m->most, at);
}

bool policy_truth(const policy_member *m, span value, void *at, void *whole, policy_pool *pool)
{
    (void)m;
    (void)whole;
    (void)pool;
    return json_bool(value, at);
}

bool policy_date(const policy_member *m, span value, void *at, void *whole, policy_pool *pool)
{
    span text;
    (void)m;
    (void)whole;
    (void)pool;
    return json_raw(value, &text) && calendar_read(text, at);
}

bool policy_take_text(span value, policy_pool *pool, span *out)
{
    const size_t room = POLICY_POOL_MAX - pool->n;
    writer w = writer_of(pool->bytes + pool->n, room < POLICY_TEXT_MAX ? room : POLICY_TEXT_MAX);
    if (json_kind_of(value) != JSON_STRING || !json_string(value, &w) || w.n == 0)
        return false;
    *out = written(&w);
    pool->n += w.n;
    return true;
}

bool policy_text_value(const policy_member *m, span value, void *at, void *whole, policy_pool *pool)
{
    (void)m;
    (void)whole;
    return policy_take_text(value, pool, at);
}

bool policy_text_list(const policy_member *m, span value, void *at, void *whole, policy_pool *pool)
{
    size_t *const n = count_of(m, whole);
    if (json_kind_of(value) != JSON_ARRAY)
        return false;
    for (json_cursor c = json_enter(value); json_next(&c); ++*n)
        if (*n == m->most || !policy_take_text(c.value, pool, (span *)at + *n))
            return false;
    return true;
}

static bool name_index(const policy_member *m, span value, unsigned *index)
{
    const char *const *name = m->names;
    for (*index = 0; name[*index]; ++*index)
        if ((m->most == 0 || m->most >> *index & 1) && json_string_is(value, name[*index]))
            return true;
    return false;
}

bool policy_comparisons(const policy_member *m, span value, void *at, void *whole, policy_pool *pool)
{
    unsigned index = 0;
    (void)whole;
    (void)pool;
    if (json_kind_of(value) != JSON_ARRAY)
        return false;
    for (json_cursor c = json_enter(value); json_next(&c);) {
        if (!name_index(m, c.value, &index))
            return false;
        *(uint64_t *)at |= UINT64_C(1) << index;
    }
    return true;
}

bool policy_names(const policy_member *m, span value, void *at, void *whole, policy_pool *pool)
{
    uint64_t bits = 0;
    const bool good = policy_comparisons(m, value, &bits, whole, pool);
    *(unsigned *)at |= (unsigned)bits;
    return good;
}

bool policy_name(const policy_member *m, span value, void *at, void *whole, policy_pool *pool)
{
    (void)whole;
    (void)pool;
    return name_index(m, value, at);
}

/* ---- members ---- */

static const policy_member *find_member(const policy_section *s, span name)
{
    for (size_t i = 0; i < s->n; i++)
        if (json_string_is(name, s->member[i].name))
            return &s->member[i];
    return NULL;
}

static void note(policy_fault *f, span name, const char *what)
{
    if (f->what)
        return;
    f->name = name;
    f->what = what;
}

void policy_unknown(policy_fault *f, span name)
{
    f->unknown = true;
    note(f, name, "is a member that no policy has there");
}

void policy_misformed(policy_fault *f, span name, const char *what)
{
    f->misformed = true;
    note(f, name, what);
}

void policy_empty(policy_fault *f, const char *what)
{
    f->empty = true;
    note(f, EMPTY, what);
}

bool policy_is_sound(const policy_fault *f) { return !f->what; }

bool policy_read_text(span text, span *object, policy_fault *f)
{
    *f = (policy_fault){0};
    *object = text;
    f->malformed = text.n > POLICY_DOCUMENT_MAX || !json_read(text, object) || json_kind_of(*object) != JSON_OBJECT;
    if (f->malformed)
        note(f, EMPTY, "it is not one JSON object of at most 65536 bytes, without a name twice");
    return !f->malformed;
}

static void read_member(const policy_section *s, const json_cursor *c, void *out, policy_pool *pool, policy_fault *f)
{
    const policy_member *m = find_member(s, c->name);
    if (!m) {
        policy_unknown(f, c->name);
        return;
    }
    *(uint64_t *)(void *)((uint8_t *)out + s->given_at) |= m->given;
    if (!m->take(m, c->value, (uint8_t *)out + m->at, out, pool))
        policy_misformed(f, c->name, m->wrong);
}

void policy_read_members(const policy_section *s, span object, void *out, policy_pool *pool, policy_fault *f)
{
    for (json_cursor c = json_enter(object); json_next(&c);)
        read_member(s, &c, out, pool, f);
}

/* Names are ours where they are known; another one comes from the document, and may have anything in it. */
static bool is_plain(span name)
{
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] < 0x20 || name.p[i] > 0x7e)
            return false;
    return name.n >= 2 && name.n <= 66;
}

void policy_fault_write(writer *w, const policy_fault *f)
{
    if (f->name.n && is_plain(f->name)) {
        write_text(w, "`");
        write_span(w, span_of(f->name.p + 1, f->name.n - 2));
        write_text(w, "` ");
    } else if (f->name.n) {
        write_text(w, "a member ");
    }
    write_text(w, f->what ? f->what : "");
}
