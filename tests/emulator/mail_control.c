/* SPDX-License-Identifier: Apache-2.0 */
/* `/_control/mail`: the hand of the test inside a mailbox. */
#include <stdlib.h>
#include <string.h>

#include "mail.h"

struct order {
	struct emu_req *r;
	struct emu_mailbox *box;
	const json_t *in;
	uint64_t id; /* of `id`, or 0 */
};

static void
fail(struct emu_req *r, const char *why)
{
	emu_reply_json(r, 400, json_pack("{s:s}", "error", why));
}

static const char *
text_of(const json_t *in, const char *key)
{
	return json_string_value(json_object_get(in, key));
}

static uint64_t
id_of(const json_t *in, const char *key)
{
	const char *text = text_of(in, key);
	uint64_t id = 0;

	return text && emu_mail_read_id(text, &id) ? id : 0;
}

static void
set_id(json_t *out, const char *key, uint64_t id)
{
	struct emu_buf b = { 0 };

	emu_putf(&b, "%016llx", (unsigned long long)id);
	json_object_set_new(out, key, json_string(b.data));
	emu_buf_free(&b);
}

static void
answer(const struct order *o, json_t *out)
{
	struct emu_buf b = { 0 };

	emu_put_u64(&b, o->box->history);
	json_object_set_new(out, "historyId", json_string(b.data));
	emu_buf_free(&b);
	emu_reply_json(o->r, 200, out);
}

static void
done(const struct order *o, bool ok)
{
	if (ok)
		answer(o, json_pack("{s:b}", "ok", 1));
	else
		fail(o->r, "no such message in id");
}

/* A set of labels by id or name; unknown ones are refused. */
static bool
labels_of(const struct order *o, const char *key, uint64_t otherwise,
	  uint64_t *set)
{
	const json_t *list = json_object_get(o->in, key);
	size_t i;
	json_t *one;
	unsigned bit;

	*set = list ? 0 : otherwise;
	json_array_foreach (list, i, one) {
		if (!json_is_string(one) ||
		    !emu_label_find(o->box, json_string_value(one), true,
				    &bit)) {
			fail(o->r, "unknown label");
			return false;
		}
		*set |= EMU_BIT(bit);
	}
	return true;
}

static bool
date_of(const struct order *o, int64_t *ms)
{
	const char *text = text_of(o->in, "date");

	*ms = emu_now_ms(o->box->account->world);
	if (!text || emu_parse_time(text, ms))
		return true;
	fail(o->r, "date: RFC 3339 wanted");
	return false;
}

static const struct emu_mail_over *
put_message(const struct order *o, uint64_t labels)
{
	uint64_t thread = id_of(o->in, "thread");
	int64_t ms;

	if (json_object_get(o->in, "thread") && !thread) {
		fail(o->r, "thread: an id wanted");
		return NULL;
	}
	if (!labels_of(o, "labels", labels, &labels) || !date_of(o, &ms))
		return NULL;
	return emu_mail_add(o->box, ms, thread, labels, json_deep_copy(o->in));
}

static json_t *
describe(const struct emu_mail_over *made)
{
	json_t *out = json_object();

	set_id(out, "id", made->id);
	set_id(out, "threadId", made->thread);
	return out;
}

static void
add_some(const struct order *o, uint64_t labels)
{
	json_int_t count = json_integer_value(json_object_get(o->in, "count"));
	json_t *out = NULL;

	for (json_int_t i = 0; i < (count > 1 ? count : 1); i++) {
		const struct emu_mail_over *made = put_message(o, labels);

		json_decref(out);
		if (!made)
			return;
		out = describe(made);
	}
	answer(o, out);
}

static void
op_add(const struct order *o)
{
	add_some(o, EMU_BIT(EMU_INBOX) | EMU_BIT(EMU_UNREAD));
}

static void
op_send(const struct order *o)
{
	add_some(o, EMU_BIT(EMU_SENT));
}

static void
op_labels(const struct order *o)
{
	uint64_t add, remove;

	if (labels_of(o, "add", 0, &add) && labels_of(o, "remove", 0, &remove))
		done(o, emu_mail_relabel(o->box, o->id, add, remove));
}

static void
op_trash(const struct order *o)
{
	done(o, emu_mail_relabel(o->box, o->id, EMU_BIT(EMU_TRASH),
				 EMU_BIT(EMU_INBOX)));
}

static void
op_untrash(const struct order *o)
{
	done(o, emu_mail_relabel(o->box, o->id, 0, EMU_BIT(EMU_TRASH)));
}

static void
op_spam(const struct order *o)
{
	done(o, emu_mail_relabel(o->box, o->id, EMU_BIT(EMU_SPAM),
				 EMU_BIT(EMU_INBOX)));
}

static void
op_unspam(const struct order *o)
{
	done(o, emu_mail_relabel(o->box, o->id, EMU_BIT(EMU_INBOX),
				 EMU_BIT(EMU_SPAM)));
}

static void
op_delete(const struct order *o)
{
	done(o, emu_mail_delete(o->box, o->id));
}

static void
op_mention(const struct order *o)
{
	done(o, emu_mail_mention(o->box, o->id));
}

static struct emu_draft *
draft_of(const struct order *o)
{
	uint64_t id = id_of(o->in, "draft");

	for (size_t i = 0; i < o->box->draft_count; i++)
		if (o->box->drafts[i].id == id)
			return &o->box->drafts[i];
	return NULL;
}

/* Each save has another message id; the draft keeps its own. */
static void
op_draft(const struct order *o)
{
	struct emu_mailbox *m = o->box;
	struct emu_draft *d = draft_of(o);
	const struct emu_mail_over *made;
	json_t *out;

	if (json_object_get(o->in, "draft") && !d) {
		fail(o->r, "no such draft");
		return;
	}
	made = put_message(o, EMU_BIT(EMU_DRAFT));
	if (!made)
		return;
	if (d) {
		emu_mail_delete(m, d->message);
	} else {
		m->drafts = emu_realloc(m->drafts, (m->draft_count + 1) *
							   sizeof(*m->drafts));
		d = &m->drafts[m->draft_count++];
		d->id = ++m->serial;
	}
	d->message = made->id;
	out = describe(made);
	set_id(out, "draft", d->id);
	answer(o, out);
}

static void
op_draft_send(const struct order *o)
{
	struct emu_draft *d = draft_of(o);
	const struct emu_mail_over *made;
	struct emu_mail mail;
	int64_t ms;

	if (!d || !emu_mail_find(o->box, d->message, &mail)) {
		fail(o->r, "no such draft");
		return;
	}
	if (!date_of(o, &ms))
		return;
	made = emu_mail_add(o->box, ms,
			    mail.thread == mail.id ? 0 : mail.thread,
			    EMU_BIT(EMU_SENT), json_deep_copy(mail.body));
	emu_mail_delete(o->box, d->message);
	*d = o->box->drafts[--o->box->draft_count];
	answer(o, describe(made));
}

static void
op_draft_delete(const struct order *o)
{
	struct emu_draft *d = draft_of(o);

	if (!d) {
		fail(o->r, "no such draft");
		return;
	}
	emu_mail_delete(o->box, d->message);
	*d = o->box->drafts[--o->box->draft_count];
	answer(o, json_object());
}

static void
op_alias(const struct order *o)
{
	const char *address = text_of(o->in, "address");

	if (!address) {
		fail(o->r, "address wanted");
		return;
	}
	json_array_append_new(
		o->box->aliases,
		json_pack("{s:s,s:s,s:b,s:b,s:b,s:s}", "sendAsEmail", address,
			  "displayName", "", "isPrimary", 0, "isDefault", 0,
			  "treatAsAlias", 1, "verificationStatus", "accepted"));
	answer(o, json_object());
}

static void
op_label(const struct order *o)
{
	const char *name = text_of(o->in, "name");
	unsigned bit;

	if (name && emu_label_make(o->box, name, &bit))
		answer(o,
		       json_pack("{s:s}", "label", emu_label_id(o->box, bit)));
	else
		fail(o->r, "name wanted, or too many labels");
}

/* Some message of the mailbox, whatever its labels. */
static bool
any_message(struct emu_mailbox *m, struct emu_rng *rng, struct emu_mail *mail)
{
	uint64_t all = m->count + m->fresh_count, at;

	for (int i = 0; all && i < 100; i++) {
		at = emu_below(rng, all);
		if (at >= m->count) {
			if (emu_mail_find(m, m->fresh[at - m->count]->id, mail))
				return true;
		} else if (emu_mail_find(m, emu_mail_id_at(m, at), mail)) {
			return true;
		}
	}
	return false;
}

static void
add_invented(struct emu_mailbox *m, struct emu_rng *rng, uint64_t thread)
{
	struct emu_buf text = { 0 };
	json_t *body;

	emu_putf(&text, "Number %llu", (unsigned long long)emu_next(rng));
	body = json_pack("{s:s,s:s,s:s,s:s}", "from",
			 emu_person_email(m->pool, emu_next(rng) % 50), "to",
			 m->account->email, "subject", text.data, "text",
			 text.data);
	emu_buf_free(&text);
	emu_mail_add(m, emu_now_ms(m->account->world), thread,
		     EMU_BIT(EMU_INBOX) | EMU_BIT(EMU_UNREAD), body);
}

static void
change_some(struct emu_mailbox *m, struct emu_rng *rng)
{
	unsigned what = (unsigned)emu_below(rng, 100);
	struct emu_mail mail;
	bool some = any_message(m, rng, &mail);

	if (!some || what < 35)
		add_invented(m, rng, some && what < 12 ? mail.thread : 0);
	else if (what < 45)
		emu_mail_delete(m, mail.id);
	else if (what < 55)
		emu_mail_relabel(m, mail.id, EMU_BIT(EMU_TRASH),
				 EMU_BIT(EMU_INBOX));
	else if (what < 62)
		emu_mail_relabel(m, mail.id, EMU_BIT(EMU_SPAM),
				 EMU_BIT(EMU_INBOX));
	else if (what < 75)
		emu_mail_relabel(m, mail.id, EMU_BIT(EMU_INBOX),
				 EMU_BIT(EMU_TRASH) | EMU_BIT(EMU_SPAM));
	else if (what < 90)
		emu_mail_relabel(m, mail.id, EMU_BIT(EMU_STARRED),
				 EMU_BIT(EMU_UNREAD));
	else if (what < 98)
		emu_mail_relabel(m, mail.id,
				 EMU_BIT(EMU_USER_LABEL + emu_below(rng, 12)),
				 0);
	else
		emu_mail_mention(m, mail.id);
}

static void
op_random(const struct order *o)
{
	json_int_t count = json_integer_value(json_object_get(o->in, "count"));
	struct emu_rng rng = { .state = (uint64_t)json_integer_value(
				       json_object_get(o->in, "seed")) };

	for (json_int_t i = 0; i < (count > 1 ? count : 1); i++)
		change_some(o->box, &rng);
	answer(o, json_object());
}

void
emu_mail_control(struct emu_req *r, struct emu_account *a, const json_t *in)
{
	static const struct {
		const char *op;
		void (*run)(const struct order *o);
	} ops[] = {
		{ "add", op_add },
		{ "send", op_send },
		{ "labels", op_labels },
		{ "trash", op_trash },
		{ "untrash", op_untrash },
		{ "spam", op_spam },
		{ "unspam", op_unspam },
		{ "delete", op_delete },
		{ "mention", op_mention },
		{ "draft", op_draft },
		{ "draft_send", op_draft_send },
		{ "draft_delete", op_draft_delete },
		{ "alias", op_alias },
		{ "label", op_label },
		{ "random", op_random },
	};
	const struct order o = { r, a->mail, in, id_of(in, "id") };
	const char *op = text_of(in, "op");

	for (size_t i = 0; op && i < EMU_COUNT(ops); i++)
		if (strcmp(ops[i].op, op) == 0) {
			ops[i].run(&o);
			return;
		}
	fail(r, "unknown op");
}
