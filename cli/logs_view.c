/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/logs_view.h"

#include "cli/format.h"
#include "cli/output.h"

static void
put_error(json_t *object, const struct sl_log_row *row)
{
	json_t *error;

	if (row->error_class == NULL) {
		(void)json_object_set_new(object, "error", json_null());
		return;
	}
	error = json_object();
	sl_json_put(error, "class", row->error_class);
	sl_json_put(error, "scope", row->error_scope);
	sl_json_put(error, "text", row->error_text);
	(void)json_object_set_new(object, "error", error);
}

json_t *
sl_logs_object(const struct sl_log_row *row)
{
	json_t *object = json_object();

	sl_json_put(object, "run", row->id);
	sl_json_put(object, "user", row->user_id);
	sl_json_put(object, "provider", row->connector);
	sl_json_put(object, "account", row->account);
	sl_json_put(object, "trigger", row->trigger);
	sl_json_put(object, "mode", row->mode);
	sl_json_put(object, "status", row->status);
	sl_json_put_time(object, "started_at", row->started_us);
	sl_json_put_time(object, "finished_at", row->finished_us);
	sl_json_put_i64(object, "runs", row->runs);
	sl_json_put_i64(object, "fetched", row->fetched);
	sl_json_put_i64(object, "created", row->created);
	sl_json_put_i64(object, "updated", row->updated);
	sl_json_put_i64(object, "unchanged", row->unchanged);
	sl_json_put_i64(object, "deleted", row->deleted);
	sl_json_put_i64(object, "filtered", row->filtered);
	sl_json_put_i64(object, "quarantined", row->quarantined);
	sl_json_put_i64(object, "contacts_created", row->contacts_created);
	sl_json_put_i64(object, "pages", row->pages);
	sl_json_put_i64(object, "requests", row->requests);
	sl_json_put_i64(object, "retries", row->retries);
	sl_json_put_i64(object, "bytes", row->bytes);
	sl_json_put_i64(object, "duration_ms", row->duration_ms);
	put_error(object, row);
	return object;
}

const char *
sl_logs_changes(struct sl_arena *arena, const struct sl_log_row *row)
{
	if (row->created + row->updated + row->deleted == 0)
		return row->runs > 1
			       ? sl_arena_printf(arena, "none, in %s",
						 sl_format_plural(arena,
								  row->runs,
								  "run"))
			       : "none";
	return sl_arena_printf(arena, "+%s ~%s -%s",
			       sl_format_count(arena, row->created),
			       sl_format_count(arena, row->updated),
			       sl_format_count(arena, row->deleted));
}
