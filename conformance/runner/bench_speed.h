/* `parley bench noise`, `record` and `json`: measured by conformance/bench, printed here. */
#ifndef PARLEY_BENCH_SPEED_H
#define PARLEY_BENCH_SPEED_H

#include "cli.h"

int bench_noise(const cli_call *);
int bench_record(const cli_call *);
int bench_snp(const cli_call *);
int bench_quote(const cli_call *);
int bench_json(const cli_call *);
int bench_ratchet(const cli_call *);
int bench_parley1(const cli_call *);
int bench_server(const cli_call *);
int bench_all(const cli_call *); /* one after another; with --json one object a line */

#endif
