/* SPDX-License-Identifier: Apache-2.0 */
/*
 * messages.list. A page token names the last message shown, so that what
 * arrives meanwhile moves nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "mail_page.h"
#include "mail_query.h"

static void
add_message(struct emu_mail_page *p, const struct emu_mail *mail)
{
	emu_mail_page_item(p);
	emu_putf(&p->items, "{\"id\":\"%016llx\",\"threadId\":\"%016llx\"}",
		 (unsigned long long)mail->id,
		 (unsigned long long)mail->thread);
}

/* The one message that can have a Message-ID of ours, or any of the new. */
static void
find_message(struct emu_mail_page *p, const struct emu_query *q)
{
	struct emu_mailbox *m = q->box;
	const char *text = q->message_id + (*q->message_id == '<');
	char digits[17] = { 0 };
	struct emu_mail mail;
	uint64_t id;

	memcpy(digits, text, strnlen(text, 16));
	if (emu_mail_read_id(digits, &id) &&
	    emu_mail_slot_of(m, id) != EMU_NO_SLOT &&
	    emu_mail_find(m, id, &mail) && emu_query_has(q, &mail))
		add_message(p, &mail);
	for (size_t i = m->fresh_count; i-- > 0 && p->count < p->max;)
		if (emu_mail_find(m, m->fresh[i]->id, &mail) &&
		    emu_query_has(q, &mail))
			add_message(p, &mail);
}

/* Fills the page; true when `next` names its last message and more follow. */
static bool
fill(struct emu_mail_page *p, const struct emu_query *q, struct emu_token *next)
{
	bool begun = p->here.position != 0;
	int64_t date = begun ? (int64_t)p->here.seq : q->before_ms;
	uint64_t id = p->here.position;
	struct emu_mail mail;

	while (emu_mail_older(q->box, &date, &id, &mail) &&
	       date >= q->after_ms) {
		if (!emu_query_has(q, &mail))
			continue;
		if (p->count == p->max)
			return true;
		add_message(p, &mail);
		next->seq = (uint64_t)date;
		next->position = id;
	}
	return false;
}

void
emu_mail_list(struct emu_req *r)
{
	struct emu_mail_page p;
	struct emu_query q;
	struct emu_token next;
	bool more = false;

	if (!emu_query_read(r, &q) ||
	    !emu_mail_page_begin(&p, r, EMU_TOKEN_MAIL_PAGE, q.print)) {
		emu_query_free(&q);
		return;
	}
	p.name = "messages";
	next = p.here;
	next.salt = 0;
	if (emu_mail_page_empty(&p))
		;
	else if (q.message_id)
		find_message(&p, &q);
	else
		more = fill(&p, &q, &next);
	/* as untrustworthy as Gmail's */
	emu_putf(&p.tail, "\"resultSizeEstimate\":%u",
		 more ? 201U : (unsigned)p.count);
	emu_query_free(&q);
	emu_mail_page_send(&p, more ? &next : NULL);
}
