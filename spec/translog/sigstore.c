#include "sigstore.h"
#include "sigstore_parts.h"

#include <string.h>

const char *const tl_comparison_names[TL_COMPARISONS] = {"inclusion proof", "digest of the envelope's JSON"};

/* ---- the signer ---- */

static bool is_complete(const tl_signer *p) { return p->key.n ? !p->identity.n && !p->issuer.n : p->identity.n && p->issuer.n; }

/* ---- the texts ---- */

static verdict read_texts(tl_sigstore *s, const prim *lib, span root, span bundle, account *a)
{
    s->room = WRITER(s->bytes);
    CHECK(a, sg_read_root(lib, root, &s->room, &s->root) && !s->root.mismatched, TL_102);
    CHECK(a, !s->root.undated, TL_103);
    const bool well_formed = sg_read_bundle(bundle, &s->room, &s->bundle);
    CHECK(a, s->bundle.version, TL_105);
    CHECK(a, well_formed, TL_104);
    CHECK(a, s->bundle.has_message != s->bundle.has_envelope, TL_106);
    CHECK(a, !s->bundle.has_envelope || s->bundle.n_signatures == 1, TL_107);
    return ACCEPT;
}

/* A chain may go on after the leaf with intermediates, which are not needed: the trusted root has them. */
static bool has_root(const tl_bundle *b)
{
    x509_view view;
    for (size_t i = 0; i < b->n_certificates; i++)
        if (x509_view_read(b->certificate[i], &view) && span_same(view.issuer, view.subject))
            return true;
    return false;
}

static bool repeats(const tl_bundle *b)
{
    for (size_t i = 0; i < b->n_entries; i++)
        for (size_t k = 0; k < i; k++)
            if (b->entry[i].index == b->entry[k].index && span_same(b->entry[i].log_id, b->entry[k].log_id))
                return true;
    for (size_t i = 0; i < b->n_stamps; i++)
        for (size_t k = 0; k < i; k++)
            if (span_same(b->stamp[i], b->stamp[k]))
                return true;
    return false;
}

static verdict judge_material(tl_sigstore *s, const tl_signer *p, account *a)
{
    CHECK(a, s->bundle.has_key == (p->key.n > 0), TL_108);
    CHECK(a, !has_root(&s->bundle), TL_109);
    CHECK(a, !repeats(&s->bundle), TL_150);
    (void)x509_view_read(s->bundle.certificate[0], &s->leaf); /* its form is judged: TL-104 */
    return ACCEPT;
}

/* ---- the log ---- */

static bool is_dated(const tl_sigstore *s, const tl_sigstore_world *w, const tl_entry *e, const tl_trusted_log *log)
{
    bool within = true;
    for (size_t i = 0; i < s->n_times; i++)
        within = within && sg_within(log->valid, s->time[i]);
    if (e->has_promise)
        return sg_within(log->valid, e->integrated);
    return s->n_times ? within : sg_within(log->valid, w->now);
}

static bool is_log_of(const tl_trusted_log *log, const tl_entry *e)
{
    return span_same(log->id, e->log_id) || (log->note_id.n && span_same(log->note_id, e->log_id));
}

/* The log that the entry names. Where several have its id, the one whose name its checkpoint has, and that was in use. */
static const tl_trusted_log *log_of(const tl_sigstore *s, const tl_sigstore_world *w, const tl_entry *e)
{
    const tl_trusted_log *found = NULL;
    unsigned best = 0;
    for (size_t i = 0; i < s->root.n_logs; i++) {
        const tl_trusted_log *log = &s->root.log[i];
        const unsigned fits = 1 + 2 * sg_is_origin_of(sg_first_line(e->checkpoint), log->host) + is_dated(s, w, e, log);
        if (is_log_of(log, e) && fits > best) {
            best = fits;
            found = log;
        }
    }
    return found;
}

static verdict judge_entries(tl_sigstore *s, const tl_sigstore_world *w, const sg_signed *what, account *a)
{
    size_t n = 0;
    for (size_t i = 0; i < s->bundle.n_entries; i++) {
        const tl_entry *e = &s->bundle.entry[i];
        const tl_trusted_log *log = log_of(s, w, e);
        CHECK(a, log, TL_110);
        if (WEAKENED(TL_110) && !log)
            continue;
        if (log->scheme == PUBKEY_UNKNOWN)
            continue;
        CHECK(a, is_dated(s, w, e, log), TL_117);
        TRY(sg_judge_entry(s, w, e, log, a));
        TRY(sg_judge_body(s, w, e, what, a));
        if (e->has_promise)
            s->time[s->n_times++] = e->integrated;
        n++;
    }
    CHECK(a, n > 0, TL_118);
    return ACCEPT;
}

/* ---- the times ---- */

static verdict judge_stamps(tl_sigstore *s, const tl_sigstore_world *w, account *a)
{
    for (size_t i = 0; i < s->bundle.n_stamps; i++)
        TRY(sg_judge_stamp(s, w, s->bundle.stamp[i], a, &s->time[s->n_times++]));
    return ACCEPT;
}

static bool is_past(const tl_sigstore *s, int64_t now)
{
    for (size_t i = 0; i < s->n_times; i++)
        if (s->time[i] > now)
            return false;
    return true;
}

/* ---- the signature ---- */

/* The algorithms of Sigstore's registry that fit a key of this kind. */
static bool is_signed(span key, span message, span signature)
{
    static const pubkey_scheme registered[][2] = {[PUBKEY_OTHER] = {PUBKEY_UNKNOWN},
                                                  [PUBKEY_P256] = {PUBKEY_ECDSA_SHA256},
                                                  [PUBKEY_P384] = {PUBKEY_ECDSA_SHA384, PUBKEY_ECDSA_SHA256},
                                                  [PUBKEY_P521] = {PUBKEY_ECDSA_SHA512, PUBKEY_ECDSA_SHA256},
                                                  [PUBKEY_RSA] = {PUBKEY_RSA_SHA256, PUBKEY_PSS_SHA256},
                                                  [PUBKEY_ED25519] = {PUBKEY_PURE_ED25519, PUBKEY_HASHED_ED25519}};
    const pubkey_scheme *s = registered[pubkey_kind_of(key)];
    return pubkey_verify(key, s[0], message, signature) || pubkey_verify(key, s[1], message, signature);
}

static void write_sized(writer *w, span bytes)
{
    write_text(w, " ");
    json_write_int(w, (int64_t)bytes.n);
    write_text(w, " ");
    write_span(w, bytes);
}

/* What an envelope's signature is over (DSSE, PAE). */
static span encoded(const tl_bundle *b, writer *room)
{
    const size_t from = room->n;
    write_text(room, "DSSEv1");
    write_sized(room, b->payload_type);
    write_sized(room, b->payload);
    return sg_keep(room, from);
}

static bool digest_is(const prim *lib, prim_hash hash, span message, span digest)
{
    uint8_t computed[PRIM_HASH_MAX];
    prim_digest(lib, hash, message, computed);
    return span_same(span_of(computed, prim_hash_len(hash)), digest);
}

static bool is_statement(span payload_type, span payload, span *statement)
{
    span type;
    *statement = EMPTY;
    const bool is_json = json_read(payload, statement) && json_member(*statement, "_type", &type);
    return is_json && span_is(payload_type, "application/vnd.in-toto+json") &&
           (json_string_is(type, "https://in-toto.io/Statement/v1") || json_string_is(type, "https://in-toto.io/Statement/v0.1"));
}

static bool has_digest(const prim *lib, span digests, span artifact)
{
    static const char *const names[] = {"sha256", "sha384", "sha512"};
    static const prim_hash hashes[] = {PRIM_SHA256, PRIM_SHA384, PRIM_SHA512};
    for (size_t i = 0; i < 3; i++) {
        span value;
        uint8_t computed[PRIM_HASH_MAX];
        char digits[2 * PRIM_HASH_MAX + 1] = {0};
        writer w = writer_of(digits, sizeof digits - 1);
        prim_digest(lib, hashes[i], artifact, computed);
        write_hex(&w, span_of(computed, prim_hash_len(hashes[i])));
        if (json_member(digests, names[i], &value) && json_string_is(value, digits))
            return true;
    }
    return false;
}

/* One of the subjects has a digest of the artifact. */
static bool is_subject(const prim *lib, span statement, span artifact)
{
    span list, digests;
    (void)json_member(statement, "subject", &list);
    for (json_cursor c = json_enter(list); json_next(&c);)
        if (json_member(c.value, "digest", &digests) && has_digest(lib, digests, artifact))
            return true;
    return false;
}

static verdict judge_content(tl_sigstore *s, const prim *lib, span artifact, const sg_signed *what, span key, account *a)
{
    span statement = EMPTY;
    const tl_bundle *b = &s->bundle;
    CHECK(a, what->is_envelope || b->digest.n == 0 || digest_is(lib, b->hash, artifact, b->digest), TL_138);
    CHECK(a, is_signed(key, what->artifact, b->signature), TL_139);
    if (!what->is_envelope)
        return ACCEPT;
    CHECK(a, is_statement(b->payload_type, b->payload, &statement), TL_140);
    CHECK(a, is_subject(lib, statement, artifact), TL_141);
    return ACCEPT;
}

/* ---- a bundle ---- */

static verdict judge_bundle(tl_sigstore *s, const tl_sigstore_world *w, const tl_signer *p, span artifact, account *a)
{
    const tl_bundle *b = &s->bundle;
    const span key = p->key.n ? p->key : s->leaf.key_info;
    const sg_signed what = {.artifact = b->has_envelope ? encoded(b, &s->room) : artifact,
                            .payload = b->payload,
                            .is_envelope = b->has_envelope,
                            .signature = b->signature,
                            .verifier = p->key.n ? p->key : s->leaf.der,
                            .key = key};
    TRY(judge_stamps(s, w, a));
    TRY(judge_entries(s, w, &what, a));
    CHECK(a, p->key.n || s->n_times > 0, TL_125);
    CHECK(a, is_past(s, w->now), TL_126);
    if (!p->key.n)
        TRY(sg_judge_certificate(s, w, p, a));
    return judge_content(s, w->prim, artifact, &what, key, a);
}

verdict tl_verify_sigstore(tl_sigstore *s, const tl_sigstore_world *w, const tl_signer *p, span root, span bundle, span artifact,
                           account *a)
{
    s->n_times = 0;
    memset(&s->leaf, 0, sizeof s->leaf);
    CHECK(a, is_complete(p), TL_101);
    TRY(read_texts(s, w->prim, root, bundle, a));
    TRY(judge_material(s, p, a));
    return judge_bundle(s, w, p, artifact, a);
}

/* ---- an entry ---- */

static pubkey_scheme log_scheme(span key)
{
    static const pubkey_scheme schemes[] = {
        [PUBKEY_OTHER] = PUBKEY_UNKNOWN,     [PUBKEY_P256] = PUBKEY_ECDSA_SHA256, [PUBKEY_P384] = PUBKEY_ECDSA_SHA384,
        [PUBKEY_P521] = PUBKEY_ECDSA_SHA512, [PUBKEY_RSA] = PUBKEY_RSA_SHA256,    [PUBKEY_ED25519] = PUBKEY_PURE_ED25519};
    return schemes[pubkey_kind_of(key)];
}

verdict tl_verify_entry(tl_sigstore *s, const tl_sigstore_world *w, span entry, span log_key, span artifact, account *a)
{
    uint8_t id[TL_HASH];
    tl_entry *e = &s->bundle.entry[0];
    const sg_signed what = {.artifact = artifact};
    prim_digest(w->prim, PRIM_SHA256, log_key, id);
    const tl_trusted_log log = {.id = SPAN(id), .key = log_key, .scheme = log_scheme(log_key), .valid = {INT64_MIN, INT64_MAX}};
    s->room = WRITER(s->bytes);
    s->bundle.version = 0;
    CHECK(a, sg_read_entry(entry, &s->room, e), TL_146);
    CHECK(a, span_same(e->log_id, SPAN(id)), TL_147);
    CHECK(a, e->has_promise, TL_148);
    TRY(sg_judge_entry(s, w, e, &log, a));
    CHECK(a, e->integrated <= w->now, TL_149);
    return sg_judge_body(s, w, e, &what, a);
}
