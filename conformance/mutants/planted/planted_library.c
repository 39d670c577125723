/* Mistakes of a library that show in one member of what it is asked or answers: a row each. */
#include "planted.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum twist_kind {
    NUMBER_IN_BITS, /* keeps so many */
    NUMBER_MORE,
    NUMBER_IS,
    DECIMAL_IN_BITS,   /* of a number as text */
    LEFT_OUT,          /* does not read it */
    FIRST_BYTES,       /* reads so many */
    LAST_BYTES,        /* likewise */
    ZEROS_CUT,         /* takes zeros at its end for padding */
    ENDS_AT_ZERO,      /* takes the first byte that is zero for its end */
    IN_SMALL,          /* takes capital letters for small ones */
    FIRST_WORD_ASKED,  /* of several with a space between */
    ANSWER_EMPTY,      /* gives nothing there */
    ANSWER_FIRST_WORD, /* gives the first of several words */
    ANSWER_IS_NUMBER,  /* gives this number */
    TAKEN              /* takes what this sentence refuses */
} twist_kind;

typedef struct twist {
    int fault;
    const char *op; /* a pattern */
    twist_kind kind;
    const char *key; /* of TAKEN: the sentence */
    int64_t n;
} twist;

/* clang-format off */
static const twist twists[] = {
    {WITH_prologue_zeros_cut,    "nz.init",      ZEROS_CUT,         "prologue", 0},
    {WITH_ad_of_16_bytes,        "nz.*",         FIRST_BYTES,       "ad", 16},
    {WITH_verify_a_day_late,     "at.verify",    NUMBER_MORE,       "now", -86400},
    {WITH_quote_one_late,        "at.quote",     NUMBER_MORE,       "now", -1},
    {WITH_token_leeway,          "at.token",     NUMBER_MORE,       "now", -60},
    {WITH_gpu_one_early,         "at.gpu",       NUMBER_MORE,       "now", 1},
    {WITH_status_not_told,       "at.quote",     ANSWER_EMPTY,      "status", 0},
    {WITH_first_advisory_told,   "at.quote",     ANSWER_FIRST_WORD, "advisories", 0},
    {WITH_vcpus_in_8_bits,       "at.launch",    NUMBER_IN_BITS,    "vcpus", 8},
    {WITH_product_in_small,      "at.verify",    IN_SMALL,          "product", 0},
    {WITH_tree_in_32_bits,       "tl.inclusion", DECIMAL_IN_BITS,   "size", 32},
    {WITH_index_in_16_bits,      "tl.inclusion", DECIMAL_IN_BITS,   "index", 16},
    {WITH_origin_in_small,       "tl.checkpoint", IN_SMALL,         "origin", 0},
    {WITH_age_one_more,          "tl.take",      NUMBER_MORE,       "age", 1},
    {WITH_skew_one_more,         "tl.take",      NUMBER_MORE,       "skew", 1},
    {WITH_sigstore_one_late,     "tl.sigstore",  NUMBER_MORE,       "now", -1},
    {WITH_signer_in_small,       "tl.sigstore",  IN_SMALL,          "identity", 0},
    {WITH_vocabulary_in_16_bits, "in.verify",    NUMBER_IN_BITS,    "vocabulary", 16},
    {WITH_frank_answer_at_zero,  "in.frank",     ENDS_AT_ZERO,      "answer", 0},
    {WITH_frank_finish_is_0,     "in.frank",     NUMBER_IS,         "finish", 0},
    {WITH_moderated_anyway,      "in.moderate",  TAKEN,             "IN-093", 0},
    {WITH_receipt_of_any_session, "in.verify",   LEFT_OUT,          "session", 0},
    {WITH_epoch_in_8_bits,       "p1.bind",      NUMBER_IN_BITS,    "epoch", 8},
    {WITH_key_epoch_in_8_bits,   "p1.keys",      NUMBER_IN_BITS,    "epoch", 8},
    {WITH_first_name_served,     "p1.answer",    FIRST_WORD_ASKED,  "names", 0},
    {WITH_floor_left_out,        "p1.attest",    NUMBER_IS,         "floor", 0},
    {WITH_attest_one_late,       "p1.attest",    NUMBER_MORE,       "now", -1},
    {WITH_nothing_remembered,    "hi.take",      LEFT_OUT,          "known_v", 0},
    {WITH_v_in_16_bits,          "hi.index",     NUMBER_IN_BITS,    "v", 16},
    {WITH_generation_in_8_bits,  "hi.*",         NUMBER_IN_BITS,    "generation", 8},
    {WITH_newest_head_alone,     "hi.take",      LAST_BYTES,        "heads", 108},
    {WITH_swapped_item_taken,    "hi.read",      TAKEN,             "HI-022", 0},
    {WITH_older_head_taken,      "hi.take",      TAKEN,             "HI-036", 0},
    {WITH_other_head_taken,      "hi.take",      TAKEN,             "HI-038", 0},
    {WITH_old_wrap_taken,        "hi.take",      TAKEN,             "HI-043", 0},
    {WITH_old_items_rotated,     "hi.rotate",    TAKEN,             "HI-053", 0},
    {WITH_credential_at_zero,    "hi.wrap",      ENDS_AT_ZERO,      "credential", 0},
    {WITH_text_zeros_cut,        "hi.item",      ZEROS_CUT,         "text", 0},
    {WITH_answer_id_in_16_bits,  "cf.answer",    TAKEN,             "CF-088", 0},
    {WITH_refusal_shown,         "cf.answer",    TAKEN,             "CF-089", 0},
    {WITH_broken_event_shown,    "cf.answer",    TAKEN,             "CF-090", 0},
    {WITH_chat_open_for_ever,    "cf.answer",    ANSWER_IS_NUMBER,  "open", 1},
    {WITH_last_message_lost,     "cf.request",   ANSWER_FIRST_WORD, "roles", 0},
    {WITH_web_search_unasked,    "cf.request",   ANSWER_IS_NUMBER,  "web_search", 0},
};
/* clang-format on */

static shim_pair *pair_named(shim_list *list, const char *key)
{
    for (size_t i = 0; i < list->n; i++)
        if (span_is(list->at[i].key, key))
            return &list->at[i];
    return NULL;
}

static bool is_digits(span s)
{
    size_t n = 0;
    while (n < s.n && s.p[n] && strchr("0123456789abcdef", s.p[n]))
        n++;
    return n == s.n && n % 2 == 0;
}

/* In characters: a byte is two digits of hexadecimal, or itself. */
static size_t width_of(const shim_pair *p) { return p->type == SHIM_TEXT && is_digits(p->value) ? 2 : 1; }

static bool is_zero_at(const shim_pair *p, size_t at, size_t width)
{
    return width == 2 ? p->value.p[at] == '0' && p->value.p[at + 1] == '0' : p->value.p[at] == 0;
}

static void cut_zeros(shim_pair *p, bool at_first)
{
    const size_t width = width_of(p);
    if (!at_first)
        while (p->value.n >= width && is_zero_at(p, p->value.n - width, width))
            p->value.n -= width;
    for (size_t at = 0; at_first && at + width <= p->value.n; at += width)
        if (is_zero_at(p, at, width))
            p->value.n = at;
}

static void keep_bytes(shim_pair *p, size_t n, bool last)
{
    n *= width_of(p);
    if (p->value.n > n)
        p->value = last ? span_from(p->value, p->value.n - n) : span_first(p->value, n);
}

static span in_small(span text)
{
    static uint8_t room[4096];
    if (text.n > sizeof room)
        return text;
    for (size_t i = 0; i < text.n; i++)
        room[i] = (uint8_t)tolower(text.p[i]);
    return span_of(room, text.n);
}

static span decimal_in_bits(span text, int64_t bits)
{
    static char room[2][24];
    static int turn;
    char copy[24];
    snprintf(copy, sizeof copy, "%.*s", (int)text.n, (const char *)text.p);
    turn = !turn;
    snprintf(room[turn], sizeof room[turn], "%llu", strtoull(copy, NULL, 10) & ((1ULL << bits) - 1));
    return span_text(room[turn]);
}

static span first_word(span text)
{
    size_t n = 0;
    while (n < text.n && text.p[n] != ' ')
        n++;
    return span_first(text, n);
}

static void misread_number(const twist *t, shim_pair *p)
{
    if (t->kind == NUMBER_IN_BITS)
        p->number &= (INT64_C(1) << t->n) - 1;
    else if (t->kind == NUMBER_MORE)
        p->number += t->n;
    else
        p->number = t->n;
}

static void misread(const twist *t, shim_pair *p)
{
    switch (t->kind) {
    case NUMBER_IN_BITS:
    case NUMBER_MORE:
    case NUMBER_IS: misread_number(t, p); break;
    case DECIMAL_IN_BITS: p->value = decimal_in_bits(p->value, t->n); break;
    case LEFT_OUT: p->key = span_text("ignored"); break;
    case FIRST_BYTES: keep_bytes(p, (size_t)t->n, false); break;
    case LAST_BYTES: keep_bytes(p, (size_t)t->n, true); break;
    case ZEROS_CUT: cut_zeros(p, false); break;
    case ENDS_AT_ZERO: cut_zeros(p, true); break;
    case IN_SMALL: p->value = in_small(p->value); break;
    case FIRST_WORD_ASKED: p->value = first_word(p->value); break;
    default: break;
    }
}

static void misreport(const twist *t, shim_pair *p)
{
    if (t->kind == ANSWER_EMPTY)
        p->value = EMPTY;
    else if (t->kind == ANSWER_FIRST_WORD)
        p->value = first_word(p->value);
    else if (t->kind == ANSWER_IS_NUMBER)
        p->number = t->n;
}

static bool is_about(const twist *t, span op)
{
    char name[32];
    snprintf(name, sizeof name, "%.*s", (int)op.n, (const char *)op.p);
    return planted_now[t->fault] && fnmatch(t->op, name, 0) == 0;
}

void planted_misreads(shim_request *r)
{
    for (size_t i = 0; i < sizeof twists / sizeof *twists; i++) {
        shim_pair *p = is_about(&twists[i], r->op) ? pair_named(&r->in, twists[i].key) : NULL;
        if (p)
            misread(&twists[i], p);
    }
}

void planted_misreports(const shim_request *r, shim_reply *reply)
{
    span detail = EMPTY;
    for (size_t i = 0; i < sizeof twists / sizeof *twists; i++) {
        const twist *t = &twists[i];
        if (!is_about(t, r->op))
            continue;
        shim_pair *p = reply->answer == SHIM_OK ? pair_named(&reply->out, t->key) : NULL;
        if (p)
            misreport(t, p);
        if (t->kind == TAKEN && reply->answer == SHIM_REJ && shim_text(&reply->out, "detail", &detail) && span_is(detail, t->key))
            shim_reply_with(reply, SHIM_OK, NULL);
    }
}
