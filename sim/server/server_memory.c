/* The budget: what it comes to, and who makes room when a part of it is spent. */
#include "server_parts.h"

#include <event2/event.h>

#include <stdlib.h>
#include <sys/resource.h>

/* What part of the budget each may have. */
enum { FOR_CONNECTIONS = 2, FOR_MODEL = 4, FOR_BLOCKS = 8, FOR_BACKLOG = 8 };

/* Where the limit of open files can't be asked, a usual one. */
static size_t open_files(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return 1024;
    return files.rlim_cur == RLIM_INFINITY ? SIZE_MAX : (size_t)files.rlim_cur;
}

server_limits memory_limits(const server_setup *setup)
{
    server_limits l = setup->limits;
    l.memory = l.memory ? l.memory : SERVER_MEMORY;
    l.memory = l.memory < SERVER_MEMORY_LEAST ? SERVER_MEMORY_LEAST : l.memory;
    const size_t files = open_files(), by_files = files > 2 * SERVER_FILES_KEPT ? files - SERVER_FILES_KEPT : files / 2;
    const size_t by_memory = l.memory / FOR_CONNECTIONS / SERVER_SESSION, most = by_files < by_memory ? by_files : by_memory;
    l.connections = l.connections && l.connections < most ? l.connections : most;
    return l;
}

/* The blocks are zero pages until they are lent: an array that nobody touches costs nothing. */
bool memory_start(sim_server *s)
{
    s->limits = memory_limits(&s->setup);
    const size_t n = s->limits.memory / FOR_BLOCKS / sizeof(cf_block);
    s->room = malloc(CF_EFFECTS_ROOM);
    s->blocks = calloc(n, sizeof *s->blocks);
    s->turn = answers_turn_new(s);
    s->effects.bytes = writer_of(s->room, CF_EFFECTS_ROOM);
    s->pool = (cf_pool){.fresh = s->blocks, .n_fresh = n};
    return s->room && s->blocks && s->turn;
}

void memory_stop(sim_server *s)
{
    cf_scratch_wipe(&s->scratch);
    wipe(s->coins, sizeof s->coins);
    if (s->turn)
        event_free(s->turn);
    free(s->blocks);
    free(s->room);
}

/* ---- blocks ---- */

static connection *most_lent(const sim_server *s)
{
    connection *most = s->connections.first;
    for (connection *c = most; c; c = c->all.after)
        if (c->storage.lent > most->storage.lent)
            most = c;
    return most;
}

/* Whoever holds most is closed. When that is the one whose record is coming, the text refuses the record by itself. */
void memory_for_record(connection *c)
{
    sim_server *s = c->server;
    while (s->pool.n_back + s->pool.n_fresh < CF_RECORD_BLOCKS) {
        connection *most = most_lent(s);
        if (most == c || most->storage.lent == 0)
            return;
        connection_logs(most, "closed: it holds the most of the memory for unfinished messages, and that is spent");
        answers_cancel(most);
        cf_server_end(&most->peer, &most->storage);
        ws_close(most->ws, WI_CLOSE_TRY_AGAIN_LATER, "Try again later");
    }
}

/* ---- what waits to be sent ---- */

static void count_backlog(connection *c)
{
    const size_t now = ws_backlog(c->ws);
    c->server->backlog += now - c->backlog;
    c->backlog = now;
}

static connection *most_waiting(sim_server *s)
{
    connection *most = s->connections.first;
    for (connection *c = most; c; c = c->all.after) {
        if (c->ws)
            count_backlog(c);
        if (c->backlog > most->backlog)
            most = c;
    }
    return most;
}

/* The sum is exact after each look at all of them, and too large rather than too small in between. */
void memory_after_sending(connection *c)
{
    sim_server *s = c->server;
    count_backlog(c);
    while (s->backlog > s->limits.memory / FOR_BACKLOG) {
        connection *most = most_waiting(s);
        if (s->backlog <= s->limits.memory / FOR_BACKLOG)
            return;
        connection_logs(most, "dropped: it has the most of what waits to be sent, and there is no memory for more");
        ws_cut(most->ws);
        count_backlog(most);
    }
}

/* ---- sessions of the model ---- */

static connection *idle_longest(const sim_server *s)
{
    connection *idle = NULL;
    for (connection *c = s->connections.first; c; c = c->all.after)
        if (c->session && !c->generating && (!idle || c->last_used < idle->last_used))
            idle = c;
    return idle;
}

bool memory_make_room_for_session(sim_server *s)
{
    const size_t most = s->limits.memory / FOR_MODEL / (s->setup.model.session_bytes ? s->setup.model.session_bytes : 1);
    connection *idle = s->n_sessions >= most ? idle_longest(s) : NULL;
    if (idle)
        answers_cancel(idle); /* closes its session of the model, so that there is one less */
    return s->n_sessions < most;
}
