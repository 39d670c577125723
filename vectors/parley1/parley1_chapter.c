/* The row of profile parley1, and what its scenarios share. */
#include "parley1_vectors.h"

#include <string.h>

void p1_named(const prim *p, const char *name, uint8_t *out, size_t n)
{
    uint8_t block[32];
    for (size_t at = 0; at < n; at += sizeof block) {
        const uint8_t count = (uint8_t)(at / sizeof block);
        const span parts[] = {span_text("parley vectors "), span_text(name), span_of(&count, 1)};
        p->hash(PRIM_SHA256, parts, 3, block);
        memcpy(out + at, block, n - at < sizeof block ? n - at : sizeof block);
    }
}

void p1_note_lies(sheet *s, const p1_lie *lies, size_t n, const char *bug)
{
    for (size_t i = 0; i < n; i++)
        sheet_note(s, lies[i].slug, bug, lies[i].flag, lies[i].site);
}

void p1_reject(sheet *s, const p1_lie *l, const char *base, const char *after)
{
    sheet_rejects(
        s,
        &(rejection){
            .slug = l->slug, .site = l->site, .mutation = l->mutation, .flag = l->slug, .base = base, .after = after, .layers = l->layers});
}

const scenario_file parley1_files[] = {{"p1.hello.json", p1_hello_file, 0, NULL},         {"p1.answer.json", p1_answer_file, 0, NULL},
                                       {"p1.agree.json", p1_agree_file, 0, NULL},         {"p1.bind.json", p1_bind_file, 0, NULL},
                                       {"p1.report.json", p1_report_file, 0, NULL},       {"p1.keys.json", p1_keys_file, 0, NULL},
                                       {"p1.attest.json", p1_attest_file, 0, NULL},       {"p1.boot.json", p1_boot_file, 0, NULL},
                                       {"p1.statement.json", p1_statement_file, 0, NULL}, {0}};

/* P1-001 */
static bool refusal_closes_1002(const prim *p)
{
    (void)p;
    return p1_refusal() == 1002;
}

const internal_check parley1_checks[] = {{"p1.refusal.code", "P1-001", refusal_closes_1002}, {0}};

const chapter parley1_chapter = {.name = "parley1",
                                 .files = parley1_files,
                                 .capabilities = (const capability[]){{"p1:handshake", NULL}, {"p1:keys", NULL}, {"p1:attest", NULL}, {0}},
                                 .operations = (const operation[]){{.name = "p1.hello", .answer = p1_hello_operation},
                                                                   {.name = "p1.answer", .answer = p1_answer_operation},
                                                                   {.name = "p1.agree", .answer = p1_agree_operation},
                                                                   {.name = "p1.bind", .answer = p1_bind_operation},
                                                                   {.name = "p1.report", .answer = p1_report_operation},
                                                                   {.name = "p1.keys", .answer = p1_keys_operation},
                                                                   {.name = "p1.attest", .answer = p1_attest_operation},
                                                                   {.name = "p1.boot", .answer = p1_boot_operation},
                                                                   {.name = "p1.statement", .answer = p1_statement_operation},
                                                                   {0}},
                                 .checks = parley1_checks};
