/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/road_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct sl_stream_kind kinds[] = {
	{ .name = "log",
	  .title = "Changes",
	  .follows = true,
	  .map_version = 1 },
	{ .name = "inbox",
	  .title = "Messages",
	  .opened_by = "log",
	  .sweeps = "",
	  .map_version = 1 },
	{ .name = "people",
	  .title = "Connections",
	  .opened_by = "log",
	  .sweeps = "kit_connection",
	  .map_version = 1 },
	{ .name = "archive",
	  .title = "Archive",
	  .pushed = true,
	  .sweeps = "kit_connection",
	  .map_version = 1 },
	{ .name = NULL },
};

static const struct sl_connector connector = {
	.name = "linkedin",
	.title = "LinkedIn",
	.kinds = kinds,
};

static struct sl_kit base; /* the database */
struct sl_kit road;

int
road_setup_all(void **state)
{
	(void)state;
	kit_init_of(&base, &connector);
	sl_test_db_exec(base.db,
			"CALL sluice.add_artifact_type('kit_message')");
	sl_test_db_exec(base.db,
			"CALL sluice.add_artifact_type('kit_connection')");
	sl_test_db_exec(base.db,
			"CALL sluice.add_artifact_type('kit_invitation')");
	return 0;
}

int
road_teardown_all(void **state)
{
	(void)state;
	kit_release(&base);
	return 0;
}

struct sl_stream_row *
road_stream(const char *kind)
{
	return kit_stream(&road, kind, "");
}

static void
open_listing(const char *kind)
{
	struct sl_stream_change *c = sl_page_stream(&road.page);

	c->kind = kind;
	c->key = "";
	c->title = kind;
	c->enabled = true;
}

int
road_setup(void **state)
{
	static int number;
	char account[64];

	(void)state;
	(void)snprintf(account, sizeof(account), "me-%d@example.com", ++number);
	kit_init_beside(&road, &base, NULL, account);
	kit_claim(&road);
	kit_page(&road, road_stream("log"));
	road.commit.begins = true;
	road.commit.walk_started_us = road.now_us;
	open_listing("inbox");
	open_listing("people");
	kit_commit(&road);
	kit_reload(&road);
	return 0;
}

int
road_teardown(void **state)
{
	(void)state;
	kit_release_beside(&road);
	return 0;
}

/* --- pages ------------------------------------------------------------------------ */

void
road_log(void)
{
	kit_page(&road, road_stream("log"));
}

void
road_listing_begins(const char *kind, int64_t as_of_ms)
{
	kit_page(&road, road_stream(kind));
	road.commit.starts_walk = true;
	road.commit.walk_started_us = as_of_ms * 1000;
	road.commit.listed_version = sl_listing_version(as_of_ms * 1000);
	road.commit.mode = "full";
}

void
road_listing_goes_on(const char *kind)
{
	kit_page(&road, road_stream(kind));
}

void
road_listing_ends(const char *kind, int64_t as_of_ms)
{
	kit_page(&road, road_stream(kind));
	road.commit.walk_done = true;
	road.commit.listed_version = sl_listing_version(as_of_ms * 1000);
}

void
road_listing(const char *kind, int64_t as_of_ms)
{
	road_listing_begins(kind, as_of_ms);
	road.commit.walk_done = true;
}

/* --- records ------------------------------------------------------------------------ */

struct sl_participant *
road_person(struct sl_kit *k, struct sl_artifact *a, const char *handle,
	    const char *role)
{
	struct sl_participant *p = sl_artifact_participant(&k->page, a);

	p->kind = SL_IDENTITY_HANDLE;
	p->value = handle;
	p->normalised = handle;
	p->role = role;
	return p;
}

void
road_alias(struct sl_kit *k, struct sl_artifact *a, const char *value)
{
	struct sl_alias *list = SL_NEW_ARRAY(k->arena, 2, struct sl_alias);

	list[0] = (struct sl_alias){ .kind = "resource", .value = value };
	a->aliases = list;
}

struct sl_artifact *
road_message(struct sl_kit *k, const char *thread, int64_t second,
	     const char *text, int64_t version)
{
	char key[SL_TEXT_KEY];
	int64_t at = KIT_NOW - KIT_DAY + second * SL_US_PER_S;
	struct sl_artifact *a;

	sl_text_key(thread, at, text, key);
	a = kit_event(k, key, version, "a message", at);
	a->type = "kit_message";
	a->ends_us = a->reach_us = SL_NO_TIME;
	a->thread = thread;
	a->content = text;
	a->by_moment = true;
	return a;
}

struct sl_artifact *
road_told(struct sl_kit *k, const char *resource, const char *text,
	  int64_t version)
{
	struct sl_artifact *a = road_message(k, "t", 0, text, version);

	road_alias(k, a, resource);
	road_person(k, a, ROAD_ANN_URN, "from");
	a->participants_incomplete = true;
	a->keep_labels = true;
	return a;
}

struct sl_artifact *
road_shown(const char *text, int64_t version)
{
	struct sl_artifact *a = road_message(&road, "t", 0, text, version);
	static const char *const labels[] = { "INBOX", NULL };

	road_person(&road, a, ROAD_ANN, "from");
	road_person(&road, a, ROAD_ME, "to")->self = true;
	a->labels = labels;
	return a;
}

static const struct sl_alias *
resource_alias(const char *resource)
{
	struct sl_alias *alias = SL_NEW(road.arena, struct sl_alias);

	*alias = (struct sl_alias){ .kind = "resource", .value = resource };
	return alias;
}

void
road_edit(const char *resource, const char *text, int64_t version)
{
	struct sl_patch *x = sl_page_patch(&road.page);

	x->source_id = resource;
	x->alias = resource_alias(resource);
	x->content = text;
	x->source_version = version;
	road.page.items++;
}

void
road_delete(const char *resource, int64_t version)
{
	struct sl_tombstone *t = sl_page_tombstone(&road.page);

	t->source_id = resource;
	t->alias = resource_alias(resource);
	t->source_version = version;
	t->reason = "deleted";
	road.page.items++;
}

struct sl_artifact *
road_connection(const char *slug, const char *name, int64_t version)
{
	const char *weak = sl_arena_printf(road.arena, "cw:%s", name);
	const char *id =
		slug == NULL ? weak : sl_arena_printf(road.arena, "c:%s", slug);
	struct sl_artifact *a = kit_event(&road, id, version, name, KIT_NOW);
	struct sl_participant *p;

	a->type = "kit_connection";
	a->ends_us = a->reach_us = SL_NO_TIME;
	a->weak_id = weak;
	a->listed = true;
	a->content = slug;
	p = road_person(&road, a, slug == NULL ? name : slug, "connection");
	if (slug == NULL)
		p->normalised = NULL;
	return a;
}

/* --- what became of it ---------------------------------------------------------------- */

const char *
road_value(const char *sql)
{
	const char *at = strstr(sql, "$user");
	const char *value;

	SL_ASSERT(at != NULL);
	value = sl_test_db_text(road.db, "%.*s'%s'%s", (int)(at - sql), sql,
				road.user, at + strlen("$user"));
	return value == NULL ? "" : sl_arena_strdup(road.keep, value);
}

const char *
road_items(const char *type)
{
	char sql[512];

	(void)snprintf(sql, sizeof(sql),
		       "SELECT string_agg(CASE WHEN deleted_at IS NULL THEN "
		       "'' ELSE '-' END || coalesce(content, '?'), ' ' ORDER "
		       "BY content, id) AS v FROM public.artifacts WHERE type "
		       "= '%s' AND user_id = $user",
		       type);
	return road_value(sql);
}

int64_t
road_sweep(const char *kind)
{
	struct sl_sweep_outcome out = { .answer = SL_SWEEP_MORE };
	struct sl_sweep_request request = { .lease = &road.account.lease,
					    .items_key = "",
					    .now_us = road.now_us };
	int64_t gone = 0;

	kit_reload(&road);
	for (size_t i = 0; i < road.account.stream_count; i++)
		if (strcmp(road.account.streams[i].kind, kind) == 0)
			request.stream = &road.account.streams[i];
	SL_ASSERT(request.stream != NULL);
	while (out.answer == SL_SWEEP_MORE) {
		if (road.store->sweep(road.store, &request, road.arena, &out,
				      &road.err) != SL_OK) {
			(void)fprintf(stderr, "sweep: %s\n", road.err.text);
			abort();
		}
		gone += out.deleted;
	}
	return gone;
}
