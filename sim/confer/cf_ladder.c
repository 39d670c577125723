#include "big_room.h"
#include "cf_ladder.h"

#include "chance.h"
#include "confer_server.h"
#include "pack.h"
#include "tee_machine.h"

#include <string.h>

/* ---- the world ---- */

/* A side of one connection: the client, the enclave that it means, or what the attacker plays. */
typedef struct side {
    cf_own_storage *storage;
    uint8_t room[CF_EFFECTS_ROOM], coins[CF_COINS];
    cf_effects out;
    cf_world world;
} side;

static side of_client, of_server, of_visitor;
static cf_client client, visitor;
static cf_server server;
static prim_pair server_pair;
static pack meant, other; /* the machine that the client means, and another one with the same code */
static cf_policy policy;
static cf_collateral collateral;
static at_policy listed; /* the policy for reports, with the chips that are meant */
static chance draws;
static tl_sigstore *sigstore;

static const char secret[] = "the secret prompt";

static void start_side(side *s, const prim *p)
{
    cf_scratch_wipe(&BIG_ROOM(s->storage)->scratch);
    s->out = (cf_effects){.bytes = WRITER(s->room)};
    s->world = (cf_world){.prim = p, .now = meant.time, .storage = cf_own(s->storage), .sigstore = BIG_ROOM(sigstore)};
}

/* Fresh coins for a call that takes them. */
static const cf_world *world_of(side *s)
{
    chance_bytes(&draws, s->coins, sizeof s->coins);
    s->world.coins = SPAN(s->coins);
    return &s->world;
}

/* What the client wants, and both sides before their first step. */
static void begin(const prim *p, bool chips)
{
    pack_make(&meant, "confer", span_text("meant"), PACK_TIME);
    pack_make(&other, "confer", span_text("another"), PACK_TIME);
    draws = chance_of(p, span_text("ladder"), "coins");
    policy = pack_policy(&meant);
    collateral = pack_collateral(&meant);
    if (chips) {
        static uint8_t chip[1][AT_CHIP_ID];
        memcpy(chip[0], pack_chip(&meant).hw_id, AT_CHIP_ID);
        listed = meant.snp;
        listed.pinned |= AT_PINS(AT_PIN_CHIP);
        listed.chips = chip;
        listed.n_chips = 1;
        policy.snp = &listed;
        policy.token = NULL;
    }
    start_side(&of_client, p);
    start_side(&of_server, p);
    of_client.world.policy = &policy;
    of_client.world.collateral = &collateral;
}

/* Who answers the client has this static key and shows this evidence. */
static void answer_as(const uint8_t static_secret[32], span evidence)
{
    prim_pair_of(of_server.world.prim, static_secret, &server_pair);
    of_server.world.static_pair = &server_pair;
    of_server.world.evidence = evidence;
    server = (cf_server){.phase = CF_ADMITTED, .expires = meant.time + 900, .subscribed = true};
}

/* ---- one conversation ---- */

static ladder_found refused(verdict v) { return (ladder_found){false, v.req}; }

/* The client has message 2: it trusts whom it met, and asks; does the other side read it? */
static ladder_found ask_behind(span message2)
{
    const cf_ask ask = {.prompt = span_text(secret), .model = "default", .stream = true};
    verdict v = cf_client_takes_message(&client, &of_client.world, message2, &of_client.out);
    if (!accepted(v))
        return refused(v);
    v = cf_server_takes_message(&server, world_of(&of_server), cf_record(&of_client.out, 0), &of_server.out);
    if (!accepted(v))
        return refused(v);
    cf_client_chats(&client, world_of(&of_client), 1, &ask, &of_client.out);
    v = cf_server_takes_message(&server, world_of(&of_server), cf_record(&of_client.out, 0), &of_server.out);
    const span read = of_server.out.chat.messages;
    const bool reached = accepted(v) && of_server.out.event.kind == CF_CALL && memmem(read.p, read.n, secret, sizeof secret - 1);
    return (ladder_found){reached, v.req};
}

static ladder_found ask(void)
{
    cf_client_starts(&client, world_of(&of_client), &of_client.out);
    const verdict v = cf_server_takes_message(&server, world_of(&of_server), cf_record(&of_client.out, 0), &of_server.out);
    return accepted(v) ? ask_behind(cf_record(&of_server.out, 0)) : refused(v);
}

/* ---- the attackers ---- */

static const uint8_t own_secret[32] = {9};

static ladder_found impostor(const prim *p, bool chips)
{
    begin(p, chips);
    answer_as(own_secret, meant.file[PACK_EVIDENCE]);
    return ask();
}

static ladder_found replayer(const prim *p, bool chips)
{
    begin(p, chips);
    answer_as(meant.enclave_secret, meant.file[PACK_EVIDENCE]);
    return ask();
}

/* He visits the enclave as any client does, and has its evidence from a session of his own. */
static span visit(const prim *p)
{
    static uint8_t room[CF_EVIDENCE_MAX];
    writer shown = WRITER(room);
    start_side(&of_visitor, p);
    of_visitor.world.policy = &policy;
    of_visitor.world.collateral = &collateral;
    answer_as(meant.enclave_secret, meant.file[PACK_EVIDENCE]);
    cf_client_starts(&visitor, world_of(&of_visitor), &of_visitor.out);
    must(accepted(cf_server_takes_message(&server, world_of(&of_server), cf_record(&of_visitor.out, 0), &of_server.out)));
    const span message2 = cf_record(&of_server.out, 0);
    must(accepted(cf_client_takes_message(&visitor, &of_visitor.world, message2, &of_visitor.out)));
    write_span(&shown, span_of(of_visitor.storage->scratch.plain, message2.n - CF_MESSAGE2_LEAST));
    return written(&shown);
}

static ladder_found relay(const prim *p, bool chips)
{
    begin(p, chips);
    answer_as(meant.enclave_secret, visit(p));
    return ask();
}

/* The genuine enclave answers. With the keys of its handshake he seals other evidence of the same machine into message 2: which is what the
 * enclave writes when it is lent the same coins and that evidence. */
static ladder_found swapper(const prim *p, bool chips)
{
    static uint8_t room[CF_EVIDENCE_MAX], swapped[CF_RECORD_MAX];
    uint8_t report[AT_REPORT], data[AT_REPORT_DATA] = {0};
    writer evidence = WRITER(room), message2 = WRITER(swapped);
    begin(p, chips);
    const tee_chip chip = pack_chip(&meant);
    tee_launch launch = pack_launch(&meant);
    launch.host_data[0] = 1;
    p->x25519_public(meant.enclave_secret, data);
    tee_report(&chip, &launch, data, report);
    pack_write_evidence(&meant, SPAN(report), &evidence);
    answer_as(meant.enclave_secret, written(&evidence));
    cf_server same = server;
    cf_client_starts(&client, world_of(&of_client), &of_client.out);
    const cf_world *lent = world_of(&of_server);
    must(accepted(cf_server_takes_message(&same, lent, cf_record(&of_client.out, 0), &of_server.out)));
    write_span(&message2, cf_record(&of_server.out, 0));
    of_server.world.evidence = meant.file[PACK_EVIDENCE];
    const verdict v = cf_server_takes_message(&server, lent, cf_record(&of_client.out, 0), &of_server.out);
    return accepted(v) ? ask_behind(written(&message2)) : refused(v);
}

/* The client asks the vendor's service for the certificates of the chip that a report names. */
static void fetch(span report)
{
    static tee_endorsements endorsements;
    const tee_chip mine = pack_chip(&meant), theirs = pack_chip(&other);
    const tee_service vendor = {.at = meant.time, .chip = {&mine, &theirs}, .n = 2};
    must(tee_service_answers(&vendor, report, &endorsements));
    collateral.snp.vek = tee_vek(&endorsements);
    collateral.snp.intermediate = tee_intermediate(&endorsements);
}

/* The other machine, in this condition, signs for the guest that is expected, with this key. */
static ladder_found answer_from(tee_condition condition, const uint8_t static_secret[32])
{
    static uint8_t room[CF_EVIDENCE_MAX];
    uint8_t report[AT_REPORT], data[AT_REPORT_DATA] = {0};
    writer evidence = WRITER(room);
    const tee_chip chip = pack_chip(&other);
    const tee_launch launch = pack_launch(&meant);
    const tee_machine machine = tee_machine_with(condition, &chip, &launch);
    of_server.world.prim->x25519_public(static_secret, data);
    must(tee_machine_reports(&machine, condition == TEE_LEAKED ? &launch : NULL, data, report));
    fetch(SPAN(report));
    pack_write_evidence(&meant, SPAN(report), &evidence);
    answer_as(static_secret, written(&evidence));
    return ask();
}

static ladder_found leaked_machine(const prim *p, bool chips)
{
    begin(p, chips);
    return answer_from(TEE_LEAKED, own_secret);
}

static ladder_found diversion(const prim *p, bool chips)
{
    begin(p, chips);
    return answer_from(TEE_SOUND, other.enclave_secret);
}

/* ---- the profile ---- */

#define BOTH(name)                                                                \
    static ladder_found name##_deployed(const prim *p) { return name(p, false); } \
    static ladder_found name##_chips(const prim *p) { return name(p, true); }
BOTH(impostor)
BOTH(replayer)
BOTH(relay)
BOTH(swapper)
BOTH(leaked_machine)
BOTH(diversion)

const ladder_profile cf_ladder = {
    "confer",
    {impostor_deployed, replayer_deployed, relay_deployed, swapper_deployed, leaked_machine_deployed, diversion_deployed},
    {[LADDER_IMPOSTOR] = {REQ_CF_041}, [LADDER_SWAPPER] = {REQ_NZ_006}}};

const ladder_profile cf_ladder_chips = {
    "confer, chips listed",
    {impostor_chips, replayer_chips, relay_chips, swapper_chips, leaked_machine_chips, diversion_chips},
    {[LADDER_IMPOSTOR] = {REQ_CF_041}, [LADDER_SWAPPER] = {REQ_NZ_006}, [LADDER_LEAKED] = {REQ_AT_056}, [LADDER_DIVERSION] = {REQ_AT_056}}};
