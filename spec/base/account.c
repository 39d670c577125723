#include "account.h"

void account_note(account *a, uint16_t req, bool ok)
{
    if (!a)
        return;
    const bool again = a->n_checks && a->check[a->n_checks - 1].req == req;
    must(again || a->n_checks < ACCOUNT_CHECKS_MAX);
    a->check[again ? a->n_checks - 1 : a->n_checks++] = (account_check){req, ok};
}

void account_leave_out(account *a, unsigned comparison)
{
    if (a)
        a->not_compared |= UINT64_C(1) << comparison;
}
