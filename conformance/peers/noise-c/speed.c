/* How fast noise-c's XX handshake is. Each line of standard input is a number of handshakes, both sides with empty payloads; the answer is a
 * line with the nanoseconds of processor time that they took. */
#include <noise/protocol.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void need(int error)
{
    if (error != NOISE_ERROR_NONE)
        exit(1);
}

static uint8_t keys[2][32];

static void make_keys(void)
{
    for (int i = 0; i < 2; i++) {
        NoiseDHState *dh;
        uint8_t share[32];
        need(noise_dhstate_new_by_name(&dh, "25519"));
        need(noise_dhstate_generate_keypair(dh));
        need(noise_dhstate_get_keypair(dh, keys[i], 32, share, 32));
        noise_dhstate_free(dh);
    }
}

static void pass(NoiseHandshakeState *from, NoiseHandshakeState *to)
{
    uint8_t room[512];
    NoiseBuffer message;
    noise_buffer_set_output(message, room, sizeof room);
    need(noise_handshakestate_write_message(from, &message, NULL));
    need(noise_handshakestate_read_message(to, &message, NULL));
}

static void handshake(void)
{
    NoiseHandshakeState *side[2];
    for (int i = 0; i < 2; i++) {
        need(noise_handshakestate_new_by_name(&side[i], "Noise_XX_25519_AESGCM_SHA256", i ? NOISE_ROLE_RESPONDER : NOISE_ROLE_INITIATOR));
        need(noise_dhstate_set_keypair_private(noise_handshakestate_get_local_keypair_dh(side[i]), keys[i], 32));
        need(noise_handshakestate_start(side[i]));
    }
    for (int turn = 0; turn < 3; turn++)
        pass(side[turn % 2], side[(turn + 1) % 2]);
    for (int i = 0; i < 2; i++) {
        NoiseCipherState *send, *receive;
        need(noise_handshakestate_split(side[i], &send, &receive));
        noise_cipherstate_free(send), noise_cipherstate_free(receive);
        noise_handshakestate_free(side[i]);
    }
}

static long long processor_nanoseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (long long)t.tv_sec * 1000000000 + t.tv_nsec;
}

int main(void)
{
    unsigned times;
    need(noise_init());
    make_keys();
    while (scanf("%u", &times) == 1) {
        const long long started = processor_nanoseconds();
        for (unsigned i = 0; i < times; i++)
            handshake();
        printf("%lld\n", processor_nanoseconds() - started);
        fflush(stdout);
    }
    return 0;
}
