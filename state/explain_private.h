/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the explain*.c files.
 */
#ifndef SL_STATE_EXPLAIN_PRIVATE_H
#define SL_STATE_EXPLAIN_PRIVATE_H

#include "core/people/policy.h"

#include "state/explain.h"

/** The JSON of column "doc", its times as RFC 3339; new reference. */
sl_status sl_explain_doc(const struct sl_rows *rows, size_t row, json_t **out,
			 struct sl_error *err) SL_NODISCARD;

/** The argument as a uuid, or NULL. */
const char *sl_explain_uuid(const struct sl_explain *x);

/** An account's settings, checked; SL_CONFIG when they make no sense. */
sl_status sl_explain_settings(const struct sl_explain *x, const char *provider,
			      const char *settings, json_t **out,
			      struct sl_error *err) SL_NODISCARD;

/** The accounts of the user, and what their settings say about contacts. */
struct sl_explain_rule {
	const char *integration_id, *provider, *account;
	struct sl_people_options options;
};

struct sl_explain_rules {
	struct sl_explain_rule *list; /* on the explanation's arena */
	size_t count;
};

/** Inside a transaction; `told` gets one object an account, or is NULL. */
sl_status sl_explain_rules(const struct sl_explain *x,
			   struct sl_explain_rules *out, json_t *told,
			   struct sl_error *err) SL_NODISCARD;

/** Those of an account; nobody becomes a contact by an unknown one. */
const struct sl_people_options *
sl_explain_options(const struct sl_explain_rules *rules,
		   const char *integration_id);

/** Null for SL_NO_TIME and infinity. */
void sl_explain_put_time(json_t *object, const char *key, int64_t us);
void sl_explain_put_decision(json_t *object,
			     const struct sl_people_decision *decision);

/* explain_mail.c */

/** "mail" of a person, if any names it, and its part in "verdict"; inside a
 *  transaction. */
sl_status sl_explain_mail_of(const struct sl_explain *x,
			     const struct sl_explain_rules *rules,
			     const char *norm, json_t *person,
			     struct sl_error *err) SL_NODISCARD;

/** "decision" of each participant of those items that are mail. */
sl_status sl_explain_messages(const struct sl_explain *x, json_t *items,
			      struct sl_error *err) SL_NODISCARD;

/* explain_ties.c */

/** "ties" of a person, if anything names it, and its verdict; inside a
 *  transaction. */
sl_status sl_explain_ties_of(const struct sl_explain *x,
			     const struct sl_explain_rules *rules,
			     const char *norm, json_t *person,
			     struct sl_error *err) SL_NODISCARD;

/** A URN of which the profile is known becomes that. */
sl_status sl_explain_linked(const struct sl_explain *x, const char **norm,
			    struct sl_error *err) SL_NODISCARD;

#endif
