#include "model_chat.h"

bool chat_mark(chat_tokens *t, uint16_t token)
{
    if (t->n == t->cap)
        return false;
    t->token[t->n++] = token;
    return true;
}

bool chat_turn(const bpe *b, uint16_t role, span text, chat_tokens *t)
{
    size_t before = t->n;
    if (chat_mark(t, role) && bpe_encode(b, text, t->token, t->cap, &t->n) && chat_mark(t, BPE_END))
        return true;
    t->n = before;
    return false;
}
