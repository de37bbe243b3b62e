/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/env.h"
#include "cli/format.h"
#include "cli/output.h"
#include "cli/rotate.h"
#include "cli/vault.h"

#define ID_SHOWN 64

/* The one secret that is printed: that is what it was made for. */
static int
generate(struct sl_cli *cli)
{
	SL_AUTO_SECRET line = { NULL, 0 };

	sl_key_generate(cli->rng, sl_now_us(cli->clock), &line);
	if (fwrite(line.bytes, 1, line.len, cli->out) != line.len ||
	    fflush(cli->out) != 0)
		return sl_cli_complain(cli, SL_EXIT_FAILED,
				       "the key could not be written whole");
	if (isatty(fileno(cli->out)))
		fputs("Put this line first in the key file (chmod 600) and "
		      "keep a copy apart from the database.\n",
		      cli->err);
	return SL_EXIT_OK;
}

static bool
is_used(const struct sl_vault_count *count)
{
	return count->tokens + count->clients + count->revocations > 0;
}

/** Where a key stands, in one word, and what follows from it. */
struct standing {
	const char *word;
	const char *note;
};

static struct standing
standing(struct sl_cli *cli, const struct sl_keyring *ring,
	 const struct sl_vault_count *count)
{
	bool used = is_used(count);

	if (strcmp(count->key_id, sl_keyring_current(ring)) == 0)
		return (struct standing){ "current", "" };
	if (sl_keyring_has(ring, count->key_id))
		return (struct standing){
			"old", used ? "sluice keys rotate, then it may go"
				    : "nothing needs it: its line may go"
		};
	if (!used)
		return (struct standing){ "gone", "" };
	return (struct standing){
		"missing",
		sl_arena_printf(cli->arena, "without it %s cannot be opened",
				sl_vault_cost(cli->arena, count))
	};
}

static void
print_json(struct sl_cli *cli, const struct sl_keyring *ring,
	   const struct sl_vault_count *count)
{
	const struct standing at = standing(cli, ring, count);
	json_t *object = json_object();

	sl_json_put(object, "id", count->key_id);
	sl_json_put(object, "state", at.word);
	sl_json_put_bool(object, "current", strcmp(at.word, "current") == 0);
	sl_json_put_i64(object, "tokens", count->tokens);
	sl_json_put_i64(object, "users", count->users);
	sl_json_put_i64(object, "clients", count->clients);
	sl_json_put_i64(object, "revocations", count->revocations);
	sl_json_put_bool(object, "may_go",
			 strcmp(at.word, "old") == 0 && !is_used(count));
	sl_out_json(cli, object);
}

static void
add_row(struct sl_cli *cli, struct sl_grid *grid, const struct sl_keyring *ring,
	const struct sl_vault_count *count)
{
	const struct standing at = standing(cli, ring, count);
	const char **cells = sl_grid_row(grid);

	cells[0] = sl_format_clean(cli->arena, count->key_id, ID_SHOWN);
	cells[1] = at.word;
	cells[2] = sl_format_count(cli->arena, count->tokens);
	cells[3] = sl_format_count(cli->arena, count->users);
	cells[4] = sl_format_count(cli->arena, count->clients);
	cells[5] = sl_format_count(cli->arena, count->revocations);
	cells[6] = at.note;
}

/* Keys of the file that the database has not met stand in it all the same. */
static struct sl_vault_count *
with_the_file(struct sl_cli *cli, const struct sl_keyring *ring,
	      const struct sl_vault_count *known, size_t *count)
{
	struct sl_vault_count *all = SL_NEW_ARRAY(
		cli->arena, *count + SL_KEYS_MAX, struct sl_vault_count);
	size_t n = 0, met = *count;

	for (size_t i = 0; i < sl_keyring_count(ring); i++) {
		all[n] = (struct sl_vault_count){ .key_id = sl_keyring_id(ring,
									  i) };
		for (size_t k = 0; k < met; k++) {
			if (strcmp(known[k].key_id, all[n].key_id) == 0)
				all[n] = known[k];
		}
		n++;
	}
	for (size_t k = 0; k < met; k++) {
		if (!sl_keyring_has(ring, known[k].key_id))
			all[n++] = known[k];
	}
	*count = n;
	return all;
}

static int
print_counts(struct sl_cli *cli, const struct sl_keyring *ring,
	     const struct sl_vault_count *counts, size_t count)
{
	static const char *const head[] = { "KEY",     "STATE",   "TOKENS",
					    "USERS",   "CLIENTS", "REVOCATIONS",
					    "WHAT NOW" };
	bool json = sl_cli_has(cli, SL_FLAG_JSON), missing = false;
	struct sl_grid grid;

	sl_grid_init(&grid, cli->arena, SL_ARRAY_LEN(head), head);
	for (size_t i = 0; i < count; i++) {
		missing = missing || (is_used(&counts[i]) &&
				      !sl_keyring_has(ring, counts[i].key_id));
		if (json)
			print_json(cli, ring, &counts[i]);
		else
			add_row(cli, &grid, ring, &counts[i]);
	}
	if (!json)
		sl_grid_print(&grid, cli->out);
	return missing ? SL_EXIT_FAILED : SL_EXIT_OK;
}

static int
status_of_keys(struct sl_cli *cli, struct sl_pg *pg,
	       const struct sl_keyring *ring)
{
	struct sl_vault_count *counts = NULL;
	struct sl_error err;
	size_t count = 0;
	int status;

	if (sl_vault_counts(pg, cli->arena, &counts, &count, &err) != SL_OK)
		return sl_cli_fail(cli, SL_EXIT_ENVIRONMENT, &err);
	counts = with_the_file(cli, ring, counts, &count);
	status = print_counts(cli, ring, counts, count);
	if (sl_vault_check(cli, pg, ring, SL_VAULT_ANY_MISSES) != SL_EXIT_OK)
		return SL_EXIT_ENVIRONMENT;
	return status;
}

static int
forget(struct sl_cli *cli, struct sl_pg *pg, const struct sl_keyring *ring)
{
	if (sl_keyring_has(ring, cli->words[1]))
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "key %s is in the key file: it is not "
				       "lost. Re-seal what it sealed with "
				       "sluice keys rotate",
				       cli->words[1]);
	return sl_keys_forget(cli, pg, cli->words[1]);
}

static int
with_database(struct sl_cli *cli, const char *word)
{
	struct sl_keyring *ring = NULL;
	struct sl_pg *pg = NULL;
	int status = sl_env_keys(cli, &ring);

	if (status == SL_EXIT_OK)
		status = sl_env_database(cli, &pg);
	if (status == SL_EXIT_OK) {
		if (strcmp(word, "rotate") == 0)
			status = sl_keys_rotate(cli, pg, ring);
		else if (strcmp(word, "forget") == 0)
			status = forget(cli, pg, ring);
		else
			status = status_of_keys(cli, pg, ring);
	}
	sl_pg_free(&pg);
	sl_keyring_free(&ring);
	return status;
}

int
sl_cmd_keys(struct sl_cli *cli)
{
	const char *word = cli->word_count > 0 ? cli->words[0] : "status";
	bool forgets = strcmp(word, "forget") == 0;

	if (forgets && cli->word_count < 2)
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "keys forget needs the id of the key "
				       "that is lost (see sluice keys status)");
	if (!forgets && cli->word_count > 1)
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "keys %s: what is %s? (see sluice help "
				       "keys)",
				       word, cli->words[1]);
	if (strcmp(word, "generate") == 0)
		return generate(cli);
	if (forgets || strcmp(word, "status") == 0 ||
	    strcmp(word, "rotate") == 0)
		return with_database(cli, word);
	return sl_cli_complain(cli, SL_EXIT_USAGE,
			       "keys: what is %s? (see sluice help keys)",
			       word);
}
