/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of connections and invitations. */
#include "linkedin_rows.h"

static const struct kit_row connection_rows[] = {
	{ "all of it", SL_LINKEDIN_CONNECTIONS,
	  "[{'First Name':'Ann','Last Name':'Lind, PhD',"
	  "'URL':'https://www.linkedin.com/in/ann-lind-1','Email "
	  "Address':'Ann@Grid.example','Company':'Grid, AB',"
	  "'Position':'Engineer','Connected On':'12 Mar 2024'}]",
	  "linkedin_connection c:ann-lind-1 v7180675200003 listed "
	  "weak=cw:ee0937 at=2024-03-12T00:00:00 "
	  "ends=2024-03-13T00:00:00 days=2024-03-12..2024-03-13 "
	  "title=[Ann Lind, PhD]\n"
	  "  {'company':'Grid, AB','emails':['Ann@Grid.example'],"
	  "'first_name':'Ann','last_name':'Lind, PhD',"
	  "'position':'Engineer'}\n"
	  "  connection https://www.linkedin.com/in/ann-lind-1 name=[Ann "
	  "Lind, PhD]\n" },
	{ "titles of columns in any shape, blanks, a spreadsheet's date",
	  SL_LINKEDIN_CONNECTIONS,
	  "[{'first_name':' Ann ','LASTNAME':'Lind',"
	  "'url':'http://se.linkedin.com/in/Ann-Lind-1/?trk=x',"
	  "'Connected  On':'4-Apr-21'}]",
	  "linkedin_connection c:ann-lind-1 v7180675200003 listed "
	  "weak=cw:b8f1d6 at=2021-04-04T00:00:00 "
	  "ends=2021-04-05T00:00:00 days=2021-04-04..2021-04-05 "
	  "title=[Ann Lind]\n"
	  "  {'first_name':'Ann','last_name':'Lind'}\n"
	  "  connection https://www.linkedin.com/in/ann-lind-1 name=[Ann "
	  "Lind]\n" },
	{ "a percent sign is what it stands for", SL_LINKEDIN_CONNECTIONS,
	  "[{'First Name':'José',"
	  "'URL':'https://www.linkedin.com/in/jos%C3%A9-x','Connected "
	  "On':'2026-08-03'},{'First Name':'José',"
	  "'URL':'https://www.linkedin.com/in/josé-x','Connected "
	  "On':'2026-08-03'}]",
	  "linkedin_connection c:josé-x v7180675200003 listed "
	  "weak=cw:7f7cb4 at=2026-08-03T00:00:00 "
	  "ends=2026-08-04T00:00:00 days=2026-08-03..2026-08-04 "
	  "title=[José]\n"
	  "  {'first_name':'José'}\n"
	  "  connection https://www.linkedin.com/in/jos%C3%A9-x "
	  "name=[José]\n"
	  "linkedin_connection c:josé-x v7180675200003 listed "
	  "weak=cw:7f7cb4 at=2026-08-03T00:00:00 "
	  "ends=2026-08-04T00:00:00 days=2026-08-03..2026-08-04 "
	  "title=[José]\n"
	  "  {'first_name':'José'}\n"
	  "  connection https://www.linkedin.com/in/jos%C3%A9-x "
	  "name=[José]\n" },
	{ "without an address it is known by name and day",
	  SL_LINKEDIN_CONNECTIONS,
	  "[{'First Name':'Bo','Last Name':'Ek','URL':'','Connected "
	  "On':'07 Jun 2022'},{'First Name':'Bo','Last Name':'Ek',"
	  "'Connected On':'06/07/2022'}]",
	  "linkedin_connection cw:5ea68d v7180675200003 listed "
	  "weak=cw:5ea68d at=2022-06-07T00:00:00 "
	  "ends=2022-06-08T00:00:00 days=2022-06-07..2022-06-08 "
	  "title=[Bo Ek]\n"
	  "  {'first_name':'Bo','last_name':'Ek'}\n"
	  "  connection Bo Ek name=[Bo Ek] no-person\n"
	  "linkedin_connection cw:5ea68d v7180675200003 listed "
	  "weak=cw:5ea68d at=2022-06-07T00:00:00 "
	  "ends=2022-06-08T00:00:00 days=2022-06-07..2022-06-08 "
	  "title=[Bo Ek]\n"
	  "  {'first_name':'Bo','last_name':'Ek'}\n"
	  "  connection Bo Ek name=[Bo Ek] no-person\n" },
	{ "who hides shows a date", SL_LINKEDIN_CONNECTIONS,
	  "[{'First Name':'','Last Name':'','URL':'','Email Address':'',"
	  "'Company':'','Position':'','Connected On':'07 Jun 2022'}]",
	  "filtered row:1 hidden-member\n" },
	{ "no date, or none that is known", SL_LINKEDIN_CONNECTIONS,
	  "[{'First Name':'Ann',"
	  "'URL':'https://www.linkedin.com/in/ann-lind-1'},{'First "
	  "Name':'Ann','URL':'https://www.linkedin.com/in/ann-lind-1',"
	  "'Connected On':'12 Mär 2024'}]",
	  "linkedin_connection c:ann-lind-1 v7180675200003 listed "
	  "title=[Ann]\n"
	  "  {'first_name':'Ann'}\n"
	  "  connection https://www.linkedin.com/in/ann-lind-1 "
	  "name=[Ann]\n"
	  "linkedin_connection c:ann-lind-1 v7180675200003 listed "
	  "title=[Ann]\n"
	  "  {'connected_on_raw':'12 Mär 2024','first_name':'Ann',"
	  "'notes':['date-malformed']}\n"
	  "  connection https://www.linkedin.com/in/ann-lind-1 "
	  "name=[Ann]\n" },
	{ "nothing to know them by", SL_LINKEDIN_CONNECTIONS,
	  "[{'First Name':'Ann',"
	  "'URL':'https://www.linkedin.com/company/x','Connected "
	  "On':'x'},{},{'Connected On':'07 Jun 2022',"
	  "'URL':'https://x.example/in/a'},[]]",
	  "rejected row:1 a connection without profile, or name and "
	  "date\n"
	  "rejected row:2 a connection without profile, or name and "
	  "date\n"
	  "rejected row:3 a connection without profile, or name and "
	  "date\n"
	  "rejected row:4 a connection without profile, or name and "
	  "date\n" },
};

static const struct kit_row invitation_rows[] = {
	{ "sent", SL_LINKEDIN_INVITATIONS,
	  "[{'From':'Mira H','To':'Ossian Berg','Sent At':'10/28/26, "
	  "4:05 PM','Message':'','Direction':'OUTGOING',"
	  "'inviterProfileUrl':'https://www.linkedin.com/in/mira-h',"
	  "'inviteeProfileUrl':'https://www.linkedin.com/in/ossian-berg'}"
	  "]",
	  "linkedin_invitation i:out:ossian-berg:2026-10-28T16:05 "
	  "v7180675200003 listed at=2026-10-28T16:05:00 keep-labels\n"
	  "  {'direction':'outgoing','zone_unknown':true}\n"
	  "  inviter https://www.linkedin.com/in/mira-h name=[Mira H] "
	  "self\n"
	  "  invitee https://www.linkedin.com/in/ossian-berg "
	  "name=[Ossian Berg]\n"
	  "own https://www.linkedin.com/in/mira-h name=[Mira H]\n" },
	{ "received, with a text", SL_LINKEDIN_INVITATIONS,
	  "[{'From':'Ida Novak','To':'Mira H','Sent At':'9/3/26, "
	  "12:20 AM','Message':'Hi Mira, we met','Direction':'Incoming',"
	  "'inviterProfileUrl':'https://www.linkedin.com/in/ida-novak',"
	  "'inviteeProfileUrl':'https://www.linkedin.com/in/mira-h'}]",
	  "linkedin_invitation i:in:ida-novak:2026-09-03T00:20 "
	  "v7180675200003 listed at=2026-09-03T00:20:00 content=[Hi Mira,"
	  " we met] keep-labels\n"
	  "  {'direction':'incoming','zone_unknown':true}\n"
	  "  inviter https://www.linkedin.com/in/ida-novak name=[Ida "
	  "Novak]\n"
	  "  invitee https://www.linkedin.com/in/mira-h name=[Mira H] "
	  "self\n"
	  "own https://www.linkedin.com/in/mira-h name=[Mira H]\n" },
	{ "a zone that is told", SL_LINKEDIN_INVITATIONS,
	  "[{'From':'Ida','Sent At':'2026-09-03T11:20:59+02:00',"
	  "'Direction':'INCOMING',"
	  "'inviterProfileUrl':'https://www.linkedin.com/in/ida-novak'}]",
	  "linkedin_invitation i:in:ida-novak:2026-09-03T09:20 "
	  "v7180675200003 listed at=2026-09-03T09:20:00 keep-labels\n"
	  "  {'direction':'incoming'}\n"
	  "  inviter https://www.linkedin.com/in/ida-novak name=[Ida]\n" },
	{ "before 2023 there are names alone", SL_LINKEDIN_INVITATIONS,
	  "[{'From':'Mira H','To':'Ossian Berg','Sent At':'10/28/19, "
	  "4:05 PM','Direction':'OUTGOING'}]",
	  "linkedin_invitation "
	  "i:out:~a0f6f35dcfc1beb5cea3b4ecb71d4ae4eaeb6f002d06c2a552e90fe"
	  "ebdeb6605:2019-10-28T16:05 v7180675200003 listed "
	  "at=2019-10-28T16:05:00 keep-labels\n"
	  "  {'direction':'outgoing','zone_unknown':true}\n"
	  "  inviter Mira H name=[Mira H] self no-person\n"
	  "  invitee Ossian Berg name=[Ossian Berg] no-person\n" },
	{ "what it cannot do without", SL_LINKEDIN_INVITATIONS,
	  "[{'From':'A','To':'B','Sent At':'10/28/19, 4:05 PM'},"
	  "{'From':'A','To':'','Sent At':'10/28/19, 4:05 PM',"
	  "'Direction':'OUTGOING'},{'From':'A','To':'B','Sent At':'soon',"
	  "'Direction':'OUTGOING'},{'From':'A','To':'B','Sent "
	  "At':'1/2/26, 13:05 PM','Direction':'OUTGOING'}]",
	  "rejected row:1 Direction: neither OUTGOING nor INCOMING\n"
	  "rejected row:2 an invitation of nobody\n"
	  "rejected row:3 Sent At: not a time\n"
	  "rejected row:4 Sent At: not a time\n" },
};

static void
connections_are_known_by_their_profile(void **state SL_UNUSED)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(connection_rows); i++)
		kit_map(&connection_rows[i]);
}

static void
invitations_have_a_direction(void **state SL_UNUSED)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(invitation_rows); i++)
		kit_map(&invitation_rows[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connections_are_known_by_their_profile),
		cmocka_unit_test(invitations_have_a_direction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
