/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/rotate.h"

#include <inttypes.h>
#include <string.h>

#include "cli/env.h"
#include "cli/format.h"
#include "cli/output.h"
#include "cli/vault.h"

#define PASSES 5 /* over rows that others were changing */

struct rotation {
	struct sl_cli *cli;
	struct sl_pg *pg;
	const struct sl_keyring *ring;
	int64_t done;
	int64_t left;   /* in this pass: changed by somebody meanwhile */
	int64_t broken; /* in this pass: did not open                  */
};

/* What did not open is told in the audit log, and stays as it is. */
static sl_status
reseal_row(struct rotation *r, const char *user_id,
	   const struct sl_vault_row *row, struct sl_arena *arena,
	   struct sl_sealed *out, bool *opened, struct sl_error *err)
{
	const struct sl_seal_binding binding = sl_vault_binding(user_id, row);
	const char *grant_id = user_id == NULL ? NULL : row->owner_id;
	SL_AUTO_SECRET plain = { NULL, 0 };
	struct sl_error why;

	*opened = sl_vault_open(r->ring, user_id, row, &plain, &why) == SL_OK;
	if (*opened)
		return sl_seal(r->ring, r->cli->rng, &binding, &plain, arena,
			       out, err);
	r->broken++;
	return sl_vault_open_failed(r->pg, user_id, grant_id, why.text, err);
}

/** What one user, or the clients for NULL, has under one old key. */
static sl_status
reseal_owner(struct rotation *r, const char *user_id, const char *key_id,
	     struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_vault_row *rows = NULL;
	struct sl_sealed *news;
	size_t count = 0, n = 0;
	int64_t done = 0;
	sl_status st = sl_vault_rows(r->pg, user_id, key_id, arena, &rows,
				     &count, err);

	if (st != SL_OK || count == 0)
		return st;
	news = SL_NEW_ARRAY(arena, count, struct sl_sealed);
	for (size_t i = 0; i < count && st == SL_OK; i++) {
		bool opened = false;

		st = reseal_row(r, user_id, &rows[i], arena, &news[n], &opened,
				err);
		if (opened)
			rows[n++] = rows[i];
	}
	if (st == SL_OK && n > 0)
		st = sl_vault_reseal(r->pg, user_id, rows, news, n, &done, err);
	r->done += done;
	r->left += (int64_t)n - done;
	return st;
}

static sl_status
reseal_key(struct rotation *r, const char *key_id, struct sl_error *err)
{
	char after[SL_UUID_TEXT] = "";
	size_t count = SL_VAULT_BATCH;
	sl_status st = reseal_owner(r, NULL, key_id, err);

	while (st == SL_OK && count == SL_VAULT_BATCH) {
		SL_AUTO_ARENA arena = sl_arena_new();
		const char **users = NULL;

		st = sl_vault_users(r->pg, key_id,
				    after[0] == '\0' ? NULL : after, arena,
				    &users, &count, err);
		for (size_t i = 0; st == SL_OK && i < count; i++)
			st = reseal_owner(r, users[i], key_id, err);
		if (st == SL_OK && count > 0)
			memcpy(after, users[count - 1], sizeof(after));
	}
	return st;
}

static sl_status
one_pass(struct rotation *r, struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_vault_key *keys = NULL;
	size_t count = 0;
	sl_status st = sl_vault_keys(r->pg, arena, &keys, &count, err);

	r->left = 0;
	r->broken = 0;
	for (size_t i = 0; st == SL_OK && i < count; i++) {
		if (keys[i].used && sl_keyring_has(r->ring, keys[i].id) &&
		    strcmp(keys[i].id, sl_keyring_current(r->ring)) != 0)
			st = reseal_key(r, keys[i].id, err);
	}
	return st;
}

static int
say_what_may_go(struct rotation *r)
{
	const struct sl_vault_count *count;
	struct sl_vault_count *counts = NULL;
	struct sl_cli *cli = r->cli;
	bool rest = false;
	struct sl_error err;
	size_t n = 0;

	if (sl_vault_counts(r->pg, cli->arena, &counts, &n, &err) != SL_OK)
		return sl_cli_fail(cli, SL_EXIT_ENVIRONMENT, &err);
	for (size_t i = 0; i < n; i++) {
		count = &counts[i];
		if (!sl_keyring_has(r->ring, count->key_id) ||
		    strcmp(count->key_id, sl_keyring_current(r->ring)) == 0)
			continue;
		if (count->tokens + count->clients + count->revocations > 0) {
			rest = true;
			fprintf(cli->out, "key %s still seals %s\n",
				count->key_id,
				sl_vault_cost(cli->arena, count));
			continue;
		}
		fprintf(cli->out,
			"key %s seals nothing any more: its line may go from "
			"the key file. Keep it for backups from before.\n",
			count->key_id);
	}
	if (!rest)
		return SL_EXIT_OK;
	if (r->broken > 0)
		return sl_cli_complain(
			cli, SL_EXIT_FAILED,
			"%s did not open: changed or copied in the database. "
			"Connect those accounts again, set those clients up "
			"again",
			sl_format_plural(cli->arena, r->broken, "secret"));
	return sl_cli_complain(cli, SL_EXIT_FAILED,
			       "some secrets were being changed, or sealed "
			       "with the old key, all the time: give each host "
			       "the same key file, then run sluice keys rotate "
			       "again");
}

int
sl_keys_rotate(struct sl_cli *cli, struct sl_pg *pg,
	       const struct sl_keyring *ring)
{
	struct rotation r = { .cli = cli, .pg = pg, .ring = ring, .left = 1 };
	struct sl_error err;
	int status = sl_vault_check(cli, pg, ring, SL_VAULT_NONE_MISSES);

	if (status != SL_EXIT_OK)
		return status;
	for (int i = 0; i < PASSES && r.left > 0; i++) {
		if (one_pass(&r, &err) != SL_OK)
			return sl_cli_fail(cli, SL_EXIT_ENVIRONMENT, &err);
	}
	fprintf(cli->out, "%s sealed anew with key %s\n",
		sl_format_plural(cli->arena, r.done, "secret"),
		sl_keyring_current(ring));
	return say_what_may_go(&r);
}

struct loss {
	int64_t secrets, grants;
};

static sl_status
forget_users(struct sl_cli *cli, struct sl_pg *pg, const char *key_id,
	     struct loss *loss, struct sl_error *err)
{
	const char *why =
		sl_arena_printf(cli->arena, "master key %s was lost", key_id);
	char after[SL_UUID_TEXT] = "";
	size_t count = SL_VAULT_BATCH;
	sl_status st = SL_OK;

	while (st == SL_OK && count == SL_VAULT_BATCH) {
		SL_AUTO_ARENA arena = sl_arena_new();
		const char **users = NULL;

		st = sl_vault_users(pg, key_id, after[0] == '\0' ? NULL : after,
				    arena, &users, &count, err);
		for (size_t i = 0; st == SL_OK && i < count; i++) {
			int64_t secrets = 0, grants = 0;

			st = sl_vault_forget(pg, users[i], key_id, why,
					     &secrets, &grants, err);
			loss->secrets += secrets;
			loss->grants += grants;
		}
		if (st == SL_OK && count > 0)
			memcpy(after, users[count - 1], sizeof(after));
	}
	return st;
}

int
sl_keys_forget(struct sl_cli *cli, struct sl_pg *pg, const char *key_id)
{
	struct sl_vault_count *counts = NULL;
	struct sl_vault_count cost = { .key_id = key_id };
	struct loss loss = { 0, 0 };
	struct sl_error err;
	size_t count = 0;

	if (sl_vault_counts(pg, cli->arena, &counts, &count, &err) != SL_OK)
		return sl_cli_fail(cli, SL_EXIT_ENVIRONMENT, &err);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(counts[i].key_id, key_id) == 0)
			cost = counts[i];
	}
	if (cost.tokens + cost.clients + cost.revocations == 0)
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "nothing is sealed with a key %s (see "
				       "sluice keys status)",
				       key_id);
	if (forget_users(cli, pg, key_id, &loss, &err) != SL_OK)
		return sl_cli_fail(cli, SL_EXIT_ENVIRONMENT, &err);
	fprintf(cli->out,
		"%s deleted. %s need consent again: sluice status names the "
		"accounts, sluice connect renews them.\n",
		sl_format_plural(cli->arena, loss.secrets, "token"),
		sl_format_plural(cli->arena, loss.grants, "grant"));
	if (cost.clients > 0)
		fprintf(cli->out,
			"%s remain sealed with it: run sluice setup again for "
			"each provider.\n",
			sl_format_plural(cli->arena, cost.clients,
					 "client secret"));
	return SL_EXIT_OK;
}
