/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who becomes a contact by connections and messages of a network, as stored.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

#include "tests/support/handles.h"
#include "tests/support/store_kit.h"
#include "tests/support/unit.h"

static struct sl_kit kit;

static int
setup(void **state)
{
	(void)state;
	kit_init(&kit);
	kit_claim(&kit);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	kit_release(&kit);
	return 0;
}

/* Hexadecimal digits: the database refuses what is no UTF-8 in a literal. */
static const char *
hex(const char *text)
{
	static char out[1024];
	size_t len = strlen(text);

	SL_ASSERT(2 * len < sizeof(out));
	out[0] = '\0';
	for (size_t i = 0; i < len; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", (unsigned char)text[i]);
	return out;
}

static void
the_database_compares_handles_as_the_gateway_does(void **state)
{
	(void)state;
	for (const struct sl_handle_row *r = sl_handle_rows; r->in; r++)
		CHECK(r->in,
		      sl_text_equal(sl_test_db_text(kit.db,
						    "SELECT sluice.handle_norm("
						    "convert_from(decode('%s', "
						    "'hex'), 'UTF8')) AS v",
						    hex(r->in)),
				    r->out));
	CHECK("512 bytes",
	      sl_test_db_i64(kit.db, "SELECT (length(sluice.handle_norm("
				     "'a.example/' || repeat('%%78', "
				     "502))) = 512)::integer AS v"));
	CHECK("one more",
	      sl_test_db_i64(kit.db, "SELECT (sluice.handle_norm('a.example/' "
				     "|| repeat('%%78', 503)) IS NULL)::integer"
				     " AS v"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_database_compares_handles_as_the_gateway_does,
			setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
