/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gzip streams made by hand: stored blocks for exact sizes, and one run of
 * zeros at the format's best ratio (a bomb). No zlib in the tests' link line.
 */
#ifndef TESTS_UNIT_CORE_NET_RAW_GZIP_H
#define TESTS_UNIT_CORE_NET_RAW_GZIP_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"

static const char gzip_head[] = "\x1f\x8b\x08\0\0\0\0\0\0\x03";

static inline void
gzip_le(struct sl_buf *out, uint32_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		sl_buf_addc(out, (char)(unsigned char)(value >> (8 * i)));
}

static inline uint32_t
gzip_crc(const char *bytes, size_t len)
{
	uint32_t crc = 0xffffffffu;

	for (size_t i = 0; i < len; i++) {
		crc ^= (unsigned char)bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

/** `bytes` in stored blocks. */
static inline void
gzip_store(struct sl_buf *out, const char *bytes, size_t len)
{
	size_t at = 0;

	sl_buf_add(out, gzip_head, sizeof(gzip_head) - 1);
	do {
		size_t n = len - at < 65535 ? len - at : 65535;

		sl_buf_addc(out, at + n == len);
		gzip_le(out, (uint32_t)n, 2);
		gzip_le(out, ~(uint32_t)n, 2);
		sl_buf_add(out, bytes + at, n);
		at += n;
	} while (at < len);
	gzip_le(out, gzip_crc(bytes, len), 4);
	gzip_le(out, (uint32_t)len, 4);
}

struct gzip_bits {
	struct sl_buf *out;
	unsigned held;
	int count;
};

static inline void
gzip_bit(struct gzip_bits *bits, unsigned bit)
{
	bits->held |= bit << bits->count;
	if (++bits->count < 8)
		return;
	sl_buf_addc(bits->out, (char)(unsigned char)bits->held);
	bits->held = 0;
	bits->count = 0;
}

/** A Huffman code, highest bit first. */
static inline void
gzip_code(struct gzip_bits *bits, unsigned code, int len)
{
	while (len-- > 0)
		gzip_bit(bits, code >> len & 1);
}

/** 1 + 258 * `repeats` zeros in 13 bits a repeat; no trailer, no end. */
static inline void
gzip_bomb(struct sl_buf *out, size_t repeats)
{
	struct gzip_bits bits = { .out = out };

	sl_buf_add(out, gzip_head, sizeof(gzip_head) - 1);
	gzip_bit(&bits, 1); /* the last block ...       */
	gzip_bit(&bits, 1); /* ... in fixed codes (01b) */
	gzip_bit(&bits, 0);
	gzip_code(&bits, 0x30, 8); /* a literal zero */
	for (size_t i = 0; i < repeats; i++) {
		gzip_code(&bits, 0xc5, 8); /* length 258 ... */
		gzip_code(&bits, 0, 5);    /* ... from one back */
	}
	gzip_code(&bits, 0, 7 + 7); /* end of block, and a full byte */
}

#endif
