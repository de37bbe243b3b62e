/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of the mail connector: the listing, wanted messages and threads. */
#include "gmail_kit.h"

struct list_row {
	const char *why;
	const char *cursor;
	const char *since;
	const char *body;
	const char *want; /* NULL: fails */
	sl_status status;
	int64_t scope_from_us;
};

static const struct list_row list_rows[] = {
	{ "a page names messages, and goes on", NULL, "",
	  "{'messages':[{'id':'a','threadId':'t'},{'id':'b','threadId':'u'}],"
	  "'nextPageToken':'p1','resultSizeEstimate':201}",
	  "ref a t full/1\nref b u full/1\n"
	  "cursor {'listed':2,'page':'p1','v':1}\n"
	  "shown {'complete_from':null,'estimate':null,'listed':2,'oldest':null}\nmore\n",
	  SL_OK, SL_NO_TIME },
	{ "a bounded walk tells its scope, and keeps its bound", NULL,
	  "2026-01-01", "{'messages':[],'nextPageToken':'p1'}",
	  "cursor {'page':'p1','since':1767225600,'v':1}\n"
	  "shown {'complete_from':null,'estimate':null,'listed':0,'oldest':null}\nmore\n",
	  SL_OK, INT64_C(1767225600000000) },
	{ "an empty page in between", "{'v':1,'page':'p1','listed':2}", "",
	  "{'nextPageToken':'p2'}",
	  "cursor {'listed':2,'page':'p2','v':1}\nshown {'listed':2}\nmore\n",
	  SL_OK, SL_NO_TIME },
	{ "the last page ends the walk", "{'v':1,'page':'p1','listed':2}", "",
	  "{'messages':[{'id':'c'}]}",
	  "ref c - full/1\ncursor {'done':true,'listed':3,'v':1}\n"
	  "shown {'listed':3}\nwalk-done\n",
	  SL_OK, SL_NO_TIME },
	{ "an empty mailbox is walked", NULL, "", "{'resultSizeEstimate':0}",
	  "cursor {'done':true,'v':1}\n"
	  "shown {'complete_from':null,'estimate':null,'listed':0,'oldest':null}\nwalk-done\n",
	  SL_OK, SL_NO_TIME },
	{ "an entry without an id is looked at by a person",
	  "{'v':1,'page':'p1'}", "",
	  "{'messages':[{'threadId':'t'},5,{'id':''},{'id':'a'}]}",
	  "rejected - no usable id in the listing\n"
	  "rejected - no usable id in the listing\n"
	  "rejected - no usable id in the listing\nref a - full/1\n"
	  "cursor {'done':true,'listed':4,'v':1}\nshown {'listed':4}\n"
	  "walk-done\n",
	  SL_OK, SL_NO_TIME },
	{ "a portal is no empty mailbox", NULL, "", "{}", NULL, SL_RETRY,
	  SL_NO_TIME },
	{ "nor is an error", NULL, "",
	  "{'error':{'code':500},'resultSizeEstimate':0}", NULL, SL_RETRY,
	  SL_NO_TIME },
	{ "nor an array that is none", NULL, "", "{'messages':{}}", NULL,
	  SL_RETRY, SL_NO_TIME },
	{ "a token that does not move", "{'v':1,'page':'p1'}", "",
	  "{'messages':[],'nextPageToken':'p1'}", NULL, SL_RETRY, SL_NO_TIME },
};

static void
the_listing_names_all_mail(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(list_rows); i++) {
		const struct list_row *row = &list_rows[i];
		struct kit kit;

		kit_init(&kit, "backfill");
		kit.stream.walking = true;
		kit_cursor(&kit, row->cursor);
		kit_set(&kit, "since", row->since);
		(void)kit_answer(&kit, SL_GMAIL_LIST, row->body, NULL);
		if (kit_read(&kit) != row->status)
			fail_msg("%s: %s", row->why, kit.err.text);
		if (row->want != NULL)
			kit_expect(&kit, row->why, row->want);
		assert_true(kit.page.scope_from_us == row->scope_from_us);
		kit_assert_counted(&kit.page);
		kit_release(&kit);
	}
}

struct wanted_row {
	const char *why;
	enum sl_gmail_tag tag;
	int http;
	bool too_large;
	const char *body; /* NULL = no JSON */
	const char *want; /* NULL: fails    */
};

#define PAYLOAD "'payload':{'mimeType':'text/plain','headers':[]}"
#define MSG(id, labels)                                                        \
	"{'id':'" id "','threadId':'t','historyId':'40',"                      \
	"'internalDate':'1795000000000','labelIds':[" labels "]," PAYLOAD "}"

/* the walk has read as far back as that */
#define READ "cursor {'page':'p1','read':1795000000,'v':1}\n"

static const struct wanted_row wanted_rows[] = {
	{ "a message", SL_GMAIL_MESSAGE, 200, false, MSG("a", "'INBOX'"),
	  "artifact a v40\n" READ
	  "shown {'oldest':'2026-11-18T11:06:40.000000Z'}\n"
	  "more\n" },
	{ "one that is gone", SL_GMAIL_MESSAGE, 404, false, "{}",
	  "tombstone a v0 not-found\nmore\n" },
	{ "one in the trash by now", SL_GMAIL_MESSAGE, 200, false,
	  MSG("a", "'TRASH'"), "tombstone a v40 trash\nmore\n" },
	{ "spam by now", SL_GMAIL_MESSAGE, 200, false, MSG("a", "'SPAM'"),
	  "tombstone a v40 spam\nmore\n" },
	{ "a draft", SL_GMAIL_MESSAGE, 200, false, MSG("a", "'DRAFT'"),
	  "filtered a draft\nmore\n" },
	{ "a chat", SL_GMAIL_MESSAGE, 200, false, MSG("a", "'CHAT'"),
	  "filtered a chat\nmore\n" },
	{ "refused", SL_GMAIL_MESSAGE, 403, false, "{}",
	  "rejected a refused (transient)\nmore\n" },
	{ "one that Google fails to show", SL_GMAIL_MESSAGE, 500, false, NULL,
	  "rejected a unavailable (transient)\nmore\n" },
	{ "too large: its headers are asked for", SL_GMAIL_MESSAGE, 200, true,
	  NULL, "ref a - light\nmore\n" },
	{ "too large even so", SL_GMAIL_LIGHT, 200, true, NULL,
	  "rejected a item-unreadable (transient)\nmore\n" },
	{ "headers alone", SL_GMAIL_LIGHT, 200, false, MSG("a", "'INBOX'"),
	  "artifact a v40\n" READ
	  "shown {'oldest':'2026-11-18T11:06:40.000000Z'}\n"
	  "more\n" },
	{ "no JSON even alone, but it exists", SL_GMAIL_MINIMAL, 200, false,
	  "{'id':'a'}", "rejected a item-unreadable (transient)\nmore\n" },
	{ "no JSON, and it is gone", SL_GMAIL_MINIMAL, 404, false, "{}",
	  "tombstone a v0 not-found\nmore\n" },
	{ "another message", SL_GMAIL_MESSAGE, 200, false, MSG("b", ""),
	  "rejected a another message than asked for\nmore\n" },
	{ "one that says nothing", SL_GMAIL_MESSAGE, 200, false,
	  "{'id':'a','historyId':'40'}", "rejected a no payload\nmore\n" },
	{ "a portal's answer", SL_GMAIL_MESSAGE, 200, false,
	  "{'login':'please'}", NULL },
	{ "a thread: who was wanted, who was not, who is outside",
	  SL_GMAIL_THREAD, 200, false,
	  "{'id':'t','messages':[" MSG("a", "") "," MSG("x", "'SENT'") "," MSG(
		  "y", "'TRASH'") "," MSG("z",
					  "'DRAFT'") "," MSG("b",
							     "'TRASH'") "]}",
	  "artifact a v40\nartifact x v40\ntombstone b v40 trash\n"
	  "ref c - single\n" READ
	  "shown {'oldest':'2026-11-18T11:06:40.000000Z'}\n"
	  "more\n" },
	{ "a thread too large", SL_GMAIL_THREAD, 200, true, NULL,
	  "ref a - single\nref b - single\nref c - single\nmore\n" },
	{ "a thread that is gone: are its messages?", SL_GMAIL_THREAD, 404,
	  false, "{}",
	  "ref a - single\nref b - single\nref c - single\nmore\n" },
	{ "a thread that Google fails to show: does it show its messages?",
	  SL_GMAIL_THREAD, 503, false, NULL,
	  "ref a - single\nref b - single\nref c - single\nmore\n" },
	{ "a thread refused", SL_GMAIL_THREAD, 403, false, "{}",
	  "rejected a refused (transient)\nrejected b refused (transient)\n"
	  "rejected c refused (transient)\nmore\n" },
	{ "a thread that is none", SL_GMAIL_THREAD, 200, false, "{'id':'t'}",
	  NULL },
	{ "members that are none", SL_GMAIL_THREAD, 200, false,
	  "{'messages':[5,{'id':'q'}]}",
	  "rejected - not an object\nrejected q no payload\nref a - single\n"
	  "ref b - single\nref c - single\nmore\n" },
};

static void
each_wanted_message_ends_somewhere(void **state)
{
	static const char *const also[] = { "b", "c", NULL };

	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(wanted_rows); i++) {
		const struct wanted_row *row = &wanted_rows[i];
		struct kit kit;
		struct sl_answer *answer;
		sl_status st;

		kit_init(&kit, "backfill");
		kit.stream.walking = true;
		kit_cursor(&kit, "{'v':1,'page':'p1'}");
		kit_want(&kit, "a:t:full/1 b:t:full/1 c:t:full/1");
		answer = kit_answer(&kit, row->tag, row->body, "a");
		answer->http_status = row->http;
		answer->too_large = row->too_large;
		if (row->tag == SL_GMAIL_THREAD)
			kit.answers.calls[0].wanted_also = also;
		st = kit_read(&kit);
		if ((st == SL_OK) != (row->want != NULL))
			fail_msg("%s: %s", row->why, kit.err.text);
		if (row->want != NULL)
			kit_expect(&kit, row->why, row->want);
		if (st == SL_OK)
			kit_assert_counted(&kit.page);
		kit_release(&kit);
	}
}

static void
what_is_older_than_the_bound_is_left_out(void **state)
{
	static const char *const also[] = { "x", NULL };
	struct kit kit;

	(void)state;
	kit_init(&kit, "changes");
	kit_cursor(&kit, "{'v':1,'history':5}");
	kit_set(&kit, "since", "2026-11-19");
	kit_want(&kit, "a:t x:t");
	(void)kit_answer(&kit, SL_GMAIL_THREAD,
			 "{'messages':[" MSG("a", "") "," MSG("b", "") "]}",
			 "a");
	kit.answers.calls[0].wanted_also = also;
	assert_int_equal(kit_read(&kit), SL_OK);
	kit_expect(&kit, "since",
		   "filtered a before-since\nref x - single\nmore\n");
	kit_release(&kit);
}

/* "Hello" and "<p>Hi</p>" in base64url */
#define ELSEWHERE                                                              \
	"{'id':'a','threadId':'t','historyId':'40',"                           \
	"'internalDate':'1795000000000','payload':{'mimeType':'%s',"           \
	"'headers':[],'body':{'attachmentId':'ATT','size':5}}}"

static void
a_text_that_is_kept_elsewhere_is_fetched(void **state)
{
	struct kit kit;

	(void)state;
	kit_init(&kit, "backfill");
	kit_cursor(&kit, "{'v':1,'page':'p1'}");
	kit_want(&kit, "a:t");
	(void)kit_answer(&kit, SL_GMAIL_MESSAGE,
			 sl_arena_printf(kit.arena, ELSEWHERE, "text/plain"),
			 "a");
	assert_int_equal(kit_read(&kit), SL_OK);
	kit_expect(&kit, "named", "ref a - body:ATT\nmore\n");
	kit_release(&kit);

	kit_init(&kit, "backfill");
	kit_cursor(&kit, "{'v':1,'page':'p1'}");
	kit_want(&kit, "a::body:ATT");
	(void)kit_answer(&kit, SL_GMAIL_MESSAGE,
			 sl_arena_printf(kit.arena, ELSEWHERE, "text/html"),
			 "a");
	(void)kit_answer(&kit, SL_GMAIL_BODY,
			 "{'size':9,'data':'PHA-SGk8L3A-'}", "a");
	assert_int_equal(kit_read(&kit), SL_OK);
	assert_int_equal(kit.page.artifacts.count, 1);
	assert_non_null(strstr(kit.page.artifacts.first->content, "Hi"));
	kit_release(&kit);
}

struct late_row {
	const char *why;
	int http;
	bool too_large;
	bool comes;
	const char *want;
};

static void
a_text_that_does_not_come_is_told(void **state)
{
	static const struct late_row rows[] = {
		{ "gone", 404, false, true, "artifact a v40\nmore\n" },
		{ "too large", 200, true, true, "artifact a v40\nmore\n" },
		{ "deferred: asked for once more", 200, false, false,
		  "artifact a v40\nref a - body:ATT\nmore\n" },
	};

	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct kit kit;

		kit_init(&kit, "backfill");
		kit_cursor(&kit, "{'v':1,'page':'p1'}");
		kit_want(&kit, "a::body:ATT");
		(void)kit_answer(
			&kit, SL_GMAIL_MESSAGE,
			sl_arena_printf(kit.arena, ELSEWHERE, "text/plain"),
			"a");
		if (rows[i].comes) {
			struct sl_answer *answer =
				kit_answer(&kit, SL_GMAIL_BODY, "{}", "a");

			answer->http_status = rows[i].http;
			answer->too_large = rows[i].too_large;
		}
		assert_int_equal(kit_read(&kit), SL_OK);
		kit_expect(&kit, rows[i].why, rows[i].want);
		assert_int_equal(json_array_size(json_object_get(
					 kit.page.artifacts.first->metadata,
					 "notes")) > 2,
				 rows[i].comes);
		kit_release(&kit);
	}
}

/* Requests land one by one: a text may be there before its message. */
static void
a_text_without_its_message_asks_for_both_again(void **state)
{
	struct kit kit;

	(void)state;
	kit_init(&kit, "backfill");
	kit_cursor(&kit, "{'v':1,'page':'p1'}");
	kit_want(&kit, "b a::body:ATT");
	(void)kit_answer(&kit, SL_GMAIL_MESSAGE,
			 sl_arena_printf(kit.arena, ELSEWHERE, "text/plain"),
			 "b");
	(void)kit_answer(&kit, SL_GMAIL_BODY, "{'size':4,'data':'SGkh'}", "a");
	assert_int_equal(kit_read(&kit), SL_OK);
	kit_expect(&kit, "asked for again",
		   "rejected b another message than asked for\n"
		   "ref a - single\nmore\n");
	kit_release(&kit);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_listing_names_all_mail),
		cmocka_unit_test(each_wanted_message_ends_somewhere),
		cmocka_unit_test(what_is_older_than_the_bound_is_left_out),
		cmocka_unit_test(a_text_that_is_kept_elsewhere_is_fetched),
		cmocka_unit_test(a_text_that_does_not_come_is_told),
		cmocka_unit_test(
			a_text_without_its_message_asks_for_both_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
