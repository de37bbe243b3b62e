/* SPDX-License-Identifier: Apache-2.0 */
#include "core/json/json.h"

#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/json/clean.h"

void
sl_json_init(void)
{
	json_set_alloc_funcs(sl_lib_malloc, sl_free);
}

/* jansson's own words quote the document, which may hold a token: not used. */
static const char *
parse_fault(const json_error_t *fault)
{
	enum json_error_code code = json_error_code(fault);

	if (code == json_error_premature_end_of_input)
		return "it ends too early";
	if (code == json_error_end_of_input_expected)
		return "something follows after its end";
	return "it is not JSON";
}

sl_status
sl_json_parse(char *bytes, size_t len, bool *repaired, json_t **out,
	      struct sl_error *err)
{
	struct sl_json_cleaned cleaned;
	json_error_t fault;
	json_t *value;

	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
		bytes += 3;
		len -= 3;
	}
	sl_json_clean(bytes, len, &cleaned);
	value = json_loadb(cleaned.len == 0 ? "" : cleaned.text, cleaned.len,
			   JSON_DECODE_ANY, &fault);
	sl_buf_release(&cleaned.grown);
	if (value == NULL)
		return sl_fail(err, SL_RETRY, SL_STREAM,
			       "no complete JSON document: %s (%zu bytes, "
			       "stopped at %d)",
			       parse_fault(&fault), cleaned.len,
			       fault.position);
	if (repaired != NULL)
		*repaired = cleaned.repaired;
	*out = value;
	return SL_OK;
}

sl_status
sl_json_parse_own(const char *text, json_t **out, struct sl_error *err)
{
	json_error_t fault;
	json_t *value;

	value = json_loads(text == NULL ? "" : text,
			   JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &fault);
	if (value == NULL)
		return sl_fail(err, SL_BUG, SL_STREAM,
			       "stored JSON is broken: %s (at byte %d)",
			       parse_fault(&fault), fault.position);
	*out = value;
	return SL_OK;
}

const char *
sl_json_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

bool
sl_json_bool(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

bool
sl_json_i64(const json_t *object, const char *key, int64_t *value)
{
	const json_t *member = json_object_get(object, key);

	if (json_is_integer(member)) {
		*value = json_integer_value(member);
		return true;
	}
	return sl_parse_i64(json_string_value(member), value);
}

const json_t *
sl_json_object(const json_t *object, const char *key)
{
	const json_t *member = json_object_get(object, key);

	return json_is_object(member) ? member : NULL;
}

const json_t *
sl_json_array(const json_t *object, const char *key)
{
	const json_t *member = json_object_get(object, key);

	return json_is_array(member) ? member : NULL;
}

/* "items[3].id: not a text", or ": missing". */
static sl_status
need_failed(const json_t *object, const char *path, const char *key,
	    const char *wanted, struct sl_error *err)
{
	const json_t *member = json_object_get(object, key);
	bool missing = member == NULL || json_is_null(member);
	const char *dot = path == NULL || *path == '\0' ? "" : ".";

	return sl_fail(err, SL_REJECTED, SL_ITEM, "%s%s%s: %s%s",
		       path == NULL ? "" : path, dot, key,
		       missing ? "missing" : "not ", missing ? "" : wanted);
}

sl_status
sl_json_need_text(const json_t *object, const char *path, const char *key,
		  const char **value, struct sl_error *err)
{
	const char *text = sl_json_text(object, key);

	if (text == NULL)
		return need_failed(object, path, key, "a string", err);
	*value = text;
	return SL_OK;
}

sl_status
sl_json_need_object(const json_t *object, const char *path, const char *key,
		    const json_t **value, struct sl_error *err)
{
	const json_t *member = sl_json_object(object, key);

	if (member == NULL)
		return need_failed(object, path, key, "an object", err);
	*value = member;
	return SL_OK;
}

static bool
is_damaged_text(const char *text, size_t len)
{
	return memmem(text, len, "\xef\xbf\xbd", 3) != NULL;
}

/* As deep as sl_json_parse lets a document be. */
bool
sl_json_is_damaged(const json_t *value)
{
	json_t *object = (json_t *)(uintptr_t)value; /* only read */
	const char *key;
	const json_t *member;
	size_t i;

	if (json_is_string(value))
		return is_damaged_text(json_string_value(value),
				       json_string_length(value));
	json_object_foreach (object, key, member) {
		if (is_damaged_text(key, strlen(key)) ||
		    sl_json_is_damaged(member))
			return true;
	}
	json_array_foreach (value, i, member) {
		if (sl_json_is_damaged(member))
			return true;
	}
	return false;
}

static int
add_to_buf(const char *bytes, size_t len, void *buf)
{
	sl_buf_add(buf, bytes, len);
	return 0;
}

char *
sl_json_canonical(struct sl_arena *arena, const json_t *value)
{
	SL_AUTO_BUF text = { .max = SIZE_MAX - 1 };
	int failed;

	if (value == NULL)
		return sl_arena_strdup(arena, "null");
	failed = json_dump_callback(value, add_to_buf, &text,
				    JSON_COMPACT | JSON_SORT_KEYS |
					    JSON_ENCODE_ANY);
	/* Only a loop or nesting past 2048 can fail: nothing parsed has it. */
	SL_ASSERT(failed == 0);
	return sl_arena_strndup(arena, sl_buf_text(&text), text.len);
}

void
sl_json_put_text(json_t *object, const char *key, const char *value)
{
	json_t *text;
	int failed;

	if (value == NULL)
		return;
	text = json_string(value);
	if (text == NULL) { /* no valid UTF-8 */
		SL_AUTO_ARENA arena = sl_arena_new();

		text = json_string(
			sl_utf8_repair(arena, value, strlen(value), NULL));
	}
	failed = json_object_set_new(object, key, text);
	SL_ASSERT(failed == 0);
}
