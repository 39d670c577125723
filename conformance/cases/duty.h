/* What a role owes at a door, and which of it no check there looks at. */
#ifndef PARLEY_DUTY_H
#define PARLEY_DUTY_H

#include "page.h"

/* A sentence binds when it stands on one of these pages (or in a chapter of one of these codes), is for one of these roles, and can be
 * shown in one of these ways. Words with one space between; NULL: all. */
typedef struct duty {
    const char *pages, *codes, *roles, *shown;
    const char *at;    /* the revision that is looked at, "0.1.16": sentences since or until others do not bind; NULL: all do */
    const char *apart; /* numbers, or two with a bar between for all from the one to the other: these do not bind; NULL: none */
} duty;

/* The numbers of the sentences that bind and that `named` has no bit for, in the order of the chapters, one space between. */
void duty_unchecked(const duty *, const bool *named, page *out); /* named[REQ_COUNT] */
void duty_note(const char *numbers, bool *named);                /* sets the bits of a list of numbers */

#endif
