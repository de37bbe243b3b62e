/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"

#include "tests/support/unit.h"

static void
fail_sets_every_field(void **state SL_UNUSED)
{
	struct sl_error err;
	sl_status status;

	memset(&err, 0x55, sizeof(err));
	status = sl_fail(&err, SL_RETRY, SL_GRANT, "answer %d", 503);
	assert_int_equal(status, SL_RETRY);
	assert_int_equal(err.status, SL_RETRY);
	assert_int_equal(err.scope, SL_GRANT);
	assert_int_equal(err.http_status, 0);
	assert_int_equal(err.retry_after_ms, SL_NO_DELAY);
	assert_string_equal(err.sqlstate, "");
	assert_string_equal(err.text, "answer 503");
}

static void
text_stays_one_clean_line(void **state SL_UNUSED)
{
	static const struct {
		const char *in, *out, *why;
	} rows[] = {
		{ "a\r\nb", "a  b", "line ends would forge a log line" },
		{ "a\x1b[31m", "a [31m", "terminals obey ESC" },
		{ "a\x7f", "a ", "DEL is a control character" },
		{ "a\xc2\x85"
		  "b",
		  "a b", "NEL ends a line in Unicode" },
		{ "a\u2028b\u2029c", "a b c", "so do these two" },
		{ "a\xff\xfe", "a\ufffd\ufffd", "text is always UTF-8" },
		{ "\u20ac 5", "\u20ac 5", "valid text passes" },
		{ "", "", "nothing stays nothing" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct sl_error err;

		(void)sl_fail(&err, SL_BUG, SL_ITEM, "%s", rows[i].in);
		CHECK(rows[i].why, strcmp(err.text, rows[i].out) == 0);
	}
}

static void
text_of_the_longest_length_is_kept_whole(void **state SL_UNUSED)
{
	struct sl_error err;
	char in[SL_ERROR_TEXT_MAX];

	memset(in, 'x', sizeof(in));
	in[sizeof(in) - 1] = '\0';
	(void)sl_fail(&err, SL_BUG, SL_ITEM, "%s", in);
	assert_string_equal(err.text, in);
}

static void
longer_text_ends_in_dots(void **state SL_UNUSED)
{
	static const int lengths[] = { SL_ERROR_TEXT_MAX, 2 * SL_ERROR_TEXT_MAX,
				       9 * SL_ERROR_TEXT_MAX };

	for (size_t i = 0; i < SL_ARRAY_LEN(lengths); i++) {
		struct sl_error err;

		(void)sl_fail(&err, SL_BUG, SL_ITEM, "%*d", lengths[i], 7);
		assert_int_equal(strlen(err.text), SL_ERROR_TEXT_MAX - 1);
		assert_true(sl_text_iends(err.text, " ..."));
	}
}

static void
a_cut_never_splits_a_code_point(void **state SL_UNUSED)
{
	/* Shifting by one byte makes the cut fall at each place inside. */
	for (int shift = 1; shift <= 4; shift++) {
		struct sl_error err;
		char in[4 * SL_ERROR_TEXT_MAX + 1] = "";

		for (size_t i = 0; i + 4 < sizeof(in); i += 4)
			memcpy(in + i, "\U0001f600", 4);
		(void)sl_fail(&err, SL_BUG, SL_ITEM, "%*s%s", shift, "", in);
		assert_true(sl_utf8_valid(err.text, strlen(err.text)));
		assert_true(sl_text_iends(err.text, "..."));
		assert_true(strlen(err.text) > SL_ERROR_TEXT_MAX - 8);
	}
}

static void
a_text_may_quote_itself(void **state SL_UNUSED)
{
	struct sl_error err;

	(void)sl_fail(&err, SL_BUG, SL_ITEM, "cause");
	(void)sl_fail(&err, SL_CONFIG, SL_CLIENT, "again: %s", err.text);
	assert_string_equal(err.text, "again: cause");
}

static void
wrap_prefixes_and_keeps_the_fields(void **state SL_UNUSED)
{
	struct sl_error err;

	(void)sl_fail(&err, SL_RETRY, SL_STREAM, "timed out");
	err.http_status = 503;
	err.retry_after_ms = 1500;
	memcpy(err.sqlstate, "40001", 6);
	assert_int_equal(sl_error_wrap(&err, "page %d", 3), SL_RETRY);
	assert_string_equal(err.text, "page 3: timed out");
	assert_int_equal(err.scope, SL_STREAM);
	assert_int_equal(err.http_status, 503);
	assert_int_equal(err.retry_after_ms, 1500);
	assert_string_equal(err.sqlstate, "40001");
}

static void
wrap_cuts_at_the_end_only(void **state SL_UNUSED)
{
	struct sl_error err;

	(void)sl_fail(&err, SL_RETRY, SL_STREAM, "%*d", SL_ERROR_TEXT_MAX - 1,
		      7);
	(void)sl_error_wrap(&err, "outer");
	assert_memory_equal(err.text, "outer: ", 7);
	assert_true(sl_text_iends(err.text, "..."));
	assert_int_equal(strlen(err.text), SL_ERROR_TEXT_MAX - 1);

	(void)sl_error_wrap(&err, "%*d", 2 * SL_ERROR_TEXT_MAX, 7);
	assert_true(sl_text_iends(err.text, " ..."));
}

static void
names_are_stable(void **state SL_UNUSED)
{
	static const char *const statuses[] = {
		"ok",       "retry",  "resync",    "reauth", "smaller",
		"rejected", "config", "cancelled", "lost",   "bug",
	};
	static const char *const scopes[] = { "item", "stream", "integration",
					      "grant", "client" };

	for (int i = SL_OK; i <= SL_BUG; i++)
		assert_string_equal(sl_status_name((sl_status)i), statuses[i]);
	for (int i = SL_ITEM; i <= SL_CLIENT; i++)
		assert_string_equal(sl_scope_name((sl_scope)i), scopes[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fail_sets_every_field),
		cmocka_unit_test(text_stays_one_clean_line),
		cmocka_unit_test(text_of_the_longest_length_is_kept_whole),
		cmocka_unit_test(longer_text_ends_in_dots),
		cmocka_unit_test(a_cut_never_splits_a_code_point),
		cmocka_unit_test(a_text_may_quote_itself),
		cmocka_unit_test(wrap_prefixes_and_keeps_the_fields),
		cmocka_unit_test(wrap_cuts_at_the_end_only),
		cmocka_unit_test(names_are_stable),
	};

	return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
