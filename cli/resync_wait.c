/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/resync_wait.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "cli/env.h"
#include "cli/format.h"

#define LOOK_MS       500
#define ACCOUNT_SHOWN 60
#define FAILURE_SHOWN 300

struct waiting {
	struct sl_cli *cli;
	struct sl_pg *pg;
	const char *user_id;
	struct sl_arena *arena; /* of one look */
	int status;
	bool terminal;
	const struct sl_resync_account
		*shown; /* in the last line of progress */
	int64_t walked, walking;
};

const char *
sl_resync_name(struct sl_cli *cli, const struct sl_resync_account *account)
{
	return sl_arena_printf(
		cli->arena, "%s of %s", sl_env_title(account->connector),
		sl_format_clean(cli->arena, account->account, ACCOUNT_SHOWN));
}

/* NULL: a user who is deleted has nobody who could help. */
static const char *
remedy(struct sl_cli *cli, const char *user_id,
       const struct sl_resync_account *account, const char *reason)
{
	if (strcmp(reason, "needs_reauth") == 0)
		return sl_arena_printf(cli->arena,
				       "needs consent again: sluice connect %s "
				       "--user %s",
				       account->consent, user_id);
	if (strcmp(reason, "disconnected") == 0)
		return sl_arena_printf(cli->arena,
				       "is disconnected: sluice connect %s "
				       "--user %s",
				       account->consent, user_id);
	if (strcmp(reason, "paused") == 0 || strcmp(reason, "parked") == 0)
		return sl_arena_printf(cli->arena,
				       "is %s: sluice resume --user %s "
				       "--provider %s",
				       reason, user_id, account->connector);
	if (strcmp(reason, "archive") == 0)
		return "was read from a file: there is nothing to walk";
	return "is not synced: its user is deleted";
}

int
sl_resync_say_why(struct sl_cli *cli, const char *user_id,
		  const struct sl_resync_account *account, const char *reason)
{
	bool person = strcmp(reason, "needs_reauth") == 0 ||
		      strcmp(reason, "parked") == 0;

	return sl_cli_complain(cli, person ? SL_EXIT_FAILED : SL_EXIT_OK,
			       "%s %s", sl_resync_name(cli, account),
			       remedy(cli, user_id, account, reason));
}

static void
say_done(struct waiting *w, const struct sl_resync_account *account,
	 const struct sl_resync_state *state)
{
	FILE *out = w->cli->out;

	fprintf(out, "%s is walked in full\n", sl_resync_name(w->cli, account));
	if (state->pending_deletions > 0)
		fprintf(out,
			"%s: %s held back; sluice resync --user %s --provider "
			"%s --accept-deletions carries them out\n",
			sl_resync_name(w->cli, account),
			sl_format_plural(w->arena, state->pending_deletions,
					 "deletion"),
			w->user_id, account->connector);
	(void)fflush(out);
}

static void
show(struct waiting *w, const struct sl_resync_account *account,
     const struct sl_resync_state *state)
{
	if (!w->terminal || !state->running ||
	    (w->shown == account && w->walked == state->walked &&
	     w->walking == state->walking))
		return;
	w->shown = account;
	w->walked = state->walked;
	w->walking = state->walking;
	fprintf(w->cli->err, "%s: %s walked, %s under way\n",
		sl_resync_name(w->cli, account),
		sl_format_plural(w->arena, state->walked, "stream"),
		sl_format_count(w->arena, state->walking));
}

/* Why the account cannot run now, or NULL. */
static const char *
obstacle(const struct sl_resync_state *state)
{
	if (strcmp(state->status, "connected") != 0 &&
	    strcmp(state->status, "error") != 0)
		return state->status;
	return state->parked ? "parked" : NULL;
}

/* True: there is nothing more to wait for. */
static bool
is_over(struct waiting *w, const struct sl_resync_account *account,
	const struct sl_resync_state *state)
{
	if (!state->there) {
		w->status = sl_cli_complain(w->cli, SL_EXIT_FAILED,
					    "%s is gone meanwhile",
					    sl_resync_name(w->cli, account));
	} else if (state->done) {
		say_done(w, account, state);
	} else if (obstacle(state) != NULL) {
		(void)sl_resync_say_why(w->cli, w->user_id, account,
					obstacle(state));
		w->status = SL_EXIT_FAILED;
	} else if (state->failure != NULL) {
		w->status = sl_cli_complain(
			w->cli, SL_EXIT_FAILED,
			"%s: the run failed, and a later one tries again: %s",
			sl_resync_name(w->cli, account),
			sl_format_clean(w->arena, state->failure,
					FAILURE_SHOWN));
	} else {
		show(w, account, state);
		return false;
	}
	return true;
}

/* One that is over is taken out of the list, as one that was not accepted. */
static int
look(struct waiting *w, struct sl_resync_account *accounts, size_t count,
     size_t *left)
{
	*left = 0;
	for (size_t i = 0; i < count; i++) {
		struct sl_resync_state state;
		struct sl_error err;

		if (accounts[i].reason != NULL)
			continue;
		if (sl_resync_look(w->pg, w->user_id, &accounts[i], w->arena,
				   &state, &err) != SL_OK)
			return sl_cli_fail(w->cli, SL_EXIT_ENVIRONMENT, &err);
		if (is_over(w, &accounts[i], &state))
			accounts[i].reason = "over";
		else
			++*left;
	}
	return SL_EXIT_OK;
}

static int
wait_for(struct waiting *w, struct sl_resync_account *accounts, size_t count,
	 int64_t limit_us)
{
	int64_t until_us = sl_mono_us(w->cli->clock) + limit_us;

	for (;;) {
		size_t left;
		int status;

		sl_arena_reset(w->arena);
		status = look(w, accounts, count, &left);
		if (status != SL_EXIT_OK || left == 0)
			return status == SL_EXIT_OK ? w->status : status;
		if (limit_us > 0 && sl_mono_us(w->cli->clock) >= until_us)
			return sl_cli_complain(
				w->cli, SL_EXIT_FAILED,
				"%s not done in time: the request stays, "
				"sluice status says how it is",
				sl_format_plural(w->arena, (int64_t)left,
						 "account"));
		(void)poll(NULL, 0, LOOK_MS);
	}
}

int
sl_resync_wait(struct sl_cli *cli, struct sl_pg *pg, const char *user_id,
	       struct sl_resync_account *accounts, size_t count,
	       int64_t limit_us)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct waiting w = { .cli = cli,
			     .pg = pg,
			     .user_id = user_id,
			     .arena = arena,
			     .terminal = isatty(fileno(cli->err)) == 1 };

	return wait_for(&w, accounts, count, limit_us);
}
