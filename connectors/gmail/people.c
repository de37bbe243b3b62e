/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who takes part in a message, and whether a machine sent it to many. Facts of
 * this one message: who of them is the user and who becomes a contact is
 * decided elsewhere.
 *
 * Source: RFC 5322, 3.6; RFC 2919, 2369, 3834; Gmail's categories, read
 * 2026-11
 */
#include <string.h>
#include <strings.h>

#include "core/base/text.h"

#include "core/json/json.h"
#include "core/mail/addresses.h"

#include "connectors/gmail/mapping.h"

struct role_row {
	enum sl_gmail_header header;
	const char *role;
};

static const struct role_row role_rows[] = {
	{ SL_GMAIL_H_FROM, "from" },
	{ SL_GMAIL_H_SENDER, "sender" },
	{ SL_GMAIL_H_REPLY_TO, "reply_to" },
	{ SL_GMAIL_H_TO, "to" },
	{ SL_GMAIL_H_CC, "cc" },
	{ SL_GMAIL_H_BCC, "bcc" },
};

/** Of Google's own mailboxes, which have two names. */
static bool
is_gmail_domain(const char *domain)
{
	return sl_ascii_iequal(domain, "@gmail.com") ||
	       sl_ascii_iequal(domain, "@googlemail.com");
}

/** The next letter of a local part that counts at gmail.com: dots do not, nor
 *  what follows a '+'. NUL = its end. */
static char
next_letter(const char **at)
{
	char c;

	*at += strspn(*at, ".");
	c = **at;
	if (c == '@' || c == '+' || c == '\0')
		return '\0';
	++*at;
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
sl_gmail_is_own(const char *account, const char *address)
{
	const char *ours = strrchr(account, '@');
	const char *theirs = strrchr(address, '@');
	char c;

	if (ours == NULL || theirs == NULL)
		return false;
	if (!is_gmail_domain(ours) || !is_gmail_domain(theirs))
		return sl_ascii_iequal(account, address);
	while ((c = next_letter(&account)) == next_letter(&address))
		if (c == '\0')
			return true;
	return false;
}

static void
add_people(struct sl_page *page, struct sl_artifact *artifact,
	   const struct sl_mailboxes *boxes, const char *role,
	   const char *account)
{
	for (const struct sl_mailbox *box = boxes->first; box != NULL;
	     box = box->next) {
		struct sl_participant *who =
			sl_artifact_participant(page, artifact);

		who->kind = SL_IDENTITY_EMAIL;
		who->value = box->address;
		who->name = box->name;
		who->role = role;
		who->self = sl_gmail_is_own(account, box->address);
	}
}

/** What could not be read as addresses is kept as it was written. */
static void
keep_raw(struct sl_page *page, struct sl_artifact *artifact, const char *role,
	 const char *value)
{
	json_t *raw = json_object_get(artifact->metadata, "addresses_raw");

	if (raw == NULL) {
		raw = json_object();
		(void)json_object_set_new(artifact->metadata, "addresses_raw",
					  raw);
	}
	sl_json_put_text(raw, role,
			 sl_arena_strndup(page->arena, value,
					  sl_utf8_cut(value, strlen(value),
						      SL_GMAIL_HEADER_MAX)));
	sl_gmail_note(artifact, "address-odd");
}

static void
map_line(struct sl_page *page, struct sl_artifact *artifact,
	 const struct role_row *row, const char *value, const char *account)
{
	size_t room = SL_GMAIL_PEOPLE_MAX - artifact->participant_count;
	struct sl_mailboxes boxes;

	sl_mail_addresses(page->arena, value, room, &boxes);
	add_people(page, artifact, &boxes, row->role, account);
	if (boxes.odd)
		keep_raw(page, artifact, row->role, value);
	if (boxes.cut) {
		artifact->participants_incomplete = true;
		sl_gmail_note(artifact, "recipients-cut");
	}
}

void
sl_gmail_map_people(struct sl_page *page, struct sl_artifact *artifact,
		    const struct sl_gmail_lines *lines, const char *account)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(role_rows); i++) {
		const struct sl_gmail_line *line =
			lines->of[role_rows[i].header];

		for (; line != NULL; line = line->next)
			map_line(page, artifact, &role_rows[i], line->value,
				 account);
	}
	if (lines->of[SL_GMAIL_H_FROM] == NULL)
		sl_gmail_note(artifact, "from-missing");
}

/** The first word of a value, without what follows it. */
static bool
begins_with_word(const char *value, const char *word)
{
	size_t len = strlen(word);

	value += strspn(value, " \t");
	return strncasecmp(value, word, len) == 0 &&
	       strchr(" \t;,(", value[len]) != NULL;
}

static bool
any_word(const char *value, const char *const *words)
{
	for (; value != NULL && *words != NULL; words++)
		if (begins_with_word(value, *words))
			return true;
	return false;
}

/** A bounce's address, "<>": nobody is to be answered. */
static bool
is_null_path(const char *value)
{
	if (value == NULL)
		return false;
	value += strspn(value, " \t");
	return strncmp(value, "<>", 2) == 0;
}

static bool
is_categorised(const char *const *labels)
{
	return sl_gmail_has_label(labels, "CATEGORY_PROMOTIONS") ||
	       sl_gmail_has_label(labels, "CATEGORY_SOCIAL") ||
	       sl_gmail_has_label(labels, "CATEGORY_FORUMS");
}

const char *
sl_gmail_bulk(const struct sl_gmail_lines *lines, const char *const *labels)
{
	static const char *const bulky[] = { "bulk", "list", "junk", NULL };
	static const char *const no[] = { "no", NULL };
	static const char *const none[] = { "none", NULL };
	const char *automatic = sl_gmail_line(lines, SL_GMAIL_H_AUTO_SUBMITTED);
	const char *suppress =
		sl_gmail_line(lines, SL_GMAIL_H_AUTO_RESPONSE_SUPPRESS);
	bool answers = lines->of[SL_GMAIL_H_IN_REPLY_TO] != NULL;

	if (lines->of[SL_GMAIL_H_LIST_ID] != NULL)
		return "list-id";
	if (lines->of[SL_GMAIL_H_LIST_POST] != NULL)
		return "list-post";
	if (any_word(sl_gmail_line(lines, SL_GMAIL_H_PRECEDENCE), bulky))
		return "precedence";
	if (automatic != NULL && !any_word(automatic, no))
		return "auto-submitted";
	if (is_null_path(sl_gmail_line(lines, SL_GMAIL_H_RETURN_PATH)))
		return "null-return-path";
	if (lines->of[SL_GMAIL_H_FEEDBACK_ID] != NULL)
		return "feedback-id";
	if (suppress != NULL && !any_word(suppress, none))
		return "auto-response-suppress";
	if (is_categorised(labels))
		return "category";
	if (lines->of[SL_GMAIL_H_LIST_UNSUBSCRIBE] != NULL && !answers)
		return "list-unsubscribe";
	return NULL;
}
