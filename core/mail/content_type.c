/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mail/content_type.h"

#include <string.h>
#include <strings.h>

#include "core/base/text.h"

#include "core/mail/private.h"
#include "core/mail/words.h"

static const char *
skip_blanks(const char *text)
{
	return text + strspn(text, " \t\r\n");
}

/* Characters of a token of RFC 2045 that starts here. */
static size_t
token_length(const char *text)
{
	size_t n = 0;

	while ((unsigned char)text[n] > ' ' && (unsigned char)text[n] < 0x7f &&
	       strchr("()<>@,;:\\\"/[]?=", text[n]) == NULL)
		n++;
	return n;
}

char *
sl_mail_media_type(struct sl_arena *arena, const char *value)
{
	const char *type, *subtype;
	size_t type_len, subtype_len;

	if (value == NULL)
		return NULL;
	type = skip_blanks(value);
	type_len = token_length(type);
	subtype = skip_blanks(type + type_len);
	if (type_len == 0 || *subtype != '/')
		return NULL;
	subtype = skip_blanks(subtype + 1);
	subtype_len = token_length(subtype);
	if (subtype_len == 0 ||
	    type_len + subtype_len > SL_MAIL_CONTENT_TYPE_BYTES_MAX)
		return NULL;
	return sl_ascii_lower(arena,
			      sl_arena_printf(arena, "%.*s/%.*s", (int)type_len,
					      type, (int)subtype_len, subtype));
}

bool
sl_mail_is_attachment(const char *disposition)
{
	static const char word[] = "attachment";

	if (disposition == NULL)
		return false;
	disposition = skip_blanks(disposition);
	return token_length(disposition) == strlen(word) &&
	       strncasecmp(disposition, word, strlen(word)) == 0;
}

char *
sl_mail_parameter(struct sl_arena *arena, const char *value, const char *name)
{
	GMimeParamList *params;
	GMimeParam *param;
	char *found = NULL;
	const char *list = value == NULL ? NULL : strchr(value, ';');

	if (list == NULL)
		return NULL;
	list = sl_mail_capped(arena, list + 1, SL_MAIL_CONTENT_TYPE_BYTES_MAX);
	params = g_mime_param_list_parse(sl_mail_options(), list);
	if (params == NULL)
		return NULL;
	param = g_mime_param_list_get_parameter(params, name);
	if (param != NULL && g_mime_param_get_value(param) != NULL)
		found = sl_mail_words(arena, g_mime_param_get_value(param));
	g_object_unref(params);
	return found;
}
