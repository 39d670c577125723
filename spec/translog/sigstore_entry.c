#include "base64.h"
#include "sigstore_parts.h"

#include <string.h>

/* ---- the promise ---- */

/* The members in the order of the canonical form (RFC 8785). */
static span promised(const tl_entry *e, writer *room)
{
    const size_t from = room->n;
    write_text(room, "{\"body\":\"");
    base64_write(room, e->body);
    write_text(room, "\",\"integratedTime\":");
    json_write_int(room, e->integrated);
    write_text(room, ",\"logID\":\"");
    write_hex(room, e->log_id);
    write_text(room, "\",\"logIndex\":");
    json_write_int(room, (int64_t)e->index);
    write_text(room, "}");
    return sg_keep(room, from);
}

static bool promise_holds(tl_sigstore *s, const tl_entry *e, const tl_trusted_log *log)
{
    writer room = s->room;
    const span text = promised(e, &room);
    return writer_ok(&room) && e->integrated > 0 && pubkey_verify(log->key, log->scheme, text, e->promise);
}

/* ---- the checkpoint ---- */

span sg_first_line(span text)
{
    const uint8_t *lf = text.n ? memchr(text.p, '\n', text.n) : NULL;
    return lf ? span_first(text, (size_t)(lf - text.p)) : text;
}

/* "HOST" or "HOST - TREE", the tree in decimal digits; any host where ours has no address. */
bool sg_is_origin_of(span origin, span host)
{
    if (host.n == 0 || span_same(origin, host))
        return true;
    if (!span_same(span_first(origin, host.n), host) || !span_is(span_first(span_from(origin, host.n), 3), " - "))
        return false;
    const span tree = span_from(origin, host.n + 3);
    for (size_t i = 0; i < tree.n; i++)
        if (tree.p[i] < '0' || tree.p[i] > '9')
            return false;
    return tree.n > 0;
}

void sg_note_id(const prim *lib, const tl_trusted_log *log, span name, uint8_t id[TL_HASH])
{
    static const uint8_t ed25519[] = {'\n', TL_ED25519}, rsa[] = {'\n', 0xff};
    const bool is_ed25519 = log->scheme == PUBKEY_PURE_ED25519, is_rsa = log->scheme == PUBKEY_RSA_SHA256;
    const span with_type[] = {name, is_ed25519 ? SPAN(ed25519) : SPAN(rsa), is_ed25519 ? EMPTY : span_text("PKIX-RSA-PKCS#1v1.5"),
                              is_ed25519 ? span_from(log->key, log->key.n - 32) : log->key};
    if (is_ed25519 || is_rsa)
        lib->hash(PRIM_SHA256, with_type, 4, id);
    else
        prim_digest(lib, PRIM_SHA256, log->key, id);
}

/* Recomputed from the key: the first bytes of its digest, as Rekor v1 takes it for all, or of the note format's. */
static bool is_line_of(const prim *lib, const tl_line *line, const tl_trusted_log *log, span name)
{
    uint8_t digest[TL_HASH], id[TL_HASH];
    prim_digest(lib, PRIM_SHA256, log->key, digest);
    sg_note_id(lib, log, name, id);
    return span_same(line->name, name) && (span_same(line->id, span_of(digest, TL_KEY_ID)) || span_same(line->id, span_of(id, TL_KEY_ID)));
}

/* The name that the log's lines have: its host, or what stands before " - " in the origin. */
static span line_name(span origin, span host)
{
    if (host.n)
        return host;
    for (size_t i = 0; i + 3 <= origin.n; i++)
        if (span_is(span_first(span_from(origin, i), 3), " - "))
            return span_first(origin, i);
    return origin;
}

static verdict judge_lines(tl_sigstore *s, const prim *lib, const tl_trusted_log *log, account *a)
{
    bool found = false;
    const span name = line_name(sg_first_line(s->note.text), log->host);
    for (size_t i = 0; i < s->note.n_lines; i++) {
        const tl_line *line = &s->note.line[i];
        if (!is_line_of(lib, line, log, name))
            continue;
        CHECK(a, pubkey_verify(log->key, log->scheme, s->note.text, line->signature), TL_115);
        found = true;
    }
    CHECK(a, found, TL_116);
    return ACCEPT;
}

static verdict judge_checkpoint(tl_sigstore *s, const prim *lib, const tl_entry *e, const tl_trusted_log *log, account *a, tl_head *head)
{
    tl_checkpoint c;
    const size_t from = s->room.n;
    TRY(tl_read_note(e->checkpoint, &s->room, &s->note));
    const span origin = sg_first_line(s->note.text);
    TRY(tl_read_checkpoint(lib, s->note.text, sg_is_origin_of(origin, log->host) ? origin : log->host, &c));
    TRY(judge_lines(s, lib, log, a));
    s->room.n = from;
    CHECK(a, span_same(SPAN(c.head.root), e->root), TL_113);
    CHECK(a, c.head.size == e->proof_size, TL_114);
    *head = c.head;
    return ACCEPT;
}

static verdict judge_proof(tl_sigstore *s, const prim *lib, const tl_entry *e, const tl_trusted_log *log, account *a)
{
    tl_head head;
    uint8_t leaf[TL_HASH];
    tl_leaf_hash(lib, e->body, leaf);
    TRY(judge_checkpoint(s, lib, e, log, a, &head));
    return tl_check_inclusion(lib, leaf, e->proof_index, head.size, e->hashes, head.root);
}

verdict sg_judge_entry(tl_sigstore *s, const tl_sigstore_world *w, const tl_entry *e, const tl_trusted_log *log, account *a)
{
    const bool may_lack_proof = s->bundle.version == 1 && e->has_promise;
    CHECK(a, !e->has_promise || promise_holds(s, e, log), TL_111);
    CHECK(a, e->has_proof || may_lack_proof, TL_112);
    if (e->has_proof)
        return judge_proof(s, w->prim, e, log, a);
    a->not_compared |= 1u << TL_INCLUSION;
    return ACCEPT;
}

/* ---- the body ---- */

/* What a body says, in the terms of the bundle. Empty spans: it does not say. */
typedef struct said {
    prim_hash hash;
    bool by_key;         /* the hash has to be the one that belongs to the signer's key */
    bool names_envelope; /* there is a digest of its JSON */
    span digest, payload_digest, signature, verifier;
} said;

static bool read_hash_name(span name, prim_hash *out)
{
    static const char *const names[][2] = {{"sha256", "SHA2_256"}, {"sha384", "SHA2_384"}, {"sha512", "SHA2_512"}};
    static const prim_hash hashes[] = {PRIM_SHA256, PRIM_SHA384, PRIM_SHA512};
    for (size_t i = 0; i < 3; i++)
        if (json_string_is(name, names[i][0]) || json_string_is(name, names[i][1]))
            return *out = hashes[i], true;
    return false;
}

/* {algorithm, value in hexadecimal}, or {algorithm, digest in base64}. */
static bool read_digest(span value, writer *room, prim_hash *hash, span *out)
{
    span text;
    sg_member m[] = {{.name = "algorithm", .needed = true}, {.name = "value"}, {.name = "digest"}};
    const size_t from = room->n;
    if (!SG_MEMBERS(value, m) || !read_hash_name(m[0].value, hash) || (m[1].value.n > 0) == (m[2].value.n > 0))
        return false;
    if (m[2].value.n)
        return sg_bytes(m[2].value, room, out);
    const bool good = json_raw(m[1].value, &text) && read_hex(text, room);
    *out = good ? sg_keep(room, from) : EMPTY;
    return good;
}

static bool read_pem_key(span value, writer *room, span *out)
{
    span text;
    bool is_certificate;
    return sg_bytes(value, room, &text) && sg_pem(text, room, out, &is_certificate);
}

/* {keyDetails, x509Certificate or publicKey: {rawBytes}} */
static bool read_verifier(span value, writer *room, span *out)
{
    sg_member m[] = {{.name = "keyDetails"}, {.name = "x509Certificate"}, {.name = "publicKey"}};
    sg_member raw[] = {{.name = "rawBytes", .needed = true}};
    return SG_MEMBERS(value, m) && (m[1].value.n > 0) != (m[2].value.n > 0) && SG_MEMBERS(m[1].value.n ? m[1].value : m[2].value, raw) &&
           sg_bytes(raw[0].value, room, out);
}

/* hashedrekord 0.0.1, and rekord 0.0.1, whose signature also names its format. */
static bool read_hashedrekord_1(span spec, writer *room, said *out)
{
    sg_member m[] = {{.name = "data", .needed = true}, {.name = "signature", .needed = true}};
    sg_member data[] = {{.name = "hash", .needed = true}, {.name = "content"}};
    sg_member signature[] = {{.name = "content", .needed = true}, {.name = "publicKey", .needed = true}, {.name = "format"}};
    sg_member key[] = {{.name = "content", .needed = true}};
    return SG_MEMBERS(spec, m) && SG_MEMBERS(m[0].value, data) && SG_MEMBERS(m[1].value, signature) &&
           SG_MEMBERS(signature[1].value, key) && (signature[2].value.n == 0 || json_string_is(signature[2].value, "x509")) &&
           read_digest(data[0].value, room, &out->hash, &out->digest) && sg_bytes(signature[0].value, room, &out->signature) &&
           read_pem_key(key[0].value, room, &out->verifier);
}

static bool read_hashedrekord_2(span spec, writer *room, said *out)
{
    sg_member m[] = {{.name = "hashedRekordV002", .needed = true}};
    sg_member inner[] = {{.name = "data", .needed = true}, {.name = "signature", .needed = true}};
    sg_member signature[] = {{.name = "content", .needed = true}, {.name = "verifier", .needed = true}};
    return SG_MEMBERS(spec, m) && SG_MEMBERS(m[0].value, inner) && SG_MEMBERS(inner[1].value, signature) &&
           read_digest(inner[0].value, room, &out->hash, &out->digest) && sg_bytes(signature[0].value, room, &out->signature) &&
           read_verifier(signature[1].value, room, &out->verifier) && (out->by_key = true);
}

/* Of the envelope's JSON: a digest, of which no more is known. */
static bool read_envelope_digest(span value, writer *room, said *out)
{
    span digest;
    prim_hash hash = PRIM_SHA256;
    out->names_envelope = true;
    return read_digest(value, room, &hash, &digest) && digest.n == prim_hash_len(hash);
}

/* The only value of an array. */
static bool only_of(span list, span *out)
{
    json_cursor c = json_enter(list);
    const bool has = json_kind_of(list) == JSON_ARRAY && json_next(&c);
    *out = c.value;
    return has && !json_next(&c);
}

static bool read_dsse_1(span spec, writer *room, said *out)
{
    span one;
    sg_member m[] = {
        {.name = "envelopeHash", .needed = true}, {.name = "payloadHash", .needed = true}, {.name = "signatures", .needed = true}};
    sg_member signature[] = {{.name = "signature", .needed = true}, {.name = "verifier", .needed = true}};
    return SG_MEMBERS(spec, m) && only_of(m[2].value, &one) && SG_MEMBERS(one, signature) &&
           read_digest(m[1].value, room, &out->hash, &out->payload_digest) && sg_bytes(signature[0].value, room, &out->signature) &&
           read_pem_key(signature[1].value, room, &out->verifier) && read_envelope_digest(m[0].value, room, out);
}

static bool read_dsse_2(span spec, writer *room, said *out)
{
    span one;
    sg_member m[] = {{.name = "dsseV002", .needed = true}};
    sg_member inner[] = {{.name = "payloadHash", .needed = true}, {.name = "signatures", .needed = true}};
    sg_member signature[] = {{.name = "content", .needed = true}, {.name = "verifier", .needed = true}};
    return SG_MEMBERS(spec, m) && SG_MEMBERS(m[0].value, inner) && only_of(inner[1].value, &one) && SG_MEMBERS(one, signature) &&
           read_digest(inner[0].value, room, &out->hash, &out->payload_digest) && sg_bytes(signature[0].value, room, &out->signature) &&
           read_verifier(signature[1].value, room, &out->verifier);
}

/* The signature's text is in base64 once more. The payload may stand there too; its digest does in any case. */
static bool read_intoto_2(span spec, writer *room, said *out)
{
    span one, text;
    sg_member m[] = {{.name = "content", .needed = true}};
    sg_member content[] = {{.name = "envelope", .needed = true}, {.name = "hash"}, {.name = "payloadHash", .needed = true}};
    sg_member envelope[] = {{.name = "payload"}, {.name = "payloadType", .needed = true}, {.name = "signatures", .needed = true}};
    sg_member signature[] = {{.name = "keyid"}, {.name = "publicKey", .needed = true}, {.name = "sig", .needed = true}};
    if (!SG_MEMBERS(spec, m) || !SG_MEMBERS(m[0].value, content) || !SG_MEMBERS(content[0].value, envelope) ||
        !only_of(envelope[2].value, &one) || !SG_MEMBERS(one, signature) || !sg_bytes(signature[2].value, room, &text))
        return false;
    const size_t from = room->n;
    if (!base64_read(text, room))
        return false;
    out->signature = sg_keep(room, from);
    return read_digest(content[2].value, room, &out->hash, &out->payload_digest) &&
           read_pem_key(signature[1].value, room, &out->verifier) &&
           (content[1].value.n == 0 || read_envelope_digest(content[1].value, room, out));
}

static const struct body_kind {
    const char *kind, *version;
    bool (*read)(span spec, writer *, said *);
} kinds[] = {{"hashedrekord", "0.0.1", read_hashedrekord_1},
             {"hashedrekord", "0.0.2", read_hashedrekord_2},
             {"rekord", "0.0.1", read_hashedrekord_1},
             {"dsse", "0.0.1", read_dsse_1},
             {"dsse", "0.0.2", read_dsse_2},
             {"intoto", "0.0.2", read_intoto_2}};

static bool read_body(const tl_entry *e, writer *room, said *out)
{
    span whole;
    sg_member m[] = {{.name = "apiVersion", .needed = true}, {.name = "kind", .needed = true}, {.name = "spec", .needed = true}};
    *out = (said){0};
    if (!json_read(e->body, &whole) || !SG_MEMBERS(whole, m))
        return false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (json_string_is(m[1].value, kinds[i].kind) && json_string_is(m[0].value, kinds[i].version))
            return kinds[i].read(m[2].value, room, out) && span_is(e->kind, kinds[i].kind) && span_is(e->version, kinds[i].version);
    return false;
}

static bool digest_is(const prim *lib, prim_hash hash, span message, span digest)
{
    uint8_t computed[PRIM_HASH_MAX];
    prim_digest(lib, hash, message, computed);
    return span_same(span_of(computed, prim_hash_len(hash)), digest);
}

/* A body that names a payload belongs to an envelope; any other names what was signed. */
static bool is_about(const prim *lib, const said *b, const sg_signed *what)
{
    if (b->payload_digest.n)
        return what->is_envelope && digest_is(lib, b->hash, what->payload, b->payload_digest);
    return digest_is(lib, b->hash, what->artifact, b->digest);
}

/* The hash beside a signature by such a key (Sigstore algorithm registry). */
static prim_hash hash_for(span key)
{
    const pubkey_kind kind = pubkey_kind_of(key);
    return kind == PUBKEY_P384 ? PRIM_SHA384 : kind == PUBKEY_P521 || kind == PUBKEY_ED25519 ? PRIM_SHA512 : PRIM_SHA256;
}

verdict sg_judge_body(tl_sigstore *s, const tl_sigstore_world *w, const tl_entry *e, const sg_signed *what, account *a)
{
    said b;
    writer room = s->room;
    CHECK(a, read_body(e, &room, &b), TL_142);
    CHECK(a, !b.by_key || b.hash == hash_for(what->key), TL_151);
    CHECK(a, is_about(w->prim, &b, what), TL_143);
    CHECK(a, what->signature.n == 0 || span_same(b.signature, what->signature), TL_144);
    CHECK(a, what->verifier.n == 0 || span_same(b.verifier, what->verifier), TL_145);
    if (b.names_envelope)
        account_leave_out(a, TL_ENVELOPE_DIGEST);
    return ACCEPT;
}
