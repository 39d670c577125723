#include "nvidia.h"
#include "base64.h"
#include "certificate_parts.h"
#include "der.h"
#include "tee_kept.h"
#include "tee_secret.h"

#include <string.h>

#define OID_P384         "1.3.132.0.34"
#define OID_ECDSA_SHA384 "1.2.840.10045.4.3.3"
#define OID_SHA384       "2.16.840.1.101.3.4.2.2"
#define OID_SHA256       "2.16.840.1.101.3.4.2.1"
#define OID_DICE         "2.23.133.5.4.1"

enum { DAY = 86400, CA_SINCE = 1640995200 /* 2022-01-01 */, TEST_SERIAL = 0x54455354 /* "TEST" */ };
#define EVER 253402300799 /* 9999-12-31 23:59:59 */
enum { SIGN = 0x80, ISSUE = 0x06 /* first bytes of keyUsage: digitalSignature; keyCertSign and cRLSign */ };

/* ---- keys ---- */

static void scalar_of(nvidia_key key, const uint8_t seed[32], uint8_t scalar[48])
{
    static const char *const names[NVIDIA_KEYS] = {"root", "model", "provisioner", "foreign", "device", "attestation", "other"};
    uint8_t material[64];
    tee_derive(key < NVIDIA_DEVICE ? span_text("nvidia test vendor") : span_of(seed, 32), names[key], EMPTY, material);
    memcpy(scalar, material, 48);
    wipe(material, sizeof material);
}

static void sign(nvidia_key key, const uint8_t seed[32], span message, uint8_t signature[AT_GPU_SIGNATURE])
{
    uint8_t scalar[48];
    scalar_of(key, seed, scalar);
    ecdsa_p384_sign(scalar, span_text("nvidia"), message, signature, signature + 48);
    wipe(scalar, sizeof scalar);
}

/* What is signed again and again: certificates. */
static void sign_kept(nvidia_key key, const uint8_t seed[32], span message, uint8_t signature[AT_GPU_SIGNATURE])
{
    uint8_t scalar[48];
    scalar_of(key, seed, scalar);
    kept_p384_sign(scalar, span_text("nvidia"), message, signature);
    wipe(scalar, sizeof scalar);
}

static void put_key(writer *w, nvidia_key key, const char *curve, const uint8_t seed[32])
{
    uint8_t scalar[48], point[97];
    scalar_of(key, seed, scalar);
    kept_p384_public(scalar, point);
    certificate_put_point(w, curve, SPAN(point));
}

/* ---- certificates ---- */

static void put_name(writer *w, const char *common_name)
{
    const der_mark name = der_open(w, DER_SEQUENCE);
    certificate_put_attribute(w, "2.5.4.3", DER_UTF8, common_name);
    certificate_put_attribute(w, "2.5.4.10", DER_UTF8, "NVIDIA Corporation");
    der_close(w, name);
}

static void put_fwid(writer *w, const nvidia_firmware *f, const uint8_t *digest)
{
    const der_mark pair = der_open(w, DER_SEQUENCE);
    der_put_oid(w, f->sha256 ? OID_SHA256 : OID_SHA384);
    der_put(w, DER_OCTET_STRING, span_of(digest, f->n_fwid));
    der_close(w, pair);
}

static void put_with_key(writer *w, const nvidia_firmware *f, const uint8_t seed[32])
{
    der_put_uint(w, f->version);
    put_key(w, f->device, OID_P384, seed);
    put_fwid(w, f, f->fwid);
}

/* vendor, model, version, svn, layer, index, fwids, flags, vendorInfo, type */
static void put_tcb_info(writer *w, const nvidia_firmware *f)
{
    static const uint8_t another[AT_GPU_DIGEST] = {1};
    const uint8_t flags[] = {4, (uint8_t)f->flags};
    der_put(w, DER_CONTEXT_PRIMITIVE(0), span_text("NVIDIA"));
    der_put(w, DER_CONTEXT_PRIMITIVE(f->disordered ? 2 : 1), span_text("GB100"));
    der_put(w, DER_CONTEXT_PRIMITIVE(f->disordered ? 1 : 2), span_text("A01"));
    for (uint8_t number = 3; number <= 5; number++)
        der_put(w, DER_CONTEXT_PRIMITIVE(number), span_of("\x01", 1));
    const der_mark fwids = der_open(w, DER_CONTEXT(6));
    put_fwid(w, f, f->fwid);
    put_fwid(w, f, another);
    der_close(w, fwids);
    der_put(w, DER_CONTEXT_PRIMITIVE(7), SPAN(flags));
    der_put(w, DER_CONTEXT_PRIMITIVE(8), span_of("\0\0\0\0", 4));
    der_put(w, DER_CONTEXT_PRIMITIVE(9), span_text("FMC"));
}

static void put_dice(writer *w, const nvidia_firmware *f, const uint8_t seed[32])
{
    der_mark outer;
    const der_mark inner = certificate_open_extension(w, OID_DICE, false, &outer), list = der_open(w, DER_SEQUENCE);
    if (f->form == NVIDIA_WITH_KEY)
        put_with_key(w, f, seed);
    else
        put_tcb_info(w, f);
    der_close(w, list);
    certificate_close_both(w, inner, outer);
}

static void put_extensions(writer *w, const nvidia_certificate *c, const uint8_t seed[32])
{
    der_mark outer;
    const der_mark list = certificate_open_extensions(w, 3, &outer);
    certificate_put_usage(w, c->usage);
    if (c->is_ca)
        certificate_put_constraints(w, true, c->path_length);
    if (c->firmware && c->firmware->form != NVIDIA_NO_DICE)
        put_dice(w, c->firmware, seed);
    if (c->unknown_critical)
        certificate_put_extension(w, "2.5.29.36", true, span_of("\x30\x00", 2));
    certificate_close_both(w, list, outer);
}

static size_t seal(span body, nvidia_key signer, const uint8_t seed[32], uint8_t out[NVIDIA_CERTIFICATE_MAX])
{
    uint8_t signature[AT_GPU_SIGNATURE], room[112];
    writer pair = WRITER(room), w = writer_of(out, NVIDIA_CERTIFICATE_MAX);
    sign_kept(signer, seed, body, signature);
    certificate_put_ecdsa(&pair, signature, AT_GPU_SIGNATURE / 2);
    certificate_put_sealed(&w, body, OID_ECDSA_SHA384, written(&pair));
    must(writer_ok(&w));
    return w.n;
}

static size_t mint_certificate(const nvidia_certificate *c, const uint8_t seed[32], uint8_t out[NVIDIA_CERTIFICATE_MAX])
{
    uint8_t room[NVIDIA_CERTIFICATE_MAX];
    writer w = WRITER(room);
    const der_mark body = certificate_open_body(&w, c->serial);
    certificate_put_algorithm(&w, c->algorithm);
    put_name(&w, c->issuer);
    certificate_put_validity(&w, c->not_before, c->not_after);
    put_name(&w, c->subject);
    put_key(&w, c->key, c->curve, seed);
    put_extensions(&w, c, seed);
    der_close(&w, body);
    must(writer_ok(&w));
    return seal(written(&w), c->signer, seed, out);
}

static void write_chain(nvidia_scene *s)
{
    uint8_t der[NVIDIA_CERTIFICATE_MAX];
    writer w = writer_of(s->chain, NVIDIA_CHAIN_MAX - 1);
    memset(s->chain, 0, NVIDIA_CHAIN_MAX);
    for (size_t i = 0; i < AT_GPU_CERTIFICATES; i++)
        certificate_put_text(&w, span_of(der, mint_certificate(&s->cert[i], s->seed, der)));
    write_text(&w, s->behind_chain ? s->behind_chain : "");
    must(writer_ok(&w));
    s->evidence.chain = written(&w);
}

/* ---- lists ---- */

static void put_entry(writer *w, const nvidia_list *l, uint64_t serial)
{
    const der_mark entry = der_open(w, DER_SEQUENCE);
    der_put_uint(w, serial);
    der_put_time(w, l->this_update);
    der_close(w, entry);
}

static void put_list_extensions(writer *w, const nvidia_list *l)
{
    der_mark outer;
    const der_mark list = certificate_open_extensions(w, 0, &outer);
    certificate_put_extension(w, "2.5.29.20", false, span_of("\x02\x01\x01", 3));
    if (l->unknown_critical)
        certificate_put_extension(w, "2.5.29.28", true, span_of("\x30\x00", 2));
    certificate_close_both(w, list, outer);
}

static span mint_list(const nvidia_list *l, const uint8_t seed[32], uint8_t out[NVIDIA_CERTIFICATE_MAX])
{
    uint8_t room[NVIDIA_CERTIFICATE_MAX];
    writer w = WRITER(room);
    const der_mark body = der_open(&w, DER_SEQUENCE);
    der_put_uint(&w, 1);
    certificate_put_algorithm(&w, OID_ECDSA_SHA384);
    put_name(&w, l->issuer);
    der_put_time(&w, l->this_update);
    der_put_time(&w, l->next_update);
    if (l->revoked) {
        const der_mark list = der_open(&w, DER_SEQUENCE);
        put_entry(&w, l, 7); /* some other certificate */
        put_entry(&w, l, l->revoked);
        der_close(&w, list);
    }
    put_list_extensions(&w, l);
    der_close(&w, body);
    must(writer_ok(&w));
    return span_of(out, seal(written(&w), l->signer, seed, out));
}

/* ---- what an honest vendor issues ---- */

static void name(char out[NVIDIA_NAME_MAX], const char *text)
{
    memset(out, 0, NVIDIA_NAME_MAX);
    span_take(span_text(text), out, NVIDIA_NAME_MAX - 1);
}

/* From the leaf to the root, as the certificates of the two lines are named. */
static const char *const names[NVIDIA_LINES][AT_GPU_CERTIFICATES] = {
    {"GH100 A01 GSP FMC LF", "GH100 A01 GSP BROM", "NVIDIA GH100 Provisioner ICA 1", "NVIDIA GH100 Identity", "NVIDIA Device Identity CA"},
    {"GB100 A01 FSP FMC", "GB100 A01 FSP BROM", "NVIDIA GB100 Provisioner ICA 1", "NVIDIA GB100 Identity", "NVIDIA Device Identity CA"}};

static void issue(nvidia_scene *s)
{
    static const nvidia_key keys[] = {NVIDIA_ATTESTATION, NVIDIA_DEVICE, NVIDIA_PROVISIONER, NVIDIA_MODEL, NVIDIA_ROOT};
    for (size_t i = 0; i < AT_GPU_CERTIFICATES; i++) {
        const size_t above = i < AT_GPU_ROOT ? i + 1 : i;
        s->cert[i] = (nvidia_certificate){
            .serial = (uint64_t)TEST_SERIAL << 16 | (i + 1),
            .not_before = CA_SINCE,
            .not_after = EVER,
            .key = keys[i],
            .signer = keys[above],
            .is_ca = i > AT_GPU_LEAF,
            .path_length = -1,
            .usage = i > AT_GPU_LEAF ? ISSUE : SIGN,
            .curve = OID_P384,
            .algorithm = OID_ECDSA_SHA384,
            .firmware = i == AT_GPU_LEAF ? &s->firmware : NULL,
        };
        name(s->cert[i].subject, names[s->twin.line][i]);
        name(s->cert[i].issuer, names[s->twin.line][above]);
    }
}

static nvidia_list honest_list(const nvidia_scene *s, size_t issuer)
{
    nvidia_list l = {.this_update = s->now - 10 * DAY, .next_update = s->now + 20 * DAY, .signer = s->cert[issuer].key};
    name(l.issuer, s->cert[issuer].subject);
    return l;
}

/* ---- the device ---- */

static void derive(const nvidia_scene *s, const char *purpose, uint64_t n, uint8_t *out, size_t size)
{
    uint8_t material[64];
    const uint8_t detail[] = {(uint8_t)n};
    tee_derive(SPAN(s->seed), purpose, SPAN(detail), material);
    memcpy(out, material, size);
}

/* As on a real device: 64 blocks, half of them zero. */
static void measure(nvidia_scene *s)
{
    nvidia_report *f = &s->fields;
    f->n_blocks = NVIDIA_BLOCKS;
    for (size_t i = 0; i < NVIDIA_BLOCKS; i++) {
        f->block[i] = (nvidia_block){.index = i + 1, .specification = 1, .type = 1};
        if (i % 2)
            derive(s, "gpu measurement", i, f->block[i].value, AT_GPU_DIGEST);
    }
}

static void put_field(nvidia_report *f, unsigned type, const void *value, size_t n)
{
    nvidia_field *field = &f->field[f->n_fields++];
    must(f->n_fields <= NVIDIA_FIELDS_MAX && n <= sizeof field->value);
    field->type = type;
    field->n = n;
    memcpy(field->value, value, n);
}

static void describe(nvidia_scene *s)
{
    static const uint8_t counts[256] = {0, 0, 0, 0, 1, 0, 0, 0, 4};
    nvidia_report *f = &s->fields;
    put_field(f, AT_OPAQUE_VBIOS, "\x00\x9f\x00\x96\x01\x00\x00\x00", 8);
    put_field(f, 14, "\xb1\x03\x00\x00", 4);
    put_field(f, 15, "882\0\0\0\0\0", 9);
    put_field(f, 17, "1010", 5);
    put_field(f, 18, "0200", 5);
    put_field(f, AT_OPAQUE_DRIVER, "550.90.07", 10);
    put_field(f, 4, "\x80\x01\0\0\0\0\0\0", 8);
    put_field(f, 12, counts, sizeof counts);
    put_field(f, AT_OPAQUE_NVDEC0, "\xaa", 1);
    put_field(f, AT_OPAQUE_FWID, s->firmware.fwid, AT_GPU_DIGEST);
    put_field(f, 21, "\x55", 1);
    if (s->twin.line == NVIDIA_BLACKWELL) {
        put_field(f, AT_OPAQUE_VERSION, "\x01\0\0\0", 4);
        put_field(f, 35, "GB100", 6);
        put_field(f, AT_OPAQUE_FEATURE, "\x01\0\0\0", 4);
    }
}

nvidia_field *nvidia_field_of(nvidia_report *f, unsigned type)
{
    size_t i = 0;
    while (i < f->n_fields && f->field[i].type != type)
        i++;
    must(i < f->n_fields);
    return &f->field[i];
}

static void ask(nvidia_scene *s)
{
    nvidia_report *f = &s->fields;
    derive(s, "gpu nonce", 0, s->nonce, sizeof s->nonce);
    derive(s, "gpu device nonce", 0, s->device_nonce, sizeof s->device_nonce);
    derive(s, "gpu cpu", 0, s->cpu_data, 64);
    if (s->twin.pinned)
        at_gpu_tied_nonce(&prim_sodium, SPAN(s->cpu_data), s->nonce);
    f->request = (at_spdm_request){.version = 0x11, .code = 0xe0, .attributes = 1, .operation = 0xff, .nonce = SPAN(s->nonce)};
    f->response = (at_spdm_response){.version = 0x11, .code = 0x60};
    f->signer = NVIDIA_ATTESTATION;
}

/* Values for the blocks that are not zero, as reference files have them. */
static void expect(nvidia_scene *s)
{
    at_gpu_policy *p = &s->policy;
    for (size_t i = 0; i < s->fields.n_blocks; i++)
        if (i % 2) {
            at_gpu_reference *r = &s->references[p->n_references++];
            r->index = (uint8_t)s->fields.block[i].index;
            memcpy(r->value, s->fields.block[i].value, AT_GPU_DIGEST);
        }
    s->model = span_text(s->twin.line == NVIDIA_HOPPER ? "GH100" : "GB100");
    p->models = (at_texts){&s->model, 1};
    p->references = s->references;
    memcpy(s->expected_nonce, s->nonce, sizeof s->nonce);
    if (!s->twin.pinned)
        p->nonce = SPAN(s->expected_nonce);
}

static void pin(nvidia_scene *s)
{
    at_gpu_policy *p = &s->policy;
    uint8_t room[200];
    writer key = WRITER(room);
    put_key(&key, NVIDIA_DEVICE, OID_P384, s->seed);
    prim_digest(&prim_openssl, PRIM_SHA384, written(&key), s->devices[0]);
    s->driver = span_text("550.90.07");
    s->vbios = span_text("96.00.9F.00.01");
    p->ties_cpu = true;
    p->drivers = (at_texts){&s->driver, 1};
    p->vbios = (at_texts){&s->vbios, 1};
    p->modes = 1u << AT_GPU_MPT;
    p->devices = s->devices;
    p->n_devices = 1;
    p->pinned = AT_GPU_BIT(AT_GPU_DRIVER) | AT_GPU_BIT(AT_GPU_VBIOS) | AT_GPU_BIT(AT_GPU_DEVICE_KEY);
    if (s->twin.line == NVIDIA_BLACKWELL)
        p->pinned |= AT_GPU_BIT(AT_GPU_MODE);
}

void nvidia_scene_begin(nvidia_scene *s, const nvidia_twin *twin, span seed)
{
    uint8_t material[64];
    memset(s, 0, sizeof *s);
    s->twin = *twin;
    s->now = NVIDIA_NOW;
    tee_derive(seed, "nvidia scene", EMPTY, material);
    memcpy(s->seed, material, sizeof s->seed);
    s->firmware = (nvidia_firmware){.form = twin->line == NVIDIA_HOPPER ? NVIDIA_WITH_KEY : NVIDIA_TCB_INFO,
                                    .n_fwid = AT_GPU_DIGEST,
                                    .version = 1,
                                    .device = NVIDIA_DEVICE};
    derive(s, "gpu firmware", 0, s->firmware.fwid, AT_GPU_DIGEST);
    issue(s);
    s->root_list = honest_list(s, AT_GPU_ROOT);
    s->model_list = honest_list(s, AT_GPU_MODEL);
    measure(s);
    describe(s);
    ask(s);
    expect(s);
    if (twin->pinned)
        pin(s);
}

/* ---- the report ---- */

static void write_record(const nvidia_report *f, writer *w)
{
    for (size_t i = 0; i < f->n_blocks; i++) {
        const nvidia_block *b = &f->block[i];
        const at_spdm_block block = {.index = b->index,
                                     .specification = b->specification,
                                     .size = AT_SPDM_VALUE_HEAD + AT_GPU_DIGEST,
                                     .type = b->type,
                                     .value_size = (uint64_t)(AT_GPU_DIGEST + b->value_more),
                                     .value = SPAN(b->value)};
        layout_write(&at_spdm_block_layout, &block, w);
    }
    write_span(w, f->behind_record);
}

static void write_opaque(const nvidia_report *f, writer *w)
{
    for (size_t i = 0; i < f->n_fields; i++) {
        write_le(w, f->field[i].type, 2);
        write_le(w, f->field[i].n + (size_t)(int64_t)f->field[i].more, 2);
        write_span(w, span_of(f->field[i].value, f->field[i].n));
    }
    write_span(w, f->behind_opaque);
}

static void write_report(nvidia_scene *s)
{
    static uint8_t rooms[2][NVIDIA_REPORT_MAX];
    const nvidia_report *f = &s->fields;
    uint8_t signature[AT_GPU_SIGNATURE];
    writer w = WRITER(s->report), record = WRITER(rooms[0]), opaque = WRITER(rooms[1]);
    at_spdm_response response = f->response;
    write_record(f, &record);
    write_opaque(f, &opaque);
    response.n_blocks = f->n_blocks + (size_t)(int64_t)f->blocks_more;
    response.record_length = record.n;
    layout_write(&at_spdm_request_layout, &f->request, &w);
    layout_write(&at_spdm_response_layout, &response, &w);
    write_span(&w, written(&record));
    write_span(&w, SPAN(s->device_nonce));
    write_le(&w, opaque.n, 2);
    write_span(&w, written(&opaque));
    sign(f->signer, s->seed, written(&w), signature);
    write_span(&w, SPAN(signature));
    write_span(&w, f->behind);
    must(writer_ok(&w) && writer_ok(&record) && writer_ok(&opaque));
    s->evidence.report = written(&w);
}

void nvidia_scene_seal(nvidia_scene *s)
{
    nvidia_certificate root = s->cert[AT_GPU_ROOT]; /* what the policy pins is not under the look-alike */
    root.key = root.signer = NVIDIA_ROOT;
    write_chain(s);
    write_report(s);
    s->evidence.root_list = mint_list(&s->root_list, s->seed, s->lists[0]);
    s->evidence.model_list = mint_list(&s->model_list, s->seed, s->lists[1]);
    s->evidence.cpu_data = s->twin.pinned ? SPAN(s->cpu_data) : EMPTY;
    s->policy.root = span_of(s->root, mint_certificate(&root, s->seed, s->root));
}

void nvidia_scene_play(nvidia_scene *s, const nvidia_twin *twin, span seed)
{
    nvidia_scene_begin(s, twin, seed);
    nvidia_scene_seal(s);
}

verdict nvidia_scene_judge(const nvidia_scene *s, const prim *p, account *to, at_gpu_claims *claims)
{
    const at_world world = {.prim = p, .now = s->now};
    return at_appraise_gpu(&world, &s->policy, &s->evidence, to, claims);
}
