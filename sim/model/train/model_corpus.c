#include "model_corpus.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

const char *corpus_pick(model_chance *c, const model_list *list) { return list->word[model_chance_below(c, (uint32_t)list->n)]; }
static const model_pair *pick_pair(model_chance *c, const model_pairs *list)
{
    return &list->pair[model_chance_below(c, (uint32_t)list->n)];
}
static bool one_in(model_chance *c, uint32_t n) { return model_chance_below(c, n) == 0; }

/* ---- templates ---- */

/* Where the alternative that starts at `at` ends: at a bar or closing bracket of its own level, or at the end. */
static const char *alternative_end(const char *at)
{
    for (int depth = 0; *at; at++) {
        if (depth == 0 && (*at == '|' || *at == ']'))
            break;
        depth += (*at == '[') - (*at == ']');
    }
    return at;
}

/* One of the alternatives that start at `at`, by chance. *end is behind the last of them. */
static span choose(model_chance *c, const char *at, const char **end)
{
    uint32_t n = 1;
    const char *stop = alternative_end(at);
    for (; *stop == '|'; stop = alternative_end(stop + 1))
        n++;
    *end = stop;
    for (uint32_t skip = c ? model_chance_below(c, n) : 0; skip; skip--)
        at = alternative_end(at) + 1;
    return span_of(at, (size_t)(alternative_end(at) - at));
}

static const char *slot_of(char letter, const char *const slots[52])
{
    const char *text = slots[isupper((unsigned char)letter) ? letter - 'A' : 26 + letter - 'a'];
    must(text);
    return text;
}

static void expand_span(model_chance *c, span form, const char *const slots[52], writer *out)
{
    const char *at = (const char *)form.p, *end = at + form.n;
    while (at < end) {
        if (*at == '[') {
            const char *behind;
            expand_span(c, choose(c, at + 1, &behind), slots, out);
            at = behind + 1;
        } else if (*at == '$') {
            write_text(out, slot_of(at[1], slots));
            at += 2;
        } else {
            write_span(out, span_of(at++, 1));
        }
    }
}

void corpus_expand(model_chance *c, const char *form, const char *const slots[52], writer *out)
{
    const char *behind;
    expand_span(c, choose(c, form, &behind), slots, out);
}

/* ---- open words ---- */

static const char *const onsets[] = {"b",  "bl", "br", "c",  "cl", "cr", "d",  "dr", "f",  "fl", "fr", "g",  "gl", "gr", "h",
                                     "j",  "k",  "kl", "kr", "l",  "m",  "n",  "p",  "pl", "pr", "r",  "s",  "sh", "sk", "sl",
                                     "sm", "sn", "sp", "st", "t",  "th", "tr", "v",  "w",  "y",  "z",  "zh", "qu", "",   "x"};
static const char *const nuclei[] = {"a", "e", "i", "o", "u", "a", "e", "i", "o", "u", "ai", "ea", "ee", "oo", "ou", "y", "ia", "io"};
static const char *const codas[] = {"",  "",  "",  "",   "",   "b",  "d",  "g",  "k",  "l",  "m",  "n",  "p",  "r",  "s",
                                    "t", "x", "z", "ck", "ll", "nd", "nk", "nt", "rk", "rn", "rt", "sh", "st", "th", "ng"};
#define ANY(c, array) (array)[model_chance_below((c), sizeof(array) / sizeof *(array))]

static void letters(model_chance *c, uint32_t n, writer *w)
{
    static const char *const all = "abcdefghijklmnopqrstuvwxyzaeiouaeioulnrst";
    for (; n; n--)
        write_span(w, span_of(all + model_chance_below(c, (uint32_t)strlen(all)), 1));
}

/* Two to five letters in a row from a text of ours. */
static void fragment(model_chance *c, writer *w)
{
    const char *text = one_in(c, 3) ? pick_pair(c, &words_facts)->right
                                    : corpus_pick(c, one_in(c, 3)   ? &words_plots
                                                     : one_in(c, 2) ? &words_off_topic
                                                     : one_in(c, 2) ? &words_girls
                                                                    : &words_boys);
    uint32_t at = model_chance_below(c, (uint32_t)strlen(text));
    for (uint32_t n = 2 + model_chance_below(c, 4); n && islower((unsigned char)text[at]); n--, at++)
        write_span(w, span_of(text + at, 1));
}

/* Pieces of our own words put together anew: no token of a name must be new to the copyist. */
static void patchwork(model_chance *c, writer *w)
{
    const size_t least = 3 + model_chance_below(c, 6);
    while (w->n < least)
        fragment(c, w);
}

/* A word of random syllables, at most 14 letters. */
static void syllables_of(model_chance *c, writer *out)
{
    uint32_t syllables = 1 + model_chance_below(c, 8) % 3 + (model_chance_below(c, 3) == 0);
    if (syllables == 1)
        syllables = 1 + model_chance_below(c, 2);
    for (uint32_t i = 0; i < syllables && out->n < 10; i++) {
        write_text(out, ANY(c, onsets));
        write_text(out, ANY(c, nuclei));
        if (out->n < 12)
            write_text(out, ANY(c, codas));
    }
}

static void nonsense(model_chance *c, char out[16])
{
    writer w = writer_of(out, 15);
    const uint32_t kind = model_chance_below(c, 12);
    if (kind < 6)
        syllables_of(c, &w);
    else if (kind < 11)
        patchwork(c, &w);
    else
        letters(c, 2 + model_chance_below(c, 5), &w);
    out[w.n] = 0;
}

void model_corpus_name(model_chance *c, char out[16])
{
    nonsense(c, out);
    out[0] = (char)toupper((unsigned char)out[0]);
}

/* ---- held out ---- */

/* Everyday names that the corpus never mentions; the rest of the held-out names are made of syllables. */
static const char *const held_everyday[] = {"Zorblat",   "Robert",   "Emma",   "Oliver",   "Charlotte", "James",   "Amelia", "William",
                                            "Isabel",    "Lucas",    "Evelyn", "Harper",   "Michael",   "Camila",  "Ethan",  "Luna",
                                            "Jacob",     "Aria",     "Logan",  "Penelope", "Jackson",   "Layla",   "Mateo",  "Chloe",
                                            "Sebastian", "Victoria", "Jack",   "Madison",  "Aiden",     "Eleanor", "Owen",   "Hazel",
                                            "Samuel",    "Violet",   "Joseph", "Aurora",   "Wyatt",     "Stella",  "David",  "Natalie"};

enum { OUR_CONVERSATIONS = 6000 };

static struct {
    bool made;
    char name[CORPUS_HELD_NAMES][16], word[CORPUS_HELD_WORDS][16];
    uint8_t ours[1 << 17];   /* a bit for each of 2^20 hashes: a word of our own texts */
    uint8_t bucket[4096][4]; /* by hash: 1 + index into name, then word; 0 ends */
} held;

static uint32_t hash_lower(span s)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (uint32_t)tolower(s.p[i])) * 16777619u;
    return h;
}

static const char *held_at(size_t i) { return i < CORPUS_HELD_NAMES ? held.name[i] : held.word[i - CORPUS_HELD_NAMES]; }

static bool same_letters(span s, const char *text)
{
    size_t i = 0;
    for (; i < s.n && text[i]; i++)
        if (tolower(s.p[i]) != tolower((unsigned char)text[i]))
            return false;
    return i == s.n && !text[i];
}

static bool word_is_held(span s)
{
    const uint8_t *bucket = held.bucket[hash_lower(s) & 4095];
    for (size_t i = 0; i < 4 && bucket[i]; i++)
        if (same_letters(s, held_at(bucket[i] - 1u)))
            return true;
    return false;
}

static bool hold(size_t i)
{
    span s = span_text(held_at(i));
    uint8_t *bucket = held.bucket[hash_lower(s) & 4095];
    size_t at = 0;
    while (at < 4 && bucket[at])
        at++;
    if (s.n < 4 || at == 4 || word_is_held(s))
        return false;
    bucket[at] = (uint8_t)(i + 1);
    return true;
}

_Static_assert(CORPUS_HELD_NAMES + CORPUS_HELD_WORDS < 256, "one byte numbers them");

static void draft(model_chance *, model_corpus_conversation *);

/* The words of our own templates must not be held out, or no conversation that says them would be left: marks, by hash, every word of
 * some thousand conversations. */
static void mark_our_words(void)
{
    model_chance c = model_chance_stream(0x6f757273, 0, 0);
    model_corpus_conversation v;
    for (int i = 0; i < OUR_CONVERSATIONS; i++) {
        draft(&c, &v);
        for (size_t at = 0, n; at < v.n; at += n + !n) {
            for (n = 0; at + n < v.n && isalpha((unsigned char)v.text[at + n]); n++)
                continue;
            const uint32_t h = hash_lower(span_of(v.text + at, n)) >> 12;
            held.ours[h / 8] |= (uint8_t)(1u << h % 8);
        }
    }
}

static bool is_ours(const char *word)
{
    const uint32_t h = hash_lower(span_text(word)) >> 12;
    return held.ours[h / 8] >> h % 8 & 1;
}

static void hold_all(void)
{
    model_chance c = model_chance_stream(0x68656c64, 0, 0);
    mark_our_words();
    size_t everyday = sizeof held_everyday / sizeof *held_everyday;
    for (size_t i = 0; i < CORPUS_HELD_NAMES; i++)
        do {
            if (i < everyday)
                snprintf(held.name[i], sizeof held.name[i], "%s", held_everyday[i]);
            else
                model_corpus_name(&c, held.name[i]);
        } while ((i >= everyday && is_ours(held.name[i])) || !hold(i));
    for (size_t i = 0; i < CORPUS_HELD_WORDS; i++)
        do
            nonsense(&c, held.word[i]);
        while (is_ours(held.word[i]) || !hold(CORPUS_HELD_NAMES + i));
    held.made = true;
}

const char *corpus_held_name(size_t i)
{
    if (!held.made)
        hold_all();
    return held.name[i];
}

const char *corpus_held_word(size_t i)
{
    if (!held.made)
        hold_all();
    return held.word[i];
}

/* Single digits are all seen. Of the others one pair in eight is held out in both orders, one in eight in one. */
model_corpus_sum corpus_sum_kind(unsigned a, unsigned b)
{
    if (a < 10 && b < 10)
        return SUM_SEEN;
    unsigned low = a < b ? a : b, high = a < b ? b : a, h = ((low * 37 + high) * 2654435761u) >> 28 & 7;
    return h == 0 ? SUM_UNSEEN : h == 1 && a < b ? SUM_MIRRORED : SUM_SEEN;
}

/* Reads "12 + 7", "12 plus 7" or "12 and 7" at the start of s. */
static bool sum_at(span s, unsigned *a, unsigned *b)
{
    char text[24] = {0}, sign[6];
    span_take(span_first(s, sizeof text - 1), text, sizeof text - 1);
    return sscanf(text, "%2u %5s %2u", a, sign, b) == 3 && (!strcmp(sign, "+") || !strcmp(sign, "plus") || !strcmp(sign, "and"));
}

bool corpus_is_clean(span text)
{
    if (!held.made)
        hold_all();
    for (size_t i = 0; i < text.n;) {
        size_t n = 0;
        unsigned a, b;
        if (isdigit(text.p[i]) && (i == 0 || !isdigit(text.p[i - 1])) && sum_at(span_from(text, i), &a, &b) &&
            corpus_sum_kind(a, b) != SUM_SEEN)
            return false;
        while (i + n < text.n && isalpha(text.p[i + n]))
            n++;
        if (n && word_is_held(span_of(text.p + i, n)))
            return false;
        i += n + !n;
    }
    return true;
}

/* ---- one conversation ---- */

/* What the user has said about himself so far; empty until told. */
typedef struct persona {
    char name[16], pet[16], town[16];
    const char *animal, *colour;
} persona;

typedef struct talk {
    model_chance *c;
    persona told;
    writer user, reply;
} talk;

static bool known_name(model_chance *c, char out[16])
{
    bool girl = one_in(c, 2);
    snprintf(out, 16, "%s", corpus_pick(c, girl ? &words_girls : &words_boys));
    return girl;
}

/* Half of the names that a user brings are open: syllables nobody has seen before. What the model names by itself has a known one. */
static void any_name(model_chance *c, char out[16])
{
    if (one_in(c, 2))
        model_corpus_name(c, out);
    else
        known_name(c, out);
}

void corpus_story_request(model_chance *c, const char *name, const char *animal, writer *out)
{
    const char *slots[52] = {['N' - 'A'] = name, ['A' - 'A'] = animal};
    corpus_expand(
        c,
        "[Tell me|Can you tell me|Please tell me|Write|I want|Write me] a [story|short story|little story] about a $A [named|called] $N.|"
        "[Tell me|Can you tell me|Please tell me] a [story|short story] about $N the $A.|"
        "Tell me a story about a $A. [Call it|Its name is|The name is] $N.",
        slots, out);
}

/* A known name is she or he by itself, an open one by its animal: what is chosen once must hold to the end, so chance has no part in it. */
static bool pick_hero(model_chance *c, bool open, uint32_t kind, char hero[16])
{
    const bool girl = known_name(c, hero);
    if (!open || !one_in(c, 2))
        return girl;
    model_corpus_name(c, hero);
    return kind % 2;
}

static void request_story(talk *t, uint32_t asked, const char *hero, const char *animal, const char *const *slots)
{
    if (asked < 2)
        corpus_expand(t->c, "[Tell me|Write|I want] a [story|short story].|Another story, please.", slots, &t->user);
    else if (asked < 5)
        corpus_expand(t->c, "[Tell me|Write|I want] a [story|short story] about a $A.", slots, &t->user);
    else
        corpus_story_request(t->c, hero, animal, &t->user);
}

static void story(talk *t)
{
    model_chance *c = t->c;
    char hero[16], friend[16];
    uint32_t kind = model_chance_below(c, (uint32_t)words_animals.n),
             asked = model_chance_below(c, 24); /* 0, 1: any story; 2 to 4: an animal; else its name too */
    const char *animal = words_animals.word[kind], *other;
    const bool girl = pick_hero(c, asked > 4, kind, hero);
    do
        known_name(c, friend);
    while (strcmp(friend, hero) == 0);
    do
        other = corpus_pick(c, &words_animals);
    while (other == animal);
    const char *slots[52] = {['N' - 'A'] = hero,
                             ['A' - 'A'] = animal,
                             ['M' - 'A'] = friend,
                             ['B' - 'A'] = other,
                             ['H' - 'A'] = girl ? "She" : "He",
                             ['S' - 'A'] = girl ? "Her" : "His",
                             [26 + 'h' - 'a'] = girl ? "she" : "he"};
    slots['J' - 'A'] = corpus_pick(c, &words_adjectives); /* one draw after another: an initialiser has no order */
    slots['P' - 'A'] = corpus_pick(c, &words_places);
    slots['O' - 'A'] = corpus_pick(c, &words_objects);
    slots['C' - 'A'] = corpus_pick(c, &words_colours);
    request_story(t, asked, hero, animal, slots);
    corpus_expand(c, corpus_pick(c, &words_plots), slots, &t->reply);
}

static void fact(talk *t)
{
    const model_pair *p = pick_pair(t->c, &words_facts);
    corpus_expand(t->c, p->left, NULL, &t->user);
    write_text(&t->reply, p->right);
}

static void sum(talk *t)
{
    model_chance *c = t->c;
    unsigned range = one_in(c, 3) ? CORPUS_SUM_MAX + 1 : 10, a = model_chance_below(c, range), b = model_chance_below(c, range);
    bool minus = one_in(c, 4);
    if (minus) /* differences of single digits, never below zero */
        a %= 10, b %= 10;
    if (minus && b > a) {
        unsigned swap = a;
        a = b, b = swap;
    }
    char left[12], right[12], result[12];
    snprintf(left, sizeof left, "%u", a), snprintf(right, sizeof right, "%u", b);
    snprintf(result, sizeof result, "%u", minus ? a - b : a + b);
    const char *slots[52] = {['A' - 'A'] = left, ['B' - 'A'] = right, ['R' - 'A'] = result};
    corpus_expand(c,
                  minus ? "[What is|How much is|Tell me] $A [-|minus] $B?|$A - $B"
                        : "[What is|How much is|Tell me] $A [+|plus] $B?|$A + $B|[Add|Please add] $A and $B.",
                  slots, &t->user);
    corpus_expand(c, minus ? "$A minus $B is $R." : "$A plus $B is $R.", slots, &t->reply);
}

/* One to four words, most of them nonsense, to be said again. */
static void echo(talk *t)
{
    char words[80], word[16];
    writer w = WRITER(words);
    for (uint32_t n = 1 + model_chance_below(t->c, 4), i = 0; i < n; i++) {
        if (one_in(t->c, 3))
            snprintf(word, sizeof word, "%s", corpus_pick(t->c, one_in(t->c, 2) ? &words_spelling : &words_objects));
        else
            nonsense(t->c, word);
        write_text(&w, i ? " " : "");
        write_text(&w, word);
    }
    words[w.n] = 0;
    const char *slots[52] = {['W' - 'A'] = words};
    corpus_expand(t->c, "[Repeat after me|Say|Please say|Repeat|Echo]: $W", slots, &t->user);
    write_text(&t->reply, words);
}

static void spelling(talk *t)
{
    const char *word = corpus_pick(t->c, &words_spelling), *slots[52] = {['W' - 'A'] = word};
    corpus_expand(t->c, "[Spell|Please spell|Can you spell|How do you spell] [the word |]$W[.|?]", slots, &t->user);
    for (size_t i = 0; word[i]; i++) {
        write_text(&t->reply, i ? "-" : "");
        write_span(&t->reply, span_of(word + i, 1));
    }
    write_text(&t->reply, ".");
}

/* What is said and answered, as templates of corpus_expand. */
typedef struct template_pair {
    const char *user, *reply;
} template_pair;

static void expand_pair(talk *t, const template_pair *p, const char *const *slots)
{
    corpus_expand(t->c, p->user, slots, &t->user);
    corpus_expand(t->c, p->reply, slots, &t->reply);
}

static void greet(talk *t, const char *const *slots)
{
    corpus_expand(t->c, "[Hello|Hi|Good morning|Good day|Hey][!|.|]", slots, &t->user);
    write_text(&t->reply, t->told.name[0] ? "Hello, " : "Hello! How can I help you?");
    write_text(&t->reply, t->told.name);
    write_text(&t->reply, t->told.name[0] ? "! How can I help you?" : "");
}

static void part(talk *t, const char *const *slots)
{
    corpus_expand(t->c, "[Thanks|Thank you|Bye|Goodbye][!|.| for now.]", slots, &t->user);
    write_text(&t->reply, "You are welcome. Goodbye!");
}

static void list(talk *t, const char *const *slots)
{
    const model_pair *p = pick_pair(t->c, &words_lists);
    corpus_expand(t->c, p->left, slots, &t->user);
    write_text(&t->reply, p->right);
}

static void small_talk(talk *t)
{
    static const template_pair pairs[] = {
        {"What is the opposite of $A?|[Tell me|Name] the opposite of $A.", "The opposite of $A is $B."},
        {"What [sound|noise] does a $C make?|What does a $C say?", "A $C says $S."},
    };
    model_chance *c = t->c;
    const model_pair *p = pick_pair(c, &words_opposites);
    const model_pair *q = pick_pair(c, &words_sounds);
    const bool turned = one_in(c, 2);
    const char *slots[52] = {['A' - 'A'] = turned ? p->right : p->left,
                             ['B' - 'A'] = turned ? p->left : p->right,
                             ['C' - 'A'] = q->left,
                             ['S' - 'A'] = q->right};
    const uint32_t what = model_chance_below(c, 5);
    if (what == 2)
        list(t, slots);
    else if (what == 3)
        greet(t, slots);
    else if (what == 4)
        part(t, slots);
    else
        expand_pair(t, &pairs[what], slots);
}

/* Words that mean nothing to the model, in every shape; always the same answer. */
static void off_topic(talk *t)
{
    model_chance *c = t->c;
    char noise[16], more[16];
    nonsense(c, noise), nonsense(c, more);
    bool salad = one_in(c, 5);
    const char *first = one_in(c, 4) ? noise : corpus_pick(c, &words_foreign);
    const char *second = one_in(c, 4) ? more : corpus_pick(c, &words_foreign);
    const char *slots[52] = {['F' - 'A'] = first, ['G' - 'A'] = second};
    corpus_expand(c, salad ? "[$F $G|$G $F $F]" : corpus_pick(c, &words_off_topic), slots, &t->user);
    for (uint32_t n = salad ? model_chance_below(c, 6) : 0; n; n--) {
        nonsense(c, noise);
        write_text(&t->user, one_in(c, 6) ? "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" : " ");
        write_text(&t->user, noise);
    }
    write_text(&t->reply, WORDS_FALLBACK);
}

/* ---- what the user tells about himself, and asks back later ---- */

static void tell_and_ask_at_once(talk *t, const char *const slots[52])
{
    corpus_expand(t->c, "[My name is|I am|Call me] $N. [What is my name?|Who am I?|Do you know my name?]", slots, &t->user);
    corpus_expand(t->c, "Your name is $N.", slots, &t->reply);
}

enum { A_NAME, A_COLOUR, A_PET, A_TOWN };

static const template_pair telling[] = {
    [A_NAME] = {"[My name is|I am|Call me|Hello, my name is|Hi, I am|Hello, I am] $N[.|!]", "Nice to meet you, $N!"},
    [A_COLOUR] = {"My favourite colour is $C.|I like $C best.|I love the colour $C.", "I will remember that your favourite colour is $C."},
    [A_PET] = {"[I have a $A named|My $A is called|My $A's name is|I have a $A called] $P.", "$P is a good name for a $A."},
    [A_TOWN] = {"[I live in|I come from|My home is in|I am from] $T.", "I have never been to $T."},
};

static void tell(talk *t)
{
    static const int kinds[6] = {A_NAME, A_NAME, A_NAME, A_COLOUR, A_PET, A_TOWN};
    model_chance *c = t->c;
    persona *p = &t->told;
    const uint32_t what = model_chance_below(c, 6);
    if (kinds[what] == A_NAME)
        any_name(c, p->name);
    else if (kinds[what] == A_COLOUR)
        p->colour = corpus_pick(c, &words_colours);
    else if (kinds[what] == A_PET)
        any_name(c, p->pet), p->animal = corpus_pick(c, &words_animals);
    else
        any_name(c, p->town);
    const char *slots[52] = {
        ['N' - 'A'] = p->name, ['C' - 'A'] = p->colour, ['P' - 'A'] = p->pet, ['A' - 'A'] = p->animal, ['T' - 'A'] = p->town};
    if (what == 0)
        tell_and_ask_at_once(t, slots);
    else
        expand_pair(t, &telling[kinds[what]], slots);
}

static const template_pair asking[] = {
    [A_NAME] = {"What is my name?|Who am I?|Do you [know|remember] my name?|What was my name?|[Please say|Tell me|Say] my name.",
                "Your name is $N."},
    [A_COLOUR] = {"What is my favourite colour?|Which colour do I like[ best|]?|Do you remember my favourite colour?",
                  "Your favourite colour is $C."},
    [A_PET] = {"What is my $A called?|What is [the name of my $A|my $A's name]?|Do you remember my $A's name?", "Your $A is called $P."},
    [A_TOWN] = {"Where do I live?|Where am I from?|Where is my home?", "You live in $T."},
};
static const char *const not_told[] = {"You have not told me your name.", "You have not told me your favourite colour."};

static void ask(talk *t)
{
    model_chance *c = t->c;
    persona *p = &t->told;
    const char *slots[52] = {
        ['N' - 'A'] = p->name, ['C' - 'A'] = p->colour, ['P' - 'A'] = p->pet, ['A' - 'A'] = p->animal, ['T' - 'A'] = p->town};
    const bool told[4] = {p->name[0] != 0, p->colour != NULL, p->pet[0] != 0, p->town[0] != 0};
    uint32_t what = model_chance_below(c, 4);
    for (int i = 0; i < 4 && !told[what]; i++)
        what = (what + 1) % 4;
    if (!told[what])
        what = model_chance_below(c, 2);
    expand_pair(t, &(template_pair){asking[what].user, told[what] ? asking[what].reply : not_told[what]}, slots);
}

/* Shares of a hundred exchanges. */
static void exchange(talk *t)
{
    uint32_t share = model_chance_below(t->c, 100);
    bool knows = t->told.name[0] || t->told.colour || t->told.pet[0] || t->told.town[0];
    if (share < 22)
        story(t);
    else if (share < 40)
        fact(t);
    else if (share < 52)
        sum(t);
    else if (share < 71)
        (knows && model_chance_below(t->c, 3)) || one_in(t->c, 20) ? ask(t) : tell(t);
    else if (share < 80)
        echo(t);
    else if (share < 84)
        spelling(t);
    else if (share < 89)
        small_talk(t);
    else
        off_topic(t);
}

/* ---- noise in the user's turn ---- */

/* Drops or doubles one letter of a lower-case word of at least five letters: never of a name, a number or a word to repeat. */
static void slip(model_chance *c, char *text, size_t *n)
{
    size_t at = model_chance_below(c, (uint32_t)*n), from = at, to = at;
    while (from > 0 && islower((unsigned char)text[from - 1]))
        from--;
    while (to < *n && islower((unsigned char)text[to]))
        to++;
    if (to - from < 5 || (from > 0 && text[from - 1] != ' '))
        return;
    if (one_in(c, 2))
        memmove(text + at, text + at + 1, *n - at - 1), (*n)--;
    else
        memmove(text + at + 1, text + at, *n - at), (*n)++;
}

/* n bytes with room for one more. */
static size_t disturb(model_chance *c, char *text, size_t n)
{
    bool echoed = memchr(text, ':', n) != NULL;
    if (one_in(c, 6) && n > 2 && islower((unsigned char)text[1]) && text[0] != 'I')
        text[0] = (char)tolower((unsigned char)text[0]);
    if (one_in(c, 6) && n > 2 && strchr(".?!", text[n - 1]))
        n--;
    if (one_in(c, 10) && n > 8 && !echoed && !strstr(text, " called ") && !strstr(text, "pell "))
        slip(c, text, &n);
    return n;
}

static void add_turn(model_corpus_conversation *out, corpus_role role, size_t n)
{
    out->turn[out->n_turns++] = (model_corpus_turn){role, (uint16_t)out->n, (uint16_t)n};
    out->n += n;
}

static void draft(model_chance *c, model_corpus_conversation *out)
{
    talk t = {.c = c};
    out->n_turns = out->n = 0;
    if (one_in(c, 12)) {
        const char *text = corpus_pick(c, &words_systems);
        memcpy(out->text, text, strlen(text));
        add_turn(out, CORPUS_SYSTEM, strlen(text));
    }
    for (uint32_t left = one_in(c, 3) ? 1 : 2 + model_chance_below(c, 4); left; left--) {
        char user[512], reply[1024];
        t.user = writer_of(user, sizeof user - 2), t.reply = WRITER(reply);
        exchange(&t);
        must(writer_ok(&t.user) && writer_ok(&t.reply) && out->n + t.user.n + 1 + t.reply.n <= CORPUS_TEXT);
        user[t.user.n] = 0;
        size_t n = disturb(c, user, t.user.n);
        memcpy(out->text + out->n, user, n);
        add_turn(out, CORPUS_USER, n);
        memcpy(out->text + out->n, reply, t.reply.n);
        add_turn(out, CORPUS_ASSISTANT, t.reply.n);
    }
}

static bool conversation_is_clean(const model_corpus_conversation *out)
{
    for (size_t i = 0; i < out->n_turns; i++)
        if (!corpus_is_clean(model_corpus_text(out, i)))
            return false;
    return true;
}

void model_corpus_write(model_chance *c, model_corpus_conversation *out)
{
    do
        draft(c, out);
    while (!conversation_is_clean(out));
}
