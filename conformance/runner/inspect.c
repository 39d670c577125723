#include "inspect.h"
#include "base64.h"
#include "collateral_file.h"
#include "pem.h"
#include "policy_document.h"
#include "translog.h"

#include <string.h>

enum { FILE_MAX = 262144, DEPTH_MAX = 8 };

/* ---- JSON ---- */

static void show_value(inspection *i, const char *name, span value, unsigned depth);

static void show_members(inspection *i, const char *name, span value, unsigned depth)
{
    unsigned n = 0;
    for (json_cursor c = json_enter(value); json_next(&c) && i->n_fields < INSPECT_FIELDS_MAX; n++) {
        char path[128];
        span key = EMPTY;
        if (c.object && json_raw(c.name, &key))
            snprintf(path, sizeof path, "%s%s%.*s", name, *name ? "." : "", (int)(key.n < 64 ? key.n : 64), (const char *)key.p);
        else
            snprintf(path, sizeof path, "%s[%u]", name, n);
        show_value(i, path, c.value, depth + 1);
    }
    if (n == 0)
        inspect_text(i, name, inspect_at(i, value), value.n, value, "empty");
}

/* A text is shown as it is written; its escapes stay escapes. */
static void show_value(inspection *i, const char *name, span value, unsigned depth)
{
    const json_kind kind = json_kind_of(value);
    if ((kind == JSON_OBJECT || kind == JSON_ARRAY) && depth < DEPTH_MAX)
        show_members(i, name, value, depth);
    else if (kind == JSON_STRING)
        inspect_text(i, name, inspect_at(i, value), value.n, span_first(span_from(value, 1), value.n - 2), NULL);
    else
        inspect_text(i, name, inspect_at(i, value), value.n, value, NULL);
}

void inspect_json(inspection *i, const char *name, span value) { show_value(i, name, value, 0); }

static bool looks_like_json(span s)
{
    while (s.n && (s.p[0] == ' ' || s.p[0] == '\n' || s.p[0] == '\r' || s.p[0] == '\t'))
        s = span_from(s, 1);
    return s.n && (s.p[0] == '{' || s.p[0] == '[');
}

static bool has(span object, const char *name)
{
    span value;
    return json_member(object, name, &value);
}

static bool is_bundle(span object)
{
    static const char prefix[] = "application/vnd.dev.sigstore.bundle";
    span value, text;
    return json_member(object, "mediaType", &value) && json_raw(value, &text) && span_is(span_first(text, sizeof prefix - 1), prefix);
}

static bool is_policy(span object)
{
    bool found = false;
    for (size_t k = 0; at_kind_names[k]; k++)
        found |= has(object, at_kind_names[k]);
    return found || has(object, "vendors") || has(object, "machines");
}

/* By the members that only this document has. */
static const char *kind_of_json(span value)
{
    if (is_bundle(value))
        return "sigstore-bundle";
    if (has(value, "tcbInfo") || has(value, "tcbLevels"))
        return has(value, "mrsigner") ? "qe-identity" : "tcb-info";
    if (has(value, "enclaveIdentity"))
        return "qe-identity";
    if (has(value, "tcb_info") || has(value, "qe_identity"))
        return "intel-collateral";
    if (has(value, "certificateAuthorities") || has(value, "tlogs"))
        return "sigstore-trusted-root";
    if (has(value, "keys"))
        return "jwk-set";
    if (has(value, "evidence") && has(value, "certificate"))
        return "nvidia-gpu-evidence";
    return is_policy(value) ? "appraisal-policy" : "json";
}

/* Whether the document holds as a policy, by the policy's own reader. */
static void judge_policy(inspection *i, span file)
{
    static policy_document document;
    policy_fault fault = {0};
    if (!policy_document_read(file, &document, &fault))
        inspect_fault(i, fault.what ? fault.what : "it is no policy");
}

static bool show_as(inspection *, const inspect_format *, span, size_t at, const char **format);

/* The report and the chain of a document of NVIDIA's tools, as parts of their own. */
static void show_gpu_document(inspection *i, span object)
{
    static uint8_t rooms[2][FILE_MAX];
    static const char *const members[] = {"evidence", "certificate"};
    const char *format = NULL;
    const span document = i->part;
    i->decoded = true;
    for (size_t k = 0; k < 2; k++) {
        writer w = WRITER(rooms[k]);
        span value, text;
        const bool good = json_member(object, members[k], &value) && json_raw(value, &text) && base64_read(text, &w);
        const size_t at = good ? (size_t)(text.p - document.p) : 0;
        if (!good || !show_as(i, k ? inspect_text_formats : inspect_binary_formats, written(&w), at, &format))
            inspect_fault(i, "its report or its chain is no base64 of one");
    }
    i->decoded = false;
}

static void show_json(inspection *i, span file, size_t at)
{
    span value;
    if (!json_read(file, &value)) {
        inspect_begin(i, "document", "json", at, file, false);
        inspect_text(i, "text", 0, file.n, file, NULL);
        inspect_fault(i, "it is no JSON: cut, with a name twice, or malformed");
        return;
    }
    const char *kind = kind_of_json(value);
    i->format = kind;
    inspect_begin(i, "document", kind, at, file, false);
    inspect_json(i, "", value);
    if (strcmp(kind, "appraisal-policy") == 0)
        judge_policy(i, file);
    if (strcmp(kind, "nvidia-gpu-evidence") == 0)
        show_gpu_document(i, value);
    i->format = kind;
}

/* ---- textual encoding of certificates and lists ---- */

static bool is_pem(span s) { return pem_is_text(s); }

void inspect_blocks(inspection *i, const char *name, span text, size_t at)
{
    static const char *const labels[] = {"X509 CRL", "PUBLIC KEY", NULL};
    static uint8_t room[FILE_MAX];
    const span all = text;
    writer w = WRITER(room);
    pem_found found = PEM_BLOCK;
    for (unsigned n = 0; found == PEM_BLOCK && i->n_fields < INSPECT_FIELDS_MAX; n++) {
        char part[64];
        const size_t from = w.n, begins = at + (all.n - text.n);
        found = pem_next(&text, "CERTIFICATE", &w);
        for (size_t k = 0; found == PEM_BROKEN && labels[k]; k++)
            found = pem_next(&text, labels[k], &w);
        snprintf(part, sizeof part, "%s[%u]", name, n);
        if (found == PEM_BLOCK)
            inspect_certificate(i, part, span_from(written(&w), from), begins, true);
    }
    if (found == PEM_BROKEN)
        inspect_fault(i, "a block is cut, malformed, or has a label other than CERTIFICATE, X509 CRL and PUBLIC KEY");
}

static void show_pem(inspection *i, span file, size_t at) { inspect_blocks(i, "block", file, at); }

/* ---- tokens ---- */

static span cut_at(span *rest, uint8_t mark)
{
    size_t n = 0;
    while (n < rest->n && rest->p[n] != mark)
        n++;
    const span head = span_first(*rest, n);
    *rest = span_from(*rest, n + 1);
    return head;
}

static bool is_token(span s) { return s.n > 2 && s.p[0] == 'e' && s.p[1] == 'y' && memchr(s.p, '.', s.n) != NULL; }

static void show_token_part(inspection *i, const char *name, span encoded, size_t at)
{
    static uint8_t room[FILE_MAX];
    writer w = WRITER(room);
    span value;
    const bool good = base64url_read(encoded, &w);
    inspect_begin(i, name, "json", at, written(&w), true);
    if (good && json_read(written(&w), &value)) {
        inspect_json(i, "", value);
        return;
    }
    inspect_text(i, "text", 0, encoded.n, encoded, NULL);
    inspect_fault(i, "a part of the token is no base64url text of JSON");
}

static void show_token(inspection *i, span file, size_t at)
{
    static uint8_t room[FILE_MAX];
    writer w = WRITER(room);
    span rest = file;
    const span header = cut_at(&rest, '.'), claims = cut_at(&rest, '.');
    show_token_part(i, "header", header, at);
    show_token_part(i, "claims", claims, at + header.n + 1);
    const size_t signature_at = at + header.n + 1 + claims.n + 1;
    while (rest.n && (rest.p[rest.n - 1] == '\n' || rest.p[rest.n - 1] == '\r'))
        rest.n--;
    const bool good = rest.n > 0 && base64url_read(rest, &w);
    inspect_begin(i, "signature", "bytes", signature_at, written(&w), true);
    inspect_bytes(i, "signature", 0, written(&w), "over the first two parts and the period between");
    if (!good)
        inspect_fault(i, "the signature is no base64url text");
}

/* ---- signed notes ---- */

static const char dash[] = "\xe2\x80\x94 "; /* what a line of a signature begins with */

static bool is_note(span s)
{
    for (size_t at = 0; at + 5 < s.n; at++)
        if (s.p[at] == '\n' && s.p[at + 1] == '\n' && span_is(span_first(span_from(s, at + 2), 4), dash))
            return true;
    return false;
}

static void show_text_lines(inspection *i, span text)
{
    static const char *const meanings[] = {"origin, of a checkpoint", "size of the tree, of a checkpoint",
                                           "root of the tree, of a checkpoint"};
    span rest = text;
    for (unsigned n = 0; rest.n && i->n_fields < INSPECT_FIELDS_MAX; n++) {
        char name[32];
        const span row = cut_at(&rest, '\n');
        snprintf(name, sizeof name, "line[%u]", n);
        inspect_text(i, name, inspect_at(i, row), row.n, row, n < 3 ? meanings[n] : NULL);
    }
}

static void show_note(inspection *i, span file, size_t at)
{
    static uint8_t room[FILE_MAX];
    static tl_note note;
    writer w = WRITER(room);
    const verdict v = tl_read_note(file, &w, &note);
    inspect_begin(i, "note", "signed-note", at, file, false);
    if (!accepted(v)) {
        show_text_lines(i, file);
        inspect_fault(i, requirement_rows[v.req].text);
        return;
    }
    show_text_lines(i, note.text);
    for (size_t n = 0; n < note.n_lines; n++) {
        char name[32];
        snprintf(name, sizeof name, "signature[%zu].name", n);
        inspect_text(i, name, inspect_at(i, note.line[n].name), note.line[n].name.n, note.line[n].name, "of the key");
        snprintf(name, sizeof name, "signature[%zu].key_id", n);
        inspect_bytes(i, name, 0, note.line[n].id, NULL);
        snprintf(name, sizeof name, "signature[%zu].bytes", n);
        inspect_bytes(i, name, 0, note.line[n].signature, NULL);
    }
}

/* ---- verifier keys ---- */

static span without_line_end(span s)
{
    while (s.n && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
        s.n--;
    return s;
}

static bool is_vkey(span s)
{
    tl_key key;
    return s.n < 1024 && accepted(tl_read_key(&prim_sodium, without_line_end(s), &key));
}

static void show_vkey(inspection *i, span file, size_t at)
{
    tl_key key;
    (void)tl_read_key(&prim_sodium, without_line_end(file), &key);
    inspect_begin(i, "key", "verifier-key", at, file, false);
    inspect_text(i, "name", inspect_at(i, key.name), key.name.n, key.name, NULL);
    inspect_bytes(i, "key_id", 0, SPAN(key.id), NULL);
    inspect_number(i, "type", 0, 1, key.type, key.type == TL_ED25519 ? "Ed25519" : "cosignatures by Ed25519");
    inspect_bytes(i, "public_key", 0, SPAN(key.key), NULL);
}

const inspect_format inspect_text_formats[] = {{"x509-text", is_pem, show_pem},      {"json", looks_like_json, show_json},
                                               {"jwt", is_token, show_token},        {"signed-note", is_note, show_note},
                                               {"verifier-key", is_vkey, show_vkey}, {0}};

/* ---- which it is ---- */

/* Binary ones first: some hold text, and none begins as a text does. */

static bool show_as(inspection *i, const inspect_format *formats, span file, size_t at, const char **format)
{
    for (const inspect_format *f = formats; f->name; f++)
        if (f->is(file)) {
            f->show(i, file, at);
            *format = i->format ? i->format : f->name;
            return true;
        }
    return false;
}

static bool is_white(uint8_t c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

/* The bytes of a text in hexadecimal or base64, line ends left out; false when it is none. */
static bool decode(span text, writer *out)
{
    static uint8_t packed[FILE_MAX];
    size_t n = 0;
    for (size_t k = 0; k < text.n && n < sizeof packed; k++)
        if (!is_white(text.p[k]))
            packed[n++] = text.p[k];
    if (n == 0)
        return false;
    if (read_hex(span_of(packed, n), out))
        return true;
    out->n = 0, out->failed = false;
    return base64_read(span_of(packed, n), out);
}

bool inspect_file(inspection *i, span file, const char **format)
{
    static uint8_t room[FILE_MAX];
    writer w = WRITER(room);
    bool found = show_as(i, inspect_binary_formats, file, 0, format) || show_as(i, inspect_text_formats, file, 0, format);
    if (!found && decode(file, &w)) {
        i->decoded = true;
        found = show_as(i, inspect_binary_formats, written(&w), 0, format) || show_as(i, inspect_text_formats, written(&w), 0, format);
    }
    inspect_end(i);
    return found;
}
