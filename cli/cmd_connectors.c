/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "core/sync/provider.h"

#include "cli/commands.h"
#include "cli/format.h"
#include "cli/output.h"
#include "connectors/registry.h"

static json_t *
names_json(const char *const *names)
{
	json_t *array = json_array();

	for (; *names != NULL; names++)
		(void)json_array_append_new(array, json_string(*names));
	return array;
}

/* What its values may be, in words; "" where the help says it. */
static const char *
values_text(struct sl_arena *arena, const struct sl_option *option)
{
	const char *text =
		option->type == SL_OPT_LIST ? "several of " : "one of ";
	const char *between = text;

	switch (option->type) {
	case SL_OPT_DATE:
		return "a date as 2026-12-01";
	case SL_OPT_NUMBER:
		return sl_arena_printf(arena, "%" PRId64 " to %" PRId64,
				       option->min, option->max);
	case SL_OPT_TEXT:
		return sl_arena_printf(arena, "a text, %" PRId64 " bytes",
				       option->max);
	case SL_OPT_CHOICE:
	case SL_OPT_LIST:
		break;
	}
	text = "";
	for (const char *const *c = option->choices; *c != NULL; c++) {
		text = sl_arena_printf(arena, "%s%s%s", text, between, *c);
		between = ", ";
	}
	return text;
}

/* What a change of it brings about at the next sync. */
static const char *
effect_text(const struct sl_option *option)
{
	switch (option->effect) {
	case SL_EFFECT_NOTHING:
		return "the next sync goes by it";
	case SL_EFFECT_REMAP:
		return "the next sync reads all again";
	case SL_EFFECT_WIDEN:
		return "the next sync lists all again";
	case SL_EFFECT_ERASE:
		return "the next sync erases what is too much, or reads what "
		       "is missing";
	}
	return "";
}

static json_t *
options_json(struct sl_arena *arena, const struct sl_option *options)
{
	json_t *array = json_array();

	for (; options->name != NULL; options++) {
		json_t *option = json_object();

		sl_json_put(option, "name", options->name);
		sl_json_put(option, "default", options->fallback);
		sl_json_put(option, "help", options->help);
		sl_json_put(option, "values", values_text(arena, options));
		sl_json_put(option, "effect", effect_text(options));
		(void)json_array_append_new(array, option);
	}
	return array;
}

static void
print_json(struct sl_cli *cli, const struct sl_connector *c)
{
	json_t *object = json_object();

	sl_json_put(object, "name", c->name);
	sl_json_put(object, "title", c->title);
	sl_json_put(object, "provider", c->provider->name);
	sl_json_put_i64(object, "default_interval_s", c->default_interval_s);
	(void)json_object_set_new(object, "scopes", names_json(c->scopes));
	(void)json_object_set_new(object, "options",
				  options_json(cli->arena, c->options));
	sl_out_json(cli, object);
}

static void
print_text(struct sl_cli *cli, const struct sl_connector *c)
{
	fprintf(cli->out, "%s: %s, by %s; every %s\n", c->name, c->title,
		c->provider->title,
		sl_format_duration(cli->arena,
				   c->default_interval_s * SL_US_PER_S));
	for (const char *const *scope = c->scopes; *scope != NULL; scope++)
		fprintf(cli->out, "  scope   %s\n", *scope);
	for (const struct sl_stream_kind *k = c->kinds; k->name != NULL; k++)
		fprintf(cli->out, "  streams %s: %s\n", k->name, k->title);
	for (const struct sl_option *o = c->options; o->name != NULL; o++)
		fprintf(cli->out, "  option  %s = %s: %s (%s; %s)\n", o->name,
			*o->fallback == '\0' ? "(none)" : o->fallback, o->help,
			values_text(cli->arena, o), effect_text(o));
}

int
sl_cmd_connectors(struct sl_cli *cli)
{
	for (const struct sl_connector *const *c = sl_registry; *c != NULL;
	     c++) {
		if (sl_cli_has(cli, SL_FLAG_JSON))
			print_json(cli, *c);
		else
			print_text(cli, *c);
	}
	return SL_EXIT_OK;
}
