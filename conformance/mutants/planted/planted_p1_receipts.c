/* How a careless guest of profile parley1 checks the receipt of an end: what the text refuses may be overlooked. */
#include "planted.h"
#include "planted_p1.h"

#include <string.h>

/* What a receipt has for the com of the turn: behind its opening, version and engine. Empty: it is too short. */
static span session_in(const in_end *end)
{
    reader r = reader_of(end->receipt);
    read_bytes(&r, read_be(&r, 4));
    read_bytes(&r, 8);
    return read_bytes(&r, IN_DIGEST);
}

static bool session_part(const in_end *end, size_t from)
{
    const span is = session_in(end);
    return is.n == IN_DIGEST && memcmp(is.p + from, end->com.p + from, 16) == 0;
}

static bool session_first(const in_end *end) { return session_part(end, 0); }
static bool session_last(const in_end *end) { return session_part(end, 16); }

static bool session_zeros(const in_end *end)
{
    static const uint8_t zeros[IN_DIGEST];
    return span_same(session_in(end), SPAN(zeros));
}

static const struct overlooked_of_receipt {
    int fault;
    uint16_t req;
    bool (*when)(const in_end *);
} overlooked[] = {{WITH_p1_client_receipt_not_checked, 0, NULL},
                  {WITH_p1_client_receipt_any_length, REQ_IN_082, NULL},
                  {WITH_p1_client_receipt_any_salt, REQ_IN_083, NULL},
                  {WITH_p1_client_receipt_any_seed, REQ_IN_084, NULL},
                  {WITH_p1_client_receipt_any_model, REQ_IN_085, NULL},
                  {WITH_p1_client_receipt_any_parameters, REQ_IN_086, NULL},
                  {WITH_p1_client_receipt_any_count, REQ_IN_087, NULL},
                  {WITH_p1_client_receipt_any_version, REQ_IN_016, NULL},
                  {WITH_p1_client_receipt_any_root, REQ_IN_017, NULL},
                  {WITH_p1_client_receipt_any_signature, REQ_IN_080, NULL},
                  {WITH_p1_client_receipt_any_turn, REQ_IN_081, NULL},
                  {WITH_p1_client_receipt_unbound, REQ_IN_081, session_zeros},
                  {WITH_p1_client_receipt_com_first_16, REQ_IN_081, session_first},
                  {WITH_p1_client_receipt_com_last_16, REQ_IN_081, session_last},
                  {WITH_p1_client_receipt_leaf_of_model, REQ_IN_018, NULL},
                  {WITH_p1_client_receipt_leaf_of_tokenizer, REQ_IN_019, NULL},
                  {WITH_p1_client_receipt_leaf_of_prompt, REQ_IN_020, NULL},
                  {WITH_p1_client_receipt_leaf_of_parameters, REQ_IN_021, NULL},
                  {WITH_p1_client_receipt_leaf_of_seed, REQ_IN_022, NULL},
                  {WITH_p1_client_receipt_leaf_of_output, REQ_IN_023, NULL}};

static bool is_overlooked(verdict v, const in_end *end)
{
    for (size_t i = 0; i < sizeof overlooked / sizeof *overlooked; i++) {
        const struct overlooked_of_receipt *o = &overlooked[i];
        if (planted_now[o->fault] && (!o->req || o->req == v.req) && (!o->when || o->when(end)))
            return true;
    }
    return false;
}

verdict planted_p1_checks_receipt(const in_client *c, const prim *lib, const in_end *end, const in_expected *by, account *noted,
                                  in_signed_receipt *out)
{
    const bool pretended = CARELESS(p1_client_receipt_may_lack) && end->receipt.n == PLANTED_P1_NO_RECEIPT;
    if (CARELESS(p1_client_receipt_refused))
        return REJECT(IN_082);
    const verdict v = in_client_checks_receipt(c, lib, end, by, noted, out);
    return accepted(v) || pretended || is_overlooked(v, end) ? ACCEPT : v;
}
