/* The Noise rows: from a setup through the messages before the judged one, and through the records before that.
 * Keys: p1, p2, p3 and m1, m2, m3 are the handshake's payloads and messages in order, q1.. records the target seals
 * first, r1.. records it opens first, each in the order of their numbers. */
#include "drive.h"

enum { MESSAGES_MAX = 3, RECORDS_MAX = 9 };

static bool put_handle(drive_run *run)
{
    shim_put_int(&run->request.in, "h", run->handle);
    return true;
}

static void setup_request(drive_run *run, const vector_case *c)
{
    static const char *const keys[] = {"role", "name", "prologue", "s", "e", "rs"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        drive_put(run, c, keys[i], keys[i]);
}

static bool set_up(drive_run *run, const vector_case *c)
{
    shim_request_start(&run->request, "nz.init");
    setup_request(run, c);
    return run->has_handle = drive_step(run) && shim_int(&run->reply.out, "h", &run->handle);
}

static bool one_message(drive_run *run, const vector_case *c, const char *op, const char *from, const char *to)
{
    shim_request_start(&run->request, op);
    put_handle(run);
    return drive_put(run, c, from, to) && drive_step(run);
}

/* Message k is one that the target reads when the case has it, one that it writes when the case has only its payload. */
static bool through_messages(drive_run *run, const vector_case *c)
{
    if (!set_up(run, c))
        return false;
    for (int k = 1; k <= MESSAGES_MAX; k++) {
        char m[] = {'m', (char)('0' + k), 0}, p[] = {'p', (char)('0' + k), 0};
        bool arrived = true;
        if (case_value(c, m))
            arrived = one_message(run, c, "nz.read", m, "msg");
        else if (case_value(c, p))
            arrived = one_message(run, c, "nz.write", p, "payload");
        if (!arrived)
            return false;
    }
    return true;
}

static bool through_records(drive_run *run, const vector_case *c)
{
    if (!through_messages(run, c))
        return false;
    for (int k = 1; k <= RECORDS_MAX; k++) {
        char q[] = {'q', (char)('0' + k), 0}, r[] = {'r', (char)('0' + k), 0};
        bool seals = case_value(c, q) != NULL, opens = case_value(c, r) != NULL;
        if (!seals && !opens)
            continue;
        shim_request_start(&run->request, seals ? "nz.seal" : "nz.open");
        put_handle(run);
        shim_put_text(&run->request.in, "ad", EMPTY);
        if (!drive_put(run, c, seals ? q : r, seals ? "pt" : "ct") || !drive_step(run))
            return false;
    }
    return true;
}

static void judged_with(drive_run *run, const vector_case *c, const char *first, const char *second)
{
    put_handle(run);
    drive_put(run, c, first, first);
    if (second)
        drive_put(run, c, second, second);
}

static void judged_init(drive_run *run, const vector_case *c) { setup_request(run, c); }
static void judged_write(drive_run *run, const vector_case *c) { judged_with(run, c, "payload", NULL); }
static void judged_read(drive_run *run, const vector_case *c) { judged_with(run, c, "msg", NULL); }
static void judged_seal(drive_run *run, const vector_case *c) { judged_with(run, c, "ad", "pt"); }
static void judged_open(drive_run *run, const vector_case *c) { judged_with(run, c, "ad", "ct"); }
static void judged_rekey(drive_run *run, const vector_case *c) { judged_with(run, c, "dir", NULL); }

static void judged_split(drive_run *run, const vector_case *c)
{
    (void)c;
    put_handle(run);
}

/* What a new key changes is the next record in that direction. */
static bool record_after_rekey(drive_run *run, const vector_case *c)
{
    bool seals = case_value(c, "pt") != NULL;
    shim_request_start(&run->request, seals ? "nz.seal" : "nz.open");
    put_handle(run);
    shim_put_text(&run->request.in, "ad", EMPTY);
    return drive_put(run, c, seals ? "pt" : "ct", seals ? "pt" : "ct") && drive_step(run);
}

const drive_row drive_nz_rows[] = {
    {"nz.init", NULL, judged_init, NULL},
    {"nz.write", through_messages, judged_write, NULL},
    {"nz.read", through_messages, judged_read, NULL},
    {"nz.split", through_messages, judged_split, NULL},
    {"nz.seal", through_records, judged_seal, NULL},
    {"nz.open", through_records, judged_open, NULL},
    {"nz.rekey", through_records, judged_rekey, record_after_rekey},
    {NULL, NULL, NULL, NULL},
};
