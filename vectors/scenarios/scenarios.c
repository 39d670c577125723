#include "scenarios.h"
#include "attestation_vectors.h"
#include "confer_vectors.h"
#include "inference_vectors.h"
#include "noise_vectors.h"
#include "wire_vectors.h"

const scenario_file scenario_files[] = {
    {"at.verify.json", attestation_file, 0, NULL},
    {"in.make.json", inference_file, 0, NULL},
    {"in.verify.json", inference_file, 1, NULL},
    {"cf.token.json", confer_file, 0, NULL},
    {"cf.evidence.json", confer_file, 1, NULL},
    {"cf.frame.json", confer_file, 2, NULL},
    {"wi.request.json", wire_file, 0, NULL},
    {"wi.upgrade.json", wire_file, 1, NULL},
    {"wi.answer.json", wire_file, 2, NULL},
    {"nz.init.json", noise_init_file, 0, noise_has_suites},
    {"nz.write.xx.json", noise_file, 0, noise_has_suites},
    {"nz.read.xx.json", noise_file, 1, noise_has_suites},
    {"nz.split.xx.json", noise_file, 2, noise_has_suites},
    {"nz.seal.xx.json", noise_file, 3, noise_has_suites},
    {"nz.open.xx.json", noise_file, 4, noise_has_suites},
    {"nz.rekey.xx.json", noise_file, 5, noise_has_suites},
    {"nz.write.nx.json", noise_file, 6, noise_has_suites},
    {"nz.read.nx.json", noise_file, 7, noise_has_suites},
    {"nz.split.nx.json", noise_file, 8, noise_has_suites},
    {"nz.seal.nx.json", noise_file, 9, noise_has_suites},
    {"nz.open.nx.json", noise_file, 10, noise_has_suites},
    {"nz.rekey.nx.json", noise_file, 11, noise_has_suites},
    {"nz.write.nk.json", noise_file, 12, noise_has_suites},
    {"nz.read.nk.json", noise_file, 13, noise_has_suites},
    {"nz.split.nk.json", noise_file, 14, noise_has_suites},
    {"nz.seal.nk.json", noise_file, 15, noise_has_suites},
    {"nz.open.nk.json", noise_file, 16, noise_has_suites},
    {"nz.rekey.nk.json", noise_file, 17, noise_has_suites},
    {"nz.write.ik.json", noise_file, 18, noise_has_suites},
    {"nz.read.ik.json", noise_file, 19, noise_has_suites},
    {"nz.split.ik.json", noise_file, 20, noise_has_suites},
    {"nz.seal.ik.json", noise_file, 21, noise_has_suites},
    {"nz.open.ik.json", noise_file, 22, noise_has_suites},
    {"nz.rekey.ik.json", noise_file, 23, noise_has_suites},
};
const size_t n_scenario_files = sizeof scenario_files / sizeof *scenario_files;
