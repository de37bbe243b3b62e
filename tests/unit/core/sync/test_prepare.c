/* SPDX-License-Identifier: Apache-2.0 */
/* Between `read` and the commit: keys that no index could hold. */
#include <string.h>

#include "core/json/json.h"
#include "core/sync/engine_private.h"

#include "tests/support/unit.h"

static const char *
filled(struct sl_arena *arena, size_t len)
{
	char *text = SL_NEW_ARRAY(arena, len + 1, char);

	memset(text, 'k', len);
	return text;
}

static void
a_key_too_long_for_an_index_is_kept_whole_beside_its_hash(
	void **state SL_UNUSED)
{
	static const struct {
		const char *why;
		size_t uid, thread; /* bytes */
		bool uid_hashed, thread_hashed;
	} rows[] = {
		{ "both at the limit", SL_EXTERNAL_UID_MAX, SL_THREAD_MAX,
		  false, false },
		{ "the uid past it", SL_EXTERNAL_UID_MAX + 1, 1, true, false },
		{ "the thread past it", 1, SL_THREAD_MAX + 1, false, true },
		{ "both far past it", 100000, 100000, true, true },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		SL_AUTO_ARENA arena = sl_arena_new();
		struct sl_page page;
		struct sl_artifact *a;
		const char *whole;

		sl_page_init(&page, arena);
		a = sl_page_artifact(&page);
		a->source_id = "x";
		a->type = "calendar_event";
		a->external_uid = filled(arena, rows[i].uid);
		a->thread = filled(arena, rows[i].thread);
		sl_page_prepare(&page);
		whole = sl_json_text(a->metadata, "external_uid");
		CHECK(rows[i].why, (whole != NULL) == rows[i].uid_hashed);
		CHECK(rows[i].why, !whole || strlen(whole) == rows[i].uid);
		CHECK(rows[i].why,
		      strlen(a->external_uid) ==
			      (rows[i].uid_hashed ? 7 + 64 : rows[i].uid));
		whole = sl_json_text(a->metadata, "thread");
		CHECK(rows[i].why, (whole != NULL) == rows[i].thread_hashed);
		CHECK(rows[i].why,
		      strlen(a->thread) == (rows[i].thread_hashed
						    ? 7 + 64
						    : rows[i].thread));
		CHECK(rows[i].why,
		      !rows[i].uid_hashed ||
			      strncmp(a->external_uid, "sha256:", 7) == 0);
		sl_page_release(&page);
	}
}

static void
an_item_without_id_is_rejected_as_it_was_sent(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	json_auto_t *sent = json_pack("{s:i}", "k", 1);
	struct sl_page page;
	struct sl_artifact *a;

	sl_page_init(&page, arena);
	a = sl_page_artifact(&page);
	a->source_id = filled(arena, SL_SOURCE_ID_MAX + 1);
	a->type = "calendar_event";
	sl_artifact_keep_sent(a, sent);
	sl_page_prepare(&page);
	assert_int_equal(page.artifacts.count, 0);
	assert_int_equal(page.rejected.count, 1);
	assert_null(page.rejected.first->source_id);
	assert_string_equal(page.rejected.first->raw, "{\"k\":1}");
	sl_page_release(&page);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_key_too_long_for_an_index_is_kept_whole_beside_its_hash),
		cmocka_unit_test(an_item_without_id_is_rejected_as_it_was_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
