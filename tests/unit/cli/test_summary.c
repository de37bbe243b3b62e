/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/summary.h"
#include "tests/unit/cli/kit.h"

static const struct sl_target target = {
	.integration_id = "00000000-0000-4000-8000-000000000001",
	.user_id = "00000000-0000-4000-8000-000000000002",
	.provider = "google_calendar",
	.account = "ana@example.com",
	.status = "connected",
};

static struct sl_run_report
report_of(const char *status, const struct sl_error *error)
{
	return (struct sl_run_report){
		.target = &target,
		.trigger = "manual",
		.mode = "incremental",
		.status = status,
		.tally = { .requests = 5,
			   .retries = 1,
			   .bytes = 4112,
			   .pages = 3,
			   .fetched = 1204,
			   .created = 1180,
			   .filtered = 24,
			   .contacts_created = 131 },
		.duration_us = 12400000,
		.error = error,
		.streams = 4,
		.streams_failed = error == NULL ? 0 : 1,
	};
}

static const char *
printed(struct sl_arena *arena, const struct sl_run_report *report)
{
	FILE *file = tmpfile();
	const char *text;

	assert_non_null(file);
	sl_summary_print(file, arena, "Google Calendar", report);
	text = kit_read(arena, file);
	(void)fclose(file);
	return text;
}

static void
json_has_just_the_fields_promised(void **state SL_UNUSED)
{
	const struct sl_error error = { .status = SL_REAUTH,
					.scope = SL_GRANT,
					.text = "revoked" };
	struct sl_run_report report = report_of("failed", &error);
	json_t *object = sl_summary_json(&report);
	struct sl_arena *arena = sl_arena_new();
	char text[2048];
	size_t len = json_dumpb(object, text, sizeof(text) - 1, JSON_COMPACT);

	text[len] = '\0';
	assert_string_equal(
		text,
		"{\"user\":\"00000000-0000-4000-8000-000000000002\","
		"\"provider\":\"google_calendar\","
		"\"account\":\"ana@example.com\",\"trigger\":\"manual\","
		"\"mode\":\"incremental\",\"status\":\"failed\","
		"\"fetched\":1204,\"created\":1180,\"updated\":0,"
		"\"unchanged\":0,\"deleted\":0,\"filtered\":24,"
		"\"quarantined\":0,\"contacts_created\":131,\"requests\":5,"
		"\"retries\":1,\"bytes\":4112,\"duration_ms\":12400,"
		"\"error\":{\"class\":\"reauth\",\"scope\":\"grant\","
		"\"text\":\"revoked\"}}");
	json_decref(object);
	report.error = NULL;
	object = sl_summary_json(&report);
	assert_true(json_is_null(json_object_get(object, "error")));
	json_decref(object);
	sl_arena_free(&arena);
}

static void
people_read_what_changed_and_what_it_cost(void **state SL_UNUSED)
{
	struct sl_run_report report = report_of("ok", NULL);
	struct sl_arena *arena = sl_arena_new();

	assert_string_equal(
		printed(arena, &report),
		"Google Calendar of ana@example.com: incremental sync done "
		"(12 s)\n"
		"  1,204 fetched: 1,180 new, 0 updated, 0 unchanged, 0 "
		"deleted, 24 filtered, 0 quarantined\n"
		"  131 new contacts; 3 pages, 5 requests (1 repeat), 4.1 kB\n");
	report.tally = (struct sl_tally){ .requests = 5, .bytes = 312 };
	assert_string_equal(printed(arena, &report),
			    "Google Calendar of ana@example.com: nothing new "
			    "(5 requests, 312 B, 12 s)\n");
	report.mode = "full";
	report.tally.fetched = report.tally.unchanged = 7;
	report.held_deletions = 60;
	assert_string_equal(
		printed(arena, &report),
		"Google Calendar of ana@example.com: full sync done (12 s)\n"
		"  7 fetched: 0 new, 0 updated, 7 unchanged, 0 deleted, 0 "
		"filtered, 0 quarantined\n"
		"  0 new contacts; 0 pages, 5 requests, 312 B\n"
		"  60 deletions held back: more vanished at once than a person "
		"usually deletes\n");
	sl_arena_free(&arena);
}

static void
a_failure_says_what_to_do(void **state SL_UNUSED)
{
	struct sl_target whole = target;
	const struct sl_error error = { .status = SL_REAUTH,
					.scope = SL_GRANT,
					.text = "the grant\nwas revoked" };
	struct sl_run_report report = report_of("failed", &error);
	struct sl_arena *arena = sl_arena_new();
	const char *text = printed(arena, &report);

	assert_non_null(strstr(text, "1 of 4 streams failed"));
	assert_non_null(strstr(text, "error: the grant?was revoked\n"));
	assert_non_null(strstr(text, "sluice connect google_calendar --user "
				     "00000000-0000-4000-8000-000000000002"));
	whole.consent = "google"; /* what was connected: the mail, too */
	report.target = &whole;
	text = printed(arena, &report);
	assert_non_null(strstr(text, "sluice connect google --user "));
	assert_true(sl_summary_failed(&report));
	sl_arena_free(&arena);
}

static void
handed_back_and_busy_are_no_failures(void **state SL_UNUSED)
{
	static const char *const fine[] = { "ok", "busy", "handed-back",
					    "interrupted" };

	for (size_t i = 0; i < SL_ARRAY_LEN(fine); i++) {
		const struct sl_run_report report = report_of(fine[i], NULL);

		assert_false(sl_summary_failed(&report));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_has_just_the_fields_promised),
		cmocka_unit_test(people_read_what_changed_and_what_it_cost),
		cmocka_unit_test(a_failure_says_what_to_do),
		cmocka_unit_test(handed_back_and_busy_are_no_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
