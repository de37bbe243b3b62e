/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `explain` of a mailbox: what is told of an address and of a message is what
 * the store decided, with the mail that it rests on.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"

#include "cli/explain.h"
#include "state/explain.h"
#include "tests/support/store_kit.h"
#include "tests/support/unit.h"

#define ME "me@example.com"

static const char *const rules[] = { "sent", "replied", "all", "none", NULL };
static const struct sl_option options[] = {
	{ .name = "contacts",
	  .type = SL_OPT_CHOICE,
	  .fallback = "sent",
	  .choices = rules,
	  .help = "Whom mail makes a contact." },
	{ .name = "contact_max_participants",
	  .type = SL_OPT_NUMBER,
	  .fallback = "3",
	  .min = 2,
	  .max = 1000,
	  .help = "Recipients at most." },
	{ .name = "block",
	  .type = SL_OPT_TEXT,
	  .fallback = "corp.example",
	  .max = 1000,
	  .help = "Nobody of these." },
	{ .name = NULL },
};
static const struct sl_stream_kind kinds[] = {
	{ .name = "events", .title = "Calendar" },
	{ .name = NULL },
};
static const struct sl_connector box = { .name = "google_calendar",
					 .kinds = kinds,
					 .options = options };
static const struct sl_connector *const registry[] = { &box, NULL };

static struct sl_kit kit;
static struct sl_pg *pg;
static struct sl_arena *arena;

static struct sl_artifact *
message(const char *id, int days, const char *from, const char *to)
{
	struct sl_artifact *a =
		kit_event(&kit, id, 1, id, KIT_NOW - days * KIT_DAY);

	a->type = "email";
	a->ends_us = a->reach_us = SL_NO_TIME;
	a->external_uid = sl_arena_printf(kit.arena, "%s@mail.example.org", id);
	kit_person(&kit, a, from, "from", NULL);
	kit_person(&kit, a, to, "to", NULL);
	return a;
}

/* Of a mailbox: letters both ways, a newsletter, a crowd, one deleted. */
static void
fill(void)
{
	struct sl_artifact *a;
	char id[32];

	(void)message("to-ann", 9, ME, "ann@example.org");
	(void)message("from-ann", 8, "ann@example.org", ME);
	(void)message("to-ann-again", 7, ME, "ann@example.org");
	(void)message("from-stranger", 6, "stranger@example.org", ME);
	(void)message("to-corp", 6, ME, "boss@mail.corp.example");
	a = message("to-crowd", 5, ME, "c1@example.org");
	kit_person(&kit, a, "c2@example.org", "cc", NULL);
	kit_person(&kit, a, "c3@example.org", "cc", NULL);
	kit_person(&kit, a, "c4@example.org", "bcc", NULL);
	for (int i = 0; i < 150; i++) {
		(void)snprintf(id, sizeof(id), "news-%d", i);
		a = message(id, 300 - i, "news@example.org", ME);
		(void)json_object_set_new(a->metadata, "bulk",
					  json_string("list-id"));
	}
}

static int
setup(void **state)
{
	struct sl_error err;
	struct sl_stream_row *row;

	(void)state;
	kit_init(&kit);
	kit_claim(&kit);
	row = kit_open(&kit, "box");
	kit_page(&kit, row);
	kit.commit.people = (struct sl_people_options){ .rule = SL_PEOPLE_NONE,
							.max_participants = 3 };
	(void)message("gone", 4, ME, "dropped@example.org");
	kit_commit(&kit);
	kit_page(&kit, row);
	kit_tombstone(&kit, "gone");
	kit_commit(&kit);
	kit_page(&kit, row);
	kit.commit.people = (struct sl_people_options){
		.rule = SL_PEOPLE_SENT,
		.max_participants = 3,
		.block = "corp.example",
	};
	fill();
	kit_commit(&kit);
	arena = sl_arena_new();
	assert_int_equal(sl_pg_connect(sl_test_db_url(kit.db), &pg, &err),
			 SL_OK);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	sl_pg_free(&pg);
	sl_arena_free(&arena);
	kit_release(&kit);
	return 0;
}

static struct sl_explain
of(const char *what)
{
	return (struct sl_explain){ .pg = pg,
				    .user_id = kit.user,
				    .argument = what,
				    .registry = registry,
				    .arena = arena };
}

/* The one person behind an address; a new reference. */
static json_t *
person(const char *address)
{
	const struct sl_explain x = of(address);
	json_t *people = NULL, *one;
	struct sl_error err;

	if (sl_explain_people(&x, &people, &err) != SL_OK)
		fail_msg("%s: %s", address, err.text);
	assert_int_equal(json_array_size(people), 1);
	one = json_incref(json_array_get(people, 0));
	json_decref(people);
	return one;
}

static const char *
reason(const json_t *who)
{
	return sl_json_text(sl_json_object(who, "verdict"), "reason");
}

static void
the_verdict_of_an_address_is_what_the_store_did(void **state)
{
	static const struct {
		const char *address, *reason;
		bool contact;
	} rows[] = {
		{ "ann@example.org", "written-to", true },
		{ "stranger@example.org", "not-by-user", false },
		{ "boss@mail.corp.example", "blocked", false },
		{ "c4@example.org", "too-many-recipients", false },
		{ "dropped@example.org", "message-gone", false },
		{ "news@example.org", "bulk-mail", false },
	};

	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		json_auto_t *who = person(rows[i].address);
		bool there = sl_json_object(who, "contact") != NULL;

		if (!sl_text_equal(reason(who), rows[i].reason))
			fail_msg("%s: %s", rows[i].address, reason(who));
		CHECK(rows[i].address, there == rows[i].contact);
		CHECK(rows[i].address,
		      sl_json_bool(sl_json_object(who, "verdict"), "contact") ==
			      there);
	}
}

static void
the_newest_mail_of_each_way_is_told(void **state)
{
	json_auto_t *who = person("Ann@Example.org");
	const json_t *mail = sl_json_object(who, "mail");
	const json_t *to = sl_json_object(mail, "to");
	const json_t *from = sl_json_object(mail, "from");

	(void)state;
	assert_int_equal(json_integer_value(json_object_get(to, "messages")),
			 2);
	assert_string_equal(
		sl_json_text(sl_json_object(to, "newest"), "source_id"),
		"to-ann-again");
	assert_string_equal(
		sl_json_text(sl_json_object(from, "newest"), "source_id"),
		"from-ann");
	assert_true(json_is_null(json_object_get(mail, "named")));
	assert_int_equal(json_array_size(json_object_get(mail, "reasons")), 2);
}

static void
of_much_mail_the_newest_is_looked_at(void **state)
{
	json_auto_t *who = person("news@example.org");
	const json_t *mail = sl_json_object(who, "mail");
	const json_t *from = sl_json_object(mail, "from");

	(void)state;
	assert_int_equal(json_integer_value(json_object_get(from, "messages")),
			 150);
	assert_string_equal(
		sl_json_text(sl_json_object(from, "newest"), "source_id"),
		"news-149");
	assert_int_equal(json_integer_value(json_object_get(mail, "looked_at")),
			 100);
}

static void
of_an_address_in_very_much_mail_the_newest_is_looked_through(void **state)
{
	json_auto_t *who = NULL;
	const json_t *mail, *newest;

	(void)state;
	sl_test_db_exec(
		kit.db,
		"WITH m AS (INSERT INTO public.artifacts (user_id, "
		"integration_id, stream_key, source_id, type, occurred_at, "
		"content_hash) SELECT '%s', '%s', 'box', 'loud-' || g, "
		"'email', timestamptz '2026-01-01' + g * interval '1 minute', "
		"sha256('') FROM generate_series(1, 5001) g RETURNING id, "
		"user_id) INSERT INTO public.artifact_participants "
		"(artifact_id, user_id, position, kind, value, value_norm, "
		"role) SELECT id, user_id, 0, 'email', 'loud@example.org', "
		"'loud@example.org', 'from' FROM m",
		kit.user, kit.integration);
	who = person("loud@example.org");
	mail = sl_json_object(who, "mail");
	newest = sl_json_object(sl_json_object(mail, "from"), "newest");
	assert_true(sl_json_bool(mail, "partial"));
	assert_string_equal(sl_json_text(newest, "source_id"), "loud-5001");
	json_decref(who);
	who = person("ann@example.org");
	assert_false(sl_json_bool(sl_json_object(who, "mail"), "partial"));
}

/* The decision about an address in the first item found; or NULL. */
static const char *
decision(json_t *things, const char *norm)
{
	const json_t *item =
		json_array_get(json_object_get(things, "items"), 0);
	const json_t *list = json_object_get(item, "participants");
	const json_t *who;
	size_t i;

	json_array_foreach (list, i, who) {
		if (sl_text_equal(sl_json_text(who, "norm"), norm))
			return sl_json_text(sl_json_object(who, "decision"),
					    "reason");
	}
	return NULL;
}

static void
a_message_tells_what_it_decides_about_everybody(void **state)
{
	static const struct {
		const char *id, *norm, *reason;
	} rows[] = {
		{ "to-ann@mail.example.org", "ann@example.org", "written-to" },
		{ "to-ann@mail.example.org", ME, "own-address" },
		{ "from-stranger", "stranger@example.org", "not-by-user" },
		{ "news-7", "news@example.org", "bulk-mail" },
		{ "gone", "dropped@example.org", "message-gone" },
		{ "to-corp", "boss@mail.corp.example", "blocked" },
	};

	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		const struct sl_explain x = of(rows[i].id);
		json_auto_t *things = NULL;
		struct sl_error err;

		assert_int_equal(sl_explain_things(&x, &things, &err), SL_OK);
		if (!sl_text_equal(decision(things, rows[i].norm),
				   rows[i].reason))
			fail_msg("%s, %s: %s", rows[i].id, rows[i].norm,
				 decision(things, rows[i].norm));
	}
}

static void
a_rule_that_would_decide_otherwise_says_when(void **state)
{
	json_auto_t *who = NULL;

	(void)state;
	sl_test_db_exec(kit.db,
			"UPDATE public.user_integrations SET settings = "
			"'{\"contacts\":\"all\"}'");
	who = person("stranger@example.org");
	assert_string_equal(reason(who), "rule-all");
	assert_string_equal(sl_json_text(sl_json_object(who, "verdict"), "due"),
			    "next-sync");
	sl_test_db_exec(kit.db,
			"UPDATE public.user_integrations SET settings = "
			"'{\"contacts\":\"replied\"}'");
	json_decref(who);
	who = person("ann@example.org");
	assert_string_equal(reason(who), "correspondence");
	json_decref(who);
	who = person("stranger@example.org");
	assert_string_equal(reason(who), "not-written-to");
	sl_test_db_exec(kit.db, "UPDATE public.user_integrations SET settings "
				"= '{}'");
}

static void
people_read_it_in_short_lines(void **state)
{
	static const char *const lines[] = {
		"person news@example.org\n",
		"It is bulk mail, which makes nobody a contact. (bulk-mail)",
		"150 messages from it\n",
		"the newest: news-149 \"news-149\", ",
		"of these the newest 100 were looked at\n",
		"100 bulk-mail: It is bulk mail",
		"contacts sent, at most 3 participants, blocked corp.example\n",
	};
	json_auto_t *document = json_object();
	json_t *people = json_array();
	char text[8192] = "";
	FILE *out = tmpfile();

	(void)state;
	assert_non_null(out);
	(void)json_array_append_new(people, person("news@example.org"));
	(void)json_object_set_new(document, "people", people);
	sl_explain_decorate(registry, document);
	sl_explain_print(out, arena, document);
	rewind(out);
	assert_true(fread(text, 1, sizeof(text) - 1, out) > 0);
	(void)fclose(out);
	for (size_t i = 0; i < SL_ARRAY_LEN(lines); i++)
		if (strstr(text, lines[i]) == NULL)
			fail_msg("no \"%s\" in:\n%s", lines[i], text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_verdict_of_an_address_is_what_the_store_did),
		cmocka_unit_test(the_newest_mail_of_each_way_is_told),
		cmocka_unit_test(of_much_mail_the_newest_is_looked_at),
		cmocka_unit_test(
			a_message_tells_what_it_decides_about_everybody),
		cmocka_unit_test(a_rule_that_would_decide_otherwise_says_when),
		cmocka_unit_test(people_read_it_in_short_lines),
		cmocka_unit_test(
			of_an_address_in_very_much_mail_the_newest_is_looked_through),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
