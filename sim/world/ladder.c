#include "ladder.h"

const char *const ladder_step_names[LADDER_STEPS] = {"key", "nonce", "transcript", "traffic", "machine"};

const ladder_attacker ladder_attackers[LADDER_ATTACKERS] = {
    [LADDER_IMPOSTOR] = {LADDER_KEY, "impostor", "evidence that was shown before", "shows it with a key of his own"},
    [LADDER_REPLAYER] = {LADDER_NONCE, "replayer", "the enclave's static key, old evidence", "shows it when the enclave is gone"},
    [LADDER_RELAY] = {LADDER_TRANSCRIPT, "relay", "the enclave's static key", "passes on what a genuine machine shows him"},
    [LADDER_SWAPPER] = {LADDER_TRAFFIC, "swapper", "the keys of this handshake", "has other evidence judged than was sent"},
    [LADDER_LEAKED] = {LADDER_MACHINE, "leaked machine", "another machine's hardware key", "signs evidence of his own"},
    [LADDER_DIVERSION] = {LADDER_MACHINE, "diversion", "the same code on another machine", "answers in place of the one that was meant"},
};

unsigned ladder_level(const ladder_found found[LADDER_ATTACKERS])
{
    unsigned level = LADDER_STEPS;
    for (unsigned i = 0; i < LADDER_ATTACKERS; i++)
        if (found[i].reached && ladder_attackers[i].step < level)
            level = ladder_attackers[i].step;
    return level;
}

const char *ladder_level_name(unsigned level) { return level ? ladder_step_names[level - 1] : "none"; }
