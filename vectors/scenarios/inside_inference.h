/* The inside checks of chapter inference (inside.h). */
#ifndef PARLEY_INSIDE_INFERENCE_H
#define PARLEY_INSIDE_INFERENCE_H

#include "inside.h"

extern const inside_check inside_inference_checks[];

#endif
