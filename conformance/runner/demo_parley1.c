#include "demo_parley1.h"

#include "demo_story.h"
#include "history_device.h"
#include "model_receipt.h"
#include "p1_socket.h"
#include "session.h"

#include <event2/bufferevent.h>
#include <event2/event.h>

#include <string.h>

#define NAME    "chat.example"
#define FURTHER "My name is Zorblat. What is my name?"

typedef struct demo {
    story story;
    service world;
    const model *model;
    const char *prompt, *questions[3]; /* ended by NULL */
    int64_t now;
    p1_memory memory;
    p1_guest_end end;
    size_t received, sent, told; /* messages at the host; answers */
    uint32_t epoch;
    size_t pieces;
    bool receipt, franked;
    char answer[1024];
} demo;

static const char *format(const char *text, ...) __attribute__((format(printf, 1, 2)));
static const char *format(const char *text, ...)
{
    static char room[1024];
    va_list list;
    va_start(list, text);
    vsnprintf(room, sizeof room, text, list);
    va_end(list);
    return room;
}

/* ---- what the line shows ---- */

static void on_received(demo *d, span message)
{
    if (d->received++ > 0)
        return;
    story_action(&d->story, TIMELINE_CLIENT, "offers parley/1, and a version that means nothing, to " NAME,
                 "Noise_NXhfs_25519+MLKEM768_ChaChaPoly_SHA256: a fresh X25519 share, a fresh ML-KEM key, nothing else.");
    story_message(&d->story, TIMELINE_TO_SERVER, "message 1: offer, e, e1", message);
}

static void on_sent(demo *d, span message)
{
    if (d->sent++ == 0) {
        story_action(&d->story, TIMELINE_SERVER, "answers, and lets its machine sign over this very handshake",
                     "The report names a hash that only this handshake has; the owner's statement names the key that answered.");
        story_message(&d->story, TIMELINE_TO_CLIENT, "message 2: e, ee, ekem1, s, es, and the ratchet's first share", message);
    } else if (d->received == 1) {
        story_message(&d->story, TIMELINE_TO_CLIENT,
                      "attest: reports of CPU and GPU, their chains, owner's statement, manifest, claims, proofs of the log", message);
    }
}

static void on_tap(void *ctx, bool sent, span message)
{
    if (sent)
        on_sent(ctx, message);
    else
        on_received(ctx, message);
}

/* ---- what the client verified ---- */

static void on_verified(void *ctx, uint32_t epoch, const p1_appraisal *a)
{
    demo *d = ctx;
    d->epoch = epoch;
    if (epoch > 0) {
        story_appraisal(&d->story, "steps to the next epoch, and appraises the enclave again",
                        "A fresh ML-KEM key and ratchet share, new reports of CPU and GPU over both: the same devices, claims and keys, "
                        "byte for byte.");
        return;
    }
    story_appraisal(
        &d->story, "appraises the enclave before it says a word",
        format("Release %llu, signed and logged; the owner's statement for " NAME " names this machine and key; 2 of 3 witnesses\n"
               "              have signed the log's tree of %llu within a day; the machine's report is over this handshake, and its GPU's "
               "report\n"
               "              over that: %u vendors' hardware vouches; padding 2 is offered.",
               (unsigned long long)a->release, (unsigned long long)a->head.size, a->vendors));
    story_action(&d->story, TIMELINE_CLIENT, "says start, and asks", d->prompt);
}

/* ---- what it was answered ---- */

static void on_piece(void *ctx, span piece)
{
    demo *d = ctx;
    (void)piece;
    d->pieces++;
}

/* Every token again, by the model that the claims name. */
static bool runs_again(demo *d, const p1_answer *a)
{
    in_findings found;
    uint8_t statement[32];
    model_rerun *again = model_rerun_new(d->model, NULL);
    const in_model presented = model_presented(again);
    prim_digest(&prim_openssl, PRIM_SHA256, span_of(d->world.statement, d->world.n_statement), statement);
    const in_signed by = {SPAN(d->world.q), SPAN(statement), a->receipt.signature, a->com};
    const verdict v = in_verify_signed(&prim_sodium, &presented, &by, a->receipt.receipt, a->receipt.opening, &found);
    model_rerun_free(again);
    return accepted(v) && found.account.not_compared == 0;
}

static void check_receipt(demo *d, const p1_answer *a)
{
    if (d->model) {
        d->receipt = runs_again(d, a);
        story_action(
            &d->story, TIMELINE_CLIENT, d->receipt ? "runs the answer again from its receipt" : "finds that the receipt LIES",
            format("%u tokens in, %u out: each is the one that this model draws. Signed by the boot's key in the owner's statement.",
                   a->prompt, a->output));
        return;
    }
    d->receipt = true;
    story_action(&d->story, TIMELINE_CLIENT, "checks the receipt", "Signed by the boot's key; a script has no model to run again.");
}

/* A third party that knows the statement and nothing of the session. */
static void frank(demo *d, p1_guest *g, const p1_answer *a)
{
    static uint8_t room[1 << 17];
    uint8_t statement[32];
    writer w = WRITER(room);
    in_moderated told;
    account noted;
    p1_claims claims;
    p1_guest_franks(g, a, (const uint32_t[]){2}, 1, &w);
    must(writer_ok(&w) && accepted(p1_read_claims(span_text(d->world.claims), &claims)));
    prim_digest(&prim_openssl, PRIM_SHA256, span_of(d->world.statement, d->world.n_statement), statement);
    const in_moderator moderator = {SPAN(d->world.q), SPAN(statement), SPAN(claims.model)};
    d->franked = accepted(in_moderate(&prim_openssl, &moderator, written(&w), &noted, &told)) && span_same(told.answer, a->text);
    story_action(
        &d->story, TIMELINE_CLIENT, "shows this answer, and nothing else, to a moderator",
        d->franked ? format("Accepted as the enclave's word: 1 of %llu parts is open, and the moderator is told that context is withheld.",
                            (unsigned long long)(told.closed + 1))
                   : "NOT accepted");
}

static void on_answered(void *ctx, p1_guest *g, const p1_answer *a)
{
    demo *d = ctx;
    story_action(&d->story, TIMELINE_CLIENT, d->told ? "reads the answer of this epoch" : "reads the answer as it is streamed",
                 format("%.*s", a->text.n < 600 ? (int)a->text.n : 600, (const char *)a->text.p));
    if (d->told++ > 0)
        return;
    snprintf(d->answer, sizeof d->answer, "%.*s", a->text.n < 600 ? (int)a->text.n : 600, (const char *)a->text.p);
    story_action(&d->story, TIMELINE_CLIENT, "knows that the answer is complete",
                 format("%zu pieces; on the line %zu records of 320 bytes out and %zu back, as for any short question and answer.",
                        d->pieces, a->records_sent, a->records));
    if (a->has_receipt) {
        check_receipt(d, a);
        frank(d, g, a);
    }
}

static void on_ended(void *ctx, const p1_guest_end *end)
{
    demo *d = ctx;
    d->end = *end;
    if (!end->finished)
        story_action(&d->story, TIMELINE_CLIENT, "ends without an answer",
                     accepted(end->refused) ? "" : requirement_rows[end->refused.req].text);
}

static const p1_guest_events events = {on_verified, on_piece, on_answered, on_ended};

/* ---- the conversation ---- */

static void make_world(const cli_call *call, demo *d, const p1_model *answers)
{
    const span seed = call->seed_n ? span_of(call->seed, call->seed_n) : span_text("parley");
    service_make(&d->world, &prim_openssl, seed, NAME, call->has_at ? call->at.seconds : SERVICE_NOW);
    service_add_gpu(&d->world);
    d->world.tick = 5;
    d->world.model = answers->digest;
    d->world.tokenizer = answers->tokenizer;
    d->world.policy.level = IN_LEVEL_SIZES;
    service_finish(&d->world);
}

static p1_host_setup served(const cli_call *call, demo *d, struct event_base *base)
{
    return (p1_host_setup){.base = base,
                           .world = &d->world,
                           .now = &d->now,
                           .coins = session_coins(call, "host"),
                           .model = d->model ? p1_tiny(d->model) : p1_script(),
                           .tap = on_tap,
                           .ctx = d};
}

static p1_guest_setup asked(const cli_call *call, demo *d, struct event_base *base)
{
    return (p1_guest_setup){.base = base,
                            .prim = &prim_sodium,
                            .policy = &d->world.policy,
                            .memory = &d->memory,
                            .name = NAME,
                            .now = &d->now,
                            .coins = session_coins(call, "guest"),
                            .questions = d->questions,
                            .receipts = true,
                            .vocabulary = d->model,
                            .steps = true,
                            .on = &events,
                            .ctx = d};
}

static bool converse(const cli_call *call, demo *d)
{
    struct bufferevent *pair[2];
    ws_url url;
    struct event_base *base = event_base_new();
    must(base && ws_url_read("ws://memory" P1_TARGET, &url) && bufferevent_pair_new(base, BEV_OPT_DEFER_CALLBACKS, pair) == 0);
    d->now = d->world.now;
    d->questions[0] = d->prompt;
    d->questions[1] = FURTHER;
    const p1_host_setup at_host = served(call, d, base);
    const p1_guest_setup at_guest = asked(call, d, base);
    p1_host *host = p1_host_start(&at_host);
    must(host);
    const ws_gate gate = p1_host_gate(host);
    ws_serve(base, pair[0], &gate);
    must(p1_guest_start_on(&at_guest, pair[1], &url));
    event_base_dispatch(base);
    p1_host_stop(host);
    event_base_free(base);
    return d->end.finished && d->epoch == 1 && d->receipt && d->franked;
}

/* ---- the history ---- */

static const passkey the_passkey = {"a passkey", {7}};

static void swap_items(storage *s)
{
    const storage_blob kept = s->blob[1]; /* the blobs come as index, item, index, item, index */
    memcpy(s->blob[1].bytes, s->blob[3].bytes, STORAGE_BLOB);
    s->blob[1].n = s->blob[3].n;
    memcpy(s->blob[3].bytes, kept.bytes, STORAGE_BLOB);
    s->blob[3].n = kept.n;
}

/* What it showed before is all that it shows. */
static span stale_heads(void *ctx, uint64_t from)
{
    const storage *s = ctx;
    (void)from;
    return span_of(s->heads + (s->n_heads - 1) * HI_HEAD, HI_HEAD);
}

/* Caught: the line that stopped it is told. */
static bool caught(demo *d, const char *what, verdict v)
{
    story_action(&d->story, TIMELINE_CLIENT, what,
                 accepted(v) ? "NOT caught" : format("%s  %s", requirement_rows[v.req].id, requirement_rows[v.req].text));
    return !accepted(v);
}

static bool keep_history(demo *d)
{
    static storage store, older;
    static device mine;
    static uint8_t room[STORAGE_BLOB];
    span text;
    store = (storage){.prim = &prim_openssl};
    const storage_door door = storage_opens(&store);
    storage_door before = storage_opens(&older);
    before.heads = stale_heads;
    device_start(&mine, &prim_openssl, &the_passkey, "demo");
    bool kept = accepted(device_begins(&mine, &door)) && accepted(device_writes(&mine, &door, "question", d->prompt));
    older = store;
    kept = kept && accepted(device_writes(&mine, &door, "answer", d->answer)) &&
           accepted(device_reads(&mine, &door, "answer", room, &text)) && span_is(text, d->answer);
    story_action(&d->story, TIMELINE_CLIENT, "seals the conversation for a storage that it does not trust",
                 kept ? "Keys from a passkey alone; every item has its place and version, every state the one before it." : "NOT stored");
    swap_items(&store);
    const bool swapped = caught(d, "catches the storage as it swaps two items", device_reads(&mine, &door, "answer", room, &text));
    device_closes(&mine);
    return caught(d, "catches the storage as it shows a state of before", device_opens(&mine, &before)) && swapped && kept;
}

bool demo_parley1(const cli_call *call, const model *m, const char *prompt, timeline *t, FILE *out)
{
    static demo d;
    d = (demo){.model = m, .prompt = prompt};
    const p1_model answers = m ? p1_tiny(m) : p1_script();
    make_world(call, &d, &answers);
    story_start(&d.story, t, out, cli_given(call, "verbose"));
    return converse(call, &d) && keep_history(&d);
}
