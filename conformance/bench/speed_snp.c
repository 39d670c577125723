/* The appraisal of an SNP report, beside the signatures in it verified alone, with ready bytes: anew each time, and with an issuer that is kept. */
#include "pubkey.h"
#include "speed_peers.h"
#include "tee_lies.h"

#include <unistd.h>

static tee_scene scene;
static x509_issuer issuer;
static x509_view vek;
static x509_list list;

static void verify_one(const x509_view *by, span text, span signature)
{
    static const pubkey_pss pss = {PRIM_SHA384, PRIM_SHA384, 48};
    must(pubkey_verify_pss(by->key_info, &pss, text, signature));
}

/* Of the VEK and of the report: what no appraisal can have done before. */
static void verify_two_alone(void *with)
{
    const span report = scene.evidence.report;
    uint8_t r[48], s[48];
    (void)with;
    verify_one(&issuer.intermediate, vek.signed_part, vek.signature_bits);
    for (size_t i = 0; i < 48; i++)
        r[i] = report.p[AT_REPORT_SIGNED + 47 - i], s[i] = report.p[AT_REPORT_SIGNED + 72 + 47 - i];
    must(x509_ecdsa_p384_verify(&vek, span_first(report, AT_REPORT_SIGNED), r, s));
}

static void verify_five_alone(void *with)
{
    verify_one(&issuer.root, issuer.root.signed_part, issuer.root.signature_bits);
    verify_one(&issuer.root, issuer.intermediate.signed_part, issuer.intermediate.signature_bits);
    verify_one(&issuer.root, list.signed_part, list.signature_bits);
    verify_two_alone(with);
}

/* `with`: the issuer that the world lends, or NULL. */
static void appraise(void *with)
{
    static at_claims claims;
    account noted = {0};
    const at_world world = {.prim = &prim_openssl, .now = scene.now, .issuers = with, .n_issuers = with != NULL};
    must(accepted(at_appraise_snp(&world, &scene.policy, &scene.evidence, &noted, &claims)));
}

void speed_of_snp(speed *s, const prim_choice *unused, uint32_t rounds)
{
    (void)unused;
    tee_scene_play(&scene, AT_GENOA, 3, false, span_text("speed"));
    x509_issuer_read(scene.evidence.intermediate, scene.root.ark, scene.root.crl, &issuer);
    must(issuer.issued && x509_view_read(scene.evidence.vek, &vek) && x509_list_read(scene.root.crl, &list));
    speed_start(
        s,
        "an SNP report appraised, to its signatures verified alone: five (root, intermediate, list, VEK, report), or the last two where "
        "the caller keeps the issuer",
        rounds);
    const int five = speed_floor(s, "five signatures", verify_five_alone, NULL, 10);
    speed_add(s, "an appraisal", appraise, NULL, 10, five, 1 / 1.3);
    const int two = speed_floor(s, "two signatures", verify_two_alone, NULL, 10);
    must(s->n == SPEED_SNP_KEPT);
    speed_add(s, "with a kept issuer", appraise, &issuer, 10, two, 1 / 1.3);
}

/* ---- the same report for others ---- */

static const char *const names[] = {"report", "vek", "intermediate", "ark", "crl", "product", "now"};
enum { FILES = sizeof names / sizeof *names };

static FILE *open_file(const char *folder, int i)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, names[i]);
    return fopen(path, "wb");
}

bool speed_snp_write(const char *folder)
{
    char now[32];
    bool good = true;
    snprintf(now, sizeof now, "%lld", (long long)scene.now);
    const span content[FILES] = {scene.evidence.report, scene.evidence.vek, scene.evidence.intermediate, scene.root.ark, scene.root.crl,
                                 span_text("Genoa"),    span_text(now)};
    for (int i = 0; i < FILES; i++) {
        FILE *f = open_file(folder, i);
        const bool written = f && fwrite(content[i].p, 1, content[i].n, f) == content[i].n;
        good = f && fclose(f) == 0 && written && good;
    }
    return good;
}

void speed_snp_remove(const char *folder)
{
    char path[512];
    for (int i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
}
