enum { WIDTH = 16 };
#define PLAIN 0
#include "bench_isa_body.h"

static bool usable(void) { return true; }
const bench_isa bench_isa_base = {"base", usable, step, likeliest, stream};
