#include "recorded_session.h"
#include "exits.h"
#include "no_memory.h"
#include "results_here.h"
#include "transcript.h"

#include <stdlib.h>
#include <string.h>

/* ---- reading the record ---- */

static bool is_note(const transcript_line *line, const char *note)
{
    return strcmp(line->layer, "tcp") == 0 && line->note && strcmp(line->note, note) == 0;
}

static void take_close(recorded_session *r, bool to_server, span body)
{
    recorded_close *c = &r->close[!to_server];
    reader read = reader_of(body);
    if (!c->there)
        *c = (recorded_close){true, !r->close[to_server].there, body.n < 2 ? 0 : (unsigned)read_be(&read, 2), body.n > 2};
}

static void take_line(void *ctx, const transcript_line *line)
{
    recorded_session *r = ctx;
    const bool to_server = strcmp(line->dir, "c>s") == 0, upgrade = is_note(line, "upgrade");
    const bool text = r->texts && strcmp(line->layer, "app") == 0 && line->note && strcmp(line->note, "a text message") == 0;
    if (is_note(line, "close"))
        take_close(r, to_server, line->bytes);
    if (strcmp(line->layer, "frame") != 0 && !upgrade && !text)
        return;
    const span said = text ? EMPTY : line->bytes;
    uint8_t *copy = malloc(said.n + 1);
    needs_memory(copy);
    span_take(said, copy, said.n);
    const span bytes = span_of(copy, said.n);
    if (upgrade && !r->head[!to_server].n)
        r->head[!to_server] = bytes;
    else if (!upgrade && r->n < RECORDED_MESSAGES)
        r->message[r->n++] = (recorded_message){to_server, bytes};
    else {
        r->too_long |= !upgrade;
        free(copy);
    }
}

static void take_handshake(recorded_session *r)
{
    r->s.suite = cf_suite();
    for (size_t i = 0; i < r->n; i++) {
        const recorded_message *m = &r->message[i];
        if (r->s.n_messages < 3)
            r->s.message[r->s.n_messages++] = m->bytes;
        else if (r->s.n_records < DIAGNOSED_RECORDS)
            r->s.record[r->s.n_records++] = (diagnosed_record){m->to_server, m->bytes, EMPTY};
    }
}

int recorded_load(const cli_call *call, const char *path, recorded_session *r)
{
    page text = {0};
    int code = file_load(call, path, &text);
    const uint64_t bad = code ? 0 : transcript_read(text.p ? text.p : "", text.n, take_line, r);
    if (bad)
        code = cli_usage(call, "%s: line %llu is not one of a transcript", path, (unsigned long long)bad);
    else if (!code && r->too_long)
        code = cli_usage(call, "%s: more than %d messages", path, RECORDED_MESSAGES);
    else if (!code && r->n == 0 && !r->head[0].n)
        code = cli_usage(call, "%s: there is neither an upgrade nor a WebSocket message in it", path);
    if (!code)
        take_handshake(r);
    page_free(&text);
    return code;
}

int recorded_load_keys(const cli_call *call, const char *path, recorded_session *r)
{
    page text = {0};
    unsigned found = 0;
    int code = file_load(call, path, &text);
    const bool has_share = r->n && r->message[0].to_server && r->message[0].bytes.n >= 32;
    const char *wrong = code || !has_share ? NULL : key_log_read(text.p ? text.p : "", r->message[0].bytes.p, &r->s, &found);
    if (wrong)
        code = cli_usage(call, "%s: %s", path, wrong);
    else if (!code && !found)
        code = cli_usage(call, "%s: no line of it is of this session, whose first share stands in its message 1", path);
    page_free(&text);
    return code;
}

static void start_readers(recorded_session *r, int64_t now)
{
    for (int way = 0; way < 2; way++) {
        r->world[way] = (cf_world){.prim = &prim_openssl, .now = now, .storage = cf_own(&r->memory[way])};
        r->reader[way] = (nz_peer){.suite = cf_suite(), .role = way ? NZ_INITIATOR : NZ_RESPONDER, .state = 3};
        r->reader[way].secret.receiving = (nz_cipher){.keyed = true};
        memcpy(r->reader[way].secret.receiving.k, r->keys[way], 32);
        must(nz_turn_of(&r->reader[way]) == NZ_READY);
    }
}

size_t recorded_open(recorded_session *r, int64_t now)
{
    writer room = WRITER(r->evidence);
    const size_t verified = diagnosis_keys(&r->s, r->keys, r->responder_share, &room);
    r->n_evidence = room.n;
    start_readers(r, now);
    return verified;
}

void recorded_free(recorded_session *r)
{
    for (size_t i = 0; i < r->n; i++)
        free((void *)r->message[i].bytes.p);
    free((void *)r->head[0].p);
    free((void *)r->head[1].p);
}
