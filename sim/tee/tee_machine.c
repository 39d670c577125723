#include "tee_machine.h"

#include <string.h>

/* AMD 56860, the attestation report. */
enum { REPORTED_TCB_AT = 0x180, CHIP_ID_AT = 0x1A0, DEBUG_ALLOWED = 1 << 19 };

/* The firmware of before the hole was closed. */
static void set_back(tee_chip *chip)
{
    const at_tcb_layout *line = &at_tcb_layouts[chip->product];
    size_t i = 0;
    while (strcmp(line->part[i].name, "snp") != 0)
        i++;
    chip->reported[i] = chip->committed[i] = chip->current[i] = chip->launch[i] = (uint8_t)(chip->reported[i] - 1);
}

tee_machine tee_machine_with(tee_condition condition, const tee_chip *chip, const tee_launch *runs)
{
    tee_machine m = {condition, *chip, *runs};
    if (condition == TEE_BROKEN)
        set_back(&m.chip);
    if (condition == TEE_DEBUG)
        m.runs.policy |= DEBUG_ALLOWED;
    return m;
}

tee_machine tee_machine_of(tee_condition condition, at_product product, span seed, const uint8_t measurement[AT_MEASUREMENT])
{
    const tee_chip chip = tee_chip_make(product, seed);
    const tee_launch runs = tee_launch_of(measurement);
    return tee_machine_with(condition, &chip, &runs);
}

bool tee_machine_reports(const tee_machine *m, const tee_launch *claimed, const uint8_t report_data[AT_REPORT_DATA], uint8_t out[AT_REPORT])
{
    if (claimed && m->condition != TEE_BROKEN && m->condition != TEE_LEAKED)
        return false;
    tee_report(&m->chip, claimed ? claimed : &m->runs, report_data, out);
    return true;
}

/* ---- the vendor's service ---- */

static const tee_chip *chip_named(const tee_service *s, span id)
{
    for (size_t i = 0; i < s->n; i++)
        if (span_same(span_of(s->chip[i]->hw_id, AT_CHIP_ID), id))
            return s->chip[i];
    return NULL;
}

bool tee_service_answers(const tee_service *s, span report, tee_endorsements *out)
{
    if (report.n != AT_REPORT)
        return false;
    const tee_chip *known = chip_named(s, span_of(report.p + CHIP_ID_AT, AT_CHIP_ID));
    if (!known)
        return false;
    tee_chip chip = *known;
    memcpy(chip.reported, report.p + REPORTED_TCB_AT, AT_TCB);
    tee_issue issue = tee_issue_honest(&chip, s->at);
    if (s->revokes)
        issue.crl.revoked = issue.intermediate.serial;
    tee_issue_mint(&issue, out);
    return true;
}
