#include "in_process.h"
#include "crossed.h"

void in_process_target(in_process *p, const parley_impl *impl)
{
    p->impl = *impl;
    p->target = (case_target){.impl = &p->impl, .room = WRITER(p->room), .scratch = WRITER(p->scratch)};
}

void in_process_start(in_process *p, const prim *provider)
{
    reference_adapter_start(&p->text, provider, NULL);
    const parley_impl impl = reference_adapter_impl(&p->text);
    in_process_target(p, &impl);
}

void in_process_end(in_process *p) { reference_adapter_reset(&p->text); }

void in_process_run(in_process *p, const vector_set *set, const vector_case *c, case_result *result)
{
    run_case_of(&p->target, set, c, result);
}
