/* The tables of each profile, in the order in which they run. */
#include "cases.h"

static const case_table *const confer_server[] = {&upgrade_cases, &connection_cases, &handshake_cases, &records_cases,
                                                  &frames_cases,  &requests_cases,   &chat_cases,      NULL};
static const case_table *const confer_client[] = {
    &client_handshake_cases, &client_upgrade_cases, &client_evidence_cases,   &client_records_cases,
    &client_frames_cases,    &client_answers_cases, &client_connection_cases, NULL};

#define EVERY_ROLE "both sender receiver "

/* What the profile is made of: the handshake, the framing and the upgrade for both; the evidence of a SEV-SNP guest for the client. */
const suite_profile suite_profiles[] = {
    {.name = "confer",
     .release = "confer@0.1.14",
     .server = confer_server,
     .client = confer_client,
     .server_owes = {.pages = "spec/wire/wire.md spec/noise/noise.md spec/profiles/confer/confer.md",
                     .roles = EVERY_ROLE "server responder",
                     .shown = "wire connection"},
     .client_owes = {.pages = "spec/wire/wire.md spec/noise/noise.md spec/profiles/confer/confer.md spec/attestation/attestation.md",
                     .roles = EVERY_ROLE "client initiator verifier",
                     .apart = "AT-070|AT-077 AT-080|AT-091", /* the evidence has no wrapper and no ID block */
                     .shown = "wire connection"}},
    {0}};
