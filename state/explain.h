/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `explain` answers: everything stored about one id or one person, of
 * one user, as JSON. Read-only, under the identity of that user, so that row
 * level security shows nothing of anybody else. Contents are never among it.
 *
 * The JSON is what `sluice explain --json` prints: see docs/operations.md.
 * Times are RFC 3339 in UTC, in members whose names end in "_at".
 */
#ifndef SL_STATE_EXPLAIN_H
#define SL_STATE_EXPLAIN_H

#include <jansson.h>
#include <stdbool.h>

#include "core/base/arena.h"
#include "core/base/error.h"

#include "core/sync/connector.h"

#include "state/pg.h"

/** Artifacts that one answer tells about; it says how many there are. */
#define SL_EXPLAIN_ITEMS_MAX 50

/** Longest id that is stored as it is, bytes; a longer one across items is
 *  stored, and asked for, as "sha256:" and its hash. */
#define SL_EXPLAIN_ARGUMENT_MAX SL_EXTERNAL_UID_MAX

struct sl_explain {
	struct sl_pg *pg;
	const char *user_id;
	const char *argument; /* id or address, valid UTF-8, not "" */
	const struct sl_connector *const *registry; /* NULL-ended */
	struct sl_arena *arena;
};

/**
 * Things under that id: {"items": [...], "items_total": n, "ledger": [...],
 * "streams": [...]}, with empty arrays where there is nothing. Participants of
 * mail have "decision": what the contact policy says of them by that message.
 *
 * out		new reference
 */
sl_status sl_explain_things(const struct sl_explain *x, json_t **out,
			    struct sl_error *err) SL_NODISCARD;

/**
 * People behind that address, profile URL, URN or contact id: an array, empty
 * when there is none of the user's.
 *
 * Each has "contact" (the row, or null), and "verdict": what the contact
 * policy says of the stored evidence, whether there is a row or not. "mail" is
 * there when mail names the address: how much went each way ("to": the user
 * wrote to it, "from", "named"), the newest, and how often each reason applied;
 * "partial" says that there is too much of it to be looked through. "ties" is
 * there when connections or messages of a network name a profile or URN: how
 * many "items", how many were looked at, and how often each reason applied. A
 * URN is answered for the profile that it is known to be.
 */
sl_status sl_explain_people(const struct sl_explain *x, json_t **out,
			    struct sl_error *err) SL_NODISCARD;

/** The user's accounts with their settings: where something was looked for. */
sl_status sl_explain_accounts(const struct sl_explain *x, json_t **out,
			      struct sl_error *err) SL_NODISCARD;

#endif
