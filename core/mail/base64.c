/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GLib decodes; it skips what it does not know, so that is looked for first.
 */
#include "core/mail/base64.h"

#include <string.h>

#include "core/mail/private.h"

/* The plain alphabet's character for either alphabet's; 0 for no other. */
static const char plain[256] = {
	['A'] = 'A', 'B', 'C',         'D',         'E',         'F',
	'G',         'H', 'I',         'J',         'K',         'L',
	'M',         'N', 'O',         'P',         'Q',         'R',
	'S',         'T', 'U',         'V',         'W',         'X',
	'Y',         'Z', ['a'] = 'a', 'b',         'c',         'd',
	'e',         'f', 'g',         'h',         'i',         'j',
	'k',         'l', 'm',         'n',         'o',         'p',
	'q',         'r', 's',         't',         'u',         'v',
	'w',         'x', 'y',         'z',         ['0'] = '0', '1',
	'2',         '3', '4',         '5',         '6',         '7',
	'8',         '9', ['+'] = '+', ['/'] = '/', ['-'] = '+', ['_'] = '/',
};

/* Characters before padding; false when it is no base64. */
static bool
measure(const char *text, size_t *len)
{
	size_t n = 0, pad;

	while (plain[(unsigned char)text[n]] != '\0')
		n++;
	pad = strspn(text + n, "=");
	*len = n;
	return text[n + pad] == '\0' && n % 4 != 1 &&
	       (pad == 0 || pad == (4 - n % 4) % 4);
}

bool
sl_base64_decode(struct sl_arena *arena, const char *text, size_t max,
		 struct sl_base64_bytes *out)
{
	size_t len, whole, want;
	gint state = 0;
	guint save = 0;
	char *quads;

	if (text == NULL || !measure(text, &len))
		return false;
	whole = len / 4 * 3 + (len % 4 == 0 ? 0 : len % 4 - 1);
	want = whole < max ? whole : max;
	/* No more quads than are wanted; the last one is padded. */
	if (len > (want + 2) / 3 * 4)
		len = (want + 2) / 3 * 4;
	quads = sl_arena_alloc(arena, len + 4);
	for (size_t i = 0; i < len; i++)
		quads[i] = plain[(unsigned char)text[i]];
	for (; len % 4 != 0; len++)
		quads[len] = '=';
	out->bytes = sl_arena_alloc(arena, len / 4 * 3 + 1);
	(void)g_base64_decode_step(quads, len, (guchar *)out->bytes, &state,
				   &save);
	out->bytes[want] = '\0';
	out->len = want;
	out->cut = want < whole;
	return true;
}
