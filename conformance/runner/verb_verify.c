#include "verbs.h"
#include "verify_snp.h"

#include <string.h>

int verb_verify(const cli_call *call)
{
    const char *kind = cli_operand(call, 0);
    if (!kind)
        return cli_usage(call, "say what kind of evidence it is: snp");
    if (strcmp(kind, "snp") == 0)
        return verify_snp(call);
    return cli_usage(call, "'%s' is no kind of evidence that this program verifies; it verifies snp", kind);
}
