/* The readers behind the signatures, which have to stand on their own: TCB info, QE identity, a set as a file, certificates, lists, policies. */
#include "collateral_file.h"
#include "eventlog.h"
#include "fuzz_entry.h"
#include "policy_document.h"

static void read_documents(span in)
{
    static at_tcb_info info;
    static at_qe_identity identity;
    for (int tee = AT_TDX; tee <= AT_SGX; tee++) {
        const bool good = at_tcb_info_read(in, tee, &info);
        must(info.n_levels <= AT_LEVELS_MAX && info.n_identities <= AT_MODULES_MAX && info.n_module_levels <= AT_MODULE_LEVELS_MAX);
        must(!good || info.n_levels > 0);
        for (size_t i = 0; good && i < info.n_identities; i++)
            must(info.identity[i].n_levels > 0 && info.identity[i].first_level + info.identity[i].n_levels <= info.n_module_levels);
    }
    const bool good = at_qe_identity_read(in, &identity);
    must(identity.n_levels <= AT_LEVELS_MAX && (!good || identity.n_levels > 0));
}

static void read_file(span in)
{
    static uint8_t room[2 * COLLATERAL_FILE_MAX];
    at_collateral set;
    writer w = WRITER(room);
    must(collateral_file_read(in, &w, &set) || (writer_ok(&w) && w.n <= 2 * in.n));
}

static void read_binary(span in)
{
    x509_view view;
    x509_list list;
    at_pck pck;
    at_quote quote;
    must(x509_view_read(in, &view) || view.der.n == 0);
    if (view.der.n)
        (void)at_pck_read(&view, &pck, NULL);
    if (x509_list_read(in, &list))
        (void)x509_list_names(&list, in);
    uint8_t rtmr[AT_RTMRS][AT_RTMR_BYTES];
    (void)at_event_log_replay(&prim_sodium, in, rtmr, NULL);
    for (int tee = AT_TDX; tee <= AT_SGX; tee++)
        if (accepted(at_quote_read(in, tee, &quote, NULL)))
            must(quote.key.n == P256_KEY && quote.signature.n == P256_SIGNATURE && quote.chain.n < in.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static policy_document policy;
    policy_fault fault;
    const span in = span_of(data, n);
    prim_start();
    read_documents(in);
    read_file(in);
    read_binary(in);
    must(policy_document_read(in, &policy, &fault) == (policy.kinds != 0));
    return 0;
}
