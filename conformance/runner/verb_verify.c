#include "verbs.h"
#include "verify_franking.h"
#include "verify_gpu.h"
#include "verify_quote.h"
#include "verify_receipt.h"
#include "verify_sigstore.h"
#include "verify_snp.h"
#include "verify_token.h"

#include <string.h>

int verb_verify(const cli_call *call)
{
    const char *kind = cli_operand(call, 0);
    if (!kind)
        return cli_usage(call, "say what it is: snp, tdx, sgx, jwt, gpu, sigstore, log, note, receipt or franking");
    if (strcmp(kind, "snp") == 0)
        return verify_snp(call);
    if (strcmp(kind, "tdx") == 0)
        return verify_quote(call, AT_TDX);
    if (strcmp(kind, "sgx") == 0)
        return verify_quote(call, AT_SGX);
    if (strcmp(kind, "jwt") == 0)
        return verify_token(call);
    if (strcmp(kind, "gpu") == 0)
        return verify_gpu(call);
    if (strcmp(kind, "sigstore") == 0)
        return verify_sigstore(call);
    if (strcmp(kind, "log") == 0)
        return verify_log(call);
    if (strcmp(kind, "note") == 0)
        return verify_note(call);
    if (strcmp(kind, "receipt") == 0)
        return verify_receipt(call);
    if (strcmp(kind, "franking") == 0)
        return verify_franking(call);
    return cli_usage(call,
                     "'%s' is no kind of evidence that this program verifies; it verifies snp, tdx, sgx, jwt, gpu, sigstore, log, note, "
                     "receipt and franking",
                     kind);
}
