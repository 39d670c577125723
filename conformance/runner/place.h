/* Where the program stands: in a checkout (built under build/PRESET/), or installed. Found from the program's own path,
 * so that an installed program needs no checkout and a checkout may be moved. */
#ifndef PARLEY_PLACE_H
#define PARLEY_PLACE_H

const char *place_program(void);  /* the path of the running program */
const char *place_checkout(void); /* the top of the checkout; NULL when installed */
const char *place_share(void);    /* vectors and schema: the checkout, or PREFIX/share/parley */
const char *place_model(void);    /* the tiny model's file: sim/model in a checkout, else PREFIX/share/parley/model */
const char *place_out(void);      /* reports/out in a checkout, else ./parley-out */

#endif
