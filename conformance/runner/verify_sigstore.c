#include "big_room.h"
#include "verify_sigstore.h"
#include "exits.h"
#include "pem.h"
#include "sigstore.h"
#include "verify_answer.h"
#include "verify_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const comparisons all_comparisons = {tl_comparison_names, TL_COMPARISONS};

/* Large: one run uses each once. */
static tl_sigstore *storage;
static verify_file key_file;
static account checks;

/* ---- what is given ---- */

/* A file of any size, mapped and never given back: the program ends with the run. */
static int map_file(const cli_call *call, const char *what, const char *path, span *out)
{
    struct stat about;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const bool regular = fd >= 0 && fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
    void *bytes = regular && about.st_size > 0 ? mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    if (fd >= 0)
        close(fd);
    if (!regular || bytes == MAP_FAILED)
        return cli_fail(call, EXIT_USAGE, "%s: '%s' can't be read; give a readable, regular file", what, path);
    *out = bytes ? span_of(bytes, (size_t)about.st_size) : EMPTY;
    return EXIT_LEVEL;
}

static int map_option(const cli_call *call, const char *option, span *out)
{
    if (!cli_given(call, option))
        return cli_usage(call, "--%s is needed", option);
    return map_file(call, option, cli_value(call, option), out);
}

/* What is compared with; an artifact may be empty, this may not. */
static int map_given(const cli_call *call, const char *option, span *out)
{
    const int failed = map_option(call, option, out);
    if (!failed && out->n == 0)
        return cli_fail(call, EXIT_USAGE, "%s: '%s' is empty", option, cli_value(call, option));
    return failed;
}

static int take_key(const cli_call *call, const char *option, span *out)
{
    const int failed = verify_load_option(call, option, "PUBLIC KEY", &key_file);
    *out = key_file.all;
    if (!failed && cli_given(call, option) && pubkey_kind_of(*out) == PUBKEY_OTHER)
        return cli_fail(call, EXIT_USAGE, "%s: '%s' is no public key of ECDSA, RSA or Ed25519, in PEM or DER", option,
                        cli_value(call, option));
    return failed;
}

static int start(const cli_call *call, const char *what, span *operand)
{
    prim_start();
    memset(&checks, 0, sizeof checks);
    if (!cli_operand(call, 1) || call->argc > 2)
        return cli_usage(call, "give one %s", what);
    return map_file(call, what, cli_operand(call, 1), operand);
}

static tl_sigstore_world world_of(const cli_call *call)
{
    return (tl_sigstore_world){&prim_sodium, call->has_at ? call->at.seconds : (int64_t)time(NULL)};
}

/* ---- the answer ---- */

static void write_date(writer *w, const char *name, int64_t at)
{
    char text[RFC3339_ROOM];
    rfc3339_write((instant){at, 0}, text, sizeof text);
    answer_text(w, name, text);
}

static void print_answer(verdict v, int64_t now, bool has_time, int64_t signed_at)
{
    static char text[65536];
    writer w = WRITER(text);
    answer_write(&w, v, &checks, all_comparisons);
    write_date(&w, "at", now);
    if (accepted(v) && has_time)
        write_date(&w, "signed_at", signed_at);
    write_text(&w, "}\n");
    must(writer_ok(&w));
    fwrite(text, 1, w.n, stdout);
}

static int answer(const cli_call *call, verdict v, int64_t now, bool has_time, int64_t signed_at)
{
    const char *format = cli_value(call, "format");
    if (format && strcmp(format, "text") == 0) {
        answer_print_checks(&checks, all_comparisons);
        if (!accepted(v))
            printf("FAILED  %s  %s\n", requirement_rows[v.req].id, requirement_rows[v.req].text);
        puts(accepted(v) ? "accept" : "reject");
    } else
        print_answer(v, now, has_time, signed_at);
    return accepted(v) ? EXIT_LEVEL : EXIT_FAILED;
}

/* ---- the verbs ---- */

int verify_sigstore(const cli_call *call)
{
    span bundle, artifact, root, key;
    int failed = start(call, "bundle", &bundle);
    failed = failed ? failed : map_option(call, "artifact", &artifact);
    failed = failed ? failed : map_given(call, "trusted-root", &root);
    failed = failed ? failed : take_key(call, "key", &key);
    if (failed)
        return failed;
    const tl_signer signer = {span_text(cli_value(call, "identity")), span_text(cli_value(call, "issuer")),
                              cli_given(call, "key") ? key : EMPTY};
    const tl_sigstore_world world = world_of(call);
    const verdict v = tl_verify_sigstore(BIG_ROOM(storage), &world, &signer, root, bundle, artifact, &checks);
    return answer(call, v, world.now, storage->n_times > 0, storage->time[0]);
}

int verify_log(const cli_call *call)
{
    span entry, artifact, key;
    int failed = start(call, "log entry", &entry);
    failed = failed ? failed : map_option(call, "artifact", &artifact);
    if (!failed && !cli_given(call, "log-key"))
        failed = cli_usage(call, "--log-key is needed");
    failed = failed ? failed : take_key(call, "log-key", &key);
    if (failed)
        return failed;
    const tl_sigstore_world world = world_of(call);
    const verdict v = tl_verify_entry(BIG_ROOM(storage), &world, entry, key, artifact, &checks);
    return answer(call, v, world.now, true, storage->bundle.entry[0].integrated);
}

static span without_line_end(span text) { return text.n && text.p[text.n - 1] == '\n' ? span_first(text, text.n - 1) : text; }

/* A step that has no account of its own: what it judges, in its order, up to the sentence that did not hold. */
static verdict noted(verdict v, const uint16_t *judged)
{
    for (; *judged && *judged != v.req; judged++)
        account_note(&checks, *judged, true);
    if (!accepted(v))
        account_note(&checks, v.req, false);
    return v;
}

static verdict judge_note(span note, span vkey)
{
    static const uint16_t of_key[] = {REQ_TL_016, REQ_TL_017, 0}, of_lines[] = {REQ_TL_018, REQ_TL_019, 0},
                          of_note[] = {REQ_TL_010, REQ_TL_011, REQ_TL_012, REQ_TL_013, REQ_TL_014, 0};
    static uint8_t signatures[TL_ROOM], room[TL_ROOM];
    tl_key key;
    bool found = false;
    uint64_t at;
    writer decoded = WRITER(signatures);
    TRY(noted(tl_read_key(&prim_sodium, without_line_end(vkey), &key), of_key));
    TRY(noted(tl_read_note(note, &decoded, &BIG_ROOM(storage)->note), of_note));
    const verdict v = tl_check_lines(&prim_sodium, &BIG_ROOM(storage)->note, &key, WRITER(room), &found, &at);
    return noted(accepted(v) && !found ? REJECT(TL_019) : v, of_lines);
}

int verify_note(const cli_call *call)
{
    span note, vkey;
    int failed = start(call, "note", &note);
    failed = failed ? failed : map_given(call, "vkey", &vkey);
    if (failed)
        return failed;
    return answer(call, judge_note(note, vkey), world_of(call).now, false, 0);
}
