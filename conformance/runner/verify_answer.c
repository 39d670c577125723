#include "verify_answer.h"

#include <stdio.h>

void answer_write_account(writer *w, const account *a, comparisons all)
{
    write_text(w, "\"checks\":[");
    for (size_t i = 0; i < a->n_checks; i++) {
        write_text(w, i ? ",{\"id\":" : "{\"id\":");
        json_write_text(w, requirement_rows[a->check[i].req].id);
        write_text(w, a->check[i].ok ? ",\"ok\":true}" : ",\"ok\":false}");
    }
    write_text(w, "],\"not_compared\":[");
    for (unsigned k = 0, n = 0; k < all.n; k++)
        if (a->not_compared & 1u << k) {
            write_text(w, n++ ? "," : "");
            json_write_text(w, all.names[k]);
        }
    write_text(w, "]");
}

void answer_write(writer *w, verdict v, const account *a, comparisons all)
{
    write_text(w, accepted(v) ? "{\"verdict\":\"accept\"" : "{\"verdict\":\"reject\",\"req\":");
    if (!accepted(v))
        json_write_text(w, requirement_rows[v.req].id);
    write_text(w, ",");
    answer_write_account(w, a, all);
}

void answer_print_checks(const account *a, comparisons all)
{
    for (size_t i = 0; i < a->n_checks; i++) {
        const requirement_row *row = &requirement_rows[a->check[i].req];
        printf("%s  %s  %s\n", a->check[i].ok ? "ok    " : "FAILED", row->id, row->text);
    }
    for (unsigned k = 0; k < all.n; k++)
        if (a->not_compared & 1u << k)
            printf("not compared: %s\n", all.names[k]);
}

static void write_name(writer *w, const char *name)
{
    write_text(w, ",\"");
    write_text(w, name);
    write_text(w, "\":");
}

void answer_text(writer *w, const char *name, const char *text)
{
    write_name(w, name);
    json_write_text(w, text);
}

void answer_digits(writer *w, const char *name, span bytes)
{
    write_name(w, name);
    write_text(w, "\"");
    write_hex(w, bytes);
    write_text(w, "\"");
}

void answer_number(writer *w, const char *name, uint64_t n)
{
    write_name(w, name);
    json_write_int(w, (int64_t)n);
}

void answer_date(writer *w, const char *name, int64_t at)
{
    char text[RFC3339_ROOM];
    rfc3339_write((instant){at, 0}, text, sizeof text);
    answer_text(w, name, text);
}

void answer_tcb(writer *w, const at_tcb_result *r)
{
    write_text(w, ",\"tcb\":{\"status\":");
    json_write_text(w, at_tcb_status_names[r->status]);
    if (r->date > 0 && r->date < INT64_MAX)
        answer_date(w, "date", r->date);
    write_text(w, ",\"advisories\":[");
    for (size_t i = 0; i < r->n_advisories; i++) {
        write_text(w, i ? "," : "");
        json_write_string(w, r->advisory[i]);
    }
    write_text(w, "]}");
}
