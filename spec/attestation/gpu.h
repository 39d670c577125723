/* Attestation, NVIDIA GPUs: the form of a report, the chain behind it, and what it says (chapter attestation, gpu.md).
 *
 * Everything that is read borrows from the evidence. Integers are little-endian. */
#ifndef PARLEY_GPU_H
#define PARLEY_GPU_H

#include "account.h"
#include "attestation.h"
#include "layout.h"
#include "x509_view.h"

/* ---- 1. The report ---- */

enum {
    AT_SPDM_REQUEST = 37,
    AT_SPDM_RESPONSE = 8,   /* what stands before the record */
    AT_SPDM_BLOCK_HEAD = 4, /* what stands before the size that a block states */
    AT_SPDM_VALUE_HEAD = 3,
    AT_SPDM_NONCE = 32,
    AT_GPU_SIGNATURE = 96,
    AT_GPU_DIGEST = 48, /* SHA-384: a measurement, a FWID, the name of a device */
    AT_SPDM_RAW = 0x80, /* bit of a block's type */
};

typedef struct at_spdm_request {
    uint64_t version, code, attributes, operation;
    span nonce;
    uint64_t slot;
} at_spdm_request;

typedef struct at_spdm_response {
    uint64_t version, code, reserved, slot, n_blocks, record_length;
} at_spdm_response;

typedef struct at_spdm_block {
    uint64_t index, specification, size, type, value_size;
    span value;
} at_spdm_block;

extern const layout at_spdm_request_layout, at_spdm_response_layout, at_spdm_block_layout;

typedef struct at_gpu_report {
    at_spdm_request request;
    at_spdm_response response;
    span record, nonce, opaque; /* nonce: the device's */
    span signed_part, signature;
} at_gpu_report;

/* AT-300 to AT-314. The account may be NULL. */
verdict at_gpu_report_read(span in, at_gpu_report *out, account *);

/* The parts by the lengths that the report states, judged by nobody; false when it does not have exactly that length. */
bool at_gpu_report_split(span in, at_gpu_report *out);
/* Cuts the next block off the record; false at its end, and when what is left is no whole block. */
bool at_spdm_next(span *record, at_spdm_block *out);

/* ---- 2. The opaque data ---- */

typedef enum at_opaque_form { AT_OPAQUE_BYTES, AT_OPAQUE_TEXT, AT_OPAQUE_NUMBER, AT_OPAQUE_STATUS } at_opaque_form;

typedef enum at_opaque_type {
    AT_OPAQUE_DRIVER = 3,
    AT_OPAQUE_VBIOS = 6,
    AT_OPAQUE_NVDEC0 = 11,
    AT_OPAQUE_FWID = 20,
    AT_OPAQUE_VERSION = 34,
    AT_OPAQUE_FEATURE = 36,
} at_opaque_type;

/* A type of fields: its size is from `least` to `most` bytes, and a multiple of `step`. */
typedef struct at_opaque_row {
    unsigned type;
    const char *name;
    at_opaque_form form;
    size_t least, most, step;
    const char *meaning;
} at_opaque_row;

extern const at_opaque_row at_opaque_rows[]; /* ended by a row without a name */

typedef struct at_opaque_field {
    uint64_t type;
    span value;
    const at_opaque_row *row; /* NULL: not in the table */
} at_opaque_field;

/* Cuts the next field off; false at the end, and when what is left is no whole field. */
bool at_opaque_next(span *opaque, at_opaque_field *out);
/* The first field of this type; empty when there is none. */
span at_opaque_find(span opaque, at_opaque_type);

enum { AT_VBIOS_TEXT = 15 }; /* "96.00.9F.00.01" and a zero */
void at_vbios_write(span version, char out[AT_VBIOS_TEXT]);

/* ---- 3. The certificates ---- */

enum { AT_GPU_LEAF, AT_GPU_DEVICE, AT_GPU_PROVISIONER, AT_GPU_MODEL, AT_GPU_ROOT, AT_GPU_CERTIFICATES, AT_GPU_CHAIN_BYTES = 16384 };

typedef struct at_gpu_chain {
    x509_view cert[AT_GPU_CERTIFICATES];
    uint8_t bytes[AT_GPU_CHAIN_BYTES]; /* what the views borrow from: never copied */
} at_gpu_chain;

/* "GH100", by the name of its authority; false, and empty, when that is none. */
bool at_gpu_model_of(const at_gpu_chain *, span *model);

/* ---- 4. The device and its firmware ---- */

/* Bits of the flags of DiceTcbInfo. */
enum { AT_DICE_NOT_CONFIGURED = 1, AT_DICE_NOT_SECURE = 2, AT_DICE_RECOVERY = 4, AT_DICE_DEBUG = 8 };

typedef struct at_dice {
    span fwid;       /* SHA-384 */
    span device_key; /* SubjectPublicKeyInfo; empty in the form of DiceTcbInfo */
    bool has_flags;
    unsigned flags; /* AT_DICE_ bits, and others */
} at_dice;

/* The extension of a certificate; false when it is absent or has neither form. */
bool at_dice_read(const x509_view *, at_dice *out);

/* ---- 6. The policy ---- */

typedef enum at_gpu_comparison {
    AT_GPU_NONCE,
    AT_GPU_MEASUREMENTS,
    AT_GPU_FWID,
    AT_GPU_REVOCATION,
    AT_GPU_CPU, /* from here on: compared when the policy asks for it */
    AT_GPU_DRIVER,
    AT_GPU_VBIOS,
    AT_GPU_MODE,
    AT_GPU_DEVICE_KEY,
    AT_GPU_DEBUG,             /* compared when the certificate has flags */
    AT_GPU_DEVICE_REVOCATION, /* never compared */
    AT_GPU_COMPARISONS
} at_gpu_comparison;

/* "nonce", "measurements", "fwid", "revocation", "cpu", "driver", "vbios", "mode", "device", "debug", "device_revocation" */
extern const char *const at_gpu_comparison_names[AT_GPU_COMPARISONS + 1];

#define AT_GPU_BIT(comparison) (UINT64_C(1) << (comparison))
#define AT_GPU_WAIVABLE        (AT_GPU_BIT(AT_GPU_CPU) - 1)

typedef enum at_gpu_mode { AT_GPU_SPT, AT_GPU_MPT, AT_GPU_PPCIE, AT_GPU_MODES } at_gpu_mode;
extern const char *const at_gpu_mode_names[AT_GPU_MODES + 1]; /* "spt", "mpt", "ppcie" */

typedef struct at_gpu_reference {
    uint8_t index; /* of the block, counted from 1 */
    uint8_t value[AT_GPU_DIGEST];
} at_gpu_reference;

/* Spans and pointers borrow. All zero: accepts nothing. */
typedef struct at_gpu_policy {
    span root;       /* DER, pinned */
    at_texts models; /* "GH100" */
    span nonce;      /* 32 bytes; another length equals nothing */
    bool ties_cpu;   /* AT-341 */
    const at_gpu_reference *references;
    size_t n_references; /* several of one index: any of them */
    uint64_t pinned;     /* AT_GPU_BIT of AT_GPU_DRIVER to AT_GPU_DEVICE_KEY: what follows counts */
    at_texts drivers, vbios;
    unsigned modes; /* bits 1 << at_gpu_mode */
    const uint8_t (*devices)[AT_GPU_DIGEST];
    size_t n_devices;
    uint64_t waived; /* AT_GPU_BIT of AT_GPU_WAIVABLE */
} at_gpu_policy;

typedef struct at_gpu_evidence {
    span report, chain;         /* chain: as text */
    span root_list, model_list; /* DER; empty: none */
    span cpu_data;              /* report data of the CPU's evidence that was accepted with it; empty: none */
} at_gpu_evidence;

/* The nonce that ties a report to the evidence of a CPU with this report data. */
void at_gpu_tied_nonce(const prim *, span report_data, uint8_t out[AT_SPDM_NONCE]);

/* ---- 7. What an appraisal hands out ---- */

typedef struct at_gpu_claims {
    char model[X509_NAME_MAX + 1], driver[X509_NAME_MAX + 1], vbios[AT_VBIOS_TEXT]; /* empty: not stated, or no plain text */
    bool has_mode;
    at_gpu_mode mode;
    uint64_t n_blocks;
    uint8_t nonce[AT_SPDM_NONCE];
    uint8_t device[AT_GPU_DIGEST], fwid[AT_GPU_DIGEST];
    uint8_t identity[AT_IDENTITY]; /* names this report in logs and replay caches */
} at_gpu_claims;

/* AT-300 to AT-347. *out stays zero unless accepted. The account may be NULL. */
verdict at_appraise_gpu(const at_world *, const at_gpu_policy *, const at_gpu_evidence *, account *, at_gpu_claims *out);

/* ---- the parts that an appraisal goes through ---- */

/* AT-320 to AT-331. */
verdict at_gpu_chain_judge(const at_gpu_evidence *, const at_gpu_policy *, int64_t now, at_gpu_chain *out, account *);
/* AT-332 to AT-335. */
verdict at_gpu_device_judge(const at_gpu_report *, const at_gpu_chain *, const at_gpu_policy *, at_dice *out, account *);

/* Lists it (AT-349). */
void at_gpu_leave_out(account *, at_gpu_comparison);
static inline bool at_gpu_waives(const at_gpu_policy *p, at_gpu_comparison c) { return (p->waived & AT_GPU_WAIVABLE & AT_GPU_BIT(c)) != 0; }

#endif
