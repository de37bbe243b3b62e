/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/attr.h"

#include "core/people/screen.h"

#include "tests/support/unit.h"

static void
a_block_list_covers_addresses_and_domains(void **state SL_UNUSED)
{
	static const struct {
		const char *list, *norm;
		bool blocked;
		const char *why;
	} rows[] = {
		{ NULL, "a@example.com", false, "no list" },
		{ "", "a@example.com", false, "an empty list" },
		{ " , ,", "a@example.com", false, "a list of nothing" },
		{ "a@example.com", "a@example.com", true, "the address" },
		{ "a@example.com", "b@example.com", false, "another one" },
		{ "A@Example.COM", "a@example.com", true, "capitals" },
		{ "example.com", "a@example.com", true, "the domain" },
		{ "@example.com", "a@example.com", true, "written with an at" },
		{ "Example.com.", "a@example.com", true, "with its root" },
		{ "example.com", "a@mail.example.com", true, "a subdomain" },
		{ "mail.example.com", "a@example.com", false, "not above" },
		{ "example.com", "a@notexample.com", false, "half a label" },
		{ "com", "a@example.com", true, "a whole top-level domain" },
		{ "a@example.com", "a@mail.example.com", false,
		  "an address has no subdomains" },
		{ "x.org, example.com ,y.org", "a@example.com", true,
		  "among others" },
		{ "x.org,b@example.com", "a@example.com", false, "no other" },
		{ "b\xc3\xbc"
		  "cher.example",
		  "a@xn--bcher-kva.example", true, "internationalised" },
		{ "exa mple.com,a@b@c,@", "a@example.com", false,
		  "nonsense covers nobody" },
		{ "example.com", NULL, false, "no address" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++)
		CHECK(rows[i].why,
		      sl_people_is_blocked(rows[i].list, rows[i].norm) ==
			      rows[i].blocked);
}

static void
a_block_list_covers_profiles(void **state SL_UNUSED)
{
	const char *list = "example.com, https://www.L.example/in/Ann/, "
			   "urn:li:person:AbC";

	assert_true(sl_people_is_blocked_handle(list, "l.example/in/ann"));
	assert_true(sl_people_is_blocked_handle(list, "urn:li:person:AbC"));
	assert_false(sl_people_is_blocked_handle(list, "urn:li:person:abc"));
	assert_false(sl_people_is_blocked_handle(list, "example.com/in/ann"));
	assert_false(sl_people_is_blocked(list, "ann@l.example"));
	assert_false(sl_people_is_blocked_handle(list, NULL));
}

static void
a_name_is_what_a_person_would_show(void **state SL_UNUSED)
{
	static const struct {
		const char *name;
		bool is_name;
	} rows[] = {
		{ NULL, false },
		{ "", false },
		{ "  \"' ", false },
		{ "Ann Other", true },
		{ "ann@example.com", false },
		{ "'ann@example.com'", false },
		{ "Ann @ Work", true },
		{ "Ann via Team", false },
		{ "'Ann Other' VIA Team", false },
		{ "Via Milano", true },
		{ "Olivia", true },
		{ "Sam via", true },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++)
		CHECK(rows[i].name != NULL ? rows[i].name : "no name",
		      sl_people_is_name(rows[i].name) == rows[i].is_name);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_block_list_covers_addresses_and_domains),
		cmocka_unit_test(a_block_list_covers_profiles),
		cmocka_unit_test(a_name_is_what_a_person_would_show),
	};

	return cmocka_run_group_tests_name("screen", tests, NULL, NULL);
}
