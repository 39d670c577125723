/* In the order in which they run. */
#include "cases.h"

const case_table *const cf_server_tables[] = {
    &upgrade_cases, &handshake_cases, &records_cases, &frames_cases, &requests_cases, &chat_cases, NULL};
const case_table *const cf_client_tables[] = {&client_handshake_cases,
                                              &client_upgrade_cases,
                                              &client_evidence_cases,
                                              &client_records_cases,
                                              &client_frames_cases,
                                              &client_answers_cases,
                                              NULL};
