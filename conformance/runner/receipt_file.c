#include "receipt_file.h"

#include "coins.h"
#include "exits.h"
#include "json.h"
#include "page.h"

#include <errno.h>
#include <string.h>

#define FORMAT "parley receipt 1"

bool receipt_save(const char *path, span receipt, span opening, span signature)
{
    page out = {0};
    page_put(&out, "{\"format\":\"" FORMAT "\",\n\"receipt\":\"");
    page_put_hex(&out, receipt);
    page_put(&out, "\",\n\"opening\":\"");
    page_put_hex(&out, opening);
    if (signature.n) {
        page_put(&out, "\",\n\"signature\":\"");
        page_put_hex(&out, signature);
    }
    page_put(&out, "\"}\n");
    const bool saved = page_save(&out, path);
    page_free(&out);
    return saved;
}

int receipt_write(const cli_call *call, const char *path, const model *m, const model_said *said)
{
    static uint8_t room[IN_OPENING_MAX];
    static const uint8_t no_session[IN_DIGEST];
    uint8_t salt[IN_DIGEST], receipt[IN_RECEIPT];
    writer opening = WRITER(room);
    coins system = coins_of_system();
    coins_draw(&system, salt, sizeof salt);
    model_open(m, said, salt, &opening);
    const verdict v = model_receipt(no_session, written(&opening), receipt);
    if (!accepted(v))
        return cli_fail(call, EXIT_FAILED, "--receipt: there is nothing to make one of: %s %s", requirement_rows[v.req].id,
                        requirement_rows[v.req].text);
    if (!receipt_save(path, SPAN(receipt), written(&opening), EMPTY))
        return cli_fail(call, EXIT_HARNESS, "--receipt: %s: %s", path, strerror(errno));
    return EXIT_LEVEL;
}

static const struct {
    const char *name, *missing, *malformed;
} members[] = {
    {"receipt", "'receipt' is missing or no string", "'receipt' is not lower-case hexadecimal, or too long"},
    {"opening", "'opening' is missing or no string", "'opening' is not lower-case hexadecimal, or too long"},
    {"signature", "'signature' is no string", "'signature' is not lower-case hexadecimal, or too long"},
};

static const char *take_hex(span object, size_t which, writer *out)
{
    span value, digits;
    if (!json_member(object, members[which].name, &value) || !json_raw(value, &digits))
        return members[which].missing;
    return read_hex(digits, out) ? NULL : members[which].malformed;
}

const char *receipt_read(span document, writer *receipt, writer *opening, writer *signature)
{
    span object, format, value;
    if (!json_read(document, &object) || json_kind_of(object) != JSON_OBJECT)
        return "it is no JSON object";
    if (!json_member(object, "format", &format) || !json_string_is(format, FORMAT))
        return "'format' is not \"" FORMAT "\"";
    const char *wrong = take_hex(object, 0, receipt);
    if (!wrong)
        wrong = take_hex(object, 1, opening);
    return wrong || !json_member(object, "signature", &value) ? wrong : take_hex(object, 2, signature);
}
