#include "signal_run_case.h"

#include <string.h>

#define DEVICE "mode pq coins registration_id signed_prekey_id one_time_id kem_id address their_address their_identity"

bool through_device(case_run *run, const vector_case *c)
{
    shim_request_start(&run->request, "rt.device");
    run_put_inputs(run, c, DEVICE);
    return run->has_handle = run_step(run) && shim_int(&run->reply.out, "h", &run->handle);
}

static bool start(case_run *run, const vector_case *c)
{
    if (!case_value(c, "bundle_identity"))
        return true;
    run_start_request(run, "rt.start");
    run_put_inputs(run, c, SIGNAL_BUNDLE);
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
