/* Lies: evidence that is honest in everything but one respect, and carries good signatures over it. Each names the one sentence that has to
 * refuse it; with exactly that line weakened it is accepted. Tests, vectors and cases take them from this one list. */
#ifndef PARLEY_TEE_LIES_H
#define PARLEY_TEE_LIES_H

#include "tee.h"
#include "tee_id.h"

enum { TEE_CLAIMS_MAX = 512 };

#define TEE_NOW INT64_C(1780272000) /* 2026-06-01 00:00:00 UTC */

/* A whole appraisal, from the chip to the policy. Points into itself: never copied. */
typedef struct tee_scene {
    tee_chip chip;
    tee_launch launch;
    uint8_t report_data[AT_REPORT_DATA];
    int64_t now;
    tee_issue issue;
    at_snp_report fields;
    uint8_t spare[AT_CHIP_ID]; /* for a changed field to borrow */
    uint8_t report[AT_REPORT + 1];
    char claims[TEE_CLAIMS_MAX]; /* the runtime claims, when the report is wrapped */
    size_t n_claims;
    uint8_t wrapper[AT_WRAPPER_HEAD + TEE_CLAIMS_MAX];
    uint8_t user_data[AT_USER_DATA];
    tee_id owner; /* of a guest with an ID block */
    tee_endorsements endorsements;
    uint8_t expected_data[AT_REPORT_DATA];
    uint8_t measurements[1][AT_MEASUREMENT];
    uint8_t id_keys[1][AT_KEY_DIGEST], author_keys[1][AT_KEY_DIGEST], chips[1][AT_CHIP_ID];
    at_root root;
    at_policy policy;
    at_evidence evidence;
} tee_scene;

typedef void tee_twist(tee_scene *);

typedef struct tee_lie {
    const char *name;     /* a slug, unique */
    uint16_t req;         /* the sentence that refuses it */
    const char *mutation; /* what is different from the honest twin */
    const char *reason;   /* what would go wrong if it were accepted */
    at_product product;
    unsigned version; /* of the twin's reports; 0: 3 */
    bool vlek;
    bool pinned;  /* the guest has an ID block, and the policy pins all that it can */
    bool wrapped; /* the report is in the wrapper of Azure, and the policy pins the user data instead of REPORT_DATA */
    bool owned;   /* the owner's files are at hand */
    tee_twist *chip, *issue, *fields, *after; /* at most two are set; each runs before the step that uses what it changes */
} tee_lie;

extern const tee_lie tee_lies[];
extern const size_t tee_n_lies;

/* The honest scene: a chip made from `seed`, a guest, what its relying party expects. */
void tee_scene_play(tee_scene *, at_product, unsigned version, bool vlek, span seed);
/* The same under a VCEK, with an ID block and a policy that pins all that it can. */
void tee_scene_play_pinned(tee_scene *, at_product, unsigned version, span seed);
/* The same without an ID block and pins, in the wrapper of Azure; only the user data is pinned. */
void tee_scene_play_wrapped(tee_scene *, at_product, unsigned version, span seed);
/* The same with the files of the guest's owner. */
void tee_scene_play_owned(tee_scene *, at_product, unsigned version, span seed);
/* The lie's scene; its honest twin is tee_scene_play with the lie's product, version and vlek, or the pinned, wrapped or owned one. */
void tee_lie_play(tee_scene *, const tee_lie *, span seed);
/* The scene of this chip, guest, report data and time; of no pinned, wrapped or owned lie. NULL: no lie. */
void tee_lie_play_for(tee_scene *, const tee_lie *, const tee_chip *, const tee_launch *, const uint8_t report_data[AT_REPORT_DATA],
                      int64_t now);
const tee_lie *tee_lie_named(const char *); /* NULL: there is none */
verdict tee_scene_judge(const tee_scene *, const prim *, account *, at_claims *);

#endif
