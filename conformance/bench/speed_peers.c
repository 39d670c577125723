#include "speed_peers.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

double speed_peer_takes(void *with, unsigned handshakes)
{
    speed_peer *p = with;
    char line[64], *end;
    if (fprintf(p->to, "%u\n", handshakes) < 0 || fflush(p->to) != 0 || !fgets(line, sizeof line, p->from))
        return -1;
    const long long nanoseconds = strtoll(line, &end, 10);
    return *end == '\n' && end > line ? (double)nanoseconds * 1e-9 : -1;
}

static void child(const char *command, const int in[2], const int out[2])
{
    dup2(in[0], 0), dup2(out[1], 1);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(77);
}

static void start(speed_peer *p)
{
    int in[2], out[2];
    must(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
    signal(SIGPIPE, SIG_IGN);
    p->pid = fork();
    must(p->pid >= 0);
    if (p->pid == 0)
        child(p->command, in, out);
    close(in[0]), close(out[1]);
    p->to = fdopen(in[1], "w"), p->from = fdopen(out[0], "r");
    must(p->to && p->from);
}

static void end(speed_peer *p)
{
    if (p->pid == 0)
        return;
    fclose(p->to), fclose(p->from);
    waitpid(p->pid, NULL, 0);
    p->pid = 0;
}

/* One handshake, to see whether it is there at all. */
static void start_or_say_why(speed_peer *p, const char *why)
{
    start(p);
    if (speed_peer_takes(p, 1) >= 0)
        return;
    end(p);
    snprintf(p->why, sizeof p->why, "%s", why);
}

void speed_peers_start(speed_peer peers[SPEED_PEERS], const char *folder, const char *noise_c)
{
    memset(peers, 0, SPEED_PEERS * sizeof *peers);
    peers[0] = (speed_peer){.name = "flynn/noise", .at_least = 1.2};
    peers[1] = (speed_peer){.name = "snow", .at_least = 1.2};
    peers[2] = (speed_peer){.name = "noise-c", .at_least = 1.0};
    snprintf(peers[0].command, sizeof peers[0].command, "exec '%s/go-flynn-noise/run' speed 2>/dev/null", folder);
    snprintf(peers[1].command, sizeof peers[1].command, "exec '%s/rust-snow/run' 2>/dev/null", folder);
    snprintf(peers[2].command, sizeof peers[2].command, "exec sh '%s/noise-c/run' '%s' 2>/dev/null", folder, noise_c ? noise_c : "");
    start_or_say_why(&peers[0], "not installed, or older: ./parley peers install go-flynn-noise");
    start_or_say_why(&peers[1], "not installed: ./parley peers install rust-snow");
    if (noise_c)
        start_or_say_why(&peers[2], "no built checkout of noise-c is there (include/noise, src/protocol/libnoiseprotocol.a)");
    else
        snprintf(peers[2].why, sizeof peers[2].why, "no --noise-c DIR");
}

static char evidence[] = "/tmp/parley-snp-XXXXXX";

void speed_judges_start(speed_peer peers[SPEED_JUDGES], const char *folder)
{
    static const char *const names[] = {"go-sev-guest", "go-sev-guest, no list"}, *const settings[] = {"", "PARLEY_NO_LIST=1"};
    memset(peers, 0, SPEED_JUDGES * sizeof *peers);
    memcpy(evidence + sizeof evidence - 7, "XXXXXX", 6);
    const bool written = mkdtemp(evidence) && speed_snp_write(evidence);
    for (int i = 0; i < SPEED_JUDGES; i++) {
        peers[i] = (speed_peer){.name = names[i], .at_least = i == 0 ? 2 : 0};
        snprintf(peers[i].command, sizeof peers[i].command, "%s PARLEY_EVIDENCE='%s' exec '%s/go-guest/run' speed 2>/dev/null", settings[i],
                 evidence, folder);
        if (written)
            start_or_say_why(&peers[i], "not installed: ./parley peers install go-guest");
        else
            snprintf(peers[i].why, sizeof peers[i].why, "its evidence can't be written below /tmp");
    }
}

void speed_judges_end(speed_peer peers[SPEED_JUDGES])
{
    for (int i = 0; i < SPEED_JUDGES; i++)
        end(&peers[i]);
    speed_snp_remove(evidence);
}

void speed_peers_end(speed_peer peers[SPEED_PEERS])
{
    for (int i = 0; i < SPEED_PEERS; i++)
        end(&peers[i]);
}
