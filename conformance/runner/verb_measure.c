/* `parley measure snp`: the launch digest that a relying party expects. */
#include "launch.h"
#include "page.h"
#include "verbs.h"
#include "verify_answer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { KERNEL_MAX = 1 << 30 };

static const comparisons nothing = {NULL, 0}; /* is left uncompared */

typedef struct parts {
    page firmware, kernel, initrd;
    at_guest guest;
} parts;

static span bytes_of(const page *p) { return span_of(p->p, p->n); }

static int load(const cli_call *call, const char *what, const char *path, size_t limit, page *out, span *bytes)
{
    if (!page_load(out, path, limit))
        return cli_fail(call, EXIT_USAGE, "%s: '%s': %s", what, path, strerror(errno));
    *bytes = bytes_of(out);
    return EXIT_LEVEL;
}

static int take_processors(const cli_call *call, at_guest *g)
{
    const char *model = cli_value(call, "cpu");
    uint64_t vcpus = 0, features = 1;
    if (!cli_given(call, "vcpus") || !cli_number(call, "vcpus", 1, AT_VCPUS_MAX, &vcpus))
        return cli_given(call, "vcpus") ? EXIT_USAGE : cli_usage(call, "--vcpus is needed: each processor's first state is measured");
    if (cli_given(call, "features") && !cli_number(call, "features", 0, INT64_MAX, &features))
        return EXIT_USAGE;
    g->n_vcpus = (uint32_t)vcpus;
    g->features = features;
    g->cpu_signature = at_cpu_signature_of(span_text(model ? model : "EPYC-v4"));
    if (!g->cpu_signature)
        return cli_usage(call, "--cpu names a model that is not known; known are QEMU's EPYC, EPYC-IBPB, -Rome, -Milan, -Genoa and -Turin, "
                               "each with or without its version");
    return EXIT_LEVEL;
}

static int take_vmm(const cli_call *call, at_guest *g)
{
    const char *name = cli_value(call, "vmm");
    while (name && g->vmm < AT_VMMS && strcmp(name, at_vmm_names[g->vmm]) != 0)
        g->vmm++;
    return g->vmm < AT_VMMS ? EXIT_LEVEL : cli_usage(call, "--vmm is qemu, ec2 or gce");
}

static int take_kernel(const cli_call *call, parts *p)
{
    at_guest *g = &p->guest;
    const char *kernel = cli_value(call, "kernel"), *initrd = cli_value(call, "initrd"), *line = cli_value(call, "append");
    if (!kernel && (initrd || line))
        return cli_usage(call, "--initrd and --append belong to a kernel; give --kernel too");
    g->has_kernel = kernel != NULL;
    g->command_line = span_text(line ? line : "");
    int failed = kernel ? load(call, "kernel", kernel, KERNEL_MAX, &p->kernel, &g->kernel) : EXIT_LEVEL;
    return failed || !initrd ? failed : load(call, "initrd", initrd, KERNEL_MAX, &p->initrd, &g->initrd);
}

static int gather(const cli_call *call, parts *p)
{
    const char *firmware = cli_operand(call, 1);
    if (!firmware || call->argc > 2)
        return cli_usage(call, "give one firmware image: measure snp FIRMWARE --vcpus N");
    int failed = take_processors(call, &p->guest);
    failed = failed ? failed : take_vmm(call, &p->guest);
    failed = failed ? failed : take_kernel(call, p);
    return failed ? failed : load(call, "firmware", firmware, AT_FIRMWARE_MAX + 1, &p->firmware, &p->guest.firmware);
}

static void print_json(verdict v, const account *a, span digest)
{
    char text[4096];
    writer w = WRITER(text);
    answer_write(&w, v, a, nothing);
    if (accepted(v)) {
        write_text(&w, ",\"measurement\":\"");
        write_hex(&w, digest);
        write_text(&w, "\"");
    }
    write_text(&w, "}\n");
    must(writer_ok(&w));
    fwrite(text, 1, w.n, stdout);
}

static void print_text(verdict v, const account *a, span digest)
{
    char digits[2 * AT_MEASUREMENT + 1] = {0};
    writer w = writer_of(digits, sizeof digits - 1);
    write_hex(&w, digest);
    if (!accepted(v))
        answer_print_checks(a, nothing);
    puts(accepted(v) ? digits : "reject");
}

static int measure_snp(const cli_call *call)
{
    parts p = {0};
    account noted = {0};
    uint8_t digest[AT_MEASUREMENT] = {0};
    const char *format = cli_value(call, "format");
    int code = gather(call, &p);
    if (!code) {
        prim_start();
        const verdict v = at_launch_digest(&prim_openssl, &p.guest, &noted, digest);
        const bool text = format && strcmp(format, "text") == 0;
        (text ? print_text : print_json)(v, &noted, SPAN(digest));
        code = accepted(v) ? EXIT_LEVEL : EXIT_FAILED;
    }
    page_free(&p.firmware);
    page_free(&p.kernel);
    page_free(&p.initrd);
    return code;
}

int verb_measure(const cli_call *call)
{
    const char *kind = cli_operand(call, 0);
    if (!kind || strcmp(kind, "snp") != 0)
        return cli_usage(call, "say what is measured: measure snp FIRMWARE --vcpus N");
    return measure_snp(call);
}
