#include "cli.h"
#include "page.h"
#include "prim.h"
#include "weak.h"
#include "bytes.h"
#include "exits.h"
#include "place.h"
#include "requirements.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

const cli_option cli_common[] = {
    {"seed", "HEX", "all chance comes from these bytes (at most 32)"},
    {"at", "TIME", "the time of every verdict, as RFC 3339 writes it, or `now`"},
    {"format", "text|json", "how to print (text)"},
    {"quiet", NULL, "print only what is wrong"},
    {"out", "DIR", "where files are written (reports/out in a checkout, else ./parley-out)"},
#ifdef PARLEY_MUTANTS
    {"weak", "ID[,ID]", "disable the lines that carry out these sentences"},
#endif
    {"help", NULL, "print this and stop"},
    {"version", NULL, "print the version and stop"},
    {0},
};

const cli_verb *cli_find(const char *name)
{
    for (const cli_verb *v = cli_verbs; v->name; v++)
        if (strcmp(v->name, name) == 0)
            return v;
    return NULL;
}

/* ---- asking the call ---- */

static size_t index_of(const cli_call *call, const char *name)
{
    size_t i = 0;
    while (i < call->n_options && strcmp(call->options[i]->name, name) != 0)
        i++;
    must(i < call->n_options);
    return i;
}

const char *cli_value(const cli_call *call, const char *name) { return call->values[index_of(call, name)]; }

bool cli_given(const cli_call *call, const char *name) { return cli_value(call, name) != NULL; }

const char *cli_operand(const cli_call *call, int i) { return i < call->argc ? call->argv[i] : NULL; }

bool cli_number(const cli_call *call, const char *name, uint64_t low, uint64_t high, uint64_t *out)
{
    const char *text = cli_value(call, name);
    if (!text)
        return true;
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || value < low || value > high) {
        cli_usage(call, "--%s: '%s' is not a number from %llu to %llu", name, text, (unsigned long long)low, (unsigned long long)high);
        return false;
    }
    *out = value;
    return true;
}

static bool read_thousandths(const char *text, uint64_t *out)
{
    int decimals = -1; /* digits after the point; -1: none has come */
    *out = 0;
    if (*text < '0' || *text > '9')
        return false;
    for (; *text; text++) {
        if (*text == '.' && decimals < 0 && text[1]) {
            decimals = 0;
            continue;
        }
        if (*text < '0' || *text > '9' || decimals == 3 || *out > UINT32_MAX)
            return false;
        *out = *out * 10 + (uint64_t)(*text - '0');
        decimals += decimals >= 0;
    }
    for (decimals = decimals < 0 ? 0 : decimals; decimals < 3; decimals++)
        *out *= 10;
    return true;
}

bool cli_thousandths(const cli_call *call, const char *name, uint64_t low, uint64_t high, uint64_t *out)
{
    const char *text = cli_value(call, name);
    uint64_t value;
    if (!text)
        return true;
    if (!read_thousandths(text, &value) || value < low || value > high) {
        cli_usage(call, "--%s: '%s' is not a number from %llu.%03llu to %llu.%03llu with at most three decimals", name, text,
                  (unsigned long long)low / 1000, (unsigned long long)low % 1000, (unsigned long long)high / 1000,
                  (unsigned long long)high % 1000);
        return false;
    }
    *out = value;
    return true;
}

/* ---- complaining ---- */

static void complain(const cli_call *call, const char *format, va_list args)
{
    fflush(stdout);
    fprintf(stderr, "parley%s%s: ", call->verb ? " " : "", call->verb ? call->verb->name : "");
    char message[4096];
    vsnprintf(message, sizeof message, format, args); /* parts of it may come from outside */
    fprintf(stderr, "%s\n", shown_text(message));
}

int cli_usage(const cli_call *call, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    complain(call, format, args);
    va_end(args);
    fprintf(stderr, "See: %s %s%s--help\n", place_called(), call->verb ? call->verb->name : "", call->verb ? " " : "");
    return EXIT_USAGE;
}

int cli_fail(const cli_call *call, int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    complain(call, format, args);
    va_end(args);
    return code;
}

/* ---- reading the line ---- */

bool cli_verb_has(const cli_verb *verb, const char *name)
{
    for (const cli_option *o = verb->options; o->name; o++)
        if (strcmp(o->name, name) == 0)
            return true;
    return false;
}

static void add_option(cli_call *call, const cli_option *o)
{
    must(call->n_options < CLI_OPTIONS);
    call->options[call->n_options++] = o;
}

static void collect_options(cli_call *call)
{
    for (const cli_option *o = call->verb->options; o->name; o++)
        add_option(call, o);
    for (const cli_option *o = cli_common; o->name; o++)
        if (!cli_verb_has(call->verb, o->name))
            add_option(call, o);
}

/* How many letters have to be put in, left out or changed to make one word of the other; words of more than NEAR_MAX letters are far. */
enum { NEAR_MAX = 31, NEAR = 2 };

static unsigned distance(const char *a, const char *b)
{
    const size_t n = strlen(a), m = strlen(b);
    unsigned row[NEAR_MAX + 1];
    if (n > NEAR_MAX || m > NEAR_MAX)
        return NEAR_MAX;
    for (size_t k = 0; k <= m; k++)
        row[k] = (unsigned)k;
    for (size_t i = 1; i <= n; i++) {
        unsigned corner = row[0];
        row[0] = (unsigned)i;
        for (size_t k = 1; k <= m; k++) {
            const unsigned change = corner + (a[i - 1] != b[k - 1]), shorter = (row[k] < row[k - 1] ? row[k] : row[k - 1]) + 1;
            corner = row[k];
            row[k] = change < shorter ? change : shorter;
        }
    }
    return row[m];
}

/* Keeps the nearer of two words, if it is near at all. */
static const char *nearer(const char *typed, const char *word, const char *best)
{
    const unsigned d = distance(typed, word);
    return d <= NEAR && d < strlen(typed) && (!best || d < distance(typed, best)) ? word : best;
}

static int refuse_option(const cli_call *call, int found, char **argv)
{
    const char *word = argv[optind - 1], *best = NULL;
    char typed[NEAR_MAX + 1];
    if (found == ':')
        return cli_usage(call, "%s needs an argument", word);
    snprintf(typed, sizeof typed, "%.*s", (int)strcspn(word + strspn(word, "-"), "="), word + strspn(word, "-"));
    for (const cli_option *o = call->verb->options; o->name; o++)
        best = nearer(typed, o->name, best);
    for (const cli_option *o = cli_common; o->name; o++)
        best = nearer(typed, o->name, best);
    return cli_usage(call, best ? "there is no option %s; there is --%s" : "there is no option %s", word, best);
}

/* getopt_long over the verb's row. Every option is long; `values` fills up beside `options`. */
static int read_options(cli_call *call, int argc, char **argv)
{
    struct option table[CLI_OPTIONS + 1] = {{0}};
    for (size_t i = 0; i < call->n_options; i++)
        table[i] = (struct option){call->options[i]->name, call->options[i]->value ? required_argument : no_argument, NULL, 1};
    optind = 0; /* starts anew, also when a test parses a second line */
    opterr = 0;
    for (;;) {
        int at = 0, found = getopt_long(argc, argv, ":", table, &at);
        if (found < 0)
            break;
        if (found != 1)
            return refuse_option(call, found, argv);
        if (call->values[at])
            return cli_usage(call, "--%s is given twice", call->options[at]->name);
        call->values[at] = optarg ? optarg : "";
    }
    call->argc = argc - optind;
    call->argv = argv + optind;
    return EXIT_LEVEL;
}

static const char *common_value(const cli_call *call, const char *name)
{
    return cli_verb_has(call->verb, name) ? NULL : cli_value(call, name);
}

static int read_seed(cli_call *call)
{
    const char *text = common_value(call, "seed");
    writer seed = WRITER(call->seed);
    if (!text)
        return EXIT_LEVEL;
    if (!read_hex(span_text(text), &seed) || seed.n == 0)
        return cli_usage(call, "--seed: '%s' is not 1 to %d bytes in lower-case hexadecimal", text, CLI_SEED);
    call->seed_n = seed.n;
    call->seed_given = true;
    return EXIT_LEVEL;
}

static int read_time(cli_call *call)
{
    const char *text = common_value(call, "at");
    if (!text)
        return EXIT_LEVEL;
    call->has_at = true;
    if (strcmp(text, "now") == 0) {
        call->at = (instant){time(NULL), 0};
        return EXIT_LEVEL;
    }
    const char *wrong = rfc3339_read(text, &call->at);
    return wrong ? cli_usage(call, "--at: '%s' is not a time such as 2027-01-01T00:00:00Z: %s", text, wrong) : EXIT_LEVEL;
}

static int read_format(cli_call *call)
{
    const char *text = common_value(call, "format");
    call->json = text && strcmp(text, "json") == 0;
    if (text && !call->json && strcmp(text, "text") != 0)
        return cli_usage(call, "--format: '%s' is neither text nor json", text);
    return EXIT_LEVEL;
}

/* Only the mutants build has the option; elsewhere nothing can be weakened. */
static int read_weak(cli_call *call)
{
    const char *list = weak_possible() ? common_value(call, "weak") : NULL;
    char names[256], *rest = names, *name;
    snprintf(names, sizeof names, "%s", list ? list : "");
    while (list && (name = strsep(&rest, ","))) {
        uint16_t req = requirement_named(name);
        if (!req)
            return cli_usage(call, "--weak: no chapter states '%s'", name);
        weak_set(req, true);
    }
    return EXIT_LEVEL;
}

static int read_common(cli_call *call)
{
    call->quiet = common_value(call, "quiet") != NULL;
    call->out = common_value(call, "out");
    if (!call->out)
        call->out = place_out();
    int code = read_seed(call);
    code = code ? code : read_time(call);
    code = code ? code : read_weak(call);
    return code ? code : read_format(call);
}

static int run_verb(cli_call *call, int argc, char **argv)
{
    collect_options(call);
    int code = read_options(call, argc, argv);
    if (code)
        return code;
    if (common_value(call, "help")) {
        help_verb(stdout, call->verb);
        return EXIT_LEVEL;
    }
    if (common_value(call, "version"))
        call->verb = cli_find("version");
    else
        code = read_common(call);
    return code ? code : call->verb->run(call);
}

/* `parley`, `parley --help` and `parley --version` are the verbs of that name. */
static const char *verb_word(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return "help";
    return strcmp(argv[1], "--version") == 0 ? "version" : argv[1];
}

/* What disables lines; preset_for in the launcher knows the same. */
static bool disables_lines(const char *verb, int argc, char **argv)
{
    static const char *const verbs[] = {"attack", "demo", "audit", "mutants", "gate", "judge"}, *const options[] = {"--weak", "--plant"};
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(verb, verbs[i]) == 0)
            return true;
    for (int k = 2; k < argc; k++)
        for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
            const size_t n = strlen(options[i]);
            if (strncmp(argv[k], options[i], n) == 0 && (argv[k][n] == 0 || argv[k][n] == '='))
                return true;
        }
    return false;
}

/* Installed, two programs share the work: what disables lines is done by the one whose lines can be. Returns when there is none. */
static void hand_over(const char *verb, int argc, char **argv)
{
    if (!weak_possible() && disables_lines(verb, argc, argv) && place_weakenable())
        execv(place_weakenable(), argv);
}

static int refuse_verb(const cli_call *call, const char *word)
{
    const char *best = NULL;
    for (const cli_verb *v = cli_verbs; v->name; v++)
        best = nearer(word, v->name, best);
    return cli_usage(call, best ? "there is no verb '%s'; there is '%s'" : "there is no verb '%s'", word, best);
}

int cli_main(int argc, char **argv)
{
    cli_call call = {.program = argc > 0 ? argv[0] : "parley"};
    const char *word = verb_word(argc, argv);
    hand_over(word, argc, argv);
    prim_start();
    call.verb = cli_find(word);
    if (!call.verb)
        return refuse_verb(&call, word);
    int code = argc < 2 ? run_verb(&call, 1, (char *[]){(char *)"help", NULL}) : run_verb(&call, argc - 1, argv + 1);
    if (fflush(stdout) != 0 || ferror(stdout))
        return cli_fail(&call, EXIT_HARNESS, "the standard output can't be written: %s", strerror(errno));
    return code;
}
