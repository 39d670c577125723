#include "crossed_lists.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAVES = 16, LEAVES_TRIED = 4, PLACES = 3, LISTS_BESIDE = 10, TRIES = 2, SLUG = 80 };

static const char *const place_names[PLACES] = {"first", "middle", "last"};

/* ---- elements ---- */

static size_t leaves_of(cJSON *element, cJSON *out[LEAVES], size_t n)
{
    if (cJSON_IsString(element) && n < LEAVES && element->valuestring[0])
        out[n++] = element;
    for (cJSON *at = element->child; at; at = at->next)
        n = leaves_of(at, out, n);
    return n;
}

/* A copy with another last character in one of its texts, counted from the last one; NULL: there are not so many. */
static cJSON *other_of(const cJSON *element, size_t leaf, char instead)
{
    cJSON *leaves[LEAVES], *other = cJSON_Duplicate(element, 1);
    const size_t n = leaves_of(other, leaves, 0);
    if (leaf >= n) {
        cJSON_Delete(other);
        return NULL;
    }
    char *text = leaves[n - 1 - leaf]->valuestring, *last = text + strlen(text) - 1;
    *last = *last == instead ? (char)(instead + 1) : instead;
    return other;
}

/* Copies of these, and nothing else. */
static void fill(cJSON *list, const cJSON *const *elements, size_t n)
{
    while (list->child)
        cJSON_DeleteItemFromArray(list, 0);
    for (size_t i = 0; i < n; i++)
        cJSON_AddItemToArray(list, cJSON_Duplicate(elements[i], 1));
}

/* ---- the case with the document as it now stands ---- */

static cJSON *printed(const list_crossing *l)
{
    char *text = cJSON_PrintUnformatted(l->document);
    cJSON *value = cJSON_CreateString(text);
    cJSON_free(text);
    value->string = strdup(l->key);
    return value;
}

static crossed_answer ask(const list_crossing *l)
{
    cJSON *value = printed(l);
    const crossed_answer answer = l->ask(l->ctx, l->c, value);
    cJSON_Delete(value);
    return answer;
}

/* The key, the last two members on the way to the list, and what was done with it; no capital letters. */
static void spell(char slug[SLUG], const char *key, const char *path, const char *how)
{
    const char *from = path + strlen(path);
    for (int parts = 0; from > path && parts < 2; parts++)
        while (--from > path && *from != '-')
            ;
    snprintf(slug, SLUG, "%s%s-%s", key, from, how);
    for (char *at = slug; *at; at++)
        *at = (char)tolower((unsigned char)*at);
}

static void put(const list_crossing *l, const char *path, const char *how)
{
    char slug[SLUG];
    cJSON *value = printed(l);
    spell(slug, l->key, path, how);
    l->put(l->ctx, l->c, slug, value);
    cJSON_Delete(value);
}

/* ---- one list ---- */

/* Whether one element is enough, and this one is: with two others alone the answer is another, with it behind them it is the same. */
static bool is_one_of(list_crossing *l, cJSON *list, const cJSON *const three[PLACES])
{
    const cJSON *const at_the_end[PLACES] = {three[1], three[2], three[0]};
    fill(list, three + 1, 2);
    if (ask(l) != CROSSED_ANOTHER)
        return false;
    fill(list, at_the_end, PLACES);
    return ask(l) == CROSSED_SAME;
}

static void put_places(list_crossing *l, cJSON *list, const char *path, const cJSON *const three[PLACES])
{
    for (size_t i = 0; i < PLACES; i++) {
        const cJSON *placed[PLACES] = {three[1], three[2], three[2]};
        placed[2] = i == 2 ? three[0] : three[2];
        placed[1] = i == 1 ? three[0] : i == 0 ? three[1] : three[2];
        placed[0] = i == 0 ? three[0] : three[1];
        fill(list, placed, PLACES);
        if (ask(l) != CROSSED_NONE)
            put(l, path, place_names[i]);
    }
    fill(list, three + 1, 2);
    (void)ask(l);
    put(l, path, "others");
}

static bool cross_single(list_crossing *l, cJSON *list, const char *path)
{
    cJSON *only = cJSON_Duplicate(list->child, 1);
    bool some = false;
    for (size_t leaf = 0; leaf < LEAVES_TRIED && !some; leaf++) {
        cJSON *one = other_of(only, leaf, '0'), *two = other_of(only, leaf, '2');
        const cJSON *const three[PLACES] = {only, one, two};
        some = one && two && is_one_of(l, list, three);
        if (some)
            put_places(l, list, path, three);
        cJSON_Delete(one);
        cJSON_Delete(two);
    }
    fill(list, (const cJSON *const[]){only}, 1);
    cJSON_Delete(only);
    return some;
}

static bool cross_element(list_crossing *l, cJSON *list, const char *path, size_t i, const char *how)
{
    cJSON *element = cJSON_Duplicate(cJSON_GetArrayItem(list, (int)i), 1), *other = NULL;
    bool some = false;
    for (size_t leaf = 0; leaf < LEAVES_TRIED && !some && (other = other_of(element, leaf, '0')); leaf++) {
        cJSON_ReplaceItemInArray(list, (int)i, other);
        some = ask(l) == CROSSED_ANOTHER;
    }
    if (some)
        put(l, path, how);
    cJSON_ReplaceItemInArray(list, (int)i, element);
    return some;
}

static bool cross_several(list_crossing *l, cJSON *list, const char *path)
{
    const size_t n = (size_t)cJSON_GetArraySize(list), places[PLACES] = {0, n / 2, n - 1};
    bool some = false;
    for (size_t i = 0; i < PLACES; i++)
        some |= (i != 1 || n > 2) && cross_element(l, list, path, places[i], place_names[i]);
    return some;
}

/* ---- all of a document ---- */

/* How often this list was tried; TRIES when it has its cases, or when there is no room to remember it. */
static unsigned *tries_of(list_crossing *l, const char *name)
{
    static unsigned none;
    for (size_t i = 0; i < l->n_tried; i++)
        if (strcmp(l->tried[i].name, name) == 0)
            return &l->tried[i].times;
    if (l->n_tried == sizeof l->tried / sizeof *l->tried) {
        none = TRIES;
        return &none;
    }
    snprintf(l->tried[l->n_tried].name, sizeof l->tried->name, "%s", name);
    return &l->tried[l->n_tried++].times;
}

static void cross_list(list_crossing *l, cJSON *list, const char *path)
{
    unsigned *times = tries_of(l, path);
    if (list->child && *times < TRIES)
        *times = (list->child->next ? cross_several(l, list, path) : cross_single(l, list, path)) ? TRIES : *times + 1;
}

/* Of many lists beside each other the first, a middle and the last one. */
static bool is_looked_at(const cJSON *node, int i)
{
    int lists = 0;
    for (const cJSON *at = node->child; at; at = at->next)
        lists += cJSON_IsArray(at);
    const int n = cJSON_GetArraySize(node);
    return lists <= LISTS_BESIDE || i == 0 || i == n / 2 || i == n - 1;
}

/* Lists in lists: those of the first element. */
static void walk(list_crossing *l, cJSON *node, const char *path)
{
    int i = 0;
    for (cJSON *at = node->child; at; at = cJSON_IsArray(node) ? NULL : at->next) {
        char deeper[sizeof l->tried->name];
        snprintf(deeper, sizeof deeper, "%s%s%s", path, at->string ? "-" : "", at->string ? at->string : "");
        if (cJSON_IsArray(at) && is_looked_at(node, i++))
            cross_list(l, at, deeper);
        walk(l, at, deeper);
    }
}

/* A signature that stands beside the document covers its bytes. */
static bool is_signed(const vector_case *c, const char *key)
{
    char signature[64];
    snprintf(signature, sizeof signature, "%s_signature", key);
    return case_value(c, signature);
}

void cross_lists(list_crossing *l, const vector_case *c, const char *key)
{
    const cJSON *value = case_value(c, key);
    l->document = cJSON_IsString(value) && !is_signed(c, key) && value->valuestring[0] == '{' ? cJSON_Parse(value->valuestring) : NULL;
    if (!l->document)
        return;
    l->c = c, l->key = key;
    walk(l, l->document, "");
    cJSON_Delete(l->document);
    l->document = NULL;
}
