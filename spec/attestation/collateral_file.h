/* A set of Intel collateral as one file: JSON, as caching services and verifiers pass it around.
 *
 *   {"tcb_info": "<the signed text>", "tcb_info_signature": "<128 hexadecimal digits>", "tcb_info_issuer_chain": "-----BEGIN ...",
 *    "qe_identity": "...", "qe_identity_signature": "...", "qe_identity_issuer_chain": "...",
 *    "root_ca_crl": "<DER in hexadecimal, or text>", "pck_crl": "..."}
 *
 * `tcb_info` (`qe_identity`) may also hold the whole answer of the service, {"tcbInfo": {...}, "signature": "..."}: then the signed text is cut out of it
 * byte for byte. Members that are absent stay empty and are judged so (AT-130, AT-131); other members are ignored. */
#ifndef PARLEY_COLLATERAL_FILE_H
#define PARLEY_COLLATERAL_FILE_H

#include "collateral.h"

enum { COLLATERAL_FILE_MAX = 262144 };

/* NULL when it is one, else what is wrong with it, for the user. What is decoded goes to `room`, and *out borrows from there: twice the text is enough. */
const char *collateral_file_read(span text, writer *room, at_collateral *out);

#endif
