/* SPDX-License-Identifier: Apache-2.0 */
#include "series.h"

#include <string.h>

#define FAR_DAYS 14600 /* forty years: nothing is expanded beyond */

static void
parse_days(struct emu_series *s, const char *list, size_t len)
{
	static const char names[] = "SUMOTUWETHFRSA";

	for (size_t i = 0; i + 1 < len; i += 3)
		for (unsigned d = 0; d < 7; d++)
			if (strncmp(list + i, names + (size_t)d * 2, 2) == 0)
				s->days |= 1U << d;
	/* "2TU" and the like are beyond us */
	if (len && (list[0] < 'A' || list[0] > 'Z'))
		s->freq = '?';
}

static int64_t
parse_until(const struct emu_series *s, const char *v, size_t len)
{
	char text[] = "0000-00-00T23:59:59Z";
	int64_t ms;

	if (len < 8)
		return INT64_MAX;
	memcpy(text, v, 4);
	memcpy(text + 5, v + 4, 2);
	memcpy(text + 8, v + 6, 2);
	if (len >= 15) {
		memcpy(text + 11, v + 9, 2);
		memcpy(text + 14, v + 11, 2);
		memcpy(text + 17, v + 13, 2);
	}
	if (!emu_parse_time(text, &ms))
		return INT64_MAX;
	if (len < 16 && !s->all_day) /* local time */
		ms = emu_zone_to_utc(s->zone, ms / 1000) * 1000;
	return ms;
}

static int64_t
number(const char *v, size_t len)
{
	int64_t n = 0;

	for (size_t i = 0; i < len && v[i] >= '0' && v[i] <= '9'; i++)
		n = n < 1000000 ? n * 10 + (v[i] - '0') : n;
	return n;
}

static bool
named(const char *part, size_t key, const char *name)
{
	return key == strlen(name) && memcmp(part, name, key) == 0;
}

static void
parse_part(struct emu_series *s, const char *part, size_t len)
{
	const char *eq = memchr(part, '=', len);
	size_t key, left;
	const char *v;

	if (!eq)
		return;
	key = (size_t)(eq - part);
	v = eq + 1;
	left = len - key - 1;
	if (named(part, key, "FREQ") && left)
		s->freq = strchr("DWMY", *v) ? *v : '?';
	else if (named(part, key, "INTERVAL"))
		s->interval = number(v, left) ? number(v, left) : 1;
	else if (named(part, key, "COUNT"))
		s->count = (uint64_t)number(v, left);
	else if (named(part, key, "UNTIL"))
		s->until_ms = parse_until(s, v, left);
	else if (named(part, key, "BYDAY"))
		parse_days(s, v, left);
}

static void
parse_line(struct emu_series *s, const char *line)
{
	size_t used = strlen(s->exdates), len = strlen(line);

	if (strncmp(line, "EXDATE", 6) == 0) {
		if (used + len + 2 < sizeof(s->exdates))
			memcpy(s->exdates + used, line, len + 1);
		return;
	}
	if (strncmp(line, "RRULE:", 6) != 0)
		return;
	for (line += 6; *line; line += len + (line[len] == ';')) {
		len = strcspn(line, ";");
		parse_part(s, line, len);
	}
	if (s->freq != 'W' && s->days)
		s->freq = '?';
}

static void
series_init(struct emu_series *s, const struct emu_zone *zone, bool all_day,
	    int64_t start_local)
{
	*s = (struct emu_series){ .zone = zone,
				  .all_day = all_day,
				  .start_local = start_local,
				  .freq = '?',
				  .interval = 1,
				  .until_ms = INT64_MAX };
	s->at_day = emu_floor_day(start_local);
}

void
emu_series_of_spec(const struct emu_spec *spec, struct emu_series *out)
{
	series_init(out, spec->zone, spec->all_day, spec->start_local);
	out->duration = spec->duration;
	parse_line(out, spec->exdate);
	parse_line(out, spec->rrule);
}

static bool
read_moment(const json_t *m, struct emu_series *s, int64_t *local)
{
	const char *date = json_string_value(json_object_get(m, "date"));
	const char *time = json_string_value(json_object_get(m, "dateTime"));
	const char *zone = json_string_value(json_object_get(m, "timeZone"));
	int64_t ms;

	if (date) {
		s->all_day = true;
		s->zone = emu_zone_find("UTC");
		if (!emu_parse_date(date, local))
			return false;
		*local *= EMU_DAY;
		return true;
	}
	if (!time || !emu_parse_both(time, &ms, local))
		return false;
	s->zone = zone ? emu_zone_find(zone) : NULL;
	if (!s->zone)
		s->zone = emu_zone_find("UTC");
	*local = ms / 1000 + emu_zone_offset(s->zone, ms / 1000);
	return true;
}

static bool
read_times(const json_t *body, struct emu_series *s)
{
	int64_t start, end;

	series_init(s, NULL, false, 0);
	if (!read_moment(json_object_get(body, "start"), s, &start))
		return false;
	if (!read_moment(json_object_get(body, "end"), s, &end))
		end = start;
	if (!read_moment(json_object_get(body, "start"), s, &start))
		return false;
	series_init(s, s->zone, s->all_day, start);
	s->duration = end - start;
	return true;
}

bool
emu_json_times(const json_t *body, int64_t *start_ms, int64_t *end_ms)
{
	struct emu_series s;

	if (!read_times(body, &s))
		return false;
	*start_ms = emu_zone_to_utc(s.zone, s.start_local) * 1000;
	*end_ms = *start_ms + s.duration * 1000;
	return true;
}

bool
emu_series_of_json(const json_t *body, struct emu_series *out)
{
	const json_t *lines = json_object_get(body, "recurrence");
	size_t i;
	json_t *line;

	if (!json_array_size(lines) || !read_times(body, out))
		return false;
	json_array_foreach (lines, i, line) {
		if (json_is_string(line))
			parse_line(out, json_string_value(line));
	}
	out->given = json_object_get(body, EMU_GIVEN);
	return true;
}

static bool
excluded(const struct emu_series *s, int64_t local)
{
	struct emu_buf b = { 0 };
	bool found;

	if (!s->exdates[0])
		return false;
	emu_put_stamp(&b, local);
	if (s->all_day)
		b.data[8] = '\0';
	found = strstr(s->exdates, b.data) != NULL;
	b.len = 0;
	emu_put_stamp(&b, emu_zone_to_utc(s->zone, local));
	emu_putc(&b, 'Z');
	found = found || strstr(s->exdates, b.data) != NULL;
	emu_buf_free(&b);
	return found;
}

static bool
week_day_fits(const struct emu_series *s, int64_t day)
{
	int64_t first = emu_floor_day(s->start_local);
	int64_t monday = first - (emu_weekday(first) + 6) % 7;
	unsigned days = s->days ? s->days : 1U << emu_weekday(first);

	return (day - monday) / 7 % s->interval == 0 &&
	       (days >> emu_weekday(day) & 1);
}

/* The day of step n for MONTHLY and YEARLY; false when it has none. */
static bool
month_day(const struct emu_series *s, int64_t n, int64_t *day)
{
	struct emu_date d = emu_civil(emu_floor_day(s->start_local));
	int64_t month =
		d.month - 1 + n * s->interval * (s->freq == 'Y' ? 12 : 1);
	int64_t year = d.year + month / 12;

	*day = emu_days(year, (unsigned)(month % 12) + 1, d.day);
	return emu_civil(*day).day == d.day;
}

/* The next candidate day, whatever COUNT, UNTIL and EXDATE say. */
static bool
next_day(struct emu_series *s)
{
	int64_t first = emu_floor_day(s->start_local);

	while (s->at_day < first + FAR_DAYS) {
		int64_t step = s->step++;

		if (s->freq == '?') {
			return step == 0;
		} else if (s->freq == 'D') {
			s->at_day = first + step * s->interval;
			return true;
		} else if (s->freq == 'W') {
			s->at_day = first + step;
			if (week_day_fits(s, s->at_day))
				return true;
		} else if (month_day(s, step, &s->at_day)) {
			return true;
		}
	}
	return false;
}

static bool
next_given(struct emu_series *s, int64_t *local)
{
	const char *text =
		json_string_value(json_array_get(s->given, s->produced++));
	char zulu[32];
	int64_t ms;

	if (!text || strlen(text) > sizeof(zulu) - 2)
		return false;
	if (emu_parse_date(text, local)) {
		*local *= EMU_DAY;
		return true;
	}
	memcpy(zulu, text, strlen(text));
	memcpy(zulu + strlen(text), "Z", 2);
	if (!emu_parse_time(zulu, &ms))
		return false;
	*local = ms / 1000;
	return true;
}

bool
emu_series_next(struct emu_series *s, int64_t *local)
{
	int64_t clock =
		s->start_local - emu_floor_day(s->start_local) * EMU_DAY;

	if (s->given)
		return next_given(s, local);
	while (s->produced < EMU_INSTANCES_MAX) {
		if ((s->count && s->produced >= s->count) || !next_day(s))
			return false;
		*local = s->at_day * EMU_DAY + clock;
		if (emu_zone_to_utc(s->zone, *local) * 1000 > s->until_ms)
			return false;
		s->produced++;
		if (!excluded(s, *local))
			return true;
	}
	return false;
}

int64_t
emu_series_end_ms(struct emu_series s)
{
	int64_t local, last = s.start_local;

	if (!s.given && !s.count && s.until_ms == INT64_MAX && s.freq != '?')
		return INT64_MAX;
	while (emu_series_next(&s, &local))
		last = local;
	return (emu_zone_to_utc(s.zone, last) + s.duration) * 1000;
}

static json_t *
moment(const struct emu_series *s, int64_t local)
{
	struct emu_buf b = { 0 };
	json_t *m;

	if (s->all_day) {
		emu_put_date(&b, emu_floor_day(local));
		m = json_pack("{s:s}", "date", b.data);
	} else {
		emu_put_local(&b, s->zone, local);
		m = json_pack("{s:s,s:s}", "dateTime", b.data, "timeZone",
			      s->zone->name);
	}
	emu_buf_free(&b);
	return m;
}

json_t *
emu_series_made(const json_t *master, const struct emu_series *s,
		int64_t original_local)
{
	json_t *made = json_deep_copy(master);
	const char *id = json_string_value(json_object_get(master, "id"));
	struct emu_buf b = { 0 };

	emu_instance_id(&b, id ? id : "", s->zone, s->all_day, original_local);
	json_object_set_new(made, "id", json_string(b.data));
	json_object_set_new(made, "recurringEventId", json_string(id));
	json_object_set_new(made, "originalStartTime",
			    moment(s, original_local));
	json_object_set_new(made, "start", moment(s, original_local));
	json_object_set_new(made, "end",
			    moment(s, original_local + s->duration));
	json_object_del(made, "recurrence");
	json_object_del(made, EMU_GIVEN);
	emu_buf_free(&b);
	return made;
}
