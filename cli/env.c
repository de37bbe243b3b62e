/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/env.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/text.h"

#include "core/net/url.h"

#include "connectors/registry.h"
#include "state/clients.h"
#include "state/migrate.h"
#include "state/users.h"

#define LIMIT_DEFAULT 20
#define LIMIT_MAX     100000

static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value == NULL || *value == '\0' ? NULL : value;
}

const char *
sl_env_value(const struct sl_cli *cli, enum sl_flag flag)
{
	const char *given = cli->flags[flag];

	if (given != NULL && *given != '\0')
		return given;
	if (sl_flag_rows[flag].variable == NULL)
		return NULL;
	return variable(sl_flag_rows[flag].variable);
}

const char *
sl_env_direct_url(const struct sl_cli *cli)
{
	const char *direct = sl_env_value(cli, SL_FLAG_DIRECT_URL);

	return direct != NULL ? direct
			      : sl_env_value(cli, SL_FLAG_DATABASE_URL);
}

int
sl_env_duration(struct sl_cli *cli, enum sl_flag flag, int64_t *us)
{
	const char *text = cli->flags[flag];

	if (text != NULL && (!sl_parse_duration(text, us) || *us == 0))
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "--%s %s: a length of time, like 90s or "
				       "10m",
				       sl_flag_rows[flag].name, text);
	return SL_EXIT_OK;
}

enum sl_exit
sl_env_exit(const struct sl_error *err)
{
	return err->status == SL_REJECTED ? SL_EXIT_USAGE : SL_EXIT_ENVIRONMENT;
}

int
sl_env_dial(struct sl_cli *cli, const char *url, struct sl_pg **out)
{
	struct sl_error err;
	sl_status st = sl_pg_connect(url, out, &err);

	if (st == SL_OK)
		return SL_EXIT_OK;
	/* A string that cannot be read is the command line's fault. */
	return sl_cli_fail(
		cli, st == SL_CONFIG ? SL_EXIT_USAGE : SL_EXIT_ENVIRONMENT,
		&err);
}

int
sl_env_check_schema(struct sl_cli *cli, struct sl_pg *pg)
{
	struct sl_error err;
	size_t pending = 0;

	if (sl_migrate_check(pg, &pending, &err) != SL_OK)
		return sl_cli_fail(cli, SL_EXIT_ENVIRONMENT, &err);
	if (pending > 0)
		return sl_cli_complain(cli, SL_EXIT_ENVIRONMENT,
				       "%zu migration%s pending: run `sluice "
				       "migrate`",
				       pending, pending == 1 ? " is" : "s are");
	return SL_EXIT_OK;
}

int
sl_env_database(struct sl_cli *cli, struct sl_pg **out)
{
	struct sl_pg *pg = NULL;
	int status =
		sl_env_dial(cli, sl_env_value(cli, SL_FLAG_DATABASE_URL), &pg);

	if (status == SL_EXIT_OK)
		status = sl_env_check_schema(cli, pg);
	if (status == SL_EXIT_OK)
		*out = pg;
	else
		sl_pg_free(&pg);
	return status;
}

int
sl_env_keys(struct sl_cli *cli, struct sl_keyring **out)
{
	const char *path = sl_env_value(cli, SL_FLAG_KEY_FILE);
	struct sl_error err;

	if (path == NULL)
		return sl_cli_complain(cli, SL_EXIT_ENVIRONMENT,
				       "no key file: set SLUICE_KEY_FILE to a "
				       "file that holds the line of `sluice "
				       "keys generate` (mode 0600)");
	if (sl_keyring_load(path, out, &err) != SL_OK)
		return sl_cli_fail(cli, SL_EXIT_ENVIRONMENT, &err);
	return SL_EXIT_OK;
}

static sl_status
open_client(struct sl_cli *cli, struct sl_pg *pg, const struct sl_keyring *ring,
	    const char *provider, struct sl_error *err)
{
	SL_AUTO_SECRET plain = { NULL, 0 };
	struct sl_client_row client;
	bool found = false;
	sl_status st =
		sl_client_get(pg, provider, cli->arena, &client, &found, err);
	const struct sl_seal_binding binding = {
		.user_id = "",
		.owner_id = client.id,
		.purpose = SL_CLIENT_SECRET_PURPOSE,
	};

	if (st != SL_OK || !found)
		return st;
	return sl_unseal(ring, &binding, &client.secret, &plain, err);
}

int
sl_env_check_keys(struct sl_cli *cli, struct sl_pg *pg,
		  const struct sl_keyring *ring)
{
	const struct sl_provider *provider;
	struct sl_error err;

	for (size_t i = 0; (provider = sl_registry_provider(i)) != NULL; i++)
		if (open_client(cli, pg, ring, provider->name, &err) != SL_OK)
			return sl_cli_fail(cli, SL_EXIT_ENVIRONMENT, &err);
	return SL_EXIT_OK;
}

int
sl_env_http(struct sl_cli *cli, int connections, struct sl_http **out)
{
	const struct sl_http_config config = {
		.clock = cli->clock,
		/* Google compresses for those alone who name gzip here */
		.user_agent = "sluice/" SL_VERSION " (gzip)",
		.ca_file = variable("SLUICE_CA_FILE"),
		.proxy = variable("SLUICE_PROXY"),
		.max_connections = connections,
	};
	struct sl_error err;

	if (sl_http_new(&config, out, &err) != SL_OK)
		return sl_cli_fail(cli, SL_EXIT_ENVIRONMENT, &err);
	return SL_EXIT_OK;
}

int
sl_env_quota(struct sl_cli *cli, bool *on)
{
	const char *value = variable("SLUICE_QUOTA");

	if (value == NULL || strcmp(value, "on") == 0)
		*on = true;
	else if (strcmp(value, "off") == 0)
		*on = false;
	else
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "SLUICE_QUOTA is %s: use on or off",
				       value);
	return SL_EXIT_OK;
}

static int
set_up_log(struct sl_cli *cli, const char *text)
{
	const char *format = variable("SLUICE_LOG_FORMAT");
	sl_log_level level;

	if (format != NULL && strcmp(format, "text") != 0 &&
	    strcmp(format, "json") != 0)
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "SLUICE_LOG_FORMAT is %s: use text or "
				       "json",
				       format);
	if (text == NULL)
		return SL_EXIT_OK;
	if (!sl_log_level_parse(text, &level))
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "log level %s: use error, warn, info or "
				       "debug",
				       text);
	cli->log = sl_log_new(cli->err, level,
			      format != NULL && strcmp(format, "json") == 0,
			      cli->clock);
	return SL_EXIT_OK;
}

int
sl_env_log(struct sl_cli *cli)
{
	return set_up_log(cli, sl_env_value(cli, SL_FLAG_LOG_LEVEL));
}

int
sl_env_log_daemon(struct sl_cli *cli)
{
	return cli->log == NULL ? set_up_log(cli, "info") : SL_EXIT_OK;
}

const char *
sl_env_endpoint(void *ctx, const struct sl_provider *provider, const char *name)
{
	(void)ctx;
	for (const struct sl_endpoint *e = provider->endpoints; e->name != NULL;
	     e++) {
		const char *override;

		if (strcmp(e->name, name) != 0)
			continue;
		override = variable(e->variable);
		return override != NULL ? override : e->url;
	}
	return NULL;
}

const char *
sl_env_setup(struct sl_cli *cli, const struct sl_provider *provider)
{
	return sl_arena_printf(cli->arena, "sluice setup %s %s", provider->name,
			       provider->read_client_file != NULL
				       ? "--client-file FILE"
				       : "--client-id ID "
					 "--client-secret-file FILE");
}

static int
check_provider(struct sl_cli *cli, const struct sl_provider *provider)
{
	for (const struct sl_endpoint *e = provider->endpoints; e->name != NULL;
	     e++) {
		const char *url = variable(e->variable);
		struct sl_error err;

		if (url != NULL &&
		    sl_url_check_endpoint(e->variable, url, &err) != SL_OK)
			return sl_cli_fail(cli, SL_EXIT_USAGE, &err);
	}
	return SL_EXIT_OK;
}

int
sl_env_check_endpoints(struct sl_cli *cli)
{
	const struct sl_provider *provider;
	int status = SL_EXIT_OK;

	for (size_t i = 0; status == SL_EXIT_OK &&
			   (provider = sl_registry_provider(i)) != NULL;
	     i++)
		status = check_provider(cli, provider);
	return status;
}

int
sl_env_user(struct sl_cli *cli, struct sl_pg *pg, char id[SL_UUID_TEXT],
	    bool *given)
{
	const char *who = cli->flags[SL_FLAG_USER];
	struct sl_user user;
	struct sl_error err;

	*given = who != NULL;
	if (who == NULL)
		return SL_EXIT_OK;
	if (!sl_is_uuid(who) && strchr(who, '@') == NULL)
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "--user %s: neither a uuid nor an "
				       "e-mail address",
				       who);
	if (!sl_utf8_valid(who, strlen(who)))
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "--user is not valid UTF-8");
	if (sl_user_find(pg, who, cli->arena, &user, &err) != SL_OK)
		return sl_cli_fail(cli, sl_env_exit(&err), &err);
	memcpy(id, user.id, SL_UUID_TEXT);
	return SL_EXIT_OK;
}

static const char *
known_connectors(struct sl_cli *cli)
{
	const char *all = "";

	for (const struct sl_connector *const *c = sl_registry; *c != NULL; c++)
		all = sl_arena_printf(cli->arena, "%s%s%s", all,
				      *all == '\0' ? "" : ", ", (*c)->name);
	return all;
}

static const struct sl_connector *
find_connector(const char *name)
{
	for (const struct sl_connector *const *c = sl_registry; *c != NULL; c++)
		if (strcmp((*c)->name, name) == 0)
			return *c;
	return NULL;
}

int
sl_env_connector(struct sl_cli *cli, const char *name,
		 const struct sl_connector **out)
{
	*out = find_connector(name);
	if (*out != NULL)
		return SL_EXIT_OK;
	return sl_cli_complain(cli, SL_EXIT_USAGE,
			       "unknown provider %s: this build knows %s", name,
			       known_connectors(cli));
}

static const struct sl_provider *
find_provider(const char *name)
{
	const struct sl_provider *provider;

	for (size_t i = 0; (provider = sl_registry_provider(i)) != NULL; i++)
		if (strcmp(provider->name, name) == 0)
			return provider;
	return NULL;
}

static const char *
known_providers(struct sl_cli *cli)
{
	const struct sl_provider *provider;
	const char *all = "";

	for (size_t i = 0; (provider = sl_registry_provider(i)) != NULL; i++)
		all = sl_arena_printf(cli->arena, "%s%s%s", all,
				      i == 0 ? "" : ", ", provider->name);
	return all;
}

int
sl_env_provider(struct sl_cli *cli, const char *name,
		const struct sl_provider **out)
{
	*out = find_provider(name);
	if (*out != NULL)
		return SL_EXIT_OK;
	return sl_cli_complain(cli, SL_EXIT_USAGE,
			       "unknown provider %s: this build knows %s", name,
			       known_providers(cli));
}

int
sl_env_connectors(struct sl_cli *cli, const char *name,
		  const struct sl_provider **provider,
		  const struct sl_connector *const **out)
{
	const struct sl_connector *one = find_connector(name);
	const struct sl_connector **list;
	size_t most = 0, n = 0;

	while (sl_registry[most] != NULL)
		most++;
	list = SL_NEW_ARRAY(cli->arena, most + 2, const struct sl_connector *);
	if (one != NULL)
		list[n++] = one;
	for (size_t i = 0; one == NULL && i < most; i++)
		if (strcmp(sl_registry[i]->provider->name, name) == 0)
			list[n++] = sl_registry[i];
	*out = list;
	*provider = n > 0 ? list[0]->provider : find_provider(name);
	if (*provider != NULL)
		return SL_EXIT_OK;
	return sl_cli_complain(cli, SL_EXIT_USAGE,
			       "unknown provider %s: this build knows %s, and "
			       "of them %s",
			       name, known_providers(cli),
			       known_connectors(cli));
}

bool
sl_env_reads(const char *connector)
{
	return find_connector(connector) != NULL;
}

int
sl_env_provider_filter(struct sl_cli *cli, const char **out)
{
	const struct sl_connector *connector = NULL;
	const char *name = cli->flags[SL_FLAG_PROVIDER];
	int status = SL_EXIT_OK;

	if (name != NULL)
		status = sl_env_connector(cli, name, &connector);
	*out = connector == NULL ? NULL : connector->name;
	return status;
}

const char *
sl_env_title(const char *provider)
{
	for (const struct sl_connector *const *c = sl_registry; *c != NULL;
	     c++) {
		if (strcmp((*c)->name, provider) == 0)
			return (*c)->title;
	}
	return provider;
}

int
sl_env_limit(struct sl_cli *cli, int64_t *limit)
{
	const char *text = cli->flags[SL_FLAG_LIMIT];

	*limit = LIMIT_DEFAULT;
	if (text == NULL)
		return SL_EXIT_OK;
	if (!sl_parse_i64(text, limit) || *limit < 1 || *limit > LIMIT_MAX)
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "--limit %s: a number from 1 to %d",
				       text, LIMIT_MAX);
	return SL_EXIT_OK;
}
