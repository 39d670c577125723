#include "signal_message.h"

#include <string.h>

/* ---- 2. Encodings ---- */

enum { TYPE_X25519 = 0x05, TYPE_KYBER1024 = 0x08 };

void sg_write_point(writer *w, const uint8_t u[32])
{
    write_be(w, EMIT_OR(SG_001, TYPE_X25519, 0), 1);
    write_span(w, span_of(u, 32));
}

/* The deployed library ignores what stands behind a key. */
verdict sg_read_point(rt_mode mode, span encoded, uint8_t u[32])
{
    reader r = reader_of(encoded);
    const uint64_t type = read_be(&r, 1);
    span_take(read_bytes(&r, 32), u, 32);
    REQUIRE(!r.failed && type == TYPE_X25519, SG_002);
    REQUIRE(mode == RT_COMPAT || r.rest.n == 0, SG_003);
    return ACCEPT;
}

static bool is_kem(pb_bytes f) { return f.v.n == SG_KEM_KEY && f.v.p[0] == TYPE_KYBER1024; }

/* ---- 3. Messages ---- */

static const field inner_rows[] = {
    ROW_PB(sg_inner, ratchet_key, 1, PB_BYTES), ROW_PB(sg_inner, counter, 2, PB_UINT32),   ROW_PB(sg_inner, previous_counter, 3, PB_UINT32),
    ROW_PB(sg_inner, ciphertext, 4, PB_BYTES),  ROW_PB(sg_inner, pq_ratchet, 5, PB_BYTES), ROW_PB(sg_inner, addresses, 6, PB_BYTES),
};
static const field outer_rows[] = {
    ROW_PB(sg_outer, pre_key_id, 1, PB_UINT32),       ROW_PB(sg_outer, base_key, 2, PB_BYTES),
    ROW_PB(sg_outer, identity_key, 3, PB_BYTES),      ROW_PB(sg_outer, message, 4, PB_BYTES),
    ROW_PB(sg_outer, registration_id, 5, PB_UINT32),  ROW_PB(sg_outer, signed_pre_key_id, 6, PB_UINT32),
    ROW_PB(sg_outer, kyber_pre_key_id, 7, PB_UINT32), ROW_PB(sg_outer, kyber_ciphertext, 8, PB_BYTES),
};
const layout sg_inner_layout = LAYOUT("message", LAYOUT_PROTOBUF, sg_inner, inner_rows, SG_004);
const layout sg_outer_layout = LAYOUT("first_message", LAYOUT_PROTOBUF, sg_outer, outer_rows, SG_010);

verdict sg_read_inner(rt_mode mode, span body, sg_inner *m)
{
    bool canonical;
    TRY(layout_read(&sg_inner_layout, body, m, &canonical));
    REQUIRE(mode == RT_COMPAT || canonical, SG_005);
    REQUIRE(m->counter.has, SG_007);
    return ACCEPT;
}

verdict sg_read_outer(rt_mode mode, unsigned version, span body, sg_outer *m)
{
    bool canonical;
    TRY(layout_read(&sg_outer_layout, body, m, &canonical));
    REQUIRE(mode == RT_COMPAT || canonical, SG_011);
    REQUIRE(m->signed_pre_key_id.has, SG_015);
    REQUIRE(version != 4 || m->kyber_pre_key_id.has, SG_016);
    REQUIRE(version != 4 || is_kem(m->kyber_ciphertext), SG_017);
    return ACCEPT;
}
