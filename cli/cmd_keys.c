/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/env.h"
#include "cli/output.h"

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

static void
print_key(struct sl_cli *cli, const struct sl_keyring *ring, size_t index)
{
	const char *id = sl_keyring_id(ring, index);
	json_t *object;

	if (!sl_cli_has(cli, SL_FLAG_JSON)) {
		fprintf(cli->out, "%s%s\n", id, index == 0 ? "  current" : "");
		return;
	}
	object = json_object();
	sl_json_put(object, "id", id);
	sl_json_put_bool(object, "current", index == 0);
	sl_out_json(cli, object);
}

static int
show(struct sl_cli *cli)
{
	struct sl_keyring *ring = NULL;
	int status = sl_env_keys(cli, &ring);

	if (status != SL_EXIT_OK)
		return status;
	for (size_t i = 0; i < sl_keyring_count(ring); i++)
		print_key(cli, ring, i);
	sl_keyring_free(&ring);
	return SL_EXIT_OK;
}

int
sl_cmd_keys(struct sl_cli *cli)
{
	const char *word = cli->word_count > 0 ? cli->words[0] : "status";

	if (strcmp(word, "generate") == 0)
		return generate(cli);
	if (strcmp(word, "status") == 0)
		return show(cli);
	return sl_cli_complain(cli, SL_EXIT_USAGE,
			       "keys: what is %s? (see sluice help keys)",
			       word);
}
