/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that can be found wrong without asking a provider. Each finding
 * is one line: ok, warn or fail, what was looked at, and what to do.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/net/url.h"

#include "cli/commands.h"
#include "cli/env.h"
#include "cli/format.h"
#include "cli/output.h"
#include "connectors/registry.h"
#include "state/clients.h"
#include "state/migrate.h"
#include "state/report.h"
#include "state/revocations.h"

/** Clocks further apart than this make tokens look fresh or stale. */
#define SKEW_MAX_US (INT64_C(5) * SL_US_PER_S)

#define TEXT_SHOWN    400
#define WAITING_SHOWN 1000

enum finding { FINDING_OK, FINDING_WARN, FINDING_FAIL };

struct exam {
	struct sl_cli *cli;
	struct sl_pg *pg;
	struct sl_keyring *ring;
	bool schema_ready;
	size_t clients;
	enum finding worst;
};

static const char *const words[] = {
	[FINDING_OK] = "ok",
	[FINDING_WARN] = "warn",
	[FINDING_FAIL] = "fail",
};

static void
say(struct exam *exam, enum finding finding, const char *what,
    const char *detail)
{
	struct sl_cli *cli = exam->cli;
	const char *text = sl_format_clean(cli->arena, detail, TEXT_SHOWN);

	if (finding > exam->worst)
		exam->worst = finding;
	if (sl_cli_has(cli, SL_FLAG_JSON)) {
		json_t *object = json_object();

		sl_json_put(object, "finding", words[finding]);
		sl_json_put(object, "what", what);
		sl_json_put(object, "detail", text);
		sl_out_json(cli, object);
		return;
	}
	fprintf(cli->out, "%-4s  %-12s  %s\n", words[finding], what, text);
}

static void
check_keys(struct exam *exam)
{
	const char *path = sl_env_value(exam->cli, SL_FLAG_KEY_FILE);
	struct sl_error err;

	if (path == NULL)
		say(exam, FINDING_FAIL, "key file",
		    "SLUICE_KEY_FILE is not set: make a key with `sluice keys "
		    "generate`");
	else if (sl_keyring_load(path, &exam->ring, &err) != SL_OK)
		say(exam, FINDING_FAIL, "key file", err.text);
	else
		say(exam, FINDING_OK, "key file",
		    sl_arena_printf(exam->cli->arena, "%s: %s, current %s",
				    path,
				    sl_format_plural(exam->cli->arena,
						     (int64_t)sl_keyring_count(
							     exam->ring),
						     "key"),
				    sl_keyring_current(exam->ring)));
}

static void
check_skew(struct exam *exam, int64_t server_us)
{
	int64_t skew = sl_now_us(exam->cli->clock) - server_us;

	if (skew > SKEW_MAX_US || skew < -SKEW_MAX_US)
		say(exam, FINDING_WARN, "clock",
		    sl_arena_printf(
			    exam->cli->arena,
			    "this host and the database differ by %s: "
			    "run a time service on both",
			    sl_format_duration(exam->cli->arena,
					       skew < 0 ? -skew : skew)));
	else
		say(exam, FINDING_OK, "clock", "host and database agree");
}

static void
check_roles(struct exam *exam, const struct sl_server_info *info)
{
	if (!info->gateway_exists || !info->operator_exists)
		say(exam, FINDING_FAIL, "roles",
		    "sluice_gateway and sluice_operator do not exist: run "
		    "`sluice migrate`");
	else if (!info->gateway_member || !info->operator_member)
		say(exam, FINDING_FAIL, "roles",
		    sl_arena_printf(exam->cli->arena,
				    "run as the database's owner: GRANT "
				    "sluice_gateway, sluice_operator TO %s",
				    info->login));
	else if (info->bypasses_rls)
		say(exam, FINDING_WARN, "roles",
		    sl_arena_printf(exam->cli->arena,
				    "%s could bypass row security: use a login "
				    "without that power for everything but "
				    "migrate",
				    info->login));
	else
		say(exam, FINDING_OK, "roles",
		    sl_arena_printf(exam->cli->arena,
				    "%s may act as gateway and operator",
				    info->login));
}

static void
check_server(struct exam *exam)
{
	struct sl_arena *arena = exam->cli->arena;
	struct sl_server_info info;
	struct sl_error err;

	if (sl_report_server(exam->pg, arena, &info, &err) != SL_OK) {
		say(exam, FINDING_FAIL, "database", err.text);
		return;
	}
	say(exam, info.read_only ? FINDING_FAIL : FINDING_OK, "database",
	    sl_arena_printf(arena, "PostgreSQL %s, database %s%s%s",
			    info.version, info.database,
			    info.supabase ? ", Supabase" : "",
			    info.read_only ? ", read-only: connect to the "
					     "primary"
					   : ""));
	if (strcmp(info.encoding, "UTF8") != 0)
		say(exam, FINDING_FAIL, "encoding",
		    sl_arena_printf(arena, "%s: the database must be UTF8",
				    info.encoding));
	check_roles(exam, &info);
	check_skew(exam, info.now_us);
}

static void
check_schema(struct exam *exam)
{
	struct sl_error err;
	size_t pending = 0;

	if (sl_migrate_check(exam->pg, &pending, &err) != SL_OK) {
		say(exam, FINDING_FAIL, "schema", err.text);
	} else if (pending > 0) {
		say(exam, FINDING_FAIL, "schema",
		    sl_arena_printf(exam->cli->arena,
				    "%s pending: run `sluice migrate`",
				    sl_format_plural(exam->cli->arena,
						     (int64_t)pending,
						     "migration")));
	} else {
		say(exam, FINDING_OK, "schema", "up to date");
		exam->schema_ready = true;
	}
}

static void
check_database(struct exam *exam)
{
	struct sl_error err;

	if (sl_pg_connect(sl_env_value(exam->cli, SL_FLAG_DATABASE_URL),
			  &exam->pg, &err) != SL_OK) {
		say(exam, FINDING_FAIL, "database", err.text);
		return;
	}
	check_server(exam);
	check_schema(exam);
}

/* Does the ring hold the key that sealed the client's secret? */
static void
check_secret(struct exam *exam, const struct sl_client_row *client)
{
	const struct sl_seal_binding binding = {
		.user_id = "",
		.owner_id = client->id,
		.purpose = SL_CLIENT_SECRET_PURPOSE,
	};
	SL_AUTO_SECRET plain = { NULL, 0 };
	struct sl_error err;

	if (exam->ring == NULL)
		return;
	if (sl_unseal(exam->ring, &binding, &client->secret, &plain, &err) !=
	    SL_OK)
		say(exam, FINDING_FAIL, client->provider,
		    sl_arena_printf(exam->cli->arena,
				    "the client's secret does not open: %s",
				    err.text));
	else
		say(exam, FINDING_OK, client->provider,
		    sl_arena_printf(exam->cli->arena, "OAuth client %s (%s)",
				    client->client_id, client->kind));
}

static void
check_client(struct exam *exam, const struct sl_provider *provider)
{
	struct sl_client_row client;
	struct sl_error err;
	bool found = false;

	if (!exam->schema_ready)
		return;
	if (sl_client_get(exam->pg, provider->name, exam->cli->arena, &client,
			  &found, &err) != SL_OK)
		say(exam, FINDING_FAIL, provider->name, err.text);
	else if (!found)
		say(exam, FINDING_OK, provider->name,
		    sl_arena_printf(exam->cli->arena, "no OAuth client (%s)",
				    sl_env_setup(exam->cli, provider)));
	else
		check_secret(exam, &client);
	exam->clients += found;
}

static void
check_endpoints(struct exam *exam, const struct sl_provider *provider)
{
	for (const struct sl_endpoint *e = provider->endpoints; e->name != NULL;
	     e++) {
		const char *url = sl_env_endpoint(NULL, provider, e->name);
		struct sl_error err;

		if (strcmp(url, e->url) == 0)
			continue;
		if (sl_url_check_endpoint(e->variable, url, &err) != SL_OK)
			say(exam, FINDING_FAIL, "endpoint", err.text);
		else
			say(exam, FINDING_WARN, "endpoint",
			    sl_arena_printf(exam->cli->arena,
					    "%s overrides %s: for tests and "
					    "private proxies only",
					    e->variable, e->url));
	}
}

static void
check_providers(struct exam *exam)
{
	const struct sl_provider *provider;

	for (size_t i = 0; (provider = sl_registry_provider(i)) != NULL; i++) {
		check_client(exam, provider);
		check_endpoints(exam, provider);
	}
	if (exam->schema_ready && exam->clients == 0)
		say(exam, FINDING_WARN, "clients",
		    "no OAuth client is set up: no account can be connected");
}

/* What is left of people who have gone. */
static void
check_revocations(struct exam *exam)
{
	const struct sl_revocation_filter all = { .now = true,
						  .limit = WAITING_SHOWN + 1 };
	struct sl_arena *arena = exam->cli->arena;
	struct sl_revocation *list;
	struct sl_error err;
	size_t count;

	if (!exam->schema_ready)
		return;
	if (sl_revocations_due(exam->pg, &all, arena, &list, &count, &err) !=
	    SL_OK)
		say(exam, FINDING_FAIL, "revocations", err.text);
	else if (count == 0)
		say(exam, FINDING_OK, "revocations", "no token waits for one");
	else
		say(exam, FINDING_WARN, "revocations",
		    sl_arena_printf(
			    arena,
			    "%s%s still to be revoked where the provider did "
			    "not answer: `sluice sync --due` tries again",
			    count > WAITING_SHOWN ? "more than " : "",
			    sl_format_plural(arena,
					     count > WAITING_SHOWN
						     ? WAITING_SHOWN
						     : (int64_t)count,
					     "token")));
}

static void
check_network(struct exam *exam)
{
	const char *ca_file = getenv("SLUICE_CA_FILE");
	const struct sl_http_config config = {
		.clock = exam->cli->clock,
		.user_agent = "sluice",
		.ca_file = ca_file != NULL && *ca_file != '\0' ? ca_file : NULL,
	};
	const char *quota = getenv("SLUICE_QUOTA");
	struct sl_http *http = NULL;
	struct sl_error err;

	if (sl_http_new(&config, &http, &err) != SL_OK)
		say(exam, FINDING_FAIL, "https", err.text);
	else if (config.ca_file != NULL)
		say(exam, FINDING_WARN, "https",
		    sl_arena_printf(exam->cli->arena,
				    "SLUICE_CA_FILE: authorities of %s are "
				    "trusted, the system's are not",
				    config.ca_file));
	else
		say(exam, FINDING_OK, "https", "the client starts, with TLS");
	sl_http_free(&http);
	if (quota != NULL && strcmp(quota, "off") == 0)
		say(exam, FINDING_WARN, "quota",
		    "SLUICE_QUOTA=off: requests are not paced; providers will "
		    "refuse some");
}

int
sl_cmd_doctor(struct sl_cli *cli)
{
	struct exam exam = { .cli = cli };

	check_keys(&exam);
	check_database(&exam);
	check_network(&exam);
	check_providers(&exam);
	check_revocations(&exam);
	sl_pg_free(&exam.pg);
	sl_keyring_free(&exam.ring);
	return exam.worst == FINDING_FAIL ? SL_EXIT_ENVIRONMENT : SL_EXIT_OK;
}
