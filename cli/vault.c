/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/vault.h"

#include <string.h>

#include "cli/env.h"
#include "cli/format.h"

/** Users whose rows a key is tried on: one that was changed by somebody must
 *  not speak for all. */
#define SAMPLE_USERS 3

static const char check_text[] = "sluice";

struct sl_seal_binding
sl_vault_binding(const char *user_id, const struct sl_vault_row *row)
{
	return (struct sl_seal_binding){
		.user_id = user_id == NULL ? "" : user_id,
		.owner_id = row->owner_id,
		.purpose = row->purpose,
	};
}

sl_status
sl_vault_open(const struct sl_keyring *ring, const char *user_id,
	      const struct sl_vault_row *row, struct sl_secret *plain,
	      struct sl_error *err)
{
	const struct sl_seal_binding binding = sl_vault_binding(user_id, row);

	return sl_unseal(ring, &binding, &row->sealed, plain, err);
}

const char *
sl_vault_cost(struct sl_arena *arena, const struct sl_vault_count *count)
{
	const char *text = "";

	if (count->tokens > 0)
		text = sl_arena_printf(
			arena, "%s of %s",
			sl_format_plural(arena, count->tokens, "token"),
			sl_format_plural(arena, count->users, "user"));
	if (count->clients > 0)
		text = sl_arena_printf(arena, "%s%s%s", text,
				       *text == '\0' ? "" : ", ",
				       sl_format_plural(arena, count->clients,
							"client secret"));
	if (count->revocations > 0)
		text = sl_arena_printf(
			arena, "%s%s%s", text, *text == '\0' ? "" : ", ",
			sl_format_plural(arena, count->revocations,
					 "pending revocation"));
	return *text == '\0' ? "nothing" : text;
}

static int
complain_wrong(struct sl_cli *cli, const char *id)
{
	return sl_cli_complain(cli, SL_EXIT_ENVIRONMENT,
			       "key file %s: its key %s is not the key of that "
			       "id which sealed this database: put the right "
			       "line back",
			       sl_env_value(cli, SL_FLAG_KEY_FILE), id);
}

/* What does the missing key cost? Perhaps what the command will mend. */
static int
check_missing(struct sl_cli *cli, struct sl_pg *pg, const char *id,
	      enum sl_vault_missing missing)
{
	struct sl_vault_count *counts = NULL;
	struct sl_vault_count cost = { .key_id = id };
	struct sl_error err;
	size_t count = 0;

	if (sl_vault_counts(pg, cli->arena, &counts, &count, &err) != SL_OK)
		return sl_cli_fail(cli, SL_EXIT_ENVIRONMENT, &err);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(counts[i].key_id, id) == 0)
			cost = counts[i];
	}
	if (missing == SL_VAULT_CLIENTS_MISS &&
	    cost.tokens + cost.revocations == 0)
		return SL_EXIT_OK;
	return sl_cli_complain(
		cli, SL_EXIT_ENVIRONMENT,
		"key %s, which sealed %s, is not in the key "
		"file %s: put its line back; if it is lost for good, see "
		"sluice help keys",
		id, sl_vault_cost(cli->arena, &cost),
		sl_env_value(cli, SL_FLAG_KEY_FILE));
}

static struct sl_seal_binding
check_binding(const char *key_id)
{
	return (struct sl_seal_binding){ .user_id = "",
					 .owner_id = key_id,
					 .purpose = SL_KEY_CHECK_PURPOSE };
}

static bool
opens_check(const struct sl_keyring *ring, const struct sl_vault_key *key)
{
	const struct sl_seal_binding binding = check_binding(key->id);
	SL_AUTO_SECRET plain = { NULL, 0 };
	struct sl_error err;

	return sl_unseal(ring, &binding, &key->check, &plain, &err) == SL_OK;
}

/** A key on what it sealed. */
struct trial {
	const char *key_id;
	bool tried, opened; /* there was something; one of it opened */
};

/* On one user's rows, or for NULL the clients'. */
static sl_status
try_rows(struct sl_cli *cli, struct sl_pg *pg, const struct sl_keyring *ring,
	 const char *user_id, struct trial *trial, struct sl_error *err)
{
	struct sl_vault_row *rows = NULL;
	size_t count = 0;
	sl_status st = sl_vault_rows(pg, user_id, trial->key_id, cli->arena,
				     &rows, &count, err);

	for (size_t i = 0; st == SL_OK && i < count && !trial->opened; i++) {
		SL_AUTO_SECRET plain = { NULL, 0 };
		struct sl_error why;

		trial->tried = true;
		trial->opened = sl_vault_open(ring, user_id, &rows[i], &plain,
					      &why) == SL_OK;
	}
	return st;
}

/* A key that sealed before keys were remembered: tried on what it sealed. */
static int
check_by_rows(struct sl_cli *cli, struct sl_pg *pg,
	      const struct sl_keyring *ring, const char *key_id)
{
	struct trial trial = { .key_id = key_id };
	const char **users = NULL;
	struct sl_error err;
	size_t count = 0;
	sl_status st = try_rows(cli, pg, ring, NULL, &trial, &err);

	if (st == SL_OK && !trial.opened)
		st = sl_vault_users(pg, key_id, NULL, cli->arena, &users,
				    &count, &err);
	for (size_t i = 0; st == SL_OK && i < count && i < SAMPLE_USERS; i++)
		st = try_rows(cli, pg, ring, users[i], &trial, &err);
	if (st != SL_OK)
		return sl_cli_fail(cli, SL_EXIT_ENVIRONMENT, &err);
	if (trial.tried && !trial.opened)
		return complain_wrong(cli, key_id);
	return SL_EXIT_OK;
}

static int
check_key(struct sl_cli *cli, struct sl_pg *pg, const struct sl_keyring *ring,
	  const struct sl_vault_key *key, enum sl_vault_missing missing)
{
	if (!sl_keyring_has(ring, key->id))
		return key->used && missing != SL_VAULT_ANY_MISSES
			       ? check_missing(cli, pg, key->id, missing)
			       : SL_EXIT_OK;
	if (key->check.key_id[0] == '\0')
		return check_by_rows(cli, pg, ring, key->id);
	return opens_check(ring, key) ? SL_EXIT_OK
				      : complain_wrong(cli, key->id);
}

static int
remember(struct sl_cli *cli, struct sl_pg *pg, const struct sl_keyring *ring)
{
	const struct sl_seal_binding binding =
		check_binding(sl_keyring_current(ring));
	SL_AUTO_SECRET plain = { NULL, 0 };
	struct sl_sealed sealed;
	struct sl_error err;
	sl_status st;

	sl_secret_set(&plain, check_text, sizeof(check_text) - 1);
	st = sl_seal(ring, cli->rng, &binding, &plain, cli->arena, &sealed,
		     &err);
	/* The file may have got another first line this moment: next time. */
	if (st == SL_OK && strcmp(sealed.key_id, binding.owner_id) == 0)
		st = sl_vault_key_add(pg, &sealed, &err);
	return st == SL_OK ? SL_EXIT_OK
			   : sl_cli_fail(cli, SL_EXIT_ENVIRONMENT, &err);
}

bool
sl_vault_fits(const struct sl_keyring *ring, const struct sl_vault_row *rows,
	      size_t count)
{
	const char *current = sl_keyring_current(ring);
	bool known = false;

	for (size_t i = 0; i < count; i++) {
		const struct sl_vault_row *row = &rows[i];
		bool is_key = strcmp(row->purpose, SL_KEY_CHECK_PURPOSE) == 0;
		SL_AUTO_SECRET plain = { NULL, 0 };
		struct sl_error err;

		/* a key that nothing is sealed under */
		if (is_key && !sl_keyring_has(ring, row->owner_id))
			continue;
		if (sl_vault_open(ring, NULL, row, &plain, &err) != SL_OK)
			return false;
		known = known ||
			(is_key && strcmp(row->owner_id, current) == 0);
	}
	return known;
}

int
sl_vault_check(struct sl_cli *cli, struct sl_pg *pg,
	       const struct sl_keyring *ring, enum sl_vault_missing missing)
{
	struct sl_vault_key *keys = NULL;
	bool known = false;
	struct sl_error err;
	size_t count = 0;
	int status = SL_EXIT_OK;

	if (sl_vault_keys(pg, cli->arena, &keys, &count, &err) != SL_OK)
		return sl_cli_fail(cli, SL_EXIT_ENVIRONMENT, &err);
	for (size_t i = 0; i < count && status == SL_EXIT_OK; i++) {
		status = check_key(cli, pg, ring, &keys[i], missing);
		known = known ||
			(keys[i].check.key_id[0] != '\0' &&
			 strcmp(keys[i].id, sl_keyring_current(ring)) == 0);
	}
	if (status == SL_EXIT_OK && missing == SL_VAULT_NONE_MISSES)
		status = sl_env_check_keys(cli, pg, ring);
	if (status == SL_EXIT_OK && !known && missing != SL_VAULT_ANY_MISSES)
		status = remember(cli, pg, ring);
	return status;
}
