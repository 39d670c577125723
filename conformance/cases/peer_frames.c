/* The scripted peer's frames: honest ones in an order of the case's choosing, and such as no honest peer sends. */
#include "peer_connection.h"

#include <string.h>

void peer_sends_frame(peer_connection *peer, const cf_frame *f)
{
    peer_seals_frame(peer, f);
    peer_flushes(peer);
}

void peer_sends_chunk(peer_connection *peer, uint64_t id, uint64_t index, uint64_t total, span message)
{
    const size_t n = (message.n + total - 1) / total;
    const pb_bytes chunk = {true, span_first(span_from(message, index * n), n)};
    peer_sends_frame(peer, &(cf_frame){number_field(id), number_field(index), number_field(total), chunk});
}

static pb_int field_of(int64_t n) { return (pb_int){n != ABSENT, (uint64_t)n}; }

void peer_sends_numbered_frames(peer_connection *peer, const frame_numbers *list, span payload)
{
    for (const frame_numbers *f = list; f->id; f++)
        peer_seals_frame(peer, &(cf_frame){field_of(f->id), field_of(f->index), field_of(f->total), {true, payload}});
    peer_flushes(peer);
}

void peer_sends_sealed_hex(peer_connection *peer, const char *hex)
{
    uint8_t room[256];
    writer w = WRITER(room);
    must(read_hex(span_text(hex), &w));
    peer_seals_bytes(peer, written(&w));
    peer_flushes(peer);
}

void peer_begins_messages(peer_connection *peer, uint64_t n)
{
    for (uint64_t i = 1; i <= n && !peer->ended; i++) {
        peer_sends_frame(peer, &(cf_frame){number_field(i), number_field(0), number_field(2), text_field("never finished")});
        if (i % 16 == 0)
            trial_runs(peer->t); /* so that an end is noticed, and nothing piles up here */
    }
}

void peer_sends_too_long(peer_connection *peer)
{
    static uint8_t zeros[CF_PAYLOAD_MAX];
    for (uint64_t i = 0; i < 18; i++)
        peer_sends_frame(peer, &(cf_frame){number_field(9), number_field(i), number_field(20), {true, SPAN(zeros)}});
}

void peer_sends_framed_by_hand(peer_connection *peer, const char *form, span payload)
{
    static uint8_t room[CF_RECORD_MAX];
    writer w = WRITER(room);
    const size_t bar = strcspn(form, "|");
    must(read_hex(span_first(span_text(form), bar), &w));
    write_be(&w, 0x22, 1);
    write_varint(&w, payload.n);
    write_span(&w, payload);
    must(read_hex(span_text(form + bar + 1), &w));
    peer_seals_bytes(peer, written(&w));
    peer_flushes(peer);
}

/* Of 64 random bits neither half stays the same, and they don't count. */
void judge_random_ids(trial *t, const uint64_t *ids, size_t n)
{
    bool upper = false, lower = false, steps = false, fresh = true;
    for (size_t i = 1; i < n; i++) {
        upper |= ids[i] >> 32 != ids[0] >> 32;
        lower |= (uint32_t)ids[i] != (uint32_t)ids[0];
        steps |= ids[i] - ids[i - 1] != ids[1] - ids[0];
        for (size_t k = 0; k < i; k++)
            fresh &= ids[i] != ids[k];
    }
    judge(t, VERDICT, fresh, "another chunk_id for each message", "one that came before");
    judge(t, VERDICT, upper && lower && steps, "64 random bits", !steps ? "numbers that count" : "numbers of which a half stays the same");
}
