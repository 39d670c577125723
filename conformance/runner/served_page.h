/* The page of `serve --page`: vectors/witness/page/page.html at /, and at /pack.json what its client has to know of the service. */
#ifndef PARLEY_SERVED_PAGE_H
#define PARLEY_SERVED_PAGE_H

#include "cli.h"
#include "p1_service.h"
#include "websocket.h"

typedef struct served_page {
    span html, pack;
    uint8_t *room; /* of both */
} served_page;

/* Reads the page and writes the pack; the gate then has them. False: why not has been printed. `served_page_free` in any case. */
bool served_page_open(served_page *, const cli_call *, const service *, ws_gate *);
void served_page_free(served_page *);

#endif
