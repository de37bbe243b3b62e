/* SPDX-License-Identifier: Apache-2.0 */
/* What the mail connector asks: listings, who the user is, wanted messages
 * for the fewest units. */
#include "gmail_kit.h"

static void
print_query(struct sl_buf *out, const struct sl_query *query)
{
	size_t headers = 0;

	for (; query != NULL && query->name != NULL; query++) {
		if (strcmp(query->name, "metadataHeaders") == 0)
			headers++;
		else
			sl_buf_addf(out, " %s=%s", query->name, query->value);
	}
	if (headers > 0)
		sl_buf_addf(out, " headers:%zu", headers);
}

static void
print_call(struct sl_buf *out, const struct sl_call *call)
{
	for (const char *const *p = call->path; *p != NULL; p++)
		sl_buf_addf(out, "/%s", *p);
	print_query(out, call->query);
	sl_buf_addf(out, " (%g)", call->units);
	if (call->wanted_id != NULL)
		sl_buf_addf(out, " for %s", call->wanted_id);
	for (const char *const *a = call->wanted_also; a != NULL && *a != NULL;
	     a++)
		sl_buf_addf(out, ",%s", *a);
	sl_buf_addc(out, '\n');
}

static const char *
ask(struct kit *kit)
{
	struct sl_ask asked;
	struct sl_buf out;
	const char *text;

	if (sl_gmail.ask(&kit->turn, kit->arena, &asked, &kit->err) != SL_OK)
		return "failed";
	sl_buf_init(&out, PRINT_MAX);
	for (size_t i = 0; i < asked.count; i++)
		print_call(&out, &asked.calls[i]);
	text = sl_arena_strdup(kit->arena, sl_buf_text(&out));
	sl_buf_release(&out);
	return text;
}

struct ask_row {
	const char *why;
	const char *kind;
	const char *cursor;
	const char *option, *value;
	int shrink;
	const char *want;
};

#define WHO                                                                    \
	"/users/me/profile (1)\n/users/me/labels (1)\n"                        \
	"/users/me/settings/sendAs (1)\n"
#define HISTORY(start, size, more)                                             \
	"/users/me/history startHistoryId=" start " maxResults=" size          \
	" historyTypes=messageAdded historyTypes=messageDeleted"               \
	" historyTypes=labelAdded historyTypes=labelRemoved" more " (2)\n"
#define LIST(q, more) "/users/me/messages q=" q " " more " (5)\n"

static const struct ask_row ask_rows[] = {
	{ "before anything: who is it", "changes", NULL, NULL, NULL, 0, WHO },
	{ "then the history alone: 2 units", "changes",
	  "{'v':1,'history':5,'told':1795168000}", NULL, NULL, 0,
	  HISTORY("5", "500", "") },
	{ "its next page, from the same start", "changes",
	  "{'v':1,'history':5,'next':9,'page':'p1','told':1795168000}", NULL,
	  NULL, 0, HISTORY("5", "500", " pageToken=p1") },
	{ "a day later who it is, too", "changes",
	  "{'v':1,'history':5,'told':1795082400}", NULL, NULL, 0,
	  HISTORY("5", "500", "") WHO },
	{ "and when the clock was a year ahead", "changes",
	  "{'v':1,'history':5,'told':1826704800}", NULL, NULL, 0,
	  HISTORY("5", "500", "") WHO },
	{ "but not in the middle of a listing", "changes",
	  "{'v':1,'history':5,'next':9,'page':'p1','told':1795082400}", NULL,
	  NULL, 0, HISTORY("5", "500", " pageToken=p1") },
	{ "a position of all 63 bits", "changes",
	  "{'v':1,'history':9223372036854775807,'told':1795168000}", NULL, NULL,
	  0, HISTORY("9223372036854775807", "500", "") },
	{ "too large an answer halves the page", "changes",
	  "{'v':1,'history':5,'told':1795168000}", NULL, NULL, 2,
	  HISTORY("5", "125", "") },
	{ "down to one", "changes", "{'v':1,'history':5,'told':1795168000}",
	  NULL, NULL, 40, HISTORY("5", "1", "") },
	{ "a walk begins with how much there is", "backfill", NULL, NULL, NULL,
	  0,
	  LIST("-in:chats -in:draft",
	       "maxResults=500") "/users/me/profile (1)\n" },
	{ "a bound is a second early, in seconds since 1970", "backfill", NULL,
	  "since", "2026-01-01", 0,
	  LIST("-in:chats -in:draft after:1767225599",
	       "maxResults=500") "/users/me/profile (1)\n" },
	{ "it stays as the walk froze it", "backfill",
	  "{'v':1,'page':'p1','since':1767225600,'listed':500}", "since",
	  "2020-01-01", 0,
	  LIST("-in:chats -in:draft after:1767225599",
	       "maxResults=500 pageToken=p1") },
	{ "a bound before 1970 is none", "backfill", "{'v':1,'page':'p1'}",
	  "since", "1960-01-01", 0,
	  LIST("-in:chats -in:draft", "maxResults=500 pageToken=p1") },
	{ "after the walk it rests", "backfill",
	  "{'v':1,'done':true,'listed':7}", NULL, NULL, 0, "" },
	{ "a cursor that is done and goes on", "backfill",
	  "{'v':1,'done':true,'page':'p'}", NULL, NULL, 0, "failed" },
	{ "a cursor that is neither", "backfill", "{'v':1}", NULL, NULL, 0,
	  "failed" },
};

static void
each_cursor_asks_for_what_comes_next(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(ask_rows); i++) {
		const struct ask_row *row = &ask_rows[i];
		struct kit kit;
		const char *got;

		kit_init(&kit, row->kind);
		kit_cursor(&kit, row->cursor);
		if (row->option != NULL)
			kit_set(&kit, row->option, row->value);
		kit.turn.shrink = row->shrink;
		got = ask(&kit);
		if (strcmp(got, row->want) != 0)
			fail_msg("%s:\ngot\n%swant\n%s", row->why, got,
				 row->want);
		kit_release(&kit);
	}
}

struct want_row {
	const char *why;
	const char *wanted; /* id:thread:version ... */
	int64_t now_us;     /* 0 = in late 2026 */
	const char *content;
	int shrink;
	const char *want;
};

#define GET(id) "/users/me/messages/" id " format=full (20) for " id "\n"
#define LIGHT(id)                                                              \
	"/users/me/messages/" id " format=metadata headers:19 (20) for " id "\n"
/** 2026-04-30T23:59:59Z */
#define BEFORE INT64_C(1777593599000000)

static const struct want_row want_rows[] = {
	{ "one message", "a:t:full/1", 0, "full", 0, GET("a") },
	{ "two of a thread cost what the thread does: the smaller answers",
	  "a:t b:t", 0, "full", 0, GET("a") GET("b") },
	{ "three of a thread: the thread", "a:t b:u c:t d:t", 0, "full", 0,
	  "/users/me/threads/t format=full (40) for a,c,d\n" GET("b") },
	{ "before May 2026 the same, for less", "a:t b:t c:t d:u", BEFORE,
	  "full", 0,
	  "/users/me/threads/t format=full (10) for a,b,c\n"
	  "/users/me/messages/d format=full (5) for d\n" },
	{ "a message of a thread that was too large is read alone",
	  "a:t:single b:t:single c:t:single d:t", 0, "full", 0,
	  GET("a") GET("b") GET("c") GET("d") },
	{ "ids without a thread are read alone", "a b c", 0, "full", 0,
	  GET("a") GET("b") GET("c") },
	{ "text wants the parts, too", "a", 0, "text", 0, GET("a") },
	{ "the subject alone wants headers", "a", 0, "subject", 0, LIGHT("a") },
	{ "so does metadata, and its threads", "a:t b:t c:t", 0, "metadata", 0,
	  "/users/me/threads/t format=metadata headers:19 (40) for a,b,c\n" },
	{ "one that was too large is read without its parts", "a::light", 0,
	  "full", 0, LIGHT("a") },
	{ "a text that is kept elsewhere comes with its message",
	  "a::body:ANGj b", 0, "full", 0,
	  GET("a") "/users/me/messages/a/attachments/ANGj (20) for a\n" GET(
		  "b") },
	{ "too large an answer: fewer at a time", "a b c d", 0, "full", 5,
	  GET("a") GET("b") GET("c") },
	{ "then one", "a b c", 0, "full", 6, GET("a") },
	{ "and of one that is no answer, whether it exists", "a b c", 0, "full",
	  7, "/users/me/messages/a format=minimal (20) for a\n" },
};

static void
wanted_messages_are_read_for_the_fewest_units(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(want_rows); i++) {
		const struct want_row *row = &want_rows[i];
		struct kit kit;
		const char *got;

		kit_init(&kit, "backfill");
		kit_set(&kit, "content", row->content);
		kit_want(&kit, row->wanted);
		kit.turn.shrink = row->shrink;
		if (row->now_us != 0)
			kit.turn.now_us = row->now_us;
		got = ask(&kit);
		if (strcmp(got, row->want) != 0)
			fail_msg("%s:\ngot\n%swant\n%s", row->why, got,
				 row->want);
		kit_release(&kit);
	}
}

static void
a_batch_is_bounded_and_names_each_id_once(void **state)
{
	struct kit kit;
	struct sl_buf list;
	struct sl_ask asked;
	size_t ids = 0;

	(void)state;
	kit_init(&kit, "backfill");
	sl_buf_init(&list, PRINT_MAX);
	for (int i = 0; i < 3000; i++)
		sl_buf_addf(&list, "m%d:t%d ", i, i % 1500);
	kit_want(&kit, sl_buf_text(&list));
	assert_int_equal(sl_gmail.ask(&kit.turn, kit.arena, &asked, &kit.err),
			 SL_OK);
	assert_int_equal(asked.count, SL_GMAIL_CALLS_MAX);
	for (size_t i = 0; i < asked.count; i++)
		for (size_t k = 0; k < i; k++)
			ids += strcmp(asked.calls[i].wanted_id,
				      asked.calls[k].wanted_id) == 0;
	assert_int_equal(ids, 0);
	sl_buf_release(&list);
	kit_release(&kit);
}

/* The text that is kept as an attachment is a call of its own. */
static void
a_message_with_its_text_at_the_end_stays_within_the_bound(void **state)
{
	struct kit kit;
	struct sl_buf list;
	struct sl_ask asked;

	(void)state;
	kit_init(&kit, "backfill");
	sl_buf_init(&list, PRINT_MAX);
	for (int i = 1; i < SL_GMAIL_CALLS_MAX; i++)
		sl_buf_addf(&list, "m%d ", i);
	sl_buf_addf(&list, "last::body:ATT never");
	kit_want(&kit, sl_buf_text(&list));
	assert_int_equal(sl_gmail.ask(&kit.turn, kit.arena, &asked, &kit.err),
			 SL_OK);
	assert_int_equal(asked.count, SL_GMAIL_CALLS_MAX + 1);
	assert_true(asked.count <= SL_CALLS_MAX);
	assert_string_equal(asked.calls[asked.count - 1].wanted_id, "last");
	sl_buf_release(&list);
	kit_release(&kit);
}

struct erase_row {
	const char *content;
	bool erases, title, text;
	const char *version, *richer;
};

static void
less_content_erases_what_is_too_much(void **state)
{
	static const struct erase_row rows[] = {
		{ "full", false, false, false, NULL, NULL },
		{ "text", true, false, false, "text/1", "full/1" },
		{ "subject", true, false, true, "subject/1", "full/1 text/1" },
		{ "metadata", true, true, true, "metadata/1",
		  "full/1 text/1 subject/1" },
	};

	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct sl_erasure e = { .version = NULL };
		struct kit kit;
		const char *richer = "";

		kit_init(&kit, "changes");
		kit_set(&kit, "content", rows[i].content);
		assert_int_equal(sl_gmail.erase(kit.settings, kit.arena, &e),
				 rows[i].erases);
		assert_int_equal(e.title, rows[i].title);
		assert_int_equal(e.content, rows[i].text);
		assert_true(sl_text_equal(e.version, rows[i].version));
		for (size_t k = 0; rows[i].erases && e.richer[k] != NULL; k++)
			richer = sl_arena_printf(kit.arena, "%s%s%s", richer,
						 k > 0 ? " " : "", e.richer[k]);
		if (rows[i].erases) {
			assert_string_equal(richer, rows[i].richer);
			assert_string_equal(e.metadata[0], "html");
		}
		kit_release(&kit);
	}
}

/* Source: Gmail API, Usage limits, of 2025-12 and of 2026-05; lowered by hand
 * only, and never raised by accident. */
static void
the_published_limits_hold_from_their_dates(void **state SL_UNUSED)
{
	static const struct {
		const char *since;
		int user, at_once;
	} rows[] = {
		{ "2025-01-01", 15000, 4 },
		{ "2026-05-01", 6000, 4 },
	};

	size_t i = 0;

	for (; sl_gmail.quotas[i].since != NULL; i++) {
		assert_true(i < SL_ARRAY_LEN(rows));
		assert_string_equal(sl_gmail.quotas[i].since, rows[i].since);
		assert_int_equal((int)sl_gmail.quotas[i].user_per_minute,
				 rows[i].user);
		assert_int_equal(sl_gmail.quotas[i].at_once, rows[i].at_once);
	}
	assert_int_equal(i, SL_ARRAY_LEN(rows));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_cursor_asks_for_what_comes_next),
		cmocka_unit_test(wanted_messages_are_read_for_the_fewest_units),
		cmocka_unit_test(a_batch_is_bounded_and_names_each_id_once),
		cmocka_unit_test(
			a_message_with_its_text_at_the_end_stays_within_the_bound),
		cmocka_unit_test(less_content_erases_what_is_too_much),
		cmocka_unit_test(the_published_limits_hold_from_their_dates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
