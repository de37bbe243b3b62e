/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mail/words.h"

#include <string.h>

#include "core/mail/private.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* In place: without white space around, folds as single spaces. */
static char *
unfolded(char *text)
{
	char *from = text, *to = text;

	while (is_blank(*from))
		from++;
	while (*from != '\0') {
		if (*from != '\r' && *from != '\n') {
			*to++ = *from++;
			continue;
		}
		while (to > text && is_blank(to[-1]))
			to--;
		while (is_blank(*from))
			from++;
		*to++ = ' ';
	}
	while (to > text && is_blank(to[-1]))
		to--;
	*to = '\0';
	return text;
}

char *
sl_mail_words(struct sl_arena *arena, const char *value)
{
	char *text;

	if (value == NULL)
		return NULL;
	text = sl_mail_capped(arena, value, SL_MAIL_WORDS_BYTES_MAX);
	if (strstr(text, "=?") != NULL)
		text = sl_mail_take(arena, g_mime_utils_header_decode_text(
						   sl_mail_options(), text));
	return unfolded(text);
}
