/* What the tree knows of a sentence beside its row: who shows it, and by what. */
#ifndef PARLEY_SENTENCE_FACTS_H
#define PARLEY_SENTENCE_FACTS_H

#include "page.h"
#include "sites.h"

/* Lists are names with one space between. */
typedef struct sentence_facts {
    page accepted, rejected; /* vectors */
    page server, client;     /* cases at the network doors */
    page killers, planted;   /* checks that killed its mutant; planted faults of its kind, lines */
    size_t n_accepted, n_rejected, n_server, n_client, n_killers;
    const site *site; /* NULL: nothing in the text carries it out by itself */
    const char *fate; /* of its mutant in the last run; NULL: no run is here */
    const char *last; /* its worst outcome in the last results; NULL: none */
    int weight;       /* of that outcome */
} sentence_facts;

#endif
