/* SPDX-License-Identifier: Apache-2.0 */
/* What the headers of a message say: people, signs of bulk, times. */
#include "gmail_map_kit.h"

#define HEADED(headers)                                                        \
	"'payload':{'mimeType':'text/x','headers':[" headers "]}"

struct people_row {
	const char *why;
	const char *headers;
	const char *want; /* role:address:name, separated by spaces */
};

static const struct people_row people_rows[] = {
	{ "everybody in their roles",
	  H("From", "Lee Park <lee@example.com>") "," H("To", "ana@example.com") "," H(
		  "Cc",
		  "c@example.com") "," H("Bcc",
					 "b@example.com") "," H("Sender",
								"s@example.com") "," H("Reply-To",
										       "r@example.com"),
	  "from:lee@example.com:Lee Park sender:s@example.com:- "
	  "reply_to:r@example.com:- to:ana@example.com:- cc:c@example.com:- "
	  "bcc:b@example.com:- " },
	{ "names of headers in any spelling, and twice",
	  H("FROM", "a@example.com") "," H("to", "b@example.com") "," H(
		  "TO", "c@example.com"),
	  "from:a@example.com:- to:b@example.com:- to:c@example.com:- " },
	{ "several From", H("From", "a@example.com, B <b@example.com>"),
	  "from:a@example.com:- from:b@example.com:B " },
	{ "a comma in quotes",
	  H("To", "\\\"Ops, Team\\\" <ops@example.com>, x@example.com"),
	  "to:ops@example.com:Ops, Team to:x@example.com:- " },
	{ "nobody told", H("To", "Undisclosed recipients:;"), "" },
	{ "none at all", H("Subject", "x"), "" },
	{ "headers that are none", "5,null,{'name':'From'},{'value':'x'}", "" },
};

static void
people_come_with_their_roles(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(people_rows); i++) {
		const struct people_row *row = &people_rows[i];
		struct kit kit;
		const struct sl_artifact *a;
		const char *got = "";
		char members[2048];

		(void)snprintf(members, sizeof(members),
			       "'payload':{'mimeType':'text/x','headers':[%s]}",
			       row->headers);
		a = kit_map(&kit, "full", members);
		for (const struct sl_participant *p = a->participants;
		     p != NULL; p = p->next)
			got = sl_arena_printf(kit.arena, "%s%s:%s:%s ", got,
					      p->role, p->value,
					      p->name != NULL ? p->name : "-");
		kit_expect_text(row->why, "people", got, row->want);
		kit_release(&kit);
	}
}

static void
too_many_recipients_are_cut_and_said_so(void **state)
{
	struct kit kit;
	const struct sl_artifact *a;
	struct sl_buf members;

	(void)state;
	sl_buf_init(&members, PRINT_MAX);
	sl_buf_adds(&members, "'payload':{'headers':[{'name':'To','value':'");
	for (int i = 0; i < SL_GMAIL_PEOPLE_MAX + 1; i++)
		sl_buf_addf(&members, "p%d@example.com, ", i);
	sl_buf_adds(&members, "'}]}");
	a = kit_map(&kit, "full", sl_buf_text(&members));
	assert_int_equal(a->participant_count, SL_GMAIL_PEOPLE_MAX);
	assert_true(a->participants_incomplete);
	assert_non_null(
		strstr(kit_metadata(&kit, a, "notes"), "recipients-cut"));
	kit_release(&kit);
	sl_buf_release(&members);
}

static void
the_users_own_spellings_are_theirs(void **state)
{
	static const struct {
		const char *account, *address;
		bool own;
	} rows[] = {
		{ "ana@example.com", "Ana@Example.com", true },
		{ "ana@example.com", "a.na@example.com", false },
		{ "ana@example.com", "ana+x@example.com", false },
		{ "ana.b@gmail.com", "anab@gmail.com", true },
		{ "anab@gmail.com", "A.Na.B+news@GoogleMail.com", true },
		{ "anab@gmail.com", "anab.@gmail.com", true },
		{ "anab@gmail.com", "anabc@gmail.com", false },
		{ "anab@gmail.com", "ana@gmail.com", false },
		{ "anab@gmail.com", "anab@example.com", false },
		{ "anab@gmail.com", "no address", false },
	};
	struct kit kit;
	const struct sl_artifact *a;

	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++)
		if (sl_gmail_is_own(rows[i].account, rows[i].address) !=
		    rows[i].own)
			fail_msg("%s for %s", rows[i].address, rows[i].account);
	a = kit_map(&kit, "full",
		    "'payload':{'headers':[" H("To", "ANA@example.com, "
						     "bo@example.org") "]}");
	assert_true(a->participants->self);
	assert_false(a->participants->next->self);
	kit_release(&kit);
}

struct bulk_row {
	const char *why;
	const char *headers;
	const char *labels;
	const char *want;
};

static const struct bulk_row bulk_rows[] = {
	{ "a letter", H("From", "a@example.com"), "'INBOX'", "-" },
	{ "a list", H("List-ID", "<l.example.com>"), "", "list-id" },
	{ "a list that takes mail", H("List-Post", "<mailto:l@example.com>"),
	  "", "list-post" },
	{ "bulk", H("Precedence", "bulk"), "", "precedence" },
	{ "junk, in capitals", H("Precedence", " JUNK"), "", "precedence" },
	{ "another precedence", H("Precedence", "first-class"), "", "-" },
	{ "a machine", H("Auto-Submitted", "auto-generated"), "",
	  "auto-submitted" },
	{ "a machine with parameters", H("auto-submitted", "auto-replied; x"),
	  "", "auto-submitted" },
	{ "no machine", H("Auto-Submitted", "No"), "", "-" },
	{ "a bounce", H("Return-Path", "<>"), "", "null-return-path" },
	{ "a path", H("Return-Path", "<a@example.com>"), "", "-" },
	{ "a mass mailer", H("Feedback-ID", "1:2:x"), "", "feedback-id" },
	{ "a machine that wants no answer",
	  H("X-Auto-Response-Suppress", "OOF, DR"), "",
	  "auto-response-suppress" },
	{ "one that wants them all", H("X-Auto-Response-Suppress", "None"), "",
	  "-" },
	{ "promotions", "", "'INBOX','CATEGORY_PROMOTIONS'", "category" },
	{ "social", "", "'CATEGORY_SOCIAL'", "category" },
	{ "forums", "", "'CATEGORY_FORUMS'", "category" },
	{ "updates are of many kinds", "", "'CATEGORY_UPDATES'", "-" },
	{ "one may unsubscribe",
	  H("List-Unsubscribe", "<mailto:u@example.com>"), "",
	  "list-unsubscribe" },
	{ "but from an answer, that is a tool of one person",
	  H("List-Unsubscribe",
	    "<mailto:u@example.com>") "," H("In-Reply-To", "<x@example.com>"),
	  "", "-" },
	{ "the strongest sign is told",
	  H("List-Unsubscribe", "<mailto:u@example.com>") "," H("List-Id",
								"<l>"),
	  "'CATEGORY_SOCIAL'", "list-id" },
	{ "an empty header is none", H("List-Id", "  "), "", "-" },
};

static void
signs_of_bulk_are_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(bulk_rows); i++) {
		const struct bulk_row *row = &bulk_rows[i];
		struct kit kit;
		const struct sl_artifact *a;
		char members[1024];

		(void)snprintf(members, sizeof(members),
			       "'labelIds':[%s],'payload':{'headers':[%s]}",
			       row->labels, row->headers);
		a = kit_map(&kit, "full", members);
		kit_expect_text(row->why, "bulk", kit_metadata(&kit, a, "bulk"),
				row->want);
		kit_release(&kit);
	}
}

struct time_row {
	const char *why;
	const char *members;
	const char *occurred; /* NULL = no time */
	const char *date;
};

#define DATED(value) "'payload':{'headers':[" H("Date", value) "]}"

static const struct time_row time_rows[] = {
	{ "Google's time counts, the sender's is kept",
	  "'internalDate':'1795168800000'," DATED(
		  "Fri, 20 Nov 2026 11:00:00 +0100"),
	  "2026-11-20T10:00:00.000000Z",
	  "{'at':'2026-11-20T10:00:00.000000Z','raw':'Fri, 20 Nov 2026 "
	  "11:00:00 +0100'}" },
	{ "as a number", "'internalDate':1795168800000,'payload':{}",
	  "2026-11-20T10:00:00.000000Z", "-" },
	{ "without it the sender's", DATED("Fri, 20 Nov 2026 11:00:00 +0100"),
	  "2026-11-20T10:00:00.000000Z",
	  "{'at':'2026-11-20T10:00:00.000000Z','raw':'Fri, 20 Nov 2026 "
	  "11:00:00 +0100'}" },
	{ "absurd ones break nothing",
	  "'internalDate':'9223372036854775807'," DATED("yesterday"), NULL,
	  "{'raw':'yesterday'}" },
	{ "nor below", "'internalDate':'-9223372036854775808','payload':{}",
	  NULL, "-" },
	{ "nor words", "'internalDate':'now','payload':{}", NULL, "-" },
	{ "before 1970", "'internalDate':'-1000','payload':{}",
	  "1969-12-31T23:59:59.000000Z", "-" },
	{ "a scheduled message is in the future",
	  "'internalDate':'1900000000000','payload':{}",
	  "2030-03-17T17:46:40.000000Z", "-" },
};

static void
times_are_googles(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(time_rows); i++) {
		const struct time_row *row = &time_rows[i];
		struct kit kit;
		const struct sl_artifact *a =
			kit_map(&kit, "full", row->members);
		char text[SL_RFC3339_TEXT];

		sl_rfc3339_format(a->occurred_us, text);
		kit_expect_text(row->why, "time",
				a->occurred_us == SL_NO_TIME ? NULL : text,
				row->occurred);
		kit_expect_text(row->why, "date", kit_metadata(&kit, a, "date"),
				row->date);
		assert_true(a->reach_us == a->occurred_us);
		kit_release(&kit);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_come_with_their_roles),
		cmocka_unit_test(too_many_recipients_are_cut_and_said_so),
		cmocka_unit_test(the_users_own_spellings_are_theirs),
		cmocka_unit_test(signs_of_bulk_are_told),
		cmocka_unit_test(times_are_googles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
