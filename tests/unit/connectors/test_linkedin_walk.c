/* SPDX-License-Identifier: Apache-2.0 */
/* Pages: walks of the snapshot. */
#include "linkedin_kit.h"

static const struct kit_page page_rows[] = {
	{ "a page, and on to the next index", "connections", NULL, 200,
	  "{'paging':{'start':0,'count':10,'links':[],'total':1},"
	  "'elements':[{'snapshotDomain':'CONNECTIONS',"
	  "'snapshotData':[{'First Name':'Ann',"
	  "'URL':'https://www.linkedin.com/in/ann','Connected On':'12 "
	  "Mar 2024'}]}]}",
	  "linkedin_connection c:ann v7180675200003 listed "
	  "weak=cw:55ad94 at=2024-03-12T00:00:00 "
	  "ends=2024-03-13T00:00:00 days=2024-03-12..2024-03-13 "
	  "title=[Ann]\n"
	  "  {'first_name':'Ann'}\n"
	  "  connection https://www.linkedin.com/in/ann name=[Ann]\n"
	  "cursor {'hash':'1109061f5a7af9e1','page':1,'rows':1,'v':1}\n"
	  "shown {'listed':1,'not_before':null,'tries':0,"
	  "'waiting':null}\n"
	  "more\n" },
	{ "the domain's name in other capitals", "emails", NULL, 200,
	  "{'paging':{'start':0,'count':10,'links':[],'total':1},"
	  "'elements':[{'snapshotDomain':'Email_Addresses',"
	  "'snapshotData':[{'Email Address':'a@x.example',"
	  "'Confirmed':'Yes'}]}]}",
	  "own-address a@x.example\n"
	  "cursor {'hash':'3849bf5224e6978b','page':1,'rows':1,'v':1}\n"
	  "shown {'listed':1,'not_before':null,'tries':0,"
	  "'waiting':null}\n"
	  "more\n" },
	{ "a refusal ends the walk", "connections",
	  "{'v':1,'page':1,'rows':1,'hash':'0'}", 404,
	  "{'message':'No data found for this domain and memberId.',"
	  "'status':404}",
	  "cursor {'done':true,'rows':1,'v':1}\n"
	  "shown {'complete_to':'2026-11-20T10:00:00.000000Z',"
	  "'incomplete':null,'listed':1,'not_before':null,'tries':0,"
	  "'waiting':null}\n"
	  "walk-done\n" },
	{ "its words without the status do, too", "connections",
	  "{'v':1,'page':1,'rows':1,'hash':'0'}", 200,
	  "{'message':'No data found for this domain and memberId.',"
	  "'status':404}",
	  "cursor {'done':true,'rows':1,'v':1}\n"
	  "shown {'complete_to':'2026-11-20T10:00:00.000000Z',"
	  "'incomplete':null,'listed':1,'not_before':null,'tries':0,"
	  "'waiting':null}\n"
	  "walk-done\n" },
	{ "so do no rows, and no domain", "connections",
	  "{'v':1,'page':2,'rows':1}", 200,
	  "{'paging':{'start':0,'count':10,'links':[],'total':1},"
	  "'elements':[{'snapshotDomain':'CONNECTIONS',"
	  "'snapshotData':[]}]}",
	  "cursor {'done':true,'rows':1,'v':1}\n"
	  "shown {'complete_to':'2026-11-20T10:00:00.000000Z',"
	  "'incomplete':null,'listed':1,'not_before':null,'tries':0,"
	  "'waiting':null}\n"
	  "walk-done\n" },
	{ "(no domain)", "connections", "{'v':1,'page':2,'rows':1}", 200,
	  "{'elements':[]}",
	  "cursor {'done':true,'rows':1,'v':1}\n"
	  "shown {'complete_to':'2026-11-20T10:00:00.000000Z',"
	  "'incomplete':null,'listed':1,'not_before':null,'tries':0,"
	  "'waiting':null}\n"
	  "walk-done\n" },
	{ "at the beginning nothing is no end", "connections", NULL, 404,
	  "{'message':'No data found for this domain and memberId.',"
	  "'status':404}",
	  "cursor {'not_before':1795172400000,'tries':1,'v':1}\n"
	  "shown {'not_before':'2026-11-20T11:00:00.000000Z','tries':1,"
	  "'waiting':'LinkedIn has nothing here, or not yet: asked again "
	  "after 2026-11-20T11:00Z'}\n" },
	{ "again, for longer", "connections", "{'v':1,'tries':3}", 404,
	  "{'message':'No data found for this domain and memberId.',"
	  "'status':404}",
	  "cursor {'not_before':1795197600000,'tries':4,'v':1}\n"
	  "shown {'not_before':'2026-11-20T18:00:00.000000Z','tries':4,"
	  "'waiting':'LinkedIn has nothing here, or not yet: asked again "
	  "after 2026-11-20T18:00Z'}\n" },
	{ "a day at most", "connections", "{'v':1,'tries':300}", 200,
	  "{'paging':{'start':0,'count':10,'links':[],'total':1},"
	  "'elements':[{'snapshotDomain':'CONNECTIONS',"
	  "'snapshotData':[]}]}",
	  "cursor {'not_before':1795255200000,'tries':301,'v':1}\n"
	  "shown {'not_before':'2026-11-21T10:00:00.000000Z','tries':301,"
	  "'waiting':'LinkedIn has nothing here, or not yet: asked again "
	  "after 2026-11-21T10:00Z'}\n" },
	{ "it came after all", "connections",
	  "{'v':1,'tries':3,'not_before':1}", 200,
	  "{'paging':{'start':0,'count':10,'links':[],'total':1},"
	  "'elements':[{'snapshotDomain':'CONNECTIONS',"
	  "'snapshotData':[{'First Name':'Ann',"
	  "'URL':'https://www.linkedin.com/in/ann','Connected On':'12 "
	  "Mar 2024'}]}]}",
	  "linkedin_connection c:ann v7180675200003 listed "
	  "weak=cw:55ad94 at=2024-03-12T00:00:00 "
	  "ends=2024-03-13T00:00:00 days=2024-03-12..2024-03-13 "
	  "title=[Ann]\n"
	  "  {'first_name':'Ann'}\n"
	  "  connection https://www.linkedin.com/in/ann name=[Ann]\n"
	  "cursor {'hash':'1109061f5a7af9e1','page':1,'rows':1,'v':1}\n"
	  "shown {'listed':1,'not_before':null,'tries':0,"
	  "'waiting':null}\n"
	  "more\n" },
	{ "a link elsewhere is told", "connections", NULL, 200,
	  "{'paging':{'start':0,'count':10,'links':[{'rel':'next',"
	  "'href':'/rest/other?start=1'}],'total':1},"
	  "'elements':[{'snapshotDomain':'CONNECTIONS',"
	  "'snapshotData':[{'First Name':'Ann',"
	  "'URL':'https://www.linkedin.com/in/ann','Connected On':'12 "
	  "Mar 2024'}]}]}",
	  "linkedin_connection c:ann v7180675200003 listed "
	  "weak=cw:55ad94 at=2024-03-12T00:00:00 "
	  "ends=2024-03-13T00:00:00 days=2024-03-12..2024-03-13 "
	  "title=[Ann]\n"
	  "  {'first_name':'Ann'}\n"
	  "  connection https://www.linkedin.com/in/ann name=[Ann]\n"
	  "cursor {'hash':'1109061f5a7af9e1','page':1,'rows':1,'v':1}\n"
	  "shown {'listed':1,'not_before':null,'tries':0,"
	  "'waiting':null}\n"
	  "warning a link to the next page leads elsewhere; it is not "
	  "followed\n"
	  "more\n" },
	{ "a page that comes twice is an end, and no proof of one",
	  "connections", "{'v':1,'page':1,'rows':1,'hash':'1109061f5a7af9e1'}",
	  200,
	  "{'elements':[{'snapshotDomain':'CONNECTIONS',"
	  "'snapshotData':[{'First Name':'Ann',"
	  "'URL':'https://www.linkedin.com/in/ann','Connected On':'12 "
	  "Mar 2024'}]}]}",
	  "cursor {'done':true,'rows':1,'v':1}\n"
	  "shown {'complete_to':'2026-11-20T10:00:00.000000Z',"
	  "'incomplete':'some rows could not be read, or a page came "
	  "twice','listed':1,'not_before':null,'tries':0,"
	  "'waiting':null}\n"
	  "walk-done with gaps\n" },
	{ "what could not be read is a gap", "connections",
	  "{'v':1,'page':1,'rows':1,'hash':'0'}", 200,
	  "{'elements':[{'snapshotDomain':'CONNECTIONS',"
	  "'snapshotData':[{'First Name':'Ann'}]}]}",
	  "rejected connections/0f2fe23f3901e15c3dd02bae4f688638d362e29a97"
	  "9e45a0ece078932d505417 a connection without profile, or name "
	  "and date\n"
	  "cursor {'gaps':true,'hash':'03001ab7682da944','page':2,'rows':2,'v':1}\n"
	  "shown {'listed':2,'not_before':null,'tries':0,"
	  "'waiting':null}\n"
	  "more\n" },
	{ "to the end of the walk", "connections",
	  "{'v':1,'page':2,'rows':2,'hash':'0','gaps':true}", 404,
	  "{'message':'No data found for this domain and memberId.',"
	  "'status':404}",
	  "cursor {'done':true,'rows':2,'v':1}\n"
	  "shown {'complete_to':'2026-11-20T10:00:00.000000Z',"
	  "'incomplete':'some rows could not be read, or a page came "
	  "twice','listed':2,'not_before':null,'tries':0,"
	  "'waiting':null}\n"
	  "walk-done with gaps\n" },
	{ "positions are gathered over pages", "positions",
	  "{'v':1,'page':1,'rows':1,'positions':[{'company':'Lab',"
	  "'started_on':'2021-06'}]}",
	  200,
	  "{'paging':{'start':0,'count':10,'links':[],'total':1},"
	  "'elements':[{'snapshotDomain':'POSITIONS',"
	  "'snapshotData':[{'Company Name':'Grid','Started On':'Jan "
	  "2024'}]}]}",
	  "person positions v7180675200003 self company=[Grid] "
	  "part=[positions]\n"
	  "  [{'company':'Grid','started_on':'2024-01'},{'company':'Lab',"
	  "'started_on':'2021-06'}]\n"
	  "cursor {'hash':'7bd2b835f907ddb5','page':2,"
	  "'positions':[{'company':'Grid','started_on':'2024-01'},"
	  "{'company':'Lab','started_on':'2021-06'}],'rows':2,'v':1}\n"
	  "shown {'listed':2,'not_before':null,'tries':0,"
	  "'waiting':null}\n"
	  "more\n" },
};

static void
walks_end_and_wait(void **state SL_UNUSED)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(page_rows); i++)
		kit_page(&page_rows[i]);
}

static const struct {
	const char *why, *kind, *cursor, *asked;
} ask_rows[] = {
	{ "from the first page", "emails", NULL,
	  "/rest/memberSnapshotData?q=criteria&domain=EMAIL_ADDRESSES" },
	{ "by index", "inbox", "{'v':1,'page':12}",
	  "/rest/memberSnapshotData?q=criteria&domain=INBOX&start=12" },
	{ "what is done rests", "inbox", "{'v':1,'done':true}", "nothing" },
	{ "nothing before its time", "inbox",
	  "{'v':1,'not_before':1795168800001}", "nothing" },
	{ "but for a year: the clock was ahead", "inbox",
	  "{'v':1,'not_before':1826704800000}",
	  "/rest/memberSnapshotData?q=criteria&domain=INBOX" },
	{ "at its time", "inbox", "{'v':1,'not_before':1795168800000}",
	  "/rest/memberSnapshotData?q=criteria&domain=INBOX" },
};

static void
pages_are_counted_here(void **state SL_UNUSED)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(ask_rows); i++) {
		struct kit kit;

		kit_init(&kit, ask_rows[i].kind, ask_rows[i].cursor);
		if (strcmp(kit_asked(&kit), ask_rows[i].asked) != 0)
			fail_msg("%s: %s", ask_rows[i].why, kit_asked(&kit));
		kit_release(&kit);
	}
}

static void
other_cursors_begin_anew(void **state SL_UNUSED)
{
	static const char *const cursors[] = { "{}", "{'v':2}",
					       "{'v':1,'page':-1}",
					       "{'v':1,'tries':-1}" };

	for (size_t i = 0; i < SL_ARRAY_LEN(cursors); i++) {
		struct kit kit;

		kit_init(&kit, "inbox", cursors[i]);
		if (kit_ask(&kit) != SL_RESYNC)
			fail_msg("%s", cursors[i]);
		kit_release(&kit);
	}
}

#define ONE(domain, rows)                                                      \
	"{'elements':[{'snapshotDomain':'" domain "','snapshotData':" rows "}]}"

static void
a_wrong_shape_is_no_end(void **state SL_UNUSED)
{
	static const char *const bodies[] = {
		"{}",
		"[]",
		"{'elements':{}}",
		"{'message':'hello'}",
		ONE("INBOX", "[]"),
		ONE("CONNECTIONS", "{}"),
		"{'elements':[{'snapshotDomain':'CONNECTIONS'},"
		"{'snapshotDomain':'CONNECTIONS'}]}",
		"{'elements':[{'snapshotData':[]}]}",
		NULL,
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(bodies); i++) {
		struct kit kit;

		kit_init(&kit, "connections", "{'v':1,'page':1}");
		if (kit_read(&kit, 200, bodies[i]) != SL_RETRY)
			fail_msg("%s", bodies[i]);
		kit_release(&kit);
	}
}

/* Rows and their members come in any order. */
static void
a_page_that_comes_twice_ends_the_walk(void **state SL_UNUSED)
{
	struct kit first, second;

	kit_init(&first, "connections", NULL);
	assert_int_equal(
		kit_read(
			&first, 200,
			ONE("CONNECTIONS",
			    "[{'A':'1','Connected On':'1 May 2020'},{'B':'2'}]")),
		SL_OK);
	assert_true(first.page.more);
	kit_init(&second, "connections", NULL);
	second.turn.cursor = first.page.cursor;
	assert_int_equal(
		kit_read(
			&second, 200,
			ONE("CONNECTIONS",
			    "[{'B':'2'},{'Connected On':'1 May 2020','A':'1'}]")),
		SL_OK);
	assert_true(second.page.walk_done);
	assert_int_equal(second.page.items, 0);
	kit_release(&second);
	kit_release(&first);
}

static void
a_version_that_is_no_more_needs_the_operator(void **state SL_UNUSED)
{
	static const char body[] =
		"{'message':'Requested version 20231201 is not active'}";
	struct kit kit;

	kit_init(&kit, "connections", NULL);
	assert_int_equal(kit_read(&kit, 200, body), SL_CONFIG);
	assert_int_equal(kit.err.scope, SL_CLIENT);
	kit_release(&kit);
}

/* None can be; who wants some does not wait for ever. */
static void
what_is_wanted_by_id_is_answered_without_items(void **state SL_UNUSED)
{
	static const char *const kinds[] = { "changelog", "connections" };

	for (size_t i = 0; i < SL_ARRAY_LEN(kinds); i++) {
		struct sl_ref other = { .source_id = "c:bo" };
		struct sl_ref wanted = { .source_id = "c:ann", .next = &other };
		struct kit kit;

		kit_init(&kit, kinds[i], NULL);
		kit.turn.wanted = &wanted;
		assert_int_equal(kit_read(&kit, 200, "{'elements':[]}"), SL_OK);
		assert_string_equal(kit.ask.calls->wanted_id, "c:ann");
		assert_string_equal(kit.ask.calls->wanted_also[0], "c:bo");
		assert_null(kit.ask.calls->wanted_also[1]);
		assert_string_equal(kit_print(&kit), "");
		kit_release(&kit);
	}
}

static void
positions_fit_a_cursor(void **state SL_UNUSED)
{
	struct sl_linkedin_walk walk = { .page = 1 };
	json_auto_t *positions = json_array();
	json_auto_t *cursor = NULL;

	for (int i = 0; i < 100; i++)
		(void)json_array_append_new(
			positions,
			json_pack(
				"{s:i, s:s++}", "n", i, "text",
				"01234567890123456789012345678900123456789012345678901234567890",
				"", ""));
	walk.positions = positions;
	cursor = sl_linkedin_walk_cursor(&walk);
	assert_int_equal(json_array_size(sl_json_array(cursor, "positions")),
			 100);
	for (int i = 0; i < 100; i++) {
		char text[1001];

		memset(text, 'x', 1000);
		text[1000] = '\0';
		(void)json_object_set_new(json_array_get(positions, (size_t)i),
					  "more", json_string(text));
	}
	json_decref(cursor);
	cursor = sl_linkedin_walk_cursor(&walk);
	assert_in_range(json_dumpb(cursor, NULL, 0, 0), 30000, 50000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks_end_and_wait),
		cmocka_unit_test(pages_are_counted_here),
		cmocka_unit_test(other_cursors_begin_anew),
		cmocka_unit_test(a_wrong_shape_is_no_end),
		cmocka_unit_test(a_page_that_comes_twice_ends_the_walk),
		cmocka_unit_test(a_version_that_is_no_more_needs_the_operator),
		cmocka_unit_test(
			what_is_wanted_by_id_is_answered_without_items),
		cmocka_unit_test(positions_fit_a_cursor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
