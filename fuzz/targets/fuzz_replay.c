/* Calls a target with every file of a folder: the committed seeds as a test, in the builds without a fuzzer. */
#include "fuzz_entry.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static size_t read_file(const char *path, uint8_t *out, size_t cap)
{
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(out, 1, cap, f) : 0;
    if (f)
        fclose(f);
    return n;
}

int main(int argc, char **argv)
{
    static uint8_t content[1 << 20];
    size_t files = 0;
    DIR *d = argc == 2 ? opendir(argv[1]) : NULL;
    for (struct dirent *e; d && (e = readdir(d));) {
        char path[4096];
        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", argv[1], e->d_name);
        size_t n = read_file(path, content, sizeof content);
        uint8_t *exact = malloc(n ? n : 1); /* so that a sanitizer sees a read past the end */
        must(exact);
        span_take(span_of(content, n), exact, n);
        LLVMFuzzerTestOneInput(exact, n);
        free(exact);
        files++;
    }
    if (d)
        closedir(d);
    printf("%zu seeds replayed\n", files);
    return files ? 0 : 1;
}
