#include "intel_service.h"
#include "json.h"

#include <stdio.h>
#include <string.h>

enum { OK = 200, BAD_REQUEST = 400, NOT_FOUND = 404, BAD_ANSWER = 502, UNAVAILABLE = 503 };

/* ---- the service ---- */

static bool begins(span text, const char *with) { return span_is(span_first(text, strlen(with)), with); }

/* Everything but the unreserved characters of RFC 3986. */
static size_t escape(span text, char *out, size_t cap)
{
    writer w = writer_of(out, cap);
    for (size_t i = 0; i < text.n; i++) {
        const uint8_t c = text.p[i];
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || memchr("-._~", c, 4))
            write_be(&w, c, 1);
        else {
            char three[4];
            snprintf(three, sizeof three, "%%%02X", c);
            write_text(&w, three);
        }
    }
    must(writer_ok(&w));
    return w.n;
}

static void put_body(intel_answer *a, span body)
{
    must(body.n <= sizeof a->body);
    a->status = OK;
    a->n_body = body.n;
    memcpy(a->body, body.p, body.n);
}

static void put_chain(intel_answer *a, const char *name, span chain)
{
    a->chain_name = name;
    a->n_chain = escape(chain, a->chain, sizeof a->chain);
}

/* {name: document, "signature": hexadecimal}, the document as it was signed. */
static void put_document(intel_answer *a, const char *name, span document, span signature)
{
    static char text[sizeof a->body];
    writer w = WRITER(text);
    write_text(&w, "{\"");
    write_text(&w, name);
    write_text(&w, "\":");
    write_span(&w, document);
    write_text(&w, ",\"signature\":\"");
    write_hex(&w, signature);
    write_text(&w, "\"}");
    must(writer_ok(&w));
    put_body(a, written(&w));
}

static void answer_tcb(const intel_scene *s, span digits, intel_answer *a)
{
    uint8_t fmspc[AT_FMSPC];
    writer w = WRITER(fmspc);
    char lower[2 * AT_FMSPC];
    const bool fits = digits.n == sizeof lower;
    for (size_t i = 0; fits && i < sizeof lower; i++)
        lower[i] = (char)(digits.p[i] >= 'A' && digits.p[i] <= 'F' ? digits.p[i] + 32 : digits.p[i]);
    a->status = fits && read_hex(SPAN(lower), &w) ? NOT_FOUND : BAD_REQUEST;
    if (a->status == BAD_REQUEST || memcmp(fmspc, s->sgx.fmspc, sizeof fmspc) != 0)
        return;
    put_document(a, "tcbInfo", s->collateral.tcb_info, s->collateral.tcb_info_signature);
    put_chain(a, "TCB-Info-Issuer-Chain", s->collateral.tcb_info_chain);
}

static void answer_identity(const intel_scene *s, intel_answer *a)
{
    put_document(a, "enclaveIdentity", s->collateral.qe_identity, s->collateral.qe_identity_signature);
    put_chain(a, "SGX-Enclave-Identity-Issuer-Chain", s->collateral.qe_identity_chain);
}

/* The issuers of the list are those above the platform's certificate. */
static void answer_list(const intel_scene *s, span query, intel_answer *a)
{
    static const char mark[] = "-----BEGIN";
    const char *issuers = strstr(s->pck_chain + 1, mark);
    a->status = span_is(query, "ca=processor&encoding=der") ? NOT_FOUND : BAD_REQUEST;
    if (!span_is(query, "ca=platform&encoding=der"))
        return;
    put_body(a, s->collateral.pck_list);
    put_chain(a, "SGX-PCK-CRL-Issuer-Chain", span_text(issuers ? issuers : ""));
}

void intel_service_answer(const intel_service *v, span target, intel_answer *a)
{
    const intel_scene *s = v->published;
    const char *ours = s->twin.tee == AT_TDX ? "/tdx/certification/v4/" : "/sgx/certification/v4/";
    a->status = v->is_down ? UNAVAILABLE : NOT_FOUND;
    a->chain_name = NULL;
    a->n_chain = a->n_body = 0;
    if (v->is_down)
        return;
    const span rest = span_from(target, strlen(ours));
    if (span_is(target, "/IntelSGXRootCA.der"))
        put_body(a, s->collateral.root_list);
    else if (begins(target, "/sgx/certification/v4/pckcrl?"))
        answer_list(s, span_from(target, strlen("/sgx/certification/v4/pckcrl?")), a);
    else if (begins(target, ours) && begins(rest, "tcb?fmspc="))
        answer_tcb(s, span_from(rest, strlen("tcb?fmspc=")), a);
    else if (begins(target, ours) && span_is(rest, "qe/identity"))
        answer_identity(s, a);
}

/* ---- its client ---- */

static span keep(intel_fetched *f, span bytes)
{
    const size_t from = f->room.n;
    write_span(&f->room, bytes);
    must(writer_ok(&f->room));
    return span_from(written(&f->room), from);
}

static int digit_of(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; }

static bool unescape(intel_fetched *f, span *out)
{
    const intel_answer *a = &f->answer;
    const size_t from = f->room.n;
    for (size_t i = 0; i < a->n_chain; i++) {
        const bool is_escaped = a->chain[i] == '%' && i + 2 < a->n_chain;
        const int value = is_escaped ? 16 * digit_of(a->chain[i + 1]) + digit_of(a->chain[i + 2]) : a->chain[i];
        if (value < 0 || (a->chain[i] == '%' && !is_escaped))
            return false;
        write_be(&f->room, (uint64_t)value, 1);
        i += is_escaped ? 2 : 0;
    }
    *out = span_from(written(&f->room), from);
    return writer_ok(&f->room);
}

static bool take_document(intel_fetched *f, const char *name, span *document, span *signature, span *chain)
{
    span whole, value, digits;
    if (!json_read(span_of(f->answer.body, f->answer.n_body), &whole) || !json_member(whole, name, &value))
        return false;
    *document = keep(f, value);
    const size_t from = f->room.n;
    if (!json_member(whole, "signature", &value) || !json_raw(value, &digits) || !read_hex(digits, &f->room))
        return false;
    *signature = span_from(written(&f->room), from);
    return unescape(f, chain);
}

static int ask(const intel_service *v, const char *target, intel_fetched *f)
{
    intel_service_answer(v, span_text(target), &f->answer);
    return f->answer.status;
}

static int fetch_documents(const intel_service *v, at_tee tee, const uint8_t fmspc[AT_FMSPC], intel_fetched *f)
{
    char target[80], digits[2 * AT_FMSPC + 1] = {0};
    at_collateral *c = &f->set;
    const char *kind = tee == AT_TDX ? "tdx" : "sgx";
    writer w = writer_of(digits, sizeof digits - 1);
    write_hex(&w, span_of(fmspc, AT_FMSPC));
    snprintf(target, sizeof target, "/%s/certification/v4/tcb?fmspc=%s", kind, digits);
    if (ask(v, target, f) != OK)
        return f->answer.status;
    if (!take_document(f, "tcbInfo", &c->tcb_info, &c->tcb_info_signature, &c->tcb_info_chain))
        return BAD_ANSWER;
    snprintf(target, sizeof target, "/%s/certification/v4/qe/identity", kind);
    if (ask(v, target, f) != OK)
        return f->answer.status;
    return take_document(f, "enclaveIdentity", &c->qe_identity, &c->qe_identity_signature, &c->qe_identity_chain) ? OK : BAD_ANSWER;
}

static int fetch_list(const intel_service *v, const char *target, intel_fetched *f, span *out)
{
    if (ask(v, target, f) == OK)
        *out = keep(f, span_of(f->answer.body, f->answer.n_body));
    return f->answer.status;
}

int intel_service_fetch(const intel_service *v, at_tee tee, const uint8_t fmspc[AT_FMSPC], intel_fetched *f)
{
    f->set = (at_collateral){0};
    f->room = WRITER(f->bytes);
    int status = fetch_documents(v, tee, fmspc, f);
    if (status == OK)
        status = fetch_list(v, "/sgx/certification/v4/pckcrl?ca=platform&encoding=der", f, &f->set.pck_list);
    if (status == OK)
        status = fetch_list(v, "/IntelSGXRootCA.der", f, &f->set.root_list);
    if (status != OK)
        f->set = (at_collateral){0};
    return status;
}
