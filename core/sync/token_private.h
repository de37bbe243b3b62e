/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The access token of a run: where it is, how another is got, and what is told
 * when there will be none. (L): guarded by the engine's mutex.
 */
#ifndef SL_SYNC_TOKEN_PRIVATE_H
#define SL_SYNC_TOKEN_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/auth/seal.h"
#include "core/net/transport.h"

struct sl_engine;
struct sl_form;
struct sl_run;
struct sl_worker;

enum sl_token_state {
	SL_TOKEN_NONE,
	SL_TOKEN_WANTED, /* the run's step sees to it, at refresh.due_us */
	SL_TOKEN_FLYING, /* the refresh request is under way       */
	SL_TOKEN_LANDED, /* its answer waits for the run's step    */
	SL_TOKEN_READY,
	SL_TOKEN_FAILED, /* run->fatal says why                    */
};

/** Getting a new access token; the run's step's, but while it is wanted for
 *  the first time (L). */
struct sl_refresh {
	struct sl_exchange x;
	struct sl_form *form;
	struct sl_arena *arena;
	int64_t due_us;     /* monotonic; of the next look at the lease  */
	int64_t wait_us;    /* the last pause before another look        */
	int64_t give_up_us; /* monotonic; waiting for others ends      */
	int attempts;       /* requests sent, in a row                 */
	bool leased;        /* the grant's refresh lease is ours       */
	bool taken;         /* the last answer held tokens             */
};

/* engine_token.c */
/** A token to use now, with a reference; NULL: wait (a refresh is wanted) or
 *  the run has failed. */
struct sl_token *sl_token_get(struct sl_run *run);
void sl_token_unref(struct sl_engine *e, struct sl_token **token);
void sl_token_unref_locked(struct sl_token **token);
/** This token was refused: the next get refreshes. */
void sl_token_refused(struct sl_run *run, const struct sl_token *token);
void sl_token_begin(struct sl_run *run); /* from the grant, at claim */
void sl_token_release(struct sl_run *run);
/** One reference; issued_us SL_NO_TIME = not known. */
struct sl_token *sl_token_new(const struct sl_secret *secret, int64_t issued_us,
			      int64_t expires_us);
/** The grant's access token, if it is there and lasts; else NULL, with
 *  err->status SL_OK when nothing is wrong. */
struct sl_token *sl_token_open_stored(struct sl_run *run, struct sl_error *err);
struct sl_seal_binding sl_token_binding(const struct sl_run *run,
					const char *purpose);

/* engine_consent.c */
/** Fill `err`, SL_REAUTH: the account's grant is dead, in words. */
void sl_run_must_connect(const struct sl_run *run, struct sl_error *err);
/** The grant was refused for good: book it, and tell once of each account
 *  that stops by it. `cause` is put into a person's words. */
void sl_run_grant_died(struct sl_worker *worker, struct sl_run *run,
		       struct sl_error *cause);
/** Tell that the run's own account needs a person now. */
void sl_run_tell_stop(struct sl_run *run);
/** In the log, once a day, from SL_END_WARN_US ahead. */
void sl_run_warn_of_end(struct sl_worker *worker, struct sl_run *run);

/* engine_refresh.c */
/** A new access token is wanted: the run's step sees to it. Locked. */
void sl_refresh_want_locked(struct sl_run *run);
/** What there is to be done about it now. */
void sl_refresh_step(struct sl_worker *worker, struct sl_run *run);
/** When it wants to be looked at; INT64_MAX: it does not. */
int64_t sl_refresh_due_us(struct sl_run *run);
/** Does the run wait for an answer, which must be stored? */
bool sl_refresh_is_open(struct sl_run *run);
/** The run is over: what it still holds. */
void sl_refresh_end(struct sl_worker *worker, struct sl_run *run);

#endif
