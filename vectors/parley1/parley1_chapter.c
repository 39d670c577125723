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
                                       {"p1.statement.json", p1_statement_file, 0, NULL}, {"p1.seal.json", p1_seal_file, 0, NULL},
                                       {"p1.open.json", p1_open_file, 0, NULL},           {"p1.plain.json", p1_plain_file, 0, NULL},
                                       {"p1.message.json", p1_message_file, 0, NULL},     {0}};

const chapter parley1_chapter = {
    .name = "parley1",
    .files = parley1_files,
    .capabilities = (const capability[]){{"p1:handshake", NULL}, {"p1:keys", NULL}, {"p1:attest", NULL}, {"p1:record", NULL}, {0}},
    .operations =
        (const operation[]){
            {.name = "p1.hello", .answer = p1_hello_operation, .serves = "p1:handshake"},
            {.name = "p1.answer", .answer = p1_answer_operation, .serves = "p1:handshake"},
            {.name = "p1.agree", .answer = p1_agree_operation, .serves = "p1:handshake"},
            {.name = "p1.bind", .answer = p1_bind_operation, .serves = "p1:keys"},
            {.name = "p1.report", .answer = p1_report_operation, .serves = "p1:keys"},
            {.name = "p1.keys", .answer = p1_keys_operation, .serves = "p1:keys"},
            {.name = "p1.attest", .answer = p1_attest_operation, .serves = "p1:attest"},
            {.name = "p1.boot", .answer = p1_boot_operation, .serves = "p1:attest"},
            {.name = "p1.statement", .answer = p1_statement_operation, .serves = "p1:attest"},
            {.name = "p1.ratchet", .answer = p1_ratchet_operation, .serves = "p1:record"},
            {.name = "p1.seal", .answer = p1_seal_operation, .prepare = p1_through_ratchet, .inputs = "coins pt", .serves = "p1:record"},
            {.name = "p1.open", .answer = p1_open_operation, .prepare = p1_through_ratchet, .inputs = "record", .serves = "p1:record"},
            {.name = "p1.plain", .answer = p1_plain_operation, .serves = "p1:record"},
            {.name = "p1.message", .answer = p1_message_operation, .serves = "p1:record"},
            {0}},
    .checks = parley1_checks};
