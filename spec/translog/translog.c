#include "translog.h"
#include "base64.h"
#include "utf8.h"

#include <string.h>

/* ---- 1. The Merkle tree ---- */

static const uint8_t leaf_prefix[1] = {0}, node_prefix[1] = {1};

void tl_leaf_hash(const prim *lib, span entry, uint8_t out[TL_HASH])
{
    const span parts[] = {EMIT(TL_001, SPAN(leaf_prefix)), entry};
    lib->hash(PRIM_SHA256, parts, 2, out);
}

void tl_node_hash(const prim *lib, const uint8_t left[TL_HASH], const uint8_t right[TL_HASH], uint8_t out[TL_HASH])
{
    const span parts[] = {EMIT(TL_002, SPAN(node_prefix)), span_of(left, TL_HASH), span_of(right, TL_HASH)};
    lib->hash(PRIM_SHA256, parts, 3, out);
}

static const uint8_t *next_hash(reader *proof) { return read_bytes(proof, TL_HASH).p; }

/* Up one level, and further while the node is a left child without a sibling on its right (RFC 9162 2.1.3.2, step 4.2). */
static void climb(uint64_t *fn, uint64_t *sn, bool joined_left)
{
    for (; joined_left && !(*fn & 1) && *fn; *fn >>= 1)
        *sn >>= 1;
    *fn >>= 1;
    *sn >>= 1;
}

verdict tl_check_inclusion(const prim *lib, const uint8_t leaf[TL_HASH], uint64_t index, uint64_t size, span proof,
                           const uint8_t root[TL_HASH])
{
    REQUIRE(index < size, TL_003);
    uint8_t r[TL_HASH];
    reader path = reader_of(proof);
    uint64_t fn = index, sn = size - 1;
    memcpy(r, leaf, TL_HASH);
    while (sn > 0) {
        const uint8_t *sibling = next_hash(&path);
        const bool on_left = (fn & 1) || fn == sn;
        tl_node_hash(lib, on_left ? sibling : r, on_left ? r : sibling, r);
        climb(&fn, &sn, on_left);
    }
    REQUIRE(reader_done(&path), TL_004);
    REQUIRE(bytes_equal(r, root, TL_HASH), TL_005);
    return ACCEPT;
}

typedef struct two_roots {
    uint8_t earlier[TL_HASH], later[TL_HASH];
    bool whole; /* the proof had exactly the hashes that were wanted */
} two_roots;

static two_roots roots_that_follow(const prim *lib, const tl_head *earlier, const tl_head *later, span proof)
{
    reader path = reader_of(proof);
    two_roots roots;
    uint64_t fn = earlier->size - 1, sn = later->size - 1;
    const bool power_of_two = (earlier->size & fn) == 0;
    for (; fn & 1; fn >>= 1)
        sn >>= 1;
    memcpy(roots.earlier, power_of_two ? earlier->root : next_hash(&path), TL_HASH);
    memcpy(roots.later, roots.earlier, TL_HASH);
    while (sn > 0) {
        const uint8_t *c = next_hash(&path);
        const bool on_left = (fn & 1) || fn == sn;
        if (on_left)
            tl_node_hash(lib, c, roots.earlier, roots.earlier);
        tl_node_hash(lib, on_left ? c : roots.later, on_left ? roots.later : c, roots.later);
        climb(&fn, &sn, on_left);
    }
    roots.whole = reader_done(&path);
    return roots;
}

/* Between equal sizes nothing has to be shown, and everything extends the empty tree, whose root is known. */
static two_roots roots_without_proof(const prim *lib, const tl_head *earlier, const tl_head *later, span proof)
{
    two_roots roots = {.whole = proof.n == 0};
    memcpy(roots.earlier, earlier->root, TL_HASH);
    if (earlier->size == 0)
        prim_digest(lib, PRIM_SHA256, EMPTY, roots.earlier);
    memcpy(roots.later, earlier->size < later->size ? later->root : roots.earlier, TL_HASH);
    return roots;
}

verdict tl_check_consistency(const prim *lib, const tl_head *earlier, const tl_head *later, span proof)
{
    REQUIRE(earlier->size <= later->size, TL_006);
    const bool trivial = earlier->size == 0 || earlier->size == later->size;
    const two_roots roots = trivial ? roots_without_proof(lib, earlier, later, proof) : roots_that_follow(lib, earlier, later, proof);
    REQUIRE(roots.whole, TL_007);
    REQUIRE(bytes_equal(roots.earlier, earlier->root, TL_HASH), TL_008);
    REQUIRE(bytes_equal(roots.later, later->root, TL_HASH), TL_009);
    return ACCEPT;
}

/* ---- 2. The signed note ---- */

static const char dash[] = "\xe2\x80\x94 ";

static uint32_t character_at(span s, size_t *n)
{
    *n = utf8_step(s);
    if (*n <= 1)
        return *n ? s.p[0] : 0;
    uint32_t c = s.p[0] & (0x7fu >> *n);
    for (size_t i = 1; i < *n; i++)
        c = c << 6 | (s.p[i] & 0x3f);
    return c;
}

/* White_Space of the Unicode Character Database. */
static bool is_space(uint32_t c)
{
    return c <= ' ' || c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
           c == 0x205f || c == 0x3000;
}

static bool is_name(span name)
{
    size_t n;
    for (span rest = name; rest.n; rest = span_from(rest, n)) {
        const uint32_t c = character_at(rest, &n);
        if (n == 0 || is_space(c) || c == '+')
            return false;
    }
    return name.n >= 1 && name.n <= TL_NAME_MAX;
}

/* UTF-8 in which no character below U+0020 stands but LF and this one. */
static bool is_text_with(span s, uint8_t allowed)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < ' ' && s.p[i] != '\n' && s.p[i] != allowed)
            return false;
    return is_utf8(s);
}

/* What stands before the next `end`, which is passed over; all of it where there is none. */
static span cut(span *rest, uint8_t end)
{
    const uint8_t *at = rest->n ? memchr(rest->p, end, rest->n) : NULL;
    const span first = at ? span_first(*rest, (size_t)(at - rest->p)) : *rest;
    *rest = at ? span_from(*rest, first.n + 1) : EMPTY;
    return first;
}

void tl_key_id(const prim *lib, span name, tl_key_type type, const uint8_t key[32], uint8_t id[TL_KEY_ID])
{
    const uint8_t lf_and_type[] = {'\n', (uint8_t)type};
    const span parts[] = {name, EMIT(TL_015, SPAN(lf_and_type)), span_of(key, 32)};
    uint8_t digest[32];
    lib->hash(PRIM_SHA256, parts, 3, digest);
    memcpy(id, digest, TL_KEY_ID);
}

static bool read_verifier_key(span text, tl_key *out)
{
    uint8_t bytes[33] = {0};
    writer id = WRITER(out->id), key = WRITER(bytes);
    out->name = cut(&text, '+');
    const span digits = cut(&text, '+');
    const bool has_id = digits.n == 2 * TL_KEY_ID && read_hex(digits, &id), has_key = base64_read(text, &key) && key.n == sizeof bytes;
    out->type = (tl_key_type)bytes[0];
    memcpy(out->key, bytes + 1, 32);
    return is_name(out->name) && has_id && has_key && (out->type == TL_ED25519 || out->type == TL_COSIGNATURE);
}

verdict tl_read_key(const prim *lib, span text, tl_key *out)
{
    uint8_t id[TL_KEY_ID];
    *out = (tl_key){0};
    REQUIRE(read_verifier_key(text, out), TL_016);
    tl_key_id(lib, out->name, out->type, out->key, id);
    REQUIRE(bytes_equal(id, out->id, TL_KEY_ID), TL_017);
    return ACCEPT;
}

void tl_write_key(const prim *lib, span name, tl_key_type type, const uint8_t key[32], writer *out)
{
    uint8_t id[TL_KEY_ID], bytes[33] = {(uint8_t)type};
    memcpy(bytes + 1, key, 32);
    tl_key_id(lib, name, type, key, id);
    write_span(out, name);
    write_text(out, "+");
    write_hex(out, SPAN(id));
    write_text(out, "+");
    base64_write(out, SPAN(bytes));
}

static bool read_line(span line, writer *room, tl_line *out)
{
    if (!span_same(span_first(line, sizeof dash - 1), span_text(dash)))
        return false;
    span rest = span_from(line, sizeof dash - 1);
    out->name = cut(&rest, ' ');
    const size_t from = room->n;
    if (!is_name(out->name) || !base64_read(rest, room) || room->n - from <= TL_KEY_ID)
        return false;
    const span bytes = span_from(written(room), from);
    out->id = span_first(bytes, TL_KEY_ID);
    out->signature = span_from(bytes, TL_KEY_ID);
    return true;
}

/* The last empty line ends the text: *text keeps its own last LF, *lines is what comes after. */
static bool split_note(span note, span *text, span *lines)
{
    for (size_t i = note.n; i-- > 1;)
        if (note.p[i] == '\n' && note.p[i - 1] == '\n') {
            *text = span_first(note, i);
            *lines = span_from(note, i + 1);
            return lines->n > 0 && lines->p[lines->n - 1] == '\n';
        }
    return false;
}

verdict tl_read_note(span note, writer *room, tl_note *out)
{
    span lines = EMPTY;
    tl_line spare;
    *out = (tl_note){0};
    REQUIRE(note.n <= TL_NOTE_MAX, TL_010);
    REQUIRE(split_note(note, &out->text, &lines), TL_011);
    REQUIRE(is_text_with(note, '\n'), TL_012);
    for (size_t n = 0; lines.n; n++) {
        tl_line *line = n < TL_LINES_MAX ? &out->line[n] : &spare;
        const bool well_formed = read_line(cut(&lines, '\n'), room, line);
        REQUIRE(well_formed, TL_013);
        REQUIRE(n < TL_LINES_MAX, TL_014);
        if (WEAKENED(TL_014) && n >= TL_LINES_MAX)
            continue;
        out->n_lines = n + 1;
    }
    return ACCEPT;
}

static bool line_is_of(const tl_line *line, const tl_key *key)
{
    return span_same(line->name, key->name) && span_same(line->id, SPAN(key->id));
}

static bool note_verifies(const prim *lib, span text, const tl_line *line, const tl_key *key)
{
    return line->signature.n == 64 && lib->ed25519_verify(key->key, text, line->signature.p);
}

/* *time is moved on when the cosignature is later. */
static bool cosignature_verifies(const prim *lib, span text, const tl_line *line, const tl_key *key, writer room, uint64_t *time)
{
    if (line->signature.n != 8 + 64)
        return false;
    reader r = reader_of(line->signature);
    const uint64_t at = read_be(&r, 8);
    tl_write_cosigned(text, at, &room);
    *time = at > *time ? at : *time;
    return writer_ok(&room) && lib->ed25519_verify(key->key, written(&room), read_rest(&r).p);
}

verdict tl_check_lines(const prim *lib, const tl_note *note, const tl_key *key, writer room, bool *found, uint64_t *time)
{
    *found = false;
    *time = 0;
    for (size_t i = 0; i < note->n_lines; i++) {
        const tl_line *line = &note->line[i];
        if (!line_is_of(line, key))
            continue;
        const bool verifies = key->type == TL_ED25519 ? note_verifies(lib, note->text, line, key)
                                                      : cosignature_verifies(lib, note->text, line, key, room, time);
        REQUIRE(verifies, TL_018);
        *found = true;
    }
    return ACCEPT;
}

/* ---- 3. The checkpoint ---- */

static bool has_three_full_lines(span text)
{
    size_t n = 0;
    if (text.n == 0 || text.p[text.n - 1] != '\n')
        return false;
    while (text.n) {
        if (cut(&text, '\n').n == 0)
            return false;
        n++;
    }
    return n >= 3;
}

static void write_decimal(writer *out, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + value % 10);
    while (value /= 10);
    write_span(out, span_of(digits + at, sizeof digits - at));
}

/* Decimal digits without a leading zero, at most 2^63 - 1. *value is what the digits say in any case. */
static bool read_decimal(span digits, uint64_t *value)
{
    bool well_formed = digits.n > 0 && digits.n <= 19 && (digits.n == 1 || digits.p[0] != '0');
    *value = 0;
    for (size_t i = 0; i < digits.n; i++) {
        const bool is_digit = digits.p[i] >= '0' && digits.p[i] <= '9';
        *value = is_digit ? 10 * *value + (uint64_t)(digits.p[i] - '0') : *value;
        well_formed = well_formed && is_digit;
    }
    return well_formed && *value <= INT64_MAX;
}

static bool read_root(span text, uint8_t root[TL_HASH])
{
    uint8_t bytes[TL_HASH + 1] = {0};
    writer w = WRITER(bytes);
    const bool is_base64 = base64_read(text, &w);
    memcpy(root, bytes, TL_HASH);
    return is_base64 && w.n == TL_HASH;
}

static bool is_empty_tree(const prim *lib, const uint8_t root[TL_HASH])
{
    uint8_t digest[TL_HASH];
    prim_digest(lib, PRIM_SHA256, EMPTY, digest);
    return bytes_equal(root, digest, TL_HASH);
}

verdict tl_read_checkpoint(const prim *lib, span text, span origin, tl_checkpoint *out)
{
    tl_checkpoint c = {0};
    REQUIRE(has_three_full_lines(text), TL_020);
    c.origin = cut(&text, '\n');
    REQUIRE(span_same(c.origin, origin), TL_021);
    REQUIRE(read_decimal(cut(&text, '\n'), &c.head.size), TL_022);
    REQUIRE(read_root(cut(&text, '\n'), c.head.root), TL_023);
    REQUIRE(c.head.size > 0 || is_empty_tree(lib, c.head.root), TL_024);
    c.extension = text;
    *out = c;
    return ACCEPT;
}

/* ---- 4. Witnesses ---- */

void tl_write_cosigned(span text, uint64_t time, writer *out)
{
    write_text(out, "cosignature/v1\n");
    write_text(out, "time ");
    write_decimal(out, EMIT(TL_025, time));
    write_text(out, "\n");
    write_span(out, text);
}

/* ---- the policy ---- */

enum { WORDS_MAX = TL_MEMBERS_MAX + 4 };

typedef struct statement {
    size_t n; /* words; more than WORDS_MAX are counted, not kept */
    span word[WORDS_MAX];
} statement;

static statement read_words(span line)
{
    statement s = {0};
    size_t i = 0;
    while (i < line.n) {
        const size_t from = i;
        while (i < line.n && line.p[i] != ' ' && line.p[i] != '\t')
            i++;
        if (i > from && s.n++ < WORDS_MAX)
            s.word[s.n - 1] = span_of(line.p + from, i - from);
        i += i < line.n;
    }
    return s;
}

static bool is_word(const statement *s, size_t i, const char *text) { return i < s->n && i < WORDS_MAX && span_is(s->word[i], text); }

/* The witness or group of that name. */
static bool find_member(const tl_policy *p, span name, struct tl_member *out)
{
    for (size_t i = 0; i < p->n_witnesses; i++)
        if (span_same(p->witness[i].name, name))
            return *out = (struct tl_member){false, i}, true;
    for (size_t i = 0; i < p->n_groups; i++)
        if (span_same(p->group[i].name, name))
            return *out = (struct tl_member){true, i}, true;
    return false;
}

static bool is_free_name(const tl_policy *p, span name)
{
    struct tl_member m;
    return name.n > 0 && !span_is(name, "none") && !find_member(p, name, &m);
}

static bool has_key(const tl_policy *p, const tl_key *key)
{
    for (size_t i = 0; i < p->n_witnesses; i++)
        if (bytes_equal(p->witness[i].key.key, key->key, 32))
            return true;
    return false;
}

static bool *membership(tl_policy *p, struct tl_member m) { return m.is_group ? &p->grouped[m.at] : &p->witness[m.at].member; }

/* Adds a defined name that is in no group yet. */
static bool add_member(tl_policy *p, tl_group *g, span name)
{
    struct tl_member m;
    if (!find_member(p, name, &m) || *membership(p, m))
        return false;
    *membership(p, m) = true;
    g->member[g->n_members++] = m;
    return true;
}

static bool read_least(span word, size_t n_members, size_t *least)
{
    uint64_t k = 0;
    const bool all = span_is(word, "all"), any = span_is(word, "any");
    if (!all && !any && !read_decimal(word, &k))
        return false;
    *least = all ? n_members : any ? 1 : (size_t)k;
    return true;
}

static bool fits(const tl_policy *p, const statement *s)
{
    return s->n <= WORDS_MAX && (!is_word(s, 0, "group") || s->n <= 3 + TL_MEMBERS_MAX) &&
           (!is_word(s, 0, "witness") || p->n_witnesses < TL_WITNESSES_MAX) && (!is_word(s, 0, "group") || p->n_groups < TL_GROUPS_MAX);
}

static bool states_log(const tl_policy *p, const statement *s) { return is_word(s, 0, "log") && (s->n == 2 || s->n == 3) && !p->has_log; }

static bool states_witness(const tl_policy *p, const statement *s)
{
    return is_word(s, 0, "witness") && (s->n == 3 || s->n == 4) && is_free_name(p, s->word[1]);
}

static bool states_group(tl_policy *p, const statement *s)
{
    if (!is_word(s, 0, "group") || s->n < 4 || !is_free_name(p, s->word[1]))
        return false;
    tl_group *g = &p->group[p->n_groups];
    *g = (tl_group){.name = s->word[1]};
    for (size_t i = 3; i < s->n; i++)
        if (!add_member(p, g, s->word[i]))
            return false;
    return read_least(s->word[2], g->n_members, &g->least);
}

static bool states_quorum(tl_policy *p, const statement *s)
{
    if (!is_word(s, 0, "quorum") || s->n != 2 || p->has_quorum)
        return false;
    p->none = is_word(s, 1, "none");
    p->has_quorum = p->none || find_member(p, s->word[1], &p->quorum);
    return p->has_quorum;
}

static verdict add_witness(const prim *lib, tl_policy *p, const statement *s)
{
    struct tl_witness w = {.name = s->word[1]};
    TRY(tl_read_key(lib, s->word[2], &w.key));
    REQUIRE(!has_key(p, &w.key), TL_027);
    p->witness[p->n_witnesses++] = w;
    return ACCEPT;
}

static verdict add_log(const prim *lib, tl_policy *p, const statement *s)
{
    TRY(tl_read_key(lib, s->word[1], &p->log));
    p->origin = p->log.name;
    p->has_log = true;
    return ACCEPT;
}

static verdict add_group(tl_policy *p)
{
    const tl_group *g = &p->group[p->n_groups];
    REQUIRE(g->least >= 1 && g->least <= g->n_members, TL_028);
    p->n_groups++;
    return ACCEPT;
}

static verdict take_statement(const prim *lib, tl_policy *p, const statement *s)
{
    const bool room = fits(p, s);
    REQUIRE(room, TL_030);
    if (WEAKENED(TL_030) && !room)
        return ACCEPT;
    const bool witness = states_witness(p, s), group = states_group(p, s), log = states_log(p, s);
    REQUIRE(witness || group || log || states_quorum(p, s), TL_026);
    if (witness)
        TRY(add_witness(lib, p, s));
    if (group)
        TRY(add_group(p));
    return log ? add_log(lib, p, s) : ACCEPT;
}

static bool has_right_keys(const tl_policy *p)
{
    for (size_t i = 0; i < p->n_witnesses; i++)
        if (p->witness[i].key.type != TL_COSIGNATURE)
            return false;
    return !p->has_log || p->log.type == TL_ED25519;
}

verdict tl_read_policy(const prim *lib, span text, tl_policy *out)
{
    memset(out, 0, sizeof *out);
    REQUIRE(is_text_with(text, '\t'), TL_039);
    while (text.n) {
        const span line = cut(&text, '\n');
        const statement s = read_words(line);
        if (s.n && s.word[0].p[0] != '#')
            TRY(take_statement(lib, out, &s));
    }
    REQUIRE(out->has_log && out->has_quorum, TL_029);
    REQUIRE(has_right_keys(out), TL_038);
    return ACCEPT;
}

/* ---- the quorum ---- */

static bool is_recent(const tl_world *w, uint64_t time)
{
    const int64_t at = time <= INT64_MAX ? (int64_t)time : INT64_MAX;
    const bool not_ahead = EMIT(TL_032, at <= w->now + w->skew);
    const bool not_old = EMIT(TL_033, at >= w->now - w->age);
    return not_ahead && not_old;
}

static size_t n_agreed(const tl_group *g, const bool *witness, const bool *group)
{
    size_t n = 0;
    for (size_t i = 0; i < g->n_members; i++)
        n += g->member[i].is_group ? group[g->member[i].at] : witness[g->member[i].at];
    return n;
}

/* A group's members are defined before it, so one pass in their order is enough. */
static bool quorum_agrees(const tl_policy *p, const bool *witness)
{
    bool group[TL_GROUPS_MAX] = {false};
    for (size_t i = 0; i < p->n_groups; i++)
        group[i] = n_agreed(&p->group[i], witness, group) >= p->group[i].least;
    return p->none || (p->quorum.is_group ? group[p->quorum.at] : witness[p->quorum.at]);
}

static verdict judge_quorum(const tl_world *w, const tl_note *note)
{
    bool agreed[TL_WITNESSES_MAX] = {false};
    for (size_t i = 0; i < w->policy->n_witnesses; i++) {
        bool found;
        uint64_t time;
        TRY(tl_check_lines(w->prim, note, &w->policy->witness[i].key, w->room, &found, &time));
        agreed[i] = found && is_recent(w, time);
    }
    REQUIRE(quorum_agrees(w->policy, agreed), TL_031);
    return ACCEPT;
}

/* ---- 5. What a client remembers ---- */

static verdict judge_memory(const tl_memory *m, const tl_world *w, const tl_head *head, span proof)
{
    if (!m->has)
        return ACCEPT;
    verdict extends = ACCEPT;
    REQUIRE(head->size >= m->head.size, TL_034);
    REQUIRE(head->size != m->head.size || bytes_equal(head->root, m->head.root, TL_HASH), TL_035);
    if (head->size > m->head.size)
        DO(TL_036, extends = tl_check_consistency(w->prim, &m->head, head, proof));
    return extends;
}

verdict tl_client_takes_checkpoint(tl_memory *m, const tl_world *w, span note, span proof, tl_checkpoint *out)
{
    tl_note n;
    tl_checkpoint c;
    tl_world lent = *w;
    bool found;
    uint64_t time;
    TRY(tl_read_note(note, &lent.room, &n));
    lent.room = writer_of(lent.room.p + lent.room.n, lent.room.cap - lent.room.n); /* decoded signatures stay */
    TRY(tl_check_lines(w->prim, &n, &w->policy->log, lent.room, &found, &time));
    REQUIRE(found, TL_019);
    TRY(tl_read_checkpoint(w->prim, n.text, w->policy->origin, &c));
    TRY(judge_quorum(&lent, &n));
    TRY(judge_memory(m, w, &c.head, proof));
    *m = (tl_memory){true, c.head};
    *out = c;
    return ACCEPT;
}
