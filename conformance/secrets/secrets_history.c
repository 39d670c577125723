/* A history: a passkey's answer, a wrap, an item, an index, a head; a device that takes them and reads; and a wrap and an item that were changed. */
#include "history.h"
#include "secrets.h"

#define CREDENTIAL "credential"

static uint8_t root[HI_KEY], kek[HI_KEY], wrap[HI_WRAP], head[HI_HEAD], item[2048], index_[2048];
static size_t n_item, n_index;

static void makes_keys(void)
{
    const uint8_t salt[HI_SALT] = {1};
    uint8_t prf[HI_KEY];
    writer w = WRITER(wrap);
    secrets_fill(prf, sizeof prf), secrets_fill(root, sizeof root);
    hi_kek(&secrets_lent, prf, span_text(CREDENTIAL), kek);
    must(accepted(hi_wrap(&secrets_lent, kek, salt, root, 1, span_text(CREDENTIAL), &w)));
    declassify(wrap, sizeof wrap);
}

static void writes(void)
{
    const uint8_t salt[2][HI_SALT] = {{2}, {3}};
    static uint8_t filled[2048], text[100], content[2][1024];
    uint8_t digest[HI_DIGEST];
    const hi_index nothing = {0};
    hi_index one;
    writer i = WRITER(item), x = WRITER(index_), first = WRITER(content[0]), all = WRITER(content[1]);
    secrets_fill(text, sizeof text);
    must(accepted(hi_seal_item(&secrets_lent, root, salt[0], 1, span_text("id"), 1, SPAN(text), filled, &i)));
    declassify(item, n_item = i.n);
    prim_digest(&secrets_lent, PRIM_SHA256, written(&i), digest);
    must(accepted(hi_device_enrols(&secrets_lent, &nothing, span_text(CREDENTIAL), SPAN(wrap), &first)));
    must(accepted(hi_read_index(written(&first), 1, &one)));
    hi_index_with_item(&one, &(hi_item){span_text("id"), 1, SPAN(digest)}, &all);
    must(accepted(hi_seal_index(&secrets_lent, root, salt[1], 1, 1, written(&all), filled, &x)));
    declassify(index_, n_index = x.n);
    must(accepted(hi_make_head(&secrets_lent, root, false, EMPTY, written(&x), head)));
    declassify(head, sizeof head);
}

static bool reads(void)
{
    static uint8_t room[2][2048];
    hi_memory memory = {.has = false};
    hi_view view;
    span text;
    const hi_shown shown = {span_text(CREDENTIAL), SPAN(wrap), span_of(index_, n_index), SPAN(head)};
    if (!accepted(hi_device_takes(&memory, &secrets_lent, kek, &shown, room[0], &view)))
        return false;
    return accepted(hi_open_item(&secrets_lent, view.root, 1, &view.index, span_text("id"), span_of(item, n_item), room[1], &text));
}

void secrets_of_history(void)
{
    makes_keys();
    writes();
    must(reads());
    wrap[HI_SALT] ^= 1; /* its commitment */
    must(!reads());
    wrap[HI_SALT] ^= 1;
    head[HI_HEAD - 1] ^= 1; /* its MAC */
    must(!reads());
    head[HI_HEAD - 1] ^= 1;
    index_[n_index - 1] ^= 1;
    must(!reads());
}
