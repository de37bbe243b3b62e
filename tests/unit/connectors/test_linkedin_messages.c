/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of messages. */
#include "linkedin_rows.h"

static const struct kit_row message_rows[] = {
	{ "a letter of one to one, saved again by a spreadsheet",
	  SL_LINKEDIN_MESSAGES,
	  "[{'CONVERSATION ID':'2-c3lu=','CONVERSATION TITLE':'',"
	  "'FROM':'Tobias L, PhD','SENDER PROFILE "
	  "URL':'https://www.linkedin.com/in/tobias','TO':'Mira H',"
	  "'RECIPIENT PROFILE URLS':'https://www.linkedin.com/in/mira',"
	  "'DATE':'2026-11-02 09:14:05 UTC','SUBJECT':'',"
	  "'CONTENT':'Lunch on Friday?\\r\\nBring the deck. \\r\\n',"
	  "'FOLDER':'INBOX','ATTACHMENTS':''}]",
	  "linkedin_message KEY v7180675200003 by-moment listed "
	  "thread=[2-c3lu=] at=2026-11-02T09:14:05 content=[Lunch on "
	  "Friday?\n"
	  "Bring the deck.] labels=INBOX\n"
	  "  from https://www.linkedin.com/in/tobias name=[Tobias L, "
	  "PhD]\n"
	  "  to https://www.linkedin.com/in/mira name=[Mira H]\n" },
	{ "columns may be arrays; as many names as people",
	  SL_LINKEDIN_MESSAGES,
	  "[{'CONVERSATION ID':'urn:li:messagingThread:2-x',"
	  "'CONVERSATION TITLE':'Offer','FROM':'A','SENDER PROFILE "
	  "URL':'https://www.linkedin.com/in/a','TO':'B, C','RECIPIENT "
	  "PROFILE URLS':['https://www.linkedin.com/in/b',"
	  "'https://www.linkedin.com/in/c'],"
	  "'DATE':'2026-11-02T09:14:05.700Z','SUBJECT':'S','CONTENT':'x',"
	  "'FOLDER':'ARCHIVE','ATTACHMENTS':['https://a.example/1',"
	  "'urn:li:x:2']}]",
	  "linkedin_message KEY v7180675200003 by-moment listed "
	  "thread=[2-x] at=2026-11-02T09:14:05 title=[S] content=[x] "
	  "labels=ARCHIVE\n"
	  "  {'attachments':['https://a.example/1','urn:li:x:2'],"
	  "'conversation_title':'Offer'}\n"
	  "  from https://www.linkedin.com/in/a name=[A]\n"
	  "  to https://www.linkedin.com/in/b name=[B]\n"
	  "  to https://www.linkedin.com/in/c name=[C]\n" },
	{ "one person with a comma; no seconds; a blank between "
	  "attachments",
	  SL_LINKEDIN_MESSAGES,
	  "[{'CONVERSATION ID':'t','FROM':'Mira','SENDER PROFILE "
	  "URL':'https://www.linkedin.com/in/mira','TO':'Smith, PhD',"
	  "'RECIPIENT PROFILE URLS':'https://www.linkedin.com/in/smith',"
	  "'DATE':'2026-11-02 09:14 UTC','CONTENT':'',"
	  "'ATTACHMENTS':'https://a.example/1 https://a.example/2'}]",
	  "linkedin_message KEY v7180675200003 by-moment listed "
	  "thread=[t] at=2026-11-02T09:14:00 labels=\n"
	  "  {'attachments':['https://a.example/1',"
	  "'https://a.example/2']}\n"
	  "  from https://www.linkedin.com/in/mira name=[Mira]\n"
	  "  to https://www.linkedin.com/in/smith name=[Smith, PhD]\n" },
	{ "several people and commas: nobody knows whose name is whose",
	  SL_LINKEDIN_MESSAGES,
	  "[{'CONVERSATION ID':'t','FROM':'Mira','SENDER PROFILE "
	  "URL':'https://www.linkedin.com/in/mira','TO':'Smith, PhD, Bo "
	  "Ek','RECIPIENT PROFILE "
	  "URLS':'https://www.linkedin.com/in/smith,"
	  "https://www.linkedin.com/in/bo','DATE':'2026-11-02 09:14:05 "
	  "UTC','CONTENT':'x'}]",
	  "linkedin_message KEY v7180675200003 by-moment listed "
	  "thread=[t] at=2026-11-02T09:14:05 content=[x] labels=\n"
	  "  {'to':'Smith, PhD, Bo Ek'}\n"
	  "  from https://www.linkedin.com/in/mira name=[Mira]\n"
	  "  to https://www.linkedin.com/in/smith\n"
	  "  to https://www.linkedin.com/in/bo\n" },
	{ "members without a profile", SL_LINKEDIN_MESSAGES,
	  "[{'CONVERSATION ID':'t','FROM':'LinkedIn Member','SENDER "
	  "PROFILE URL':'','TO':'LinkedIn Member, Mira','RECIPIENT "
	  "PROFILE URLS':'https://www.linkedin.com/in/mira',"
	  "'DATE':'2026-11-02 09:14:05 UTC','CONTENT':'x',"
	  "'FOLDER':'SPAM'}]",
	  "linkedin_message KEY v7180675200003 by-moment listed "
	  "thread=[t] at=2026-11-02T09:14:05 content=[x] labels=SPAM\n"
	  "  {'bulk':'spam-folder'}\n"
	  "  from LinkedIn Member name=[LinkedIn Member] no-person\n"
	  "  to https://www.linkedin.com/in/mira name=[Mira]\n"
	  "  to LinkedIn Member name=[LinkedIn Member] no-person\n" },
	{ "sponsored", SL_LINKEDIN_MESSAGES,
	  "[{'CONVERSATION ID':'t','FROM':'Acme','SENDER PROFILE "
	  "URL':'https://www.linkedin.com/company/acme','TO':'Mira',"
	  "'RECIPIENT PROFILE URLS':'https://www.linkedin.com/in/mira',"
	  "'DATE':'2024-03-12 08:15:30 UTC','CONTENT':'<p "
	  "class=\\\"spinmail-quill-editor__spin-break\\\">Hi &amp; "
	  "bye</p><p>Two</p>','FOLDER':'INBOX'}]",
	  "linkedin_message KEY v7180675200003 by-moment listed "
	  "thread=[t] at=2024-03-12T08:15:30 content=[Hi & bye\n"
	  "\n"
	  "Two] labels=INBOX\n"
	  "  {'bulk':'sponsored'}\n"
	  "  from https://www.linkedin.com/company/acme name=[Acme] "
	  "no-person\n"
	  "  to https://www.linkedin.com/in/mira name=[Mira]\n" },
	{ "nine columns: names alone", SL_LINKEDIN_MESSAGES,
	  "[{'CONVERSATION ID':'t','FROM':'A','SENDER PROFILE "
	  "URL':'https://www.linkedin.com/in/a','TO':'B, C',"
	  "'DATE':'2019-03-12 08:15:30 UTC','CONTENT':'x'}]",
	  "linkedin_message KEY v7180675200003 by-moment listed "
	  "thread=[t] at=2019-03-12T08:15:30 content=[x] labels= "
	  "some-people\n"
	  "  from https://www.linkedin.com/in/a name=[A]\n"
	  "  to B, C name=[B, C] no-person\n" },
	{ "drafts", SL_LINKEDIN_MESSAGES,
	  "[{'CONVERSATION ID':'t','DATE':'x','IS MESSAGE DRAFT':'Yes'},"
	  "{'IS CONVERSATION DRAFT':'yes'}]",
	  "filtered row:1 draft\n"
	  "filtered row:2 draft\n" },
	{ "what it cannot do without", SL_LINKEDIN_MESSAGES,
	  "[{'FROM':'A','DATE':'2019-03-12 08:15:30 UTC'},{'CONVERSATION "
	  "ID':'t','FROM':'A','DATE':'12 Mar 2024'},{'CONVERSATION "
	  "ID':'t','FROM':'A'}]",
	  "rejected row:1 a message without a conversation\n"
	  "rejected row:2 DATE: not a time\n"
	  "rejected row:3 DATE: not a time\n" },
	{ "nobody wrote it", SL_LINKEDIN_MESSAGES,
	  "[{'CONVERSATION ID':'t','DATE':'2019-03-12 08:15:30 UTC',"
	  "'CONTENT':'x'}]",
	  "linkedin_message KEY v7180675200003 by-moment listed "
	  "thread=[t] at=2019-03-12T08:15:30 content=[x] labels= "
	  "some-people\n"
	  "  {'notes':['from-missing']}\n" },
	{ "who is in all of them, with two others, is their owner",
	  SL_LINKEDIN_MESSAGES,
	  "[{'CONVERSATION ID':'t','FROM':'A','SENDER PROFILE "
	  "URL':'https://www.linkedin.com/in/a','TO':'Mira','RECIPIENT "
	  "PROFILE URLS':'https://www.linkedin.com/in/mira',"
	  "'DATE':'2019-03-12 08:15:30 UTC'},{'CONVERSATION ID':'t',"
	  "'FROM':'Nobody','DATE':'2019-03-12 08:15:31 UTC',"
	  "'CONTENT':'y'},{'CONVERSATION ID':'u','FROM':'Mira','SENDER "
	  "PROFILE URL':'https://www.linkedin.com/in/mira','TO':'B',"
	  "'RECIPIENT PROFILE URLS':'https://www.linkedin.com/in/b',"
	  "'DATE':'2019-03-12 08:15:32 UTC'}]",
	  "linkedin_message KEY v7180675200003 by-moment listed "
	  "thread=[t] at=2019-03-12T08:15:30 labels=\n"
	  "  from https://www.linkedin.com/in/a name=[A]\n"
	  "  to https://www.linkedin.com/in/mira name=[Mira]\n"
	  "linkedin_message KEY v7180675200003 by-moment listed "
	  "thread=[t] at=2019-03-12T08:15:31 content=[y] labels= "
	  "some-people\n"
	  "  from Nobody name=[Nobody] no-person\n"
	  "linkedin_message KEY v7180675200003 by-moment listed "
	  "thread=[u] at=2019-03-12T08:15:32 labels=\n"
	  "  from https://www.linkedin.com/in/mira name=[Mira]\n"
	  "  to https://www.linkedin.com/in/b name=[B]\n"
	  "own https://www.linkedin.com/in/mira name=[Mira]\n" },
	{ "who writes to two in one conversation may be anybody",
	  SL_LINKEDIN_MESSAGES,
	  "[{'CONVERSATION ID':'t','FROM':'A','SENDER PROFILE "
	  "URL':'https://www.linkedin.com/in/a','TO':'B','RECIPIENT "
	  "PROFILE URLS':'https://www.linkedin.com/in/b',"
	  "'DATE':'2019-03-12 08:15:30 UTC'},{'CONVERSATION ID':'t',"
	  "'FROM':'A','SENDER PROFILE "
	  "URL':'https://www.linkedin.com/in/a','TO':'C',"
	  "'RECIPIENT PROFILE URLS':'https://www.linkedin.com/in/c',"
	  "'DATE':'2019-03-12 08:15:32 UTC'}]",
	  "linkedin_message KEY v7180675200003 by-moment listed "
	  "thread=[t] at=2019-03-12T08:15:30 labels=\n"
	  "  from https://www.linkedin.com/in/a name=[A]\n"
	  "  to https://www.linkedin.com/in/b name=[B]\n"
	  "linkedin_message KEY v7180675200003 by-moment listed "
	  "thread=[t] at=2019-03-12T08:15:32 labels=\n"
	  "  from https://www.linkedin.com/in/a name=[A]\n"
	  "  to https://www.linkedin.com/in/c name=[C]\n" },
	{ "two who are in all of them: nobody knows", SL_LINKEDIN_MESSAGES,
	  "[{'CONVERSATION ID':'t','FROM':'A','SENDER PROFILE "
	  "URL':'https://www.linkedin.com/in/a','TO':'Mira, B',"
	  "'RECIPIENT PROFILE URLS':'https://www.linkedin.com/in/mira,"
	  "https://www.linkedin.com/in/b','DATE':'2019-03-12 08:15:30 "
	  "UTC'},{'CONVERSATION ID':'u','FROM':'Mira','SENDER PROFILE "
	  "URL':'https://www.linkedin.com/in/mira','TO':'A, C',"
	  "'RECIPIENT PROFILE URLS':'https://www.linkedin.com/in/a,"
	  "https://www.linkedin.com/in/c','DATE':'2019-03-12 08:15:32 "
	  "UTC'}]",
	  "linkedin_message KEY v7180675200003 by-moment listed "
	  "thread=[t] at=2019-03-12T08:15:30 labels=\n"
	  "  from https://www.linkedin.com/in/a name=[A]\n"
	  "  to https://www.linkedin.com/in/mira name=[Mira]\n"
	  "  to https://www.linkedin.com/in/b name=[B]\n"
	  "linkedin_message KEY v7180675200003 by-moment listed "
	  "thread=[u] at=2019-03-12T08:15:32 labels=\n"
	  "  from https://www.linkedin.com/in/mira name=[Mira]\n"
	  "  to https://www.linkedin.com/in/a name=[A]\n"
	  "  to https://www.linkedin.com/in/c name=[C]\n" },
};

static void
messages_have_a_moment_and_people(void **state SL_UNUSED)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(message_rows); i++)
		kit_map(&message_rows[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_have_a_moment_and_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
