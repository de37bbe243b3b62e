/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli/connect_private.h"
#include "cli/format.h"
#include "state/connections.h"

#define ACCOUNT_SHOWN 80

/** Of an account that no connector of this build reads. */
#define UNREAD_INTERVAL_S 3600

static const struct sl_account_name *
known_as(const struct sl_connect *connect)
{
	for (size_t i = 0; i < connect->account_count; i++) {
		if (strcmp(connect->accounts[i].subject,
			   connect->identity.subject) == 0)
			return &connect->accounts[i];
	}
	return NULL;
}

static const char *
account_of(const struct sl_connect *connect)
{
	const struct sl_identity *who = &connect->identity;
	const struct sl_account_name *known = known_as(connect);

	if (who->email != NULL)
		return who->email;
	return known != NULL ? known->account : who->subject;
}

static const char *
account_shown(const struct sl_connect *connect)
{
	return sl_format_clean(connect->cli->arena, account_of(connect),
			       ACCOUNT_SHOWN);
}

/* Without --account, an account beside the one there is may be a mistake in
 * the browser: whoever means it names it. */
static int
check_account(struct sl_connect *connect)
{
	struct sl_cli *cli = connect->cli;
	const char *wanted = cli->flags[SL_FLAG_ACCOUNT];
	const struct sl_identity *got = &connect->identity;

	if (wanted != NULL) {
		if (sl_ascii_iequal(wanted, got->email) ||
		    strcmp(wanted, got->subject) == 0)
			return SL_EXIT_OK;
		return sl_cli_complain(cli, SL_EXIT_FAILED,
				       "%s consented, not %s: nothing is "
				       "stored; choose the right account in "
				       "the browser",
				       account_shown(connect), wanted);
	}
	if (connect->account_count == 0 || known_as(connect) != NULL)
		return SL_EXIT_OK;
	return sl_cli_complain(cli, SL_EXIT_FAILED,
			       "%s consented, but this user's account is %s: "
			       "nothing is stored; choose that one in the "
			       "browser, or, to connect a second account, add "
			       "--account %s",
			       account_shown(connect),
			       sl_format_clean(cli->arena,
					       connect->accounts[0].account,
					       ACCOUNT_SHOWN),
			       account_shown(connect));
}

/* A person may tick some boxes and leave others. */
static void
sort_out(struct sl_connect *connect)
{
	size_t n = 0, most = 0;

	while (connect->wanted[most] != NULL)
		most++;
	connect->granted = SL_NEW_ARRAY(connect->cli->arena, most + 1,
					const struct sl_connector *);
	for (size_t i = 0; i < most; i++)
		if (*sl_consent_missing(&connect->consent, &connect->tokens,
					connect->wanted[i]) == '\0')
			connect->granted[n++] = connect->wanted[i];
}

static int
nothing_granted(struct sl_connect *connect)
{
	const char *missing = "", *titles = "";
	struct sl_arena *arena = connect->cli->arena;

	for (size_t i = 0; connect->wanted[i] != NULL; i++) {
		const struct sl_connector *c = connect->wanted[i];
		const char *between = i > 0 ? " " : "";

		missing = sl_arena_printf(arena, "%s%s%s", missing, between,
					  sl_consent_missing(&connect->consent,
							     &connect->tokens,
							     c));
		titles = sl_arena_printf(arena, "%s%s%s", titles,
					 i > 0 ? " or " : "", c->title);
	}
	return sl_cli_complain(connect->cli, SL_EXIT_FAILED,
			       "%s did not allow what %s needs "
			       "(missing: %s): nothing is stored; run "
			       "connect again and tick every box",
			       account_shown(connect), titles, missing);
}

int
sl_connect_check(struct sl_connect *connect)
{
	int status = check_account(connect);

	if (status != SL_EXIT_OK)
		return status;
	sort_out(connect);
	if (connect->granted[0] == NULL && connect->wanted[0] != NULL)
		return nothing_granted(connect);
	return SL_EXIT_OK;
}

static sl_status
seal(struct sl_connect *connect, const char *grant_id, const char *purpose,
     const struct sl_secret *plain, struct sl_sealed *out, struct sl_error *err)
{
	const struct sl_seal_binding binding = {
		.user_id = connect->user_id,
		.owner_id = grant_id,
		.purpose = purpose,
	};

	return sl_seal(connect->ring, connect->cli->rng, &binding, plain,
		       connect->cli->arena, out, err);
}

static bool
is_granted(const struct sl_connect *connect, const struct sl_connector *one)
{
	for (size_t i = 0; connect->granted[i] != NULL; i++)
		if (connect->granted[i] == one)
			return true;
	return false;
}

static void
announce_rest(struct sl_connect *connect)
{
	for (size_t i = 0; connect->wanted[i] != NULL; i++) {
		const struct sl_connector *c = connect->wanted[i];

		if (is_granted(connect, c))
			continue;
		fprintf(connect->cli->err,
			"sluice: warning: %s did not allow what %s needs "
			"(missing: %s): it is not connected; to do so: sluice "
			"connect %s --user %s\n",
			account_shown(connect), c->title,
			sl_consent_missing(&connect->consent, &connect->tokens,
					   c),
			c->name, connect->user_id);
	}
}

static void
announce_end(struct sl_connect *connect, bool renews)
{
	struct sl_cli *cli = connect->cli;
	const struct sl_tokens *tokens = &connect->tokens;
	/* Who connects and never syncs needs no warning: no refreshed_us. */
	const struct sl_consent_times times = {
		.connected_us = sl_now_us(cli->clock),
		.refreshed_us = SL_NO_TIME,
		.access_expires_us = tokens->expires_us,
		.refresh_expires_us = tokens->refresh_expires_us,
		.renewable = renews,
	};
	struct sl_end end = sl_consent_end(connect->provider->ends, &times);

	if (end.at_us == SL_NO_TIME)
		return;
	fprintf(cli->err, "sluice: warning: %s ends this consent %s; %s\n",
		connect->provider->title,
		sl_format_when(cli->arena, end.at_us, sl_now_us(cli->clock)),
		end.why);
}

static void
announce(struct sl_connect *connect, const struct sl_connected *done)
{
	struct sl_cli *cli = connect->cli;

	for (size_t i = 0; connect->granted[i] != NULL; i++)
		fprintf(cli->out, "%s %s of %s. Next: sluice sync --user %s\n",
			done[i].created ? "Connected" : "Reconnected",
			connect->granted[i]->title, account_shown(connect),
			connect->user_id);
	for (size_t i = 0; connect->granted[i] != NULL; i++)
		if (done[i].adopted)
			fprintf(cli->out,
				"What was imported of %s before is this "
				"account's now\n",
				connect->granted[i]->title);
	for (size_t i = 0; connect->granted[i] != NULL; i++)
		if (done[i].left_archive[0] != '\0')
			fprintf(cli->out,
				"What was imported of %s before is of %s and "
				"stays by itself. If that is the same person, "
				"import the archive again with --account %s\n",
				connect->granted[i]->title,
				sl_format_clean(cli->arena,
						done[i].left_archive,
						sizeof(done[i].left_archive)),
				account_shown(connect));
	if (connect->wanted[0] == NULL)
		fprintf(cli->out,
			"%s %s of %s. The account is stored; there is nothing "
			"that this build can read of it yet.\n",
			done[0].created ? "Connected" : "Reconnected",
			connect->provider->title, account_shown(connect));
	announce_rest(connect);
}

static const struct sl_connection_use *
uses_of(const struct sl_connect *connect, size_t *count)
{
	struct sl_connection_use *uses;
	size_t n = 0;

	while (connect->granted[n] != NULL)
		n++;
	uses = SL_NEW_ARRAY(connect->cli->arena, n + 2,
			    struct sl_connection_use);
	for (size_t i = 0; i < n; i++)
		uses[i] = (struct sl_connection_use){
			.connector = connect->granted[i]->name,
			.interval_s = connect->granted[i]->default_interval_s,
		};
	/* A connector to come finds its account under the provider's name. */
	if (connect->wanted[0] == NULL)
		uses[n++] = (struct sl_connection_use){
			.connector = connect->provider->name,
			.interval_s = UNREAD_INTERVAL_S,
		};
	*count = n;
	return uses;
}

/* What this consent does not allow, and may have been allowed before. */
static const struct sl_connection_lost *
lost_of(const struct sl_connect *connect)
{
	struct sl_connection_lost *lost;
	size_t most = 0, n = 0;

	while (connect->wanted[most] != NULL)
		most++;
	lost = SL_NEW_ARRAY(connect->cli->arena, most + 1,
			    struct sl_connection_lost);
	for (size_t i = 0; i < most; i++) {
		const struct sl_connector *c = connect->wanted[i];

		if (is_granted(connect, c))
			continue;
		lost[n++] = (struct sl_connection_lost){
			.connector = c->name,
			.why = sl_arena_printf(
				connect->cli->arena,
				"the user did not allow what it needs "
				"(missing: %s): connect again and allow it",
				sl_consent_missing(&connect->consent,
						   &connect->tokens, c)),
		};
	}
	return lost;
}

static struct sl_connection
make_connection(const struct sl_connect *connect, const char *grant_id)
{
	return (struct sl_connection){
		.key = { .user_id = connect->user_id,
			 .purpose = connect->what,
			 .subject = connect->identity.subject },
		.grant_id = grant_id,
		.client_row = connect->client.id,
		.provider = connect->provider->name,
		.email = connect->identity.email,
		.name = connect->identity.name,
		.scopes =
			sl_consent_scopes(&connect->consent, &connect->tokens),
		.access_expires_us = connect->tokens.expires_us,
		.refresh_expires_us = connect->tokens.refresh_expires_us,
		.lost = lost_of(connect),
		.no_refresh = connect->by_hand,
	};
}

static int
save_sealed(struct sl_connect *connect, const char *grant_id)
{
	struct sl_connection connection = make_connection(connect, grant_id);
	struct sl_sealed access, refresh;
	struct sl_connected *done;
	struct sl_error err;
	size_t count;
	sl_status st = seal(connect, grant_id, SL_ACCESS_TOKEN_PURPOSE,
			    &connect->tokens.access, &access, &err);

	connection.access = &access;
	connection.uses = uses_of(connect, &count);
	done = SL_NEW_ARRAY(connect->cli->arena, count, struct sl_connected);
	if (st == SL_OK && sl_secret_is_set(&connect->tokens.refresh)) {
		st = seal(connect, grant_id, SL_REFRESH_TOKEN_PURPOSE,
			  &connect->tokens.refresh, &refresh, &err);
		connection.refresh = &refresh;
	}
	if (st == SL_OK)
		st = sl_connection_save(connect->pg, &connection, done, &err);
	if (st != SL_OK)
		return sl_cli_fail(connect->cli, SL_EXIT_ENVIRONMENT, &err);
	announce(connect, done);
	return SL_EXIT_OK;
}

/* What this host's clock made of "valid for so long", by the database's. */
static void
adjust_expiry(struct sl_connect *connect, int64_t db_now_us)
{
	struct sl_tokens *t = &connect->tokens;
	int64_t skew_us = db_now_us - sl_now_us(connect->cli->clock);

	if (connect->by_hand)
		return; /* a date, not a duration */
	t->expires_us += skew_us;
	if (t->refresh_expires_us != SL_NO_TIME)
		t->refresh_expires_us += skew_us;
}

int
sl_connect_save(struct sl_connect *connect)
{
	const struct sl_grant_key key = {
		.user_id = connect->user_id,
		.purpose = connect->what,
		.subject = connect->identity.subject,
	};
	struct sl_grant_found found = { .exists = false };
	struct sl_error err;
	bool renews;
	int status;

	if (sl_connection_find(connect->pg, &key, connect->client.id, &found,
			       &err) != SL_OK)
		return sl_cli_fail(connect->cli, SL_EXIT_ENVIRONMENT, &err);
	renews = sl_secret_is_set(&connect->tokens.refresh) ||
		 (found.has_refresh && !connect->by_hand);
	if (!renews && !connect->provider->refresh_optional)
		return sl_cli_complain(
			connect->cli, SL_EXIT_FAILED,
			"%s gave no refresh token and none is stored: nothing "
			"is stored; remove sluice's access in the account's "
			"security settings and run connect again",
			connect->provider->title);
	adjust_expiry(connect, found.now_us);
	status = save_sealed(connect, found.id);
	if (status == SL_EXIT_OK)
		announce_end(connect, renews);
	return status;
}
