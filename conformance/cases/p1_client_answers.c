/* Profile parley1, the client's door: records, ready, and the answer. */
#include "cases.h"
#include "client_run.h"
#include "p1_peer.h"

#include <string.h>

#define OK "p1.client.turn.honest"

/* ---- ready ---- */

static void run_ready(trial *t)
{
    p1_peer *p = p1_enclave_before_ready(t);
    p1_enclave_serves(p, NULL);
    p1_peer_says_record(p, t->row->with, "01000102");
    judge_refuses(p->peer);
}

/* ---- the answer ---- */

static void run_reply(trial *t)
{
    p1_peer *p = p1_enclave_opens(t);
    p1_enclave_serves(p, t->row->with);
    judge_refuses(p->peer);
}

/* Pieces without an end, each in order. */
static void run_endless(trial *t)
{
    enum { PIECE = 60000 };
    static const p1_reply begins = {.before = "", .pause = true};
    static uint8_t piece[PIECE], room[PIECE + 64];
    p1_peer *p = p1_enclave_opens(t);
    p1_enclave_serves(p, &begins);
    p1_enclave_serves_until_asked(p);
    memset(piece, 'a', sizeof piece);
    for (uint32_t i = 1; i <= IN_ANSWER_MAX / PIECE + 1 && !t->over && !p->peer->ended; i++) {
        writer w = WRITER(room);
        in_write_chunk(1, i, SPAN(piece), &w);
        p1_peer_says(p, written(&w));
    }
    judge_refuses(p->peer);
}

static void run_close(trial *t)
{
    p1_peer *p = p1_enclave_before_ready(t);
    p1_enclave_serves(p, NULL);
    p1_peer_says_record(p, &(p1_record){.flip = -1}, "01000102");
    client_run_serves_the_rest(p->peer);
    judge_close_of_refusal(p->peer);
}

static void run_good_reply(trial *t)
{
    p1_peer *p = p1_enclave_opens(t);
    p1_enclave_serves(p, t->row->with);
    judge_finishes_with(p->peer, CLIENT_RUN_ANSWER);
}

static void run_message(trial *t)
{
    p1_peer *p = p1_enclave_opens(t);
    p1_enclave_serves(p, NULL);
    p1_peer_says_hex(p, t->row->with);
    judge_refuses(p->peer);
}

#define READY(slug, says_, req_, ...)                                                                                            \
    CASE(.id = "p1.client.ready." slug, .says = says_, .req = {[VERDICT] = req_, [REASON] = req_}, .base = OK, .run = run_ready, \
         .with = GIVEN(p1_record, __VA_ARGS__))
#define RECORD(slug, says_, req_, ...)                                                                                            \
    CASE(.id = "p1.client.record." slug, .says = says_, .req = {[VERDICT] = req_, [REASON] = req_}, .base = OK, .run = run_reply, \
         .with = GIVEN(p1_reply, .record = true, .told = {__VA_ARGS__}))
#define REPLY(slug, says_, req_, ...)                                                                                            \
    CASE(.id = "p1.client.reply." slug, .says = says_, .req = {[VERDICT] = req_, [REASON] = req_}, .base = OK, .run = run_reply, \
         .with = GIVEN(p1_reply, __VA_ARGS__))
#define MESSAGE(slug, says_, req_, hex)                                                                                              \
    CASE(.id = "p1.client.message." slug, .says = says_, .req = {[VERDICT] = req_, [REASON] = req_}, .base = OK, .run = run_message, \
         .with = hex)

static const case_row rows[] = {
    READY("epoch", "a ready of another epoch", "P1-104", .epoch = 1),
    READY("n", "a ready that is the second record of its chain", "P1-105", .skip = 1),
    READY("pn", "a ready behind a record that never was", "P1-106", .pn = 1),
    READY("tag", "a ready whose tag is changed", "P1-109", .flip = -1),
    READY("tag-first", "a ready whose tag is changed in its first byte", "P1-109", .flip = -16),
    READY("tag-middle", "a ready whose tag is changed in its middle", "P1-109", .flip = -8),
    READY("direction", "a ready sealed as the client's", "P1-109", .direction = 1),
    READY("transcript", "a ready sealed over other evidence", "P1-109", .t_bit = 1),
    READY("dh", "a ready under another share", "P1-109", .flip = 1),
    READY("short", "a record of 63 bytes", "P1-103", .cut = 2),
    READY("chunk", "a chunk before ready", "P1-144", .plain = "03000c090000000100000000000161"),
    READY("fill-level-0", "filling in a control record", "P1-123", .filled = 4),
    READY("flags", "an unknown flag", "P1-120", .plain = "11000102"),
    READY("behind", "a byte behind ready", "P1-126", .plain = "0100020200"),
    READY("talk", "a ready as talk", "P1-127", .plain = "03000102"),
    RECORD("n", "a record is left out", "P1-105", .plain = "03000c090000000100000000000161", .skip = 1),
    RECORD("tag", "a record whose tag is changed", "P1-109", .plain = "03000c090000000100000000000161", .flip = -1),
    RECORD("epoch", "a record of an epoch that is not", "P1-104", .plain = "03000c090000000100000000000161", .epoch = 3),
    RECORD("used-0", "a record of nothing", "P1-122", .plain = "030000"),
    RECORD("used-more", "more used than there is", "P1-122", .plain = "03000d090000000100000000000161"),
    RECORD("filling", "filling that is not zeros", "P1-121", .plain = "03000c09000000010000000000016101"),
    RECORD("not-full", "a record that is neither the last nor full", "P1-125", .plain = "02000c090000000100000000000161"),
    RECORD("type-0", "a message of type 0", "P1-127", .plain = "0300020000"),
    RECORD("type-13", "a message of type 13", "P1-127", .plain = "0300020d00"),
    MESSAGE("ready-again", "a second ready", "P1-144", "02"),
    MESSAGE("start", "a start, which is the client's", "P1-127", "0100"),
    MESSAGE("token", "a token, which is the client's", "P1-127", "06000000"),
    MESSAGE("cancel", "a cancel, which is the client's", "P1-127", "0800000001"),
    MESSAGE("attest", "an attest without a step", "P1-156", "0500"),
    REPLY("id", "an answer to another id", "IN-063", .id = 1),
    REPLY("id-65536", "an answer to an id that is right in its lower half", "IN-063", .id = 65536),
    REPLY("seq-256", "chunks that begin with 256", "IN-064", .seq = 256),
    REPLY("com-pair", "a com in which the same bit of two bytes is changed", "IN-078", .com_bit = 1, .com_too = 7),
    CASE(.id = "p1.client.reply.failed-midway", .says = "an error behind the pieces of an answer", .req = {[VERDICT] = "IN-047"},
         .base = OK, .run = run_reply, .with = GIVEN(p1_reply, .code = 6)),
    CASE(.id = "p1.client.reply.endless", .says = "an answer of more than 1048576 bytes",
         .req = {[VERDICT] = "IN-065", [REASON] = "IN-065"}, .base = OK, .run = run_endless),
    CASE(.id = "p1.client.close.record", .says = "how the client closes for a record that it refuses",
         .req = {[VERDICT] = "P1-109", [WIRE] = "P1-001"}, .base = OK, .run = run_close),
    READY("tag-pair", "a ready in whose tag the same bit of two bytes is changed", "P1-109", .flip = -5, .pair = true),
    REPLY("seq-1", "chunks that begin with 1", "IN-064", .seq = 1),
    REPLY("seq-last", "chunks that begin with 2^32 - 1", "IN-064", .seq = -1),
    REPLY("end-seq-more", "an end that counts a chunk more", "IN-066", .end_seq = 1),
    REPLY("end-seq-less", "an end that counts a chunk less", "IN-066", .end_seq = -1),
    REPLY("com", "a com in which one bit is changed", "IN-078", .com_bit = 1),
    REPLY("com-first", "a com in whose first byte a bit is changed", "IN-078", .com_bit = 1, .com_at = 31),
    REPLY("com-middle", "a com in whose middle a bit is changed", "IN-078", .com_bit = 4, .com_at = 15),
    REPLY("com-high", "another bit of it", "IN-078", .com_bit = 0x80),
    REPLY("finish-4", "a finish of 4", "IN-046", .finish = 4),
    REPLY("finish-255", "a finish of 255", "IN-046", .finish = 255),
    REPLY("receipt", "a receipt that was not asked for", "IN-067", .receipt = true),
    REPLY("fill", "a fill at level 0", "IN-105", .fills = 1),
    REPLY("chunk-empty", "a chunk without a byte", "P1-128", .instead = "090000000100000000"),
    REPLY("chunk-of-none", "a chunk that says it brings no byte", "IN-039", .instead = "0900000001000000000000ff"),
    REPLY("chunk-short", "a chunk with less than it says", "IN-039", .instead = "0900000001000000000002ff"),
    REPLY("end-short", "an end that ends early", "IN-040", .instead = "0a00000001000000000000000001"),
    REPLY("error-7", "an error with code 7", "IN-047", .instead = "0b0000000107"),
    REPLY("error-0", "an error with code 0", "IN-047", .instead = "0b0000000100"),
    REPLY("error-id", "an error for another id", "IN-063", .instead = "0b0000000901"),
    REPLY("error-long", "a byte behind an error", "P1-126", .instead = "0b000000010100"),
    REPLY("cut", "the connection ends after the first piece", "IN-066", .cut = true),
    REPLY("no-end", "the connection ends behind all pieces", "IN-066", .no_end = true),
    CASE(.id = "p1.client.reply.failed", .says = "an error in the place of the answer", .req = {[VERDICT] = "IN-047"}, .base = OK,
         .run = run_reply, .with = GIVEN(p1_reply, .instead = "0b0000000106")),
    CASE(.id = "p1.client.reply.cancelled", .says = "an answer that ends as cancelled", .req = {[VERDICT] = "IN-046"},
         .run = run_good_reply, .with = GIVEN(p1_reply, .finish = 3)),
    CASE(.id = "p1.client.reply.length", .says = "an answer that ends at its limit", .req = {[VERDICT] = "IN-046"}, .run = run_good_reply,
         .with = GIVEN(p1_reply, .finish = 1)),
};

const case_table p1_client_answers_cases = {rows, sizeof rows / sizeof *rows};
