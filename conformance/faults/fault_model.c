/* A model's file is loaded and answers. With too little memory it is refused with a reason; an answer is never another one. */
#include "faults.h"
#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 4 << 20 };

static uint8_t *file;
static size_t n_file;
static char honest[512], said[512];

static bool take(void *with, span piece)
{
    const size_t n = strlen(said);
    (void)with;
    if (n + piece.n < sizeof said)
        memcpy(said + n, piece.p, piece.n);
    return true;
}

static bool answers(const model *m)
{
    static const model_message asked = {MODEL_USER, {(const uint8_t *)"what is a lake?", 15}};
    const sample_params likeliest = {.top_p = SAMPLE_ONE, .max_tokens = 8};
    void *memory = aligned_alloc(64, (model_session_size(m) + 63) / 64 * 64);
    model_usage usage;
    if (!memory)
        return false;
    memset(said, 0, sizeof said);
    model_session *s = model_session_start(m, NULL, memory);
    const bool ended = model_generate(s, &asked, 1, &likeliest, take, NULL, &usage) == MODEL_OK;
    model_session_end(s);
    free(memory);
    return ended;
}

static int run(void)
{
    const char *why = NULL;
    fault_begin();
    model *m = model_load(span_of(file, n_file), &why);
    if (!m && (!why || !*why))
        fault_wrong("a model is refused, and no reason is said");
    const bool answered = m && answers(m);
    if (answered && *honest && strcmp(said, honest) != 0)
        fault_wrong("another answer");
    if (m)
        model_free(m);
    fault_disarm();
    return answered ? FAULT_HONEST : FAULT_FAILED;
}

static void prepare(void)
{
    file = malloc(FILE_MAX);
    FILE *f = fopen(FAULTS_MODEL, "rb");
    must(file && f);
    n_file = fread(file, 1, FILE_MAX, f);
    fclose(f);
    must(run() == FAULT_HONEST);
    memcpy(honest, said, sizeof honest);
    must(*honest);
}

const fault_scenario fault_model = {"model", prepare, run, NULL, 1u << FAULT_MEMORY, 0};
