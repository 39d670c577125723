/* A service of profile parley1 in memory: its owner, the release's signer, a log with witnesses, one machine, and what they write for clients.
 *
 * Honest use: service_start, then service_attest for each handshake and step. Lying happens at the seams, as in sim/tee: the parts of
 * service_start may be called one by one with changes between, and what comes out carries good signatures over the lie. The same seed gives
 * the same bytes. All keys are public test keys. */
#ifndef PARLEY_P1_SERVICE_H
#define PARLEY_P1_SERVICE_H

#include "appraisal_policy.h"
#include "gpu_policy.h"
#include "nvidia_lies.h"
#include "parley1_evidence.h"
#include "sim_log.h"
#include "tee_lies.h"

#define SERVICE_NOW INT64_C(1780272000) /* 2026-06-01 00:00:00 UTC */

enum { SERVICE_WITNESSES = 3, SERVICE_TEXT = 4096, SERVICE_BINDERS = 4, SERVICE_ATTEST = 65536, SERVICE_GPU_TEXT = 8192 };

typedef struct service {
    const prim *prim;
    uint8_t seed[32];
    int64_t now;
    const char *name, *names; /* the host, and the members of the claims' list as JSON */
    /* keys */
    uint8_t owner[32], releaser[32], s_secret[32], q_secret[32]; /* seeds and secrets */
    uint8_t owner_key[32], releaser_key[32], q[32];
    prim_pair s;
    /* the machine */
    tee_chip chip;
    tee_launch launch;
    uint8_t least_tcb[AT_TCB]; /* that clients take */
    tee_issue issue;
    tee_endorsements endorsements;
    bool has_gpu;
    nvidia_line gpu_line;
    const nvidia_lie *gpu_lie;
    nvidia_scene gpu;
    /* the log */
    sim_log log;
    log_signer witness[SERVICE_WITNESSES];
    char log_policy[SERVICE_TEXT];
    tl_policy log_terms;
    /* documents */
    uint64_t release;
    int64_t expires;
    const char *versions, *levels;           /* of the claims, as JSON arrays */
    const char *claims_more, *manifest_more; /* further members, with a comma in front; NULL: none */
    uint64_t tick;                           /* milliseconds */
    const uint8_t *model, *tokenizer;        /* digests, of 32 bytes; NULL: of no file */
    size_t spaces;                           /* behind the claims */
    size_t extension;                        /* bytes of a further line of the checkpoint */
    char claims[P1_CLAIMS_MAX + SERVICE_TEXT], manifest[SERVICE_TEXT];
    uint8_t manifest_digest[P1_DIGEST]; /* as the claims have it */
    uint8_t manifest_signature[P1_SIGNATURE];
    size_t manifest_index, statement_index;
    uint8_t nonce[32], boot[32768], statement[P1_STATEMENT_MAX];
    size_t n_boot, n_statement;
    /* what a client wants */
    char snp_text[SERVICE_TEXT]; /* the appraisal policy as its document */
    appraisal_policy snp_document;
    at_root roots[1];
    at_policy snp;
    char gpu_text[SERVICE_GPU_TEXT];
    gpu_policy gpu_document;
    at_gpu_policy gpu_terms;
    p1_policy policy;
} service;

/* The machine behind a service. */
typedef struct service_machine {
    at_product product;
    bool other_vendor;  /* the whole hierarchy is of another vendor, who has the names of the real one */
    const tee_lie *lie; /* of its chip and of what its vendor issues for it, alone; NULL: none */
    nvidia_line gpu;    /* of the GPU, where there is one */
    const nvidia_lie *gpu_lie;
} service_machine;

/* The service as it stands at `now`; `name` is a host and stays the caller's. Points into itself: never copied. */
void service_start(service *, const prim *, span seed, const char *name, int64_t now);
/* Behind service_make: its machine has a GPU, and its clients want the word of both vendors. */
void service_add_gpu(service *);
/* All but service_make, behind it and changes to its fields. */
void service_finish(service *);

/* Its parts, in their order. */
void service_make(service *, const prim *, span seed, const char *name, int64_t now); /* keys, machine, log, what clients want */
void service_make_on(service *, const prim *, span seed, const char *name, int64_t now,
                     const service_machine *); /* the same, not of a chip of Genoa */
void service_release(service *);               /* manifest: written, signed, logged */
void service_claim(service *);                 /* claims */
void service_boot(service *, span nonce);      /* boot evidence and record */
void service_write_snp_policy(service *);      /* after a change of least_tcb */
void service_read_snp_policy(service *);       /* after a change of snp_text */
void service_write_gpu_policy(service *);      /* after a change of gpu.policy */
void service_enrol(service *);                 /* statement: written, signed, logged */

/* How an attest is put together; service_honest_attest says how an honest one is. */
typedef struct service_evidence {
    uint8_t binder[SERVICE_BINDERS][P1_BINDER]; /* of one report */
    size_t n, index;
    uint32_t n_written, n_hashed;   /* n in the message and in the report data */
    uint8_t path[2 * TL_HASH + 64]; /* room for a longer one */
    size_t n_path;
    uint8_t report_data[P1_REPORT_DATA];
    bool has_report_data;                /* else it follows from the above */
    int64_t cosigned[SERVICE_WITNESSES]; /* times; 0: this witness did not sign */
    size_t size;                         /* of the checkpoint */
    const sim_log *log;                  /* that signs it */
    at_snp_report fields;
    /* the GPU's report, when there is one */
    uint8_t gpu_data[P1_REPORT_DATA]; /* of the CPU's evidence that it is tied to */
    bool no_gpu;                      /* it is left out */
    p1_row row;                       /* empty: one item, from fields, and the GPU's */
} service_evidence;

void service_honest_evidence(service *, uint32_t epoch, const uint8_t x[P1_DIGEST], service_evidence *);
void service_bind(const service *, service_evidence *); /* path and report data, after a change of the binders */
void service_write_attest(service *, const service_evidence *, writer *out);

/* An honest attest for this epoch; appends SERVICE_ATTEST bytes at most. */
void service_attest(service *, uint32_t epoch, const uint8_t x[P1_DIGEST], writer *out);

/* What a client does with it. */
verdict service_judge(const service *, const p1_expected *, span attest, p1_memory *, p1_appraisal *);

#endif
