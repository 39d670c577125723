/* Finding and printing requirement sentences, for the verbs that speak of them. */
#ifndef PARLEY_SENTENCE_OF_H
#define PARLEY_SENTENCE_OF_H

#include "requirements.h"

#include <stdbool.h>
#include <stdio.h>

int requirement_find(const char *id);              /* "NZ-017" or "NZ_017", either case; 0 when there is none */
bool requirement_in(int req, const char *chapter); /* by code (NZ) or folder (noise), either case */
void requirement_print(FILE *, int req);           /* the sentence as one paragraph, head first */
void requirement_print_json(FILE *, int req);      /* one object on one line */
void json_text(FILE *, const char *text);          /* a JSON string, quotes included */

#endif
