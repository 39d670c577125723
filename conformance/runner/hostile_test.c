/* Each format of evidence against hostile bytes: cut anywhere, with other lengths and values in it, and in another format's place. Whatever comes,
 * it is refused, and takes no more memory than the honest one. Each input ends where its memory ends, so that a sanitizer sees a byte too many.
 *
 * Without arguments a sample; with `every`, every cut and every byte. */
#include "evidence_samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { LARGEST = 1 << 18, SAMPLE = 128 };

static evidence_sample samples[EVIDENCE_SAMPLES_MAX];
static size_t n_samples, most = SAMPLE;
static uint8_t *memory; /* LARGEST bytes */

/* The bytes at the very end of their memory. */
static span at_the_end(span in)
{
    must(in.n <= LARGEST);
    uint8_t *p = memory + LARGEST - in.n;
    memcpy(p, in.p, in.n);
    return span_of(p, in.n);
}

static size_t step_of(size_t n) { return most == 0 || n <= most ? 1 : n / most; }

static void the_honest_ones_are_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_samples; i++)
        if (!samples[i].accepts(at_the_end(samples[i].bytes)))
            fail_msg("%s", samples[i].name);
}

/* What ends a text for good: a last line end, or a zero byte, may be missing. */
static bool is_only_an_end(span whole, size_t n)
{
    for (; n < whole.n; n++)
        if (whole.p[n] != '\n' && whole.p[n] != '\r' && whole.p[n] != 0)
            return false;
    return true;
}

static void every_cut_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_samples; i++) {
        const span whole = samples[i].bytes;
        for (size_t n = 0; n < whole.n; n += step_of(whole.n))
            if (!is_only_an_end(whole, n) && samples[i].accepts(at_the_end(span_first(whole, n))))
                fail_msg("%s, cut to %zu bytes", samples[i].name, n);
    }
}

/* One, two, three and four bytes of ones or zeros, a bit more and a bit less: lengths, counts and types are among what they stand for. */
static void no_other_length_or_type_is_accepted(void **state)
{
    static const uint8_t lies[] = {0x00, 0xff, 0x01, 0x7f, 0x80};
    (void)state;
    for (size_t i = 0; i < n_samples; i++) {
        const span whole = samples[i].bytes;
        for (size_t at = 0, k = 0; at < whole.n; at += step_of(whole.n), k++) {
            const span in = at_the_end(whole);
            uint8_t *p = memory + LARGEST - whole.n + at;
            const size_t n = 1 + k % 4 <= whole.n - at ? 1 + k % 4 : whole.n - at;
            memset(p, lies[k % sizeof lies], n);
            const bool is_changed = !span_same(in, whole);
            if (samples[i].accepts(in) && samples[i].sealed && is_changed)
                fail_msg("%s, with other bytes at %zu", samples[i].name, at);
        }
    }
}

static void no_format_is_taken_for_another(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_samples; i++)
        for (size_t k = 0; k < n_samples; k++)
            if (i != k && samples[i].accepts(at_the_end(samples[k].bytes)))
                fail_msg("%s as %s", samples[k].name, samples[i].name);
}

/* Depth, length and repetition that a text can have at no cost. */
static void no_shape_of_a_text_is_too_much(void **state)
{
    static const char *const units[] = {
        "[", "{\"a\":", "\"", "\\u0000", "-----BEGIN CERTIFICATE-----\n", "eyJ.", "\xe2\x80\x94 a b\n", "\x30\x80", "\x04\x82\xff\xff"};
    static uint8_t text[65536];
    (void)state;
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        writer w = WRITER(text);
        while (writer_ok(&w))
            write_text(&w, units[u]);
        for (size_t i = 0; i < n_samples; i++)
            assert_false(samples[i].accepts(at_the_end(span_of(text, w.n))));
    }
}

static void all_of_this_takes_little_memory(void **state)
{
    struct rusage r;
    (void)state;
    getrusage(RUSAGE_SELF, &r);
#if defined(__SANITIZE_ADDRESS__)
    const long limit = 1024L * 1024;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
    const long limit = 1024L * 1024;
#else
    const long limit = 192L * 1024;
#endif
#else
    const long limit = 192L * 1024;
#endif
    if (r.ru_maxrss > limit)
        fail_msg("%ld KiB", r.ru_maxrss);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_honest_ones_are_accepted),        cmocka_unit_test(every_cut_is_refused),
        cmocka_unit_test(no_other_length_or_type_is_accepted), cmocka_unit_test(no_format_is_taken_for_another),
        cmocka_unit_test(no_shape_of_a_text_is_too_much),      cmocka_unit_test(all_of_this_takes_little_memory),
    };
    if (argc > 1 && strcmp(argv[1], "every") == 0)
        most = 0;
    prim_start();
    memory = malloc(LARGEST);
    must(memory != NULL);
    n_samples = make_samples(samples);
    const int failed = cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
    free(memory);
    return failed;
}
