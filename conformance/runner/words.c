#include "words.h"

#include <stddef.h>
#include <string.h>

bool words_split(char *text, char *words[WORDS_MAX + 1])
{
    size_t n = 0;
    char *to = text, quote = 0;
    while (*text) {
        text += strspn(text, " \t\n");
        if (!*text)
            break;
        if (n == WORDS_MAX)
            return false;
        words[n++] = to;
        for (; *text && (quote || !strchr(" \t\n", *text)); text++) {
            if (quote ? *text == quote : *text == '\'' || *text == '"')
                quote = quote ? 0 : *text;
            else
                *to++ = *text;
        }
        if (*text)
            text++;
        *to++ = 0;
    }
    words[n] = NULL;
    return n > 0 && !quote;
}
