/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines of an explanation, and what to read of its JSON for them.
 */
#include <stdarg.h>
#include <string.h>

#include "core/json/json.h"

#include "cli/explain_private.h"
#include "cli/format.h"

/** Longest value of a line, in characters. */
#define VALUE_SHOWN 1500

#define LABEL_WIDTH 14

/* A text with its format applied, on the arena. */
static const char *
formed(struct sl_arena *arena, const char *fmt, va_list args)
{
	va_list again;
	char *text;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	SL_ASSERT(len >= 0);
	text = sl_arena_alloc(arena, (size_t)len + 1);
	(void)vsnprintf(text, (size_t)len + 1, fmt, args);
	return text;
}

void
sl_tell(const struct sl_teller *t, const char *label, const char *fmt, ...)
{
	const char *text;
	va_list args;

	va_start(args, fmt);
	text = formed(t->arena, fmt, args);
	va_end(args);
	fprintf(t->out, "  %-*s%s\n", LABEL_WIDTH, label,
		sl_format_clean(t->arena, text, VALUE_SHOWN));
}

void
sl_tell_head(const struct sl_teller *t, const char *fmt, ...)
{
	const char *text;
	va_list args;

	va_start(args, fmt);
	text = formed(t->arena, fmt, args);
	va_end(args);
	fprintf(t->out, "%s\n", sl_format_clean(t->arena, text, VALUE_SHOWN));
}

const char *
sl_told_text(const json_t *object, const char *key)
{
	const char *text = sl_json_text(object, key);

	return text == NULL ? "" : text;
}

bool
sl_told_has(const json_t *object, const char *key)
{
	return *sl_told_text(object, key) != '\0';
}

const char *
sl_told_time(const struct sl_teller *t, const json_t *object, const char *key)
{
	const char *text = sl_told_text(object, key);

	if (*text == '\0')
		return "never";
	return strlen(text) < strlen("2026-11-20T09:58:11.000000Z")
		       ? text
		       : sl_arena_printf(t->arena, "%.19sZ", text);
}

int64_t
sl_told_number(const json_t *object, const char *key)
{
	int64_t n = 0;

	(void)sl_json_i64(object, key, &n);
	return n;
}

const char *
sl_told_plural(const struct sl_teller *t, const json_t *object, const char *key,
	       const char *noun)
{
	return sl_format_plural(t->arena, sl_told_number(object, key), noun);
}

size_t
sl_told_size(const json_t *object, const char *key)
{
	return json_array_size(json_object_get(object, key));
}

const char *
sl_told_quoted(const struct sl_teller *t, const json_t *object, const char *key)
{
	return sl_told_has(object, key)
		       ? sl_arena_printf(t->arena, " \"%s\"",
					 sl_told_text(object, key))
		       : "";
}

const char *
sl_told_words(const json_t *object, const char *words, const char *code)
{
	return sl_told_has(object, words) ? sl_told_text(object, words)
					  : sl_told_text(object, code);
}

void
sl_tell_account(const struct sl_teller *t, const json_t *o)
{
	const char *status = sl_told_text(o, "account_status");

	sl_tell(t, "account", "%s (%s)%s%s", sl_told_text(o, "account"),
		sl_told_text(o, "provider"),
		*status == '\0' || strcmp(status, "connected") == 0 ? "" : ": ",
		strcmp(status, "connected") == 0 ? "" : status);
}

const char *
sl_told_pulled(const struct sl_teller *t, const json_t *stream)
{
	if (strcmp(sl_told_text(stream, "state"), "closed") == 0)
		return sl_arena_printf(t->arena, "closed: %s",
				       sl_told_words(stream, "disabled_words",
						     "disabled_reason"));
	if (sl_json_bool(stream, "enabled"))
		return "pulled";
	if (sl_json_bool(stream, "chosen"))
		return "not pulled: the user chose so";
	return sl_arena_printf(
		t->arena, "not pulled: %s",
		sl_told_words(stream, "disabled_words", "disabled_reason"));
}

void
sl_tell_stream_of(const struct sl_teller *t, const json_t *o)
{
	const json_t *stream = sl_json_object(o, "stream");

	sl_tell(t, "stream", "%s %s%s", sl_told_text(stream, "kind"),
		sl_told_text(stream, "key"),
		sl_told_quoted(t, stream, "title"));
	if (sl_told_has(stream, "state"))
		sl_tell(t, "", "last success %s, %s",
			sl_told_time(t, stream, "checked_at"),
			sl_told_pulled(t, stream));
}

void
sl_tell_settings(const struct sl_teller *t, const json_t *doc, const char *but)
{
	json_t *settings = json_object_get(doc, "settings");
	const char *label = "settings", *name;
	json_t *told;

	if (sl_told_has(doc, "settings_error"))
		sl_tell(t, label, "%s", sl_told_text(doc, "settings_error"));
	json_object_foreach (settings, name, told) {
		if (!sl_told_has(told, "value") ||
		    strcmp(sl_told_text(told, "value"),
			   sl_told_text(told, but)) == 0)
			continue;
		sl_tell(t, label, "%s = %s: %s", name,
			sl_told_text(told, "value"),
			sl_told_text(told, "help"));
		label = "";
	}
}
