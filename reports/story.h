/* The story of one run, for people: who did what, which sentences were applied there, what went over the wire. The demo tells it on the
 * terminal while it happens and keeps it for its page. */
#ifndef PARLEY_STORY_H
#define PARLEY_STORY_H

#include "report.h"

typedef enum story_place { STORY_CLIENT, STORY_SERVER, STORY_TO_SERVER, STORY_TO_CLIENT } story_place;

enum { STORY_STEPS = 96, STORY_RULES = 96, STORY_BYTES = 48 };

typedef struct story_step {
    story_place place;
    char title[80], text[1600];
    uint16_t rules[STORY_RULES]; /* requirements whose line was reached in this step */
    size_t n_rules;
    uint8_t bytes[STORY_BYTES]; /* the beginning of what went over the wire */
    size_t n_bytes, n_message;
} story_step;

typedef struct story {
    story_step step[STORY_STEPS];
    size_t n;
} story;

/* The next step; the last one is given again when there are too many. */
story_step *story_add(story *, story_place, const char *title);
void story_rule(story_step *, uint16_t req); /* once each */
void story_bytes(story_step *, span message);

/* What was planted and what the suite said of it: the page's second half. */
typedef struct story_plant {
    uint16_t req;  /* the line that was disabled */
    size_t cases;  /* driven without the plant, all of which passed */
    size_t failed; /* cases, with it */
    bool caught;   /* by a check that names it */
} story_plant;

/* One page, nothing fetched. `report` holds the failing checks. */
void render_story(const story *, const story_plant *, const report *, const requirement_row *rows, page *);

#endif
