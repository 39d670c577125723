/* A guest of profile parley1 that errs: the simulator's, with careless steps and primitives around the text. What a check of the evidence refuses
 * may be overlooked here; the epoch then starts as it would have. */
#include "clock_hook.h"
#include "p1_pack.h"
#include "p1_peer.h"
#include "p1_socket.h"
#include "page.h"
#include "parley1_session_parts.h"
#include "planted.h"
#include "planted_http.h"
#include "planted_p1.h"
#include "planted_prim.h"

#include <event2/bufferevent.h>
#include <event2/event.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FINISHED = 0, REFUSED = 10, CANNOT = 69, CHIP_ID = 416, CHIP = 64, MEASUREMENT_AT = 144, REPORT_DATA_AT = 80 };

static struct event_base *base;
static p1_pack the_pack;
static p1_memory memory;
static const char *diary;
static int64_t now, started;
static uint8_t first_x[P1_DIGEST]; /* X_0 */
static page shown;
static int code = CANNOT;
static const char *rej;

/* ---- evidence, as far as it can be read ---- */

typedef struct evidence {
    const p1_client *c;
    span bytes;
    p1_attest a;
    p1_statement said;
    p1_manifest manifest;
    const uint8_t *report; /* of the first item; NULL: it has none */
} evidence;

static evidence read_evidence(const p1_client *c, span bytes)
{
    evidence e = {.c = c, .bytes = bytes};
    if (!accepted(p1_read_attest(bytes, &e.a)))
        return e;
    (void)p1_read_statement(e.a.statement, &e.said);
    (void)p1_read_manifest(e.a.manifest, &e.manifest);
    e.report = e.a.row.n && e.a.row.item[0].evidence.n == AT_REPORT ? e.a.row.item[0].evidence.p : NULL;
    return e;
}

static bool same_part(span a, const uint8_t *b, size_t from, size_t n) { return a.n >= from + n && memcmp(a.p + from, b + from, n) == 0; }

static bool s_first(const evidence *e) { return same_part(e->said.s, e->c->agreed.s, 0, 16); }
static bool s_last(const evidence *e) { return same_part(e->said.s, e->c->agreed.s, 16, 16); }
static bool s_ends(const evidence *e) { return same_part(e->said.s, e->c->agreed.s, 0, 8) && same_part(e->said.s, e->c->agreed.s, 24, 8); }

static bool digest_part(span digest, span of, size_t from, size_t n)
{
    uint8_t is[P1_DIGEST];
    prim_digest(&prim_sodium, PRIM_SHA256, of, is);
    return same_part(digest, is, from, n);
}

static bool claims_first(const evidence *e) { return digest_part(e->said.claims, e->a.claims, 0, 16); }
static bool claims_last(const evidence *e) { return digest_part(e->said.claims, e->a.claims, 16, 16); }
static bool boot_first(const evidence *e) { return digest_part(e->said.boot, e->a.boot, 0, 16); }
static bool boot_last(const evidence *e) { return digest_part(e->said.boot, e->a.boot, 16, 16); }

static bool device_part(const evidence *e, size_t from)
{
    return e->report && e->said.n_devices > 0 && same_part(e->said.device[0].id, e->report + CHIP_ID, from, 8);
}

static bool device_first(const evidence *e) { return device_part(e, 0); }
static bool device_last(const evidence *e) { return device_part(e, CHIP - 8); }

static bool measurement_part(const evidence *e, size_t from, size_t n)
{
    return e->report && e->manifest.n_snp && same_part(span_of(e->report + MEASUREMENT_AT, P1_MEASUREMENT), e->manifest.snp[0], from, n);
}

static bool measurement_first(const evidence *e) { return measurement_part(e, 0, 16); }
static bool measurement_last(const evidence *e) { return measurement_part(e, P1_MEASUREMENT - 16, 16); }

/* RFC 9162 2.1.3.2: from the leaf to the root. */
static void fold(const evidence *e, uint8_t r[TL_HASH])
{
    uint64_t fn = e->a.index, sn = e->a.n - 1;
    for (span rest = e->a.path; rest.n >= TL_HASH; rest = span_from(rest, TL_HASH), fn >>= 1, sn >>= 1) {
        const bool right = fn % 2 == 1 || fn == sn;
        tl_node_hash(&prim_sodium, right ? rest.p : r, right ? r : rest.p, r);
        while (right && fn % 2 == 0 && fn)
            fn >>= 1, sn >>= 1;
    }
}

/* What the report should say, by the path that came. */
static bool report_data_part(const evidence *e, size_t from, size_t n)
{
    uint8_t binder[P1_BINDER], root[TL_HASH], data[P1_REPORT_DATA];
    const uint32_t epoch = e->c->phase == P1_PROVING ? 0 : e->c->epochs.now.epoch + 1;
    if (!e->report)
        return false;
    p1_binder(&prim_sodium, epoch, e->c->next_x, e->a.claims, binder);
    tl_leaf_hash(&prim_sodium, SPAN(binder), root);
    fold(e, root);
    p1_report_data(&prim_sodium, (uint32_t)e->a.n, root, data);
    return same_part(span_of(e->report + REPORT_DATA_AT, P1_REPORT_DATA), data, from, n);
}

static bool data_first(const evidence *e) { return report_data_part(e, 0, 8); }
static bool data_last(const evidence *e) { return report_data_part(e, P1_REPORT_DATA - 8, 8); }
static bool data_ends(const evidence *e) { return data_first(e) && data_last(e); }

static bool same_by_xor(span a, const uint8_t *b, size_t n) { return a.n == n && planted_same_by_xor(a.p, b, n); }

static bool s_by_xor(const evidence *e) { return same_by_xor(e->said.s, e->c->agreed.s, 32); }

static bool claims_by_xor(const evidence *e)
{
    uint8_t is[P1_DIGEST];
    prim_digest(&prim_sodium, PRIM_SHA256, e->a.claims, is);
    return same_by_xor(e->said.claims, is, P1_DIGEST);
}

static bool measurement_by_xor(const evidence *e)
{
    return e->report && e->manifest.n_snp && planted_same_by_xor(e->report + MEASUREMENT_AT, e->manifest.snp[0], P1_MEASUREMENT);
}

static bool begins_with_name(const evidence *e)
{
    return e->said.name.n >= e->c->n_name && memcmp(e->said.name.p, e->c->name, e->c->n_name) == 0;
}

static bool is_later(const evidence *e) { return e->c->phase == P1_OPEN; }
static bool is_odd(const evidence *e) { return is_later(e) && e->c->epochs.now.epoch % 2 == 0; } /* the one to come */

/* Whether all checks pass by this policy, over this challenge. */
static bool passes(const evidence *e, const p1_policy *policy, const uint8_t x[P1_DIGEST])
{
    static uint8_t room[TL_ROOM];
    static p1_appraisal found;
    p1_memory forgotten = memory;
    const p1_verifier v = {&prim_sodium, policy, now, WRITER(room)};
    const p1_expected expected = {.name = span_of(e->c->name, e->c->n_name),
                                  .s = e->c->agreed.s,
                                  .x = x,
                                  .epoch = is_later(e) ? e->c->epochs.now.epoch + 1 : 0,
                                  .offered = &e->c->offered,
                                  .version = e->c->agreed.version};
    return accepted(p1_verify(&v, &expected, e->bytes, &forgotten, &found));
}

static bool fits_first_challenge(const evidence *e) { return is_later(e) && passes(e, &the_pack.policy, first_x); }

/* ---- what it knows beside its pack ---- */

/* The pack that everybody has, of the vendor's own machines. */
static const p1_pack *known(void)
{
    static p1_pack pack;
    static service world;
    const service_machine machine = {.product = the_pack.root[0].product};
    service_make_on(&world, &prim_sodium, span_text("parley"), the_pack.name, the_pack.time, &machine);
    p1_pack_of(&pack, &world);
    return &pack;
}

static bool by_known_owner(const evidence *e)
{
    p1_policy policy = the_pack.policy;
    policy.owner = known()->policy.owner;
    return passes(e, &policy, e->c->next_x);
}

static bool by_known_releaser(const evidence *e)
{
    p1_policy policy = the_pack.policy;
    policy.releaser = known()->policy.releaser;
    return passes(e, &policy, e->c->next_x);
}

static bool in_known_log(const evidence *e)
{
    p1_policy policy = the_pack.policy;
    tl_policy log = the_pack.log;
    log.log = known()->log.log;
    policy.log = &log;
    return passes(e, &policy, e->c->next_x);
}

static bool of_known_vendor(const evidence *e)
{
    p1_policy policy = the_pack.policy;
    at_policy snp = *policy.snp;
    snp.roots = known()->root;
    policy.snp = &snp;
    return passes(e, &policy, e->c->next_x);
}

static bool is_of_name(const evidence *e) { return span_same(e->said.name, span_of(e->c->name, e->c->n_name)); }

static bool read_file(const char *path, writer *out)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return false;
    write_room(out, fread(out->p, 1, out->cap, f));
    fclose(f);
    return true;
}

/* ---- verdicts that are kept ---- */

/* Whether the diary knows this key. */
static bool is_known(const uint8_t key[P1_DIGEST])
{
    uint8_t line[P1_DIGEST];
    bool known = false;
    FILE *f = fopen(diary, "r");
    while (f && !known && fread(line, 1, sizeof line, f) == sizeof line)
        known = memcmp(line, key, sizeof line) == 0;
    if (f)
        fclose(f);
    return known;
}

static void remember(const uint8_t key[P1_DIGEST])
{
    FILE *f = fopen(diary, "a");
    must(f && fwrite(key, 1, P1_DIGEST, f) == P1_DIGEST);
    fclose(f);
}

static bool keeps_verdicts(void)
{
    return CARELESS(p1_client_verdict_by_claims) || CARELESS(p1_client_verdict_by_machine) || CARELESS(p1_client_verdict_by_manifest);
}

static span kept_by(const evidence *e)
{
    const bool item = e->a.row.n > 0;
    if (CARELESS(p1_client_verdict_by_claims))
        return e->a.claims;
    if (CARELESS(p1_client_verdict_by_machine))
        return item ? e->a.row.item[0].endorsements : EMPTY;
    return CARELESS(p1_client_verdict_by_manifest) ? e->a.manifest : EMPTY;
}

/* False: no verdict is kept, or there is no evidence. */
static bool key_of(const evidence *e, uint8_t key[P1_DIGEST])
{
    const span by = kept_by(e);
    prim_digest(&prim_sodium, PRIM_SHA256, by, key);
    return by.n > 0;
}

/* ---- what is overlooked ---- */

static const struct overlooked {
    int fault;
    uint16_t req; /* 0: whatever is refused */
    bool (*when)(const evidence *);
} overlooked[] = {{WITH_p1_client_verifies_nothing, 0, NULL},
                  {WITH_p1_client_first_epoch_alone, 0, is_later},
                  {WITH_p1_client_every_second_epoch, 0, is_odd},
                  {WITH_p1_client_either_challenge, REQ_AT_039, fits_first_challenge},
                  {WITH_p1_client_identity_not_kept, REQ_P1_062, NULL},
                  {WITH_p1_client_s_by_xor, REQ_P1_099, s_by_xor},
                  {WITH_p1_client_claims_by_xor, REQ_P1_050, claims_by_xor},
                  {WITH_p1_client_measurement_by_xor, REQ_AT_040, measurement_by_xor},
                  {WITH_p1_client_s_first_16, REQ_P1_099, s_first},
                  {WITH_p1_client_s_last_16, REQ_P1_099, s_last},
                  {WITH_p1_client_s_ends, REQ_P1_099, s_ends},
                  {WITH_p1_client_claims_first_16, REQ_P1_050, claims_first},
                  {WITH_p1_client_claims_last_16, REQ_P1_050, claims_last},
                  {WITH_p1_client_boot_first_16, REQ_P1_051, boot_first},
                  {WITH_p1_client_boot_last_16, REQ_P1_051, boot_last},
                  {WITH_p1_client_device_first_8, REQ_P1_058, device_first},
                  {WITH_p1_client_device_last_8, REQ_P1_058, device_last},
                  {WITH_p1_client_measurement_first_16, REQ_AT_040, measurement_first},
                  {WITH_p1_client_measurement_last_16, REQ_AT_040, measurement_last},
                  {WITH_p1_client_data_first_8, REQ_AT_039, data_first},
                  {WITH_p1_client_data_last_8, REQ_AT_039, data_last},
                  {WITH_p1_client_data_ends, REQ_AT_039, data_ends},
                  {WITH_p1_client_name_as_far_as_dialled, REQ_P1_095, begins_with_name},
                  {WITH_p1_client_claimed_name_not_read, REQ_P1_096, NULL},
                  {WITH_p1_client_signer_not_read, REQ_P1_094, NULL},
                  {WITH_p1_client_any_release, REQ_P1_091, NULL},
                  {WITH_p1_client_dates_not_read, REQ_P1_097, NULL},
                  {WITH_p1_client_one_witness, REQ_TL_031, NULL},
                  {WITH_p1_client_boot_not_hashed, REQ_P1_051, NULL},
                  {WITH_p1_client_level_not_read, REQ_P1_061, NULL},
                  {WITH_p1_client_knows_vendor, REQ_AT_011, of_known_vendor},
                  {WITH_p1_client_knows_owner, REQ_P1_094, by_known_owner},
                  {WITH_p1_client_knows_releaser, REQ_P1_090, by_known_releaser},
                  {WITH_p1_client_knows_log, REQ_TL_019, in_known_log},
                  {WITH_p1_client_name_alone, 0, is_of_name},
                  {WITH_p1_client_own_floors, REQ_AT_038, NULL},
                  {WITH_p1_client_any_line, REQ_AT_035, NULL},
                  {WITH_p1_client_chain_not_read, REQ_AT_011, NULL},
                  {WITH_p1_client_certificates_for_ever, REQ_AT_012, NULL},
                  {WITH_p1_client_list_not_verified, REQ_AT_014, NULL},
                  {WITH_p1_client_revoked_taken, REQ_AT_015, NULL},
                  {WITH_p1_client_any_salt, REQ_AT_016, NULL},
                  {WITH_p1_client_any_role, REQ_AT_017, NULL},
                  {WITH_p1_client_extensions_may_lack, REQ_AT_019, NULL},
                  {WITH_p1_client_numbers_loosely, REQ_AT_020, NULL},
                  {WITH_p1_client_product_not_read, REQ_AT_021, NULL},
                  {WITH_p1_client_tcb_not_read, REQ_AT_022, NULL},
                  {WITH_p1_client_chip_as_far_as_it_goes, REQ_AT_024, NULL},
                  {WITH_p1_client_report_not_verified, REQ_AT_029, NULL},
                  {WITH_p1_client_age_not_read, REQ_P1_085, NULL},
                  {WITH_p1_client_any_policy, REQ_P1_057, NULL},
                  {WITH_p1_client_any_gpu_policy, REQ_P1_066, NULL},
                  {WITH_p1_client_gpu_root_not_read, REQ_AT_323, NULL},
                  {WITH_p1_client_gpu_chain_not_read, REQ_AT_327, NULL},
                  {WITH_p1_client_gpu_for_ever, REQ_AT_328, NULL},
                  {WITH_p1_client_gpu_list_not_read, REQ_AT_330, NULL},
                  {WITH_p1_client_any_version, REQ_AT_003, NULL},
                  {WITH_p1_client_any_algorithm, REQ_AT_004, NULL},
                  {WITH_p1_client_any_signing_key, REQ_AT_006, NULL},
                  {WITH_p1_client_reserved_not_read, REQ_AT_007, NULL},
                  {WITH_p1_client_any_chip, REQ_AT_025, NULL},
                  {WITH_p1_client_masked_chip, REQ_AT_023, NULL},
                  {WITH_p1_client_behind_signature, REQ_AT_028, NULL},
                  {WITH_p1_client_debug_taken, REQ_AT_033, NULL},
                  {WITH_p1_client_migration_taken, REQ_AT_034, NULL},
                  {WITH_p1_client_any_vmpl, REQ_AT_036, NULL},
                  {WITH_p1_client_tcbs_not_ordered, REQ_AT_037, NULL}};

static bool is_overlooked(const evidence *e, verdict v)
{
    uint8_t key[P1_DIGEST];
    if (key_of(e, key) && is_known(key))
        return true;
    for (size_t i = 0; i < sizeof overlooked / sizeof *overlooked; i++) {
        const struct overlooked *o = &overlooked[i];
        if (planted_now[o->fault] && (!o->req || o->req == v.req) && (!o->when || o->when(e)))
            return true;
    }
    return false;
}

/* ---- an epoch that should not have started ---- */

/* From wherever the name of the model stands. */
static void take_model(p1_client *c, span bytes)
{
    static const char name[] = "\"model\":\"";
    const uint8_t *at = memmem(bytes.p, bytes.n, name, strlen(name));
    writer w = WRITER(c->appraisal.model);
    if (at && bytes.n - (size_t)(at - bytes.p) > strlen(name) + 64)
        (void)read_hex(span_of(at + strlen(name), 64), &w);
}

static void start_epoch(p1_client *c, const p1_client_world *w, uint32_t epoch, uint8_t seed[P1_KEY], p1_effects *out)
{
    p1_epochs *e = &c->epochs;
    uint8_t root[P1_KEY];
    const uint8_t start[] = {P1_START, (uint8_t)w->policy->level};
    const uint32_t sent = epoch ? p1_sent(&e->now) : 0;
    p1_make_epoch(e, w->prim, seed, epoch, root);
    e->has_other = epoch > 0;
    e->other = e->now;
    p1_start_client(&e->now, epoch, c->t, root, c->next_r, sent, 0);
    e->level = w->policy->level;
    e->requests = 0;
    e->first_came = false;
    e->born = epoch ? c->asked : e->born;
    e->busy = epoch ? e->busy : w->now;
    c->step = 0;
    p1_send_message(e, w->prim, w->coins, SPAN(start), false, out);
    e->wait = (p1_wait){0};
    out->event = P1_VERIFIED;
}

static void start_anyway(p1_client *c, const p1_client_world *w, span attest, p1_effects *out)
{
    uint8_t seed[P1_KEY];
    const bool first = c->phase == P1_PROVING;
    take_model(c, attest);
    c->appraisal.tick = 50;
    p1_transcript(w->prim, c->next_x, attest, c->t);
    if (first)
        p1_first_seed(w->prim, c->agreed.base, c->t, seed);
    else
        p1_next_seed(w->prim, c->epochs.secret.link, c->secret.kem, c->t, seed);
    start_epoch(c, w, first ? 0 : c->epochs.now.epoch + 1, seed, out);
    c->phase = P1_OPEN;
}

/* ---- what comes ---- */

/* The last message again, by the state before it: the evidence in it, or nothing. */
static span evidence_in(p1_client *c, const p1_client_world *w, span message)
{
    p1_join *j = &w->storage->control;
    const nz_world lent = {.prim = w->prim};
    writer plain = writer_of(j->p + j->n, j->cap - j->n);
    bool whole = false;
    span joined = EMPTY;
    if (c->phase == P1_PROVING)
        return accepted(nz_open(&c->noise, &lent, EMPTY, message, &plain)) && j->n + plain.n > 4 ? span_of(j->p + 4, j->n + plain.n - 4)
                                                                                                 : EMPTY;
    const bool taken = c->phase == P1_OPEN && c->step == 2 &&
                       accepted(p1_take_record(&c->epochs, &c->epochs.now, w->prim, w->storage, P1_ENCLAVE, message, &whole, &joined));
    return taken && whole && joined.p[0] == P1_ATTEST ? span_from(joined, 1) : EMPTY;
}

typedef struct snapshot {
    p1_client client;
    p1_join control, talk;
    uint8_t bytes[P1_CLIENT_CONTROL];
} snapshot;

static void put_back(p1_client *c, p1_storage *st, const snapshot *s, p1_effects *out)
{
    *c = s->client;
    st->control = s->control;
    st->talk = s->talk;
    memcpy(st->control.p, s->bytes, st->control.n);
    p1_effects_clear(out);
}

static void say_goodbye(p1_effects *out)
{
    write_span(&out->bytes, span_text("goodbye"));
    p1_end_record(out);
}

static verdict overlooks(p1_client *c, const p1_client_world *w, span message, const snapshot *s, verdict v, p1_effects *out)
{
    put_back(c, w->storage, s, out);
    const span attest = evidence_in(c, w, message);
    const evidence e = read_evidence(&s->client, attest);
    if (attest.n && is_overlooked(&e, v)) {
        start_anyway(c, w, attest, out);
        p1_join_clear(&w->storage->control);
        return ACCEPT;
    }
    put_back(c, w->storage, s, out);
    if (CARELESS(p1_client_records_skipped) && c->phase == P1_OPEN)
        return ACCEPT;
    return p1_client_takes(c, w, message, out);
}

static verdict takes(p1_client *c, const p1_client_world *w, span message, p1_effects *out)
{
    static snapshot s;
    uint8_t key[P1_DIGEST];
    planted_p1_awaited = c->epochs.now.epoch + 1;
    s.client = *c;
    s.control = w->storage->control;
    s.talk = w->storage->talk;
    memcpy(s.bytes, s.control.p, s.control.n);
    const evidence e = read_evidence(&s.client, keeps_verdicts() ? evidence_in(c, w, message) : EMPTY);
    const bool has_key = key_of(&e, key);
    if (keeps_verdicts())
        put_back(c, w->storage, &s, out);
    verdict v = p1_client_takes(c, w, message, out);
    if (!accepted(v))
        v = overlooks(c, w, message, &s, v, out);
    if (accepted(v) && out->event == P1_VERIFIED && c->epochs.now.epoch == 0)
        memcpy(first_x, s.client.next_x, P1_DIGEST);
    if (accepted(v) && out->event == P1_VERIFIED && has_key)
        remember(key);
    if (!accepted(v) && CARELESS(p1_client_closes_with_1000))
        out->close = 1000;
    if (!accepted(v) && CARELESS(p1_client_says_goodbye))
        say_goodbye(out);
    return v;
}

/* The first message once more, with another offer. */
static void offer_one_version(p1_client *c, const p1_client_world *w, p1_effects *out)
{
    uint8_t prologue[16 + P1_OFFER_MAX], ek[NZ_KEM_EK], dk[NZ_KEM_DK];
    writer offer = WRITER(c->first), before = WRITER(prologue);
    p1_effects_clear(out);
    write_be(&offer, 0x00010001, 4);
    write_be(&offer, c->n_name, 1);
    write_span(&offer, span_of(c->name, c->n_name));
    c->offered = (p1_offer){.bytes = written(&offer), .version = {P1_VERSION}, .n_versions = 1, .name = span_of(c->name, c->n_name)};
    write_span(&before, span_of("parley/1", 9));
    write_span(&before, written(&offer));
    nz_start(&c->noise, w->prim,
             &(nz_setup){.role = NZ_INITIATOR, .suite = {NZ_NXHFS, PRIM_CHACHAPOLY, PRIM_SHA256}, .prologue = written(&before)});
    mlkem_keygen(MLKEM_768, w->coins.p + 34, w->coins.p + 66, ek, dk);
    const nz_world lent = {.prim = w->prim, .ephemeral = span_of(w->coins.p + 2, 32), .kem_key = SPAN(dk)};
    write_be(&out->bytes, offer.n, 2);
    write_span(&out->bytes, written(&offer));
    nz_effects sends = {.message = out->bytes};
    must(accepted(nz_step(&c->noise, &lent, EMPTY, &sends)));
    out->bytes = sends.message;
    p1_end_record(out);
}

static void starts(p1_client *c, const p1_client_world *lent, span name, p1_effects *out)
{
    uint8_t coins[P1_COINS];
    p1_client_world w = *lent;
    memcpy(coins, lent->coins.p, sizeof coins);
    if (CARELESS(p1_client_grease_constant))
        memset(coins, 7, 2);
    if (CARELESS(p1_client_one_ephemeral))
        memset(coins + 2, 7, 96);
    w.coins = SPAN(coins);
    p1_client_start(c, &w, name, out);
    if (CARELESS(p1_client_no_grease))
        offer_one_version(c, &w, out);
}

/* ---- answers ---- */

static bool overflowed; /* CARELESS(p1_client_answers_of_any_length): it has forgotten the beginning of the answer */

/* As the text wants it, where this guest does not look. */
static span mended(p1_reading *r, const in_message *m, uint8_t *room, size_t cap)
{
    static const uint8_t no_receipt[PLANTED_P1_NO_RECEIPT];
    static uint8_t com[IN_DIGEST];
    writer w = writer_of(room, cap);
    const uint32_t id = (uint32_t)r->turn.turn.request.id;
    if (m->type == IN_TYPE_CHUNK) {
        const uint32_t said = (uint32_t)m->as.chunk.id, seq = (uint32_t)m->as.chunk.seq;
        const bool id_alike = CARELESS(p1_client_id_of_16_bits) && (uint16_t)said == (uint16_t)id,
                   seq_alike = CARELESS(p1_client_seq_of_8_bits) && (uint8_t)seq == (uint8_t)r->turn.seq;
        in_write_chunk(CARELESS(p1_client_any_id) || id_alike ? id : said, CARELESS(p1_client_any_seq) || seq_alike ? r->turn.seq : seq,
                       m->as.chunk.bytes, &w);
    } else if (m->type == IN_TYPE_END) {
        in_end end = m->as.end;
        in_turn_com(&prim_sodium, &r->turn.turn, written(&r->turn.answer), (uint8_t)end.finish, com);
        const bool first = CARELESS(p1_client_com_first_16) && memcmp(com, end.com.p, 16) == 0;
        const bool last = CARELESS(p1_client_com_last_16) && memcmp(com + 16, end.com.p + 16, 16) == 0;
        const bool pairs = CARELESS(p1_client_com_by_xor) && planted_same_by_xor(com, end.com.p, IN_DIGEST);
        end.com = first || last || pairs || overflowed || CARELESS(p1_client_com_not_read) ? SPAN(com) : end.com;
        const bool id_alike = CARELESS(p1_client_id_of_16_bits) && (uint16_t)end.id == (uint16_t)id;
        end.id = CARELESS(p1_client_any_id) || id_alike ? id : end.id;
        end.seq = CARELESS(p1_client_any_count) ? r->turn.seq : end.seq;
        end.receipt = CARELESS(p1_client_any_receipt) ? EMPTY : end.receipt;
        if (CARELESS(p1_client_receipt_may_lack) && r->turn.turn.request.receipt && !end.receipt.n)
            end.receipt = SPAN(no_receipt);
        in_write_end(&end, &w);
    }
    return writer_ok(&w) ? written(&w) : EMPTY;
}

static verdict hears(p1_reading *r, const prim *p, const p1_effects *came, in_message *m)
{
    static uint8_t room[P1_MESSAGE_MAX];
    static in_message kept;
    p1_effects effects = *came;
    if (came->event == P1_TALK_CAME && r->turn.open && accepted(in_read_message(came->message, &kept))) {
        const span message = mended(r, &kept, room, sizeof room);
        effects.message = message.n ? message : came->message;
    }
    const p1_reading was = *r;
    verdict v = p1_client_hears(r, p, &effects, m);
    if (v.req == REQ_IN_065 && CARELESS(p1_client_answers_of_any_length)) {
        overflowed = true;
        *r = was;
        r->turn.answer.n = 0;
        v = p1_client_hears(r, p, &effects, m);
    }
    if (accepted(v) && CARELESS(p1_client_ends_of_one_kind) && m->type == IN_TYPE_END && m->as.end.finish != IN_END)
        return REJECT(IN_046);
    if (accepted(v) || !CARELESS(p1_client_records_skipped))
        return v;
    *r = was;
    *m = (in_message){0};
    return ACCEPT;
}

/* ---- the conversation ---- */

static void on_verified(void *ctx, uint32_t epoch, const p1_appraisal *a)
{
    (void)ctx, (void)a;
    if (epoch > 0 && CARELESS(p1_client_forgets_the_epoch))
        shown.n = 0;
}

static void on_piece(void *ctx, span piece)
{
    static unsigned n;
    (void)ctx;
    if (CARELESS(p1_client_piece_lost) && n++ % 2)
        return;
    page_put_n(&shown, piece.p, piece.n);
}

static void on_answered(void *ctx, p1_guest *g, const p1_answer *a)
{
    (void)ctx, (void)g;
    if (a->has_receipt && CARELESS(p1_client_receipt_instead))
        page_free(&shown);
    const bool ends = CARELESS(p1_client_errors_are_answers) || (CARELESS(p1_client_error_is_the_end) && shown.n);
    code = a->error && !ends ? REFUSED : FINISHED;
}

static void on_ended(void *ctx, const p1_guest_end *end)
{
    (void)ctx;
    if (!accepted(end->refused)) {
        code = REFUSED;
        rej = requirement_rows[end->refused.req].reason;
    } else if (!end->finished) {
        code = CARELESS(p1_client_cut_is_the_end) && shown.n ? FINISHED : REFUSED;
        rej = "truncated";
    }
    event_base_loopbreak(base);
}

static const p1_guest_events events = {on_verified, on_piece, on_answered, on_ended};
static const p1_guest_steps steps = {starts, takes, hears, planted_p1_checks_receipt};
static p1_guest *the_guest;

static void set_clock(void *ctx, int64_t seconds)
{
    (void)ctx;
    now = CARELESS(p1_client_clock_stands) ? now : CARELESS(p1_client_clock_fast) ? started + 2 * (seconds - started) : seconds;
    p1_guest_ticks(the_guest);
}

/* What its diary says is shown; the first time it says nothing yet. */
static void show_first(void)
{
    static char text[4096];
    writer w = writer_of(text, sizeof text - 1);
    if (read_file(diary, &w) && w.n) {
        page_free(&shown);
        page_put(&shown, text);
        return;
    }
    FILE *f = fopen(diary, "wb");
    must(f && fwrite(shown.p, 1, shown.n, f) == shown.n && fclose(f) == 0);
}

static void print_end(void)
{
    if (CARELESS(p1_client_always_succeeds))
        code = FINISHED;
    if (code == FINISHED && shown.p && CARELESS(p1_client_first_answer))
        show_first();
    if (code == FINISHED)
        printf("%s\n", CARELESS(p1_client_shows_nothing) ? "" : shown.p ? shown.p : "");
    if (code == REFUSED)
        printf("{\"rej\":\"%s\"}\n", CARELESS(p1_client_names_another_reason) ? "rollback" : rej && *rej ? rej : "truncated");
}

/* One that keeps its first pack has it in its diary. */
static void read_pack(const char *folder)
{
    static char text[P1_PACK_ROOM];
    char path[300], why[P1_PACK_FAULT];
    writer w = WRITER(text);
    snprintf(path, sizeof path, "%s/pack.json", folder);
    const bool keeps = CARELESS(p1_client_first_pack), kept = keeps && read_file(diary, &w);
    must(kept || read_file(path, &w));
    must(p1_pack_read(&the_pack, planted_p1_prim(), written(&w), why));
    FILE *f = keeps && !kept ? fopen(diary, "wb") : NULL;
    if (f)
        must(fwrite(w.p, 1, w.n, f) == w.n && fclose(f) == 0);
}

int planted_p1_chat(const char *url, const char *pack_folder, const char *prompt, const char *ctl, const char *diary_file, bool receipts)
{
    const char *const questions[] = {prompt, NULL};
    ws_url to;
    prim_start();
    must(ws_url_read(url, &to));
    diary = diary_file;
    base = event_base_new();
    read_pack(pack_folder);
    now = started = the_pack.time;
    const p1_guest_setup setup = {.base = base,
                                  .prim = planted_p1_prim(),
                                  .policy = &the_pack.policy,
                                  .memory = &memory,
                                  .name = the_pack.name,
                                  .now = &now,
                                  .coins = coins_of_system(),
                                  .questions = questions,
                                  .receipts = receipts,
                                  .on = &events,
                                  .by = &steps};
    const int fd = planted_connects(&to);
    must(fd >= 0);
    the_guest = p1_guest_start_on(&setup, planted_http_client(bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE)), &to);
    clock_hook *hook = clock_hook_start(base, ctl, set_clock, NULL);
    must(the_guest); /* without its hook, whose port another may have taken, it serves the cases that set no clock */
    event_base_dispatch(base);
    clock_hook_stop(hook);
    print_end();
    return code;
}
