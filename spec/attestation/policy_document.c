#include "policy_document.h"

#include <string.h>

static bool read_td(const json_cursor *c, policy_document *out, policy_fault *fault)
{
    const char *wrong = quote_policy_take(c->value, &out->td);
    if (wrong)
        *fault = (policy_fault){.name = c->name, .what = wrong};
    return out->has_td = !wrong;
}

static bool read_section(const json_cursor *c, policy_document *out, policy_fault *fault)
{
    if (json_string_is(c->name, "tdx"))
        return read_td(c, out, fault);
    if (json_string_is(c->name, "token"))
        return out->has_token = token_policy_read(c->value, &out->token, fault);
    *fault = (policy_fault){.name = c->name, .what = "is a member that no policy has there", .unknown = true};
    return false;
}

static bool read_document(span text, policy_document *out, policy_fault *fault)
{
    span whole;
    if (text.n > POLICY_DOCUMENT_MAX || !json_read(text, &whole) || json_kind_of(whole) != JSON_OBJECT) {
        fault->what = "it is not one JSON object of at most 65536 bytes without a name twice";
        return false;
    }
    for (json_cursor c = json_enter(whole); json_next(&c);)
        if (!read_section(&c, out, fault))
            return false;
    if (!out->has_td && !out->has_token)
        fault->what = "it says nothing of any evidence, so it accepts none";
    return out->has_td || out->has_token;
}

bool policy_document_read(span text, policy_document *out, policy_fault *fault)
{
    memset(out, 0, sizeof *out);
    *fault = (policy_fault){0};
    if (read_document(text, out, fault))
        return true;
    memset(out, 0, sizeof *out);
    return false;
}
