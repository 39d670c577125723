/* `parley verify snp`: files in, one appraisal, one JSON object out. */
#ifndef PARLEY_VERIFY_SNP_H
#define PARLEY_VERIFY_SNP_H

#include "cli.h"

int verify_snp(const cli_call *);

#endif
