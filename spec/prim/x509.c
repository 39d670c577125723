#include "x509.h"
#include "pubkey.h"

#include <string.h>

/* ---- links ---- */

/* RSASSA-PSS with whatever parameters the certificate names, else an algorithm of the table. Which of them are good enough is for chapters. */
static bool is_signed_by(const x509_view *issuer, span algorithm, span signed_part, span signature)
{
    pubkey_pss pss;
    return pubkey_pss_of(algorithm, &pss) ? pubkey_verify_pss(issuer->key_info, &pss, signed_part, signature)
                                          : pubkey_verify(issuer->key_info, pubkey_scheme_of(algorithm), signed_part, signature);
}

/* RFC 5280, 6.1.4 (k) to (n): a key usage counts where there is one. */
static bool is_authority(const x509_view *v, size_t below)
{
    const bool may_sign = !v->has_usage || v->usage & 1u << X509_CERT_SIGN;
    return v->is_ca && may_sign && !v->critical && (v->path_length < 0 || (size_t)v->path_length >= below);
}

static bool is_issued(const x509_view *child, const x509_view *parent)
{
    return child->der.n > 0 && x509_names_match(child->issuer, parent->subject) &&
           is_signed_by(parent, child->algorithm, child->signed_part, child->signature_bits);
}

/* ---- what stands above a leaf ---- */

static void read_list(x509_issuer *i)
{
    x509_list list;
    i->has_list = i->text[2].n > 0;
    if (!x509_list_read(i->text[2], &list))
        return;
    const bool may_sign = !i->root.has_usage || i->root.usage & 1u << X509_CRL_SIGN;
    i->list_is_good = may_sign && !list.critical && x509_names_match(list.issuer, i->root.subject) &&
                      is_signed_by(&i->root, list.algorithm, list.signed_part, list.signature_bits);
    i->revoked = x509_list_names(&list, i->intermediate.serial);
    i->this_update = list.this_update;
    i->next_update = list.next_update;
}

void x509_issuer_read(span intermediate, span root, span list, x509_issuer *out)
{
    memset(out, 0, sizeof *out);
    out->text[0] = intermediate, out->text[1] = root, out->text[2] = list;
    const bool reads = x509_view_read(intermediate, &out->intermediate) && x509_view_read(root, &out->root);
    /* The two are two: a root that stands in for the intermediate would shorten the chain. */
    out->issued = reads && is_authority(&out->root, 1) && is_authority(&out->intermediate, 0) &&
                  !x509_names_match(out->intermediate.subject, out->root.subject) && is_issued(&out->root, &out->root) &&
                  is_issued(&out->intermediate, &out->root);
    if (out->issued)
        read_list(out);
}

bool x509_issuer_is(const x509_issuer *i, span intermediate, span root, span list)
{
    const span given[] = {intermediate, root, list};
    for (size_t k = 0; k < 3; k++)
        if (i->text[k].n != given[k].n || (given[k].n && memcmp(i->text[k].p, given[k].p, given[k].n) != 0))
            return false;
    return true;
}

static x509_chain judge_list(const x509_issuer *i, int64_t at)
{
    if (!i->list_is_good || at < i->this_update || at > i->next_update)
        return X509_CHAIN_CRL;
    return i->revoked ? X509_CHAIN_REVOKED : X509_CHAIN_OK;
}

x509_chain x509_judge(const x509_view *leaf, const x509_issuer *i, int64_t at)
{
    if (!i->issued || leaf->critical || !is_issued(leaf, &i->intermediate))
        return X509_CHAIN_NOT_ISSUED;
    if (!x509_view_within(leaf, at) || !x509_view_within(&i->intermediate, at) || !x509_view_within(&i->root, at))
        return X509_CHAIN_TIME;
    return i->has_list ? judge_list(i, at) : X509_CHAIN_OK;
}

/* ---- one certificate ---- */

bool x509_is_pss_sha384(const x509_view *v)
{
    pubkey_pss p;
    return pubkey_pss_of(v->algorithm, &p) && p.hash == PRIM_SHA384 && p.mask == PRIM_SHA384 && p.salt == 48;
}

bool x509_ecdsa_p384_verify(const x509_view *v, span message, const uint8_t r[48], const uint8_t s[48])
{
    /* The point is what a SubjectPublicKeyInfo ends with. */
    return pubkey_kind_of(v->key_info) == PUBKEY_P384 && ecdsa_p384_verify(span_from(v->key_info, v->key_info.n - 97).p, message, r, s);
}
