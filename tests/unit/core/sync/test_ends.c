/* SPDX-License-Identifier: Apache-2.0 */
/* When a consent ends by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include "core/base/clock.h"

#include "core/sync/ends.h"

#include "connectors/google/google.h"
#include "connectors/linkedin/linkedin.h"
#include "tests/support/unit.h"

#define NEVER INT64_C(-1)

struct row {
	const char *title;
	const struct sl_end_rule *rules;
	int64_t connected, refreshed, access, refresh; /* days, or NEVER */
	bool renewable;
	int64_t end; /* days, or NEVER */
	const char *why;
};

static int64_t
days(int64_t n)
{
	return n == NEVER ? SL_NO_TIME : n * SL_DAY_US;
}

static void
each_consent_has_its_earliest_end(void **state SL_UNUSED)
{
	const struct sl_end_rule *google = sl_google.ends;
	const struct sl_end_rule *linkedin = sl_linkedin_provider.ends;
	const struct row rows[] = {
		{ "in production: six months unused", google, 100, 130, 131,
		  NEVER, true, 310, "six months" },
		{ "in testing: seven days", google, 100, 104, 105, 107, true,
		  107, "in testing" },
		{ "limited to a month, in its last week", google, 100, 125, 126,
		  130, true, 130, "limited time" },
		{ "limited, and nobody knows since when", google, NEVER, 125,
		  126, 130, true, 130, "limited time" },
		{ "limited to a year, unused for long", google, 100, 110, 111,
		  465, true, 290, "six months" },
		{ "never refreshed, no end known", google, 100, NEVER, 101,
		  NEVER, true, NEVER, NULL },
		{ "sixty days, nothing renews it", linkedin, 0, 0, 60, NEVER,
		  false, 60, "60 days" },
		{ "a year, nothing renews it", linkedin, 0, 0, 365, NEVER,
		  false, 365, "developer portal" },
		{ "renewed until a fixed end", linkedin, 0, 300, 360, 365, true,
		  365, "lasts a year" },
		{ "a provider without ends", NULL, 0, 0, 60, 70, false, NEVER,
		  NULL },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		const struct row *r = &rows[i];
		const struct sl_consent_times times = {
			.connected_us = days(r->connected),
			.refreshed_us = days(r->refreshed),
			.access_expires_us = days(r->access),
			.refresh_expires_us = days(r->refresh),
			.renewable = r->renewable,
		};
		struct sl_end end = sl_consent_end(r->rules, &times);

		CHECK(r->title, end.at_us == days(r->end));
		CHECK(r->title, (end.why == NULL) == (r->why == NULL));
		CHECK(r->title, r->why == NULL || strstr(end.why, r->why));
	}
}

static void
an_end_is_near_from_fourteen_days_ahead(void **state SL_UNUSED)
{
	const struct sl_end end = { .at_us = 100 * SL_DAY_US, .why = "x" };
	const struct sl_end none = { .at_us = SL_NO_TIME };

	assert_false(sl_end_is_near(&end, 86 * SL_DAY_US - 1));
	assert_true(sl_end_is_near(&end, 86 * SL_DAY_US));
	assert_true(sl_end_is_near(&end, 101 * SL_DAY_US));
	assert_false(sl_end_is_near(&none, 101 * SL_DAY_US));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_consent_has_its_earliest_end),
		cmocka_unit_test(an_end_is_near_from_fourteen_days_ahead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
