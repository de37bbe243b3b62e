/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contract suite: every connector of connectors.c through every case.
 * Needs PostgreSQL (PG*). An argument picks the tests whose name it matches
 * (cmocka's * and ?): test_connectors '*: 401*'
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connectors/registry.h"
#include "tests/contract/world.h"

#define TESTS_MAX 1024
#define NAME_MAX  128

struct entry {
	const struct contract_row *row;
	struct contract_case a_case;
	char name[NAME_MAX];
};

static struct entry entries[TESTS_MAX];
static struct CMUnitTest tests[TESTS_MAX];
static size_t count;

static int
set_up(void **state)
{
	static struct contract_world world;
	const struct entry *entry = *state;

	world_init(&world, entry->row);
	world.run = entry->a_case.run;
	world.arg = entry->a_case.arg;
	*state = &world;
	return 0;
}

static int
tear_down(void **state)
{
	world_release(*state);
	return 0;
}

static void
run_case(void **state)
{
	struct contract_world *world = *state;

	world->run(world);
}

static int
open_all(void **state)
{
	(void)state;
	world_open();
	return 0;
}

static int
close_all(void **state)
{
	(void)state;
	world_close();
	return 0;
}

static void
add(const struct contract_row *row, const struct contract_case *one)
{
	struct entry *entry = &entries[count];

	SL_ASSERT(count < TESTS_MAX);
	entry->row = row;
	entry->a_case = *one;
	(void)snprintf(entry->name, sizeof(entry->name), "%s: %s",
		       row->connector->name, one->name);
	tests[count++] = (struct CMUnitTest){ .name = entry->name,
					      .test_func = run_case,
					      .setup_func = set_up,
					      .teardown_func = tear_down,
					      .initial_state = entry };
}

static void
add_refusals(const struct contract_row *row)
{
	static char names[TESTS_MAX][NAME_MAX];
	static size_t used;
	const struct contract_refusal *r = row->kit->refusals;

	for (; r->name != NULL; r++) {
		struct contract_case one = { .name = names[used],
					     .run = contract_refused,
					     .arg = r };

		(void)snprintf(names[used++], NAME_MAX, "HTTP %d, %s",
			       r->status, r->name);
		add(row, &one);
	}
}

static void
add_all(const struct contract_row *row)
{
	/* Those of tokens and of reading by id say nothing of counted pages. */
	const struct contract_case *const tables[] = {
		contract_refusal_cases,
		contract_transport_cases,
		row->kit->cases,
		row->kit->counted ? NULL : contract_listing_cases,
		row->kit->counted ? NULL : contract_item_cases,
		row->kit->counted ? NULL : contract_reading_cases,
	};

	for (size_t t = 0; t < SL_ARRAY_LEN(tables); t++)
		for (const struct contract_case *c = tables[t];
		     c != NULL && c->name != NULL; c++)
			add(row, c);
	add_refusals(row);
}

static bool
has_row(const struct sl_connector *connector)
{
	for (const struct contract_row *row = contract_connectors;
	     row->connector != NULL; row++)
		if (row->connector == connector)
			return true;
	return false;
}

/** What is registered is in the table: nobody passes by not coming. */
static void
every_registered_connector_is_here(void **state)
{
	(void)state;
	for (size_t i = 0; sl_registry[i] != NULL; i++)
		if (!has_row(sl_registry[i]))
			fail_msg("%s has no row in tests/contract/connectors.c",
				 sl_registry[i]->name);
}

int
main(int argc, char **argv)
{
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(
		every_registered_connector_is_here);
	for (const struct contract_row *row = contract_connectors;
	     row->connector != NULL; row++)
		add_all(row);
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return _cmocka_run_group_tests("contract", tests, count, open_all,
				       close_all);
}
