#include "library_serve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static int mirror(void *ctx, const shim_request *request, shim_reply *reply)
{
    (void)ctx;
    shim_reply_with(reply, SHIM_OK, NULL);
    reply->out = request->in;
    return SHIM_ANSWERED;
}

static const parley_impl impl = {"mirror", mirror, NULL};

/* What comes out for what goes in, through two pipes' worth of descriptors. */
static char *served(const char *text, size_t n)
{
    static char out[4096];
    FILE *in = tmpfile(), *to = tmpfile();
    assert_true(in && to);
    fwrite(text, 1, n, in);
    rewind(in);
    assert_true(library_serve(&impl, fileno(in), fileno(to)));
    lseek(fileno(to), 0, SEEK_SET);
    ssize_t got = read(fileno(to), out, sizeof out - 1);
    out[got > 0 ? got : 0] = 0;
    fclose(in);
    fclose(to);
    return out;
}

static void each_line_has_its_answer_in_order(void **state)
{
    (void)state;
    const char *text = "{\"id\":1,\"op\":\"a\",\"x\":\"01\"}\n{\"id\":2,\"op\":\"b\"}\n";
    assert_string_equal(served(text, strlen(text)), "{\"id\":1,\"ok\":1,\"x\":\"01\"}\n{\"id\":2,\"ok\":1}\n");
}

static void a_line_that_makes_no_sense_is_a_bug_and_the_next_is_answered(void **state)
{
    (void)state;
    const char *text = "hello\n{\"id\":2}\n{\"id\":3,\"op\":\"b\"}\nno newline at the end";
    assert_string_equal(served(text, strlen(text)),
                        "{\"id\":0,\"bug\":\"not a JSON object\"}\n{\"id\":2,\"bug\":\"no op\"}\n{\"id\":3,\"ok\":1}\n");
}

static void a_line_without_end_costs_bounded_memory_and_one_complaint(void **state)
{
    (void)state;
    size_t n = 3 * SHIM_LINE;
    char *text = malloc(n + 64);
    assert_non_null(text);
    memset(text, 'a', n);
    strcpy(text + n, "\n{\"id\":3,\"op\":\"b\"}\n");
    assert_string_equal(served(text, strlen(text)), "{\"id\":0,\"bug\":\"a line over 1 MiB\"}\n{\"id\":3,\"ok\":1}\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_line_has_its_answer_in_order),
        cmocka_unit_test(a_line_that_makes_no_sense_is_a_bug_and_the_next_is_answered),
        cmocka_unit_test(a_line_without_end_costs_bounded_memory_and_one_complaint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
