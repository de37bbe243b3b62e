/* SPDX-License-Identifier: Apache-2.0 */
#include "zip.h"

#include <stdlib.h>
#include <string.h>

#include "tz.h"

#define CHUNK        65536
#define BIG          0xffffffffU
#define HEADER_BYTES 12 /* before the data of an encrypted entry */

/* Little-endian, so many octets. */
static void
put_int(struct emu_buf *b, uint64_t n, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		emu_putc(b, (char)(n >> (8 * i) & 0xff));
}

static void
put_record(struct emu_buf *b, const char *signature)
{
	EMU_LIT(b, "PK");
	emu_put(b, signature, 2);
}

static void
write_out(struct emu_zip *zip, const char *data, size_t len)
{
	if (!zip->failed && len &&
	    !zip->sink.write(zip->sink.context, data, len))
		zip->failed = true;
	zip->offset += len;
}

void
emu_zip_init(struct emu_zip *zip, struct emu_sink sink, int64_t ms)
{
	int64_t s = ms / 1000, day = emu_floor_day(s);
	struct emu_date d = emu_civil(day);
	unsigned at = (unsigned)(s - day * EMU_DAY);

	*zip = (struct emu_zip){ .sink = sink };
	zip->stamp = (uint32_t)(d.year - 1980) << 25 | d.month << 21 |
		     d.day << 16 | at / 3600 << 11 | at / 60 % 60 << 5 |
		     at % 60 / 2;
}

/* What the local header and the directory have in common. */
static void
put_common(struct emu_buf *b, const struct emu_zip *zip)
{
	bool utf8 = false;

	for (const char *p = zip->name; *p; p++)
		utf8 |= (*p & 0x80) != 0;
	put_int(b, zip->flags & EMU_ZIP_BIG ? 45 : 20, 2);
	put_int(b,
		8U | (zip->flags & EMU_ZIP_ENCRYPTED ? 1U : 0U) |
			(utf8 ? 0x800U : 0U),
		2);
	put_int(b, zip->flags & EMU_ZIP_STORED ? 0 : Z_DEFLATED, 2);
	put_int(b, zip->stamp, 4);
}

/* Sizes of eight octets, and the time in UTC. */
static void
put_extra(struct emu_buf *b, const struct emu_zip *zip, uint64_t size,
	  uint64_t packed)
{
	if (zip->flags & EMU_ZIP_BIG) {
		put_int(b, 1, 2);
		put_int(b, 16, 2);
		put_int(b, size, 8);
		put_int(b, packed, 8);
	}
	if (zip->unix_s) {
		EMU_LIT(b, "UT");
		put_int(b, 5, 2);
		put_int(b, 1, 1);
		put_int(b, zip->unix_s, 4);
	}
}

static unsigned
extra_len(const struct emu_zip *zip)
{
	return (zip->flags & EMU_ZIP_BIG ? 20U : 0U) + (zip->unix_s ? 9U : 0U);
}

void
emu_zip_begin(struct emu_zip *zip, const char *name, unsigned flags)
{
	static const char nonsense[HEADER_BYTES] = "encrypted...";
	struct emu_buf b = { 0 };
	bool big = flags & EMU_ZIP_BIG;

	zip->name = emu_strdup(name);
	zip->flags = flags;
	zip->begin = zip->offset;
	zip->packed = zip->size = 0;
	zip->sum = (uint32_t)crc32(0, NULL, 0);
	put_record(&b, "\3\4");
	put_common(&b, zip);
	put_int(&b, 0, 4); /* the sum follows the data, and so do the sizes */
	put_int(&b, big ? BIG : 0, 4);
	put_int(&b, big ? BIG : 0, 4);
	put_int(&b, strlen(name), 2);
	put_int(&b, extra_len(zip), 2);
	emu_puts(&b, name);
	put_extra(&b, zip, 0, 0);
	write_out(zip, b.data, b.len);
	emu_buf_free(&b);
	if (flags & EMU_ZIP_ENCRYPTED) {
		write_out(zip, nonsense, sizeof(nonsense));
		zip->packed = sizeof(nonsense);
	}
	memset(&zip->z, 0, sizeof(zip->z));
	if (deflateInit2(&zip->z, big ? 9 : 1, Z_DEFLATED, -15, 8,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
}

/* Into `keep` as well, unless that is NULL. */
static void
pump(struct emu_zip *zip, const char *data, size_t len, int flush,
     struct emu_buf *keep)
{
	char out[CHUNK];

	zip->z.next_in = (Bytef *)(uintptr_t)data;
	zip->z.avail_in = (uInt)len;
	do {
		size_t got;

		zip->z.next_out = (Bytef *)(void *)out;
		zip->z.avail_out = sizeof(out);
		if (deflate(&zip->z, flush) == Z_STREAM_ERROR)
			abort();
		got = sizeof(out) - zip->z.avail_out;
		write_out(zip, out, got);
		zip->packed += got;
		if (keep)
			emu_put(keep, out, got);
	} while (zip->z.avail_out == 0);
}

void
emu_zip_put(struct emu_zip *zip, const char *data, size_t len)
{
	zip->size += len;
	zip->sum = (uint32_t)crc32(zip->sum, (const Bytef *)data, (uInt)len);
	if (!(zip->flags & EMU_ZIP_STORED)) {
		pump(zip, data, len, Z_NO_FLUSH, NULL);
		return;
	}
	write_out(zip, data, len);
	zip->packed += len;
}

/* After a full flush the packed form of the same octets is the same. */
void
emu_zip_repeat(struct emu_zip *zip, const char *data, size_t len,
	       uint64_t times)
{
	uLong one = crc32(crc32(0, NULL, 0), (const Bytef *)data, (uInt)len);
	struct emu_buf packed = { 0 };

	if (!times)
		return;
	pump(zip, "", 0, Z_FULL_FLUSH, NULL);
	pump(zip, data, len, Z_FULL_FLUSH, &packed);
	for (uint64_t i = 0; i < times && !zip->failed; i++) {
		zip->sum = (uint32_t)crc32_combine(zip->sum, one, (z_off_t)len);
		zip->size += len;
		if (i == 0)
			continue;
		write_out(zip, packed.data, packed.len);
		zip->packed += packed.len;
	}
	emu_buf_free(&packed);
}

/* The directory's record of the entry that has just been written. */
static void
list_entry(struct emu_zip *zip)
{
	struct emu_buf *b = &zip->directory;
	bool big = zip->flags & EMU_ZIP_BIG;

	put_record(b, "\1\2");
	put_int(b, 3 << 8 | (big ? 45 : 20), 2);
	put_common(b, zip);
	put_int(b, zip->sum, 4);
	put_int(b, big ? BIG : zip->packed, 4);
	put_int(b, big ? BIG : zip->size, 4);
	put_int(b, strlen(zip->name), 2);
	put_int(b, extra_len(zip), 2);
	put_int(b, 0, 2); /* comment */
	put_int(b, 0, 2); /* disk */
	put_int(b, 0, 2);
	put_int(b, (zip->flags & EMU_ZIP_LINK ? 0120777U : 0100644U) << 16, 4);
	put_int(b, zip->begin, 4);
	emu_puts(b, zip->name);
	put_extra(b, zip, zip->size, zip->packed);
	zip->entries++;
}

void
emu_zip_end(struct emu_zip *zip)
{
	unsigned width = zip->flags & EMU_ZIP_BIG ? 8 : 4;
	struct emu_buf b = { 0 };

	if (!(zip->flags & EMU_ZIP_STORED))
		pump(zip, "", 0, Z_FINISH, NULL);
	deflateEnd(&zip->z);
	if (zip->flags & EMU_ZIP_BAD_SUM)
		zip->sum ^= 1;
	if (zip->flags & EMU_ZIP_LIES)
		zip->size /= 2;
	put_record(&b, "\7\10");
	put_int(&b, zip->sum, 4);
	put_int(&b, zip->packed, width);
	put_int(&b, zip->size, width);
	write_out(zip, b.data, b.len);
	emu_buf_free(&b);
	list_entry(zip);
	free(zip->name);
	zip->name = NULL;
}

bool
emu_zip_finish(struct emu_zip *zip)
{
	uint64_t at = zip->offset, len = zip->directory.len;
	struct emu_buf b = { 0 };

	if (zip->half) {
		write_out(zip, zip->directory.data, (size_t)len / 2);
	} else {
		write_out(zip, zip->directory.data, (size_t)len);
		put_record(&b, "\5\6");
		put_int(&b, 0, 4); /* disks */
		put_int(&b, zip->entries, 2);
		put_int(&b, zip->entries, 2);
		put_int(&b, len, 4);
		put_int(&b, at, 4);
		put_int(&b, 0, 2);
		write_out(zip, b.data, b.len);
	}
	emu_buf_free(&b);
	emu_buf_free(&zip->directory);
	return !zip->failed && zip->offset < BIG;
}
