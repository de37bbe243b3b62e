/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who the user is: the profile, the labels, the addresses that mail may be
 * sent from. Of the last ones only those that Google has verified are the
 * user's.
 *
 * Source: Gmail API reference, users.getProfile, users.labels.list,
 * users.settings.sendAs.list, read 2026-11
 */
#include "core/base/text.h"

#include "core/json/json.h"

#include "connectors/gmail/private.h"

static sl_status
foreign(const struct sl_answer *answer, struct sl_error *err)
{
	sl_status st = sl_fail(err, SL_RETRY, SL_STREAM,
			       "HTTP %d, but not Gmail's answer; a proxy or a "
			       "portal?",
			       answer->http_status);

	err->http_status = answer->http_status;
	return st;
}

static void
add_own(struct sl_page *page, const char *address, const char *name)
{
	struct sl_own_address *own;

	if (address == NULL || *address == '\0')
		return;
	own = sl_page_own_address(page);
	own->address = sl_arena_strdup(page->arena, address);
	if (name != NULL && *name != '\0')
		own->name = sl_arena_strdup(page->arena, name);
}

static void
put_count(json_t *shown, const char *name, const json_t *body, const char *key)
{
	int64_t count;

	if (sl_json_i64(body, key, &count) && count >= 0)
		(void)json_object_set_new(shown, name, json_integer(count));
}

/** The first position is the mailbox's own: that of a message may be too old
 *  to go on from (lieer#203). */
static sl_status
read_profile(const struct sl_answer *answer, struct sl_gmail_plan *plan,
	     struct sl_gmail_who *who, struct sl_page *page,
	     struct sl_error *err)
{
	const char *address = sl_json_text(answer->body, "emailAddress");
	int64_t history = 0;

	if (address == NULL || *address == '\0' ||
	    !sl_json_i64(answer->body, "historyId", &history) || history <= 0)
		return foreign(answer, err);
	if (plan->changes && plan->history == 0)
		plan->history = history;
	add_own(page, address, NULL);
	sl_json_put_text(who->shown, "email", address);
	put_count(who->shown, "messages_total", answer->body, "messagesTotal");
	return SL_OK;
}

/** Names of the user's own labels by id; the others are named by their id. */
static sl_status
read_labels(const struct sl_answer *answer, struct sl_gmail_who *who,
	    struct sl_error *err)
{
	const json_t *labels = sl_json_array(answer->body, "labels");
	json_t *names;
	const json_t *label;
	size_t i;

	if (labels == NULL)
		return foreign(answer, err);
	names = json_object();
	json_array_foreach (labels, i, label) {
		const char *id = sl_json_text(label, "id");

		if (id != NULL &&
		    sl_text_equal(sl_json_text(label, "type"), "user") &&
		    json_object_size(names) < SL_GMAIL_LABELS_MAX)
			sl_json_put_text(names, id,
					 sl_json_text(label, "name"));
	}
	(void)json_object_set_new(who->shown, "labels", names);
	return SL_OK;
}

static sl_status
read_send_as(const struct sl_answer *answer, struct sl_page *page,
	     struct sl_error *err)
{
	const json_t *rows = sl_json_array(answer->body, "sendAs");
	const json_t *row;
	size_t i;

	if (rows == NULL)
		return foreign(answer, err);
	json_array_foreach (rows, i, row) {
		const char *state = sl_json_text(row, "verificationStatus");

		if (sl_json_bool(row, "isPrimary") || state == NULL ||
		    sl_text_equal(state, "accepted"))
			add_own(page, sl_json_text(row, "sendAsEmail"),
				sl_json_text(row, "displayName"));
	}
	return SL_OK;
}

sl_status
sl_gmail_read_identity(const struct sl_answer *answer,
		       struct sl_gmail_plan *plan, struct sl_gmail_who *who,
		       struct sl_page *page, struct sl_error *err)
{
	if (answer->http_status != 200 || !json_is_object(answer->body))
		return foreign(answer, err);
	who->told++;
	switch (answer->call->tag) {
	case SL_GMAIL_PROFILE:
		return read_profile(answer, plan, who, page, err);
	case SL_GMAIL_LABELS:
		return read_labels(answer, who, err);
	default:
		return read_send_as(answer, page, err);
	}
}
