/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/linkedin/when.h"

#include <string.h>
#include <strings.h>

#include "core/base/civil.h"
#include "core/base/clock.h"
#include "core/base/text.h"

#include "core/mail/date.h"

#define HOUR_US (INT64_C(3600) * SL_US_PER_S)
#define DAY_US  (24 * HOUR_US)

/** Longest text that is looked at. */
#define TEXT_MAX 64

/** A copy without blanks around it, with plain ones for those that
 *  typographers prefer. NULL: nothing, or too long. */
static char *
tidy(struct sl_arena *arena, const char *text)
{
	static const char *const blanks[] = { "\u00a0", "\u202f" };
	size_t len;
	char *copy;

	if (text == NULL)
		return NULL;
	text += strspn(text, " \t\r\n");
	len = strlen(text);
	while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL)
		len--;
	if (len == 0 || len > TEXT_MAX)
		return NULL;
	copy = sl_arena_strndup(arena, text, len);
	for (size_t i = 0; i < SL_ARRAY_LEN(blanks); i++) {
		size_t n = strlen(blanks[i]);

		for (char *at = strstr(copy, blanks[i]); at != NULL;
		     at = strstr(at, blanks[i])) {
			*at = ' ';
			memmove(at + 1, at + n, strlen(at + n) + 1);
		}
	}
	return copy;
}

static bool
cut_word(char *text, const char *word)
{
	size_t len = strlen(text), n = strlen(word);

	if (len <= n || strcasecmp(text + len - n, word) != 0)
		return false;
	len -= n;
	while (len > 0 && text[len - 1] == ' ')
		len--;
	text[len] = '\0';
	return true;
}

/** "2024-03-12 08:15:30 UTC" and its kind; without a zone it is UTC. */
static bool
read_iso(struct sl_arena *arena, const char *text, struct sl_linkedin_when *out)
{
	char *copy = sl_arena_strdup(arena, text);
	int64_t us;

	if (sl_rfc3339_date_us(text, &us)) {
		*out = (struct sl_linkedin_when){ .us = us };
		return true;
	}
	if (sl_rfc3339_parse(text, &us)) {
		*out = (struct sl_linkedin_when){ us, true, true };
		return true;
	}
	*out = (struct sl_linkedin_when){ .time = true };
	out->zone = cut_word(copy, "UTC") || cut_word(copy, "GMT");
	return sl_rfc3339_parse(sl_arena_printf(arena, "%sZ", copy), &out->us);
}

/** All other forms are among those that people write into a Date. */
static bool
read_loose(char *text, struct sl_linkedin_when *out)
{
	bool afternoon = cut_word(text, "PM");
	bool morning = !afternoon && cut_word(text, "AM");
	int64_t us, hour;

	if (!sl_mail_date(text, &us))
		return false;
	hour = sl_mod_down(us, DAY_US) / HOUR_US;
	if ((morning || afternoon) && (hour < 1 || hour > 12))
		return false;
	if (afternoon && hour < 12)
		us += 12 * HOUR_US;
	if (morning && hour == 12)
		us -= 12 * HOUR_US;
	out->us = us;
	out->time = strchr(text, ':') != NULL;
	out->zone = strstr(text, "UTC") != NULL || strstr(text, "GMT") != NULL;
	return true;
}

bool
sl_linkedin_when(struct sl_arena *arena, const char *text,
		 struct sl_linkedin_when *out)
{
	char *copy = tidy(arena, text);
	struct sl_linkedin_when when;

	if (copy == NULL)
		return false;
	if (!read_iso(arena, copy, &when) && !read_loose(copy, &when))
		return false;
	*out = when;
	return true;
}

const char *
sl_linkedin_day(struct sl_arena *arena, int64_t us)
{
	char text[SL_RFC3339_TEXT];

	sl_rfc3339_format(us, text);
	return sl_arena_strndup(arena, text, strlen("2024-01-05"));
}

const char *
sl_linkedin_month(struct sl_arena *arena, const char *text)
{
	char *copy = tidy(arena, text);
	struct sl_linkedin_when when;
	int64_t us;

	if (copy == NULL)
		return NULL;
	if (sl_linkedin_when(arena, copy, &when))
		return sl_linkedin_day(arena, when.us);
	if (!sl_mail_date(sl_arena_printf(arena, "1 %s", copy), &us))
		return NULL;
	return sl_arena_strndup(arena, sl_linkedin_day(arena, us),
				strlen("2024-01"));
}
