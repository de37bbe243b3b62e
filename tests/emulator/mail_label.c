/* SPDX-License-Identifier: Apache-2.0 */
/* Labels: a set is a word of bits; user labels are Label_1, Label_2, ... */
#include <stdio.h>
#include <string.h>

#include "mail.h"

static const char *const system_labels[EMU_LABELS] = {
	[EMU_INBOX] = "INBOX",
	[EMU_SPAM] = "SPAM",
	[EMU_TRASH] = "TRASH",
	[EMU_UNREAD] = "UNREAD",
	[EMU_STARRED] = "STARRED",
	[EMU_IMPORTANT] = "IMPORTANT",
	[EMU_SENT] = "SENT",
	[EMU_DRAFT] = "DRAFT",
	[EMU_CHAT] = "CHAT",
	[EMU_CATEGORY_PERSONAL] = "CATEGORY_PERSONAL",
	[EMU_CATEGORY_SOCIAL] = "CATEGORY_SOCIAL",
	[EMU_CATEGORY_PROMOTIONS] = "CATEGORY_PROMOTIONS",
	[EMU_CATEGORY_UPDATES] = "CATEGORY_UPDATES",
	[EMU_CATEGORY_FORUMS] = "CATEGORY_FORUMS",
};

const char *
emu_label_id(const struct emu_mailbox *m, unsigned bit)
{
	static _Thread_local char id[24];

	if (bit < EMU_LABELS)
		return system_labels[bit];
	if (bit < EMU_USER_LABEL || bit - EMU_USER_LABEL >= m->label_count)
		return NULL;
	(void)snprintf(id, sizeof(id), "Label_%u", bit - EMU_USER_LABEL + 1);
	return id;
}

const char *
emu_label_name(const struct emu_mailbox *m, unsigned bit)
{
	return bit < EMU_USER_LABEL ? emu_label_id(m, bit)
				    : m->label_names[bit - EMU_USER_LABEL];
}

bool
emu_label_find(const struct emu_mailbox *m, const char *text, bool names,
	       unsigned *bit)
{
	for (*bit = 0; *bit < 64; ++*bit) {
		const char *id = emu_label_id(m, *bit);

		if (id &&
		    (strcmp(id, text) == 0 ||
		     (names && strcmp(emu_label_name(m, *bit), text) == 0)))
			return true;
	}
	return false;
}

bool
emu_label_make(struct emu_mailbox *m, const char *name, unsigned *bit)
{
	if (m->label_count == EMU_USER_LABELS)
		return false;
	*bit = EMU_USER_LABEL + (unsigned)m->label_count;
	m->label_names[m->label_count++] = emu_strdup(name);
	return true;
}

void
emu_put_labels(struct emu_buf *b, const struct emu_mailbox *m, uint64_t labels)
{
	bool first = true;

	emu_putc(b, '[');
	for (unsigned bit = 0; labels >> bit; bit++) {
		if (!(labels >> bit & 1))
			continue;
		emu_putf(b, "%s\"%s\"", first ? "" : ",", emu_label_id(m, bit));
		first = false;
		if (bit == 63)
			break;
	}
	emu_putc(b, ']');
}

static void
put_label(struct emu_buf *b, const struct emu_mailbox *m, unsigned bit,
	  const char *id)
{
	bool hidden = bit >= EMU_CATEGORY_PERSONAL && bit < EMU_LABELS;

	if (b->data[b->len - 1] == '}')
		emu_putc(b, ',');
	emu_putf(b, "{\"id\":\"%s\",\"name\":", id);
	emu_put_json(b, emu_label_name(m, bit));
	if (hidden)
		EMU_LIT(b, ",\"messageListVisibility\":\"hide\","
			   "\"labelListVisibility\":\"labelHide\"");
	if (bit >= EMU_USER_LABEL)
		EMU_LIT(b, ",\"messageListVisibility\":\"show\","
			   "\"labelListVisibility\":\"labelShow\"");
	if (bit == EMU_USER_LABEL)
		EMU_LIT(b, ",\"color\":{\"textColor\":\"#ffffff\","
			   "\"backgroundColor\":\"#16a765\"}");
	emu_putf(b, ",\"type\":\"%s\"}",
		 bit < EMU_USER_LABEL ? "system" : "user");
}

void
emu_mail_labels(struct emu_req *r)
{
	const struct emu_mailbox *m = r->account->mail;
	struct emu_buf b = { 0 };
	const char *id;

	EMU_LIT(&b, "{\"labels\":[");
	for (unsigned bit = 0; bit < 64; bit++) {
		id = emu_label_id(m, bit);
		if (id)
			put_label(&b, m, bit, id);
	}
	EMU_LIT(&b, "]}");
	emu_mail_reply(r, &b);
}
