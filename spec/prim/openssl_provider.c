#include "tables.h"

#include <openssl/core_dispatch.h>
#include <openssl/provider.h>
#include <string.h>

const OSSL_DISPATCH *openssl_functions(OSSL_PROVIDER *provider, int operation, const char *name)
{
    int unused;
    const OSSL_ALGORITHM *a = OSSL_PROVIDER_query_operation(provider, operation, &unused);
    while (a && a->algorithm_names && strncmp(a->algorithm_names, name, strlen(name)) != 0)
        a++;
    must(a && a->algorithm_names);
    return a->implementation;
}

void (*openssl_function(const OSSL_DISPATCH *table, int id))(void)
{
    while (table->function_id && table->function_id != id)
        table++;
    must(table->function_id == id);
    return table->function;
}
