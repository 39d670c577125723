/* A session of profile confer from the upgrade's token to an answered chat, and a token that is not the issuer's. */
#include "confer_on_trust.h"
#include "confer_server.h"
#include "secrets.h"

#include <string.h>

#define CLAIMS "{\"iss\":\"kerf\",\"exp\":2000,\"subscribed\":true}"

static cf_own_storage storage[2];
static uint8_t room[2][CF_EFFECTS_ROOM], coins[2][CF_COINS], token_key[32];
static prim_pair static_pair;
static cf_client client;
static cf_server server;
static cf_world at_client, at_server;
static cf_effects from_client, from_server;

static void fresh_coins(void)
{
    secrets_fill(coins, sizeof coins);
    at_client.coins = SPAN(coins[0]);
    at_server.coins = SPAN(coins[1]);
}

static span target_of(uint8_t *bytes, size_t cap)
{
    writer target = writer_of(bytes, cap);
    write_text(&target, "/websocket?token=");
    cf_write_token(&secrets_lent, SPAN(token_key), span_text(CLAIMS), &target);
    declassify(bytes, target.n);
    return written(&target);
}

static void is_admitted(void)
{
    uint8_t bytes[512];
    span target = target_of(bytes, sizeof bytes);
    must(accepted(cf_server_admit(&server, &at_server, target)) && server.subscribed);
    bytes[target.n - 5] = bytes[target.n - 5] == 'A' ? 'B' : 'A';
    must(!accepted(cf_server_admit(&server, &at_server, target)));
    must(accepted(cf_server_admit(&server, &at_server, target_of(bytes, sizeof bytes))));
}

static verdict to_server(void)
{
    verdict v = ACCEPT;
    declassify(from_client.bytes.p, from_client.bytes.n);
    for (size_t i = 0; i < from_client.n_records; i++) {
        fresh_coins();
        v = cf_server_takes_message(&server, &at_server, cf_record(&from_client, i), &from_server);
    }
    return v;
}

static verdict to_client(void)
{
    verdict v = ACCEPT;
    declassify(from_server.bytes.p, from_server.bytes.n);
    for (size_t i = 0; i < from_server.n_records; i++) {
        fresh_coins();
        v = cf_client_takes_message(&client, &at_client, cf_record(&from_server, i), &from_client);
    }
    return v;
}

static void opens(void)
{
    fresh_coins();
    cf_client_starts(&client, &at_client, &from_client);
    must(accepted(to_server()) && accepted(to_client()) && accepted(to_server()));
    must(server.phase == CF_OPEN && client.phase == CF_OPEN);
}

static void chats(void)
{
    const cf_ask ask = {.prompt = span_text("a prompt"), .model = "m", .stream = true};
    fresh_coins();
    cf_client_chats(&client, &at_client, 1, &ask, &from_client);
    must(accepted(to_server()) && from_server.event.kind == CF_CALL);
    fresh_coins();
    cf_server_says_token(&server, &at_server, 1, span_text("an answer"), &from_server);
    must(accepted(to_client()));
    fresh_coins();
    cf_server_says_completion(&server, &at_server, 1, 10, &from_server);
    must(accepted(to_client()) && from_client.event.kind == CF_COMPLETION);
}

static void refuses_a_wrong_record(void)
{
    fresh_coins();
    cf_client_pings(&client, &at_client, 2, &from_client);
    from_client.bytes.p[0] ^= 1;
    must(!accepted(to_server()));
}

void secrets_of_confer(void)
{
    uint8_t secret[32];
    secrets_fill(secret, 32);
    secrets_fill(token_key, sizeof token_key);
    prim_pair_of(&secrets_lent, secret, &static_pair);
    at_server = (cf_world){.prim = &secrets_lent,
                           .now = 1000,
                           .storage = cf_own(&storage[1]),
                           .static_pair = &static_pair,
                           .evidence = span_text(EVIDENCE_ON_TRUST),
                           .token_key = SPAN(token_key)};
    at_client = (cf_world){.prim = &secrets_lent, .now = 1000, .storage = cf_own(&storage[0]), .policy = &on_trust};
    from_client.bytes = WRITER(room[0]);
    from_server.bytes = WRITER(room[1]);
    is_admitted();
    opens();
    chats();
    refuses_a_wrong_record();
    cf_server_end(&server, cf_own(&storage[1]));
    cf_client_end(&client, cf_own(&storage[0]));
}
