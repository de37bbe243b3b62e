/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/recur_kit.h"

#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/text.h"

#include "tests/support/unit.h"

#define HOUR_US   (3600 * SL_US_PER_S)
#define DATE_LEN  10 /* "2026-10-25"          */
#define TIME_LEN  19 /* "2026-10-25T00:30:00" */
#define LINES_MAX 80

int64_t
recur_moment(const char *text)
{
	int64_t us = 0;

	CHECK(text,
	      sl_rfc3339_date_us(text, &us) || sl_rfc3339_parse(text, &us));
	return us;
}

static const char **
split(struct sl_arena *arena, const char *text)
{
	const char **lines = SL_NEW_ARRAY(arena, LINES_MAX, const char *);
	size_t n = 0;

	while (text != NULL && n < LINES_MAX - 1) {
		const char *end = strchr(text, '|');
		size_t len = end != NULL ? (size_t)(end - text) : strlen(text);

		lines[n++] = sl_arena_strndup(arena, text, len);
		text = end != NULL ? end + 1 : NULL;
	}
	return lines;
}

void
recur_expand_text(struct sl_arena *arena, const struct recur_text *text,
		  struct sl_recur_set *set)
{
	bool all_day = sl_rfc3339_is_date(text->start);
	int64_t start_us = recur_moment(text->start);
	struct sl_recur_series series = {
		.start_us = start_us,
		.end_us = start_us + (all_day ? 24 * HOUR_US : HOUR_US),
		.all_day = all_day,
		.zone = text->zone,
		.lines = split(arena, text->lines),
	};
	struct sl_recur_window window = {
		.from_us = recur_moment(text->from != NULL ? text->from
							   : "2020-01-01"),
		.to_us = recur_moment(text->to != NULL ? text->to
						       : "2040-01-01"),
	};

	sl_recur_expand(&series, window, arena, set);
}

const char *
recur_day_text(struct sl_arena *arena, int64_t day)
{
	char time[SL_RFC3339_TEXT];

	sl_rfc3339_format(day * 24 * HOUR_US, time);
	return sl_arena_strndup(arena, time, DATE_LEN);
}

const char *
recur_set_text(struct sl_arena *arena, const struct sl_recur_set *set,
	       bool all_day)
{
	SL_AUTO_BUF buf;

	sl_buf_init(&buf, 1 << 20);
	if (set->verdict == SL_RECUR_ELSEWHERE)
		return sl_arena_printf(arena, "elsewhere %s", set->reason);
	if (set->start_is_out)
		sl_buf_adds(&buf, "out");
	for (size_t i = 0; i < set->count; i++) {
		char time[SL_RFC3339_TEXT];

		sl_rfc3339_format(set->instances[i].start_us, time);
		if (buf.len > 0)
			sl_buf_addc(&buf, ' ');
		sl_buf_add(&buf, time, all_day ? DATE_LEN : TIME_LEN);
		if (!all_day)
			sl_buf_addc(&buf, 'Z');
	}
	if (set->verdict == SL_RECUR_CUT)
		sl_buf_adds(&buf, " cut");
	return sl_arena_strdup(arena, sl_buf_text(&buf));
}
