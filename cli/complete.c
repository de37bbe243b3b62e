/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table for a shell that completes: one fact a line, so that what it offers
 * is what this build takes. packaging/bash-completion/sluice reads it.
 */
#include <string.h>

#include "core/sync/provider.h"

#include "cli/cli.h"
#include "cli/commands.h"
#include "connectors/registry.h"

/* "flag COMMAND --name [ARGUMENT]"; COMMAND "*" = every one. */
static void
tell_flags(FILE *out, const char *command, const enum sl_flag *flags)
{
	for (; *flags != SL_FLAGS; flags++) {
		const struct sl_flag_row *row = &sl_flag_rows[*flags];

		fprintf(out, "flag %s --%s%s%s\n", command, row->name,
			row->argument == NULL ? "" : " ",
			row->argument == NULL ? "" : row->argument);
	}
}

/* "word COMMAND TEXT": what may follow it, as help says it. */
static void
tell_command(FILE *out, const struct sl_command *c)
{
	fprintf(out, "command %s\n", c->name);
	if (c->words != NULL)
		fprintf(out, "word %s %s\n", c->name, c->words);
	tell_flags(out, c->name, c->flags);
}

static void
tell_connectors(FILE *out)
{
	const struct sl_provider *p;

	for (const struct sl_connector *const *c = sl_registry; *c != NULL;
	     c++) {
		fprintf(out, "connector %s\n", (*c)->name);
		if ((*c)->importer != NULL)
			fprintf(out, "importer %s\n", (*c)->name);
	}
	for (size_t i = 0; (p = sl_registry_provider(i)) != NULL; i++)
		fprintf(out, "provider %s\n", p->name);
}

int
sl_cmd_help_complete(struct sl_cli *cli)
{
	for (const struct sl_command *c = sl_commands; c->name != NULL; c++)
		if (!c->hidden)
			tell_command(cli->out, c);
	tell_flags(cli->out, "*", sl_common_flags);
	tell_connectors(cli->out);
	return SL_EXIT_OK;
}
