/* One text of a log: a note, a checkpoint, a policy or a verifier key, by the first byte. What is accepted keeps the bounds that the chapter
 * states, and a key that was read is written again as it was. */
#include "fuzz_entry.h"
#include "translog.h"

static void note(span text)
{
    static uint8_t signatures[TL_ROOM], scratch[TL_ROOM];
    static tl_note n;
    tl_key key;
    bool found;
    uint64_t time;
    writer room = WRITER(signatures);
    if (!accepted(tl_read_note(text, &room, &n)))
        return;
    must(n.n_lines >= 1 && n.n_lines <= TL_LINES_MAX); /* TL-011, TL-014 */
    must(n.text.n >= 1 && n.text.p[n.text.n - 1] == '\n');
    key = (tl_key){.name = n.line[0].name, .type = n.line[0].signature.n == 64 ? TL_ED25519 : TL_COSIGNATURE};
    span_take(n.line[0].id, key.id, TL_KEY_ID);
    must(
        !accepted(tl_check_lines(&prim_sodium, &n, &key, WRITER(scratch), &found, &time))); /* TL-018: nobody signs with the key of zeros */
}

static void checkpoint(span text)
{
    tl_checkpoint c;
    if (accepted(tl_read_checkpoint(&prim_sodium, text, span_text("log.example/2026"), &c)))
        must(c.head.size <= INT64_MAX && span_is(c.origin, "log.example/2026")); /* TL-021, TL-022 */
}

static void policy(span text)
{
    static tl_policy p;
    if (!accepted(tl_read_policy(&prim_sodium, text, &p)))
        return;
    must(p.has_log && p.has_quorum && p.n_witnesses <= TL_WITNESSES_MAX && p.n_groups <= TL_GROUPS_MAX);
    for (size_t i = 0; i < p.n_groups; i++)
        must(p.group[i].least >= 1 && p.group[i].least <= p.group[i].n_members); /* TL-028 */
}

static void key(span text)
{
    tl_key k;
    uint8_t room[512];
    writer w = WRITER(room);
    if (!accepted(tl_read_key(&prim_sodium, text, &k)))
        return;
    tl_write_key(&prim_sodium, k.name, k.type, k.key, &w);
    must(span_same(written(&w), text)); /* TL-016, TL-017 */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static void (*const readers[])(span) = {note, checkpoint, policy, key};
    prim_start();
    if (n)
        readers[data[0] % 4](span_of(data + 1, n - 1));
    return 0;
}
