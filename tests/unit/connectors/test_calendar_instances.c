/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instances of a series that is not expanded here: what is asked, and what the
 * answers mean.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include "core/sync/engine.h"

#include "connectors/google_calendar/private.h"
#include "tests/unit/connectors/calendar_kit.h"

#define FROM_US INT64_C(1767225600000000) /* 2026-01-01 */
#define TO_US   INT64_C(1798761600000000) /* 2027-01-01 */
#define DAY_US  (INT64_C(86400) * 1000000)

static const struct sl_instances year = { .span = { FROM_US, TO_US } };
static const struct sl_ref series = { .source_id = "series1",
				      .instances = &year };

static const char *
query_value(const struct sl_call *call, const char *name)
{
	for (const struct sl_query *q = call->query; q->name != NULL; q++)
		if (strcmp(q->name, name) == 0)
			return q->value;
	return NULL;
}

static void
the_window_s_instances_are_asked_for_in_one_page(void **state)
{
	struct sl_ask ask;
	struct kit kit;

	(void)state;
	kit_init(&kit);
	kit.turn.wanted = &series;
	kit_cursor(&kit, "{'v':1,'token':'S'}");
	assert_int_equal(
		sl_google_calendar.ask(&kit.turn, kit.arena, &ask, &kit.err),
		SL_OK);
	assert_int_equal(ask.count, 1);
	assert_string_equal(ask.calls[0].wanted_id, "series1");
	assert_string_equal(ask.calls[0].path[3], "series1");
	assert_string_equal(ask.calls[0].path[4], "instances");
	assert_null(ask.calls[0].path[5]);
	assert_string_equal(query_value(&ask.calls[0], "timeMin"),
			    "2026-01-01T00:00:00.000000Z");
	assert_string_equal(query_value(&ask.calls[0], "timeMax"),
			    "2027-01-01T00:00:00.000000Z");
	assert_string_equal(query_value(&ask.calls[0], "showDeleted"), "true");
	assert_string_equal(query_value(&ask.calls[0], "maxResults"), "2500");
	assert_non_null(strstr(query_value(&ask.calls[0], "fields"),
			       "originalStartTime"));
	kit_release(&kit);
}

/* What is too large even alone must not be asked for in the same way again. */
static void
less_is_asked_for_until_next_to_nothing_is(void **state)
{
	struct sl_ask ask;
	struct kit kit;
	int shrink = 0;

	(void)state;
	kit_init(&kit);
	kit.turn.wanted = &series;
	kit_cursor(&kit, "{'v':1,'token':'S'}");
	do {
		kit.turn.shrink = shrink;
		assert_int_equal(sl_google_calendar.ask(&kit.turn, kit.arena,
							&ask, &kit.err),
				 SL_OK);
		assert_int_equal(ask.count, 1);
	} while (ask.calls[0].tag == SL_GCAL_INSTANCES &&
		 shrink++ < SL_SHRINK_MAX);
	assert_int_equal(ask.calls[0].tag, SL_GCAL_LIGHT_INSTANCES);
	assert_string_equal(query_value(&ask.calls[0], "maxResults"), "1");
	assert_string_equal(query_value(&ask.calls[0], "fields"), "kind");
	kit_release(&kit);
}

/* Read one answer for `series`; the kit holds the page. */
static const struct sl_expansion *
read_tagged(struct kit *kit, int tag, int http_status, const char *text)
{
	json_t *body = text == NULL ? NULL : kit_json(text);
	struct sl_answer *answer;

	kit_init(kit);
	kit->turn.wanted = &series;
	kit_cursor(kit, "{'v':1,'token':'S'}");
	answer = kit_answer(kit, body, "series1");
	answer->http_status = http_status;
	kit->answers.calls[0].tag = tag;
	assert_int_equal(kit_read(kit), SL_OK);
	json_decref(body);
	assert_int_equal(kit->page.items, 0);
	assert_true(kit->page.more);
	assert_int_equal(kit->page.expansions.count, 1);
	assert_string_equal(kit->page.expansions.first->source_id, "series1");
	assert_true(kit->page.expansions.first->span.to_us == TO_US);
	return kit->page.expansions.first;
}

static const struct sl_expansion *
read_answer(struct kit *kit, int http_status, const char *text)
{
	return read_tagged(kit, SL_GCAL_INSTANCES, http_status, text);
}

static void
slots_are_original_starts_whatever_became_of_them(void **state)
{
	struct kit kit;
	const struct sl_expansion *e = read_answer(
		&kit, 200,
		"{'kind':'calendar#events','items':["
		"{'id':'a','status':'confirmed','originalStartTime':"
		"{'dateTime':'2026-01-02T01:00:00+01:00'}},"
		"{'id':'b','status':'cancelled','originalStartTime':"
		"{'date':'2026-01-03'}},"
		"{'id':'before','originalStartTime':{'date':'2025-12-31'}},"
		"{'id':'after','originalStartTime':{'date':'2027-01-01'}},"
		"{'id':'odd','originalStartTime':{'date':'2026-02-30'}},"
		"{'id':'none'},7,null]}");

	(void)state;
	assert_null(e->failure);
	assert_false(e->cut);
	assert_int_equal(e->count, 2);
	assert_true(e->slots[0] == FROM_US + DAY_US);
	assert_true(e->slots[1] == FROM_US + 2 * DAY_US);
	kit_release(&kit);
}

static void
a_short_page_is_followed_by_the_next_one(void **state)
{
	struct sl_ask ask;
	struct kit kit;
	const struct sl_ref *next;
	const struct sl_expansion *e =
		read_answer(&kit, 200,
			    "{'kind':'calendar#events','items':[],"
			    "'nextPageToken':'P'}");

	(void)state;
	assert_true(e->more);
	assert_false(e->cut || e->continues);
	next = kit.page.refs.first;
	assert_int_equal(kit.page.refs.count, 1);
	assert_string_equal(next->source_id, "series1");
	assert_string_equal(next->version, "P");
	assert_int_equal(next->instances->pages, 1);
	assert_true(next->instances->span.from_us == FROM_US);
	kit.turn.wanted = next;
	assert_int_equal(
		sl_google_calendar.ask(&kit.turn, kit.arena, &ask, &kit.err),
		SL_OK);
	assert_string_equal(query_value(&ask.calls[0], "pageToken"), "P");
	assert_string_equal(query_value(&ask.calls[0], "timeMin"),
			    "2026-01-01T00:00:00.000000Z");
	kit_release(&kit);
}

/* Read one answer that names a next page; `pages` were read before. */
static void
read_page(struct kit *kit, int pages, size_t items, const char *token)
{
	const struct sl_instances instances = { .span = { FROM_US, TO_US },
						.pages = pages };
	const struct sl_ref ref = { .source_id = "series1",
				    .version = "before",
				    .instances = &instances };
	json_t *list = json_array();
	json_t *body =
		json_pack("{s:o, s:s}", "items", list, "nextPageToken", token);

	for (size_t i = 0; i < items; i++)
		(void)json_array_append_new(list, json_object());
	kit_init(kit);
	kit->turn.wanted = &ref;
	kit_cursor(kit, "{'v':1,'token':'S'}");
	(void)kit_answer(kit, body, "series1");
	kit->answers.calls[0].tag = SL_GCAL_INSTANCES;
	assert_int_equal(kit_read(kit), SL_OK);
	json_decref(body);
}

static void
a_series_is_not_followed_for_ever(void **state)
{
	char token[SL_GCAL_TOKEN_MAX + 2];

	struct {
		const char *why;
		int pages;
		size_t items;
		size_t token; /* bytes */
		bool cut;
	} rows[] = {
		{ "short pages, the ninth", 8, 1, 1, false },
		{ "the tenth is the last", 9, 1, 1, true },
		{ "nearly full", 1, SL_GCAL_INSTANCES_MAX - 1, 1, false },
		{ "a full page is all that is kept", 1, SL_GCAL_INSTANCES_MAX,
		  1, true },
		{ "a long token", 1, 1, SL_GCAL_TOKEN_MAX, false },
		{ "a longer one", 1, 1, SL_GCAL_TOKEN_MAX + 1, true },
	};

	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		const struct sl_expansion *e;
		struct kit kit;

		memset(token, 'T', rows[i].token);
		token[rows[i].token] = '\0';
		read_page(&kit, rows[i].pages, rows[i].items, token);
		e = kit.page.expansions.first;
		if (e->cut != rows[i].cut || e->more == rows[i].cut ||
		    !e->continues ||
		    kit.page.refs.count != (rows[i].cut ? 0 : 1))
			fail_msg("%s", rows[i].why);
		kit_release(&kit);
	}
}

struct refusal_row {
	int status;
	const char *failure;
};

static const struct refusal_row refusal_rows[] = {
	{ 404, "not-found" },
	{ 410, "not-found" },
	{ 400, "refused" },
	{ 403, "refused" },
};

static void
a_refusal_says_that_the_provider_does_not_tell(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(refusal_rows); i++) {
		struct kit kit;
		const struct sl_expansion *e =
			read_answer(&kit, refusal_rows[i].status, NULL);

		assert_string_equal(e->failure, refusal_rows[i].failure);
		assert_int_equal(e->count, 0);
		kit_release(&kit);
	}
}

static void
an_answer_that_cannot_be_read_marks_the_series(void **state)
{
	struct kit kit;
	const struct sl_expansion *e =
		read_tagged(&kit, SL_GCAL_LIGHT_INSTANCES, 200,
			    "{'kind':'calendar#events'}");

	(void)state;
	assert_string_equal(e->failure, "item-unreadable");
	assert_int_equal(e->count, 0);
	kit_release(&kit);
	e = read_tagged(&kit, SL_GCAL_LIGHT_INSTANCES, 404, NULL);
	assert_string_equal(e->failure, "not-found");
	kit_release(&kit);
}

static void
a_foreign_answer_means_nothing(void **state)
{
	struct kit kit;
	json_t *body = kit_json("{'hello':'portal'}");

	(void)state;
	kit_init(&kit);
	kit.turn.wanted = &series;
	kit_cursor(&kit, "{'v':1,'token':'S'}");
	(void)kit_answer(&kit, body, "series1");
	kit.answers.calls[0].tag = SL_GCAL_INSTANCES;
	assert_int_equal(kit_read(&kit), SL_RETRY);
	json_decref(body);
	kit_release(&kit);
}

static void
a_master_carries_its_lines_and_an_exception_none(void **state)
{
	struct kit kit;

	(void)state;
	kit_map(&kit, "{'recurrence':['RRULE:FREQ=DAILY',7,"
		      "'EXDATE:20260102T000000Z']}");
	assert_string_equal(kit.page.artifacts.first->recurrence[0],
			    "RRULE:FREQ=DAILY");
	assert_string_equal(kit.page.artifacts.first->recurrence[1],
			    "EXDATE:20260102T000000Z");
	assert_null(kit.page.artifacts.first->recurrence[2]);
	kit_release(&kit);
	kit_map(&kit, "{'recurringEventId':'m','recurrence':"
		      "['RRULE:FREQ=DAILY']}");
	assert_null(kit.page.artifacts.first->recurrence);
	kit_release(&kit);
	kit_map(&kit, "{'recurrence':[]}");
	assert_null(kit.page.artifacts.first->recurrence);
	kit_release(&kit);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_window_s_instances_are_asked_for_in_one_page),
		cmocka_unit_test(
			slots_are_original_starts_whatever_became_of_them),
		cmocka_unit_test(a_short_page_is_followed_by_the_next_one),
		cmocka_unit_test(a_series_is_not_followed_for_ever),
		cmocka_unit_test(
			a_refusal_says_that_the_provider_does_not_tell),
		cmocka_unit_test(less_is_asked_for_until_next_to_nothing_is),
		cmocka_unit_test(
			an_answer_that_cannot_be_read_marks_the_series),
		cmocka_unit_test(a_foreign_answer_means_nothing),
		cmocka_unit_test(
			a_master_carries_its_lines_and_an_exception_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
