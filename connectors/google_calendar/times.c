/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When an event takes place. Google sends {"date"} for all-day events and
 * {"dateTime", "timeZone"} for others; `end` is exclusive in both. Imported
 * events hold every kind of nonsense: a time that makes no sense stays absent,
 * its text and a note go into the metadata.
 *
 * Source: Google Calendar API reference, Event resource, read 2026-11
 */
#include <string.h>
#include <strings.h>

#include "core/base/text.h"

#include "core/json/json.h"

#include "connectors/google_calendar/private.h"

#define DAY_US        (INT64_C(86400) * SL_US_PER_S)
#define ZONE_NAME_MAX 64

/** One of the three time members and what it is called in the metadata. */
struct time_member {
	const char *key;
	const char *raw;
	const char *malformed;
};

static const struct time_member start_member = { "start", "start_raw",
						 "start-malformed" };
static const struct time_member end_member = { "end", "end_raw",
					       "end-malformed" };
static const struct time_member original_member = {
	"originalStartTime", "original_start_raw", "original-start-malformed"
};

struct when {
	bool present;     /* said, even if not understood */
	int64_t us;       /* midnight UTC when all-day    */
	const char *date; /* all-day                      */
};

/** The parser takes second 60 for the next minute; a stored time is not. */
static bool
is_leap_second(const char *text)
{
	return strlen(text) > 18 && strncmp(text + 17, "60", 2) == 0;
}

static bool
read_value(struct sl_page *page, const json_t *value, struct when *when)
{
	const char *time = sl_json_text(value, "dateTime");
	const char *date = sl_json_text(value, "date");

	if (time != NULL)
		return !is_leap_second(time) &&
		       sl_rfc3339_parse(time, &when->us);
	if (date == NULL || !sl_rfc3339_date_us(date, &when->us))
		return false;
	when->date = sl_arena_strdup(page->arena, date);
	return true;
}

int64_t
sl_gcal_time_us(const json_t *value)
{
	const char *time = sl_json_text(value, "dateTime");
	const char *date = sl_json_text(value, "date");
	int64_t us;

	if (time != NULL ? !is_leap_second(time) && sl_rfc3339_parse(time, &us)
			 : date != NULL && sl_rfc3339_date_us(date, &us))
		return us;
	return SL_NO_TIME;
}

static void
keep_raw(struct sl_page *page, struct sl_artifact *artifact,
	 const json_t *value, const struct time_member *member)
{
	const char *raw = sl_json_text(value, "dateTime");

	if (raw == NULL)
		raw = sl_json_text(value, "date");
	if (raw == NULL)
		raw = sl_json_canonical(page->arena, value);
	raw = sl_arena_strndup(
		page->arena, raw,
		sl_utf8_cut(raw, strlen(raw), SL_GCAL_RAW_DATE_MAX));
	sl_json_put_text(artifact->metadata, member->raw, raw);
	sl_gcal_note(artifact, member->malformed);
}

static struct when
read_when(struct sl_page *page, struct sl_artifact *artifact,
	  const json_t *event, const struct time_member *member)
{
	const json_t *value = json_object_get(event, member->key);
	struct when when = { .us = SL_NO_TIME };

	if (value == NULL || json_is_null(value))
		return when;
	when.present = true;
	if (!read_value(page, value, &when)) {
		when.us = SL_NO_TIME;
		keep_raw(page, artifact, value, member);
	}
	return when;
}

/** Has it the shape of an IANA name? Windows names have not. */
static bool
is_zone_shaped(const char *zone)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz"
				      "0123456789_+-/";

	return *zone != '\0' && strlen(zone) <= ZONE_NAME_MAX &&
	       zone[strspn(zone, allowed)] == '\0';
}

static void
map_zone(struct sl_page *page, struct sl_artifact *artifact,
	 const json_t *event)
{
	const json_t *start = sl_json_object(event, "start");
	const char *zone = sl_json_text(start, "timeZone");

	if (zone == NULL)
		zone = sl_json_text(sl_json_object(event, "originalStartTime"),
				    "timeZone");
	if (zone == NULL)
		return;
	if (is_zone_shaped(zone)) {
		artifact->time_zone = sl_arena_strdup(page->arena, zone);
		return;
	}
	sl_json_put_text(artifact->metadata, "time_zone_raw", zone);
	sl_gcal_note(artifact, "zone-unknown");
}

static void
note_missing(struct sl_artifact *artifact, const json_t *event,
	     const struct when *start, const struct when *end)
{
	if (artifact->deleted)
		return;
	if (!start->present)
		sl_gcal_note(artifact, "start-missing");
	else if (!end->present && !sl_json_bool(event, "endTimeUnspecified"))
		sl_gcal_note(artifact, "end-missing");
}

static void
note_order(struct sl_artifact *artifact, const struct when *start,
	   const struct when *end)
{
	if (start->us == SL_NO_TIME || end->us == SL_NO_TIME)
		return;
	if ((start->date == NULL) != (end->date == NULL))
		sl_gcal_note(artifact, "date-mixed");
	if (end->us < start->us)
		sl_gcal_note(artifact, "end-before-start");
	else if (start->date != NULL && end->us == start->us)
		sl_gcal_note(artifact, "all-day-equal");
}

/** The parameter's value inside an RRULE line, or NULL. */
static const char *
rule_part(const char *line, const char *name)
{
	size_t len = strlen(name);

	for (; line != NULL; line = strchr(line, ';')) {
		line++;
		if (strncasecmp(line, name, len) == 0 && line[len] == '=')
			return line + len + 1;
	}
	return NULL;
}

/** A year before UNTIL's day: an instance surely lies after that. */
static int64_t
until_reach(const char *until)
{
	char date[] = "yyyy-mm-dd";
	int64_t us;

	if (until == NULL || strspn(until, "0123456789") < 8)
		return SL_NO_TIME;
	memcpy(date, until, 4);
	memcpy(date + 5, until + 4, 2);
	memcpy(date + 8, until + 6, 2);
	if (!sl_rfc3339_date_us(date, &us))
		return SL_NO_TIME;
	return us - 366 * DAY_US;
}

/** How far one line of `recurrence` surely reaches. */
static int64_t
line_reach(const char *line)
{
	const char *rule, *freq;

	if (line == NULL || strncasecmp(line, "RRULE:", 6) != 0)
		return SL_NO_TIME;
	rule = strchr(line, ':');
	freq = rule_part(rule, "FREQ");
	if (rule_part(rule, "UNTIL") != NULL) {
		if (freq == NULL || strncasecmp(freq, "YEARLY", 6) == 0 ||
		    rule_part(rule, "INTERVAL") != NULL)
			return SL_NO_TIME;
		return until_reach(rule_part(rule, "UNTIL"));
	}
	return rule_part(rule, "COUNT") == NULL ? INT64_MAX : SL_NO_TIME;
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/** A lower bound: a walk from before that instant must list the item. */
static int64_t
reach(const struct sl_artifact *artifact, const json_t *event)
{
	const json_t *lines = sl_json_array(event, "recurrence");
	int64_t last = later(artifact->occurred_us, artifact->ends_us);
	size_t i;
	const json_t *line;

	json_array_foreach (lines, i, line) {
		last = later(last, line_reach(json_string_value(line)));
	}
	return last;
}

void
sl_gcal_map_times(struct sl_page *page, struct sl_artifact *artifact,
		  const json_t *event)
{
	struct when start = read_when(page, artifact, event, &start_member);
	struct when end = read_when(page, artifact, event, &end_member);
	struct when original =
		read_when(page, artifact, event, &original_member);

	artifact->occurred_us = start.us;
	artifact->ends_us = end.us;
	artifact->all_day = start.date != NULL;
	artifact->start_date = start.date;
	artifact->end_date = end.date;
	artifact->original_start_us = original.us;
	artifact->original_start_date = original.date;
	map_zone(page, artifact, event);
	note_missing(artifact, event, &start, &end);
	note_order(artifact, &start, &end);
	artifact->reach_us = reach(artifact, event);
}
