/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of the calendar connector: tokens, sizes, shapes, wanted events. */
#include "calendar_print.h"

#define EV(more) "{'kind':'calendar#events','items':[]" more "}"
#define CL(more) "{'kind':'calendar#calendarList','items':[]" more "}"

struct page_row {
	const char *why;
	const char *kind;
	const char *cursor;
	const char *since;
	const char *body;
	const char *outcome; /* the last line of the printed page */
};

static const struct page_row page_rows[] = {
	{ "the first page of a walk names its scope", "events", NULL,
	  "2026-01-01", EV(",'nextPageToken':'B'"),
	  "page items=0 more scope=2026-01-01T00:00:00.000000Z cursor="
	  "{'n':500,'page':'B','since':'2026-01-01T00:00:00Z','v':1}" },
	{ "an empty page in between", "events",
	  "{'v':1,'page':'B','since':'2026-01-01T00:00:00Z','n':500}",
	  "2027-01-01", EV(",'nextPageToken':'C'"),
	  "page items=0 more cursor={'n':500,'page':'C',"
	  "'since':'2026-01-01T00:00:00Z','v':1}" },
	{ "the last page of a walk", "events",
	  "{'v':1,'page':'C','since':'2026-01-01T00:00:00Z','n':500}", "",
	  EV(",'nextSyncToken':'S1'"),
	  "page items=0 walk-done cursor={'token':'S1','v':1}" },
	{ "a small page size is remembered", "events",
	  "{'v':1,'page':'C','n':30}", "", EV(",'nextSyncToken':'S1'"),
	  "page items=0 walk-done cursor={'n':30,'token':'S1','v':1}" },
	{ "a walk of one page", "events", NULL, "", EV(",'nextSyncToken':'S1'"),
	  "page items=0 walk-done cursor={'token':'S1','v':1}" },
	{ "changes on several pages keep the old token", "events",
	  "{'v':1,'token':'S1'}", "", EV(",'nextPageToken':'P'"),
	  "page items=0 more cursor={'n':250,'page':'P','token':'S1','v':1}" },
	{ "their last page brings the new one", "events",
	  "{'v':1,'token':'S1','page':'P','n':250}", "",
	  EV(",'nextSyncToken':'S2'"),
	  "page items=0 cursor={'token':'S2','v':1}" },
	{ "with both tokens the listing goes on", "events",
	  "{'v':1,'token':'S1'}", "",
	  EV(",'nextSyncToken':'S2','nextPageToken':'P'"),
	  "page items=0 more cursor={'n':250,'page':'P','token':'S1','v':1}" },
	{ "changes that end without token keep the cursor", "events",
	  "{'v':1,'token':'S1'}", "", EV(""),
	  "page items=0 cursor=kept\n"
	  "  warning: the last page names no sync token" },
	{ "after several pages they are read again from the old token",
	  "events", "{'v':1,'token':'S1','page':'P'}", "", EV(""),
	  "page items=0 cursor={'token':'S1','v':1}\n"
	  "  warning: the last page names no sync token" },
	{ "a walk that ends without token sweeps nothing", "events",
	  "{'v':1,'page':'P','n':500}", "", EV(""),
	  "page items=0 cursor={'v':1}\n"
	  "  warning: the last page names no sync token" },
	{ "an empty token is none", "events", "{'v':1,'token':'S1'}", "",
	  EV(",'nextSyncToken':'','nextPageToken':''"),
	  "page items=0 cursor=kept\n"
	  "  warning: the last page names no sync token" },
	{ "a partial answer has no kind", "events", NULL, "",
	  "{'items':[],'nextSyncToken':'S1'}",
	  "page items=0 walk-done cursor={'token':'S1','v':1}" },
	{ "nor, when empty, items", "events", NULL, "",
	  "{'nextSyncToken':'S1'}",
	  "page items=0 walk-done cursor={'token':'S1','v':1}" },
	{ "calendars: a page of a full list", "calendars", NULL, "",
	  CL(",'nextPageToken':'B'"),
	  "page items=0 more cursor={'page':'B','v':1}" },
	{ "calendars: the end of a full list", "calendars",
	  "{'v':1,'page':'B'}", "", CL(",'nextSyncToken':'L1'"),
	  "page items=0 walk-done cursor={'token':'L1','v':1}" },
	{ "calendars: changes end no walk", "calendars", "{'v':1,'token':'L1'}",
	  "", CL(",'nextSyncToken':'L2'"),
	  "page items=0 cursor={'token':'L2','v':1}" },
	{ "calendars: no token at the end", "calendars", NULL, "", CL(""),
	  "page items=0 cursor={'v':1}\n"
	  "  warning: the last page names no sync token" },
};

static char *
with_quotes(struct sl_arena *arena, const char *text)
{
	char *copy = sl_arena_strdup(arena, text);

	for (char *c = copy; *c != '\0'; c++)
		if (*c == '\'')
			*c = '"';
	return copy;
}

static void
check_page(const struct page_row *row)
{
	struct kit kit;
	json_t *body = kit_json(row->body);
	const char *got, *want;

	kit_init(&kit);
	kit.stream.kind = row->kind;
	kit_cursor(&kit, row->cursor);
	kit_set(&kit, "since", row->since);
	(void)kit_answer(&kit, body, NULL);
	if (kit_read(&kit) != SL_OK)
		fail_msg("%s: %s", row->why, kit.err.text);
	got = kit_print(&kit);
	want = sl_arena_printf(kit.arena, "%s\n",
			       with_quotes(kit.arena, row->outcome));
	if (strcmp(got, want) != 0)
		fail_msg("%s:\n%s%s", row->why, got, want);
	json_decref(body);
	kit_release(&kit);
}

static void
tokens_decide_where_a_listing_goes_on(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(page_rows); i++)
		check_page(&page_rows[i]);
}

struct shape_row {
	const char *why;
	const char *cursor;
	int http;
	const char *body; /* NULL = not JSON */
	const char *wanted;
	const char *text; /* part of the error */
};

static const struct shape_row shape_rows[] = {
	{ "not JSON", NULL, 200, NULL, NULL, "portal" },
	{ "a portal's JSON", NULL, 200, "{'login':'please'}", NULL, "portal" },
	{ "an error with 200", NULL, 200, "{'error':{'code':500}}", NULL,
	  "portal" },
	{ "an array", NULL, 200, "[]", NULL, "portal" },
	{ "another kind", NULL, 200,
	  "{'kind':'calendar#calendarList','items':[]}", NULL, "portal" },
	{ "items of a wrong type", NULL, 200,
	  "{'kind':'calendar#events','items':{}}", NULL, "portal" },
	{ "206 is a part", NULL, 206, EV(",'nextSyncToken':'S'"), NULL,
	  "HTTP 206" },
	{ "204 is nothing", NULL, 204, NULL, NULL, "HTTP 204" },
	{ "a page token that does not move", "{'v':1,'page':'P','n':5}", 200,
	  EV(",'nextPageToken':'P'"), NULL, "does not move" },
	{ "the same among changes", "{'v':1,'token':'S','page':'P'}", 200,
	  EV(",'nextPageToken':'P'"), NULL, "does not move" },
	{ "a wanted event that is not JSON", "{'v':1,'token':'S'}", 200, NULL,
	  "a", "portal" },
	{ "a wanted event that is a listing", "{'v':1,'token':'S'}", 200,
	  EV(",'nextSyncToken':'S'"), "a", "portal" },
	{ "a wanted event that is an error", "{'v':1,'token':'S'}", 200,
	  "{'error':{'code':500}}", "a", "portal" },
};

static void
a_foreign_answer_is_tried_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(shape_rows); i++) {
		const struct shape_row *row = &shape_rows[i];
		json_t *body = row->body != NULL ? kit_json(row->body) : NULL;
		struct kit kit;

		kit_init(&kit);
		kit_cursor(&kit, row->cursor);
		kit_answer(&kit, body, row->wanted)->http_status = row->http;
		if (kit_read(&kit) != SL_RETRY || kit.err.scope != SL_STREAM ||
		    strstr(kit.err.text, row->text) == NULL)
			fail_msg("%s: %s", row->why, kit.err.text);
		assert_null(kit.page.cursor);
		json_decref(body);
		kit_release(&kit);
	}
}

static void
tokens_are_capped(void **state)
{
	char token[4098];

	(void)state;
	memset(token, 'x', sizeof(token) - 1);
	token[4097] = '\0';
	for (size_t skip = 0; skip < 2; skip++) {
		struct kit kit;
		json_t *body = json_pack("{s:[],s:s}", "items", "nextSyncToken",
					 token + skip);

		kit_init(&kit);
		(void)kit_answer(&kit, body, NULL);
		assert_int_equal(kit_read(&kit), skip == 0 ? SL_RETRY : SL_OK);
		json_decref(body);
		kit_release(&kit);
	}
}

struct size_row {
	const char *why;
	int n; /* size asked for */
	int shrink;
	int items;
	size_t bytes;
	int next;
};

static const struct size_row size_rows[] = {
	{ "light events: doubled at most", 500, 0, 500, 100000, 1000 },
	{ "never above Google's maximum", 2000, 0, 2000, 400000, 2500 },
	{ "as the weight allows", 500, 0, 500, 1000000, 786 },
	{ "within the range it stays", 500, 0, 500, 1500000, 500 },
	{ "at the lower end", 1024, 0, 1024, 1023u * 1024, 1024 },
	{ "heavy events: fewer", 500, 0, 500, 4000000, 196 },
	{ "never none", 2, 0, 2, 4000000, 1 },
	{ "a short page is judged by its events", 500, 0, 50, 400000, 196 },
	{ "an empty page says nothing", 500, 0, 0, 300, 500 },
	{ "after a shrink it goes on from there", 500, 2, 125, 1500000, 125 },
	{ "and grows again", 1, 0, 1, 2000, 2 },
	{ "a page without contents says nothing about weight", 1, 1, 1, 200,
	  1 },
};

static json_t *
body_of(int items)
{
	json_t *list = json_array();

	for (int i = 0; i < items; i++)
		(void)json_array_append_new(list,
					    json_pack("{s:s}", "id", "event"));
	return json_pack("{s:s,s:o,s:s}", "kind", "calendar#events", "items",
			 list, "nextPageToken", "B");
}

static void
page_sizes_follow_the_weight_of_events(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(size_rows); i++) {
		const struct size_row *row = &size_rows[i];
		json_t *body = body_of(row->items);
		struct kit kit;
		int64_t next = 0;

		kit_init(&kit);
		kit.cursor = json_pack("{s:i,s:s,s:i}", "v", 1, "page", "A",
				       "n", row->n);
		kit.turn.cursor = kit.cursor;
		kit.turn.shrink = row->shrink;
		kit_answer(&kit, body, NULL)->body_bytes = row->bytes;
		assert_int_equal(kit_read(&kit), SL_OK);
		kit_assert_counted(&kit.page);
		if (!sl_json_i64(kit.page.cursor, "n", &next) ||
		    next != row->next)
			fail_msg("%s: %lld", row->why, (long long)next);
		json_decref(body);
		kit_release(&kit);
	}
}

static void
one_too_large_event_is_set_aside_and_the_walk_goes_on(void **state)
{
	struct kit kit;
	json_t *body = kit_json("{'items':[{'id':'giant','status':'confirmed',"
				"'updated':'2026-11-18T10:00:00Z'}],"
				"'nextPageToken':'B'}");

	(void)state;
	kit_init(&kit);
	kit_cursor(&kit, "{'v':1,'page':'A','n':1}");
	kit.turn.shrink = 1;
	(void)kit_answer(&kit, body, NULL);
	assert_int_equal(kit_read(&kit), SL_OK);
	assert_string_equal(kit_print(&kit),
			    "rejected giant item-unreadable\n"
			    "page items=1 more cursor="
			    "{\"n\":1,\"page\":\"B\",\"v\":1}\n");
	assert_int_equal(kit.page.rejected.first->source_version,
			 INT64_C(1794996000000000));
	json_decref(body);
	kit_release(&kit);
}

static void
wanted_events_are_mapped_or_gone(void **state)
{
	struct kit kit;
	json_t *good = kit_json("{'kind':'calendar#event','id':'a',"
				"'start':{'date':'2026-12-01'},"
				"'end':{'date':'2026-12-02'}}");
	json_t *cancelled = kit_json("{'id':'d','status':'cancelled'}");
	json_t *other = kit_json("{'id':'x'}");
	json_t *nameless = kit_json("{'kind':'calendar#event'}");
	json_t *focus = kit_json("{'id':'g','eventType':'focusTime'}");
	json_t *light = kit_json("{'id':'h','status':'confirmed'}");

	(void)state;
	kit_init(&kit);
	kit_cursor(&kit, "{'v':1,'token':'S'}");
	(void)kit_answer(&kit, good, "a");
	kit_answer(&kit, NULL, "b")->http_status = 404;
	kit_answer(&kit, other, "c")->http_status = 410;
	(void)kit_answer(&kit, cancelled, "d");
	(void)kit_answer(&kit, other, "e");
	(void)kit_answer(&kit, nameless, "f");
	(void)kit_answer(&kit, focus, "g");
	(void)kit_answer(&kit, light, "h");
	kit.answers.calls[7].tag = 2;
	assert_int_equal(kit_read(&kit), SL_OK);
	kit_assert_counted(&kit.page);
	assert_string_equal(kit_print(&kit),
			    "artifact calendar_event a v0\n"
			    "  start=2026-12-01T00:00:00.000000Z(2026-12-01)"
			    " end=2026-12-02T00:00:00.000000Z(2026-12-02)"
			    " reach=2026-12-02T00:00:00.000000Z all-day\n"
			    "  metadata: {\"recurrence_kind\":\"single\"}\n"
			    "tombstone b v0 not-found\n"
			    "tombstone c v0 not-found\n"
			    "tombstone d v0 cancelled\n"
			    "filtered g event-type\n"
			    "rejected e another event than asked for\n"
			    "rejected f no id\n"
			    "rejected h item-unreadable\n"
			    "page items=8 more cursor=kept\n");
	json_decref(good);
	json_decref(cancelled);
	json_decref(other);
	json_decref(nameless);
	json_decref(focus);
	json_decref(light);
	kit_release(&kit);
}

static void
deferred_calls_leave_an_empty_page(void **state)
{
	struct kit kit;

	(void)state;
	kit_init(&kit);
	assert_int_equal(kit_read(&kit), SL_OK);
	assert_string_equal(kit_print(&kit), "page items=0 cursor=kept\n");
	kit_release(&kit);
}

static void
the_list_of_calendars_opens_streams(void **state)
{
	struct kit kit;
	json_t *body = kit_fixture("calendars.json");
	char *want = kit_file("calendars.txt");

	(void)state;
	kit_init(&kit);
	kit.stream.kind = "calendars";
	kit.stream.key = "";
	(void)kit_answer(&kit, body, NULL);
	assert_int_equal(kit_read(&kit), SL_OK);
	kit_assert_counted(&kit.page);
	assert_string_equal(kit_print(&kit), want);
	json_decref(body);
	sl_free(want);
	kit_release(&kit);
}

static void
stream_keys_are_capped(void **state)
{
	char id[514];

	(void)state;
	memset(id, 'c', sizeof(id) - 1);
	id[513] = '\0';
	for (size_t skip = 0; skip < 2; skip++) {
		struct kit kit;
		json_t *body = json_pack("{s:[{s:s}],s:s}", "items", "id",
					 id + skip, "nextSyncToken", "L");

		kit_init(&kit);
		kit.stream.kind = "calendars";
		(void)kit_answer(&kit, body, NULL);
		assert_int_equal(kit_read(&kit), SL_OK);
		assert_int_equal(kit.page.streams.count, skip);
		assert_int_equal(kit.page.rejected.count, 1 - skip);
		json_decref(body);
		kit_release(&kit);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_decide_where_a_listing_goes_on),
		cmocka_unit_test(a_foreign_answer_is_tried_again),
		cmocka_unit_test(tokens_are_capped),
		cmocka_unit_test(page_sizes_follow_the_weight_of_events),
		cmocka_unit_test(
			one_too_large_event_is_set_aside_and_the_walk_goes_on),
		cmocka_unit_test(wanted_events_are_mapped_or_gone),
		cmocka_unit_test(deferred_calls_leave_an_empty_page),
		cmocka_unit_test(the_list_of_calendars_opens_streams),
		cmocka_unit_test(stream_keys_are_capped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
