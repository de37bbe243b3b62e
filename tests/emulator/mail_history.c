/* SPDX-License-Identifier: Apache-2.0 */
/*
 * history.list. A page takes maxResults records of the log and then leaves
 * out what was not asked for: it may have no `history` and yet a next page.
 */
#include <string.h>

#include "mail_page.h"

struct wish {
	unsigned changes; /* bit per enum emu_mail_change */
	uint64_t label;   /* a set of at most one */
	const char *wrong;
	const struct emu_mailbox *box;
};

static void
take_type(void *context, const char *value)
{
	static const char *const names[] = {
		[EMU_MAIL_ADDED] = "messageAdded",
		[EMU_MAIL_DELETED] = "messageDeleted",
		[EMU_LABEL_ADDED] = "labelAdded",
		[EMU_LABEL_REMOVED] = "labelRemoved",
	};
	struct wish *w = context;

	for (size_t i = 0; i < EMU_COUNT(names); i++)
		if (strcmp(names[i], value) == 0) {
			w->changes |= 1U << i;
			return;
		}
	w->wrong = "Invalid value at 'history_types'";
}

static bool
read_wish(struct emu_req *r, struct wish *w, uint64_t *start)
{
	const char *from = emu_arg(r, "startHistoryId");
	const char *label = emu_arg(r, "labelId");
	unsigned bit;

	*w = (struct wish){ .box = r->account->mail };
	emu_each_arg(r, "historyTypes", take_type, w);
	if (!w->changes)
		w->changes = ~0U;
	if (label && !emu_label_find(w->box, label, false, &bit))
		w->wrong = "Invalid label";
	else if (label)
		w->label = EMU_BIT(bit);
	if (!from || !emu_parse_u64(from, start))
		w->wrong = "Invalid value at 'start_history_id'";
	if (w->wrong)
		emu_mail_bad(r, w->wrong);
	return !w->wrong;
}

static bool
wanted(const struct wish *w, const struct emu_mail_record *c)
{
	if (c->change != EMU_MAIL_BARE && !(w->changes >> c->change & 1))
		return false;
	return !w->label || ((c->labels | c->delta) & w->label);
}

static void
put_message(struct emu_buf *b, const struct wish *w,
	    const struct emu_mail_record *c, bool labels)
{
	emu_putf(b, "{\"id\":\"%016llx\",\"threadId\":\"%016llx\"",
		 (unsigned long long)c->message, (unsigned long long)c->thread);
	if (labels && c->labels) {
		EMU_LIT(b, ",\"labelIds\":");
		emu_put_labels(b, w->box, c->labels);
	}
	emu_putc(b, '}');
}

static void
put_record(struct emu_buf *b, const struct wish *w,
	   const struct emu_mail_record *c)
{
	static const char *const arrays[] = {
		[EMU_MAIL_ADDED] = "messagesAdded",
		[EMU_MAIL_DELETED] = "messagesDeleted",
		[EMU_LABEL_ADDED] = "labelsAdded",
		[EMU_LABEL_REMOVED] = "labelsRemoved",
	};
	/* one label record in four does not tell the labels */
	bool labels = c->change != EMU_MAIL_DELETED &&
		      (c->change == EMU_MAIL_ADDED || emu_mix(c->id) % 4);

	emu_putf(b, "{\"id\":\"%llu\",\"messages\":[",
		 (unsigned long long)c->id);
	put_message(b, w, c, false);
	emu_putc(b, ']');
	if (c->change != EMU_MAIL_BARE) {
		emu_putf(b, ",\"%s\":[{\"message\":", arrays[c->change]);
		put_message(b, w, c, labels);
		if (c->delta) {
			EMU_LIT(b, ",\"labelIds\":");
			emu_put_labels(b, w->box, c->delta);
		}
		EMU_LIT(b, "}]");
	}
	emu_putc(b, '}');
}

/* What the page tells as current; a fault may have it wander. */
static uint64_t
told_id(const struct emu_req *r)
{
	uint64_t now = r->account->mail->history;

	if (emu_fault_is(r, EMU_FAULT_HISTORY_AHEAD))
		return now + emu_fault_number(r->fault, "by", 1000);
	if (emu_fault_is(r, EMU_FAULT_HISTORY_BACK))
		return now - emu_fault_number(r->fault, "by", 1000);
	return now;
}

void
emu_mail_history(struct emu_req *r)
{
	const struct emu_mailbox *m = r->account->mail;
	struct emu_mail_page p;
	struct emu_token next;
	struct wish w;
	uint64_t start = 0;
	size_t at, end;

	if (!read_wish(r, &w, &start))
		return;
	if (start < m->floor || start > m->history) {
		emu_mail_not_found(r);
		return;
	}
	if (!emu_mail_page_begin(&p, r, EMU_TOKEN_HISTORY_PAGE,
				 emu_mix(start) ^ emu_mix(w.label) ^ w.changes))
		return;
	p.name = "history";
	at = emu_mail_records_after(m,
				    p.here.position ? p.here.position : start);
	end = m->record_count - at > p.max ? at + p.max : m->record_count;
	next = p.here;
	next.salt = 0;
	for (; at < end && !emu_mail_page_empty(&p); at++) {
		next.position = m->records[at].id;
		if (!wanted(&w, &m->records[at]))
			continue;
		emu_mail_page_item(&p);
		put_record(&p.items, &w, &m->records[at]);
	}
	emu_putf(&p.tail, "\"historyId\":\"%llu\"",
		 (unsigned long long)told_id(r));
	emu_mail_page_send(&p, at < m->record_count ? &next : NULL);
}
