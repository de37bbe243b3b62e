/* SPDX-License-Identifier: Apache-2.0 */
/* The mapping of events: whole pages in canonical form, and one rule a row. */
#include "calendar_print.h"

static void
check_fixture(const char *events, const char *printed, const char *cursor)
{
	struct kit kit;
	json_t *body = kit_fixture(events);
	char *want = kit_file(printed);

	kit_init(&kit);
	kit_cursor(&kit, cursor);
	(void)kit_answer(&kit, body, NULL);
	assert_int_equal(kit_read(&kit), SL_OK);
	kit_assert_counted(&kit.page);
	json_decref(body); /* nothing of the page may lean on the body */
	assert_string_equal(kit_print(&kit), want);
	sl_free(want);
	kit_release(&kit);
}

static void
a_walk_is_mapped_whole(void **state)
{
	(void)state;
	check_fixture("events_walk.json", "events_walk.txt", NULL);
}

static void
changes_are_mapped_whole(void **state)
{
	(void)state;
	check_fixture("events_changes.json", "events_changes.txt",
		      "{'v':1,'token':'SYNTHETIC_SYNC_TOKEN_1='}");
}

static void
codes_that_open_a_meeting_are_not_kept(void **state)
{
	static const char *const secrets[] = { "12345678", "7654321",
					       "secret" };
	struct kit kit;
	json_t *body = kit_fixture("events_walk.json");
	const char *text;

	(void)state;
	kit_init(&kit);
	(void)kit_answer(&kit, body, NULL);
	assert_int_equal(kit_read(&kit), SL_OK);
	text = kit_print(&kit);
	for (size_t i = 0; i < SL_ARRAY_LEN(secrets); i++)
		assert_null(strstr(text, secrets[i]));
	json_decref(body);
	kit_release(&kit);
}

struct time_row {
	const char *why;
	const char *event;
	const char *times; /* second line of the printed artifact */
	const char *notes; /* notes of the metadata, comma-separated */
	const char *raw;   /* member and text kept, or NULL */
};

#define AT(t)     "{'dateTime':'" t "'}"
#define ON(d)     "{'date':'" d "'}"
#define TEN       "2026-12-01T10:00:00Z"
#define ELEVEN    "2026-12-01T11:00:00Z"
#define S10       "start=2026-12-01T10:00:00.000000Z"
#define E11       "end=2026-12-01T11:00:00.000000Z"
#define R11       "reach=2026-12-01T11:00:00.000000Z"
#define DAY1      "2026-12-01T00:00:00.000000Z"
#define SPAN      "'start':" AT(TEN) ",'end':" AT(ELEVEN)
#define SERIES(l) "{" SPAN ",'recurrence':[" l "]}"

static const struct time_row time_rows[] = {
	{ "plain", "{" SPAN "}", S10 " " E11 " " R11, "", NULL },
	{ "an offset and a fraction",
	  "{'start':" AT("2026-12-01T11:00:00.25+01:00") ",'end':" AT(
		  ELEVEN) "}",
	  "start=2026-12-01T10:00:00.250000Z " E11 " " R11, "", NULL },
	{ "all-day, end exclusive",
	  "{'start':" ON("2026-12-01") ",'end':" ON("2026-12-02") "}",
	  "start=" DAY1 "(2026-12-01) "
	  "end=2026-12-02T00:00:00.000000Z(2026-12-02) "
	  "reach=2026-12-02T00:00:00.000000Z all-day",
	  "", NULL },
	{ "null is absent",
	  "{'start':{'date':null,'dateTime':'" TEN "'},'end':" AT(ELEVEN) "}",
	  S10 " " E11 " " R11, "", NULL },
	{ "no start", "{'end':" AT(ELEVEN) "}", E11 " " R11, "start-missing",
	  NULL },
	{ "no time at all", "{'start':null}", "", "start-missing", NULL },
	{ "no end", "{'start':" AT(TEN) "}",
	  S10 " reach=2026-12-01T10:00:00.000000Z", "end-missing", NULL },
	{ "no end, and Google says so",
	  "{'start':" AT(TEN) ",'endTimeUnspecified':true}",
	  S10 " reach=2026-12-01T10:00:00.000000Z", "", NULL },
	{ "end before start", "{'start':" AT(ELEVEN) ",'end':" AT(TEN) "}",
	  "start=2026-12-01T11:00:00.000000Z end=2026-12-01T10:00:00.000000Z "
	  "reach=2026-12-01T11:00:00.000000Z",
	  "end-before-start", NULL },
	{ "a moment is no oddity", "{'start':" AT(TEN) ",'end':" AT(TEN) "}",
	  S10 " end=2026-12-01T10:00:00.000000Z "
	      "reach=2026-12-01T10:00:00.000000Z",
	  "", NULL },
	{ "an all-day event of no day",
	  "{'start':" ON("2026-12-01") ",'end':" ON("2026-12-01") "}",
	  "start=" DAY1 "(2026-12-01) end=" DAY1 "(2026-12-01) reach=" DAY1
	  " all-day",
	  "all-day-equal", NULL },
	{ "date and time mixed",
	  "{'start':" ON("2026-12-01") ",'end':" AT(ELEVEN) "}",
	  "start=" DAY1 "(2026-12-01) " E11 " " R11 " all-day", "date-mixed",
	  NULL },
	{ "year 0000",
	  "{'start':" AT("0000-12-01T10:00:00Z") ",'end':" AT(ELEVEN) "}",
	  E11 " " R11, "start-malformed", "start_raw=0000-12-01T10:00:00Z" },
	{ "year 10000",
	  "{'start':" AT(TEN) ",'end':" AT("10000-01-01T00:00:00Z") "}",
	  S10 " reach=2026-12-01T10:00:00.000000Z", "end-malformed",
	  "end_raw=10000-01-01T00:00:00Z" },
	{ "30 February",
	  "{'start':" ON("2026-02-30") ",'end':" ON("2026-03-01") "}",
	  "end=2026-03-01T00:00:00.000000Z(2026-03-01) "
	  "reach=2026-03-01T00:00:00.000000Z",
	  "start-malformed", "start_raw=2026-02-30" },
	{ "a leap second",
	  "{'start':" AT("2016-12-31T23:59:60Z") ",'end':" AT(ELEVEN) "}",
	  E11 " " R11, "start-malformed", "start_raw=2016-12-31T23:59:60Z" },
	{ "no offset",
	  "{'start':" AT("2026-12-01T10:00:00") ",'end':" AT(ELEVEN) "}",
	  E11 " " R11, "start-malformed", "start_raw=2026-12-01T10:00:00" },
	{ "a number", "{'start':{'dateTime':12},'end':" AT(ELEVEN) "}",
	  E11 " " R11, "start-malformed", "start_raw={\"dateTime\":12}" },
	{ "a text where an object belongs",
	  "{'start':'tomorrow','end':" AT(ELEVEN) "}", E11 " " R11,
	  "start-malformed", "start_raw=\"tomorrow\"" },
	{ "an original start that makes no sense",
	  "{" SPAN ",'recurringEventId':'m','originalStartTime':" AT("x") "}",
	  S10 " " E11 " " R11, "original-start-malformed",
	  "original_start_raw=x" },
	{ "an original start at a date",
	  "{" SPAN
	  ",'recurringEventId':'m','originalStartTime':" ON("2026-12-01") "}",
	  S10 " " E11 " original=" DAY1 "(2026-12-01) " R11, "", NULL },
	{ "a zone",
	  "{'start':{'dateTime':'" TEN
	  "','timeZone':'America/Argentina/Buenos_Aires'},'end':" AT(
		  ELEVEN) "}",
	  S10 " " E11 " " R11 " zone=America/Argentina/Buenos_Aires", "",
	  NULL },
	{ "a Windows zone",
	  "{'start':{'dateTime':'" TEN
	  "','timeZone':'W. Europe Standard Time'},'end':" AT(ELEVEN) "}",
	  S10 " " E11 " " R11, "zone-unknown",
	  "time_zone_raw=W. Europe Standard Time" },
	{ "an empty zone",
	  "{'start':{'dateTime':'" TEN "','timeZone':''},'end':" AT(ELEVEN) "}",
	  S10 " " E11 " " R11, "zone-unknown", "time_zone_raw=" },
	{ "a text with a replacement in it",
	  "{" SPAN ",'description':'a\xef\xbf\xbd'}", S10 " " E11 " " R11,
	  "text-damaged", NULL },
	{ "a series without end", SERIES("'RRULE:FREQ=DAILY'"),
	  S10 " " E11 " reach=endless", "", NULL },
	{ "a series of COUNT", SERIES("'RRULE:FREQ=DAILY;COUNT=3'"),
	  S10 " " E11 " " R11, "", NULL },
	{ "UNTIL in UTC surely reaches a year less",
	  SERIES("'RRULE:UNTIL=20290630T215959Z;FREQ=DAILY'"),
	  S10 " " E11 " reach=2028-06-29T00:00:00.000000Z", "", NULL },
	{ "UNTIL as a date", SERIES("'RRULE:FREQ=DAILY;UNTIL=20290630'"),
	  S10 " " E11 " reach=2028-06-29T00:00:00.000000Z", "", NULL },
	{ "UNTIL as a local time, in lower case",
	  SERIES("'rrule:freq=DAILY;until=20290630T235959'"),
	  S10 " " E11 " reach=2028-06-29T00:00:00.000000Z", "", NULL },
	{ "UNTIL before the start", SERIES("'RRULE:FREQ=DAILY;UNTIL=20200101'"),
	  S10 " " E11 " " R11, "", NULL },
	{ "UNTIL of no day", SERIES("'RRULE:FREQ=DAILY;UNTIL=20290230'"),
	  S10 " " E11 " " R11, "", NULL },
	{ "UNTIL cut short", SERIES("'RRULE:FREQ=DAILY;UNTIL=2029'"),
	  S10 " " E11 " " R11, "", NULL },
	{ "X-UNTIL is not UNTIL", SERIES("'RRULE:FREQ=DAILY;XUNTIL=20290630'"),
	  S10 " " E11 " reach=endless", "", NULL },
	{ "the later UNTIL of two",
	  SERIES("'RRULE:FREQ=DAILY;UNTIL=20290630','RRULE:FREQ=DAILY;UNTIL=20280630'"),
	  S10 " " E11 " reach=2028-06-29T00:00:00.000000Z", "", NULL },
	{ "added dates are not relied upon",
	  SERIES("'RRULE:FREQ=DAILY;UNTIL=20290630','RDATE:20300101'"),
	  S10 " " E11 " reach=2028-06-29T00:00:00.000000Z", "", NULL },
	{ "excluded dates add nothing",
	  SERIES("'RRULE:FREQ=DAILY;UNTIL=20290630','EXDATE:20300101','EXRULE:X'"),
	  S10 " " E11 " reach=2028-06-29T00:00:00.000000Z", "", NULL },
	{ "a line that is no text", SERIES("7"), S10 " " E11 " " R11, "",
	  NULL },
	{ "an unknown line", SERIES("'XRULE:FREQ=DAILY'"), S10 " " E11 " " R11,
	  "", NULL },
	{ "a yearly series may end years before its UNTIL",
	  SERIES("'RRULE:FREQ=YEARLY;UNTIL=20290630'"), S10 " " E11 " " R11, "",
	  NULL },
	{ "so may one of every other month",
	  SERIES("'RRULE:FREQ=MONTHLY;INTERVAL=2;UNTIL=20290630'"),
	  S10 " " E11 " " R11, "", NULL },
};

static const char *
joined_notes(struct kit *kit, const struct sl_artifact *artifact)
{
	const json_t *notes = sl_json_array(artifact->metadata, "notes");
	const char *text = "";
	size_t i;
	const json_t *note;

	json_array_foreach (notes, i, note) {
		text = sl_arena_printf(kit->arena, "%s%s%s", text,
				       i > 0 ? "," : "",
				       json_string_value(note));
	}
	return text;
}

static const char *
second_line(struct kit *kit)
{
	const char *line = strchr(kit_print(kit), '\n') + 1;

	line += strspn(line, " ");
	return sl_arena_strndup(kit->arena, line, strcspn(line, "\n"));
}

static bool
raw_is(struct kit *kit, const char *raw)
{
	const json_t *metadata = kit->page.artifacts.first->metadata;
	size_t name = raw != NULL ? strcspn(raw, "=") : 0;

	return raw == NULL ||
	       sl_text_equal(
		       sl_json_text(metadata,
				    sl_arena_strndup(kit->arena, raw, name)),
		       raw + name + 1);
}

static void
times_are_kept_typed_or_as_sent(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(time_rows); i++) {
		const struct time_row *row = &time_rows[i];
		const char *line, *notes;
		struct kit kit;

		kit_map(&kit, row->event);
		assert_int_equal(kit.page.artifacts.count, 1);
		line = second_line(&kit);
		notes = joined_notes(&kit, kit.page.artifacts.first);
		if (strcmp(line, row->times) != 0 ||
		    strcmp(notes, row->notes) != 0 || !raw_is(&kit, row->raw))
			fail_msg("%s:\n%s\n%s", row->why, kit_print(&kit),
				 row->times);
		kit_release(&kit);
	}
}

struct fate_row {
	const char *why;
	const char *event;
	const char *types; /* option event_types */
	char fate;         /* a, t, f, r: the list it ends in */
};

static const struct fate_row fate_rows[] = {
	{ "an event without type is a default one", "{}", "default", 'a' },
	{ "and left out with them", "{}", "fromGmail", 'f' },
	{ "a type that is wanted", "{'eventType':'birthday'}", "birthday",
	  'a' },
	{ "a type that is not", "{'eventType':'birthday'}", "default,fromGmail",
	  'f' },
	{ "a type of the future", "{'eventType':'teleport'}", "default", 'f' },
	{ "a type that is no text", "{'eventType':7}", "default", 'a' },
	{ "a cancelled event", "{'status':'cancelled'}", "default", 't' },
	{ "a cancelled event of a type that is not wanted",
	  "{'status':'cancelled','eventType':'birthday'}", "default", 't' },
	{ "a cancelled instance",
	  "{'status':'cancelled','recurringEventId':'m'}", "default", 'a' },
	{ "a cancelled instance whose type is not said",
	  "{'status':'cancelled','recurringEventId':'m'}", "birthday", 'a' },
	{ "a cancelled instance of a type that is not wanted",
	  "{'status':'cancelled','recurringEventId':'m',"
	  "'eventType':'birthday'}",
	  "default", 'f' },
	{ "an empty parent is none",
	  "{'status':'cancelled','recurringEventId':''}", "default", 't' },
	{ "a status of the future", "{'status':'dreamt'}", "default", 'a' },
	{ "an empty id", "{'id':''}", "default", 'r' },
	{ "an id that is a number", "{'id':12}", "default", 'r' },
	{ "members of wrong types",
	  "{'summary':7,'description':[],'attendees':{},'organizer':'x',"
	  "'recurrence':'RRULE:X','conferenceData':[],'sequence':{},"
	  "'updated':1,'status':null,'attachments':7,'source':'x',"
	  "'creator':[1]}",
	  "default", 'a' },
	{ "integers beyond 64 bits",
	  "{'sequence':99999999999999999999999999,'updated':1e999}", "default",
	  'a' },
};

static char
fate_of(const struct sl_page *page)
{
	if (page->artifacts.count == 1)
		return 'a';
	if (page->tombstones.count == 1)
		return 't';
	return page->filtered.count == 1 ? 'f' : 'r';
}

static void
every_event_ends_in_one_list(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(fate_rows); i++) {
		const struct fate_row *row = &fate_rows[i];
		json_t *event = kit_json(row->event);
		json_t *body = kit_json("{'items':[],'nextSyncToken':'S'}");
		struct kit kit;

		if (json_object_get(event, "id") == NULL)
			sl_json_put_text(event, "id", "event1");
		(void)json_array_append_new(json_object_get(body, "items"),
					    event);
		kit_init(&kit);
		kit_set(&kit, "event_types", row->types);
		(void)kit_answer(&kit, body, NULL);
		assert_int_equal(kit_read(&kit), SL_OK);
		kit_assert_counted(&kit.page);
		if (fate_of(&kit.page) != row->fate)
			fail_msg("%s: %s", row->why, kit_print(&kit));
		json_decref(body);
		kit_release(&kit);
	}
}

static void
source_ids_are_capped(void **state)
{
	static const char *const members[] = { "id", "recurringEventId" };
	char id[SL_SOURCE_ID_MAX + 2];

	(void)state;
	memset(id, 'e', sizeof(id) - 1);
	id[sizeof(id) - 1] = '\0';
	for (size_t i = 0; i < 4; i++) {
		struct kit kit;
		json_t *event = json_pack("{s:s}", "id", "event1");
		json_t *body = json_pack("{s:[o],s:s}", "items", event,
					 "nextSyncToken", "S");
		bool fits = i % 2 == 1;

		sl_json_put_text(event, members[i / 2], id + (fits ? 1 : 0));
		kit_init(&kit);
		(void)kit_answer(&kit, body, NULL);
		assert_int_equal(kit_read(&kit), SL_OK);
		assert_int_equal(kit.page.artifacts.count, fits ? 1 : 0);
		assert_int_equal(kit.page.rejected.count, fits ? 0 : 1);
		if (i == 0)
			assert_null(kit.page.rejected.first->source_id);
		json_decref(body);
		kit_release(&kit);
	}
}

static void
raw_bytes_of_a_rejected_item_are_capped(void **state)
{
	struct kit kit;
	struct sl_rejected *rejected;
	size_t len = SL_RAW_MAX + 100;
	char *text = sl_alloc(len + 1);
	json_t *body;

	(void)state;
	memset(text, 'x', len);
	body = json_pack("{s:[{s:s}],s:s}", "items", "summary", text,
			 "nextSyncToken", "S");
	kit_init(&kit);
	(void)kit_answer(&kit, body, NULL);
	assert_int_equal(kit_read(&kit), SL_OK);
	rejected = kit.page.rejected.first;
	assert_string_equal(rejected->reason, "no id");
	assert_int_equal(strlen(rejected->raw), SL_RAW_MAX);
	assert_int_equal(rejected->raw_len, len + strlen("{\"summary\":\"\"}"));
	json_decref(body);
	sl_free(text);
	kit_release(&kit);
}

struct version_row {
	const char *updated;
	int64_t version;
};

static const struct version_row version_rows[] = {
	{ "2026-11-18T10:00:00.512Z", INT64_C(1794996000512000) },
	{ "2026-11-18T10:00:00.5123456Z", INT64_C(1794996000512345) },
	{ "1970-01-01T00:00:00Z", 0 },
	{ "1950-01-01T00:00:00Z", 0 },
	{ "0000-00-00T00:00:00Z", 0 },
	{ "9999-12-31T23:59:59Z", INT64_C(253402300799000000) },
	{ "yesterday", 0 },
};

static void
versions_come_from_updated(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(version_rows); i++) {
		const struct version_row *row = &version_rows[i];
		struct kit kit;
		char event[100];

		(void)snprintf(event, sizeof(event), "{'updated':'%s'}",
			       row->updated);
		kit_map(&kit, event);
		if (kit.page.artifacts.first->source_version != row->version)
			fail_msg("%s: %lld", row->updated,
				 (long long)kit.page.artifacts.first
					 ->source_version);
		assert_string_equal(
			sl_json_text(kit.page.artifacts.first->metadata,
				     "updated"),
			row->updated);
		kit_release(&kit);
	}
}

static void
texts_are_kept_as_sent(void **state)
{
	struct kit kit;
	const struct sl_artifact *artifact;

	(void)state;
	kit_map(&kit, "{'summary':'=1+1 \\u001b[31m <script>','description':"
		      "' <p>a&amp;b</p>\\r\\n ','location':'\\u0000x'}");
	artifact = kit.page.artifacts.first;
	assert_string_equal(artifact->title, "=1+1 \x1b[31m <script>");
	assert_string_equal(artifact->content, " <p>a&amp;b</p>\r\n ");
	assert_string_equal(sl_json_text(artifact->metadata, "location"),
			    "\xef\xbf\xbdx");
	kit_release(&kit);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_walk_is_mapped_whole),
		cmocka_unit_test(changes_are_mapped_whole),
		cmocka_unit_test(codes_that_open_a_meeting_are_not_kept),
		cmocka_unit_test(times_are_kept_typed_or_as_sent),
		cmocka_unit_test(every_event_ends_in_one_list),
		cmocka_unit_test(source_ids_are_capped),
		cmocka_unit_test(raw_bytes_of_a_rejected_item_are_capped),
		cmocka_unit_test(versions_come_from_updated),
		cmocka_unit_test(texts_are_kept_as_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
