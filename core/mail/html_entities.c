/* SPDX-License-Identifier: Apache-2.0 */
#include <libxml/HTMLparser.h>
#include <stdint.h>
#include <string.h>

#include "core/base/text.h"

#include "core/mail/flow.h"
#include "core/mail/html.h"

/* The longest name of HTML 4, "thetasym", and "#x10ffff", with room. */
#define ENTITY_MAX 16

static uint32_t
number_of(const char *digits)
{
	unsigned base = 10;
	uint32_t value = 0;

	if (*digits == 'x' || *digits == 'X') {
		base = 16;
		digits++;
	}
	for (; *digits != '\0' && value <= 0x10ffff; digits++) {
		char c = (char)(*digits | 0x20);
		unsigned digit = c >= 'a' ? (unsigned)(c - 'a') + 10
					  : (unsigned)(*digits - '0');

		if (digit >= base)
			return 0;
		value = value * base + digit;
	}
	return value;
}

/* The code point of "name" or "#123"; 0 = none. */
static uint32_t
entity_value(const char *name)
{
	const htmlEntityDesc *known;

	if (*name == '#')
		return number_of(name + 1);
	if (strcmp(name, "apos") == 0)
		return '\'';
	known = htmlEntityLookup((const xmlChar *)name);
	return known == NULL ? 0 : known->value;
}

/* Length of the entity that begins here, its text in `out`; 0 = none. */
static size_t
read_entity(const char *text, char out[4], size_t *out_len)
{
	char name[ENTITY_MAX + 1] = "";
	size_t len = strcspn(text + 1, "; &");
	uint32_t point;

	if (text[1 + len] != ';' || len == 0 || len > ENTITY_MAX)
		return 0;
	memcpy(name, text + 1, len);
	point = entity_value(name);
	if (point == 0 || point > 0x10ffff)
		return 0;
	*out_len = sl_flow_encode(point, out);
	return len + 2;
}

char *
sl_html_unescape(struct sl_arena *arena, const char *text)
{
	struct sl_flow flow;
	char *copy;

	if (text == NULL)
		return NULL;
	text = sl_utf8_repair(arena, text, strlen(text), NULL);
	/* A character of Windows-1252 takes three bytes where its number took
	 * two; nothing else grows. */
	sl_flow_init(&flow, 2 * strlen(text));
	while (*text != '\0') {
		char character[4];
		size_t n, len = 0;

		n = *text == '&' ? read_entity(text, character, &len) : 0;
		if (n > 0) {
			sl_flow_text(&flow, character, len);
		} else {
			n = 1 + strcspn(text + 1, "&");
			sl_flow_text(&flow, text, n);
		}
		text += n;
	}
	copy = sl_arena_strndup(arena, sl_buf_text(&flow.buf), flow.buf.len);
	sl_buf_release(&flow.buf);
	return copy;
}
