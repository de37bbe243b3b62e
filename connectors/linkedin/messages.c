/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/linkedin/messages.h"

#include <string.h>

const char *
sl_linkedin_message_text(struct sl_arena *arena, const char *text)
{
	char *out;
	size_t len, to = 0;

	if (text == NULL)
		return NULL;
	len = strlen(text);
	while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL)
		len--;
	out = sl_arena_alloc(arena, len + 1);
	for (size_t i = 0; i < len; i++) {
		if (text[i] != '\r')
			out[to++] = text[i];
		else if (text[i + 1] != '\n')
			out[to++] = '\n';
	}
	out[to] = '\0';
	return out;
}
