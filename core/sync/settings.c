/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An account's settings: checked against the connector's option table,
 * defaults filled in, and a fingerprint of what a cursor depends on.
 */
#include "core/sync/settings.h"

#include <string.h>

#include "core/base/buf.h"
#include "core/base/text.h"

#include "core/auth/digest.h"
#include "core/json/json.h"

#define MAX_PARTICIPANTS_DEFAULT 25
#define NAME_SHOWN               64 /* bytes, in an error text */

/** Of a list's texts, bytes: more than any option takes. */
#define LIST_MAX (64 * 1024)

/* The setting's value as text: settings may hold numbers and lists too. */
static const char *
setting_text(struct sl_arena *arena, const json_t *value)
{
	struct sl_buf list;
	const json_t *item;
	char *text;
	size_t i;

	if (json_is_string(value))
		return json_string_value(value);
	if (json_is_integer(value))
		return sl_arena_printf(arena, "%lld",
				       (long long)json_integer_value(value));
	if (!json_is_array(value))
		return NULL;
	json_array_foreach (value, i, item)
		if (!json_is_string(item))
			return NULL;
	sl_buf_init(&list, LIST_MAX);
	json_array_foreach (value, i, item) {
		if (i > 0)
			sl_buf_addc(&list, ',');
		sl_buf_adds(&list, json_string_value(item));
	}
	text = list.overflow ? NULL
			     : sl_arena_strdup(arena, sl_buf_text(&list));
	sl_buf_release(&list);
	return text;
}

static sl_status
resolve_one(const struct sl_option *option, const json_t *given,
	    struct sl_arena *arena, json_t *out, struct sl_error *err)
{
	const json_t *value = json_object_get(given, option->name);
	const char *text = option->fallback;

	if (value && !json_is_null(value)) {
		text = setting_text(arena, value);
		if (!text)
			return sl_fail(err, SL_CONFIG, SL_INTEGRATION,
				       "setting %s: a text, a whole number or "
				       "a list of texts is wanted (64 KiB at "
				       "most)",
				       option->name);
		if (sl_option_check(option, text, err) != SL_OK) {
			err->status = SL_CONFIG;
			err->scope = SL_INTEGRATION;
			return SL_CONFIG;
		}
	}
	(void)json_object_set_new(out, option->name, json_string(text));
	return SL_OK;
}

/* A misspelt `content` must not keep what nobody wanted to be kept. */
static sl_status
refuse_unknown(const struct sl_option *table, json_t *given,
	       struct sl_error *err)
{
	const json_t *value;
	const char *name;

	json_object_foreach (given, name, value)
		if (sl_option_find(table, name) == NULL)
			return sl_fail(
				err, SL_CONFIG, SL_INTEGRATION,
				"setting %.*s: there is none of that name "
				"(`sluice connectors` lists them)",
				(int)sl_utf8_cut(name, strlen(name),
						 NAME_SHOWN),
				name);
	return SL_OK;
}

sl_status
sl_settings_resolve(const struct sl_option *table, const char *text,
		    json_t **out, struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	json_auto_t *given = NULL;
	json_auto_t *settings = json_object();
	sl_status s = sl_json_parse_own(text, &given, err);

	if (s != SL_OK || !json_is_object(given))
		return sl_fail(err, SL_CONFIG, SL_INTEGRATION,
			       "settings are no JSON object");
	s = refuse_unknown(table, given, err);
	if (s != SL_OK)
		return s;
	for (; table && table->name; table++) {
		s = resolve_one(table, given, arena, settings, err);
		if (s != SL_OK)
			return s;
	}
	*out = json_incref(settings);
	return SL_OK;
}

void
sl_settings_fingerprint(const struct sl_option *table, const json_t *settings,
			char out[65])
{
	SL_AUTO_BUF text = { 0 };

	sl_buf_init(&text, 65536);
	for (; table && table->name; table++) {
		if (table->effect == SL_EFFECT_NOTHING)
			continue;
		sl_buf_addf(&text, "%s=%s\n", table->name,
			    json_string_value(
				    json_object_get(settings, table->name)));
	}
	sl_sha256_hex(sl_buf_text(&text), text.len, out);
}

void
sl_settings_people(const json_t *settings, struct sl_people_options *out)
{
	const char *rule =
		json_string_value(json_object_get(settings, "contacts"));
	const char *most = json_string_value(
		json_object_get(settings, "contact_max_participants"));
	int64_t n;

	*out = (struct sl_people_options){
		.rule = SL_PEOPLE_NONE,
		.max_participants = MAX_PARTICIPANTS_DEFAULT,
		.block = json_string_value(json_object_get(settings, "block")),
	};
	if (rule)
		(void)sl_people_rule_parse(rule, &out->rule);
	if (most && sl_parse_i64(most, &n))
		out->max_participants = (int)n;
}
