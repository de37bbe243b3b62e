/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <string.h>

#include "core/base/arena.h"

#include "tests/support/unit.h"

static bool
all_zero(const unsigned char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] != 0)
			return false;
	}
	return true;
}

static void
pieces_are_zeroed_aligned_and_apart(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	unsigned char *before = NULL;

	for (size_t size = 0; size < 3000; size += 7) {
		unsigned char *piece = sl_arena_alloc(arena, size);

		assert_int_equal((uintptr_t)piece % _Alignof(max_align_t), 0);
		assert_ptr_not_equal(piece, before);
		assert_true(all_zero(piece, size));
		memset(piece, 0xff, size);
		before = piece;
	}
}

static void
large_pieces_leave_the_small_ones_alone(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	char *small = sl_arena_strdup(arena, "small");
	char *large = sl_arena_alloc(arena, (size_t)5 * 1024 * 1024);
	char *next = sl_arena_strdup(arena, "next");

	memset(large, 'x', (size_t)5 * 1024 * 1024);
	assert_string_equal(small, "small");
	assert_string_equal(next, "next");
	/* The block that was begun goes on being filled. */
	assert_true(next > small && next - small < 4096);
}

static void
reset_zeroes_what_is_handed_out_again(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();

	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 200; i++) {
			unsigned char *piece = sl_arena_alloc(arena, 500);

			assert_true(all_zero(piece, 500));
			memset(piece, 0xee, 500);
		}
		assert_true(sl_arena_used(arena) >= (size_t)200 * 500);
		sl_arena_reset(arena);
		assert_int_equal(sl_arena_used(arena), 0);
	}
}

static void
copies_end_in_nul(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();

	assert_null(sl_arena_strdup(arena, NULL));
	assert_string_equal(sl_arena_strdup(arena, ""), "");
	assert_string_equal(sl_arena_strndup(arena, "abcdef", 3), "abc");
	assert_string_equal(sl_arena_strndup(arena, NULL, 0), "");
	assert_string_equal(sl_arena_printf(arena, "%d-%s", 7, "x"), "7-x");
	assert_int_equal(strlen(sl_arena_printf(arena, "%20000d", 1)), 20000);
}

static void
arrays_have_room_for_all(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	int64_t *numbers = SL_NEW_ARRAY(arena, 10000, int64_t);

	for (int i = 0; i < 10000; i++) {
		assert_int_equal(numbers[i], 0);
		numbers[i] = i;
	}
	assert_int_equal(numbers[9999], 9999);
}

static void
free_nulls_and_accepts_null(void **state SL_UNUSED)
{
	struct sl_arena *arena = sl_arena_new();

	sl_arena_free(&arena);
	assert_null(arena);
	sl_arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
		cmocka_unit_test(large_pieces_leave_the_small_ones_alone),
		cmocka_unit_test(reset_zeroes_what_is_handed_out_again),
		cmocka_unit_test(copies_end_in_nul),
		cmocka_unit_test(arrays_have_room_for_all),
		cmocka_unit_test(free_nulls_and_accepts_null),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
