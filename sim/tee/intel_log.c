#include "intel_log.h"

#include <string.h>

enum {
    SEPARATOR = 4,
    NO_ACTION = 3,
    EFI_ACTION = 0x80000007,
    IMAGE = 0x80000003,
    VARIABLE = 0x80000001,
    TAG = 6,
    SHA384 = 0x000c,
    SHA256 = 0x000b
};

static intel_log honest_log(void)
{
    return (intel_log){
        .event = {{1, VARIABLE, "SecureBoot", true},
                  {1, SEPARATOR, "zero", false},
                  {2, IMAGE, "\\EFI\\BOOT\\vmlinuz", true},
                  {2, EFI_ACTION, "Calling EFI Application from Boot Option", false},
                  {1, NO_ACTION, "StartupLocality", false},
                  {2, EFI_ACTION, "Exit Boot Services Returned with Success", false},
                  {3, TAG, "root=/dev/vda initrd=initrd", false},
                  {4, TAG, "proxy", false}},
        .n = 8,
        .head_type = NO_ACTION,
        .signature = "Spec ID Event03",
        .algorithms = {SHA384, SHA256},
        .sizes = {48, 32},
        .n_algorithms = 1,
        .n_digests = 1,
    };
}

static void digest_of(const intel_event *e, prim_hash hash, uint8_t out[PRIM_HASH_MAX])
{
    const span parts[] = {span_text(e->data), span_text(e->of_something_else ? " (image)" : "")};
    prim_sodium.hash(hash, parts, 2, out);
}

static void write_event(const intel_log *l, const intel_event *e, bool last, writer *w)
{
    uint8_t digest[PRIM_HASH_MAX];
    write_le(w, e->index, 4);
    write_le(w, e->type, 4);
    write_le(w, l->n_digests, 4);
    for (size_t i = 0; i < l->n_digests; i++) {
        const uint16_t id = l->algorithms[i % 2];
        digest_of(e, id == SHA384 ? PRIM_SHA384 : PRIM_SHA256, digest);
        write_le(w, id, 2);
        write_span(w, span_of(digest, l->sizes[i % 2]));
    }
    write_le(w, strlen(e->data) + (size_t)(int64_t)(last ? l->data_more : 0), 4);
    write_text(w, e->data);
}

static void write_head(const intel_log *l, writer *w)
{
    uint8_t room[128];
    writer head = WRITER(room);
    write_text(&head, l->signature);
    write_zeros(&head, 1);
    write_le(&head, 0, 4);
    write_le(&head, 0x02020000, 4);
    write_le(&head, l->n_algorithms, 4);
    for (size_t i = 0; i < l->n_algorithms; i++) {
        write_le(&head, l->algorithms[i % 2], 2);
        write_le(&head, l->sizes[i % 2], 2);
    }
    write_le(&head, 0, 1);
    write_le(w, 0, 4);
    write_le(w, l->head_type, 4);
    write_zeros(w, 20);
    write_le(w, head.n + (size_t)(int64_t)l->head_more, 4);
    write_span(w, written(&head));
    must(writer_ok(&head));
}

/* The registers of this history, without a log between. */
static void write_registers(const intel_log *l, uint8_t rtmr[AT_RTMRS][AT_RTMR_BYTES])
{
    memset(rtmr, 0, AT_RTMRS * AT_RTMR_BYTES);
    for (size_t i = 0; i < l->n; i++) {
        uint8_t digest[PRIM_HASH_MAX], next[PRIM_HASH_MAX];
        if (l->event[i].type == NO_ACTION)
            continue;
        digest_of(&l->event[i], PRIM_SHA384, digest);
        const span parts[] = {span_of(rtmr[l->event[i].index - 1], AT_RTMR_BYTES), span_of(digest, AT_RTMR_BYTES)};
        prim_sodium.hash(PRIM_SHA384, parts, 2, next);
        memcpy(rtmr[l->event[i].index - 1], next, AT_RTMR_BYTES);
    }
}

void intel_log_play(intel_log_scene *s, const intel_log_lie *lie)
{
    memset(s, 0, sizeof *s);
    writer w = WRITER(s->bytes);
    s->log = honest_log();
    s->which = (1u << AT_RTMRS) - 1;
    write_registers(&s->log, s->quoted);
    if (lie && lie->twist)
        lie->twist(&s->log);
    write_head(&s->log, &w);
    for (size_t i = 0; i < s->log.n; i++)
        write_event(&s->log, &s->log.event[i], i + 1 == s->log.n, &w);
    for (size_t i = 0; i < s->log.unwritten; i++)
        write_be(&w, 0xff, 1);
    must(writer_ok(&w));
    s->written = written(&w);
    if (lie && lie->after)
        lie->after(s);
}

/* ---- lies ---- */

static void another_head_type(intel_log *l) { l->head_type = SEPARATOR; }
static void another_signature(intel_log *l) { l->signature = "Spec ID Event02"; }
static void data_too_long(intel_log *l) { l->data_more = 1; }
static void digest_missing(intel_log *l) { l->n_algorithms = 2; }
static void register_0(intel_log *l) { l->event[l->n++] = (intel_event){0, TAG, "a register that no guest has", false}; }
static void register_5(intel_log *l) { l->event[l->n++] = (intel_event){5, TAG, "a register that no guest has", false}; }

static void events_swapped(intel_log *l)
{
    const intel_event first = l->event[2];
    l->event[2] = l->event[3];
    l->event[3] = first;
}

static void event_dropped(intel_log *l)
{
    l->event[3] = l->event[5];
    l->n = 4;
}

static void command_line_changed(intel_log *l) { l->event[6].data = "root=/dev/vdb initrd=initrd"; }
static void event_added(intel_log *l) { l->event[l->n++] = (intel_event){4, TAG, "something else", false}; }
static void register_moved(intel_log *l) { l->event[6].index = 4; }
static void quoted_in_one_bit(intel_log_scene *s) { s->quoted[3][47] ^= 1; }

/* ---- truths ---- */

static void two_algorithms(intel_log *l) { l->n_algorithms = l->n_digests = 2; }

static void other_algorithm_first(intel_log *l)
{
    two_algorithms(l);
    l->algorithms[0] = SHA256, l->sizes[0] = 32;
    l->algorithms[1] = SHA384, l->sizes[1] = 48;
}

static void memory_behind(intel_log *l) { l->unwritten = 200; }

/* Text beside a genuine digest: the log confirms the registers, and the text is not measured. */
static void text_beside_a_digest(intel_log_scene *s)
{
    uint8_t *at = memmem(s->bytes, s->written.n, "proxy", 5);
    must(at);
    memcpy(at, "PROXY", 5);
}

static void application_not_asked_for(intel_log_scene *s)
{
    s->which = 7;
    s->quoted[3][0] ^= 1;
}

const intel_log_lie intel_log_lies[] = {
    {"head-type", REQ_AT_195, "the first event is a separator", "a log of another format would be read as this one", another_head_type,
     NULL},
    {"head-signature", REQ_AT_195, "the first event holds Spec ID Event02", "a log of another format would be read as this one",
     another_signature, NULL},
    {"data-long", REQ_AT_196, "the last event's data are one byte longer than the log",
     "a length would be believed that leads out of the log", data_too_long, NULL},
    {"digest-missing", REQ_AT_196, "each event has one digest where two algorithms are listed",
     "banks of one log would differ in their history", digest_missing, NULL},
    {"register-0", REQ_AT_197, "an event that extends names register 0", "events would be taken along that no register proves", register_0,
     NULL},
    {"register-5", REQ_AT_197, "an event that extends names register 5", "events would be taken along that no register proves", register_5,
     NULL},
    {"events-swapped", REQ_AT_198, "two events in the other order", "the order would not count", events_swapped, NULL},
    {"event-dropped", REQ_AT_198, "the log ends early", "a history could be cut", event_dropped, NULL},
    {"command-line", REQ_AT_198, "the digest of another command line", "another history would count", command_line_changed, NULL},
    {"event-added", REQ_AT_198, "an event more", "a history could be prolonged", event_added, NULL},
    {"register-moved", REQ_AT_198, "an event under another register", "registers would be mixed up", register_moved, NULL},
    {"quoted-other", REQ_AT_198, "the quoted register differs in its last bit", "a prefix would count for the whole", NULL,
     quoted_in_one_bit},
    {"two-algorithms", 0, "each event has digests of two algorithms", "logs of several banks would be refused", two_algorithms, NULL},
    {"other-order", 0, "SHA-256 stands before SHA-384", "the first digest would be taken for the right one", other_algorithm_first, NULL},
    {"memory-behind", 0, "memory that was not written behind the log", "the table's room would be read as events", memory_behind, NULL},
    {"text-beside", 0, "other text beside a genuine digest", "the registers would depend on what is not measured", NULL,
     text_beside_a_digest},
    {"not-asked-for", 0, "RTMR3 differs, and is not asked for", "a log without the application's events would confirm nothing", NULL,
     application_not_asked_for},
};

const size_t intel_n_log_lies = sizeof intel_log_lies / sizeof *intel_log_lies;
