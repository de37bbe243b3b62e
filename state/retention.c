/* SPDX-License-Identifier: Apache-2.0 */
#include "state/retention.h"

#include <stddef.h>
#include <string.h>

#include "sql.h"
#include "state/ask.h"
#include "state/tombstones.h"

#define CHUNK 1000

struct subject {
	const char *name;
	const char *sql; /* deletes some; NULL = tombstones */
	size_t count;    /* where in struct sl_retained     */
};

static const struct subject subjects[] = {
	{ "logs", sl_sql_retention_logs, offsetof(struct sl_retained, logs) },
	{ "filtered", sl_sql_retention_filtered,
	  offsetof(struct sl_retained, filtered) },
	{ "raw", sl_sql_retention_raw, offsetof(struct sl_retained, raw) },
	{ "seen", sl_sql_retention_seen, offsetof(struct sl_retained, seen) },
	{ "tombstones", NULL, offsetof(struct sl_retained, tombstones) },
};

static const struct subject *
subject_of(const char *name)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(subjects); i++)
		if (strcmp(subjects[i].name, name) == 0)
			return &subjects[i];
	return NULL;
}

struct chunk_work {
	const char *sql;
	int64_t gone;
};

static sl_status
chunk_work(struct sl_pg *pg, void *ctx, struct sl_error *err)
{
	struct chunk_work *w = ctx;
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status st;

	sl_params_init(&p, arena);
	sl_params_i64(&p, CHUNK);
	st = sl_pg_query(pg, w->sql, &p, &rows, err);
	if (st == SL_OK)
		w->gone = sl_row_i64(rows, 0, "gone", 0);
	return st;
}

static sl_status
in_chunks(struct sl_pg *pg, const char *sql, int64_t most, int64_t *gone,
	  struct sl_error *err)
{
	struct chunk_work w = { .sql = sql, .gone = CHUNK };
	sl_status st = SL_OK;

	while (st == SL_OK && w.gone == CHUNK && *gone < most) {
		st = sl_pg_transact(pg, NULL, chunk_work, &w, err);
		*gone += st == SL_OK ? w.gone : 0;
	}
	return st;
}

static sl_status
again(struct sl_pg *pg, const char *subject, struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_params p;
	const struct sl_question question = { .role = SL_PG_GATEWAY,
					      .sql = sl_sql_retention_again,
					      .params = &p };

	sl_params_init(&p, arena);
	sl_params_text(&p, subject);
	return sl_pg_ask(pg, &question, NULL, err);
}

static sl_status
keep(struct sl_pg *pg, const struct subject *subject, int64_t most,
     struct sl_retained *out, struct sl_error *err)
{
	int64_t *gone = (int64_t *)(void *)((char *)out + subject->count);
	sl_status st;

	if (subject->sql == NULL)
		st = sl_tombstones_empty(pg, most, gone, err);
	else
		st = in_chunks(pg, subject->sql, most, gone, err);
	if (st == SL_OK && *gone >= most)
		st = again(pg, subject->name, err);
	return st;
}

sl_status
sl_retention_keep(struct sl_pg *pg, int64_t most, struct sl_retained *out,
		  struct sl_error *err)
{
	const struct sl_question question = { .role = SL_PG_GATEWAY,
					      .sql = sl_sql_retention_take };
	SL_AUTO_ROWS rows = NULL;
	sl_status st = sl_pg_ask(pg, &question, &rows, err);
	struct sl_error own;

	*out = (struct sl_retained){ 0 };
	if (st != SL_OK)
		return st;
	/* One that fails each time keeps no other from its turn. */
	for (size_t i = 0; i < sl_rows_count(rows); i++) {
		const struct subject *subject =
			subject_of(sl_row_text(rows, i, "subject"));

		if (subject == NULL ||
		    keep(pg, subject, most, out, &own) == SL_OK || st != SL_OK)
			continue;
		*err = own;
		st = own.status;
	}
	return st;
}
