/* The operation ty.answer, its vectors, and the row of the chapter. */
#include "chapter.h"
#include "toy.h"

static void answer_digit(adapter_call *call)
{
    span message;
    uint8_t *digit = call_room(call, 1);
    if (digit && call_bytes(call, "message", &message) && call_accepts(call, ty_answer(message, digit)))
        shim_put_text(&call->reply->out, "answer", span_of(digit, 1));
}

static void add_message(sheet *s, const char *message) { sheet_in(s, BYTES("message", span_text(message))); }

static cJSON *toy_file(const prim *p, int which)
{
    static const char *const checked_by[] = {"text", "audit", NULL};
    static const char *const good[][3] = {{"zero", "0", "9"}, {"ok", "5", "4"}};
    static const rejection bad[] = {{.slug = "two", .site = "TY-001", .mutation = "two digits"},
                                    {.slug = "three", .site = "TY-001", .mutation = "three digits"},
                                    {.slug = "before", .site = "TY-002", .mutation = "the byte before 0"},
                                    {.slug = "after", .site = "TY-002", .mutation = "the byte after 9"}};
    static const char *const sent[] = {"55", "555", "/", ":"};
    (void)which;
    sheet s = sheet_start(p, "ty.answer", "vectors/toy/toy_chapter", "00", checked_by);
    sheet_note(&s, "NoDigit", "PARSER", "Answers a message that is no digit.", "TY-001 TY-002");
    sheet_group(&s, "digits", "ty:digit", "");
    for (size_t i = 0; i < 2; i++) {
        sheet_accepts(&s, good[i][0], "TY-003");
        add_message(&s, good[i][1]);
        sheet_out(&s, TEXT("answer", good[i][2]));
    }
    for (size_t i = 0; i < 4; i++) {
        rejection r = bad[i];
        r.flag = "NoDigit";
        sheet_rejects(&s, &r);
        add_message(&s, sent[i]);
    }
    return s.document;
}

const chapter toy_chapter = {.name = "toy",
                             .files = (const scenario_file[]){{"ty.answer.json", toy_file, 0, NULL}, {0}},
                             .capabilities = (const capability[]){{"ty:digit", NULL}, {0}},
                             .operations = (const operation[]){{.name = "ty.answer", .answer = answer_digit}, {0}}};
