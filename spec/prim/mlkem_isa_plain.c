/* For any machine, and with the instructions that all of its kind have. */
#include "mlkem_isa.h"
#include "mlkem_ring_body.h"

static bool usable(void) { return true; }
const mlkem_isa mlkem_plain = {"plain", usable, 1, NULL, RING_LOOPS};
