#include "model_corpus.h"
#include "prim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static model_corpus_conversation v;

static void write_one(uint64_t i)
{
    model_chance c = model_chance_stream(3, i, 0);
    model_corpus_write(&c, &v);
}

static void the_same_seed_writes_the_same_text(void **state)
{
    (void)state;
    static char first[CORPUS_TEXT];
    for (uint64_t i = 0; i < 50; i++) {
        write_one(i);
        size_t n = v.n;
        memcpy(first, v.text, n);
        write_one(i);
        assert_int_equal(v.n, n);
        assert_memory_equal(v.text, first, n);
    }
}

static void turns_alternate_and_fill_the_text(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 500; i++) {
        write_one(i);
        size_t at = 0, first = v.turn[0].role == CORPUS_SYSTEM;
        assert_true(v.n_turns > first && (v.n_turns - first) % 2 == 0);
        for (size_t t = 0; t < v.n_turns; t++) {
            assert_int_equal(v.turn[t].at, at);
            assert_true(v.turn[t].n > 0);
            if (t >= first)
                assert_int_equal(v.turn[t].role, (t - first) % 2 ? CORPUS_ASSISTANT : CORPUS_USER);
            at += v.turn[t].n;
        }
        assert_int_equal(at, v.n);
    }
}

/* The proof is by the final text, not by the generator's word. */
static void nothing_held_out_stands_in_the_text(void **state)
{
    (void)state;
    static char lower[CORPUS_TEXT + 3];
    for (uint64_t i = 0; i < 2000; i++) {
        write_one(i);
        lower[0] = ' ';
        for (size_t k = 0; k < v.n; k++)
            lower[k + 1] = v.text[k] >= 'A' && v.text[k] <= 'Z'   ? (char)(v.text[k] + 32)
                           : v.text[k] >= 'a' && v.text[k] <= 'z' ? v.text[k]
                                                                  : ' ';
        lower[v.n + 1] = ' ', lower[v.n + 2] = 0;
        for (size_t k = 0; k < CORPUS_HELD_NAMES; k += i % 8 + 1) {
            char word[20];
            snprintf(word, sizeof word, " %s ", corpus_held_name(k));
            word[1] = (char)(word[1] | 32);
            assert_null(strstr(lower, word));
        }
    }
}

/* Or no conversation that says them would be left, and what it teaches would be missing. */
static void none_of_our_own_texts_is_held_out(void **state)
{
    (void)state;
    const model_list *const lists[] = {&words_girls,   &words_boys,  &words_animals,  &words_adjectives, &words_places,    &words_objects,
                                       &words_colours, &words_plots, &words_spelling, &words_foreign,    &words_off_topic, &words_systems};
    const model_pairs *const pairs[] = {&words_facts, &words_opposites, &words_sounds, &words_lists};
    assert_true(corpus_is_clean(span_text(WORDS_FALLBACK)));
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
        for (size_t i = 0; i < lists[k]->n; i++)
            assert_true(corpus_is_clean(span_text(lists[k]->word[i])));
    for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++)
        for (size_t i = 0; i < pairs[k]->n; i++)
            assert_true(corpus_is_clean(span_text(pairs[k]->pair[i].left)) && corpus_is_clean(span_text(pairs[k]->pair[i].right)));
}

static void every_answer_of_the_tables_is_taught(void **state)
{
    (void)state;
    static unsigned said[64];
    unsigned refused = 0, stories = 0, replies = 0;
    assert_true(words_facts.n <= 64);
    for (uint64_t i = 0; i < 4000; i++) {
        write_one(i);
        for (size_t t = 0; t < v.n_turns; t++) {
            const span text = model_corpus_text(&v, t);
            if (v.turn[t].role != CORPUS_ASSISTANT)
                continue;
            replies++;
            refused += span_is(text, WORDS_FALLBACK);
            stories += text.n > 8 && span_is(span_from(text, text.n - 8), "The end.");
            for (size_t f = 0; f < words_facts.n; f++)
                said[f] += span_is(text, words_facts.pair[f].right);
        }
    }
    assert_true(refused * 20 > replies && stories * 6 > replies);
    for (size_t f = 0; f < words_facts.n; f++)
        assert_true(said[f] > 10);
}

static bool clean(const char *text) { return corpus_is_clean(span_text(text)); }

static void the_scan_bites(void **state)
{
    (void)state;
    char text[64];
    unsigned unseen = 0, mirrored = 0;
    snprintf(text, sizeof text, "My name is %s.", corpus_held_name(100));
    assert_false(clean(text));
    snprintf(text, sizeof text, "Say: %s", corpus_held_word(3));
    assert_false(clean(text));
    assert_false(clean("zorblat"));
    assert_true(clean("My name is Alice."));
    for (unsigned a = 0; a <= CORPUS_SUM_MAX; a++)
        for (unsigned b = 0; b <= CORPUS_SUM_MAX; b++) {
            snprintf(text, sizeof text, "What is %u + %u?", a, b);
            assert_int_equal(clean(text), corpus_sum_kind(a, b) == SUM_SEEN);
            snprintf(text, sizeof text, "%u plus %u is %u.", a, b, a + b);
            assert_int_equal(clean(text), corpus_sum_kind(a, b) == SUM_SEEN);
            unseen += corpus_sum_kind(a, b) == SUM_UNSEEN;
            if (corpus_sum_kind(a, b) == SUM_MIRRORED)
                mirrored++, assert_int_equal(corpus_sum_kind(b, a), SUM_SEEN);
            if (corpus_sum_kind(a, b) == SUM_UNSEEN)
                assert_int_equal(corpus_sum_kind(b, a), SUM_UNSEEN);
        }
    assert_true(unseen > 20 && mirrored > 10);
}

int main(void)
{
    prim_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_writes_the_same_text),   cmocka_unit_test(turns_alternate_and_fill_the_text),
        cmocka_unit_test(nothing_held_out_stands_in_the_text),  cmocka_unit_test(none_of_our_own_texts_is_held_out),
        cmocka_unit_test(every_answer_of_the_tables_is_taught), cmocka_unit_test(the_scan_bites),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
