#include "pack.h"
#include "base64.h"
#include "json.h"
#include "rfc3339.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const char *const pack_file_names[PACK_FILES] = {
    [PACK_ARK] = "roots/ark.der",
    [PACK_ASK] = "collateral/ask.der",
    [PACK_VCEK] = "collateral/vcek.der",
    [PACK_CRL] = "collateral/crl.der",
    [PACK_POLICY] = "policy.json",
    [PACK_MANIFEST] = "manifest.json",
    [PACK_BUNDLE] = "manifest.bundle.json",
    [PACK_ENCLAVE_KEY] = "enclave.key",
    [PACK_EVIDENCE] = "evidence.json",
    [PACK_TOKEN_KEY] = "token.key",
    [PACK_TOKEN] = "token",
    [PACK_SCRIPT] = "model.script",
    [PACK_README] = "README",
};

static const char readme[] = "A test pack. Every key in this folder is public and for tests only; trust nothing that is signed with it.\n";

static const char script[] = "# prompt contains<TAB>reply; the first line that fits answers, the last one always does\n"
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
    return tee_chip_make(AT_MILAN, SPAN(seed));
}

tee_launch pack_launch(const pack *p)
{
    uint8_t image[AT_MEASUREMENT];
    const span parts[] = {span_text("parley simulated enclave image"), span_of("", 1), span_text(p->profile)};
    prim_openssl.hash(PRIM_SHA384, parts, 3, image);
    return tee_launch_of(image);
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

static void put_endorsements(pack *p, const tee_endorsements *e)
{
    put_file(p, PACK_ARK, tee_ark(e));
    put_file(p, PACK_ASK, tee_intermediate(e));
    put_file(p, PACK_VCEK, tee_vek(e));
    put_file(p, PACK_CRL, tee_crl(e));
}

static void put_policy(pack *p, const tee_launch *launch)
{
    size_t from = begin(p);
    write_text(&p->out, "{\n  \"manifest\": \"not verified\",\n  \"measurements\": [\"");
    write_hex(&p->out, SPAN(launch->measurement));
    write_text(&p->out, "\"],\n  \"products\": [\"Milan\"],\n  \"tdx\": \"refused\",\n  \"vmpl\": 0\n}\n");
    end(p, PACK_POLICY, from);
}

static void put_manifest(pack *p)
{
    size_t from = begin(p);
    uint8_t image[32];
    write_text(&p->out, "{\n  \"imageVersion\": \"0.1.9\",\n  \"proxyVersion\": \"0.1.14\",\n  \"tdxMeasurements\": {\n");
    for (int i = 1; i <= 2; i++) {
        pack_secret(p, i == 1 ? "rtmr1" : "rtmr2", image);
        write_text(&p->out, i == 1 ? "    \"rtmr1\": \"" : "    \"rtmr2\": \"");
        write_hex(&p->out, SPAN(image));
        write_hex(&p->out, span_first(SPAN(image), 16));
        write_text(&p->out, i == 1 ? "\",\n" : "\"\n");
    }
    write_text(&p->out, "  }\n}\n");
    end(p, PACK_MANIFEST, from);
    put_file(p, PACK_BUNDLE, span_text("{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\",\"note\":\"unsigned: this pack's policy does not verify the manifest\"}\n"));
}

void pack_write_evidence(const pack *p, span report, writer *out)
{
    const cf_evidence e = {CF_SEV_SNP, report, p->file[PACK_MANIFEST], p->file[PACK_BUNDLE]};
    cf_write_evidence(&e, out);
}

static void put_evidence(pack *p, const tee_chip *chip, const tee_launch *launch)
{
    uint8_t report_data[AT_REPORT_DATA] = {0}, report[AT_REPORT], secret[32];
    size_t from = begin(p);
    pack_secret(p, "enclave key", secret);
    prim_sodium.x25519_public(secret, report_data);
    tee_report(chip, launch, report_data, report);
    pack_write_evidence(p, SPAN(report), &p->out);
    end(p, PACK_EVIDENCE, from);
}

void pack_write_token(const pack *p, span claims_json, writer *out)
{
    uint8_t key[32];
    pack_secret(p, "token key", key);
    cf_write_token(&prim_sodium, SPAN(key), claims_json, out);
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

void pack_make(pack *p, const char *profile, span seed, int64_t time)
{
    static tee_endorsements endorsements;
    char why[256];
    memset(p, 0, sizeof *p);
    must(seed.n <= PACK_SEED_MAX && strlen(profile) < sizeof p->profile);
    strcpy(p->profile, profile);
    span_take(seed, p->seed, PACK_SEED_MAX);
    p->n_seed = seed.n;
    p->time = time;
    p->out = WRITER(p->room);

    const tee_chip chip = pack_chip(p);
    const tee_launch launch = pack_launch(p);
    const tee_issue issue = tee_issue_honest(&chip, time);
    tee_issue_mint(&issue, &endorsements);
    put_endorsements(p, &endorsements);
    put_policy(p, &launch);
    put_manifest(p);
    put_secret(p, PACK_ENCLAVE_KEY, "enclave key");
    put_evidence(p, &chip, &launch);
    put_secret(p, PACK_TOKEN_KEY, "token key");
    put_token(p);
    put_file(p, PACK_SCRIPT, span_text(script));
    put_file(p, PACK_README, span_text(readme));
    must(writer_ok(&p->out) && parse_files(p, why, sizeof why));
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

static const char *read_measurements(pack *p, span list)
{
    for (json_cursor c = json_enter(list); json_next(&c);) {
        span digits;
        writer w = writer_of(p->measurements[p->snp.n_measurements], AT_MEASUREMENT);
        if (p->snp.n_measurements == PACK_MEASUREMENTS)
            return "measurements: at most 8";
        if (!json_raw(c.value, &digits) || digits.n != 2 * AT_MEASUREMENT || !read_hex(digits, &w))
            return "measurements: each is 96 lower-case hex digits";
        p->snp.n_measurements++;
    }
    return p->snp.n_measurements ? NULL : "measurements: a policy that asks for none accepts everything, so it is refused";
}

static const char *read_products(pack *p, span list)
{
    for (json_cursor c = json_enter(list); json_next(&c);) {
        at_product product = AT_PRODUCTS;
        for (int i = 0; i < AT_PRODUCTS; i++)
            if (json_string_is(c.value, at_tcb_layouts[i].product))
                product = (at_product)i;
        if (product == AT_PRODUCTS)
            return "products: each is one of Milan, Genoa, Turin";
        p->snp.products |= 1u << product;
        p->root.product = product;
    }
    return p->snp.products ? NULL : "products: names no line";
}

/* "verified" is not on offer yet: neither word stands for a check that is made. */
static const char *read_waivers(pack *p, span policy)
{
    span value;
    p->manifest_not_verified = json_member(policy, "manifest", &value) && json_string_is(value, "not verified");
    if (value.n && !p->manifest_not_verified && !json_string_is(value, "refused"))
        return "manifest: is `not verified` or `refused`";
    p->tdx_not_verified = json_member(policy, "tdx", &value) && json_string_is(value, "not verified");
    if (value.n && !p->tdx_not_verified && !json_string_is(value, "refused"))
        return "tdx: is `not verified` or `refused`";
    return NULL;
}

static const char *read_policy(pack *p)
{
    static const char *const known[] = {"manifest", "measurements", "products", "tdx", "vmpl"};
    span policy, value;
    uint64_t vmpl = 0;
    if (!json_read(p->file[PACK_POLICY], &policy) || json_kind_of(policy) != JSON_OBJECT)
        return "is not one JSON object";
    for (json_cursor c = json_enter(policy); json_next(&c);) {
        bool is_known = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            is_known |= json_string_is(c.name, known[i]);
        if (!is_known)
            return "has a member that no reader understands; known are manifest, measurements, products, tdx, vmpl";
    }
    const char *wrong = json_member(policy, "measurements", &value) ? read_measurements(p, value) : "measurements: missing";
    if (!wrong)
        wrong = json_member(policy, "products", &value) ? read_products(p, value) : "products: missing";
    if (!wrong && json_member(policy, "vmpl", &value) && !json_uint(value, 3, &vmpl))
        wrong = "vmpl: is a number from 0 to 3";
    p->snp.vmpl = (uint32_t)vmpl;
    return wrong ? wrong : read_waivers(p, policy);
}

static bool parse_files(pack *p, char *why, size_t n_why)
{
    const char *wrong = read_policy(p);
    if (wrong)
        return fail(why, n_why, pack_file_names[PACK_POLICY], wrong);
    if (!read_secret(p->file[PACK_ENCLAVE_KEY], p->enclave_secret))
        return fail(why, n_why, pack_file_names[PACK_ENCLAVE_KEY], "is not 64 lower-case hex digits");
    if (!read_secret(p->file[PACK_TOKEN_KEY], p->token_key))
        return fail(why, n_why, pack_file_names[PACK_TOKEN_KEY], "is not 64 lower-case hex digits");
    p->root.ark = p->file[PACK_ARK];
    p->root.crl = p->file[PACK_CRL];
    p->snp.roots = &p->root;
    p->snp.n_roots = 1;
    p->snp.measurements = (const uint8_t(*)[AT_MEASUREMENT])p->measurements;
    p->snp.waived = AT_WAIVES(AT_REPORT_DATA_VALUE); /* the profile compares it with the handshake's key, under its own number */
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
    write_text(out, "\",\n  \"files\": [");
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

static bool make_folder(const char *folder, const char *name, char *why, size_t n_why)
{
    char path[4096];
    snprintf(path, sizeof path, "%s%s%s", folder, *name ? "/" : "", name);
    return mkdir(path, 0777) == 0 || errno == EEXIST || fail(why, n_why, path, strerror(errno));
}

bool pack_save(const pack *p, const char *folder, char *why, size_t n_why)
{
    static uint8_t room[8192];
    writer index = WRITER(room);
    if (!make_folder(folder, "", why, n_why) || !make_folder(folder, "roots", why, n_why) || !make_folder(folder, "collateral", why, n_why))
        return false;
    for (int i = 0; i < PACK_FILES; i++)
        if (!save_file(folder, pack_file_names[i], p->file[i], why, n_why))
            return false;
    write_index(p, &index);
    must(writer_ok(&index));
    return save_file(folder, "pack.json", written(&index), why, n_why);
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
    return NULL;
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
            return fail(why, n_why, pack_file_names[i], "differs from its digest in pack.json; make the pack again, or write the new digest there");
    }
    return parse_files(p, why, n_why);
}

/* ---- appraisal ---- */

static verdict appraise(const void *ctx, const prim *provider, int64_t now, span report)
{
    pack_appraisal *a = (pack_appraisal *)ctx; /* lent by us in pack_policy */
    const at_world world = {provider, now};
    const at_evidence evidence = {report, a->pack->file[PACK_VCEK], a->pack->file[PACK_ASK]};
    TRY(at_appraise_snp(&world, &a->pack->snp, &evidence, &a->claims));
    return ACCEPT;
}

cf_policy pack_policy(pack_appraisal *a)
{
    return (cf_policy){.snp = appraise, .ctx = a, .tdx_not_verified = a->pack->tdx_not_verified, .manifest_not_verified = a->pack->manifest_not_verified};
}
