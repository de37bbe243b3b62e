/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"

#include "core/json/json.h"
#include "core/sync/settings.h"

#include "sql.h"
#include "state/ask.h"
#include "state/explain_private.h"

static void fix_times(json_t *value);

/* "2026-11-20T09:58:11+00:00", as PostgreSQL writes it, in the house's form. */
static json_t *
time_value(const json_t *value)
{
	const char *text = json_string_value(value);
	char out[SL_RFC3339_TEXT];
	int64_t us;

	if (text == NULL || !sl_rfc3339_parse(text, &us))
		return NULL; /* infinity, or beyond what we hold */
	sl_rfc3339_format(us, out);
	return json_string(out);
}

static void
fix_members(json_t *object)
{
	const char *key;
	json_t *member;

	json_object_foreach (object, key, member) {
		json_t *time =
			sl_text_iends(key, "_at") ? time_value(member) : NULL;

		if (time != NULL)
			(void)json_object_iter_set_new(
				object, json_object_key_to_iter(key), time);
		else
			fix_times(member);
	}
}

static void
fix_times(json_t *value)
{
	json_t *element;
	size_t i;

	if (json_is_object(value))
		fix_members(value);
	json_array_foreach (value, i, element) {
		fix_times(element);
	}
}

sl_status
sl_explain_doc(const struct sl_rows *rows, size_t row, json_t **out,
	       struct sl_error *err)
{
	sl_status st =
		sl_json_parse_own(sl_row_text(rows, row, "doc"), out, err);

	if (st == SL_OK)
		fix_times(*out);
	return st;
}

const char *
sl_explain_uuid(const struct sl_explain *x)
{
	return sl_is_uuid(x->argument) ? x->argument : NULL;
}

/* "20261120T090000Z" or "20261120"; false = no such thing. */
static bool
read_slot(const char *text, int64_t *us)
{
	static const char shape[] = "ddddddddTddddddZ";
	char full[] = "yyyy-mm-ddT00:00:00Z";
	size_t len = strlen(text);

	if (len != strlen("20261120") && len != strlen(shape))
		return false;
	for (size_t i = 0; i < len; i++)
		if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9'
				    : text[i] != shape[i])
			return false;
	memcpy(full, text, 4);
	memcpy(full + 5, text + 4, 2);
	memcpy(full + 8, text + 6, 2);
	if (len == strlen(shape)) {
		memcpy(full + 11, text + 9, 2);
		memcpy(full + 14, text + 11, 2);
		memcpy(full + 17, text + 13, 2);
	}
	return sl_rfc3339_parse(full, us);
}

/* "ID_20261120T090000Z", "ID_20261120": the series that the instance is of,
 * and its slot; calendars name instances so. NULL = it is no such id. */
static const char *
series_of(const struct sl_explain *x, int64_t *slot_us)
{
	const char *slot = strrchr(x->argument, '_');

	*slot_us = SL_NO_TIME;
	if (slot == NULL || slot == x->argument ||
	    !read_slot(slot + 1, slot_us))
		return NULL;
	return sl_arena_strndup(x->arena, x->argument,
				(size_t)(slot - x->argument));
}

static sl_status
ask(const struct sl_explain *x, const char *sql, const struct sl_params *params,
    struct sl_rows **rows, struct sl_error *err)
{
	return sl_pg_ask(x->pg,
			 &(struct sl_question){ .role = SL_PG_GATEWAY,
						.user_id = x->user_id,
						.sql = sql,
						.params = params },
			 rows, err);
}

/* All documents of a statement as an array under `key`. */
static sl_status
gather(const struct sl_rows *rows, const char *key, json_t *out,
       struct sl_error *err)
{
	json_t *list = json_array();

	(void)json_object_set_new(out, key, list);
	for (size_t i = 0; i < sl_rows_count(rows); i++) {
		json_t *doc;
		sl_status st = sl_explain_doc(rows, i, &doc, err);

		if (st != SL_OK)
			return st;
		(void)json_array_append_new(list, doc);
	}
	return SL_OK;
}

static void
first_params(const struct sl_explain *x, struct sl_params *p)
{
	sl_params_init(p, x->arena);
	sl_params_text(p, x->user_id);
	sl_params_text(p, x->argument);
	sl_params_text(p, sl_explain_uuid(x));
}

sl_status
sl_explain_settings(const struct sl_explain *x, const char *provider,
		    const char *settings, json_t **out, struct sl_error *err)
{
	for (const struct sl_connector *const *c = x->registry; *c != NULL; c++)
		if (strcmp((*c)->name, provider) == 0)
			return sl_settings_resolve((*c)->options, settings, out,
						   err);
	return sl_fail(err, SL_CONFIG, SL_INTEGRATION,
		       "this build does not know the provider %s", provider);
}

/* The settings as they are understood, or what is wrong with them. */
static void
put_settings(const struct sl_explain *x, const char *text, json_t *doc)
{
	json_t *settings = NULL;
	struct sl_error err;

	if (sl_explain_settings(x, sl_json_text(doc, "provider"), text,
				&settings, &err) == SL_OK) {
		(void)json_object_set_new(doc, "settings", settings);
		return;
	}
	(void)json_object_del(doc, "settings");
	sl_json_put_text(doc, "settings_error", err.text);
}

static const char *
kinds_of_types(const struct sl_explain *x)
{
	struct sl_pg_array *list = sl_pg_array_new(x->arena);

	for (const struct sl_connector *const *c = x->registry; *c != NULL; c++)
		for (const struct sl_stream_kind *k = (*c)->kinds;
		     k->name != NULL; k++)
			if (k->holds != NULL && *k->holds != '\0')
				sl_pg_array_text(
					list,
					sl_arena_printf(x->arena, "%s/%s/%s",
							(*c)->name, k->holds,
							k->name));
	return sl_pg_array_done(list);
}

static sl_status
find_items(const struct sl_explain *x, json_t *out, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	int64_t total = 0, slot_us;
	json_t *item;
	sl_status st;
	size_t i;

	first_params(x, &p);
	sl_params_text(&p, series_of(x, &slot_us));
	sl_params_i64(&p, SL_EXPLAIN_ITEMS_MAX);
	sl_params_time(&p, slot_us);
	sl_params_text(&p, kinds_of_types(x));
	st = ask(x, sl_sql_explain_items, &p, &rows, err);
	if (st != SL_OK)
		return st;
	if (sl_rows_count(rows) > 0)
		total = sl_row_i64(rows, 0, "total", 0);
	(void)json_object_set_new(out, "items_total", json_integer(total));
	st = gather(rows, "items", out, err);
	json_array_foreach (json_object_get(out, "items"), i, item)
		put_settings(
			x,
			sl_json_canonical(x->arena,
					  json_object_get(item, "settings")),
			item);
	return st;
}

static sl_status
find_ledger(const struct sl_explain *x, json_t *out, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	int64_t slot_us;
	sl_status st;

	first_params(x, &p);
	sl_params_text(&p, series_of(x, &slot_us));
	st = ask(x, sl_sql_explain_ledger, &p, &rows, err);
	return st == SL_OK ? gather(rows, "ledger", out, err) : st;
}

static sl_status
find_streams(const struct sl_explain *x, json_t *out, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status st;

	first_params(x, &p);
	st = ask(x, sl_sql_explain_streams, &p, &rows, err);
	return st == SL_OK ? gather(rows, "streams", out, err) : st;
}

sl_status
sl_explain_things(const struct sl_explain *x, json_t **out,
		  struct sl_error *err)
{
	json_auto_t *things = json_object();
	sl_status st = find_items(x, things, err);

	if (st == SL_OK)
		st = sl_explain_messages(x, json_object_get(things, "items"),
					 err);
	if (st == SL_OK)
		st = find_ledger(x, things, err);
	if (st == SL_OK)
		st = find_streams(x, things, err);
	if (st == SL_OK)
		*out = json_incref(things);
	return st;
}

sl_status
sl_explain_accounts(const struct sl_explain *x, json_t **out,
		    struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	json_auto_t *accounts = json_array();
	struct sl_params p;
	sl_status st;

	sl_params_init(&p, x->arena);
	sl_params_text(&p, x->user_id);
	st = ask(x, sl_sql_explain_accounts, &p, &rows, err);
	for (size_t i = 0; st == SL_OK && i < sl_rows_count(rows); i++) {
		json_t *doc;

		st = sl_explain_doc(rows, i, &doc, err);
		if (st != SL_OK)
			break;
		put_settings(x, sl_row_text(rows, i, "settings"), doc);
		(void)json_array_append_new(accounts, doc);
	}
	if (st == SL_OK)
		*out = json_incref(accounts);
	return st;
}
