/* SPDX-License-Identifier: Apache-2.0 */
#include "state/erase.h"

#include <inttypes.h>

#include "core/base/clock.h"

#include "sql.h"
#include "state/ask.h"
#include "state/leaving.h"

/* Artifacts of a transaction: a series has up to a thousand occurrences. */
#define ARTIFACTS_CHUNK 500
#define LEDGER_CHUNK    5000
#define PEOPLE_CHUNK    5000
#define ROWS_CHUNK      10000

struct erase_work {
	struct sl_eraser *eraser;
	struct sl_arena *arena;
	bool more;
};

static void
user_params(struct sl_params *p, const struct erase_work *w)
{
	sl_params_init(p, w->arena);
	sl_params_text(p, w->eraser->user_id);
}

static void
account_params(struct sl_params *p, const struct erase_work *w)
{
	user_params(p, w);
	sl_params_text(p, w->eraser->integration_id);
}

static sl_status
count(struct sl_pg *pg, const struct erase_work *w, const char *counts,
      struct sl_error *err)
{
	struct sl_params p;

	user_params(&p, w);
	sl_params_text(&p, w->eraser->id);
	sl_params_text(&p, counts);
	return sl_pg_query(pg, sl_sql_erasure_count, &p, NULL, err);
}

static sl_status
begin_user(struct sl_pg *pg, const struct erase_work *w, struct sl_error *err)
{
	int64_t grants = 0, secrets = 0;
	sl_status st = sl_leaving_stop_user(pg, w->eraser->user_id, &grants,
					    &secrets, err);

	if (st != SL_OK)
		return st;
	return count(pg, w,
		     sl_arena_printf(w->arena,
				     "{\"sluice.grants\": %" PRId64
				     ", \"sluice.user_secrets\": %" PRId64 "}",
				     grants, secrets),
		     err);
}

static sl_status
begin_work(struct sl_pg *pg, void *ctx, struct sl_error *err)
{
	struct erase_work *w = ctx;
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status st;

	account_params(&p, w);
	sl_params_text(&p, w->eraser->connector);
	st = sl_pg_query(pg, sl_sql_erasure_begin, &p, &rows, err);
	if (st != SL_OK)
		return st;
	sl_row_id(rows, 0, w->eraser->id);
	if (w->eraser->integration_id != NULL)
		return SL_OK;
	return begin_user(pg, w, err);
}

sl_status
sl_erase_begin(struct sl_pg *pg, struct sl_eraser *eraser, struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct erase_work w = { .eraser = eraser, .arena = arena };

	eraser->phase = SL_ERASE_ARTIFACTS;
	return sl_pg_transact(pg, eraser->user_id, begin_work, &w, err);
}

static sl_status
end(struct sl_pg *pg, const struct erase_work *w, const char *kept,
    struct sl_error *err)
{
	struct sl_params p;

	user_params(&p, w);
	sl_params_text(&p, w->eraser->id);
	sl_params_text(&p, kept);
	return sl_pg_query(pg, sl_sql_erasure_end, &p, NULL, err);
}

static sl_status
connected_again(struct sl_error *err)
{
	return sl_fail(err, SL_LOST, SL_INTEGRATION,
		       "the account was connected again meanwhile: the rest "
		       "of it is kept; run disconnect --erase once more");
}

/* Chunks of one kind until there are none. */
static sl_status
account_chunk(struct sl_pg *pg, struct erase_work *w, const char *sql,
	      int64_t most, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status st;

	account_params(&p, w);
	sl_params_i64(&p, most);
	st = sl_pg_query(pg, sql, &p, &rows, err);
	if (st != SL_OK)
		return st;
	if (sl_rows_count(rows) == 0)
		return connected_again(err);
	if (sl_row_i64(rows, 0, "total", 0) == 0) {
		w->eraser->phase++;
		return SL_OK;
	}
	return count(pg, w, sl_row_text(rows, 0, "counts"), err);
}

static sl_status
drop_empty_cards(struct sl_pg *pg, const struct erase_work *w,
		 const struct sl_rows *lost, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	const char *counts;
	sl_status st;

	user_params(&p, w);
	sl_params_text(&p, sl_row_text(lost, 0, "contacts"));
	st = sl_pg_query(pg, sl_sql_erase_contacts, &p, &rows, err);
	if (st != SL_OK)
		return st;
	counts = sl_arena_printf(w->arena,
				 "{\"public.contact_emails\": %" PRId64
				 ", \"public.contact_handles\": %" PRId64
				 ", \"public.contacts\": %" PRId64
				 ", \"public.suggestions\": %" PRId64
				 ", \"sluice.handle_links\": %" PRId64 "}",
				 sl_row_i64(lost, 0, "emails", 0),
				 sl_row_i64(lost, 0, "handles", 0),
				 sl_row_i64(rows, 0, "contacts", 0),
				 sl_row_i64(rows, 0, "suggestions", 0),
				 sl_row_i64(lost, 0, "links", 0));
	return count(pg, w, counts, err);
}

static sl_status
people_chunk(struct sl_pg *pg, struct erase_work *w, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params lock, p;
	sl_status st;

	user_params(&lock, w);
	st = sl_pg_query(pg, sl_sql_people_lock, &lock, NULL, err);
	if (st != SL_OK)
		return st;
	account_params(&p, w);
	sl_params_text(&p, w->eraser->connector);
	sl_params_i64(&p, PEOPLE_CHUNK);
	st = sl_pg_query(pg, sl_sql_erase_people, &p, &rows, err);
	if (st != SL_OK)
		return st;
	if (sl_row_i64(rows, 0, "emails", 0) == 0 &&
	    sl_row_i64(rows, 0, "handles", 0) == 0 &&
	    sl_row_i64(rows, 0, "links", 0) == 0) {
		w->eraser->phase++;
		return SL_OK;
	}
	return drop_empty_cards(pg, w, rows, err);
}

static sl_status
end_account(struct sl_pg *pg, struct erase_work *w, struct sl_error *err)
{
	SL_AUTO_ROWS kept = NULL;
	SL_AUTO_ROWS rows = NULL;
	struct sl_params user, p;
	sl_status st;

	w->more = false;
	user_params(&user, w);
	sl_params_text(&user, w->eraser->connector);
	st = sl_pg_query(pg, sl_sql_erase_kept, &user, &kept, err);
	if (st != SL_OK)
		return st;
	account_params(&p, w);
	st = sl_pg_query(pg, sl_sql_erase_account, &p, &rows, err);
	if (st != SL_OK)
		return st;
	if (sl_rows_count(rows) == 0)
		return connected_again(err);
	st = count(pg, w, sl_row_text(rows, 0, "counts"), err);
	return st == SL_OK ? end(pg, w, sl_row_text(kept, 0, "kept"), err) : st;
}

static sl_status
account_work(struct sl_pg *pg, void *ctx, struct sl_error *err)
{
	struct erase_work *w = ctx;

	w->more = true;
	switch (w->eraser->phase) {
	case SL_ERASE_ARTIFACTS:
		return account_chunk(pg, w, sl_sql_erase_artifacts,
				     ARTIFACTS_CHUNK, err);
	case SL_ERASE_LEDGER:
		return account_chunk(pg, w, sl_sql_erase_ledger, LEDGER_CHUNK,
				     err);
	case SL_ERASE_PEOPLE:
		return people_chunk(pg, w, err);
	case SL_ERASE_ACCOUNT:
		return end_account(pg, w, err);
	}
	return SL_OK;
}

static sl_status
note_erased(struct sl_pg *pg, const struct erase_work *w, struct sl_error *err)
{
	struct sl_params p;

	user_params(&p, w);
	sl_params_text(&p, NULL);
	sl_params_text(&p, "erased");
	sl_params_text(&p, "cli");
	sl_params_text(&p,
		       sl_arena_printf(w->arena, "receipt %s", w->eraser->id));
	return sl_pg_query(pg, sl_sql_grant_audit, &p, NULL, err);
}

/* The user itself goes with the end: then nothing can be missed. */
static sl_status
end_user(struct sl_pg *pg, struct erase_work *w, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	const char *outcome;
	sl_status st = sl_pg_query(pg, sl_sql_erase_user, NULL, &rows, err);

	if (st != SL_OK)
		return st;
	w->more = false;
	outcome = sl_row_text(rows, 0, "outcome");
	if (sl_text_equal(outcome, "erased"))
		st = count(pg, w, "{\"auth.users\": 1}", err);
	if (st == SL_OK)
		st = note_erased(pg, w, err);
	if (st != SL_OK)
		return st;
	return end(pg, w,
		   sl_text_equal(outcome, "left") ? "{\"auth.users\": 1}"
						  : "{}",
		   err);
}

static sl_status
user_work(struct sl_pg *pg, void *ctx, struct sl_error *err)
{
	struct erase_work *w = ctx;
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status st;

	w->more = true;
	sl_params_init(&p, w->arena);
	sl_params_i64(&p, ROWS_CHUNK);
	st = sl_pg_query(pg, sl_sql_erase_rows, &p, &rows, err);
	if (st != SL_OK)
		return st;
	if (sl_row_i64(rows, 0, "total", 0) == 0)
		return end_user(pg, w, err);
	return count(pg, w, sl_row_text(rows, 0, "counts"), err);
}

sl_status
sl_erase_step(struct sl_pg *pg, struct sl_eraser *eraser, bool *more,
	      struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	enum sl_erase_phase phase = eraser->phase;
	struct erase_work w = { .eraser = eraser, .arena = arena };
	sl_status st = sl_pg_transact(
		pg, eraser->user_id,
		eraser->integration_id == NULL ? user_work : account_work, &w,
		err);

	if (st == SL_OK)
		*more = w.more;
	else
		eraser->phase = phase;
	return st;
}

sl_status
sl_erase_receipt(struct sl_pg *pg, const char *user_id, const char *id,
		 struct sl_arena *arena, struct sl_receipt *out, bool *found,
		 struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status st = sl_pg_begin(pg, SL_PG_GATEWAY, user_id, err);

	sl_params_init(&p, arena);
	sl_params_text(&p, user_id);
	sl_params_text(&p, id);
	if (st == SL_OK)
		st = sl_pg_query(pg, sl_sql_erasure_get, &p, &rows, err);
	if (st == SL_OK) {
		*found = sl_rows_count(rows) > 0;
		if (*found)
			*out = (struct sl_receipt){
				.id = sl_row_copy(arena, rows, 0, "id"),
				.connector =
					sl_row_copy(arena, rows, 0, "provider"),
				.counts = sl_row_copy(arena, rows, 0, "counts"),
				.kept = sl_row_copy(arena, rows, 0, "kept"),
				.begun_us = sl_row_time(rows, 0, "created_at"),
				.finished_us =
					sl_row_time(rows, 0, "finished_at"),
				.pending = sl_row_i64(rows, 0, "pending", 0),
			};
	}
	sl_pg_rollback(pg); /* it only reads */
	return st;
}
