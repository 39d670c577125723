#include "place.h"
#include "page.h"
#include "doctor.h"
#include "doors.h"
#include "offer.h"
#include "sentence_of.h"
#include "verbs.h"

#include <string.h>

typedef struct doctor_view {
    const cli_call *call;
    bool any;
} doctor_view;

static void print_finding(void *ctx, const char *what, const char *diagnosis)
{
    doctor_view *view = ctx;
    if (view->call->json) {
        printf("%s{\"examined\":", view->any ? ",\n" : "[");
        json_text(stdout, what);
        printf(",\"well\":%s,\"says\":", *diagnosis ? "false" : "true");
        json_text(stdout, diagnosis);
        fputs("}", stdout);
    } else if (*diagnosis || !view->call->quiet) {
        printf("%-5s %s%s%s\n", *diagnosis ? "FAULT" : "ok", shown_text(what), *diagnosis ? ": " : "", shown_text(diagnosis));
    }
    view->any = true;
}

/* The operands are the command, as they were typed. */
bool join_operands(const cli_call *call, int from, char *out, size_t room)
{
    size_t n = 0;
    out[0] = 0;
    for (int i = from; i < call->argc; i++) {
        size_t more = strlen(call->argv[i]);
        if (n + more + 2 > room)
            return false;
        n += (size_t)snprintf(out + n, room - n, "%s%s", i > from ? " " : "", call->argv[i]);
    }
    return n != 0;
}

/* A misspelt word is told before the one that is missing because of it. */
static bool offers_well(const char *caps, const char *ops, char *diagnosis, size_t room)
{
    return !offer_has_unknown_word(caps, diagnosis, room) && !offer_lacks_word(caps, ops, diagnosis, room);
}

int verb_doctor(const cli_call *call)
{
    static library_child child;
    char command[2000];
    doctor_view view = {call, false};
    if (!join_operands(call, 0, command, sizeof command) || !library_open(&child, command))
        return cli_usage(call, "give the command that starts the adapter");
    bool good = doctor_examine(&child, offers_well, print_finding, &view);
    library_close(&child);
    if (call->json)
        puts("]");
    else if (good)
        printf("nothing is wrong with this adapter; next: %s test library %s\n", place_called(), command);
    return good ? EXIT_LEVEL : EXIT_FAILED;
}
