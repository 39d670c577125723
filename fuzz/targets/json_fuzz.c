/* JSON and base64: what is accepted can be walked to its end, and has one form only. */
#include "base64.h"
#include "fuzz_entry.h"
#include "json.h"

static void walk(span value, int depth)
{
    static uint8_t room[1 << 16];
    writer out = WRITER(room);
    must(depth <= JSON_DEPTH);
    if (json_kind_of(value) == JSON_STRING && value.n <= sizeof room)
        must(json_string(value, &out));
    for (json_cursor c = json_enter(value); json_next(&c);)
        walk(c.value, depth + 1);
}

static void one_text_for_one_value(span text)
{
    static uint8_t bytes[1 << 16], room[1 << 17];
    writer out = WRITER(bytes), again = WRITER(room);
    if (!base64_read(text, &out))
        return;
    base64_write(&again, written(&out));
    must(span_same(written(&again), text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    span in = span_of(data, n), value;
    if (json_read(in, &value))
        walk(value, 0);
    one_text_for_one_value(in);
    return 0;
}
