#include "big_room.h"
#include "verdict.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ALIGNED = 64 };

void *big_room(void *kept, size_t n)
{
    if (kept)
        return kept;
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), whole = (n + ALIGNED + page - 1) / page * page;
    uint8_t *from = mmap(NULL, whole + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(from != MAP_FAILED && mprotect(from + whole, page, PROT_NONE) == 0);
    return from + (whole - n) / ALIGNED * ALIGNED;
}
