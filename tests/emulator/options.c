/* SPDX-License-Identifier: Apache-2.0 */
/* POST /_control/options: one table of what can be set. */
#include "options.h"

#include <string.h>

enum type { NUMBER, FLAG, TEXT };

struct row {
	const char *name;
	enum type type;
	size_t offset;
};

#define ROW(name, type, field)                                                 \
	{                                                                      \
		name, type, offsetof(struct emu_options, field)                \
	}

static const struct row rows[] = {
	ROW("expires_in", NUMBER, expires_in),
	ROW("refresh_token_expires_in", NUMBER, refresh_expires_in),
	ROW("latency_ms", NUMBER, latency_ms),
	ROW("page_max_bytes", NUMBER, page_max_bytes),
	ROW("quota_user", NUMBER, quota_user),
	ROW("quota_project", NUMBER, quota_project),
	ROW("quota_window_s", NUMBER, quota_window_s),
	ROW("quota_status", NUMBER, quota_status),
	ROW("mail_quota_user", NUMBER, mail_quota_user),
	ROW("mail_quota_project", NUMBER, mail_quota_project),
	ROW("mail_quota_status", NUMBER, mail_quota_status),
	ROW("mail_prices", NUMBER, mail_prices),
	ROW("mail_concurrency", NUMBER, mail_concurrency),
	ROW("mail_lock_s", NUMBER, mail_lock_s),
	ROW("mail_page_life_s", NUMBER, mail_page_life_s),
	ROW("mail_page_max", NUMBER, mail_page_max),
	ROW("mail_quota_reason", TEXT, mail_quota_reason),
	ROW("mail_quota_message", TEXT, mail_quota_message),
	ROW("rotate", FLAG, rotate),
	ROW("rotate_grace", FLAG, rotate_grace),
	ROW("omit_refresh_token", FLAG, omit_refresh),
	ROW("deny", FLAG, deny),
	ROW("gzip", FLAG, gzip),
	ROW("web_client", FLAG, web_client),
	ROW("cancel_exceptions", FLAG, cancel_exceptions),
	ROW("grant_scopes", TEXT, grant_scopes),
	ROW("auth_error", TEXT, auth_error),
	ROW("auth_description", TEXT, auth_description),
	ROW("auth_issuer", TEXT, auth_issuer),
	ROW("linkedin_expires_in", NUMBER, linkedin_expires_in),
	ROW("linkedin_refresh", FLAG, linkedin_refresh),
	ROW("linkedin_client_id", TEXT, linkedin_client_id),
	ROW("linkedin_client_secret", TEXT, linkedin_client_secret),
	ROW("linkedin_redirect_uris", TEXT, linkedin_redirect_uris),
	ROW("linkedin_scopes", TEXT, linkedin_scopes),
	ROW("linkedin_account", TEXT, linkedin_account),
	ROW("linkedin_page_rows", NUMBER, linkedin_page_rows),
	ROW("linkedin_clump_ms", NUMBER, linkedin_clump_ms),
	ROW("linkedin_quota_day", NUMBER, linkedin_quota_day),
	ROW("linkedin_replay_percent", NUMBER, linkedin_replay_percent),
	ROW("linkedin_slow_ms", NUMBER, linkedin_slow_ms),
	ROW("linkedin_shuffle", FLAG, linkedin_shuffle),
	ROW("linkedin_dup_rows", FLAG, linkedin_dup_rows),
	ROW("linkedin_newest_first", FLAG, linkedin_newest_first),
	ROW("linkedin_short_pages", FLAG, linkedin_short_pages),
	ROW("linkedin_noise", FLAG, linkedin_noise),
	ROW("linkedin_frozen", FLAG, linkedin_frozen),
	ROW("linkedin_dates", TEXT, linkedin_dates),
	ROW("linkedin_lists", TEXT, linkedin_lists),
	ROW("linkedin_links", TEXT, linkedin_links),
	ROW("userinfo_email", TEXT, userinfo_email),
	ROW("quota_retry_after", TEXT, quota_retry_after),
	ROW("quota_reason", TEXT, quota_reason),
	ROW("client_id", TEXT, client_id),
	ROW("client_secret", TEXT, client_secret),
	ROW("redirect_uris", TEXT, redirect_uris),
};

/* Null takes a text back; 0 and false do it for the others. */
static bool
set_row(struct emu_options *o, const struct row *row, const json_t *v)
{
	char *place = (char *)(void *)o + row->offset;

	if (row->type == NUMBER && json_is_integer(v) &&
	    json_integer_value(v) >= 0)
		*(uint64_t *)(void *)place = (uint64_t)json_integer_value(v);
	else if (row->type == FLAG && json_is_boolean(v))
		*(bool *)(void *)place = json_is_true(v);
	else if (row->type == TEXT && (json_is_string(v) || json_is_null(v)))
		emu_set_text((char **)(void *)place, json_string_value(v));
	else
		return false;
	return true;
}

const char *
emu_options_set(struct emu_options *o, json_t *wanted)
{
	const char *key;
	json_t *value;

	json_object_foreach (wanted, key, value) {
		bool known = false;

		for (size_t i = 0; i < EMU_COUNT(rows); i++)
			if (strcmp(rows[i].name, key) == 0)
				known = set_row(o, &rows[i], value);
		if (!known)
			return key;
	}
	if (!o->client_id)
		o->client_id = emu_strdup("");
	if (!o->client_secret)
		o->client_secret = emu_strdup("");
	if (!o->linkedin_client_id)
		o->linkedin_client_id = emu_strdup("");
	if (!o->linkedin_client_secret)
		o->linkedin_client_secret = emu_strdup("");
	return NULL;
}

json_t *
emu_options_json(const struct emu_options *o)
{
	json_t *out = json_object();

	for (size_t i = 0; i < EMU_COUNT(rows); i++) {
		const char *place =
			(const char *)(const void *)o + rows[i].offset;
		json_t *v = NULL;

		if (rows[i].type == NUMBER)
			v = json_integer((json_int_t) *
					 (const uint64_t *)(const void *)place);
		else if (rows[i].type == FLAG)
			v = json_boolean(*(const bool *)(const void *)place);
		else if (*(char *const *)(const void *)place)
			v = json_string(*(char *const *)(const void *)place);
		json_object_set_new(out, rows[i].name, v ? v : json_null());
	}
	return out;
}
