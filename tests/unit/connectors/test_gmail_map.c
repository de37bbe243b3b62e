/* SPDX-License-Identifier: Apache-2.0 */
/* One message of every shape becomes one record: parts, text, people, times,
 * signs of bulk, and what is kept of it. */
#include "connectors/gmail/mapping.h"
#include "gmail_kit.h"

/** Maps one message: `members` beside its id. */
static const struct sl_artifact *
map_as(struct kit *kit, const char *content, const char *members)
{
	kit_init(kit, "backfill");
	kit_cursor(kit, "{'v':1,'page':'p1'}");
	kit_set(kit, "content", content);
	kit_want(kit, "m1");
	(void)kit_answer(kit, SL_GMAIL_MESSAGE,
			 sl_arena_printf(kit->arena,
					 "{'id':'m1','threadId':'t1',%s}",
					 members),
			 "m1");
	assert_int_equal(kit_read(kit), SL_OK);
	kit_assert_counted(&kit->page);
	return kit->page.artifacts.first;
}

static const char *
metadata_text(struct kit *kit, const struct sl_artifact *a, const char *key)
{
	const json_t *value = json_object_get(a->metadata, key);
	char *text;

	if (value == NULL)
		return "-";
	if (json_is_string(value))
		return json_string_value(value);
	text = sl_json_canonical(kit->arena, value);
	for (char *c = text; *c != '\0'; c++)
		if (*c == '"')
			*c = '\'';
	return text;
}

static void
expect(const char *why, const char *what, const char *got, const char *want)
{
	if (!sl_text_equal(got, want))
		fail_msg("%s: %s is %s, not %s", why, what,
			 got != NULL ? got : "(none)",
			 want != NULL ? want : "(none)");
}

/* ---- the tree of parts ---- */

struct body_row {
	const char *why;
	const char *payload;
	const char *content;
	const char *attachments;
	const char *notes;
};

/** Notes of a message with no headers at all. */
#define BARE "'time-missing','message-id-missing','from-missing'"
#define TYPED(type, data)                                                      \
	"{'mimeType':'" type "','filename':'','body':{'data':'" data "'}}"
#define TYPE(value) "'headers':[{'name':'Content-Type','value':'" value "'}]"
#define DISPOSED(value)                                                        \
	"'headers':[{'name':'Content-Disposition','value':'" value "'}]"
#define MULTI(kind, parts)                                                     \
	"{'mimeType':'multipart/" kind "','parts':[" parts "]}"

/* "Hello\n", "  \r\n ", "<p>Hi <b>there</b></p>", "More\n" */
#define HELLO "SGVsbG8K"
#define BLANK "ICANCiA="
#define HTML  "PHA-SGkgPGI-dGhlcmU8L2I-PC9wPg=="
#define MORE  "TW9yZQo="

static const struct body_row body_rows[] = {
	{ "a root without parts", TYPED("text/plain", HELLO), "Hello\n", "-",
	  "[" BARE "]" },
	{ "a type in capitals", TYPED("TEXT/Plain", HELLO), "Hello\n", "-",
	  "[" BARE "]" },
	{ "no type at all is plain text", "{'body':{'data':'" HELLO "'}}",
	  "Hello\n", "-", "[" BARE "]" },
	{ "a type that only a header tells",
	  "{" TYPE("text/html; charset=utf-8") ",'body':{'data':'" HTML "'}}",
	  "Hi there", "-", "[" BARE "]" },
	{ "HTML alone", TYPED("text/html", HTML), "Hi there", "-",
	  "[" BARE "]" },
	{ "of alternatives the plain one",
	  MULTI("alternative",
		TYPED("text/plain", HELLO) "," TYPED("text/html", HTML)),
	  "Hello\n", "-", "[" BARE "]" },
	{ "in any order",
	  MULTI("alternative",
		TYPED("text/html", HTML) "," TYPED("text/plain", HELLO)),
	  "Hello\n", "-", "[" BARE "]" },
	{ "unless there is nothing in it",
	  MULTI("alternative",
		TYPED("text/plain", "") "," TYPED("text/html", HTML)),
	  "Hi there", "-", "[" BARE "]" },
	{ "or white space alone",
	  MULTI("alternative",
		TYPED("text/plain", BLANK) "," TYPED("text/html", HTML)),
	  "Hi there", "-", "[" BARE "]" },
	{ "HTML inside of what goes with it",
	  MULTI("alternative",
		TYPED("text/plain", BLANK) "," MULTI(
			"related",
			TYPED("text/html",
			      HTML) ",{'partId':'1.1','mimeType':'image/png',"
				    "'filename':'logo.png','body':{'size':9,"
				    "'attachmentId':'x'}}")),
	  "Hi there",
	  "[{'name':'logo.png','part':'1.1','size':9,'type':'image/png'}]",
	  "[" BARE "]" },
	{ "texts beside each other are all read",
	  MULTI("mixed",
		TYPED("text/plain", HELLO) "," TYPED("text/plain", MORE)),
	  "Hello\nMore\n", "-", "[" BARE "]" },
	{ "a footer behind HTML",
	  MULTI("mixed",
		TYPED("text/html", HTML) "," TYPED("text/plain", MORE)),
	  "Hi there\nMore\n", "-", "[" BARE "]" },
	{ "alternatives inside of mixed, and an attachment",
	  MULTI("mixed", MULTI("alternative",
			       TYPED("text/plain", HELLO) "," TYPED(
				       "text/html", HTML)) ","
							   "{'partId':'1'"
							   ",'mimeType':"
							   "'application/"
							   "pdf',"
							   "'filename':'c."
							   "pdf','body':{"
							   "'size':'48'}}"),
	  "Hello\n",
	  "[{'name':'c.pdf','part':'1','size':48,'type':'application/pdf'}]",
	  "[" BARE "]" },
	{ "a text with a name is an attachment",
	  MULTI("mixed",
		TYPED("text/plain",
		      HELLO) ",{'mimeType':'text/plain','filename':'n.txt',"
			     "'body':{'data':'" MORE "'}}"),
	  "Hello\n", "[{'name':'n.txt','type':'text/plain'}]", "[" BARE "]" },
	{ "so is one that says so",
	  MULTI("mixed",
		TYPED("text/plain", HELLO) ",{'mimeType':'text/html'," DISPOSED(
			"Attachment") ",'body':{'data':'" HTML "'}}"),
	  "Hello\n", "[{'type':'text/html'}]", "[" BARE "]" },
	{ "the only text of the message may have a name",
	  "{'mimeType':'text/plain','filename':'b.txt','body':{'data':'" HELLO
	  "'}}",
	  "Hello\n", "-", "[" BARE "]" },
	{ "a message inside is attached, its text is not read",
	  MULTI("mixed",
		TYPED("text/plain",
		      HELLO) ",{'mimeType':'message/rfc822','filename':'f.eml',"
			     "'parts':[" TYPED("text/plain", MORE) "]}"),
	  "Hello\n", "[{'name':'f.eml','type':'message/rfc822'}]",
	  "[" BARE "]" },
	{ "unless nothing else is there",
	  MULTI("report",
		"{'mimeType':'message/delivery-status','body':{'data':'eA=='}}"
		",{'mimeType':'message/rfc822','parts':[" TYPED("text/plain",
								MORE) "]}"),
	  "More\n",
	  "[{'type':'message/delivery-status'},{'type':'message/rfc822'}]",
	  "[" BARE "]" },
	{ "an invitation is attached",
	  MULTI("alternative",
		TYPED("text/plain",
		      HELLO) ",{'mimeType':'text/calendar','body':{'size':3,"
			     "'data':'eHh4'}}"),
	  "Hello\n", "[{'size':3,'type':'text/calendar'}]", "[" BARE "]" },
	{ "no payload of any use", "{}", NULL, "-", "[" BARE "]" },
	{ "parts that are none",
	  "{'mimeType':'multipart/mixed','parts':[5,null]}", NULL, "-",
	  "[" BARE "]" },
	{ "a multipart without parts", "{'mimeType':'multipart/mixed'}", NULL,
	  "-", "[" BARE "]" },
	{ "data that is no base64", TYPED("text/plain", "SGVs*bG8K"), NULL, "-",
	  "[" BARE ",'body-malformed']" },
	{ "UTF-8, whatever was declared",
	  "{'mimeType':'text/plain'," TYPE(
		  "text/plain; charset=iso-8859-1") ",'body':{'data':"
						    "'SsO2cmc='}}",
	  "J\xc3\xb6rg", "-", "[" BARE "]" },
	{ "what is not is converted",
	  "{'mimeType':'text/plain'," TYPE(
		  "text/plain; charset=iso-8859-1") ",'body':{'data':"
						    "'SvZyZw=='}}",
	  "J\xc3\xb6rg", "-", "[" BARE "]" },
	{ "what nobody can read is marked",
	  "{'mimeType':'text/plain','body':{'data':'SvZyZw=='}}",
	  "J\xef\xbf\xbdrg", "-", "[" BARE ",'charset-lossy']" },
};

static void
each_tree_of_parts_has_its_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(body_rows); i++) {
		const struct body_row *row = &body_rows[i];
		struct kit kit;
		const struct sl_artifact *a;
		char members[8192];

		(void)snprintf(members, sizeof(members), "'payload':%s",
			       row->payload);
		a = map_as(&kit, "full", members);
		assert_non_null(a);
		expect(row->why, "content", a->content, row->content);
		expect(row->why, "attachments",
		       metadata_text(&kit, a, "attachments"), row->attachments);
		expect(row->why, "notes", metadata_text(&kit, a, "notes"),
		       row->notes);
		kit_release(&kit);
	}
}

static void
a_tree_without_end_is_cut(void **state)
{
	struct kit kit;
	const struct sl_artifact *a;
	struct sl_buf members;

	(void)state;
	sl_buf_init(&members, PRINT_MAX);
	sl_buf_adds(&members, "'payload':");
	for (int i = 0; i < SL_GMAIL_DEPTH_MAX + 2; i++)
		sl_buf_adds(&members,
			    "{'mimeType':'multipart/mixed','parts':[");
	sl_buf_adds(&members, TYPED("text/plain", HELLO));
	for (int i = 0; i < SL_GMAIL_DEPTH_MAX + 2; i++)
		sl_buf_adds(&members, "]}");
	a = map_as(&kit, "full", sl_buf_text(&members));
	assert_null(a->content);
	assert_non_null(strstr(metadata_text(&kit, a, "notes"), "parts-cut"));
	kit_release(&kit);

	sl_buf_clear(&members);
	sl_buf_adds(&members, "'payload':{'mimeType':'multipart/mixed',"
			      "'parts':[" TYPED("text/plain", HELLO));
	for (int i = 0; i < SL_GMAIL_PARTS_MAX + 5; i++)
		sl_buf_adds(&members, ",{'mimeType':'image/png'}");
	sl_buf_adds(&members, "]}");
	a = map_as(&kit, "full", sl_buf_text(&members));
	assert_string_equal(a->content, "Hello\n");
	assert_int_equal(
		json_array_size(json_object_get(a->metadata, "attachments")),
		SL_GMAIL_ATTACHMENTS_MAX);
	assert_non_null(strstr(metadata_text(&kit, a, "notes"), "parts-cut"));
	kit_release(&kit);
	sl_buf_release(&members);
}

/* ---- headers ---- */

#define H(name, value) "{'name':'" name "','value':'" value "'}"
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
		a = map_as(&kit, "full", members);
		for (const struct sl_participant *p = a->participants;
		     p != NULL; p = p->next)
			got = sl_arena_printf(kit.arena, "%s%s:%s:%s ", got,
					      p->role, p->value,
					      p->name != NULL ? p->name : "-");
		expect(row->why, "people", got, row->want);
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
	a = map_as(&kit, "full", sl_buf_text(&members));
	assert_int_equal(a->participant_count, SL_GMAIL_PEOPLE_MAX);
	assert_true(a->participants_incomplete);
	assert_non_null(
		strstr(metadata_text(&kit, a, "notes"), "recipients-cut"));
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
	a = map_as(&kit, "full",
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
		a = map_as(&kit, "full", members);
		expect(row->why, "bulk", metadata_text(&kit, a, "bulk"),
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
			map_as(&kit, "full", row->members);
		char text[SL_RFC3339_TEXT];

		sl_rfc3339_format(a->occurred_us, text);
		expect(row->why, "time",
		       a->occurred_us == SL_NO_TIME ? NULL : text,
		       row->occurred);
		expect(row->why, "date", metadata_text(&kit, a, "date"),
		       row->date);
		assert_true(a->reach_us == a->occurred_us);
		kit_release(&kit);
	}
}

#define LETTER                                                                                                                                                                                                        \
	"'historyId':'41','internalDate':'1795168800000','sizeEstimate':5321,"                                                                                                                                        \
	"'labelIds':['INBOX','UNREAD'],'snippet':'Hi Ana, it&#39;s\xe2\x80\x8c"                                                                                                                                       \
	"',"                                                                                                                                                                                                          \
	"'payload':{'mimeType':'multipart/mixed','headers':[" H("Subject", "Contract") "," H("Message-Id", "<CAF1@mail.example.com>") "," H(                                                                          \
		"In-Reply-To",                                                                                                                                                                                        \
		"<CAF0@mail.example.com>") "," H("References",                                                                                                                                                        \
						 "<a@example.com> <CAF0@mail.example.com>") "," H("From",                                                                                                             \
												  "Lee <lee@example.com>") "],'parts':[" TYPED("text/html",                                                           \
																	       HTML) ","                                                              \
																		     "{'partId':'1','mimeType':'application/pdf','filename':'c.pdf'," \
																		     "'body':{'size':48}}]}"

struct mode_row {
	const char *content;
	const char *title, *text;
	const char *metadata;
};

#define IDS "'in_reply_to':'CAF0@mail.example.com'"

static const struct mode_row mode_rows[] = {
	{ "full", "Contract", "Hi there",
	  "{'attachments':[{'name':'c.pdf','part':'1','size':48,'type':"
	  "'application/pdf'}],'etag':'full/1','html':'<p>Hi <b>there</b>"
	  "</p>'," IDS ",'references':'<a@example.com> "
	  "<CAF0@mail.example.com>','size':5321,'snippet':'Hi Ana, it's'}" },
	{ "text", "Contract", "Hi there",
	  "{'attachments':[{'name':'c.pdf','part':'1','size':48,'type':"
	  "'application/pdf'}],'etag':'text/1'," IDS
	  ",'references':'<a@example.com> "
	  "<CAF0@mail.example.com>','size':5321,'snippet':'Hi Ana, it's'}" },
	{ "subject", "Contract", NULL,
	  "{'etag':'subject/1'," IDS ",'references':'<a@example.com> "
	  "<CAF0@mail.example.com>','size':5321}" },
	{ "metadata", NULL, NULL,
	  "{'etag':'metadata/1'," IDS ",'references':'<a@example.com> "
	  "<CAF0@mail.example.com>','size':5321}" },
};

static void
what_is_not_wanted_is_not_kept(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(mode_rows); i++) {
		const struct mode_row *row = &mode_rows[i];
		struct kit kit;
		const struct sl_artifact *a =
			map_as(&kit, row->content, LETTER);
		char *metadata = sl_json_canonical(kit.arena, a->metadata);

		for (char *c = metadata; *c != '\0'; c++)
			if (*c == '"')
				*c = '\'';
		expect(row->content, "title", a->title, row->title);
		expect(row->content, "text", a->content, row->text);
		expect(row->content, "metadata", metadata, row->metadata);
		assert_string_equal(a->type, "email");
		assert_string_equal(a->source_id, "m1");
		assert_string_equal(a->thread, "t1");
		assert_int_equal(a->source_version, 41);
		assert_string_equal(a->external_uid, "CAF1@mail.example.com");
		assert_string_equal(a->labels[1], "UNREAD");
		assert_null(a->labels[2]);
		/* nor where it is put should the database refuse it */
		if (strcmp(row->content, "full") == 0)
			assert_non_null(a->sent);
		else
			assert_null(a->sent);
		kit_release(&kit);
	}
}

static void
what_cannot_be_mapped_is_kept_raw_only_under_full(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(mode_rows); i++) {
		const char *mode = mode_rows[i].content;
		const struct sl_rejected *r;
		struct kit kit;

		(void)map_as(&kit, mode, "'historyId':'41','snippet':'secret'");
		r = kit.page.rejected.first;
		assert_non_null(r);
		assert_string_equal(r->source_id, "m1");
		assert_int_equal(r->source_version, 41);
		assert_int_equal(r->raw != NULL, strcmp(mode, "full") == 0);
		assert_int_equal(r->raw_len > 0, strcmp(mode, "full") == 0);
		kit_release(&kit);
	}
}

static void
long_html_is_cut_between_characters(void **state)
{
	struct kit kit;
	const struct sl_artifact *a;
	struct sl_buf members;

	(void)state;
	sl_buf_init(&members, 2 * PRINT_MAX);
	sl_buf_adds(&members, "'payload':{'mimeType':'text/html','body':{"
			      "'data':'PHA-"); /* <p> */
	for (int i = 0; i < SL_GMAIL_HTML_MAX / 3 + 8; i++)
		sl_buf_adds(&members, "4oKs"); /* the euro sign */
	sl_buf_adds(&members, "'}}");
	a = map_as(&kit, "full", sl_buf_text(&members));
	assert_int_equal(strlen(metadata_text(&kit, a, "html")),
			 SL_GMAIL_HTML_MAX - SL_GMAIL_HTML_MAX % 3);
	assert_non_null(strstr(metadata_text(&kit, a, "notes"), "html-cut"));
	kit_release(&kit);
	sl_buf_release(&members);
}

static void
one_that_is_large_leaves_no_copy_behind(void **state)
{
	struct kit kit;

	(void)state;
	kit_init(&kit, "backfill");
	kit_cursor(&kit, "{'v':1,'page':'p1'}");
	kit_want(&kit, "m1");
	kit_answer(&kit, SL_GMAIL_MESSAGE, "{'id':'m1','payload':{}}", "m1")
		->body_bytes = SL_RAW_MAX + 1;
	assert_int_equal(kit_read(&kit), SL_OK);
	assert_null(kit.page.artifacts.first->sent);
	kit_release(&kit);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_tree_of_parts_has_its_text),
		cmocka_unit_test(a_tree_without_end_is_cut),
		cmocka_unit_test(people_come_with_their_roles),
		cmocka_unit_test(too_many_recipients_are_cut_and_said_so),
		cmocka_unit_test(the_users_own_spellings_are_theirs),
		cmocka_unit_test(signs_of_bulk_are_told),
		cmocka_unit_test(times_are_googles),
		cmocka_unit_test(what_is_not_wanted_is_not_kept),
		cmocka_unit_test(
			what_cannot_be_mapped_is_kept_raw_only_under_full),
		cmocka_unit_test(long_html_is_cut_between_characters),
		cmocka_unit_test(one_that_is_large_leaves_no_copy_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
