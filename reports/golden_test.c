/* Every renderer against its golden page, for one small run that holds what a hostile target would print.
 * `golden_test write` writes the pages anew; read the difference before committing it. */
#include "causes.h"
#include "html_parts.h"
#include "json.h"
#include "transcript.h"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define GOLDEN  "reports/golden" /* from the top of the tree, so that no page names a machine */
#define HOSTILE "</script><script>alert(1)</script> \"'&<img src=x onerror=alert(2)> \x1b[31mred\x01\x07 \xff\xc3( `code` |pipe| ]]> -->"

/* clang-format off */
static const requirement_row rows[] = {
    {"", "", "", "", "", "", "", "", 0, {0}},
    {"AT-014", "client", "MUST", "wire", "binding", "The client rejects evidence whose report_data does not name this session.", "observed",
     "spec/attestation/attestation.md", 80, {0}},
    {"NZ-031", "both", "MUST", "shim", "", "A transport message is sealed with the key and the counter of its direction.", "Noise 5.1",
     "spec/noise/noise.md", 40, {0}},
    {"NZ-036", "both", "MUST", "wire", "auth", "A message whose tag does not verify is rejected & the state stays.", "Noise 5.1",
     "spec/noise/noise.md", 52, {0}},
    {"NZ-040", "initiator", "MUST NOT", "wire", "replay", "The initiator does not accept a message twice.", "Noise 11.4",
     "spec/noise/noise.md", 60, {0}},
    {"TL" "-007", "client", "SHOULD", "wire", "", "The client asks for a consistency proof when the tree grew.", "C2SP",
     "spec/translog/translog.md", 31, {0}},
    {"WI-003", "both", "MUST", "review", "", "Limits are the same on both ends.", "our own decision", "spec/wire/wire.md", 12, {0}},
};
/* clang-format on */
enum { ROWS = sizeof rows / sizeof *rows };

#define REPLAY(CASE) "parley test client --exec 'my-client {url} --say {prompt}' --profile confer --case " CASE " --seed 42"

/* clang-format off */
static const result sample[] = {
    {.case_id = "at.session.read1.binding-absent", .check = "verdict", .rev = 1, .outcome = OUTCOME_FAIL, .req = "AT-014", .level = "MUST", .door = "exec", .role = "client",
     .want = "rej:binding, state unchanged", .got = "ok (session established)",
     .want_bytes = "9c41aa00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f1011121314151617", .got_bytes = "9c41aa0011223344550000000000000000000000",
     .where = "evidence.report_data[9] binding", .base = "at.session.read1.ok", .mutation = "report_data[9..] := zero, re-sealed",
     .transcript = "t/at.session.read1.binding-absent.jsonl", .replay = REPLAY("at.session.read1.binding-absent")},
    {.case_id = "at.session.read1.binding-absent", .check = "reason", .rev = 1, .outcome = OUTCOME_UNTESTED, .req = "AT-014", .level = "MUST", .door = "exec", .role = "client",
     .want = "binding", .base = "at.session.read1.ok", .mutation = "report_data[9..] := zero, re-sealed", .note = "the target gives no reason (no `diag`)"},
    {.case_id = "at.session.read1.ok", .check = "verdict", .rev = 2, .outcome = OUTCOME_PASS, .req = "AT-014", .level = "MUST", .door = "exec", .role = "client", .want = "ok", .got = "ok"},
    {.case_id = "nz.open.basic", .check = "verdict", .rev = 1, .outcome = OUTCOME_PASS, .req = "NZ-031", .level = "MUST", .door = "exec", .role = "client", .want = "ok", .got = "ok",
     .needs = "suite:chachapoly", .replay = REPLAY("nz.open.basic")},
    {.case_id = "nz.open.gcm", .check = "verdict", .rev = 1, .outcome = OUTCOME_NA, .req = "NZ-031", .level = "MUST", .door = "exec", .role = "client", .needs = "suite:aesgcm", .note = "suite:aesgcm is not declared, and optional"},
    {.case_id = "nz.open.tag-flip-last", .check = "verdict", .rev = 1, .outcome = OUTCOME_CRASH, .req = "NZ-036 NZ-031", .level = "MUST", .door = "exec", .role = "client", .want = "rej:auth",
     .got = HOSTILE, .base = "nz.open.basic", .mutation = "xor ct[20] 01", .note = "signal 11", .transcript = "../../etc/passwd", .replay = REPLAY("nz.open.tag-flip-last")},
    {.case_id = "nz.open.tag-flip-last", .check = "state", .rev = 1, .outcome = OUTCOME_XFAIL, .was = OUTCOME_FAIL, .req = "NZ-036", .level = "MUST", .door = "exec", .role = "client",
     .want = "unchanged", .got = "=cmd|'/c calc'!A1", .issue = "acme#12", .replay = REPLAY("nz.open.tag-flip-last")},
    {.case_id = "tl.head.grew", .check = "wire", .rev = 1, .outcome = OUTCOME_WARN, .req = "TL" "-007", .level = "SHOULD", .door = "exec", .role = "client", .want = "a consistency proof is asked for",
     .got = "none was", .want_bytes = "0102", .got_bytes = "010203", .replay = REPLAY("tl.head.grew")},
    {.case_id = "tl.head.old", .check = "verdict", .rev = 1, .outcome = OUTCOME_XPASS, .was = OUTCOME_PASS, .req = "TL" "-007", .level = "SHOULD", .door = "exec", .role = "client", .want = "rej:log-rollback",
     .got = "rej:log-rollback", .issue = "acme#9"},
    {.case_id = "wi.smoke.a", .check = "verdict", .rev = 1, .outcome = OUTCOME_BLOCKED, .req = "WI-003", .level = "MUST", .door = "exec", .role = "client", .note = "sanity failed: connection refused"},
    {.case_id = "wi.smoke.b", .check = "verdict", .rev = 1, .outcome = OUTCOME_BLOCKED, .req = "WI-003", .level = "MUST", .door = "exec", .role = "client", .note = "sanity failed: connection refused"},
};
/* clang-format on */

static const char mutants[] =
    "{\"schema\":\"mutants/"
    "1\",\"mutants\":[{\"id\":\"NZ-036\",\"kind\":\"REQUIRE\",\"outcome\":\"killed\",\"killers\":[\"nz.open.tag-flip-last:verdict\"]},"
    "{\"id\":\"AT-014\",\"kind\":\"REQUIRE\",\"outcome\":\"survived\",\"killers\":[],\"note\":\"<b>nobody</b> noticed\"}]}";

typedef struct fixture {
    results run;
    report rep;
} fixture;

static fixture prepared(void)
{
    fixture f;
    results_start(&f.run, &(results_head){.suite = "0.1.0",
                                          .target = "acme <client>",
                                          .version = "2.1.0",
                                          .profile = "confer",
                                          .revision = "draft",
                                          .door = "exec",
                                          .caps = "suite:chachapoly nz:ik",
                                          .granted = "client L0",
                                          .seed = "42",
                                          .at = "2027-01-01T00:00:00Z",
                                          .unchecked = "AT-014 NZ-040"});
    for (size_t i = 0; i < sizeof sample / sizeof *sample; i++)
        results_add(&f.run, &sample[i]);
    f.run.planned = f.run.n;
    return f;
}

static void start_report(fixture *f)
{
    report_start(&f->rep, &f->run, &prim_openssl, rows, ROWS, GOLDEN);
    assert_null(report_take_mutants(&f->rep, mutants, strlen(mutants)));
}

static void stop(fixture *f)
{
    report_free(&f->rep);
    results_free(&f->run);
}

static page page_of(void (*render)(const report *, page *))
{
    fixture f = prepared();
    page out = {0};
    start_report(&f);
    render(&f.rep, &out);
    stop(&f);
    return out;
}

/* ---- golden pages ---- */

static void render_results(const report *rep, page *out) { results_write(rep->run, out); }

static void cut_out(page *out, const char *text)
{
    char *at = strstr(out->p, text);
    assert_non_null(at);
    memmove(at, at + strlen(text), out->n - (size_t)(at - out->p) - strlen(text) + 1);
    out->n -= strlen(text);
}

/* Without style and script, which have files of their own. */
static void render_html_body(const report *rep, page *out)
{
    render_html(rep, out);
    cut_out(out, html_style);
    cut_out(out, html_script);
}

static const struct {
    const char *file;
    void (*render)(const report *, page *);
} golden[] = {
    {"results.json", render_results},
    {"report.txt", render_console},
    {"report.md", render_md},
    {"junit.xml", render_junit},
    {"report.tap", render_tap},
    {"report.csv", render_csv},
    {"badge.svg", render_badge},
    {"badge.json", render_shield},
    {"report.html", render_html_body},
    {"report.sarif", render_sarif},
    {"annotations.txt", render_annotations},
};
enum { GOLDENS = sizeof golden / sizeof *golden };

static int write_golden(void)
{
    for (size_t i = 0; i < GOLDENS; i++) {
        char path[4096];
        page out = page_of(golden[i].render);
        snprintf(path, sizeof path, "%s/%s", GOLDEN, golden[i].file);
        if (!page_save(&out, path))
            return perror(path), 1;
        page_free(&out);
    }
    return 0;
}

static void every_format_is_its_golden_page(void **state)
{
    (void)state;
    for (size_t i = 0; i < GOLDENS; i++) {
        char path[4096];
        page out = page_of(golden[i].render), want = {0};
        snprintf(path, sizeof path, "%s/%s", GOLDEN, golden[i].file);
        assert_true(page_load(&want, path, 1 << 20));
        if (out.n != want.n || memcmp(out.p, want.p, out.n) != 0)
            print_message("%s differs\n", golden[i].file);
        assert_string_equal(out.p, want.p);
        page_free(&out), page_free(&want);
    }
}

/* ---- what a target prints stays text ---- */

static size_t n_elements(const xmlNode *node, const char *name, size_t *events)
{
    size_t n = 0;
    for (; node; node = node->next) {
        n += node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
        for (const xmlAttr *a = node->type == XML_ELEMENT_NODE ? node->properties : NULL; a; a = a->next)
            *events += strncmp((const char *)a->name, "on", 2) == 0;
        n += n_elements(node->children, name, events);
    }
    return n;
}

static void hostile_text_makes_no_element(void **state)
{
    (void)state;
    size_t events = 0;
    page html = page_of(render_html);
    htmlDocPtr doc = htmlReadMemory(html.p, (int)html.n, NULL, "UTF-8", HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
    assert_non_null(doc);
    assert_int_equal(n_elements(doc->children, "script", &events), 2);
    assert_int_equal(n_elements(doc->children, "img", &events), 0);
    assert_int_equal(events, 0);
    assert_null(strchr(html.p, '\x1b'));
    xmlFreeDoc(doc);
    page_free(&html);
}

static void xml_is_well_formed(void **state)
{
    (void)state;
    void (*const renderers[])(const report *, page *) = {render_junit, render_badge};
    for (size_t i = 0; i < 2; i++) {
        page xml = page_of(renderers[i]);
        xmlDocPtr doc = xmlReadMemory(xml.p, (int)xml.n, NULL, NULL, XML_PARSE_NONET);
        assert_non_null(doc);
        xmlFreeDoc(doc);
        page_free(&xml);
    }
}

/* TAP 14: between --- and ... stands YAML. Each of our values is a JSON string, which is a string of YAML too. */
static void the_yaml_of_tap_parses(void **state)
{
    size_t n = 0;
    bool inside = false;
    page out = page_of(render_tap);
    (void)state;
    for (char *line = strtok(out.p, "\n"); line; line = strtok(NULL, "\n")) {
        span value;
        const char *colon = strstr(line, ": ");
        if (strcmp(line, "  ---") == 0 || strcmp(line, "  ...") == 0) {
            inside = line[2] == '-';
            continue;
        }
        if (!inside)
            continue;
        assert_true(colon && strspn(line + 2, "abcdefghijklmnopqrstuvwxyz") == (size_t)(colon - line - 2));
        assert_true(json_read(span_text(colon + 2), &value) && json_kind_of(value) == JSON_STRING);
        n++;
    }
    assert_true(n > 10 && !inside);
    page_free(&out);
}

static void a_terminal_gets_no_sequence_of_the_target(void **state)
{
    (void)state;
    page text = page_of(render_console);
    assert_null(strchr(text.p, '\x1b'));
    assert_null(strchr(text.p, '\x07'));
    page_free(&text);
}

static void a_transcript_outside_the_folder_is_not_read(void **state)
{
    (void)state;
    page html = page_of(render_html);
    assert_null(strstr(html.p, "daemon:"));
    const char *ladder = strstr(html.p, "class=\"ladder\"");
    assert_non_null(ladder);
    assert_null(strstr(ladder + 1, "class=\"ladder\"")); /* only the one whose file is inside */
    page_free(&html);
}

/* ---- promises about the page ---- */

static void the_page_fetches_nothing(void **state)
{
    (void)state;
    static const char *const fetches[] = {" src=", "url(", "@import", "fetch(", "XMLHttp", "href=\"http", "import(", "new WebSocket"};
    page html = page_of(render_html);
    for (size_t i = 0; i < sizeof fetches / sizeof *fetches; i++) {
        const char *at = strstr(html.p, fetches[i]);
        while (at &&
               (strncmp(at - 7, "&lt;img src=", 12) == 0 || strncmp(at - 9, "\\u003cimg src=", 14) == 0)) /* what the target printed */
            at = strstr(at + 1, fetches[i]);
        assert_null(at);
    }
    page_free(&html);
}

static void ten_thousand_checks_fit_three_megabytes(void **state)
{
    (void)state;
    static const char *const areas[] = {"at", "cf", "hi", "in", "nz", "rt", "tl", "wi"};
    fixture f = prepared();
    for (int i = 0; i < 10000; i++) {
        static const char *const checks[] = {"reason", "released", "state", "verdict"};
        char id[80], replay[200];
        result one = sample[i % 100 == 0 ? 0 : 3];
        snprintf(id, sizeof id, "%s.session.read%d.binding-%d", areas[i / 4 % 8], i / 4 % 7, i / 4);
        one.check = checks[i % 4];
        snprintf(replay, sizeof replay, "parley test client --exec 'my-client {url}' --profile confer --case %s --seed 42", id);
        one.case_id = id;
        one.replay = replay;
        one.base = "at.session.read1.ok";
        one.mutation = "report_data := zero, re-sealed";
        results_add(&f.run, &one);
    }
    f.run.planned = f.run.n;
    page html = {0};
    char digest[65], fault[200];
    start_report(&f);
    render_html(&f.rep, &html);
    print_message("10,000 checks are %zu bytes\n", html.n);
    if (getenv("PARLEY_KEEP_PAGE"))
        page_save(&html, getenv("PARLEY_KEEP_PAGE"));
    assert_true(html.n <= 3000000);
    assert_null(report_verify(html.p, html.n, &prim_openssl, digest, fault));
    page_free(&html);
    stop(&f);
}

/* A summary that a forge would drop is cut between two blocks, and says what is left out. */
static void a_summary_is_cut_to_its_limit(void **state)
{
    (void)state;
    fixture f = prepared();
    for (unsigned i = 0; i < 400; i++) {
        char id[32];
        snprintf(id, sizeof id, "nz.many.n%u", i);
        results_add(&f.run, &(result){.case_id = id,
                                      .check = "verdict",
                                      .rev = 1,
                                      .outcome = i % 2 ? OUTCOME_FAIL : OUTCOME_UNTESTED,
                                      .req = "NZ-036",
                                      .level = "MUST",
                                      .want = "rej:auth",
                                      .note = "why"});
    }
    start_report(&f);
    for (size_t limit = 16384; limit <= 40000; limit += 1021) {
        page text = {0};
        f.rep.limit = limit;
        render_md(&f.rep, &text);
        assert_true(text.n <= limit);
        assert_non_null(strstr(text.p, "Left out, because a summary takes no more: "));
        assert_int_equal(text.p[text.n - 1], '\n');
        page_free(&text);
    }
    stop(&f);
}

static void the_digest_of_a_page_is_recomputed(void **state)
{
    (void)state;
    char digest[65], fault[200];
    fixture f = prepared();
    page html = {0};
    start_report(&f);
    render_html(&f.rep, &html);
    assert_null(report_verify(html.p, html.n, &prim_openssl, digest, fault));
    assert_string_equal(digest, f.rep.digest);
    char *inside = strstr(strstr(html.p, "id=\"results\""), "signal 11");
    inside[8] = '2';
    assert_non_null(report_verify(html.p, html.n, &prim_openssl, digest, fault));
    inside[8] = '1';
    char *said = strstr(html.p, "id=\"digest\">") + strlen("id=\"digest\">");
    said[0] = said[0] == '0' ? '1' : '0';
    assert_non_null(report_verify(html.p, html.n, &prim_openssl, digest, fault));
    for (size_t n = 0; n < html.n; n += 97)
        assert_non_null(report_verify(html.p, n, &prim_openssl, digest, fault));
    page_free(&html);
    stop(&f);
}

static size_t anchors_named(const char *page, const char *name, size_t n)
{
    size_t found = 0;
    for (const char *at = page; (at = strstr(at, " id=\"")); at++)
        found += strncmp(at + 5, name, n) == 0 && at[5 + n] == '"';
    return found;
}

/* `report.html#NZ-006` shows the sentence, and no link of the page leads nowhere. */
static void each_sentence_and_each_link_has_one_anchor(void **state)
{
    page html = page_of(render_html);
    size_t links = 0;
    (void)state;
    for (size_t i = 1; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(anchors_named(html.p, rows[i].id, strlen(rows[i].id)), 1);
    for (const char *at = html.p; (at = strstr(at, "href=\"#")); links++) {
        at += strlen("href=\"#");
        if (anchors_named(html.p, at, strcspn(at, "\"")) != 1)
            fail_msg("not one place is called %.60s", at);
    }
    assert_true(links > 0);
    page_free(&html);
}

static void a_failure_says_everything_that_is_needed(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "FAIL  at.session.read1.binding-absent:verdict   AT-014 MUST client     spec/attestation/attestation.md#AT-014\n",
        "      The client rejects evidence whose report_data does not name this session.\n",
        "      base      at.session.read1.ok   mutation  report_data[9..] := zero, re-sealed\n",
        "      want      rej:binding, state unchanged\n",
        "      got       ok (session established)\n",
        "      differs   evidence.report_data[9] binding  want 66778899aabbccdd",
        "      replay    parley test client --exec",
        "/t/at.session.read1.binding-absent.jsonl\n"};
    page text = page_of(render_console);
    const char *at = text.p;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        at = at ? strstr(at, parts[i]) : NULL;
        assert_non_null(at);
    }
    page_free(&text);
}

/* A case without an accepted twin says what was tried, and that it was good where it had to be accepted. */
static void a_variant_that_was_refused_is_named(void **state)
{
    static const struct {
        const char *base, *want, *line;
    } all[] = {{"", "exit 0: finished", "      variant   an entry of Rekor v2, to be accepted\n"},
               {"", "exit 10: refused", "      variant   an entry of Rekor v2\n"},
               {"tl.good", "exit 0: finished", "      base      tl.good   mutation  an entry of Rekor v2\n"}};
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        fixture f = {0};
        page text = {0};
        results_start(&f.run, &(results_head){.suite = "0.1.0"});
        results_add(&f.run, &(result){.case_id = "tl.client.release.tiled",
                                      .check = "verdict",
                                      .rev = 1,
                                      .outcome = OUTCOME_FAIL,
                                      .req = "TL-142",
                                      .base = all[i].base,
                                      .mutation = "an entry of Rekor v2",
                                      .want = all[i].want,
                                      .got = "exit 10 parse"});
        start_report(&f);
        render_console(&f.rep, &text);
        assert_non_null(strstr(text.p, all[i].line));
        page_free(&text);
        stop(&f);
    }
}

/* Of two failures that differ in suite and byte only, one stands in full; another sentence, change or answer is another cause. */
static void failures_of_one_cause_are_counted(void **state)
{
    static const struct {
        const char *id, *req, *mutation, *got;
    } all[] = {{"nz.open.a", "NZ-036", "xor ct[20] 01", "ok"},      {"nz.open.b", "NZ-036", "xor ct[3] 80", "ok"},
               {"nz.open.c", "NZ-031", "xor ct[3] 80", "ok"},       {"nz.open.d", "NZ-036", "append 00", "ok"},
               {"nz.open.e", "NZ-036", "xor ct[3] 80", "rej:dh"},   {"nz.open.f", "NZ-036 NZ-031", "xor ct[200] 01", "ok"},
               {"nz.open.g", "NZ-036", "e := zero (p)", "byte 12"}, {"nz.open.h", "NZ-036", "e := zero (one)", "byte 7"}};
    fixture f = {0};
    page text = {0};
    size_t blocks = 0;
    (void)state;
    results_start(&f.run, &(results_head){.suite = "0.1.0"});
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        results_add(&f.run, &(result){.case_id = all[i].id,
                                      .check = "verdict",
                                      .rev = 1,
                                      .outcome = OUTCOME_FAIL,
                                      .req = all[i].req,
                                      .mutation = all[i].mutation,
                                      .got = all[i].got});
    start_report(&f);
    render_console(&f.rep, &text);
    for (const char *at = text.p; (at = strstr(at, "FAIL  nz.open.")); at++)
        blocks++;
    assert_int_equal(blocks, 5);
    assert_non_null(strstr(text.p, "and 2 more of the same cause: nz.open.b, nz.open.f\n"));
    assert_non_null(strstr(text.p, "and 1 more of the same cause: nz.open.h\n"));
    page_free(&text);
    stop(&f);
}

/* A report of failed checks. */
static fixture failed_run(const result *all, size_t n)
{
    fixture f = {0};
    results_start(&f.run, &(results_head){.suite = "0.1.0"});
    for (size_t i = 0; i < n; i++) {
        result one = all[i];
        one.rev = 1;
        one.outcome = OUTCOME_FAIL;
        results_add(&f.run, &one);
    }
    start_report(&f);
    return f;
}

/* What one mistake explains stands before everything else, once, whatever the sentence and the check. */
static void a_diagnosis_leads_what_it_explains(void **state)
{
    static const result all[] = {{.case_id = "nz.open.a", .check = "verdict", .req = "NZ-031"},
                                 {.case_id = "nz.open.b", .check = "verdict", .req = "NZ-031", .note = DIAGNOSIS_NOTE "one <key>"},
                                 {.case_id = "nz.open.c", .check = "verdict", .req = "NZ-031", .note = DIAGNOSIS_NOTE "no prologue"},
                                 {.case_id = "nz.write.d", .check = "wire", .req = "NZ-036", .note = DIAGNOSIS_NOTE "no prologue"}};
    fixture f = failed_run(all, sizeof all / sizeof *all);
    page text = {0}, html = {0};
    (void)state;
    render_console(&f.rep, &text);
    html_causes(&f.rep, &html);
    assert_ptr_equal(strstr(text.p, "Most likely cause of 2 failures: no prologue\n\nFAIL  nz.open.c:verdict "), text.p);
    assert_non_null(strstr(text.p, "and 1 more of the same cause: nz.write.d\n\nMost likely cause of 1 failure: one <key>\n"));
    assert_true(strstr(text.p, "nz.open.a") > strstr(text.p, "one <key>"));
    assert_null(strstr(text.p, DIAGNOSIS_NOTE));
    const char *first = strstr(html.p, "<b>Most likely cause of 2 failures</b> no prologue<br>");
    assert_true(first && first < strstr(html.p, "<b>Most likely cause of 1 failure</b> one &lt;key&gt;<br>"));
    page_free(&text), page_free(&html);
    stop(&f);
}

/* Two failures with other bytes in the same field of the same operation are one cause; another field or operation is another. */
static void wrong_bytes_of_one_field_are_one_cause(void **state)
{
    static const result all[] = {{.case_id = "nz.write.a", .check = "wire", .req = "NZ-031", .got = "aa", .where = "msg[32]"},
                                 {.case_id = "nz.write.b", .check = "wire", .req = "NZ-031", .got = "bb", .where = "msg[0]"},
                                 {.case_id = "nz.write.c", .check = "wire", .req = "NZ-031", .got = "cc", .where = "h[0]"},
                                 {.case_id = "nz.seal.d", .check = "wire", .req = "NZ-031", .got = "dd", .where = "msg[0]"}};
    fixture f = failed_run(all, sizeof all / sizeof *all);
    page text = {0};
    (void)state;
    render_console(&f.rep, &text);
    assert_non_null(strstr(text.p, "and 1 more of the same cause: nz.write.b\n"));
    assert_non_null(strstr(text.p, "FAIL  nz.write.c:wire"));
    assert_non_null(strstr(text.p, "FAIL  nz.seal.d:wire"));
    assert_null(strstr(text.p, "FAIL  nz.write.b:wire"));
    page_free(&text);
    stop(&f);
}

/* The first sentence of an honest case is hardly ever the broken one: those that few checks serve are named before it. */
static void a_wrong_value_names_the_particular_sentences_first(void **state)
{
    static const result all[] = {{.case_id = "nz.open.a", .check = "verdict", .req = "NZ-036", .door = "shim"},
                                 {.case_id = "nz.rekey.b", .check = "wire", .req = "NZ-036 NZ-031", .door = "shim", .got = "aa"}};
    fixture f = failed_run(all, sizeof all / sizeof *all);
    page text = {0}, html = {0};
    (void)state;
    render_console(&f.rep, &text);
    html_causes(&f.rep, &html);
    assert_non_null(strstr(text.p, "FAIL  nz.rekey.b:wire\n      one of 2 sentences: NZ-031, NZ-036\n"));
    assert_non_null(strstr(text.p, "FAIL  nz.open.a:verdict   NZ-036"));
    assert_non_null(strstr(html.p, "one of 2 sentences: NZ-031, NZ-036<br>"));
    page_free(&text), page_free(&html);
    stop(&f);
}

static void the_first_difference_is_found(void **state)
{
    (void)state;
    assert_int_equal(first_difference("0102", "0103"), 1);
    assert_int_equal(first_difference("0102", "01"), 1);
    assert_int_equal(first_difference("01", "0102"), 1);
    assert_int_equal(first_difference("0102", "0102"), NO_DIFFERENCE);
    assert_int_equal(first_difference("", "0102"), NO_DIFFERENCE);
    assert_int_equal(first_difference("1f", "2f"), 0);
}

static int start(void **state)
{
    (void)state;
    prim_start();
    return chdir(PARLEY_TREE);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "write") == 0)
        return start(NULL) || write_golden();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_is_its_golden_page),
        cmocka_unit_test(a_summary_is_cut_to_its_limit),
        cmocka_unit_test(hostile_text_makes_no_element),
        cmocka_unit_test(xml_is_well_formed),
        cmocka_unit_test(the_yaml_of_tap_parses),
        cmocka_unit_test(a_terminal_gets_no_sequence_of_the_target),
        cmocka_unit_test(a_transcript_outside_the_folder_is_not_read),
        cmocka_unit_test(the_page_fetches_nothing),
        cmocka_unit_test(ten_thousand_checks_fit_three_megabytes),
        cmocka_unit_test(the_digest_of_a_page_is_recomputed),
        cmocka_unit_test(each_sentence_and_each_link_has_one_anchor),
        cmocka_unit_test(a_failure_says_everything_that_is_needed),
        cmocka_unit_test(a_variant_that_was_refused_is_named),
        cmocka_unit_test(failures_of_one_cause_are_counted),
        cmocka_unit_test(a_diagnosis_leads_what_it_explains),
        cmocka_unit_test(a_wrong_value_names_the_particular_sentences_first),
        cmocka_unit_test(wrong_bytes_of_one_field_are_one_cause),
        cmocka_unit_test(the_first_difference_is_found),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
