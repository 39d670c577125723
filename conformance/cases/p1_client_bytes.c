/* Profile parley1, the client's door: values that a client compares, with one byte of them changed: the first, the last, and one between that the
 * run draws. All below is signed and bound again, so that nothing else is wrong. */
#include "cases.h"
#include "client_run.h"
#include "p1_peer.h"

#include <string.h>

typedef enum compared { REPORT_DATA, MEASUREMENT, STATED_S, STATED_CLAIMS, STATED_BOOT, STATED_DEVICE } compared;
enum { FIRST = 0, MIDDLE = -1, LAST = -2, PAIR = -3 };

typedef struct changed {
    compared value;
    int at;
} changed;

static compared changed_value;
static size_t changed_at, changed_too; /* too: so far from there the same bit once more; 0: no other */

static const size_t size_of[] = {P1_REPORT_DATA, P1_MEASUREMENT, 32, P1_DIGEST, P1_DIGEST, P1_DEVICE_MAX};

static void change_evidence(p1_scene *c)
{
    static uint8_t room[P1_REPORT_DATA];
    span *held = changed_value == REPORT_DATA ? &c->evidence.fields.report_data : &c->evidence.fields.measurement;
    span_take(*held, room, sizeof room);
    room[changed_at] ^= 1;
    room[changed_at + changed_too] ^= changed_too > 0;
    *held = span_of(room, held->n);
}

/* ... s || q || claims || boot || from || to || signature */
static void change_statement(p1_scene *c)
{
    const size_t behind = P1_SIGNATURE + 8 + 8 + P1_DIGEST * (changed_value == STATED_BOOT ? 1 : changed_value == STATED_CLAIMS ? 2 : 4);
    c->world.statement[c->world.n_statement - behind + changed_at] ^= 1;
    c->world.statement[c->world.n_statement - behind + changed_at + changed_too] ^= changed_too > 0;
    p1_scene_signs_statement(c);
}

static void change_device(p1_scene *c)
{
    c->world.chip.hw_id[changed_at] ^= 1;
    c->world.chip.hw_id[changed_at + changed_too] ^= changed_too > 0;
}

static size_t place_of(trial *t, const changed *d)
{
    uint8_t drawn;
    const size_t n = size_of[d->value];
    trial_draw(t, &drawn, 1);
    return d->at == FIRST ? 0 : d->at == LAST ? n - 1 : 8 + drawn % (n - 16);
}

static void run_changed(trial *t)
{
    const changed *d = t->row->with;
    changed_value = d->value;
    changed_at = place_of(t, d);
    changed_too = d->at == PAIR ? 5 : 0;
    const p1_evidence_lie lie = {.stage = d->value == STATED_DEVICE ? P1_AT_STATEMENT : P1_AT_EVIDENCE,
                                 .twist = d->value == STATED_DEVICE                            ? change_device
                                          : d->value == REPORT_DATA || d->value == MEASUREMENT ? change_evidence
                                                                                               : change_statement};
    p1_peer *p = p1_enclave_meets(t, &lie);
    p1_enclave_answers_hello(p);
    p1_enclave_attests(p, &lie);
    p1_enclave_serves(p, NULL);
    p1_enclave_sends_out(p);
    judge_refuses(p->peer);
}

#define CHANGED(slug, says_, req_, field_, at_)                                                                          \
    CASE(.id = "p1.client.byte." slug, .says = says_, .req = {[VERDICT] = req_, [REASON] = req_, [RELEASED] = "P1-141"}, \
         .base = "p1.client.turn.honest", .run = run_changed, .with = GIVEN(changed, field_, at_))
#define BYTES(slug, what, req_, field_)                                      \
    CHANGED(slug "-first", "the first byte of " what, req_, field_, FIRST),  \
        CHANGED(slug "-middle", "a byte of " what, req_, field_, MIDDLE),    \
        CHANGED(slug "-last", "the last byte of " what, req_, field_, LAST), \
        CHANGED(slug "-pair", "the same bit in two bytes of " what, req_, field_, PAIR)

static const case_row rows[] = {
    BYTES("report-data", "the report data", "AT-039", REPORT_DATA),
    BYTES("measurement", "the measurement", "AT-040", MEASUREMENT),
    BYTES("s", "the statement's s", "P1-099", STATED_S),
    BYTES("claims", "the statement's digest of the claims", "P1-050", STATED_CLAIMS),
    BYTES("boot", "the statement's digest of the boot record", "P1-051", STATED_BOOT),
    BYTES("device", "the statement's device", "P1-058", STATED_DEVICE),
};

const case_table p1_client_bytes_cases = {rows, sizeof rows / sizeof *rows};
