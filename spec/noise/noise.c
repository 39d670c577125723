#include "prim.h"
typedef int noise_is_written_next;
