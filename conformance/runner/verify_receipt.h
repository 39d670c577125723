/* `parley verify receipt`: runs the model again and compares. */
#ifndef PARLEY_VERIFY_RECEIPT_H
#define PARLEY_VERIFY_RECEIPT_H

#include "cli.h"

int verify_receipt(const cli_call *);

#endif
