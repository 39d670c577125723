/* The launch digest of SEV-SNP: what a relying party recomputes from the guest's image, page by page (AMD 56860, SNP_LAUNCH_UPDATE). The
 * order is that of QEMU: firmware, the sections that its table names, one page of register state for each vCPU. */
#ifndef PARLEY_TEE_MEASURE_H
#define PARLEY_TEE_MEASURE_H

#include "attestation.h"

enum { TEE_PAGE = 4096, TEE_HASHES = 176, TEE_SECTIONS_MAX = 32 };

typedef enum tee_section_kind {
    TEE_SEC_MEM = 1, /* zero pages */
    TEE_SECRETS = 2,
    TEE_CPUID = 3,
    TEE_SVSM_CAA = 4,         /* zero pages */
    TEE_KERNEL_HASHES = 0x10, /* the page with the hashes; zero pages without a kernel */
} tee_section_kind;

typedef struct tee_section {
    uint64_t at;   /* guest physical address */
    uint32_t size; /* bytes, whole pages */
    tee_section_kind kind;
} tee_section;

typedef struct tee_guest {
    span firmware;               /* whole pages; ends at 4 GiB */
    const tee_section *sections; /* in the order of the firmware's table */
    size_t n_sections;
    uint64_t hashes_at; /* guest physical address of the hashes */
    bool has_kernel;
    span kernel, initrd;
    const char *command_line;
    const uint8_t (*vcpus)[TEE_PAGE]; /* the initial state of each vCPU, as the processor lays it out */
    size_t n_vcpus;
} tee_guest;

/* The block of hashes that firmware compares the kernel, the initial file system and the command line with. */
void tee_kernel_hashes(const prim *, const tee_guest *, uint8_t out[TEE_HASHES]);
void tee_launch_digest(const prim *, const tee_guest *, uint8_t out[AT_MEASUREMENT]);

/* A small synthetic guest: one page of firmware, a few bytes of kernel and initial file system, one vCPU, and this command line. */
tee_guest tee_guest_small(const char *command_line);

#endif
