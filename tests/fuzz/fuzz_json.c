/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Repair, parser and typed readers of JSON: what jansson takes as it is, is
 * not touched; what was repaired needs no second repair; whatever was parsed
 * survives being written and read as our own. After a first byte 'c' the rest
 * is cleaned only; after any other one it is parsed.
 *
 * covers: core/json/clean.c
 * covers: core/json/json.c
 */
#include "core/json/clean.h"

#include "tests/fuzz/kit.h"

static void
check_readers(json_t *object)
{
	const char *key;
	json_t *value;

	json_object_foreach (object, key, value) {
		const char *text = sl_json_text(object, key);
		struct sl_error err;
		const char *needed;
		sl_status status;
		int64_t number;

		fuzz_check_text(key);
		fuzz_check_text(text);
		SL_ASSERT((text != NULL) == json_is_string(value));
		status = sl_json_need_text(object, "items[0]", key, &needed,
					   &err);
		SL_ASSERT(status == SL_OK ? needed == text : text == NULL);
		if (status != SL_OK)
			fuzz_check_error(&err, SL_REJECTED);
		SL_ASSERT(!sl_json_i64(object, key, &number) || text != NULL ||
			  json_integer_value(value) == number);
	}
}

static size_t
depth_of(json_t *value)
{
	size_t deepest = 0, i;
	const char *key;
	json_t *member;

	json_object_foreach (value, key, member) {
		size_t depth = depth_of(member);

		deepest = depth > deepest ? depth : deepest;
	}
	json_array_foreach (value, i, member) {
		size_t depth = depth_of(member);

		deepest = depth > deepest ? depth : deepest;
	}
	return json_is_object(value) || json_is_array(value) ? deepest + 1 : 0;
}

/* Nothing is wrong with it: jansson takes it as it is, but for a NUL behind a
 * number, which it skips, and nesting that we do not follow. */
static bool
is_sound(json_t *plain, const char *bytes, size_t len)
{
	return plain != NULL && memchr(bytes, '\0', len) == NULL &&
	       depth_of(plain) <= SL_JSON_DEPTH_MAX;
}

static void
check_clean(struct sl_arena *arena, const uint8_t *data, size_t size)
{
	char *bytes = fuzz_copy(arena, data, size);
	json_auto_t *plain = json_loadb(bytes, size, JSON_DECODE_ANY, NULL);
	struct sl_json_cleaned once, twice;
	char *again;

	sl_json_clean(bytes, size, &once);
	again = sl_arena_strndup(arena, once.text, once.len);
	SL_ASSERT(memchr(again, '\0', once.len) == NULL);
	sl_json_clean(again, once.len, &twice);
	SL_ASSERT(!twice.repaired);
	SL_ASSERT(twice.len == once.len &&
		  memcmp(twice.text, once.text, once.len) == 0);
	if (is_sound(plain, (const char *)data, size))
		SL_ASSERT(!once.repaired);
	sl_buf_release(&twice.grown);
	sl_buf_release(&once.grown);
}

static void
check_parsed(struct sl_arena *arena, const uint8_t *data, size_t size)
{
	json_auto_t *value = NULL;
	json_auto_t *again = NULL;
	struct sl_error err;
	bool repaired;
	sl_status status = sl_json_parse(fuzz_copy(arena, data, size), size,
					 &repaired, &value, &err);

	if (status != SL_OK) {
		fuzz_check_error(&err, status);
		SL_ASSERT(status == SL_RETRY);
		return;
	}
	status = sl_json_parse_own(sl_json_canonical(arena, value), &again,
				   &err);
	SL_ASSERT(status == SL_OK && json_equal(value, again));
	SL_ASSERT(depth_of(value) <= SL_JSON_DEPTH_MAX);
	(void)sl_json_is_damaged(value);
	check_readers(value);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0 && data[0] == 'c')
		check_clean(fuzz_arena(), data + 1, size - 1);
	else if (size > 0)
		check_parsed(fuzz_arena(), data + 1, size - 1);
	return 0;
}
