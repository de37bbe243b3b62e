/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ZIP archives byte by byte, good ones and those that no tool would make.
 */
#ifndef SL_TESTS_ZIP_KIT_H
#define SL_TESTS_ZIP_KIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"

/** 2026-03-01 08:15:30, as ZIP has it. */
#define ZIP_KIT_DOS_TIME 0x5c6141efU

struct zip_kit {
	struct sl_buf bytes;     /* the entries so far  */
	struct sl_buf directory; /* and what is behind them */
	unsigned count;
};

/** What is 0 or NULL is what a tool would write. */
struct zip_kit_entry {
	const char *name;
	size_t name_len; /* 0 = all of it; for a NUL inside */
	const void *data;
	size_t len;
	bool deflate;
	bool streamed;       /* sizes behind the content, not before it */
	uint16_t flags;      /* bit 0: encrypted, bit 11: UTF-8 */
	uint16_t method;     /* instead of 0 or 8               */
	uint32_t dos_time;   /* 0 = ZIP_KIT_DOS_TIME; 1 = none  */
	int32_t unix_time;   /* 0 = no extra field              */
	uint32_t attributes; /* Unix's, in the upper half       */
	bool lies;           /* the next two count              */
	uint64_t claimed;    /* size                            */
	uint32_t crc;
};

void zip_kit_init(struct zip_kit *kit);
void zip_kit_release(struct zip_kit *kit);

void zip_kit_add(struct zip_kit *kit, const struct zip_kit_entry *entry);

/** A stored or deflated file, and nothing odd about it. */
void zip_kit_file(struct zip_kit *kit, const char *name, const char *text);

/** As `entry` says, of `rounds` times 16 MiB of zeros, deflated. */
void zip_kit_zeros(struct zip_kit *kit, const struct zip_kit_entry *entry,
		   unsigned rounds);

/** The end; nothing can be added after. `claimed`: entries, 0 = as many. */
void zip_kit_end(struct zip_kit *kit, unsigned claimed);

/** All bytes into a file. */
void zip_kit_write(const struct zip_kit *kit, const char *path);

#define AUTO_ZIP_KIT SL_CLEANUP(zip_kit_release) struct zip_kit

#endif
