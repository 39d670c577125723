#include "cli.h"

#include <ctype.h>
#include <string.h>

/* Calls `line` for each alternative of a synopsis ("" is one too). */
typedef void synopsis_line(FILE *f, const cli_verb *verb, const char *at, int n);

static void each_synopsis(FILE *f, const cli_verb *verb, synopsis_line *line)
{
    for (const char *at = verb->synopsis;;) {
        size_t n = strcspn(at, "\n");
        line(f, verb, at, (int)n);
        if (!at[n])
            return;
        at += n + 1;
    }
}

static void usage_line(FILE *f, const cli_verb *verb, const char *at, int n)
{
    fprintf(f, "%s parley %s%s%.*s%s\n", at == verb->synopsis ? "usage:" : "      ", verb->name, n ? " " : "", n, at, " [OPTION...]");
}

static void put_wrapped(FILE *f, const char *text, size_t width)
{
    size_t column = 0;
    for (const char *at = text; *at;) {
        size_t n = strcspn(at, " ");
        if (column && column + 1 + n > width) {
            fputc('\n', f);
            column = 0;
        }
        column += (size_t)fprintf(f, "%s%.*s", column ? " " : "", (int)n, at);
        at += n + (at[n] == ' ');
    }
    fputc('\n', f);
}

static void put_option(FILE *f, const cli_option *o)
{
    char left[64];
    snprintf(left, sizeof left, "--%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
    fprintf(f, "  %-24s %s\n", left, o->help);
}

void help_verb(FILE *f, const cli_verb *verb)
{
    each_synopsis(f, verb, usage_line);
    fputc('\n', f);
    put_wrapped(f, verb->about, 100);
    if (verb->options->name)
        fputs("\nOptions:\n", f);
    for (const cli_option *o = verb->options; o->name; o++)
        put_option(f, o);
    fputs("\nCommon options:\n", f);
    for (const cli_option *o = cli_common; o->name; o++)
        if (!cli_verb_has(verb, o->name))
            put_option(f, o);
}

void help_overview(FILE *f)
{
    fputs("parley - executable specification, simulator and conformance suite for end-to-end encrypted AI chat\n\n"
          "usage: parley VERB [OPTION...] [OPERAND...]\n\nVerbs:\n",
          f);
    for (const cli_verb *v = cli_verbs; v->name; v++)
        fprintf(f, "  %-10s %s\n", v->name, v->summary);
    fputs("\nparley VERB --help says more about one.\n", f);
}

/* ---- man page ---- */

static void put_roff(FILE *f, const char *text)
{
    for (const char *at = text; *at; at++) {
        if (at == text && (*at == '.' || *at == '\''))
            fputs("\\&", f);
        fputs(*at == '\\' ? "\\e" : *at == '-' ? "\\-" : (char[]){*at, 0}, f);
    }
}

static void man_synopsis(FILE *f, const cli_verb *verb, const char *at, int n)
{
    char operands[256];
    snprintf(operands, sizeof operands, "%.*s", n, at);
    fprintf(f, ".br\n.B parley %s\n", verb->name);
    if (n) {
        put_roff(f, operands);
        fputc('\n', f);
    }
}

static void man_option(FILE *f, const cli_option *o)
{
    fputs(".TP\n.B \\-\\-", f);
    put_roff(f, o->name);
    if (o->value) {
        fputc(' ', f);
        put_roff(f, o->value);
    }
    fputc('\n', f);
    put_roff(f, o->help);
    fputc('\n', f);
}

static void man_verb(FILE *f, const cli_verb *verb)
{
    fprintf(f, ".SS %s\n", verb->name);
    each_synopsis(f, verb, man_synopsis);
    fputs(".PP\n", f);
    put_roff(f, verb->about);
    fputc('\n', f);
    for (const cli_option *o = verb->options; o->name; o++)
        man_option(f, o);
}

void help_man(FILE *f)
{
    fputs(".TH PARLEY 1 \"\" \"parley " PARLEY_VERSION "\" \"\"\n.SH NAME\nparley \\- executable specification, simulator and "
          "conformance suite for end\\-to\\-end encrypted AI chat\n.SH SYNOPSIS\n.B parley\nVERB [OPTION...] [OPERAND...]\n"
          ".SH COMMON OPTIONS\n",
          f);
    for (const cli_option *o = cli_common; o->name; o++)
        man_option(f, o);
    fputs(".SH VERBS\n", f);
    for (const cli_verb *v = cli_verbs; v->name; v++)
        man_verb(f, v);
    fputs(".SH EXIT STATUS\n0 level reached; 1 failed; 2 baseline does not match; 3 warnings with \\-\\-strict; 4 not tested; 5 drift; "
          "6 the suite itself is unsound; 64 usage; 69 target unreachable; 70 fault of the runner.\n",
          f);
}

/* ---- completion ---- */

static void completion_case(FILE *f, const cli_verb *verb)
{
    fprintf(f, "    %s) words=\"", verb->name);
    for (const char *at = verb->synopsis; *at; at++) { /* lower-case first words of the synopsis are subverbs */
        size_t n = strspn(at, "abcdefghijklmnopqrstuvwxyz-");
        bool first = at == verb->synopsis || at[-1] == '\n';
        if (first && n && (at[n] == 0 || isspace((unsigned char)at[n])))
            fprintf(f, "%.*s ", (int)n, at);
        at += n ? n - 1 : 0;
    }
    for (const cli_option *o = verb->options; o->name; o++)
        fprintf(f, "--%s ", o->name);
    fputs("$common\" ;;\n", f);
}

void help_completion(FILE *f)
{
    fputs("_parley() {\n  local words common=\"", f);
    for (const cli_option *o = cli_common; o->name; o++)
        fprintf(f, "%s--%s", o == cli_common ? "" : " ", o->name);
    fputs("\"\n  case ${COMP_WORDS[1]} in\n", f);
    for (const cli_verb *v = cli_verbs; v->name; v++)
        completion_case(f, v);
    fputs("  esac\n  [ \"$COMP_CWORD\" -gt 1 ] || words=\"", f);
    for (const cli_verb *v = cli_verbs; v->name; v++)
        fprintf(f, "%s ", v->name);
    fputs("--help --version\"\n  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\n"
          "complete -o default -F _parley parley ./parley\n",
          f);
}
