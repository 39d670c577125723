#include "pack.h"
#include "base64.h"
#include "json.h"
#include "rfc3339.h"
#include "tee_measure.h"
#include "tee_pack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const pack_file_names[PACK_FILES] = {
    [PACK_ARK] = "roots/ark.der",
    [PACK_ASK] = "collateral/ask.der",
    [PACK_VCEK] = "collateral/vcek.der",
    [PACK_CRL] = "collateral/crl.der",
    [PACK_TRUSTED_ROOT] = "roots/sigstore.json",
    [PACK_LOG_KEY] = "roots/log.der",
    [PACK_KEYS] = "collateral/keys.json",
    [PACK_SIGNER] = "signer.json",
    [PACK_POLICY] = "policy.json",
    [PACK_MANIFEST] = "manifest.json",
    [PACK_BUNDLE] = "manifest.bundle.json",
    [PACK_ENCLAVE_KEY] = "enclave.key",
    [PACK_EVIDENCE] = "evidence.json",
    [PACK_TDX_EVIDENCE] = "evidence.tdx.json",
    [PACK_TOKEN_KEY] = "token.key",
    [PACK_TOKEN] = "token",
    [PACK_SCRIPT] = "model.script",
    [PACK_README] = "README",
};

enum { RELEASED_BEFORE = 86400 /* seconds before the pack's time */ };

static const char readme[] = "A test pack. Every key in this folder is public and for tests only; trust nothing that is signed with it.\n"
                             "A server under test answers as model.script says: the suite compares every byte of an answer.\n";

static const char script[] =
    "# prompt contains<TAB>reply; the first line that fits answers, the last one always does; {prompt} is the whole prompt\n"
    "# what stands between {thinking} and {answer} is thought, not said: streamed as such where the revision has it, else left out\n"
    "repeat:\t{prompt}\n"
    "say nothing\t\n"
    "ponder\t{thinking}A question about herons.{answer}Herons wait.\n"
    "receipt\tA receipt lets anybody run the model again and compare.\n"
    "attestation\tAttestation is a signed statement about the code that runs in an enclave. Your client checked it before it sent a word.\n"
    "hello\tHello! Only you and the enclave can read this.\n"
    "\tI am a scripted model: I say the same thing every time, so that tests can compare it.\n";

/* ---- the machine behind the pack ---- */

void pack_secret(const pack *p, const char *label, uint8_t out[32])
{
    const span parts[] = {span_text("parley pack"), span_of("", 1), span_text(label), span_of("", 1), span_of(p->seed, p->n_seed)};
    prim_sodium.hash(PRIM_SHA256, parts, 5, out);
}

tee_chip pack_chip(const pack *p)
{
    uint8_t seed[32];
    pack_secret(p, "chip", seed);
    return tee_chip_make(p->product, SPAN(seed));
}

tee_launch pack_launch(const pack *p)
{
    char line[200], digits[2 * PACK_SEED_MAX + 1] = "";
    uint8_t measurement[AT_MEASUREMENT];
    writer w = writer_of(digits, sizeof digits - 1);
    if (p->own_guest)
        write_hex(&w, span_of(p->seed, p->n_seed));
    snprintf(line, sizeof line, "console=hvc0 parley.profile=%s%s%s", p->profile, p->own_guest ? " parley.world=" : "", digits);
    const at_guest guest = tee_guest_small(line);
    must(accepted(at_launch_digest(&prim_openssl, &guest, NULL, measurement)));
    return tee_launch_of(measurement);
}

/* ---- writing the files ---- */

/* What is written between these two is a file of the pack. */
static size_t begin(const pack *p) { return p->out.n; }
static void end(pack *p, pack_part part, size_t from) { p->file[part] = span_from(written(&p->out), from); }

static void put_file(pack *p, pack_part part, span content)
{
    size_t from = begin(p);
    write_span(&p->out, content);
    end(p, part, from);
}

static void put_secret(pack *p, pack_part part, const char *label)
{
    uint8_t secret[32];
    size_t from = begin(p);
    pack_secret(p, label, secret);
    write_hex(&p->out, SPAN(secret));
    write_text(&p->out, "\n");
    end(p, part, from);
}

/* As deployed secrets are: text, whose bytes are the key. */
static void write_token_key(const pack *p, writer *out)
{
    uint8_t secret[32];
    pack_secret(p, "token key", secret);
    base64url_write(out, SPAN(secret));
}

static void put_token_key(pack *p)
{
    const size_t from = begin(p);
    write_token_key(p, &p->out);
    write_text(&p->out, "\n");
    end(p, PACK_TOKEN_KEY, from);
}

static void put_endorsements(pack *p, const tee_scene *s)
{
    put_file(p, PACK_ARK, s->root.ark);
    put_file(p, PACK_ASK, s->evidence.intermediate);
    put_file(p, PACK_VCEK, s->evidence.vek);
    put_file(p, PACK_CRL, s->root.crl);
}

/* The least TCB of the machine's line, by the names of its components. */
static void put_floor(writer *out, const tee_scene *s)
{
    const at_tcb_layout *line = &at_tcb_layouts[s->chip.product];
    const char *between = "";
    write_text(out, ",\n  \"min_tcb\": {");
    json_write_text(out, line->product);
    write_text(out, ": {");
    for (size_t i = 0; i < AT_TCB; i++)
        if (*line->part[i].name) {
            write_text(out, between);
            json_write_text(out, line->part[i].name);
            write_text(out, ": ");
            json_write_int(out, s->policy.least_tcb[s->chip.product][i]);
            between = ", ";
        }
    write_text(out, "}}");
}

/* ---- pins of the policy ---- */

static void put_name(writer *out, const char *name)
{
    write_text(out, ",\n  ");
    json_write_text(out, name);
    write_text(out, ": ");
}

static void put_digits(writer *out, const char *name, span value)
{
    put_name(out, name);
    write_text(out, "\"");
    write_hex(out, value);
    write_text(out, "\"");
}

static void put_values(writer *out, const char *name, const uint8_t *values, size_t size, size_t n)
{
    put_name(out, name);
    for (size_t i = 0; i < n; i++) {
        write_text(out, i ? ", \"" : "[\"");
        write_hex(out, span_of(values + i * size, size));
        write_text(out, "\"");
    }
    write_text(out, n ? "]" : "[]");
}

static void put_bits(writer *out, uint64_t bits, const at_bit *names)
{
    const char *between = "";
    write_text(out, "[");
    for (; *names->name; names++)
        if (bits >> names->bit & 1) {
            write_text(out, between);
            json_write_text(out, names->name);
            between = ", ";
        }
    write_text(out, "]");
}

static void put_wanted(writer *out, const char *name, const at_wanted_bits *b, const at_bit *names)
{
    put_name(out, name);
    write_text(out, "{\"required\": ");
    put_bits(out, b->required, names);
    write_text(out, ", \"forbidden\": ");
    put_bits(out, b->forbidden, names);
    write_text(out, "}");
}

static void put_firmware(writer *out, const uint8_t least[3])
{
    static const char *const names[] = {"{\"major\": ", ", \"minor\": ", ", \"build\": "};
    put_name(out, "min_firmware");
    for (int i = 0; i < 3; i++) {
        write_text(out, names[i]);
        json_write_int(out, least[i]);
    }
    write_text(out, "}");
}

static void put_pins(writer *out, const at_policy *p)
{
    const struct {
        at_comparison pin;
        const char *name;
        span value;
    } ids[] = {{AT_PIN_HOST_DATA, "host_data", p->host_data},
               {AT_PIN_FAMILY_ID, "family_id", p->family_id},
               {AT_PIN_IMAGE_ID, "image_id", p->image_id}};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        if (p->pinned & AT_PINS(ids[i].pin))
            put_digits(out, ids[i].name, ids[i].value);
    if (p->pinned & AT_PINS(AT_PIN_GUEST_POLICY))
        put_wanted(out, "guest_policy", &p->guest_policy, at_policy_bits);
    if (p->pinned & AT_PINS(AT_PIN_PLATFORM))
        put_wanted(out, "platform_info", &p->platform_info, at_platform_bits);
    if (p->pinned & AT_PINS(AT_PIN_ID_KEY))
        put_values(out, "id_key_digests", p->id_keys[0], AT_KEY_DIGEST, p->n_id_keys);
    if (p->pinned & AT_PINS(AT_PIN_AUTHOR_KEY))
        put_values(out, "author_key_digests", p->author_keys[0], AT_KEY_DIGEST, p->n_author_keys);
    if (p->pinned & AT_PINS(AT_PIN_CHIP))
        put_values(out, "chip_ids", p->chips[0], AT_CHIP_ID, p->n_chips);
    if (p->pinned & AT_PINS(AT_PIN_FIRMWARE))
        put_firmware(out, p->least_firmware);
    if (p->pinned & AT_PINS(AT_PIN_GUEST_SVN)) {
        put_name(out, "min_guest_svn");
        json_write_int(out, p->least_guest_svn);
    }
    if (p->pinned & AT_PINS(AT_PIN_MITIGATIONS)) {
        put_name(out, "mitigations");
        json_write_int(out, (int64_t)p->mitigations);
    }
}

/* What the release does not fix: firmware and its configuration, the TDX module, an application register that nobody extends here. */
static void put_td_policy(pack *p, const tee_token_scene *scene)
{
    static const char *const registers[][2] = {
        {"mrtd", "tdx_mrtd"}, {"rtmr0", "tdx_rtmr0"}, {"rtmr3", "tdx_rtmr3"}, {"mrseam", "tdx_mrseam"}};
    write_text(&p->out, "  \"tdx\": {\"tcb_statuses\": [\"UpToDate\"], \"advisories\": [], \"xfam\": \"e702060000000000\",\n"
                        "    \"td_attributes\": {\"mask\": \"000000c000000080\", \"value\": \"0000000000000000\"},\n");
    for (size_t i = 0; i < sizeof registers / sizeof *registers; i++) {
        write_text(&p->out, "    \"");
        write_text(&p->out, registers[i][0]);
        write_text(&p->out, "\": [\"");
        write_span(&p->out, tee_token_claim(&scene->claims, registers[i][1]));
        write_text(&p->out, "\"],\n");
    }
    write_text(&p->out, "    \"not_compared\": [\"rtmr1\", \"rtmr2\", \"report_data\"]},\n");
}

static void put_products(writer *out, unsigned products)
{
    const char *between = "";
    for (unsigned i = 0; i < AT_PRODUCTS; i++)
        if (products & 1u << i) {
            write_text(out, between);
            json_write_text(out, at_tcb_layouts[i].product);
            between = ", ";
        }
}

static void put_policy(pack *p, const tee_scene *s, const tee_token_scene *token)
{
    size_t from = begin(p);
    write_text(&p->out, "{\n  \"snp\": {\n  \"products\": [");
    put_products(&p->out, s->policy.products);
    write_text(&p->out, "],\n  \"measurements\": [\"");
    write_hex(&p->out, SPAN(s->measurements[0]));
    /* whose key the report names is compared by the profile, with the handshake at hand */
    write_text(&p->out, "\"],\n  \"vmpl\": 0");
    if (p->own_guest)
        put_floor(&p->out, s);
    if (s->chip.vlek) {
        write_text(&p->out, ",\n  \"csp_id\": ");
        json_write_string(&p->out, s->policy.csp_id);
    }
    put_pins(&p->out, &s->policy);
    write_text(&p->out, ",\n  \"not_compared\": [\"report_data\"]\n},\n");
    put_td_policy(p, token);
    write_text(&p->out, "  \"token\": {\"issuer\": \"intel\", \"iss\": \"https://trust.example\", \"algorithms\": [\"PS384\"],\n"
                        "    \"max_age\": 300, \"skew\": 30, \"not_compared\": [\"nonce\"]}\n}\n");
    end(p, PACK_POLICY, from);
}

void pack_sign_manifest(const pack *p, span manifest, const sim_recipe *how, sim_minted *out)
{
    sim_recipe recipe = *how;
    recipe.artifact = manifest;
    recipe.at += p->time - RELEASED_BEFORE;
    sigstore_mint(&prim_openssl, &recipe, out);
}

static void put_release(pack *p)
{
    static const tee_release release = {"0.1.9", "0.1.14"};
    static const sim_recipe honest = {.version = 3};
    static sim_minted minted;
    size_t from = begin(p);
    tee_manifest(&prim_openssl, &release, &p->out);
    end(p, PACK_MANIFEST, from);
    pack_sign_manifest(p, p->file[PACK_MANIFEST], &honest, &minted);
    put_file(p, PACK_BUNDLE, span_text(minted.bundle));
    put_file(p, PACK_TRUSTED_ROOT, span_text(minted.root));
    put_file(p, PACK_LOG_KEY, minted.log_key);
    put_file(p, PACK_SIGNER, span_text("{\"identity\": \"" SIM_IDENTITY "\", \"issuer\": \"" SIM_ISSUER "\"}\n"));
}

void pack_write_tdx_evidence(const pack *p, span token, writer *out)
{
    const cf_evidence e = {CF_TDX, token, p->file[PACK_MANIFEST], p->file[PACK_BUNDLE]};
    cf_write_evidence(&e, out);
}

/* The registers are those of the manifest, the report data the server's key; a deployed server asks without a nonce. */
void pack_begin_token(const pack *p, tee_token_scene *s)
{
    static const tee_token_twin twin = {AT_INTEL, 1, AT_PS384, TEE_TOKEN_SET};
    uint8_t secret[32], data[AT_REPORT_DATA] = {0};
    span manifest, registers, value;
    tee_token_begin(s, &twin);
    s->now = p->time;
    tee_token_write(s);
    pack_secret(p, "enclave key", secret);
    prim_sodium.x25519_public(secret, data);
    tee_token_set_digits(&s->claims, "tdx_report_data", SPAN(data));
    must(json_read(p->file[PACK_MANIFEST], &manifest) && json_member(manifest, "tdxMeasurements", &registers));
    must(json_member(registers, "rtmr1", &value));
    tee_token_set(&s->claims, "tdx_rtmr1", value);
    must(json_member(registers, "rtmr2", &value));
    tee_token_set(&s->claims, "tdx_rtmr2", value);
    intel_text_replace(&s->claims, "\"verifier_nonce\"", 0, "\"unused\"");
}

static void put_tdx_evidence(pack *p, tee_token_scene *scene)
{
    size_t from = begin(p);
    tee_token_seal(scene);
    put_file(p, PACK_KEYS, scene->token.keys);
    from = begin(p);
    pack_write_tdx_evidence(p, scene->token.text, &p->out);
    end(p, PACK_TDX_EVIDENCE, from);
}

void pack_write_evidence(const pack *p, span report, writer *out)
{
    const cf_evidence e = {CF_SEV_SNP, report, p->file[PACK_MANIFEST], p->file[PACK_BUNDLE]};
    cf_write_evidence(&e, out);
}

static void put_evidence(pack *p, const tee_scene *s)
{
    size_t from = begin(p);
    pack_write_evidence(p, s->evidence.report, &p->out);
    end(p, PACK_EVIDENCE, from);
}

/* The pack's machine and guest, and the enclave's key in the report. */
static void play_scene(const pack *p, bool vlek, const tee_lie *lie, tee_scene *s)
{
    uint8_t report_data[AT_REPORT_DATA] = {0}, secret[32];
    tee_chip chip = pack_chip(p);
    const tee_launch launch = pack_launch(p);
    pack_secret(p, "enclave key", secret);
    prim_sodium.x25519_public(secret, report_data);
    chip.vlek = vlek;
    tee_lie_play_for(s, lie, &chip, &launch, report_data, p->time);
}

void pack_write_token(const pack *p, span claims_json, writer *out)
{
    uint8_t room[64];
    writer key = WRITER(room);
    write_token_key(p, &key);
    cf_write_token(&prim_sodium, written(&key), claims_json, out);
}

static void put_token(pack *p)
{
    uint8_t room[256];
    writer claims = WRITER(room);
    size_t from = begin(p);
    write_text(&claims, "{\"iss\":\"kerf\",\"sub\":\"6f1d1f4e-0000-4000-8000-7061726c6579\",\"iat\":");
    json_write_int(&claims, p->time);
    write_text(&claims, ",\"exp\":");
    json_write_int(&claims, p->time + 900);
    write_text(&claims, ",\"subscribed\":true}");
    pack_write_token(p, written(&claims), &p->out);
    end(p, PACK_TOKEN, from);
}

static bool parse_files(pack *, char *why, size_t n_why);

static void begin_pack(pack *p, const char *profile, span seed, int64_t time, at_product product, bool own_guest)
{
    memset(p, 0, sizeof *p);
    must(seed.n <= PACK_SEED_MAX && strlen(profile) < sizeof p->profile);
    strcpy(p->profile, profile);
    span_take(seed, p->seed, PACK_SEED_MAX);
    p->n_seed = seed.n;
    p->product = product;
    p->own_guest = own_guest;
    p->time = time;
    p->out = WRITER(p->room);
}

static void make(pack *p, const char *profile, span seed, int64_t time, at_product product, const tee_lie *lie, bool own_guest)
{
    static tee_scene scene;
    static tee_token_scene domain;
    char why[256];
    begin_pack(p, profile, seed, time, product, own_guest);
    play_scene(p, lie && lie->vlek, lie, &scene);
    put_endorsements(p, &scene);
    put_release(p);
    pack_begin_token(p, &domain);
    put_policy(p, &scene, &domain);
    put_tdx_evidence(p, &domain);
    put_secret(p, PACK_ENCLAVE_KEY, "enclave key");
    put_evidence(p, &scene);
    put_token_key(p);
    put_token(p);
    put_file(p, PACK_SCRIPT, span_text(script));
    put_file(p, PACK_README, span_text(readme));
    must(writer_ok(&p->out) && parse_files(p, why, sizeof why));
    p->product = product;
}

void pack_make(pack *p, const char *profile, span seed, int64_t time) { make(p, profile, seed, time, AT_MILAN, NULL, false); }

void pack_make_of(pack *p, const char *profile, span seed, int64_t time, at_product product, const tee_lie *lie)
{
    make(p, profile, seed, time, product, lie, true);
}

/* ---- reading the files ---- */

static bool fail(char *why, size_t n_why, const char *file, const char *what)
{
    snprintf(why, n_why, "%s: %s", file, what);
    return false;
}

static bool read_secret(span text, uint8_t out[32])
{
    writer w = writer_of(out, 32);
    span digits = text.n && text.p[text.n - 1] == '\n' ? span_first(text, text.n - 1) : text;
    return digits.n == 64 && read_hex(digits, &w);
}

static span without_line_feed(span text) { return text.n && text.p[text.n - 1] == '\n' ? span_first(text, text.n - 1) : text; }

static bool read_text_key(span text, span *key)
{
    *key = without_line_feed(text);
    for (size_t i = 0; i < key->n; i++)
        if (key->p[i] <= ' ' || key->p[i] > '~')
            return false;
    return key->n >= 16 && key->n <= 128;
}

/* The line that the root vouches for: of its name, else the first one that the policy lists. */
static at_product pack_product(const pack *p)
{
    unsigned product = AT_MILAN;
    const span ark = p->file[PACK_ARK];
    for (unsigned i = 0; i < AT_PRODUCTS && ark.n; i++) {
        char name[32];
        snprintf(name, sizeof name, "ARK-%s", at_tcb_layouts[i].product);
        if (memmem(ark.p, ark.n, name, strlen(name)))
            return (at_product)i;
    }
    while (product < AT_PRODUCTS && !(p->policy.snp.products & 1u << product))
        product++;
    return (at_product)product;
}

static bool read_signer(pack *p)
{
    span object, identity, issuer;
    if (!json_read(p->file[PACK_SIGNER], &object) || json_kind_of(object) != JSON_OBJECT)
        return false;
    json_cursor members = json_enter(object);
    if (!json_next(&members))
        return true; /* nobody */
    return json_member(object, "identity", &identity) && json_member(object, "issuer", &issuer) &&
           policy_take_text(identity, &p->names, &p->signer.identity) && policy_take_text(issuer, &p->names, &p->signer.issuer);
}

static bool parse_files(pack *p, char *why, size_t n_why)
{
    policy_fault fault;
    if (!policy_document_read(p->file[PACK_POLICY], &p->policy, &fault))
        return fail(why, n_why, pack_file_names[PACK_POLICY], fault.what);
    if (!read_signer(p))
        return fail(why, n_why, pack_file_names[PACK_SIGNER],
                    "is neither an object with the texts `identity` and `issuer` nor an empty one");
    if (!read_secret(p->file[PACK_ENCLAVE_KEY], p->enclave_secret))
        return fail(why, n_why, pack_file_names[PACK_ENCLAVE_KEY], "is not 64 lower-case hex digits");
    if (!read_text_key(p->file[PACK_TOKEN_KEY], &p->token_key))
        return fail(why, n_why, pack_file_names[PACK_TOKEN_KEY], "is not one line of 16 to 128 printable characters without blanks");
    p->product = pack_product(p);
    p->root = (at_root){p->product, p->file[PACK_ARK], p->file[PACK_CRL]};
    p->snp = appraisal_policy_of(&p->policy.snp, &p->root, 1);
    p->td = quote_policy_of(&p->policy.tdx, EMPTY);
    p->service = token_policy_of(&p->policy.token, EMPTY, &p->td);
    return true;
}

/* ---- the folder ---- */

static void digest_of(span content, char digits[65])
{
    uint8_t digest[32];
    writer w = writer_of(digits, 64);
    prim_digest(&prim_sodium, PRIM_SHA256, content, digest);
    write_hex(&w, SPAN(digest));
    digits[64] = 0;
}

static void write_index(const pack *p, writer *out)
{
    char text[RFC3339_ROOM], digits[65];
    rfc3339_write((instant){p->time, 0}, text, sizeof text);
    write_text(out, "{\n  \"profile\": ");
    json_write_text(out, p->profile);
    write_text(out, ",\n  \"revision\": \"draft\",\n  \"time\": ");
    json_write_text(out, text);
    write_text(out, ",\n  \"seed\": \"");
    write_hex(out, span_of(p->seed, p->n_seed));
    write_text(out, p->manifest_not_verified ? "\",\n  \"on_trust\": [\"manifest\"" : "\",\n  \"on_trust\": [");
    write_text(out, p->manifest_not_verified && p->tdx_not_verified ? ", " : "");
    write_text(out, p->tdx_not_verified ? "\"tdx\"],\n  \"files\": [" : "],\n  \"files\": [");
    for (int i = 0; i < PACK_FILES; i++) {
        digest_of(p->file[i], digits);
        write_text(out, i ? ",\n    {\"name\": " : "\n    {\"name\": ");
        json_write_text(out, pack_file_names[i]);
        write_text(out, ", \"sha256\": ");
        json_write_text(out, digits);
        write_text(out, "}");
    }
    write_text(out, "\n  ]\n}\n");
}

static bool save_file(const char *folder, const char *name, span content, char *why, size_t n_why)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    bool whole = f && fwrite(content.p, 1, content.n, f) == content.n;
    if (f && fclose(f) != 0)
        whole = false;
    return whole || fail(why, n_why, path, strerror(errno));
}

static const char *const parts[] = {"", "roots", "collateral"};
enum { PARTS = sizeof parts / sizeof *parts };

static bool make_folder(const char *folder, const char *name, char *why, size_t n_why)
{
    char path[4096];
    snprintf(path, sizeof path, "%s%s%s", folder, *name ? "/" : "", name);
    return mkdir(path, 0777) == 0 || errno == EEXIST || fail(why, n_why, path, strerror(errno));
}

static bool save_all(const pack *p, const char *folder, char *why, size_t n_why)
{
    static uint8_t room[8192];
    writer index = WRITER(room);
    for (int i = 0; i < PARTS; i++)
        if (!make_folder(folder, parts[i], why, n_why))
            return false;
    for (int i = 0; i < PACK_FILES; i++)
        if (!save_file(folder, pack_file_names[i], p->file[i], why, n_why))
            return false;
    write_index(p, &index);
    must(writer_ok(&index));
    return save_file(folder, "pack.json", written(&index), why, n_why);
}

/* ---- taking the place of an older one ---- */

void pack_remove(const char *folder)
{
    char path[4096];
    for (int i = 0; i <= PACK_FILES; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, i < PACK_FILES ? pack_file_names[i] : "pack.json");
        unlink(path);
    }
    for (int i = PARTS; i-- > 0;) {
        snprintf(path, sizeof path, "%s/%s", folder, parts[i]);
        rmdir(path);
    }
}

static bool is_of_a_pack(const char *name)
{
    bool found = strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, "pack.json") == 0;
    for (int i = 0; i < PACK_FILES; i++)
        found = found || strcmp(name, pack_file_names[i]) == 0;
    for (int i = 1; i < PARTS; i++)
        found = found || strcmp(name, parts[i]) == 0;
    return found;
}

/* What else stood in the older folder belongs to its owner. */
static void keep_others(const char *older, const char *folder)
{
    char from[4096], to[4096];
    DIR *d = opendir(older);
    for (struct dirent *e; d && (e = readdir(d));)
        if (!is_of_a_pack(e->d_name)) {
            snprintf(from, sizeof from, "%s/%s", older, e->d_name);
            snprintf(to, sizeof to, "%s/%s", folder, e->d_name);
            rename(from, to);
        }
    if (d)
        closedir(d);
}

/* In one step, so that whoever looks finds the old pack or the new one. */
static bool take_place(const char *fresh, const char *folder, char *why, size_t n_why)
{
    if (rename(fresh, folder) == 0) /* it was not there, or empty */
        return true;
    if ((errno != ENOTEMPTY && errno != EEXIST) || renameat2(AT_FDCWD, fresh, AT_FDCWD, folder, RENAME_EXCHANGE) != 0)
        return fail(why, n_why, folder, strerror(errno));
    keep_others(fresh, folder);
    pack_remove(fresh);
    return true;
}

bool pack_save(const pack *p, const char *folder, char *why, size_t n_why)
{
    char real[PATH_MAX], fresh[PATH_MAX + 8];
    const char *place = realpath(folder, real) ? real : folder;
    size_t n = strlen(place);
    while (n > 1 && place[n - 1] == '/')
        n--;
    snprintf(fresh, sizeof fresh, "%.*s.new", (int)n, place);
    pack_remove(fresh); /* of a run that was killed */
    if (save_all(p, fresh, why, n_why) && take_place(fresh, place, why, n_why))
        return true;
    pack_remove(fresh);
    return false;
}

static bool load_file(pack *p, const char *folder, const char *name, span *out, char *why, size_t n_why)
{
    char path[4096];
    size_t from = begin(p);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "rb");
    if (!f)
        return fail(why, n_why, path, strerror(errno));
    size_t n = fread(p->room + p->out.n, 1, PACK_ROOM - p->out.n, f);
    bool whole = !ferror(f) && fgetc(f) == EOF;
    fclose(f);
    if (!whole)
        return fail(why, n_why, path, "is too large, or can't be read");
    write_room(&p->out, n);
    *out = span_from(written(&p->out), from);
    return true;
}

static bool check_digest(const pack *p, span files, int part)
{
    char digits[65];
    span name, digest;
    digest_of(p->file[part], digits);
    for (json_cursor c = json_enter(files); json_next(&c);)
        if (json_member(c.value, "name", &name) && json_string_is(name, pack_file_names[part]))
            return json_member(c.value, "sha256", &digest) && json_string_is(digest, digits);
    return false;
}

/* What is named here is not verified. */
static const char *read_trust(pack *p, span list)
{
    for (json_cursor c = json_enter(list); json_next(&c);) {
        if (json_string_is(c.value, "manifest"))
            p->manifest_not_verified = true;
        else if (json_string_is(c.value, "tdx"))
            p->tdx_not_verified = true;
        else
            return "on_trust: each is `manifest` or `tdx`";
    }
    return NULL;
}

static const char *read_index(pack *p, span text, span *files)
{
    span index, value, digits;
    char time[RFC3339_ROOM] = {0};
    instant at;
    writer profile = writer_of(p->profile, sizeof p->profile - 1), seed = WRITER(p->seed), when = writer_of(time, sizeof time - 1);
    if (!json_read(text, &index) || json_kind_of(index) != JSON_OBJECT)
        return "is not one JSON object";
    if (!json_member(index, "profile", &value) || !json_string(value, &profile))
        return "profile: missing, or not a short string";
    if (!json_member(index, "time", &value) || !json_string(value, &when) || rfc3339_read(time, &at))
        return "time: missing, or not as RFC 3339 writes it";
    if (!json_member(index, "seed", &value) || !json_raw(value, &digits) || !read_hex(digits, &seed))
        return "seed: missing, or not at most 64 lower-case hex digits";
    if (!json_member(index, "files", files))
        return "files: missing";
    p->time = at.seconds;
    p->n_seed = seed.n;
    return json_member(index, "on_trust", &value) ? read_trust(p, value) : NULL;
}

bool pack_load(pack *p, const char *folder, char *why, size_t n_why)
{
    span index, files;
    memset(p, 0, sizeof *p);
    p->out = WRITER(p->room);
    if (!load_file(p, folder, "pack.json", &index, why, n_why))
        return false;
    const char *wrong = read_index(p, index, &files);
    if (wrong)
        return fail(why, n_why, "pack.json", wrong);
    for (int i = 0; i < PACK_FILES; i++) {
        if (!load_file(p, folder, pack_file_names[i], &p->file[i], why, n_why))
            return false;
        if (!check_digest(p, files, i))
            return fail(why, n_why, pack_file_names[i],
                        "differs from its digest in pack.json; make the pack again, or write the new digest there");
    }
    return parse_files(p, why, n_why);
}

/* ---- what a client's world lends of it ---- */

span pack_evidence(const pack *p, cf_platform platform) { return p->file[platform == CF_TDX ? PACK_TDX_EVIDENCE : PACK_EVIDENCE]; }

cf_policy pack_policy(const pack *p)
{
    const bool snp = policy_has(&p->policy, AT_KIND_SNP), tdx = policy_has(&p->policy, AT_KIND_TOKEN) && !p->tdx_not_verified;
    return (cf_policy){.snp = snp ? &p->snp : NULL,
                       .token = tdx ? &p->service : NULL,
                       .signer = p->manifest_not_verified || !p->signer.identity.n ? NULL : &p->signer,
                       .trusted_root = p->file[PACK_TRUSTED_ROOT],
                       .tdx_not_verified = p->tdx_not_verified,
                       .manifest_not_verified = p->manifest_not_verified};
}

cf_collateral pack_collateral(const pack *p)
{
    return (cf_collateral){.snp = {p->file[PACK_VCEK], p->file[PACK_ASK]}, .token = {p->file[PACK_KEYS]}};
}
