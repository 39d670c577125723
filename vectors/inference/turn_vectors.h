/* What the files of this folder bring to the row of the chapter: operations and vector files of turns, franks and padding. */
#ifndef PARLEY_TURN_VECTORS_H
#define PARLEY_TURN_VECTORS_H

#include "chapter.h"
#include "franking.h"

adapter_op read_any_message, judge_request, refuse_request, serve_turn, derive_turn, take_answer;
adapter_op sign_receipt, check_receipt, make_frank, moderate_frank;
adapter_op pad_message, judge_chunk, take_records, choose_gap;

bool call_signed(adapter_call *, in_signed *); /* key, statement, signature, session of in.verify, each if it is given */

cJSON *turn_file(const prim *, int which);
cJSON *franking_file(const prim *, int which);
cJSON *padding_file(const prim *, int which);

#endif
