/* How a case gets to the judged call of rt.start, rt.send and rt.receive: a device from the keys that are not used otherwise; a session when
 * the case has a bundle, whose keys begin with `their_`...; then the calls of `script`, one after another: kind (1 byte: 0 send a text, 1
 * receive a message, 2 receive a first message), length (2 bytes), text or message. */
#ifndef PARLEY_SIGNAL_RUN_CASE_H
#define PARLEY_SIGNAL_RUN_CASE_H

#include "run_case.h"

/* The inputs of rt.start: the bundle's keys in a case, and in the call. */
#define SIGNAL_BUNDLE                                                                                           \
    "bundle_registration_id:registration_id bundle_identity:identity bundle_signed_prekey_id:signed_prekey_id " \
    "bundle_signed_prekey:signed_prekey bundle_signature:signature bundle_one_time_id:one_time_id "             \
    "bundle_one_time:one_time bundle_kem_id:kem_id bundle_kem:kem bundle_kem_signature:kem_signature started:now"

bool through_device(case_run *, const vector_case *);
bool through_script(case_run *, const vector_case *);

#endif
