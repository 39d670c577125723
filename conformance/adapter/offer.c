#include "offer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD = 64, NEAR = 3 /* changes between a word and its misspelling */ };

/* Words that no chapter brings. `pipeline:` goes on with a number. */
static const char *const hooks[] = {"rng", "rt:starts-with-one-time", "pipeline:64"};

bool has_word(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = list; (at = strstr(at, word)); at += n)
        if ((at == list || at[-1] == ' ') && (at[n] == ' ' || at[n] == 0))
            return true;
    return false;
}

/* The next word of *list, which moves on; false at the end. A longer word is cut. */
static bool next_word(const char **list, char word[WORD])
{
    *list += strspn(*list, " ");
    const size_t n = strcspn(*list, " ");
    snprintf(word, WORD, "%.*s", (int)n, *list);
    *list += n;
    return n != 0;
}

static bool has_any(const char *list, const char *words)
{
    char word[WORD];
    while (next_word(&words, word))
        if (has_word(list, word))
            return true;
    return false;
}

bool offer_owes(const char *caps, const operation *op) { return !op->serves || has_any(caps, op->serves); }

/* ---- words that are missing ---- */

static const char *words_of(const chapter *c, const operation *op, char room[400])
{
    size_t n = 0;
    room[0] = 0;
    if (op->serves)
        return op->serves;
    for (const capability *cap = c->capabilities; cap && cap->name && n < 400; cap++)
        n += (size_t)snprintf(room + n, 400 - n, "%s%s", n ? " " : "", cap->name);
    return room;
}

bool offer_lacks_word(const char *caps, const char *ops, char *says, size_t room)
{
    char all[400];
    for (size_t i = 0; chapters[i]; i++)
        for (const operation *op = chapters[i]->operations; op && op->name; op++) {
            const char *words = words_of(chapters[i], op, all);
            if (!*words || !has_word(ops, op->name) || has_any(caps, words))
                continue;
            snprintf(says, room, "%s is offered, but its vectors need %s%.200s, which caps does not say", op->name,
                     strchr(words, ' ') ? "one of " : "", words);
            return true;
        }
    return false;
}

/* ---- words that are unknown ---- */

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* Letters to put in, leave out or replace. */
static size_t changes_between(const char *a, const char *b)
{
    size_t row[WORD];
    const size_t n = strlen(b);
    for (size_t k = 0; k <= n; k++)
        row[k] = k;
    for (; *a; a++) {
        size_t corner = row[0]++;
        for (size_t k = 1; k <= n; k++) {
            const size_t replaced = corner + (*a != b[k - 1]);
            corner = row[k];
            row[k] = least(replaced, 1 + least(row[k], row[k - 1]));
        }
    }
    return row[n];
}

static void keep_nearer(const char *word, const char *known, const char **nearest, size_t *distance)
{
    const size_t n = strlen(known) < WORD ? changes_between(word, known) : WORD;
    if (n < *distance) {
        *nearest = known;
        *distance = n;
    }
}

static const char *nearest_word(const char *word, size_t *distance)
{
    const char *nearest = hooks[0];
    *distance = 2 * (size_t)WORD;
    for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++)
        keep_nearer(word, hooks[i], &nearest, distance);
    for (size_t i = 0; chapters[i]; i++)
        for (const capability *cap = chapters[i]->capabilities; cap && cap->name; cap++)
            keep_nearer(word, cap->name, &nearest, distance);
    return nearest;
}

static bool is_pipeline(const char *word)
{
    static const char begins[] = "pipeline:";
    const char *number = word + sizeof begins - 1;
    return strncmp(word, begins, sizeof begins - 1) == 0 && *number && number[strspn(number, "0123456789")] == 0;
}

bool offer_has_unknown_word(const char *caps, char *says, size_t room)
{
    char word[WORD];
    size_t distance;
    while (next_word(&caps, word)) {
        const char *nearest = nearest_word(word, &distance);
        if (distance == 0 || is_pipeline(word))
            continue;
        if (distance <= NEAR)
            snprintf(says, room, "caps says %s, which is no capability; the nearest is %s", word, nearest);
        else
            snprintf(says, room, "caps says %s, which is no capability: conformance/reference.md has them all", word);
        return true;
    }
    return false;
}
