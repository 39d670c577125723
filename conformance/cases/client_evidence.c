/* Client: evidence (confer, section 3; chapter attestation). Reports that lie are signed by the pack's own chip. */
#include "cases.h"
#include "base64.h"
#include "tee_lies.h"
#include "client_run.h"
#include "spawn.h"

#include <stdio.h>
#include <string.h>

/* ---- the JSON ---- */

typedef struct members {
    const char *attestation, *manifest, *bundle, *platform; /* JSON; NULL: the honest value; "": left out */
    const char *more;                                       /* after the members */
    const char *after;                                      /* after the object */
    const char *whole;                                      /* instead of everything */
} members;

static span honest_member(const trial *t, const char *name)
{
    span object, value = EMPTY;
    json_read(t->pack->file[PACK_EVIDENCE], &object);
    must(json_member(object, name, &value));
    return value;
}

static void put_member(const trial *t, const char *name, const char *given, writer *out)
{
    if (given && !*given)
        return;
    write_text(out, out->p[out->n - 1] == '{' ? "" : ",");
    json_write_text(out, name);
    write_text(out, ":");
    write_span(out, given ? span_text(given) : honest_member(t, name));
}

static span put_members(const trial *t, const members *m, writer *out)
{
    if (m->whole) {
        write_text(out, m->whole);
        return written(out);
    }
    write_text(out, "{");
    put_member(t, "attestation", m->attestation, out);
    put_member(t, "manifest", m->manifest, out);
    put_member(t, "manifestBundle", m->bundle, out);
    put_member(t, "platform", m->platform, out);
    write_text(out, m->more ? m->more : "");
    write_text(out, "}");
    write_text(out, m->after ? m->after : "");
    must(writer_ok(out));
    return written(out);
}

static void wrong_members(peer_connection *peer)
{
    static uint8_t room[CF_EVIDENCE_MAX];
    writer out = WRITER(room);
    peer_sends_handshake(peer, put_members(peer->t, peer->t->row->with, &out));
}

/* The same four members, otherwise ordered and spaced, with one that nobody knows. */
static void other_order(peer_connection *peer)
{
    static uint8_t room[CF_EVIDENCE_MAX];
    static const char *const names[] = {"platform", "manifestBundle", "attestation", "manifest"};
    writer out = WRITER(room);
    write_text(&out, " {\n\t\"future\" : [ {\"platform\":\"FOO\"} ]");
    for (int i = 0; i < 4; i++) {
        write_text(&out, " ,\r\n ");
        json_write_text(&out, names[i]);
        write_text(&out, " : ");
        write_span(&out, honest_member(peer->t, names[i]));
    }
    write_text(&out, " } ");
    peer_sends_handshake(peer, written(&out));
}

/* `with`: the member that is too long. */
static void long_member(peer_connection *peer)
{
    const bool is_manifest = strcmp(peer->t->row->with, "manifest") == 0;
    static uint8_t room[CF_EVIDENCE_MAX], value[40000];
    writer out = WRITER(room), text = writer_of(value, sizeof value - 1);
    memset(value, 0, sizeof value);
    write_text(&text, "\"");
    while (text.n < 33000)
        write_text(&text, " ");
    write_span(&text, span_from(honest_member(peer->t, peer->t->row->with), 1));
    const char *long_one = (const char *)value;
    const members m = {.manifest = is_manifest ? long_one : NULL, .bundle = is_manifest ? NULL : long_one};
    peer_sends_handshake(peer, put_members(peer->t, &m, &out));
}

/* ---- the attestation's base64 ---- */

typedef enum spelling { UNPADDED, LINES, CUT, LONGER, URL_SAFE, SPARE_BITS } spelling;

static void spelled(peer_connection *peer)
{
    trial *t = peer->t;
    static uint8_t room[CF_EVIDENCE_MAX], text[4096];
    uint8_t report[AT_REPORT + 1] = {0};
    span raw, value = honest_member(t, "attestation");
    writer out = WRITER(room), bytes = WRITER(report), quoted = writer_of(text, sizeof text - 1);
    const spelling how = *(const spelling *)t->row->with;
    must(json_raw(value, &raw) && base64_read(raw, &bytes));
    memset(text, 0, sizeof text);
    write_text(&quoted, "\"");
    if (how == CUT || how == LONGER)
        base64_write(&quoted, span_of(report, how == CUT ? AT_REPORT - 1 : AT_REPORT + 1));
    else if (how == URL_SAFE)
        base64url_write(&quoted, written(&bytes));
    else
        write_span(&quoted, how == UNPADDED ? span_first(raw, raw.n - 1) : raw);
    if (how == LINES)
        write_text(&quoted, "\\n");
    if (how == SPARE_BITS)
        text[quoted.n - 2]++; /* before the padding: bits that no byte holds */
    write_text(&quoted, "\"");
    peer_sends_handshake(peer, put_members(t, &(members){.attestation = (const char *)text}, &out));
}

/* ---- reports that lie ---- */

static const tee_lie *lie_named(const char *name)
{
    const tee_lie *lie = tee_lie_named(name);
    must(lie);
    return lie;
}

/* The pack lies: its evidence is what it says. */
static void shows_the_pack(peer_connection *peer) { peer_sends_handshake(peer, peer->t->pack->file[PACK_EVIDENCE]); }

static void change(tee_scene *s, tee_twist *how)
{
    if (how)
        how(s);
}

static void start_scene(const trial *t, tee_scene *s)
{
    memset(s, 0, sizeof *s);
    s->now = t->run->now;
    s->chip = pack_chip(t->pack);
    s->launch = pack_launch(t->pack);
    t->run->prim->x25519_public(t->pack->enclave_secret, s->report_data);
}

/* The pack's machine and guest, for the pack's own key, honest but for the lie. */
static void make_scene(const trial *t, const tee_lie *lie, tee_scene *s)
{
    start_scene(t, s);
    change(s, lie->chip);
    s->fields = tee_report_fields(&s->chip, &s->launch, s->report_data);
    change(s, lie->fields);
    tee_seal_report(&s->chip, &s->fields, s->report);
    s->evidence.report = span_of(s->report, AT_REPORT);
    change(s, lie->after);
}

static void report_lies(peer_connection *peer)
{
    trial *t = peer->t;
    static tee_scene scene;
    static uint8_t room[CF_EVIDENCE_MAX];
    writer out = WRITER(room);
    make_scene(t, lie_named(t->row->with), &scene);
    pack_write_evidence(t->pack, scene.evidence.report, &out);
    peer_sends_handshake(peer, written(&out));
}

/* Another machine of the same vendor, another guest, another key: each makes good evidence for itself. */
static void other_machine(peer_connection *peer)
{
    trial *t = peer->t;
    static uint8_t room[CF_EVIDENCE_MAX];
    uint8_t report[AT_REPORT], data[AT_REPORT_DATA] = {0}, seed[32];
    writer out = WRITER(room);
    const tee_launch launch = pack_launch(t->pack);
    trial_draw(t, seed, sizeof seed);
    const tee_chip chip = tee_chip_make(AT_MILAN, SPAN(seed));
    t->run->prim->x25519_public(t->pack->enclave_secret, data);
    tee_report(&chip, &launch, data, report);
    pack_write_evidence(t->pack, SPAN(report), &out);
    peer_sends_handshake(peer, written(&out));
}

/* An impostor with a key of its own shows what the honest enclave once showed. */
static void relayed(peer_connection *peer)
{
    uint8_t own[32];
    span message1;
    trial_draw(peer->t, own, sizeof own);
    peer_starts_noise_as(peer, own);
    client_run_reads_message1(peer, &message1);
    peer_sends_handshake(peer, peer->t->pack->file[PACK_EVIDENCE]);
}

/* ---- every byte of what is compared, and two lies at once ---- */

/* One client after another, each with a report of its own; the client has to refuse each. */
typedef void changes_scene(tee_scene *, size_t which);

static void each_is_refused(trial *t, size_t n, changes_scene *before, changes_scene *fields)
{
    static tee_scene scene;
    static uint8_t room[CF_EVIDENCE_MAX];
    for (size_t i = 0; i < n && !t->over && !trial_failed(t); i++) {
        writer out = WRITER(room);
        peer_connection *peer = client_run_before_message2(t);
        start_scene(t, &scene);
        if (before)
            before(&scene, i);
        scene.fields = tee_report_fields(&scene.chip, &scene.launch, scene.report_data);
        if (fields)
            fields(&scene, i);
        tee_seal_report(&scene.chip, &scene.fields, scene.report);
        pack_write_evidence(t->pack, span_of(scene.report, AT_REPORT), &out);
        peer_sends_handshake(peer, written(&out));
        judge_refuses(peer);
        spawn_end(t);
    }
}

static void flip_key_byte(tee_scene *s, size_t i) { s->report_data[i] ^= (uint8_t)(1 << i % 8); }
static void flip_tail_byte(tee_scene *s, size_t i) { s->report_data[32 + i] ^= (uint8_t)(1 << i % 8); }
static void flip_measurement_byte(tee_scene *s, size_t i) { s->launch.measurement[i] ^= (uint8_t)(1 << i % 8); }

/* Each two of these at once: whoever looks at one of them only where the other is right takes both. */
static const char *const lies[] = {"debug",     "migration",     "vmpl-1",        "measurement-other", "family-17",
                                   "version-6", "policy-bit-26", "signing-key-7", "reserved-04c",      "data-other-key"};
enum { LIES = sizeof lies / sizeof *lies, PAIRS = LIES * (LIES - 1) / 2 };

static void tell_both(tee_scene *s, size_t i)
{
    size_t first = 0, left = LIES - 1;
    while (i >= left)
        i -= left--, first++;
    change(s, lie_named(lies[first])->fields);
    change(s, lie_named(lies[first + 1 + i])->fields);
}

/* The same bit of two bytes: differences that cancel out where they are joined by exclusive or. */
static void flip_measurement_pair(tee_scene *s, size_t i)
{
    s->launch.measurement[i] ^= 0x80;
    s->launch.measurement[AT_MEASUREMENT - 1 - 2 * i] ^= 0x80;
}

static void each_measurement_pair(trial *t) { each_is_refused(t, 2, flip_measurement_pair, NULL); }
static void each_key_byte(trial *t) { each_is_refused(t, 32, flip_key_byte, NULL); }
static void each_tail_byte(trial *t) { each_is_refused(t, 32, flip_tail_byte, NULL); }
static void each_measurement_byte(trial *t) { each_is_refused(t, AT_MEASUREMENT, flip_measurement_byte, NULL); }
static void two_lies(trial *t) { each_is_refused(t, PAIRS, NULL, tell_both); }

/* After good evidence, other evidence for the same key. */
static void lie_after_truth(trial *t)
{
    static tee_scene scene;
    static uint8_t room[CF_EVIDENCE_MAX];
    writer out = WRITER(room);
    peer_connection *peer = client_run_asked(t);
    client_run_answers(peer);
    client_run_serves_the_rest(peer);
    spawn_end(t);
    peer = client_run_before_message2(t);
    make_scene(t, lie_named("debug"), &scene);
    pack_write_evidence(t->pack, scene.evidence.report, &out);
    peer_sends_handshake(peer, written(&out));
    judge_refuses(peer);
}

/* The same signed bytes, or the same signature, as in evidence that was good a moment ago. */
static void known_report_changed(trial *t)
{
    static tee_scene scene;
    static uint8_t room[2][CF_EVIDENCE_MAX];
    writer good = WRITER(room[0]), bad = WRITER(room[1]);
    const size_t *at = t->row->with;
    start_scene(t, &scene);
    scene.fields = tee_report_fields(&scene.chip, &scene.launch, scene.report_data);
    tee_seal_report(&scene.chip, &scene.fields, scene.report);
    pack_write_evidence(t->pack, span_of(scene.report, AT_REPORT), &good);
    peer_connection *peer = client_run_before_message2(t);
    peer_sends_handshake(peer, written(&good));
    client_run_serves_the_rest(peer);
    judge(t, VERDICT, spawn_exit(t) == 0, "exit 0 after good evidence", "%s", spawn_ending(t));
    spawn_end(t);
    scene.report[*at] ^= 1;
    pack_write_evidence(t->pack, span_of(scene.report, AT_REPORT), &bad);
    peer = client_run_before_message2(t);
    peer_sends_handshake(peer, written(&bad));
    judge_refuses(peer);
}

/* A key with a zero byte, at which a comparison of strings ends, and a report with another byte behind it. */
static void key_as_text(trial *t)
{
    static tee_scene scene;
    static uint8_t room[CF_EVIDENCE_MAX];
    uint8_t own[32];
    span message1;
    size_t zero = 0;
    writer out = WRITER(room);
    peer_connection *peer = client_run_starts(t);
    start_scene(t, &scene);
    while (!zero) {
        trial_draw(t, own, sizeof own);
        t->run->prim->x25519_public(own, scene.report_data);
        for (size_t i = 1; i < 24 && !zero; i++)
            zero = scene.report_data[i] == 0 ? i : 0;
    }
    peer_starts_noise_as(peer, own);
    client_run_reads_message1(peer, &message1);
    scene.report_data[zero + 1] ^= 1;
    scene.fields = tee_report_fields(&scene.chip, &scene.launch, scene.report_data);
    tee_seal_report(&scene.chip, &scene.fields, scene.report);
    pack_write_evidence(t->pack, span_of(scene.report, AT_REPORT), &out);
    peer_sends_handshake(peer, written(&out));
    judge_refuses(peer);
}

/* What a server learns of a refusal: that it is one. */
static void closes_for_evidence(trial *t)
{
    peer_connection *peer = client_run_before_message2(t);
    peer_sends_handshake(peer, span_text("{}"));
    client_run_serves_the_rest(peer);
    judge_close_of_refusal(peer);
}

/* ---- the rows ---- */

#define BASE .base = "cf.client.sanity.chat"
#define JSON_ROW(slug, text, number, ...)                                                                      \
    CASE(.id = "cf.client.evidence." slug, .says = text, .req = {number, number, [RELEASED] = "CF-033"}, BASE, \
         .start = client_run_before_message2, .act = wrong_members, .end = judge_refuses, .with = GIVEN(members, __VA_ARGS__))
#define LIE(name, text, number)                                                                                        \
    CASE(.id = "at.client.report." name, .says = text, .req = {number " CF-040", number, [RELEASED] = "CF-033"}, BASE, \
         .start = client_run_before_message2, .act = report_lies, .end = judge_refuses, .with = name)
#define BINDING(slug, text, number, lie)                                                                                \
    CASE(.id = "cf.client.binding." slug, .says = text, .req = {number " AT-039", number, [RELEASED] = "CF-033"}, BASE, \
         .start = client_run_before_message2, .act = report_lies, .end = judge_refuses, .with = lie)
#define WORLD(name, text, number)                                                                                            \
    CASE(.id = "at.client.world." name, .says = text, .req = {number, number, [RELEASED] = "CF-033"}, BASE, .needs = "pack", \
         .start = client_run_before_message2, .act = shows_the_pack, .end = judge_refuses, .world = name)
#define COMPARED(name, text, number, run_, ...)                                                                                  \
    CASE(.id = name, .says = text, .req = {number, number, [RELEASED] = "CF-033"}, .base = "cf.client.sanity.chat", .run = run_, \
         .lasts = true, ##__VA_ARGS__)
#define SPELLED(slug, text, how)                                                                                          \
    CASE(.id = "cf.client.evidence." slug, .says = text, .req = {"CF-038", "CF-038 AT-002", [RELEASED] = "CF-033"}, BASE, \
         .start = client_run_before_message2, .act = spelled, .end = judge_refuses, .with = GIVEN(spelling, how))
#define REGISTER                        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define MANIFEST(image, registers)      MANIFEST_OF("\\\"imageVersion\\\":" image ",\\\"proxyVersion\\\":\\\"0.1.14\\\"", registers)
#define MANIFEST_OF(members, registers) "\"{" members ",\\\"tdxMeasurements\\\":" registers "}\""
#define REGISTERS(second)               "{\\\"rtmr1\\\":\\\"" REGISTER "\\\",\\\"rtmr2\\\":\\\"" second "\\\"}"
#define OTHER_DIGITS(of)                of "123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define VERSION                         "\\\"0.1.9\\\""
#define IMAGE                           "\\\"imageVersion\\\":" VERSION

static const case_row rows[] = {
    CASE(.id = "cf.client.evidence.order", .says = "members in another order, spaced, with one that nobody knows",
         .req = {[VERDICT] = "CF-034 CF-035", [RELEASED] = "CF-034"}, .start = client_run_before_message2, .act = other_order,
         .end = judge_finishes),
    JSON_ROW("empty", "no evidence at all", "CF-034", .whole = ""),
    JSON_ROW("no-json", "evidence that is no JSON", "CF-034", .whole = "{\"platform\":\"SEV-SNP\""),
    JSON_ROW("array", "an array", "CF-034", .whole = "[\"SEV-SNP\"]"),
    JSON_ROW("trailing", "a byte after the object", "CF-034", .after = "}"),
    JSON_ROW("platform-twice", "platform stands twice", "CF-034", .more = ",\"platform\":\"SEV-SNP\""),
    JSON_ROW("attestation-twice", "attestation stands twice", "CF-034", .more = ",\"attestation\":\"AA==\""),
    JSON_ROW("bad-utf-8", "a manifest that is not UTF-8", "CF-034", .manifest = "\"\xff\""),
    JSON_ROW("attestation-null", "attestation is null", "CF-035", .attestation = "null"),
    JSON_ROW("attestation-absent", "no attestation", "CF-035", .attestation = ""),
    JSON_ROW("attestation-number", "attestation is a number", "CF-035", .attestation = "7"),
    JSON_ROW("attestation-empty", "attestation is the empty text", "CF-035", .attestation = "\"\""),
    JSON_ROW("manifest-null", "manifest is null", "CF-035", .manifest = "null"),
    JSON_ROW("manifest-absent", "no manifest", "CF-035", .manifest = ""),
    JSON_ROW("manifest-object", "manifest is an object", "CF-035", .manifest = "{}"),
    JSON_ROW("manifest-empty", "manifest is the empty text", "CF-035", .manifest = "\"\""),
    JSON_ROW("bundle-null", "manifestBundle is null", "CF-035", .bundle = "null"),
    JSON_ROW("bundle-absent", "no manifestBundle", "CF-035", .bundle = ""),
    JSON_ROW("bundle-true", "manifestBundle is true", "CF-035", .bundle = "true"),
    JSON_ROW("bundle-empty", "manifestBundle is the empty text", "CF-035", .bundle = "\"\""),
    JSON_ROW("platform-foo", "platform is FOO", "CF-036", .platform = "\"FOO\""),
    JSON_ROW("platform-absent", "no platform", "CF-036", .platform = ""),
    JSON_ROW("platform-number", "platform is a number", "CF-036", .platform = "1"),
    JSON_ROW("platform-lower-case", "platform is sev-snp", "CF-036", .platform = "\"sev-snp\""),
    JSON_ROW("platform-longer", "platform is SEV-SNP2", "CF-036", .platform = "\"SEV-SNP2\""),
    JSON_ROW("platform-blank", "platform is SEV-SNP and a blank", "CF-036", .platform = "\"SEV-SNP \""),
    JSON_ROW("tdx-with-report", "platform TDX over a SEV-SNP report", "AT-201", .platform = "\"TDX\""),
    JSON_ROW("tdx-with-token", "platform TDX with a token that nobody signed", "AT-201", .platform = "\"TDX\"",
             .attestation = "\"eyJhbGciOiJub25lIn0.e30.\""),
    JSON_ROW("snp-with-token", "platform SEV-SNP with a token", "CF-038", .attestation = "\"eyJhbGciOiJQUzM4NCJ9.e30.AAAA\""),
    CASE(.id = "cf.client.evidence.manifest-long", .says = "a manifest of more than 32768 bytes",
         .req = {"CF-037", "CF-037", [RELEASED] = "CF-033"}, BASE, .start = client_run_before_message2, .act = long_member,
         .end = judge_refuses, .with = "manifest"),
    CASE(.id = "cf.client.evidence.bundle-long", .says = "a manifestBundle of more than 32768 bytes",
         .req = {"CF-037", "CF-037", [RELEASED] = "CF-033"}, BASE, .start = client_run_before_message2, .act = long_member,
         .end = judge_refuses, .with = "manifestBundle"),
    SPELLED("base64-unpadded", "the attestation without its padding", UNPADDED),
    SPELLED("base64-lines", "a line feed after the attestation", LINES),
    SPELLED("base64-url-safe", "the attestation in the other alphabet", URL_SAFE),
    SPELLED("report-short", "a report without its last byte", CUT),
    SPELLED("report-long", "a byte after the report", LONGER),
    SPELLED("base64-spare-bits", "bits after the last byte that are not zero", SPARE_BITS),
    JSON_ROW("manifest-no-json", "a manifest that is no JSON", "CF-043", .manifest = "\"imageVersion\""),
    JSON_ROW("manifest-version-number", "imageVersion is a number", "CF-043",
             .manifest = MANIFEST("1", "{\\\"rtmr1\\\":\\\"" REGISTER "\\\",\\\"rtmr2\\\":\\\"" REGISTER "\\\"}")),
    JSON_ROW("manifest-twice", "imageVersion stands twice in the manifest", "CF-043",
             .manifest = MANIFEST_OF(IMAGE "," IMAGE ",\\\"proxyVersion\\\":" VERSION, REGISTERS(REGISTER))),
    JSON_ROW("manifest-no-proxy", "a manifest without proxyVersion", "CF-043", .manifest = MANIFEST_OF(IMAGE, REGISTERS(REGISTER))),
    JSON_ROW("manifest-proxy-number", "proxyVersion is a number", "CF-043",
             .manifest = MANIFEST_OF(IMAGE ",\\\"proxyVersion\\\":7", REGISTERS(REGISTER))),
    JSON_ROW("manifest-capitals", "rtmr2 has a capital digit", "CF-043", .manifest = MANIFEST(VERSION, REGISTERS(OTHER_DIGITS("A")))),
    JSON_ROW("manifest-letters", "rtmr2 has a letter that is no digit", "CF-043",
             .manifest = MANIFEST(VERSION, REGISTERS(OTHER_DIGITS("g")))),
    JSON_ROW("manifest-one-register", "a manifest without rtmr2", "CF-043",
             .manifest = MANIFEST("\\\"0.1.9\\\"", "{\\\"rtmr1\\\":\\\"" REGISTER "\\\"}")),
    JSON_ROW(
        "manifest-short-register", "rtmr2 has 95 digits", "CF-043",
        .manifest = MANIFEST(
            "\\\"0.1.9\\\"",
            "{\\\"rtmr1\\\":\\\"" REGISTER
            "\\\",\\\"rtmr2\\\":\\\"123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\\\"}")),

    CASE(.id = "cf.client.binding.relayed", .says = "an impostor's key, and the evidence of the honest enclave",
         .req = {"CF-041", "CF-041", [RELEASED] = "CF-033"}, BASE, .start = client_run_starts, .act = relayed, .end = judge_refuses),
    CASE(.id = "at.client.report.other-machine", .says = "the report of another machine",
         .req = {"AT-025", "AT-025 AT-029", [RELEASED] = "CF-033"}, BASE, .start = client_run_before_message2, .act = other_machine,
         .end = judge_refuses),
    BINDING("other-key", "the key in the report differs in one bit", "CF-041", "data-other-key"),
    BINDING("zero", "the report names no key", "CF-041", "data-zero"),
    BINDING("reversed", "the key in the report is reversed", "CF-041", "data-reversed"),
    BINDING("second-half", "the key stands in the second half", "CF-041", "data-second-half"),
    CASE(.id = "cf.client.binding.tail", .says = "a byte after the key in the report", .req = {"CF-042", "CF-042", [RELEASED] = "CF-033"},
         BASE, .start = client_run_before_message2, .act = report_lies, .end = judge_refuses, .with = "data-tail"),
    COMPARED("cf.client.binding.each-byte", "each byte of the key in the report changed once", "CF-041", each_key_byte),
    COMPARED("cf.client.binding.each-tail-byte", "each byte after the key set once", "CF-042", each_tail_byte),
    COMPARED("at.client.report.measurement-bytes", "each byte of the measurement changed once", "AT-040", each_measurement_byte),
    COMPARED("at.client.report.measurement-pairs", "the same bit changed in two bytes of the measurement", "AT-040", each_measurement_pair),
    COMPARED("at.client.report.two-lies", "two lies in one report, of which either could hide the other",
             "AT-033 AT-034 AT-036 AT-040 AT-009 AT-003 AT-006 AT-007 AT-032 AT-039 CF-041", two_lies),
    COMPARED("cf.client.binding.text", "the key differs behind a zero byte", "CF-041", key_as_text),
    COMPARED("at.client.report.known-signature", "a byte of the signature changed in a report that was good before", "AT-029",
             known_report_changed, .with = GIVEN(size_t, 0x2a0)),
    COMPARED("at.client.report.known-body", "HOST_DATA changed in a report that was good before", "AT-029", known_report_changed,
             .with = GIVEN(size_t, 0x0c0)),
    COMPARED("at.client.report.after-a-good-one", "a guest that may be debugged, after good evidence for the same key", "AT-033",
             lie_after_truth),
    CASE(.id = "cf.client.close.evidence", .says = "how the client closes for evidence that it refuses",
         .req = {[WIRE] = "CF-032", [VERDICT] = "CF-034"}, .base = "cf.client.sanity.chat", .run = closes_for_evidence),
    LIE("version-6", "VERSION 6", "AT-003"),
    LIE("algorithm-0", "SIGNATURE_ALGO 0", "AT-004"),
    LIE("algorithm-2", "SIGNATURE_ALGO 2", "AT-004"),
    LIE("key-info-bit-5", "an undefined bit of the key information", "AT-005"),
    LIE("signing-key-2", "SIGNING_KEY 2", "AT-006"),
    LIE("signing-key-7", "SIGNING_KEY 7: not signed", "AT-006"),
    LIE("reserved-04c", "a reserved byte at 0x04C", "AT-007"),
    LIE("reserved-18b", "a reserved byte at 0x18B", "AT-007"),
    LIE("reserved-1eb", "a reserved byte at 0x1EB", "AT-007"),
    LIE("v3-mitigations", "version 3 with a mitigation vector", "AT-008"),
    LIE("family-17", "CPUID family 0x17", "AT-009"),
    LIE("model-50", "CPUID model 0x50", "AT-009"),
    LIE("chip-middle", "CHIP_ID differs from the certificate's in the middle", "AT-025"),
    LIE("chip-end", "CHIP_ID differs from the certificate's in its last byte", "AT-025"),
    LIE("chip-masked", "CHIP_ID is zero", "AT-023"),
    LIE("chip-other", "CHIP_ID differs in one bit", "AT-025"),
    LIE("r-padding", "a byte above r is set", "AT-027"),
    LIE("s-padding", "a byte above s is set", "AT-027"),
    LIE("signature-rest", "the byte after s is set", "AT-028"),
    LIE("signature-last", "the report's last byte is set", "AT-028"),
    LIE("host-data-changed", "HOST_DATA changed after signing", "AT-029"),
    LIE("r-zero", "r is zero", "AT-029"),
    LIE("s-zero", "s is zero", "AT-029"),
    LIE("r-order", "r is the order of the group", "AT-029"),
    LIE("big-endian", "r and s in big-endian order", "AT-029"),
    LIE("other-tcb-key", "signed with the key for an older TCB", "AT-029"),
    LIE("policy-bit-17", "POLICY bit 17 clear", "AT-031"),
    LIE("policy-bit-26", "POLICY bit 26 set", "AT-032"),
    LIE("debug", "a guest that may be debugged", "AT-033"),
    LIE("migration", "a guest that may migrate", "AT-034"),
    LIE("vmpl-1", "VMPL 1", "AT-036"),
    LIE("vmpl-host", "a report that the host asked for", "AT-036"),
    LIE("committed-ahead", "COMMITTED_TCB above CURRENT_TCB", "AT-037"),
    LIE("measurement-other", "another guest", "AT-040"),
    LIE("measurement-zero", "a guest that was not measured", "AT-040"),
    WORLD("vek-trailing", "one byte behind the VEK", "AT-010"),
    WORLD("intermediate-trailing", "one byte behind the ASK", "AT-010"),
    WORLD("look-alike-chain", "ASK and VCEK under a foreign root with the same names and key identifiers", "AT-011"),
    WORLD("look-alike-issuer", "VCEK signed by a foreign key, sent with the genuine ASK", "AT-011"),
    WORLD("intermediate-no-ca", "ASK without basic constraints", "AT-011"),
    WORLD("intermediate-no-sign", "ASK whose key usage is digitalSignature", "AT-011"),
    WORLD("vek-expired", "VCEK valid until one second ago", "AT-012"),
    WORLD("vek-early", "VCEK valid from the next second on", "AT-012"),
    WORLD("intermediate-expired", "ASK valid until one second ago", "AT-012"),
    WORLD("root-expired", "ARK valid until one second ago", "AT-012"),
    WORLD("crl-absent", "no revocation list, though the policy asks for one", "AT-013"),
    WORLD("crl-stale", "the list's next update was one second ago", "AT-014"),
    WORLD("crl-early", "the list is of the next second", "AT-014"),
    WORLD("crl-forged", "the list is signed by a foreign key", "AT-014"),
    WORLD("crl-cut", "the list's second half is missing", "AT-014"),
    WORLD("crl-other-line", "the list of the Genoa line", "AT-014"),
    WORLD("intermediate-revoked", "the list names the ASK", "AT-015"),
    WORLD("vek-salt-32", "VCEK signed with a salt of 32 bytes", "AT-016"),
    WORLD("intermediate-salt-32", "ASK signed with a salt of 32 bytes", "AT-016"),
    WORLD("vcek-under-asvk", "VCEK issued by the ASVK", "AT-017"),
    WORLD("vlek-under-ask", "VLEK whose issuer is named as the ASK", "AT-017"),
    WORLD("ask-of-genoa", "the ASK is named after the Genoa line", "AT-017"),
    WORLD("vcek-named-vlek", "SIGNING_KEY 0, and the certificate is named SEV-VLEK", "AT-017"),
    WORLD("vek-renamed", "the certificate is named SEV-VCEK-2", "AT-017"),
    WORLD("tee-absent", "no extension for the TEE component", "AT-019"),
    WORLD("microcode-twice", "two extensions for the microcode", "AT-019"),
    WORLD("hwid-twice", "two hwID extensions", "AT-019"),
    WORLD("product-twice", "two productName extensions", "AT-019"),
    WORLD("cspid-twice", "two cspID extensions", "AT-019"),
    WORLD("tcb-overlong", "the TEE component as 02 02 00 00", "AT-020"),
    WORLD("tcb-trailing", "one byte behind the TEE component", "AT-020"),
    WORLD("tcb-boolean", "the TEE component as a BOOLEAN", "AT-020"),
    WORLD("tcb-empty", "the extension of the TEE component holds nothing", "AT-020"),
    WORLD("tcb-256", "the TEE component is 256", "AT-020"),
    WORLD("product-genoa", "productName Genoa in a chain of the Milan line", "AT-021"),
    WORLD("product-rome", "productName Rome", "AT-021"),
    WORLD("tcb-boot-loader", "the certificate's boot loader is one higher", "AT-022"),
    WORLD("tcb-tee", "the certificate's TEE is one higher", "AT-022"),
    WORLD("tcb-reserved", "the certificate's spl_5 is 1", "AT-022"),
    WORLD("tcb-snp", "the certificate's SNP firmware is one higher", "AT-022"),
    WORLD("tcb-microcode", "the certificate's microcode is one higher", "AT-022"),
    WORLD("tcb-current", "the certificate has CURRENT_TCB, which is ahead of REPORTED_TCB", "AT-022"),
    WORLD("hwid-long", "hwID has 65 bytes", "AT-024"),
    WORLD("provider-other", "cspID is that of another provider", "AT-026"),
    WORLD("line-not-listed", "the policy lists the Turin line only", "AT-035"),
    CASE(.id = "at.client.world.pinned", .says = "a policy that pins whatever it can, and evidence that fits",
         .req = {[VERDICT] = "AT-045 AT-046 AT-047 AT-048 AT-049 AT-050 AT-051 AT-053 AT-054 AT-055 AT-056"}, .needs = "pack",
         .start = client_run_before_message2, .act = shows_the_pack, .end = judge_finishes, .world = "pinned"),
    CASE(.id = "at.client.world.listed", .says = "the same; each value stands between two others in its list of the policy",
         .req = {[VERDICT] = "AT-040 AT-050 AT-051 AT-056"}, .needs = "pack", .start = client_run_before_message2, .act = shows_the_pack,
         .end = judge_finishes, .world = "listed"),
    CASE(.id = "at.client.world.one-second", .says = "certificates and a list that begin and end in the second of the verdict",
         .req = {[VERDICT] = "AT-012 AT-014"}, .needs = "pack", .start = client_run_before_message2, .act = shows_the_pack,
         .end = judge_finishes, .world = "one-second"),
    WORLD("nothing-on-trust", "honest evidence, and a pack that takes nothing on trust and names nobody who may sign", "CF-044"),
    WORLD("venice-50", "CPUID family 0x1A, model 0x50: a line whose layout is not public", "AT-044"),
    WORLD("venice-c7", "CPUID family 0x1A, model 0xC7", "AT-044"),
    WORLD("page-swap", "POLICY without PAGE_SWAP_DISABLE, which the policy requires", "AT-045"),
    WORLD("cxl", "POLICY with CXL_ALLOW, which the policy forbids", "AT-045"),
    WORLD("alias-check", "PLATFORM_INFO without ALIAS_CHECK_COMPLETE, which the policy requires", "AT-046"),
    WORLD("tsme", "PLATFORM_INFO with TSME, which the policy forbids", "AT-046"),
    WORLD("host-data-other", "HOST_DATA differs from the pinned one in its last bit", "AT-047"),
    WORLD("host-data-zero", "HOST_DATA is zero", "AT-047"),
    WORLD("family-other", "FAMILY_ID differs from the pinned one in its last bit", "AT-048"),
    WORLD("family-image", "FAMILY_ID holds the image's identifier", "AT-048"),
    WORLD("image-other", "IMAGE_ID differs from the pinned one in its last bit", "AT-049"),
    WORLD("image-family", "IMAGE_ID holds the family's identifier", "AT-049"),
    WORLD("id-key-other", "ID_KEY_DIGEST differs from the pinned one in its last bit", "AT-050"),
    WORLD("id-key-zero", "ID_KEY_DIGEST is zero, and so is the pinned one", "AT-050"),
    WORLD("author-key-other", "AUTHOR_KEY_DIGEST differs from the pinned one in its last bit", "AT-051"),
    WORLD("author-key-off", "AUTHOR_KEY_EN is clear, the digest is there", "AT-051"),
    WORLD("svn-without-key", "a minimum for GUEST_SVN, and no ID key is pinned", "AT-052"),
    WORLD("svn-high-without-key", "the same, with the highest GUEST_SVN", "AT-052"),
    WORLD("svn-lower", "GUEST_SVN is one below the minimum", "AT-053"),
    WORLD("svn-zero", "GUEST_SVN is zero", "AT-053"),
    WORLD("firmware-build", "the committed build is one below the minimum", "AT-054"),
    WORLD("firmware-minor", "the committed minor version is one below, the build above", "AT-054"),
    WORLD("mitigation-launch", "LAUNCH_MIT_VECTOR has another bit than the required one", "AT-055"),
    WORLD("mitigation-current", "CURRENT_MIT_VECTOR is zero", "AT-055"),
    WORLD("chip-unlisted", "a chip that the policy does not list", "AT-056"),
    WORLD("chips-empty", "the policy's list of chips is empty", "AT-056"),
    WORLD("tcb-floor", "SNP firmware one below the minimum, boot loader one above", "AT-038"),
    WORLD("floor-boot-loader", "the boot loader one below the minimum", "AT-038"),
    WORLD("floor-tee", "the TEE one below the minimum", "AT-038"),
    WORLD("floor-microcode", "the microcode one below the minimum", "AT-038"),
    WORLD("floor-sum", "the TEE one below the minimum, the microcode one above", "AT-038"),
    WORLD("measurement-text", "MEASUREMENT differs behind a zero byte", "AT-040"),
    WORLD("host-data-first", "HOST_DATA differs from the pinned one in its first byte", "AT-047"),
    WORLD("host-data-middle", "HOST_DATA differs from the pinned one in the middle", "AT-047"),
    WORLD("family-first", "FAMILY_ID differs from the pinned one in its first byte", "AT-048"),
    WORLD("family-middle", "FAMILY_ID differs from the pinned one in the middle", "AT-048"),
    WORLD("image-first", "IMAGE_ID differs from the pinned one in its first byte", "AT-049"),
    WORLD("image-middle", "IMAGE_ID differs from the pinned one in the middle", "AT-049"),
    WORLD("id-key-first", "ID_KEY_DIGEST differs from the pinned one in its first byte", "AT-050"),
    WORLD("id-key-middle", "ID_KEY_DIGEST differs from the pinned one in the middle", "AT-050"),
    WORLD("author-key-first", "AUTHOR_KEY_DIGEST differs from the pinned one in its first byte", "AT-051"),
    WORLD("author-key-middle", "AUTHOR_KEY_DIGEST differs from the pinned one in the middle", "AT-051"),
    WORLD("chip-unlisted-middle", "a chip that differs from the listed one in the middle", "AT-056"),
    WORLD("chip-unlisted-end", "a chip that differs from the listed one in its last byte", "AT-056")};

const case_table client_evidence_cases = {rows, sizeof rows / sizeof *rows};
