/* The simulated vendor's third part: GPUs in NVIDIA's formats, their chains and lists, and reports of them.
 *
 * Honest use: nvidia_scene_play, or nvidia_scene_begin and nvidia_scene_seal with changes between. Lying happens at the seams, as in tee.h:
 * whatever comes out carries good signatures over the lie. The same seed gives the same bytes.
 *
 * The keys are public test keys, and serial numbers spell TEST; no production trust list may hold them. */
#ifndef PARLEY_NVIDIA_H
#define PARLEY_NVIDIA_H

#include "gpu.h"

/* ---- keys ---- */

/* Those up to NVIDIA_PROVISIONER are the vendor's and the same in every world; those from NVIDIA_DEVICE on are made from a device's seed. The
 * foreign one belongs to somebody else who calls himself by the vendor's names. */
typedef enum nvidia_key {
    NVIDIA_ROOT,
    NVIDIA_MODEL,
    NVIDIA_PROVISIONER,
    NVIDIA_FOREIGN,
    NVIDIA_DEVICE,
    NVIDIA_ATTESTATION,
    NVIDIA_OTHER_ATTESTATION,
    NVIDIA_KEYS
} nvidia_key;

/* ---- certificates and lists ---- */

enum { NVIDIA_NAME_MAX = 64, NVIDIA_CERTIFICATE_MAX = 1536, NVIDIA_CHAIN_MAX = 8192 };

typedef enum nvidia_dice { NVIDIA_NO_DICE, NVIDIA_WITH_KEY, NVIDIA_TCB_INFO } nvidia_dice;

/* The extension of DICE in the certificate of an attestation key. */
typedef struct nvidia_firmware {
    nvidia_dice form;
    uint8_t fwid[AT_GPU_DIGEST];
    size_t n_fwid; /* AT_GPU_DIGEST */
    uint64_t version;
    nvidia_key device;
    unsigned flags; /* first byte of OperationalFlags, from its highest bit on */
    bool sha256, disordered;
} nvidia_firmware;

typedef struct nvidia_certificate {
    char subject[NVIDIA_NAME_MAX], issuer[NVIDIA_NAME_MAX]; /* common names; the organisation is the vendor's */
    uint64_t serial;
    int64_t not_before, not_after;
    nvidia_key key, signer;
    bool is_ca;
    int path_length; /* -1: none */
    uint8_t usage;   /* first byte of keyUsage */
    bool unknown_critical;
    const char *curve, *algorithm;   /* object identifiers; `algorithm` is the inner one */
    const nvidia_firmware *firmware; /* NULL: not of an attestation key */
} nvidia_certificate;

typedef struct nvidia_list {
    char issuer[NVIDIA_NAME_MAX];
    int64_t this_update, next_update;
    nvidia_key signer;
    uint64_t revoked; /* a serial number; 0: the list is empty */
    bool unknown_critical;
} nvidia_list;

/* ---- reports ---- */

enum { NVIDIA_BLOCKS = 64, NVIDIA_FIELDS_MAX = 24, NVIDIA_REPORT_MAX = 8192 };

typedef struct nvidia_block {
    uint64_t index, specification, type;
    uint8_t value[AT_GPU_DIGEST];
    int value_more; /* added to the size stated of the value */
} nvidia_block;

typedef struct nvidia_field {
    uint64_t type;
    uint8_t value[256];
    size_t n;
    int more; /* added to the size stated */
} nvidia_field;

/* How the parts are put together; honest ones are made by nvidia_scene_begin. */
typedef struct nvidia_report {
    at_spdm_request request;
    at_spdm_response response; /* n_blocks and record_length are made; `blocks_more` is added to the number stated */
    int blocks_more;
    nvidia_block block[NVIDIA_BLOCKS + 2];
    size_t n_blocks;
    span behind_record; /* inside the record */
    nvidia_field field[NVIDIA_FIELDS_MAX];
    size_t n_fields;
    span behind_opaque; /* inside the opaque data */
    span behind;        /* the report */
    nvidia_key signer;
} nvidia_report;

nvidia_field *nvidia_field_of(nvidia_report *, unsigned type); /* must() hold that it is there */

/* ---- a whole appraisal ---- */

#define NVIDIA_NOW INT64_C(1780272000) /* 2026-06-01 00:00:00 UTC */

typedef enum nvidia_line { NVIDIA_HOPPER, NVIDIA_BLACKWELL, NVIDIA_LINES } nvidia_line;

typedef struct nvidia_twin {
    nvidia_line line;
    bool pinned; /* the policy pins everything, and ties the nonce to a CPU */
} nvidia_twin;

/* From the device to the policy. Points into itself: never copied. */
typedef struct nvidia_scene {
    nvidia_twin twin;
    int64_t now;
    uint8_t seed[32];
    /* the world, before it is signed */
    nvidia_certificate cert[AT_GPU_CERTIFICATES];
    nvidia_firmware firmware;
    nvidia_list root_list, model_list;
    nvidia_report fields;
    uint8_t nonce[AT_SPDM_NONCE], device_nonce[AT_SPDM_NONCE], cpu_data[AT_REPORT_DATA];
    /* what the verifier gets */
    uint8_t report[NVIDIA_REPORT_MAX];
    char chain[NVIDIA_CHAIN_MAX];
    const char *behind_chain; /* text */
    uint8_t root[NVIDIA_CERTIFICATE_MAX], lists[2][NVIDIA_CERTIFICATE_MAX];
    at_gpu_evidence evidence;
    /* and what it expects */
    span model, driver, vbios;
    uint8_t expected_nonce[AT_SPDM_NONCE], devices[1][AT_GPU_DIGEST];
    at_gpu_reference references[NVIDIA_BLOCKS];
    at_gpu_policy policy;
} nvidia_scene;

void nvidia_scene_begin(nvidia_scene *, const nvidia_twin *, span seed); /* device, vendor, policy */
void nvidia_scene_seal(nvidia_scene *);                                  /* certificates, lists, the report */
void nvidia_scene_play(nvidia_scene *, const nvidia_twin *, span seed);  /* both in a row */

/* The policy as its document (gpu_policy.h). must(): it fits. */
void nvidia_write_policy(const at_gpu_policy *, writer *);

verdict nvidia_scene_judge(const nvidia_scene *, const prim *, account *, at_gpu_claims *);

#endif
