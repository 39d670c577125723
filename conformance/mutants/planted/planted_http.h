/* A careless reader of upgrade requests in front of the strict one: a filter that mends the request head before the strict reader sees it. */
#ifndef PARLEY_PLANTED_HTTP_H
#define PARLEY_PLANTED_HTTP_H

#include "websocket.h"

struct bufferevent;

/* What the connection is served on from here; owns `bev`. */
struct bufferevent *planted_http(struct bufferevent *bev);
/* The same before the reader of answers. */
struct bufferevent *planted_http_client(struct bufferevent *bev);
int planted_connects(const ws_url *); /* the socket, which does not block; -1: nobody listens */

void planted_refused(void); /* an upgrade was refused */

#endif
