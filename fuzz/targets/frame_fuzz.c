/* Frames, one after another, into the assembler: memory stays lent, a complete message is as long as its parts, and what was read is
 * written again as it was when it was canonical. */
#include "confer_server.h"
#include "fuzz_entry.h"

static void keeps_its_bytes(span in, const cf_frame *f, bool canonical)
{
    static uint8_t room[1 << 17];
    writer out = WRITER(room);
    layout_write(&cf_frame_layout, f, &out);
    must(!canonical || span_same(written(&out), in)); /* CF-048 */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static cf_own_storage storage;
    span rest = span_of(data, n), piece, message;
    cf_server none = {0};
    prim_start();
    while (fuzz_piece(&rest, &piece)) {
        cf_frame frame;
        bool canonical, complete = false;
        if (!accepted(layout_read(&cf_frame_layout, piece, &frame, &canonical)))
            continue;
        keeps_its_bytes(piece, &frame, canonical);
        verdict v = cf_assemble(cf_own(&storage), &frame, &complete, &message);
        must(!complete || (accepted(v) && message.n <= CF_MESSAGE_MAX)); /* CF-057 */
        must(!complete || message.n >= frame.payload.v.n);
    }
    cf_server_end(&none, cf_own(&storage));
    return 0;
}
