/* Parts of X.509 certificates and revocation lists that every simulated issuer writes in the same way (RFC 5280 4.1 and 5.1). An issuer
 * adds its names, extensions and faults. Each function appends to `w`, which fails when its room is full. */
#ifndef PARLEY_SIM_CERTIFICATE_PARTS_H
#define PARLEY_SIM_CERTIFICATE_PARTS_H

#include "der.h"

/* AlgorithmIdentifier without parameters. */
void certificate_put_algorithm(writer *w, const char *oid);
/* SubjectPublicKeyInfo of a point on a named curve (RFC 5480 2); `point` is uncompressed. */
void certificate_put_point(writer *w, const char *curve, span point);
/* A RelativeDistinguishedName of one attribute. */
void certificate_put_attribute(writer *w, const char *oid, uint8_t tag, const char *value);
void certificate_put_validity(writer *w, int64_t from, int64_t to);

/* Opens a TBSCertificate of version 3 with this serial number; the caller closes it. */
der_mark certificate_open_body(writer *w, uint64_t serial);
/* Opens the list of extensions under its context tag, 3 in a certificate and 0 in a list; `outer` and the result are closed by the next. */
der_mark certificate_open_extensions(writer *w, uint8_t number, der_mark *outer);
void certificate_close_both(writer *w, der_mark inner, der_mark outer);
/* Opens an extension up to the content of its OCTET STRING. */
der_mark certificate_open_extension(writer *w, const char *oid, bool critical, der_mark *outer);
void certificate_put_extension(writer *w, const char *oid, bool critical, span value);
/* keyUsage, critical, from the first byte of its bits. */
void certificate_put_usage(writer *w, uint8_t bits);
/* basicConstraints, critical. `path_length` below zero: none. */
void certificate_put_constraints(writer *w, bool is_ca, int path_length);

/* Ecdsa-Sig-Value (RFC 3279 2.2.3) of r and s, `half` bytes each, at most 66. */
void certificate_put_ecdsa(writer *w, const uint8_t *pair, size_t half);
/* SEQUENCE { body, algorithm, signature }: the outer form of certificates and lists. */
void certificate_put_sealed(writer *w, span body, const char *algorithm, span signature);
/* The textual encoding (RFC 7468), with lines of 64 characters. */
void certificate_put_text(writer *w, span der);

#endif
