/* `parley model train`: from a seed to the model file, and whether it is the committed one. */
#include "verb_model.h"
#include "exits.h"
#include "model_export.h"
#include "model_train.h"
#include "no_memory.h"
#include "page.h"
#include "place.h"
#include "progress.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum {
    LADDER = 100 /* steps between two lines, and between two checkpoints */,
    VALID = 500 /* and between two looks at unseen conversations */
};

typedef struct training {
    const cli_call *call;
    train_plan plan;
    trainer *trainer;
    const char *out, *checkpoint; /* checkpoint NULL: none */
    bool full;                    /* the plan of the committed model, to its end */
    double loss;                  /* of the last step, nats a token */
    uint32_t began;               /* the step at which this run began */
    struct timespec started;
    char what[64]; /* for the progress line */
} training;

/* Ctrl-C, with a checkpoint: the step under way is finished and saved first. */
static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

/* ---- files ---- */

static bool export(const training *t, page *out, uint8_t digest[32])
{
    const size_t n = model_export_size(&t->plan.shape);
    uint8_t *room = malloc(n);
    needs_memory(room);
    writer w = writer_of(room, n);
    const bool made = model_export_trained(t->trainer, &w);
    prim_digest(&prim_openssl, PRIM_SHA256, written(&w), digest);
    page_put_n(out, room, w.n);
    free(room);
    return made;
}

/* Beside it first, then renamed: a run that is killed leaves the old checkpoint whole. */
static bool save_checkpoint(const training *t)
{
    char path[4096];
    if ((size_t)snprintf(path, sizeof path, "%s.part", t->checkpoint) >= sizeof path)
        return false;
    FILE *f = fopen(path, "wb");
    bool saved = f && train_save(t->trainer, f);
    saved = f && fclose(f) == 0 && saved;
    return saved && rename(path, t->checkpoint) == 0;
}

static int load_checkpoint(const training *t, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return cli_fail(t->call, EXIT_USAGE, "--resume: %s: %s", path, strerror(errno));
    const bool loaded = train_load(t->trainer, f);
    fclose(f);
    return loaded ? EXIT_LEVEL
                  : cli_fail(t->call, EXIT_USAGE,
                             "--resume: %s: no checkpoint of this plan, or not all of it; begin again without --resume", path);
}

/* ---- what is seen of it ---- */

static void update_eta(training *t)
{
    struct timespec now;
    const uint32_t at = train_at(t->trainer);
    clock_gettime(CLOCK_MONOTONIC, &now);
    double seconds = (double)(now.tv_sec - t->started.tv_sec) + (double)(now.tv_nsec - t->started.tv_nsec) / 1e9;
    double left = at > t->began ? seconds / (at - t->began) * (t->plan.steps - at) : 0;
    snprintf(t->what, sizeof t->what, "training: loss %.4f, %u:%02u left", t->loss, (unsigned)left / 60, (unsigned)left % 60);
}

/* The ladder: two runs that differ somewhere differ from that line on. */
static void print_rung(const training *t)
{
    uint8_t digest[TRAIN_DIGEST];
    char hex[65];
    train_digest(t->trainer, digest);
    model_digest_hex(digest, hex);
    fprintf(stderr, "step %5u of %u  loss %.4f", train_at(t->trainer), t->plan.steps, t->loss);
    if (train_at(t->trainer) % VALID == 0 || train_done(t->trainer))
        fprintf(stderr, "  unseen %.4f", train_valid(t->trainer));
    fprintf(stderr, "  weights %s\n", hex);
}

static int checkpoint(const training *t)
{
    return !t->checkpoint || save_checkpoint(t) ? EXIT_LEVEL
                                                : cli_fail(t->call, EXIT_HARNESS, "--checkpoint: %s: %s", t->checkpoint, strerror(errno));
}

static int learn(training *t)
{
    int code = EXIT_LEVEL;
    progress bar = progress_start(t->what, t->plan.steps, t->call->quiet);
    while (code == EXIT_LEVEL && !interrupted && !train_done(t->trainer)) {
        t->loss = train_step(t->trainer);
        update_eta(t);
        progress_at(&bar, train_at(t->trainer));
        if (train_at(t->trainer) % LADDER != 0 && !train_done(t->trainer))
            continue;
        if (bar.off && !t->call->quiet)
            print_rung(t);
        code = checkpoint(t);
    }
    progress_end(&bar);
    return code;
}

/* ---- the end ---- */

/* The digest of the committed model's file. */
static bool committed(uint8_t digest[32])
{
    page text = {0};
    const bool there = page_load(&text, place_model(), MODEL_FILE_MAX);
    if (there)
        prim_digest(&prim_openssl, PRIM_SHA256, span_of(text.p, text.n), digest);
    page_free(&text);
    return there;
}

/* Whether this is the committed model: the same bytes on every machine, so anything else is a fault of this one, or of ours. */
static int compare(const training *t, const uint8_t digest[32])
{
    uint8_t other[32];
    char hex[65], other_hex[65];
    const char *says = "not compared: these are not the steps of the committed model";
    const bool there = t->full && committed(other), same = there && memcmp(digest, other, 32) == 0;
    model_digest_hex(digest, hex);
    if (t->full && !there)
        return cli_fail(t->call, EXIT_HARNESS, "%s: %s; there is no committed model to compare %s (%s) with", place_model(),
                        strerror(errno), t->out, hex);
    if (t->full && !same) {
        model_digest_hex(other, other_hex);
        return cli_fail(t->call, EXIT_FAILED,
                        "%s is %s, but the committed model is %s; the first line of the ladder that differs from another run's says "
                        "where they part",
                        t->out, hex, other_hex);
    }
    if (!t->call->quiet)
        printf("%s\nmodel      %s\n%s\n", t->out, hex, t->full ? "this is the committed model" : says);
    return EXIT_LEVEL;
}

static int finish(const training *t)
{
    page file = {0};
    uint8_t digest[32];
    if (!cli_given(t->call, "out"))
        mkdir(place_out(), 0777); /* when it can't be made, writing says why */
    int code = EXIT_LEVEL;
    if (!export(t, &file, digest))
        code = cli_fail(t->call, EXIT_HARNESS, "the weights can't be written as integers");
    else if (!page_save(&file, t->out))
        code = cli_fail(t->call, EXIT_HARNESS, "--out: %s: %s", t->out, strerror(errno));
    page_free(&file);
    return code ? code : compare(t, digest);
}

static int train(training *t)
{
    const char *resume = cli_value(t->call, "resume");
    int code = resume ? load_checkpoint(t, resume) : EXIT_LEVEL;
    if (code)
        return code;
    t->began = train_at(t->trainer);
    clock_gettime(CLOCK_MONOTONIC, &t->started);
    if (t->checkpoint)
        signal(SIGINT, interrupt);
    code = learn(t);
    signal(SIGINT, SIG_DFL);
    if (code || train_done(t->trainer))
        return code ? code : finish(t);
    code = checkpoint(t);
    fprintf(stderr, "stopped after step %u; go on with --resume %s\n", train_at(t->trainer), t->checkpoint);
    return code ? code : EXIT_FAILED;
}

int model_verb_train(const cli_call *call)
{
    char path[4096];
    training t = {.call = call, .plan = train_tiny, .out = cli_value(call, "out"), .checkpoint = cli_value(call, "checkpoint")};
    uint64_t steps = t.plan.steps;
    if (!cli_number(call, "steps", 1, 1000000, &steps))
        return EXIT_USAGE;
    t.full = steps == t.plan.steps;
    t.plan.steps = (uint32_t)steps;
    t.plan.fall = t.plan.fall < t.plan.steps / 2 ? t.plan.fall : t.plan.steps / 2;
    snprintf(path, sizeof path, "%s/tiny.model", place_out());
    t.out = t.out ? t.out : path;
    t.trainer = train_new(&t.plan);
    if (!t.trainer)
        return cli_fail(call, EXIT_HARNESS, "there is no memory, or this machine's floating point does not round as IEEE 754 says");
    int code = train(&t);
    train_free(t.trainer);
    return code;
}
