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

bool key_log_put_parley1(const char *path, const key_log_line *line)
{
    page text = {0};
    FILE *f = fopen(path, "a");
    if (!f)
        return false;
    page_put(&text, KEY_LOG_PARLEY1);
    page_put_hex(&text, SPAN(line->session));
    page_printf(&text, " %s %s ", line->responder ? "responder" : "initiator", line->kind);
    page_put_hex(&text, span_of(line->secret, line->n));
    page_put(&text, "\n");
    const bool written = fwrite(text.p, 1, text.n, f) == text.n;
    page_free(&text);
    return fclose(f) == 0 && written;
}

static bool is_kind(const key_log_line *line, const char *role)
{
    const bool is_role = strcmp(role, line->responder ? "responder" : "initiator") == 0, kem = strcmp(line->kind, "kem") == 0;
    const bool known = kem || strcmp(line->kind, "e") == 0 || strcmp(line->kind, "dh") == 0 || strcmp(line->kind, "s") == 0;
    return is_role && known && line->n == (kem && !line->responder ? 64 : 32);
}

static bool read_parley1(const char *text, key_log_line *out)
{
    char session[65], role[16], secret[129];
    if (sscanf(text, KEY_LOG_PARLEY1 "%64[0-9a-f] %15[a-z] %3[a-z] %128[0-9a-f]", session, role, out->kind, secret) != 4)
        return false;
    writer share = WRITER(out->session), bytes = WRITER(out->secret);
    out->responder = strcmp(role, "responder") == 0;
    const bool hex = read_hex(span_text(session), &share) && share.n == 32 && read_hex(span_text(secret), &bytes);
    out->n = bytes.n;
    return hex && is_kind(out, role);
}

int key_log_next_parley1(const char **text, key_log_line *out)
{
    while (**text) {
        const char *line = *text;
        *text += strcspn(line, "\n");
        *text += **text == '\n';
        if (strncmp(line, KEY_LOG_PARLEY1, strlen(KEY_LOG_PARLEY1)) == 0)
            return read_parley1(line, out) ? 1 : -1;
        if (*line != '#' && *line != '\n' && strncmp(line, "NOISE ", 6) != 0)
            return -1;
    }
    return 0;
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
        if (*line == '#' || *line == '\n' || strncmp(line, KEY_LOG_PARLEY1, strlen(KEY_LOG_PARLEY1)) == 0)
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
