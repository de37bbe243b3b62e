/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A chain of blocks. Small requests are cut from the current one; a request
 * that would waste much of a block gets one of its own, while the current one
 * goes on being filled.
 *
 * Under AddressSanitizer the unused part of each block is poisoned and a gap
 * is left behind each piece, so that overruns inside the arena are found too.
 */
#include "core/base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/mem.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define POISON(p, n)   ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#define GAP_BYTES      16
#else
#define POISON(p, n)   ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#define GAP_BYTES      0
#endif

#define FIRST_BLOCK_BYTES   ((size_t)8 * 1024)
#define LARGEST_BLOCK_BYTES ((size_t)256 * 1024)

struct block {
	struct block *next;
	size_t size;
	size_t filled;
	_Alignas(max_align_t) unsigned char data[];
};

struct sl_arena {
	struct block *first;   /* kept over a reset          */
	struct block *current; /* the one being filled       */
	struct block *others;  /* all but the first          */
	size_t next_size;      /* of the next shared block   */
	size_t used;
};

static struct block *
block_new(size_t size, struct block *next)
{
	size_t total;
	struct block *block;

	SL_ASSERT(!__builtin_add_overflow(size, sizeof(*block), &total));
	block = sl_realloc(NULL, 1, total);
	block->next = next;
	block->size = size;
	block->filled = 0;
	POISON(block->data, size);
	return block;
}

static void
block_free(struct block *block)
{
	UNPOISON(block->data, block->size);
	sl_free(block);
}

struct sl_arena *
sl_arena_new(void)
{
	struct sl_arena *arena = sl_alloc(sizeof(*arena));

	arena->first = block_new(FIRST_BLOCK_BYTES, NULL);
	sl_arena_reset(arena);
	return arena;
}

void
sl_arena_reset(struct sl_arena *arena)
{
	while (arena->others != NULL) {
		struct block *next = arena->others->next;

		block_free(arena->others);
		arena->others = next;
	}
	arena->first->filled = 0;
	POISON(arena->first->data, arena->first->size);
	arena->current = arena->first;
	arena->next_size = 2 * FIRST_BLOCK_BYTES;
	arena->used = 0;
}

void
sl_arena_free(struct sl_arena **arena)
{
	if (*arena == NULL)
		return;
	sl_arena_reset(*arena);
	block_free((*arena)->first);
	sl_free(*arena);
	*arena = NULL;
}

/* A block with `need` free bytes. */
static struct block *
block_for(struct sl_arena *arena, size_t need)
{
	if (arena->current->size - arena->current->filled >= need)
		return arena->current;
	if (need > arena->next_size / 4) {
		arena->others = block_new(need, arena->others);
		return arena->others;
	}
	arena->others = block_new(arena->next_size, arena->others);
	arena->current = arena->others;
	if (arena->next_size < LARGEST_BLOCK_BYTES)
		arena->next_size *= 2;
	return arena->current;
}

void *
sl_arena_alloc(struct sl_arena *arena, size_t size)
{
	size_t align = _Alignof(max_align_t);
	size_t need;
	struct block *block;
	unsigned char *piece;

	SL_ASSERT(!__builtin_add_overflow(size, align - 1 + GAP_BYTES, &need));
	need -= need % align;
	if (need == 0)
		need = align; /* every piece has an address of its own */
	block = block_for(arena, need);
	piece = block->data + block->filled;
	block->filled += need;
	arena->used += need;
	UNPOISON(piece, size);
	memset(piece, 0, size);
	return piece;
}

void *
sl_arena_array(struct sl_arena *arena, size_t count, size_t size)
{
	size_t total;

	SL_ASSERT(!__builtin_mul_overflow(count, size, &total));
	return sl_arena_alloc(arena, total);
}

char *
sl_arena_strdup(struct sl_arena *arena, const char *text)
{
	if (text == NULL)
		return NULL;
	return sl_arena_strndup(arena, text, strlen(text));
}

char *
sl_arena_strndup(struct sl_arena *arena, const char *bytes, size_t len)
{
	size_t size;
	char *copy;

	SL_ASSERT(!__builtin_add_overflow(len, 1, &size));
	copy = sl_arena_alloc(arena, size);
	if (len > 0)
		memcpy(copy, bytes, len);
	return copy;
}

char *
sl_arena_printf(struct sl_arena *arena, const char *fmt, ...)
{
	va_list args, again;
	char *text;
	int len;

	va_start(args, fmt);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	SL_ASSERT(len >= 0);
	text = sl_arena_alloc(arena, (size_t)len + 1);
	(void)vsnprintf(text, (size_t)len + 1, fmt, again);
	va_end(again);
	return text;
}

size_t
sl_arena_used(const struct sl_arena *arena)
{
	return arena->used;
}
