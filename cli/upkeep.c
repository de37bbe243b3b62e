/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/upkeep.h"

#include "core/net/http.h"

#include "cli/env.h"
#include "cli/revoke.h"
#include "state/retention.h"

/** Of one call: there will be another. */
#define REVOKED_MAX  20
#define RETAINED_MAX 20000

typedef sl_status (*chore)(const struct sl_upkeep *u, struct sl_error *err);

static bool
ends(const struct sl_upkeep *u)
{
	return u->stop && atomic_load(u->stop);
}

/* One at a time: whoever stops us waits for one request. */
static sl_status
revoke_some(const struct sl_upkeep *u, struct sl_http *http,
	    struct sl_error *err)
{
	static const struct sl_revocation_filter one = { .limit = 1 };
	const struct sl_revoker revoker = { .cli = u->cli,
					    .pg = u->pg,
					    .ring = u->ring,
					    .transport =
						    sl_http_transport(http) };
	struct sl_revoked revoked = { .done = 1 };
	sl_status s = SL_OK;

	for (int i = 0; s == SL_OK && i < REVOKED_MAX && !ends(u) &&
			revoked.done + revoked.failed > 0;
	     i++)
		s = sl_revoke(&revoker, &one, &revoked, err);
	return s;
}

/* HTTP starts a thread: only if there is something to say. */
static sl_status
revoke_due(const struct sl_upkeep *u, struct sl_error *err)
{
	static const struct sl_revocation_filter one = { .limit = 1 };
	struct sl_revocation *list = NULL;
	struct sl_http *http = NULL;
	size_t count = 0;
	sl_status s = sl_revocations_due(u->pg, &one, u->cli->arena, &list,
					 &count, err);

	if (s != SL_OK || count == 0 ||
	    sl_env_http(u->cli, 0, &http) != SL_EXIT_OK)
		return s;
	s = revoke_some(u, http, err);
	sl_http_free(&http);
	return s;
}

static sl_status
retain(const struct sl_upkeep *u, struct sl_error *err)
{
	struct sl_retained gone;
	sl_status s = sl_retention_keep(u->pg, RETAINED_MAX, &gone, err);

	if (s == SL_OK &&
	    gone.logs + gone.filtered + gone.raw + gone.seen + gone.tombstones >
		    0)
		sl_log(u->cli->log, SL_LOG_INFO, "retention",
		       (struct sl_field[]){
			       SL_F_NUM("logs", gone.logs),
			       SL_F_NUM("filtered", gone.filtered),
			       SL_F_NUM("raw", gone.raw),
			       SL_F_NUM("seen", gone.seen),
			       SL_F_NUM("tombstones", gone.tombstones),
			       SL_F_END });
	return s;
}

static const chore chores[] = { revoke_due, retain };

sl_status
sl_upkeep(const struct sl_upkeep *u, struct sl_error *err)
{
	sl_status s = SL_OK;

	for (size_t i = 0; s == SL_OK && i < SL_ARRAY_LEN(chores) && !ends(u);
	     i++)
		s = chores[i](u, err);
	return s;
}
