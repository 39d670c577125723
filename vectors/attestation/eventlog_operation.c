/* The operation at.eventlog: the log of a trust domain's firmware against the registers of its quote. */
#include "attestation_vectors.h"
#include "eventlog.h"

#include <string.h>

static const char *const names[AT_RTMRS] = {"rtmr0", "rtmr1", "rtmr2", "rtmr3"};

/* Which events' data are measured, one digit an event. */
static void put_events(adapter_call *call, span bytes)
{
    at_event_log log;
    at_event e;
    bool more = true;
    const size_t most = bytes.n / 16 + 1; /* the least that an event takes */
    uint8_t *room = call_room(call, most);
    if (!room || !accepted(at_event_log_open(call->prim, bytes, &log, NULL)))
        return;
    writer w = writer_of(room, most);
    while (accepted(at_event_log_next(&log, &e, &more, NULL)) && more)
        write_text(&w, e.is_measured ? "1" : "0");
    shim_put_text(&call->reply->out, "measured", written(&w));
}

void at_eventlog_operation(adapter_call *call)
{
    uint8_t quoted[AT_RTMRS][AT_RTMR_BYTES];
    unsigned which = 0;
    span log, value;
    if (!call_bytes(call, "log", &log))
        return;
    for (size_t i = 0; i < AT_RTMRS; i++) {
        if (!call_bytes(call, names[i], &value))
            return;
        if (value.n != 0 && value.n != AT_RTMR_BYTES) {
            call_complain(call, "a register is neither 48 bytes nor empty");
            return;
        }
        which |= value.n ? 1u << i : 0;
        span_take(value, quoted[i], AT_RTMR_BYTES);
    }
    if (call_accepts(call, at_event_log_confirm(call->prim, log, (const uint8_t(*)[AT_RTMR_BYTES])quoted, which, NULL)))
        put_events(call, log);
}
