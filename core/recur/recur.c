/* SPDX-License-Identifier: Apache-2.0 */
#include "core/recur/recur.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/civil.h"
#include "core/base/clock.h"

#include "core/recur/dates.h"
#include "core/recur/days.h"
#include "core/recur/line.h"
#include "core/recur/rule.h"
#include "core/recur/zone.h"

#define DAY_S 86400

/* An expansion under way. */
struct expansion {
	const struct sl_recur_series *series;
	struct sl_recur_window window;
	struct sl_arena *arena;
	struct sl_anchor anchor;
	int64_t rest_us; /* of the start, below a second */
	bool has_rule;
	struct sl_rule rule;
	struct sl_date_lists dates;
	struct sl_dates found; /* seconds of instances in the window */
	struct sl_recur_set *out;
};

static int64_t
day_of_year(int year)
{
	struct sl_date date = { year, 1, 1 };

	return sl_date_to_days(&date);
}

/* Within the years that are expanded here. */
static bool
is_expandable(int64_t us)
{
	return us >= day_of_year(SL_DAYS_YEAR_MIN) * DAY_S * SL_US_PER_S &&
	       us < day_of_year(SL_DAYS_YEAR_MAX) * DAY_S * SL_US_PER_S;
}

static const char *
find_anchor(struct expansion *x)
{
	const struct sl_recur_series *s = x->series;
	int64_t start_s = sl_div_down(s->start_us, SL_US_PER_S);

	if (!is_expandable(s->start_us) ||
	    (s->end_us > s->start_us && !is_expandable(s->end_us)) ||
	    (x->window.to_us > x->window.from_us &&
	     !is_expandable(x->window.to_us)))
		return "time-far";
	if (s->all_day && sl_mod_down(s->start_us, DAY_S * SL_US_PER_S) != 0)
		return "start-malformed";
	x->rest_us = sl_mod_down(s->start_us, SL_US_PER_S);
	x->anchor.all_day = s->all_day;
	x->anchor.zone =
		s->all_day ? sl_zone_utc() : sl_zone_load(x->arena, s->zone);
	if (x->anchor.zone == NULL)
		return "zone-unknown";
	x->anchor.start_s = start_s;
	x->anchor.start_civil_s = sl_zone_to_civil(x->anchor.zone, start_s);
	return NULL;
}

static const char *
read_rule(struct expansion *x, struct sl_slice text)
{
	int64_t second = sl_mod_down(x->anchor.start_civil_s, DAY_S);
	struct sl_rule_clock clock = {
		.all_day = x->anchor.all_day,
		.hour = (int)(second / 3600),
		.minute = (int)(second / 60 % 60),
		.second = (int)(second % 60),
	};

	if (x->has_rule)
		return "rule-several";
	x->has_rule = true;
	return sl_rule_parse(text, &clock, &x->rule);
}

static const char *
read_line(struct expansion *x, const char *text)
{
	struct sl_line line;
	const char *why = sl_line_parse(x->arena, text, &line);

	if (why != NULL)
		return why;
	switch (line.kind) {
	case SL_LINE_EMPTY:
		return NULL;
	case SL_LINE_RRULE:
		return read_rule(x, line.value);
	case SL_LINE_EXRULE:
		return "exrule";
	case SL_LINE_RDATE:
	case SL_LINE_EXDATE:
		return sl_dates_read(x->arena, &x->anchor, &line, &x->dates);
	}
	return NULL;
}

static const char *
read_lines(struct expansion *x)
{
	const char *why = NULL;

	for (size_t i = 0; why == NULL && x->series->lines[i] != NULL; i++)
		why = i < SL_RECUR_LINES_MAX ? read_line(x, x->series->lines[i])
					     : "lines-many";
	sl_dates_sort(&x->dates.added);
	sl_dates_sort(&x->dates.removed);
	sl_dates_sort(&x->dates.removed_days);
	return why;
}

static int64_t
moment_us(const struct expansion *x, int64_t second_s)
{
	return second_s * SL_US_PER_S + x->rest_us;
}

static bool
is_removed(const struct expansion *x, int64_t second_s)
{
	int64_t civil = sl_zone_to_civil(x->anchor.zone, second_s);

	return sl_dates_has(&x->dates.removed, second_s) ||
	       sl_dates_has(&x->dates.removed_days,
			    civil - sl_mod_down(civil, DAY_S));
}

/* Into the set, when it lies in the window and no EXDATE takes it away. */
static void
take(struct expansion *x, int64_t second_s)
{
	int64_t us = moment_us(x, second_s);

	if (us >= x->window.from_us && us < x->window.to_us &&
	    !is_removed(x, second_s))
		sl_dates_add(x->arena, &x->found, second_s);
}

/* UNTIL is inclusive; of an all-day series only its date counts, and a date
 * alone means all of that local day. */
static bool
is_past_until(const struct expansion *x, int64_t civil_s, int64_t utc_s)
{
	const struct sl_stamp *until = &x->rule.until;

	if (!x->rule.has_until)
		return false;
	switch (until->kind) {
	case SL_STAMP_DATE:
		return civil_s >= until->second_s + DAY_S;
	case SL_STAMP_LOCAL:
		return civil_s > until->second_s;
	case SL_STAMP_UTC:
		return utc_s > until->second_s;
	}
	return false;
}

/* Take the rule's instances up to the end of the window. */
static void
walk(struct expansion *x, struct sl_days *days)
{
	int64_t clock_s = sl_mod_down(x->anchor.start_civil_s, DAY_S);
	int64_t day;
	int number = 0;

	while (x->found.count <= SL_RECUR_INSTANCES_MAX &&
	       (x->rule.count == 0 || number++ < x->rule.count) &&
	       sl_days_next(days, &day)) {
		int64_t civil_s = day * DAY_S + clock_s;
		int64_t utc_s = sl_anchor_to_utc(&x->anchor, civil_s);

		if (moment_us(x, utc_s) >= x->window.to_us ||
		    is_past_until(x, civil_s, utc_s))
			return;
		take(x, utc_s);
	}
}

/* Is the start one of the rule's instances? */
static const char *
find_start(struct expansion *x, int64_t start_day)
{
	struct sl_days days;
	int64_t day;

	if (!sl_days_open(&days, &x->rule, start_day, start_day, start_day))
		return "rule-refused";
	x->out->start_is_out =
		!sl_days_next(&days, &day) || day != start_day ||
		is_past_until(x, x->anchor.start_civil_s, x->anchor.start_s);
	sl_days_close(&days);
	return NULL;
}

static const char *
expand_rule(struct expansion *x)
{
	int64_t start_day = sl_div_down(x->anchor.start_civil_s, DAY_S);
	/* Local days lie within a day or two of those of UTC. */
	int64_t from_day =
		sl_div_down(x->window.from_us, DAY_S * SL_US_PER_S) - 2;
	int64_t last_day =
		sl_div_down(x->window.to_us, DAY_S * SL_US_PER_S) + 2;
	bool gave_up;
	struct sl_days days;
	const char *why;

	sl_rule_imply(&x->rule, start_day);
	why = find_start(x, start_day);
	if (why != NULL || x->window.from_us >= x->window.to_us)
		return why;
	if (!sl_days_open(&days, &x->rule, start_day,
			  x->rule.count > 0 ? start_day : from_day, last_day))
		return "rule-refused";
	walk(x, &days);
	gave_up = sl_days_gave_up(&days);
	sl_days_close(&days);
	return gave_up ? "rule-steps" : NULL;
}

/* Added ones beside the rule's; without a rule the start is the first. */
static void
take_added(struct expansion *x)
{
	if (!x->has_rule)
		take(x, x->anchor.start_s);
	for (size_t i = 0; i < x->dates.added.count; i++)
		take(x, x->dates.added.seconds[i]);
}

static void
write_out(struct expansion *x)
{
	struct sl_recur_set *out = x->out;
	int64_t length_us = 0;

	if (x->series->end_us != SL_NO_TIME &&
	    x->series->end_us > x->series->start_us)
		length_us = x->series->end_us - x->series->start_us;
	sl_dates_sort(&x->found);
	out->instances = SL_NEW_ARRAY(x->arena, x->found.count + 1,
				      struct sl_recur_instance);
	for (size_t i = 0; i < x->found.count; i++) {
		int64_t us = moment_us(x, x->found.seconds[i]);

		if (i > 0 && x->found.seconds[i] == x->found.seconds[i - 1])
			continue;
		if (out->count == SL_RECUR_INSTANCES_MAX) {
			out->verdict = SL_RECUR_CUT;
			return;
		}
		out->instances[out->count].start_us = us;
		out->instances[out->count++].end_us = us + length_us;
	}
}

void
sl_recur_expand(const struct sl_recur_series *series,
		struct sl_recur_window window, struct sl_arena *arena,
		struct sl_recur_set *out)
{
	struct expansion x = {
		.series = series, .window = window, .arena = arena, .out = out
	};
	const char *why;

	*out = (struct sl_recur_set){ .verdict = SL_RECUR_DONE };
	why = find_anchor(&x);
	if (why == NULL)
		why = read_lines(&x);
	if (why == NULL && x.has_rule)
		why = expand_rule(&x);
	if (why != NULL) {
		*out = (struct sl_recur_set){ .verdict = SL_RECUR_ELSEWHERE,
					      .reason = why };
		return;
	}
	take_added(&x);
	write_out(&x);
}
