/* The operation at.policy: a policy document, and kinds of evidence that were accepted under it together; and its scenarios. */
#include "attestation_vectors.h"
#include "policy_document.h"

#include <string.h>

/* ---- the operation ---- */

static bool read_kinds(adapter_call *call, unsigned *kinds)
{
    span rest = call_text(call, "kinds");
    for (*kinds = 0; rest.n;) {
        size_t n = 0;
        at_kind k = AT_KIND_SNP;
        while (n < rest.n && rest.p[n] != ' ')
            n++;
        while (k < AT_KINDS && !span_is(span_first(rest, n), at_kind_names[k]))
            k++;
        if (k == AT_KINDS) {
            call_complain(call, "kinds is names of snp, tdx, sgx, token and gpu with one space between");
            return false;
        }
        *kinds |= 1u << k;
        rest = span_from(rest, n + 1);
    }
    return true;
}

static verdict judge(span text, unsigned kinds)
{
    static policy_document document;
    policy_fault fault;
    TRY(policy_document_judge(text, &document, &fault, NULL));
    for (at_kind k = AT_KIND_SNP; k < AT_KINDS; k++)
        if (kinds >> k & 1)
            TRY(policy_kind_judge(&document, k, NULL));
    return kinds ? policy_vendors_judge(&document, kinds, NULL) : ACCEPT; /* a document alone */
}

void at_policy_operation(adapter_call *call)
{
    unsigned kinds = 0;
    if (read_kinds(call, &kinds))
        (void)call_accepts(call, judge(call_text(call, "policy"), kinds));
}

/* ---- scenarios ---- */

#define SNP    "\"snp\":{\"products\":[\"Milan\"],\"measurements\":[\"" DIGITS_96 "\"]}"
#define TDX    "\"tdx\":{\"tcb_statuses\":[\"UpToDate\"],\"mrtd\":[\"" DIGITS_96 "\"]}"
#define SGX    "\"sgx\":{\"tcb_statuses\":[\"UpToDate\"]}"
#define GOOGLE "\"token\":{\"issuer\":\"google\",\"iss\":\"https://x\",\"algorithms\":[\"RS256\"],\"hardware\":[\"GCP_AMD_SEV\"]}"
#define GPU    "\"gpu\":{\"models\":[\"GH100\"]}"
#define INTEL  "\"token\":{\"issuer\":\"intel\",\"iss\":\"https://x\",\"algorithms\":[\"PS384\"]}"

#define DIGITS_32 "000102030405060708090a0b0c0d0e0f"
#define DIGITS_96 DIGITS_32 DIGITS_32 DIGITS_32

#define HONEST "{" SNP "," TDX ",\"vendors\":2}"

static const struct good {
    const char *slug, *req, *policy, *kinds;
} goods[] = {
    {"one-part", "AT-263 AT-265", "{" SNP "}", "snp"},
    {"google-and-amd", "AT-264 AT-266", "{" SNP "," GOOGLE ",\"vendors\":2}", "snp token"},
    {"three-vendors", "AT-264 AT-266", "{" SNP "," SGX "," GOOGLE ",\"vendors\":3}", "snp sgx token"},
    {"cpu-and-gpu", "AT-264 AT-266", "{" TDX "," GPU ",\"vendors\":2}", "tdx gpu"},
    {"four-vendors", "AT-264 AT-266", "{" SNP "," SGX "," GOOGLE "," GPU ",\"vendors\":4}", "snp sgx token gpu"},
    {"gpu-members", "AT-261 AT-262",
     "{\"gpu\":{\"models\":[\"GH100\"],\"nonce\":\"" DIGITS_32 DIGITS_32 "\",\"measurements\":{\"2\":[\"" DIGITS_96
     "\"]},\"tied_to_cpu\":true,\"drivers\":[\"550.90.07\"],\"vbios\":[],\"modes\":[\"mpt\"],\"not_compared\":[\"fwid\"]},"
     "\"machines\":{\"devices\":[\"" DIGITS_96 "\"]}}",
     "gpu"},
    {"intel-token", "AT-265", "{" TDX "," INTEL "}", "token"},
    {"machines", "AT-262", "{\"machines\":{\"chip_ids\":[],\"platforms\":[\"" DIGITS_32 "\"]}," TDX "}", "tdx"},
};

static const struct bad {
    const char *slug, *site, *mutation, *policy, *kinds;
} bads[] = {
    {"text-behind", "AT-260", "a brace behind the object", HONEST "}", "snp tdx"},
    {"part-twice", "AT-260", "the part `snp` stands twice", "{" SNP "," TDX "," SNP ",\"vendors\":2}", "snp tdx"},
    {"part-misspelt", "AT-261", "a part `tdxx`", "{" SNP "," TDX ",\"tdxx\":{},\"vendors\":2}", "snp tdx"},
    {"member-misspelt", "AT-261", "`measurments` in `snp`", "{\"snp\":{\"products\":[\"Milan\"],\"measurments\":[]}," TDX "}", "snp"},
    {"member-of-another-part", "AT-261", "`chip_ids` in `tdx`", "{\"tdx\":{\"tcb_statuses\":[\"UpToDate\"],\"chip_ids\":[]}}", "tdx"},
    {"claim-misspelt", "AT-261", "`audiense` in `token`",
     "{\"token\":{\"issuer\":\"intel\",\"iss\":\"x\",\"algorithms\":[\"RS256\"],\"audiense\":\"a\"}}", "token"},
    {"machine-misspelt", "AT-261", "`chips` in `machines`", "{" SNP ",\"machines\":{\"chip_ids\":[],\"chips\":[]}}", "snp"},
    {"gpu-misspelt", "AT-261", "`nonces` in `gpu`", "{\"gpu\":{\"models\":[\"GH100\"],\"nonces\":[]}}", "gpu"},
    {"digits-short", "AT-262", "a measurement of 47 bytes", "{\"snp\":{\"products\":[\"Milan\"],\"measurements\":[\"00\"]}}", "snp"},
    {"digits-upper-case", "AT-262", "upper-case digits",
     "{\"snp\":{\"products\":[\"Milan\"],\"family_id\":\"000102030405060708090A0B0C0D0E0F\"}}", "snp"},
    {"number-as-text", "AT-262", "a number as a text", "{\"tdx\":{\"tcb_statuses\":[\"UpToDate\"],\"min_evaluation\":\"17\"}}", "tdx"},
    {"truth-as-number", "AT-262", "a truth value as a number", "{\"tdx\":{\"tcb_statuses\":[\"UpToDate\"],\"allow_sept_ve\":0}}", "tdx"},
    {"waives-debug", "AT-262", "`not_compared` names debugging", "{\"tdx\":{\"tcb_statuses\":[\"UpToDate\"],\"not_compared\":[\"debug\"]}}",
     "tdx"},
    {"machines-twice", "AT-262", "`machines` beside a list of chips",
     "{\"snp\":{\"products\":[\"Milan\"],\"chip_ids\":[]},\"machines\":{\"chip_ids\":[]}}", "snp"},
    {"gpu-index", "AT-262", "a measurement with index 255",
     "{\"gpu\":{\"models\":[\"GH100\"],\"measurements\":{\"255\":[\"" DIGITS_96 "\"]}}}", "gpu"},
    {"gpu-waives-cpu", "AT-262", "`not_compared` names the tie to a CPU", "{\"gpu\":{\"models\":[\"GH100\"],\"not_compared\":[\"cpu\"]}}",
     "gpu"},
    {"gpu-machines-twice", "AT-262", "`machines` beside a list of devices",
     "{\"gpu\":{\"models\":[\"GH100\"],\"devices\":[]},\"machines\":{\"devices\":[]}}", "gpu"},
    {"empty", "AT-263", "no part", "{}", ""},
    {"only-vendors", "AT-263", "no part, and no vendor", "{\"vendors\":0}", ""},
    {"no-products", "AT-263", "`snp` without `products`", "{\"snp\":{}}", "snp"},
    {"no-statuses", "AT-263", "`tdx` with an empty list of statuses", "{" SNP ",\"tdx\":{\"tcb_statuses\":[]}}", "snp"},
    {"nobody", "AT-263", "`token` without `iss`", "{\"token\":{\"issuer\":\"intel\",\"algorithms\":[\"RS256\"]}}", "token"},
    {"no-hardware", "AT-263", "Google's part without `hardware`",
     "{\"token\":{\"issuer\":\"google\",\"iss\":\"x\",\"algorithms\":[\"RS256\"]}}", "token"},
    {"no-models", "AT-263", "`gpu` without `models`", "{" SNP ",\"gpu\":{}}", "snp"},
    {"vendors-of-one", "AT-264", "two vendors of one", "{" SNP ",\"vendors\":2}", ""},
    {"vendors-of-intel", "AT-264", "two vendors, and both parts are Intel's", "{" TDX "," INTEL ",\"vendors\":2}", ""},
    {"vendors-of-gpus", "AT-264", "two vendors of one, NVIDIA", "{" GPU ",\"vendors\":2}", ""},
    {"no-part-for-it", "AT-265", "a quote of an enclave, and no part for it", HONEST, "snp tdx sgx"},
    {"no-part-for-tokens", "AT-265", "a token, and no part for it", "{" TDX "}", "token"},
    {"no-part-for-gpus", "AT-265", "a report of a GPU, and no part for it", HONEST, "snp tdx gpu"},
    {"one-vendor", "AT-266", "a report alone where two vendors are asked for", HONEST, "snp"},
    {"gpu-alone", "AT-266", "a GPU alone where a CPU is asked for as well", "{" TDX "," GPU ",\"vendors\":2}", "gpu"},
    {"cpu-alone", "AT-266", "a CPU alone where a GPU is asked for as well", "{" TDX "," GPU ",\"vendors\":2}", "tdx"},
    {"one-vendor-twice", "AT-266", "a quote and a token, both Intel's", "{" SNP "," TDX "," INTEL ",\"vendors\":2}", "tdx token"},
};

static void put(sheet *s, const char *policy, const char *kinds)
{
    sheet_in(s, TEXT("policy", policy));
    sheet_in(s, TEXT("kinds", kinds));
}

static cJSON *make_file(const prim *p)
{
    static const char *const checked_by[] = {"text", "audit", NULL};
    sheet s = sheet_start(p, "at.policy", "vectors/attestation/policy_vectors", "00", checked_by);
    for (size_t i = 0; i < sizeof bads / sizeof *bads; i++)
        sheet_note(&s, bads[i].slug, "AUTH_BYPASS", "What the policy means to ask for is not asked for.", bads[i].site);
    sheet_group(&s, "document", "at:policy", "");
    put(&s, HONEST, "snp tdx");
    sheet_accepts(&s, "ok", "AT-260 AT-261 AT-262 AT-263 AT-264 AT-265 AT-266");
    for (size_t i = 0; i < sizeof goods / sizeof *goods; i++) {
        sheet_accepts(&s, goods[i].slug, goods[i].req);
        put(&s, goods[i].policy, goods[i].kinds);
    }
    for (size_t i = 0; i < sizeof bads / sizeof *bads; i++) {
        sheet_rejects(&s, &(rejection){.slug = bads[i].slug, .site = bads[i].site, .mutation = bads[i].mutation, .flag = bads[i].slug});
        put(&s, bads[i].policy, bads[i].kinds);
    }
    return s.document;
}

cJSON *policy_file(const prim *p, int which)
{
    (void)which;
    return make_file(p);
}
