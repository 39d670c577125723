/* Dates as documents write them, in seconds since 1970-01-01 00:00:00 UTC (proleptic Gregorian calendar, no leap seconds). */
#ifndef PARLEY_CALENDAR_H
#define PARLEY_CALENDAR_H

#include "bytes.h"

/* False, and *seconds untouched, when there is no such date: month 1 to 12, day of that month, hour 0 to 23, minute and second 0 to 59,
 * year 0 to 9999. */
bool calendar_seconds(unsigned year, unsigned month, unsigned day, unsigned hour, unsigned minute, unsigned second, int64_t *seconds);

/* A number of exactly n digits at the start of *text, which then starts after it; false, with *text unchanged, when there is no such number.
 * n <= 9. */
bool calendar_digits(span *text, size_t n, unsigned *value);

/* "2026-06-01T00:00:00Z": RFC 3339 in this one form, whole seconds of UTC; it is the whole text. */
bool calendar_read(span text, int64_t *seconds);

#endif
