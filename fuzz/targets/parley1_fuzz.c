/* What profile parley1 reads of a peer: an offer, an attest, claims, a manifest, a statement, a boot record, a record's plaintext, by the first byte.
 * What is accepted keeps the bounds that the profile states, and is written again as it was. */
#include "fuzz_entry.h"
#include "parley1_evidence.h"
#include "parley1_record.h"

static uint8_t again[1 << 20];

static void offer(span bytes)
{
    p1_offer o;
    if (accepted(p1_read_offer(bytes, &o)))
        must(o.n_versions >= 1 && o.n_versions <= P1_VERSIONS_MAX && p1_is_name(o.name)); /* P1-012, P1-013 */
}

static void attest(span bytes)
{
    p1_attest a;
    writer w = WRITER(again);
    if (!accepted(p1_read_attest(bytes, &a)))
        return;
    p1_write_attest(&a, &w);
    must(span_same(written(&w), bytes)); /* P1-080 */
}

static void claims(span bytes)
{
    p1_claims c;
    if (!accepted(p1_read_claims(bytes, &c)))
        return;
    must(c.n_names >= 1 && c.n_versions >= 1 && c.levels && !(c.levels & 2) && c.tick >= 5 && c.tick <= 1000); /* P1-082 */
    for (size_t i = 0; i < c.n_names; i++)
        must(p1_is_name(c.name[i]));
}

static void manifest(span bytes)
{
    p1_manifest m;
    if (accepted(p1_read_manifest(bytes, &m)))
        must(m.n_snp >= 1 && m.n_snp <= P1_MEASUREMENTS_MAX); /* P1-083 */
}

static void statement(span bytes)
{
    p1_statement s;
    if (!accepted(p1_read_statement(bytes, &s)))
        return;
    must(s.n_devices >= 1 && s.n_devices <= P1_ITEMS_MAX && p1_is_name(s.name)); /* P1-084 */
    must(s.signed_part.n + P1_SIGNATURE == bytes.n);
}

static void boot(span bytes)
{
    p1_boot b;
    writer w = WRITER(again);
    if (!accepted(p1_read_boot(bytes, &b)))
        return;
    write_span(&w, b.nonce);
    p1_write_row(&b.row, &w);
    must(span_same(written(&w), bytes)); /* P1-043 */
}

static void plain(span bytes)
{
    p1_plain p;
    writer w = WRITER(again);
    const unsigned level = bytes.n ? bytes.p[0] & 3 : 0;
    if (!accepted(p1_read_plain(span_from(bytes, 1), level, &p)))
        return;
    p1_write_plain(&p, level, &w);
    must(span_same(written(&w), span_from(bytes, 1))); /* P1-120 to P1-124 */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static void (*const readers[])(span) = {offer, attest, claims, manifest, statement, boot, plain};
    prim_start();
    if (n)
        readers[data[0] % 7](span_of(data + 1, n - 1));
    return 0;
}
