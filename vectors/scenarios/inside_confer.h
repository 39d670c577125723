/* The inside checks of profile confer (inside.h). */
#ifndef PARLEY_INSIDE_CONFER_H
#define PARLEY_INSIDE_CONFER_H

#include "inside.h"

extern const inside_check inside_confer_checks[];

#endif
