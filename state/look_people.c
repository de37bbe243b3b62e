/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who a page would make a contact: the evidence comes from the page for what
 * would be written, from the tables for what a commit would judge again, and
 * core/people decides, as in store_people.c.
 */
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"

#include "core/json/json.h"

#include "sql.h"
#include "state/evidence.h"
#include "state/look_private.h"

/* Columns of look_people.sql and of look_mail.sql: of an artifact, and of a
 * participant. */
#define COLUMNS      3
#define SEATS        8
#define MAIL_COLUMNS 5

static const char *
kind_name(enum sl_identity_kind kind)
{
	return kind == SL_IDENTITY_EMAIL ? "email" : "handle";
}

/* As store_artifacts.c: the same content, but seen by a walk, or revived. */
bool
sl_look_judges_again(const struct sl_look_page *p, const struct sl_compared *c)
{
	return c->refused == NULL && c->id != NULL && c->same &&
	       (p->work.walking || c->was_deleted);
}

static bool
is_mail(const struct sl_compared *c)
{
	return sl_text_equal(c->artifact->type, SL_TYPE_MAIL);
}

bool
sl_look_judges_new(const struct sl_compared *c, enum sl_evidence_of of)
{
	return c->refused == NULL && c->written && !c->same &&
	       c->artifact->participants != NULL &&
	       sl_evidence_of(c->artifact) == of;
}

static void
new_arrays(struct sl_arena *arena, struct sl_pg_array **a, size_t count)
{
	for (size_t i = 0; i < count; i++)
		a[i] = sl_pg_array_new(arena);
}

static void
add_arrays(struct sl_params *q, struct sl_pg_array **a, size_t count)
{
	for (size_t i = 0; i < count; i++)
		sl_params_text(q, sl_pg_array_done(a[i]));
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

static void
add_mail_seats(struct sl_pg_array **s, const struct sl_artifact *a, int64_t nth)
{
	for (const struct sl_participant *x = a->participants; x != NULL;
	     x = x->next) {
		sl_pg_array_i64(s[0], nth);
		sl_pg_array_text(s[1], kind_name(x->kind));
		sl_pg_array_text(s[2], x->value);
		sl_pg_array_text(s[3], x->normalised);
		sl_pg_array_text(s[4], x->name);
		sl_pg_array_text(s[5], x->role);
		sl_pg_array_bool(s[6], !x->not_person);
		sl_pg_array_bool(s[7], x->self);
	}
}

static bool
is_draft(const struct sl_artifact *a)
{
	for (const char *const *l = a->labels; l != NULL && *l != NULL; l++)
		if (strcmp(*l, "DRAFT") == 0)
			return true;
	return false;
}

static sl_status
ask_new_mail(struct sl_look_page *p, struct sl_error *err)
{
	const struct sl_people_options *options = &p->work.commit->people;
	struct sl_pg_array *a[MAIL_COLUMNS], *s[SEATS];
	struct sl_params q;
	int64_t nth = 0;

	new_arrays(p->work.arena, a, MAIL_COLUMNS);
	new_arrays(p->work.arena, s, SEATS);
	for (size_t i = 0; i < p->work.page->artifacts.count; i++) {
		const struct sl_artifact *x = p->artifacts[i].artifact;

		if (!sl_look_judges_new(&p->artifacts[i], SL_OF_MAIL))
			continue;
		sl_pg_array_time(a[0], x->occurred_us);
		sl_pg_array_bool(a[1], x->deleted);
		sl_pg_array_bool(a[2], x->participants_incomplete);
		sl_pg_array_bool(a[3], is_draft(x));
		sl_pg_array_bool(a[4],
				 sl_json_text(x->metadata, "bulk") != NULL);
		add_mail_seats(s, x, ++nth);
	}
	if (nth == 0)
		return SL_OK;
	sl_params_init(&q, p->work.arena);
	sl_params_text(&q, p->work.commit->lease->user_id);
	add_arrays(&q, a, MAIL_COLUMNS);
	sl_params_bool(&q, options->rule == SL_PEOPLE_REPLIED);
	sl_params_i64(&q, options->max_participants);
	add_arrays(&q, s, SEATS);
	return sl_pg_query(p->work.pg, sl_sql_look_mail, &q, &p->mail_new, err);
}

static sl_status
ask_new(struct sl_look_page *p, struct sl_error *err)
{
	struct sl_pg_array *a[COLUMNS], *s[SEATS];
	struct sl_params q;
	int64_t nth = 0;

	new_arrays(p->work.arena, a, COLUMNS);
	new_arrays(p->work.arena, s, SEATS);
	for (size_t i = 0; i < p->work.page->artifacts.count; i++) {
		const struct sl_artifact *x = p->artifacts[i].artifact;

		if (!sl_look_judges_new(&p->artifacts[i], SL_OF_MEETINGS))
			continue;
		sl_pg_array_time(a[0], x->occurred_us);
		sl_pg_array_bool(a[1], x->deleted);
		sl_pg_array_bool(a[2], x->participants_incomplete);
		add_seats(s, x, ++nth);
	}
	if (nth == 0)
		return SL_OK;
	sl_params_init(&q, p->work.arena);
	sl_params_text(&q, p->work.commit->lease->user_id);
	add_arrays(&q, a, COLUMNS);
	add_arrays(&q, s, SEATS);
	return sl_pg_query(p->work.pg, sl_sql_look_people, &q, &p->people_new,
			   err);
}

static sl_status
ask_stored(struct sl_look_page *p, struct sl_error *err)
{
	struct sl_pg_array *ids = sl_pg_array_new(p->work.arena);
	bool meetings = p->people_us != SL_NO_TIME, mail = false;
	struct sl_evidence_query query = {
		.of = SL_OF_MEETINGS,
		.user_id = p->work.commit->lease->user_id,
		.artifact_ids = ids,
		.integration_id = p->work.commit->lease->integration_id,
		.stream_key = sl_items_key(p->work.commit),
		.from_us = p->people_us,
		.now_us = p->work.commit->now_us,
		.options = &p->work.commit->people,
	};
	sl_status status = SL_OK;

	for (size_t i = 0; i < p->work.page->artifacts.count; i++) {
		const struct sl_compared *c = &p->artifacts[i];

		if (!sl_look_judges_again(p, c) ||
		    sl_evidence_of(c->artifact) == SL_OF_TIES)
			continue;
		sl_pg_array_text(ids, c->id);
		mail = mail || is_mail(c);
		meetings = meetings || !is_mail(c);
	}
	if (meetings)
		status = sl_evidence_load(p->work.pg, p->work.arena, &query,
					  &p->people_stored, err);
	query.of = SL_OF_MAIL;
	if (mail && status == SL_OK)
		status = sl_evidence_load(p->work.pg, p->work.arena, &query,
					  &p->mail_stored, err);
	return status;
}

sl_status
sl_look_ask_people(struct sl_look_page *p, struct sl_error *err)
{
	sl_status status = ask_new(p, err);

	if (status == SL_OK)
		status = ask_new_mail(p, err);
	if (status == SL_OK)
		status = ask_stored(p, err);
	return status == SL_OK ? sl_look_ask_ties(p, err) : status;
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

/* Mail of this run is not stored: the run remembers which way it went. */
static bool
corresponds(void *ctx, const char *norm, bool by_user)
{
	struct sl_look_page *p = ctx;
	bool other;

	pthread_mutex_lock(&p->look->mutex);
	(void)sl_idset_add(by_user ? &p->run->written_to : &p->run->heard_from,
			   norm);
	other = sl_idset_has(
		by_user ? &p->run->heard_from : &p->run->written_to, norm);
	pthread_mutex_unlock(&p->look->mutex);
	return other;
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
judge(struct sl_look_page *p, const struct sl_rows *rows,
      enum sl_evidence_of of, bool first)
{
	const struct sl_people_memory memory = { .knows = knows,
						 .found = found,
						 .waits = first ? waits : NULL,
						 .corresponds = corresponds,
						 .ctx = p };

	if (rows != NULL)
		(void)sl_people_foresee(&p->work, rows, of, &memory);
}

static void
turn(struct sl_look_page *p, bool first)
{
	p->made = sl_pg_array_new(p->work.arena);
	p->made_count = 0;
	judge(p, p->people_new, SL_OF_MEETINGS, first);
	judge(p, p->people_stored, SL_OF_MEETINGS, false);
	if (!first)
		return;
	judge(p, p->mail_new, SL_OF_MAIL, false);
	judge(p, p->mail_stored, SL_OF_MAIL, false);
	judge(p, p->ties_new, SL_OF_TIES, false);
	judge(p, p->ties_stored, SL_OF_TIES, false);
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
		.of = SL_OF_MEETINGS,
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

struct again {
	struct sl_look_page *page;
	struct sl_people_chunk chunk;
	struct sl_rows *mail, *meetings, *ties;
};

static void
again_release(struct again *a)
{
	sl_rows_free(&a->mail);
	sl_rows_free(&a->meetings);
	sl_rows_free(&a->ties);
}

static sl_status
again_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	struct again *a = ctx;
	struct sl_page_work *w = &a->page->work;
	struct sl_evidence_query query = {
		.of = SL_OF_MAIL,
		.user_id = w->commit->lease->user_id,
		.artifact_ids = a->chunk.mail,
		.from_us = SL_NO_TIME,
		.now_us = w->commit->now_us,
		.options = &w->commit->people,
	};
	sl_status status = SL_OK;

	again_release(a);
	w->pg = s->pg;
	if (a->chunk.mail_count > 0)
		status = sl_evidence_load(s->pg, w->arena, &query, &a->mail,
					  err);
	query.of = SL_OF_MEETINGS;
	query.artifact_ids = a->chunk.meetings;
	if (status == SL_OK && a->chunk.meeting_count > 0)
		status = sl_evidence_load(s->pg, w->arena, &query, &a->meetings,
					  err);
	query.of = SL_OF_TIES;
	query.artifact_ids = a->chunk.ties;
	if (status == SL_OK && a->chunk.tie_count > 0)
		status = sl_evidence_load(s->pg, w->arena, &query, &a->ties,
					  err);
	return status;
}

static sl_status
next_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	struct again *a = ctx;

	a->page->work.pg = s->pg;
	return sl_people_next_chunk(&a->page->work, &a->chunk, err);
}

static bool
begins_again(struct sl_look_page *p)
{
	bool first;

	pthread_mutex_lock(&p->look->mutex);
	first = !p->run->judged_again;
	p->run->judged_again = true;
	pthread_mutex_unlock(&p->look->mutex);
	return first;
}

/* What a run would judge again of what is stored; once a run, in chunks. */
void
sl_look_again(struct sl_look_store *s, struct sl_look_page *p)
{
	const char *user = p->work.commit->lease->user_id;
	SL_AUTO_ARENA scratch = NULL;
	struct sl_arena *arena = p->work.arena;
	struct again a = { .page = p };
	struct sl_error err;

	if (!begins_again(p))
		return;
	scratch = sl_arena_new();
	p->work.arena = scratch;
	while (sl_look_txn(s, user, next_work, &a, &err) == SL_OK &&
	       a.chunk.due) {
		if (sl_look_txn(s, user, again_work, &a, &err) != SL_OK)
			break;
		judge(p, a.mail, SL_OF_MAIL, false);
		judge(p, a.meetings, SL_OF_MEETINGS, false);
		judge(p, a.ties, SL_OF_TIES, false);
		sl_arena_reset(scratch);
	}
	again_release(&a);
	p->work.arena = arena;
}
