#include "tee_measure.h"

#include <string.h>

/* clang-format off */
static const uint8_t guids[5][16] = {
    {0x66, 0x65, 0x88, 0xdc, 0x4a, 0x98, 0x98, 0x47, 0xa7, 0x5e, 0x55, 0x85, 0xa7, 0xbf, 0x67, 0xcc},
    {0x1f, 0x37, 0x55, 0x72, 0x3b, 0x3a, 0x04, 0x4b, 0x92, 0x7b, 0x1d, 0xa6, 0xef, 0xa8, 0xd4, 0x54},
    {0xde, 0x71, 0xf7, 0x00, 0x7e, 0x1a, 0xcb, 0x4f, 0x89, 0x0e, 0x68, 0xc7, 0x7e, 0x2f, 0xb4, 0x4e},
    {0xde, 0x82, 0xb5, 0x96, 0xb2, 0x1f, 0xf7, 0x45, 0xba, 0xea, 0xa3, 0x66, 0xc5, 0x5a, 0x08, 0x2d},
    {"of no meaning..."}};
/* clang-format on */

static void write_section(writer *w, uint32_t at, uint32_t size, uint32_t kind)
{
    write_le(w, at, 4);
    write_le(w, size, 4);
    write_le(w, kind, 4);
}

static void end_entry(writer *w, size_t n_data, const uint8_t guid[16])
{
    write_le(w, n_data + 2 + 16, 2);
    write_span(w, span_of(guid, 16));
}

static void write_metadata(writer *w)
{
    write_text(w, "ASEV");
    write_le(w, 16 + 12 * TEE_FIRMWARE_SECTIONS, 4);
    write_le(w, 1, 4);
    write_le(w, TEE_FIRMWARE_SECTIONS, 4);
    write_section(w, 0x800000, 2 * AT_PAGE, 1);
    write_section(w, 0x802000, AT_PAGE, 2);
    write_section(w, 0x803000, AT_PAGE, 3);
    write_section(w, 0x804000, AT_PAGE, 16);
    write_section(w, 0x805000, AT_PAGE, 4);
}

void tee_firmware_small(uint8_t page[AT_PAGE])
{
    writer w = writer_of(page, AT_PAGE);
    write_text(&w, "A synthetic firmware image: it boots nothing.");
    write_zeros(&w, TEE_FIRMWARE_METADATA - w.n);
    write_metadata(&w);
    write_zeros(&w, 4);
    end_entry(&w, 4, guids[4]);
    write_le(&w, AT_PAGE - TEE_FIRMWARE_METADATA, 4);
    end_entry(&w, 4, guids[0]);
    write_le(&w, 0x804c00, 4);
    write_le(&w, 0x400, 4);
    end_entry(&w, 8, guids[1]);
    write_le(&w, 0x80b004, 4);
    end_entry(&w, 4, guids[2]);
    end_entry(&w, TEE_FIRMWARE_LAST_ENTRY - TEE_FIRMWARE_TABLE, guids[3]);
    write_zeros(&w, 32);
    must(writer_ok(&w) && w.n == AT_PAGE);
}

at_guest tee_guest_small(const char *command_line)
{
    static uint8_t firmware[AT_PAGE];
    tee_firmware_small(firmware);
    return (at_guest){
        .firmware = SPAN(firmware),
        .has_kernel = true,
        .kernel = span_text("a synthetic kernel"),
        .initrd = span_text("a synthetic initial file system"),
        .command_line = span_text(command_line),
        .n_vcpus = 1,
        .cpu_signature = at_cpu_signature(25, 1, 1),
        .features = 1,
    };
}
