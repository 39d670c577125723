/* Lines of the library door: what is read as a request can be written, and reads the same again. */
#include "fuzz_entry.h"
#include "shim_line.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static uint8_t line[1 << 16], again[1 << 18];
    shim_list list, second;
    shim_request request = {0}, back = {0};
    shim_reply reply = {0};
    int64_t id, id_back;
    if (n > sizeof line)
        return 0;
    memcpy(line, data, n);
    if (shim_line_read(line, n, &list))
        return 0;
    if (!shim_take_request(&list, &id, &request)) {
        writer w = WRITER(again);
        must(shim_line_request(&w, id, &request));
        must(!shim_line_read(again, w.n, &second) && !shim_take_request(&second, &id_back, &back));
        must(id_back == id && back.in.n == request.in.n && span_same(back.op, request.op));
    }
    shim_take_reply(&list, &id, &reply);
    return 0;
}
