/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client file that Google's console hands out: {"installed": {...}} for a
 * desktop client, {"web": {...}} for a web client. Google publishes no schema;
 * other JSON files of the console are recognised by their "type", because
 * they are the usual mistake.
 */
#include <string.h>

#include "core/json/json.h"

#include "connectors/google/google.h"

/** Copy-and-paste redirects, withdrawn by Google: still in old files. */
#define OOB "urn:ietf:wg:oauth:2.0:oob"

static sl_status
wrong_file(struct sl_error *err, const char *what)
{
	return sl_fail(err, SL_CONFIG, SL_CLIENT,
		       "%s; needed is the client file of an OAuth client "
		       "(Google Cloud console, Clients, type \"Desktop app\" "
		       "or \"Web application\", Download JSON)",
		       what);
}

static sl_status
check_type(const json_t *document, struct sl_error *err)
{
	const char *type = sl_json_text(document, "type");

	if (type != NULL && strcmp(type, "service_account") == 0)
		return wrong_file(err, "this is a service account's key");
	if (type != NULL && strcmp(type, "authorized_user") == 0)
		return wrong_file(err, "this is a user's credential made by "
				       "gcloud");
	return SL_OK;
}

static const char *const *
copy_redirects(const json_t *client, struct sl_arena *arena)
{
	const json_t *uris = sl_json_array(client, "redirect_uris");
	size_t n = json_array_size(uris), kept = 0;
	const char **copy = SL_NEW_ARRAY(arena, n + 1, const char *);

	for (size_t i = 0; i < n; i++) {
		const char *uri = json_string_value(json_array_get(uris, i));

		if (uri != NULL && strncmp(uri, OOB, strlen(OOB)) != 0)
			copy[kept++] = sl_arena_strdup(arena, uri);
	}
	return copy;
}

static bool
is_empty(const char *text)
{
	return text == NULL || *text == '\0';
}

sl_status
sl_google_read_client_file(const json_t *document, struct sl_arena *arena,
			   struct sl_client_file *out, struct sl_error *err)
{
	const json_t *installed = sl_json_object(document, "installed");
	const json_t *client =
		installed != NULL ? installed : sl_json_object(document, "web");
	const char *kind = installed != NULL ? "installed" : "web";
	sl_status st = check_type(document, err);

	if (st != SL_OK)
		return st;
	if (client == NULL)
		return wrong_file(err, "neither \"installed\" nor \"web\" "
				       "is in this file");
	if (json_object_size(document) != 1)
		return wrong_file(err, "more than one client is in this file");
	if (is_empty(sl_json_text(client, "client_id")))
		return sl_fail(err, SL_CONFIG, SL_CLIENT,
			       "%s.client_id is missing", kind);
	if (is_empty(sl_json_text(client, "client_secret")))
		return sl_fail(err, SL_CONFIG, SL_CLIENT,
			       "%s.client_secret is missing: Google shows it "
			       "only when it is made; add a new secret to the "
			       "client and download the file again",
			       kind);
	*out = (struct sl_client_file){
		.client_id = sl_arena_strdup(arena,
					     sl_json_text(client, "client_id")),
		.client_secret = sl_json_text(client, "client_secret"),
		.kind = kind,
		.project = sl_arena_strdup(arena,
					   sl_json_text(client, "project_id")),
		.redirect_uris = copy_redirects(client, arena),
	};
	return SL_OK;
}
