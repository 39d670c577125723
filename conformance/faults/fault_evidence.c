/* `parley verify` over evidence that is honest: a GPU's report, the bundle of a release, the receipt and the frank of a turn. Whatever fails,
 * what it accepts is what it accepts when nothing fails. */
#include "fault_calls.h"
#include "json.h"
#include "nvidia_lies.h"
#include "pack.h"

#include <string.h>

#define AT "--at", "2026-06-01T00:00:00Z"

/* ---- a GPU ---- */

static fault_call gpu = {.argument = {"verify", "gpu", "@report", "--gpu-chain", "@chain", "--gpu-root", "@root", "--gpu-root-crl",
                                      "@root.crl", "--gpu-model-crl", "@model.crl", AT},
                         .file = "verdict",
                         .prints = true};

static void prepare_gpu(void)
{
    static nvidia_scene scene;
    nvidia_scene_play(&scene, &(nvidia_twin){.line = NVIDIA_HOPPER}, span_text("faults"));
    fault_save("report", scene.evidence.report);
    fault_save("chain", scene.evidence.chain);
    fault_save("root", scene.policy.root);
    fault_save("root.crl", scene.evidence.root_list);
    fault_save("model.crl", scene.evidence.model_list);
    fault_call_prepare(&gpu);
}

/* ---- a release ---- */

static char identity[256], issuer[256];
static fault_call sigstore = {.argument = {"verify", "sigstore", "@bundle", "--artifact", "@manifest", "--trusted-root", "@root",
                                           "--identity", identity, "--issuer", issuer, AT},
                              .file = "verdict",
                              .prints = true};

static void read_member(span object, const char *name, char room[256])
{
    span value;
    writer w = writer_of(room, 255);
    must(json_member(object, name, &value) && json_string(value, &w));
}

static void prepare_sigstore(void)
{
    static pack p;
    span signer;
    pack_make(&p, "confer", span_text("faults"), PACK_TIME);
    fault_save("bundle", p.file[PACK_BUNDLE]);
    fault_save("manifest", p.file[PACK_MANIFEST]);
    fault_save("root", p.file[PACK_TRUSTED_ROOT]);
    must(json_read(p.file[PACK_SIGNER], &signer));
    read_member(signer, "identity", identity);
    read_member(signer, "issuer", issuer);
    fault_call_prepare(&sigstore);
}

/* ---- a turn ---- */

static char signer[80], statement[80], com[80];
static fault_call receipt = {.argument = {"verify", "receipt", "@receipt", "--signer", signer, "--statement", statement, "--com", com},
                             .file = "verdict",
                             .prints = true},
                  franking = {.argument = {"verify", "franking", "@frank", "--signer", signer, "--statement", statement},
                              .file = "verdict",
                              .prints = true};

/* The word behind this option, where a chat has printed it. */
static void copy_word(const page *said, const char *option, char room[80])
{
    const char *at = strstr(said->p, option);
    must(at && sscanf(at + strlen(option), " %79[0-9a-f]", room) == 1);
}

/* One turn with the tiny model, over sockets: its receipt, its frank, and whose they are. */
static void have_a_turn(void)
{
    static const char *const serve[] = {"serve", "--profile", "parley1", "--model", "tiny", "--listen", "ws://127.0.0.1:0/", NULL};
    char url[64];
    page said = {0};
    const fault_peer host = fault_starts("serve", serve);
    snprintf(url, sizeof url, "ws://127.0.0.1:%u/parley/1", host.port);
    const char *const chat[] = {"chat", url,         "--profile", "parley1", "--say",  "hello", "--max-tokens",
                                "4",    "--receipt", "@receipt",  "--frank", "@frank", NULL};
    must(fault_says("chat", chat) == 0 && page_load(&said, fault_path("chat"), 1 << 20));
    copy_word(&said, "--signer", signer);
    copy_word(&said, "--statement", statement);
    copy_word(&said, "--com", com);
    page_free(&said);
    fault_ends_peer(&host, 15 /* SIGTERM */);
}

static void prepare_receipt(void) { have_a_turn(), fault_call_prepare(&receipt); }
static void prepare_franking(void) { have_a_turn(), fault_call_prepare(&franking); }

static int run_gpu(void) { return fault_call_run(&gpu); }
static int run_sigstore(void) { return fault_call_run(&sigstore); }
static int run_receipt(void) { return fault_call_run(&receipt); }
static int run_franking(void) { return fault_call_run(&franking); }

enum { READS = 1u << FAULT_MEMORY | 1u << FAULT_FILE, JUDGES = READS | 1u << FAULT_PROVIDER };
const fault_scenario fault_gpu = {"gpu", prepare_gpu, run_gpu, NULL, JUDGES, 0};
const fault_scenario fault_sigstore = {"sigstore", prepare_sigstore, run_sigstore, NULL, JUDGES, 0};
const fault_scenario fault_receipt = {"receipt", prepare_receipt, run_receipt, NULL, READS, 0};
const fault_scenario fault_franking = {"franking", prepare_franking, run_franking, NULL, READS, 0};
