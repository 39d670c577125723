#include "pubkey.h"
#include "x509.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/* A 2048-bit RSA key for this test alone, PKCS#8. */
static const char root_key_digits[] =
    "308204bc020100300d06092a864886f70d0101010500048204a6308204a20201000282010100dc210a1b3bb0c49939072900c2743d7ade2b11b21e223c2e6acf"
    "b13bbad3faf095159ae394d3cf6ceff24db243b345c4e8ad24599c8c137e576dfeb4ae2b20bf7815667ad96808b9a34391071e1af01e7bc1e8e74487e9e65e4c"
    "259a80e115fe0ab4ab179a199b962f8a7ba4dd852169a1cc1ac544b2fcd4b8eef072bda55c5f639bdf236e3094e66c1545e7df0dfd6ce0a518dc253ed57d81fe"
    "0bfbb6d167bb69135c63b3ed735bec4dd4e7c0a48ee483ff5ab38ddb0898d1cebf24d7d51b49247158865fadd8b195d299731a0f6b142d740063e37a62e5a504"
    "b2c9a3c2bda9636be2ac761c15e9c3c5642106a00c29523da5c0acda6c74965b02e02b9e0c6b0203010001028201000af405e9b6fda3bab010c0248e88742ab1"
    "f558ab113ec8d9d26cc537e0a2fda08cfa873b7dc35055ee56933124973e087f3f6648a336811dcf41e4e39eaafcb52a477e52ec9075a6af0e04a0630a1a1a9a"
    "33dadfef14083a7344bcb644656ecfb63ea928c27d35b5b265e4a31e76aa63f42e10c2f21929e577d243daa1bf21aa71c5763cb0179124272020a12db1ed9e06"
    "98dfc9af308694c619257b0653624facea7f4980bda986bbdd496e4158e8efb3ef5a76e81f92d2d2bd040ad338d911949d516c6f4c624ecb4f1ecb9b92f149fe"
    "589268991c9545d40d9d8bf188f530b8a938a263f2fed05d2700c7ec8df80f9a7b8df8f8bc85954a0b1c6e3b60cd3102818100fa012ea5fab313846f7fc4789f"
    "ab1eea8e43ea9c6a3b7f9da5d6005baa8834f181a33d5fdcc4695838ba77410564adb94f6687d09bd673b3212080ad51ef310d75ded19cc2c0123aa2d24748c4"
    "8db3584933f7bda4a1f7880020a63519b9b9b3223c63f352756c1a5897750809b339c3e0a0225b2dee708efcfba7eb9ac6da7902818100e168724db1f584dbe1"
    "b6bb589cf43bb24547023e3da05c49c95264521bf45d553adfa8a1b5782652b94e0627e31dc969a0388c0e4fcaba8c3b0438fbf00f7fbfabd52c6ada04cec5a3"
    "cc43d2112a5aa23fe5da3d8f3801aaf1ca188c22069a7a775b83265ecff98aa6f86659a607b34390ed0069496c139ea946fb63bde62503028180018b82534a42"
    "530b8d78d7a8fb2b9e8c4a86c6eb6288ad9836cf24bf6c455d3664dbb2646643dc76cc1af2e3b6f9d14d04dd985744af4595c4cda39dee94b0d3e977900a0cf6"
    "0ce6c9dccccdf950fadbbfd00f66df9e949e058a2e1cc3e4eeedd9775012cfdea3e561c8c5d35fe3f8a66a3bf31a67254312cf236afd3cbe9fd90281801256c1"
    "15f928948a9f2e92c77edd900dccfd1dfd9a5df5a43b30ece0914dac5a46d3f390548755f6dd04b01386b2e1b42a48ef7c2a99bfdbb0e183115c52a67e1da8d6"
    "584b2ca0f60b818ef3045a81cd398da5d7e453162fa6445f02e7b1c9d7b4e64921520d71ac0a31a3821fb3f8adc298c5b3cb3973cf30ce899d6fd1cda9028180"
    "7dfb8273c5ecaa264c0ee13942f80a6cff6f8d4fefce32c29c090ccb687f7a497b75f217d8d4d44c9a704e0e52cfb01fdb40c2a049e57e876f99607e019a0ffc"
    "5b896b4326c5ea173ec7616a9fbe7c6801b7f9a17946108d9c4281583acf19f04ac39fcbed2d909dd1b49fc91f3c0d39e2b14f628709c98dd04cdce5f10c174f";

enum { DAY = 86400, NOON = 1750000000 /* the time of most tests, seconds since 1970 */ };

typedef struct bytes {
    uint8_t p[9000];
    size_t n;
} bytes;

#define SPAN_OF(b) span_of((b).p, (b).n)

static bytes hex(const char *digits)
{
    bytes b = {{0}, 0};
    writer w = WRITER(b.p);
    assert_true(read_hex(span_text(digits), &w));
    b.n = w.n;
    return b;
}

/* ---- the mint: certificates and lists with chosen faults ---- */

static struct {
    EVP_PKEY *root, *other, *intermediate, *leaf;
} keys;

typedef struct signing { /* zeros: PSS, SHA-384, MGF1-SHA-384, salt 48 */
    bool pkcs1;
    const EVP_MD *hash, *mask;
    int salt;
} signing;

typedef struct order {
    const char *subject, *issuer;
    EVP_PKEY *key, *signer;
    int64_t from, to;
    const char *constraints, *usage; /* NULL: absent */
    const char *oid[2];              /* extra extensions of two bytes 05 00 */
    const char *second_name;         /* a further common name */
    int serial;
    signing how;
} order;

static EVP_MD_CTX *signing_context(const signing *how, EVP_PKEY *key)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *rsa = NULL;
    const EVP_MD *hash = how->hash ? how->hash : EVP_sha384();
    assert_int_equal(EVP_DigestSignInit(ctx, &rsa, hash, NULL, key), 1);
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA && !how->pkcs1) {
        assert_true(EVP_PKEY_CTX_set_rsa_padding(rsa, RSA_PKCS1_PSS_PADDING) == 1);
        assert_true(EVP_PKEY_CTX_set_rsa_mgf1_md(rsa, how->mask ? how->mask : hash) == 1);
        assert_true(EVP_PKEY_CTX_set_rsa_pss_saltlen(rsa, how->salt ? how->salt : 48) == 1);
    }
    return ctx;
}

static void add_name(X509_NAME *name, const char *text)
{
    if (text)
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)text, -1, -1, 0);
}

static void add_extension(X509 *x, int nid, const char *value)
{
    X509_EXTENSION *e = value ? X509V3_EXT_conf_nid(NULL, NULL, nid, value) : NULL;
    if (e)
        assert_int_equal(X509_add_ext(x, e, -1), 1);
    X509_EXTENSION_free(e);
}

static void add_raw_extension(X509 *x, const char *oid)
{
    if (!oid)
        return;
    ASN1_OBJECT *name = OBJ_txt2obj(oid, 1);
    ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING_set(value, (const unsigned char *)"\x05\x00", 2);
    X509_EXTENSION *e = X509_EXTENSION_create_by_OBJ(NULL, name, 0, value);
    X509_add_ext(x, e, -1);
    X509_EXTENSION_free(e);
    ASN1_OCTET_STRING_free(value);
    ASN1_OBJECT_free(name);
}

static bytes mint(order o)
{
    bytes b = {{0}, 0};
    unsigned char *at = b.p;
    X509 *x = X509_new();
    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), o.serial ? o.serial : 7);
    add_name(X509_get_subject_name(x), o.subject);
    add_name(X509_get_subject_name(x), o.second_name);
    add_name(X509_get_issuer_name(x), o.issuer);
    ASN1_TIME_set(X509_getm_notBefore(x), o.from ? o.from : NOON - DAY);
    ASN1_TIME_set(X509_getm_notAfter(x), o.to ? o.to : NOON + DAY);
    X509_set_pubkey(x, o.key);
    add_extension(x, NID_basic_constraints, o.constraints);
    add_extension(x, NID_key_usage, o.usage);
    add_raw_extension(x, o.oid[0]);
    add_raw_extension(x, o.oid[1]);
    EVP_MD_CTX *ctx = signing_context(&o.how, o.signer);
    assert_true(X509_sign_ctx(x, ctx) > 0);
    EVP_MD_CTX_free(ctx);
    const int n = i2d_X509(x, NULL);
    assert_true(n > 0 && n <= (int)sizeof b.p);
    b.n = (size_t)i2d_X509(x, &at);
    X509_free(x);
    return b;
}

static order root_order(void)
{
    return (order){.subject = "Root",
                   .issuer = "Root",
                   .key = keys.root,
                   .signer = keys.root,
                   .constraints = "critical,CA:TRUE",
                   .usage = "critical,keyCertSign,cRLSign"};
}

static order intermediate_order(void)
{
    return (order){.subject = "Middle",
                   .issuer = "Root",
                   .key = keys.intermediate,
                   .signer = keys.root,
                   .serial = 77,
                   .constraints = "critical,CA:TRUE,pathlen:0",
                   .usage = "critical,keyCertSign"};
}

static order leaf_order(void) { return (order){.subject = "Leaf", .issuer = "Middle", .key = keys.leaf, .signer = keys.intermediate}; }

typedef struct list {
    const char *issuer;
    EVP_PKEY *signer;
    int64_t from, to; /* to < 0: no next update */
    int revoked;      /* serial, 0: none */
    bool critical;    /* with a critical issuing distribution point */
} list;

static bytes mint_list(list o)
{
    bytes b = {{0}, 0};
    unsigned char *at = b.p;
    X509_CRL *crl = X509_CRL_new();
    X509_NAME *issuer = X509_NAME_new();
    ASN1_TIME *t = ASN1_TIME_set(NULL, o.from ? o.from : NOON - DAY);
    add_name(issuer, o.issuer ? o.issuer : "Root");
    X509_CRL_set_version(crl, X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(crl, issuer);
    X509_CRL_set1_lastUpdate(crl, t);
    if (o.revoked) {
        X509_REVOKED *r = X509_REVOKED_new();
        ASN1_INTEGER *serial = ASN1_INTEGER_new();
        ASN1_INTEGER_set(serial, o.revoked);
        X509_REVOKED_set_serialNumber(r, serial);
        X509_REVOKED_set_revocationDate(r, t);
        X509_CRL_add0_revoked(crl, r);
        ASN1_INTEGER_free(serial);
    }
    if (o.critical) {
        X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, NID_issuing_distribution_point, "critical,onlyuser:TRUE");
        assert_true(e && X509_CRL_add_ext(crl, e, -1) == 1);
        X509_EXTENSION_free(e);
    }
    ASN1_TIME_set(t, o.to > 0 ? o.to : NOON + DAY);
    if (o.to >= 0)
        X509_CRL_set1_nextUpdate(crl, t);
    EVP_MD_CTX *ctx = signing_context(&(signing){0}, o.signer ? o.signer : keys.root);
    assert_true(X509_CRL_sign_ctx(crl, ctx) > 0);
    EVP_MD_CTX_free(ctx);
    b.n = (size_t)i2d_X509_CRL(crl, &at);
    ASN1_TIME_free(t);
    X509_NAME_free(issuer);
    X509_CRL_free(crl);
    return b;
}

typedef struct chain {
    bytes leaf, intermediate, root;
} chain;

static chain mint_chain(void) { return (chain){mint(leaf_order()), mint(intermediate_order()), mint(root_order())}; }

static x509_chain judge_spans(span leaf, span intermediate, span root, span crl, int64_t at)
{
    x509_view view;
    x509_issuer issuer;
    (void)x509_view_read(leaf, &view);
    x509_issuer_read(intermediate, root, crl, &issuer);
    assert_true(x509_issuer_is(&issuer, intermediate, root, crl));
    return x509_judge(&view, &issuer, at);
}

static x509_chain judge(const chain *c, span crl, int64_t at)
{
    return judge_spans(SPAN_OF(c->leaf), SPAN_OF(c->intermediate), SPAN_OF(c->root), crl, at);
}

/* ---- chains ---- */

static void a_chain_holds_up_to_both_ends_of_each_validity(void **state)
{
    (void)state;
    for (int narrow = 0; narrow < 3; narrow++) {
        order l = leaf_order(), i = intermediate_order(), r = root_order(), *const all[] = {&l, &i, &r};
        all[narrow]->from = NOON - 10, all[narrow]->to = NOON + 10;
        const chain c = {mint(l), mint(i), mint(r)};
        assert_int_equal(judge(&c, EMPTY, NOON - 10), X509_CHAIN_OK);
        assert_int_equal(judge(&c, EMPTY, NOON + 10), X509_CHAIN_OK);
        assert_int_equal(judge(&c, EMPTY, NOON - 11), X509_CHAIN_TIME);
        assert_int_equal(judge(&c, EMPTY, NOON + 11), X509_CHAIN_TIME);
    }
}

static void names_do_not_make_an_issuer(void **state)
{
    (void)state;
    order root = root_order(), middle = intermediate_order();
    root.key = root.signer = keys.other;
    middle.key = keys.other;
    chain c = mint_chain();
    const chain honest = c;
    c.root = mint(root);
    assert_int_equal(judge(&c, EMPTY, NOON), X509_CHAIN_NOT_ISSUED);
    assert_int_equal(judge(&c, EMPTY, NOON + 9 * DAY), X509_CHAIN_NOT_ISSUED); /* and never for its time */
    c = honest;
    c.intermediate = mint(middle);
    assert_int_equal(judge(&c, EMPTY, NOON), X509_CHAIN_NOT_ISSUED);
    assert_int_equal(judge(&honest, EMPTY, NOON), X509_CHAIN_OK);
}

static void the_root_must_have_signed_itself(void **state)
{
    (void)state;
    chain c = mint_chain();
    c.root.p[c.root.n - 1] ^= 1;
    assert_int_equal(judge(&c, EMPTY, NOON), X509_CHAIN_NOT_ISSUED);
    c = mint_chain();
    c.root = c.intermediate; /* pinned, but no root */
    assert_int_equal(judge(&c, EMPTY, NOON), X509_CHAIN_NOT_ISSUED);
}

static void an_issuer_needs_its_constraints_and_obeys_its_key_usage(void **state)
{
    (void)state;
    static const struct {
        const char *constraints, *usage;
    } bad[] = {{NULL, "critical,keyCertSign"},
               {"critical,CA:FALSE", "critical,keyCertSign"},
               {"critical,CA:TRUE", "critical,digitalSignature"},
               {NULL, NULL}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        order middle = intermediate_order(), root = root_order();
        chain c = mint_chain();
        middle.constraints = bad[i].constraints, middle.usage = bad[i].usage;
        root.constraints = bad[i].constraints, root.usage = bad[i].usage;
        c.intermediate = mint(middle);
        assert_int_equal(judge(&c, EMPTY, NOON), X509_CHAIN_NOT_ISSUED);
        c.intermediate = mint(intermediate_order());
        c.root = mint(root);
        assert_int_equal(judge(&c, EMPTY, NOON), X509_CHAIN_NOT_ISSUED);
    }
}

/* RFC 5280, 6.1.4 (n): a key usage limits where it is present. */
static void an_issuer_without_a_key_usage_is_not_limited(void **state)
{
    (void)state;
    order middle = intermediate_order(), root = root_order();
    chain c = mint_chain();
    middle.usage = root.usage = NULL;
    c.intermediate = mint(middle);
    assert_int_equal(judge(&c, EMPTY, NOON), X509_CHAIN_OK);
    c.root = mint(root);
    assert_int_equal(judge(&c, EMPTY, NOON), X509_CHAIN_OK);
}

static void the_three_are_exactly_three(void **state)
{
    (void)state;
    const chain c = mint_chain();
    order direct = leaf_order();
    direct.issuer = "Root", direct.signer = keys.root;
    const bytes d = mint(direct);
    assert_int_equal(judge_spans(SPAN_OF(d), SPAN_OF(c.intermediate), SPAN_OF(c.root), EMPTY, NOON), X509_CHAIN_NOT_ISSUED);
    assert_int_equal(judge_spans(SPAN_OF(d), SPAN_OF(c.root), SPAN_OF(c.root), EMPTY, NOON), X509_CHAIN_NOT_ISSUED);
    assert_int_equal(judge_spans(SPAN_OF(c.leaf), SPAN_OF(c.leaf), SPAN_OF(c.root), EMPTY, NOON), X509_CHAIN_NOT_ISSUED);
    assert_int_equal(judge_spans(EMPTY, SPAN_OF(c.intermediate), SPAN_OF(c.root), EMPTY, NOON), X509_CHAIN_NOT_ISSUED);
}

static void a_revoked_intermediate_is_found_and_only_by_a_list_that_holds(void **state)
{
    (void)state;
    static const int64_t far = NOON + 5 * DAY;
    const chain c = mint_chain();
    const struct {
        list order;
        x509_chain want;
    } cases[] = {
        {{0}, X509_CHAIN_OK},
        {{.revoked = 78}, X509_CHAIN_OK},
        {{.revoked = 77}, X509_CHAIN_REVOKED},
        {{.from = NOON, .to = far, .revoked = 77}, X509_CHAIN_REVOKED},
        {{.from = NOON + 1, .to = far}, X509_CHAIN_CRL},
        {{.from = NOON - DAY, .to = NOON}, X509_CHAIN_OK},
        {{.from = NOON - DAY, .to = NOON - 1}, X509_CHAIN_CRL},
        {{.to = -1}, X509_CHAIN_CRL},
        {{.signer = keys.other}, X509_CHAIN_CRL},
        {{.signer = keys.intermediate}, X509_CHAIN_CRL},
        {{.issuer = "Other"}, X509_CHAIN_CRL},
        {{.critical = true}, X509_CHAIN_CRL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const bytes crl = mint_list(cases[i].order);
        assert_int_equal(judge(&c, SPAN_OF(crl), NOON), cases[i].want);
    }
    bytes crl = mint_list((list){0});
    chain mute = c;
    order root = root_order();
    root.usage = "critical,keyCertSign"; /* may not sign lists */
    mute.root = mint(root);
    assert_int_equal(judge(&mute, EMPTY, NOON), X509_CHAIN_OK);
    assert_int_equal(judge(&mute, SPAN_OF(crl), NOON), X509_CHAIN_CRL);
    crl.p[crl.n++] = 0;
    assert_int_equal(judge(&c, SPAN_OF(crl), NOON), X509_CHAIN_CRL);
    assert_int_equal(judge(&c, span_of(crl.p, crl.n - 2), NOON), X509_CHAIN_CRL);
    assert_int_equal(judge(&c, span_of(crl.p, X509_MAX + 1), NOON), X509_CHAIN_CRL);
}

static void an_issuer_that_is_kept_judges_as_one_that_is_read_anew(void **state)
{
    (void)state;
    static x509_issuer kept;
    const chain c = mint_chain();
    const bytes crl = mint_list((list){.revoked = 77}), other = mint_list((list){0});
    x509_view leaf;
    assert_true(x509_view_read(SPAN_OF(c.leaf), &leaf));
    x509_issuer_read(SPAN_OF(c.intermediate), SPAN_OF(c.root), SPAN_OF(crl), &kept);
    for (int64_t at = NOON - 2 * DAY; at <= NOON + 2 * DAY; at += DAY / 2)
        assert_int_equal(x509_judge(&leaf, &kept, at), judge(&c, SPAN_OF(crl), at));
    assert_true(x509_issuer_is(&kept, SPAN_OF(c.intermediate), SPAN_OF(c.root), SPAN_OF(crl)));
    assert_false(x509_issuer_is(&kept, SPAN_OF(c.intermediate), SPAN_OF(c.root), SPAN_OF(other)));
    assert_false(x509_issuer_is(&kept, SPAN_OF(c.intermediate), SPAN_OF(c.root), EMPTY));
    assert_false(x509_issuer_is(&kept, SPAN_OF(c.leaf), SPAN_OF(c.root), SPAN_OF(crl)));
}

static void a_root_with_no_room_below_it_issues_no_intermediate(void **state)
{
    (void)state;
    order root = root_order(), middle = intermediate_order();
    chain c = mint_chain();
    root.constraints = "critical,CA:TRUE,pathlen:0";
    c.root = mint(root);
    assert_int_equal(judge(&c, EMPTY, NOON), X509_CHAIN_NOT_ISSUED);
    root.constraints = "critical,CA:TRUE,pathlen:1";
    c.root = mint(root);
    assert_int_equal(judge(&c, EMPTY, NOON), X509_CHAIN_OK);
    middle.constraints = "critical,CA:TRUE"; /* not limited */
    c.intermediate = mint(middle);
    assert_int_equal(judge(&c, EMPTY, NOON), X509_CHAIN_OK);
}

/* ---- one certificate ---- */

static void other_signature_kinds_chain_but_are_told_apart(void **state)
{
    (void)state;
    const struct {
        signing how;
        bool pss_sha384;
    } cases[] = {{{0}, true},           {{.pkcs1 = true}, false},        {{.hash = EVP_sha256()}, false},
                 {{.salt = 32}, false}, {{.mask = EVP_sha256()}, false}, {{.hash = EVP_sha512()}, false}};
    chain c = mint_chain();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        order o = leaf_order();
        x509_view view;
        o.how = cases[i].how;
        c.leaf = mint(o);
        assert_int_equal(judge(&c, EMPTY, NOON), X509_CHAIN_OK);
        assert_true(x509_view_read(SPAN_OF(c.leaf), &view));
        assert_int_equal(x509_is_pss_sha384(&view), cases[i].pss_sha384);
    }
}

static void a_certificate_says_names_dates_and_key(void **state)
{
    (void)state;
    const bytes leaf = mint(leaf_order()), middle = mint(intermediate_order());
    x509_view view;
    assert_true(x509_view_read(SPAN_OF(leaf), &view));
    char issuer[X509_NAME_MAX + 1];
    x509_common_name(view.issuer, issuer);
    assert_string_equal(view.common_name, "Leaf");
    assert_string_equal(issuer, "Middle");
    assert_true(view.not_before == NOON - DAY && view.not_after == NOON + DAY);
    assert_true(pubkey_kind_of(view.key_info) == PUBKEY_P384 && view.der.p == leaf.p && view.der.n == leaf.n);
    assert_true(x509_view_read(SPAN_OF(middle), &view));
    assert_true(pubkey_kind_of(view.key_info) == PUBKEY_RSA);
}

static void a_common_name_twice_or_with_a_control_byte_is_none(void **state)
{
    (void)state;
    order o = leaf_order();
    x509_view view;
    o.second_name = "Leaf";
    const bytes twice = mint(o);
    assert_true(x509_view_read(SPAN_OF(twice), &view));
    assert_string_equal(view.common_name, "");
    o.second_name = NULL, o.subject = "Le\naf";
    const bytes control = mint(o);
    assert_true(x509_view_read(SPAN_OF(control), &view));
    assert_string_equal(view.common_name, "");
}

static void nothing_but_one_whole_certificate_is_read(void **state)
{
    (void)state;
    bytes b = mint(leaf_order());
    x509_view view;
    for (size_t n = 0; n < b.n; n++)
        assert_false(x509_view_read(span_of(b.p, n), &view));
    assert_true(x509_view_read(SPAN_OF(b), &view));
    assert_false(x509_view_read(span_of(b.p, b.n + 1), &view));
    assert_false(x509_view_read(span_of(b.p, X509_MAX + 1), &view));
    assert_true(view.der.n == 0 && view.common_name[0] == 0);
    memmove(b.p + 3, b.p + 2, b.n - 2); /* a length in three bytes where two do: not DER */
    b.p[1] = 0x83, b.p[2] = 0;
    assert_false(x509_view_read(span_of(b.p, b.n + 1), &view));
}

static void an_extension_is_lent_from_the_certificate_and_counted(void **state)
{
    (void)state;
    order o = leaf_order();
    span value;
    o.oid[0] = "1.3.6.1.4.1.3704.1.1";
    const bytes one = mint(o);
    o.oid[1] = o.oid[0];
    const bytes two = mint(o);
    x509_view view;
    assert_true(x509_view_read(SPAN_OF(one), &view));
    assert_false(x509_view_extension(&view, "1.3.6.1.4.1.3704.1.2", &value));
    assert_int_equal(value.n, 0);
    assert_int_equal(x509_view_count(&view, "1.3.6.1.4.1.3704.1.2"), 0);
    assert_true(x509_view_extension(&view, o.oid[0], &value));
    assert_true(value.n == 2 && value.p > one.p && value.p + 2 <= one.p + one.n && value.p[0] == 5 && value.p[1] == 0);
    assert_int_equal(x509_view_count(&view, o.oid[0]), 1);
    assert_false(x509_view_read(SPAN_OF(two), &view));
    assert_true(x509_view_read_repeated(SPAN_OF(two), &view));
    assert_int_equal(x509_view_count(&view, o.oid[0]), 2);
}

/* ---- signatures ---- */

static const char rfc_6979_scalar[] = "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5";

static void ecdsa_gives_the_answers_of_rfc_6979(void **state)
{
    (void)state;
    const bytes d = hex(rfc_6979_scalar);
    const bytes q = hex("04ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea9055866064a254515480bc13"
                        "8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1288b231c3ae0d4fe7344fd2533264720");
    const bytes r = hex("94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46");
    const bytes s = hex("99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8");
    uint8_t point[97], gr[48], gs[48];
    ecdsa_p384_public(d.p, point);
    assert_memory_equal(point, q.p, 97);
    ecdsa_p384_sign(d.p, EMPTY, span_text("sample"), gr, gs);
    assert_memory_equal(gr, r.p, 48);
    assert_memory_equal(gs, s.p, 48);
}

static void a_seed_gives_one_signature_and_another_seed_another(void **state)
{
    (void)state;
    const bytes d = hex(rfc_6979_scalar), cert = mint(leaf_order());
    uint8_t r[2][48], s[2][48], again[48], zero[48] = {0};
    x509_view leaf;
    assert_true(x509_view_read(SPAN_OF(cert), &leaf));
    const bytes order_n = hex("ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973");
    ecdsa_p384_sign(d.p, span_text("a"), span_text("text"), r[0], s[0]);
    ecdsa_p384_sign(d.p, span_text("b"), span_text("text"), r[1], s[1]);
    assert_memory_not_equal(r[0], r[1], 48);
    for (int i = 0; i < 2; i++)
        assert_true(x509_ecdsa_p384_verify(&leaf, span_text("text"), r[i], s[i]));
    ecdsa_p384_sign(d.p, span_text("a"), span_text("text"), again, s[1]);
    assert_memory_equal(again, r[0], 48);
    assert_false(x509_ecdsa_p384_verify(&leaf, span_text("test"), r[0], s[0]));
    assert_false(x509_ecdsa_p384_verify(&leaf, span_text("text"), s[0], r[0]));
    assert_false(x509_ecdsa_p384_verify(&leaf, span_text("text"), zero, s[0]));
    assert_false(x509_ecdsa_p384_verify(&leaf, span_text("text"), r[0], zero));
    assert_false(x509_ecdsa_p384_verify(&leaf, span_text("text"), order_n.p, s[0]));
    assert_false(x509_ecdsa_p384_verify(&leaf, span_text("text"), r[0], order_n.p));
    const bytes rsa = mint(intermediate_order());
    x509_view other;
    assert_true(x509_view_read(SPAN_OF(rsa), &other));
    assert_false(x509_ecdsa_p384_verify(&other, span_text("text"), r[0], s[0]));
}

static bool openssl_takes_pss(span signature, span message)
{
    EVP_PKEY_CTX *rsa = NULL;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestVerifyInit(ctx, &rsa, EVP_sha384(), NULL, keys.root), 1);
    EVP_PKEY_CTX_set_rsa_padding(rsa, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(rsa, 48);
    const bool takes = EVP_DigestVerify(ctx, signature.p, signature.n, message.p, message.n) == 1;
    EVP_MD_CTX_free(ctx);
    return takes;
}

static void pss_signatures_hold_and_are_the_same_in_every_build(void **state)
{
    (void)state;
    const bytes key = hex(root_key_digits);
    uint8_t a[512], b[512], digest[32];
    assert_int_equal(rsa_pss_sign(SPAN_OF(key), span_text("seed"), span_text("text"), a, sizeof a), 256);
    assert_true(openssl_takes_pss(span_of(a, 256), span_text("text")));
    assert_false(openssl_takes_pss(span_of(a, 256), span_text("test")));
    prim_digest(&prim_sodium, PRIM_SHA256, span_of(a, 256), digest);
    const bytes pinned = hex("72f055a26ec39463560466406fd0cf437e75d8d62b35eedc159649c122050d3f");
    assert_memory_equal(digest, pinned.p, 32);
    assert_int_equal(rsa_pss_sign(SPAN_OF(key), span_text("seal"), span_text("text"), b, sizeof b), 256);
    assert_true(openssl_takes_pss(span_of(b, 256), span_text("text")));
    assert_memory_not_equal(a, b, 256);
    assert_int_equal(rsa_pss_sign(SPAN_OF(key), EMPTY, EMPTY, b, 255), 0);
    assert_int_equal(rsa_pss_sign(span_of(key.p, key.n - 1), EMPTY, EMPTY, b, sizeof b), 0);
    assert_int_equal(rsa_pss_sign(span_of(key.p, key.n + 1), EMPTY, EMPTY, b, sizeof b), 0);
    assert_int_equal(rsa_pss_sign(EMPTY, EMPTY, EMPTY, b, sizeof b), 0);
}

static void the_public_half_of_an_rsa_key_is_its_key_info(void **state)
{
    (void)state;
    const bytes key = hex(root_key_digits);
    uint8_t out[512];
    unsigned char *want = NULL;
    const int n = i2d_PUBKEY(keys.root, &want);
    assert_int_equal(rsa_public(SPAN_OF(key), out, sizeof out), n);
    assert_memory_equal(out, want, (size_t)n);
    OPENSSL_free(want);
    assert_int_equal(rsa_public(SPAN_OF(key), out, 20), 0);
    assert_int_equal(rsa_public(EMPTY, out, sizeof out), 0);
}

/* ---- */

static EVP_PKEY *p384_key(void)
{
    uint8_t info[120];
    const bytes d = hex(rfc_6979_scalar), head = hex("3076301006072a8648ce3d020106052b8104002203620000");
    const unsigned char *at = info;
    memcpy(info, head.p, 23);
    ecdsa_p384_public(d.p, info + 23);
    return d2i_PUBKEY(NULL, &at, 23 + 97);
}

static int start(void **state)
{
    (void)state;
    prim_start();
    const bytes key = hex(root_key_digits);
    const unsigned char *at = key.p;
    keys.root = d2i_AutoPrivateKey(NULL, &at, (long)key.n);
    keys.other = EVP_RSA_gen(2048);
    keys.intermediate = EVP_RSA_gen(2048);
    keys.leaf = p384_key();
    return keys.root && keys.other && keys.intermediate && keys.leaf ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    EVP_PKEY_free(keys.root);
    EVP_PKEY_free(keys.other);
    EVP_PKEY_free(keys.intermediate);
    EVP_PKEY_free(keys.leaf);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chain_holds_up_to_both_ends_of_each_validity),
        cmocka_unit_test(names_do_not_make_an_issuer),
        cmocka_unit_test(the_root_must_have_signed_itself),
        cmocka_unit_test(an_issuer_needs_its_constraints_and_obeys_its_key_usage),
        cmocka_unit_test(an_issuer_without_a_key_usage_is_not_limited),
        cmocka_unit_test(the_three_are_exactly_three),
        cmocka_unit_test(a_revoked_intermediate_is_found_and_only_by_a_list_that_holds),
        cmocka_unit_test(an_issuer_that_is_kept_judges_as_one_that_is_read_anew),
        cmocka_unit_test(a_root_with_no_room_below_it_issues_no_intermediate),
        cmocka_unit_test(other_signature_kinds_chain_but_are_told_apart),
        cmocka_unit_test(a_certificate_says_names_dates_and_key),
        cmocka_unit_test(a_common_name_twice_or_with_a_control_byte_is_none),
        cmocka_unit_test(nothing_but_one_whole_certificate_is_read),
        cmocka_unit_test(an_extension_is_lent_from_the_certificate_and_counted),
        cmocka_unit_test(ecdsa_gives_the_answers_of_rfc_6979),
        cmocka_unit_test(a_seed_gives_one_signature_and_another_seed_another),
        cmocka_unit_test(pss_signatures_hold_and_are_the_same_in_every_build),
        cmocka_unit_test(the_public_half_of_an_rsa_key_is_its_key_info),
    };
    return cmocka_run_group_tests(tests, start, end);
}
