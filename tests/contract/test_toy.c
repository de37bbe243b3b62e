/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The connector of docs/adding-a-connector.md, driven as the engine would:
 * canned JSON in, facts out. It is linked the way a new connector is: one
 * folder, one line of the registry, one migration.
 */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include "core/base/attr.h"

#include "core/sync/answers_private.h"

#include "tests/toy/registry.c"
#include "tests/toy/toy.c"

struct canned {
	struct sl_answers base;
	struct sl_answer answer;
	struct sl_call call;
	bool taken;
};

/** One turn: a connector sees nothing else. */
struct scene {
	struct sl_arena *arena;
	struct sl_stream stream;
	struct sl_turn turn;
	json_t *cursor, *settings, *body;
	struct sl_ref wanted;
	struct sl_ask ask;
	struct canned canned;
	struct sl_page page;
	struct sl_error err;
};

static const struct sl_answer *
next(struct sl_answers *base)
{
	struct canned *canned = (struct canned *)base;

	if (canned->taken)
		return NULL;
	canned->taken = true;
	return &canned->answer;
}

static int
set_up(void **state)
{
	static struct scene scene;

	scene = (struct scene){
		.arena = sl_arena_new(),
		.settings = json_object(),
		.stream = { .kind = "notes",
			    .key = "",
			    .walk_started_us = SL_NO_TIME },
	};
	scene.turn = (struct sl_turn){ .stream = &scene.stream,
				       .settings = scene.settings,
				       .account = "ana@example.com" };
	sl_page_init(&scene.page, scene.arena);
	*state = &scene;
	return 0;
}

static int
tear_down(void **state)
{
	struct scene *scene = *state;

	sl_page_release(&scene->page);
	json_decref(scene->cursor);
	json_decref(scene->settings);
	json_decref(scene->body);
	sl_arena_free(&scene->arena);
	return 0;
}

static void
begin_at(struct scene *scene, const char *after, bool walked)
{
	scene->cursor = json_pack("{s:i, s:s, s:b}", "v", 1, "after", after,
				  "walked", walked);
	scene->turn.cursor = scene->cursor;
}

static void
want(struct scene *scene, const char *id)
{
	scene->wanted.source_id = id;
	scene->turn.wanted = &scene->wanted;
}

/** Ask, answer with `json` (' for "), read. */
static sl_status
turn(struct scene *scene, int http_status, const char *json)
{
	char *text = sl_arena_strdup(scene->arena, json);

	for (char *c = text; *c != '\0'; c++)
		if (*c == '\'')
			*c = '"';
	assert_int_equal(sl_toy.ask(&scene->turn, scene->arena, &scene->ask,
				    &scene->err),
			 SL_OK);
	assert_int_equal(scene->ask.count, 1);
	if (*text != '\0')
		assert_int_equal(sl_json_parse(text, strlen(text), NULL,
					       &scene->body, &scene->err),
				 SL_OK);
	scene->canned = (struct canned){
		.base.next = next,
		.answer = { .call = &scene->ask.calls[0],
			    .http_status = http_status,
			    .body = scene->body,
			    .body_bytes = strlen(json) },
	};
	return sl_toy.read(&scene->turn, &scene->canned.base, &scene->page,
			   &scene->err);
}

static const char *
parameter(const struct scene *scene, const char *name)
{
	const struct sl_query *query = scene->ask.calls[0].query;

	for (; query != NULL && query->name != NULL; query++)
		if (strcmp(query->name, name) == 0)
			return query->value;
	return NULL;
}

static size_t
accounted(const struct sl_page *page)
{
	return page->artifacts.count + page->tombstones.count +
	       page->patches.count + page->filtered.count +
	       page->rejected.count;
}

static const char *
cursor_of(struct scene *scene)
{
	return sl_json_canonical(scene->arena, scene->page.cursor);
}

#define EMPTY "{'notes': [], 'next': 'p0', 'more': false}"

static void
a_walk_begins_without_a_position(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(turn(scene, 200, EMPTY), SL_OK);
	assert_string_equal(scene->ask.calls[0].path[0], "notes");
	assert_null(scene->ask.calls[0].path[1]);
	assert_null(parameter(scene, "after"));
	assert_string_equal(parameter(scene, "limit"), "100");
}

static void
a_position_is_gone_on_from(void **state)
{
	struct scene *scene = *state;

	begin_at(scene, "p7", true);
	assert_int_equal(turn(scene, 200, EMPTY), SL_OK);
	assert_string_equal(parameter(scene, "after"), "p7");
}

static void
a_strange_cursor_begins_anew(void **state)
{
	struct scene *scene = *state;

	scene->cursor = json_pack("{s:i}", "v", 99);
	scene->turn.cursor = scene->cursor;
	assert_int_equal(sl_toy.ask(&scene->turn, scene->arena, &scene->ask,
				    &scene->err),
			 SL_RESYNC);
	assert_int_equal(scene->err.scope, SL_STREAM);
}

static void
too_large_an_answer_halves_the_page(void **state)
{
	static const struct {
		int shrink;
		const char *limit;
	} rows[] = { { 1, "50" }, { 3, "12" }, { 6, "1" }, { 16, "1" } };
	struct scene *scene = *state;

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		scene->turn.shrink = rows[i].shrink;
		assert_int_equal(sl_toy.ask(&scene->turn, scene->arena,
					    &scene->ask, &scene->err),
				 SL_OK);
		assert_string_equal(parameter(scene, "limit"), rows[i].limit);
	}
}

static void
a_note_becomes_an_artifact_with_its_people(void **state)
{
	struct scene *scene = *state;
	const struct sl_artifact *note;

	assert_int_equal(turn(scene, 200,
			      "{'notes': [{'id': 'n1', 'title': 'Lunch',"
			      " 'at': '2026-11-20T13:00:00+01:00', 'people':"
			      " [{'email': 'Bo@Example.com', 'name': 'Bo'},"
			      "  {'name': 'nobody knows'}]}],"
			      " 'next': 'p1', 'more': true}"),
			 SL_OK);
	note = scene->page.artifacts.first;
	assert_non_null(note);
	assert_string_equal(note->source_id, "n1");
	assert_string_equal(note->type, "toy_note");
	assert_string_equal(note->title, "Lunch");
	assert_int_equal(note->occurred_us, INT64_C(1795176000000000));
	assert_int_equal(note->participant_count, 1);
	assert_string_equal(note->participants->value, "Bo@Example.com");
	assert_string_equal(note->participants->name, "Bo");
	assert_true(scene->page.more);
	assert_false(scene->page.walk_done);
	assert_string_equal(cursor_of(scene),
			    "{\"after\":\"p1\",\"v\":1,\"walked\":false}");
}

static void
every_item_ends_in_one_list(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(turn(scene, 200,
			      "{'notes': [{'id': 'a', 'at':"
			      " '2026-11-20T13:00:00Z'},"
			      " {'id': 'b', 'gone': true},"
			      " {'id': 'c', 'at': 'yesterday'},"
			      " {'id': '', 'title': 'no id'}, {'title': 7},"
			      " 'not a note'],"
			      " 'next': 'p9', 'more': false}"),
			 SL_OK);
	assert_int_equal(scene->page.items, 6);
	assert_int_equal(accounted(&scene->page), 6);
	assert_string_equal(scene->page.tombstones.first->source_id, "b");
	assert_int_equal(scene->page.rejected.count, 4);
	assert_string_equal(scene->page.rejected.first->source_id, "c");
	assert_string_equal(scene->page.rejected.first->raw,
			    "{\"at\":\"yesterday\",\"id\":\"c\"}");
	assert_null(scene->page.rejected.first->next->source_id);
}

static void
an_id_is_kept_up_to_its_limit(void **state)
{
	struct scene *scene = *state;
	char id[SL_SOURCE_ID_MAX + 2];

	for (size_t len = SL_SOURCE_ID_MAX; len <= SL_SOURCE_ID_MAX + 1;
	     len++) {
		memset(id, 'x', len);
		id[len] = '\0';
		json_decref(scene->body);
		scene->body = NULL;
		assert_int_equal(
			turn(scene, 200,
			     sl_arena_printf(scene->arena,
					     "{'notes': [{'id': '%s', 'at':"
					     " '2026-11-20T13:00:00Z'}],"
					     " 'next': 'p', 'more': false}",
					     id)),
			SL_OK);
		json_decref(scene->page.cursor);
		scene->page.cursor = NULL;
	}
	assert_int_equal(scene->page.artifacts.count, 1);
	assert_int_equal(scene->page.rejected.count, 1);
}

static void
the_last_page_ends_the_walk_once(void **state)
{
	struct scene *scene = *state;

	begin_at(scene, "p8", false);
	assert_int_equal(turn(scene, 200, EMPTY), SL_OK);
	assert_true(scene->page.walk_done);
	assert_false(scene->page.more);
	assert_string_equal(cursor_of(scene),
			    "{\"after\":\"p0\",\"v\":1,\"walked\":true}");
}

static void
changes_do_not_end_a_walk(void **state)
{
	struct scene *scene = *state;

	begin_at(scene, "p8", true);
	assert_int_equal(turn(scene, 200, EMPTY), SL_OK);
	assert_false(scene->page.walk_done);
}

static void
an_empty_page_may_have_more_behind_it(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(
		turn(scene, 200, "{'notes': [], 'next': 'p2', 'more': true}"),
		SL_OK);
	assert_true(scene->page.more);
	assert_false(scene->page.walk_done);
}

static void
a_foreign_body_changes_nothing(void **state)
{
	static const char *const bodies[] = {
		"{'login': 'please'}",
		"{'notes': {}, 'next': 'p', 'more': false}",
		"{'notes': [], 'more': false}",
		"[]",
		"", /* not JSON at all */
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < SL_ARRAY_LEN(bodies); i++) {
		json_decref(scene->body);
		scene->body = NULL;
		assert_int_equal(turn(scene, 200, bodies[i]), SL_RETRY);
		assert_int_equal(scene->err.scope, SL_STREAM);
		assert_null(scene->page.cursor);
	}
}

static void
a_position_that_does_not_move_is_no_loop(void **state)
{
	struct scene *scene = *state;

	begin_at(scene, "p3", true);
	assert_int_equal(
		turn(scene, 200, "{'notes': [], 'next': 'p3', 'more': true}"),
		SL_RETRY);
}

static void
a_wanted_note_is_read_by_its_id(void **state)
{
	struct scene *scene = *state;

	begin_at(scene, "p3", true);
	want(scene, "n/4");
	assert_int_equal(
		turn(scene, 200, "{'id': 'n/4', 'at': '2026-11-20T13:00:00Z'}"),
		SL_OK);
	assert_string_equal(scene->ask.calls[0].path[1], "n/4");
	assert_string_equal(scene->ask.calls[0].wanted_id, "n/4");
	assert_int_equal(scene->page.artifacts.count, 1);
	assert_null(scene->page.cursor); /* the listing stays where it is */
}

static void
a_wanted_note_that_is_gone_is_buried(void **state)
{
	struct scene *scene = *state;

	want(scene, "n4");
	assert_int_equal(turn(scene, 404, "{'error': 'gone'}"), SL_OK);
	assert_string_equal(scene->page.tombstones.first->source_id, "n4");
	assert_string_equal(scene->page.tombstones.first->reason, "not-found");
}

static void
refusals_have_a_remedy_and_a_scope(void **state)
{
	static const struct {
		int http_status;
		bool wanted, had_cursor;
		sl_status status;
		sl_scope scope;
	} rows[] = {
		{ 401, false, true, SL_REAUTH, SL_GRANT },
		{ 403, false, true, SL_CONFIG, SL_STREAM },
		{ 404, true, true, SL_REJECTED, SL_ITEM },
		{ 404, false, true, SL_CONFIG, SL_STREAM },
		{ 410, false, true, SL_RESYNC, SL_STREAM },
		{ 410, false, false, SL_CONFIG, SL_STREAM },
		{ 429, false, true, SL_RETRY, SL_INTEGRATION },
		{ 500, false, true, SL_RETRY, SL_STREAM },
		{ 503, true, true, SL_RETRY, SL_STREAM },
		{ 302, false, true, SL_RETRY, SL_STREAM },
	};
	struct sl_error err;

	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct sl_call call = { .wanted_id =
						rows[i].wanted ? "n1" : NULL };
		struct sl_refusal refusal = {
			.call = &call,
			.http_status = rows[i].http_status,
			.retry_after_ms = 7000,
			.had_cursor = rows[i].had_cursor,
		};

		assert_int_equal(sl_toy.classify(&refusal, &err),
				 rows[i].status);
		assert_int_equal(err.scope, rows[i].scope);
		assert_int_equal(err.http_status, rows[i].http_status);
		assert_int_equal(err.retry_after_ms, rows[i].status == SL_RETRY
							     ? 7000
							     : SL_NO_DELAY);
	}
}

static void
the_provider_reads_its_file_and_its_account(void **state)
{
	struct scene *scene = *state;
	const struct sl_provider *provider = sl_toy.provider;
	json_auto_t *file =
		json_pack("{s:s, s:s}", "client_id", "c", "client_secret", "s");
	json_auto_t *me =
		json_pack("{s:s, s:s}", "id", "42", "email", "ana@example.com");
	json_auto_t *nothing = json_object();
	struct sl_client_file client;
	struct sl_identity who;
	struct sl_call call;

	assert_int_equal(provider->read_client_file(file, scene->arena, &client,
						    &scene->err),
			 SL_OK);
	assert_string_equal(client.client_id, "c");
	assert_int_equal(provider->read_client_file(nothing, scene->arena,
						    &client, &scene->err),
			 SL_CONFIG);
	provider->identity_call("notes.read", scene->arena, &call);
	assert_string_equal(call.path[0], "me");
	assert_int_equal(
		provider->read_identity(me, scene->arena, &who, &scene->err),
		SL_OK);
	assert_string_equal(who.subject, "42");
	assert_null(who.name);
	assert_int_equal(provider->read_identity(nothing, scene->arena, &who,
						 &scene->err),
			 SL_RETRY);
	assert_true(provider->scope_granted("a notes.read", "notes.read"));
	assert_false(provider->scope_granted("notes.readwrite", "notes.read"));
	assert_false(provider->scope_granted("", "notes.read"));
}

static void
one_line_of_the_registry_is_all(void **state)
{
	size_t n = 0;

	(void)state;
	while (sl_registry[n] != NULL)
		n++;
	assert_int_equal(n, 2);
	assert_ptr_equal(sl_registry[1], &sl_toy);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_walk_begins_without_a_position),
		TEST(a_position_is_gone_on_from),
		TEST(a_strange_cursor_begins_anew),
		TEST(too_large_an_answer_halves_the_page),
		TEST(a_note_becomes_an_artifact_with_its_people),
		TEST(every_item_ends_in_one_list),
		TEST(an_id_is_kept_up_to_its_limit),
		TEST(the_last_page_ends_the_walk_once),
		TEST(changes_do_not_end_a_walk),
		TEST(an_empty_page_may_have_more_behind_it),
		TEST(a_foreign_body_changes_nothing),
		TEST(a_position_that_does_not_move_is_no_loop),
		TEST(a_wanted_note_is_read_by_its_id),
		TEST(a_wanted_note_that_is_gone_is_buried),
		TEST(refusals_have_a_remedy_and_a_scope),
		TEST(the_provider_reads_its_file_and_its_account),
		TEST(one_line_of_the_registry_is_all),
	};

	return cmocka_run_group_tests_name("toy", tests, NULL, NULL);
}
