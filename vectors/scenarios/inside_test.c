#include "inside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void every_inside_check_holds_under_both_providers(void **state)
{
    const prim *const providers[] = {&prim_openssl, &prim_sodium};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        if (!providers[i]->has_cipher(PRIM_AESGCM))
            continue;
        const inside_check *c;
        for (size_t k = 0; (c = inside_at(k)); k++)
            if (!c->holds(providers[i]))
                fail_msg("%s (%s) does not hold under %s", c->id, c->req, providers[i]->name);
    }
}

int main(void)
{
    prim_start();
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_inside_check_holds_under_both_providers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
