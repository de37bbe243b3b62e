/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows: their columns, and what all tables share.
 */
#include "connectors/linkedin/rows.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"

#include "connectors/linkedin/mapping.h"
#include "connectors/linkedin/profile.h"

/** Longer titles of columns are none that is looked at. */
#define TITLE_MAX 64

#define BLANKS " \t\r\n"

const char *const sl_linkedin_table_names[SL_LINKEDIN_TABLES] = {
	[SL_LINKEDIN_CONNECTIONS] = "connections",
	[SL_LINKEDIN_MESSAGES] = "messages",
	[SL_LINKEDIN_INVITATIONS] = "invitations",
	[SL_LINKEDIN_CONTACTS] = "contacts",
	[SL_LINKEDIN_EMAILS] = "emails",
	[SL_LINKEDIN_PROFILE] = "profile",
	[SL_LINKEDIN_POSITIONS] = "positions",
};

struct title {
	const char *folded;
	enum sl_linkedin_column column;
};

/* In the order of strcmp. */
static const struct title titles[] = {
	{ "attachments", SL_LI_ATTACHMENTS },
	{ "companies", SL_LI_COMPANIES },
	{ "company", SL_LI_COMPANY },
	{ "companyname", SL_LI_COMPANY_NAME },
	{ "confirmed", SL_LI_CONFIRMED },
	{ "connectedon", SL_LI_CONNECTED_ON },
	{ "content", SL_LI_CONTENT },
	{ "conversationid", SL_LI_CONVERSATION_ID },
	{ "conversationtitle", SL_LI_CONVERSATION_TITLE },
	{ "date", SL_LI_DATE },
	{ "description", SL_LI_DESCRIPTION },
	{ "direction", SL_LI_DIRECTION },
	{ "emailaddress", SL_LI_EMAIL_ADDRESS },
	{ "emails", SL_LI_EMAILS },
	{ "finishedon", SL_LI_FINISHED_ON },
	{ "firstname", SL_LI_FIRST_NAME },
	{ "folder", SL_LI_FOLDER },
	{ "from", SL_LI_FROM },
	{ "fullname", SL_LI_FULL_NAME },
	{ "geolocation", SL_LI_GEO_LOCATION },
	{ "headline", SL_LI_HEADLINE },
	{ "industry", SL_LI_INDUSTRY },
	{ "inviteeprofileurl", SL_LI_INVITEE_URL },
	{ "inviterprofileurl", SL_LI_INVITER_URL },
	{ "isconversationdraft", SL_LI_CONVERSATION_DRAFT },
	{ "ismessagedraft", SL_LI_MESSAGE_DRAFT },
	{ "lastname", SL_LI_LAST_NAME },
	{ "location", SL_LI_LOCATION },
	{ "message", SL_LI_MESSAGE_TEXT },
	{ "position", SL_LI_POSITION },
	{ "primary", SL_LI_PRIMARY },
	{ "profiles", SL_LI_PROFILES },
	{ "recipientprofileurls", SL_LI_RECIPIENT_URLS },
	{ "senderprofileurl", SL_LI_SENDER_URL },
	{ "sentat", SL_LI_SENT_AT },
	{ "startedon", SL_LI_STARTED_ON },
	{ "subject", SL_LI_SUBJECT },
	{ "summary", SL_LI_SUMMARY },
	{ "title", SL_LI_TITLE },
	{ "to", SL_LI_TO },
	{ "twitterhandles", SL_LI_TWITTER_HANDLES },
	{ "url", SL_LI_URL },
	{ "websites", SL_LI_WEBSITES },
};

static void (*const map_row[SL_LINKEDIN_TABLES])(
	const struct sl_linkedin_row *row) = {
	[SL_LINKEDIN_CONNECTIONS] = sl_linkedin_map_connection,
	[SL_LINKEDIN_MESSAGES] = sl_linkedin_map_message,
	[SL_LINKEDIN_INVITATIONS] = sl_linkedin_map_invitation,
	[SL_LINKEDIN_CONTACTS] = sl_linkedin_map_contact,
	[SL_LINKEDIN_EMAILS] = sl_linkedin_map_email,
	[SL_LINKEDIN_PROFILE] = sl_linkedin_map_profile,
};

int64_t
sl_linkedin_version(int64_t ms, enum sl_linkedin_rank rank)
{
	return ms * 4 + (int64_t)rank;
}

int64_t
sl_linkedin_listed(const struct sl_linkedin_row *row)
{
	return sl_linkedin_version(row->listing->as_of_us / 1000,
				   SL_LINKEDIN_LISTED);
}

/* --- cells ---------------------------------------------------------------- */

static int
compare_titles(const void *key, const void *row)
{
	return strcmp(key, ((const struct title *)row)->folded);
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/** Without case, blanks and underscores; "" when it is too long. */
static void
fold(const char *title, char out[TITLE_MAX])
{
	size_t n = 0;

	for (; *title != '\0' && n + 1 < TITLE_MAX; title++)
		if (strchr(BLANKS "_", *title) == NULL)
			out[n++] = lower(*title);
	out[*title == '\0' ? n : 0] = '\0';
}

static void
find_columns(struct sl_linkedin_row *row)
{
	const char *key;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)row->cells, key, value) {
		char folded[TITLE_MAX];
		const struct title *title;

		fold(key, folded);
		title = bsearch(folded, titles, SL_ARRAY_LEN(titles),
				sizeof(*titles), compare_titles);
		if (title != NULL)
			row->of[title->column] = value;
	}
}

bool
sl_linkedin_has(const struct sl_linkedin_row *row,
		enum sl_linkedin_column column)
{
	return row->of[column] != NULL;
}

const char *
sl_linkedin_trim(struct sl_arena *arena, const char *text, size_t len)
{
	while (len > 0 && strchr(BLANKS, *text) != NULL) {
		text++;
		len--;
	}
	while (len > 0 && strchr(BLANKS, text[len - 1]) != NULL)
		len--;
	return len > 0 ? sl_arena_strndup(arena, text, len) : NULL;
}

const char *
sl_linkedin_cell(const struct sl_linkedin_row *row,
		 enum sl_linkedin_column column)
{
	const json_t *cell = row->of[column];
	const char *text = json_string_value(cell);

	if (json_is_integer(cell))
		return sl_arena_printf(row->page->arena, "%lld",
				       (long long)json_integer_value(cell));
	return text != NULL
		       ? sl_linkedin_trim(row->page->arena, text, strlen(text))
		       : NULL;
}

struct entries {
	struct sl_arena *arena;
	const char **list;
	size_t count, room;
};

static size_t
most_entries(const char *text, const char *separators)
{
	size_t n = 1;

	for (; *text != '\0'; text++)
		n += strchr(separators, *text) != NULL;
	return n;
}

static void
add_entries(struct entries *e, const char *text, const char *separators)
{
	while (*text != '\0' && e->count < e->room) {
		size_t len = strcspn(text, separators);
		const char *one = sl_linkedin_trim(e->arena, text, len);

		if (one != NULL)
			e->list[e->count++] = one;
		text += len;
		text += *text != '\0';
	}
}

const char *const *
sl_linkedin_entries(const struct sl_linkedin_row *row,
		    enum sl_linkedin_column column, const char *separators)
{
	const json_t *cell = row->of[column], *one;
	const char *text = json_string_value(cell);
	struct entries e = { .arena = row->page->arena };
	size_t i;

	if (text != NULL)
		e.room = most_entries(text, separators);
	json_array_foreach (cell, i, one) {
		if (json_is_string(one))
			e.room += most_entries(json_string_value(one),
					       separators);
	}
	if (e.room > SL_LINKEDIN_PEOPLE_MAX)
		e.room = SL_LINKEDIN_PEOPLE_MAX;
	e.list = SL_NEW_ARRAY(e.arena, e.room + 1, const char *);
	if (text != NULL)
		add_entries(&e, text, separators);
	json_array_foreach (cell, i, one) {
		if (json_is_string(one))
			add_entries(&e, json_string_value(one), separators);
	}
	return e.list;
}

/* --- records -------------------------------------------------------------- */

/** The same of equal rows. */
static const char *
ledger_id(const struct sl_linkedin_row *row)
{
	const char *fields[] = { NULL, NULL };
	char key[SL_FIELDS_KEY];

	if (row->id != NULL)
		return sl_arena_strdup(row->page->arena, row->id);
	fields[0] = sl_json_canonical(row->page->arena, row->cells);
	sl_fields_key(fields, key);
	return sl_arena_printf(row->page->arena, "%s/%s",
			       sl_linkedin_table_names[row->listing->table],
			       key);
}

void
sl_linkedin_filter(const struct sl_linkedin_row *row, const char *reason)
{
	struct sl_filtered *filtered = sl_page_filtered(row->page);

	filtered->source_id = ledger_id(row);
	filtered->reason = reason;
}

void
sl_linkedin_reject_item(struct sl_page *page, const char *id, int64_t version,
			const json_t *item, const char *reason)
{
	struct sl_rejected *rejected = sl_page_rejected(page);
	const char *raw = sl_json_canonical(page->arena, item);

	rejected->source_id = id;
	rejected->source_version = version;
	rejected->reason = reason;
	rejected->raw_len = strlen(raw);
	rejected->raw = sl_arena_strndup(
		page->arena, raw,
		sl_utf8_cut(raw, rejected->raw_len, SL_RAW_MAX));
}

void
sl_linkedin_reject(const struct sl_linkedin_row *row, const char *reason)
{
	sl_linkedin_reject_item(row->page, ledger_id(row),
				sl_linkedin_listed(row), row->cells, reason);
}

struct sl_artifact *
sl_linkedin_artifact(const struct sl_linkedin_row *row, const char *type,
		     const char *id)
{
	struct sl_artifact *artifact = sl_page_artifact(row->page);

	artifact->type = type;
	artifact->source_id = id;
	artifact->source_version = sl_linkedin_listed(row);
	artifact->listed = true;
	artifact->metadata = json_object();
	sl_artifact_keep_sent(artifact, row->cells);
	return artifact;
}

void
sl_linkedin_note(struct sl_artifact *artifact, const char *code)
{
	json_t *notes = json_object_get(artifact->metadata, "notes");

	if (notes == NULL) {
		notes = json_array();
		(void)json_object_set_new(artifact->metadata, "notes", notes);
	}
	(void)json_array_append_new(notes, json_string(code));
}

struct sl_participant *
sl_linkedin_person(struct sl_page *page, struct sl_artifact *artifact,
		   const char *url, const char *name, const char *role)
{
	struct sl_participant *who = sl_artifact_participant(page, artifact);
	const char *slug = sl_linkedin_slug(page->arena, url);

	who->kind = SL_IDENTITY_HANDLE;
	who->name = name;
	who->role = role;
	who->not_person = slug == NULL;
	if (slug != NULL)
		who->value = sl_linkedin_profile(page->arena, slug);
	else
		who->value = url != NULL ? url : name;
	return who;
}

void
sl_linkedin_own(struct sl_page *page, const char *profile, const char *name)
{
	struct sl_own_handle *own = page->own_handles.first;

	for (; own != NULL; own = own->next)
		if (strcmp(own->handle, profile) == 0)
			return;
	own = sl_page_own_handle(page);
	own->handle = profile;
	own->name = name;
}

const char *
sl_linkedin_full_name(struct sl_arena *arena, const char *first,
		      const char *last)
{
	if (first == NULL || last == NULL)
		return first != NULL ? first : last;
	return sl_arena_printf(arena, "%s %s", first, last);
}

/* --- tables --------------------------------------------------------------- */

static void
map_positions(struct sl_page *page, const struct sl_linkedin_listing *listing,
	      const struct sl_import_row *rows, size_t count)
{
	json_t *positions = listing->positions != NULL
				    ? json_incref(listing->positions)
				    : json_array();
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		struct sl_linkedin_row row = { .page = page,
					       .listing = listing,
					       .cells = rows[i].cells,
					       .id = rows[i].id };

		find_columns(&row);
		if (sl_linkedin_map_position(&row, positions))
			any = true;
		else
			page->items++;
	}
	if (any) {
		page->items++;
		sl_linkedin_put_positions(page, listing, positions);
	}
	json_decref(positions);
}

void
sl_linkedin_map_rows(struct sl_page *page,
		     const struct sl_linkedin_listing *listing,
		     const struct sl_import_row *rows, size_t count)
{
	struct sl_artifact **first = page->artifacts.tail;

	if (listing->table == SL_LINKEDIN_POSITIONS) {
		map_positions(page, listing, rows, count);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		struct sl_linkedin_row row = { .page = page,
					       .listing = listing,
					       .cells = rows[i].cells,
					       .id = rows[i].id };

		page->items++;
		find_columns(&row);
		map_row[listing->table](&row);
	}
	if (listing->table == SL_LINKEDIN_MESSAGES)
		sl_linkedin_derive_own(page, *first);
}
