#include "noise_run_case.h"

enum { MESSAGES_MAX = 3, RECORDS_MAX = 9 };

static bool set_up(case_run *run, const vector_case *c)
{
    shim_request_start(&run->request, "nz.init");
    run_put_inputs(run, c, NOISE_SETUP);
    return run->has_handle = run_step(run) && shim_int(&run->reply.out, "h", &run->handle);
}

static bool one_message(case_run *run, const vector_case *c, const char *op, const char *from, const char *to)
{
    run_start_request(run, op);
    return run_put(run, c, from, to) && run_step(run);
}

static bool one_record(case_run *run, const vector_case *c, bool seals, const char *from)
{
    run_start_request(run, seals ? "nz.seal" : "nz.open");
    shim_put_text(&run->request.in, "ad", EMPTY);
    return run_put(run, c, from, seals ? "pt" : "ct") && run_step(run);
}

/* Message k is one that the target reads when the case has it, one that it writes when the case has only its payload. */
bool through_messages(case_run *run, const vector_case *c)
{
    if (!set_up(run, c))
        return false;
    for (int k = 1; k <= MESSAGES_MAX; k++) {
        const char m[] = {'m', (char)('0' + k), 0}, p[] = {'p', (char)('0' + k), 0};
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

static bool one_export(case_run *run, const vector_case *c)
{
    run_start_request(run, "nz.export");
    shim_put_int(&run->request.in, "n", 32);
    return run_put(run, c, "x", "label") && run_step(run);
}

bool through_records(case_run *run, const vector_case *c)
{
    if (!through_messages(run, c))
        return false;
    for (int k = 1; k <= RECORDS_MAX; k++) {
        const char q[] = {'q', (char)('0' + k), 0}, r[] = {'r', (char)('0' + k), 0};
        const bool seals = case_value(c, q) != NULL, opens = case_value(c, r) != NULL;
        if ((seals || opens) && !one_record(run, c, seals, seals ? q : r))
            return false;
    }
    return !case_value(c, "x") || one_export(run, c);
}

bool record_after_rekey(case_run *run, const vector_case *c)
{
    const bool seals = case_value(c, "pt") != NULL;
    return one_record(run, c, seals, seals ? "pt" : "ct");
}
