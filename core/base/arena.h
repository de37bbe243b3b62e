/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arena: memory that lives exactly as long as one page (or one command).
 *
 * Nothing allocated here is freed on its own; the owner resets or frees the
 * whole arena. Allocation never fails: out of memory ends the process, which
 * is safe because pages commit whole. What comes from outside is therefore
 * capped before it is copied in here.
 *
 * Not thread-safe: one arena belongs to one thread at a time.
 */
#ifndef SL_BASE_ARENA_H
#define SL_BASE_ARENA_H

#include <stddef.h>

#include "core/base/attr.h"

struct sl_arena;

struct sl_arena *sl_arena_new(void) SL_NODISCARD;

/** Free everything and null the pointer; NULL inside is fine. */
void sl_arena_free(struct sl_arena **arena);

/** Forget all contents, keeping the first block for reuse. */
void sl_arena_reset(struct sl_arena *arena);

/** `size` zeroed bytes, aligned for any type. */
void *sl_arena_alloc(struct sl_arena *arena, size_t size) SL_NODISCARD;

/** Room for `count` zeroed objects; aborts if the product overflows. */
void *sl_arena_array(struct sl_arena *arena, size_t count, size_t size)
	SL_NODISCARD;

/** NUL-terminated copy; NULL gives NULL. */
char *sl_arena_strdup(struct sl_arena *arena, const char *text) SL_NODISCARD;

/** NUL-terminated copy of the first `len` bytes. */
char *sl_arena_strndup(struct sl_arena *arena, const char *bytes, size_t len)
	SL_NODISCARD;

char *sl_arena_printf(struct sl_arena *arena, const char *fmt, ...)
	SL_PRINTF(2, 3) SL_NODISCARD;

/** Bytes handed out since the last reset, for bounds and tests. */
size_t sl_arena_used(const struct sl_arena *arena);

#define SL_NEW(arena, type) ((type *)sl_arena_alloc((arena), sizeof(type)))
#define SL_NEW_ARRAY(arena, n, type)                                           \
	((type *)sl_arena_array((arena), (n), sizeof(type)))

#define SL_AUTO_ARENA SL_CLEANUP(sl_arena_free) struct sl_arena *

#endif
