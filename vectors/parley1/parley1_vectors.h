/* What the files of this folder share. */
#ifndef PARLEY_PARLEY1_VECTORS_H
#define PARLEY_PARLEY1_VECTORS_H

#include "chapter.h"
#include "p1_lies.h"

/* Secrets by name: n bytes that follow from it. */
void p1_named(const prim *, const char *name, uint8_t *out, size_t n);

void p1_note_lies(sheet *, const p1_lie *, size_t n, const char *bug);
void p1_reject(sheet *, const p1_lie *, const char *base, const char *after);

/* keys */
cJSON *p1_bind_file(const prim *, int which);
cJSON *p1_report_file(const prim *, int which);
cJSON *p1_keys_file(const prim *, int which);
void p1_bind_operation(adapter_call *);
void p1_report_operation(adapter_call *);
void p1_keys_operation(adapter_call *);

/* evidence */
cJSON *p1_attest_file(const prim *, int which);
cJSON *p1_boot_file(const prim *, int which);
cJSON *p1_statement_file(const prim *, int which);
void p1_attest_operation(adapter_call *);
void p1_boot_operation(adapter_call *);
void p1_statement_operation(adapter_call *);

/* records */
cJSON *p1_seal_file(const prim *, int which);
cJSON *p1_open_file(const prim *, int which);
cJSON *p1_plain_file(const prim *, int which);
cJSON *p1_message_file(const prim *, int which);
void p1_ratchet_operation(adapter_call *);
void p1_seal_operation(adapter_call *);
void p1_open_operation(adapter_call *);
void p1_plain_operation(adapter_call *);
void p1_message_operation(adapter_call *);
bool p1_through_ratchet(case_run *, const vector_case *);

/* handshake */
cJSON *p1_hello_file(const prim *, int which);
cJSON *p1_answer_file(const prim *, int which);
cJSON *p1_agree_file(const prim *, int which);
void p1_hello_operation(adapter_call *);
void p1_answer_operation(adapter_call *);
void p1_agree_operation(adapter_call *);

#endif
