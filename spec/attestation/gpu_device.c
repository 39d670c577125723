#include "gpu.h"
#include "der.h"
#include "pubkey.h"
#include "quote.h"

#include <string.h>

/* ---- 3. The certificates ---- */

static bool are_well_formed(const at_gpu_chain *c)
{
    bool all = true;
    for (size_t i = 0; i < AT_GPU_CERTIFICATES; i++)
        all = all && c->cert[i].der.n > 0 && !c->cert[i].critical;
    return all;
}

static bool is_ecdsa_p384(const x509_view *c)
{
    return pubkey_kind_of(c->key_info) == PUBKEY_P384 && pubkey_scheme_of(c->algorithm) == PUBKEY_ECDSA_SHA384;
}

static bool are_ecdsa_p384(const at_gpu_chain *c)
{
    bool all = true;
    for (size_t i = 0; i < AT_GPU_CERTIFICATES; i++)
        all = all && is_ecdsa_p384(&c->cert[i]);
    return all;
}

static bool root_is_pinned(const at_gpu_chain *c, const x509_view *pinned)
{
    return pinned->key_info.n > 0 && span_same(pinned->key_info, c->cert[AT_GPU_ROOT].key_info);
}

static bool names_are_linked(const at_gpu_chain *c)
{
    bool all = true;
    for (size_t i = 0; i < AT_GPU_CERTIFICATES; i++)
        all = all && span_same(c->cert[i].issuer, c->cert[i < AT_GPU_ROOT ? i + 1 : i].subject);
    return all;
}

bool at_gpu_model_of(const at_gpu_chain *c, span *model)
{
    static const char before[] = "NVIDIA ", behind[] = " Identity";
    const span name = span_text(c->cert[AT_GPU_MODEL].common_name);
    const size_t n_before = sizeof before - 1, n_behind = sizeof behind - 1;
    *model = EMPTY;
    if (name.n <= n_before + n_behind || !span_is(span_first(name, n_before), before) ||
        !span_is(span_from(name, name.n - n_behind), behind))
        return false;
    *model = span_from(span_first(name, name.n - n_behind), n_before);
    return true;
}

static bool model_is_listed(const at_gpu_chain *c, const at_gpu_policy *p)
{
    span model;
    bool found = false;
    const bool named = at_gpu_model_of(c, &model);
    for (size_t i = 0; i < p->models.n; i++)
        found |= named && span_same(model, p->models.text[i]);
    return found;
}

/* The i-th of a chain, i > 0, has i - 1 authorities below it. */
static bool may_issue(const x509_view *cert, size_t i)
{
    return cert->is_ca && cert->usage & 1u << X509_CERT_SIGN && (cert->path_length < 0 || (size_t)cert->path_length >= i - 1);
}

static bool roles_fit_places(const at_gpu_chain *c)
{
    bool all = !c->cert[AT_GPU_LEAF].is_ca && c->cert[AT_GPU_LEAF].usage & 1u << X509_DIGITAL_SIGNATURE;
    for (size_t i = AT_GPU_DEVICE; i < AT_GPU_CERTIFICATES; i++)
        all = all && may_issue(&c->cert[i], i);
    return all;
}

/* The root's own signature proves nothing: it is pinned. */
static bool are_signed(const at_gpu_chain *c)
{
    bool all = true;
    for (size_t i = 0; i < AT_GPU_ROOT; i++)
        all = all && pubkey_verify(c->cert[i + 1].key_info, PUBKEY_ECDSA_SHA384, c->cert[i].signed_part, c->cert[i].signature_bits);
    return all;
}

static bool are_valid(const at_gpu_chain *c, int64_t now)
{
    bool all = true;
    for (size_t i = 0; i < AT_GPU_CERTIFICATES; i++)
        all = all && x509_view_within(&c->cert[i], now);
    return all;
}

static verdict judge_chain(const at_gpu_chain *c, const at_gpu_policy *p, int64_t now, account *a)
{
    x509_view root;
    (void)x509_view_read(p->root, &root); /* what can't be read pins nothing */
    CHECK(a, are_well_formed(c), AT_321);
    CHECK(a, are_ecdsa_p384(c), AT_322);
    CHECK(a, root_is_pinned(c, &root), AT_323);
    CHECK(a, names_are_linked(c), AT_324);
    CHECK(a, model_is_listed(c, p), AT_325);
    CHECK(a, roles_fit_places(c), AT_326);
    CHECK(a, are_signed(c), AT_327);
    CHECK(a, are_valid(c, now), AT_328);
    return ACCEPT;
}

/* A list that is there: read, by this issuer, and of this time. */
static bool list_is_good(span der, const x509_view *issuer, int64_t now, x509_list *out)
{
    if (der.n == 0)
        return true;
    return x509_list_read(der, out) && !out->critical && span_same(out->issuer, issuer->subject) &&
           pubkey_verify(issuer->key_info, pubkey_scheme_of(out->algorithm), out->signed_part, out->signature_bits) &&
           out->this_update <= now && now <= out->next_update;
}

static verdict judge_lists(const at_gpu_evidence *e, const at_gpu_chain *c, const at_gpu_policy *p, int64_t now, account *a)
{
    x509_list of_root = {0}, of_model = {0};
    const bool given = e->root_list.n > 0 && e->model_list.n > 0;
    if (!given && at_gpu_waives(p, AT_GPU_REVOCATION))
        at_gpu_leave_out(a, AT_GPU_REVOCATION);
    CHECK(a, given || at_gpu_waives(p, AT_GPU_REVOCATION), AT_329);
    bool good = list_is_good(e->root_list, &c->cert[AT_GPU_ROOT], now, &of_root);
    good &= list_is_good(e->model_list, &c->cert[AT_GPU_MODEL], now, &of_model);
    CHECK(a, good, AT_330);
    CHECK(a, !x509_list_names(&of_root, c->cert[AT_GPU_MODEL].serial) && !x509_list_names(&of_model, c->cert[AT_GPU_PROVISIONER].serial),
          AT_331);
    at_gpu_leave_out(a, AT_GPU_DEVICE_REVOCATION);
    return ACCEPT;
}

verdict at_gpu_chain_judge(const at_gpu_evidence *e, const at_gpu_policy *p, int64_t now, at_gpu_chain *out, account *a)
{
    writer room = WRITER(out->bytes);
    CHECK(a, at_certificates_read(e->chain, AT_GPU_CERTIFICATES, &room, out->cert), AT_320);
    TRY(judge_chain(out, p, now, a));
    return judge_lists(e, out, p, now, a);
}

/* ---- 4. The device and its firmware ---- */

enum { FWIDS = DER_CONTEXT(6), FLAGS = DER_CONTEXT_PRIMITIVE(7), NUMBER_OF_TAG = 0x1f };

/* SEQUENCE { algorithm, OCTET STRING } */
static bool read_fwid(der_reader *r, span *out)
{
    der_reader pair = der_enter(r, DER_SEQUENCE);
    const bool is_sha384 = der_oid_is(der_take(&pair, DER_OID), "2.16.840.1.101.3.4.2.2");
    *out = der_take(&pair, DER_OCTET_STRING);
    return is_sha384 && der_done(&pair) && out->n == AT_GPU_DIGEST;
}

/* SEQUENCE { INTEGER 1, SubjectPublicKeyInfo, FWID } */
static bool read_with_key(der_reader *r, at_dice *out)
{
    uint64_t version = 0;
    const bool is_1 = der_uint(der_take(r, DER_INTEGER), &version) && version == 1;
    out->device_key = der_next(r).whole;
    const bool has_fwid = read_fwid(r, &out->fwid);
    return is_1 && has_fwid && der_done(r);
}

/* The bits of a BIT STRING, the first as bit 0. */
static bool read_flags(span content, at_dice *out)
{
    if (content.n < 2 || content.n > 5 || content.p[0] > 7)
        return false;
    for (size_t i = 0; i < 8; i++)
        out->flags |= (content.p[1] >> (7 - i) & 1u) << i;
    out->has_flags = true;
    return true;
}

/* DiceTcbInfo: members by ascending numbers, each once, all optional. */
static bool read_tcb_info(der_reader *r, at_dice *out)
{
    int last = -1;
    bool good = true;
    while (!r->failed && !der_done(r)) {
        const der_item item = der_next(r);
        const int number = item.tag & NUMBER_OF_TAG;
        der_reader fwids = der_of(item.content);
        good &= item.tag >= DER_CONTEXT_PRIMITIVE(0) && number > last;
        last = number;
        if (item.tag == FWIDS)
            good &= read_fwid(&fwids, &out->fwid);
        if (item.tag == FLAGS)
            good &= read_flags(item.content, out);
    }
    return good && der_done(r) && out->fwid.n > 0;
}

static bool read_dice(span value, at_dice *out)
{
    der_reader all = der_of(value), r = der_enter(&all, DER_SEQUENCE);
    const bool good = der_peek(&r) == DER_INTEGER ? read_with_key(&r, out) : read_tcb_info(&r, out);
    return good && der_done(&all);
}

bool at_dice_read(const x509_view *cert, at_dice *out)
{
    span value;
    *out = (at_dice){0};
    return x509_view_extension(cert, "2.23.133.5.4.1", &value) && read_dice(value, out);
}

static bool fwid_is_expected(const at_gpu_report *r, const at_dice *d, const at_gpu_policy *p, account *a)
{
    const span said = at_opaque_find(r->opaque, AT_OPAQUE_FWID);
    if (said.n || !at_gpu_waives(p, AT_GPU_FWID))
        return span_same(said, d->fwid);
    at_gpu_leave_out(a, AT_GPU_FWID);
    return true;
}

verdict at_gpu_device_judge(const at_gpu_report *r, const at_gpu_chain *c, const at_gpu_policy *p, at_dice *out, account *a)
{
    const unsigned refused = AT_DICE_NOT_CONFIGURED | AT_DICE_NOT_SECURE | AT_DICE_RECOVERY | AT_DICE_DEBUG;
    CHECK(a, at_dice_read(&c->cert[AT_GPU_LEAF], out), AT_332);
    CHECK(a, out->device_key.n == 0 || span_same(out->device_key, c->cert[AT_GPU_DEVICE].key_info), AT_333);
    CHECK(a, fwid_is_expected(r, out, p, a), AT_334);
    CHECK(a, (out->flags & refused) == 0, AT_335);
    if (!out->has_flags)
        at_gpu_leave_out(a, AT_GPU_DEBUG);
    return ACCEPT;
}
