/* Profile parley1, the server's door: records and control messages. */
#include "cases.h"
#include "no_memory.h"
#include "p1_peer.h"

#include <stdlib.h>
#include <string.h>

#define OK "p1.server.turn.level-0"

/* ---- the first record ---- */

static void tell(p1_peer *p, const p1_record *r)
{
    p1_peer_says_record(p, r, "0100020100");
    p1_judge_refused(p);
}

static void run_first(trial *t)
{
    p1_peer *p = p1_peer_verifies(t, 0);
    tell(p, t->row->with);
}

/* The same where a session is open: the second record of the chain, or of a new one. */
static void run_later(trial *t)
{
    p1_peer *p = p1_peer_admitted(t, 0);
    tell(p, t->row->with);
}

#define FIRST(slug, says_, req_, ...)                                                                                                \
    CASE(.id = "p1.server.start." slug, .says = says_, .req = {[VERDICT] = req_, [REASON] = "P1-001"}, .base = OK, .run = run_first, \
         .with = GIVEN(p1_record, __VA_ARGS__))
#define LATER(slug, says_, req_, ...)                                                                                                 \
    CASE(.id = "p1.server.record." slug, .says = says_, .req = {[VERDICT] = req_, [REASON] = "P1-001"}, .base = OK, .run = run_later, \
         .with = GIVEN(p1_record, __VA_ARGS__))

/* A record with a whole request, to which nothing else can be said. */
#define ZEROS_16 "00000000000000000000000000000000"
#define ASKS                                            \
    "030047"                                            \
    "0700000001"                                        \
    "00" ZEROS_16 ZEROS_16 "00000013" ZEROS_16 "000000" \
    "0000"                                              \
    "0001"                                              \
    "01"                                                \
    "00000001"                                          \
    "61"

/* Each byte of a tag in turn. */
static void run_tag_bytes(trial *t)
{
    for (int i = 1; i <= PRIM_TAG && !t->over && !trial_failed(t); i++)
        tell(p1_peer_verifies(t, 0), &(p1_record){.flip = -i});
}

/* The same bit of two neighbours: differences that cancel out where they are joined by exclusive or. */
static void run_tag_pairs(trial *t)
{
    for (int i = 2; i <= PRIM_TAG && !t->over && !trial_failed(t); i++)
        tell(p1_peer_verifies(t, 0), &(p1_record){.flip = -i, .pair = true});
}

/* The very bytes that were taken before. */
static void run_replayed(trial *t)
{
    uint8_t plain[1024];
    p1_peer *p = p1_peer_admitted(t, 0);
    writer record = writer_of(p->bytes, P1_PEER_ROOM), w = WRITER(plain);
    p1_peer_asks(p, &(p1_question){0});
    p1_judge_answered(p);
    must(read_hex(span_text("0300050800000001"), &w));
    p1_peer_seals(p, written(&w), NULL, &record);
    for (int i = 0; i < 2 && !t->over; i++)
        peer_sends(p->peer, written(&record));
    p1_judge_refused(p);
}

/* Whoever has taken a new share makes one of its own. */
static void run_new_share(trial *t)
{
    uint8_t before[32];
    p1_peer *p = p1_peer_admitted(t, 0);
    for (uint32_t i = 1; i <= 3 && !t->over; i++) {
        memcpy(before, p->ratchet->theirs, sizeof before);
        p1_peer_asks(p, &(p1_question){.id = i});
        p1_judge_answered(p);
        if (!t->over)
            judge(t, VERDICT, !bytes_equal(before, p->ratchet->theirs, sizeof before), "an answer under a new share", "the one before");
    }
}

/* ---- messages in a session ---- */

/* Hex of messages, one space between; said one after another in an open session, before or behind a token. */
typedef struct talk {
    const char *says;
    unsigned level;
    bool no_token, as_control, as_talk;
} talk;

static void say_as(p1_peer *p, span message, const talk *d)
{
    if (d->as_control || d->as_talk)
        p1_peer_says_parts(p, message, d->as_talk, 0, SIZE_MAX / 2);
    else
        p1_peer_says(p, message);
}

static void say_all(p1_peer *p, const talk *d)
{
    const char *rest = d->says, *word;
    for (size_t n; next_word(&rest, &word, &n);) {
        uint8_t room[2048];
        writer w = WRITER(room);
        must(read_hex(span_of(word, n), &w));
        say_as(p, written(&w), d);
    }
}

static void run_message(trial *t)
{
    const talk *d = t->row->with;
    p1_peer *p = d->no_token ? p1_peer_starts(t, d->level) : p1_peer_admitted(t, d->level);
    say_all(p, d);
    p1_judge_refused(p);
}

#define MESSAGE(slug, says_, req_, ...)                                                                                                  \
    CASE(.id = "p1.server.message." slug, .says = says_, .req = {[VERDICT] = req_, [REASON] = "P1-001"}, .base = OK, .run = run_message, \
         .with = GIVEN(talk, __VA_ARGS__))

/* A whole request in two records, of which the first has room left. */
static void run_not_full(trial *t)
{
    p1_peer *p = p1_peer_admitted(t, 0);
    const span request = p1_peer_question(p, &(p1_question){0});
    for (unsigned i = 0; i < 2 && !t->over; i++) {
        uint8_t room[1024];
        writer w = WRITER(room);
        const span part = i ? span_from(request, 10) : span_first(request, 10);
        write_be(&w, i ? P1_LAST | P1_TALK : P1_TALK, 1);
        write_be(&w, part.n, 2);
        write_span(&w, part);
        p1_peer_says_plain(p, written(&w));
    }
    p1_judge_refused(p);
}

static void run_request_first(trial *t)
{
    p1_peer *p = p1_peer_starts(t, 0);
    p1_peer_asks(p, &(p1_question){0});
    p1_judge_refused(p);
}

static void run_long_token(trial *t)
{
    p1_peer *p = p1_peer_starts(t, 0);
    uint8_t token[4 + 4097] = {P1_TOKEN, 1, 4097 >> 8, 4097 & 0xff};
    p1_peer_says(p, SPAN(token));
    p1_judge_refused(p);
}

static void run_cut_message(trial *t)
{
    p1_peer *p = p1_peer_admitted(t, 0);
    static uint8_t request[65472 + 10] = {P1_REQUEST};
    p1_peer_says_parts(p, SPAN(request), true, 0, 1);
    p1_peer_says_hex(p, "08000000");
    p1_judge_refused(p);
}

static void run_long_message(trial *t)
{
    p1_peer *p = p1_peer_admitted(t, 0);
    uint8_t *request = calloc(1, P1_MESSAGE_MAX + 1);
    needs_memory(request);
    request[0] = P1_REQUEST;
    p1_peer_says(p, span_of(request, P1_MESSAGE_MAX + 1));
    free(request);
    p1_judge_refused(p);
}

static const case_row rows[] = {
    FIRST("epoch-1", "a start of epoch 1", "P1-104", .epoch = 1),
    FIRST("n-1", "a start that is the second record of its chain", "P1-105", .skip = 1),
    FIRST("pn-1", "a start behind a record that never was", "P1-106", .pn = 1),
    FIRST("tag", "a start whose tag is changed", "P1-109", .flip = -1),
    FIRST("sealed", "a start whose sealed bytes are changed", "P1-109", .flip = 45),
    FIRST("dh", "a start under another share than it was sealed with", "P1-109", .flip = 1),
    FIRST("direction", "a start sealed as a record of the enclave", "P1-109 P1-110", .direction = 1),
    FIRST("transcript", "a start sealed over other evidence", "P1-109 P1-111", .t_bit = 1),
    FIRST("token", "a token in the place of start", "P1-143", .plain = "01000406000000"),
    FIRST("cancel", "a cancel in the place of start", "P1-143", .plain = ASKS),
    FIRST("not-last", "a start that is not whole", "P1-125", .plain = "00000101"),
    FIRST("level-1", "a start at level 1", "P1-145", .plain = "0100020101"),
    FIRST("level-4", "a start at level 4", "P1-145", .plain = "0100020104"),
    FIRST("level-255", "a start at level 255", "P1-145", .plain = "01000201ff"),
    FIRST("no-level", "a start without its level", "P1-128", .plain = "01000101"),
    FIRST("behind", "a start with a byte behind its level", "P1-126", .plain = "010003010000"),
    FIRST("flags-4", "an unknown flag", "P1-120", .plain = "0500020100"),
    FIRST("used-0", "nothing used", "P1-122", .plain = "010000"),
    FIRST("used-more", "more used than there is", "P1-122", .plain = "0100030100"),
    FIRST("filling", "zeros behind a control message", "P1-123", .filled = 8),
    FIRST("filling-ones", "filling that is not zeros", "P1-121", .plain = "0100020100000001"),
    FIRST("talk", "a start as talk", "P1-127", .plain = "0300020100"),
    FIRST("short", "a record of 63 bytes", "P1-103", .cut = 2),
    FIRST("empty", "an empty record", "P1-103", .cut = 65),
    FIRST("long", "a record of 65536 bytes", "P1-103", .size = 65536),
    LATER("epoch", "a record of the next epoch before there is one", "P1-157", .plain = ASKS, .epoch = 1),
    LATER("epoch-2", "a record of the epoch behind the next", "P1-104", .plain = ASKS, .epoch = 2),
    LATER("n-ahead", "a number that leaves one out, sealed with the next key", "P1-105", .plain = ASKS, .n = 1),
    LATER("n-far", "a number far ahead, sealed with the next key", "P1-105", .plain = ASKS, .n = 1000),
    LATER("gap", "a record is left out", "P1-105", .plain = ASKS, .skip = 1),
    LATER("tag", "a record whose tag is changed", "P1-109", .plain = ASKS, .flip = -1),
    LATER("pn", "a header that counts another chain", "P1-106 P1-109", .plain = ASKS, .flip = 36),
    LATER("n", "a header with another number", "P1-105 P1-109", .plain = ASKS, .flip = 40),
    LATER("direction", "a record sealed as the enclave's", "P1-109 P1-110", .plain = ASKS, .direction = 1),
    LATER("transcript", "a record sealed over other evidence", "P1-109 P1-111", .plain = ASKS, .t_bit = 1),
    CASE(.id = "p1.server.record.tag-bytes", .says = "each byte of a tag is changed in turn",
         .req = {[VERDICT] = "P1-109", [REASON] = "P1-001"}, .base = OK, .run = run_tag_bytes),
    CASE(.id = "p1.server.record.tag-pairs", .says = "the same bit changed in two bytes of a tag",
         .req = {[VERDICT] = "P1-109", [REASON] = "P1-001"}, .base = OK, .run = run_tag_pairs),
    LATER("epoch-2-8", "a record whose epoch is 256", "P1-104", .plain = ASKS, .epoch = 256),
    LATER("epoch-2-16", "a record whose epoch is 65536", "P1-104", .plain = ASKS, .epoch = 65536),
    CASE(.id = "p1.server.record.replayed", .says = "a record that was taken before", .req = {[VERDICT] = "P1-105", [REASON] = "P1-001"},
         .base = OK, .run = run_replayed),
    CASE(.id = "p1.server.record.new-share", .says = "three turns, each answered under a new share", .req = {[VERDICT] = "P1-114"},
         .run = run_new_share),
    LATER("type-0", "a message of type 0", "P1-127", .plain = "0300020000"),
    LATER("type-13", "a message of type 13", "P1-127", .plain = "0300020d00"),
    LATER("used-0", "a record of nothing", "P1-122", .plain = "030000"),
    MESSAGE("start-again", "a start in the middle of an epoch", "P1-146", .says = "0100"),
    MESSAGE("ready", "a ready, which is the enclave's", "P1-127", .says = "02"),
    MESSAGE("reply", "a chunk, which is the enclave's", "P1-127", .says = "090000000100000000000161"),
    MESSAGE("error", "an error, which is the enclave's", "P1-127", .says = "0b0000000101"),
    MESSAGE("token-again", "a second token", "P1-148", .says = "06000000"),
    MESSAGE("cancel-first", "a cancel before the token", "P1-147", .says = "0800000001", .no_token = true),
    MESSAGE("fill-first", "a fill before the token", "P1-147", .says = "0c", .no_token = true, .level = 2),
    MESSAGE("token-kind-2", "a token of kind 2", "P1-149", .says = "06020000", .no_token = true),
    MESSAGE("token-kind-0-byte", "a token of kind 0 with a byte", "P1-149", .says = "0600000161", .no_token = true),
    MESSAGE("token-empty", "an empty bearer token", "P1-149", .says = "06010000", .no_token = true),
    MESSAGE("token-behind", "a byte behind the token", "P1-149", .says = "060100016100", .no_token = true),
    MESSAGE("token-short", "a token that ends early", "P1-149", .says = "0601000261", .no_token = true),
    MESSAGE("token-as-talk", "a token as talk", "P1-127", .says = "06000000", .no_token = true, .as_talk = true),
    MESSAGE("cancel-as-control", "a cancel as control", "P1-127", .says = "0800000001", .as_control = true),
    MESSAGE("cancel-behind", "a byte behind a cancel", "P1-126", .says = "080000000100"),
    MESSAGE("cancel-short", "a cancel that ends early", "P1-128", .says = "08000000"),
    MESSAGE("cancel-nothing", "a cancel before any request", "IN-059", .says = "0800000001"),
    CASE(.id = "p1.server.message.token-long", .says = "a bearer token of 4097 bytes", .req = {[VERDICT] = "P1-126", [REASON] = "P1-001"},
         .base = OK, .run = run_long_token),
    CASE(.id = "p1.server.message.not-full", .says = "a record with room left that is not the last",
         .req = {[VERDICT] = "P1-125", [REASON] = "P1-001"}, .base = OK, .run = run_not_full),
    CASE(.id = "p1.server.message.request-first", .says = "a request before the token", .req = {[VERDICT] = "P1-147", [REASON] = "P1-001"},
         .base = OK, .run = run_request_first),
    CASE(.id = "p1.server.message.cut", .says = "another message before the first is whole",
         .req = {[VERDICT] = "IN-037 P1-125", [REASON] = "P1-001"}, .base = OK, .run = run_cut_message),
    CASE(.id = "p1.server.message.long", .says = "a request of one byte more than 1048576",
         .req = {[VERDICT] = "P1-126", [REASON] = "P1-001"}, .base = OK, .run = run_long_message),
};

const case_table p1_server_records_cases = {rows, sizeof rows / sizeof *rows};
