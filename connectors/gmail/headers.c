/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header lines of a message, found by name in one pass: names in any
 * spelling, and more than once.
 */
#include <string.h>
#include <strings.h>

#include "core/base/text.h"

#include "core/json/json.h"

#include "connectors/gmail/mapping.h"

const char *const sl_gmail_header_names[SL_GMAIL_HEADERS + 1] = {
	[SL_GMAIL_H_FROM] = "From",
	[SL_GMAIL_H_SENDER] = "Sender",
	[SL_GMAIL_H_REPLY_TO] = "Reply-To",
	[SL_GMAIL_H_TO] = "To",
	[SL_GMAIL_H_CC] = "Cc",
	[SL_GMAIL_H_BCC] = "Bcc",
	[SL_GMAIL_H_SUBJECT] = "Subject",
	[SL_GMAIL_H_DATE] = "Date",
	[SL_GMAIL_H_MESSAGE_ID] = "Message-ID",
	[SL_GMAIL_H_IN_REPLY_TO] = "In-Reply-To",
	[SL_GMAIL_H_REFERENCES] = "References",
	[SL_GMAIL_H_LIST_ID] = "List-Id",
	[SL_GMAIL_H_LIST_UNSUBSCRIBE] = "List-Unsubscribe",
	[SL_GMAIL_H_LIST_POST] = "List-Post",
	[SL_GMAIL_H_PRECEDENCE] = "Precedence",
	[SL_GMAIL_H_AUTO_SUBMITTED] = "Auto-Submitted",
	[SL_GMAIL_H_FEEDBACK_ID] = "Feedback-ID",
	[SL_GMAIL_H_AUTO_RESPONSE_SUPPRESS] = "X-Auto-Response-Suppress",
	[SL_GMAIL_H_RETURN_PATH] = "Return-Path",
};

static int
find_header(const char *name)
{
	for (int h = 0; h < SL_GMAIL_HEADERS; h++)
		if (strcasecmp(name, sl_gmail_header_names[h]) == 0)
			return h;
	return -1;
}

void
sl_gmail_read_lines(struct sl_arena *arena, const json_t *payload,
		    struct sl_gmail_lines *lines)
{
	const json_t *headers = sl_json_array(payload, "headers");
	struct sl_gmail_line **tails[SL_GMAIL_HEADERS];
	const json_t *header;
	size_t i;

	*lines = (struct sl_gmail_lines){ .of = { NULL } };
	for (int h = 0; h < SL_GMAIL_HEADERS; h++)
		tails[h] = &lines->of[h];
	json_array_foreach (headers, i, header) {
		const char *name = sl_json_text(header, "name");
		const char *value = sl_json_text(header, "value");
		int h = name != NULL ? find_header(name) : -1;

		if (h < 0 || value == NULL ||
		    value[strspn(value, " \t\r\n")] == '\0')
			continue;
		*tails[h] = SL_NEW(arena, struct sl_gmail_line);
		(*tails[h])->value = value;
		tails[h] = &(*tails[h])->next;
	}
}

const char *
sl_gmail_line(const struct sl_gmail_lines *lines, enum sl_gmail_header header)
{
	return lines->of[header] != NULL ? lines->of[header]->value : NULL;
}
