/* Attestation: appraises evidence against endorsements and a policy, at a given time (chapter attestation, first part: SEV-SNP).
 *
 * Nothing is fetched and nothing is built in. A zeroed at_policy accepts nothing; what a relying party does not want to compare it
 * waives by name, and the account lists it. */
#ifndef PARLEY_ATTESTATION_H
#define PARLEY_ATTESTATION_H

#include "layout.h"
#include "prim.h"
#include "verdict.h"
#include "wrapper.h"
#include "x509.h"

typedef struct at_texts {
    const span *text;
    size_t n;
} at_texts;

/* ---- SEV-SNP reports ---- */

enum {
    AT_REPORT = 1184,
    AT_REPORT_SIGNED = 672,
    AT_REPORT_DATA = 64,
    AT_MEASUREMENT = 48,
    AT_CHIP_ID = 64,
    AT_TCB = 8,
    AT_IDENTITY = 48,
    AT_KEY_DIGEST = 48, /* of an ID key or an author key */
};

/* ATTESTATION_REPORT as received (AMD 56860). Spans borrow from the report. */
typedef struct at_snp_report {
    uint64_t version, guest_svn, policy;
    span family_id, image_id;
    uint64_t vmpl, signature_algo;
    span current_tcb;
    uint64_t platform_info, key_info;
    span reserved_04c, report_data, measurement, host_data, id_key_digest, author_key_digest, report_id, report_id_ma, reported_tcb;
    uint64_t cpuid_family, cpuid_model, cpuid_stepping;
    span reserved_18b, chip_id, committed_tcb;
    uint64_t current_build, current_minor, current_major;
    span reserved_1eb;
    uint64_t committed_build, committed_minor, committed_major;
    span reserved_1ef, launch_tcb;
    uint64_t launch_mit_vector, current_mit_vector;
    span reserved_208;
    span r, r_padding, s, s_padding, reserved_330; /* r and s: 48 bytes, little-endian */
} at_snp_report;

extern const layout at_snp_report_layout;

/* Bits of POLICY and of the key information. */
#define AT_POLICY_SMT         (UINT64_C(1) << 16)
#define AT_POLICY_ONE         (UINT64_C(1) << 17)
#define AT_POLICY_MIGRATE_MA  (UINT64_C(1) << 18)
#define AT_POLICY_DEBUG       (UINT64_C(1) << 19)
#define AT_POLICY_UNDEFINED   (~UINT64_C(0) << 26)
#define AT_KEY_INFO_AUTHOR    UINT64_C(1)
#define AT_KEY_INFO_UNDEFINED UINT64_C(0xffffffe0)

/* The bits that documents name, for policies and annotations; both tables end with an empty name. */
typedef struct at_bit {
    const char *name; /* "page_swap_disable" */
    unsigned bit;
} at_bit;

extern const at_bit at_policy_bits[], at_platform_bits[];

enum { AT_SIGNED_BY_VCEK = 0, AT_SIGNED_BY_VLEK = 1 };

/* ---- products ---- */

/* AT_PRODUCTS stands for none that is known. Venice is known by name, but no public document has the layout of its reports. */
typedef enum at_product { AT_MILAN, AT_GENOA, AT_TURIN, AT_PRODUCTS, AT_VENICE } at_product;

/* The eight bytes of a TCB version: the component's name ("" for a reserved byte) and the last arcs of its VEK extension. */
typedef struct at_tcb_layout {
    const char *product; /* "Milan": in certificate names and in productName */
    size_t hw_id;        /* bytes of the chip's identifier */
    struct at_tcb_part {
        const char *name, *oid;
    } part[AT_TCB];
} at_tcb_layout;

extern const at_tcb_layout at_tcb_layouts[AT_PRODUCTS];

#define AT_OID_STRUCT_VERSION "1.3.6.1.4.1.3704.1.1"
#define AT_OID_PRODUCT_NAME   "1.3.6.1.4.1.3704.1.2"
#define AT_OID_HW_ID          "1.3.6.1.4.1.3704.1.4"
#define AT_OID_CSP_ID         "1.3.6.1.4.1.3704.1.5"

/* The line that this family and model belong to; AT_PRODUCTS when none is known. */
at_product at_product_of_cpuid(uint64_t family, uint64_t model);
/* The line of a productName as certificates have it ("Milan-B0"), without its DER header; AT_PRODUCTS when none is known. */
at_product at_product_of_name(span name);

/* ---- what goes in ---- */

typedef struct at_evidence {
    span report;            /* 1184 bytes; not looked at with a wrapper */
    span vek;               /* VCEK or VLEK, DER */
    span intermediate;      /* ASK or ASVK, DER */
    span wrapper;           /* Azure's, which holds the report; empty: there is none */
    span id_block, id_auth; /* the owner's files, 96 and 4096 bytes; both empty: they are not looked at */
} at_evidence;

typedef struct at_root {
    at_product product;
    span ark; /* DER */
    span crl; /* DER, issued by the ARK; empty: none at hand */
} at_root;

/* What an appraisal compares with something that its policy gives. The first ones are wanted unless the policy waives them, the pins only where
 * the policy has them; an accepted appraisal lists what it did not compare. */
typedef enum at_comparison {
    AT_REVOCATION,
    AT_HW_ID, /* not by the policy's word: a masked chip */
    AT_CSP_ID,
    AT_VMPL,
    AT_REPORT_DATA_VALUE,
    AT_REFERENCE_VALUE,
    AT_PIN_TCB, /* the first pin */
    AT_PIN_GUEST_POLICY,
    AT_PIN_PLATFORM,
    AT_PIN_HOST_DATA,
    AT_PIN_FAMILY_ID,
    AT_PIN_IMAGE_ID,
    AT_PIN_ID_KEY,
    AT_PIN_AUTHOR_KEY,
    AT_PIN_GUEST_SVN,
    AT_PIN_FIRMWARE,
    AT_PIN_MITIGATIONS,
    AT_PIN_CHIP,
    AT_PIN_USER_DATA, /* of a wrapper */
    AT_COMPARISONS
} at_comparison;

extern const char *const at_comparison_names[AT_COMPARISONS + 1]; /* ended by NULL: "revocation", "hwid", ..., "min_tcb", ... */

#define AT_WAIVES(comparison) (1u << (comparison))
#define AT_PINS(comparison)   (1u << (comparison))
#define AT_ALL_PINS           ((1u << AT_COMPARISONS) - (1u << AT_PIN_TCB))

/* Bits that have to be set and bits that have to be clear. */
typedef struct at_wanted_bits {
    uint64_t required, forbidden;
} at_wanted_bits;

/* Spans borrow. All zero: accepts nothing. */
typedef struct at_policy {
    const at_root *roots;
    size_t n_roots;    /* at most one for each product is looked at, the first */
    unsigned products; /* bits 1 << at_product: the lines that are allowed */
    const uint8_t (*measurements)[AT_MEASUREMENT];
    size_t n_measurements;
    span report_data;                       /* 64 bytes; another length equals nothing */
    uint8_t least_tcb[AT_PRODUCTS][AT_TCB]; /* in the order of at_tcb_layouts */
    uint32_t vmpl;
    span csp_id; /* as in the certificate, without its DER header */
    bool allow_migration, allow_masked_chip;
    unsigned waived; /* AT_WAIVES(...) of AT_REVOCATION, AT_CSP_ID, AT_VMPL, AT_REPORT_DATA_VALUE, AT_REFERENCE_VALUE */
    /* Pins: looked at where `pinned` has their bit. A pin that holds no value is met by nothing. */
    unsigned pinned; /* AT_PINS(...) of AT_PIN_GUEST_POLICY and what follows; AT_PIN_TCB has its bits in `floors` */
    unsigned floors; /* bits 1 << at_product: the lines of least_tcb that are wanted */
    at_wanted_bits guest_policy, platform_info;
    span host_data, family_id, image_id; /* 32, 16 and 16 bytes */
    const uint8_t (*id_keys)[AT_KEY_DIGEST], (*author_keys)[AT_KEY_DIGEST];
    size_t n_id_keys, n_author_keys;
    uint32_t least_guest_svn;
    uint8_t least_firmware[3]; /* major, minor, build of the committed firmware */
    uint64_t mitigations;      /* bits that have to be set in LAUNCH_MIT_VECTOR and in CURRENT_MIT_VECTOR */
    const uint8_t (*chips)[AT_CHIP_ID];
    size_t n_chips;
    span user_data; /* 64 bytes */
} at_policy;

/* What the caller lends. Issuers that it keeps, read before with their keys and signatures: an appraisal that meets one of them, byte for byte
 * with its root and list, does not read it again. There may be none; the verdict is the same. */
typedef struct at_world {
    const prim *prim;
    int64_t now; /* seconds since 1970 UTC */
    const x509_issuer *issuers;
    size_t n_issuers;
} at_world;

/* ---- what comes out ---- */

/* What accepted evidence says. */
typedef struct at_claims {
    uint64_t version;
    at_product product;
    bool vlek;
    uint64_t policy, platform_info, guest_svn, vmpl;
    uint8_t measurement[AT_MEASUREMENT], report_data[AT_REPORT_DATA], host_data[32], chip_id[AT_CHIP_ID];
    uint8_t family_id[16], image_id[16], id_key_digest[AT_KEY_DIGEST], author_key_digest[AT_KEY_DIGEST];
    uint8_t reported_tcb[AT_TCB], committed_tcb[AT_TCB], current_tcb[AT_TCB], launch_tcb[AT_TCB];
    uint8_t identity[AT_IDENTITY]; /* names this evidence in logs and replay caches: the same for every signature over it */
    span runtime_claims;           /* JSON, of a wrapper; borrows from the evidence */
} at_claims;

/* Appraises a SEV-SNP report. Rejects with the sentence that does not hold, AT-002 to AT-056, AT-070 to AT-077 and AT-080 to AT-091. The account has them in the order in which
 * they are judged: a wrapper first, and its binding after the report's signature.
 * Adds to the account in any case; the claims are zero unless accepted. */
verdict at_appraise_snp(const at_world *, const at_policy *, const at_evidence *, account *, at_claims *out);

#endif
