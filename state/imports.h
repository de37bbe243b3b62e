/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which of a user's accounts an import belongs to; one is made when there is
 * none. Until somebody connects it, such an account has the status `archive`:
 * it is never synced.
 */
#ifndef SL_STATE_IMPORTS_H
#define SL_STATE_IMPORTS_H

#include "core/base/arena.h"
#include "core/base/error.h"

#include "core/sync/account.h"

#include "state/pg.h"

/** What begins the subject of an account that was never connected. */
#define SL_ARCHIVE_SUBJECT "archive:"

struct sl_import_wish {
	const char *user_id;
	const char *connector;
	const char *account; /* as asked for: its address or subject; NULL */
	const char *name;    /* of a new one, unless that was asked for    */
	int64_t interval_s;  /* likewise                                   */
};

struct sl_import_account {
	struct sl_target target; /* `consent` is NULL                      */
	bool left_open;          /* a run of it works, or has been killed  */
};

/**
 * The user's accounts of the connector that fit, the connected ones first;
 * disconnected ones are among them.
 *
 * out		on the arena, `count` of them
 */
sl_status sl_import_accounts(struct sl_pg *pg,
			     const struct sl_import_wish *wish,
			     struct sl_arena *arena,
			     struct sl_import_account **out, size_t *count,
			     struct sl_error *err) SL_NODISCARD;

/** A new one of status `archive`, or the one of that name, which somebody else
 *  has made meanwhile. */
sl_status sl_import_open_account(struct sl_pg *pg,
				 const struct sl_import_wish *wish,
				 struct sl_arena *arena,
				 struct sl_import_account *out,
				 struct sl_error *err) SL_NODISCARD;

#endif
