/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A full resync that a person asks for, and how far it is.
 */
#ifndef SL_STATE_RESYNC_H
#define SL_STATE_RESYNC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/error.h"

#include "state/pg.h"

struct sl_resync_request {
	const char *user_id;
	const char *connector; /* NULL = all */
	bool accept_deletions; /* those that are held back, too */
};

/** What became of the request for one account. */
struct sl_resync_account {
	const char *integration_id, *connector, *account;
	const char *reason;  /* why it was not accepted: a status, "parked",
			      * "user_deleted"; NULL = it was          */
	const char *consent; /* what to connect to renew its consent   */
	int64_t number;      /* of the request                         */
	const char *run_id;  /* under way, so not for this one; or NULL */
	const char *log_id;  /* the run before that; or NULL           */
};

/** `out` on the arena; the user's accounts, by name. */
sl_status sl_resync_ask(struct sl_pg *pg,
			const struct sl_resync_request *request,
			struct sl_arena *arena, struct sl_resync_account **out,
			size_t *count, struct sl_error *err) SL_NODISCARD;

struct sl_resync_state {
	bool there;         /* false: the account is gone, nothing else holds */
	const char *status; /* of the account                       */
	bool parked;
	bool done;
	bool running;            /* for this request                */
	int64_t walked, walking; /* streams, for this request       */
	int64_t pending_deletions;
	const char *failure; /* of a run since; NULL = none failed  */
};

sl_status sl_resync_look(struct sl_pg *pg, const char *user_id,
			 const struct sl_resync_account *account,
			 struct sl_arena *arena, struct sl_resync_state *out,
			 struct sl_error *err) SL_NODISCARD;

#endif
