/* A session as a capture file that Wireshark reads (pcapng): the WebSocket messages in a made-up TCP connection, and beside each the plaintext
 * that its keys give, as a PDU for the dissector of `parley pcap --dissector`. */
#ifndef PARLEY_PCAPNG_H
#define PARLEY_PCAPNG_H

#include "page.h"
#include "recorded_session.h"

/* `key_log` (may be NULL) stands in the file as its comment. `verified`: what recorded_open said, or 0. */
void pcapng_write(recorded_session *, const char *key_log, size_t verified, page *out);

/* A dissector in Lua, made from the layout tables. */
void dissector_write(page *out);

#endif
