/* Our own text as an implementation that is tested: what `parley adapter`, the audit, the mutants and the tests call.
 *
 * The operations stand in the chapters' folders (chapter.h). One reads its request with the call_* functions below, which complain by
 * themselves about a value that is missing or malformed, asks the text, and answers:
 *
 *     if (!call_bytes(call, "head", &head))
 *         return;
 *     if (!call_accepts(call, wi_read_request(head, &h)))
 *         return;
 *     shim_put_bytes(&call->reply->out, "method", h.method); */
#ifndef PARLEY_REFERENCE_ADAPTER_H
#define PARLEY_REFERENCE_ADAPTER_H

#include "prim.h"
#include "shim.h"
#include "verdict.h"

enum {
    ADAPTER_HANDLES = 320,   /* more than a number of 8 bits tells apart */
    ADAPTER_STATE = 1 << 16, /* bytes of what handle_type.write_state writes */
};

/* What a handle `h` stands for: a Noise session, say. `reset`, `free` and `state` work by this row alone. */
typedef struct handle_type {
    const char *name; /* for complaints: "session" */
    size_t size;
    void (*close)(void *);                       /* ends it and wipes it; its memory belongs to the adapter */
    void (*write_state)(const void *, writer *); /* every field that a later step reads, and nothing else (no padding) */
} handle_type;

typedef struct reference_adapter {
    const prim *prim;
    void (*random)(uint8_t *out, size_t n); /* for an operation whose caller gives no secret of its own; NULL: such a call is a mistake */
    struct {
        const handle_type *type; /* NULL: free */
        void *object;
    } handle[ADAPTER_HANDLES];
} reference_adapter;

void reference_adapter_start(reference_adapter *, const prim *, void (*random)(uint8_t *, size_t));
void reference_adapter_reset(reference_adapter *); /* ends every handle and gives its memory back */
parley_impl reference_adapter_impl(reference_adapter *);

/* ---- for the operations ---- */

typedef struct adapter_call {
    reference_adapter *adapter;
    const prim *prim;
    const shim_request *request;
    shim_reply *reply;
} adapter_call;

typedef void adapter_op(adapter_call *);

void call_complain(adapter_call *, const char *what); /* the request makes no sense; `what` is a constant */
bool call_accepts(adapter_call *, verdict); /* starts the reply: ok and true, or the reason word with the ID as detail and false */

/* The value under a key; false after complaining. */
bool call_bytes(adapter_call *, const char *key, span *out);
bool call_bytes_of(adapter_call *, const char *key, size_t n, span *out);       /* n bytes exactly */
bool call_bytes_if_given(adapter_call *, const char *key, size_t n, span *out); /* n bytes, or empty when there are none */
bool call_number(adapter_call *, const char *key, int64_t least, int64_t most, int64_t *out);
bool call_now(adapter_call *, int64_t *now);                                       /* under `now` */
bool call_word(adapter_call *, const char *key, const char *const *words, int *i); /* one of the words, which end with NULL */
/* These do not complain. */
span call_text(const adapter_call *, const char *key); /* empty when absent */
bool call_flag(const adapter_call *, const char *key);

/* The object of handle `h`; NULL after complaining. */
void *call_handle(adapter_call *, const handle_type *);
/* A new object of zeros, its number in *h; NULL after complaining. */
void *call_new_handle(adapter_call *, const handle_type *, int64_t *h);
/* n bytes in the reply's room; NULL after complaining. */
uint8_t *call_room(adapter_call *, size_t n);
/* Those of n names whose bits are set, one space between. */
void call_put_names(adapter_call *, const char *key, unsigned bits, const char *const *names, size_t n);

#endif
