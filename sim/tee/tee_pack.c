#include "tee_pack.h"
#include "json.h"

static void write_register(const prim *p, const tee_release *r, const char *name, writer *w)
{
    uint8_t digest[48];
    const span parts[] = {span_text(name), span_text(r->image_version), span_text(" "), span_text(r->proxy_version)};
    p->hash(PRIM_SHA384, parts, 4, digest);
    write_text(w, "\"");
    write_text(w, name);
    write_text(w, "\": \"");
    write_hex(w, SPAN(digest));
    write_text(w, "\"");
}

void tee_manifest(const prim *p, const tee_release *r, writer *w)
{
    write_text(w, "{\n  \"imageVersion\": ");
    json_write_text(w, r->image_version);
    write_text(w, ",\n  \"proxyVersion\": ");
    json_write_text(w, r->proxy_version);
    write_text(w, ",\n  \"tdxMeasurements\": {\n    ");
    write_register(p, r, "rtmr1", w);
    write_text(w, ",\n    ");
    write_register(p, r, "rtmr2", w);
    write_text(w, "\n  }\n}\n");
}

void tee_bundle(writer *w)
{
    write_text(w, "{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\",\"note\":\"not verified in this revision\"}\n");
}
