/* SPDX-License-Identifier: Apache-2.0 */
/* Who takes part in an event. */
#include "calendar_print.h"

struct people_row {
	const char *why;
	const char *event;
	const char *people; /* lines of the printed artifact */
};

static const struct people_row people_rows[] = {
	{ "the creator is no participant",
	  "{'creator':{'email':'c@x.example'}}", "" },
	{ "an organizer who does not attend",
	  "{'organizer':{'email':'o@x.example','displayName':'O','self':true}"
	  ",'attendees':[{'email':'a@x.example'}]}",
	  "  attendee <a@x.example>\n  organizer <o@x.example> \"O\" self\n" },
	{ "an organizer who attends, by flag",
	  "{'organizer':{'email':'o@x.example'},'attendees':"
	  "[{'email':'alias@x.example','organizer':true,"
	  "'responseStatus':'accepted'}]}",
	  "  organizer <alias@x.example> accepted\n" },
	{ "an organizer who attends, by address",
	  "{'organizer':{'email':'o@x.example'},'attendees':"
	  "[{'email':'O@X.example','responseStatus':'declined'}]}",
	  "  organizer <O@X.example> declined\n" },
	{ "rooms, groups and generated addresses",
	  "{'attendees':[{'email':'r@x.example','resource':true},"
	  "{'email':'r@Resource.calendar.google.com'},"
	  "{'email':'g@group.calendar.google.com'},"
	  "{'email':'v@group.v.calendar.google.com'},"
	  "{'email':'i@import.calendar.google.com'},"
	  "{'email':'unknownorganizer@calendar.google.com'},"
	  "{'email':'calendar.google.com@x.example'},"
	  "{'email':'p@notcalendar.google.com'}]}",
	  "  attendee <r@x.example> not-person\n"
	  "  attendee <r@Resource.calendar.google.com> not-person\n"
	  "  attendee <g@group.calendar.google.com> not-person\n"
	  "  attendee <v@group.v.calendar.google.com> not-person\n"
	  "  attendee <i@import.calendar.google.com> not-person\n"
	  "  attendee <unknownorganizer@calendar.google.com> not-person\n"
	  "  attendee <calendar.google.com@x.example>\n"
	  "  attendee <p@notcalendar.google.com>\n" },
	{ "a group calendar as organizer",
	  "{'organizer':{'email':'g@group.calendar.google.com'}}",
	  "  organizer <g@group.calendar.google.com> not-person\n" },
	{ "attendees without address are counted, not kept",
	  "{'attendees':[{},7,{'email':''},{'email':null},"
	  "{'email':'a@x.example','optional':true}]}",
	  "  attendee <a@x.example> optional\n" },
	{ "a cut list",
	  "{'attendees':[{'email':'a@x.example'}],'attendeesOmitted':true}",
	  "  attendee <a@x.example>\n  and others\n" },
	{ "a list of a wrong type proves nothing", "{'attendees':7}",
	  "  and others\n" },
	{ "a cancelled stub proves nothing",
	  "{'status':'cancelled','recurringEventId':'m'}", "  and others\n" },
	{ "a cancelled instance with its people",
	  "{'status':'cancelled','recurringEventId':'m','attendees':"
	  "[{'email':'a@x.example'}]}",
	  "  attendee <a@x.example>\n" },
};

static const char *
people_lines(struct kit *kit)
{
	const struct sl_artifact *artifact = kit->page.artifacts.first;
	const struct sl_participant *who = artifact->participants;
	struct sl_buf out;
	const char *text;

	sl_buf_init(&out, PRINT_MAX);
	for (; who != NULL; who = who->next)
		print_person(&out, who);
	if (artifact->participants_incomplete)
		sl_buf_adds(&out, "  and others\n");
	text = sl_arena_strdup(kit->arena, sl_buf_text(&out));
	sl_buf_release(&out);
	return text;
}

static void
people_are_organizer_and_attendees(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(people_rows); i++) {
		const struct people_row *row = &people_rows[i];
		struct kit kit;

		kit_map(&kit, row->event);
		if (strcmp(people_lines(&kit), row->people) != 0)
			fail_msg("%s:\n%s", row->why, people_lines(&kit));
		kit_release(&kit);
	}
}

static void
ten_thousand_attendees_are_no_trouble(void **state)
{
	struct kit kit;
	json_t *list = json_array();
	json_t *body;
	char address[40];

	(void)state;
	for (int i = 0; i < 10000; i++) {
		(void)snprintf(address, sizeof(address), "p%d@x.example", i);
		(void)json_array_append_new(
			list, json_pack("{s:s}", "email", address));
	}
	body = json_pack("{s:[{s:s,s:o,s:{s:s}}],s:s}", "items", "id", "big",
			 "attendees", list, "organizer", "email",
			 "P9999@X.example", "nextSyncToken", "S");
	kit_init(&kit);
	(void)kit_answer(&kit, body, NULL);
	assert_int_equal(kit_read(&kit), SL_OK);
	assert_int_equal(kit.page.artifacts.first->participant_count, 10000);
	json_decref(body);
	kit_release(&kit);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_are_organizer_and_attendees),
		cmocka_unit_test(ten_thousand_attendees_are_no_trouble),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
