#include "in_process.h"

void in_process_target(in_process *p, const parley_impl *impl)
{
    p->impl = *impl;
    p->target = (drive_target){.impl = &p->impl, .room = WRITER(p->room), .scratch = WRITER(p->scratch)};
}

void in_process_start(in_process *p, const prim *provider)
{
    impl_text_start(&p->text, provider, NULL);
    const parley_impl impl = impl_text_behind_shim(&p->text);
    in_process_target(p, &impl);
}

void in_process_drive(in_process *p, const vector_set *set, const vector_case *c, drive_result *result)
{
    drive(&p->target, c, c->base ? vectors_find(set, c->base) : NULL, result);
}
