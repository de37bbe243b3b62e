/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the settings of the user's accounts say about contacts.
 */
#include <string.h>

#include "core/json/json.h"
#include "core/sync/settings.h"

#include "sql.h"
#include "state/explain_private.h"

static void
read_rule(const struct sl_explain *x, const struct sl_rows *rows, size_t row,
	  struct sl_explain_rule *rule, json_t *told)
{
	json_auto_t *settings = NULL;
	struct sl_error wrong;

	rule->integration_id = sl_row_copy(x->arena, rows, row, "id");
	rule->provider = sl_row_copy(x->arena, rows, row, "provider");
	rule->account = sl_row_copy(x->arena, rows, row, "account");
	sl_json_put_text(told, "provider", rule->provider);
	sl_json_put_text(told, "account", rule->account);
	if (sl_explain_settings(x, rule->provider,
				sl_row_text(rows, row, "settings"), &settings,
				&wrong) != SL_OK) {
		/* Such an account is not synced at all. */
		sl_json_put_text(told, "error", wrong.text);
		rule->options.rule = SL_PEOPLE_NONE;
		return;
	}
	sl_settings_people(settings, &rule->options);
	rule->options.block = sl_arena_strdup(x->arena, rule->options.block);
	(void)json_object_set(told, "contacts",
			      json_object_get(settings, "contacts"));
	(void)json_object_set_new(told, "contact_max_participants",
				  json_integer(rule->options.max_participants));
	sl_json_put_text(told, "block", rule->options.block);
}

sl_status
sl_explain_rules(const struct sl_explain *x, struct sl_explain_rules *out,
		 json_t *told, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status st;

	sl_params_init(&p, x->arena);
	sl_params_text(&p, x->user_id);
	st = sl_pg_query(x->pg, sl_sql_explain_accounts, &p, &rows, err);
	if (st != SL_OK)
		return st;
	out->count = sl_rows_count(rows);
	out->list = SL_NEW_ARRAY(x->arena, out->count, struct sl_explain_rule);
	for (size_t i = 0; i < out->count; i++) {
		json_auto_t *one = json_object();

		read_rule(x, rows, i, &out->list[i], one);
		if (told != NULL)
			(void)json_array_append(told, one);
	}
	return SL_OK;
}

const struct sl_people_options *
sl_explain_options(const struct sl_explain_rules *rules,
		   const char *integration_id)
{
	static const struct sl_people_options none = { .rule = SL_PEOPLE_NONE };

	for (size_t i = 0; i < rules->count; i++)
		if (strcmp(rules->list[i].integration_id, integration_id) == 0)
			return &rules->list[i].options;
	return &none;
}
