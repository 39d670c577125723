/* Small worlds: every order in which step, reply, attest, start, ready, chunks and a cancel can pass over two changes of epoch. At each point
 * everything that can happen next is tried: either queue delivers its oldest message, the report comes, C steps, C cancels, E sends a chunk. */
#include "p1_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { DEPTH = 40, CHUNKS = 2 };

static service world;
static pair now, before[DEPTH];

typedef struct left {
    unsigned steps, chunks, cancels;
} left;

static left whole; /* of the world that is tried */
static unsigned n_orders, n_points;

typedef bool act(left *);

static bool delivers_to_enclave(left *l)
{
    (void)l;
    if (!now.to_enclave.n)
        return false;
    pair_deliver_to_enclave(&now);
    return true;
}

static bool delivers_to_client(left *l)
{
    (void)l;
    if (!now.to_client.n)
        return false;
    pair_deliver_to_client(&now);
    return true;
}

static bool report_comes(left *l)
{
    (void)l;
    if (!now.enclave.reporting)
        return false;
    pair_report(&now);
    return true;
}

static bool client_steps(left *l)
{
    if (!l->steps || !p1_client_may_step(&now.client))
        return false;
    l->steps--;
    now.now += P1_STEP_PAUSE;
    pair_client_steps(&now);
    return true;
}

static bool client_cancels(left *l)
{
    if (!l->cancels)
        return false;
    l->cancels--;
    return accepted(pair_client_sends(&now, P1_CANCEL, "1234"));
}

static bool enclave_sends_chunk(left *l)
{
    static const char *const text[CHUNKS + 1] = {"", "12345678901", "12345678902"};
    if (!l->chunks)
        return false;
    pair_enclave_sends(&now, P1_CHUNK, text[l->chunks--]);
    return true;
}

static act *const acts[] = {delivers_to_enclave, delivers_to_client, report_comes, client_steps, client_cancels, enclave_sends_chunk};
enum { ACTS = sizeof acts / sizeof *acts };

static void check_end(const left *l)
{
    n_orders++;
    assert_int_equal(l->steps + l->chunks + l->cancels, 0);
    assert_int_equal(now.client.epochs.now.epoch, whole.steps);
    assert_int_equal(now.enclave.epochs.now.epoch, whole.steps);
    assert_false(now.client.epochs.has_other);
    unsigned chunks = 0;
    for (size_t i = 0; i < now.n_client_saw; i++)
        if (now.client_saw[i][0] == '9')
            assert_int_equal(now.client_saw[i][12] - '0', (int)(whole.chunks - chunks++));
    assert_int_equal(chunks, whole.chunks);
}

static void assert_all_good(void)
{
    if (!accepted(now.client_said) || !accepted(now.enclave_said))
        fail_msg("refused: client %s, enclave %s", requirement_rows[now.client_said.req].id, requirement_rows[now.enclave_said.req].id);
}

static void go_on(const left *from, unsigned depth)
{
    bool any = false;
    assert_true(depth < DEPTH);
    before[depth] = now;
    n_points++;
    for (size_t i = 0; i < ACTS; i++) {
        left l = *from;
        if (i)
            now = before[depth];
        if (!acts[i](&l))
            continue;
        any = true;
        assert_all_good();
        go_on(&l, depth + 1);
    }
    if (!any) {
        now = before[depth];
        check_end(from);
    }
}

static void try_world(left all)
{
    whole = all;
    n_orders = n_points = 0;
    service_start(&world, &prim_openssl, span_text("worlds"), "chat.example", SERVICE_NOW);
    pair_start(&now, &world, span_text("worlds"));
    pair_open(&now);
    assert_all_good();
    now.holds_report = true;
    now.n_client_saw = now.n_enclave_saw = 0;
    go_on(&all, 0);
    print_message("%u steps, %u chunks, %u cancels: %u orders, %u points\n", all.steps, all.chunks, all.cancels, n_orders, n_points);
}

static void every_order_of_two_epochs_and_a_chunk(void **state)
{
    (void)state;
    try_world((left){.steps = 2, .chunks = 1});
    assert_true(n_orders > 20);
}

static void every_order_of_an_epoch_and_two_chunks(void **state)
{
    (void)state;
    try_world((left){.steps = 1, .chunks = 2});
    assert_true(n_orders > 20);
}

static void every_order_of_an_epoch_a_chunk_and_a_cancel(void **state)
{
    (void)state;
    try_world((left){.steps = 1, .chunks = 1, .cancels = 1});
    assert_true(n_orders > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_order_of_two_epochs_and_a_chunk),
        cmocka_unit_test(every_order_of_an_epoch_and_two_chunks),
        cmocka_unit_test(every_order_of_an_epoch_a_chunk_and_a_cancel),
    };
    prim_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
