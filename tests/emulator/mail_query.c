/* SPDX-License-Identifier: Apache-2.0 */
#include "mail_query.h"

#include <stdlib.h>
#include <string.h>

#include "mail_part.h"

static void
take_label(struct emu_query *q, const char *name, bool negated)
{
	unsigned bit;

	if (!emu_label_find(q->box, name, true, &bit)) {
		q->wrong = "unknown label in q";
		return;
	}
	if (negated)
		q->none |= EMU_BIT(bit);
	else
		q->all |= EMU_BIT(bit);
}

static void
take_place(struct emu_query *q, const char *name, bool negated)
{
	static const struct {
		const char *name;
		enum emu_label label;
	} places[] = {
		{ "inbox", EMU_INBOX }, { "sent", EMU_SENT },
		{ "chats", EMU_CHAT },  { "chat", EMU_CHAT },
		{ "draft", EMU_DRAFT }, { "drafts", EMU_DRAFT },
		{ "spam", EMU_SPAM },   { "trash", EMU_TRASH },
	};

	if (strcmp(name, "anywhere") == 0 && !negated) {
		q->anywhere = true;
		return;
	}
	for (size_t i = 0; i < EMU_COUNT(places); i++)
		if (strcmp(places[i].name, name) == 0) {
			if (negated)
				q->none |= EMU_BIT(places[i].label);
			else
				q->all |= EMU_BIT(places[i].label);
			return;
		}
	q->wrong = "unknown place in q";
}

/* Seconds since 1970; days are in a zone of Google's and not played. */
static void
take_time(struct emu_query *q, const char *text, bool after)
{
	uint64_t seconds;

	if (!emu_parse_u64(text, &seconds) || seconds > 100000000000ULL)
		q->wrong = "epoch seconds wanted in q";
	else if (after)
		q->after_ms = (int64_t)seconds * 1000;
	else
		q->before_ms = (int64_t)seconds * 1000;
}

static void
take_term(struct emu_query *q, char *term)
{
	bool negated = *term == '-';
	char *value = strchr(term, ':');

	term += negated;
	if (!value || !value[1]) {
		q->wrong = "unknown term in q";
		return;
	}
	*value++ = '\0';
	if (strcmp(term, "in") == 0)
		take_place(q, value, negated);
	else if (strcmp(term, "label") == 0)
		take_label(q, value, negated);
	else if (negated)
		q->wrong = "unknown negated term in q";
	else if (strcmp(term, "after") == 0)
		take_time(q, value, true);
	else if (strcmp(term, "before") == 0)
		take_time(q, value, false);
	else if (strcmp(term, "rfc822msgid") == 0)
		emu_set_text(&q->message_id, value);
	else
		q->wrong = "unknown term in q";
}

void
emu_query_terms(struct emu_query *q, const char *text)
{
	char *copy = emu_strdup(text), *rest = NULL;

	for (char *term = strtok_r(copy, " ", &rest); term && !q->wrong;
	     term = strtok_r(NULL, " ", &rest))
		take_term(q, term);
	free(copy);
}

static void
take_label_id(void *context, const char *value)
{
	struct emu_query *q = context;
	unsigned bit;

	if (emu_label_find(q->box, value, false, &bit))
		q->all |= EMU_BIT(bit);
	else
		q->wrong = "Invalid label";
}

void
emu_query_finish(struct emu_query *q)
{
	const uint64_t hidden = EMU_BIT(EMU_SPAM) | EMU_BIT(EMU_TRASH);

	if (!q->anywhere && !q->spam_trash && !(q->all & hidden))
		q->none |= hidden;
	q->print = emu_hash(q->message_id ? q->message_id : "");
	q->print = emu_mix(q->print ^ q->all);
	q->print = emu_mix(q->print ^ q->none);
	q->print = emu_mix(q->print ^ (uint64_t)q->after_ms);
	q->print = emu_mix(q->print ^ (uint64_t)q->before_ms);
}

bool
emu_query_read(struct emu_req *r, struct emu_query *q)
{
	static const char *const full[] = {
		"https://www.googleapis.com/auth/gmail.readonly",
		"https://www.googleapis.com/auth/gmail.modify",
		"https://mail.google.com/"
	};
	const char *text = emu_arg(r, "q");
	const char *spam = emu_arg(r, "includeSpamTrash");
	bool may = !text;

	*q = (struct emu_query){ .box = r->account->mail,
				 .after_ms = INT64_MIN,
				 .before_ms = INT64_MAX };
	for (size_t i = 0; i < EMU_COUNT(full); i++)
		may = may || emu_has_scope(r, full[i]);
	if (!may) {
		emu_api_error(r, 403, "global", "forbidden",
			      "Metadata scope does not support 'q' parameter",
			      NULL);
		return false;
	}
	if (text)
		emu_query_terms(q, text);
	emu_each_arg(r, "labelIds", take_label_id, q);
	q->spam_trash = spam && strcmp(spam, "true") == 0;
	if (spam && !q->spam_trash && strcmp(spam, "false") != 0)
		q->wrong = "Invalid value at 'include_spam_trash'";
	if (q->wrong) {
		emu_mail_bad(r, q->wrong);
		return false;
	}
	emu_query_finish(q);
	return true;
}

void
emu_query_free(struct emu_query *q)
{
	free(q->message_id);
}

static bool
has_message_id(const struct emu_query *q, const struct emu_mail *mail)
{
	struct emu_letter l = { 0 };
	bool found = false;
	size_t len = strlen(q->message_id);

	emu_letter_of(&l, mail);
	for (size_t i = 0; i < l.root->field_count && !found; i++) {
		const struct emu_field *f = &l.root->fields[i];

		if (strcmp(f->name, "Message-ID") != 0 &&
		    strcmp(f->name, "Message-Id") != 0)
			continue;
		found = strcmp(f->value, q->message_id) == 0 ||
			(f->value[0] == '<' &&
			 strncmp(f->value + 1, q->message_id, len) == 0 &&
			 strcmp(f->value + 1 + len, ">") == 0);
	}
	emu_letter_free(&l);
	return found;
}

bool
emu_query_has(const struct emu_query *q, const struct emu_mail *mail)
{
	return (mail->labels & q->all) == q->all && !(mail->labels & q->none) &&
	       mail->date_ms >= q->after_ms && mail->date_ms < q->before_ms &&
	       (!q->message_id || has_message_id(q, mail));
}
