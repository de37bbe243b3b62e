/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store: its table of members, and what all of them use.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"

#include "sql.h"
#include "state/store_pg.h"
#include "state/store_private.h"

struct sl_pg_store *
sl_pg_store_of(struct sl_store *store)
{
	return (struct sl_pg_store *)(void *)store;
}

bool
sl_txn_again(const struct sl_error *err)
{
	return strcmp(err->sqlstate, "40001") == 0 ||
	       strcmp(err->sqlstate, "40P01") == 0;
}

static sl_status
try_once(struct sl_pg_store *s, const char *user_id, sl_txn_work work,
	 void *ctx, struct sl_error *err)
{
	bool unknown;
	sl_status status = sl_pg_begin(s->pg, SL_PG_GATEWAY, user_id, err);

	if (status != SL_OK)
		return status;
	status = work(s, ctx, err);
	if (status == SL_OK)
		return sl_pg_commit(s->pg, &unknown, err);
	sl_pg_rollback(s->pg);
	return status;
}

sl_status
sl_txn_run(struct sl_pg_store *s, const char *user_id, sl_txn_work work,
	   void *ctx, struct sl_error *err)
{
	sl_status status = try_once(s, user_id, work, ctx, err);

	for (int tries = 1;
	     status == SL_RETRY && sl_txn_again(err) && tries < SL_TXN_TRIES;
	     tries++)
		status = try_once(s, user_id, work, ctx, err);
	return status;
}

sl_status
sl_txn_calls(struct sl_pg_store *s, const char *user_id,
	     struct sl_pg_call *calls, size_t count, struct sl_error *err)
{
	sl_status status = SL_RETRY;

	for (int tries = 0; tries < SL_TXN_TRIES; tries++) {
		status = sl_pg_at_once(s->pg, SL_PG_GATEWAY, user_id, calls,
				       count, err);
		if (status != SL_RETRY || !sl_txn_again(err))
			break;
	}
	return status;
}

void
sl_params_lease(struct sl_params *p, struct sl_arena *arena,
		const struct sl_lease *lease)
{
	sl_params_init(p, arena);
	sl_params_text(p, lease->user_id);
	sl_params_text(p, lease->integration_id);
}

sl_status
sl_lease_lost(struct sl_error *err)
{
	return sl_fail(err, SL_LOST, SL_INTEGRATION,
		       "the lease went to another process, or the account was "
		       "disconnected or paused: nothing more was written");
}

sl_status
sl_pg_touch(struct sl_pg *pg, const char *sql, const struct sl_params *params,
	    int64_t *affected, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	sl_status status = sl_pg_query(pg, sql, params, &rows, err);

	if (status == SL_OK)
		*affected = sl_rows_affected(rows);
	return status;
}

void
sl_row_uuid(char out[SL_UUID_TEXT], const struct sl_rows *rows, size_t row,
	    const char *column)
{
	const char *text = sl_row_text(rows, row, column);

	(void)snprintf(out, SL_UUID_TEXT, "%s", text == NULL ? "" : text);
}

bool
sl_tally_changes(const struct sl_tally *t)
{
	return t->created > 0 || t->updated > 0 || t->deleted > 0 ||
	       t->filtered > 0 || t->quarantined > 0 || t->contacts_created > 0;
}

void
sl_tally_sum(struct sl_tally *sum, const struct sl_tally *add)
{
	sum->requests += add->requests;
	sum->retries += add->retries;
	sum->bytes += add->bytes;
	sum->pages += add->pages;
	sum->fetched += add->fetched;
	sum->created += add->created;
	sum->updated += add->updated;
	sum->unchanged += add->unchanged;
	sum->deleted += add->deleted;
	sum->filtered += add->filtered;
	sum->quarantined += add->quarantined;
	sum->contacts_created += add->contacts_created;
}

static void
store_free(struct sl_store **store)
{
	struct sl_pg_store *s;

	if (*store == NULL)
		return;
	s = sl_pg_store_of(*store);
	sl_pg_free(&s->pg);
	sl_free(s);
	*store = NULL;
}

static const struct sl_store members = {
	.targets = sl_store_targets,
	.claim = sl_store_claim,
	.streams = sl_store_streams,
	.open_stream = sl_store_open_stream,
	.commit = sl_store_commit,
	.sweep = sl_store_sweep,
	.expand = sl_store_expand,
	.erase = sl_store_erase,
	.fail_stream = sl_store_fail_stream,
	.lease_grant = sl_store_lease_grant,
	.unlease_grant = sl_store_unlease_grant,
	.save_tokens = sl_store_save_tokens,
	.grant_dead = sl_store_grant_dead,
	.warn_grant = sl_store_warn_grant,
	.heartbeat = sl_store_heartbeat,
	.takes_quiet = true,
	.finish = sl_store_finish,
	.unlease = sl_store_unlease,
	.take_quota = sl_store_take_quota,
	.block_quota = sl_store_block_quota,
	.free = store_free,
};

sl_status
sl_store_pg_open(const char *url, struct sl_store **out, struct sl_error *err)
{
	struct sl_pg *pg;
	struct sl_pg_store *s;
	sl_status status = sl_pg_connect(url, &pg, err);

	if (status != SL_OK)
		return status;
	s = sl_alloc(sizeof(*s));
	s->base = members;
	s->pg = pg;
	*out = &s->base;
	return SL_OK;
}

static sl_status
factory_open(void *ctx, struct sl_store **out, struct sl_error *err)
{
	return sl_store_pg_open(ctx, out, err);
}

struct sl_store_factory
sl_store_pg_factory(const char *url)
{
	union {
		const char *in;
		void *out;
	} ctx = { .in = url };

	return (struct sl_store_factory){ .open = factory_open,
					  .ctx = ctx.out };
}
