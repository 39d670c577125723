/* The shim message as one line of flat JSON: UTF-8, one object, no nesting, no null, no floats, byte strings in lower-case
 * hexadecimal, integers below 2^53. Strict on purpose (a repeated key, an odd escape, a trailing word are faults): a peer's line is
 * hostile input like any other. Needs no JSON library, allocates nothing, and reads in place. */
#ifndef PARLEY_SHIM_LINE_H
#define PARLEY_SHIM_LINE_H

#include "shim.h"

/* Reads one object. `line` (without its newline) is changed: escapes are undone in place, and the list points into it.
 * NULL when it was read, else what is wrong, as a constant text. */
const char *shim_line_read(uint8_t *line, size_t n, shim_list *out);

/* The other direction, without a newline: {"id":7,"op":"nz.read","h":3} and {"id":7,"ok":1,"h":3}. */
bool shim_line_request(writer *, int64_t id, const shim_request *);
bool shim_line_reply(writer *, int64_t id, const shim_reply *);

/* What a list just read means. NULL or what is wrong. The pairs id, op and ok/rej/uns/bug are taken out of the list. */
const char *shim_take_request(const shim_list *, int64_t *id, shim_request *);
const char *shim_take_reply(const shim_list *, int64_t *id, shim_reply *);

#endif
