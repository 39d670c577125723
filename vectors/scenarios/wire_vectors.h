/* The files wi.*.json (scenarios.h): heads of HTTP/1.1 in front of a WebSocket connection. */
#ifndef PARLEY_WIRE_VECTORS_H
#define PARLEY_WIRE_VECTORS_H

#include "prim.h"

#include <cjson/cJSON.h>

cJSON *wire_file(const prim *, int which); /* 0: wi.request, 1: wi.upgrade, 2: wi.answer */

#endif
