/* Waits, since no case of the suite lasts as long as they do; and what a client writes. */
#include "chapter.h"
#include "wire.h"

/* The wait ends in its last second and not before, and no other wait is measured by it. */
static bool ends_in_time(wi_wait what, uint16_t sentence)
{
    const unsigned seconds = wi_wait_seconds(what);
    return accepted(wi_judge_wait(what, seconds - 1)) && wi_judge_wait(what, seconds).req == sentence &&
           wi_judge_wait(what, 3600).req == sentence;
}

static bool upgrade_ends(const prim *unused)
{
    (void)unused;
    return ends_in_time(WI_WAIT_UPGRADE, REQ_WI_028);
}

static bool session_ends(const prim *unused)
{
    (void)unused;
    return ends_in_time(WI_WAIT_SESSION, REQ_WI_029);
}

static bool message_ends(const prim *unused)
{
    (void)unused;
    return ends_in_time(WI_WAIT_MESSAGE, REQ_WI_030);
}

static bool close_ends(const prim *unused)
{
    (void)unused;
    return ends_in_time(WI_WAIT_CLOSE, REQ_WI_031);
}

static bool reader_ends(const prim *unused)
{
    (void)unused;
    return ends_in_time(WI_WAIT_READER, REQ_WI_032);
}

/* What a client writes has no operation: its nonce is drawn. */
static bool upgrade_offers(const prim *unused)
{
    static const uint8_t nonce[WI_NONCE];
    uint8_t room[512];
    writer w = WRITER(room);
    wi_head h;
    span value;
    (void)unused;
    wi_write_upgrade(span_text("chat.example"), span_text("/parley/1"), span_text("parley.1"), nonce, &w);
    return accepted(wi_read_request(written(&w), &h)) && wi_find(&h, "Sec-WebSocket-Protocol", &value) == 1 && span_is(value, "parley.1");
}

const internal_check wire_checks[] = {
    {"wi.wait.upgrade", "WI-028", upgrade_ends},
    {"wi.wait.session", "WI-029", session_ends},
    {"wi.wait.message", "WI-030", message_ends},
    {"wi.wait.close", "WI-031", close_ends},
    {"wi.wait.reader", "WI-032", reader_ends},
    {"wi.upgrade.offers", "WI-038", upgrade_offers},
    {0},
};
