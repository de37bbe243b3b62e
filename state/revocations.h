/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens of grants that are gone, still to be revoked. They are sealed all the
 * time; the row goes when the provider has said that the token is dead.
 */
#ifndef SL_STATE_REVOCATIONS_H
#define SL_STATE_REVOCATIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/secret.h"
#include "core/base/text.h"

#include "state/pg.h"

struct sl_revocation {
	char id[SL_UUID_TEXT];
	char user_id[SL_UUID_TEXT];  /* the user, who may be gone */
	char grant_id[SL_UUID_TEXT]; /* likewise; the token is sealed to it */
	const char *provider;
	const char *purpose; /* of the secret              */
	int64_t attempts;    /* with the one that is made  */
	struct sl_sealed token;
	char client_row[SL_UUID_TEXT]; /* "" = the client is gone    */
	const char *client_id;
	struct sl_sealed client_secret;
};

struct sl_revocation_filter {
	const char *user_id; /* NULL = everybody                   */
	bool now;            /* also those whose time has not come */
	int64_t limit;
};

/** Those that are due; id, user_id and provider are set. */
sl_status sl_revocations_due(struct sl_pg *pg,
			     const struct sl_revocation_filter *filter,
			     struct sl_arena *arena, struct sl_revocation **out,
			     size_t *count, struct sl_error *err) SL_NODISCARD;

/**
 * Take one up: nobody else does for `for_us`. Fills the rest of it.
 *
 * taken	false: somebody else has it, or it is done
 */
sl_status sl_revocation_take(struct sl_pg *pg, struct sl_revocation *one,
			     bool now, int64_t for_us, struct sl_arena *arena,
			     bool *taken, struct sl_error *err) SL_NODISCARD;

/** It is dead: the row goes, and the audit log says so. */
sl_status sl_revocation_done(struct sl_pg *pg, const struct sl_revocation *one,
			     const char *detail, struct sl_error *err)
	SL_NODISCARD;

/** It is not: again after `wait_us`. */
sl_status sl_revocation_failed(struct sl_pg *pg,
			       const struct sl_revocation *one, const char *why,
			       int64_t wait_us, struct sl_error *err)
	SL_NODISCARD;

#endif
