/* The tables of the prose are those of the code: the fields of a report, the TCB components of a product, the members of a policy, the claims of a
 * token. */
#include "appraisal_policy.h"
#include "gpu_policy.h"
#include "quote_policy.h"
#include "token_policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

typedef struct told {
    char text[40000];
    size_t n;
} told;

static void load(told *t, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, PARLEY_TREE "/spec/attestation/%s", name);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    *t = (told){.n = 0};
    assert_true(fread(t->text, 1, sizeof t->text - 1, f) > 0);
    assert_true(feof(f));
    fclose(f);
}

static void expect_row(const told *t, const char *page, const char *row)
{
    if (!strstr(t->text, row))
        fail_msg("%s has no row %s", page, row);
}

/* ---- the report ---- */

static void is_told(void *ctx, const char *path, const field *f, size_t at, size_t n)
{
    char row[120];
    told *t = ctx;
    const char *dot = strrchr(path, '.');
    (void)f;
    snprintf(row, sizeof row, "| 0x%03zX | %zu | %s |", at, n, dot ? dot + 1 : path);
    expect_row(t, "attestation.md", row);
    t->n++;
}

static told page;

static void every_field_stands_in_the_prose(void **state)
{
    static const uint8_t report[AT_REPORT];
    (void)state;
    load(&page, "attestation.md");
    layout_walk(&at_snp_report_layout, SPAN(report), is_told, &page);
    assert_int_equal(page.n, 42);
}

/* ---- the TCB components ---- */

/* " `tee` | 2 |", " reserved | 4 |" */
static size_t put_component(char *out, size_t n, const struct at_tcb_part *part)
{
    static const char under[] = "1.3.6.1.4.1.3704.1.3.";
    assert_int_equal(strncmp(part->oid, under, sizeof under - 1), 0);
    const char *const quote = *part->name ? "`" : "", *const name = *part->name ? part->name : "reserved";
    return (size_t)snprintf(out, n, " %s%s%s | %s |", quote, name, quote, part->oid + sizeof under - 1);
}

static void every_component_stands_in_the_prose(void **state)
{
    char row[120];
    (void)state;
    load(&page, "attestation.md");
    for (size_t i = 0; i < AT_TCB; i++) {
        const at_tcb_layout *milan = &at_tcb_layouts[AT_MILAN], *genoa = &at_tcb_layouts[AT_GENOA];
        assert_string_equal(milan->part[i].name, genoa->part[i].name);
        assert_string_equal(milan->part[i].oid, genoa->part[i].oid);
        size_t n = (size_t)snprintf(row, sizeof row, "| %zu |", i);
        n += put_component(row + n, sizeof row - n, &milan->part[i]);
        put_component(row + n, sizeof row - n, &at_tcb_layouts[AT_TURIN].part[i]);
        expect_row(&page, "attestation.md", row);
    }
}

/* ---- the policy ---- */

static void expect_names(const policy_member *m, const char *row, size_t n)
{
    char quoted[80], whole[1000];
    const char *const *const names = m->names;
    snprintf(whole, sizeof whole, "%.*s", (int)n, row);
    for (size_t i = 0; names && names[i]; i++) {
        const bool may = *names[i] && (m->most == 0 || m->most >> i & 1);
        snprintf(quoted, sizeof quoted, "`%s`", names[i]);
        if (may != (strstr(whole, quoted) != NULL))
            fail_msg("%s: %s is %s", m->name, quoted, may ? "missing" : "too much");
    }
}

static void expect_part(const char *heading, const policy_section *s)
{
    char begins[80];
    size_t rows = 0;
    const char *const part = strstr(page.text, heading), *const next = part ? strstr(part + 1, "\n## ") : NULL;
    assert_non_null(part);
    for (const char *at = part; (at = strstr(at, "\n| `")) && (!next || at < next); at++)
        rows++;
    assert_int_equal(rows, s->n);
    for (size_t i = 0; i < s->n; i++) {
        snprintf(begins, sizeof begins, "\n| `%s` |", s->member[i].name);
        const char *row = strstr(part, begins);
        if (!row || (next && row > next))
            fail_msg("policy.md, %s: no row for %s", heading, s->member[i].name);
        expect_names(&s->member[i], row + 1, strcspn(row + 1, "\n"));
    }
}

static void every_member_of_a_policy_stands_in_the_prose(void **state)
{
    (void)state;
    load(&page, "policy.md");
    expect_part("\n## The parts tdx and sgx\n", &quote_policy_section);
    expect_part("\n## The part token\n", &token_policy_section);
    expect_part("\n## The part gpu\n", &gpu_policy_section);
}

/* Some rows of section 12 are of two members. */
static void every_member_about_a_report_stands_in_the_prose(void **state)
{
    char begins[80];
    (void)state;
    load(&page, "attestation.md");
    const char *const part = strstr(page.text, "\n## 12. ");
    assert_non_null(part);
    for (size_t i = 0; i < appraisal_policy_section.n; i++) {
        const policy_member *m = &appraisal_policy_section.member[i];
        snprintf(begins, sizeof begins, "`%s`", m->name);
        const char *row = strstr(part, begins);
        if (!row)
            fail_msg("section 12 of attestation.md lacks %s", m->name);
        if (m->take == policy_comparisons)
            expect_names(m, row, strcspn(row, "\n"));
    }
}

/* ---- the claims of Intel ---- */

/* The names of claims in the code that only Intel's tokens have, each of which has to be the first cell of a row. */
static void every_claim_of_intel_stands_in_the_prose(void **state)
{
    static told code;
    static const char *const begins[] = {"\"tdx_", "\"attester_", "\"policy_ids_"};
    char row[80];
    size_t claims = 0;
    (void)state;
    load(&page, "token.md");
    load(&code, "token_claims.c");
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        for (const char *at = code.text; (at = strstr(at, begins[i])); at++) {
            snprintf(row, sizeof row, "\n| `%.*s` |", (int)strcspn(at + 1, "\""), at + 1);
            expect_row(&page, "token.md", row);
            claims++;
        }
    assert_true(claims >= 18);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_stands_in_the_prose),
        cmocka_unit_test(every_component_stands_in_the_prose),
        cmocka_unit_test(every_member_of_a_policy_stands_in_the_prose),
        cmocka_unit_test(every_member_about_a_report_stands_in_the_prose),
        cmocka_unit_test(every_claim_of_intel_stands_in_the_prose),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
