#include "session.h"
#include "no_memory.h"
#include "utf8.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

static void refuse_profile(const cli_call *call, const char *name)
{
    char known[200];
    writer w = writer_of(known, sizeof known - 1);
    for (const suite_profile *p = suite_profiles; p->name; p++) {
        write_text(&w, p == suite_profiles ? "" : ", ");
        write_text(&w, p->release);
    }
    must(writer_ok(&w));
    known[w.n] = 0;
    cli_usage(call, "--profile: there is no profile '%s'; there is %s, and alone `%s` is the first of them", name, known,
              suite_profiles->name);
}

const suite_profile *session_suite(const cli_call *call)
{
    const char *name = cli_value(call, "profile");
    const suite_profile *p = name ? suite_profile_named(name) : suite_profiles;
    if (!p)
        refuse_profile(call, name);
    return p;
}

const char *session_profile(const cli_call *call)
{
    const suite_profile *p = session_suite(call);
    return p ? p->name : NULL;
}

pack *session_pack(const cli_call *call, const char *profile, int *exit_code)
{
    const char *folder = cli_value(call, "pack");
    char why[512];
    pack *p = calloc(1, sizeof *p);
    needs_memory(p);
    if (!folder) {
        pack_make(p, profile, span_of(call->seed, call->seed_n), call->has_at ? call->at.seconds : PACK_TIME);
        return p;
    }
    if (pack_load(p, folder, why, sizeof why)) {
        if (strcmp(p->profile, profile) == 0)
            return p;
        snprintf(why, sizeof why, "%s/pack.json: profile: is '%s', but this is a run of '%s'", folder, p->profile, profile);
    }
    *exit_code = cli_fail(call, EXIT_USAGE, "%s", why);
    free(p);
    return NULL;
}

/* Profile parley1 has packs of another kind: this one is there for what the doors have in common. */
pack *session_pack_of_target(const cli_call *call, const char *profile, int *exit_code)
{
    cli_call unseeded = *call;
    unseeded.seed_n = 0;
    if (strcmp(profile, suite_parley1.name) == 0) {
        pack *p = calloc(1, sizeof *p);
        needs_memory(p);
        pack_make(p, suite_profiles->name, EMPTY, PACK_TIME);
        return p;
    }
    return session_pack(&unseeded, profile, exit_code);
}

bool session_platform(const cli_call *call, cf_platform *out)
{
    const char *named = cli_value(call, "platform");
    const bool tdx = named && strcmp(named, "tdx") == 0;
    *out = tdx ? CF_TDX : CF_SEV_SNP;
    if (!named || tdx || strcmp(named, "snp") == 0)
        return true;
    cli_usage(call, "--platform: '%s' is neither snp nor tdx", named);
    return false;
}

int64_t session_time(const cli_call *call, const pack *p) { return call->has_at ? call->at.seconds : p->time; }

coins session_coins(const cli_call *call, const char *label)
{
    return call->seed_n ? coins_of_seed(span_of(call->seed, call->seed_n), label) : coins_of_system();
}

const prim *session_prim(const cli_call *call)
{
    char line[256] = "";
    writer w = writer_of(line, sizeof line - 1);
    const prim_choice choice = prim_choice_measured();
    prim_choice_text(&choice, &w);
    if (!call->quiet)
        fprintf(stderr, "cryptography: %s\n", line);
    return prim_best(&choice);
}

void session_print_appraisal(FILE *out, const cf_appraisal *a)
{
    const account *account = &a->account;
    for (size_t i = 0; i < account->n_checks; i++) {
        const requirement_row *row = &requirement_rows[account->check[i].req];
        fprintf(out, "  %s %s  %s\n", account->check[i].ok ? "ok " : "NO ", row->id, row->text);
    }
    size_t n;
    const char *const *names = cf_comparison_names(a->platform, &n);
    for (size_t i = 0; i < n; i++)
        if (account->not_compared >> i & 1)
            fprintf(out, "  --  not compared in the evidence itself: %s\n", names[i]);
    if (a->not_verified & CF_MANIFEST_NOT_VERIFIED)
        fprintf(out, "  --  NOT VERIFIED: the manifest's signature and log entry (this pack allows that)\n");
    if (a->not_verified & CF_TDX_NOT_VERIFIED)
        fprintf(out, "  --  NOT VERIFIED: the TDX token (this pack allows that)\n");
}

void print_safely(FILE *out, span utf8)
{
    while (utf8.n) {
        const size_t n = utf8_step(utf8);
        const span character = span_first(utf8, n ? n : 1);
        if (utf8_is_plain(character) || character.p[0] == '\n' || character.p[0] == '\t')
            fwrite(character.p, 1, character.n, out);
        else
            fputs("\xef\xbf\xbd", out);
        utf8 = span_from(utf8, character.n);
    }
}
