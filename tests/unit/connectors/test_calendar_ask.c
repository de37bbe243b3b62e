/* SPDX-License-Identifier: Apache-2.0 */
/* What the calendar connector asks for, from a cursor and the options. */
#include "calendar_print.h"

struct ask_row {
	const char *why;
	const char *kind;
	const char *key;
	const char *cursor; /* NULL = none */
	const char *since;
	int shrink;
	const char *request; /* path?query, unencoded */
};

#define KEY   "team@group.calendar.google.com"
#define CAL   "calendars/" KEY "/events"
#define TYPES "&singleEvents=false&eventTypes=default&eventTypes=fromGmail"
#define LIGHT                                                                  \
	"&fields=nextPageToken,nextSyncToken,items(id,status,etag,updated)"

static const struct ask_row ask_rows[] = {
	{ "the list of calendars, hidden ones too", "calendars", "", NULL, "",
	  0, "users/me/calendarList?maxResults=250&showHidden=true" },
	{ "its next page", "calendars", "", "{'v':1,'page':'P'}", "", 0,
	  "users/me/calendarList?maxResults=250&pageToken=P&showHidden=true" },
	{ "its changes", "calendars", "", "{'v':1,'token':'S'}", "", 0,
	  "users/me/calendarList?maxResults=250&syncToken=S&showHidden=true" },
	{ "smaller pages of it", "calendars", "", NULL, "", 2,
	  "users/me/calendarList?maxResults=62&showHidden=true" },
	{ "never less than one", "calendars", "", NULL, "", 40,
	  "users/me/calendarList?maxResults=1&showHidden=true" },
	{ "a walk without bound", "events", KEY, NULL, "", 0,
	  CAL "?maxResults=500" TYPES },
	{ "a walk with a bound", "events", KEY, NULL, "2026-01-01", 0,
	  CAL "?maxResults=500" TYPES "&timeMin=2026-01-01T00:00:00Z" },
	{ "the bound of a walk is frozen", "events", KEY,
	  "{'v':1,'page':'P','since':'2025-05-05T00:00:00Z','n':800}",
	  "2026-01-01", 0,
	  CAL "?maxResults=800&pageToken=P" TYPES
	      "&timeMin=2025-05-05T00:00:00Z" },
	{ "a walk without bound stays so", "events", KEY,
	  "{'v':1,'page':'P','n':500}", "2026-01-01", 0,
	  CAL "?maxResults=500&pageToken=P" TYPES },
	{ "a walk that ended without token begins anew", "events", KEY,
	  "{'v':1,'n':40}", "2026-01-01", 0,
	  CAL "?maxResults=40" TYPES "&timeMin=2026-01-01T00:00:00Z" },
	{ "changes carry no bound", "events", KEY, "{'v':1,'token':'S'}",
	  "2026-01-01", 0, CAL "?maxResults=250&syncToken=S" TYPES },
	{ "a page of changes repeats the sync token", "events", KEY,
	  "{'v':1,'token':'S','page':'P','n':9}", "", 0,
	  CAL "?maxResults=9&syncToken=S&pageToken=P" TYPES },
	{ "the main calendar is addressed as primary", "events",
	  "Ana@Example.com", NULL, "", 0,
	  "calendars/primary/events?maxResults=500" TYPES },
	{ "an id is a segment, unencoded", "events",
	  "en.es#holiday@group.v.calendar.google.com", "{'v':1,'token':'S'}",
	  "", 0,
	  "calendars/en.es#holiday@group.v.calendar.google.com/events"
	  "?maxResults=250&syncToken=S" TYPES },
	{ "too large: half", "events", KEY, "{'v':1,'token':'S','n':9}", "", 1,
	  CAL "?maxResults=4&syncToken=S" TYPES },
	{ "down to one", "events", KEY, "{'v':1,'token':'S','n':9}", "", 3,
	  CAL "?maxResults=1&syncToken=S" TYPES },
	{ "one is too large: ids only", "events", KEY,
	  "{'v':1,'token':'S','n':9}", "", 4,
	  CAL "?maxResults=1&syncToken=S" TYPES LIGHT },
	{ "and so on", "events", KEY, "{'v':1,'token':'S','n':1}", "", 1,
	  CAL "?maxResults=1&syncToken=S" TYPES LIGHT },
};

static void
print_call(struct sl_buf *out, const struct sl_call *call)
{
	const struct sl_query *query = call->query;
	char before = '?';

	for (size_t i = 0; call->path[i] != NULL; i++)
		sl_buf_addf(out, "%s%s", i > 0 ? "/" : "", call->path[i]);
	for (; query != NULL && query->name != NULL; query++) {
		sl_buf_addf(out, "%c%s=%s", before, query->name, query->value);
		before = '&';
	}
}

static void
check_ask(const struct ask_row *row)
{
	struct kit kit;
	struct sl_ask ask;
	struct sl_buf out;

	kit_init(&kit);
	kit.stream.kind = row->kind;
	kit.stream.key = row->key;
	kit.turn.shrink = row->shrink;
	kit_cursor(&kit, row->cursor);
	kit.stream.walking = json_object_get(kit.turn.cursor, "token") == NULL;
	kit_set(&kit, "since", row->since);
	sl_buf_init(&out, PRINT_MAX);
	if (sl_google_calendar.ask(&kit.turn, kit.arena, &ask, &kit.err) !=
	    SL_OK)
		fail_msg("%s: %s", row->why, kit.err.text);
	assert_int_equal(ask.count, 1);
	assert_string_equal(ask.calls[0].endpoint, "calendar");
	assert_null(ask.calls[0].wanted_id);
	print_call(&out, &ask.calls[0]);
	if (strcmp(sl_buf_text(&out), row->request) != 0)
		fail_msg("%s:\n%s\n%s", row->why, sl_buf_text(&out),
			 row->request);
	sl_buf_release(&out);
	kit_release(&kit);
}

static void
the_next_request_follows_from_the_cursor(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(ask_rows); i++)
		check_ask(&ask_rows[i]);
}

static const char *const strange_cursors[] = {
	"{}",
	"[]",
	"{'v':2,'token':'S'}",
	"{'v':'1','token':'S'}",
	"{'v':1,'token':7}",
	"{'v':1,'token':''}",
	"{'v':1,'token':null}",
	"{'v':1,'page':{}}",
	"{'v':1,'page':'P','since':'yesterday'}",
	"{'v':1,'page':'P','since':1}",
	"{'v':1,'token':'S','n':'9'}",
	"{'v':1,'token':'S','n':0}",
	"{'v':1,'token':'S','n':-1}",
	"{'v':1,'token':'S','n':2501}",
	"{'v':1,'token':'S','n':2.5}",
	"{'v':1}", /* outside a walk: nothing would be swept */
	"{'v':1,'n':40}",
};

static void
a_strange_cursor_begins_a_walk(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(strange_cursors); i++) {
		struct kit kit;
		struct sl_ask ask;

		kit_init(&kit);
		kit_cursor(&kit, strange_cursors[i]);
		if (sl_google_calendar.ask(&kit.turn, kit.arena, &ask,
					   &kit.err) != SL_RESYNC ||
		    kit_read(&kit) != SL_RESYNC || kit.err.scope != SL_STREAM)
			fail_msg("%s", strange_cursors[i]);
		kit_release(&kit);
	}
}

struct wanted_row {
	const char *why;
	size_t wanted;
	int shrink;
	size_t calls;
	bool light;
};

static const struct wanted_row wanted_rows[] = {
	{ "one", 1, 0, 1, false },
	{ "as many as fit", 16, 0, 16, false },
	{ "one more waits", 17, 0, 16, false },
	{ "too large an answer: fewer", 17, 1, 8, false },
	{ "alone", 17, 4, 1, false },
	{ "alone and too large: without contents", 17, 5, 1, true },
};

static void
wanted_events_come_first(void **state)
{
	struct sl_ref refs[17];
	char ids[17][8];

	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(refs); i++) {
		(void)snprintf(ids[i], sizeof(ids[i]), "id%zu", i);
		refs[i] = (struct sl_ref){ .source_id = ids[i] };
	}
	for (size_t i = 0; i < SL_ARRAY_LEN(wanted_rows); i++) {
		const struct wanted_row *row = &wanted_rows[i];
		struct sl_ask ask;
		struct kit kit;

		kit_init(&kit);
		for (size_t k = 0; k < SL_ARRAY_LEN(refs); k++)
			refs[k].next =
				k + 1 < row->wanted ? &refs[k + 1] : NULL;
		kit.turn.wanted = refs;
		kit.turn.shrink = row->shrink;
		kit_cursor(&kit, "{'v':1,'token':'S'}");
		assert_int_equal(sl_google_calendar.ask(&kit.turn, kit.arena,
							&ask, &kit.err),
				 SL_OK);
		if (ask.count != row->calls ||
		    (ask.calls[0].query != NULL) != row->light)
			fail_msg("%s: %zu calls", row->why, ask.count);
		for (size_t k = 0; k < ask.count; k++) {
			assert_string_equal(ask.calls[k].wanted_id, ids[k]);
			assert_string_equal(ask.calls[k].path[1], KEY);
			assert_string_equal(ask.calls[k].path[3], ids[k]);
			assert_null(ask.calls[k].path[4]);
			assert_int_not_equal(ask.calls[k].tag, 0);
		}
		kit_release(&kit);
	}
}

static void
every_event_type_of_the_option_is_sent(void **state)
{
	struct kit kit;
	struct sl_ask ask;
	size_t types = 0;

	(void)state;
	kit_init(&kit);
	kit_set(&kit, "event_types",
		"default,birthday,focusTime,fromGmail,outOfOffice,"
		"workingLocation");
	assert_int_equal(
		sl_google_calendar.ask(&kit.turn, kit.arena, &ask, &kit.err),
		SL_OK);
	for (const struct sl_query *q = ask.calls[0].query; q->name != NULL;
	     q++)
		types += strcmp(q->name, "eventTypes") == 0;
	assert_int_equal(types, 6);
	kit_release(&kit);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_next_request_follows_from_the_cursor),
		cmocka_unit_test(a_strange_cursor_begins_a_walk),
		cmocka_unit_test(wanted_events_come_first),
		cmocka_unit_test(every_event_type_of_the_option_is_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
