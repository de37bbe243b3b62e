/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Users: rows of auth.users, which Supabase owns where it is there.
 */
#ifndef SL_STATE_USERS_H
#define SL_STATE_USERS_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/text.h"

#include "state/pg.h"

struct sl_user {
	char id[SL_UUID_TEXT];
	const char *email; /* or NULL */
	int64_t created_us;
	int64_t integrations; /* connected accounts; -1 = not counted */
};

/**
 * Find one by uuid or e-mail address (ASCII case ignored).
 *
 * SL_REJECTED	there is none: the text names what was looked for
 */
sl_status sl_user_find(struct sl_pg *pg, const char *who,
		       struct sl_arena *arena, struct sl_user *out,
		       struct sl_error *err) SL_NODISCARD;

/**
 * Add one on a plain PostgreSQL.
 *
 * SL_REJECTED	the address is none, or a user has it already
 * SL_CONFIG	users belong to somebody else here (Supabase)
 */
sl_status sl_user_add(struct sl_pg *pg, const char *email,
		      char id[SL_UUID_TEXT], struct sl_error *err) SL_NODISCARD;

sl_status sl_user_list(struct sl_pg *pg, struct sl_arena *arena,
		       struct sl_user **out, size_t *count,
		       struct sl_error *err) SL_NODISCARD;

#endif
