/* The launch digest of SEV-SNP: what MEASUREMENT has to be for a guest whose parts are at hand (prose: launch.md). */
#ifndef PARLEY_LAUNCH_H
#define PARLEY_LAUNCH_H

#include "attestation.h"

enum {
    AT_PAGE = 4096,
    AT_FIRMWARE_MAX = 64 << 20,
    AT_VCPUS_MAX = 4096,
    AT_KERNEL_HASHES = 176,
};

typedef enum at_vmm { AT_QEMU, AT_EC2, AT_GCE, AT_VMMS } at_vmm;

extern const char *const at_vmm_names[AT_VMMS]; /* "qemu", "ec2", "gce" */

/* Spans borrow. */
typedef struct at_guest {
    span firmware; /* the image as the hypervisor loads it */
    bool has_kernel;
    span kernel, initrd, command_line; /* with has_kernel; the command line without its terminating zero */
    uint32_t n_vcpus;                  /* 1 to AT_VCPUS_MAX (must) */
    uint32_t cpu_signature;            /* CPUID function 1 EAX of the model that the guest sees: at_cpu_signature; QEMU only */
    uint64_t features;                 /* SEV_FEATURES; 1: SNP and nothing else */
    at_vmm vmm;
} at_guest;

/* Rejects with AT-057 to AT-061 and AT-067, which it notes. The digest is untouched unless accepted. */
verdict at_launch_digest(const prim *, const at_guest *, account *, uint8_t out[AT_MEASUREMENT]);

/* The signature of this family, model and stepping, as CPUID shows it. */
uint32_t at_cpu_signature(unsigned family, unsigned model, unsigned stepping);

/* QEMU's names of processor models, with and without their version ("EPYC-Milan", "EPYC-Milan-v2"). 0: none that is known. */
uint32_t at_cpu_signature_of(span name);

/* The block that the kernel's hashes are measured by. */
void at_kernel_hashes(const prim *, const at_guest *, uint8_t out[AT_KERNEL_HASHES]);
/* The page of a processor that starts at this address. */
void at_vcpu_page(const at_guest *, uint32_t start, uint8_t out[AT_PAGE]);

enum { AT_FIRST_VCPU = 0xfffffff0 };

#endif
