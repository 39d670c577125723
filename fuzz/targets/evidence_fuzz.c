/* The payload of message 2, appraised: whatever it says, the client says nothing when it is refused. */
#include "fuzz_entry.h"
#include "fuzz_session.h"

/* What was accepted is whole, whoever vouches for it. */
static void is_whole(span payload)
{
    static uint8_t room[2 * CF_EVIDENCE_MAX];
    cf_evidence e;
    writer w = WRITER(room);
    must(accepted(cf_read_evidence(payload, &w, NULL, &e)));
    must(e.attestation.n && e.manifest.n && e.bundle.n);                    /* CF-035 */
    must(e.manifest.n <= CF_MANIFEST_MAX && e.bundle.n <= CF_MANIFEST_MAX); /* CF-037 */
    must(e.platform == CF_TDX);                                             /* CF-039 */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static session s;
    static const at_policy nothing; /* refuses every report */
    const cf_policy policy = {.snp = &nothing, .tdx_not_verified = true, .manifest_not_verified = true};
    prim_start();
    session_meet(&s, NULL);
    session_end(&s);
    session_meet(&s, NULL); /* message 2 once more, with the input as its payload */
    s.at_client.policy = &policy;
    s.at_server.evidence = span_of(data, n < CF_EVIDENCE_MAX ? n : CF_EVIDENCE_MAX);
    if (n == 0)
        return 0;
    s.server = (cf_server){.phase = CF_ADMITTED, .subscribed = true};
    cf_client_starts(&s.client, &s.at_client, &s.from_client);
    must(accepted(cf_server_takes_message(&s.server, &s.at_server, cf_record(&s.from_client, 0), &s.from_server)));
    verdict v = cf_client_takes_message(&s.client, &s.at_client, cf_record(&s.from_server, 0), &s.from_client);
    must(accepted(v) == (s.client.phase == CF_OPEN));
    must(accepted(v) == (s.from_client.n_records == 1)); /* CF-033 */
    must(!accepted(v) || s.client.appraisal.not_verified == (CF_TDX_NOT_VERIFIED | CF_MANIFEST_NOT_VERIFIED));
    if (accepted(v))
        is_whole(s.at_server.evidence);
    session_end(&s);
    return 0;
}

#ifdef PARLEY_FUZZ
#include "fuzz_mutate.h"

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t most, unsigned seed)
{
    return seed % 8 ? fuzz_mutate_json(data, n, most, 0, n, seed / 8) : LLVMFuzzerMutate(data, n, most);
}
#endif
