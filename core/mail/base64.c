/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decoded here: GLib's decoder knows one alphabet, skips what it does not know,
 * and would take two passes more over every text of a mailbox.
 */
#include "core/mail/base64.h"

#include <stdint.h>
#include <string.h>

/** A character's six bits, and one more that says that it is one. */
#define BITS(n) (0x40 | (n))

/* clang-format off */
static const uint8_t values[256] = {
	['A'] = BITS(0), ['B'] = BITS(1), ['C'] = BITS(2), ['D'] = BITS(3),
	['E'] = BITS(4), ['F'] = BITS(5), ['G'] = BITS(6), ['H'] = BITS(7),
	['I'] = BITS(8), ['J'] = BITS(9), ['K'] = BITS(10), ['L'] = BITS(11),
	['M'] = BITS(12), ['N'] = BITS(13), ['O'] = BITS(14), ['P'] = BITS(15),
	['Q'] = BITS(16), ['R'] = BITS(17), ['S'] = BITS(18), ['T'] = BITS(19),
	['U'] = BITS(20), ['V'] = BITS(21), ['W'] = BITS(22), ['X'] = BITS(23),
	['Y'] = BITS(24), ['Z'] = BITS(25), ['a'] = BITS(26), ['b'] = BITS(27),
	['c'] = BITS(28), ['d'] = BITS(29), ['e'] = BITS(30), ['f'] = BITS(31),
	['g'] = BITS(32), ['h'] = BITS(33), ['i'] = BITS(34), ['j'] = BITS(35),
	['k'] = BITS(36), ['l'] = BITS(37), ['m'] = BITS(38), ['n'] = BITS(39),
	['o'] = BITS(40), ['p'] = BITS(41), ['q'] = BITS(42), ['r'] = BITS(43),
	['s'] = BITS(44), ['t'] = BITS(45), ['u'] = BITS(46), ['v'] = BITS(47),
	['w'] = BITS(48), ['x'] = BITS(49), ['y'] = BITS(50), ['z'] = BITS(51),
	['0'] = BITS(52), ['1'] = BITS(53), ['2'] = BITS(54), ['3'] = BITS(55),
	['4'] = BITS(56), ['5'] = BITS(57), ['6'] = BITS(58), ['7'] = BITS(59),
	['8'] = BITS(60), ['9'] = BITS(61), ['+'] = BITS(62), ['/'] = BITS(63),
	['-'] = BITS(62), ['_'] = BITS(63),
};

/* clang-format on */

static uint8_t
value_of(const char *at)
{
	return values[(uint8_t)*at];
}

/* Characters before padding; false when it is no base64. */
static bool
measure(const char *text, size_t *len)
{
	size_t n = 0, pad;

	while (value_of(text + n) != 0)
		n++;
	pad = strspn(text + n, "=");
	*len = n;
	return text[n + pad] == '\0' && n % 4 != 1 &&
	       (pad == 0 || pad == (4 - n % 4) % 4);
}

/* Up to four characters; those that are missing count as none. */
static uint32_t
quad(const char *text, size_t count)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < 4; i++)
		bits = bits << 6 | (i < count ? value_of(text + i) & 0x3fU : 0);
	return bits;
}

bool
sl_base64_decode(struct sl_arena *arena, const char *text, size_t max,
		 struct sl_base64_bytes *out)
{
	size_t len, whole, want;
	char *to;

	if (text == NULL || !measure(text, &len))
		return false;
	whole = len / 4 * 3 + (len % 4 == 0 ? 0 : len % 4 - 1);
	want = whole < max ? whole : max;
	out->bytes = to = sl_arena_alloc(arena, want + 3);
	for (size_t at = 0; at * 3 < want; at++) {
		uint32_t bits = quad(text + at * 4, len - at * 4);

		to[at * 3] = (char)(bits >> 16);
		to[at * 3 + 1] = (char)(bits >> 8);
		to[at * 3 + 2] = (char)bits;
	}
	out->bytes[want] = '\0';
	out->len = want;
	out->cut = want < whole;
	return true;
}
