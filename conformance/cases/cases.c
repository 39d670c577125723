/* The tables of each profile, in the order in which they run. */
#include "cases.h"

static const case_table *const confer_server[] = {
    &upgrade_cases, &handshake_cases, &records_cases, &frames_cases, &requests_cases, &chat_cases, NULL};
static const case_table *const confer_client[] = {&client_handshake_cases,
                                                  &client_upgrade_cases,
                                                  &client_evidence_cases,
                                                  &client_records_cases,
                                                  &client_frames_cases,
                                                  &client_answers_cases,
                                                  NULL};

const suite_profile suite_profiles[] = {{"confer", "confer@0.1.14", confer_server, confer_client}, {0}};
