#include "signal_run_case.h"

#include <string.h>

static const char *const device_keys[] = {"mode",        "pq",     "coins",   "registration_id", "signed_prekey_id",
                                          "one_time_id", "kem_id", "address", "their_address",   "their_identity"};

/* The bundle's keys in a case, and in a call. */
static const char *const bundle_keys[][2] = {{"bundle_registration_id", "registration_id"},
                                             {"bundle_identity", "identity"},
                                             {"bundle_signed_prekey_id", "signed_prekey_id"},
                                             {"bundle_signed_prekey", "signed_prekey"},
                                             {"bundle_signature", "signature"},
                                             {"bundle_one_time_id", "one_time_id"},
                                             {"bundle_one_time", "one_time"},
                                             {"bundle_kem_id", "kem_id"},
                                             {"bundle_kem", "kem"},
                                             {"bundle_kem_signature", "kem_signature"},
                                             {"started", "now"}};

bool through_device(case_run *run, const vector_case *c)
{
    shim_request_start(&run->request, "rt.device");
    for (size_t i = 0; i < sizeof device_keys / sizeof *device_keys; i++)
        run_put(run, c, device_keys[i], device_keys[i]);
    return run->has_handle = run_step(run) && shim_int(&run->reply.out, "h", &run->handle);
}

void judged_start(case_run *run, const vector_case *c)
{
    shim_put_int(&run->request.in, "h", run->handle);
    for (size_t i = 0; i < sizeof bundle_keys / sizeof *bundle_keys; i++)
        run_put(run, c, bundle_keys[i][0], bundle_keys[i][1]);
}

static bool start(case_run *run, const vector_case *c)
{
    if (!case_value(c, "bundle_identity"))
        return true;
    shim_request_start(&run->request, "rt.start");
    judged_start(run, c);
    return run_step(run);
}

static bool one_call(case_run *run, uint64_t kind, span what)
{
    run_start_request(run, kind ? "rt.receive" : "rt.send");
    if (kind)
        shim_put_int(&run->request.in, "first", kind == 2);
    shim_put_bytes(&run->request.in, kind ? "message" : "text", what);
    return run_step(run);
}

/* The script is kept in the scratch while its calls are made. */
bool through_script(case_run *run, const vector_case *c)
{
    span script = EMPTY;
    if (!through_device(run, c) || !start(run, c))
        return false;
    shim_list values = {0};
    const cJSON *text = case_value(c, "script");
    if (!text)
        return true;
    shim_put_text(&values, "script", span_text(text->valuestring));
    if (!shim_bytes(&values, "script", &run->target->scratch, &script))
        return false;
    reader r = reader_of(script);
    while (r.rest.n) {
        const uint64_t kind = read_be(&r, 1);
        const size_t n = (size_t)read_be(&r, 2);
        if (n > r.rest.n || !one_call(run, kind, read_bytes(&r, n)))
            return false;
    }
    return !r.failed;
}

void judged_send(case_run *run, const vector_case *c)
{
    shim_put_int(&run->request.in, "h", run->handle);
    run_put(run, c, "text", "text");
    run_put(run, c, "now", "now");
}

void judged_receive(case_run *run, const vector_case *c)
{
    shim_put_int(&run->request.in, "h", run->handle);
    run_put(run, c, "first", "first");
    run_put(run, c, "message", "message");
}
