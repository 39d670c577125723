#include "tee_id.h"
#include "tee_secret.h"
#include "x509.h"

#include <string.h>

void tee_id_make(tee_id *t, const tee_launch *l, span seed)
{
    uint8_t material[64];
    memset(t, 0, sizeof *t);
    tee_derive(seed, "owner ID key", EMPTY, material);
    memcpy(t->id.scalar, material, 48);
    tee_derive(seed, "owner author key", EMPTY, material);
    memcpy(t->author.scalar, material, 48);
    t->id.curve = t->author.curve = 2;
    t->id_algo = t->author_algo = t->version = 1;
    t->guest_svn = l->guest_svn;
    t->block_signer = &t->id, t->key_signer = &t->author;
    t->n_block = AT_ID_BLOCK;
    memcpy(t->measurement, l->measurement, sizeof t->measurement);
}

static void write_reversed(writer *w, const uint8_t *be)
{
    for (size_t i = 0; i < 48; i++)
        write_be(w, be[47 - i], 1);
    write_zeros(w, 24);
}

static void write_key(writer *w, const tee_id_key *k)
{
    uint8_t point[97];
    ecdsa_p384_public(k->scalar, point);
    write_le(w, k->curve, 4);
    write_reversed(w, point + 1);
    write_reversed(w, point + 49);
    write_zeros(w, 879);
    write_be(w, k->padding, 1);
}

static void digest_of(const tee_id_key *k, uint8_t out[AT_KEY_DIGEST])
{
    uint8_t room[AT_ID_KEY];
    writer w = WRITER(room);
    write_key(&w, k);
    prim_digest(&prim_sodium, PRIM_SHA384, written(&w), out);
}

void tee_id_digests(const tee_id *t, tee_launch *l)
{
    digest_of(&t->id, l->id_key_digest);
    digest_of(&t->author, l->author_key_digest);
    l->author_key = true;
}

static void write_signature(writer *w, const tee_id_key *signer, span message)
{
    uint8_t r[48], s[48];
    ecdsa_p384_sign(signer->scalar, EMPTY, message, r, s);
    write_reversed(w, r);
    write_reversed(w, s);
    write_zeros(w, 368);
}

void tee_id_sign(tee_id *t, const tee_launch *l)
{
    uint8_t room[AT_ID_KEY];
    writer key = WRITER(room), block = WRITER(t->block), auth = WRITER(t->auth);
    write_key(&key, &t->id);
    write_span(&block, SPAN(t->measurement));
    write_span(&block, SPAN(l->family_id));
    write_span(&block, SPAN(l->image_id));
    write_le(&block, t->version, 4);
    write_le(&block, t->guest_svn, 4);
    write_le(&block, l->policy, 8);
    write_le(&auth, t->id_algo, 4);
    write_le(&auth, t->author_algo, 4);
    write_zeros(&auth, 56);
    write_signature(&auth, t->block_signer, span_of(t->block, t->n_block));
    write_span(&auth, written(&key));
    write_zeros(&auth, 60);
    write_signature(&auth, t->key_signer, written(&key));
    write_key(&auth, &t->author);
    write_zeros(&auth, 892);
    must(writer_ok(&block) && writer_ok(&auth) && auth.n == AT_ID_AUTH);
}
