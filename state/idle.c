/* SPDX-License-Identifier: Apache-2.0 */
#include "state/idle.h"

#include "sql.h"
#include "state/migrate_private.h"

enum { SCHEMA, SEALED, LOOK, CALLS };

static void
put_question(struct sl_params *p, struct sl_arena *arena,
	     const struct sl_idle_question *question)
{
	struct sl_pg_array *connectors = sl_pg_array_new(arena);

	for (const char *const *name = question->connectors; *name != NULL;
	     name++)
		sl_pg_array_text(connectors, *name);
	sl_params_init(p, arena);
	sl_params_text(p, sl_pg_array_done(connectors));
	sl_params_text(p, question->host);
	sl_params_text(p, question->key_id);
	sl_params_i64(p, question->ahead_us);
}

static bool
is_our_schema(const struct sl_rows *rows)
{
	size_t count = sl_rows_count(rows);

	for (size_t i = 0; i < count; i++)
		if (!sl_migration_known(sl_row_text(rows, i, "version")))
			return false;
	return count == sl_migrations_known();
}

sl_status
sl_idle_look(struct sl_pg *pg, const struct sl_idle_question *question,
	     struct sl_arena *arena, struct sl_idle *out, struct sl_error *err)
{
	struct sl_params p;
	struct sl_pg_call calls[CALLS] = {
		[SCHEMA] = { .sql = sl_sql_idle_schema },
		[SEALED] = { .sql = sl_sql_idle_sealed },
		[LOOK] = { .sql = sl_sql_idle_look, .params = &p },
	};
	sl_status st;

	put_question(&p, arena, question);
	st = sl_pg_at_once(pg, SL_PG_STRANGER, NULL, calls, CALLS, err);
	if (st == SL_OK) {
		out->idle = is_our_schema(calls[SCHEMA].rows) &&
			    sl_row_bool(calls[LOOK].rows, 0, "idle");
		sl_vault_read(calls[SEALED].rows, arena, &out->sealed,
			      &out->count);
	}
	for (size_t i = 0; i < CALLS; i++)
		sl_rows_free(&calls[i].rows);
	return st;
}
