/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/zip_kit.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "core/base/error.h"
#include "core/base/mem.h"

#define MAX_BYTES   ((size_t)256 * 1024 * 1024)
#define ROUND_BYTES ((size_t)16 * 1024 * 1024)
#define SYSTEM_UNIX 3
#define NO_TIME     1
#define STORED      0
#define DEFLATED    8
#define STREAMED    8U /* a flag */
#define ZIP64       0xffffffffU

void
zip_kit_init(struct zip_kit *kit)
{
	sl_buf_init(&kit->bytes, MAX_BYTES);
	sl_buf_init(&kit->directory, MAX_BYTES);
	kit->count = 0;
}

void
zip_kit_release(struct zip_kit *kit)
{
	sl_buf_release(&kit->bytes);
	sl_buf_release(&kit->directory);
}

/* Little-endian, `n` bytes of it. */
static void
put(struct sl_buf *buf, uint64_t value, unsigned n)
{
	for (; n > 0; n--, value >>= 8)
		sl_buf_addc(buf, (char)(value & 0xff));
}

static size_t
name_length(const struct zip_kit_entry *entry)
{
	return entry->name_len > 0 ? entry->name_len : strlen(entry->name);
}

struct content {
	const void *bytes;
	size_t len;
	uint16_t method;
	uint64_t size;
	uint32_t crc;
};

/* What a local header and one of the directory have in common: 26 bytes. */
static void
put_common(struct sl_buf *buf, const struct zip_kit_entry *entry,
	   const struct content *content, size_t extra)
{
	uint32_t time =
		entry->dos_time == 0 ? ZIP_KIT_DOS_TIME : entry->dos_time;

	put(buf, 20, 2);
	put(buf, entry->flags | (entry->streamed ? STREAMED : 0U), 2);
	put(buf, entry->method != 0 ? entry->method : content->method, 2);
	put(buf, time == NO_TIME ? 0 : time, 4);
	put(buf, content->crc, 4);
	put(buf, content->len, 4);
	put(buf, content->size > ZIP64 ? ZIP64 : content->size, 4);
	put(buf, name_length(entry), 2);
	put(buf, extra, 2);
}

static void
put_extras(struct sl_buf *buf, const struct zip_kit_entry *entry,
	   const struct content *content)
{
	if (content->size > ZIP64) {
		put(buf, 0x0001, 2);
		put(buf, 8, 2);
		put(buf, content->size, 8);
	}
	if (entry->unix_time != 0) {
		put(buf, 0x5455, 2);
		put(buf, 5, 2);
		put(buf, 1, 1);
		put(buf, (uint32_t)entry->unix_time, 4);
	}
}

static void
add_content(struct zip_kit *kit, const struct zip_kit_entry *entry,
	    const struct content *packed)
{
	const struct content unknown = { .method = packed->method };
	struct content content = *packed;
	SL_AUTO_BUF extras;
	size_t at = kit->bytes.len;

	if (entry->lies) {
		content.size = entry->claimed;
		content.crc = entry->crc;
	}
	sl_buf_init(&extras, 64);
	put_extras(&extras, entry, &content);
	sl_buf_adds(&kit->bytes, "PK\3\4");
	put_common(&kit->bytes, entry, entry->streamed ? &unknown : &content,
		   extras.len);
	sl_buf_add(&kit->bytes, entry->name, name_length(entry));
	sl_buf_add(&kit->bytes, sl_buf_text(&extras), extras.len);
	sl_buf_add(&kit->bytes, content.bytes, content.len);
	if (entry->streamed) {
		sl_buf_adds(&kit->bytes, "PK\7\10");
		put(&kit->bytes, content.crc, 4);
		put(&kit->bytes, content.len, 4);
		put(&kit->bytes, content.size, 4);
	}

	sl_buf_adds(&kit->directory, "PK\1\2");
	put(&kit->directory, 20 | SYSTEM_UNIX << 8, 2);
	put_common(&kit->directory, entry, &content, extras.len);
	put(&kit->directory, 0, 6); /* comment, disk, kind of text */
	put(&kit->directory, entry->attributes, 4);
	put(&kit->directory, at, 4);
	sl_buf_add(&kit->directory, entry->name, name_length(entry));
	sl_buf_add(&kit->directory, sl_buf_text(&extras), extras.len);
	kit->count++;
}

static void
begin_deflate(z_stream *z)
{
	*z = (z_stream){ 0 };
	SL_ASSERT(deflateInit2(z, 6, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) ==
		  Z_OK);
}

void
zip_kit_add(struct zip_kit *kit, const struct zip_kit_entry *entry)
{
	struct content content = {
		.bytes = entry->data,
		.len = entry->len,
		.method = entry->deflate ? DEFLATED : STORED,
		.size = entry->len,
		.crc = (uint32_t)crc32(0, entry->data, (uInt)entry->len),
	};
	unsigned char *out = NULL;
	z_stream z;

	if (entry->deflate) {
		begin_deflate(&z);
		out = sl_alloc(deflateBound(&z, entry->len));
		z.next_in = (Bytef *)(uintptr_t)entry->data;
		z.avail_in = (uInt)entry->len;
		z.next_out = out;
		z.avail_out = (uInt)deflateBound(&z, entry->len);
		SL_ASSERT(deflate(&z, Z_FINISH) == Z_STREAM_END);
		content.bytes = out;
		content.len = z.total_out;
		(void)deflateEnd(&z);
	}
	add_content(kit, entry, &content);
	sl_free(out);
}

void
zip_kit_file(struct zip_kit *kit, const char *name, const char *text)
{
	struct zip_kit_entry entry = {
		.name = name,
		.data = text,
		.len = strlen(text),
		.deflate = strlen(text) > 64,
	};

	zip_kit_add(kit, &entry);
}

/* A piece of a deflated stream that needs nothing before it, and so can be
 * repeated; deflating all of it would take a minute. */
static size_t
pack_round(unsigned char *out, size_t room)
{
	unsigned char *zeros = sl_alloc(ROUND_BYTES);
	z_stream z;
	size_t len;

	begin_deflate(&z);
	z.next_in = zeros;
	z.avail_in = (uInt)ROUND_BYTES;
	z.next_out = out;
	z.avail_out = (uInt)room;
	SL_ASSERT(deflate(&z, Z_FULL_FLUSH) == Z_OK && z.avail_in == 0);
	len = z.total_out;
	(void)deflateEnd(&z);
	sl_free(zeros);
	return len;
}

void
zip_kit_zeros(struct zip_kit *kit, const struct zip_kit_entry *entry,
	      unsigned rounds)
{
	unsigned char round[65536];
	size_t len = pack_round(round, sizeof(round));
	struct content content = { .method = DEFLATED };
	SL_AUTO_BUF packed;

	sl_buf_init(&packed, MAX_BYTES);
	for (unsigned i = 0; i < rounds; i++)
		sl_buf_add(&packed, round, len);
	sl_buf_add(&packed, "\3\0", 2); /* an empty last block */
	content.bytes = sl_buf_text(&packed);
	content.len = packed.len;
	content.size = (uint64_t)rounds * ROUND_BYTES;
	add_content(kit, entry, &content);
}

void
zip_kit_end(struct zip_kit *kit, unsigned claimed)
{
	unsigned count = claimed != 0 ? claimed : kit->count;
	size_t at = kit->bytes.len;

	sl_buf_add(&kit->bytes, sl_buf_text(&kit->directory),
		   kit->directory.len);
	sl_buf_adds(&kit->bytes, "PK\5\6");
	put(&kit->bytes, 0, 4);
	put(&kit->bytes, count, 2);
	put(&kit->bytes, count, 2);
	put(&kit->bytes, kit->directory.len, 4);
	put(&kit->bytes, at, 4);
	put(&kit->bytes, 0, 2);
	SL_ASSERT(!kit->bytes.overflow && !kit->directory.overflow);
}

void
zip_kit_write(const struct zip_kit *kit, const char *path)
{
	FILE *file = fopen(path, "wb");

	SL_ASSERT(file != NULL);
	SL_ASSERT(fwrite(kit->bytes.data, 1, kit->bytes.len, file) ==
		  kit->bytes.len);
	SL_ASSERT(fclose(file) == 0);
}
