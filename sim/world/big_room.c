#include "big_room.h"
#include "verdict.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ALIGNED = 64 };

/* Whole pages before the one that nobody may touch; the room ends where they do. */
static size_t pages_of(size_t n, size_t page) { return (n + ALIGNED + page - 1) / page * page; }

static size_t beginning(size_t n, size_t page) { return (pages_of(n, page) - n) / ALIGNED * ALIGNED; }

static size_t page_size(void) { return (size_t)sysconf(_SC_PAGESIZE); }

void *big_room(void *kept, size_t n)
{
    if (kept)
        return kept;
    const size_t page = page_size(), whole = pages_of(n, page);
    uint8_t *from = mmap(NULL, whole + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(from != MAP_FAILED && mprotect(from + whole, page, PROT_NONE) == 0);
    return from + beginning(n, page);
}

void big_room_free(void *room, size_t n)
{
    const size_t page = page_size();
    if (room)
        must(munmap((uint8_t *)room - beginning(n, page), pages_of(n, page) + page) == 0);
}
