/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mail, explained: of an address the newest messages of each way that it went,
 * of a message what it decided about everybody whom it names. The evidence and
 * the policy are the store's own; as in explain_people.c the contact's own row
 * does not count.
 */
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"

#include "core/json/json.h"

#include "sql.h"
#include "state/evidence.h"
#include "state/explain_private.h"
#include "state/explain_tally.h"

/** Messages of each way that are looked at. */
#define EACH_WAY_MAX 100

struct mail_work {
	const struct sl_explain *x;
	const struct sl_explain_rules *rules;
	const char *norm;
	struct sl_rows *mail; /* explain_mail, newest first */
	struct sl_explain_tallies tallies;
};

static sl_status
load_mail(struct mail_work *w, struct sl_error *err)
{
	struct sl_params p;

	sl_params_init(&p, w->x->arena);
	sl_params_text(&p, w->x->user_id);
	sl_params_text(&p, w->norm);
	sl_params_i64(&p, EACH_WAY_MAX);
	return sl_pg_query(w->x->pg, sl_sql_explain_mail, &p, &w->mail, err);
}

/* The messages of one account, by its settings. */
static sl_status
judge_account(struct mail_work *w, const struct sl_explain_rule *rule,
	      struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_pg_array *ids = sl_pg_array_new(w->x->arena);
	const struct sl_evidence_query query = {
		.of = SL_OF_MAIL,
		.user_id = w->x->user_id,
		.artifact_ids = ids,
		.address = w->norm,
		.options = &rule->options,
		.thorough = true,
	};
	bool any = false;
	sl_status st;

	for (size_t i = 0; i < sl_rows_count(w->mail); i++) {
		if (strcmp(sl_row_text(w->mail, i, "integration_id"),
			   rule->integration_id) != 0)
			continue;
		sl_pg_array_text(ids, sl_row_text(w->mail, i, "artifact_id"));
		any = true;
	}
	if (!any)
		return SL_OK;
	st = sl_evidence_load(w->x->pg, w->x->arena, &query, &rows, err);
	for (size_t i = 0; st == SL_OK && i < sl_rows_count(rows); i++) {
		struct sl_mail_evidence e =
			sl_evidence_mail(rows, i, &rule->options);
		struct sl_people_decision d =
			sl_people_decide_mail(&rule->options, &e);

		sl_explain_count(&w->tallies, w->mail,
				 sl_row_text(rows, i, "artifact_id"), &d);
	}
	return st;
}

static json_t *
message_json(const struct mail_work *w, size_t row)
{
	static const char *const texts[][2] = {
		{ "id", "artifact_id" },
		{ "source_id", "source_id" },
		{ "external_uid", "external_uid" },
		{ "title", "title" },
		{ "account", "account" },
		{ "way", "way" },
	};
	json_t *made = json_object();

	for (size_t i = 0; i < SL_ARRAY_LEN(texts); i++)
		sl_json_put_text(made, texts[i][0],
				 sl_row_text(w->mail, row, texts[i][1]));
	sl_explain_put_time(made, "occurred_at",
			    sl_row_time(w->mail, row, "occurred_at"));
	return made;
}

/* {"messages", "newest"} of one way; null when there is none. */
static json_t *
way_json(const struct mail_work *w, const char *way)
{
	for (size_t i = 0; i < sl_rows_count(w->mail); i++) {
		json_t *made;

		if (!sl_text_equal(sl_row_text(w->mail, i, "way"), way))
			continue;
		made = json_object();
		(void)json_object_set_new(
			made, "messages",
			json_integer(sl_row_i64(w->mail, i, "total", 0)));
		(void)json_object_set_new(made, "newest", message_json(w, i));
		return made;
	}
	return json_null();
}

/* The person's verdict is the mail's where that makes a contact and no
 * meeting does, or where there is no meeting. */
static void
put_verdict(const struct mail_work *w, json_t *person)
{
	const struct sl_explain_tally *best = sl_explain_deciding(&w->tallies);
	const json_t *other = sl_json_object(person, "verdict");
	json_t *verdict;

	if (best == NULL || (other != NULL && (sl_json_bool(other, "contact") ||
					       !best->decision.contact)))
		return;
	verdict = json_object();
	sl_explain_put_decision(verdict, &best->decision);
	(void)json_object_set_new(verdict, "message",
				  message_json(w, best->first));
	/* The rule was changed since: stored mail is judged again first. */
	if (best->decision.contact &&
	    json_is_null(json_object_get(person, "contact")))
		sl_json_put_text(verdict, "due", "next-sync");
	(void)json_object_set_new(person, "verdict", verdict);
}

static void
put_mail(const struct mail_work *w, json_t *person)
{
	static const char *const ways[] = { "to", "from", "named" };
	json_t *mail = json_object(), *reasons = json_array();

	(void)json_object_set_new(person, "mail", mail);
	for (size_t i = 0; i < SL_ARRAY_LEN(ways); i++)
		(void)json_object_set_new(mail, ways[i], way_json(w, ways[i]));
	(void)json_object_set_new(
		mail, "looked_at",
		json_integer((json_int_t)sl_rows_count(w->mail)));
	(void)json_object_set_new(
		mail, "partial",
		json_boolean(sl_row_bool(w->mail, 0, "partial")));
	(void)json_object_set_new(mail, "reasons", reasons);
	for (size_t i = 0; i < w->tallies.count; i++) {
		const struct sl_explain_tally *t = &w->tallies.list[i];
		json_t *reason = json_object();

		sl_explain_put_decision(reason, &t->decision);
		(void)json_object_set_new(reason, "messages",
					  json_integer(t->items));
		(void)json_object_set_new(reason, "newest",
					  message_json(w, t->first));
		(void)json_array_append_new(reasons, reason);
	}
}

sl_status
sl_explain_mail_of(const struct sl_explain *x,
		   const struct sl_explain_rules *rules, const char *norm,
		   json_t *person, struct sl_error *err)
{
	struct mail_work w = { .x = x, .rules = rules, .norm = norm };
	sl_status st = load_mail(&w, err);

	for (size_t i = 0; st == SL_OK && i < rules->count; i++)
		st = judge_account(&w, &rules->list[i], err);
	if (st == SL_OK && sl_rows_count(w.mail) > 0) {
		put_mail(&w, person);
		put_verdict(&w, person);
	}
	sl_rows_free(&w.mail);
	return st;
}

static const struct sl_people_options *
options_of(const struct sl_explain_rules *rules, const json_t *item)
{
	for (size_t i = 0; i < rules->count; i++) {
		const struct sl_explain_rule *r = &rules->list[i];

		if (sl_text_equal(sl_json_text(item, "provider"),
				  r->provider) &&
		    sl_text_equal(sl_json_text(item, "account"), r->account))
			return &r->options;
	}
	return sl_explain_options(rules, "");
}

static void
put_decisions(const struct sl_people_options *options,
	      const struct sl_rows *rows, json_t *item)
{
	const json_t *list = json_object_get(item, "participants");
	json_t *who;
	size_t i;

	json_array_foreach (list, i, who) {
		const char *norm = sl_json_text(who, "norm");
		json_t *decision;

		for (size_t row = 0; row < sl_rows_count(rows); row++) {
			struct sl_mail_evidence e =
				sl_evidence_mail(rows, row, options);
			struct sl_people_decision d;

			if (!sl_text_equal(sl_row_text(rows, row, "norm"),
					   norm))
				continue;
			d = sl_people_decide_mail(options, &e);
			decision = json_object();
			sl_explain_put_decision(decision, &d);
			(void)json_object_set_new(who, "decision", decision);
			break;
		}
	}
}

static sl_status
explain_message(const struct sl_explain *x,
		const struct sl_explain_rules *rules, json_t *item,
		struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_pg_array *ids = sl_pg_array_new(x->arena);
	const struct sl_people_options *options = options_of(rules, item);
	const struct sl_evidence_query query = {
		.of = SL_OF_MAIL,
		.user_id = x->user_id,
		.artifact_ids = ids,
		.options = options,
		.thorough = true,
	};
	sl_status st;

	sl_pg_array_text(ids, sl_json_text(item, "id"));
	st = sl_evidence_load(x->pg, x->arena, &query, &rows, err);
	if (st == SL_OK)
		put_decisions(options, rows, item);
	return st;
}

static bool
is_mail(const json_t *item)
{
	return sl_text_equal(sl_json_text(item, "type"), SL_TYPE_MAIL);
}

static sl_status
explain_all(const struct sl_explain *x, json_t *items, struct sl_error *err)
{
	struct sl_explain_rules rules;
	sl_status st = sl_explain_rules(x, &rules, NULL, err);

	for (size_t i = 0; st == SL_OK && i < json_array_size(items); i++)
		if (is_mail(json_array_get(items, i)))
			st = explain_message(x, &rules,
					     json_array_get(items, i), err);
	return st;
}

sl_status
sl_explain_messages(const struct sl_explain *x, json_t *items,
		    struct sl_error *err)
{
	bool unknown, any = false;
	sl_status st;

	for (size_t i = 0; i < json_array_size(items); i++)
		any = any || is_mail(json_array_get(items, i));
	if (!any)
		return SL_OK;
	st = sl_pg_begin(x->pg, SL_PG_GATEWAY, x->user_id, err);
	if (st == SL_OK)
		st = explain_all(x, items, err);
	if (st == SL_OK)
		st = sl_pg_commit(x->pg, &unknown, err);
	sl_pg_rollback(x->pg);
	return st;
}
