/* The demo's narrator: each step goes to the timeline and, as it happens, to the terminal, with the sentences whose lines were reached in it. */
#ifndef PARLEY_DEMO_STORY_H
#define PARLEY_DEMO_STORY_H

#include "timeline.h"

#include <stdio.h>

typedef struct story {
    timeline *timeline;
    FILE *out;                /* NULL: to the timeline alone */
    bool verbose;             /* every sentence by its number and text */
    uint64_t seen[REQ_COUNT]; /* how often each line had been reached when the last step was told */
} story;

void story_start(story *, timeline *, FILE *out, bool verbose);
timeline_step *story_action(story *, timeline_place who, const char *title, const char *text);
void story_message(story *, timeline_place way, const char *title, span message);
void story_appraisal(story *, const char *title,
                     const char *text); /* an action of the client whose sentences matter: their number is told */

/* For a step that grows before it is told: the lines reached since the last one are its. */
void story_tell(story *, timeline_step *);

#endif
