/* The tables of each profile, in the order in which they run. */
#include "cases.h"

static const case_table *const confer_client[] = {&client_handshake_cases,
                                                  &client_upgrade_cases,
                                                  &client_evidence_cases,
                                                  &client_release_cases,
                                                  &client_records_cases,
                                                  &client_frames_cases,
                                                  &client_answers_cases,
                                                  &client_connection_cases,
                                                  &client_wire_cases,
                                                  &client_forbidden_cases,
                                                  NULL};

/* The tables that all revisions share, then those of some. */
#define SHARED_TABLES                                                                                                                   \
    &upgrade_cases, &connection_cases, &wire_cases, &forbidden_cases, &handshake_cases, &records_cases, &frames_cases, &requests_cases, \
        &chat_cases

static const case_table *const server_0_1_14[] = {
    SHARED_TABLES, &text_until_0_1_16_cases, &routes_until_0_1_16_cases, &chat_until_0_1_14_cases, &chat_until_0_1_16_cases, NULL};
static const case_table *const server_0_1_16[] = {SHARED_TABLES,
                                                  &text_until_0_1_16_cases,
                                                  &routes_until_0_1_16_cases,
                                                  &chat_until_0_1_16_cases,
                                                  &chat_since_0_1_16_cases,
                                                  &chat_0_1_16_cases,
                                                  NULL};
static const case_table *const server_0_1_20[] = {SHARED_TABLES,
                                                  &token_since_0_1_20_cases,
                                                  &text_since_0_1_20_cases,
                                                  &routes_since_0_1_20_cases,
                                                  &chat_since_0_1_16_cases,
                                                  &chat_since_0_1_20_cases,
                                                  NULL};

#define EVERY_ROLE "both sender receiver "

/* What the profile is made of: the handshake, the framing and the upgrade for both; the evidence of a SEV-SNP guest for the client. */
#define REVISION(release_, number, tables)                                                                                   \
    {                                                                                                                        \
        .name = "confer", .release = "confer@" release_, .revision = number, .server = tables, .client = confer_client,      \
        .server_owes = {.pages = "spec/wire/wire.md spec/noise/noise.md spec/profiles/confer/confer.md",                     \
                        .roles = EVERY_ROLE "server responder",                                                              \
                        .shown = "wire connection",                                                                          \
                        .apart = "WI-036|WI-039", /* the profile names no subprotocol */                                     \
                        .at = release_},                                                                                     \
        .client_owes = {                                                                                                     \
            .pages = "spec/wire/wire.md spec/noise/noise.md spec/profiles/confer/confer.md spec/attestation/attestation.md", \
            .roles = EVERY_ROLE "client initiator verifier",                                                                 \
            .apart = "WI-036|WI-039 AT-070|AT-077 AT-080|AT-091", /* the evidence has no wrapper and no ID block */          \
            .shown = "wire connection",                                                                                      \
            .at = release_                                                                                                   \
        }                                                                                                                    \
    }

const suite_profile suite_profiles[] = {REVISION("0.1.14", CF_0_1_14, server_0_1_14),
                                        REVISION("0.1.16", CF_0_1_16, server_0_1_16),
                                        REVISION("0.1.20", CF_0_1_20, server_0_1_20),
                                        {0}};

static const case_table *const parley1_server[] = {&p1_server_turns_cases, &p1_server_hello_cases, &p1_server_records_cases,
                                                   &p1_server_waits_cases, &forbidden_cases,       NULL};
static const case_table *const parley1_client[] = {
    &p1_client_evidence_cases, &p1_client_worlds_cases, &p1_client_reports_cases,  &p1_client_bytes_cases,  &p1_client_answers_cases,
    &p1_client_epochs_cases,   &p1_client_waits_cases,  &p1_client_receipts_cases, &client_forbidden_cases, NULL};

/* What a connection shows; what is said of keys, evidence and plaintexts is owed at the library's door, and by the peers that a run plays. */
const suite_profile suite_parley1 = {
    .name = "parley1",
    .release = "parley1",
    .server = parley1_server,
    .client = parley1_client,
    .server_owes = {.pages = "spec/wire/wire.md", .codes = "P1", .roles = "server", .shown = "connection"},
    .client_owes = {.pages = "spec/wire/wire.md", .codes = "P1", .roles = "client", .shown = "connection"}};
