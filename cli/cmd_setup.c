/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The installation's OAuth client: read, check, ask the provider, seal, store.
 */
#include <string.h>

#include "core/base/buf.h"

#include "core/json/json.h"
#include "core/net/url.h"

#include "cli/client_check.h"
#include "cli/commands.h"
#include "cli/env.h"
#include "cli/redirect.h"
#include "cli/secret_file.h"
#include "cli/vault.h"
#include "connectors/registry.h"
#include "state/clients.h"

/** Longest client id, in bytes: a column's limit. */
#define CLIENT_ID_MAX 512

struct client {
	const struct sl_provider *provider;
	struct sl_client_file file;
	struct sl_secret secret;
};

static sl_status
read_document(struct sl_cli *cli, json_t *document, struct client *out,
	      struct sl_error *err)
{
	sl_status st = out->provider->read_client_file(document, cli->arena,
						       &out->file, err);

	if (st == SL_OK)
		sl_secret_set(&out->secret, out->file.client_secret,
			      strlen(out->file.client_secret));
	return st;
}

static sl_status
read_client(struct sl_cli *cli, struct client *out, struct sl_error *err)
{
	SL_AUTO_SECRET bytes = { NULL, 0 };
	const char *path = cli->flags[SL_FLAG_CLIENT_FILE];
	struct sl_error why;
	json_t *document = NULL;
	sl_status st = sl_secret_file_read(path, &bytes, err);

	if (st != SL_OK)
		return st;
	/* The parser's own words may quote the file. */
	st = bytes.len == 0 ? SL_RETRY
			    : sl_json_parse((char *)bytes.bytes, bytes.len,
					    NULL, &document, &why);
	if (st != SL_OK || !json_is_object(document)) {
		json_decref(document);
		return sl_fail(err, SL_CONFIG, SL_CLIENT,
			       "%s: no JSON object: give the client file from "
			       "%s's console, as downloaded",
			       path, out->provider->title);
	}
	st = read_document(cli, document, out, err);
	json_decref(document);
	out->file.client_secret = NULL;
	return st == SL_OK ? st : sl_error_wrap(err, "%s", path);
}

static bool
is_word(const char *text)
{
	for (const char *c = text; *c != '\0'; c++) {
		if (*c <= 0x20 || *c >= 0x7f)
			return false;
	}
	return *text != '\0' && strlen(text) <= CLIENT_ID_MAX;
}

/* Of a provider that hands out no file. */
static sl_status
make_client(struct sl_cli *cli, struct client *out, struct sl_error *err)
{
	const char *id = cli->flags[SL_FLAG_CLIENT_ID];
	const char *uri = cli->flags[SL_FLAG_REDIRECT_URI];
	const char **uris = SL_NEW_ARRAY(cli->arena, 2, const char *);

	if (!is_word(id))
		return sl_fail(err, SL_CONFIG, SL_CLIENT,
			       "--client-id: needs the id alone, of visible "
			       "ASCII, at most %d bytes",
			       CLIENT_ID_MAX);
	if (uri != NULL &&
	    sl_url_check_endpoint("--redirect-uri", uri, err) != SL_OK)
		return err->status;
	uris[0] = uri != NULL ? uri : out->provider->redirect_uri;
	out->file = (struct sl_client_file){ .client_id = id,
					     .kind = "web",
					     .redirect_uris = uris };
	return sl_secret_file_word(cli->flags[SL_FLAG_CLIENT_SECRET_FILE],
				   &out->secret, err);
}

static sl_status
seal(struct sl_cli *cli, const struct sl_keyring *ring,
     const struct client *client, struct sl_client_row *row,
     struct sl_error *err)
{
	const struct sl_seal_binding binding = {
		.user_id = "",
		.owner_id = row->id,
		.purpose = SL_CLIENT_SECRET_PURPOSE,
	};

	return sl_seal(ring, cli->rng, &binding, &client->secret, cli->arena,
		       &row->secret, err);
}

/* Where a person is sent back to: what fits already, what is missing. */
static const char *
tell_redirect(struct sl_cli *cli, const struct client *client)
{
	const struct sl_redirect_wish wish = {
		.client_kind = client->file.kind,
		.registered = client->file.redirect_uris,
	};
	struct sl_redirect plan;
	struct sl_error why;

	if (client->provider->read_client_file == NULL)
		return sl_arena_printf(cli->arena,
				       "Redirect: register exactly this "
				       "address in the console:\n   %s\n",
				       client->file.redirect_uris[0]);
	if (sl_redirect_plan(cli->arena, &wish, &plan, &why) != SL_OK)
		return "Redirect, missing: this web client has registered no "
		       "address on loopback. Add\n"
		       "   http://127.0.0.1:8765/callback\n"
		       "in the console, download the file again and run setup "
		       "again; or use connect --no-browser\n"
		       "and paste the address that the browser ends at.\n";
	if (plan.uri == NULL)
		return "Redirect: nothing to register; a desktop client may "
		       "come back to any port of 127.0.0.1.\n";
	return sl_arena_printf(cli->arena,
			       "Redirect: connect waits on %s, which is "
			       "registered.\n",
			       plan.uri);
}

static int
store(struct sl_cli *cli, struct sl_pg *pg, const struct sl_keyring *ring,
      const struct client *client)
{
	const struct sl_provider *provider = client->provider;
	struct sl_client_row row = {
		.provider = provider->name,
		.client_id = client->file.client_id,
		.kind = client->file.kind,
		.project = client->file.project,
		.redirect_uris = client->file.redirect_uris,
	};
	bool created = false;
	struct sl_error err;
	sl_status st =
		sl_client_id(pg, row.provider, row.client_id, row.id, &err);

	if (st == SL_OK)
		st = seal(cli, ring, client, &row, &err);
	if (st == SL_OK)
		st = sl_client_put(pg, &row, &created, &err);
	if (st != SL_OK)
		return sl_cli_fail(cli, sl_env_exit(&err), &err);
	fprintf(cli->out, "%s client %s (%s) %s, its secret sealed.\n\n%s%s%s",
		provider->title, row.client_id, row.kind,
		created ? "stored" : "renewed",
		provider->setup_help == NULL ? "" : provider->setup_help,
		provider->setup_help == NULL ? "" : "\n",
		tell_redirect(cli, client));
	return SL_EXIT_OK;
}

/* A client that nobody could be asked about is stored: connect will tell. */
static int
ask_provider(struct sl_cli *cli, const struct client *client)
{
	const struct sl_oauth_client oauth = {
		.client_id = client->file.client_id,
		.client_secret = client->secret,
	};
	const char *const *uris = client->file.redirect_uris;
	struct sl_http *http = NULL;
	struct sl_error err;
	int status = sl_env_http(cli, 0, &http);
	sl_status st;

	if (status != SL_EXIT_OK)
		return status;
	st = sl_client_check(
		cli, sl_http_transport(http), client->provider, &oauth,
		uris[0] != NULL ? uris[0] : "http://127.0.0.1", &err);
	sl_http_free(&http);
	if (st == SL_CONFIG)
		return sl_cli_complain(cli, SL_EXIT_FAILED,
				       "%s: nothing is stored; take id and "
				       "secret from the console again",
				       err.text);
	if (st != SL_OK)
		return sl_cli_complain(cli, SL_EXIT_OK,
				       "warning: could not ask %s about this "
				       "client (%s); connect will tell",
				       client->provider->title, err.text);
	return SL_EXIT_OK;
}

static int
run(struct sl_cli *cli, struct client *client)
{
	struct sl_keyring *ring = NULL;
	struct sl_pg *pg = NULL;
	struct sl_error err;
	sl_status st = client->provider->read_client_file != NULL
			       ? read_client(cli, client, &err)
			       : make_client(cli, client, &err);
	int status;

	if (st != SL_OK)
		return sl_cli_fail(cli, SL_EXIT_USAGE, &err);
	status = sl_env_check_endpoints(cli);
	if (status == SL_EXIT_OK)
		status = sl_env_keys(cli, &ring);
	if (status == SL_EXIT_OK)
		status = sl_env_database(cli, &pg);
	if (status == SL_EXIT_OK)
		status = sl_vault_check(cli, pg, ring, SL_VAULT_CLIENTS_MISS);
	if (status == SL_EXIT_OK)
		status = ask_provider(cli, client);
	if (status == SL_EXIT_OK)
		status = store(cli, pg, ring, client);
	sl_pg_free(&pg);
	sl_keyring_free(&ring);
	return status;
}

/* Each provider takes one way of the two. */
static bool
flags_fit(const struct sl_cli *cli, const struct sl_provider *provider)
{
	bool file = sl_cli_has(cli, SL_FLAG_CLIENT_FILE);
	bool id = sl_cli_has(cli, SL_FLAG_CLIENT_ID);
	bool secret = sl_cli_has(cli, SL_FLAG_CLIENT_SECRET_FILE);

	if (provider->read_client_file != NULL)
		return file && !id && !secret &&
		       !sl_cli_has(cli, SL_FLAG_REDIRECT_URI);
	return !file && id && secret;
}

int
sl_cmd_setup(struct sl_cli *cli)
{
	struct client client = { .secret = { NULL, 0 } };
	int status = sl_env_provider(cli, cli->words[0], &client.provider);

	if (status != SL_EXIT_OK)
		return status;
	if (!flags_fit(cli, client.provider))
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "setup %s needs %s: %s",
				       client.provider->name,
				       client.provider->read_client_file != NULL
					       ? "--client-file alone"
					       : "--client-id and "
						 "--client-secret-file",
				       sl_env_setup(cli, client.provider));
	status = run(cli, &client);
	sl_secret_release(&client.secret);
	return status;
}
