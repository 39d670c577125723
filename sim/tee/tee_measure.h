/* A small synthetic guest, for launch digests that mean something: a page of firmware with a real table, a few bytes of kernel and initial
 * file system, one processor. */
#ifndef PARLEY_TEE_MEASURE_H
#define PARLEY_TEE_MEASURE_H

#include "launch.h"

/* Where things stand in the firmware's page, for whoever wants to change them. */
enum {
    TEE_FIRMWARE_TEXT = 0,
    TEE_FIRMWARE_SECTIONS = 5,
    TEE_FIRMWARE_METADATA = AT_PAGE - 32 - 110 - 16 - 12 * TEE_FIRMWARE_SECTIONS, /* `ASEV`, size, version, number */
    TEE_FIRMWARE_SECTION = TEE_FIRMWARE_METADATA + 16,                            /* address, size, kind: 12 bytes each */
    TEE_FIRMWARE_TABLE = AT_PAGE - 32 - 110,
    TEE_FIRMWARE_OTHER_ENTRY = TEE_FIRMWARE_TABLE,                /* 4 bytes, length, GUID: means nothing */
    TEE_FIRMWARE_METADATA_ENTRY = TEE_FIRMWARE_OTHER_ENTRY + 22,  /* 4 bytes, length, GUID */
    TEE_FIRMWARE_HASHES_ENTRY = TEE_FIRMWARE_METADATA_ENTRY + 22, /* 8 bytes, length, GUID */
    TEE_FIRMWARE_RESET_ENTRY = TEE_FIRMWARE_HASHES_ENTRY + 26,    /* 4 bytes, length, GUID */
    TEE_FIRMWARE_LAST_ENTRY = TEE_FIRMWARE_RESET_ENTRY + 22,      /* length, GUID */
};

void tee_firmware_small(uint8_t page[AT_PAGE]);

/* Boots nothing. Borrows the command line. */
at_guest tee_guest_small(const char *command_line);

#endif
