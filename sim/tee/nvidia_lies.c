#include "nvidia_lies.h"

#include <string.h>

/* ---- how a lie is played ---- */

static void run(nvidia_scene *s, nvidia_twist *twist)
{
    if (twist)
        twist(s);
}

void nvidia_lie_play(nvidia_scene *s, const nvidia_lie *l, span seed)
{
    nvidia_scene_begin(s, &l->twin, seed);
    run(s, l->world);
    nvidia_scene_seal(s);
    run(s, l->after);
}

/* ---- the report ---- */

static const uint8_t spare_bytes[AT_GPU_SIGNATURE] = {1};

static void byte_behind(nvidia_scene *s) { s->fields.behind = span_of("\0", 1); }
static void signature_behind(nvidia_scene *s) { s->fields.behind = SPAN(spare_bytes); }
static void request_1_2(nvidia_scene *s) { s->fields.request.version = 0x12; }
static void response_1_0(nvidia_scene *s) { s->fields.response.version = 0x10; }
static void request_is_digests(nvidia_scene *s) { s->fields.request.code = 0x81; }
static void response_is_error(nvidia_scene *s) { s->fields.response.code = 0x7f; }
static void asks_for_no_signature(nvidia_scene *s) { s->fields.request.attributes = 0; }
static void asks_for_one(nvidia_scene *s) { s->fields.request.operation = 2; }
static void asks_for_the_number(nvidia_scene *s) { s->fields.request.operation = 0; }
static void response_of_slot_1(nvidia_scene *s) { s->fields.response.slot = 1; }
static void request_of_slot_7(nvidia_scene *s) { s->fields.request.slot = 7; }
static void one_block_fewer_stated(nvidia_scene *s) { s->fields.blocks_more = -1; }
static void byte_behind_the_blocks(nvidia_scene *s) { s->fields.behind_record = span_of("\0", 1); }

static nvidia_block *add_block(nvidia_scene *s, uint64_t index)
{
    nvidia_block *b = &s->fields.block[s->fields.n_blocks++];
    *b = (nvidia_block){.index = index, .specification = 1, .type = 1};
    return b;
}

static void block_again(nvidia_scene *s) { (void)add_block(s, 2); }
static void block_0(nvidia_scene *s) { (void)add_block(s, 0); }
static void block_255(nvidia_scene *s) { (void)add_block(s, 255); }
static void another_specification(nvidia_scene *s) { s->fields.block[1].specification = 2; }
static void no_specification(nvidia_scene *s) { s->fields.block[62].specification = 0; }
static void value_longer_than_it_is(nvidia_scene *s) { s->fields.block[1].value_more = 1; }
static void value_shorter_than_it_is(nvidia_scene *s) { s->fields.block[1].value_more = -1; }
static void value_of_no_bytes(nvidia_scene *s) { s->fields.block[3].value_more = -AT_GPU_DIGEST; }

/* ---- the opaque data ---- */

static nvidia_field *add_field(nvidia_scene *s, unsigned type, const char *value, size_t n)
{
    nvidia_field *f = &s->fields.field[s->fields.n_fields++];
    must(s->fields.n_fields <= NVIDIA_FIELDS_MAX);
    f->type = type;
    f->n = n;
    memcpy(f->value, value, n);
    return f;
}

static void field_cut(nvidia_scene *s) { add_field(s, 9, "ab", 2)->more = 1; }
static void field_head_cut(nvidia_scene *s) { s->fields.behind_opaque = span_of("\x09\0\0", 3); }
static void driver_twice(nvidia_scene *s) { (void)add_field(s, AT_OPAQUE_DRIVER, "1.0", 4); }
static void fwid_twice(nvidia_scene *s) { (void)add_field(s, AT_OPAQUE_FWID, (const char *)spare_bytes, AT_GPU_DIGEST); }
static void vbios_of_nine_bytes(nvidia_scene *s) { nvidia_field_of(&s->fields, AT_OPAQUE_VBIOS)->n = 9; }
static void driver_of_none(nvidia_scene *s) { nvidia_field_of(&s->fields, AT_OPAQUE_DRIVER)->n = 0; }
static void counts_cut(nvidia_scene *s) { nvidia_field_of(&s->fields, 12)->n = 255; }
static void decoder_unknown(nvidia_scene *s) { nvidia_field_of(&s->fields, AT_OPAQUE_NVDEC0)->value[0] = 0; }
static void field_37(nvidia_scene *s) { (void)add_field(s, 37, "\x01", 1); }
static void field_255(nvidia_scene *s) { (void)add_field(s, 255, "", 0); }
static void field_above_a_byte(nvidia_scene *s) { (void)add_field(s, 0x0103, "1.0", 4); }
static void fields_of_version_2(nvidia_scene *s) { nvidia_field_of(&s->fields, AT_OPAQUE_VERSION)->value[0] = 2; }
static void fields_of_version_0(nvidia_scene *s) { nvidia_field_of(&s->fields, AT_OPAQUE_VERSION)->value[0] = 0; }

/* ---- the certificates ---- */

static void sixth_certificate(nvidia_scene *s) { s->behind_chain = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"; }

static void text_behind_the_chain(nvidia_scene *s) { s->behind_chain = "see also"; }
static void leaf_critical(nvidia_scene *s) { s->cert[AT_GPU_LEAF].unknown_critical = true; }
static void provisioner_critical(nvidia_scene *s) { s->cert[AT_GPU_PROVISIONER].unknown_critical = true; }
static void leaf_says_sha_256(nvidia_scene *s) { s->cert[AT_GPU_LEAF].algorithm = "1.2.840.10045.4.3.2"; }
static void model_says_sha_256(nvidia_scene *s) { s->cert[AT_GPU_MODEL].algorithm = "1.2.840.10045.4.3.2"; }
static void leaf_on_another_curve(nvidia_scene *s) { s->cert[AT_GPU_LEAF].curve = "1.3.36.3.3.2.8.1.1.11"; }

static void look_alike_root(nvidia_scene *s)
{
    s->cert[AT_GPU_ROOT].key = s->cert[AT_GPU_ROOT].signer = s->cert[AT_GPU_MODEL].signer = s->root_list.signer = NVIDIA_FOREIGN;
}

static void no_root(nvidia_scene *s) { s->policy.root = EMPTY; }

static void rename_to(char name[NVIDIA_NAME_MAX], const char *text)
{
    memset(name, 0, NVIDIA_NAME_MAX);
    span_take(span_text(text), name, NVIDIA_NAME_MAX - 1);
}

static void leaf_of_another_issuer(nvidia_scene *s) { rename_to(s->cert[AT_GPU_LEAF].issuer, "GH100 A01 GSP BROM 2"); }
static void device_of_another_issuer(nvidia_scene *s) { rename_to(s->cert[AT_GPU_DEVICE].issuer, "NVIDIA GH100 Identity"); }
static void root_of_another_issuer(nvidia_scene *s) { rename_to(s->cert[AT_GPU_ROOT].issuer, "Another Device Identity CA"); }

static void model_named(nvidia_scene *s, const char *name)
{
    rename_to(s->cert[AT_GPU_MODEL].subject, name);
    rename_to(s->cert[AT_GPU_PROVISIONER].issuer, name);
    rename_to(s->model_list.issuer, name);
}

static void a_switch(nvidia_scene *s) { model_named(s, "NVIDIA LS10 Identity"); }
static void model_without_its_kind(nvidia_scene *s) { model_named(s, "NVIDIA GH100"); }
static void longer_model(nvidia_scene *s) { model_named(s, "NVIDIA GH100X Identity"); }
static void no_models(nvidia_scene *s) { s->policy.models.n = 0; }
static void device_without_authority(nvidia_scene *s) { s->cert[AT_GPU_DEVICE].is_ca = false; }
static void provisioner_may_not_issue(nvidia_scene *s) { s->cert[AT_GPU_PROVISIONER].usage = 0x02; }
static void leaf_may_not_sign(nvidia_scene *s) { s->cert[AT_GPU_LEAF].usage = 0x20; }
static void leaf_is_an_authority(nvidia_scene *s) { s->cert[AT_GPU_LEAF].is_ca = true; }
static void model_allows_no_two(nvidia_scene *s) { s->cert[AT_GPU_MODEL].path_length = 1; }
static void leaf_by_a_stranger(nvidia_scene *s) { s->cert[AT_GPU_LEAF].signer = NVIDIA_FOREIGN; }
static void device_by_a_stranger(nvidia_scene *s) { s->cert[AT_GPU_DEVICE].signer = NVIDIA_FOREIGN; }
static void model_by_a_stranger(nvidia_scene *s) { s->cert[AT_GPU_MODEL].signer = NVIDIA_FOREIGN; }
static void leaf_expired(nvidia_scene *s) { s->cert[AT_GPU_LEAF].not_after = s->now - 1; }
static void provisioner_early(nvidia_scene *s) { s->cert[AT_GPU_PROVISIONER].not_before = s->now + 1; }
static void root_expired(nvidia_scene *s) { s->cert[AT_GPU_ROOT].not_after = s->now - 1; }
static void no_root_list(nvidia_scene *s) { s->evidence.root_list = EMPTY; }
static void no_model_list(nvidia_scene *s) { s->evidence.model_list = EMPTY; }
static void root_list_stale(nvidia_scene *s) { s->root_list.next_update = s->now - 1; }
static void model_list_early(nvidia_scene *s) { s->model_list.this_update = s->now + 1; }
static void root_list_partial(nvidia_scene *s) { s->root_list.unknown_critical = true; }
static void model_list_by_a_stranger(nvidia_scene *s) { s->model_list.signer = NVIDIA_FOREIGN; }
static void model_list_of_another(nvidia_scene *s) { rename_to(s->model_list.issuer, "NVIDIA LS10 Identity"); }
static void root_list_cut(nvidia_scene *s) { s->evidence.root_list.n--; }
static void model_revoked(nvidia_scene *s) { s->root_list.revoked = s->cert[AT_GPU_MODEL].serial; }
static void provisioner_revoked(nvidia_scene *s) { s->model_list.revoked = s->cert[AT_GPU_PROVISIONER].serial; }

/* ---- the device and its firmware ---- */

static void no_dice(nvidia_scene *s)
{
    s->firmware.form = NVIDIA_NO_DICE;
    s->policy.waived |= AT_GPU_BIT(AT_GPU_FWID);
    s->fields.field[9] = s->fields.field[--s->fields.n_fields]; /* the FWID of the report */
}

static void dice_of_version_2(nvidia_scene *s) { s->firmware.version = 2; }
static void fwid_of_sha_256(nvidia_scene *s) { s->firmware.sha256 = true; }
static void members_turned_round(nvidia_scene *s) { s->firmware.disordered = true; }
static void another_device_named(nvidia_scene *s) { s->firmware.device = NVIDIA_OTHER_ATTESTATION; }
static void leaf_named_as_device(nvidia_scene *s) { s->firmware.device = NVIDIA_ATTESTATION; }
static void another_fwid(nvidia_scene *s) { s->firmware.fwid[47] ^= 1; }
static void no_fwid(nvidia_scene *s) { s->fields.field[9] = s->fields.field[--s->fields.n_fields]; }
static void not_configured(nvidia_scene *s) { s->firmware.flags = 0x80; }
static void not_secure(nvidia_scene *s) { s->firmware.flags = 0x40; }
static void in_recovery(nvidia_scene *s) { s->firmware.flags = 0x20; }
static void debugged(nvidia_scene *s) { s->firmware.flags = 0x10; }

/* ---- the signature ---- */

static void signed_by_another(nvidia_scene *s) { s->fields.signer = NVIDIA_OTHER_ATTESTATION; }
static void signed_by_the_device(nvidia_scene *s) { s->fields.signer = NVIDIA_DEVICE; }
static void flip(nvidia_scene *s, size_t at) { s->report[at] ^= 1; }
static void device_nonce_changed(nvidia_scene *s)
{
    flip(s, AT_SPDM_REQUEST + AT_SPDM_RESPONSE + NVIDIA_BLOCKS * (AT_SPDM_BLOCK_HEAD + AT_SPDM_VALUE_HEAD + AT_GPU_DIGEST));
}
static void reserved_byte_changed(nvidia_scene *s) { flip(s, AT_SPDM_REQUEST + 2); }
static uint8_t *signature_of(nvidia_scene *s) { return s->report + s->evidence.report.n - AT_GPU_SIGNATURE; }
static void r_is_zero(nvidia_scene *s) { memset(signature_of(s), 0, 48); }
static void s_is_zero(nvidia_scene *s) { memset(signature_of(s) + 48, 0, 48); }

/* ---- the policy ---- */

static void another_nonce(nvidia_scene *s) { s->nonce[31] ^= 1; }
static void nonce_of_zeros(nvidia_scene *s) { memset(s->nonce, 0, sizeof s->nonce); }
static void no_expected_nonce(nvidia_scene *s) { s->policy.nonce = EMPTY; }
static void another_cpu(nvidia_scene *s) { s->cpu_data[63] ^= 1; }
static void no_cpu(nvidia_scene *s) { s->evidence.cpu_data = EMPTY; }
static void data_as_nonce(nvidia_scene *s) { memcpy(s->nonce, s->cpu_data, sizeof s->nonce); }
static void half_of_the_data(nvidia_scene *s) { s->evidence.cpu_data.n = 32; }
static void another_measurement(nvidia_scene *s) { s->fields.block[1].value[47] ^= 1; }
static void measurement_of_zeros(nvidia_scene *s) { memset(s->fields.block[63].value, 0, AT_GPU_DIGEST); }
static void raw_measurement(nvidia_scene *s) { s->fields.block[1].type = 0x81; }
static void block_absent(nvidia_scene *s) { s->fields.block[1].index = 99; }
static void no_references(nvidia_scene *s) { s->policy.n_references = 0; }

static void measurements_swapped(nvidia_scene *s)
{
    s->fields.block[1].index = 4;
    s->fields.block[3].index = 2;
}

static void mode_3(nvidia_scene *s) { nvidia_field_of(&s->fields, AT_OPAQUE_FEATURE)->value[0] = 3; }
static void mode_above_a_byte(nvidia_scene *s) { nvidia_field_of(&s->fields, AT_OPAQUE_FEATURE)->value[3] = 1; }
static void another_driver(nvidia_scene *s) { nvidia_field_of(&s->fields, AT_OPAQUE_DRIVER)->value[8] ^= 1; }
static void longer_driver(nvidia_scene *s) { nvidia_field_of(&s->fields, AT_OPAQUE_DRIVER)->value[9] = '7'; }
static void another_vbios(nvidia_scene *s) { nvidia_field_of(&s->fields, AT_OPAQUE_VBIOS)->value[4] = 2; }
static void no_vbios(nvidia_scene *s) { s->fields.field[0] = s->fields.field[--s->fields.n_fields]; }
static void one_gpu_to_a_guest(nvidia_scene *s) { nvidia_field_of(&s->fields, AT_OPAQUE_FEATURE)->value[0] = 0; }
static void no_mode(nvidia_scene *s) { s->fields.n_fields--; }
static void unlisted_device(nvidia_scene *s) { s->devices[0][0] ^= 1; }
static void no_devices(nvidia_scene *s) { s->policy.n_devices = 0; }

#define BLACKWELL .twin = {.line = NVIDIA_BLACKWELL}
#define PINNED    .twin = {.line = NVIDIA_BLACKWELL, .pinned = true}

/* clang-format off */
const nvidia_lie nvidia_lies[] = {
    {"report-byte-behind", REQ_AT_300, "a byte behind the signature", "unsigned bytes would travel with a report", .world = byte_behind},
    {"report-signature-behind", REQ_AT_300, "a second signature behind the first", "a reader that looks from the end would take another one", BLACKWELL, .world = signature_behind},
    {"request-1-2", REQ_AT_301, "the request is of SPDM 1.2", "fields would be read by another version's rules", .world = request_1_2},
    {"response-1-0", REQ_AT_301, "the response is of SPDM 1.0", "fields would be read by another version's rules", BLACKWELL, .world = response_1_0},
    {"request-code", REQ_AT_302, "the request is GET_DIGESTS", "an exchange about something else would count", .world = request_is_digests},
    {"response-code", REQ_AT_302, "the response is ERROR", "an exchange about something else would count", BLACKWELL, .world = response_is_error},
    {"request-unsigned", REQ_AT_303, "the request does not ask for a signature", "an answer that nobody signed could be put behind it", .world = asks_for_no_signature},
    {"request-one", REQ_AT_303, "the request asks for measurement 2", "the rest of the device would be out of sight", .world = asks_for_one},
    {"request-number", REQ_AT_303, "the request asks for the number of measurements", "the rest of the device would be out of sight", BLACKWELL, .world = asks_for_the_number},
    {"response-slot", REQ_AT_304, "the response is of slot 1", "another chain's key would answer", .world = response_of_slot_1},
    {"request-slot", REQ_AT_304, "the request is about slot 7", "another chain's key would answer", BLACKWELL, .world = request_of_slot_7},
    {"blocks-fewer", REQ_AT_305, "one block fewer is stated than there are", "a measurement would be out of sight", .world = one_block_fewer_stated},
    {"blocks-byte-behind", REQ_AT_305, "a byte behind the last block", "what follows the blocks would be taken along unjudged", BLACKWELL, .world = byte_behind_the_blocks},
    {"block-twice", REQ_AT_306, "block 2 again, with another value", "the reader would choose which one to believe", .world = block_again},
    {"block-0", REQ_AT_306, "a block with index 0", "a block of no measurement would count", .world = block_0},
    {"block-255", REQ_AT_306, "a block with index 255", "a block of no measurement would count", BLACKWELL, .world = block_255},
    {"block-specification", REQ_AT_307, "block 2 has specification 2", "a value of unknown form would be taken for a digest", .world = another_specification},
    {"block-no-specification", REQ_AT_307, "block 63 has no specification", "a value of unknown form would be taken for a digest", BLACKWELL, .world = no_specification},
    {"value-longer", REQ_AT_308, "block 2 states 49 bytes of value, and has 48", "one length would be read by one reader, the other by another", .world = value_longer_than_it_is},
    {"value-shorter", REQ_AT_308, "block 2 states 47 bytes of value, and has 48", "one length would be read by one reader, the other by another", .world = value_shorter_than_it_is},
    {"value-none", REQ_AT_308, "block 4 states no bytes of value, and has 48", "one length would be read by one reader, the other by another", BLACKWELL, .world = value_of_no_bytes},
    {"field-cut", REQ_AT_310, "the last field states a byte more than there is", "a field would reach into the signature", .world = field_cut},
    {"field-head-cut", REQ_AT_310, "three bytes behind the last field", "what follows the fields would be taken along unjudged", BLACKWELL, .world = field_head_cut},
    {"field-twice", REQ_AT_311, "DRIVER_VERSION twice", "the reader would choose which one to believe", .world = driver_twice},
    {"field-fwid-twice", REQ_AT_311, "FWID twice, the second one another", "the reader would choose which one to believe", BLACKWELL, .world = fwid_twice},
    {"field-vbios-size", REQ_AT_312, "VBIOS_VERSION of 9 bytes", "a part would count for the whole", .world = vbios_of_nine_bytes},
    {"field-driver-empty", REQ_AT_312, "DRIVER_VERSION of no bytes", "nothing would be a version", BLACKWELL, .world = driver_of_none},
    {"field-counts-size", REQ_AT_312, "MSRSCNT of 255 bytes", "a number would be cut", .world = counts_cut},
    {"field-nvdec0", REQ_AT_312, "NVDEC0_STATUS is 0", "a state that nobody has named would count", .world = decoder_unknown},
    {"field-37", REQ_AT_313, "a field of type 37", "a new field could say that the device is open", .world = field_37},
    {"field-255", REQ_AT_313, "a field of type 255, INVALID", "a field that is none would count", .world = field_255},
    {"field-0103", REQ_AT_313, "a field of type 0x0103", "a type would be cut to a byte", BLACKWELL, .world = field_above_a_byte},
    {"fields-version-2", REQ_AT_314, "OPAQUE_DATA_VERSION is 2", "fields would be read by another version's rules", BLACKWELL, .world = fields_of_version_2},
    {"fields-version-0", REQ_AT_314, "OPAQUE_DATA_VERSION is 0", "fields would be read by another version's rules", BLACKWELL, .world = fields_of_version_0},
    {"gpu-chain-sixth", REQ_AT_320, "a sixth block behind the chain", "what follows the root would be taken along unjudged", .world = sixth_certificate},
    {"gpu-chain-text", REQ_AT_320, "text behind the chain", "what follows the root would be taken along unjudged", BLACKWELL, .world = text_behind_the_chain},
    {"gpu-leaf-critical", REQ_AT_321, "a critical extension in the first certificate that is not understood", "a restriction would be overlooked", .world = leaf_critical},
    {"provisioner-critical", REQ_AT_321, "a critical extension in the provisioner's certificate that is not understood", "a restriction would be overlooked", BLACKWELL, .world = provisioner_critical},
    {"gpu-leaf-sha256", REQ_AT_322, "the first certificate names ecdsa-with-SHA256 inside, and ecdsa-with-SHA384 outside", "the certificate would have two algorithms", .world = leaf_says_sha_256},
    {"model-sha256", REQ_AT_322, "the model's certificate names ecdsa-with-SHA256 inside", "the certificate would have two algorithms", BLACKWELL, .world = model_says_sha_256},
    {"gpu-leaf-curve", REQ_AT_322, "the attestation key is said to lie on brainpoolP384r1", "a point would be used on a curve that it was not made for", .world = leaf_on_another_curve},
    {"gpu-look-alike", REQ_AT_323, "everything under a foreign root with the same name", "anybody could be the vendor", .world = look_alike_root},
    {"gpu-root-absent", REQ_AT_323, "the policy pins no root", "the evidence would bring its own trust", BLACKWELL, .after = no_root},
    {"gpu-leaf-issuer", REQ_AT_324, "the first certificate names another issuer", "one device would speak for another", .world = leaf_of_another_issuer},
    {"device-issuer", REQ_AT_324, "the device's certificate names the authority of the model as its issuer", "one authority would speak for another", .world = device_of_another_issuer},
    {"gpu-root-issuer", REQ_AT_324, "the root names another issuer than itself", "a root would be none", BLACKWELL, .world = root_of_another_issuer},
    {"model-switch", REQ_AT_325, "the authority is that of a switch", "a switch would count as a GPU", .world = a_switch},
    {"model-kind", REQ_AT_325, "the authority's name lacks `Identity`", "another authority under the root would count", .world = model_without_its_kind},
    {"model-longer", REQ_AT_325, "the model is GH100X", "a prefix would count for the whole", .world = longer_model},
    {"models-empty", REQ_AT_325, "the policy lists no model", "no expectation would be met by everything", BLACKWELL, .after = no_models},
    {"device-no-authority", REQ_AT_326, "the device's certificate is no authority", "a certificate for something else could certify keys", .world = device_without_authority},
    {"provisioner-no-issue", REQ_AT_326, "the provisioner's key usage lacks keyCertSign", "a certificate for something else could certify devices", .world = provisioner_may_not_issue},
    {"gpu-leaf-no-sign", REQ_AT_326, "the first certificate's key usage lacks digitalSignature", "a key for something else could sign reports", BLACKWELL, .world = leaf_may_not_sign},
    {"gpu-leaf-authority", REQ_AT_326, "the first certificate is an authority", "an attestation key could certify others", .world = leaf_is_an_authority},
    {"model-path", REQ_AT_326, "the model's authority allows one authority below it", "a limit would be overlooked", .world = model_allows_no_two},
    {"gpu-leaf-stranger", REQ_AT_327, "the first certificate is signed by a foreign key", "anybody could certify an attestation key", .world = leaf_by_a_stranger},
    {"device-stranger", REQ_AT_327, "the device's certificate is signed by a foreign key", "anybody could certify a device", BLACKWELL, .world = device_by_a_stranger},
    {"model-stranger", REQ_AT_327, "the model's certificate is signed by a foreign key", "anybody could be an authority", .world = model_by_a_stranger},
    {"gpu-leaf-expired", REQ_AT_328, "the first certificate was valid until one second ago", "an old certificate would live for ever", .world = leaf_expired},
    {"provisioner-early", REQ_AT_328, "the provisioner's certificate is valid from the next second on", "a certificate would count before its time", BLACKWELL, .world = provisioner_early},
    {"gpu-root-expired", REQ_AT_328, "the root was valid until one second ago", "an old root would live for ever", .world = root_expired},
    {"gpu-root-list-absent", REQ_AT_329, "no list of the root, though the policy asks for revocation", "whoever withholds the list undoes it", .after = no_root_list},
    {"model-list-absent", REQ_AT_329, "no list of the model's authority, though the policy asks for revocation", "whoever withholds the list undoes it", BLACKWELL, .after = no_model_list},
    {"gpu-root-list-stale", REQ_AT_330, "the root's list was to be renewed one second ago", "an old list hides later revocations", .world = root_list_stale},
    {"model-list-early", REQ_AT_330, "the list of the model's authority is of the next second", "a list would count before its time", BLACKWELL, .world = model_list_early},
    {"gpu-root-list-partial", REQ_AT_330, "a critical extension in the root's list", "a list of a part would count for the whole", .world = root_list_partial},
    {"model-list-stranger", REQ_AT_330, "the list of the model's authority is signed by a foreign key", "anybody could clear a device", .world = model_list_by_a_stranger},
    {"model-list-issuer", REQ_AT_330, "the list is that of another model's authority", "one authority's list would clear another's", .world = model_list_of_another},
    {"gpu-root-list-cut", REQ_AT_330, "the root's list is cut", "what can't be read would clear everything", BLACKWELL, .after = root_list_cut},
    {"model-revoked", REQ_AT_331, "the root's list names the authority of the model", "a key that is known to be out would count", .world = model_revoked},
    {"provisioner-revoked", REQ_AT_331, "the list of the model's authority names the provisioner", "a key that is known to be out would count", BLACKWELL, .world = provisioner_revoked},
    {"dice-absent", REQ_AT_332, "the first certificate has no extension of DICE", "firmware would be nobody's", .world = no_dice},
    {"dice-version", REQ_AT_332, "the extension has version 2", "fields would be read by another version's rules", .world = dice_of_version_2},
    {"dice-sha256", REQ_AT_332, "the FWID is said to be of SHA-256", "one hash would be taken for another", BLACKWELL, .world = fwid_of_sha_256},
    {"dice-order", REQ_AT_332, "two members of DiceTcbInfo in the other order", "a member could stand twice", BLACKWELL, .world = members_turned_round},
    {"dice-device", REQ_AT_333, "the extension holds another device's key", "firmware of one device would run on another", .world = another_device_named},
    {"dice-own-key", REQ_AT_333, "the extension holds the attestation key itself", "a key would be its own device", .world = leaf_named_as_device},
    {"fwid-other", REQ_AT_334, "the certificate's FWID differs in one bit", "a certificate of other firmware would count", .world = another_fwid},
    {"fwid-absent", REQ_AT_334, "the report has no FWID", "a report could leave out what does not fit", BLACKWELL, .world = no_fwid},
    {"flags-not-configured", REQ_AT_335, "the flags say notConfigured", "a device without its security would count", BLACKWELL, .world = not_configured},
    {"flags-not-secure", REQ_AT_335, "the flags say notSecure", "a device without its security would count", BLACKWELL, .world = not_secure},
    {"flags-recovery", REQ_AT_335, "the flags say recovery", "a device without its security would count", BLACKWELL, .world = in_recovery},
    {"flags-debug", REQ_AT_335, "the flags say debug", "somebody could read the device's memory", BLACKWELL, .world = debugged},
    {"report-other-key", REQ_AT_336, "signed by another key of the device", "the key that is certified would not matter", .world = signed_by_another},
    {"report-device-key", REQ_AT_336, "signed by the device's own key", "a key for certificates would sign reports", BLACKWELL, .world = signed_by_the_device},
    {"report-changed", REQ_AT_336, "a byte of the response changed after signing", "anybody could edit a report", .after = device_nonce_changed},
    {"report-reserved-changed", REQ_AT_336, "the reserved byte changed after signing", "the report would be verified as written again", BLACKWELL, .after = reserved_byte_changed},
    {"report-r-zero", REQ_AT_336, "r is zero", "a signature of zeros would fit every report", .after = r_is_zero},
    {"report-s-zero", REQ_AT_336, "s is zero", "a signature of zeros would fit every report", BLACKWELL, .after = s_is_zero},
    {"gpu-nonce-other", REQ_AT_340, "the nonce differs in its last bit", "a report made for somebody else would count", .world = another_nonce},
    {"gpu-nonce-zero", REQ_AT_340, "the nonce is zero", "a report made for nobody would count", BLACKWELL, .world = nonce_of_zeros},
    {"gpu-nonce-unasked", REQ_AT_340, "the policy has no nonce and waives none", "no expectation would be met by everything", .after = no_expected_nonce},
    {"cpu-other", REQ_AT_341, "the CPU's report data differs in its last bit", "a GPU of another session would count", PINNED, .after = another_cpu},
    {"cpu-absent", REQ_AT_341, "no evidence of a CPU was accepted with it", "a GPU that nobody asked for would count", PINNED, .after = no_cpu},
    {"cpu-data-as-nonce", REQ_AT_341, "the nonce is the first half of the report data", "a report made for another purpose would count", PINNED, .world = data_as_nonce},
    {"cpu-data-half", REQ_AT_341, "the CPU's report data has 32 bytes", "a prefix would count for the whole", PINNED, .after = half_of_the_data},
    {"measurement-other", REQ_AT_342, "block 2 differs in its last bit", "other firmware would count", .world = another_measurement},
    {"measurement-zero", REQ_AT_342, "block 64 is zero", "a measurement that was not made would count", .world = measurement_of_zeros},
    {"measurement-raw", REQ_AT_342, "block 2 is raw", "a value would be taken for a digest", .world = raw_measurement},
    {"measurement-absent", REQ_AT_342, "block 2 has index 99", "a device could leave out what does not fit", BLACKWELL, .world = block_absent},
    {"measurements-swapped", REQ_AT_342, "blocks 2 and 4 have each other's value", "a value would count wherever it stands", BLACKWELL, .world = measurements_swapped},
    {"measurements-unlisted", REQ_AT_342, "the policy has no values and waives none", "no expectation would be met by everything", .after = no_references},
    {"feature-3", REQ_AT_343, "FEATURE_FLAG is 3", "a mode that nobody has named would count", BLACKWELL, .world = mode_3},
    {"feature-wide", REQ_AT_343, "FEATURE_FLAG is 0x01000001", "a number would be cut to a byte", BLACKWELL, .world = mode_above_a_byte},
    {"driver-other", REQ_AT_344, "the driver's version differs in its last digit", "an old driver would count", PINNED, .world = another_driver},
    {"driver-longer", REQ_AT_344, "the driver's version has one digit more", "a prefix would count for the whole", PINNED, .world = longer_driver},
    {"vbios-other", REQ_AT_345, "the firmware's version differs in its last byte", "old firmware would count", PINNED, .world = another_vbios},
    {"vbios-absent", REQ_AT_345, "the report has no VBIOS_VERSION", "a device could leave out what does not fit", PINNED, .world = no_vbios},
    {"mode-other", REQ_AT_346, "one GPU to a guest, where several are expected", "another mode would count", PINNED, .world = one_gpu_to_a_guest},
    {"mode-absent", REQ_AT_346, "the report has no FEATURE_FLAG", "a device could leave out what does not fit", PINNED, .world = no_mode},
    {"device-unlisted", REQ_AT_347, "the device is none of the list", "a machine that nobody registered would count", PINNED, .after = unlisted_device},
    {"devices-empty", REQ_AT_347, "the list of devices is empty", "no expectation would be met by everything", PINNED, .after = no_devices},
};
/* clang-format on */

const size_t nvidia_n_lies = sizeof nvidia_lies / sizeof *nvidia_lies;

/* ---- truths ---- */

static void zero_behind_the_chain(nvidia_scene *s) { s->evidence.chain = span_of(s->chain, s->evidence.chain.n + 1); }

static void block_of_a_decoder_that_is_off(nvidia_scene *s)
{
    nvidia_field_of(&s->fields, AT_OPAQUE_NVDEC0)->value[0] = 0x55;
    memset(s->fields.block[35].value, 0, AT_GPU_DIGEST);
}

static void blocks_in_another_order(nvidia_scene *s)
{
    const nvidia_block first = s->fields.block[0];
    s->fields.block[0] = s->fields.block[63];
    s->fields.block[63] = first;
}

static void second_of_two_values(nvidia_scene *s)
{
    at_gpu_reference *r = &s->references[s->policy.n_references++];
    r->index = 2;
    memcpy(r->value, s->fields.block[1].value, AT_GPU_DIGEST);
    s->references[0].value[0] ^= 1;
}

static void raw_block_that_nobody_expects(nvidia_scene *s) { s->fields.block[0].type = 0x84; }
static void others_are_revoked(nvidia_scene *s) { s->root_list.revoked = s->model_list.revoked = 99; }
static void last_second(nvidia_scene *s) { s->cert[AT_GPU_LEAF].not_after = s->model_list.next_update = s->now; }
static void other_flags(nvidia_scene *s) { s->firmware.flags = 0x08; }
static void path_of_two(nvidia_scene *s) { s->cert[AT_GPU_MODEL].path_length = 2; }

static void no_fwid_waived(nvidia_scene *s)
{
    no_fwid(s);
    s->policy.waived |= AT_GPU_BIT(AT_GPU_FWID);
}

static void everything_waived(nvidia_scene *s)
{
    s->policy.waived = AT_GPU_WAIVABLE;
    s->policy.n_references = 0;
    s->policy.nonce = EMPTY;
    s->evidence.root_list = s->evidence.model_list = EMPTY;
}

/* clang-format off */
const nvidia_lie nvidia_truths[] = {
    {"gpu-chain-zero", REQ_AT_320, "one zero byte behind the chain", "drivers that end a text so would be refused", .after = zero_behind_the_chain},
    {"gpu-last-second", REQ_AT_328, "the last second of the first certificate and of a list", "the ends of a period would be outside", .world = last_second},
    {"gpu-path-length", REQ_AT_326, "the model's authority allows two authorities below it", "a limit would be counted wrongly", .world = path_of_two},
    {"gpu-others-revoked", REQ_AT_331, "the lists name other certificates", "any entry would count as a hit", .world = others_are_revoked},
    {"nvdec0-disabled", REQ_AT_342, "NVDEC0 is disabled, and block 36 is another", "boards without the decoder would be refused", .world = block_of_a_decoder_that_is_off},
    {"blocks-order", REQ_AT_342, "the first and the last block have changed places", "an index would be taken for a place", .world = blocks_in_another_order},
    {"measurement-second", REQ_AT_342, "the second of two values for block 2", "a firmware with two builds would be refused", .world = second_of_two_values},
    {"block-raw", REQ_AT_342, "a raw block that the policy has no value for", "what is not compared would stop the rest", BLACKWELL, .world = raw_block_that_nobody_expects},
    {"flags-other", REQ_AT_335, "a flag that says nothing about security", "any flag would be a fault", BLACKWELL, .world = other_flags},
    {"fwid-waived", REQ_AT_334, "the report has no FWID, and the policy waives it", "older firmware could not be taken", .world = no_fwid_waived},
    {"gpu-waived", REQ_AT_349, "everything is waived, and there are no lists", "what is not compared would stop the rest", .after = everything_waived},
    {"gpu-waived-blackwell", REQ_AT_349, "everything is waived, and there are no lists", "what is not compared would stop the rest", BLACKWELL, .after = everything_waived},
};
/* clang-format on */

const size_t nvidia_n_truths = sizeof nvidia_truths / sizeof *nvidia_truths;
