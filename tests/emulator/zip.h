/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes a ZIP file as a stream, in bounded memory: an entry's sizes follow
 * its data. Own code and not libzip, which refuses to write what hostile
 * archives need: a climbing path, half a directory, ten gigabytes for the
 * price of one megabyte.
 */
#ifndef EMU_ZIP_H
#define EMU_ZIP_H

#include <zlib.h>

#include "util.h"

/** Takes the octets; false: it cannot, and is not asked again. */
struct emu_sink {
	bool (*write)(void *context, const char *data, size_t len);
	void *context;
};

/** What an entry is, or pretends to be. */
enum {
	EMU_ZIP_BIG = 1, /* it may need sizes of eight octets */
	EMU_ZIP_ENCRYPTED = 2,
	EMU_ZIP_STORED = 4,
	EMU_ZIP_LINK = 8,     /* a symbolic one */
	EMU_ZIP_BAD_SUM = 16, /* its check sum is wrong */
	EMU_ZIP_LIES = 32,    /* half its size is told */
};

struct emu_zip {
	struct emu_sink sink;
	struct emu_buf directory; /* of the entries that are done */
	uint64_t offset, entries; /* octets written */
	uint32_t stamp;           /* date and time, as DOS counts */
	uint32_t unix_s;          /* told as well; 0 = not */
	bool failed;
	bool half; /* the directory is to be cut in its middle */
	/* the open entry */
	char *name;
	unsigned flags; /* EMU_ZIP_* */
	uint64_t begin, packed, size;
	uint32_t sum;
	z_stream z;
};

/** Entries get that time, in UTC. */
void emu_zip_init(struct emu_zip *zip, struct emu_sink sink, int64_t ms);
void emu_zip_begin(struct emu_zip *zip, const char *name, unsigned flags);
void emu_zip_put(struct emu_zip *zip, const char *data, size_t len);
/** The same octets so many times over, packed once. */
void emu_zip_repeat(struct emu_zip *zip, const char *data, size_t len,
		    uint64_t times);
void emu_zip_end(struct emu_zip *zip);
/** The directory; false when the sink has failed. Releases all. */
bool emu_zip_finish(struct emu_zip *zip);

#endif
