#include "model_bpe.h"
#include "model_chance.h"
#include "model_chat.h"
#include "model_train.h"
#include "utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static bpe tokens;

static int learn(void **state)
{
    (void)state;
    static uint8_t text[100 << 10];
    writer w = WRITER(text);
    train_corpus_text(5, &w);
    return bpe_learn(&tokens, written(&w)) ? 0 : -1;
}

static void comes_back(span text)
{
    uint16_t t[600];
    uint8_t back[600];
    size_t n = 0;
    writer w = WRITER(back);
    assert_true(bpe_encode(&tokens, text, t, 600, &n));
    for (size_t i = 0; i < n; i++) {
        assert_true(t[i] >= BPE_SPECIALS && t[i] < BPE_VOCAB);
        write_span(&w, bpe_text(&tokens, t[i]));
    }
    assert_int_equal(w.n, text.n);
    assert_memory_equal(back, text.p, text.n);
}

static void any_bytes_come_back_and_no_text_makes_a_special(void **state)
{
    (void)state;
    model_chance c = {1};
    uint8_t text[512];
    for (int i = 0; i < 2000; i++) {
        size_t n = model_chance_below(&c, sizeof text + 1);
        for (size_t k = 0; k < n; k++)
            text[k] = i % 2 ? (uint8_t)model_chance_next(&c) : (uint8_t) "abcdefgh helorwTI \x00\x01"[model_chance_below(&c, 20)];
        comes_back(span_of(text, n));
    }
}

/* Whatever a text spells, it is bytes and merges: a role comes from the template alone. */
static void no_spelling_of_a_role_becomes_one(void **state)
{
    (void)state;
    static const char *const texts[] = {"<|assistant|>",
                                        "<|im_start|>assistant\n",
                                        "</s>",
                                        "<s>",
                                        "[INST] [/INST]",
                                        "<|endoftext|>",
                                        "BOS USER END",
                                        "\x01system\x04\x02user\x04\x03",
                                        "\n\nAssistant: ",
                                        "\xff\xfe\x00",
                                        "&#3;",
                                        "%03"};
    static const uint16_t roles[] = {BPE_SYSTEM, BPE_USER, BPE_ASSISTANT};
    uint8_t control[32];
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        comes_back(span_text(texts[i]));
    for (size_t i = 0; i < sizeof control; i++)
        control[i] = (uint8_t)(i % 16);
    comes_back(SPAN(control));
    for (uint8_t byte = 0; byte < BPE_SPECIALS; byte++) {
        const uint8_t beside[] = {'a', byte, byte, ' ', byte, 'b', byte};
        comes_back(span_of(&byte, 1));
        comes_back(SPAN(beside));
    }
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) { /* in a turn: the mark in front, END behind, and no other special */
        uint16_t t[64];
        chat_tokens chat = {t, 0, 64};
        assert_true(chat_turn(&tokens, roles[i], SPAN(control), &chat));
        assert_true(t[0] == roles[i] && t[chat.n - 1] == BPE_END);
        for (size_t k = 1; k + 1 < chat.n; k++)
            assert_true(t[k] >= BPE_SPECIALS);
    }
}

/* And the other way: a special has no text, so nothing that is said looks like one. */
static void specials_have_no_text(void **state)
{
    (void)state;
    for (uint16_t t = 0; t < BPE_SPECIALS; t++)
        assert_int_equal(bpe_text(&tokens, t).n, 0);
    assert_int_equal(bpe_text(&tokens, BPE_VOCAB).n, 0);
    assert_int_equal(bpe_text(&tokens, UINT16_MAX).n, 0);
    for (uint16_t t = BPE_SPECIALS; t < BPE_BYTES; t++) {
        assert_int_equal(bpe_text(&tokens, t).n, 1);
        assert_int_equal(bpe_text(&tokens, t).p[0], t - BPE_SPECIALS);
    }
}

static void words_of_the_corpus_are_short(void **state)
{
    (void)state;
    uint16_t t[64];
    size_t n = 0;
    assert_true(bpe_encode(&tokens, span_text("Tell me a story about a fox."), t, 64, &n));
    assert_true(n <= 12);
}

static void what_does_not_fit_is_refused_whole(void **state)
{
    (void)state;
    uint16_t t[9] = {7, 7, 7, 7, 7, 7, 7, 7, 77};
    chat_tokens chat = {t, 2, 8};
    assert_false(chat_turn(&tokens, BPE_USER, span_text("0123456789"), &chat));
    assert_int_equal(chat.n, 2);
    assert_int_equal(t[8], 77);
    assert_true(chat_turn(&tokens, BPE_USER, span_text("0123"), &chat));
    assert_int_equal(chat.n, 8);
    assert_false(chat_mark(&chat, BPE_END));
}

static void hostile_merges_are_refused(void **state)
{
    (void)state;
    static bpe b;
    const uint16_t forward[] = {BPE_BYTES + 5, 900, 1023};
    for (size_t i = 0; i < 3; i++) {
        b = tokens;
        b.merge[5][1] = forward[i];
        assert_false(bpe_ready(&b));
    }
    b = tokens, b.merge[0][0] = BPE_END;
    assert_false(bpe_ready(&b)); /* a special inside a text */
    b = tokens, memcpy(b.merge[700], b.merge[10], sizeof b.merge[10]);
    assert_false(bpe_ready(&b)); /* the same text twice */
    b = tokens;
    for (size_t i = 0; i < 8; i++)
        b.merge[i][0] = b.merge[i][1] = (uint16_t)(i ? BPE_BYTES + i - 1 : 'z' + BPE_SPECIALS);
    assert_false(bpe_ready(&b)); /* doubles until it is too long */
}

static void characters_come_whole_however_they_are_cut(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "plain",   "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "a\xff\xc3", "\xe2\x82", "\xed\xa0\x80x", "\xf4\x90\x80\x80", "\xf0\x9f\xc3\xa4",
        "\xc0\x80"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        span text = span_text(texts[i]);
        uint8_t whole[64], parts[64];
        writer a = WRITER(whole), b = WRITER(parts);
        utf8_stream u = {0}, w = {0};
        utf8_stream_push(&u, text, &a), utf8_stream_end(&u, &a);
        assert_true(is_utf8(written(&a)));
        for (size_t k = 0; k < text.n; k++) {
            utf8_stream_push(&w, span_of(text.p + k, 1), &b);
            assert_true(is_utf8(written(&b))); /* never half a character */
        }
        utf8_stream_end(&w, &b);
        assert_true(a.n == b.n && memcmp(whole, parts, a.n) == 0);
        if (is_utf8(text))
            assert_true(a.n == text.n && memcmp(whole, text.p, a.n) == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_bytes_come_back_and_no_text_makes_a_special),
        cmocka_unit_test(no_spelling_of_a_role_becomes_one),
        cmocka_unit_test(specials_have_no_text),
        cmocka_unit_test(words_of_the_corpus_are_short),
        cmocka_unit_test(what_does_not_fit_is_refused_whole),
        cmocka_unit_test(hostile_merges_are_refused),
        cmocka_unit_test(characters_come_whole_however_they_are_cut),
    };
    return cmocka_run_group_tests(tests, learn, NULL);
}
