#include "clock_hook.h"
#include "no_memory.h"
#include "rfc3339.h"
#include "verdict.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct clock_hook {
    struct evhttp *http;
    clock_setter *set;
    void *ctx;
};

static void on_clock(struct evhttp_request *request, void *ctx)
{
    const clock_hook *h = ctx;
    char text[64] = {0};
    instant at;
    struct evbuffer *body = evhttp_request_get_input_buffer(request);
    size_t n = evbuffer_get_length(body);
    bool fits = n < sizeof text && evbuffer_remove(body, text, n) == (int)n;
    if (evhttp_request_get_command(request) != EVHTTP_REQ_POST || !fits || rfc3339_read(text, &at)) {
        evhttp_send_reply(request, 400, "not a time", NULL);
        return;
    }
    h->set(h->ctx, at.seconds);
    evhttp_send_reply(request, 200, "OK", NULL);
}

clock_hook *clock_hook_start(struct event_base *base, const char *host_port, clock_setter *set, void *ctx)
{
    char host[64];
    unsigned port;
    if (sscanf(host_port, "%63[0-9.]:%u", host, &port) != 2 || port > 65535 || strncmp(host, "127.", 4) != 0)
        return NULL;
    clock_hook *h = calloc(1, sizeof *h);
    needs_memory(h);
    *h = (clock_hook){evhttp_new(base), set, ctx};
    must(h->http);
    evhttp_set_max_body_size(h->http, 1024);
    evhttp_set_max_headers_size(h->http, 8192);
    evhttp_set_cb(h->http, "/clock", on_clock, h);
    if (evhttp_bind_socket(h->http, host, (uint16_t)port) == 0)
        return h;
    clock_hook_stop(h);
    return NULL;
}

void clock_hook_stop(clock_hook *h)
{
    if (!h)
        return;
    evhttp_free(h->http);
    free(h);
}

static void take_port(struct evhttp_bound_socket *bound, void *port)
{
    struct sockaddr_in address = {0};
    socklen_t n = sizeof address;
    if (getsockname(evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&address, &n) == 0)
        *(unsigned *)port = ntohs(address.sin_port);
}

unsigned clock_hook_port(const clock_hook *h)
{
    unsigned port = 0;
    evhttp_foreach_bound_socket(h->http, take_port, &port);
    return port;
}
