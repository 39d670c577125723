#include "translog.h"
#include "base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const prim *const tables[] = {&prim_sodium, &prim_openssl};
#define EACH_TABLE(p) for (const prim *p, *const *each_ = tables; each_ < tables + 2 && (p = *each_); each_++)

static void rejects(verdict v, uint16_t wanted)
{
    if (v.req != wanted)
        fail_msg("wanted %s, got %s", requirement_rows[wanted].id, requirement_rows[v.req].id);
}

/* ---- a tree by its definition, for proofs of all small sizes ---- */

enum { LEAVES = 64 };
typedef struct hash {
    uint8_t b[TL_HASH];
} hash;

static hash leaves[LEAVES];

static void plant(void)
{
    for (uint8_t i = 0; i < LEAVES; i++)
        tl_leaf_hash(&prim_sodium, span_of(&i, 1), leaves[i].b);
}

static size_t half(size_t n)
{
    size_t k = 1;
    while (2 * k < n)
        k *= 2;
    return k;
}

static hash root_of(const hash *leaf, size_t n)
{
    hash out;
    if (n == 0)
        prim_digest(&prim_sodium, PRIM_SHA256, EMPTY, out.b);
    if (n <= 1)
        return n ? leaf[0] : out;
    const hash left = root_of(leaf, half(n)), right = root_of(leaf + half(n), n - half(n));
    tl_node_hash(&prim_sodium, left.b, right.b, out.b);
    return out;
}

/* RFC 6962 2.1.1 */
static void path_of(const hash *leaf, size_t index, size_t n, writer *out)
{
    if (n <= 1)
        return;
    const size_t k = half(n);
    const hash other = index < k ? root_of(leaf + k, n - k) : root_of(leaf, k);
    if (index < k)
        path_of(leaf, index, k, out);
    else
        path_of(leaf + k, index - k, n - k, out);
    write_span(out, SPAN(other.b));
}

/* RFC 6962 2.1.2: SUBPROOF(m, D[n], complete) */
static void subproof(const hash *leaf, size_t m, size_t n, bool complete, writer *out)
{
    const hash all = root_of(leaf, n);
    if (m == n) {
        if (!complete)
            write_span(out, SPAN(all.b));
        return;
    }
    const size_t k = half(n);
    const hash other = m <= k ? root_of(leaf + k, n - k) : root_of(leaf, k);
    if (m <= k)
        subproof(leaf, m, k, complete, out);
    else
        subproof(leaf + k, m - k, n - k, false, out);
    write_span(out, SPAN(other.b));
}

static tl_head head_of(size_t n)
{
    tl_head head = {.size = n};
    memcpy(head.root, root_of(leaves, n).b, TL_HASH);
    return head;
}

static void tl_002_roots_are_the_published_ones(void **state)
{
    (void)state;
    static const char *const entry[] = {"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
    static const char *const published[] = {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
    hash leaf[8];
    EACH_TABLE (lib) {
        for (size_t i = 0; i < 8; i++) {
            uint8_t bytes[16], digits[64];
            writer w = WRITER(bytes), hex = WRITER(digits);
            assert_true(read_hex(span_text(entry[i]), &w));
            tl_leaf_hash(lib, written(&w), leaf[i].b);
            const hash root = root_of(leaf, i + 1);
            write_hex(&hex, SPAN(root.b));
            assert_memory_equal(digits, published[i], 64);
        }
    }
}

static void tl_005_every_leaf_of_every_small_tree_is_included(void **state)
{
    (void)state;
    uint8_t room[TL_HASH * 16];
    for (size_t n = 1; n <= LEAVES; n++) {
        const hash root = root_of(leaves, n);
        for (size_t i = 0; i < n; i++) {
            writer w = WRITER(room);
            path_of(leaves, i, n, &w);
            rejects(tl_check_inclusion(&prim_sodium, leaves[i].b, i, n, written(&w), root.b), 0);
            rejects(tl_check_inclusion(&prim_sodium, leaves[(i + 1) % LEAVES].b, i, n, written(&w), root.b), REQ_TL_005);
            if (i + 1 < n)
                assert_false(accepted(tl_check_inclusion(&prim_sodium, leaves[i].b, i + 1, n, written(&w), root.b)));
            write_span(&w, SPAN(root.b));
            rejects(tl_check_inclusion(&prim_sodium, leaves[i].b, i, n, written(&w), root.b), REQ_TL_004);
            rejects(tl_check_inclusion(&prim_sodium, leaves[i].b, n, n, written(&w), root.b), REQ_TL_003);
        }
    }
}

static void tl_004_a_cut_proof_is_rejected_at_every_byte(void **state)
{
    (void)state;
    uint8_t room[TL_HASH * 16];
    writer w = WRITER(room);
    const hash root = root_of(leaves, 13);
    path_of(leaves, 6, 13, &w);
    for (size_t n = 0; n < w.n; n++)
        rejects(tl_check_inclusion(&prim_sodium, leaves[6].b, 6, 13, span_first(written(&w), n), root.b), REQ_TL_004);
}

static void tl_005_every_bit_of_a_proof_counts(void **state)
{
    (void)state;
    uint8_t room[TL_HASH * 16];
    writer w = WRITER(room);
    const hash root = root_of(leaves, 13);
    path_of(leaves, 6, 13, &w);
    for (size_t bit = 0; bit < 8 * w.n; bit++) {
        room[bit / 8] ^= (uint8_t)(1u << bit % 8);
        rejects(tl_check_inclusion(&prim_sodium, leaves[6].b, 6, 13, written(&w), root.b), REQ_TL_005);
        room[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void tl_003_the_largest_sizes_end(void **state)
{
    (void)state;
    uint8_t room[TL_HASH * TL_INCLUSION_MAX] = {0};
    const hash root = root_of(leaves, 1);
    rejects(tl_check_inclusion(&prim_sodium, leaves[0].b, 0, INT64_MAX, SPAN(room), root.b), REQ_TL_005);
    rejects(tl_check_inclusion(&prim_sodium, leaves[0].b, INT64_MAX, INT64_MAX, SPAN(room), root.b), REQ_TL_003);
    rejects(tl_check_inclusion(&prim_sodium, leaves[0].b, 0, 0, EMPTY, root.b), REQ_TL_003);
}

static void tl_009_every_pair_of_small_trees_is_consistent(void **state)
{
    (void)state;
    uint8_t room[TL_HASH * 16];
    for (size_t n = 0; n <= LEAVES; n++)
        for (size_t m = 0; m <= n; m++) {
            const tl_head earlier = head_of(m), later = head_of(n);
            writer w = WRITER(room);
            if (m)
                subproof(leaves, m, n, true, &w);
            rejects(tl_check_consistency(&prim_sodium, &earlier, &later, written(&w)), 0);
            if (m < n)
                rejects(tl_check_consistency(&prim_sodium, &later, &earlier, written(&w)), REQ_TL_006);
            if (w.n)
                assert_false(accepted(tl_check_consistency(&prim_sodium, &earlier, &later, span_first(written(&w), w.n - TL_HASH))));
            write_span(&w, SPAN(later.root));
            rejects(tl_check_consistency(&prim_sodium, &earlier, &later, written(&w)), REQ_TL_007);
        }
}

static void tl_008_a_rewritten_history_is_rejected(void **state)
{
    (void)state;
    uint8_t room[TL_HASH * 16];
    writer w = WRITER(room);
    tl_head earlier = head_of(6);
    const tl_head later = head_of(11);
    subproof(leaves, 6, 11, true, &w);
    rejects(tl_check_consistency(&prim_sodium, &earlier, &later, written(&w)), 0);
    earlier.root[31] ^= 1;
    rejects(tl_check_consistency(&prim_sodium, &earlier, &later, written(&w)), REQ_TL_008);
    earlier.root[31] ^= 1;
    tl_head other = later;
    other.root[0] ^= 1;
    rejects(tl_check_consistency(&prim_sodium, &earlier, &other, written(&w)), REQ_TL_009);
}

/* ---- notes ---- */

/* The example of the C2SP document. */
#define EXAMPLE_KEY  "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define EXAMPLE_TEXT "This is an example message.\n"
#define EXAMPLE_LINE \
    "\xe2\x80\x94 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
#define OTHER_LINE "\xe2\x80\x94 example.com/bar AAAAAAA=\n"

static uint8_t room_bytes[TL_ROOM];

static verdict note_of(const char *text, tl_note *out)
{
    writer room = WRITER(room_bytes);
    return tl_read_note(span_text(text), &room, out);
}

static verdict checked(const char *text, const tl_key *key, bool *found)
{
    static tl_note note;
    static uint8_t scratch[TL_ROOM];
    uint64_t time;
    TRY(note_of(text, &note));
    return tl_check_lines(&prim_sodium, &note, key, WRITER(scratch), found, &time);
}

static void tl_018_the_published_note_verifies(void **state)
{
    (void)state;
    tl_key key;
    bool found = false;
    EACH_TABLE (lib)
        rejects(tl_read_key(lib, span_text(EXAMPLE_KEY), &key), 0);
    rejects(checked(EXAMPLE_TEXT "\n" EXAMPLE_LINE, &key, &found), 0);
    assert_true(found);
    rejects(checked("This is an Example message.\n\n" EXAMPLE_LINE, &key, &found), REQ_TL_018);
    rejects(checked(EXAMPLE_TEXT "\n" OTHER_LINE, &key, &found), 0);
    assert_false(found);
    rejects(checked(EXAMPLE_TEXT "\n" OTHER_LINE EXAMPLE_LINE, &key, &found), 0);
    assert_true(found);
    rejects(checked(EXAMPLE_TEXT "\n" EXAMPLE_LINE "\xe2\x80\x94 example.com/foo Uw2QOgA=\n", &key, &found), REQ_TL_018);
    uint8_t text[128];
    writer w = WRITER(text);
    tl_write_key(&prim_sodium, key.name, key.type, key.key, &w);
    assert_true(span_is(written(&w), EXAMPLE_KEY));
}

static void tl_011_the_form_of_a_note_is_judged(void **state)
{
    (void)state;
    static const struct {
        const char *note;
        uint16_t req;
    } rows[] = {
        {EXAMPLE_TEXT "\n" EXAMPLE_LINE, 0},
        {"a\n\nb\n\n" EXAMPLE_LINE, 0}, /* an empty line inside the text */
        {"", REQ_TL_011},
        {EXAMPLE_TEXT, REQ_TL_011},
        {EXAMPLE_TEXT "\n", REQ_TL_011},
        {EXAMPLE_TEXT EXAMPLE_LINE, REQ_TL_011},
        {"a\n\n\xe2\x80\x94 b AAAAAAA=", REQ_TL_011}, /* the last LF is missing */
        {"a\tb\n\n" EXAMPLE_LINE, REQ_TL_012},
        {"a\r\n\n" EXAMPLE_LINE, REQ_TL_012},
        {"a\xff\n\n" EXAMPLE_LINE, REQ_TL_012},
        {"a\n\n- b AAAAAAA=\n", REQ_TL_013},
        {"a\n\n\xe2\x80\x94  AAAAAAA=\n", REQ_TL_013},
        {"a\n\n\xe2\x80\x94 b AAAAAA==\n", REQ_TL_013}, /* four bytes: a key id alone */
        {"a\n\n\xe2\x80\x94 b AAAAAAA\n", REQ_TL_013},
        {"a\n\n\xe2\x80\x94 b+c AAAAAAA=\n", REQ_TL_013},
        {"a\n\n\xe2\x80\x94 b\xc2\xa0"
         "c AAAAAAA=\n",
         REQ_TL_013},
        {"a\n\n\xe2\x80\x94 b AAAAAAA= \n", REQ_TL_013},
    };
    static tl_note note;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const verdict v = note_of(rows[i].note, &note);
        if (v.req != rows[i].req)
            fail_msg("row %zu: wanted %s, got %s", i, requirement_rows[rows[i].req].id, requirement_rows[v.req].id);
    }
}

static void tl_014_64_lines_are_taken_and_65_are_not(void **state)
{
    (void)state;
    static char text[8192];
    static tl_note note;
    strcpy(text, "a\n\n");
    for (int i = 0; i < TL_LINES_MAX; i++)
        strcat(text, OTHER_LINE);
    rejects(note_of(text, &note), 0);
    assert_int_equal(note.n_lines, TL_LINES_MAX);
    strcat(text, OTHER_LINE);
    rejects(note_of(text, &note), REQ_TL_014);
}

static void tl_010_65536_bytes_are_taken_and_one_more_is_not(void **state)
{
    (void)state;
    static uint8_t text[TL_NOTE_MAX + 1], room[TL_ROOM];
    static tl_note note;
    const size_t n_line = strlen("\n" OTHER_LINE);
    for (size_t more = 0; more < 2; more++) {
        const size_t n = TL_NOTE_MAX + more;
        memset(text, 'a', n);
        text[n - n_line - 1] = '\n';
        memcpy(text + n - n_line, "\n" OTHER_LINE, n_line);
        writer w = WRITER(room);
        rejects(tl_read_note(span_of(text, n), &w, &note), more ? REQ_TL_010 : 0);
    }
}

static void tl_016_the_form_of_a_verifier_key_is_judged(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        uint16_t req;
    } rows[] = {
        {EXAMPLE_KEY, 0},
        {"example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", REQ_TL_017},
        {"example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", REQ_TL_017},
        {"+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", REQ_TL_016},
        {"example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", REQ_TL_016},
        {"example.com/foo+530d903a0+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", REQ_TL_016},
        {"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3Q==", REQ_TL_016},
        {"example.com/foo+530d903a+BukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", REQ_TL_016}, /* type 6 */
        {"example.com/foo", REQ_TL_016},
        {"", REQ_TL_016},
    };
    tl_key key;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        rejects(tl_read_key(&prim_sodium, span_text(rows[i].key), &key), rows[i].req);
}

/* ---- checkpoints, witnesses, memory ---- */

static const uint8_t log_seed[32] = {1}, witness_seed[3][32] = {{2}, {3}, {4}};

static void write_vkey(const char *name, tl_key_type type, const uint8_t seed[32], writer *out)
{
    uint8_t key[32];
    prim_sodium.ed25519_public(seed, key);
    tl_write_key(&prim_sodium, span_text(name), type, key, out);
}

static void write_signature_line(const char *name, tl_key_type type, const uint8_t seed[32], span message, uint64_t time, writer *out)
{
    uint8_t key[32], id[TL_KEY_ID], bytes[TL_KEY_ID + 8 + 64];
    writer w = WRITER(bytes);
    prim_sodium.ed25519_public(seed, key);
    tl_key_id(&prim_sodium, span_text(name), type, key, id);
    write_span(&w, SPAN(id));
    if (type == TL_COSIGNATURE)
        write_be(&w, time, 8);
    prim_sodium.ed25519_sign(seed, message, write_room(&w, 64));
    write_text(out, "\xe2\x80\x94 ");
    write_text(out, name);
    write_text(out, " ");
    base64_write(out, written(&w));
    write_text(out, "\n");
}

static const char *const witness_name[] = {"w1", "w2", "w3"};

/* The log's checkpoint over this text, cosigned by the witnesses whose bits are set at these times. */
static span signed_note(const char *text, unsigned witnesses, const uint64_t time[3])
{
    static uint8_t bytes[8192], cosigned[8192];
    writer w = WRITER(bytes);
    write_text(&w, text);
    write_text(&w, "\n");
    write_signature_line("log.example", TL_ED25519, log_seed, span_text(text), 0, &w);
    for (size_t i = 0; i < 3; i++) {
        writer m = WRITER(cosigned);
        tl_write_cosigned(span_text(text), time[i], &m);
        if (witnesses & 1u << i)
            write_signature_line(witness_name[i], TL_COSIGNATURE, witness_seed[i], written(&m), time[i], &w);
    }
    return written(&w);
}

static const char *checkpoint_text(size_t n)
{
    static char text[256];
    uint8_t digits[64];
    writer w = WRITER(digits);
    const hash root = root_of(leaves, n);
    base64_write(&w, SPAN(root.b));
    snprintf(text, sizeof text, "log.example\n%zu\n%.*s\n", n, (int)w.n, (const char *)digits);
    return text;
}

static tl_policy policy;
enum { NOW = 1790000000, AGE = 86400, SKEW = 300 };

static void policy_of(const char *statements)
{
    static uint8_t text[4096]; /* the policy borrows its names from it */
    writer w = WRITER(text);
    write_text(&w, "# a policy\n\nlog ");
    write_vkey("log.example", TL_ED25519, log_seed, &w);
    for (size_t i = 0; i < 3; i++) {
        write_text(&w, "\nwitness ");
        write_text(&w, witness_name[i]);
        write_text(&w, " ");
        write_vkey(witness_name[i], TL_COSIGNATURE, witness_seed[i], &w);
    }
    write_text(&w, "\n");
    write_text(&w, statements);
    rejects(tl_read_policy(&prim_sodium, written(&w), &policy), 0);
}

static verdict client_takes(tl_memory *m, span note, span proof)
{
    tl_checkpoint c;
    const tl_world w = {&prim_sodium, &policy, NOW, AGE, SKEW, WRITER(room_bytes)};
    return tl_client_takes_checkpoint(m, &w, note, proof, &c);
}

static const uint64_t fresh[3] = {NOW, NOW - 10, NOW - AGE};

static void tl_031_every_subset_of_three_witnesses(void **state)
{
    (void)state;
    static const struct {
        const char *statements;
        uint8_t subsets; /* bit s: the subset s of the witnesses is a quorum */
    } rows[] = {
        {"quorum none\n", 0xff},
        {"quorum w2\n", 0xcc},
        {"group all all w1 w2 w3\nquorum all\n", 0x80},
        {"group one any w1 w2 w3\nquorum one\n", 0xfe},
        {"group two 2 w1 w2 w3\nquorum two\n", 0xe8},
        {"group g 1 w1 w2\ngroup h all g w3\nquorum h\n", 0xe0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        policy_of(rows[i].statements);
        for (unsigned subset = 0; subset < 8; subset++) {
            tl_memory m = {0};
            rejects(client_takes(&m, signed_note(checkpoint_text(7), subset, fresh), EMPTY),
                    rows[i].subsets >> subset & 1 ? 0 : REQ_TL_031);
            assert_int_equal(m.has, rows[i].subsets >> subset & 1);
        }
    }
}

static void tl_032_a_cosignature_is_recent_within_both_bounds(void **state)
{
    (void)state;
    static const struct {
        uint64_t time;
        uint16_t req;
    } rows[] = {{NOW + SKEW, 0}, {NOW + SKEW + 1, REQ_TL_031}, {NOW - AGE, 0}, {NOW - AGE - 1, REQ_TL_031},
                {0, REQ_TL_031}, {UINT64_MAX, REQ_TL_031}};
    policy_of("quorum w1\n");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        tl_memory m = {0};
        const uint64_t time[3] = {rows[i].time};
        rejects(client_takes(&m, signed_note(checkpoint_text(7), 1, time), EMPTY), rows[i].req);
    }
}

static void tl_022_the_checkpoint_is_judged(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint16_t req;
    } rows[] = {
        {"log.example\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", 0},
        {"log.example\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nmore\n", 0},
        {"log.example\n9223372036854775807\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", 0},
        {"log.example\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", 0},
        {"log.example\n1\n", REQ_TL_020},
        {"log.example\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\nmore\n", REQ_TL_020},
        {"log.example2\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", REQ_TL_021},
        {"log.exampl\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", REQ_TL_021},
        {"log.example\n01\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", REQ_TL_022},
        {"log.example\n+1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", REQ_TL_022},
        {"log.example\n-1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", REQ_TL_022},
        {"log.example\n9223372036854775808\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", REQ_TL_022},
        {"log.example\n18446744073709551617\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", REQ_TL_022},
        {"log.example\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\n", REQ_TL_023},
        {"log.example\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", REQ_TL_023},
        {"log.example\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", REQ_TL_023},
        {"log.example\n0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", REQ_TL_024},
    };
    tl_checkpoint c;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        EACH_TABLE (lib)
            rejects(tl_read_checkpoint(lib, span_text(rows[i].text), span_text("log.example"), &c), rows[i].req);
}

static void tl_019_a_note_without_the_logs_line_is_rejected(void **state)
{
    (void)state;
    uint8_t bytes[1024];
    writer w = WRITER(bytes);
    tl_memory m = {0};
    policy_of("quorum none\n");
    write_text(&w, checkpoint_text(3));
    write_text(&w, "\n" OTHER_LINE);
    rejects(client_takes(&m, written(&w), EMPTY), REQ_TL_019);
}

static void tl_034_what_is_remembered_has_to_be_extended(void **state)
{
    (void)state;
    uint8_t room[TL_HASH * 16];
    writer proof = WRITER(room);
    tl_memory m = {0};
    policy_of("quorum none\n");
    rejects(client_takes(&m, signed_note(checkpoint_text(6), 0, fresh), EMPTY), 0);
    rejects(client_takes(&m, signed_note(checkpoint_text(6), 0, fresh), EMPTY), 0);
    rejects(client_takes(&m, signed_note(checkpoint_text(5), 0, fresh), EMPTY), REQ_TL_034);
    rejects(client_takes(&m, signed_note(checkpoint_text(11), 0, fresh), EMPTY), REQ_TL_007);
    rejects(client_takes(&m, signed_note("log.example\n6\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", 0, fresh), EMPTY), REQ_TL_035);
    assert_int_equal(m.head.size, 6);
    subproof(leaves, 6, 11, true, &proof);
    rejects(client_takes(&m, signed_note(checkpoint_text(11), 0, fresh), written(&proof)), 0);
    assert_int_equal(m.head.size, 11);
}

static void tl_026_a_policy_says_each_thing_once(void **state)
{
    (void)state;
    static const struct {
        const char *statements;
        uint16_t req;
    } rows[] = {
        {"", REQ_TL_029},
        {"quorum none\nquorum none\n", REQ_TL_026},
        {"witness\n", REQ_TL_026},
        {"witnes a b\n", REQ_TL_026},
        {"group g any\nquorum g\n", REQ_TL_026},
        {"group g any w4\nquorum g\n", REQ_TL_026},
        {"group g any g\nquorum g\n", REQ_TL_026},
        {"group g any w1 w1\nquorum g\n", REQ_TL_026},
        {"group g any w1\ngroup h any w1\nquorum h\n", REQ_TL_026},
        {"group w1 any w2\nquorum w1\n", REQ_TL_026},
        {"group none any w2\nquorum none\n", REQ_TL_026},
        {"group g some w1\nquorum g\n", REQ_TL_026},
        {"group g 01 w1\nquorum g\n", REQ_TL_026},
        {"group g 0 w1\nquorum g\n", REQ_TL_028},
        {"group g 3 w1 w2\nquorum g\n", REQ_TL_028},
        {"quorum w4\n", REQ_TL_026},
        {"group g\tany  w1\tw2 \nquorum\tg\n", 0},
        {"group g any w1 # no comment here\nquorum g\n", REQ_TL_026},
    };
    static tl_policy p;
    uint8_t text[4096];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        writer w = WRITER(text);
        write_text(&w, "log ");
        write_vkey("log.example", TL_ED25519, log_seed, &w);
        for (size_t k = 0; k < 3; k++) {
            write_text(&w, "\nwitness ");
            write_text(&w, witness_name[k]);
            write_text(&w, " ");
            write_vkey(witness_name[k], TL_COSIGNATURE, witness_seed[k], &w);
        }
        write_text(&w, "\n");
        write_text(&w, rows[i].statements);
        const verdict v = tl_read_policy(&prim_sodium, written(&w), &p);
        if (v.req != rows[i].req)
            fail_msg("row %zu: wanted %s, got %s", i, requirement_rows[rows[i].req].id, requirement_rows[v.req].id);
    }
}

static void tl_027_one_key_is_one_witness(void **state)
{
    (void)state;
    static tl_policy p;
    uint8_t text[1024];
    writer w = WRITER(text);
    write_text(&w, "witness a ");
    write_vkey("a", TL_COSIGNATURE, witness_seed[0], &w);
    write_text(&w, "\nwitness b ");
    write_vkey("b", TL_COSIGNATURE, witness_seed[0], &w);
    write_text(&w, "\n");
    rejects(tl_read_policy(&prim_sodium, written(&w), &p), REQ_TL_027);
}

static void tl_030_64_witnesses_are_taken_and_65_are_not(void **state)
{
    (void)state;
    static tl_policy p;
    static uint8_t text[16384];
    for (size_t n = TL_WITNESSES_MAX; n <= TL_WITNESSES_MAX + 1; n++) {
        writer w = WRITER(text);
        for (size_t i = 0; i < n; i++) {
            char name[8];
            const uint8_t seed[32] = {9, (uint8_t)i};
            snprintf(name, sizeof name, "w%zu", i);
            write_text(&w, "witness ");
            write_text(&w, name);
            write_text(&w, " ");
            write_vkey(name, TL_COSIGNATURE, seed, &w);
            write_text(&w, "\n");
        }
        write_text(&w, "log ");
        write_vkey("log.example", TL_ED25519, log_seed, &w);
        write_text(&w, "\ngroup all all");
        for (size_t i = 0; i < TL_WITNESSES_MAX; i++) {
            char name[8];
            snprintf(name, sizeof name, " w%zu", i);
            write_text(&w, name);
        }
        write_text(&w, "\nquorum all\n");
        rejects(tl_read_policy(&prim_sodium, written(&w), &p), n > TL_WITNESSES_MAX ? REQ_TL_030 : 0);
    }
}

int main(void)
{
    prim_start();
    plant();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tl_002_roots_are_the_published_ones),
        cmocka_unit_test(tl_005_every_leaf_of_every_small_tree_is_included),
        cmocka_unit_test(tl_004_a_cut_proof_is_rejected_at_every_byte),
        cmocka_unit_test(tl_005_every_bit_of_a_proof_counts),
        cmocka_unit_test(tl_003_the_largest_sizes_end),
        cmocka_unit_test(tl_009_every_pair_of_small_trees_is_consistent),
        cmocka_unit_test(tl_008_a_rewritten_history_is_rejected),
        cmocka_unit_test(tl_018_the_published_note_verifies),
        cmocka_unit_test(tl_011_the_form_of_a_note_is_judged),
        cmocka_unit_test(tl_014_64_lines_are_taken_and_65_are_not),
        cmocka_unit_test(tl_010_65536_bytes_are_taken_and_one_more_is_not),
        cmocka_unit_test(tl_016_the_form_of_a_verifier_key_is_judged),
        cmocka_unit_test(tl_031_every_subset_of_three_witnesses),
        cmocka_unit_test(tl_032_a_cosignature_is_recent_within_both_bounds),
        cmocka_unit_test(tl_022_the_checkpoint_is_judged),
        cmocka_unit_test(tl_019_a_note_without_the_logs_line_is_rejected),
        cmocka_unit_test(tl_034_what_is_remembered_has_to_be_extended),
        cmocka_unit_test(tl_026_a_policy_says_each_thing_once),
        cmocka_unit_test(tl_027_one_key_is_one_witness),
        cmocka_unit_test(tl_030_64_witnesses_are_taken_and_65_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
