/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/base/text.h"

#include "core/auth/digest.h"
#include "core/json/json.h"

#include "cli/commands.h"
#include "cli/env.h"
#include "cli/explain.h"
#include "cli/output.h"
#include "connectors/registry.h"
#include "state/explain.h"
#include "state/users.h"

/** Users named when several know what was asked for. */
#define USERS_NAMED 5

static int
check(struct sl_cli *cli)
{
	const char *what = cli->words[0];

	if (*what == '\0')
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "explain what? give an id or an "
				       "address");
	if (!sl_utf8_valid(what, strlen(what)))
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "the id is not valid UTF-8");
	return SL_EXIT_OK;
}

/* "<id@host>" without its brackets: a Message-ID as headers write it, or an
 * address. */
static const char *
unwrapped(struct sl_cli *cli, const char *what)
{
	size_t len = strlen(what);

	if (len < 3 || what[0] != '<' || what[len - 1] != '>')
		return what;
	return sl_arena_strndup(cli->arena, what + 1, len - 2);
}

/* What it is compared with: a key that no index holds is stored by its hash. */
static const char *
stored_key(struct sl_cli *cli)
{
	const char *what = unwrapped(cli, cli->words[0]);
	char hex[SL_SHA256_HEX];

	if (strlen(what) <= SL_EXPLAIN_ARGUMENT_MAX)
		return what;
	sl_sha256_hex(what, strlen(what), hex);
	return sl_arena_printf(cli->arena, "sha256:%s", hex);
}

static bool
is_known(const json_t *document)
{
	static const char *const parts[] = { "items", "ledger", "streams",
					     "people" };

	for (size_t i = 0; i < SL_ARRAY_LEN(parts); i++)
		if (json_array_size(json_object_get(document, parts[i])) > 0)
			return true;
	return false;
}

/* All that one user's rows say; a new reference. */
static sl_status
explain(const struct sl_explain *x, json_t **out, struct sl_error *err)
{
	json_t *people = NULL;
	sl_status st = sl_explain_things(x, out, err);

	if (st == SL_OK)
		st = sl_explain_people(x, &people, err);
	if (st != SL_OK)
		return st;
	(void)json_object_set_new(*out, "people", people);
	sl_json_put(*out, "argument", x->argument);
	sl_json_put(*out, "user", x->user_id);
	sl_json_put_bool(*out, "known", is_known(*out));
	return SL_OK;
}

/* Where it was looked, for something that is nowhere. */
static int
tell_unknown(struct sl_cli *cli, const struct sl_explain *x, json_t *document)
{
	json_t *accounts;
	struct sl_error err;

	if (sl_explain_accounts(x, &accounts, &err) != SL_OK)
		return sl_cli_fail(cli, sl_env_exit(&err), &err);
	(void)json_object_set_new(document, "accounts", accounts);
	return SL_EXIT_FAILED;
}

static const char *
audit_hint(struct sl_cli *cli, const struct sl_explain *x)
{
	if (sl_command_find("audit") == NULL)
		return "";
	return sl_arena_printf(cli->arena,
			       "`sluice audit --user %s` compares with the "
			       "provider, ",
			       x->user_id);
}

static int
tell(struct sl_cli *cli, const struct sl_explain *x, json_t *document)
{
	int status = SL_EXIT_OK;

	if (!is_known(document))
		status = tell_unknown(cli, x, document);
	if (status != SL_EXIT_OK && status != SL_EXIT_FAILED)
		return status;
	sl_explain_decorate(sl_registry, document);
	if (sl_cli_has(cli, SL_FLAG_JSON))
		sl_out_json(cli, json_incref(document));
	else
		sl_explain_print(cli->out, cli->arena, document);
	if (status == SL_EXIT_FAILED)
		return sl_cli_complain(
			cli, SL_EXIT_FAILED,
			"nothing is known of %s: neither stored, nor filtered, "
			"nor quarantined, nor a stream, nor a person; %s"
			"`sluice sync --full --user %s` asks the provider for "
			"everything again",
			x->argument, audit_hint(cli, x), x->user_id);
	return status;
}

static int
explain_user(struct sl_cli *cli, struct sl_explain *x)
{
	json_auto_t *document = NULL;
	struct sl_error err;

	if (explain(x, &document, &err) != SL_OK)
		return sl_cli_fail(cli, sl_env_exit(&err), &err);
	return tell(cli, x, document);
}

static int
several(struct sl_cli *cli, const struct sl_user *const *known, size_t count)
{
	const char *names = "";

	for (size_t i = 0; i < count && i < USERS_NAMED; i++)
		names = sl_arena_printf(
			cli->arena, "%s%s%s", names, i == 0 ? "" : ", ",
			known[i]->email != NULL ? known[i]->email
						: known[i]->id);
	return sl_cli_complain(cli, SL_EXIT_USAGE,
			       "%zu users know it (%s%s): name one with "
			       "--user U",
			       count, names,
			       count > USERS_NAMED ? ", ..." : "");
}

/* Nobody was named: the one user who knows it, each under the own identity. */
static int
explain_any(struct sl_cli *cli, struct sl_explain *x,
	    const struct sl_user *users, size_t count)
{
	const struct sl_user **known =
		SL_NEW_ARRAY(cli->arena, count, const struct sl_user *);
	size_t knowing = 0;

	for (size_t i = 0; i < count; i++) {
		json_auto_t *document = NULL;
		struct sl_error err;

		x->user_id = users[i].id;
		if (explain(x, &document, &err) != SL_OK)
			return sl_cli_fail(cli, sl_env_exit(&err), &err);
		if (is_known(document))
			known[knowing++] = &users[i];
	}
	if (knowing > 1)
		return several(cli, known, knowing);
	if (knowing == 0)
		return sl_cli_complain(cli, SL_EXIT_FAILED,
				       "none of %zu users knows %s: --user U "
				       "shows where it was looked for",
				       count, x->argument);
	x->user_id = known[0]->id;
	return explain_user(cli, x);
}

static int
run(struct sl_cli *cli, struct sl_explain *x)
{
	char user_id[SL_UUID_TEXT];
	struct sl_user *users;
	size_t count;
	bool given;
	struct sl_error err;
	int status = sl_env_user(cli, x->pg, user_id, &given);

	if (status != SL_EXIT_OK)
		return status;
	x->user_id = sl_arena_strdup(cli->arena, user_id);
	if (given)
		return explain_user(cli, x);
	if (sl_user_list(x->pg, cli->arena, &users, &count, &err) != SL_OK)
		return sl_cli_fail(cli, sl_env_exit(&err), &err);
	if (count != 1)
		return explain_any(cli, x, users, count);
	x->user_id = users[0].id;
	return explain_user(cli, x);
}

int
sl_cmd_explain(struct sl_cli *cli)
{
	struct sl_explain x = {
		.registry = sl_registry,
		.arena = cli->arena,
	};
	int status = check(cli);

	if (status == SL_EXIT_OK)
		status = sl_env_database(cli, &x.pg);
	if (status == SL_EXIT_OK) {
		x.argument = stored_key(cli);
		status = run(cli, &x);
	}
	sl_pg_free(&x.pg);
	return status;
}
