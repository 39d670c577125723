/* Where faults come from. Calls of our own objects are caught by the linker (--wrap), libraries are given allocators where they take one, and
 * what libevent calls of the C library is defined here, before the library's own. Waiting takes no time: when nothing is ready, the clock
 * jumps to the next timer; but where another process is waited for, time passes as it does. */
#include "faults.h"
#include "p256.h"
#include "translog.h"
#include "x509.h"

#include <cjson/cJSON.h>
#include <event2/event.h>
#include <libxml/xmlmemory.h>

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

const char *const fault_names[FAULT_KINDS] = {"none", "memory", "provider", "read", "write", "file", "kill"};

static struct {
    fault_kind kind;
    uint64_t at, count[FAULT_KINDS];
    bool begun, all_after, fired, among_others, spared;
    size_t held;
} state;

void fault_plan(fault_kind kind, uint64_t n, bool and_all_after)
{
    const size_t held = state.held;
    memset(&state, 0, sizeof state);
    state.kind = kind, state.at = n, state.all_after = and_all_after, state.held = held;
}

void fault_begin(void) { state.begun = true; }
void fault_disarm(void) { state.begun = false; }
uint64_t fault_count(fault_kind kind) { return state.count[kind]; }
fault_kind fault_planned(void) { return state.kind; }
bool fault_fired(void) { return state.fired; }
bool fault_spared(void) { return state.spared; }
size_t fault_memory_held(void) { return state.held; }

void fault_wrong(const char *what)
{
    fprintf(stderr, "faults: %s\n", what);
    _exit(FAULT_WRONG);
}

static bool fails(fault_kind kind)
{
    const uint64_t n = state.begun ? ++state.count[kind] : 0;
    if (n == 0 || kind != state.kind || n < state.at || (n > state.at && !state.all_after))
        return false;
    state.fired = true;
    state.spared |= state.among_others;
    return true;
}

/* ---- memory ---- */

void *__real_malloc(size_t), *__real_calloc(size_t, size_t), *__real_realloc(void *, size_t), *__real_aligned_alloc(size_t, size_t);
void __real_free(void *);
void *__wrap_malloc(size_t), *__wrap_calloc(size_t, size_t), *__wrap_realloc(void *, size_t), *__wrap_aligned_alloc(size_t, size_t);
void __wrap_free(void *);
char *__wrap_strdup(const char *);

/* Blocks that came from here, by address: libraries hand out others, which are freed here too. */
enum { BLOCKS = 1 << 21 }; /* a whole corpus of vectors */
static const void *block[BLOCKS];

static const void **place_of(const void *p)
{
    size_t at = ((uintptr_t)p >> 4) * 2654435761u % BLOCKS;
    while (block[at] && block[at] != p)
        at = (at + 1) % BLOCKS;
    return &block[at];
}

static void *counted(void *p)
{
    if (p) {
        *place_of(p) = p;
        state.held++;
    }
    return p;
}

static bool is_free(const void *p) { return !*place_of(p); }

/* What stands behind a hole would not be found any more: it moves up. */
static void uncounted(const void *p)
{
    if (!p || is_free(p))
        return;
    size_t at = (size_t)(place_of(p) - block);
    block[at] = NULL;
    state.held--;
    for (at = (at + 1) % BLOCKS; block[at]; at = (at + 1) % BLOCKS) {
        const void *moved = block[at];
        block[at] = NULL;
        *place_of(moved) = moved;
    }
}

void *__wrap_malloc(size_t n) { return fails(FAULT_MEMORY) ? NULL : counted(__real_malloc(n)); }
void *__wrap_calloc(size_t n, size_t size) { return fails(FAULT_MEMORY) ? NULL : counted(__real_calloc(n, size)); }
void *__wrap_aligned_alloc(size_t a, size_t n) { return fails(FAULT_MEMORY) ? NULL : counted(__real_aligned_alloc(a, n)); }

void *__wrap_realloc(void *p, size_t n)
{
    if (fails(FAULT_MEMORY))
        return NULL;
    void *q = __real_realloc(p, n);
    if (q) {
        uncounted(p);
        counted(q);
    }
    return q;
}

void __wrap_free(void *p)
{
    uncounted(p);
    __real_free(p);
}

char *__wrap_strdup(const char *s)
{
    char *copy = __wrap_malloc(strlen(s) + 1);
    return copy ? strcpy(copy, s) : NULL;
}

/* libxml2 keeps blocks when it runs out of memory in the middle: what it holds is not ours to count. */
static void *malloc_of_xml(size_t n) { return fails(FAULT_MEMORY) ? NULL : __real_malloc(n); }
static void *realloc_of_xml(void *p, size_t n) { return fails(FAULT_MEMORY) ? NULL : __real_realloc(p, n); }

static char *strdup_of_xml(const char *s)
{
    char *copy = malloc_of_xml(strlen(s) + 1);
    return copy ? strcpy(copy, s) : NULL;
}

__attribute__((constructor)) static void give_allocators(void)
{
    event_set_mem_functions(__wrap_malloc, __wrap_realloc, __wrap_free);
    cJSON_InitHooks(&(cJSON_Hooks){__wrap_malloc, __wrap_free});
    xmlMemSetup(__real_free, malloc_of_xml, realloc_of_xml, strdup_of_xml);
}

/* ---- the provider ---- */

static prim lent;
const prim *fault_prim = &lent;

static void x25519(const prim_pair *mine, const uint8_t share[32], uint8_t out[32])
{
    if (fails(FAULT_PROVIDER))
        memset(out, 0, 32);
    else
        prim_sodium.x25519(mine, share, out);
}

static bool ed25519_verify(const uint8_t key[32], span message, const uint8_t signature[64])
{
    return !fails(FAULT_PROVIDER) && prim_sodium.ed25519_verify(key, message, signature);
}

static bool aead_open(prim_cipher c, const uint8_t key[32], const uint8_t nonce[12], span ad, span sealed, uint8_t *out)
{
    if (!fails(FAULT_PROVIDER))
        return prim_sodium.aead_open(c, key, nonce, ad, sealed, out);
    if (sealed.n >= PRIM_TAG)
        memset(out, 0, sealed.n - PRIM_TAG);
    return false;
}

__attribute__((constructor)) static void make_provider(void)
{
    lent = prim_sodium;
    lent.x25519 = x25519;
    lent.ed25519_verify = ed25519_verify;
    lent.aead_open = aead_open;
}

bool __real_p256_verify(const uint8_t *, span, const uint8_t *), __wrap_p256_verify(const uint8_t *, span, const uint8_t *);
bool __wrap_p256_verify(const uint8_t *key, span message, const uint8_t *signature)
{
    return !fails(FAULT_PROVIDER) && __real_p256_verify(key, message, signature);
}

bool __real_prim_cbc_decrypt(const uint8_t *, const uint8_t *, span, uint8_t *, size_t *);
bool __wrap_prim_cbc_decrypt(const uint8_t *, const uint8_t *, span, uint8_t *, size_t *);
bool __wrap_prim_cbc_decrypt(const uint8_t *key, const uint8_t *iv, span sealed, uint8_t *out, size_t *n)
{
    if (!fails(FAULT_PROVIDER))
        return __real_prim_cbc_decrypt(key, iv, sealed, out, n);
    *n = 0;
    return false;
}

x509_chain __real_x509_judge(const x509_view *, const x509_issuer *, int64_t);
x509_chain __wrap_x509_judge(const x509_view *, const x509_issuer *, int64_t);
x509_chain __wrap_x509_judge(const x509_view *leaf, const x509_issuer *issuer, int64_t now)
{
    return fails(FAULT_PROVIDER) ? X509_CHAIN_NOT_ISSUED : __real_x509_judge(leaf, issuer, now);
}

bool __real_x509_ecdsa_p384_verify(const x509_view *, span, const uint8_t *, const uint8_t *);
bool __wrap_x509_ecdsa_p384_verify(const x509_view *, span, const uint8_t *, const uint8_t *);
bool __wrap_x509_ecdsa_p384_verify(const x509_view *certificate, span message, const uint8_t *r, const uint8_t *s)
{
    return !fails(FAULT_PROVIDER) && __real_x509_ecdsa_p384_verify(certificate, message, r, s);
}

/* One of several lines that each would do. */
verdict __real_tl_check_lines(const prim *, const tl_note *, const tl_key *, writer, bool *, uint64_t *);
verdict __wrap_tl_check_lines(const prim *, const tl_note *, const tl_key *, writer, bool *, uint64_t *);
verdict __wrap_tl_check_lines(const prim *p, const tl_note *note, const tl_key *key, writer room, bool *found, uint64_t *time)
{
    state.among_others = true;
    const verdict v = __real_tl_check_lines(p, note, key, room, found, time);
    state.among_others = false;
    return v;
}

/* ---- sockets: before the C library's own, so libevent calls these ---- */

ssize_t readv(int fd, const struct iovec *v, int n)
{
    if (!fails(FAULT_READ))
        return syscall(SYS_readv, fd, v, n);
    errno = ECONNRESET;
    return -1;
}

ssize_t writev(int fd, const struct iovec *v, int n)
{
    if (!fails(FAULT_WRITE))
        return syscall(SYS_writev, fd, v, n);
    errno = EPIPE;
    return -1;
}

/* What our own objects read and write by the bare calls. */
ssize_t __real_read(int, void *, size_t), __wrap_read(int, void *, size_t);
ssize_t __real_write(int, const void *, size_t), __wrap_write(int, const void *, size_t);

ssize_t __wrap_read(int fd, void *p, size_t n)
{
    if (!fails(FAULT_READ))
        return __real_read(fd, p, n);
    errno = EIO;
    return -1;
}

ssize_t __wrap_write(int fd, const void *p, size_t n)
{
    if (!fails(FAULT_WRITE))
        return __real_write(fd, p, n);
    errno = EPIPE;
    return -1;
}

/* ---- time ---- */

static int64_t ahead; /* nanoseconds */

int clock_gettime(clockid_t which, struct timespec *out)
{
    const int r = (int)syscall(SYS_clock_gettime, which, out);
    const int64_t n = out->tv_nsec + ahead;
    out->tv_sec += n / 1000000000;
    out->tv_nsec = n % 1000000000;
    return r;
}

static bool waits_really;
void fault_waits_really(void) { waits_really = true; }

int epoll_wait(int fd, struct epoll_event *events, int most, int milliseconds)
{
    const int n = (int)syscall(SYS_epoll_pwait, fd, events, most, waits_really ? milliseconds : 0, NULL, 8);
    if (n == 0 && milliseconds > 0 && !waits_really)
        ahead += (int64_t)milliseconds * 1000000;
    return n;
}

/* ---- files ---- */

FILE *__real_fopen(const char *, const char *), *__wrap_fopen(const char *, const char *);
size_t __real_fread(void *, size_t, size_t, FILE *), __wrap_fread(void *, size_t, size_t, FILE *);
size_t __real_fwrite(const void *, size_t, size_t, FILE *), __wrap_fwrite(const void *, size_t, size_t, FILE *);
int __real_fclose(FILE *), __wrap_fclose(FILE *), __real_rename(const char *, const char *), __wrap_rename(const char *, const char *);
int __real_mkdir(const char *, mode_t), __wrap_mkdir(const char *, mode_t), __real_unlink(const char *), __wrap_unlink(const char *);
int __real_rmdir(const char *), __wrap_rmdir(const char *);
int __real_renameat2(int, const char *, int, const char *, unsigned), __wrap_renameat2(int, const char *, int, const char *, unsigned);

static bool file_fails(void)
{
    if (fails(FAULT_KILL))
        _exit(FAULT_KILLED);
    if (!fails(FAULT_FILE))
        return false;
    errno = EIO;
    return true;
}

FILE *__wrap_fopen(const char *path, const char *mode) { return file_fails() ? NULL : __real_fopen(path, mode); }
int __real_ferror(FILE *), __wrap_ferror(FILE *);

static const FILE *broken;
size_t __wrap_fread(void *p, size_t size, size_t n, FILE *f)
{
    if (!file_fails())
        return __real_fread(p, size, n, f);
    broken = f;
    return 0;
}

int __wrap_ferror(FILE *f) { return f == broken || __real_ferror(f); }

/* A killed or failing write leaves half of what it had to write. */
size_t __wrap_fwrite(const void *p, size_t size, size_t n, FILE *f)
{
    const bool killed = fails(FAULT_KILL), failed = fails(FAULT_FILE);
    if (!killed && !failed)
        return __real_fwrite(p, size, n, f);
    const size_t some = __real_fwrite(p, 1, size * n / 2, f);
    fflush(f);
    if (killed)
        _exit(FAULT_KILLED);
    broken = f;
    errno = ENOSPC;
    return some / size;
}

int __wrap_fclose(FILE *f)
{
    broken = f == broken ? NULL : broken;
    const bool fails_here = file_fails();
    const int r = __real_fclose(f);
    if (fails_here)
        errno = ENOSPC;
    return fails_here ? EOF : r;
}

int __wrap_rename(const char *from, const char *to) { return file_fails() ? -1 : __real_rename(from, to); }
int __wrap_mkdir(const char *path, mode_t mode) { return file_fails() ? -1 : __real_mkdir(path, mode); }
int __wrap_unlink(const char *path) { return file_fails() ? -1 : __real_unlink(path); }
int __wrap_rmdir(const char *path) { return file_fails() ? -1 : __real_rmdir(path); }
int __wrap_renameat2(int a, const char *from, int b, const char *to, unsigned flags)
{
    return file_fails() ? -1 : __real_renameat2(a, from, b, to, flags);
}
