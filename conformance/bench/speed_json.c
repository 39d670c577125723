/* The JSON reader, on texts of 1 MB. */
#include "json.h"
#include "speed.h"

#include <string.h>

enum { TEXT = 1 << 20 };

typedef struct shape {
    const char *name, *begin, *unit, *end;
} shape;

/* Each unit is repeated, with its last byte left out at the end: a comma, or nothing that matters in a string. */
static const shape shapes[] = {
    {"a long ASCII string", "[\"", "the quick brown fox jumps over the lazy dog. ", "\"]"},
    {"a string of longer characters", "[\"",
     "Gr\xc3\xbc\xc3\x9f"
     "e \xe4\xbd\xa0\xe5\xa5\xbd ",
     "\"]"},
    {"a string with escapes", "[\"", "one line\\n\\\"quoted\\\" ", "\"]"},
    {"messages of a chat", "[", "{\"role\":\"user\",\"content\":\"hello there, how are you?\"},", "]"},
    {"numbers", "[", "12345.25,", "]"},
    {"objects of many members", "[",
     "{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,\"j\":10,\"k\":11,\"l\":12},", "]"},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static uint8_t room[SHAPES][TEXT];
static span text[SHAPES];

static span text_of(const shape *s, uint8_t *to)
{
    writer w = writer_of(to, TEXT);
    const size_t unit = strlen(s->unit);
    write_text(&w, s->begin);
    while (w.n + 2 * unit < TEXT)
        write_text(&w, s->unit);
    w.n--;
    write_text(&w, s->end);
    must(writer_ok(&w));
    return written(&w);
}

static void read_strictly(void *with)
{
    span value;
    must(json_read(*(const span *)with, &value));
}

static void read_each_word(void *with)
{
    const span *s = with;
    uint64_t sum = 0, word;
    for (size_t i = 0; i + 8 <= s->n; i += 8) {
        memcpy(&word, s->p + i, 8);
        sum ^= word;
    }
    __asm__ volatile("" : : "r"(sum));
}

void speed_of_json(speed *s, const prim_choice *unused, uint32_t rounds)
{
    (void)unused;
    speed_start(s, "json_read on texts of 1 MB, to a loop that only reads them", rounds);
    for (int i = 0; i < SHAPES; i++)
        text[i] = text_of(&shapes[i], room[i]);
    const int floor = speed_floor(s, "each word read once", read_each_word, &text[0], 20);
    speed_bytes(s, text[0].n, 0);
    for (int i = 0; i < SHAPES; i++) {
        speed_add(s, shapes[i].name, read_strictly, &text[i], 3, floor, 0);
        speed_bytes(s, text[i].n, 200e6);
    }
}
