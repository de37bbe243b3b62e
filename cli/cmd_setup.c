/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The installation's OAuth client: read, check, seal, store.
 */
#include <errno.h>
#include <string.h>

#include "core/base/buf.h"

#include "core/json/json.h"

#include "cli/commands.h"
#include "cli/env.h"
#include "connectors/registry.h"
#include "state/clients.h"

/** Longest client file, in bytes: the provider's have less than 1 kB. */
#define CLIENT_FILE_MAX 65536

static const struct sl_provider *
find_provider(const char *name)
{
	for (const struct sl_connector *const *c = sl_registry; *c != NULL;
	     c++) {
		if (strcmp((*c)->provider->name, name) == 0)
			return (*c)->provider;
	}
	return NULL;
}

static const char *
known_providers(struct sl_cli *cli)
{
	const char *all = "";

	for (const struct sl_connector *const *c = sl_registry; *c != NULL;
	     c++) {
		const char *name = (*c)->provider->name;

		if (strstr(all, name) == NULL)
			all = sl_arena_printf(cli->arena, "%s%s%s", all,
					      *all == '\0' ? "" : ", ", name);
	}
	return all;
}

/* The whole file, capped; it holds a secret. */
static sl_status
read_file(const char *path, struct sl_secret *out, struct sl_error *err)
{
	char bytes[CLIENT_FILE_MAX + 1];
	FILE *in = fopen(path, "re");
	size_t len;
	int failed;

	if (in == NULL)
		return sl_fail(err, SL_CONFIG, SL_CLIENT, "%s: %s", path,
			       strerror(errno));
	len = fread(bytes, 1, sizeof(bytes), in);
	failed = ferror(in) != 0 ? errno : 0;
	(void)fclose(in);
	if (failed == 0 && len <= CLIENT_FILE_MAX)
		sl_secret_set(out, bytes, len);
	sl_wipe(bytes, sizeof(bytes));
	if (failed != 0)
		return sl_fail(err, SL_CONFIG, SL_CLIENT, "%s: %s", path,
			       strerror(failed));
	if (len > CLIENT_FILE_MAX)
		return sl_fail(err, SL_CONFIG, SL_CLIENT,
			       "%s: larger than %d bytes: no client file", path,
			       CLIENT_FILE_MAX);
	return SL_OK;
}

struct client {
	struct sl_client_file file;
	struct sl_secret secret;
};

static sl_status
read_document(struct sl_cli *cli, const struct sl_provider *provider,
	      json_t *document, struct client *out, struct sl_error *err)
{
	sl_status st = provider->read_client_file(document, cli->arena,
						  &out->file, err);

	if (st == SL_OK)
		sl_secret_set(&out->secret, out->file.client_secret,
			      strlen(out->file.client_secret));
	return st;
}

static sl_status
read_client(struct sl_cli *cli, const struct sl_provider *provider,
	    struct client *out, struct sl_error *err)
{
	SL_AUTO_SECRET bytes = { NULL, 0 };
	const char *path = cli->flags[SL_FLAG_CLIENT_FILE];
	struct sl_error why;
	json_t *document = NULL;
	sl_status st = read_file(path, &bytes, err);

	if (st != SL_OK)
		return st;
	/* The parser's own words may quote the file. */
	st = sl_json_parse((char *)bytes.bytes, bytes.len, NULL, &document,
			   &why);
	if (st != SL_OK || !json_is_object(document)) {
		json_decref(document);
		return sl_fail(err, SL_CONFIG, SL_CLIENT,
			       "%s: no JSON object: give the client file from "
			       "%s's console, as downloaded",
			       path, provider->title);
	}
	st = read_document(cli, provider, document, out, err);
	json_decref(document);
	out->file.client_secret = NULL;
	return st == SL_OK ? st : sl_error_wrap(err, "%s", path);
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

static int
store(struct sl_cli *cli, struct sl_pg *pg, const struct sl_keyring *ring,
      const struct sl_provider *provider, const struct client *client)
{
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
	fprintf(cli->out, "%s client %s (%s) %s, its secret sealed.\n\n%s",
		provider->title, row.client_id, row.kind,
		created ? "stored" : "renewed",
		provider->setup_help == NULL ? "" : provider->setup_help);
	return SL_EXIT_OK;
}

static int
run(struct sl_cli *cli, const struct sl_provider *provider,
    struct client *client)
{
	struct sl_keyring *ring = NULL;
	struct sl_pg *pg = NULL;
	struct sl_error err;
	int status;

	if (read_client(cli, provider, client, &err) != SL_OK)
		return sl_cli_fail(cli, SL_EXIT_USAGE, &err);
	status = sl_env_keys(cli, &ring);
	if (status == SL_EXIT_OK)
		status = sl_env_database(cli, &pg);
	if (status == SL_EXIT_OK)
		status = store(cli, pg, ring, provider, client);
	sl_pg_free(&pg);
	sl_keyring_free(&ring);
	return status;
}

int
sl_cmd_setup(struct sl_cli *cli)
{
	const struct sl_provider *provider = find_provider(cli->words[0]);
	struct client client = { .secret = { NULL, 0 } };
	int status;

	if (provider == NULL)
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "unknown provider %s: this build knows "
				       "%s",
				       cli->words[0], known_providers(cli));
	if (!sl_cli_has(cli, SL_FLAG_CLIENT_FILE))
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "setup %s needs --client-file FILE",
				       provider->name);
	status = run(cli, provider, &client);
	sl_secret_release(&client.secret);
	return status;
}
