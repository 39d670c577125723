#include "level0.h"

#include <stddef.h>
#include <string.h>

static const char *const cases[] = {
    /* server */ "cf.server.sanity.ping",
    "cf.server.chat.streamed",
    "cf.server.token.wrong-key",
    "cf.server.record.tag",
    "wi.server.frames.ping",
    /* client */ "cf.client.sanity.chat",
    "cf.client.binding.other-key",
    "at.client.report.measurement-other",
    "cf.client.answer.cut",
    "wi.client.upgrade.status-200",
    /* library */ "shim.hello.unknown-op",
    "shim.handles.apart",
    "nz.read.xx.aesgcm-sha256.i.m2.ok",
    "wi.request.ok",
    "at.verify.milan-v3-vcek.ok",
    "tl.inclusion.0-of-1",
    "rt.receive.first.ok",
    "in.chunk.ok",
    "hi.open.ok",
    "cf.frame.one",
    "p1.open.first.e0"};

bool level0_needs(const char *vector_file)
{
    const char *end = strstr(vector_file, ".json");
    const size_t n = end ? (size_t)(end - vector_file) : 0;
    for (size_t i = 0; n && i < sizeof cases / sizeof *cases; i++)
        if (strncmp(cases[i], vector_file, n) == 0 && cases[i][n] == '.')
            return true;
    return false;
}

bool level0_has(const char *case_id)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (strcmp(cases[i], case_id) == 0)
            return true;
    return false;
}
