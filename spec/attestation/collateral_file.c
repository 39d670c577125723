#include "collateral_file.h"
#include "json.h"
#include "pem.h"

#include <string.h>

static bool read_digits(span digits, writer *out)
{
    if (digits.n % 2)
        return false;
    for (size_t i = 0; i < digits.n; i += 2) {
        uint8_t byte = 0;
        for (size_t k = i; k < i + 2; k++) {
            const uint8_t c = digits.p[k];
            const int value = c >= '0' && c <= '9'   ? c - '0'
                              : c >= 'a' && c <= 'f' ? c - 'a' + 10
                              : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                     : -1;
            if (value < 0)
                return false;
            byte = (uint8_t)(byte << 4 | value);
        }
        write_be(out, byte, 1);
    }
    return writer_ok(out);
}

static span since(const writer *room, size_t from) { return span_from(written(room), from); }

/* A string member, decoded; empty when it is absent. */
static bool take_text(span object, const char *name, writer *room, span *out)
{
    span value;
    const size_t from = room->n;
    *out = EMPTY;
    if (!json_member(object, name, &value))
        return true;
    const bool good = json_string(value, room);
    *out = since(room, from);
    return good;
}

static bool take_bytes(span object, const char *name, writer *room, span *out)
{
    span digits;
    if (!take_text(object, name, room, &digits))
        return false;
    const size_t from = room->n;
    const bool good = read_digits(digits, room);
    *out = good ? since(room, from) : EMPTY;
    return good;
}

static bool take_list(span object, const char *name, writer *room, span *out)
{
    span text;
    if (!take_text(object, name, room, &text))
        return false;
    const size_t from = room->n;
    const bool is_text = span_is(span_first(text, 11), "-----BEGIN ");
    const bool good = is_text ? pem_next(&text, "X509 CRL", room) == PEM_BLOCK : read_digits(text, room);
    *out = good ? since(room, from) : EMPTY;
    return good;
}

/* Of a whole answer the part that is signed, and its signature. */
static bool open_answer(const char *member, writer *room, span *text, span *signature)
{
    span whole, part, digits;
    if (!json_read(*text, &whole) || !json_member(whole, member, &part))
        return true;
    *text = part;
    const size_t from = room->n;
    if (signature->n || !json_member(whole, "signature", &digits))
        return true;
    const bool good = json_raw(digits, &digits) && read_digits(digits, room);
    *signature = good ? since(room, from) : EMPTY;
    return good;
}

const char *collateral_file_read(span text, writer *room, at_collateral *out)
{
    span whole;
    *out = (at_collateral){0};
    if (text.n > COLLATERAL_FILE_MAX || !json_read(text, &whole) || json_kind_of(whole) != JSON_OBJECT)
        return "it is not a JSON object, has a name twice, or is larger than 262144 bytes";
    if (!take_text(whole, "tcb_info", room, &out->tcb_info) || !take_text(whole, "qe_identity", room, &out->qe_identity))
        return "`tcb_info` or `qe_identity` is not a text";
    if (!take_text(whole, "tcb_info_issuer_chain", room, &out->tcb_info_chain) ||
        !take_text(whole, "qe_identity_issuer_chain", room, &out->qe_identity_chain))
        return "`tcb_info_issuer_chain` or `qe_identity_issuer_chain` is not a text";
    if (!take_bytes(whole, "tcb_info_signature", room, &out->tcb_info_signature) ||
        !take_bytes(whole, "qe_identity_signature", room, &out->qe_identity_signature) ||
        !open_answer("tcbInfo", room, &out->tcb_info, &out->tcb_info_signature) ||
        !open_answer("enclaveIdentity", room, &out->qe_identity, &out->qe_identity_signature))
        return "`tcb_info_signature` or `qe_identity_signature` is not text in hexadecimal";
    if (!take_list(whole, "root_ca_crl", room, &out->root_list) || !take_list(whole, "pck_crl", room, &out->pck_list))
        return "`root_ca_crl` or `pck_crl` is neither DER in hexadecimal nor a list in textual encoding";
    return NULL;
}
