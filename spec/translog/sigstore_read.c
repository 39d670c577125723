#include "base64.h"
#include "calendar.h"
#include "pem.h"
#include "sigstore_parts.h"

#include <string.h>

/* ---- values ---- */

static bool is_absent(span value) { return json_kind_of(value) == JSON_NONE || json_kind_of(value) == JSON_NULL; }

bool sg_members(span object, sg_member *list, size_t n)
{
    bool good = json_kind_of(object) == JSON_OBJECT;
    for (json_cursor c = json_enter(object); json_next(&c);) {
        bool known = false;
        for (size_t i = 0; i < n; i++)
            if (json_string_is(c.name, list[i].name)) {
                known = true;
                list[i].value = is_absent(c.value) ? EMPTY : c.value;
            }
        good = good && known;
    }
    for (size_t i = 0; i < n; i++)
        good = good && (!list[i].needed || list[i].value.n);
    return good;
}

span sg_keep(writer *room, size_t from) { return span_from(written(room), from); }

bool sg_text(span value, writer *room, span *out)
{
    const size_t from = room->n;
    *out = EMPTY;
    if (value.n == 0)
        return true;
    const bool good = json_string(value, room);
    *out = good ? sg_keep(room, from) : EMPTY;
    return good;
}

bool sg_bytes(span value, writer *room, span *out)
{
    span text;
    *out = EMPTY;
    if (value.n == 0)
        return true;
    if (!json_raw(value, &text) && !sg_text(value, room, &text))
        return false;
    const size_t from = room->n;
    const bool good = base64_read(text, room);
    *out = good ? sg_keep(room, from) : EMPTY;
    return good;
}

static bool digits_of(span text, uint64_t *out)
{
    const bool good = text.n > 0 && text.n <= 19 && (text.n == 1 || text.p[0] != '0');
    *out = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
        *out = 10 * *out + (uint64_t)(text.p[i] - '0');
    }
    return good && *out <= INT64_MAX;
}

bool sg_uint(span value, uint64_t *out)
{
    span text;
    *out = 0;
    if (value.n == 0)
        return true;
    if (json_kind_of(value) == JSON_NUMBER)
        return digits_of(value, out);
    return json_raw(value, &text) && digits_of(text, out);
}

bool sg_pem(span text, writer *room, span *der, bool *is_certificate)
{
    static const char *const labels[] = {"PUBLIC KEY", "CERTIFICATE"};
    for (size_t i = 0; i < 2; i++) {
        span rest = text;
        const size_t from = room->n;
        if (pem_next(&rest, labels[i], room) != PEM_BLOCK)
            continue;
        *der = sg_keep(room, from);
        *is_certificate = i == 1;
        return !pem_is_text(rest);
    }
    *der = EMPTY;
    return false;
}

/* ---- times ---- */

bool sg_within(tl_period p, int64_t at) { return p.from <= at && at <= p.to; }

/* "2022-12-31T23:59:59.999Z". A fraction is dropped, or rounded up: times are compared in whole seconds. */
static bool read_instant(span value, bool up, int64_t *out)
{
    span text;
    char whole[21] = "";
    if (!json_raw(value, &text) || text.n < 20 || text.n > 30 || text.p[text.n - 1] != 'Z')
        return false;
    memcpy(whole, text.p, 19);
    whole[19] = 'Z';
    span fraction = span_first(span_from(text, 19), text.n - 20);
    bool is_zero = true;
    for (size_t i = 1; i < fraction.n; i++) {
        if (fraction.p[i] < '0' || fraction.p[i] > '9')
            return false;
        is_zero = is_zero && fraction.p[i] == '0';
    }
    if ((fraction.n && (fraction.n < 2 || fraction.p[0] != '.')) || !calendar_read(span_first(SPAN(whole), 20), out))
        return false;
    *out += up && !is_zero;
    return true;
}

static bool read_period(span value, tl_period *out, bool *undated)
{
    sg_member m[] = {{.name = "start"}, {.name = "end"}};
    *out = (tl_period){INT64_MIN, INT64_MAX};
    const bool good = value.n == 0 || SG_MEMBERS(value, m);
    *undated |= m[0].value.n == 0;
    return good && (m[0].value.n == 0 || read_instant(m[0].value, true, &out->from)) &&
           (m[1].value.n == 0 || read_instant(m[1].value, false, &out->to));
}

/* ---- the trusted root ---- */

static const struct named_details {
    const char *name;
    pubkey_kind kind;
    pubkey_scheme scheme;
    size_t bits; /* of RSA */
} details[] = {{"PKIX_ECDSA_P256_SHA_256", PUBKEY_P256, PUBKEY_ECDSA_SHA256, 0},
               {"PKIX_ECDSA_P256_HMAC_SHA_256", PUBKEY_P256, PUBKEY_ECDSA_SHA256, 0},
               {"PKIX_ECDSA_P384_SHA_384", PUBKEY_P384, PUBKEY_ECDSA_SHA384, 0},
               {"PKIX_ECDSA_P384_SHA_256", PUBKEY_P384, PUBKEY_ECDSA_SHA256, 0},
               {"PKIX_ECDSA_P521_SHA_512", PUBKEY_P521, PUBKEY_ECDSA_SHA512, 0},
               {"PKIX_ECDSA_P521_SHA_256", PUBKEY_P521, PUBKEY_ECDSA_SHA256, 0},
               {"PKIX_ED25519", PUBKEY_ED25519, PUBKEY_PURE_ED25519, 0},
               {"PKIX_RSA_PKCS1V15_2048_SHA256", PUBKEY_RSA, PUBKEY_RSA_SHA256, 2048},
               {"PKIX_RSA_PKCS1V15_3072_SHA256", PUBKEY_RSA, PUBKEY_RSA_SHA256, 3072},
               {"PKIX_RSA_PKCS1V15_4096_SHA256", PUBKEY_RSA, PUBKEY_RSA_SHA256, 4096},
               {"PKIX_RSA_PSS_2048_SHA256", PUBKEY_RSA, PUBKEY_PSS_SHA256, 2048},
               {"PKIX_RSA_PSS_3072_SHA256", PUBKEY_RSA, PUBKEY_PSS_SHA256, 3072},
               {"PKIX_RSA_PSS_4096_SHA256", PUBKEY_RSA, PUBKEY_PSS_SHA256, 4096}};

/* An algorithm that is not in the table leaves the scheme unknown, and so does a key of another kind than the details say. */
static bool read_scheme(span name, tl_trusted_log *out)
{
    for (size_t i = 0; i < sizeof details / sizeof *details; i++)
        if (json_string_is(name, details[i].name)) {
            const bool is_kind = pubkey_kind_of(out->key) == details[i].kind;
            out->scheme = is_kind ? details[i].scheme : PUBKEY_UNKNOWN;
            return is_kind && pubkey_rsa_bits(out->key) == details[i].bits;
        }
    return true;
}

static span host_of(span address)
{
    for (size_t i = 0; i + 3 <= address.n; i++)
        if (span_is(span_first(span_from(address, i), 3), "://"))
            address = span_from(address, i + 3);
    for (size_t i = 0; i < address.n; i++)
        if (address.p[i] == '/')
            return span_first(address, i);
    return address;
}

/* Where it can be computed: the algorithm is known, and the name where it goes in. */
static bool note_id_follows(const prim *lib, const tl_trusted_log *log)
{
    uint8_t id[TL_HASH];
    if (log->note_id.n == 0 || log->scheme == PUBKEY_UNKNOWN || log->host.n == 0)
        return true;
    sg_note_id(lib, log, log->host, id);
    return log->note_id.n >= TL_KEY_ID && log->note_id.n <= TL_HASH && span_same(log->note_id, span_of(id, log->note_id.n));
}

static bool read_log(const prim *lib, span value, writer *room, tl_trusted_log *out, tl_trusted_root *whole)
{
    span address;
    sg_member m[] = {
        {.name = "baseUrl"},         {.name = "hashAlgorithm"}, {.name = "publicKey", .needed = true}, {.name = "logId", .needed = true},
        {.name = "checkpointKeyId"}, {.name = "operator"}};
    sg_member key[] = {{.name = "rawBytes", .needed = true}, {.name = "keyDetails", .needed = true}, {.name = "validFor"}};
    sg_member id[] = {{.name = "keyId", .needed = true}}, note_id[] = {{.name = "keyId", .needed = true}};
    *out = (tl_trusted_log){0};
    bool good = SG_MEMBERS(value, m) && SG_MEMBERS(m[2].value, key) && SG_MEMBERS(m[3].value, id);
    good = good && (m[1].value.n == 0 || json_string_is(m[1].value, "SHA2_256")) && (m[4].value.n == 0 || SG_MEMBERS(m[4].value, note_id));
    good = good && sg_text(m[0].value, room, &address) && sg_bytes(key[0].value, room, &out->key) && sg_bytes(id[0].value, room, &out->id);
    good = good && sg_bytes(note_id[0].value, room, &out->note_id) && read_period(key[2].value, &out->valid, &whole->undated);
    out->host = good ? host_of(address) : EMPTY;
    whole->mismatched |= !good || !read_scheme(key[1].value, out) || !note_id_follows(lib, out);
    return good && out->id.n > 0 && out->id.n <= TL_HASH;
}

static bool read_certificates(span list, writer *room, span out[TL_CHAIN_MAX], size_t *n)
{
    for (json_cursor c = json_enter(list); json_next(&c); ++*n) {
        sg_member m[] = {{.name = "rawBytes", .needed = true}};
        if (*n == TL_CHAIN_MAX || !SG_MEMBERS(c.value, m) || !sg_bytes(m[0].value, room, &out[*n]))
            return false;
    }
    return list.n == 0 || json_kind_of(list) == JSON_ARRAY;
}

static bool read_authority(span value, writer *room, tl_authority *out, bool *undated)
{
    span der[TL_CHAIN_MAX];
    sg_member m[] = {
        {.name = "subject"}, {.name = "uri"}, {.name = "certChain", .needed = true}, {.name = "validFor"}, {.name = "operator"}};
    sg_member chain[] = {{.name = "certificates"}};
    out->n = 0;
    if (!SG_MEMBERS(value, m) || !SG_MEMBERS(m[2].value, chain) || !read_certificates(chain[0].value, room, der, &out->n) ||
        !read_period(m[3].value, &out->valid, undated))
        return false;
    for (size_t i = 0; i < out->n; i++)
        if (!x509_view_read(der[i], &out->chain[i]))
            return false;
    return true;
}

static bool read_logs(const prim *lib, span list, writer *room, tl_trusted_log *out, size_t *n, tl_trusted_root *whole)
{
    for (json_cursor c = json_enter(list); json_next(&c); ++*n)
        if (*n == TL_TRUSTED_MAX || !read_log(lib, c.value, room, &out[*n], whole))
            return false;
    return list.n == 0 || json_kind_of(list) == JSON_ARRAY;
}

static bool read_authorities(span list, writer *room, tl_authority *out, size_t *n, bool *undated)
{
    for (json_cursor c = json_enter(list); json_next(&c); ++*n)
        if (*n == TL_TRUSTED_MAX || !read_authority(c.value, room, &out[*n], undated))
            return false;
    return list.n == 0 || json_kind_of(list) == JSON_ARRAY;
}

static bool is_root_type(span type)
{
    return json_string_is(type, "application/vnd.dev.sigstore.trustedroot+json;version=0.1") ||
           json_string_is(type, "application/vnd.dev.sigstore.trustedroot.v0.1+json") ||
           json_string_is(type, "application/vnd.dev.sigstore.trustedroot.v0.2+json");
}

bool sg_read_root(const prim *lib, span text, writer *room, tl_trusted_root *out)
{
    span whole;
    sg_member m[] = {{.name = "mediaType", .needed = true},
                     {.name = "tlogs"},
                     {.name = "certificateAuthorities"},
                     {.name = "ctlogs"},
                     {.name = "timestampAuthorities"}};
    memset(out, 0, sizeof *out);
    if (text.n > TL_BUNDLE_MAX || !json_read(text, &whole))
        return false;
    const bool form = SG_MEMBERS(whole, m) && is_root_type(m[0].value);
    return read_logs(lib, m[1].value, room, out->log, &out->n_logs, out) &&
           read_logs(lib, m[3].value, room, out->ct_log, &out->n_ct_logs, out) &&
           read_authorities(m[2].value, room, out->authority, &out->n_authorities, &out->undated) &&
           read_authorities(m[4].value, room, out->stamper, &out->n_stampers, &out->undated) && form;
}

/* ---- the bundle ---- */

static unsigned version_of(span type)
{
    static const char *const names[][2] = {
        {"application/vnd.dev.sigstore.bundle+json;version=0.1", "application/vnd.dev.sigstore.bundle.v0.1+json"},
        {"application/vnd.dev.sigstore.bundle+json;version=0.2", "application/vnd.dev.sigstore.bundle.v0.2+json"},
        {"application/vnd.dev.sigstore.bundle+json;version=0.3", "application/vnd.dev.sigstore.bundle.v0.3+json"}};
    for (unsigned i = 0; i < 3; i++)
        if (json_string_is(type, names[i][0]) || json_string_is(type, names[i][1]))
            return i + 1;
    return 0;
}

static bool read_hashes(span list, writer *room, span *out)
{
    const size_t from = room->n;
    for (json_cursor c = json_enter(list); json_next(&c);) {
        span text;
        const size_t before = room->n;
        if (!json_raw(c.value, &text) || !base64_read(text, room) || room->n - before != TL_HASH)
            return false;
    }
    *out = sg_keep(room, from);
    return list.n == 0 || json_kind_of(list) == JSON_ARRAY;
}

/* A proof without a checkpoint proves nothing: it counts as none. */
static bool read_proof(span value, writer *room, tl_entry *out)
{
    sg_member m[] = {{.name = "logIndex"},
                     {.name = "rootHash", .needed = true},
                     {.name = "treeSize", .needed = true},
                     {.name = "hashes"},
                     {.name = "checkpoint"}};
    sg_member checkpoint[] = {{.name = "envelope"}};
    const bool good = value.n == 0 || (SG_MEMBERS(value, m) && (m[4].value.n == 0 || SG_MEMBERS(m[4].value, checkpoint)) &&
                                       sg_uint(m[0].value, &out->proof_index) && sg_bytes(m[1].value, room, &out->root) &&
                                       out->root.n == TL_HASH && sg_uint(m[2].value, &out->proof_size) &&
                                       read_hashes(m[3].value, room, &out->hashes) && sg_text(checkpoint[0].value, room, &out->checkpoint));
    out->has_proof = good && out->checkpoint.n > 0;
    return good;
}

static bool read_promise(span value, writer *room, tl_entry *out)
{
    sg_member m[] = {{.name = "signedEntryTimestamp", .needed = true}};
    out->has_promise = value.n > 0;
    return value.n == 0 || (SG_MEMBERS(value, m) && sg_bytes(m[0].value, room, &out->promise));
}

static bool read_entry(span value, writer *room, tl_entry *out)
{
    uint64_t time = 0;
    sg_member m[] = {{.name = "logIndex"},
                     {.name = "logId", .needed = true},
                     {.name = "kindVersion", .needed = true},
                     {.name = "integratedTime"},
                     {.name = "inclusionPromise"},
                     {.name = "inclusionProof"},
                     {.name = "canonicalizedBody", .needed = true}};
    sg_member id[] = {{.name = "keyId", .needed = true}}, kind[] = {{.name = "kind", .needed = true}, {.name = "version", .needed = true}};
    *out = (tl_entry){0};
    const bool good = SG_MEMBERS(value, m) && SG_MEMBERS(m[1].value, id) && SG_MEMBERS(m[2].value, kind) &&
                      sg_uint(m[0].value, &out->index) && sg_bytes(id[0].value, room, &out->log_id) &&
                      sg_text(kind[0].value, room, &out->kind) && sg_text(kind[1].value, room, &out->version) &&
                      sg_uint(m[3].value, &time) && read_promise(m[4].value, room, out) && read_proof(m[5].value, room, out) &&
                      sg_bytes(m[6].value, room, &out->body);
    out->integrated = (int64_t)time;
    return good;
}

static bool read_stamps(span value, writer *room, tl_bundle *out)
{
    sg_member m[] = {{.name = "rfc3161Timestamps"}};
    if (value.n && !SG_MEMBERS(value, m))
        return false;
    for (json_cursor c = json_enter(m[0].value); json_next(&c); out->n_stamps++) {
        sg_member one[] = {{.name = "signedTimestamp", .needed = true}};
        if (out->n_stamps == TL_ENTRIES_MAX || !SG_MEMBERS(c.value, one) || !sg_bytes(one[0].value, room, &out->stamp[out->n_stamps]))
            return false;
    }
    return m[0].value.n == 0 || json_kind_of(m[0].value) == JSON_ARRAY;
}

static bool read_entries(span list, writer *room, tl_bundle *out)
{
    for (json_cursor c = json_enter(list); json_next(&c); out->n_entries++)
        if (out->n_entries == TL_ENTRIES_MAX || !read_entry(c.value, room, &out->entry[out->n_entries]))
            return false;
    return list.n == 0 || json_kind_of(list) == JSON_ARRAY;
}

static bool are_certificates(const tl_bundle *b)
{
    x509_view view;
    for (size_t i = 0; i < b->n_certificates; i++)
        if (!x509_view_read(b->certificate[i], &view))
            return false;
    return b->n_certificates > 0;
}

static bool read_signer(const sg_member m[2], bool single, writer *room, tl_bundle *out)
{
    sg_member hint[] = {{.name = "hint"}}, chain[] = {{.name = "certificates"}}, raw[] = {{.name = "rawBytes", .needed = true}};
    out->has_key = m[1].value.n > 0;
    if ((m[0].value.n > 0) == out->has_key)
        return false;
    if (out->has_key)
        return SG_MEMBERS(m[1].value, hint);
    out->n_certificates = single;
    const bool good = single ? SG_MEMBERS(m[0].value, raw) && sg_bytes(raw[0].value, room, &out->certificate[0])
                             : SG_MEMBERS(m[0].value, chain) &&
                                   read_certificates(chain[0].value, room, out->certificate, &out->n_certificates);
    return good && are_certificates(out);
}

/* v0.3 has one certificate, the versions before it a chain. */
static bool read_material(span value, writer *room, tl_bundle *out)
{
    const bool single = out->version == 0 || out->version >= 3;
    sg_member m[] = {{.name = single ? "certificate" : "x509CertificateChain"},
                     {.name = "publicKey"},
                     {.name = "tlogEntries"},
                     {.name = "timestampVerificationData"}};
    const bool form = SG_MEMBERS(value, m);
    return read_signer(m, single, room, out) && read_entries(m[2].value, room, out) && read_stamps(m[3].value, room, out) && form;
}

static bool read_message(span value, writer *room, tl_bundle *out)
{
    static const char *const names[] = {"SHA2_256", "SHA2_384", "SHA2_512"};
    static const prim_hash hashes[] = {PRIM_SHA256, PRIM_SHA384, PRIM_SHA512};
    sg_member m[] = {{.name = "messageDigest"}, {.name = "signature", .needed = true}};
    sg_member digest[] = {{.name = "algorithm", .needed = true}, {.name = "digest", .needed = true}};
    out->has_message = value.n > 0;
    if (value.n == 0)
        return true;
    if (!SG_MEMBERS(value, m) || !sg_bytes(m[1].value, room, &out->signature))
        return false;
    out->hash = PRIM_SHA256;
    if (m[0].value.n == 0)
        return true;
    if (!SG_MEMBERS(m[0].value, digest) || !sg_bytes(digest[1].value, room, &out->digest))
        return false;
    for (size_t i = 0; i < 3; i++)
        if (json_string_is(digest[0].value, names[i])) {
            out->hash = hashes[i];
            return out->digest.n == prim_hash_len(out->hash);
        }
    return false;
}

static bool read_envelope(span value, writer *room, tl_bundle *out)
{
    sg_member m[] = {{.name = "payload", .needed = true}, {.name = "payloadType", .needed = true}, {.name = "signatures"}};
    out->has_envelope = value.n > 0;
    if (value.n == 0)
        return true;
    if (!SG_MEMBERS(value, m) || !sg_bytes(m[0].value, room, &out->payload) || !sg_text(m[1].value, room, &out->payload_type))
        return false;
    for (json_cursor c = json_enter(m[2].value); json_next(&c); out->n_signatures++) {
        sg_member one[] = {{.name = "sig", .needed = true}, {.name = "keyid"}};
        span bytes;
        if (!SG_MEMBERS(c.value, one) || !sg_bytes(one[0].value, room, &bytes))
            return false;
        if (out->n_signatures == 0)
            out->signature = bytes;
    }
    return true;
}

bool sg_read_bundle(span text, writer *room, tl_bundle *out)
{
    span whole, envelope_first;
    sg_member m[] = {{.name = "mediaType", .needed = true},
                     {.name = "verificationMaterial", .needed = true},
                     {.name = "messageSignature"},
                     {.name = "dsseEnvelope"}};
    memset(out, 0, sizeof *out);
    if (text.n > TL_BUNDLE_MAX || !json_read(text, &whole))
        return false;
    const bool form = SG_MEMBERS(whole, m);
    out->version = version_of(m[0].value);
    if (!read_envelope(m[3].value, room, out))
        return false;
    envelope_first = out->signature;
    const bool good = read_message(m[2].value, room, out);
    out->signature = out->has_envelope ? envelope_first : out->signature;
    return good && read_material(m[1].value, room, out) && form;
}

/* ---- an entry as Rekor v1 answers it ---- */

static bool read_hex_text(span value, writer *room, span *out)
{
    span text;
    const size_t from = room->n;
    const bool good = json_raw(value, &text) && read_hex(text, room);
    *out = good ? sg_keep(room, from) : EMPTY;
    return good;
}

static bool read_hex_list(span list, writer *room, span *out)
{
    const size_t from = room->n;
    for (json_cursor c = json_enter(list); json_next(&c);) {
        span one;
        if (!read_hex_text(c.value, room, &one) || one.n != TL_HASH)
            return false;
    }
    *out = sg_keep(room, from);
    return json_kind_of(list) == JSON_ARRAY;
}

static bool read_verification(span value, writer *room, tl_entry *out)
{
    sg_member m[] = {{.name = "inclusionProof"}, {.name = "signedEntryTimestamp"}};
    sg_member proof[] = {{.name = "checkpoint", .needed = true},
                         {.name = "hashes", .needed = true},
                         {.name = "logIndex", .needed = true},
                         {.name = "rootHash", .needed = true},
                         {.name = "treeSize", .needed = true}};
    if (!SG_MEMBERS(value, m) || !sg_bytes(m[1].value, room, &out->promise))
        return false;
    out->has_promise = m[1].value.n > 0;
    out->has_proof = m[0].value.n > 0;
    return !out->has_proof ||
           (SG_MEMBERS(m[0].value, proof) && sg_text(proof[0].value, room, &out->checkpoint) &&
            read_hex_list(proof[1].value, room, &out->hashes) && sg_uint(proof[2].value, &out->proof_index) &&
            read_hex_text(proof[3].value, room, &out->root) && out->root.n == TL_HASH && sg_uint(proof[4].value, &out->proof_size));
}

static bool read_kind(writer *room, tl_entry *out)
{
    span body;
    sg_member m[] = {{.name = "apiVersion", .needed = true}, {.name = "kind", .needed = true}, {.name = "spec", .needed = true}};
    return json_read(out->body, &body) && SG_MEMBERS(body, m) && sg_text(m[0].value, room, &out->version) &&
           sg_text(m[1].value, room, &out->kind);
}

bool sg_read_entry(span text, writer *room, tl_entry *out)
{
    span whole;
    uint64_t time = 0;
    sg_member m[] = {{.name = "attestation"},           {.name = "body", .needed = true},     {.name = "integratedTime", .needed = true},
                     {.name = "logID", .needed = true}, {.name = "logIndex", .needed = true}, {.name = "verification", .needed = true}};
    *out = (tl_entry){0};
    if (text.n > TL_BUNDLE_MAX || !json_read(text, &whole))
        return false;
    json_cursor c = json_enter(whole);
    if (json_kind_of(whole) != JSON_OBJECT || !json_next(&c))
        return false;
    const span one = c.value;
    const bool form = SG_MEMBERS(one, m);
    const bool good = !json_next(&c) && sg_bytes(m[1].value, room, &out->body) && sg_uint(m[2].value, &time) &&
                      read_hex_text(m[3].value, room, &out->log_id) && sg_uint(m[4].value, &out->index) &&
                      read_verification(m[5].value, room, out) && read_kind(room, out);
    out->integrated = (int64_t)time;
    return good && form;
}
