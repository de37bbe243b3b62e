/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the address book, own addresses, profile and positions. */
#include "linkedin_rows.h"

static const struct kit_row people_rows[] = {
	{ "address book", SL_LINKEDIN_CONTACTS,
	  "[{'Source':'GOOGLE','FirstName':'Ida','LastName':'Novak',"
	  "'Companies':'Novak Design','Title':'',"
	  "'Emails':'ida@novak.example; Ida2@novak.example',"
	  "'PhoneNumbers':'','FullName':'Ida Novak','Profiles':''},"
	  "{'FirstName':'Bo','Profiles':'https://www.linkedin.com/in/bo, "
	  "https://x.example/bo'},{'FirstName':'Nobody','Emails':'n/a'}]",
	  "filtered row:3 contact-without-address\n"
	  "person "
	  "book:57340e0a1cba003c56b44308b9bee8b714be727f75da7791cc1e76bbe"
	  "ec9c0ec v7180675200003 addresses=ida@novak.example,"
	  "Ida2@novak.example handles= name=[Ida Novak] given=[Ida] "
	  "family=[Novak] company=[Novak Design]\n"
	  "person "
	  "book:bcb52ce2375d8d1b7610c7232dfd5f9fbd1b392bfc53420239f552ee2"
	  "9d78f31 v7180675200003 addresses= "
	  "handles=https://www.linkedin.com/in/bo name=[Bo] given=[Bo]\n" },
	{ "own addresses", SL_LINKEDIN_EMAILS,
	  "[{'Email Address':'mira@fjord.example','Confirmed':'Yes',"
	  "'Primary':'Yes','Updated On':'Not Available'},{'Email "
	  "Address':'old@fjord.example','Confirmed':'No'},{'Email "
	  "Address':'older@fjord.example'},{'Email Address':'nothing',"
	  "'Confirmed':'Yes'}]",
	  "filtered row:2 unconfirmed\n"
	  "filtered row:3 unconfirmed\n"
	  "rejected row:4 Email Address: none\n"
	  "own-address mira@fjord.example\n" },
	{ "own profile", SL_LINKEDIN_PROFILE,
	  "[{'First Name':'Mira','Last Name':'H','Maiden Name':'',"
	  "'Address':'Way 1','Birth Date':'Nov 5, 1990','Headline':'Grid "
	  "analyst','Summary':'','Industry':'Utilities','Zip "
	  "Code':'0150','Geo Location':'Oslo, Norway','Twitter "
	  "Handles':'[mirah]','Websites':'[PERSONAL:https://mira.example,"
	  "BLOG:https://b.example]','Instant Messengers':''},"
	  "{'Headline':'x'}]",
	  "rejected row:2 a profile without a name\n"
	  "person profile v7180675200003 self name=[Mira H] given=[Mira] "
	  "family=[H] part=[profile]\n"
	  "  {'headline':'Grid analyst','industry':'Utilities',"
	  "'location':'Oslo, Norway','twitter':['mirah'],"
	  "'websites':['PERSONAL:https://mira.example',"
	  "'BLOG:https://b.example']}\n" },
	{ "own positions, the newest first whatever their order",
	  SL_LINKEDIN_POSITIONS,
	  "[{'Company Name':'Lab','Title':'Intern','Description':'',"
	  "'Location':'Bergen','Started On':'Jun 2021','Finished "
	  "On':'Dec 2021'},{'Company Name':'Nordlys','Title':'Analyst',"
	  "'Description':'Forecasting,\\nreporting','Location':'Oslo',"
	  "'Started On':'Jan 2024','Finished On':''},{'Company "
	  "Name':'Lab','Title':'Intern','Location':'Bergen','Started "
	  "On':'Jun 2021','Finished On':'Dec 2021'},{'Company "
	  "Name':'Bar','Started On':'2019','Finished On':'as long as it "
	  "lasted'},{'Location':'x'}]",
	  "rejected row:5 a position without company and title\n"
	  "person positions v7180675200003 self company=[Nordlys] "
	  "title=[Analyst] part=[positions]\n"
	  "  [{'company':'Nordlys','description':'Forecasting,"
	  "\\nreporting','location':'Oslo','started_on':'2024-01',"
	  "'title':'Analyst'},{'company':'Lab','finished_on':'2021-12',"
	  "'location':'Bergen','started_on':'2021-06','title':'Intern'},"
	  "{'company':'Bar','finished_on':'as long as it lasted',"
	  "'started_on':'2019'}]\n" },
	{ "no position at all", SL_LINKEDIN_POSITIONS, "[]", "" },
};

static void
people_are_told_beside_events(void **state SL_UNUSED)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(people_rows); i++)
		kit_map(&people_rows[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_are_told_beside_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
