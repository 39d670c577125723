#include "chapter.h"

const chapter *const chapters[] = {
#define CHAPTER(name) &name##_chapter,
#include "chapters.def"
#undef CHAPTER
    NULL};

const operation *operation_named(span name)
{
    for (size_t i = 0; chapters[i]; i++)
        for (const operation *op = chapters[i]->operations; op && op->name; op++)
            if (span_is(name, op->name))
                return op;
    return NULL;
}

const scenario_file *scenario_file_at(size_t n)
{
    for (size_t i = 0; chapters[i]; i++)
        for (const scenario_file *file = chapters[i]->files; file && file->name; file++)
            if (n-- == 0)
                return file;
    return NULL;
}

const internal_check *internal_check_at(size_t n)
{
    for (size_t i = 0; chapters[i]; i++)
        for (const internal_check *check = chapters[i]->checks; check && check->id; check++)
            if (n-- == 0)
                return check;
    return NULL;
}
