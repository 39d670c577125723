enum { WIDTH = 16 };
#define PLAIN 1
#include "bench_isa_body.h"

static bool usable(void) { return true; }
const bench_isa bench_isa_base_plain = {"base", usable, step, likeliest, stream};
