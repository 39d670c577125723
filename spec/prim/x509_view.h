/* Certificates and revocation lists as views: read once, over spec/base/der, and nothing is copied or allocated.
 *
 * libcrypto's own parser takes longer for one certificate than its verification does. What is read here is judged by the caller; only the form is
 * a yes or no. */
#ifndef PARLEY_X509_VIEW_H
#define PARLEY_X509_VIEW_H

#include "p256.h"

enum {
    X509_MAX = 8192,           /* bytes of one DER certificate that we are willing to parse */
    X509_NAME_MAX = 64,        /* bytes of one common name */
    X509_VIEW_EXTENSIONS = 32, /* of one certificate or list */
    X509_LIST_MAX = 65535,     /* bytes of one list: as many as spec/base/der reads */
};

/* Bits of keyUsage, as RFC 5280 4.2.1.3 numbers them. */
enum { X509_DIGITAL_SIGNATURE = 0, X509_CERT_SIGN = 5, X509_CRL_SIGN = 6 };

typedef struct x509_view {
    span der, signed_part; /* the whole, and what the signature covers */
    span serial;           /* content of the INTEGER */
    span issuer, subject;  /* whole DER: names are the same when their bytes are */
    int64_t not_before, not_after;
    bool is_p256; /* an uncompressed point, and the named curve is P-256; whether the point lies on it is seen when it is used */
    uint8_t key[P256_KEY];
    bool is_ecdsa_sha256; /* both algorithm fields say so, and the signature has its form */
    uint8_t signature[P256_SIGNATURE];
    span key_info;       /* the SubjectPublicKeyInfo, whole DER: of any algorithm (pubkey.h) */
    span algorithm;      /* content of the signature's AlgorithmIdentifier; empty when the two fields differ */
    span signature_bits; /* the signature as it stands, of any algorithm; empty for other than whole bytes */
    bool is_ca;
    int path_length; /* -1: not limited */
    bool has_usage;  /* keyUsage is there */
    unsigned usage;  /* bits 1 << n of keyUsage; 0 without the extension */
    bool critical;   /* a critical extension other than keyUsage and basicConstraints */
    span extensions; /* their SEQUENCE's content */
    char common_name[X509_NAME_MAX + 1];
} x509_view;

/* One version 3 certificate in DER of at most X509_MAX bytes, no extension twice, and nothing behind it; else false and zeros. */
bool x509_view_read(span der, x509_view *out);
/* The same, but an extension may stand more than once: for whoever judges that by a sentence of his own. */
bool x509_view_read_repeated(span der, x509_view *out);

/* The content of the extension's OCTET STRING, of the first one when it stands more than once; false when it is absent. */
bool x509_view_extension(const x509_view *, const char *oid, span *out);
size_t x509_view_count(const x509_view *, const char *oid); /* how often it stands */

/* The same name (RFC 5280 7.1): the same attributes in the same order, of which the values are the same text whatever type of string holds them,
 * without regard to case and to spaces at the ends and beside another. Both whole DER. */
bool x509_names_match(span, span);

/* The only common name among a name's attributes; empty when it is absent, repeated, too long, or not plain text. `name`: whole DER. */
void x509_common_name(span name, char out[X509_NAME_MAX + 1]);

/* Whether every critical extension is keyUsage, basicConstraints or one of these (ended by NULL). */
bool x509_view_understood(const x509_view *, const char *const *oids);

bool x509_view_within(const x509_view *, int64_t at); /* both ends belong to the period */

/* `child` was issued by `parent`: by name and by a signature of any algorithm of pubkey.h, and `parent` is an authority that may, with `below` others
 * between the two and the end of the chain. */
bool x509_view_issued(const x509_view *child, const x509_view *parent, size_t below);

typedef struct x509_list {
    span signed_part, issuer;
    int64_t this_update, next_update;
    span revoked;                   /* content of the SEQUENCE of entries */
    bool critical;                  /* some critical extension, of the list or of an entry: none is understood */
    span algorithm, signature_bits; /* as in a certificate */
    bool is_ecdsa_sha256;
    uint8_t signature[P256_SIGNATURE];
} x509_list;

/* One version 2 list in DER of at most X509_LIST_MAX bytes, with both dates, and nothing behind it; else false and zeros. */
bool x509_list_read(span der, x509_list *out);

bool x509_list_names(const x509_list *, span serial);

#endif
