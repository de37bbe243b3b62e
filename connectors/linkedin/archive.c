/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files are known by their names, in any folder, whatever the case, blanks and
 * underscores; "Connections_12345.csv" is Connections.csv of member 12345.
 * Conversations with LinkedIn's own machines (guide_messages.csv and the like)
 * have the columns of messages.csv and other names.
 */
#include "connectors/linkedin/archive.h"

#include <ctype.h>
#include <string.h>

#include "core/base/civil.h"
#include "core/base/clock.h"
#include "core/base/text.h"

#include "core/json/json.h"

#include "connectors/linkedin/rows.h"

#define NAME_MAX_BYTES 32
#define US_PER_DAY     (INT64_C(86400) * SL_US_PER_S)

/* What says who people are comes first; messages name whom the rest knows. */
enum table {
	PROFILE,
	EMAILS,
	POSITIONS,
	INVITATIONS,
	CONNECTIONS,
	CONTACTS,
	MESSAGES,
	TABLES,
};

#define COLUMNS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const struct sl_import_table tables[] = {
	[PROFILE] = { .title = "profile",
		      .required = COLUMNS("First Name", "Last Name"),
		      .names_owner = true },
	[EMAILS] = { .title = "email addresses",
		     .required = COLUMNS("Email Address"),
		     .names_owner = true },
	[POSITIONS] = { .title = "positions",
			.required = COLUMNS("Company Name", "Title") },
	[INVITATIONS] = { .title = "invitations",
			  .required = COLUMNS("From", "To", "Sent At") },
	[CONNECTIONS] = { .title = "connections",
			  .required = COLUMNS("First Name", "Connected On"),
			  .sweeps = "linkedin_connection" },
	[CONTACTS] = { .title = "contacts",
		       .required = COLUMNS("First Name", "Last Name") },
	[MESSAGES] = { .title = "messages",
		       .required = COLUMNS("CONVERSATION ID", "FROM", "DATE",
					   "CONTENT") },
	[TABLES] = { .title = NULL },
};

static const enum sl_linkedin_table rows_of[TABLES] = {
	[PROFILE] = SL_LINKEDIN_PROFILE,
	[EMAILS] = SL_LINKEDIN_EMAILS,
	[POSITIONS] = SL_LINKEDIN_POSITIONS,
	[INVITATIONS] = SL_LINKEDIN_INVITATIONS,
	[CONNECTIONS] = SL_LINKEDIN_CONNECTIONS,
	[CONTACTS] = SL_LINKEDIN_CONTACTS,
	[MESSAGES] = SL_LINKEDIN_MESSAGES,
};

static const struct {
	const char *name; /* lower case, without blanks and underscores */
	enum table table;
} files[] = {
	{ "profile", PROFILE },           { "emailaddresses", EMAILS },
	{ "positions", POSITIONS },       { "invitations", INVITATIONS },
	{ "connections", CONNECTIONS },   { "contacts", CONTACTS },
	{ "importedcontacts", CONTACTS }, { "messages", MESSAGES },
};

/* --- names ------------------------------------------------------------------ */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The name without folders, ".csv" and the member's number; false: it is none
 * of a table. */
static bool
plain_name(const char *path, char out[NAME_MAX_BYTES])
{
	const char *base = strrchr(path, '/');
	size_t len, n = 0;

	base = base == NULL ? path : base + 1;
	len = strlen(base);
	if (!sl_text_iends(base, ".csv"))
		return false;
	len -= strlen(".csv");
	while (len > 0 && is_digit(base[len - 1]))
		len--;
	for (size_t i = 0; i < len; i++) {
		if (base[i] == ' ' || base[i] == '_')
			continue;
		if (n == NAME_MAX_BYTES - 1)
			return false;
		out[n++] = (char)tolower((unsigned char)base[i]);
	}
	out[n] = '\0';
	return true;
}

static int
table_of(const char *path)
{
	char name[NAME_MAX_BYTES];

	if (!plain_name(path, name))
		return -1;
	for (size_t i = 0; i < SL_ARRAY_LEN(files); i++)
		if (strcmp(files[i].name, name) == 0)
			return (int)files[i].table;
	return -1;
}

/* --- when ------------------------------------------------------------------- */

/* `n` digits, not more; what follows them, or NULL. */
static const char *
take_number(const char *at, int n, int *value)
{
	*value = 0;
	for (; n > 0; n--, at++) {
		if (!is_digit(*at))
			return NULL;
		*value = *value * 10 + (*at - '0');
	}
	return is_digit(*at) ? NULL : at;
}

/* "MM-DD-YYYY" at the beginning of `at`. */
static bool
read_date(const char *at, struct sl_date *date)
{
	at = take_number(at, 2, &date->month);
	if (at == NULL || *at != '-')
		return false;
	at = take_number(at + 1, 2, &date->day);
	if (at == NULL || *at != '-')
		return false;
	at = take_number(at + 1, 4, &date->year);
	return at != NULL && sl_date_exists(date);
}

/* "Basic_LinkedInDataExport_11-20-2026.zip": the day's beginning, so that it
 * never counts as newer than it is. */
static int64_t
made_us(const char *file_name)
{
	struct sl_date date;

	for (const char *at = file_name; *at != '\0'; at++) {
		bool begins = at == file_name || !is_digit(at[-1]);

		if (begins && read_date(at, &date))
			return sl_date_to_days(&date) * US_PER_DAY;
	}
	return SL_NO_TIME;
}

/* --- rows ------------------------------------------------------------------- */

/* Titles may be written in several ways: "Email Address", "EMAIL_ADDRESS". */
static bool
same_title(const char *a, const char *b)
{
	for (;;) {
		while (*a == ' ' || *a == '_')
			a++;
		while (*b == ' ' || *b == '_')
			b++;
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (*a == '\0')
			return true;
		a++, b++;
	}
}

/* Without blanks around; "" where there is none. */
static const char *
cell(const json_t *cells, const char *title, struct sl_arena *arena)
{
	const char *key, *text = "";
	json_t *value;
	size_t len;

	/* jansson's iteration takes no constant object, and changes none */
	json_object_foreach ((json_t *)(uintptr_t)cells, key, value)
		if (same_title(key, title) && json_is_string(value))
			text = json_string_value(value);
	text += strspn(text, " \t");
	len = strlen(text);
	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		len--;
	return sl_arena_strndup(arena, text, len);
}

static enum sl_owner_rank
owner(int table, const json_t *cells, struct sl_arena *arena, const char **name)
{
	const char *first, *last;

	if (table == EMAILS) {
		*name = cell(cells, "Email Address", arena);
		if (strchr(*name, '@') == NULL)
			return SL_OWNER_NONE;
		return sl_ascii_iequal(cell(cells, "Primary", arena), "yes")
			       ? SL_OWNER_MAIN
			       : SL_OWNER_ADDRESS;
	}
	first = cell(cells, "First Name", arena);
	last = cell(cells, "Last Name", arena);
	if (*first == '\0' && *last == '\0')
		return SL_OWNER_NONE;
	*name = sl_arena_printf(arena, "%s%s%s", first,
				*first == '\0' || *last == '\0' ? "" : " ",
				last);
	return SL_OWNER_NAME;
}

static int64_t
version(int64_t as_of_us)
{
	return sl_linkedin_version(as_of_us / 1000, SL_LINKEDIN_LISTED);
}

static sl_status
read_rows(const struct sl_import_turn *turn, const struct sl_import_row *rows,
	  size_t count, struct sl_page *page, struct sl_error *err)
{
	struct sl_linkedin_listing listing = { .as_of_us = turn->as_of_us };

	(void)err;
	SL_ASSERT(turn->table >= 0 && turn->table < TABLES);
	listing.table = rows_of[turn->table];
	sl_linkedin_map_rows(page, &listing, rows, count);
	return SL_OK;
}

const struct sl_importer sl_linkedin_importer = {
	.kind = SL_LINKEDIN_ARCHIVE,
	.what = "LinkedIn data archive",
	.tables = tables,
	.table_of = table_of,
	.made_us = made_us,
	.version = version,
	.owner = owner,
	.read = read_rows,
};
