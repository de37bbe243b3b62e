/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connect an account: check everything that can be checked first, send a
 * person to the consent page, wait, check what came, store it.
 */
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/connect_private.h"
#include "cli/format.h"
#include "cli/vault.h"

/** How long a person may take. */
#define CONSENT_US (INT64_C(300) * SL_US_PER_S)

#define ISSUER_SHOWN      80
#define DESCRIPTION_SHOWN 200

static int
load_client(struct sl_connect *connect)
{
	const struct sl_provider *provider = connect->provider;
	struct sl_seal_binding binding = {
		.user_id = "",
		.purpose = SL_CLIENT_SECRET_PURPOSE,
	};
	struct sl_error err;
	bool found = false;

	if (sl_client_get(connect->pg, provider->name, connect->cli->arena,
			  &connect->client, &found, &err) != SL_OK)
		return sl_cli_fail(connect->cli, SL_EXIT_ENVIRONMENT, &err);
	if (!found)
		return sl_cli_complain(connect->cli, SL_EXIT_ENVIRONMENT,
				       "no OAuth client for %s: run `%s` first",
				       provider->title,
				       sl_env_setup(connect->cli, provider));
	binding.owner_id = connect->client.id;
	connect->oauth.client_id = connect->client.client_id;
	if (sl_unseal(connect->ring, &binding, &connect->client.secret,
		      &connect->oauth.client_secret, &err) != SL_OK)
		return sl_cli_complain(connect->cli, SL_EXIT_ENVIRONMENT,
				       "the secret of %s's OAuth client does "
				       "not open (%s): run setup again",
				       provider->title, err.text);
	return SL_EXIT_OK;
}

static int
listen_for_it(struct sl_connect *connect)
{
	struct sl_cli *cli = connect->cli;
	const struct sl_redirect_wish wish = {
		.listen = cli->flags[SL_FLAG_LISTEN],
		.client_kind = connect->client.kind,
		.registered = connect->client.redirect_uris,
		.pastes = sl_cli_has(cli, SL_FLAG_NO_BROWSER),
	};
	struct sl_error err;

	if (sl_redirect_plan(cli->arena, &wish, &connect->redirect, &err) !=
	    SL_OK)
		return sl_cli_fail(cli, SL_EXIT_USAGE, &err);
	if (sl_loopback_open(&connect->redirect, &connect->loopback, &err) !=
	    SL_OK)
		return sl_cli_fail(cli, SL_EXIT_ENVIRONMENT, &err);
	connect->consent.redirect_uri =
		sl_redirect_uri(cli->arena, &connect->redirect,
				sl_loopback_port(connect->loopback));
	return SL_EXIT_OK;
}

/* A browser that does not start is no failure: the address is on screen. */
static void
open_browser(const char *url)
{
	char name[] = "xdg-open";
	char *copy = (char *)(uintptr_t)url;
	char *const argv[] = { name, copy, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t defaults;
	pid_t pid;

	if (getenv("DISPLAY") == NULL && getenv("WAYLAND_DISPLAY") == NULL)
		return;
	(void)sigemptyset(&defaults);
	(void)sigaddset(&defaults, SIGPIPE);
	(void)posix_spawnattr_init(&attributes);
	(void)posix_spawnattr_setsigdefault(&attributes, &defaults);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_addopen(&actions, STDIN_FILENO,
					       "/dev/null", 0, 0);
	(void)posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO,
					       STDOUT_FILENO);
	(void)posix_spawnp(&pid, name, &actions, &attributes, argv, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)posix_spawnattr_destroy(&attributes);
}

static void
show_url(struct sl_connect *connect, const char *url)
{
	struct sl_cli *cli = connect->cli;

	if (sl_cli_has(cli, SL_FLAG_NO_BROWSER)) {
		fprintf(cli->out, "%s\n", url);
		(void)fflush(cli->out);
		fprintf(cli->err,
			"Open this address in a browser. Then %s%s%spaste the "
			"address that the browser ends at, here.\n",
			connect->redirect.listens ? "either wait (" : "",
			connect->redirect.listens
				? connect->consent.redirect_uri
				: "",
			connect->redirect.listens ? " is listened on) or "
						  : "");
		return;
	}
	fprintf(cli->err,
		"Opening the browser. If it does not, go to:\n\n%s\n\nWaiting "
		"on %s ...\n",
		url, connect->consent.redirect_uri);
	if (getenv("SSH_CONNECTION") != NULL)
		fprintf(cli->err,
			"This is a session from another machine: run `ssh -L "
			"%u:127.0.0.1:%u` from there first, or stop this and "
			"use --no-browser, which takes the pasted address.\n",
			(unsigned)sl_loopback_port(connect->loopback),
			(unsigned)sl_loopback_port(connect->loopback));
	open_browser(url);
}

static bool
is_answer(struct sl_connect *connect, const char *url, struct sl_error *err)
{
	struct sl_auth_reply *answer = &connect->answer;

	if (sl_oauth_read_redirect(connect->cli->arena, url,
				   &connect->consent.state, answer,
				   err) != SL_OK)
		return false;
	if (sl_consent_issuer_fits(&connect->consent, answer->iss))
		return true;
	(void)sl_fail(
		err, SL_REJECTED, SL_GRANT, "it comes from %s, not from %s",
		sl_format_clean(connect->cli->arena, answer->iss, ISSUER_SHOWN),
		connect->provider->title);
	sl_secret_release(&answer->code);
	return false;
}

static bool
accept_answer(void *ctx, const char *url)
{
	struct sl_connect *connect = ctx;
	struct sl_error err;

	if (is_answer(connect, url, &err))
		return true;
	(void)sl_cli_complain(connect->cli, SL_EXIT_OK,
			      "refused an answer: %s; still waiting", err.text);
	return false;
}

/* --account, else the only one there is: it is likely to be renewed. */
static const char *
likely_account(const struct sl_connect *connect)
{
	const char *wanted = connect->cli->flags[SL_FLAG_ACCOUNT];

	if (wanted != NULL)
		return wanted;
	return connect->account_count == 1 ? connect->accounts[0].account
					   : NULL;
}

static int
tell_refusal(struct sl_connect *connect)
{
	const struct sl_auth_reply *answer = &connect->answer;
	const char *words = sl_format_clean(
		connect->cli->arena, answer->description, DESCRIPTION_SHOWN);

	return sl_cli_complain(
		connect->cli, SL_EXIT_FAILED,
		"the consent was refused (%s%s%s): nothing is "
		"stored; %s",
		answer->error, *words == '\0' ? "" : ": ", words,
		sl_consent_refusal(&connect->consent, answer->error));
}

static int
wait_for_answer(struct sl_connect *connect)
{
	struct sl_cli *cli = connect->cli;
	const struct sl_loopback_wait wait = {
		.accept = accept_answer,
		.ctx = connect,
		.paste_fd =
			sl_cli_has(cli, SL_FLAG_NO_BROWSER) ? STDIN_FILENO : -1,
		.clock = cli->clock,
		.timeout_us = CONSENT_US,
	};
	const char *url = NULL;
	struct sl_error err;

	if (sl_consent_url(&connect->consent, likely_account(connect), &url,
			   &err) != SL_OK)
		return sl_cli_fail(cli, SL_EXIT_USAGE, &err);
	show_url(connect, url);
	if (sl_loopback_wait(connect->loopback, &wait, &err) != SL_OK)
		return sl_cli_fail(cli, SL_EXIT_FAILED, &err);
	sl_loopback_free(&connect->loopback);
	return connect->answer.error == NULL ? SL_EXIT_OK
					     : tell_refusal(connect);
}

static int
redeem(struct sl_connect *connect)
{
	struct sl_error err;

	if (sl_consent_tokens(&connect->consent, &connect->answer.code,
			      &connect->tokens, &err) != SL_OK)
		return sl_cli_fail(connect->cli, SL_EXIT_FAILED, &err);
	return SL_EXIT_OK;
}

static int
identify(struct sl_connect *connect)
{
	struct sl_error err;

	if (sl_consent_identity(&connect->consent, &connect->tokens,
				&connect->identity, &err) != SL_OK)
		return sl_cli_fail(connect->cli, SL_EXIT_FAILED, &err);
	return SL_EXIT_OK;
}

/* Which connectors it is about; without one, the provider's name stands for
 * those to come. */
static int
load_accounts(struct sl_connect *connect)
{
	struct sl_arena *arena = connect->cli->arena;
	const char **names;
	struct sl_error err;
	size_t n = 0;

	while (connect->wanted[n] != NULL)
		n++;
	names = SL_NEW_ARRAY(arena, n + 2, const char *);
	names[0] = connect->provider->name;
	for (size_t i = 0; i < n; i++)
		names[i] = connect->wanted[i]->name;
	if (sl_connection_accounts(connect->pg, connect->user_id, names, arena,
				   &connect->accounts, &connect->account_count,
				   &err) != SL_OK)
		return sl_cli_fail(connect->cli, SL_EXIT_ENVIRONMENT, &err);
	return SL_EXIT_OK;
}

static int
check_flags(struct sl_connect *connect)
{
	struct sl_cli *cli = connect->cli;

	if (!sl_cli_has(cli, SL_FLAG_USER))
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "connect needs --user U");
	if (!sl_cli_has(cli, SL_FLAG_TOKEN_FILE))
		return SL_EXIT_OK;
	if (connect->provider->read_introspection == NULL)
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "--token-file: %s gives no tokens by "
				       "hand; leave it out",
				       connect->provider->title);
	if (sl_cli_has(cli, SL_FLAG_LISTEN) ||
	    sl_cli_has(cli, SL_FLAG_NO_BROWSER))
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "--token-file needs neither --listen "
				       "nor --no-browser: there is no consent");
	return SL_EXIT_OK;
}

static int
prepare_user(struct sl_connect *connect)
{
	bool given;

	return sl_env_user(connect->cli, connect->pg, connect->user_id, &given);
}

static int
prepare(struct sl_connect *connect)
{
	struct sl_cli *cli = connect->cli;
	int status;

	connect->what = cli->words[0];
	status = sl_env_connectors(cli, connect->what, &connect->provider,
				   &connect->wanted);
	if (status == SL_EXIT_OK)
		status = check_flags(connect);
	if (status == SL_EXIT_OK)
		status = sl_env_check_endpoints(cli);
	if (status == SL_EXIT_OK)
		status = sl_env_keys(cli, &connect->ring);
	if (status == SL_EXIT_OK)
		status = sl_env_database(cli, &connect->pg);
	if (status == SL_EXIT_OK)
		status = sl_vault_check(cli, connect->pg, connect->ring,
					SL_VAULT_NONE_MISSES);
	if (status == SL_EXIT_OK)
		status = prepare_user(connect);
	if (status == SL_EXIT_OK)
		status = load_accounts(connect);
	if (status == SL_EXIT_OK)
		status = load_client(connect);
	if (status == SL_EXIT_OK)
		status = sl_env_http(cli, 0, &connect->http);
	return status;
}

/* By the browser, or by a token that is given. */
static int
get_tokens(struct sl_connect *connect)
{
	int status;

	connect->consent = (struct sl_consent){
		.cli = connect->cli,
		.transport = sl_http_transport(connect->http),
		.provider = connect->provider,
		.connectors = connect->wanted,
		.client = &connect->oauth,
	};
	if (sl_cli_has(connect->cli, SL_FLAG_TOKEN_FILE))
		return sl_connect_take_token(connect);
	status = listen_for_it(connect);
	if (status == SL_EXIT_OK)
		status = wait_for_answer(connect);
	if (status == SL_EXIT_OK)
		status = redeem(connect);
	return status;
}

static void
release(struct sl_connect *connect)
{
	sl_loopback_free(&connect->loopback);
	sl_http_free(&connect->http);
	sl_pg_free(&connect->pg);
	sl_keyring_free(&connect->ring);
	sl_secret_release(&connect->oauth.client_secret);
	sl_secret_release(&connect->consent.state);
	sl_secret_release(&connect->consent.verifier);
	sl_secret_release(&connect->answer.code);
	sl_tokens_release(&connect->tokens);
}

int
sl_cmd_connect(struct sl_cli *cli)
{
	struct sl_connect connect = { .cli = cli };
	int status = prepare(&connect);

	if (status == SL_EXIT_OK)
		status = get_tokens(&connect);
	if (status == SL_EXIT_OK)
		status = identify(&connect);
	if (status == SL_EXIT_OK)
		status = sl_connect_check(&connect);
	if (status == SL_EXIT_OK)
		status = sl_connect_save(&connect);
	release(&connect);
	return status;
}
