#include "toy.h"

/* ---- the message and its answer ---- */

verdict ty_answer(span message, uint8_t *answer)
{
    const uint8_t digit = message.n ? message.p[0] : 0;
    REQUIRE(message.n == 1, TY_001);
    REQUIRE(digit >= '0' && digit <= '9', TY_002);
    *answer = EMIT(TY_003, (uint8_t)('0' + ('9' - digit)));
    return ACCEPT;
}
