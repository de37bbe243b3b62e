/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log row of a run.
 */
#include "core/base/clock.h"

#include "sql.h"
#include "state/store_private.h"

sl_status
sl_log_book(struct sl_pg *pg, struct sl_arena *arena,
	    const struct sl_log_entry *e, struct sl_error *err)
{
	const struct sl_tally *t = e->add;
	const struct sl_error *cause = e->error;
	const int64_t counters[] = {
		t->requests,    t->retries,          t->bytes,
		t->fetched,     t->created,          t->updated,
		t->unchanged,   t->deleted,          t->filtered,
		t->quarantined, t->contacts_created, t->pages,
	};
	struct sl_params p;

	sl_params_lease(&p, arena, e->lease);
	sl_params_text(&p, e->lease->run_id);
	sl_params_text(&p, e->trigger);
	sl_params_text(&p, e->mode);
	sl_params_text(&p, e->status);
	sl_params_time(&p, e->started_us);
	sl_params_time(&p, e->finished_us);
	sl_params_text(&p,
		       cause == NULL ? NULL : sl_status_name(cause->status));
	sl_params_text(&p, cause == NULL ? NULL : sl_scope_name(cause->scope));
	sl_params_text(&p, cause == NULL ? NULL : cause->text);
	sl_params_text(&p, e->detail);
	for (size_t i = 0; i < SL_ARRAY_LEN(counters); i++)
		sl_params_i64(&p, counters[i]);
	return sl_pg_query(pg, sl_sql_run_log, &p, NULL, err);
}
