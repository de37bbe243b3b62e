/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where options and environment become things: a database, a key ring, a
 * transport, a user. Each call has complained when it does not return
 * SL_EXIT_OK; the caller passes the status on.
 */
#ifndef SL_CLI_ENV_H
#define SL_CLI_ENV_H

#include "core/base/text.h"

#include "core/auth/seal.h"
#include "core/net/http.h"
#include "core/sync/connector.h"
#include "core/sync/provider.h"

#include "cli/cli.h"
#include "state/pg.h"

/** The option, else its environment variable, else NULL; never "". */
const char *sl_env_value(const struct sl_cli *cli, enum sl_flag flag);

/** The URL that migrate uses: direct, else the database's. */
const char *sl_env_direct_url(const struct sl_cli *cli);

/** Open `url`, without looking at the schema. */
int sl_env_dial(struct sl_cli *cli, const char *url, struct sl_pg **out);

/** Open the database; its schema must be this binary's. */
int sl_env_database(struct sl_cli *cli, struct sl_pg **out);

/** Is the schema this binary's? Complains if not. */
int sl_env_check_schema(struct sl_cli *cli, struct sl_pg *pg);

int sl_env_keys(struct sl_cli *cli, struct sl_keyring **out);

/** Do the secrets of the active clients open? A row that was changed is found
 *  before any run begins, so that no account is blamed for it. */
int sl_env_check_keys(struct sl_cli *cli, struct sl_pg *pg,
		      const struct sl_keyring *ring);

/** Client for requests to providers; connections of one host: 0 = as many as
 *  a person needs. */
int sl_env_http(struct sl_cli *cli, int connections, struct sl_http **out);

/** SLUICE_QUOTA: `*on` unless it is off. */
int sl_env_quota(struct sl_cli *cli, bool *on);

/** Set up cli->log from --log-level and SLUICE_LOG_FORMAT. */
int sl_env_log(struct sl_cli *cli);

/** The same for a daemon, which logs by default. */
int sl_env_log_daemon(struct sl_cli *cli);

/** A provider's URL, override applied; the engine's callback, ctx unused. */
const char *sl_env_endpoint(void *ctx, const struct sl_provider *provider,
			    const char *name);

/** The command that sets a provider's client up, for people. */
const char *sl_env_setup(struct sl_cli *cli,
			 const struct sl_provider *provider);

/** Are all overridden endpoints usable URLs? */
int sl_env_check_endpoints(struct sl_cli *cli);

/** --user as an id. `*given` false and SL_EXIT_OK when it is not given. */
int sl_env_user(struct sl_cli *cli, struct sl_pg *pg, char id[SL_UUID_TEXT],
		bool *given);

/** A connector's title; its name when this build has none. */
const char *sl_env_title(const char *provider);

/** Connector of that name; complains, naming the known ones, if none. */
int sl_env_connector(struct sl_cli *cli, const char *name,
		     const struct sl_connector **out);

/** The connector of that name, or all of the provider of that name (which may
 *  have none yet); on the arena, NULL-ended. Complains. */
int sl_env_connectors(struct sl_cli *cli, const char *name,
		      const struct sl_provider **provider,
		      const struct sl_connector *const **out);

/** The provider of that name; complains, naming the known ones, if none. */
int sl_env_provider(struct sl_cli *cli, const char *name,
		    const struct sl_provider **out);

/** Can this build read what a connector of this name reads? */
bool sl_env_reads(const char *connector);

/** --provider, checked; NULL when not given. */
int sl_env_provider_filter(struct sl_cli *cli, const char **out);

/** --limit, checked; 20 when not given. */
int sl_env_limit(struct sl_cli *cli, int64_t *limit);

/** A length of time; `*us` stays when it is not given. */
int sl_env_duration(struct sl_cli *cli, enum sl_flag flag, int64_t *us);

/** Exit status for an error that the database gave. */
enum sl_exit sl_env_exit(const struct sl_error *err);

#endif
