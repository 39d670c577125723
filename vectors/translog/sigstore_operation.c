#include "big_room.h"
#include "sigstore.h"
#include "sigstore_vectors.h"

#include <string.h>

/* Large, and used by one call at a time. */
static tl_sigstore *storage;

void judge_sigstore(adapter_call *call)
{
    account checks = {0};
    tl_sigstore_world world = {.prim = call->prim};
    tl_signer signer = {.identity = call_text(call, "identity"), .issuer = call_text(call, "issuer")};
    if ((shim_find(&call->request->in, "key") && !call_bytes(call, "key", &signer.key)) || !call_now(call, &world.now))
        return;
    const verdict v = tl_verify_sigstore(BIG_ROOM(storage), &world, &signer, call_text(call, "trusted_root"), call_text(call, "bundle"),
                                         call_text(call, "artifact"), &checks);
    if (call_accepts(call, v))
        shim_put_int(&call->reply->out, "time", storage->n_times ? storage->time[0] : 0);
}

void judge_log_entry(adapter_call *call)
{
    span key;
    account checks = {0};
    tl_sigstore_world world = {.prim = call->prim};
    if (!call_bytes(call, "log_key", &key) || !call_now(call, &world.now))
        return;
    const verdict v = tl_verify_entry(BIG_ROOM(storage), &world, call_text(call, "entry"), key, call_text(call, "artifact"), &checks);
    if (call_accepts(call, v))
        shim_put_int(&call->reply->out, "time", storage->bundle.entry[0].integrated);
}
