/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/help.h"

#include <ctype.h>
#include <string.h>

#include "core/sync/provider.h"

#include "cli/cli.h"
#include "cli/commands.h"
#include "connectors/registry.h"

#define COLUMNS 79

/* Words of `text`, broken before COLUMNS, each new line indented. */
static void
print_wrapped(FILE *out, const char *text, int indent, int column)
{
	while (*text != '\0') {
		int len = (int)strcspn(text, " \n");

		if (column > indent && column + 1 + len > COLUMNS) {
			fprintf(out, "\n%*s", indent, "");
			column = indent;
		} else if (column > indent) {
			fputc(' ', out);
			column++;
		}
		fprintf(out, "%.*s", len, text);
		column += len;
		text += len;
		if (strncmp(text, "\n\n", 2) == 0) {
			fprintf(out, "\n\n%*s", indent, "");
			column = indent;
		}
		text += strspn(text, " \n");
	}
	fputc('\n', out);
}

static void
print_flags(FILE *out, const enum sl_flag *flags)
{
	for (; *flags != SL_FLAGS; flags++) {
		const struct sl_flag_row *row = &sl_flag_rows[*flags];
		int n = fprintf(out, "  --%s%s%s", row->name,
				row->argument == NULL ? "" : " ",
				row->argument == NULL ? "" : row->argument);

		if (n > 23)
			fprintf(out, "\n%24s", "");
		else
			fprintf(out, "%*s", 24 - n, "");
		print_wrapped(out, row->help, 24, 24);
		if (row->variable != NULL)
			fprintf(out, "%24s(environment: %s)\n", "",
				row->variable);
	}
}

void
sl_help_all(FILE *out)
{
	fputs("usage: sluice COMMAND [OPTION]...\n\n", out);
	for (const struct sl_command *c = sl_commands; c->name != NULL; c++) {
		if (!c->hidden)
			fprintf(out, "  %-11s %s\n", c->name, c->summary);
	}
	fputs("\nOptions of every command:\n", out);
	print_flags(out, sl_common_flags);
	fputs("\nsluice help COMMAND says more; so does man sluice.\n", out);
}

void
sl_help_command(FILE *out, const struct sl_command *command)
{
	fprintf(out, "usage: sluice %s%s%s%s\n\n", command->name,
		command->words == NULL ? "" : " ",
		command->words == NULL ? "" : command->words,
		command->flags[0] == SL_FLAGS ? "" : " [OPTION]...");
	print_wrapped(out, command->summary, 0, 0);
	if (command->about != NULL) {
		fputc('\n', out);
		print_wrapped(out, command->about, 0, 0);
	}
	if (command->flags[0] != SL_FLAGS) {
		fputc('\n', out);
		print_flags(out, command->flags);
	}
}

int
sl_cmd_help(struct sl_cli *cli)
{
	const struct sl_command *command;

	if (cli->word_count == 0) {
		sl_help_all(cli->out);
		return SL_EXIT_OK;
	}
	command = sl_command_find(cli->words[0]);
	if (command == NULL)
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "unknown command %s (see sluice help)",
				       cli->words[0]);
	sl_help_command(cli->out, command);
	return SL_EXIT_OK;
}

/* mdoc */

/* A sentence a line, as mdoc wants it; paragraphs parted by .Pp. */
static void
man_text(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (strncmp(text, "\n\n", 2) == 0) {
			fputs("\n.Pp\n", out);
			text++;
		} else if (strncmp(text, ". ", 2) == 0 &&
			   isupper((unsigned char)text[2])) {
			fputs(".\n", out);
			text++;
		} else {
			fputc(*text, out);
		}
	}
	fputc('\n', out);
}

static void
man_flags(FILE *out, const enum sl_flag *flags)
{
	if (*flags == SL_FLAGS)
		return;
	fputs(".Bl -tag -width Ds\n", out);
	for (; *flags != SL_FLAGS; flags++) {
		const struct sl_flag_row *row = &sl_flag_rows[*flags];

		fprintf(out, ".It Fl -%s%s%s\n", row->name,
			row->argument == NULL ? "" : " Ar ",
			row->argument == NULL ? "" : row->argument);
		man_text(out, row->help);
		if (row->variable != NULL)
			fprintf(out, "Environment:\n.Ev %s .\n", row->variable);
	}
	fputs(".El\n", out);
}

static void
man_commands(FILE *out)
{
	fputs(".Sh COMMANDS\n.Bl -tag -width Ds\n", out);
	for (const struct sl_command *c = sl_commands; c->name != NULL; c++) {
		if (c->hidden)
			continue;
		fprintf(out, ".It Ic %s%s%s%s\n", c->name,
			c->words == NULL ? "" : " Ar \"",
			c->words == NULL ? "" : c->words,
			c->words == NULL ? "" : "\"");
		man_text(out, c->summary);
		if (c->about != NULL) {
			fputs(".Pp\n", out);
			man_text(out, c->about);
		}
		man_flags(out, c->flags);
	}
	fputs(".El\n", out);
}

static void
man_endpoints(FILE *out)
{
	const struct sl_provider *provider;

	for (size_t i = 0; (provider = sl_registry_provider(i)) != NULL; i++) {
		for (const struct sl_endpoint *e = provider->endpoints;
		     e->name != NULL; e++)
			fprintf(out, ".It Ev %s\nInstead of\n.Lk %s .\n",
				e->variable, e->url);
	}
}

static void
man_environment(FILE *out)
{
	fputs(".Sh ENVIRONMENT\n"
	      "Options win over the environment.\n"
	      ".Bl -tag -width Ds\n",
	      out);
	for (int f = 0; f < SL_FLAGS; f++) {
		if (sl_flag_rows[f].variable != NULL)
			fprintf(out, ".It Ev %s\nAs\n.Fl -%s .\n",
				sl_flag_rows[f].variable, sl_flag_rows[f].name);
	}
	for (const struct sl_variable_row *v = sl_variable_rows;
	     v->name != NULL; v++) {
		fprintf(out, ".It Ev %s\n", v->name);
		man_text(out, v->help);
	}
	man_endpoints(out);
	fputs(".El\n", out);
}

void
sl_help_man(FILE *out)
{
	man_commands(out);
	fputs(".Sh OPTIONS\nEvery command takes these:\n", out);
	man_flags(out, sl_common_flags);
	man_environment(out);
}

int
sl_cmd_help_man(struct sl_cli *cli)
{
	sl_help_man(cli->out);
	return SL_EXIT_OK;
}
