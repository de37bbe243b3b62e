/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/option.h"

#include <inttypes.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/text.h"

#define SHOWN_BYTES 64 /* of a value, in an error text */

const struct sl_option *
sl_option_find(const struct sl_option *table, const char *name)
{
	for (; table != NULL && table->name != NULL; table++) {
		if (sl_text_equal(table->name, name))
			return table;
	}
	return NULL;
}

static sl_status
refuse(const struct sl_option *option, const char *value, const char *fits,
       struct sl_error *err)
{
	size_t whole = strlen(value);
	size_t shown = sl_utf8_cut(value, whole, SHOWN_BYTES);

	return sl_fail(err, SL_CONFIG, SL_INTEGRATION,
		       "option %s: \"%.*s%s\" is not %s", option->name,
		       (int)shown, value, shown < whole ? "..." : "", fits);
}

static sl_status
check_text(const struct sl_option *option, const char *value,
	   struct sl_error *err)
{
	size_t len = strlen(value);

	if (!sl_utf8_valid(value, len))
		return refuse(option, value, "valid UTF-8", err);
	if (len > INT64_MAX || (int64_t)len > option->max)
		return sl_fail(err, SL_CONFIG, SL_INTEGRATION,
			       "option %s: longer than %" PRId64 " bytes",
			       option->name, option->max);
	return SL_OK;
}

static sl_status
check_number(const struct sl_option *option, const char *value,
	     struct sl_error *err)
{
	SL_AUTO_BUF fits = { .max = 128 };
	int64_t number;

	if (sl_parse_i64(value, &number) && number >= option->min &&
	    number <= option->max)
		return SL_OK;
	sl_buf_addf(&fits, "a whole number from %" PRId64 " to %" PRId64,
		    option->min, option->max);
	return refuse(option, value, sl_buf_text(&fits), err);
}

static bool
is_choice(const struct sl_option *option, const char *item, size_t len)
{
	for (const char *const *c = option->choices; c != NULL && *c != NULL;
	     c++) {
		if (strlen(*c) == len && memcmp(*c, item, len) == 0)
			return true;
	}
	return false;
}

static sl_status
refuse_choice(const struct sl_option *option, const char *value,
	      const char *start, struct sl_error *err)
{
	SL_AUTO_BUF fits = { .max = SL_ERROR_TEXT_MAX };
	const char *between = start;

	for (const char *const *c = option->choices; c != NULL && *c != NULL;
	     c++) {
		sl_buf_addf(&fits, "%s%s", between, *c);
		between = ", ";
	}
	return refuse(option, value, sl_buf_text(&fits), err);
}

static bool
is_choice_list(const struct sl_option *option, const char *value)
{
	if (*value == '\0')
		return true;
	for (;;) {
		size_t len = strcspn(value, ",");

		if (!is_choice(option, value, len))
			return false;
		if (value[len] == '\0')
			return true;
		value += len + 1;
	}
}

sl_status
sl_option_check(const struct sl_option *option, const char *value,
		struct sl_error *err)
{
	if (value == NULL)
		return sl_fail(err, SL_CONFIG, SL_INTEGRATION,
			       "option %s: has no value", option->name);
	switch (option->type) {
	case SL_OPT_TEXT:
		return check_text(option, value, err);
	case SL_OPT_NUMBER:
		return check_number(option, value, err);
	case SL_OPT_CHOICE:
		if (is_choice(option, value, strlen(value)))
			return SL_OK;
		return refuse_choice(option, value, "one of ", err);
	case SL_OPT_LIST:
		if (is_choice_list(option, value))
			return SL_OK;
		return refuse_choice(option, value,
				     "a comma-separated list of ", err);
	case SL_OPT_DATE:
		if (*value == '\0' || sl_rfc3339_is_date(value))
			return SL_OK;
		return refuse(option, value, "a date as 2026-12-01, or empty",
			      err);
	}
	return sl_fail(err, SL_BUG, SL_CLIENT, "option %s: unknown type",
		       option->name);
}

bool
sl_option_list_has(const char *value, const char *item)
{
	size_t want = item == NULL ? 0 : strlen(item);

	while (value != NULL && want > 0) {
		size_t len = strcspn(value, ",");

		if (len == want && memcmp(value, item, len) == 0)
			return true;
		value = value[len] == '\0' ? NULL : value + len + 1;
	}
	return false;
}
