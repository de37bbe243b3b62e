/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/upkeep.h"

#include "core/net/http.h"

#include "cli/env.h"
#include "cli/revoke.h"
#include "state/retention.h"

/** Of one call: cron comes again. */
#define REVOKED_MAX  20
#define RETAINED_MAX 20000

static const struct sl_revocation_filter due = { .limit = REVOKED_MAX };

/* HTTP starts a thread: only if there is something to say. */
static sl_status
revoke_due(struct sl_cli *cli, struct sl_pg *pg, const struct sl_keyring *ring,
	   struct sl_error *err)
{
	struct sl_revocation *list = NULL;
	struct sl_http *http = NULL;
	struct sl_revoked revoked;
	size_t count = 0;
	sl_status st =
		sl_revocations_due(pg, &due, cli->arena, &list, &count, err);

	if (st != SL_OK || count == 0 || sl_env_http(cli, &http) != SL_EXIT_OK)
		return st;
	st = sl_revoke(
		&(struct sl_revoker){ .cli = cli,
				      .pg = pg,
				      .ring = ring,
				      .transport = sl_http_transport(http) },
		&due, &revoked, err);
	sl_http_free(&http);
	return st;
}

static sl_status
retain(struct sl_cli *cli, struct sl_pg *pg, struct sl_error *err)
{
	struct sl_retained gone;
	sl_status st = sl_retention_keep(pg, RETAINED_MAX, &gone, err);

	if (st == SL_OK &&
	    gone.logs + gone.filtered + gone.raw + gone.seen + gone.tombstones >
		    0)
		sl_log(cli->log, SL_LOG_INFO, "retention",
		       (struct sl_field[]){
			       SL_F_NUM("logs", gone.logs),
			       SL_F_NUM("filtered", gone.filtered),
			       SL_F_NUM("raw", gone.raw),
			       SL_F_NUM("seen", gone.seen),
			       SL_F_NUM("tombstones", gone.tombstones),
			       SL_F_END });
	return st;
}

int
sl_upkeep(struct sl_cli *cli, const struct sl_keyring *ring)
{
	const char *url = sl_env_value(cli, SL_FLAG_DATABASE_URL);
	struct sl_pg *pg = NULL;
	struct sl_error err;
	int status = sl_env_dial(cli, url, &pg);
	sl_status st;

	if (status != SL_EXIT_OK)
		return status;
	st = revoke_due(cli, pg, ring, &err);
	if (st == SL_OK)
		st = retain(cli, pg, &err);
	sl_pg_free(&pg);
	return st == SL_OK ? SL_EXIT_OK
			   : sl_cli_fail(cli, SL_EXIT_ENVIRONMENT, &err);
}
