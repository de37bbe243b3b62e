/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A dry run of mail tells the contacts that a run would make, and makes none.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"

#include "state/look.h"
#include "tests/support/store_kit.h"
#include "tests/support/unit.h"

#define ME "me@example.com"

static struct sl_kit kit; /* writes */
static struct sl_kit dry; /* the same account, only looked at */
static struct sl_look *look;
static struct sl_buf told; /* "ann@example.org written-to|..." */

static void
tell(void *ctx, const struct sl_look_item *item)
{
	(void)ctx;
	if (item->verb == SL_LOOK_ERASE)
		sl_buf_addf(&told, "%s: %s", item->title, item->changed);
	if (item->verb == SL_LOOK_CONTACT)
		sl_buf_addf(&told, "%s%s %s", told.len ? "|" : "", item->id,
			    item->reason);
}

static int
setup(void **state)
{
	struct sl_store_factory stores;
	struct sl_owner owner = kit_owner();
	struct sl_error err;
	bool busy = true;

	(void)state;
	sl_buf_init(&told, 65536);
	kit_init(&kit);
	kit_claim(&kit);
	(void)kit_open(&kit, "box");
	look = sl_look_new(sl_test_db_url(kit.db), tell, NULL);
	stores = sl_look_factory(look);
	dry = (struct sl_kit){ .db = kit.db,
			       .connector = kit.connector,
			       .now_us = KIT_NOW };
	memcpy(dry.user, kit.user, sizeof(dry.user));
	memcpy(dry.integration, kit.integration, sizeof(dry.integration));
	dry.arena = sl_arena_new();
	dry.keep = sl_arena_new();
	sl_page_init(&dry.page, dry.arena);
	assert_int_equal(stores.open(stores.ctx, &dry.store, &err), SL_OK);
	assert_int_equal(kit_try_claim(&dry, &owner,
				       "00000000-0000-4000-8000-000000000001",
				       &busy),
			 SL_OK);
	return 0;
}

static int
teardown(void **state)
{
	const struct sl_run_end end = { .lease = &dry.account.lease };

	(void)state;
	assert_int_equal(dry.store->finish(dry.store, &end, &dry.err), SL_OK);
	kit_release_beside(&dry);
	sl_look_free(&look);
	kit_release(&kit);
	sl_buf_release(&told);
	return 0;
}

static void
page(struct sl_kit *k, enum sl_people_rule rule)
{
	kit_page(k, kit_stream(k, "events", "box"));
	k->commit.people.rule = rule;
}

static struct sl_artifact *
message(struct sl_kit *k, const char *id, const char *from, const char *to)
{
	struct sl_artifact *a = kit_event(k, id, 1, id, KIT_NOW - KIT_DAY);

	a->type = "email";
	a->ends_us = a->reach_us = SL_NO_TIME;
	kit_person(k, a, from, "from", NULL);
	kit_person(k, a, to, "to", NULL);
	return a;
}

static int64_t
contacts(void)
{
	return kit_count(&kit, "public.contacts", "NOT is_self_contact");
}

/* The same page, looked at and then written. */
static void
is_told_and_done(enum sl_people_rule rule, const char *wanted, int64_t made,
		 void (*fill)(struct sl_kit *k))
{
	sl_buf_clear(&told);
	page(&dry, rule);
	fill(&dry);
	kit_commit(&dry);
	assert_string_equal(sl_buf_text(&told), wanted);
	assert_int_equal(dry.outcome.counts.contacts_created, made);
	assert_int_equal(contacts(), 0);
	page(&kit, rule);
	fill(&kit);
	kit_commit(&kit);
	assert_int_equal(kit.outcome.counts.contacts_created, made);
	assert_int_equal(contacts(), made);
}

static void
of_all_kinds(struct sl_kit *k)
{
	static const char *const draft[] = { "DRAFT", NULL };
	struct sl_artifact *a;

	(void)message(k, "1", ME, "ann@example.org");
	(void)message(k, "2", "ben@example.org", ME);
	a = message(k, "3", ME, "reader@example.org");
	(void)json_object_set_new(a->metadata, "bulk", json_string("list-id"));
	message(k, "4", ME, "later@example.org")->labels = draft;
	a = message(k, "5", ME, "room@example.org");
	a->participants->next->not_person = true;
	a = message(k, "6", "m.e@example.com", "cat@example.org");
	a->participants->self = true;
	kit_person(k, a, "dan@example.org", "reply_to", NULL);
}

static void
whom_the_user_wrote_to_is_told(void **state)
{
	(void)state;
	is_told_and_done(SL_PEOPLE_SENT,
			 "ann@example.org written-to|cat@example.org "
			 "written-to",
			 2, of_all_kinds);
}

static void
both_ways(struct sl_kit *k)
{
	(void)message(k, "1", ME, "ann@example.org");
	(void)message(k, "2", "ben@example.org", ME);
	(void)message(k, "3", "ann@example.org", ME);
}

static void
ben_is_answered(struct sl_kit *k)
{
	(void)message(k, "4", ME, "ben@example.org");
}

static void
mail_both_ways_is_told_over_pages_that_are_not_stored(void **state)
{
	(void)state;
	page(&dry, SL_PEOPLE_REPLIED);
	both_ways(&dry);
	kit_commit(&dry);
	assert_string_equal(sl_buf_text(&told),
			    "ann@example.org correspondence");
	page(&dry, SL_PEOPLE_REPLIED);
	ben_is_answered(&dry);
	kit_commit(&dry);
	assert_string_equal(sl_buf_text(&told),
			    "ann@example.org correspondence|ben@example.org "
			    "correspondence");
	assert_int_equal(contacts(), 0);
}

static void
mail_both_ways_is_told_with_what_is_stored(void **state)
{
	(void)state;
	page(&kit, SL_PEOPLE_REPLIED);
	(void)message(&kit, "2", "ben@example.org", ME);
	kit_commit(&kit);
	is_told_and_done(SL_PEOPLE_REPLIED, "ben@example.org correspondence", 1,
			 ben_is_answered);
}

static void
nothing(struct sl_kit *k)
{
	(void)k;
}

static void
what_another_rule_makes_of_stored_mail_is_told(void **state)
{
	char id[32], to[64];

	(void)state;
	page(&kit, SL_PEOPLE_NONE);
	for (int i = 0; i < 600; i++) {
		(void)snprintf(id, sizeof(id), "m%03d", i);
		(void)snprintf(to, sizeof(to), "p%d@example.org", i);
		(void)message(&kit, id, i % 300 ? "x@example.org" : ME, to);
	}
	kit_commit(&kit);
	is_told_and_done(SL_PEOPLE_SENT,
			 "p0@example.org written-to|p300@example.org "
			 "written-to",
			 2, nothing);
}

static bool
wants(const char *version)
{
	struct sl_ref *r;

	page(&dry, SL_PEOPLE_NONE);
	r = sl_page_ref(&dry.page);
	r->source_id = "e1";
	r->version = version;
	kit_commit(&dry);
	return dry.outcome.pending != NULL;
}

static void
what_settings_would_erase_is_told_and_counts_as_erased(void **state)
{
	static const char *const keys[] = { "html", NULL };
	static const char *const full[] = { "full/1", NULL };
	const struct sl_erasure erasure = { .content = true,
					    .metadata = keys,
					    .version = "metadata/1",
					    .richer = full };
	const struct sl_erase_request request = { .lease = &dry.account.lease,
						  .erasure = &erasure };
	struct sl_erase_outcome out;
	struct sl_artifact *a;

	(void)state;
	page(&kit, SL_PEOPLE_NONE);
	a = message(&kit, "e1", ME, "ann@example.org");
	a->content = "text";
	json_decref(a->metadata);
	a->metadata = json_pack("{s:s}", "etag", "full/1");
	a = message(&kit, "e2", ME, "ann@example.org");
	(void)json_object_set_new(a->metadata, "html", json_string("<p>"));
	(void)message(&kit, "e3", ME, "ann@example.org");
	kit_commit(&kit);
	assert_int_equal(
		dry.store->erase(dry.store, &request, dry.keep, &out, &dry.err),
		SL_OK);
	assert_false(out.more);
	assert_int_equal(out.erased, 2);
	assert_string_equal(sl_buf_text(&told), "2 items: content, html");
	/* nothing went; but a run would not read it again */
	assert_int_equal(
		kit_count(&kit, "public.artifacts", "content IS NOT NULL"), 1);
	assert_false(wants("metadata/1"));
	assert_true(wants("subject/1"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(whom_the_user_wrote_to_is_told),
		T(mail_both_ways_is_told_over_pages_that_are_not_stored),
		T(mail_both_ways_is_told_with_what_is_stored),
		T(what_another_rule_makes_of_stored_mail_is_told),
		T(what_settings_would_erase_is_told_and_counts_as_erased),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
