/* A simulated vendor and its machines: evidence in the real formats, byte for byte, under a test root.
 *
 * Honest use, from the top: tee_chip_make, tee_issue_honest, tee_issue_mint, tee_report. Lying happens at the seams: change the issue
 * before it is minted (names, dates, keys, signature parameters, extensions), or the report before tee_sign_report signs it. Whatever comes
 * out carries good signatures over the lie, so that it meets the one check it was made for. Everything is a function of its arguments: the
 * same seed gives the same bytes.
 *
 * The keys are public test keys. Their certificates have serial numbers that spell TEST; no production trust list may hold them. */
#ifndef PARLEY_TEE_H
#define PARLEY_TEE_H

#include "attestation.h"

/* ---- keys ---- */

/* The foreign pair belongs to somebody else who calls himself by the vendor's names. One ASVK key serves all lines,
 * and Turin shares the pair of Genoa. */
typedef enum tee_key {
    TEE_MILAN_ARK,
    TEE_MILAN_ASK,
    TEE_GENOA_ARK,
    TEE_GENOA_ASK,
    TEE_ASVK,
    TEE_FOREIGN_ARK,
    TEE_FOREIGN_ASK,
    TEE_KEYS
} tee_key;

enum { TEE_KEY_MAX = 2400, TEE_CERTIFICATE_MAX = 2560, TEE_NAME_MAX = 64, TEE_EXTENSIONS_MAX = 20, TEE_EXTENSION_MAX = 96 };

/* The RSA private key (PKCS#8 DER); returns its length. */
size_t tee_private_key(tee_key, uint8_t out[TEE_KEY_MAX]);

/* ---- chips and guests ---- */

typedef struct tee_chip {
    at_product product;
    bool vlek;                 /* signs with a key of the provider instead of its own */
    uint64_t version;          /* of its reports */
    uint8_t secret[32];        /* what the vendor derives the VEK from, together with the TCB */
    uint8_t hw_id[AT_CHIP_ID]; /* the product's length, then zeros */
    uint8_t reported[AT_TCB], committed[AT_TCB], current[AT_TCB], launch[AT_TCB];
    uint8_t cpuid[3]; /* family, model, stepping */
} tee_chip;

/* A chip of this line; another seed is another chip. Version 3, VCEK, TCB as on current machines of the line. */
tee_chip tee_chip_make(at_product, span seed);

typedef struct tee_launch {
    uint8_t measurement[AT_MEASUREMENT];
    uint64_t policy; /* 0x30000: SMT allowed, nothing else */
    uint32_t vmpl;
    uint8_t host_data[32];
    uint8_t family_id[16], image_id[16]; /* these and the next four: from the ID block, zero without one */
    uint32_t guest_svn;
    uint8_t id_key_digest[AT_KEY_DIGEST], author_key_digest[AT_KEY_DIGEST];
    bool author_key;
} tee_launch;

/* A guest with this measurement, the honest policy and VMPL 0. */
tee_launch tee_launch_of(const uint8_t measurement[AT_MEASUREMENT]);

/* The report that this chip gives to this guest, signed. */
void tee_report(const tee_chip *, const tee_launch *, const uint8_t report_data[AT_REPORT_DATA], uint8_t out[AT_REPORT]);
/* The fields of that report, for whoever wants to change some before tee_seal_report. They borrow from the arguments. */
at_snp_report tee_report_fields(const tee_chip *, const tee_launch *, const uint8_t report_data[AT_REPORT_DATA]);
/* Writes the fields and signs. */
void tee_seal_report(const tee_chip *, const at_snp_report *fields, uint8_t out[AT_REPORT]);
/* Signs the first 672 bytes with the chip's key for the TCB that the chip reports. */
void tee_sign_report(const tee_chip *, uint8_t report[AT_REPORT]);

/* ---- certificates ---- */

typedef struct tee_extension {
    const char *oid;
    bool critical;
    uint8_t value[TEE_EXTENSION_MAX]; /* inside the OCTET STRING */
    size_t n;
} tee_extension;

typedef enum tee_signature { TEE_PSS_48, TEE_PSS_32, TEE_SIGNATURES } tee_signature; /* RSASSA-PSS with SHA-384 and this salt */

typedef struct tee_certificate {
    char subject[TEE_NAME_MAX], issuer[TEE_NAME_MAX]; /* common names; the other five attributes are the vendor's */
    uint64_t serial;
    int64_t not_before, not_after;
    tee_key signer;
    tee_signature signature;
    bool is_vek; /* its key is the P-384 one below, else the RSA key `key` */
    tee_key key;
    uint8_t scalar[48];
    tee_extension extension[TEE_EXTENSIONS_MAX];
    size_t n_extensions;
} tee_certificate;

typedef struct tee_list {
    char issuer[TEE_NAME_MAX];
    int64_t this_update, next_update;
    tee_key signer;
    uint64_t revoked; /* a serial number; 0: the list is empty */
} tee_list;

/* Everything the vendor issues for one chip. */
typedef struct tee_issue {
    tee_certificate ark, intermediate, vek;
    tee_list crl;
} tee_issue;

/* What an honest vendor issues, seen at `at`: the VEK half a year old, the list one month. */
tee_issue tee_issue_honest(const tee_chip *, int64_t at);
/* Finds an extension of a certificate to change it; must() holds that it is there. */
tee_extension *tee_extension_of(tee_certificate *, const char *oid);
void tee_extension_remove(tee_certificate *, const char *oid);
tee_extension *tee_extension_add(tee_certificate *, const char *oid, bool critical, span value);

typedef struct tee_endorsements {
    uint8_t bytes[4][TEE_CERTIFICATE_MAX];
    size_t n[4];
} tee_endorsements;

void tee_issue_mint(const tee_issue *, tee_endorsements *out);
static inline span tee_ark(const tee_endorsements *e) { return span_of(e->bytes[0], e->n[0]); }
static inline span tee_intermediate(const tee_endorsements *e) { return span_of(e->bytes[1], e->n[1]); }
static inline span tee_vek(const tee_endorsements *e) { return span_of(e->bytes[2], e->n[2]); }
static inline span tee_crl(const tee_endorsements *e) { return span_of(e->bytes[3], e->n[3]); }

#endif
