/* The texts that Intel publishes about the simulated platforms, in the order and the form of the genuine ones. */
#include "intel.h"
#include "json.h"

#include <string.h>

enum { DAY = 86400 };

typedef struct page {
    intel_text *out;
    bool first; /* no comma before what comes next */
} page;

static void put(page *p, const char *text)
{
    writer w = writer_of(p->out->text + p->out->n, INTEL_TEXT_MAX - 1 - p->out->n);
    write_text(&w, text);
    must(writer_ok(&w));
    p->out->n += w.n;
}

static void name(page *p, const char *name_)
{
    put(p, p->first ? "\"" : ",\"");
    put(p, name_);
    put(p, "\":");
    p->first = false;
}

static void text_member(page *p, const char *name_, const char *value)
{
    name(p, name_);
    put(p, "\"");
    put(p, value);
    put(p, "\"");
}

static void number(page *p, int64_t value)
{
    char room[24] = {0};
    writer w = writer_of(room, sizeof room - 1);
    json_write_int(&w, value);
    put(p, room);
}

static void number_member(page *p, const char *name_, int64_t value)
{
    name(p, name_);
    number(p, value);
}

static void open_with(page *p, const char *bracket)
{
    put(p, bracket);
    p->first = true;
}

static void close_with(page *p, const char *bracket)
{
    put(p, bracket);
    p->first = false;
}

static void begin(page *p, intel_text *out)
{
    memset(out, 0, sizeof *out);
    *p = (page){out, true};
    open_with(p, "{");
}

/* "2026-06-01T00:00:00Z": found from the day's number, in years that begin in March. */
static void date_member(page *p, const char *name_, int64_t at)
{
    const int64_t days = at / DAY + 719468, second = at % DAY, era = days / 146097, of_era = days % 146097;
    const int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const int64_t of_year = of_era - (365 * year + year / 4 - year / 100), from_march = (5 * of_year + 2) / 153;
    const int64_t month = from_march < 10 ? from_march + 3 : from_march - 9, day = of_year - (153 * from_march + 2) / 5 + 1;
    const int64_t parts[] = {year + era * 400 + (month <= 2), month, day, second / 3600, second / 60 % 60, second % 60};
    static const char *const behind[] = {"-", "-", "T", ":", ":", "Z"};
    name(p, name_);
    put(p, "\"");
    for (size_t i = 0; i < 6; i++) {
        if (parts[i] < 10)
            put(p, "0");
        number(p, parts[i]);
        put(p, behind[i]);
    }
    put(p, "\"");
}

typedef struct level {
    const char *status, *date, *advisories; /* advisories as they stand in the array; NULL: no array */
    uint64_t svn;                           /* isvsvn, or pcesvn */
    uint8_t sgx[INTEL_COMPONENTS], tdx[INTEL_COMPONENTS];
} level;

static void level_tail(page *p, const level *l)
{
    text_member(p, "tcbDate", l->date);
    text_member(p, "tcbStatus", l->status);
    if (l->advisories) {
        name(p, "advisoryIDs");
        put(p, "[");
        put(p, l->advisories);
        put(p, "]");
    }
    close_with(p, "}");
}

static void components(page *p, const char *name_, const uint8_t svn[INTEL_COMPONENTS])
{
    name(p, name_);
    put(p, "[");
    for (size_t i = 0; i < INTEL_COMPONENTS; i++) {
        put(p, i ? ",{" : "{");
        p->first = true;
        number_member(p, "svn", svn[i]);
        if (i == 0)
            text_member(p, "category", "BIOS");
        put(p, "}");
    }
    put(p, "]");
    p->first = false;
}

static void platform_level(page *p, at_tee tee, const level *l)
{
    put(p, p->first ? "{" : ",{");
    p->first = true;
    name(p, "tcb");
    open_with(p, "{");
    components(p, "sgxtcbcomponents", l->sgx);
    number_member(p, "pcesvn", (int64_t)l->svn);
    if (tee == AT_TDX)
        components(p, "tdxtcbcomponents", l->tdx);
    close_with(p, "}");
    level_tail(p, l);
}

static void enclave_level(page *p, const level *l)
{
    put(p, p->first ? "{" : ",{");
    p->first = true;
    name(p, "tcb");
    open_with(p, "{");
    number_member(p, "isvsvn", (int64_t)l->svn);
    close_with(p, "}");
    level_tail(p, l);
}

static void enclave_levels(page *p, const level *l, size_t n)
{
    name(p, "tcbLevels");
    open_with(p, "[");
    for (size_t i = 0; i < n; i++)
        enclave_level(p, &l[i]);
    close_with(p, "]");
}

static void module_members(page *p)
{
    text_member(p, "mrsigner", "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000");
    text_member(p, "attributes", "0000000000000000");
    text_member(p, "attributesMask", "FFFFFFFFFFFFFFFF");
}

static const level module_levels[] = {
    {"UpToDate", "2025-08-13T00:00:00Z", NULL, 5, {0}, {0}},
    {"OutOfDate", "2024-03-13T00:00:00Z", "\"INTEL-SA-99901\"", 2, {0}, {0}},
};

static void modules(page *p)
{
    name(p, "tdxModule");
    open_with(p, "{");
    module_members(p);
    close_with(p, "}");
    name(p, "tdxModuleIdentities");
    put(p, "[");
    for (int i = 0; i < 2; i++) {
        open_with(p, i ? ",{" : "{");
        text_member(p, "id", i ? "TDX_01" : "TDX_03");
        module_members(p);
        enclave_levels(p, module_levels, 2);
        close_with(p, "}");
    }
    put(p, "]");
}

/* An honest platform meets the first, one with a module of major version 0 the second. */
static const level levels[] = {
    {"UpToDate", "2025-08-13T00:00:00Z", NULL, 11, {3, 3, 2, 2, 4, 1, 0, 5}, {5, 0, 3}},
    {"UpToDate", "2025-08-13T00:00:00Z", NULL, 11, {3, 3, 2, 2, 4, 1, 0, 5}, {3, 0, 5}},
    {"SWHardeningNeeded", "2024-11-13T00:00:00Z", "\"INTEL-SA-99902\"", 11, {3, 3, 2, 2, 3, 1, 0, 4}, {3, 0, 2}},
    {"OutOfDate", "2023-02-15T00:00:00Z", "\"INTEL-SA-99902\",\"INTEL-SA-99903\"", 5, {2, 2, 2, 2, 3, 1, 0, 3}, {2, 0, 2}},
};

void intel_tcb_info(at_tee tee, int64_t now, intel_text *out)
{
    page p;
    begin(&p, out);
    text_member(&p, "id", tee == AT_TDX ? "TDX" : "SGX");
    number_member(&p, "version", 3);
    date_member(&p, "issueDate", now - 10 * DAY);
    date_member(&p, "nextUpdate", now + 20 * DAY);
    text_member(&p, "fmspc", "90C06F000000");
    text_member(&p, "pceId", "0000");
    number_member(&p, "tcbType", 0);
    number_member(&p, "tcbEvaluationDataNumber", 18);
    if (tee == AT_TDX)
        modules(&p);
    name(&p, "tcbLevels");
    open_with(&p, "[");
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (tee == AT_TDX || i != 1)
            platform_level(&p, tee, &levels[i]);
    close_with(&p, "]");
    close_with(&p, "}");
}

static const level qe_levels[] = {
    {"UpToDate", "2025-08-13T00:00:00Z", NULL, 8, {0}, {0}},
    {"OutOfDate", "2023-08-09T00:00:00Z", "\"INTEL-SA-99904\"", 4, {0}, {0}},
};

void intel_qe_identity(at_tee tee, int64_t now, intel_text *out)
{
    page p;
    begin(&p, out);
    text_member(&p, "id", tee == AT_TDX ? "TD_QE" : "QE");
    number_member(&p, "version", 2);
    date_member(&p, "issueDate", now - 10 * DAY);
    date_member(&p, "nextUpdate", now + 20 * DAY);
    number_member(&p, "tcbEvaluationDataNumber", 18);
    text_member(&p, "miscselect", "00000000");
    text_member(&p, "miscselectMask", "FFFFFFFF");
    text_member(&p, "attributes", "11000000000000000000000000000000");
    text_member(&p, "attributesMask", "FBFFFFFFFFFFFFFF0000000000000000");
    text_member(&p, "mrsigner", "DC9E2A7C6F948F17474E34A7FC43ED030F7C1563F1BABDDF6340C82E0E54A8C5");
    number_member(&p, "isvprodid", tee == AT_TDX ? 2 : 1);
    enclave_levels(&p, qe_levels, 2);
    close_with(&p, "}");
}

static void replace_at(intel_text *t, char *at, size_t n_from, const char *to)
{
    const size_t n_to = strlen(to);
    must(t->n - n_from + n_to < INTEL_TEXT_MAX);
    memmove(at + n_to, at + n_from, t->n - (size_t)(at - t->text) - n_from + 1);
    memcpy(at, to, n_to);
    t->n += n_to - n_from;
}

/* The text behind the n-th `what` from `at` on; NULL when there are not so many. */
static char *behind(char *at, const char *what, size_t nth)
{
    for (size_t i = 0; at && i <= nth; i++) {
        at = strstr(at, what);
        at = at ? at + strlen(what) : NULL;
    }
    return at;
}

void intel_text_replace(intel_text *t, const char *from, size_t nth, const char *to)
{
    char *at = behind(t->text, from, nth);
    must(at);
    replace_at(t, at - strlen(from), strlen(from), to);
}

bool intel_text_component(intel_text *t, const char *name_, size_t nth, size_t component, const char *svn)
{
    char *at = behind(behind(t->text, name_, nth), "\"svn\":", component);
    if (at)
        replace_at(t, at, strspn(at, "0123456789"), svn);
    return at;
}

/* ---- the set as a file ---- */

static void member(writer *w, const char *name_, span text, bool hex)
{
    write_text(w, w->n > 1 ? ",\n \"" : "\n \"");
    write_text(w, name_);
    write_text(w, "\": ");
    if (!hex) {
        json_write_string(w, text);
        return;
    }
    write_text(w, "\"");
    write_hex(w, text);
    write_text(w, "\"");
}

void intel_collateral_file(const at_collateral *c, writer *w)
{
    write_text(w, "{");
    member(w, "tcb_info", c->tcb_info, false);
    member(w, "tcb_info_signature", c->tcb_info_signature, true);
    member(w, "tcb_info_issuer_chain", c->tcb_info_chain, false);
    member(w, "qe_identity", c->qe_identity, false);
    member(w, "qe_identity_signature", c->qe_identity_signature, true);
    member(w, "qe_identity_issuer_chain", c->qe_identity_chain, false);
    member(w, "root_ca_crl", c->root_list, true);
    member(w, "pck_crl", c->pck_list, true);
    write_text(w, "\n}\n");
}
