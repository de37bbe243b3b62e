/* SPDX-License-Identifier: Apache-2.0 */
/*
 * getopt_long, fed from the table. Two passes: what stands before the command
 * (common options only), then the command's own part, where options and words
 * may mix.
 */
#include <getopt.h>
#include <string.h>

#include "cli/cli.h"

/* getopt's `val` of the flag f; above any character. */
#define FLAG_VALUE(f) (1000 + (int)(f))

#define WORDS_MAX 8

struct scan {
	struct sl_cli *cli;
	struct option options[SL_FLAGS + 1];
	int count;
};

static void
add_options(struct scan *scan, const enum sl_flag *flags)
{
	for (; *flags != SL_FLAGS; flags++) {
		const struct sl_flag_row *row = &sl_flag_rows[*flags];

		scan->options[scan->count++] = (struct option){
			.name = row->name,
			.has_arg = row->argument == NULL ? no_argument
							 : required_argument,
			.val = FLAG_VALUE(*flags),
		};
	}
	scan->options[scan->count] = (struct option){ .name = NULL };
}

/* "--name" without "=value": a value may be a secret put in the wrong place. */
static int
name_length(const char *argument)
{
	return (int)strcspn(argument, "=");
}

static const char *
prefix(const struct scan *scan)
{
	const struct sl_command *command = scan->cli->command;

	return command == NULL ? "" : command->name;
}

static sl_status
unknown_option(const struct scan *scan, const char *what, struct sl_error *err)
{
	bool has_command = scan->cli->command != NULL;

	return sl_fail(err, SL_CONFIG, SL_CLIENT,
		       "%s%sunknown option %.*s (see sluice help%s%s)",
		       prefix(scan), has_command ? ": " : "", name_length(what),
		       what, has_command ? " " : "", prefix(scan));
}

static sl_status
refuse_option(const struct scan *scan, char *const *argv, int got,
	      struct sl_error *err)
{
	const char *what = argv[optind - 1];
	const char *colon = scan->cli->command == NULL ? "" : ": ";

	if (got == ':')
		return sl_fail(err, SL_CONFIG, SL_CLIENT,
			       "%s%s%.*s needs a value", prefix(scan), colon,
			       name_length(what), what);
	if (optopt >= FLAG_VALUE(0))
		return sl_fail(err, SL_CONFIG, SL_CLIENT,
			       "%s%s%.*s takes no value", prefix(scan), colon,
			       name_length(what), what);
	if (optopt != 0)
		return sl_fail(err, SL_CONFIG, SL_CLIENT,
			       "%s%sunknown option -%c (see sluice help)",
			       prefix(scan), colon, optopt);
	return unknown_option(scan, what, err);
}

/* The option as it was written, before any "=". */
static const char *
written(char *const *argv)
{
	bool apart = optarg != NULL && optarg == argv[optind - 1];

	return argv[optind - (apart ? 2 : 1)];
}

/* getopt takes any unique beginning for the whole; a cron line that used one
 * would break when an option is added. */
static bool
is_whole(const char *text, const char *name)
{
	return strncmp(text, "--", 2) == 0 &&
	       (size_t)name_length(text) == strlen(name) + 2 &&
	       strncmp(text + 2, name, strlen(name)) == 0;
}

static sl_status
take_option(struct scan *scan, char *const *argv, int got, struct sl_error *err)
{
	enum sl_flag flag;

	if (got == '?' || got == ':')
		return refuse_option(scan, argv, got, err);
	if (got == 'h') {
		scan->cli->flags[SL_FLAG_HELP] = "";
		return SL_OK;
	}
	flag = (enum sl_flag)(got - FLAG_VALUE(0));
	if (!is_whole(written(argv), sl_flag_rows[flag].name))
		return unknown_option(scan, written(argv), err);
	if (optarg != NULL && scan->cli->flags[flag] != NULL)
		return sl_fail(err, SL_CONFIG, SL_CLIENT, "--%s is given twice",
			       sl_flag_rows[flag].name);
	scan->cli->flags[flag] = optarg == NULL ? "" : optarg;
	return SL_OK;
}

static sl_status
scan_options(struct scan *scan, int argc, char **argv, const char *shorts,
	     struct sl_error *err)
{
	sl_status st = SL_OK;

	opterr = 0;
	optind = 0; /* glibc: start afresh */
	while (st == SL_OK) {
		int got;

		optopt = 0;
		optarg = NULL;
		got = getopt_long(argc, argv, shorts, scan->options, NULL);
		if (got == -1)
			break;
		st = take_option(scan, argv, got, err);
	}
	return st;
}

static sl_status
check_words(const struct sl_cli *cli, struct sl_error *err)
{
	const struct sl_command *c = cli->command;

	if (sl_cli_has(cli, SL_FLAG_HELP))
		return SL_OK;
	if (cli->word_count < c->words_min)
		return sl_fail(err, SL_CONFIG, SL_CLIENT,
			       "%s: %s is missing (see sluice help %s)",
			       c->name, c->words, c->name);
	if (cli->word_count > c->words_max)
		return sl_fail(err, SL_CONFIG, SL_CLIENT,
			       "%s: what is %s? (see sluice help %s)", c->name,
			       cli->words[c->words_max], c->name);
	return SL_OK;
}

static sl_status
parse_command(struct sl_cli *cli, int argc, char **argv, struct sl_error *err)
{
	struct scan scan = { .cli = cli };
	const char **words = SL_NEW_ARRAY(cli->arena, WORDS_MAX, const char *);
	sl_status st;

	cli->command = sl_command_find(argv[0]);
	if (cli->command == NULL)
		return sl_fail(err, SL_CONFIG, SL_CLIENT,
			       "unknown command %s (see sluice help)", argv[0]);
	add_options(&scan, sl_common_flags);
	add_options(&scan, cli->command->flags);
	st = scan_options(&scan, argc, argv, ":h", err);
	if (st != SL_OK)
		return st;
	for (int i = optind; i < argc && cli->word_count < WORDS_MAX - 1; i++)
		words[cli->word_count++] = argv[i];
	cli->words = words;
	return check_words(cli, err);
}

sl_status
sl_cli_parse(struct sl_cli *cli, int argc, char **argv, struct sl_error *err)
{
	struct scan scan = { .cli = cli };
	sl_status st;

	add_options(&scan, sl_common_flags);
	st = scan_options(&scan, argc, argv, "+:h", err);
	if (st != SL_OK)
		return st;
	if (optind < argc)
		return parse_command(cli, argc - optind, argv + optind, err);
	if (sl_cli_has(cli, SL_FLAG_HELP))
		cli->command = sl_command_find("help");
	else if (sl_cli_has(cli, SL_FLAG_VERSION))
		cli->command = sl_command_find("version");
	else
		return sl_fail(err, SL_CONFIG, SL_CLIENT,
			       "no command given (see sluice help)");
	return SL_OK;
}

bool
sl_cli_has(const struct sl_cli *cli, enum sl_flag flag)
{
	return cli->flags[flag] != NULL;
}
