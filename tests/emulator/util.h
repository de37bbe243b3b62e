/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small helpers of the emulator: checked allocation, hashing, base64url,
 * a growing text buffer that writes JSON correctly. Running out of memory
 * aborts: this is a test server.
 */
#ifndef EMU_UTIL_H
#define EMU_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EMU_PRINTF(a, b) __attribute__((format(printf, a, b)))
#define EMU_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/** Bytes with a length; `data` is always NUL-terminated once used. */
struct emu_buf {
	char *data;
	size_t len;
	size_t cap;
};

/** A deterministic stream of numbers (splitmix64). */
struct emu_rng {
	uint64_t state;
};

void *emu_alloc(size_t bytes);
void *emu_realloc(void *old, size_t bytes);
char *emu_strdup(const char *text);
char *emu_strndup(const char *text, size_t len);
void emu_set_text(char **slot, const char *text);

uint64_t emu_mix(uint64_t x);
uint64_t emu_unmix(uint64_t x);
uint64_t emu_hash(const char *text);
/** A number for one purpose, drawn from a base hash. */
uint64_t emu_draw(uint64_t base, uint64_t purpose);
uint64_t emu_next(struct emu_rng *rng);
/** 0 .. n-1; n must not be 0. */
uint64_t emu_below(struct emu_rng *rng, uint64_t n);
bool emu_parse_u64(const char *text, uint64_t *out);

void emu_reserve(struct emu_buf *b, size_t more);
void emu_put(struct emu_buf *b, const char *text, size_t len);
void emu_puts(struct emu_buf *b, const char *text);
void emu_putc(struct emu_buf *b, char c);
void emu_put_u64(struct emu_buf *b, uint64_t n);
void emu_put_i64(struct emu_buf *b, int64_t n);
/** Exactly `width` decimal digits, zero-padded. */
void emu_put_pad(struct emu_buf *b, uint64_t n, unsigned width);
/** The text as a JSON string, quotes included. */
void emu_put_json(struct emu_buf *b, const char *text);
void emu_put_json_len(struct emu_buf *b, const char *text, size_t len);
/** Percent-encodes everything that is not unreserved. */
void emu_put_url(struct emu_buf *b, const char *text);
void emu_putf(struct emu_buf *b, const char *format, ...) EMU_PRINTF(2, 3);
void emu_buf_free(struct emu_buf *b);
/** Gives the bytes away; the buffer is empty afterwards. */
char *emu_buf_take(struct emu_buf *b);

#define EMU_LIT(b, text) emu_put((b), (text), sizeof(text) - 1)

void emu_put_base64(struct emu_buf *b, const void *bytes, size_t len,
		    bool padded);
/** Either alphabet, with or without padding; false when malformed. */
bool emu_base64_decode(const char *text, struct emu_buf *out);

/** In place; false when an escape is malformed. '+' stays as it is. */
bool emu_url_decode(char *text, bool plus_is_space);

#endif
