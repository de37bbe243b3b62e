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

/** How long a person may take. */
#define CONSENT_US (5 * 60 * SL_US_PER_S)

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
				       "no OAuth client for %s: run `sluice "
				       "setup %s --client-file FILE` first",
				       provider->title, provider->name);
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
	connect->consent = (struct sl_consent){
		.cli = cli,
		.transport = sl_http_transport(connect->http),
		.connectors = connect->wanted,
		.client = &connect->oauth,
		.redirect_uri =
			sl_redirect_uri(cli->arena, &connect->redirect,
					sl_loopback_port(connect->loopback)),
	};
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
		fflush(cli->out);
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
	open_browser(url);
}

static bool
accept_answer(void *ctx, const char *url)
{
	struct sl_connect *connect = ctx;
	struct sl_error err;

	if (sl_oauth_read_redirect(connect->cli->arena, url,
				   &connect->consent.state, &connect->answer,
				   &err) == SL_OK)
		return true;
	(void)sl_cli_complain(connect->cli, SL_EXIT_OK,
			      "refused an answer: %s; still waiting", err.text);
	return false;
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

	if (sl_consent_url(&connect->consent, cli->flags[SL_FLAG_ACCOUNT], &url,
			   &err) != SL_OK)
		return sl_cli_fail(cli, SL_EXIT_USAGE, &err);
	show_url(connect, url);
	if (sl_loopback_wait(connect->loopback, &wait, &err) != SL_OK)
		return sl_cli_fail(cli, SL_EXIT_FAILED, &err);
	sl_loopback_free(&connect->loopback);
	if (connect->answer.error == NULL)
		return SL_EXIT_OK;
	return sl_cli_complain(cli, SL_EXIT_FAILED,
			       "the consent was refused (%s): nothing is "
			       "stored",
			       connect->answer.error);
}

static int
redeem(struct sl_connect *connect)
{
	struct sl_error err;

	if (sl_consent_tokens(&connect->consent, &connect->answer.code,
			      &connect->tokens, &err) != SL_OK ||
	    sl_consent_identity(&connect->consent, &connect->tokens,
				&connect->identity, &err) != SL_OK)
		return sl_cli_fail(connect->cli, SL_EXIT_FAILED, &err);
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
	int status = sl_env_connectors(cli, cli->words[0], &connect->wanted);

	if (status == SL_EXIT_OK) {
		connect->what = cli->words[0];
		connect->provider = connect->wanted[0]->provider;
	}
	if (status == SL_EXIT_OK && !sl_cli_has(cli, SL_FLAG_USER))
		status = sl_cli_complain(cli, SL_EXIT_USAGE,
					 "connect needs --user U");
	if (status == SL_EXIT_OK)
		status = sl_env_check_endpoints(cli);
	if (status == SL_EXIT_OK)
		status = sl_env_keys(cli, &connect->ring);
	if (status == SL_EXIT_OK)
		status = sl_env_database(cli, &connect->pg);
	if (status == SL_EXIT_OK)
		status = prepare_user(connect);
	if (status == SL_EXIT_OK)
		status = load_client(connect);
	if (status == SL_EXIT_OK)
		status = sl_env_http(cli, &connect->http);
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
		status = listen_for_it(&connect);
	if (status == SL_EXIT_OK)
		status = wait_for_answer(&connect);
	if (status == SL_EXIT_OK)
		status = redeem(&connect);
	if (status == SL_EXIT_OK)
		status = sl_connect_check(&connect);
	if (status == SL_EXIT_OK)
		status = sl_connect_save(&connect);
	release(&connect);
	return status;
}
