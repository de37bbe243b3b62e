/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who a page would make a contact: the evidence comes from the page for what
 * would be written, from the tables for what a commit would judge again, and
 * core/people decides, as in store_people.c.
 */
#include "core/base/clock.h"

#include "sql.h"
#include "state/evidence.h"
#include "state/look_private.h"

#define COLUMNS 3
#define SEATS   8

static const char *
kind_name(enum sl_identity_kind kind)
{
	return kind == SL_IDENTITY_EMAIL ? "email" : "handle";
}

/* Content changed: its people are judged from the page. */
static bool
is_judged_new(const struct sl_compared *c)
{
	return c->refused == NULL && c->written && !c->same;
}

/* As store_artifacts.c: the same content, but seen by a walk, or revived. */
static bool
is_judged_again(const struct sl_look_page *p, const struct sl_compared *c)
{
	return c->refused == NULL && c->id != NULL && c->same &&
	       (p->work.walking || c->was_deleted);
}

static void
add_seats(struct sl_pg_array **s, const struct sl_artifact *a, int64_t nth)
{
	for (const struct sl_participant *x = a->participants; x != NULL;
	     x = x->next) {
		sl_pg_array_i64(s[0], nth);
		sl_pg_array_text(s[1], kind_name(x->kind));
		sl_pg_array_text(s[2], x->value);
		sl_pg_array_text(s[3], x->normalised);
		sl_pg_array_text(s[4], x->name);
		sl_pg_array_text(s[5], x->role);
		sl_pg_array_text(s[6], x->response);
		sl_pg_array_bool(s[7], !x->not_person);
	}
}

static sl_status
ask_new(struct sl_look_page *p, struct sl_error *err)
{
	struct sl_arena *arena = p->work.arena;
	struct sl_pg_array *a[COLUMNS], *s[SEATS];
	struct sl_params q;
	int64_t nth = 0;

	for (size_t i = 0; i < COLUMNS; i++)
		a[i] = sl_pg_array_new(arena);
	for (size_t i = 0; i < SEATS; i++)
		s[i] = sl_pg_array_new(arena);
	for (size_t i = 0; i < p->work.page->artifacts.count; i++) {
		const struct sl_compared *c = &p->artifacts[i];

		if (!is_judged_new(c) || c->artifact->participants == NULL)
			continue;
		sl_pg_array_time(a[0], c->artifact->occurred_us);
		sl_pg_array_bool(a[1], c->artifact->deleted);
		sl_pg_array_bool(a[2], c->artifact->participants_incomplete);
		add_seats(s, c->artifact, ++nth);
	}
	if (nth == 0)
		return SL_OK;
	sl_params_init(&q, arena);
	sl_params_text(&q, p->work.commit->lease->user_id);
	for (size_t i = 0; i < COLUMNS; i++)
		sl_params_text(&q, sl_pg_array_done(a[i]));
	for (size_t i = 0; i < SEATS; i++)
		sl_params_text(&q, sl_pg_array_done(s[i]));
	return sl_pg_query(p->work.pg, sl_sql_look_people, &q, &p->people_new,
			   err);
}

static sl_status
ask_stored(struct sl_look_page *p, struct sl_error *err)
{
	struct sl_pg_array *ids = sl_pg_array_new(p->work.arena);
	bool any = p->people_us != SL_NO_TIME;
	const struct sl_evidence_query query = {
		.user_id = p->work.commit->lease->user_id,
		.artifact_ids = ids,
		.integration_id = p->work.commit->lease->integration_id,
		.stream_key = p->work.commit->stream->key,
		.from_us = p->people_us,
		.now_us = p->work.commit->now_us,
	};

	for (size_t i = 0; i < p->work.page->artifacts.count; i++) {
		const struct sl_compared *c = &p->artifacts[i];

		if (!is_judged_again(p, c))
			continue;
		sl_pg_array_text(ids, c->id);
		any = true;
	}
	if (!any)
		return SL_OK;
	return sl_evidence_load(p->work.pg, p->work.arena, &query,
				&p->people_stored, err);
}

sl_status
sl_look_ask_people(struct sl_look_page *p, struct sl_error *err)
{
	sl_status status = ask_new(p, err);

	return status == SL_OK ? ask_stored(p, err) : status;
}

static bool
knows(void *ctx, const char *norm)
{
	struct sl_look_page *p = ctx;
	bool known;

	pthread_mutex_lock(&p->look->mutex);
	known = sl_idset_has(&p->run->contacts, norm);
	pthread_mutex_unlock(&p->look->mutex);
	return known;
}

static void
found(void *ctx, const char *norm, const char *name, const char *reason)
{
	struct sl_look_page *p = ctx;
	struct sl_look_item item = { .verb = SL_LOOK_CONTACT,
				     .id = norm,
				     .title = name,
				     .reason = reason,
				     .occurred_us = SL_NO_TIME };
	bool added;

	pthread_mutex_lock(&p->look->mutex);
	added = sl_idset_add(&p->run->contacts, norm);
	pthread_mutex_unlock(&p->look->mutex);
	if (!added)
		return;
	sl_pg_array_text(p->made, norm);
	p->made_count++;
	p->out->counts.contacts_created++;
	(void)sl_look_announce(p->look, p->run, p->stream, &item);
}

/* The event is not stored, so no later page finds it: keep who waits. */
static void
waits(void *ctx, const char *organizer, const char *norm, const char *name,
      const char *reason)
{
	struct sl_look_page *p = ctx;
	struct sl_arena *arena = p->run->arena;
	struct sl_look_invited *i;

	pthread_mutex_lock(&p->look->mutex);
	i = SL_NEW(arena, struct sl_look_invited);
	i->organizer = sl_arena_strdup(arena, organizer);
	i->norm = sl_arena_strdup(arena, norm);
	i->name = sl_arena_strdup(arena, name);
	i->reason = reason; /* a constant */
	i->next = p->run->invited;
	p->run->invited = i;
	pthread_mutex_unlock(&p->look->mutex);
}

/* One whose organizer is a contact by now; NULL: none. */
static struct sl_look_invited *
next_invited(struct sl_look_page *p)
{
	struct sl_look_invited *i;

	pthread_mutex_lock(&p->look->mutex);
	for (i = p->run->invited; i != NULL; i = i->next)
		if (!i->done && sl_idset_has(&p->run->contacts, i->organizer))
			break;
	if (i != NULL)
		i->done = true;
	pthread_mutex_unlock(&p->look->mutex);
	return i;
}

static void
judge(struct sl_look_page *p, const struct sl_rows *rows, bool first)
{
	const struct sl_people_memory memory = { .knows = knows,
						 .found = found,
						 .waits = first ? waits : NULL,
						 .ctx = p };

	if (rows != NULL)
		(void)sl_people_judge(&p->work, rows, &memory);
}

static void
turn(struct sl_look_page *p, bool first)
{
	p->made = sl_pg_array_new(p->work.arena);
	p->made_count = 0;
	judge(p, p->people_new, first);
	judge(p, p->people_stored, false);
}

void
sl_look_apply_people(struct sl_look_page *p)
{
	turn(p, true);
}

static sl_status
followed_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	struct sl_look_page *p = ctx;
	struct sl_pg_array *ids = sl_pg_array_new(p->work.arena);
	const struct sl_evidence_query query = {
		.user_id = p->work.commit->lease->user_id,
		.artifact_ids = ids,
		.from_us = SL_NO_TIME,
		.now_us = p->work.commit->now_us,
	};
	SL_AUTO_ROWS rows = NULL;
	struct sl_params q;
	sl_status status;

	sl_rows_free(&p->people_stored);
	sl_params_lease(&q, p->work.arena, p->work.commit->lease);
	sl_params_text(&q, sl_pg_array_done(p->made));
	sl_params_time(&q, p->work.commit->now_us);
	status = sl_pg_query(s->pg, sl_sql_people_followed, &q, &rows, err);
	if (status != SL_OK || sl_rows_count(rows) == 0)
		return status;
	for (size_t i = 0; i < sl_rows_count(rows); i++)
		sl_pg_array_text(ids, sl_row_text(rows, i, "id"));
	return sl_evidence_load(s->pg, p->work.arena, &query, &p->people_stored,
				err);
}

/* Ends: every turn makes contacts of people who were none. A database that is
 * away ends it too; the next page will tell. */
void
sl_look_follow(struct sl_look_store *s, struct sl_look_page *p)
{
	const char *user = p->work.commit->lease->user_id;
	struct sl_look_invited *i;
	struct sl_error err;

	while (p->made_count > 0) {
		while ((i = next_invited(p)) != NULL)
			found(p, i->norm, i->name, i->reason);
		if (sl_look_txn(s, user, followed_work, p, &err) != SL_OK)
			return;
		turn(p, false);
	}
}
