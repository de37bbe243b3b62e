/* SPDX-License-Identifier: Apache-2.0 */
/* Pages: windows of the changelog. */
#include "linkedin_kit.h"

static const struct kit_page page_rows[] = {
	{ "the first page takes up the position and opens the domains",
	  "changelog", NULL, 200,
	  "{'paging':{'links':[]},'elements':[{'id':1,"
	  "'activityId':'act-1','activityStatus':'SUCCESS',"
	  "'owner':'urn:li:person:me','actor':'urn:li:person:bo',"
	  "'resourceName':'messages','resourceId':'2-m1',"
	  "'method':'CREATE','capturedAt':1795168798500,"
	  "'processedAt':1795168799000,"
	  "'activity':{'owner':'urn:li:person:bo',"
	  "'author':'urn:li:person:bo',"
	  "'thread':'urn:li:messagingThread:2-t1','id':'2-m1',"
	  "'createdAt':1795168700702,'deliveredAt':1795168700702,"
	  "'attachments':[],'content':{'format':'TEXT','formatVersion':1,"
	  "'fallback':'Lunch?\\nBring it.'}}}]}",
	  "linkedin_message KEY v7180675194001 resource:2-m1 by-moment "
	  "thread=[2-t1] at=2026-11-20T09:58:20 content=[Lunch?\n"
	  "Bring it.] keep-labels some-people\n"
	  "  from urn:li:person:bo\n"
	  "own urn:li:person:me\n"
	  "stream connections anew\n"
	  "stream inbox anew\n"
	  "stream invitations anew\n"
	  "stream contacts anew\n"
	  "stream emails anew\n"
	  "stream profile anew\n"
	  "stream positions anew\n"
	  "cursor {'at':1792753200000,'domains':'connections,inbox,"
	  "invitations,contacts,emails,profile,positions',"
	  "'fresh':['1/act-1'],'max':1795168799000,"
	  "'snapshots':1795168800000,'start':1,'v':1}\n"
	  "shown {'complete_from':'2026-10-23T11:00:00.000000Z',"
	  "'processed_to':'2026-10-23T11:00:00.000000Z',"
	  "'snapshots_at':'2026-11-20T10:00:00.000000Z',"
	  "'snapshots_why':'first'}\n"
	  "more\n" },
	{ "an empty page ends the window", "changelog",
	  "{'v':1,'at':1795168795000,'max':1795168799000,"
	  "'snapshots':1795168790000,'verified':1795168790000,"
	  "'domains':'connections,inbox,invitations,contacts,emails,"
	  "profile,positions','start':1,'fresh':['1/act-1']}",
	  200, "{'paging':{'links':[]},'elements':[]}",
	  "cursor {'at':1795168799000,'domains':'connections,inbox,"
	  "invitations,contacts,emails,profile,positions',"
	  "'known':['1/act-1'],'max':1795168799000,"
	  "'snapshots':1795168790000,'v':1,'verified':1795168790000}\n"
	  "shown {'processed_to':'2026-11-20T09:59:59.000000Z'}\n" },
	{ "what is known is passed over, and without a next page that is "
	  "all",
	  "changelog",
	  "{'v':1,'at':1795168795000,'max':1795168795000,"
	  "'snapshots':1795168790000,'verified':1795168790000,"
	  "'domains':'connections,inbox,invitations,contacts,emails,"
	  "profile,positions','known':['1/act-1']}",
	  200,
	  "{'paging':{'links':[]},'elements':[{'id':1,"
	  "'activityId':'act-1','activityStatus':'SUCCESS',"
	  "'owner':'urn:li:person:me','actor':'urn:li:person:bo',"
	  "'resourceName':'messages','resourceId':'2-m1',"
	  "'method':'CREATE','capturedAt':1795168794500,"
	  "'processedAt':1795168795000,"
	  "'activity':{'owner':'urn:li:person:bo',"
	  "'author':'urn:li:person:bo',"
	  "'thread':'urn:li:messagingThread:2-t1','id':'2-m1',"
	  "'createdAt':1795168700702,'deliveredAt':1795168700702,"
	  "'attachments':[],'content':{'format':'TEXT','formatVersion':1,"
	  "'fallback':'Lunch?\\nBring it.'}}}]}",
	  "cursor {'at':1795168795000,'domains':'connections,inbox,"
	  "invitations,contacts,emails,profile,positions',"
	  "'known':['1/act-1'],'max':1795168795000,"
	  "'snapshots':1795168790000,'v':1,'verified':1795168790000}\n" },
	{ "... nor is one looked for behind so few", "changelog",
	  "{'v':1,'at':1795168795000,'max':1795168795000,"
	  "'snapshots':1795168790000,'verified':1795168790000,"
	  "'domains':'connections,inbox,invitations,contacts,emails,"
	  "profile,positions','known':['1/act-1']}",
	  200,
	  "{'paging':{'links':[{'rel':'next',"
	  "'href':'/rest/memberChangeLogs?start=1'}]},"
	  "'elements':[{'id':1,'activityId':'act-1',"
	  "'activityStatus':'SUCCESS','owner':'urn:li:person:me',"
	  "'actor':'urn:li:person:bo','resourceName':'messages',"
	  "'resourceId':'2-m1','method':'CREATE',"
	  "'capturedAt':1795168794500,'processedAt':1795168795000,"
	  "'activity':{'owner':'urn:li:person:bo',"
	  "'author':'urn:li:person:bo',"
	  "'thread':'urn:li:messagingThread:2-t1','id':'2-m1',"
	  "'createdAt':1795168700702,'deliveredAt':1795168700702,"
	  "'attachments':[],'content':{'format':'TEXT','formatVersion':1,"
	  "'fallback':'Lunch?\\nBring it.'}}}]}",
	  "cursor {'at':1795168795000,'domains':'connections,inbox,"
	  "invitations,contacts,emails,profile,positions',"
	  "'known':['1/act-1'],'max':1795168795000,"
	  "'snapshots':1795168790000,'v':1,'verified':1795168790000}\n" },
	{ "... but behind more of them", "changelog",
	  "{'v':1,'at':1795168795000,'max':1795168795000,"
	  "'snapshots':1795168790000,'verified':1795168790000,"
	  "'domains':'connections,inbox,invitations,contacts,emails,"
	  "profile,positions','known':['1/act-1','2/act-2','3/act-3',"
	  "'4/act-4','5/act-5','6/act-6']}",
	  200,
	  "{'paging':{'links':[{'rel':'next',"
	  "'href':'/rest/memberChangeLogs?start=1'}]},"
	  "'elements':[{'id':1,'activityId':'act-1',"
	  "'activityStatus':'SUCCESS','owner':'urn:li:person:me',"
	  "'actor':'urn:li:person:bo','resourceName':'x',"
	  "'resourceId':'2-m1','method':'CREATE',"
	  "'capturedAt':1795168794500,'processedAt':1795168795000,"
	  "'activity':{}},{'id':2,'activityId':'act-2',"
	  "'activityStatus':'SUCCESS','owner':'urn:li:person:me',"
	  "'actor':'urn:li:person:bo','resourceName':'x',"
	  "'resourceId':'2-m1','method':'CREATE',"
	  "'capturedAt':1795168794500,'processedAt':1795168795000,"
	  "'activity':{}},{'id':3,'activityId':'act-3',"
	  "'activityStatus':'SUCCESS','owner':'urn:li:person:me',"
	  "'actor':'urn:li:person:bo','resourceName':'x',"
	  "'resourceId':'2-m1','method':'CREATE',"
	  "'capturedAt':1795168794500,'processedAt':1795168795000,"
	  "'activity':{}},{'id':4,'activityId':'act-4',"
	  "'activityStatus':'SUCCESS','owner':'urn:li:person:me',"
	  "'actor':'urn:li:person:bo','resourceName':'x',"
	  "'resourceId':'2-m1','method':'CREATE',"
	  "'capturedAt':1795168794500,'processedAt':1795168795000,"
	  "'activity':{}},{'id':5,'activityId':'act-5',"
	  "'activityStatus':'SUCCESS','owner':'urn:li:person:me',"
	  "'actor':'urn:li:person:bo','resourceName':'x',"
	  "'resourceId':'2-m1','method':'CREATE',"
	  "'capturedAt':1795168794500,'processedAt':1795168795000,"
	  "'activity':{}},{'id':6,'activityId':'act-6',"
	  "'activityStatus':'SUCCESS','owner':'urn:li:person:me',"
	  "'actor':'urn:li:person:bo','resourceName':'x',"
	  "'resourceId':'2-m1','method':'CREATE',"
	  "'capturedAt':1795168794500,'processedAt':1795168795000,"
	  "'activity':{}}]}",
	  "cursor {'at':1795168795000,'domains':'connections,inbox,"
	  "invitations,contacts,emails,profile,positions',"
	  "'fresh':['1/act-1','2/act-2','3/act-3','4/act-4','5/act-5',"
	  "'6/act-6'],'known':['1/act-1','2/act-2','3/act-3','4/act-4',"
	  "'5/act-5','6/act-6'],'max':1795168795000,"
	  "'snapshots':1795168790000,'start':6,'v':1,"
	  "'verified':1795168790000}\n"
	  "more\n" },
	{ "... and but once a day", "changelog",
	  "{'v':1,'at':1795168795000,'max':1795168795000,"
	  "'snapshots':1795168790000,'verified':1795082400000,"
	  "'domains':'connections,inbox,invitations,contacts,emails,"
	  "profile,positions','known':['1/act-1']}",
	  200,
	  "{'paging':{'links':[]},'elements':[{'id':1,"
	  "'activityId':'act-1','activityStatus':'SUCCESS',"
	  "'owner':'urn:li:person:me','actor':'urn:li:person:bo',"
	  "'resourceName':'messages','resourceId':'2-m1',"
	  "'method':'CREATE','capturedAt':1795168794500,"
	  "'processedAt':1795168795000,"
	  "'activity':{'owner':'urn:li:person:bo',"
	  "'author':'urn:li:person:bo',"
	  "'thread':'urn:li:messagingThread:2-t1','id':'2-m1',"
	  "'createdAt':1795168700702,'deliveredAt':1795168700702,"
	  "'attachments':[],'content':{'format':'TEXT','formatVersion':1,"
	  "'fallback':'Lunch?\\nBring it.'}}}]}",
	  "cursor {'at':1795168795000,'domains':'connections,inbox,"
	  "invitations,contacts,emails,profile,positions',"
	  "'fresh':['1/act-1'],'known':['1/act-1'],'max':1795168795000,"
	  "'snapshots':1795168790000,'start':1,'v':1,"
	  "'verified':1795082400000}\n"
	  "more\n" },
	{ "events of one moment are known by name", "changelog",
	  "{'v':1,'at':1795168795000,'max':1795168795000,"
	  "'snapshots':1795168790000,'verified':1795168790000,"
	  "'domains':'connections,inbox,invitations,contacts,emails,"
	  "profile,positions','known':['1/act-1']}",
	  200,
	  "{'paging':{'links':[]},'elements':[{'id':1,"
	  "'activityId':'act-1','activityStatus':'SUCCESS',"
	  "'owner':'urn:li:person:me','actor':'urn:li:person:bo',"
	  "'resourceName':'messages','resourceId':'2-m1',"
	  "'method':'CREATE','capturedAt':1795168794500,"
	  "'processedAt':1795168795000,"
	  "'activity':{'owner':'urn:li:person:bo',"
	  "'author':'urn:li:person:bo',"
	  "'thread':'urn:li:messagingThread:2-t1','id':'2-m1',"
	  "'createdAt':1795168700702,'deliveredAt':1795168700702,"
	  "'attachments':[],'content':{'format':'TEXT','formatVersion':1,"
	  "'fallback':'Lunch?\\nBring it.'}}},{'id':2,"
	  "'activityId':'act-2','activityStatus':'SUCCESS',"
	  "'owner':'urn:li:person:me','actor':'urn:li:person:bo',"
	  "'resourceName':'ugcPosts','resourceId':'2-m1',"
	  "'method':'CREATE','capturedAt':1795168794500,"
	  "'processedAt':1795168795000,'activity':{}}]}",
	  "filtered ugcPosts/2 ugc-posts\n"
	  "own urn:li:person:me\n"
	  "cursor {'at':1795168795000,'domains':'connections,inbox,"
	  "invitations,contacts,emails,profile,positions',"
	  "'fresh':['1/act-1','2/act-2'],'known':['1/act-1'],"
	  "'max':1795168795000,'snapshots':1795168790000,'start':2,'v':1,"
	  "'verified':1795168790000}\n"
	  "more\n" },
	{ "no order of events is believed", "changelog",
	  "{'v':1,'at':1795168795000,'max':1795168795000,"
	  "'snapshots':1795168790000,'verified':1795168790000,"
	  "'domains':'connections,inbox,invitations,contacts,emails,"
	  "profile,positions'}",
	  200,
	  "{'paging':{'links':[]},'elements':[{'id':3,"
	  "'activityId':'act-3','activityStatus':'SUCCESS',"
	  "'owner':'urn:li:person:me','actor':'urn:li:person:bo',"
	  "'resourceName':'ugcPosts','resourceId':'2-m1',"
	  "'method':'CREATE','capturedAt':1795168799400,"
	  "'processedAt':1795168799900,'activity':{}},{'id':2,"
	  "'activityId':'act-2','activityStatus':'SUCCESS',"
	  "'owner':'urn:li:person:me','actor':'urn:li:person:bo',"
	  "'resourceName':'ugcPosts','resourceId':'2-m1',"
	  "'method':'CREATE','capturedAt':1795168799300,"
	  "'processedAt':1795168799800,'activity':{}},{'id':4,"
	  "'activityId':'act-4','activityStatus':'SUCCESS',"
	  "'owner':'urn:li:person:me','actor':'urn:li:person:bo',"
	  "'resourceName':'ugcPosts','resourceId':'2-m1',"
	  "'method':'CREATE','capturedAt':1795168799400,"
	  "'processedAt':1795168799900,'activity':{}}]}",
	  "filtered ugcPosts/3 ugc-posts\n"
	  "filtered ugcPosts/2 ugc-posts\n"
	  "filtered ugcPosts/4 ugc-posts\n"
	  "own urn:li:person:me\n"
	  "cursor {'at':1795168795000,'domains':'connections,inbox,"
	  "invitations,contacts,emails,profile,positions',"
	  "'fresh':['3/act-3','4/act-4'],'max':1795168799900,"
	  "'snapshots':1795168790000,'start':3,'v':1,"
	  "'verified':1795168790000}\n"
	  "more\n" },
	{ "an event of tomorrow moves nothing", "changelog",
	  "{'v':1,'at':1795168795000,'max':1795168795000,"
	  "'snapshots':1795168790000,'verified':1795168790000,"
	  "'domains':'connections,inbox,invitations,contacts,emails,"
	  "profile,positions'}",
	  200,
	  "{'paging':{'links':[]},'elements':[{'id':3,"
	  "'activityId':'act-3','activityStatus':'SUCCESS',"
	  "'owner':'urn:li:person:me','actor':'urn:li:person:bo',"
	  "'resourceName':'ugcPosts','resourceId':'2-m1',"
	  "'method':'CREATE','capturedAt':1795175999500,"
	  "'processedAt':1795176000000,'activity':{}}]}",
	  "filtered ugcPosts/3 ugc-posts\n"
	  "own urn:li:person:me\n"
	  "cursor {'at':1795168795000,'domains':'connections,inbox,"
	  "invitations,contacts,emails,profile,positions',"
	  "'max':1795168795000,'snapshots':1795168790000,'start':1,'v':1,"
	  "'verified':1795168790000}\n"
	  "more\n" },
	{ "a link that leads elsewhere is told, not followed", "changelog",
	  "{'v':1,'at':1795168795000,'max':1795168795000,"
	  "'snapshots':1795168790000,'verified':1795168790000,"
	  "'domains':'connections,inbox,invitations,contacts,emails,"
	  "profile,positions'}",
	  200,
	  "{'paging':{'links':[{'rel':'next',"
	  "'href':'https://x.example/rest/memberChangeLogs?start=1'}]},"
	  "'elements':[{'id':3,'activityId':'act-3',"
	  "'activityStatus':'SUCCESS','owner':'urn:li:person:me',"
	  "'actor':'urn:li:person:bo','resourceName':'ugcPosts',"
	  "'resourceId':'2-m1','method':'CREATE',"
	  "'capturedAt':1795168798500,'processedAt':1795168799000,"
	  "'activity':{}}]}",
	  "filtered ugcPosts/3 ugc-posts\n"
	  "own urn:li:person:me\n"
	  "cursor {'at':1795168795000,'domains':'connections,inbox,"
	  "invitations,contacts,emails,profile,positions',"
	  "'fresh':['3/act-3'],'max':1795168799000,"
	  "'snapshots':1795168790000,'start':1,'v':1,"
	  "'verified':1795168790000}\n"
	  "warning a link to the next page leads elsewhere; it is not "
	  "followed\n"
	  "more\n" },
};

static void
windows_end_where_nothing_is_lost(void **state SL_UNUSED)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(page_rows); i++)
		kit_page(&page_rows[i]);
}

static const struct {
	const char *why, *cursor, *asked; /* cursor NULL: it begins */
} ask_rows[] = {
	{ "28 days back, but for an hour", NULL,
	  "/rest/memberChangeLogs?q=memberAndApplication&startTime=179275"
	  "3200000&count=10" },
	{ "where the last window ended, however long ago",
	  "{'v':1,'at':7,'max':9}",
	  "/rest/memberChangeLogs?q=memberAndApplication&startTime=7&coun"
	  "t=10" },
	{ "on in the window",
	  "{'v':1,'at':1792749600000,'max':1792749600001,'start':12}",
	  "/rest/memberChangeLogs?q=memberAndApplication&startTime=179274"
	  "9600000&count=10&start=12" },
	{ "anew, if the clock was a year ahead",
	  "{'v':1,'at':1826704800000,'max':1826704800000,'start':12}",
	  "/rest/memberChangeLogs?q=memberAndApplication&startTime=179275"
	  "3200000&count=10" },
	{ "from its start, where events have left it",
	  "{'v':1,'at':1792749599999,'max':1795168795000,'start':12}",
	  "/rest/memberChangeLogs?q=memberAndApplication&startTime=179283"
	  "6000000&count=10" },
};

static void
the_window_is_counted_here(void **state SL_UNUSED)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(ask_rows); i++) {
		struct kit kit;

		kit_init(&kit, "changelog", ask_rows[i].cursor);
		if (strcmp(kit_asked(&kit), ask_rows[i].asked) != 0)
			fail_msg("%s: %s", ask_rows[i].why, kit_asked(&kit));
		kit_release(&kit);
	}
}

static void
pages_are_halved_and_as_large_as_is_set(void **state SL_UNUSED)
{
	static const char *const counts[] = { "50", "25", "12", "6",
					      "3",  "1",  "1" };
	struct kit kit;

	kit_init(&kit, "changelog", NULL);
	sl_json_put_text(kit.settings, "changelog_count", "50");
	for (size_t i = 0; i < SL_ARRAY_LEN(counts); i++) {
		kit.turn.shrink = (int)i;
		assert_int_equal(kit_ask(&kit), SL_OK);
		assert_string_equal(kit.ask.calls->query[2].value, counts[i]);
	}
	kit_release(&kit);
}

static void
other_cursors_begin_anew(void **state SL_UNUSED)
{
	static const char *const cursors[] = {
		"{}",
		"{'v':2,'at':7,'max':9}",
		"{'v':1}",
		"{'v':1,'at':7,'max':6}",
		"{'v':1,'at':7,'max':9,'start':-1}",
		"{'v':1,'at':'x','max':9}",
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(cursors); i++) {
		struct kit kit;

		kit_init(&kit, "changelog", cursors[i]);
		if (kit_ask(&kit) != SL_RESYNC)
			fail_msg("%s", cursors[i]);
		kit_release(&kit);
	}
}

#define DAY_MS INT64_C(86400000)
#define NOW_MS (KIT_NOW_US / 1000)

static const struct {
	const char *why;
	int64_t at, snapshots, connected; /* days ago, of the cursor   */
	int64_t checked, consented;       /* days ago; -1 = never      */
	const char *domains, *told;       /* option; as the cursor has */
	const char *reason;               /* NULL: no walk begins      */
	int streams, anew;
} open_rows[] = {
	{ "nothing is due", 3, 3, 9, 0, 9, "inbox", "inbox", NULL, 0, 0 },
	{ "a week has passed", 3, 7, 9, 0, 9, "inbox", "inbox", "scheduled", 7,
	  1 },
	{ "a year will have passed: the clock was ahead", 3, -365, 9, 0, 9,
	  "inbox", "inbox", "scheduled", 7, 1 },
	{ "a consent since", 3, 3, 9, 0, 8, "inbox", "inbox", "connected-anew",
	  7, 1 },
	{ "nobody looked for 29 days", 40, 29, 99, 29, 99, "inbox", "inbox",
	  "gap", 7, 1 },
	{ "somebody did, and nothing had happened", 40, 6, 99, 1, 99, "inbox",
	  "inbox", NULL, 0, 0 },
	{ "they were read anew since: told once", 40, 1, 99, 40, 99, "inbox",
	  "inbox", NULL, 0, 0 },
	{ "one more domain is wanted", 3, 3, 9, 0, 9, "inbox,profile", "inbox",
	  NULL, 7, 1 },
	{ "one less", 3, 3, 9, 0, 9, "inbox", "inbox,profile", NULL, 7, 0 },
};

static int64_t
days_ago(int64_t days)
{
	return days < 0 ? SL_NO_TIME : KIT_NOW_US - days * DAY_MS * 1000;
}

static int
count_anew(const struct sl_page *page)
{
	int n = 0;

	for (const struct sl_stream_change *c = page->streams.first; c != NULL;
	     c = c->next)
		n += c->rewalk;
	return n;
}

static void
walks_begin_when_it_is_time(void **state SL_UNUSED)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(open_rows); i++) {
		struct kit kit;
		const char *why;

		kit_init(&kit, "changelog", "{'v':1}");
		(void)json_object_update_new(
			kit.cursor,
			json_pack("{s:I, s:I, s:I, s:I, s:s}", "at",
				  NOW_MS - open_rows[i].at * DAY_MS, "max",
				  NOW_MS - open_rows[i].at * DAY_MS,
				  "snapshots",
				  NOW_MS - open_rows[i].snapshots * DAY_MS,
				  "connected",
				  NOW_MS - open_rows[i].connected * DAY_MS,
				  "domains", open_rows[i].told));
		kit.turn.checked_us = days_ago(open_rows[i].checked);
		kit.turn.connected_us = days_ago(open_rows[i].consented);
		sl_json_put_text(kit.settings, "domains", open_rows[i].domains);
		assert_int_equal(kit_read(&kit, 200, "{'elements':[]}"), SL_OK);
		why = sl_json_text(kit.page.shown, "snapshots_why");
		if (!sl_text_equal(why, open_rows[i].reason) ||
		    (int)kit.page.streams.count != open_rows[i].streams ||
		    count_anew(&kit.page) != open_rows[i].anew)
			fail_msg("%s: %s %zu %d", open_rows[i].why, why,
				 kit.page.streams.count, count_anew(&kit.page));
		assert_true((kit.page.warning != NULL) ==
			    sl_text_equal(why, "gap"));
		kit_release(&kit);
	}
}

static void
a_wrong_shape_is_no_empty_page(void **state SL_UNUSED)
{
	static const char *const bodies[] = {
		"{}", "[]", "{'elements':{}}", "{'message':'hello'}", NULL,
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(bodies); i++) {
		struct kit kit;

		kit_init(&kit, "changelog", "{'v':1,'at':7,'max':9}");
		assert_int_equal(kit_read(&kit, 200, bodies[i]), SL_RETRY);
		kit_release(&kit);
	}
}

static void
many_events_of_one_moment_are_known_up_to_a_number(void **state SL_UNUSED)
{
	struct kit kit;
	json_t *events = json_array();

	for (int i = 0; i < SL_LINKEDIN_KNOWN_MAX + 5; i++)
		(void)json_array_append_new(
			events, json_pack("{s:i, s:s, s:I}", "id", i + 1,
					  "resourceName", "x", "processedAt",
					  (json_int_t)(NOW_MS - 1)));
	kit_init(&kit, "changelog", "{'v':1,'at':7,'max':7}");
	assert_int_equal(kit_read(&kit, 200, "{'elements':[]}"), SL_OK);
	sl_page_release(&kit.page);
	sl_page_init(&kit.page, kit.arena);
	(void)json_object_set_new(kit.body, "elements", events);
	kit.taken = false;
	assert_int_equal(
		sl_linkedin.read(&kit.turn, &kit.base, &kit.page, &kit.err),
		SL_OK);
	assert_int_equal(
		json_array_size(sl_json_array(kit.page.cursor, "fresh")),
		SL_LINKEDIN_KNOWN_MAX);
	assert_int_equal(kit.page.items, SL_LINKEDIN_KNOWN_MAX + 5);
	kit_release(&kit);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(windows_end_where_nothing_is_lost),
		cmocka_unit_test(the_window_is_counted_here),
		cmocka_unit_test(pages_are_halved_and_as_large_as_is_set),
		cmocka_unit_test(other_cursors_begin_anew),
		cmocka_unit_test(walks_begin_when_it_is_time),
		cmocka_unit_test(a_wrong_shape_is_no_empty_page),
		cmocka_unit_test(
			many_events_of_one_moment_are_known_up_to_a_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
