#include "signal_many.h"

#include <string.h>

void many_link(many *m)
{
    m->trial.kept.slots = m->trial_kept;
    m->trial.pq_kept.slots = m->trial_pq_kept;
    m->record = (sg_record){.current = &m->p.session, .trial = &m->trial, .room = m->archive, .size = sizeof m->archive};
}
