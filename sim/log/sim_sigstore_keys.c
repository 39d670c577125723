/* Keys and signatures of the Sigstore-shaped signer, in every algorithm of Sigstore's registry that chapter translog knows. */
#include "base64.h"
#include "certificate_parts.h"
#include "der.h"
#include "sim_sigstore_parts.h"
#include "x509.h"

#include <string.h>

/* Public test keys, PKCS#8 DER in base64. They protect nothing: everybody has them. */
static const char rsa_key[] =
    "MIIEvwIBADANBgkqhkiG9w0BAQEFAASCBKkwggSlAgEAAoIBAQDex5AWlyJ86L0PWOagn2aBR0UYximYHB0zFzx2vert87wil+TWmraV4KH31mRiUCdw7UWapNVa"
    "/kgfat3LnzOzEP+eDJhjiIztvtwketnsSxLcSEP3KIzItsFfoscuS5YAZm0yGC/qjefLbTeQRWbu8Qn/Khy9wnwbrliB0Mj/jtjsNgDWeFc4Pb8HaKEi2X9u1O8c"
    "QXa9gaVVZsLt8Z4nua5VsUZ99/1TddrT9gGXF0XRizG+DJMiKEXKDUJD2nle29A8MuvFP3AAM28Xxwp9I/dtoY/t47X1v/jjCN2MZB16cCxHwIHlxKASX7cZnSsx"
    "tjFqEfjBtcLHwHItwrvNAgMBAAECggEAbvypEjgVXHluxxiZPWhsXvesutzul/NZsLxgyR9wzT9ieTGHNks5r42L47cRp9Ea9S2gQZzhFkYclFpfSTR1Qz6yuoC3"
    "4s6Ct2cgsaPqscftC4WNJrMzAEPcLtMfvDa38lcVC6H1LTupQTWWOu/4ig3X1yGZ1AfyYLAJNBNaL8aCzr5ITZUWBvNzj2+YEbPkkQTqOkhWFFNNpMb6zCrChadG"
    "2hIjHG/s69XQ0qgAAbFMenyDKqZ9umgOyIpbDv74au4niMPmGGbK9IN4Yqd2UOGCfgOg6f8wmDS66qsEkoPZusCrIKOBgBBJDoUhfnrEPtgShbEJzDB/zklvefJL"
    "WQKBgQD1KCFXzqYdMPyywf+zQMXo6yJLKc1/BkjZncmZ/GWnzz0WyDz84VfY+Jo+6p5VimBAN4N2LcwqWYyYpYXtv+4PDNnqFergiWXSvKXK98wDQuV2btxFb0Bk"
    "qBqvhyXuZd41BWvDNKS64DolcMaX9Zl87p67ihKUUMTIrslLICpaqwKBgQDoog8d08N1Mbk+DYcasMo6WOg62y1h686By04Q4RGoN6K1rojOKawYqI3C1Eaa/Zp6"
    "8qNvzBQ/UJV1B5pi4neDuaBHOe9Lsq1hxhki7J/9XHZlxqFLdEWNroPwXw38W6IF4vDzX/1iufE3Gbt+zPrsvXejztBuK3RTMYdQbPjDZwKBgQCHSpE0CvfDLlCW"
    "OddpzfoqMvDm9/fO/OHhLmGeWBqlhAmbc/+sMpOvSmqdBA9C961sYvZqlpWQXYDokJgbf4rZxWbQ9y16oniN1svL+fodZqKJPF7U9rNbmSW47mVxbcg2DHrO7FNo"
    "Sevs05LVM5Vzy5/PsT/Vl8kxUrwFeIfHJwKBgQDeBe2PdhBRxYcaZibPnnMjhL7/jTefAUMyNSroiSYk+hRceZsvyC3rytKhY5+PRQMu3GyHwqqAUxSRgRQj1Chk"
    "m8EQuYZdJMa9TienYVbApIKLWCuQrAPF2Q0rWE0s0Petzo5QeQiINRa2k+SSfGfvklShDj13KBn5XIfchmRVeQKBgQDojf6514Y71sN6EPxki24IYeOka7/yJCkl"
    "g/4rY5tqpK10ZwalyKUsCYuXWI6Zsv69/vI+u3QH+lyGkDrlDiuvtJHo/qXslzlgQOXkA5GIk8s8IU7R0G8r7UyKwcoOJ1sWANVtrlok8Ct0NZsE+waDpSv1rL76"
    "judwVUGnh7UfPA==";
static const char rsa_other[] =
    "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQCOEPh8gR5n9Yj9HFW9Nbr2CbuyGf49w7erfMX+4EAdPWTSw7pVU7qj66de1UgG+wYJbdRYCpl4"
    "V/nmQTBWakZaZztAeR8pjwOnSjdFCsV37ZpxiovrBQbpP9saPXo48hciuQSj2ePPmi3YXxb93rLqRteGa/eldm+6409RagYWL7knsv5OO5ld/cyVxLaRn4LtY9DK"
    "lhHsE6Y8lmud/7BM2Y3U7vcp9L+mvT85yNs3qdfhuwdoNo2oeXe/JfZAQkE7IGNcpcdl7oP3ipUpCnUyzyDnviGKZDayrvQJpsKqnGXT14wFI+MUVUYjq5s44/RS"
    "efOLFNs70Ld24I4zqEkvAgMBAAECggEADGbM2kmHNvoHKFlF3suG851r5iNAv3GLYgv1WMeIsUS/vWpapMI3Y8HZjXy+2eUl5MLSq5DZTtkXNpNwPcrvM0sZsAoi"
    "v0T9w6fF5WAIVuzF861tg2mf7dKmNMczGS+A94YBMrB9o4zI/b9nSWgcZDkk7VYVezs4i672KJxBxcPpbf2K8ghPPS66d/yRwm3//iLK4GtgUD3TdbXrvAZW8lqU"
    "OHSyc4tiqpyGJ+gT5dPX4nq8lsxINFPAU5MGU9IhAkzcSM9crkmR12xN0ibseOt8z+kWp+5HHVOOvaadmc7Sv4vxFZ+pC9ugUHacYZHSxv4YCFCYUYU4gfyB3Ich"
    "aQKBgQDD/5K0ZJX1Cy4kSJYUT3RSCF8lNEkxRAzyiuPpEw2s4oacHFCOZywOEpJmp69IxSE9X9aw1jCld6LvrFmVHn9QN8vsgDt8TcPmpEFKPteWz0D4EXHMsEqr"
    "719DJHLu4cq5rJH0gOdb9Wfip1ZaCQ7XgDNutMLL1nHpFF/ggieG0wKBgQC5jruzCxtQwg4BldmrefrBYMElVdpKlzHlhMxxiooQ/M20mDmv2o1ZYbp+4Kp5FHD9"
    "Yn8G5WSuktY72p/npkhuPej/5HDZaCnkkEVBI7Xn7VWcW20bIH2M7bOnWtPVMonIgbhisHVTukKf73izmRG61TCXbw9nI/hgygC1KiRytQKBgF/6nn/CJgD6eZ0B"
    "AqVthzvIp7cTVKhQd7qqMxNm5jJ8N4jpALXLZjJ5+8FTai3LgwyICx1LtkTBQkP19WRlq9i/ihgFb5vehQlD9EkEXxSV523TNRQUXGy36sF5buL2JQ0pqcu++Az7"
    "LuU6JrouZ1s2h3k2AZJKMDwAYzcQ5YRLAoGBAKxCPS2xmeIWxDnkivYNfyQWVjf6w3OLeN7BsamWGyY6Ch0lVChUk/PuLdurZZaRy3LvBU25lwYZepiGFPxP+d2d"
    "y7gCsmChuoJdDG20YSK1yUwl89vDBcrWwHkUcKLzD8X75th3R/Q6ba9b+ImCCFuRnlJ23624TtRLsux7+uohAoGBAKDKKpGzad7AhI8BxaB2T0cxg0U/I9S/AfUt"
    "87jb4GPnupkARtTT+pKYuPCI8lHBVXy0fehz3RXH+x55NDQBxrvRtW6eacifU9T94SLtbW5SemN/tcnR53l6K2mXYvpQKgTXmz1NGHzYrowuJf+fqIh8378Xw04z"
    "yMs3DpqRtnh0";

static const pubkey_kind kinds[SIM_ALGORITHMS] = {
    [SIM_P256] = PUBKEY_P256,       [SIM_P384] = PUBKEY_P384,          [SIM_P521] = PUBKEY_P521,
    [SIM_ED25519] = PUBKEY_ED25519, [SIM_ED25519_PH] = PUBKEY_ED25519, [SIM_RSA] = PUBKEY_RSA,
    [SIM_RSA_PSS] = PUBKEY_RSA,     [SIM_P384_SHA256] = PUBKEY_P384,   [SIM_P521_SHA256] = PUBKEY_P521};

static const prim_hash hashes[SIM_ALGORITHMS] = {
    [SIM_P256] = PRIM_SHA256,    [SIM_P384] = PRIM_SHA384,        [SIM_P521] = PRIM_SHA512,
    [SIM_ED25519] = PRIM_SHA256, [SIM_ED25519_PH] = PRIM_SHA512,  [SIM_RSA] = PRIM_SHA256,
    [SIM_RSA_PSS] = PRIM_SHA256, [SIM_P384_SHA256] = PRIM_SHA256, [SIM_P521_SHA256] = PRIM_SHA256};

prim_hash maker_hash(sim_algorithm a) { return hashes[a]; }

const char *maker_details(sim_algorithm a)
{
    static const char *const names[SIM_ALGORITHMS] = {
        "PKIX_ECDSA_P256_SHA_256",       "PKIX_ECDSA_P384_SHA_384",  "PKIX_ECDSA_P521_SHA_512", "PKIX_ED25519",           "PKIX_ED25519_PH",
        "PKIX_RSA_PKCS1V15_2048_SHA256", "PKIX_RSA_PSS_2048_SHA256", "PKIX_ECDSA_P384_SHA_256", "PKIX_ECDSA_P521_SHA_256"};
    return names[a];
}

/* The secret of a curve: 32 bytes for P-256 and Ed25519, else 48 or 66 of which the first two are zero. */
static void scalar_of(const prim *lib, maker who, uint8_t scalar[ECDSA_SCALAR_MAX])
{
    static const char *const names[KEYS] = {"authority",          "leaf",    "log",   "certificate log",
                                            "stamping authority", "stamper", "other", "intermediate"};
    const span parts[] = {span_text("sigstore test "), span_text(names[who.key])};
    const pubkey_kind kind = kinds[who.algorithm];
    const bool is_short = kind == PUBKEY_P256 || kind == PUBKEY_ED25519;
    memset(scalar, 0, ECDSA_SCALAR_MAX);
    lib->hash(is_short ? PRIM_SHA256 : PRIM_SHA512, parts, 2, scalar + (kind == PUBKEY_P521 ? 2 : 0));
}

static span rsa_private(maker who, writer *room)
{
    must(base64_read(span_text(who.key == KEY_OTHER ? rsa_other : rsa_key), room));
    return written(room);
}

static const char *curve_of(pubkey_kind kind)
{
    return kind == PUBKEY_P256 ? "1.2.840.10045.3.1.7" : kind == PUBKEY_P384 ? "1.3.132.0.34" : "1.3.132.0.35";
}

static span point_of(const prim *lib, maker who, uint8_t point[ECDSA_POINT_MAX])
{
    uint8_t scalar[ECDSA_SCALAR_MAX];
    const pubkey_kind kind = kinds[who.algorithm];
    scalar_of(lib, who, scalar);
    if (kind != PUBKEY_ED25519)
        return span_of(point, ecdsa_public(kind, scalar, point));
    lib->ed25519_public(scalar, point);
    return span_of(point, 32);
}

static void put_rsa_key(maker who, writer *w)
{
    uint8_t room[2048], info[PUBKEY_MAX];
    writer r = WRITER(room);
    write_span(w, span_of(info, rsa_public(rsa_private(who, &r), info, sizeof info)));
}

void maker_put_key(const prim *lib, maker who, writer *w)
{
    uint8_t point[ECDSA_POINT_MAX];
    const pubkey_kind kind = kinds[who.algorithm];
    if (kind == PUBKEY_RSA) {
        put_rsa_key(who, w);
        return;
    }
    const der_mark info = der_open(w, DER_SEQUENCE), algorithm = der_open(w, DER_SEQUENCE);
    der_put_oid(w, kind == PUBKEY_ED25519 ? "1.3.101.112" : "1.2.840.10045.2.1");
    if (kind != PUBKEY_ED25519)
        der_put_oid(w, curve_of(kind));
    der_close(w, algorithm);
    der_put_bits(w, point_of(lib, who, point));
    der_close(w, info);
}

piece maker_key(const prim *lib, maker who)
{
    piece out;
    writer w = piece_writer(&out);
    maker_put_key(lib, who, &w);
    piece_keep(&out, &w);
    return out;
}

static void put_pair(maker who, const uint8_t *scalar, span message, writer *w)
{
    uint8_t pair[2 * ECDSA_SCALAR_MAX];
    const size_t n = ecdsa_sign(kinds[who.algorithm], hashes[who.algorithm], scalar, message, pair) / 2;
    certificate_put_ecdsa(w, pair, n);
}

static void put_rsa_signature(maker who, span message, writer *w)
{
    uint8_t room[2048], out[PUBKEY_SIGNATURE_MAX];
    writer r = WRITER(room);
    const span key = rsa_private(who, &r);
    const size_t n = who.algorithm == SIM_RSA ? rsa_sha256_sign(key, message, out, sizeof out)
                                              : rsa_pss_sha256_sign(key, span_text("sigstore test"), message, out, sizeof out);
    must(n > 0);
    write_span(w, span_of(out, n));
}

piece maker_sign(const prim *lib, maker who, span message)
{
    uint8_t scalar[ECDSA_SCALAR_MAX];
    piece out;
    writer w = piece_writer(&out);
    scalar_of(lib, who, scalar);
    if (kinds[who.algorithm] == PUBKEY_RSA)
        put_rsa_signature(who, message, &w);
    else if (who.algorithm == SIM_ED25519)
        lib->ed25519_sign(scalar, message, write_room(&w, 64));
    else if (who.algorithm == SIM_ED25519_PH)
        prim_ed25519ph_sign(scalar, message, write_room(&w, 64));
    else
        put_pair(who, scalar, message, &w);
    piece_keep(&out, &w);
    return out;
}
