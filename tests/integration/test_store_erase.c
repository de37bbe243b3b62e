/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings forbid what is stored: it goes, what refs name it by is the new
 * version, and what is read again with more is stored again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

#include "tests/support/box_kit.h"
// cmocka last
#include <cmocka.h>

static const char *const keys[] = { "snippet", "html", NULL };
static const char *const full[] = { "full/1", NULL };

static void
full_mail(const char *id)
{
	struct sl_artifact *a = box_mail(id, 3, box_inbox);

	a->content = "the text";
	json_decref(a->metadata);
	a->metadata = json_pack("{s:s, s:s, s:s, s:i}", "etag", "full/1",
				"snippet", "the", "html", "<p>", "size", 7);
	kit_person(&box, a, "ann@example.com", "from", NULL);
}

static void
store_full(const char *id)
{
	kit_page(&box, box_changes());
	full_mail(id);
	kit_commit(&box);
}

/* Whatever is too much of "metadata" mode; how many rows lost something. */
static int64_t
erase_to(const char *version, const char *const *richer, int *chunks)
{
	const struct sl_erasure erasure = { .title = true,
					    .content = true,
					    .metadata = keys,
					    .version = version,
					    .richer = richer };
	struct sl_erase_request request = { .lease = &box.account.lease,
					    .erasure = &erasure,
					    .now_us = box.now_us };
	struct sl_erase_outcome out;
	int64_t erased = 0;

	*chunks = 0;
	do {
		assert_int_equal(box.store->erase(box.store, &request, box.keep,
						  &out, &box.err),
				 SL_OK);
		erased += out.erased;
		request.after = out.after;
		++*chunks;
	} while (out.more);
	return erased;
}

static int64_t
rows(const char *where)
{
	return kit_count(&box, "public.artifacts", where);
}

static void
what_is_too_much_goes_and_the_rest_stays(void **state)
{
	struct sl_rejected *r;
	int chunks;

	(void)state;
	store_full("a");
	store_full("gone");
	kit_page(&box, box_changes());
	kit_tombstone(&box, "gone");
	r = sl_page_rejected(&box.page);
	r->source_id = "odd";
	r->reason = "odd";
	r->raw = "{\"secret\":1}";
	r->raw_len = strlen(r->raw);
	kit_commit(&box);
	assert_int_equal(rows("ai_parsing_status = 'pending'"), 1);
	assert_int_equal(erase_to("metadata/1", full, &chunks), 2);
	assert_int_equal(
		rows("title IS NULL AND content IS NULL AND "
		     "metadata = '{\"etag\":\"metadata/1\",\"size\":7}'"),
		2);
	assert_int_equal(rows("deleted_at IS NOT NULL"), 1);
	assert_int_equal(rows("ai_parsing_status = 'skipped'"), 2);
	assert_int_equal(
		kit_count(&box, "public.artifact_participants", "true"), 2);
	assert_int_equal(kit_count(&box, "public.sync_items",
				   "raw IS NULL AND source_id = 'odd'"),
			 1);
	/* nothing is left to do */
	assert_int_equal(erase_to("metadata/1", full, &chunks), 0);
}

static void
what_is_known_is_not_read_again_and_more_is(void **state)
{
	int chunks;

	(void)state;
	store_full("a");
	assert_int_equal(erase_to("metadata/1", full, &chunks), 1);
	kit_page(&box, box_changes());
	box_ref("a");
	box.page.refs.first->version = "metadata/1";
	kit_commit(&box);
	assert_string_equal(box_wants("changes"), "");
	/* the user wants all of it again */
	kit_page(&box, box_changes());
	box_ref("a");
	box.page.refs.first->version = "full/1";
	kit_commit(&box);
	assert_string_equal(box_wants("changes"), "a");
	box_answers(box_changes(), (const char *const[]){ "a", NULL });
	full_mail("a");
	kit_commit(&box);
	assert_int_equal(box.outcome.counts.updated, 1);
	assert_int_equal(rows("content = 'the text' AND title = 'a' AND "
			      "metadata ->> 'etag' = 'full/1' AND "
			      "ai_parsing_status = 'pending'"),
			 1);
}

/* A mail without HTML is the same whole as in text mode: its row is to say
 * that it is held whole, or every walk reads it anew. */
static void
what_is_the_same_with_more_is_held_as_more(void **state)
{
	(void)state;
	store_full("a");
	kit_page(&box, box_changes());
	full_mail("a");
	json_object_set_new(box.page.artifacts.first->metadata, "etag",
			    json_string("more/1"));
	kit_commit(&box);
	assert_int_equal(box.outcome.counts.updated, 1);
	assert_int_equal(rows("metadata ->> 'etag' = 'more/1'"), 1);
	assert_int_equal(
		kit_count(&box, "public.artifact_participants", "true"), 1);
	kit_page(&box, box_changes());
	box_ref("a");
	box.page.refs.first->version = "more/1";
	kit_commit(&box);
	assert_string_equal(box_wants("changes"), "");
}

static void
other_versions_keep_their_name(void **state)
{
	int chunks;

	(void)state;
	store_full("a");
	assert_int_equal(erase_to("metadata/2", box_none, &chunks), 1);
	assert_int_equal(rows("metadata ->> 'etag' = 'full/1' AND content IS "
			      "NULL"),
			 1);
}

static void
many_go_in_chunks_and_only_under_the_lease(void **state)
{
	struct sl_erase_request request = { .lease = &box.account.lease };
	const struct sl_erasure erasure = { .content = true };
	struct sl_erase_outcome out;
	int chunks;

	(void)state;
	sl_test_db_exec(box.db,
			"INSERT INTO public.artifacts (user_id, "
			"integration_id, stream_key, source_id, type, content, "
			"content_hash) SELECT '%s', '%s', CASE WHEN n > 9 THEN "
			"'2:k' ELSE '' END, '1:' || n, "
			"'email', 'text', sha256('x') FROM "
			"generate_series(1, 5001) n",
			box.user, box.integration);
	assert_int_equal(erase_to("metadata/1", full, &chunks), 5001);
	assert_int_equal(chunks, 2);
	assert_int_equal(rows("content IS NOT NULL"), 0);
	sl_test_db_exec(box.db,
			"UPDATE sluice.schedule SET fence = fence + 1 WHERE "
			"integration_id = '%s'",
			box.integration);
	request.erasure = &erasure;
	assert_int_equal(
		box.store->erase(box.store, &request, box.keep, &out, &box.err),
		SL_LOST);
}

static void
no_stream_is_under_the_old_options_any_more(void **state)
{
	int chunks;

	(void)state;
	kit_page(&box, box_changes());
	full_mail("a");
	box.commit.fingerprint = "of full";
	kit_commit(&box);
	assert_int_equal(
		kit_count(&box, "public.sync_state", "fingerprint = 'of full'"),
		1);
	assert_int_equal(erase_to("metadata/1", full, &chunks), 1);
	/* back to full before any page: it differs, so all is walked again */
	assert_int_equal(
		kit_count(&box, "public.sync_state", "fingerprint = 'of full'"),
		0);
	assert_int_equal(
		kit_count(&box, "public.sync_state", "fingerprint IS NOT NULL"),
		1);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, box_setup, box_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_too_much_goes_and_the_rest_stays),
		TEST(what_is_known_is_not_read_again_and_more_is),
		TEST(what_is_the_same_with_more_is_held_as_more),
		TEST(other_versions_keep_their_name),
		TEST(no_stream_is_under_the_old_options_any_more),
		TEST(many_go_in_chunks_and_only_under_the_lease),
	};

	return cmocka_run_group_tests(tests, box_setup_all, box_teardown_all);
}
