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

/* jansson skips a NUL behind a number, and stops later than we do. */
static bool
is_comparable(const char *bytes, size_t len, const struct sl_json_cleaned *once)
{
	return !once->too_deep && memchr(bytes, '\0', len) == NULL;
}

static void
check_clean(struct sl_arena *arena, const uint8_t *data, size_t size)
{
	char *bytes = fuzz_copy(arena, data, size);
	json_auto_t *plain = json_loadb(bytes, size, JSON_DECODE_ANY, NULL);
	struct sl_json_cleaned once, twice;

	sl_json_clean(bytes, size, &once);
	if (!once.too_deep) {
		char *again = sl_arena_strndup(arena, once.text, once.len);

		SL_ASSERT(memchr(again, '\0', once.len) == NULL);
		sl_json_clean(again, once.len, &twice);
		SL_ASSERT(!twice.repaired && !twice.too_deep);
		SL_ASSERT(twice.len == once.len &&
			  memcmp(twice.text, once.text, once.len) == 0);
		sl_buf_release(&twice.grown);
	}
	if (plain != NULL && is_comparable((const char *)data, size, &once))
		SL_ASSERT(!once.repaired);
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
		SL_ASSERT(status == SL_RETRY || status == SL_REJECTED);
		return;
	}
	status = sl_json_parse_own(sl_json_canonical(arena, value), &again,
				   &err);
	SL_ASSERT(status == SL_OK && json_equal(value, again));
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
