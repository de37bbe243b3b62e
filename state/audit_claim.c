/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How an audit begins and what it leaves behind; how a repair takes it up.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"

#include "sql.h"
#include "state/audit_private.h"

#define FORGET_CHUNK 5000

struct claim_work {
	const struct sl_claim *claim;
	struct sl_arena *arena;
	struct sl_account *out;
	bool busy;
};

static sl_status
take(struct sl_pg *pg, struct claim_work *w, struct sl_error *err)
{
	struct sl_lease *lease = &w->out->lease;
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	sl_lease_init(lease, w->claim);
	sl_params_lease(&p, w->arena, lease);
	sl_params_text(&p, sl_owner_json(w->arena, w->claim->owner));
	sl_params_i64(&p, SL_LEASE_US);
	status = sl_pg_query(pg, sl_sql_audit_take, &p, &rows, err);
	if (status != SL_OK)
		return status;
	if (sl_rows_count(rows) != 1)
		return sl_lease_lost(err);
	lease->fence = sl_row_i64(rows, 0, "fence", 0);
	w->out->db_now_us = sl_row_time(rows, 0, "now");
	return SL_OK;
}

static sl_status
claim_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	struct claim_work *w = ctx;
	SL_AUTO_ROWS look = NULL;
	sl_status status;

	*w->out = (struct sl_account){ .provider = NULL };
	status = sl_claim_look(s->pg, w->claim, w->arena, &look, &w->busy, err);
	if (status == SL_OK && !w->busy)
		status = take(s->pg, w, err);
	if (status != SL_OK || w->busy)
		return status;
	return sl_account_load(s->pg, w->arena, w->out, err);
}

/* Does it list items? Who opens others lists those, or follows changes. */
static bool
lists_items(const struct sl_connector *connector, const char *kind)
{
	bool lists = false;

	for (const struct sl_stream_kind *k = connector->kinds; k->name != NULL;
	     k++) {
		if (sl_text_equal(k->opened_by, kind))
			return false;
		if (strcmp(k->name, kind) == 0)
			lists = !k->pushed &&
				(k->holds == NULL || *k->holds != '\0');
	}
	return lists;
}

/* Streams that hold items and have been walked; how many others there are. */
static size_t
choose_streams(const struct sl_connector *connector, struct sl_account *account)
{
	size_t kept = 0, left_out = 0;

	for (size_t i = 0; i < account->stream_count; i++) {
		const struct sl_stream_row *row = &account->streams[i];

		if (!row->enabled || !lists_items(connector, row->kind))
			continue;
		if (row->state == SL_STREAM_LIVE)
			account->streams[kept++] = *row;
		else
			left_out++;
	}
	account->stream_count = kept;
	return left_out;
}

struct forget_work {
	const struct sl_lease *lease;
	bool keep;
	int64_t forgotten;
};

static sl_status
forget_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	struct forget_work *w = ctx;
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_params p;
	sl_status status = sl_audit_fence(s->pg, arena, w->lease, err);

	if (status != SL_OK)
		return status;
	sl_params_lease(&p, arena, w->lease);
	sl_params_bool(&p, w->keep);
	sl_params_i64(&p, FORGET_CHUNK);
	return sl_pg_touch(s->pg, sl_sql_audit_forget, &p, &w->forgotten, err);
}

sl_status
sl_audit_forget(struct sl_audit_store *s, const struct sl_lease *lease,
		bool keep, struct sl_error *err)
{
	struct forget_work w = { .lease = lease, .keep = keep };
	sl_status status;

	do {
		w.forgotten = 0;
		status = sl_txn_run(sl_pg_store_of(s->real), lease->user_id,
				    forget_work, &w, err);
	} while (status == SL_OK && w.forgotten == FORGET_CHUNK);
	return status;
}

sl_status
sl_audit_claim(struct sl_store *store, const struct sl_claim *claim,
	       struct sl_arena *arena, struct sl_account *out, bool *busy,
	       struct sl_error *err)
{
	struct sl_audit_store *s = sl_audit_store_of(store);
	struct sl_audit_account *entry =
		sl_audit_account(s->audit, claim->target);
	struct sl_account account;
	struct claim_work w = { .claim = claim,
				.arena = arena,
				.out = &account };
	sl_status status =
		sl_txn_run(sl_pg_store_of(s->real), claim->target->user_id,
			   claim_work, &w, err);

	if (status != SL_OK)
		return status;
	*busy = w.busy;
	if (w.busy)
		return SL_OK;
	/* what an audit left that did not come to its end */
	status = sl_audit_forget(s, &account.lease, false, err);
	if (status != SL_OK)
		return status;
	entry->waiting = 0;
	entry->failures = NULL;
	entry->left_out = choose_streams(claim->connector, &account);
	entry->unfinished = account.stream_count;
	for (size_t i = 0; i < account.stream_count; i++)
		account.streams[i].series_due = false; /* not looked at */
	account.resync = true; /* all are walked, whenever they were */
	account.resync_no = INT64_MAX;
	*out = account;
	return SL_OK;
}

struct want_work {
	const struct sl_connector *connector;
	struct sl_arena *arena;
	struct sl_account *account;
	int64_t rest;
};

/* The kinds of which nothing can be read by id. */
static const char *
walk_only(struct sl_arena *arena, const struct sl_connector *connector)
{
	struct sl_pg_array *kinds = sl_pg_array_new(arena);

	for (const struct sl_stream_kind *k = connector->kinds; k->name != NULL;
	     k++)
		if (k->walk_only)
			sl_pg_array_text(kinds, k->name);
	return sl_pg_array_done(kinds);
}

static sl_status
want_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	struct want_work *w = ctx;
	const struct sl_lease *lease = &w->account->lease;
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status = sl_audit_fence(s->pg, w->arena, lease, err);

	if (status != SL_OK)
		return status;
	sl_params_lease(&p, w->arena, lease);
	sl_params_i64(&p, SL_REPAIR_MAX);
	sl_params_text(&p, walk_only(w->arena, w->connector));
	status = sl_pg_query(s->pg, sl_sql_audit_want, &p, &rows, err);
	if (status != SL_OK)
		return status;
	w->rest = sl_row_i64(rows, 0, "rest", 0);
	return sl_streams_load(s->pg, lease, w->arena, &w->account->streams,
			       &w->account->stream_count, err);
}

sl_status
sl_repair_claim(struct sl_store *store, const struct sl_claim *claim,
		struct sl_arena *arena, struct sl_account *out, bool *busy,
		struct sl_error *err)
{
	struct sl_audit_store *s = sl_audit_store_of(store);
	struct want_work w = { .connector = claim->connector,
			       .arena = arena,
			       .account = out };
	sl_status status =
		s->real->claim(s->real, claim, arena, out, busy, err);

	if (status != SL_OK || *busy)
		return status;
	status = sl_txn_run(sl_pg_store_of(s->real), claim->target->user_id,
			    want_work, &w, err);
	if (status == SL_OK)
		sl_audit_account(s->audit, claim->target)->waiting = w.rest;
	return status;
}
