/* Memory for what is large and seldom used: mapped when it is first asked for, zeroed, and kept until the process ends or it is given back.
 * Behind it lies a page that nobody may touch. As a static it would cost every process of a sanitizer build: each of its pages is searched
 * for pointers at the end. */
#ifndef PARLEY_BIG_ROOM_H
#define PARLEY_BIG_ROOM_H

#include <stddef.h>

void *big_room(void *kept, size_t n); /* `kept` itself, unless it is NULL */
void big_room_free(void *, size_t n); /* NULL: nothing */
/* Of a static pointer that is NULL at first. */
#define BIG_ROOM(kept) ((kept) = big_room((kept), sizeof *(kept)))

#endif
