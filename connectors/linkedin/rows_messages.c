/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages of INBOX and messages.csv. No row has an id.
 */
#include <string.h>
#include <strings.h>

#include "core/base/civil.h"
#include "core/base/text.h"

#include "core/json/json.h"
#include "core/mail/html.h"

#include "connectors/linkedin/mapping.h"
#include "connectors/linkedin/messages.h"
#include "connectors/linkedin/profile.h"
#include "connectors/linkedin/when.h"

/** How LinkedIn calls who has no profile, or shows it to nobody. */
#define NOBODY "LinkedIn Member"

/** Sponsored letters are HTML of one editor; all others are text. */
#define EDITOR "spinmail-"

/** Where the editor's name must stand. */
#define EDITOR_WITHIN 256

const char *
sl_linkedin_thread(struct sl_arena *arena, const char *id)
{
	static const char urn[] = "urn:li:messagingThread:";

	if (id == NULL)
		return NULL;
	if (strncmp(id, urn, strlen(urn)) == 0)
		id += strlen(urn);
	return *id != '\0' ? sl_arena_strdup(arena, id) : NULL;
}

/* --- people --------------------------------------------------------------- */

struct names {
	const char **list;
	size_t count;
};

/** Between ", ": what names hold themselves falls apart, too. */
static void
split_names(struct sl_arena *arena, const char *text, struct names *names)
{
	size_t most = 1;

	for (const char *at = strchr(text, ','); at != NULL;
	     at = strchr(at + 1, ','))
		most++;
	if (most > SL_LINKEDIN_PEOPLE_MAX)
		most = SL_LINKEDIN_PEOPLE_MAX;
	names->list = SL_NEW_ARRAY(arena, most, const char *);
	while (*text != '\0' && names->count < most) {
		const char *end = strstr(text, ", ");
		size_t len = end != NULL ? (size_t)(end - text) : strlen(text);
		const char *name = sl_linkedin_trim(arena, text, len);

		if (name != NULL)
			names->list[names->count++] = name;
		text += len;
		text += end != NULL ? 2 : 0;
	}
}

/** Nobodies have no address: they go, and are counted. */
static size_t
drop_nobodies(struct names *names)
{
	size_t kept = 0, count = names->count;

	for (size_t i = 0; i < count; i++)
		if (strcmp(names->list[i], NOBODY) != 0)
			names->list[kept++] = names->list[i];
	names->count = kept;
	return count - kept;
}

/** The rest of the names, whose ", " were not between people. */
static const char *
join_names(struct sl_arena *arena, const struct names *names)
{
	const char *all = names->count > 0 ? names->list[0] : NULL;

	for (size_t i = 1; i < names->count; i++)
		all = sl_arena_printf(arena, "%s, %s", all, names->list[i]);
	return all;
}

static size_t
length(const char *const *list)
{
	size_t n = 0;

	while (list[n] != NULL)
		n++;
	return n;
}

/*
 * People are counted by their addresses. Names belong to them in their order
 * when there are as many, and to the one when there is one; else nobody knows
 * which is whose, and they are kept as they were.
 */
static void
put_known(const struct sl_linkedin_row *row, struct sl_artifact *artifact,
	  const char *const *urls, const struct names *names)
{
	struct sl_arena *arena = row->page->arena;
	size_t count = length(urls);

	for (size_t i = 0; i < count; i++) {
		const char *name = NULL;

		if (count == names->count)
			name = names->list[i];
		else if (count == 1)
			name = join_names(arena, names);
		(void)sl_linkedin_person(row->page, artifact, urls[i], name,
					 "to");
	}
	if (count > 1 && names->count > 0 && count != names->count)
		sl_json_put_text(artifact->metadata, "to",
				 sl_linkedin_cell(row, SL_LI_TO));
}

static void
put_recipients(const struct sl_linkedin_row *row, struct sl_artifact *artifact)
{
	const char *const *urls =
		sl_linkedin_entries(row, SL_LI_RECIPIENT_URLS, ", \n");
	const char *to = sl_linkedin_cell(row, SL_LI_TO);
	struct names names = { .count = 0 };
	size_t nobodies;

	if (*urls == NULL) {
		if (to != NULL)
			(void)sl_linkedin_person(row->page, artifact, NULL, to,
						 "to");
		/* tables of before 2023 tell names alone */
		artifact->participants_incomplete =
			!sl_linkedin_has(row, SL_LI_RECIPIENT_URLS);
		return;
	}
	if (to != NULL)
		split_names(row->page->arena, to, &names);
	nobodies = length(urls) == names.count ? 0 : drop_nobodies(&names);
	put_known(row, artifact, urls, &names);
	for (; nobodies > 0; nobodies--)
		(void)sl_linkedin_person(row->page, artifact, NULL, NOBODY,
					 "to");
}

static void
put_people(const struct sl_linkedin_row *row, struct sl_artifact *artifact)
{
	const char *url = sl_linkedin_cell(row, SL_LI_SENDER_URL);
	const char *name = sl_linkedin_cell(row, SL_LI_FROM);

	if (url != NULL || name != NULL)
		(void)sl_linkedin_person(row->page, artifact, url, name,
					 "from");
	else
		sl_linkedin_note(artifact, "from-missing");
	put_recipients(row, artifact);
}

/* --- text ----------------------------------------------------------------- */

static bool
is_sponsored(const char *content)
{
	char start[EDITOR_WITHIN + 1];
	size_t len = strnlen(content, EDITOR_WITHIN);

	if (*content != '<')
		return false;
	memcpy(start, content, len);
	start[len] = '\0';
	return strcasestr(start, EDITOR) != NULL;
}

/** NULL: empty, or none. */
static const char *
content_of(const struct sl_linkedin_row *row, bool *sponsored)
{
	const char *content = json_string_value(row->of[SL_LI_CONTENT]);
	struct sl_html_text text;

	*sponsored = false;
	if (content == NULL || *content == '\0')
		return NULL;
	*sponsored = is_sponsored(content);
	if (!*sponsored) {
		content = sl_linkedin_message_text(row->page->arena, content);
		return *content != '\0' ? content : NULL;
	}
	sl_html_to_text(row->page->arena, content, strlen(content),
			SL_HTML_BYTES_MAX, &text);
	return text.len > 0 ? text.text : NULL;
}

static void
put_attachments(const struct sl_linkedin_row *row, json_t *metadata)
{
	const char *const *one =
		sl_linkedin_entries(row, SL_LI_ATTACHMENTS, " \t\r\n");
	json_t *list;

	if (*one == NULL)
		return;
	list = json_array();
	for (size_t i = 0; one[i] != NULL && i < SL_LINKEDIN_ATTACHMENTS_MAX;
	     i++)
		(void)json_array_append_new(list, json_string(one[i]));
	(void)json_object_set_new(metadata, "attachments", list);
}

static const char *const *
folder_label(struct sl_arena *arena, const char *folder)
{
	const char **labels = SL_NEW_ARRAY(arena, 2, const char *);

	labels[0] = folder;
	return labels;
}

/* --- rows ----------------------------------------------------------------- */

static void
put_message(const struct sl_linkedin_row *row, const char *thread,
	    const struct sl_linkedin_when *when)
{
	struct sl_arena *arena = row->page->arena;
	const char *folder = sl_linkedin_cell(row, SL_LI_FOLDER);
	char *id = sl_arena_alloc(arena, SL_TEXT_KEY);
	struct sl_artifact *artifact;
	const char *content;
	bool sponsored;

	content = content_of(row, &sponsored);
	sl_text_key(thread, when->us, content, id);
	artifact = sl_linkedin_artifact(row, SL_LINKEDIN_MESSAGE, id);
	artifact->by_moment = true;
	artifact->thread = thread;
	artifact->occurred_us = when->us - sl_mod_down(when->us, SL_US_PER_S);
	artifact->reach_us = artifact->occurred_us;
	artifact->title = sl_linkedin_cell(row, SL_LI_SUBJECT);
	artifact->content = content;
	artifact->labels = folder_label(arena, folder);
	sl_json_put_text(artifact->metadata, "conversation_title",
			 sl_linkedin_cell(row, SL_LI_CONVERSATION_TITLE));
	if (sponsored)
		sl_json_put_text(artifact->metadata, "bulk", "sponsored");
	else if (sl_ascii_iequal(folder, "SPAM"))
		sl_json_put_text(artifact->metadata, "bulk", "spam-folder");
	put_attachments(row, artifact->metadata);
	put_people(row, artifact);
}

static bool
is_yes(const struct sl_linkedin_row *row, enum sl_linkedin_column column)
{
	const char *said = sl_linkedin_cell(row, column);

	return sl_ascii_iequal(said, "Yes") || sl_ascii_iequal(said, "true") ||
	       json_is_true(row->of[column]);
}

void
sl_linkedin_map_message(const struct sl_linkedin_row *row)
{
	struct sl_arena *arena = row->page->arena;
	const char *thread = sl_linkedin_thread(
		arena, sl_linkedin_cell(row, SL_LI_CONVERSATION_ID));
	struct sl_linkedin_when when;

	if (is_yes(row, SL_LI_MESSAGE_DRAFT) ||
	    is_yes(row, SL_LI_CONVERSATION_DRAFT))
		sl_linkedin_filter(row, "draft");
	else if (thread == NULL)
		sl_linkedin_reject(row, "a message without a conversation");
	else if (!sl_linkedin_when(arena, sl_linkedin_cell(row, SL_LI_DATE),
				   &when) ||
		 !when.time)
		sl_linkedin_reject(row, "DATE: not a time");
	else
		put_message(row, thread, &when);
}

/* --- whose they are ------------------------------------------------------- */

static bool
takes_part(const struct sl_artifact *artifact, const char *profile)
{
	for (const struct sl_participant *p = artifact->participants; p != NULL;
	     p = p->next)
		if (!p->not_person && strcmp(p->value, profile) == 0)
			return true;
	return false;
}

static bool
names_anybody(const struct sl_artifact *artifact)
{
	for (const struct sl_participant *p = artifact->participants; p != NULL;
	     p = p->next)
		if (!p->not_person)
			return true;
	return false;
}

/** In all messages that name anybody? */
static bool
is_everywhere(const struct sl_artifact *from, const char *profile)
{
	for (; from != NULL; from = from->next)
		if (names_anybody(from) && !takes_part(from, profile))
			return false;
	return true;
}

/** Do two people beside this one occur, in conversations of their own? Within
 *  one whoever writes most may be everywhere. */
static bool
meets_two(const struct sl_artifact *from, const char *profile)
{
	const char *other = NULL, *thread = NULL;

	for (; from != NULL; from = from->next)
		for (const struct sl_participant *p = from->participants;
		     p != NULL; p = p->next) {
			if (p->not_person || strcmp(p->value, profile) == 0)
				continue;
			if (other == NULL) {
				other = p->value;
				thread = from->thread;
			} else if (strcmp(p->value, other) != 0 &&
				   strcmp(from->thread, thread) != 0) {
				return true;
			}
		}
	return false;
}

void
sl_linkedin_derive_own(struct sl_page *page, const struct sl_artifact *from)
{
	const struct sl_participant *own = NULL;

	while (from != NULL && !names_anybody(from))
		from = from->next;
	if (from == NULL)
		return;
	for (const struct sl_participant *p = from->participants; p != NULL;
	     p = p->next) {
		if (p->not_person || !is_everywhere(from, p->value) ||
		    (own != NULL && strcmp(own->value, p->value) == 0))
			continue;
		if (own != NULL)
			return; /* two of them */
		own = p;
	}
	if (own != NULL && meets_two(from, own->value))
		sl_linkedin_own(page, own->value, own->name);
}
