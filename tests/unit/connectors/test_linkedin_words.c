/* SPDX-License-Identifier: Apache-2.0 */
/* Dates in all their forms, and the addresses of profiles. */
#include "connectors/linkedin/profile.h"
#include "connectors/linkedin/when.h"
#include "linkedin_print.h"

static const struct {
	const char *text, *at; /* NULL: no date */
	bool time, zone;
} when_rows[] = {
	/* the archive's */
	{ "12 Mar 2024", "2024-03-12T00:00:00", false, false },
	{ "3 Mar 2024", "2024-03-03T00:00:00", false, false },
	{ "2024-03-12 08:15:30 UTC", "2024-03-12T08:15:30", true, true },
	{ "2024-03-12 08:15 UTC", "2024-03-12T08:15:00", true, true },
	{ "1/29/26, 2:37 PM", "2026-01-29T14:37:00", true, false },
	{ "12/10/26, 12:10 AM", "2026-12-10T00:10:00", true, false },
	{ "12/10/26, 12:10 pm", "2026-12-10T12:10:00", true, false },
	{ "9/3/26, 11:20\u202fAM", "2026-09-03T11:20:00", true, false },
	{ "2026-02-09 01:21:47", "2026-02-09T01:21:47", true, false },
	{ "2024/02/01 15:02:55 UTC", "2024-02-01T15:02:55", true, true },
	{ "Sat Sep 05 08:12:14 UTC 2026", "2026-09-05T08:12:14", true, true },
	{ "Nov 5, 1990", "1990-11-05T00:00:00", false, false },
	/* the snapshot's, if it is not the same */
	{ "2026-08-03", "2026-08-03T00:00:00", false, false },
	{ "2026-08-03T10:00:00.5Z", "2026-08-03T10:00:00+500000us", true,
	  true },
	{ "2026-08-03T10:00:00+02:00", "2026-08-03T08:00:00", true, true },
	{ "2026-08-03T10:00:00", "2026-08-03T10:00:00", true, false },
	/* a spreadsheet's */
	{ "4-Apr-21", "2021-04-04T00:00:00", false, false },
	{ "03/02/2023", "2023-03-02T00:00:00", false, false },
	{ "3/12/2024 8:15", "2024-03-12T08:15:00", true, false },
	{ "\u00a012\u00a0Mar\u00a02024 \n", "2024-03-12T00:00:00", false,
	  false },
	/* none */
	{ NULL, NULL, false, false },
	{ "", NULL, false, false },
	{ "Not Available", NULL, false, false },
	{ "12 Mär 2024", NULL, false, false },
	{ "30 Feb 2024", NULL, false, false },
	{ "1/29/26, 14:37 PM", NULL, false, false },
	{ "1/29/26, 0:37 AM", NULL, false, false },
	{ "PM", NULL, false, false },
	{ "12 Mar 2024 and then some more words until nobody reads them "
	  "any more",
	  NULL, false, false },
};

static void
every_form_of_a_date_is_read(void **state SL_UNUSED)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(when_rows); i++) {
		SL_AUTO_ARENA arena = sl_arena_new();
		struct sl_linkedin_when when = { 0 };
		struct sl_buf out;
		bool read = sl_linkedin_when(arena, when_rows[i].text, &when);

		sl_buf_init(&out, PRINT_MAX);
		if (read)
			print_time(&out, "", when.us);
		if (read != (when_rows[i].at != NULL) ||
		    (read && strcmp(sl_buf_text(&out) + strlen(" ="),
				    when_rows[i].at) != 0) ||
		    when.time != when_rows[i].time ||
		    when.zone != when_rows[i].zone)
			fail_msg("%s: %s %d %d", when_rows[i].text,
				 sl_buf_text(&out), when.time, when.zone);
		sl_buf_release(&out);
	}
}

static const struct {
	const char *text, *month;
} month_rows[] = {
	{ "Jan 2024", "2024-01" },
	{ "June 2021", "2021-06" },
	{ "2024-01-05", "2024-01-05" },
	{ "Present", NULL },
	{ "", NULL },
	{ NULL, NULL },
};

static void
months_are_read(void **state SL_UNUSED)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(month_rows); i++) {
		SL_AUTO_ARENA arena = sl_arena_new();
		const char *got = sl_linkedin_month(arena, month_rows[i].text);

		if (!sl_text_equal(got, month_rows[i].month))
			fail_msg("%s: %s", month_rows[i].text, got);
	}
}

static const struct {
	const char *url, *slug, *profile; /* NULL: none; the same as `url` */
} profile_rows[] = {
	{ "https://www.linkedin.com/in/ann-1", "ann-1", NULL },
	{ "http://linkedin.com/in/ann-1/", "ann-1",
	  "https://www.linkedin.com/in/ann-1" },
	{ " HTTPS://NO.LinkedIn.com/In/Ann-1?locale=no#x", "ann-1",
	  "https://www.linkedin.com/in/ann-1" },
	{ "www.linkedin.com/in/ann-1/de", "ann-1",
	  "https://www.linkedin.com/in/ann-1" },
	{ "https://www.linkedin.com/in/jos%c3%A9", "jos\u00e9",
	  "https://www.linkedin.com/in/jos%C3%A9" },
	{ "https://www.linkedin.com/in/jos\u00e9", "jos\u00e9",
	  "https://www.linkedin.com/in/jos%C3%A9" },
	{ "https://www.linkedin.com/in/50%-off%4", "50%-off%4",
	  "https://www.linkedin.com/in/50%25-off%254" },
	/* none of a member */
	{ NULL, NULL, NULL },
	{ "", NULL, NULL },
	{ "ann-1", NULL, NULL },
	{ "https://www.linkedin.com/in/", NULL, NULL },
	{ "https://www.linkedin.com/company/grid", NULL, NULL },
	{ "https://www.linkedin.example/in/ann-1", NULL, NULL },
	{ "https://evillinkedin.com/in/ann-1", NULL, NULL },
	{ "https://x.example/?u=linkedin.com/in/ann-1", NULL, NULL },
	{ "https://www.linkedin.com/in/%00", NULL, NULL },
	{ "https://www.linkedin.com/in/a%2Fb", NULL, NULL },
	{ "https://www.linkedin.com/in/%ff", NULL, NULL },
	{ "https://www.linkedin.com/in/a%20b", NULL, NULL },
};

static void
a_profile_has_one_address(void **state SL_UNUSED)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(profile_rows); i++) {
		SL_AUTO_ARENA arena = sl_arena_new();
		const char *slug = sl_linkedin_slug(arena, profile_rows[i].url);
		const char *want = profile_rows[i].profile != NULL
					   ? profile_rows[i].profile
					   : profile_rows[i].url;

		if (!sl_text_equal(slug, profile_rows[i].slug))
			fail_msg("%s: %s", profile_rows[i].url, slug);
		if (slug != NULL)
			assert_string_equal(sl_linkedin_profile(arena, slug),
					    want);
	}
}

static void
slugs_are_capped(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	char slug[SL_LINKEDIN_SLUG_MAX + 2];

	memset(slug, 'a', sizeof(slug));
	for (size_t len = SL_LINKEDIN_SLUG_MAX; len < sizeof(slug); len++) {
		slug[len] = '\0';
		assert_int_equal(
			sl_linkedin_slug(arena, sl_linkedin_profile(
							arena, slug)) != NULL,
			len == SL_LINKEDIN_SLUG_MAX);
		slug[len] = 'a';
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_of_a_date_is_read),
		cmocka_unit_test(months_are_read),
		cmocka_unit_test(a_profile_has_one_address),
		cmocka_unit_test(slugs_are_capped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
