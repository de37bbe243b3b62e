/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/arena.h"
#include "core/base/mem.h"

#include "tests/support/unit.h"

static void
allocations_are_zeroed(void **state SL_UNUSED)
{
	unsigned char *one = sl_alloc(100);
	unsigned char *many = sl_alloc_array(10, 10);

	for (size_t i = 0; i < 100; i++) {
		assert_int_equal(one[i], 0);
		assert_int_equal(many[i], 0);
	}
	sl_free(one);
	sl_free(many);
}

static void
nothing_asked_still_gives_a_pointer(void **state SL_UNUSED)
{
	void *none = sl_alloc(0);
	void *empty = sl_alloc_array(0, 8);

	assert_non_null(none);
	assert_non_null(empty);
	none = sl_realloc(none, 0, 4);
	assert_non_null(none);
	sl_free(none);
	sl_free(empty);
	sl_free(NULL);
}

static void
realloc_keeps_the_contents(void **state SL_UNUSED)
{
	char *text = sl_strdup("hello");

	text = sl_realloc(text, 1000, 1);
	assert_string_equal(text, "hello");
	sl_free(text);
	assert_null(sl_strdup(NULL));
}

static void
overflow_array(void)
{
	sl_free(sl_alloc_array(SIZE_MAX / 2, 3));
}

static void
overflow_arena(void)
{
	SL_AUTO_ARENA arena = sl_arena_new();

	(void)!sl_arena_array(arena, SIZE_MAX / 2, 3);
}

static void
overflow_realloc(void)
{
	sl_free(sl_realloc(NULL, SIZE_MAX / 2, 3));
}

static void
a_product_that_overflows_aborts(void **state SL_UNUSED)
{
	static void (*const cases[])(void) = { overflow_array, overflow_arena,
					       overflow_realloc };

	for (size_t i = 0; i < SL_ARRAY_LEN(cases); i++) {
		int status = 0;
		pid_t child = fork();

		if (child == 0) {
			(void)close(STDERR_FILENO);
			(void)signal(SIGABRT, SIG_DFL);
			cases[i]();
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGABRT);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allocations_are_zeroed),
		cmocka_unit_test(nothing_asked_still_gives_a_pointer),
		cmocka_unit_test(realloc_keeps_the_contents),
		cmocka_unit_test(a_product_that_overflows_aborts),
	};

	return cmocka_run_group_tests_name("mem", tests, NULL, NULL);
}
