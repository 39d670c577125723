/* The timeline of one run, for people: who did what, which sentences were applied there, what went over the wire. The demo tells it on the
 * terminal while it happens and keeps it for its page. */
#ifndef PARLEY_TIMELINE_H
#define PARLEY_TIMELINE_H

#include "report.h"

typedef enum timeline_place { TIMELINE_CLIENT, TIMELINE_SERVER, TIMELINE_TO_SERVER, TIMELINE_TO_CLIENT } timeline_place;

enum { TIMELINE_STEPS = 96, TIMELINE_RULES = 192, TIMELINE_BYTES = 48 };

typedef struct timeline_step {
    timeline_place place;
    char title[80], text[1600];
    uint16_t rules[TIMELINE_RULES]; /* requirements whose line was reached in this step */
    size_t n_rules;
    uint8_t bytes[TIMELINE_BYTES]; /* the beginning of what went over the wire */
    size_t n_bytes, n_message;
} timeline_step;

typedef struct timeline {
    timeline_step step[TIMELINE_STEPS];
    size_t n;
} timeline;

/* The next step; the last one is given again when there are too many. */
timeline_step *timeline_add(timeline *, timeline_place, const char *title);
void timeline_rule(timeline_step *, uint16_t req); /* once each */
void timeline_bytes(timeline_step *, span message);

/* What was planted and what the suite said of it: the page's second half. */
typedef struct planted_bug {
    uint16_t req;  /* the line that was disabled */
    size_t cases;  /* driven without the plant, all of which passed */
    size_t failed; /* cases, with it */
    bool caught;   /* by a check that names it */
} planted_bug;

/* One page, nothing fetched. `report` holds the failing checks. */
void render_timeline(const timeline *, const planted_bug *, const report *, const requirement_row *rows, page *);

#endif
