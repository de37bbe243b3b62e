/* SPDX-License-Identifier: Apache-2.0 */
/* The LinkedIn archive: which files are known, when it was made, whose it is.
 * What its rows mean is test_linkedin_rows.c. */
#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"

#include "connectors/linkedin/archive.h"
#include "tests/support/unit.h"

/* The title of a file's table, or NULL. */
static const char *
title_of(const char *path)
{
	int table = sl_linkedin_importer.table_of(path);

	return table < 0 ? NULL : sl_linkedin_importer.tables[table].title;
}

static void
files_are_known_by_their_names(void **state SL_UNUSED)
{
	static const struct {
		const char *path, *title;
	} rows[] = {
		{ "Connections.csv", "connections" },
		{ "messages.csv", "messages" },
		{ "MESSAGES.CSV", "messages" },
		{ "Email Addresses.csv", "email addresses" },
		{ "Email_Addresses.csv", "email addresses" },
		{ "EmailAddresses_1234567.csv", "email addresses" },
		{ "Connections_1234567.csv", "connections" },
		{ "Complete_LinkedInDataExport/Invitations.csv",
		  "invitations" },
		{ "a/b/Profile.csv", "profile" },
		{ "Positions.csv", "positions" },
		{ "Contacts.csv", "contacts" },
		{ "ImportedContacts.csv", "contacts" },
		{ "Imported Contacts.csv", "contacts" },
		{ "guide_messages.csv", NULL },
		{ "learning_coach_messages.csv", NULL },
		{ "learning_role_play_messages.csv", NULL },
		{ "LearningCoachMessages.csv", NULL },
		{ "Profile Summary.csv", NULL },
		{ "messages.csv/", NULL },
		{ "messages.html", NULL },
		{ "messages", NULL },
		{ ".csv", NULL },
		{ "", NULL },
		{ "12345.csv", NULL },
		{ "__MACOSX/._Connections.csv", NULL },
		{ "Connections.csv/x.csv", NULL },
		{ "AVeryLongNameOfAFileThatIsNoneOfTheTables.csv", NULL },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++)
		if (!sl_text_equal(title_of(rows[i].path), rows[i].title))
			fail_msg("%s: %s", rows[i].path,
				 title_of(rows[i].path) == NULL
					 ? "unknown"
					 : title_of(rows[i].path));
}

/* Who people are is read before what names them. */
static void
tables_are_read_in_an_order_that_helps(void **state SL_UNUSED)
{
	static const char *const order[] = {
		"Profile.csv",     "Email Addresses.csv", "Positions.csv",
		"Invitations.csv", "Connections.csv",     "Contacts.csv",
		"messages.csv"
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(order); i++)
		assert_int_equal(sl_linkedin_importer.table_of(order[i]), i);
	assert_null(sl_linkedin_importer.tables[SL_ARRAY_LEN(order)].title);
}

/* Only connections are listed in full: a message that an archive lacks may
 * well be there. */
static void
connections_alone_are_swept(void **state SL_UNUSED)
{
	const struct sl_import_table *t = sl_linkedin_importer.tables;

	for (; t->title != NULL; t++) {
		if (strcmp(t->title, "connections") == 0)
			assert_string_equal(t->sweeps, "linkedin_connection");
		else
			assert_null(t->sweeps);
		assert_non_null(t->required[0]);
	}
}

static void
the_name_tells_the_day(void **state SL_UNUSED)
{
	static const struct {
		const char *name, *day;
	} rows[] = {
		{ "Basic_LinkedInDataExport_11-20-2026.zip", "2026-11-20" },
		{ "Complete_LinkedInDataExport_02-29-2024.zip", "2024-02-29" },
		{ "Complete_LinkedInDataExport_11-20-2026 (1).zip",
		  "2026-11-20" },
		{ "Basic_LinkedInDataExport_11-20-2026_part1.zip",
		  "2026-11-20" },
		{ "1-02-03-2025.zip", "2025-02-03" },
		{ "Basic_LinkedInDataExport_02-30-2026.zip", NULL },
		{ "Basic_LinkedInDataExport_20-11-2026.zip", NULL },
		{ "Basic_LinkedInDataExport_11-20-20261.zip", NULL },
		{ "111-20-2026.zip", NULL },
		{ "11-20.zip", NULL },
		{ "11-20-", NULL },
		{ "mine.zip", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		int64_t got = sl_linkedin_importer.made_us(rows[i].name);
		int64_t want = SL_NO_TIME;

		if (rows[i].day != NULL)
			assert_true(sl_rfc3339_date_us(rows[i].day, &want));
		if (got != want)
			fail_msg("%s", rows[i].name);
	}
}

static void
rows_tell_whose_archive_it_is(void **state SL_UNUSED)
{
	static const struct {
		const char *file, *cells;
		enum sl_owner_rank rank;
		const char *name;
	} rows[] = {
		{ "Email Addresses.csv",
		  "{'Email Address':' mira@fjord.example ','Primary':'Yes'}",
		  SL_OWNER_MAIN, "mira@fjord.example" },
		{ "Email Addresses.csv",
		  "{'EMAIL_ADDRESS':'old@fjord.example','Primary':'No'}",
		  SL_OWNER_ADDRESS, "old@fjord.example" },
		{ "Email Addresses.csv", "{'Email Address':'Not Available'}",
		  SL_OWNER_NONE, NULL },
		{ "Email Addresses.csv", "{'Primary':'Yes'}", SL_OWNER_NONE,
		  NULL },
		{ "Profile.csv",
		  "{'First Name':'Mira','Last Name':'Halvorsen'}",
		  SL_OWNER_NAME, "Mira Halvorsen" },
		{ "Profile.csv", "{'First Name':'Mira'}", SL_OWNER_NAME,
		  "Mira" },
		{ "Profile.csv", "{'First Name':' ','Last Name':''}",
		  SL_OWNER_NONE, NULL },
	};
	struct sl_arena *arena = sl_arena_new();

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		json_error_t wrong;
		char *text = sl_arena_strdup(arena, rows[i].cells);
		const char *name = NULL;
		enum sl_owner_rank rank;
		json_t *cells;

		for (char *at = text; *at != '\0'; at++)
			if (*at == '\'')
				*at = '"';
		cells = json_loads(text, 0, &wrong);
		assert_non_null(cells);
		rank = sl_linkedin_importer.owner(
			sl_linkedin_importer.table_of(rows[i].file), cells,
			arena, &name);
		assert_int_equal(rank, rows[i].rank);
		if (rank != SL_OWNER_NONE)
			assert_string_equal(name, rows[i].name);
		json_decref(cells);
	}
	sl_arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_known_by_their_names),
		cmocka_unit_test(tables_are_read_in_an_order_that_helps),
		cmocka_unit_test(connections_alone_are_swept),
		cmocka_unit_test(the_name_tells_the_day),
		cmocka_unit_test(rows_tell_whose_archive_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
