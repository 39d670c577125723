/* What this tree, and the last runs that left their files under --out, say of each sentence: for the verbs that tell a reader. */
#ifndef PARLEY_FACTS_HERE_H
#define PARLEY_FACTS_HERE_H

#include "cli.h"
#include "sentence_facts.h"

/* By requirement, REQ_COUNT of them. Read once in a process: the tree once, the runs once for each --out. */
const sentence_facts *facts_here(const cli_call *);
const char *facts_results(void); /* the target of the results that the last call found; NULL: none */

#endif
