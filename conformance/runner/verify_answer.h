/* What every kind of `parley verify` says of the checks it made. */
#ifndef PARLEY_VERIFY_ANSWER_H
#define PARLEY_VERIFY_ANSWER_H

#include "json.h"
#include "verdict.h"

#include <stdio.h>

/* The i-th member of "checks". */
static inline void answer_check(writer *w, size_t i, uint16_t req, bool ok)
{
    write_text(w, i ? ",{\"id\":" : "{\"id\":");
    json_write_text(w, requirement_rows[req].id);
    write_text(w, ok ? ",\"ok\":true}" : ",\"ok\":false}");
}

static inline void print_check(uint16_t req, bool ok)
{
    printf("%s  %s  %s\n", ok ? "ok    " : "FAILED", requirement_rows[req].id, requirement_rows[req].text);
}

#endif
