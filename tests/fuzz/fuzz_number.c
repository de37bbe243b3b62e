/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our judgement of a JSON number is jansson's, and other numbers in text.
 *
 * covers: core/json/number.c
 * covers: core/base/text.c
 */
#include "core/json/clean.h"

#include "tests/fuzz/kit.h"

static void
check_json_number(const char *token, size_t len)
{
	json_error_t fault;
	json_auto_t *value = json_loadb(token, len, JSON_DECODE_ANY, &fault);

	switch (sl_json_number_check(token, len)) {
	case SL_NUMBER_FITS:
		SL_ASSERT(json_is_number(value));
		break;
	case SL_NUMBER_TOO_LARGE:
		SL_ASSERT(value == NULL && json_error_code(&fault) ==
						   json_error_numeric_overflow);
		break;
	case SL_NUMBER_MALFORMED:
		SL_ASSERT(!json_is_number(value));
		break;
	}
}

static void
check_integers(struct sl_arena *arena, const char *text)
{
	int64_t number, again, us;
	uint64_t size;

	if (sl_parse_i64(text, &number)) {
		const char *shown =
			sl_arena_printf(arena, "%lld", (long long)number);

		SL_ASSERT(sl_parse_i64(shown, &again) && again == number);
		SL_ASSERT(sl_parse_u64(text, &size) == (*text != '-'));
	}
	if (sl_parse_duration(text, &us))
		SL_ASSERT(us >= 0 && us % SL_US_PER_S == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sl_arena *arena = fuzz_arena();
	char *text = fuzz_copy(arena, data, size);

	check_integers(arena, text);
	/* White space around it is jansson's to skip, not the number's. */
	if (size > 0 && strspn(text, "0123456789+-.eE") == size)
		check_json_number(text, size);
	return 0;
}
