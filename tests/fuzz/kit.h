/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the fuzz targets share. A target is one parser of outside data and the
 * promises that its header makes, as SL_ASSERTs: libFuzzer reports a broken
 * one like a crash. docs/fuzzing.md says how to run them.
 */
#ifndef SL_TESTS_FUZZ_KIT_H
#define SL_TESTS_FUZZ_KIT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/text.h"

#include "core/json/json.h"

/** libFuzzer's entry into a target. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** A moment in 2026, for whoever must be told one. */
#define FUZZ_NOW_US INT64_C(1795168800000000)

/** The one arena of the target, emptied: setting up costs most. */
static inline struct sl_arena *
fuzz_arena(void)
{
	static struct sl_arena *arena;

	if (arena == NULL)
		arena = sl_arena_new();
	sl_arena_reset(arena);
	return arena;
}

static inline char *
fuzz_copy(struct sl_arena *arena, const uint8_t *data, size_t size)
{
	return sl_arena_strndup(arena, (const char *)data, size);
}

/** The document as any answer is parsed, or NULL. */
static inline json_t *
fuzz_json(struct sl_arena *arena, const uint8_t *data, size_t size)
{
	struct sl_error err;
	json_t *document;

	if (sl_json_parse(fuzz_copy(arena, data, size), size, NULL, &document,
			  &err) != SL_OK)
		return NULL;
	return document;
}

/** What every text that is stored or shown must be. */
static inline void
fuzz_check_text(const char *text)
{
	SL_ASSERT(text == NULL || sl_utf8_valid(text, strlen(text)));
}

/** A failure says what and whom it hurts, in one clean line. */
static inline void
fuzz_check_error(const struct sl_error *err, sl_status status)
{
	SL_ASSERT(err->status == status && status != SL_OK);
	SL_ASSERT(err->scope <= SL_CLIENT);
	SL_ASSERT(err->retry_after_ms >= SL_NO_DELAY);
	SL_ASSERT(err->text[0] != '\0');
	SL_ASSERT(strpbrk(err->text, "\n\r\x1b") == NULL);
	fuzz_check_text(err->text);
}

#endif
