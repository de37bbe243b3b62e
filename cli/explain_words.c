/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/json/json.h"

#include "cli/explain.h"

/* Codes that every connector's items and streams may bear. */
static const struct sl_code general[] = {
	{ "not-listed", "A complete walk did not find it at the provider any "
			"more." },
	{ "series-gone", "The series it belongs to is gone, and it went "
			 "along." },
	{ "cancelled", "It was cancelled or deleted at the provider." },
	{ "not-found", "The provider no longer knows it." },
	{ "transient", "What failed may pass: it is tried again by itself." },
	{ "malformed", "It could not be read or stored as it is: it is tried "
		       "again when it changes at the provider, or when a new "
		       "version of sluice reads it otherwise." },
	{ "start-is-out", "Its start is none of the dates that its rule "
			  "names." },
	{ "start-missing", "It says no start." },
	/* why a series is not expanded by its rule alone (core/recur) */
	{ "rule-freq", "It repeats more often than daily." },
	{ "rule-byweekno", "Its rule counts weeks of the year." },
	{ "rule-bysetpos", "Its rule picks by position in a set." },
	{ "rule-shape",
	  "Its rule combines parts in a way that is not expanded here." },
	{ "rule-clock", "Its rule names other times of day than the start's." },
	{ "rule-several", "It has several rules." },
	{ "exrule", "It has a rule of exceptions (EXRULE)." },
	{ "rdate-period", "It lists periods as further dates." },
	{ "rdate-date",
	  "It lists days as further dates, although it has times." },
	{ "date-type", "It mixes days and times." },
	{ "time-far", "It lies outside the years 1601 to 2499." },
	{ "zone-unknown", "Its time zone is not known to this machine." },
	{ "rule-steps", "Its rule takes too long to expand." },
	{ "line-long", "A line of its rule is too long." },
	{ "lines-many", "Its rule has too many lines." },
	{ "rule-long", "Its rule is too long." },
	{ "dates-many", "It lists too many dates." },
	{ "rule-malformed", "Its rule cannot be read." },
	{ "rule-refused", "Its rule cannot be read." },
	{ "line-malformed", "A line of its rule cannot be read." },
	{ "line-unknown", "A line of its rule is of an unknown kind." },
	{ "line-parameter", "A line of its rule has an unknown parameter." },
	{ "date-malformed", "One of its dates cannot be read." },
	{ "start-malformed", "Its start makes no sense as a time." },
	{ .code = NULL },
};

static const char *
look_up(const struct sl_code *table, const char *code)
{
	for (; table != NULL && table->code != NULL; table++)
		if (strcmp(table->code, code) == 0)
			return table->words;
	return NULL;
}

const char *
sl_explain_words(const struct sl_connector *connector, const char *code)
{
	const char *words = NULL;

	if (code == NULL)
		return NULL;
	if (connector != NULL)
		words = look_up(connector->codes, code);
	return words != NULL ? words : look_up(general, code);
}

static const struct sl_connector *
find(const struct sl_connector *const *registry, const json_t *object)
{
	const char *name = sl_json_text(object, "provider");

	for (; name != NULL && *registry != NULL; registry++)
		if (strcmp((*registry)->name, name) == 0)
			return *registry;
	return NULL;
}

static void
put_words(const struct sl_connector *connector, json_t *object, const char *key,
	  const char *member)
{
	sl_json_put_text(
		object, member,
		sl_explain_words(connector, sl_json_text(object, key)));
}

static void
decorate_notes(const struct sl_connector *connector, json_t *item)
{
	const json_t *codes = json_object_get(item, "notes");
	json_t *notes = json_array();
	const json_t *code;
	size_t i;

	json_array_foreach (codes, i, code) {
		const char *text = json_string_value(code);
		json_t *note = json_object();

		sl_json_put_text(note, "code", text);
		sl_json_put_text(note, "words",
				 sl_explain_words(connector, text));
		(void)json_array_append_new(notes, note);
	}
	(void)json_object_set_new(item, "notes", notes);
}

static void
decorate_series(const struct sl_connector *connector, json_t *item)
{
	json_t *series = json_object_get(item, "series");
	const json_t *list = json_object_get(series, "exceptions");
	json_t *exception;
	size_t i;

	json_array_foreach (list, i, exception) {
		put_words(connector, exception, "deleted_reason",
			  "deleted_words");
	}
	/* These codes are the house's: core/recur gives them. */
	put_words(NULL, json_object_get(series, "expansion"), "reason",
		  "words");
}

static void
decorate_settings(const struct sl_connector *connector, json_t *doc)
{
	json_t *settings = json_object_get(doc, "settings");
	const char *name;
	json_t *value;
	void *next;

	if (connector == NULL || settings == NULL)
		return;
	json_object_foreach_safe(settings, next, name, value)
	{
		const struct sl_option *option =
			sl_option_find(connector->options, name);
		json_t *told = json_object();

		(void)json_object_set(told, "value", value);
		if (option != NULL) {
			sl_json_put_text(told, "default", option->fallback);
			sl_json_put_text(told, "help", option->help);
		}
		(void)json_object_set_new(settings, name, told);
	}
}

static void
decorate_item(const struct sl_connector *connector, json_t *item)
{
	put_words(connector, item, "deleted_reason", "deleted_words");
	put_words(connector, json_object_get(item, "stream"), "disabled_reason",
		  "disabled_words");
	decorate_notes(connector, item);
	decorate_series(connector, item);
	decorate_settings(connector, item);
}

static void
decorate_entry(const struct sl_connector *connector, json_t *entry)
{
	const char *reason = sl_json_text(entry, "reason");
	const char *words = sl_explain_words(connector, reason);

	/* names that the provider makes up have no row of their own */
	if (words == NULL && connector != NULL)
		words = look_up(connector->codes, SL_CODE_OTHER);
	sl_json_put_text(entry, "words", words);
	put_words(connector, json_object_get(entry, "stream"),
		  "disabled_reason", "disabled_words");
}

static void
decorate_stream(const struct sl_connector *connector, json_t *stream)
{
	put_words(connector, stream, "disabled_reason", "disabled_words");
}

static void
decorate_account(const struct sl_connector *connector, json_t *account)
{
	const json_t *off = json_object_get(account, "off");
	json_t *stream;
	size_t i;

	json_array_foreach (off, i, stream) {
		put_words(connector, stream, "reason", "words");
	}
	decorate_settings(connector, account);
}

void
sl_explain_decorate(const struct sl_connector *const *registry,
		    json_t *document)
{
	static const struct {
		const char *key;
		void (*decorate)(const struct sl_connector *, json_t *);
	} parts[] = {
		{ "items", decorate_item },
		{ "ledger", decorate_entry },
		{ "streams", decorate_stream },
		{ "accounts", decorate_account },
	};

	for (size_t part = 0; part < SL_ARRAY_LEN(parts); part++) {
		const json_t *list = json_object_get(document, parts[part].key);
		json_t *one;
		size_t i;

		json_array_foreach (list, i, one) {
			parts[part].decorate(find(registry, one), one);
		}
	}
}
