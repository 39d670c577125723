/* The protobuf encoding of a layout (proto3 with explicit presence). layout.c calls these; chapters call layout_read and layout_write. */
#ifndef PARLEY_PROTOBUF_H
#define PARLEY_PROTOBUF_H

#include "layout.h"

/* Fills *out, already zeroed. False when malformed; clears *canonical when the bytes are not what protobuf_write would give. */
bool protobuf_parse(const layout *, span in, void *out, bool *canonical);

/* The rows' ranges, of nested messages too. */
verdict protobuf_judge(const layout *, const void *object);

void protobuf_write(const layout *, const void *from, writer *out);
void protobuf_walk(const layout *, span in, size_t base, span prefix, layout_visit *, void *ctx);

#endif
