/* SPDX-License-Identifier: Apache-2.0 */
/* One message of every shape becomes one record: its parts and text, and what is
 * kept of it. */
#include "gmail_map_kit.h"

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
		a = kit_map(&kit, "full", members);
		assert_non_null(a);
		kit_expect_text(row->why, "content", a->content, row->content);
		kit_expect_text(row->why, "attachments",
				kit_metadata(&kit, a, "attachments"),
				row->attachments);
		kit_expect_text(row->why, "notes",
				kit_metadata(&kit, a, "notes"), row->notes);
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
	a = kit_map(&kit, "full", sl_buf_text(&members));
	assert_null(a->content);
	assert_non_null(strstr(kit_metadata(&kit, a, "notes"), "parts-cut"));
	kit_release(&kit);

	sl_buf_clear(&members);
	sl_buf_adds(&members, "'payload':{'mimeType':'multipart/mixed',"
			      "'parts':[" TYPED("text/plain", HELLO));
	for (int i = 0; i < SL_GMAIL_PARTS_MAX + 5; i++)
		sl_buf_adds(&members, ",{'mimeType':'image/png'}");
	sl_buf_adds(&members, "]}");
	a = kit_map(&kit, "full", sl_buf_text(&members));
	assert_string_equal(a->content, "Hello\n");
	assert_int_equal(
		json_array_size(json_object_get(a->metadata, "attachments")),
		SL_GMAIL_ATTACHMENTS_MAX);
	assert_non_null(strstr(kit_metadata(&kit, a, "notes"), "parts-cut"));
	kit_release(&kit);
	sl_buf_release(&members);
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
			kit_map(&kit, row->content, LETTER);
		char *metadata = sl_json_canonical(kit.arena, a->metadata);

		for (char *c = metadata; *c != '\0'; c++)
			if (*c == '"')
				*c = '\'';
		kit_expect_text(row->content, "title", a->title, row->title);
		kit_expect_text(row->content, "text", a->content, row->text);
		kit_expect_text(row->content, "metadata", metadata,
				row->metadata);
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

		(void)kit_map(&kit, mode,
			      "'historyId':'41','snippet':'secret'");
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
	a = kit_map(&kit, "full", sl_buf_text(&members));
	assert_int_equal(strlen(kit_metadata(&kit, a, "html")),
			 SL_GMAIL_HTML_MAX - SL_GMAIL_HTML_MAX % 3);
	assert_non_null(strstr(kit_metadata(&kit, a, "notes"), "html-cut"));
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
		cmocka_unit_test(what_is_not_wanted_is_not_kept),
		cmocka_unit_test(
			what_cannot_be_mapped_is_kept_raw_only_under_full),
		cmocka_unit_test(long_html_is_cut_between_characters),
		cmocka_unit_test(one_that_is_large_leaves_no_copy_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
