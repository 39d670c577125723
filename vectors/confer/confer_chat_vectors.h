/* The operations cf.request and cf.answer, and their scenarios. */
#ifndef PARLEY_CONFER_CHAT_VECTORS_H
#define PARLEY_CONFER_CHAT_VECTORS_H

#include "chapter.h"

adapter_op cf_request_operation, cf_answer_operation;
void make_requests(sheet *);
void make_answers(sheet *);

#endif
