#include "progress.h"

#include <stdlib.h>
#include <unistd.h>

static double seconds_between(struct timespec a, struct timespec b)
{
    return (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
}

static struct timespec now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t;
}

progress progress_start(const char *what, size_t total, bool quiet)
{
    return (progress){.what = what, .total = total, .off = quiet || !isatty(STDERR_FILENO), .started = now()};
}

void progress_at(progress *p, size_t done)
{
    enum { WIDTH = 30 };
    struct timespec t;
    if (p->off)
        return;
    t = now();
    if (seconds_between(p->started, t) < 1 || (p->shown && seconds_between(p->drawn, t) < 0.1))
        return;
    p->shown = true;
    p->drawn = t;
    if (!p->total) {
        fprintf(stderr, "\r\033[K%s %zu", p->what, done);
        return;
    }
    size_t filled = (done < p->total ? done : p->total) * WIDTH / p->total;
    fprintf(stderr, "\r\033[K%s [", p->what);
    for (size_t i = 0; i < WIDTH; i++)
        fputc(i < filled ? '#' : '.', stderr);
    fprintf(stderr, "] %zu/%zu", done, p->total);
}

void progress_end(progress *p)
{
    if (p->shown)
        fputs("\r\033[K", stderr);
    p->shown = false;
}

const char *colour_on(FILE *f, colour c)
{
    static const char *const sequences[] = {"\033[0m", "\033[32m", "\033[31m", "\033[33m", "\033[2m", "\033[1m"};
    const char *no = getenv("NO_COLOR");
    return isatty(fileno(f)) && !(no && *no) ? sequences[c] : "";
}
