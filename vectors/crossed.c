#include "crossed.h"
#include "crossed_lists.h"
#include "in_process.h"
#include "no_memory.h"
#include "shim_line.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
    BASES = 12,   /* accepted cases that are tried for an input, */
    REFUSED = 64, /* and refused ones */
    OTHERS = 64,  /* values of other cases */
    LIST_BASES = 6,
    NUMBER_BASES = 3,
    NAME_MOST = 200, /* bytes of a text that is a name and no document */
    REACH = 14,      /* steps, each eight times as wide */
    ANSWER = 1 << 20
};

/* An accepted case of the operation under way, and what our own text answers to it, as a line, once it was asked. */
typedef struct base_case {
    const vector_case *c;
    size_t inputs;
    shim_answer answer;
    char *line;
    size_t n_line;
} base_case;

typedef struct crossing {
    const vector_set *set;
    in_process text; /* our own */
    crossed_wanted *wanted;
    vector_set made;
    base_case *base; /* those with the most inputs first: with one of them more can go wrong */
    size_t n_bases;
    shim_reply reply;                   /* the last one */
    bool only_taken;                    /* an answer that differs is one that takes what was refused */
    uint8_t honest[ANSWER], is[ANSWER]; /* answers as lines */
    span answered;                      /* to the case whose lists are crossed */
    char about[16];                     /* the sentence that refuses the list under way without what is wanted; "": none is known */
} crossing;

/* ---- asking our own text ---- */

static span ask(crossing *x, const vector_case *c, const cJSON *instead, uint8_t *room)
{
    shim_request r;
    writer line = writer_of(room, ANSWER);
    shim_request_start(&r, c->op);
    case_inputs(c, &r.in);
    for (size_t i = 0; instead && i < r.in.n; i++)
        if (span_is(r.in.at[i].key, instead->string)) {
            shim_list one = {0};
            case_put(&one, instead);
            r.in.at[i] = one.at[0];
        }
    x->reply.room = WRITER(x->text.room);
    must(shim_ask(&x->text.impl, &r, &x->reply) == SHIM_ANSWERED);
    shim_line_reply(&line, 0, &x->reply);
    return written(&line);
}

/* The answer to a base; empty when it is not taken. */
static span honest_answer(crossing *x, base_case *b)
{
    if (b->answer == SHIM_NONE) {
        const span line = ask(x, b->c, NULL, x->honest);
        b->answer = x->reply.answer;
        b->line = or_stop(malloc(line.n));
        span_take(line, (uint8_t *)b->line, line.n);
        b->n_line = line.n;
    }
    return b->answer == SHIM_OK ? span_of(b->line, b->n_line) : EMPTY;
}

/* Whether another value gives another answer, which x->reply then is; one that makes no sense is none. */
static bool differs(crossing *x, const vector_case *c, const cJSON *value, span honest)
{
    if (!value || cJSON_Compare(value, case_value(c, value->string), 1))
        return false;
    const span is = ask(x, c, value, x->is);
    if (x->only_taken && x->reply.answer != SHIM_OK)
        return false;
    return (x->reply.answer == SHIM_OK || (x->reply.answer == SHIM_REJ && shim_find(&x->reply.out, "detail"))) && !span_same(is, honest);
}

/* ---- other values ---- */

static cJSON *numbered(const cJSON *value, int how)
{
    static const double later[] = {1, 315360000, -1};
    return how < 3 ? cJSON_CreateNumber(value->valuedouble + later[how]) : cJSON_CreateNumber(0);
}

/* The end of the first long number in hexadecimal, a measurement or a key in a document; else the middle. */
static char *inside(char *text, size_t n)
{
    size_t run = 0;
    for (size_t i = 0; i < n; i++) {
        run = strchr("0123456789abcdef", text[i]) ? run + 1 : 0;
        if (run == 64)
            return &text[i];
    }
    return n ? &text[n / 2] : NULL;
}

/* Another last digit, nothing, a letter more, another digit inside. */
static cJSON *respelled(const cJSON *value, int how)
{
    char text[1 << 16];
    const size_t n = strlen(value->valuestring);
    if (n + 2 > sizeof text)
        return NULL;
    snprintf(text, sizeof text, "%s%s", how == 1 ? "" : value->valuestring, how == 2 ? "x" : "");
    char *at = how == 0 && n ? &text[n - 1] : how == 3 ? inside(text, n) : NULL;
    if (at)
        *at = *at == '0' ? '1' : '0';
    return cJSON_CreateString(text);
}

/* A value that no case has; owned. NULL: there are no more. */
static cJSON *changed(const cJSON *value, int how)
{
    cJSON *item = cJSON_IsBool(value)     ? how == 0 ? cJSON_CreateBool(!cJSON_IsTrue(value)) : NULL
                  : cJSON_IsNumber(value) ? how < 4 ? numbered(value, how) : NULL
                  : how < 4               ? respelled(value, how)
                                          : NULL;
    if (item)
        item->string = strdup(value->string);
    return item;
}

void crossed_areas(const char *areas, char out[CROSSED_AREAS])
{
    snprintf(out, CROSSED_AREAS, "%s%s", areas, strstr(areas, "p1") ? ",at" : "");
}

static bool is_among(const cJSON *const *values, size_t n, const cJSON *value)
{
    while (n && !cJSON_Compare(values[n - 1], value, 1))
        n--;
    return n > 0;
}

/* A value of the same name with which this case is answered otherwise, of another case of its operation or of another operation. */
static const cJSON *find_in_others(crossing *x, const vector_case *c, const char *key, bool own, span honest)
{
    const cJSON *tried[OTHERS];
    char areas[CROSSED_AREAS];
    size_t n = 0;
    crossed_areas(c->area, areas);
    for (size_t i = 0; i < x->set->n && n < OTHERS; i++) {
        const vector_case *other = &x->set->all[i];
        const bool fits = strstr(areas, other->area) && (strcmp(other->op, c->op) == 0) == own;
        const cJSON *value = fits ? case_value(other, key) : NULL;
        if (!value)
            continue;
        tried[n] = value;
        if (!is_among(tried, n++, value) && differs(x, c, value, honest))
            return value;
    }
    return NULL;
}

/* The value, owned, with which this case is answered otherwise; NULL: there is none. */
static cJSON *find_value(crossing *x, const vector_case *c, const char *key, span honest)
{
    cJSON *item;
    const cJSON *value = find_in_others(x, c, key, true, honest);
    for (int how = 0; !value && (item = changed(case_value(c, key), how)); how++) {
        if (differs(x, c, item, honest))
            return item;
        cJSON_Delete(item);
    }
    value = value ? value : find_in_others(x, c, key, false, honest);
    item = value ? cJSON_Duplicate(value, 1) : NULL;
    if (item && !item->string)
        item->string = strdup(key);
    return item;
}

/* ---- the case ---- */

static void join(const cJSON *array, char out[400])
{
    size_t n = 0;
    out[0] = 0;
    for (const cJSON *at = array->child; at && n < 380; at = at->next)
        n += (size_t)snprintf(out + n, 400 - n, "%s%s", n ? " " : "", at->valuestring);
}

static void put_answer(sheet *s, const shim_pair *p)
{
    char key[64], *text;
    if (span_is(p->key, "detail"))
        return;
    snprintf(key, sizeof key, "%.*s", (int)p->key.n, (const char *)p->key.p);
    must((text = calloc(1, p->value.n + 1)));
    span_take(p->value, (uint8_t *)text, p->value.n);
    sheet_out(s, p->type == SHIM_BYTES  ? BYTES(key, p->value)
                 : p->type == SHIM_TEXT ? TEXT(key, text)
                 : p->type == SHIM_BOOL ? BOOLEAN(key, p->number)
                                        : NUMBER(key, (long)p->number));
    free(text);
}

static void put_verdict(sheet *s, const shim_reply *reply, const vector_case *base, const char *about, const char *slug)
{
    char numbers[400], site[16];
    span detail = EMPTY;
    if (reply->answer == SHIM_OK) {
        join(base->req, numbers);
        if (*about)
            snprintf(numbers, sizeof numbers, "%s", about);
        sheet_accepts(s, slug, numbers);
        for (size_t i = 0; i < reply->out.n; i++)
            put_answer(s, &reply->out.at[i]);
        return;
    }
    must(shim_text(&reply->out, "detail", &detail));
    snprintf(site, sizeof site, "%.*s", (int)detail.n, (const char *)detail.p);
    sheet_rejects(s, &(rejection){.slug = slug, .site = site, .mutation = "this input alone is another", .flag = "OtherInput"});
    cJSON_ReplaceItemInObject(s->c, "base", cJSON_CreateString(base->id));
}

static void put_inputs(sheet *s, const vector_case *base, const cJSON *instead)
{
    cJSON *in = cJSON_GetObjectItemCaseSensitive(s->c, "in");
    for (int own = 1; own >= 0; own--)
        for (const cJSON *at = (own ? base->in : base->common)->child; at; at = at->next)
            if (!cJSON_GetObjectItemCaseSensitive(in, at->string))
                cJSON_AddItemToObject(in, at->string, cJSON_Duplicate(!instead || strcmp(at->string, instead->string) ? at : instead, 1));
}

static void put_case(crossing *x, sheet *s, const vector_case *base, const char *key, const cJSON *value)
{
    char needs[400], slug[80];
    snprintf(slug, sizeof slug, "%s", key);
    for (char *at = slug; *at; at++)
        *at = *at == '_' ? '-' : *at;
    join(base->needs, needs);
    sheet_group(s, base->id, needs, "crossed");
    put_verdict(s, &x->reply, base, x->about, slug);
    put_inputs(s, base, value);
}

/* Keys, digests and signatures: nothing but hexadecimal digits of so many bytes. */
static bool is_compared_whole(const cJSON *value)
{
    const size_t n = cJSON_IsString(value) ? strlen(value->valuestring) : 0;
    return n >= 2 * 16 && n <= 2 * 64 && strspn(value->valuestring, "0123456789abcdef") == n;
}

/* The case with this value, owned, where it is answered otherwise. */
static bool put_changed(crossing *x, sheet *s, const vector_case *c, const char *key, const char *how, cJSON *item, span honest)
{
    char part[64];
    snprintf(part, sizeof part, "%s-%s", key, how);
    if (!item->string)
        item->string = strdup(key);
    const bool some = differs(x, c, item, honest);
    if (some)
        put_case(x, s, c, part, item);
    cJSON_Delete(item);
    return some;
}

/* The lowest bit of the byte that these digits end with. */
static void flip(char *digit) { *digit = *digit == '0' ? '1' : '0'; }

/* The highest bit of the byte that begins with this digit. */
static void flip_high(char *digit)
{
    static const char digits[] = "0123456789abcdef";
    *digit = digits[(strchr(digits, *digit) - digits) ^ 8];
}

/* One changed in its first, a middle and its last byte: who compares a part of it misses one of them. And in the same bit of two bytes: the
 * differences cancel out where they are joined by exclusive or, or added up. */
static bool cross_bytes(crossing *x, sheet *s, const vector_case *c, const char *key, span honest)
{
    static const char *const names[] = {"first", "middle", "last", "pair"};
    const cJSON *value = case_value(c, key);
    bool some = false;
    for (size_t i = 0; i < 4 && is_compared_whole(value); i++) {
        cJSON *item = cJSON_Duplicate(value, 1);
        char *text = item->valuestring;
        const size_t n = strlen(text);
        if (i < 3)
            flip(&text[i == 0 ? 1 : i == 1 ? n / 2 + 1 : n - 1]);
        else
            flip_high(text), flip_high(&text[n - 2]);
        some |= put_changed(x, s, c, key, names[i], item, honest);
    }
    return some;
}

/* Something behind its end: who reads as far as there is sense, or fills up with zeros, takes it for the same. */
static bool cross_end(crossing *x, sheet *s, const vector_case *c, const char *key, span honest)
{
    const cJSON *value = case_value(c, key);
    const size_t n = cJSON_IsString(value) ? strlen(value->valuestring) : 0, most = 1 << 17;
    char *text = n && n < most ? malloc(n + 3) : NULL;
    if (!text)
        return false;
    const bool digits = strspn(value->valuestring, "0123456789abcdef") == n && n % 2 == 0;
    snprintf(text, n + 3, "%s%s", value->valuestring, digits ? "00" : "x");
    cJSON *item = cJSON_CreateString(text);
    item->string = strdup(key);
    free(text);
    return put_changed(x, s, c, key, "behind", item, honest);
}

/* One letter is a capital, or no capital any more: who compares names loosely takes it for the same. */
static bool cross_case(crossing *x, sheet *s, const vector_case *c, const char *key, span honest)
{
    const cJSON *value = case_value(c, key);
    const size_t n = cJSON_IsString(value) ? strlen(value->valuestring) : 0;
    if (n == 0 || n > NAME_MOST || strspn(value->valuestring, "0123456789abcdef") == n)
        return false;
    cJSON *item = cJSON_Duplicate(value, 1);
    char *at = item->valuestring;
    while (*at && !isalpha((unsigned char)*at))
        at++;
    *at = (char)(isupper((unsigned char)*at) ? tolower((unsigned char)*at) : toupper((unsigned char)*at));
    return put_changed(x, s, c, key, "capital", item, honest);
}

/* Another word before it, where one of several with a space between is enough. */
static bool cross_word(crossing *x, sheet *s, const vector_case *c, const char *key, span honest)
{
    const cJSON *value = case_value(c, key);
    char words[NAME_MOST + 16];
    if (!cJSON_IsString(value) || strlen(value->valuestring) > NAME_MOST || !strpbrk(value->valuestring, "ghijklmnopqrstuvwxyz"))
        return false;
    snprintf(words, sizeof words, "another.example %s", value->valuestring);
    cJSON *item = cJSON_CreateString(words);
    item->string = strdup(key);
    const bool same = span_same(ask(x, c, item, x->is), honest);
    snprintf(words, sizeof words, "%s-second", key);
    if (same)
        put_case(x, s, c, words, item);
    cJSON_Delete(item);
    return same;
}

/* ---- numbers ---- */

static cJSON *number_of(const char *key, double n)
{
    cJSON *item = cJSON_CreateNumber(n);
    item->string = strdup(key);
    return item;
}

/* Whether it is accepted with this number; a question that makes no sense is refused too. */
static bool takes(crossing *x, const vector_case *c, const char *key, double n)
{
    cJSON *item = number_of(key, n);
    ask(x, c, item, x->is);
    cJSON_Delete(item);
    return x->reply.answer == SHIM_OK;
}

static void put_number(crossing *x, sheet *s, const vector_case *c, const char *key, const char *how, double n)
{
    char part[64];
    cJSON *item = number_of(key, n);
    snprintf(part, sizeof part, "%s-%s", key, how);
    ask(x, c, item, x->is);
    if (x->reply.answer == SHIM_OK || (x->reply.answer == SHIM_REJ && shim_find(&x->reply.out, "detail")))
        put_case(x, s, c, part, item);
    cJSON_Delete(item);
}

/* The last number in this direction that is taken, and the first that is not: a bound is met from both sides. */
static bool cross_bound(crossing *x, sheet *s, const vector_case *c, const char *key, double way)
{
    double taken = case_value(c, key)->valuedouble, refused = taken, step = way;
    for (int i = 0; i < REACH; i++, step *= 8) {
        refused = taken + step;
        if (!takes(x, c, key, refused))
            break;
        taken = refused;
    }
    if (takes(x, c, key, refused))
        return false;
    while ((refused - taken) * way > 1) {
        const double middle = taken + way * (double)(int64_t)((refused - taken) * way / 2);
        *(takes(x, c, key, middle) ? &taken : &refused) = middle;
    }
    put_number(x, s, c, key, way > 0 ? "last" : "first", taken);
    put_number(x, s, c, key, way > 0 ? "past" : "before", refused);
    return true;
}

/* The numbers that are the same in 8, 16 and 32 bits. */
static bool cross_width(crossing *x, sheet *s, const vector_case *c, const char *key, span honest)
{
    static const struct {
        const char *how;
        double more;
    } widths[] = {{"8-bits", 256}, {"16-bits", 65536}, {"32-bits", 4294967296}};
    bool some = false;
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        const cJSON *value = case_value(c, key);
        char digits[24];
        cJSON *item;
        if (cJSON_IsNumber(value)) {
            item = number_of(key, value->valuedouble + widths[i].more);
        } else {
            snprintf(digits, sizeof digits, "%llu", strtoull(value->valuestring, NULL, 10) + (unsigned long long)widths[i].more);
            item = cJSON_CreateString(digits);
        }
        some |= put_changed(x, s, c, key, widths[i].how, item, honest);
    }
    return some;
}

/* A number, or one that stands as text since it may have more than 53 bits. */
static bool is_number(const cJSON *value)
{
    const size_t n = cJSON_IsString(value) ? strlen(value->valuestring) : 0;
    return cJSON_IsNumber(value) || (n > 0 && n < 20 && strspn(value->valuestring, "0123456789") == n);
}

static void cross_number(crossing *x, sheet *s, const char *key)
{
    bool late = false, early = false, wide = false;
    size_t tried = 0;
    for (size_t i = 0; i < x->n_bases && tried < NUMBER_BASES && !(late && early && wide); i++) {
        const vector_case *c = x->base[i].c;
        const cJSON *value = case_value(c, key);
        const span honest = value && is_number(value) ? honest_answer(x, &x->base[i]) : EMPTY;
        if (!honest.n)
            continue;
        tried++;
        wide = wide || cross_width(x, s, c, key, honest);
        if (!cJSON_IsNumber(value))
            continue;
        late = late || cross_bound(x, s, c, key, 1);
        early = early || cross_bound(x, s, c, key, -1);
    }
}

static bool cross_with(crossing *x, sheet *s, const vector_case *c, const char *key, span honest)
{
    if (cross_bytes(x, s, c, key, honest))
        return true;
    cJSON *value = find_value(x, c, key, honest);
    if (value)
        put_case(x, s, c, key, value);
    cJSON_Delete(value);
    return value != NULL;
}

/* What changes no accepted case may change a refused one, so that it is taken. */
static void cross_refused(crossing *x, sheet *s, const char *key)
{
    size_t tried = 0;
    cJSON *value = NULL;
    x->only_taken = true;
    for (size_t i = 0; i < x->set->n && tried < REFUSED && !value; i++) {
        const vector_case *c = &x->set->all[i];
        if (c->accept || strcmp(c->op, s->op) != 0 || !case_value(c, key))
            continue;
        tried++;
        const span honest = ask(x, c, NULL, x->honest);
        value = x->reply.answer == SHIM_REJ ? find_value(x, c, key, honest) : NULL;
        if (value)
            put_case(x, s, c, key, value);
    }
    cJSON_Delete(value);
    x->only_taken = false;
}

static void cross(crossing *x, sheet *s, const char *key)
{
    bool ends = false, crossed = false, capital = false, second = false;
    size_t tried = 0;
    cross_number(x, s, key);
    for (size_t i = 0; i < x->n_bases && tried < BASES && !(ends && crossed); i++) {
        const vector_case *c = x->base[i].c;
        if (!case_value(c, key))
            continue;
        const span honest = honest_answer(x, &x->base[i]);
        tried++;
        if (!honest.n)
            continue;
        ends = ends || cross_end(x, s, c, key, honest);
        capital = capital || cross_case(x, s, c, key, honest);
        second = second || cross_word(x, s, c, key, honest);
        crossed = crossed || cross_with(x, s, c, key, honest);
    }
    if (!crossed)
        cross_refused(x, s, key);
}

/* ---- lists in a document ---- */

/* An operation that is being crossed. */
typedef struct crossed_op {
    crossing *x;
    sheet *s;
} crossed_op;

/* The one that the last answer was refused by. */
static void note_sentence(crossing *x)
{
    span detail = EMPTY;
    x->about[0] = 0;
    if (x->reply.answer == SHIM_REJ && shim_text(&x->reply.out, "detail", &detail))
        snprintf(x->about, sizeof x->about, "%.*s", (int)detail.n, (const char *)detail.p);
}

static crossed_answer answer_to(void *ctx, const vector_case *c, const cJSON *instead)
{
    crossing *x = ((crossed_op *)ctx)->x;
    const span is = ask(x, c, instead, x->is);
    if (x->reply.answer != SHIM_OK && !(x->reply.answer == SHIM_REJ && shim_find(&x->reply.out, "detail")))
        return CROSSED_NONE;
    const bool same = span_same(is, x->answered);
    if (!same)
        note_sentence(x);
    return same ? CROSSED_SAME : CROSSED_ANOTHER;
}

static void put_list_case(void *ctx, const vector_case *c, const char *slug, const cJSON *instead)
{
    put_case(((crossed_op *)ctx)->x, ((crossed_op *)ctx)->s, c, slug, instead);
}

static bool same_value(const vector_case *a, const vector_case *b, const char *key)
{
    return a && b && cJSON_Compare(case_value(a, key), case_value(b, key), 1);
}

static void cross_lists_of(crossing *x, sheet *s, const char *key)
{
    crossed_op of = {x, s};
    list_crossing *l = calloc(1, sizeof *l);
    const vector_case *last = NULL;
    needs_memory(l);
    *l = (list_crossing){.ctx = &of, .ask = answer_to, .put = put_list_case};
    for (size_t i = 0, n = 0; i < x->n_bases && n < LIST_BASES; i++) {
        const vector_case *c = x->base[i].c;
        if (!case_value(c, key) || same_value(last, c, key))
            continue;
        x->answered = honest_answer(x, &x->base[i]);
        cross_lists(l, c, key);
        last = c, n++;
    }
    x->about[0] = 0;
    free(l);
}

/* ---- an operation ---- */

typedef struct keys {
    const char *at[SHIM_PAIRS];
    size_t n;
} keys;

static void add_keys(keys *k, const cJSON *object)
{
    for (const cJSON *at = object->child; at; at = at->next) {
        size_t i = 0;
        while (i < k->n && strcmp(k->at[i], at->string) != 0)
            i++;
        if (i == k->n && k->n < SHIM_PAIRS)
            k->at[k->n++] = at->string;
    }
}

/* The base as it stands: every member of its answer, also those that the committed case does not compare. */
static void put_whole(crossing *x, sheet *s)
{
    for (size_t i = 0; i < x->set->n; i++) {
        const vector_case *c = &x->set->all[i];
        if (!c->accept || strcmp(c->op, s->op) != 0)
            continue;
        ask(x, c, NULL, x->honest);
        if (x->reply.answer == SHIM_OK && x->reply.out.n)
            put_case(x, s, c, "whole", NULL);
        return;
    }
}

static size_t n_inputs(const vector_case *c) { return (size_t)cJSON_GetArraySize(c->in) + (size_t)cJSON_GetArraySize(c->common); }

static int more_inputs(const void *a, const void *b)
{
    const base_case *x = a, *y = b;
    return x->inputs != y->inputs ? (x->inputs < y->inputs ? 1 : -1) : x->c < y->c ? -1 : x->c > y->c;
}

static void find_bases(crossing *x, const char *op)
{
    x->base = or_stop(calloc(x->set->n + 1, sizeof *x->base));
    x->n_bases = 0;
    for (const vector_case *c = x->set->all; c < x->set->all + x->set->n; c++)
        if (c->accept && strcmp(c->op, op) == 0)
            x->base[x->n_bases++] = (base_case){.c = c, .inputs = n_inputs(c)};
    qsort(x->base, x->n_bases, sizeof *x->base, more_inputs);
}

static void free_bases(crossing *x)
{
    for (size_t i = 0; i < x->n_bases; i++)
        free(x->base[i].line);
    free(x->base);
}

static bool cross_operation(crossing *x, const operation *op, const prim *p, vector_fault *fault, void *ctx)
{
    static const char *const by[] = {"the text of this tree", "the case before it", NULL};
    char name[64];
    keys k = {0};
    sheet s = sheet_start(p, op->name, "vectors/crossed", "00", by);
    sheet_note(&s, "OtherInput", "AUTH_BYPASS", "What is answered does not depend on all that was asked.", "");
    for (size_t i = 0; i < x->set->n; i++)
        if (x->set->all[i].accept && strcmp(x->set->all[i].op, op->name) == 0) {
            add_keys(&k, x->set->all[i].in);
            add_keys(&k, x->set->all[i].common);
        }
    find_bases(x, op->name);
    if (!x->wanted || x->wanted(ctx))
        put_whole(x, &s);
    for (size_t i = 0; i < k.n; i++)
        if (!x->wanted || x->wanted(ctx))
            cross(x, &s, k.at[i]), cross_lists_of(x, &s, k.at[i]);
    free_bases(x);
    snprintf(name, sizeof name, "%s.crossed.json", op->name);
    if (s.group)
        return vectors_add(&x->made, name, s.document, fault, ctx);
    cJSON_Delete(s.document);
    return true;
}

static bool has_no_state(const operation *op) { return !op->prepare && !op->inputs && !op->follow; }

/* The documents change their owner. */
static bool hand_over(vector_set *made, vector_set *to, vector_fault *fault, void *ctx)
{
    bool good = true;
    for (size_t i = 0; i < made->n_files; i++) {
        good = vectors_add(to, made->file[i].name, made->file[i].json, fault, ctx) && good;
        made->file[i].json = NULL;
    }
    vectors_free(made);
    return good;
}

bool crossed_add(const prim *p, vector_set *set, crossed_wanted *wanted, vector_fault *fault, void *ctx)
{
    bool good = true;
    crossing *x = calloc(1, sizeof *x);
    needs_memory(x);
    x->set = set;
    x->wanted = wanted;
    in_process_start(&x->text, p);
    for (size_t i = 0; chapters[i]; i++)
        for (const operation *op = chapters[i]->operations; op && op->name; op++)
            good = (!has_no_state(op) || cross_operation(x, op, p, fault, ctx)) && good;
    in_process_end(&x->text);
    good = hand_over(&x->made, set, fault, ctx) && good;
    free(x);
    return good;
}

/* ---- running ---- */

bool case_is_crossed(const vector_case *c) { return strstr(c->file, ".crossed.") != NULL; }

void run_case_of(case_target *target, const vector_set *set, const vector_case *c, case_result *result)
{
    if (case_is_crossed(c)) {
        case_result before;
        run_case(target, vectors_find(set, c->gid), NULL, &before);
        if (before.fate != SHIM_ANSWERED || before.unsupported) {
            *result = before;
            return;
        }
    }
    run_case(target, c, c->base ? vectors_find(set, c->base) : NULL, result);
}
