/* Where the program stands: in a checkout (built under build/PRESET/), or installed. Found from the program's own path,
 * so that an installed program needs no checkout and a checkout may be moved. */
#ifndef PARLEY_PLACE_H
#define PARLEY_PLACE_H

#include <stdbool.h>

const char *place_program(void);  /* the path of the running program */
const char *place_called(void);   /* how to call it again: as the launcher of a checkout was called, else `parley` */
bool is_plain_word(const char *); /* for a shell: one that needs no quotes */
const char *place_checkout(void); /* the top of the checkout; NULL when installed */
const char *place_share(void);    /* text, vectors, schema: the checkout, or PREFIX/share/parley, which has the same paths inside */
const char *place_model(void);    /* the tiny model's file */
const char *place_out(void);      /* reports/out in a checkout that can be written, else ./parley-out */

/* The installed program whose lines can be disabled (the `mutants` build); NULL when there is none. A checkout has none to offer: there
 * the launcher builds it, so that an edited source is never judged by an old program. */
const char *place_weakenable(void);

#endif
