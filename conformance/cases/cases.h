/* One file a step of the protocol, one table a file. suite.c runs them in the order of cases.c. */
#ifndef PARLEY_CASES_H
#define PARLEY_CASES_H

#include "peer_connection.h"
#include "suite.h"

extern const case_table upgrade_cases, connection_cases, handshake_cases, records_cases, frames_cases, requests_cases, chat_cases;
extern const case_table client_upgrade_cases, client_evidence_cases, client_handshake_cases, client_records_cases, client_frames_cases,
    client_answers_cases, client_connection_cases;

#endif
