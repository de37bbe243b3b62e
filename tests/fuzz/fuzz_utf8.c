/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Repair of UTF-8, against jansson's own judgement; cutting it.
 *
 * covers: core/base/utf8.c
 */
#include "tests/fuzz/kit.h"

static void
check_points(const char *text, size_t len)
{
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		uint32_t point;

		n = sl_utf8_length(text + i, len - i);
		SL_ASSERT(n >= 1 && n <= 4);
		point = sl_utf8_point(text + i, n);
		SL_ASSERT(point > 0 && point <= 0x10ffff);
		SL_ASSERT(point < 0xd800 || point > 0xdfff);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sl_arena *arena = fuzz_arena();
	const char *bytes = fuzz_copy(arena, data, size);
	bool valid = sl_utf8_valid(bytes, size);
	json_auto_t *theirs = json_stringn(bytes, size);
	bool repaired, again;
	char *text = sl_utf8_repair(arena, bytes, size, &repaired);
	size_t len = strlen(text);
	size_t cut = sl_utf8_cut(text, len, size / 2);

	SL_ASSERT(valid == (theirs != NULL &&
			    (size == 0 || memchr(bytes, 0, size) == NULL)));
	SL_ASSERT(repaired == !valid);
	SL_ASSERT(repaired || strcmp(text, bytes) == 0);
	check_points(text, len);
	SL_ASSERT(strcmp(sl_utf8_repair(arena, text, len, &again), text) == 0 &&
		  !again);
	SL_ASSERT(cut <= size / 2 && sl_utf8_valid(text, cut));
	SL_ASSERT(cut == len || cut + 4 > size / 2);
	return 0;
}
