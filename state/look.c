/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The look's table of members: what only reads is the real store's or is
 * asked here, what would write is left out.
 */
#include "state/look.h"

#include <string.h>

#include "core/base/mem.h"

#include "sql.h"
#include "state/look_private.h"
#include "state/store_pg.h"

struct sl_look_store *
sl_look_store_of(struct sl_store *store)
{
	return (struct sl_look_store *)(void *)store;
}

struct read_only {
	sl_txn_work work;
	void *ctx;
};

static sl_status
read_only(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	const struct read_only *r = ctx;
	sl_status status =
		sl_pg_query(s->pg, sl_sql_look_only, NULL, NULL, err);

	return status == SL_OK ? r->work(s, r->ctx, err) : status;
}

sl_status
sl_look_txn(struct sl_look_store *s, const char *user_id, sl_txn_work work,
	    void *ctx, struct sl_error *err)
{
	struct read_only r = { .work = work, .ctx = ctx };

	return sl_txn_run(sl_pg_store_of(s->real), user_id, read_only, &r, err);
}

static sl_status
look_targets(struct sl_store *store, const struct sl_target_filter *filter,
	     struct sl_arena *arena, struct sl_target **out, size_t *count,
	     struct sl_error *err)
{
	struct sl_store *real = sl_look_store_of(store)->real;

	return real->targets(real, filter, arena, out, count, err);
}

struct claim_work {
	const struct sl_claim *claim;
	struct sl_arena *arena;
	struct sl_account *out;
};

static void
add_wanted(const struct claim_work *w, struct sl_stream_row *row,
	   struct sl_ref *due)
{
	struct sl_ref **tail = &due;

	while (*tail != NULL)
		tail = &(*tail)->next;
	for (const struct sl_ref *r = row->pending; r != NULL; r = r->next) {
		*tail = SL_NEW(w->arena, struct sl_ref);
		**tail = *r;
		tail = &(*tail)->next;
	}
	*tail = NULL;
	row->pending = due;
}

/* Quarantined items that are due, beside what the streams want anyway. */
static sl_status
load_due(struct sl_pg *pg, struct claim_work *w, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	sl_params_lease(&p, w->arena, &w->out->lease);
	sl_params_due(&p, w->claim->connector->kinds, w->arena);
	status = sl_pg_query(pg, sl_sql_items_due, &p, &rows, err);
	for (size_t i = 0; status == SL_OK && i < sl_rows_count(rows); i++) {
		const char *id = sl_row_text(rows, i, "id");
		struct sl_ref *due = NULL;

		status = sl_refs_parse(w->arena, sl_row_text(rows, i, "list"),
				       &due, err);
		for (size_t j = 0; j < w->out->stream_count; j++)
			if (strcmp(w->out->streams[j].id, id) == 0)
				add_wanted(w, &w->out->streams[j], due);
	}
	return status;
}

static sl_status
claim_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	struct claim_work *w = ctx;
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	*w->out = (struct sl_account){ .provider = NULL };
	sl_lease_init(&w->out->lease, w->claim);
	sl_params_lease(&p, w->arena, &w->out->lease);
	status = sl_pg_query(s->pg, sl_sql_look_claim, &p, &rows, err);
	if (status != SL_OK)
		return status;
	if (sl_rows_count(rows) != 1)
		return sl_fail(err, SL_LOST, SL_INTEGRATION,
			       "the integration is gone");
	w->out->db_now_us = sl_row_time(rows, 0, "now");
	w->out->resync = sl_row_bool(rows, 0, "resync");
	w->out->resync_no = sl_row_i64(rows, 0, "resync_no", 0);
	if (w->claim->full && !w->out->resync) {
		w->out->resync = true;
		w->out->resync_no++;
	}
	w->out->accept_deletions = sl_row_bool(rows, 0, "accept_deletions");
	status = sl_account_load(s->pg, w->arena, w->out, err);
	return status == SL_OK ? load_due(s->pg, w, err) : status;
}

/* Root streams that a claim would open. */
static void
open_roots(struct sl_look_run *run, const struct sl_connector *connector)
{
	for (const struct sl_stream_kind *k = connector->kinds; k->name != NULL;
	     k++) {
		const struct sl_look_stream *s = run->streams;
		struct sl_stream_row row = {
			.kind = k->name,
			.key = "",
			.title = k->title,
			.enabled = true,
			.walk_started_us = SL_NO_TIME,
			.scope_from_us = SL_NO_TIME,
			.not_before_us = SL_NO_TIME,
			.checked_us = SL_NO_TIME,
			.rewalk_us = SL_NO_TIME,
		};

		while (s != NULL && strcmp(s->row.kind, k->name) != 0)
			s = s->next;
		if (k->opened_by == NULL && !k->pushed && s == NULL)
			(void)sl_look_stream_add(run, &row);
	}
}

/* The rows as they are now, on the caller's arena. */
static void
hand_out(struct sl_look *look, struct sl_look_run *run, struct sl_arena *arena,
	 struct sl_stream_row **out, size_t *count)
{
	size_t n = 0;

	pthread_mutex_lock(&look->mutex);
	for (struct sl_look_stream *s = run->streams; s != NULL; s = s->next)
		n += !s->closed;
	*out = SL_NEW_ARRAY(arena, n, struct sl_stream_row);
	*count = n;
	n = 0;
	for (struct sl_look_stream *s = run->streams; s != NULL; s = s->next)
		if (!s->closed)
			(*out)[n++] = s->row;
	pthread_mutex_unlock(&look->mutex);
}

/* Instances that wait to be listed are no items. */
static void
leave_series(struct sl_stream_row *row, struct sl_arena *arena)
{
	struct sl_ref *first = NULL, **tail = &first;

	for (const struct sl_ref *r = row->pending; r != NULL; r = r->next) {
		if (r->instances != NULL)
			continue;
		*tail = SL_NEW(arena, struct sl_ref);
		**tail = *r;
		tail = &(*tail)->next;
	}
	*tail = NULL;
	row->pending = first;
	row->series_due = false;
}

static sl_status
look_claim(struct sl_store *store, const struct sl_claim *claim,
	   struct sl_arena *arena, struct sl_account *out, bool *busy,
	   struct sl_error *err)
{
	struct sl_look_store *s = sl_look_store_of(store);
	struct sl_account account;
	struct claim_work w = { .claim = claim,
				.arena = arena,
				.out = &account };
	struct sl_look_run *run;
	sl_status status =
		sl_look_txn(s, claim->target->user_id, claim_work, &w, err);

	if (status != SL_OK)
		return status;
	*busy = false; /* whoever works goes on, and so do we */
	run = sl_look_run_new(s->look, claim->target);
	for (size_t i = 0; i < account.stream_count; i++) {
		leave_series(&account.streams[i], arena);
		(void)sl_look_stream_add(run, &account.streams[i]);
	}
	open_roots(run, claim->connector);
	hand_out(s->look, run, arena, &account.streams, &account.stream_count);
	*out = account;
	return SL_OK;
}

static sl_status
look_streams(struct sl_store *store, const struct sl_lease *lease,
	     struct sl_arena *arena, struct sl_stream_row **out, size_t *count,
	     struct sl_error *err)
{
	struct sl_look *look = sl_look_store_of(store)->look;

	(void)err;
	hand_out(look, sl_look_run_find(look, lease), arena, out, count);
	return SL_OK;
}

/* What a master means is not looked at. */
static sl_status
look_expand(struct sl_store *store, const struct sl_expand_request *request,
	    struct sl_arena *arena, struct sl_expand_outcome *out,
	    struct sl_error *err)
{
	(void)store;
	(void)request;
	(void)arena;
	(void)err;
	*out = (struct sl_expand_outcome){ .answer = SL_EXPANDED };
	return SL_OK;
}

static sl_status
look_fail_stream(struct sl_store *store, const struct sl_lease *lease,
		 const struct sl_stream_row *stream,
		 const struct sl_error *cause, int64_t not_before_us,
		 struct sl_error *err)
{
	(void)store;
	(void)lease;
	(void)stream;
	(void)cause;
	(void)not_before_us;
	(void)err;
	return SL_OK; /* it is in the report */
}

static sl_status
look_lease_grant(struct sl_store *store, const struct sl_refresh_claim *claim,
		 struct sl_arena *arena, enum sl_refresh_turn *turn,
		 struct sl_grant *grant, struct sl_error *err)
{
	struct sl_store *real = sl_look_store_of(store)->real;

	return real->lease_grant(real, claim, arena, turn, grant, err);
}

static sl_status
look_unlease_grant(struct sl_store *store, const struct sl_refresh_claim *claim,
		   struct sl_error *err)
{
	struct sl_store *real = sl_look_store_of(store)->real;

	return real->unlease_grant(real, claim, err);
}

/* The provider may have made the old token worthless: this one is real. */
static sl_status
look_save_tokens(struct sl_store *store, const struct sl_token_update *update,
		 bool *won, struct sl_error *err)
{
	struct sl_store *real = sl_look_store_of(store)->real;

	return real->save_tokens(real, update, won, err);
}

/* So is its death: nobody need ask for it again. */
static sl_status
look_grant_dead(struct sl_store *store, const struct sl_grant_death *death,
		struct sl_arena *arena, struct sl_changes *changes,
		struct sl_error *err)
{
	struct sl_store *real = sl_look_store_of(store)->real;

	return real->grant_dead(real, death, arena, changes, err);
}

static sl_status
look_warn_grant(struct sl_store *store, const struct sl_lease *lease,
		const char *grant_id, bool *due, struct sl_error *err)
{
	(void)store;
	(void)lease;
	(void)grant_id;
	(void)err;
	*due = false;
	return SL_OK;
}

static sl_status
look_heartbeat(struct sl_store *store, const struct sl_lease *lease,
	       struct sl_error *err)
{
	(void)store;
	(void)lease;
	(void)err;
	return SL_OK;
}

static sl_status
look_finish(struct sl_store *store, const struct sl_run_end *end,
	    struct sl_error *err)
{
	(void)err;
	sl_look_run_end(sl_look_store_of(store)->look, end->lease);
	return SL_OK;
}

static void
look_store_free(struct sl_store **store)
{
	struct sl_look_store *s;

	if (*store == NULL)
		return;
	s = sl_look_store_of(*store);
	s->real->free(&s->real);
	sl_free(s);
	*store = NULL;
}

static const struct sl_store members = {
	.targets = look_targets,
	.claim = look_claim,
	.streams = look_streams,
	.commit = sl_look_commit,
	.sweep = sl_look_sweep,
	.expand = look_expand,
	.erase = sl_look_erase,
	.fail_stream = look_fail_stream,
	.lease_grant = look_lease_grant,
	.unlease_grant = look_unlease_grant,
	.save_tokens = look_save_tokens,
	.grant_dead = look_grant_dead,
	.warn_grant = look_warn_grant,
	.heartbeat = look_heartbeat,
	.finish = look_finish,
	.free = look_store_free,
};

static sl_status
look_open(void *ctx, struct sl_store **out, struct sl_error *err)
{
	struct sl_look *look = ctx;
	struct sl_store *real;
	struct sl_look_store *s;
	sl_status status = sl_store_pg_open(look->url, &real, err);

	if (status != SL_OK)
		return status;
	s = sl_alloc(sizeof(*s));
	s->base = members;
	s->real = real;
	s->look = look;
	*out = &s->base;
	return SL_OK;
}

struct sl_store_factory
sl_look_factory(struct sl_look *look)
{
	return (struct sl_store_factory){ .open = look_open, .ctx = look };
}
