/* Profile parley1, the client's door: reports of SEV-SNP that are wrong in one respect, signed again by the machine's own key, with everything around
 * them honest. */
#include "cases.h"
#include "client_run.h"
#include "p1_peer.h"
#include "tee_lies.h"

#include <string.h>

static const tee_lie *told;

/* What a twist of the report looks at. */
static tee_scene *scene_of(const p1_scene *c)
{
    static tee_scene scene;
    memset(&scene, 0, sizeof scene);
    scene.chip = c->world.chip;
    scene.launch = c->world.launch;
    memcpy(scene.report_data, c->evidence.report_data, sizeof scene.report_data);
    return &scene;
}

static void change_fields(p1_scene *c)
{
    tee_scene *scene = scene_of(c);
    scene->fields = c->evidence.fields;
    told->fields(scene);
    c->evidence.fields = scene->fields;
}

/* In the message, behind the machine's signature. */
static void change_report(p1_scene *c)
{
    static uint8_t room[sizeof c->attest];
    tee_scene *scene = scene_of(c);
    p1_attest a;
    writer w = WRITER(room);
    must(accepted(p1_read_attest(span_of(c->attest, c->n_attest), &a)));
    span_take(a.row.item[0].evidence, scene->report, sizeof scene->report);
    told->after(scene);
    a.row.item[0].evidence = span_of(scene->report, AT_REPORT);
    p1_write_attest(&a, &w);
    must(writer_ok(&w));
    memcpy(c->attest, room, w.n);
    c->n_attest = w.n;
}

static void run_report(trial *t)
{
    told = tee_lie_named(t->row->with);
    must(told && told->product == AT_MILAN && !told->version);
    const p1_evidence_lie lie = {.stage = told->fields ? P1_AT_EVIDENCE : P1_AT_MESSAGE,
                                 .twist = told->fields ? change_fields : change_report};
    p1_peer *p = p1_enclave_meets(t, NULL);
    p1_enclave_answers_hello(p);
    p1_enclave_attests(p, &lie);
    p1_enclave_serves(p, NULL);
    p1_enclave_sends_out(p);
    judge_refuses(p->peer);
}

#define REPORT(slug, says_, req_)                                                                                          \
    CASE(.id = "p1.client.report." slug, .says = says_, .req = {[VERDICT] = req_, [REASON] = req_, [RELEASED] = "P1-141"}, \
         .needs = "pack", .world = "milan", .base = "p1.client.world.milan", .run = run_report, .with = slug)

static const case_row rows[] = {
    REPORT("version-6", "VERSION 6", "AT-003"),
    REPORT("algorithm-0", "SIGNATURE_ALGO 0", "AT-004"),
    REPORT("key-info-bit-5", "an undefined bit of the key information", "AT-005"),
    REPORT("signing-key-2", "SIGNING_KEY 2", "AT-006"),
    REPORT("signing-key-7", "SIGNING_KEY 7: not signed", "AT-006"),
    REPORT("reserved-04c", "a reserved byte at 0x04C", "AT-007"),
    REPORT("reserved-18b", "a reserved byte at 0x18B", "AT-007"),
    REPORT("v3-mitigations", "version 3 with a mitigation vector", "AT-008"),
    REPORT("family-17", "CPUID family 0x17", "AT-009"),
    REPORT("model-50", "CPUID model 0x50", "AT-009"),
    REPORT("chip-masked", "CHIP_ID is zero", "AT-023"),
    REPORT("chip-other", "CHIP_ID differs from the certificate's in one bit", "AT-025"),
    REPORT("chip-middle", "CHIP_ID differs in the middle", "AT-025"),
    REPORT("chip-end", "CHIP_ID differs in its last byte", "AT-025"),
    REPORT("r-padding", "a byte above r is set", "AT-027"),
    REPORT("s-padding", "a byte above s is set", "AT-027"),
    REPORT("signature-rest", "the byte after s is set", "AT-028"),
    REPORT("signature-last", "the report's last byte is set", "AT-028"),
    REPORT("host-data-changed", "HOST_DATA changed after signing", "AT-029"),
    REPORT("r-zero", "r is zero", "AT-029"),
    REPORT("s-zero", "s is zero", "AT-029"),
    REPORT("r-order", "r is the order of the group", "AT-029"),
    REPORT("big-endian", "r and s in big-endian order", "AT-029"),
    REPORT("other-tcb-key", "signed with the key for an older TCB", "AT-029"),
    REPORT("policy-bit-17", "POLICY bit 17 clear", "AT-031"),
    REPORT("policy-bit-26", "POLICY bit 26 set", "AT-032"),
    REPORT("debug", "a guest that may be debugged", "AT-033"),
    REPORT("migration", "a guest that may migrate", "AT-034"),
    REPORT("vmpl-1", "VMPL 1", "AT-036"),
    REPORT("vmpl-host", "a report that the host asked for", "AT-036"),
    REPORT("measurement-zero", "a guest that was not measured", "AT-040"),
};

const case_table p1_client_reports_cases = {rows, sizeof rows / sizeof *rows};
