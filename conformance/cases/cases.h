/* One file a step of the protocol, one table a file. suite.c runs them in the order of cases.c. */
#ifndef PARLEY_CASES_H
#define PARLEY_CASES_H

#include "peer_connection.h"
#include "suite.h"

extern const case_table upgrade_cases, connection_cases, wire_cases, forbidden_cases, handshake_cases, records_cases, frames_cases,
    requests_cases, chat_cases;
/* Of the revisions that their names say. */
extern const case_table token_since_0_1_20_cases, text_until_0_1_16_cases, text_since_0_1_20_cases, routes_until_0_1_16_cases,
    routes_since_0_1_20_cases, chat_until_0_1_14_cases, chat_until_0_1_16_cases, chat_since_0_1_16_cases, chat_0_1_16_cases,
    chat_since_0_1_20_cases;
extern const case_table client_upgrade_cases, client_evidence_cases, client_release_cases, client_handshake_cases, client_records_cases,
    client_frames_cases, client_answers_cases, client_connection_cases, client_wire_cases, client_forbidden_cases;

/* Profile parley1. */
extern const case_table p1_server_hello_cases, p1_server_records_cases, p1_server_turns_cases, p1_client_evidence_cases,
    p1_client_worlds_cases, p1_client_reports_cases, p1_client_answers_cases, p1_server_waits_cases, p1_client_bytes_cases,
    p1_client_epochs_cases, p1_client_waits_cases, p1_client_receipts_cases;

#endif
