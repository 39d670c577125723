/* An honest log, unusual ones that are to be accepted, and the lies. */
#include "attestation_vectors.h"
#include "intel_log.h"

static void put_scene(sheet *s, const intel_log_scene *t)
{
    static const char *const names[AT_RTMRS] = {"rtmr0", "rtmr1", "rtmr2", "rtmr3"};
    sheet_in(s, BYTES("log", t->written));
    for (size_t i = 0; i < AT_RTMRS; i++)
        sheet_in(s, BYTES(names[i], t->which & 1u << i ? SPAN(t->quoted[i]) : EMPTY));
}

static void add_accepted(sheet *s, const char *slug, const intel_log_scene *t, const char *measured)
{
    sheet_accepts(s, slug, "AT-199");
    put_scene(s, t);
    sheet_out(s, TEXT("measured", measured));
}

static cJSON *make_file(void)
{
    static const char *const checked_by[] = {"text", "audit", NULL};
    static intel_log_scene scene;
    sheet s = sheet_start(&prim_openssl, "at.eventlog", "sim/tee/intel_log", "00", checked_by);
    for (size_t i = 0; i < intel_n_log_lies; i++)
        if (intel_log_lies[i].req)
            sheet_note(&s, intel_log_lies[i].name, "AUTH_BYPASS", intel_log_lies[i].reason, requirement_rows[intel_log_lies[i].req].id);
    sheet_group(&s, "logs", "at:eventlog", "");
    intel_log_play(&scene, NULL);
    put_scene(&s, &scene);
    add_accepted(&s, "ok", &scene, "01011111");
    for (size_t i = 0; i < intel_n_log_lies; i++) {
        const intel_log_lie *l = &intel_log_lies[i];
        intel_log_play(&scene, l);
        if (!l->req) {
            add_accepted(&s, l->name, &scene, l->name[0] == 't' && l->name[1] == 'e' ? "01011110" : "01011111");
            continue;
        }
        sheet_rejects(&s, &(rejection){.slug = l->name, .site = requirement_rows[l->req].id, .mutation = l->mutation, .flag = l->name});
        put_scene(&s, &scene);
    }
    return s.document;
}

cJSON *eventlog_file(const prim *prim, int which)
{
    (void)prim, (void)which;
    return make_file();
}
