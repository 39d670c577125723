/* `parley pcap FILE`: a recorded session as a capture for Wireshark, and the dissector that reads its plaintexts. */
#include "exits.h"
#include "no_memory.h"
#include "out_file.h"
#include "pcapng.h"
#include "results_here.h"
#include "verbs.h"

#include <stdlib.h>
#include <string.h>

static int print_dissector(const cli_call *call)
{
    page text = {0};
    if (call->argc || cli_given(call, "keys"))
        return cli_usage(call, "--dissector takes nothing else");
    dissector_write(&text);
    fwrite(text.p, 1, text.n, stdout);
    page_free(&text);
    return EXIT_LEVEL;
}

/* The file's name without its folder and its last suffix. */
static void name_capture(const char *path, char name[256])
{
    const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    const char *dot = strrchr(base, '.');
    snprintf(name, 256, "%.*s.pcapng", (int)(dot && dot - base < 200 ? dot - base : 200), base);
}

static int write_capture(const cli_call *call, recorded_session *r)
{
    page capture = {0}, keys = {0};
    char name[256];
    int code = EXIT_LEVEL;
    const char *key_log = cli_value(call, "keys");
    size_t verified = 0;
    if (key_log)
        code = file_load(call, key_log, &keys);
    code = !code && key_log ? recorded_load_keys(call, key_log, r) : code;
    if (!code && key_log)
        verified = recorded_open(r, PACK_TIME);
    if (!code && verified < r->s.n_messages && key_log)
        fprintf(stderr,
                "parley pcap: the handshake does not verify with these keys, so what follows is not opened; `parley judge` says why\n");
    if (!code) {
        pcapng_write(r, keys.p, verified, &capture);
        name_capture(cli_operand(call, 0), name);
        code = out_save(call, name, &capture);
    }
    if (!code && !call->quiet)
        printf("%s/%s\n", call->out, name);
    page_free(&capture);
    page_free(&keys);
    return code;
}

int verb_pcap(const cli_call *call)
{
    if (cli_given(call, "dissector"))
        return print_dissector(call);
    if (call->argc != 1)
        return cli_usage(call, "takes one file: a transcript that `parley tap` or a run of the suite wrote");
    recorded_session *r = calloc(1, sizeof *r);
    needs_memory(r);
    int code = recorded_load(call, cli_operand(call, 0), r);
    code = code ? code : write_capture(call, r);
    recorded_free(r);
    free(r);
    return code;
}
