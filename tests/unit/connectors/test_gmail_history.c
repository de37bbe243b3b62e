/* SPDX-License-Identifier: Apache-2.0 */
/* The mail connector's history: folding, and where it goes on. */
#include "gmail_kit.h"

#define M(id) "'message':{'id':'" id "','threadId':'t'}"
#define ML(id, labels)                                                         \
	"'message':{'id':'" id "','threadId':'t','labelIds':[" labels "]}"
#define ADDED(m)       "'messagesAdded':[{" m "}]"
#define DELETED(m)     "'messagesDeleted':[{" m "}]"
#define ON(m, labels)  "'labelsAdded':[{" m ",'labelIds':[" labels "]}]"
#define OFF(m, labels) "'labelsRemoved':[{" m ",'labelIds':[" labels "]}]"
#define R(id, changes) "{'id':'" id "'," changes "}"
#define REF(id)        "ref " id " t full/1\n"

struct fold_row {
	const char *why;
	const char *records;
	const char *want;
};

static const struct fold_row fold_rows[] = {
	{ "nothing", "", "" },
	{ "a message that came is read", R("7", ADDED(M("a"))), REF("a") },
	{ "with labels told, too", R("7", ADDED(ML("a", "'INBOX'"))),
	  REF("a") },
	{ "named twice, it is read once",
	  R("7", ADDED(M("a"))) "," R("8", ADDED(M("a"))), REF("a") },
	{ "came and went: nothing is read",
	  R("7", ADDED(M("a"))) "," R("9", DELETED(M("a"))),
	  "tombstone a v9 deleted\n" },
	{ "came and went in one record",
	  R("7", ADDED(M("a")) "," DELETED(M("a"))),
	  "tombstone a v7 deleted\n" },
	{ "deleted, and back under the same id",
	  R("7", DELETED(M("a"))) "," R("8", ADDED(M("a"))), REF("a") },
	{ "deleted for good", R("7", DELETED(M("a"))),
	  "tombstone a v7 deleted\n" },
	{ "thrown away", R("7", ON(M("a"), "'TRASH'")),
	  "tombstone a v7 trash\n" },
	{ "found to be spam", R("7", ON(M("a"), "'SPAM'")),
	  "tombstone a v7 spam\n" },
	{ "thrown away, then deleted",
	  R("7", ON(M("a"), "'TRASH'")) "," R("8", DELETED(M("a"))),
	  "tombstone a v8 deleted\n" },
	{ "out of the trash", R("7", OFF(M("a"), "'TRASH'")),
	  "patch a v7 added= removed=TRASH restore\n" REF("a") },
	{ "out of spam, all labels told",
	  R("7", OFF(ML("a", "'INBOX','UNREAD'"), "'SPAM'")),
	  "patch a v7 labels=INBOX,UNREAD restore\n" REF("a") },
	{ "into the trash and out again",
	  R("7", ON(M("a"), "'TRASH'")) "," R("8", OFF(M("a"), "'TRASH'")),
	  "patch a v8 added= removed=TRASH restore\n" REF("a") },
	{ "out of the trash and in again",
	  R("7", OFF(M("a"), "'TRASH'")) "," R("8", ON(M("a"), "'TRASH'")),
	  "tombstone a v8 trash\n" },
	{ "from the trash into spam", R("7", OFF(ML("a", "'SPAM'"), "'TRASH'")),
	  "tombstone a v7 spam\n" },
	{ "labels put on", R("7", ON(M("a"), "'STARRED','Label_1'")),
	  "patch a v7 added=STARRED,Label_1 removed=\n" },
	{ "labels taken off", R("7", OFF(M("a"), "'UNREAD'")),
	  "patch a v7 added= removed=UNREAD\n" },
	{ "on and off again is off",
	  R("7", ON(M("a"), "'STARRED'")) "," R("8", OFF(M("a"), "'STARRED'")),
	  "patch a v8 added= removed=STARRED\n" },
	{ "labels told from before the change",
	  R("7", ON(ML("a", "'INBOX'"), "'STARRED'")),
	  "patch a v7 labels=INBOX,STARRED\n" },
	{ "labels told from after the change",
	  R("7", OFF(ML("a", "'INBOX'"), "'UNREAD'")),
	  "patch a v7 labels=INBOX\n" },
	{ "told labels, then a change that tells none",
	  R("7", ON(ML("a", "'INBOX'"), "'STARRED'")) "," R(
		  "8", OFF(M("a"), "'INBOX'")),
	  "patch a v8 labels=STARRED\n" },
	{ "labels that are the trash are told with another change",
	  R("7", OFF(ML("a", "'TRASH'"), "'UNREAD'")),
	  "tombstone a v7 trash\n" },
	{ "came and was labelled: read, and patched if it is here",
	  R("7", ADDED(M("a"))) "," R("8", OFF(M("a"), "'UNREAD'")),
	  "patch a v8 added= removed=UNREAD\n" REF("a") },
	{ "came and was thrown away: nothing is read",
	  R("7", ADDED(M("a"))) "," R("8", ON(M("a"), "'TRASH'")),
	  "tombstone a v8 trash\n" },
	{ "came as spam", R("7", ADDED(ML("a", "'SPAM'"))),
	  "tombstone a v7 spam\n" },
	{ "a draft is left out", R("7", ADDED(ML("a", "'DRAFT'"))),
	  "filtered a draft\n" },
	{ "a chat is left out", R("7", ADDED(ML("a", "'CHAT'"))),
	  "filtered a chat\n" },
	{ "each save of a draft: the old one goes, another comes",
	  R("7", ADDED(ML("a", "'DRAFT'"))) "," R(
		  "8",
		  DELETED(ML("a", "'DRAFT'")) "," ADDED(ML(
			  "b", "'DRAFT'"))) "," R("9",
						  DELETED(M("b")) "," ADDED(
							  ML("c", "'SENT'"))),
	  "tombstone a v8 deleted\ntombstone b v9 deleted\n" REF("c") },
	{ "a draft that was sent under its own id",
	  R("7", OFF(ML("a", "'SENT'"), "'DRAFT'")),
	  "patch a v7 labels=SENT restore\n" REF("a") },
	{ "a record with no kind of change says nothing",
	  "{'id':'7','messages':[{'id':'a','threadId':'t'}]}", "" },
	{ "ids of records as numbers", "{'id':7," DELETED(M("a")) "}",
	  "tombstone a v7 deleted\n" },
	{ "an id of a record that makes no sense",
	  "{'id':'x'," DELETED(M("a")) "}", "tombstone a v0 deleted\n" },
	{ "a message without an id is kept for a person to look at",
	  R("7", ADDED("'message':{'threadId':'t'}")),
	  "rejected - no usable id in the history\n" },
	{ "so is one that is none", R("7", ADDED("'message':5")),
	  "rejected - no usable id in the history\n" },
	{ "a thread that is missing", R("7", ADDED("'message':{'id':'a'}")),
	  "ref a - full/1\n" },
	{ "labels that are none", R("7", ON(M("a"), "5,null,'STARRED'")),
	  "patch a v7 added=STARRED removed=\n" },
	{ "arrays that are none",
	  "{'id':'7','messagesAdded':{},'labelsAdded':3}", "" },
	{ "records that are none", "5,null,[],'x'", "" },
	{ "several messages keep their order",
	  R("7", ADDED(M("b"))) "," R("8", ADDED(M("a"))) "," R(
		  "9", DELETED(M("c"))),
	  "tombstone c v9 deleted\n" REF("b") REF("a") },
};

static void
each_message_ends_in_one_final_action(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(fold_rows); i++) {
		const struct fold_row *row = &fold_rows[i];
		struct kit kit;
		char *body, *want;

		kit_init(&kit, "changes");
		kit_cursor(&kit, "{'v':1,'history':5,'told':1795168000}");
		body = sl_arena_printf(kit.arena,
				       "{'history':[%s],'historyId':'9'}",
				       row->records);
		want = sl_arena_printf(
			kit.arena,
			"%scursor {'history':9,'told':1795168000,'v':1}\n"
			"shown {'history':9}\n",
			row->want);
		(void)kit_answer(&kit, SL_GMAIL_HISTORY, body, NULL);
		if (kit_read(&kit) != SL_OK)
			fail_msg("%s: %s", row->why, kit.err.text);
		kit_expect(&kit, row->why, want);
		kit_assert_counted(&kit.page);
		kit_release(&kit);
	}
}

struct position_row {
	const char *why;
	const char *cursor;
	const char *body;
	const char *want; /* NULL: fails */
	sl_status status;
};

#define TOLD "'told':1795168000,'v':1}"

static const struct position_row position_rows[] = {
	{ "nothing new: the id moves nevertheless",
	  "{'v':1,'history':5,'told':1795168000}", "{'historyId':'9'}",
	  "cursor {'history':9," TOLD "\nshown {'history':9}\n", SL_OK },
	{ "a number for an id", "{'v':1,'history':5,'told':1795168000}",
	  "{'historyId':9}",
	  "cursor {'history':9," TOLD "\nshown {'history':9}\n", SL_OK },
	{ "paging keeps the start, and remembers the first page's id",
	  "{'v':1,'history':5,'told':1795168000}",
	  "{'historyId':'9','nextPageToken':'p1'}",
	  "cursor {'history':5,'next':9,'page':'p1'," TOLD
	  "\nshown {'history':5}\nmore\n",
	  SL_OK },
	{ "a later page's id is not taken",
	  "{'v':1,'history':5,'next':9,'page':'p1','told':1795168000}",
	  "{'history':[],'historyId':'12','nextPageToken':'p2'}",
	  "cursor {'history':5,'next':9,'page':'p2'," TOLD
	  "\nshown {'history':5}\nmore\n",
	  SL_OK },
	{ "the last page takes the first one's",
	  "{'v':1,'history':5,'next':9,'page':'p2','told':1795168000}",
	  "{'historyId':'15'}",
	  "cursor {'history':9," TOLD "\nshown {'history':9}\n", SL_OK },
	{ "a page with a next token and no array goes on",
	  "{'v':1,'history':5,'told':1795168000}",
	  "{'nextPageToken':'p1','historyId':'9'}",
	  "cursor {'history':5,'next':9,'page':'p1'," TOLD
	  "\nshown {'history':5}\nmore\n",
	  SL_OK },
	{ "no id at all: what we have stays",
	  "{'v':1,'history':5,'told':1795168000}", "{'history':[]}",
	  "cursor {'history':5," TOLD "\nshown {'history':5}\n"
	  "warning a page of the history names no position\n",
	  SL_OK },
	{ "an id below ours is not taken",
	  "{'v':1,'history':5,'told':1795168000}", "{'historyId':'4'}",
	  "cursor {'behind':1,'history':5," TOLD "\nshown {'history':5}\n",
	  SL_OK },
	{ "a first page that lags moves nothing",
	  "{'v':1,'history':5,'told':1795168000}",
	  "{'historyId':'4','nextPageToken':'p1'}",
	  "cursor {'behind':1,'history':5,'next':5,'page':'p1'," TOLD
	  "\nshown {'history':5}\nmore\n",
	  SL_OK },
	{ "nor do the pages behind it",
	  "{'v':1,'history':5,'behind':1,'page':'p1','told':1795168000}",
	  "{'historyId':'9'}",
	  "cursor {'history':5," TOLD "\nshown {'history':5}\n", SL_OK },
	{ "and forgotten when it is past",
	  "{'v':1,'history':5,'behind':3,'told':1795168000}",
	  "{'historyId':'6'}",
	  "cursor {'history':6," TOLD "\nshown {'history':6}\n", SL_OK },
	{ "but not for ever",
	  "{'v':1,'history':5,'behind':3,'told':1795168000}",
	  "{'historyId':'4'}", NULL, SL_RESYNC },
	{ "a token that does not move",
	  "{'v':1,'history':5,'next':9,'page':'p1','told':1795168000}",
	  "{'historyId':'9','nextPageToken':'p1'}", NULL, SL_RETRY },
	{ "a portal's answer", "{'v':1,'history':5,'told':1795168000}",
	  "{'login':'please'}", NULL, SL_RETRY },
	{ "an error with status 200", "{'v':1,'history':5,'told':1795168000}",
	  "{'error':{'code':500},'historyId':'9'}", NULL, SL_RETRY },
	{ "an array that is none", "{'v':1,'history':5,'told':1795168000}",
	  "{'history':'x','historyId':'9'}", NULL, SL_RETRY },
	{ "a cursor of another version", "{'v':2,'history':5}",
	  "{'historyId':'9'}", NULL, SL_RESYNC },
	{ "a cursor without a position", "{'v':1}", "{'historyId':'9'}", NULL,
	  SL_RESYNC },
	{ "a cursor with a position that is none", "{'v':1,'history':'5'}",
	  "{'historyId':'9'}", NULL, SL_RESYNC },
	{ "a cursor with a page that is none", "{'v':1,'history':5,'page':''}",
	  "{'historyId':'9'}", NULL, SL_RESYNC },
};

static void
the_position_moves_forward_only_when_all_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(position_rows); i++) {
		const struct position_row *row = &position_rows[i];
		struct kit kit;

		kit_init(&kit, "changes");
		kit_cursor(&kit, row->cursor);
		(void)kit_answer(&kit, SL_GMAIL_HISTORY, row->body, NULL);
		if (kit_read(&kit) != row->status)
			fail_msg("%s: %s", row->why, kit.err.text);
		if (row->want != NULL)
			kit_expect(&kit, row->why, row->want);
		kit_release(&kit);
	}
}

#define PROFILE                                                                \
	"{'emailAddress':'ana@example.com','historyId':'77',"                  \
	"'messagesTotal':100,'threadsTotal':60}"
#define LABELS                                                                 \
	"{'labels':[{'id':'INBOX','name':'INBOX','type':'system'},"            \
	"{'id':'Label_1','name':'Clients/Acme','type':'user'},5]}"
#define SEND_AS                                                                \
	"{'sendAs':[{'sendAsEmail':'ana@example.com','displayName':'Ana',"     \
	"'isPrimary':true},{'sendAsEmail':'sales@example.com',"                \
	"'verificationStatus':'accepted'},{'sendAsEmail':'no@example.com',"    \
	"'verificationStatus':'pending'},{'displayName':'x'}]}"

static void
the_first_page_takes_up_a_position_and_opens_the_backfill(void **state)
{
	struct kit kit;

	(void)state;
	kit_init(&kit, "changes");
	(void)kit_answer(&kit, SL_GMAIL_PROFILE, PROFILE, NULL);
	(void)kit_answer(&kit, SL_GMAIL_LABELS, LABELS, NULL);
	(void)kit_answer(&kit, SL_GMAIL_SEND_AS, SEND_AS, NULL);
	assert_int_equal(kit_read(&kit), SL_OK);
	kit_expect(&kit, "first page",
		   "own ana@example.com -\n"
		   "own ana@example.com Ana\n"
		   "own sales@example.com -\nstream backfill '' anew\n"
		   "cursor {'history':77,'told':1795168800,'v':1}\n"
		   "shown {'email':'ana@example.com','history':77,'labels':"
		   "{'Label_1':'Clients/Acme'},'messages_total':100}\n");
	kit_release(&kit);
}

static void
without_all_of_it_the_first_page_is_asked_for_again(void **state)
{
	struct kit kit;

	(void)state;
	kit_init(&kit, "changes");
	(void)kit_answer(&kit, SL_GMAIL_PROFILE, PROFILE, NULL);
	assert_int_equal(kit_read(&kit), SL_OK);
	kit_expect(&kit, "deferred", "own ana@example.com -\nmore\n");
	kit_release(&kit);
}

static void
once_a_day_the_own_addresses_come_with_the_history(void **state)
{
	struct kit kit;

	(void)state;
	kit_init(&kit, "changes");
	kit_cursor(&kit, "{'v':1,'history':5,'told':1795000000}");
	(void)kit_answer(&kit, SL_GMAIL_HISTORY, "{'historyId':'80'}", NULL);
	(void)kit_answer(&kit, SL_GMAIL_PROFILE, PROFILE, NULL);
	(void)kit_answer(&kit, SL_GMAIL_LABELS, LABELS, NULL);
	(void)kit_answer(&kit, SL_GMAIL_SEND_AS, SEND_AS, NULL);
	assert_int_equal(kit_read(&kit), SL_OK);
	kit_expect(&kit, "daily",
		   "own ana@example.com -\n"
		   "own ana@example.com Ana\n"
		   "own sales@example.com -\nstream backfill ''\n"
		   "cursor {'history':80,'told':1795168800,'v':1}\n"
		   "shown {'email':'ana@example.com','history':80,'labels':"
		   "{'Label_1':'Clients/Acme'},'messages_total':100}\n");
	kit_release(&kit);
}

struct profile_row {
	enum sl_gmail_tag tag;
	const char *body;
};

static void
a_portal_is_nobodys_profile(void **state)
{
	static const struct profile_row rows[] = {
		{ SL_GMAIL_PROFILE, "{}" },
		{ SL_GMAIL_PROFILE, "{'emailAddress':'','historyId':'1'}" },
		{ SL_GMAIL_PROFILE, "{'emailAddress':'a@example.com'}" },
		{ SL_GMAIL_PROFILE,
		  "{'emailAddress':'a@example.com','historyId':'-1'}" },
		{ SL_GMAIL_LABELS, "{}" },
		{ SL_GMAIL_SEND_AS, "{'sendAs':'x'}" },
	};

	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct kit kit;

		kit_init(&kit, "changes");
		(void)kit_answer(&kit, rows[i].tag, rows[i].body, NULL);
		assert_int_equal(kit_read(&kit), SL_RETRY);
		assert_null(kit.page.cursor);
		kit_release(&kit);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_message_ends_in_one_final_action),
		cmocka_unit_test(
			the_position_moves_forward_only_when_all_is_read),
		cmocka_unit_test(
			the_first_page_takes_up_a_position_and_opens_the_backfill),
		cmocka_unit_test(
			without_all_of_it_the_first_page_is_asked_for_again),
		cmocka_unit_test(
			once_a_day_the_own_addresses_come_with_the_history),
		cmocka_unit_test(a_portal_is_nobodys_profile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
