/* Times as RFC 3339 writes them: 2027-01-01T00:00:00Z, 2027-01-01T01:30:00.250+01:30. */
#ifndef PARLEY_RFC3339_H
#define PARLEY_RFC3339_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct instant {
    int64_t seconds;      /* since 1970-01-01T00:00:00Z, without leap seconds */
    uint32_t nanoseconds; /* 0 to 999,999,999, always forward */
} instant;

/* Reads a whole text. NULL when it is a time, else what is wrong with it, for the user. A leap second (:60) is
 * refused, for no certificate or token can mean one; so are more than nine digits of a fraction; years 0000 to 9999. */
const char *rfc3339_read(const char *text, instant *out);

#define RFC3339_ROOM 40
/* Writes UTC with Z, the fraction only when there is one. `room` is at least RFC3339_ROOM bytes; years 0 to 9999. */
void rfc3339_write(instant at, char *out, size_t room);

#endif
