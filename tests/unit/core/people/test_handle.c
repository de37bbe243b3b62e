/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/base/text.h"

#include "core/people/handle.h"

#include "tests/support/handles.h"
#include "tests/support/unit.h"

static void
handles_are_normalised(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();

	for (const struct sl_handle_row *r = sl_handle_rows; r->in; r++) {
		char *out = sl_handle_normalise(arena, r->in);

		CHECK(r->in, sl_text_equal(out, r->out));
		if (out != NULL)
			CHECK(r->in,
			      sl_text_equal(sl_handle_normalise(arena, out),
					    out));
	}
	assert_null(sl_handle_normalise(arena, NULL));
}

static void
the_longest_handle_is_taken_and_a_longer_one_is_not(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	char url[4 * SL_HANDLE_MAX + 2] = "a.example/";

	memset(url + 10, 'x', SL_HANDLE_MAX - 10);
	assert_string_equal(sl_handle_normalise(arena, url), url);
	url[SL_HANDLE_MAX] = 'x';
	assert_null(sl_handle_normalise(arena, url));
	/* What is written may be longer: "%78" is "x". */
	for (size_t i = 0; i < SL_HANDLE_MAX - 10; i++)
		memcpy(url + 10 + 3 * i, "%78", 3);
	assert_int_equal(strlen(sl_handle_normalise(arena, url)),
			 SL_HANDLE_MAX);
	memset(url, 'x', sizeof(url) - 1);
	memcpy(url, "a.example/?", 11);
	assert_null(sl_handle_normalise(arena, url));
}

static void
a_urn_is_no_profile(void **state SL_UNUSED)
{
	assert_true(sl_handle_is_profile("linkedin.com/in/ann"));
	assert_false(sl_handle_is_profile("urn:li:person:AbC"));
	assert_false(sl_handle_is_profile(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(handles_are_normalised),
		cmocka_unit_test(
			the_longest_handle_is_taken_and_a_longer_one_is_not),
		cmocka_unit_test(a_urn_is_no_profile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
