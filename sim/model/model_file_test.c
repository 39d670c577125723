/* The loader, against files with one fault each. Everything else in them is as it should be, so that the fault alone can be the reason. */
#include "model.h"
#include "model_chance.h"
#include "model_export.h"
#include "prim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { ROOM = 4 << 20 };

/* ffn is as wide as it must be for a row to be too heavy. */
static const model_shape small = {.dim = 16, .layers = 2, .heads = 2, .kv_heads = 1, .ffn = 528, .vocab = BPE_VOCAB, .context = 16};
static uint8_t file_room[ROOM], copy[ROOM + 64];
static span file;
static model_section section[MODEL_SECTIONS_MAX];
static size_t sections;

/* ---- files ---- */

/* Each byte with an 'a', then each of those with an 'a', and so on: as good a tokenizer as any. */
static bpe plain_tokens(void)
{
    static bpe b;
    for (uint16_t i = 0; i < BPE_MERGES; i++)
        b.merge[i][0] = BPE_SPECIALS + i, b.merge[i][1] = BPE_SPECIALS + 'a';
    return b;
}

/* Weights of any size, most of them small: no row is near what it may weigh. */
static span made(model_shape shape, uint8_t *room)
{
    const net_plan plan = net_plan_of(shape);
    const model_provenance from = {.seed = 3, .steps = 4, .weights = {5}};
    const bpe tokens = plain_tokens();
    float *weight = malloc(plan.total * sizeof *weight);
    model_chance chance = {1};
    writer out = writer_of(room, ROOM);
    assert_non_null(weight);
    for (size_t i = 0; i < plan.total; i++)
        weight[i] = ((float)model_chance_below(&chance, 201) - 100.0f) / (i % 7 ? 8192.0f : 512.0f);
    assert_true(model_export(&plan, weight, &tokens, &from, &out));
    free(weight);
    return written(&out);
}

static int make(void **state)
{
    uint64_t total;
    (void)state;
    prim_start();
    file = made(small, file_room);
    sections = model_sections(&small, section, &total);
    return total == file.n ? 0 : 1;
}

static const model_section *section_of(model_kind kind, uint32_t layer)
{
    for (size_t i = 0; i < sections; i++)
        if (section[i].kind == kind && section[i].layer == layer)
            return &section[i];
    fail();
    return NULL;
}

static void put(size_t at, uint64_t value, size_t n)
{
    writer w = writer_of(copy + at, n);
    write_le(&w, value, n);
}

static void refused(span s, const char *want)
{
    const char *why = NULL;
    model *m = model_load(s, &why);
    assert_null(m);
    assert_non_null(why);
    if (want)
        assert_string_equal(why, want);
    else
        assert_true(*why);
}

/* The good file with `value` at one place. */
static void changed_is_refused(size_t at, uint64_t value, size_t n, const char *why)
{
    span_take(file, copy, file.n);
    put(at, value, n);
    refused(span_of(copy, file.n), why);
}

static void in(model_kind kind, uint32_t layer, size_t at, uint64_t value, size_t n, const char *why)
{
    changed_is_refused((size_t)section_of(kind, layer)->at + at, value, n, why);
}

/* ---- the good file ---- */

static void the_good_file_is_taken_wherever_it_lies(void **state)
{
    (void)state;
    uint8_t digest[32];
    const char *why;
    prim_digest(&prim_sodium, PRIM_SHA256, file, digest);
    for (size_t shift = 0; shift < 3; shift++) { /* an odd address too: the loader reads its own copy in place */
        span_take(file, copy + shift, file.n);
        model *m = model_load(span_of(copy + shift, file.n), &why);
        assert_non_null(m);
        assert_string_equal(why, "");
        assert_memory_equal(m->digest, digest, 32);
        assert_int_equal((uintptr_t)m->embed.weight % 16, 0);
        assert_int_equal(m->from.seed, 3);
        assert_int_equal(m->from.steps, 4);
        assert_int_equal(m->from.weights[0], 5);
        memset(copy, 0xaa, file.n); /* what was handed in is not needed any more */
        assert_int_equal(m->sigmoid[MODEL_SIGMOID - 1], 32768);
        assert_int_equal(m->turns[0], 16384);
        model_free(m);
    }
}

/* ---- one fault ---- */

static void a_fault_in_the_header_is_named(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint64_t value;
        const char *why;
    } fault[] = {
        {0, 'p', "this is not a model file"},
        {7, '2', "this is not a model file"},
        {8, 127, "another version of the format"},
        {12, 0, "another version of the format"},
        {12, 2, "another version of the format"},
        {16, 0, "made for another engine"},
        {16, 2, "made for another engine"},
        {20, 0, "dim is out of range"},
        {20, 8, "dim is out of range"},
        {20, 24, "dim is out of range"},
        {20, MODEL_DIM_MAX + 16, "dim is out of range"},
        {24, 0, "the number of layers is out of range"},
        {24, MODEL_LAYERS_MAX + 1, "the number of layers is out of range"},
        {28, 0, "the number of heads is out of range"},
        {28, MODEL_HEADS_MAX + 1, "the number of heads is out of range"},
        {32, 0, "the number of key heads does not divide that of the heads"},
        {32, 3, "the number of key heads does not divide that of the heads"},
        {28, 0xffffffff, "the number of heads is out of range"},
        {36, 15, "heads are not 16 wide"},
        {40, 0, "ffn is out of range"},
        {40, 520, "ffn is out of range"},
        {40, MODEL_FFN_MAX + 16, "ffn is out of range"},
        {44, BPE_VOCAB - 1, "the vocabulary is not this tokenizer's"},
        {44, BPE_VOCAB + 1, "the vocabulary is not this tokenizer's"},
        {48, 0, "the context is out of range"},
        {48, 17, "the context is out of range"},
        {48, MODEL_CONTEXT_MAX + 16, "the context is out of range"},
        {52, 1, "unknown flags"},
        {56, 13, "the number of sections does not fit the shape"},
        {56, 15, "the number of sections does not fit the shape"},
        {60, 0, "the length is not the one in the header"},
        {68, 1, "the header is not padded with zeros"},
        {124, 1, "the header is not padded with zeros"},
        {20, 32, "the length does not fit the shape"},
        {48, 32, "the length does not fit the shape"},
        {28, 1, "the length does not fit the shape"},
    };
    for (size_t i = 0; i < sizeof fault / sizeof *fault; i++)
        changed_is_refused(fault[i].at, fault[i].value, fault[i].at < 8 ? 1 : 4, fault[i].why);
    changed_is_refused(MODEL_HEADER - 1, 1, 1, "the header is not padded with zeros");
    changed_is_refused(60, (uint64_t)1 << 63 | file.n, 8, "the length is not the one in the header");
}

static void a_fault_in_the_table_is_named(void **state)
{
    (void)state;
    const char *order = "a section is unknown or out of order", *place = "a section is not where the shape puts it";
    for (size_t i = 0; i < sections; i++) {
        const size_t row = MODEL_HEADER + i * MODEL_ROW_OF_TABLE;
        changed_is_refused(row, 0, 2, order);
        changed_is_refused(row, MODEL_DOWN + 1, 2, order);
        changed_is_refused(row, section[(i + 1) % sections].kind | section[(i + 1) % sections].layer << 16, 4, order);
        changed_is_refused(row + 2, section[i].layer + 2, 2, order);
        changed_is_refused(row + 4, 1, 4, "a row of the table is not padded with zeros");
        changed_is_refused(row + 8, section[i].at + 64, 8, place);
        changed_is_refused(row + 8, section[i].at | (uint64_t)1 << 63, 8, place);
        changed_is_refused(row + 16, section[i].n - 1, 8, place);
        changed_is_refused(row + 16, UINT64_MAX, 8, place);
    }
    span_take(file, copy, file.n); /* two whole rows in each other's place */
    span_take(span_of(file.p + MODEL_HEADER, MODEL_ROW_OF_TABLE), copy + MODEL_HEADER + MODEL_ROW_OF_TABLE, MODEL_ROW_OF_TABLE);
    span_take(span_of(file.p + MODEL_HEADER + MODEL_ROW_OF_TABLE, MODEL_ROW_OF_TABLE), copy + MODEL_HEADER, MODEL_ROW_OF_TABLE);
    refused(span_of(copy, file.n), order);
}

static void what_stands_between_sections_is_zero(void **state)
{
    (void)state;
    size_t end = MODEL_HEADER + sections * MODEL_ROW_OF_TABLE, gaps = 0;
    for (size_t i = 0; i <= sections; i++) {
        const size_t next = i < sections ? (size_t)section[i].at : file.n;
        for (size_t at = end; at < next; at++, gaps++)
            changed_is_refused(at, 1, 1, "what stands between the sections is not zero");
        end = i < sections ? (size_t)(section[i].at + section[i].n) : file.n;
    }
    assert_true(gaps > 100);
}

static void a_fault_in_a_table_of_numbers_is_named(void **state)
{
    (void)state;
    const char *turn = "a turn is longer than one", *sigmoid = "the sigmoid does not rise to one";
    const size_t last_turn = (size_t)section_of(MODEL_TURNS, 0)->n - 2;
    in(MODEL_PROVENANCE, 0, 28, 1, 4, "the provenance is not padded with zeros");
    in(MODEL_TURNS, 0, 0, 16385, 2, turn);
    in(MODEL_TURNS, 0, last_turn, (uint16_t)-16385, 2, turn);
    in(MODEL_TURNS, 0, last_turn, 0x8000, 2, turn);
    in(MODEL_SIGMOIDS, 0, 2 * (MODEL_SIGMOID - 1), 32769, 2, sigmoid);
    in(MODEL_SIGMOIDS, 0, 2 * (MODEL_SIGMOID - 1), 32766, 2, sigmoid); /* lower than the one before */
    in(MODEL_SIGMOIDS, 0, 0, 65535, 2, sigmoid);
    in(MODEL_SIGMOIDS, 0, 2 * 100, 0, 2, sigmoid);
}

static void a_merge_that_cannot_be_is_named(void **state)
{
    (void)state;
    const char *why, *wrong = "the tokenizer's merges refer forward, repeat a text or grow too long";
    for (uint16_t i = 0; i < BPE_MERGES; i += 751) {
        in(MODEL_TOKENS, 0, 4 * i, BPE_END, 2, wrong);
        in(MODEL_TOKENS, 0, 4 * i + 2, BPE_SPECIALS - 1, 2, wrong);
        in(MODEL_TOKENS, 0, 4 * i, BPE_BYTES + i, 2, wrong); /* itself */
        in(MODEL_TOKENS, 0, 4 * i + 2, 0xffff, 2, wrong);
    }
    in(MODEL_TOKENS, 0, 4 * 600, BPE_SPECIALS, 2, wrong);  /* the text of merge 0 */
    in(MODEL_TOKENS, 0, 4 * 751, BPE_BYTES + 1, 2, wrong); /* the pair of merge 257 */
    span_take(file, copy, file.n);
    for (uint16_t i = 744; i < 748; i++) { /* doubles: 8, 16, 32 bytes, and then too many */
        model *m = model_load(span_of(copy, file.n), &why);
        assert_non_null(m);
        model_free(m);
        put((size_t)section_of(MODEL_TOKENS, 0)->at + 4 * i, (uint32_t)(BPE_BYTES + i - 1) << 16 | (uint32_t)(BPE_BYTES + i - 1), 4);
    }
    refused(span_of(copy, file.n), wrong);
}

static void a_fault_in_a_matrix_is_named(void **state)
{
    (void)state;
    for (size_t i = 4; i < sections; i++) {
        const model_section *s = &section[i];
        const size_t last = 4 * (s->outputs - 1), weights = 16 + 4 * (size_t)s->outputs;
        in(s->kind, s->layer, 0, MODEL_SHIFT_MIN - 1, 4, "a shift is out of range");
        in(s->kind, s->layer, 0, MODEL_SHIFT_MAX + 1, 4, "a shift is out of range");
        in(s->kind, s->layer, 0, 0x80000020, 4, "a shift is out of range");
        in(s->kind, s->layer, 4, 1, 1, "the head of a matrix is not padded with zeros");
        in(s->kind, s->layer, 15, 1, 1, "the head of a matrix is not padded with zeros");
        in(s->kind, s->layer, 16, 0, 4, "a multiplier is out of range");
        in(s->kind, s->layer, 16 + last, 1 << 30, 4, "a multiplier is out of range");
        in(s->kind, s->layer, 16 + last, 0x80000000, 4, "a multiplier is out of range");
        in(s->kind, s->layer, 16 + last, 0xffffffff, 4, "a multiplier is out of range");
        in(s->kind, s->layer, weights, 0x80, 1, "a weight is -128");
        in(s->kind, s->layer, (size_t)s->n - 1, 0x80, 1, "a weight is -128");
    }
}

/* Up to its bound a row is taken, with the next weight it is not. */
static void a_row_is_as_heavy_as_it_may_be_and_no_heavier(void **state)
{
    (void)state;
    const model_section *s = section_of(MODEL_DOWN, 1);
    const size_t row = (size_t)(s->at + s->n) - s->inputs; /* the last */
    const char *why;
    for (int sign = 1; sign >= -1; sign -= 2) {
        span_take(file, copy, file.n);
        memset(copy + row, 0, s->inputs);
        memset(copy + row, (uint8_t)(127 * sign), MODEL_ROW_SUM / 127);
        copy[row + s->inputs - 1] = (uint8_t)(MODEL_ROW_SUM % 127 * sign);
        model *m = model_load(span_of(copy, file.n), &why);
        assert_non_null(m);
        model_free(m);
        copy[row + s->inputs - 2] = 1;
        refused(span_of(copy, file.n), "a row of weights could overflow");
    }
}

/* ---- every byte, every cut ---- */

static void no_byte_of_header_and_table_can_change(void **state)
{
    (void)state;
    for (size_t at = 0; at < MODEL_HEADER + sections * MODEL_ROW_OF_TABLE; at++) {
        for (int bit = 0; bit < 8; bit++)
            changed_is_refused(at, file.p[at] ^ 1u << bit, 1, NULL);
        changed_is_refused(at, file.p[at] == 0xff ? 0 : 0xff, 1, NULL);
    }
}

static void a_changed_byte_elsewhere_is_refused_or_another_digest(void **state)
{
    (void)state;
    uint8_t digest[32];
    const char *why;
    size_t taken = 0;
    prim_digest(&prim_sodium, PRIM_SHA256, file, digest);
    for (size_t i = 0; i < sections; i++) {
        const size_t places[] = {0, (size_t)section[i].n / 2, (size_t)section[i].n - 1};
        for (size_t k = 0; k < 6; k++) {
            span_take(file, copy, file.n);
            copy[section[i].at + places[k / 2]] ^= k % 2 ? 0x80 : 1;
            model *m = model_load(span_of(copy, file.n), &why);
            assert_true(m ? memcmp(m->digest, digest, 32) != 0 : *why != 0);
            taken += m != NULL;
            model_free(m);
        }
    }
    assert_true(taken > sections);
}

/* As it was cut, and again with the header telling the new length. */
static void cut_to(size_t n)
{
    if (n == file.n)
        return;
    span_take(file, copy, n);
    refused(span_of(copy, n), NULL);
    if (n < MODEL_HEADER)
        return;
    refused(span_of(copy, n), "the length is not the one in the header");
    put(60, n, 8);
    refused(span_of(copy, n), "the length does not fit the shape");
}

static void a_cut_or_a_longer_file_is_refused(void **state)
{
    (void)state;
    for (size_t n = 0; n < MODEL_HEADER; n++)
        cut_to(n);
    for (size_t i = 0; i < sections; i++)
        for (size_t side = 0; side < 3; side++)
            cut_to((size_t)section[i].at + side - 1), cut_to((size_t)(section[i].at + section[i].n) + side - 1);
    cut_to(MODEL_HEADER), cut_to(file.n - 1), cut_to(file.n - 64), cut_to(file.n + 1), cut_to(file.n + 64); /* span_take fills with zeros */
    refused(EMPTY, "this is not a model file");
    for (size_t n = 8; n < MODEL_HEADER; n++)
        refused(span_first(file, n), "the length is out of range");
}

/* ---- sizes ---- */

/* Only a header is there: to look further or to make room for what it claims would be seen by a sanitizer, or stop the program. */
static void a_huge_claim_is_refused_by_the_header_alone(void **state)
{
    (void)state;
    static const size_t claims[] = {MODEL_FILE_MAX + 1, (size_t)1 << 31, SIZE_MAX / 2, SIZE_MAX};
    uint8_t *head = malloc(MODEL_HEADER);
    assert_non_null(head);
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
        span_take(file, copy, MODEL_HEADER);
        put(60, claims[i], 8);
        span_take(span_of(copy, MODEL_HEADER), head, MODEL_HEADER);
        refused(span_of(head, claims[i]), "the length is out of range");
    }
    const struct {
        size_t at;
        uint32_t value;
    } shape[] = {{20, MODEL_DIM_MAX}, {24, MODEL_LAYERS_MAX},   {28, MODEL_HEADS_MAX}, {32, MODEL_HEADS_MAX}, {40, MODEL_FFN_MAX},
                 {48, 512},           {56, MODEL_SECTIONS_MAX}, {60, MODEL_FILE_MAX}};
    span_take(file, copy, MODEL_HEADER);
    for (size_t i = 0; i < sizeof shape / sizeof *shape; i++)
        put(shape[i].at, shape[i].value, 4);
    span_take(span_of(copy, MODEL_HEADER), head, MODEL_HEADER);
    refused(span_of(head, MODEL_FILE_MAX), "the length does not fit the shape");
    head[48] = 16; /* one step more of the context: its keys and values would not stay in their bound */
    refused(span_of(head, MODEL_FILE_MAX), "a session of this shape takes too much memory");
    free(head);
}

typedef struct logits {
    int32_t at[3][BPE_VOCAB];
} logits;

static void keep(void *with, size_t at, const int32_t *l) { memcpy(((logits *)with)->at[at], l, sizeof(int32_t) * BPE_VOCAB); }

static void run(const model *m, const model_kernel *kernel, logits *l)
{
    const uint16_t token[] = {BPE_BOS, BPE_USER, BPE_VOCAB - 1};
    void *memory = aligned_alloc(64, (model_session_size(m) + 63) / 64 * 64);
    assert_non_null(memory);
    model_session *s = model_session_start(m, kernel, memory);
    assert_true(model_replay(s, token, 3, keep, l));
    model_session_end(s);
    free(memory);
}

static void loads_and_runs(model_shape shape)
{
    static uint8_t room[ROOM];
    static logits plain, best;
    const char *why;
    model *m = model_load(made(shape, room), &why);
    assert_string_equal(why, "");
    assert_non_null(m);
    run(m, &kernel_scalar, &plain);
    run(m, NULL, &best);
    assert_memory_equal(&plain, &best, sizeof plain);
    model_free(m);
}

static void each_dimension_may_be_as_large_as_it_says(void **state)
{
    (void)state;
    const model_shape least = {.dim = 16, .layers = 1, .heads = 1, .kv_heads = 1, .ffn = 16, .vocab = BPE_VOCAB, .context = 16};
    model_shape s = least;
    loads_and_runs(s);
    s.dim = MODEL_DIM_MAX, loads_and_runs(s), s = least;
    s.layers = MODEL_LAYERS_MAX, loads_and_runs(s), s = least;
    s.heads = s.kv_heads = MODEL_HEADS_MAX, loads_and_runs(s), s = least;
    s.ffn = MODEL_FFN_MAX, loads_and_runs(s), s = least;
    s.context = MODEL_CONTEXT_MAX, loads_and_runs(s);
}

/* ---- memory ---- */

/* In a child with no room left but a little: 0 when the loader says so in words. */
static int without_memory(void)
{
    unsigned long pages = 0;
    const char *why = "";
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f || fscanf(f, "%lu", &pages) != 1)
        return 2;
    fclose(f);
    const rlim_t now = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
    const struct rlimit limit = {now + (64 << 10), now + (64 << 10)};
    if (setrlimit(RLIMIT_AS, &limit) != 0)
        return 2;
    for (void *volatile p = &pages; p;) /* what the heap still has */
        p = malloc(64 << 10);
    return model_load(file, &why) == NULL && strcmp(why, "out of memory") == 0 ? 0 : 1;
}

static void without_memory_it_says_so(void **state)
{
    (void)state;
    int status;
#if defined __has_feature
#if __has_feature(address_sanitizer)
    print_message("SKIPPED: the address sanitizer needs memory of its own\n");
    return;
#endif
#endif
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(without_memory());
    assert_true(waitpid(child, &status, 0) == child && WIFEXITED(status));
    if (WEXITSTATUS(status) == 2)
        print_message("SKIPPED: this system limits no memory\n");
    else
        assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_good_file_is_taken_wherever_it_lies),
        cmocka_unit_test(a_fault_in_the_header_is_named),
        cmocka_unit_test(a_fault_in_the_table_is_named),
        cmocka_unit_test(what_stands_between_sections_is_zero),
        cmocka_unit_test(a_fault_in_a_table_of_numbers_is_named),
        cmocka_unit_test(a_merge_that_cannot_be_is_named),
        cmocka_unit_test(a_fault_in_a_matrix_is_named),
        cmocka_unit_test(a_row_is_as_heavy_as_it_may_be_and_no_heavier),
        cmocka_unit_test(no_byte_of_header_and_table_can_change),
        cmocka_unit_test(a_changed_byte_elsewhere_is_refused_or_another_digest),
        cmocka_unit_test(a_cut_or_a_longer_file_is_refused),
        cmocka_unit_test(a_huge_claim_is_refused_by_the_header_alone),
        cmocka_unit_test(each_dimension_may_be_as_large_as_it_says),
        cmocka_unit_test(without_memory_it_says_so),
    };
    return cmocka_run_group_tests(tests, make, NULL);
}
