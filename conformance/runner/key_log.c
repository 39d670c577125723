#include "key_log.h"
#include "page.h"

#include <string.h>

bool key_log_put(const char *path, const nz_peer *peer)
{
    page line = {0};
    FILE *f = fopen(path, "a");
    if (!f)
        return false;
    page_put(&line, "NOISE ");
    page_put_hex(&line, peer->role == NZ_INITIATOR ? SPAN(peer->secret.e.share) : SPAN(peer->re));
    page_put(&line, peer->role == NZ_INITIATOR ? " initiator " : " responder ");
    page_put_hex(&line, SPAN(peer->secret.e.secret));
    page_put(&line, " ");
    page_put_hex(&line, SPAN(peer->secret.s.secret));
    page_put(&line, "\n");
    const bool written = fwrite(line.p, 1, line.n, f) == line.n;
    page_free(&line);
    return fclose(f) == 0 && written;
}

static bool take_hex(const char *digits, uint8_t out[32])
{
    writer w = writer_of(out, 32);
    return read_hex(span_text(digits), &w) && w.n == 32;
}

const char *key_log_read(const char *text, const uint8_t share[32], diagnosed_session *s, unsigned *found)
{
    *found = 0;
    for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        char hex[3][65], role[16];
        uint8_t whose[32], e[32], st[32];
        if (*line == '#' || *line == '\n')
            continue;
        if (sscanf(line, "NOISE %64[0-9a-f] %15[a-z] %64[0-9a-f] %64[0-9a-f]", hex[0], role, hex[1], hex[2]) != 4 ||
            !take_hex(hex[0], whose) || !take_hex(hex[1], e) || !take_hex(hex[2], st))
            return "a line that is not `NOISE SHARE initiator|responder SECRET SECRET`";
        if (memcmp(whose, share, 32) != 0)
            continue;
        const int who = strcmp(role, "responder") == 0;
        memcpy(s->e[who], e, 32);
        memcpy(s->s[who], st, 32);
        s->has_e[who] = s->has_s[who] = true;
        ++*found;
    }
    return NULL;
}
