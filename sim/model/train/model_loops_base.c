enum { WIDTH = 4, ROWS = 3 };
#include "model_loops_body.h"

static bool usable(void) { return true; }
const net_loops loops_base = LOOPS("base");
