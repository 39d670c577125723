/* How a case gets to the judged call of rt.start, rt.send and rt.receive: a device from the keys that are not used otherwise; a session when
 * the case has a bundle, whose keys begin with `their_`...; then the calls of `script`, one behind another: kind (1 byte: 0 send a text, 1
 * receive a message, 2 receive a first message), length (2 bytes), text or message. */
#ifndef PARLEY_SIGNAL_RUN_CASE_H
#define PARLEY_SIGNAL_RUN_CASE_H

#include "run_case.h"

bool through_device(case_run *, const vector_case *);
bool through_script(case_run *, const vector_case *);
void judged_start(case_run *, const vector_case *);
void judged_send(case_run *, const vector_case *);
void judged_receive(case_run *, const vector_case *);

#endif
