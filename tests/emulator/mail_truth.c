/* SPDX-License-Identifier: Apache-2.0 */
/* What a perfect client must hold of a mailbox. */
#include "mail_query.h"

#define DEFAULT_SCOPE "-in:chats -in:draft"

static void
put_line(struct emu_buf *b, const struct emu_mail *mail, bool ids)
{
	if (ids) {
		emu_putf(b, "%016llx\n", (unsigned long long)mail->id);
		return;
	}
	emu_putf(
		b, "{\"id\":\"%016llx\",\"threadId\":\"%016llx\",\"labelIds\":",
		(unsigned long long)mail->id, (unsigned long long)mail->thread);
	emu_put_labels(b, mail->box, mail->labels);
	emu_putf(b, ",\"historyId\":\"%llu\",\"date_ms\":%lld}\n",
		 (unsigned long long)mail->history, (long long)mail->date_ms);
}

/* The default scope, or what `q` says, from `since` on. */
static const char *
read_scope(struct emu_req *r, struct emu_query *q)
{
	const char *scope = emu_arg(r, "q"), *since = emu_arg(r, "since");
	uint64_t seconds;

	*q = (struct emu_query){ .box = q->box,
				 .after_ms = INT64_MIN,
				 .before_ms = INT64_MAX };
	emu_query_terms(q, scope ? scope : DEFAULT_SCOPE);
	if (since && emu_parse_u64(since, &seconds))
		q->after_ms = (int64_t)seconds * 1000;
	else if (since)
		q->wrong = "since: epoch seconds wanted";
	emu_query_finish(q);
	return q->wrong;
}

void
emu_mail_truth(struct emu_req *r)
{
	const char *email = emu_arg(r, "account");
	struct emu_account *a =
		email ? emu_find_account(r->world, email) : NULL;
	struct emu_query q = { .box = a ? a->mail : NULL };
	const char *why = q.box ? read_scope(r, &q) : "no such mailbox";
	bool ids = emu_arg(r, "ids") != NULL;
	struct emu_buf b = { 0 };
	int64_t date = INT64_MAX;
	uint64_t id = 0;
	struct emu_mail mail;

	while (!why && emu_mail_older(q.box, &date, &id, &mail) &&
	       date >= q.after_ms)
		if (emu_query_has(&q, &mail))
			put_line(&b, &mail, ids);
	emu_query_free(&q);
	emu_reply_text(r, why ? 404 : 200,
		       ids ? "text/plain" : "application/x-ndjson",
		       why ? why : "");
	if (!why) {
		emu_buf_free(&r->reply.body);
		r->reply.body = b;
	}
}
