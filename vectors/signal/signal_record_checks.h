/* Checks of section 9 of profile signal, rows of signal_checks. */
#ifndef PARLEY_SIGNAL_RECORD_CHECKS_H
#define PARLEY_SIGNAL_RECORD_CHECKS_H

#include "prim.h"

bool record_archives(const prim *);
bool record_keeps_40(const prim *);
bool record_converges(const prim *);
bool record_knows_its_keys(const prim *);
bool record_is_as_it_was(const prim *);

#endif
