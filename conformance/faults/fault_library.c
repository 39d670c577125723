/* The library door: our own text answers lines. Whatever fails, what it writes is what it would have written, up to where it ended. */
#include "faults.h"
#include "library_serve.h"
#include "reference_adapter.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define KEY "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static const char lines[] =
    "{\"id\":1,\"op\":\"hello\"}\n"
    "{\"id\":2,\"op\":\"nz.init\",\"role\":\"i\",\"name\":\"Noise_XX_25519_ChaChaPoly_SHA256\",\"prologue\":\"\",\"s\":\"" KEY
    "\",\"e\":\"" KEY "\"}\n"
    "{\"id\":6,\"op\":\"nz.write\",\"h\":1,\"payload\":\"00\"}\n"
    "{\"id\":3,\"op\":\"prim.hash\",\"hash\":\"SHA256\",\"in\":\"00\"}\n"
    "{\"id\":4,\"op\":\"no.such\"}\n"
    "this is no line\n"
    "{\"id\":5,\"op\":\"hello\"}\n";

static char honest[1 << 16], now_said[1 << 16];
static size_t n_honest;

static int file(const char *name, int how)
{
    char path[4096 + 32];
    snprintf(path, sizeof path, "%s/%s", fault_folder(), name);
    return open(path, how | O_CLOEXEC, 0666);
}

static size_t load(const char *name, char *room, size_t cap)
{
    const int fd = file(name, O_RDONLY);
    const ssize_t n = read(fd, room, cap);
    close(fd);
    return n > 0 ? (size_t)n : 0;
}

static int run(void)
{
    static reference_adapter text;
    const int in = file("lines", O_RDONLY), out = file("answers", O_WRONLY | O_CREAT | O_TRUNC);
    must(in >= 0 && out >= 0);
    reference_adapter_start(&text, fault_prim, NULL);
    const parley_impl impl = reference_adapter_impl(&text);
    fault_begin();
    const bool served = library_serve(&impl, in, out);
    reference_adapter_reset(&text);
    fault_disarm();
    close(in), close(out);
    const size_t n = load("answers", now_said, sizeof now_said);
    return served && n == n_honest ? FAULT_HONEST : FAULT_FAILED;
}

/* Also where the process stopped. */
static int judge(void)
{
    const size_t n = load("answers", now_said, sizeof now_said);
    return n <= n_honest && memcmp(now_said, honest, n) == 0 ? 0 : 1;
}

static void prepare(void)
{
    const int fd = file("lines", O_WRONLY | O_CREAT | O_TRUNC);
    must(fd >= 0 && write(fd, lines, sizeof lines - 1) == sizeof lines - 1);
    close(fd);
    (void)run();
    n_honest = load("answers", honest, sizeof honest);
    must(n_honest > 0 && n_honest < sizeof honest);
}

const fault_scenario fault_library = {"library", prepare, run, judge, 1u << FAULT_MEMORY | 1u << FAULT_READ | 1u << FAULT_WRITE, 0};
