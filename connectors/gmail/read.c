/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading answers: is it what was asked for, where does the listing go on,
 * and each message to its mapping.
 */
#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"

#include "connectors/gmail/mapping.h"

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

/** A JSON object that tells no error. */
static bool
is_object(const struct sl_answer *answer)
{
	return answer->http_status == 200 && json_is_object(answer->body) &&
	       json_object_get(answer->body, "error") == NULL;
}

/** Where one is, it is an array; an empty page has none, but says `also`. */
static bool
is_page_of(const struct sl_answer *answer, const char *items, const char *also)
{
	const json_t *array = json_object_get(answer->body, items);

	if (!is_object(answer) || (array != NULL && !json_is_array(array)))
		return false;
	return array != NULL || json_object_get(answer->body, also) != NULL ||
	       sl_json_text(answer->body, "nextPageToken") != NULL;
}

/* Reading. */

struct reading {
	const struct sl_turn *turn;
	struct sl_page *page;
	struct sl_gmail_plan plan;
	struct sl_gmail_context context;
	struct sl_gmail_who who;
	const char *message; /* whose answer came last: its text may be next */
	bool moved;          /* the plan says where the history goes on */
	bool begins;         /* a walk begins with this page            */
	bool listed;         /* a page of the listing came              */
};

static sl_status
read_history(struct reading *r, const struct sl_answer *answer,
	     struct sl_error *err)
{
	sl_status st;

	if (!is_page_of(answer, "history", "historyId"))
		return foreign(answer, err);
	st = sl_gmail_advance_changes(&r->plan, answer->body, r->page, err);
	if (st != SL_OK)
		return st;
	/* the token's text dies with the answer */
	r->plan.page = sl_arena_strdup(r->page->arena, r->plan.page);
	r->moved = true;
	sl_gmail_fold(r->page, sl_json_array(answer->body, "history"),
		      r->context.fidelity.version);
	return SL_OK;
}

static const char *
copy_id(struct sl_arena *arena, const json_t *object, const char *key)
{
	const char *id = sl_json_text(object, key);

	if (id == NULL || *id == '\0' || strlen(id) > SL_SOURCE_ID_MAX)
		return NULL;
	return sl_arena_strdup(arena, id);
}

static void
add_ref(struct sl_page *page, const char *id, const char *group,
	const char *version)
{
	struct sl_ref *ref = sl_page_ref(page);

	ref->source_id = id;
	ref->group = group;
	ref->version = version;
}

static sl_status
read_listing(struct reading *r, const struct sl_answer *answer,
	     struct sl_error *err)
{
	const json_t *messages = sl_json_array(answer->body, "messages");
	const json_t *message;
	size_t i;
	sl_status st;

	if (!is_page_of(answer, "messages", "resultSizeEstimate"))
		return foreign(answer, err);
	st = sl_gmail_advance_backfill(&r->plan, answer->body,
				       json_array_size(messages), r->page, err);
	if (st != SL_OK)
		return st;
	r->listed = true;
	json_array_foreach (messages, i, message) {
		const char *id = copy_id(r->page->arena, message, "id");

		if (id == NULL) {
			r->page->items++;
			(void)sl_gmail_reject(r->page, NULL, message,
					      "no usable id in the listing");
			continue;
		}
		add_ref(r->page, id,
			copy_id(r->page->arena, message, "threadId"),
			r->context.fidelity.version);
	}
	return SL_OK;
}

/* Wanted messages. */

static const struct sl_ref *
find_wanted(const struct sl_turn *turn, const char *id)
{
	const struct sl_ref *ref = turn->wanted;

	while (ref != NULL && strcmp(ref->source_id, id) != 0)
		ref = ref->next;
	return ref;
}

/** Is the id one of those that the call is for? */
static bool
is_asked(const struct sl_call *call, const char *id)
{
	if (strcmp(call->wanted_id, id) == 0)
		return true;
	for (const char *const *also = call->wanted_also;
	     also != NULL && *also != NULL; also++)
		if (strcmp(*also, id) == 0)
			return true;
	return false;
}

static void
ask_alone(struct reading *r, const char *id, const char *version)
{
	add_ref(r->page, sl_arena_strdup(r->page->arena, id), NULL, version);
}

static void
ask_each_alone(struct reading *r, const struct sl_call *call)
{
	ask_alone(r, call->wanted_id, SL_GMAIL_SINGLE);
	for (const char *const *also = call->wanted_also;
	     also != NULL && *also != NULL; also++)
		ask_alone(r, *also, SL_GMAIL_SINGLE);
}

/* Whoever may not read it, or where Google fails to show it, today may do so
 * tomorrow. */
static const char *
refusal(const struct sl_answer *answer)
{
	return answer->http_status >= 500 ? "unavailable" : "refused";
}

static void
refuse(struct reading *r, const char *id, const json_t *message,
       const char *reason)
{
	r->page->items++;
	sl_gmail_reject_message(&r->context, id, message, reason)->transient =
		true;
}

static void
refuse_thread(struct reading *r, const struct sl_call *call)
{
	refuse(r, call->wanted_id, NULL, "refused");
	for (const char *const *also = call->wanted_also;
	     also != NULL && *also != NULL; also++)
		refuse(r, *also, NULL, "refused");
}

static bool
is_among(const json_t *messages, const char *id)
{
	const json_t *message;
	size_t i;

	json_array_foreach (messages, i, message) {
		if (sl_text_equal(sl_json_text(message, "id"), id))
			return true;
	}
	return false;
}

static void
ask_missing(struct reading *r, const json_t *messages, const char *id)
{
	if (!is_among(messages, id))
		ask_alone(r, id, SL_GMAIL_SINGLE);
}

/* What the thread does not show is looked for by itself: only that tells
 * whether it is gone. */
static sl_status
read_thread(struct reading *r, const struct sl_answer *answer,
	    struct sl_error *err)
{
	const struct sl_call *call = answer->call;
	const json_t *messages = sl_json_array(answer->body, "messages");
	size_t count = json_array_size(messages);
	const json_t *message;
	size_t i;

	if (answer->too_large || answer->http_status == 404 ||
	    answer->http_status == 410 || answer->http_status >= 500) {
		ask_each_alone(r, call);
		return SL_OK;
	}
	if (answer->http_status != 200) {
		refuse_thread(r, call);
		return SL_OK;
	}
	if (!is_object(answer) || messages == NULL)
		return foreign(answer, err);
	json_array_foreach (messages, i, message) {
		const char *id = sl_json_text(message, "id");

		sl_gmail_map(&r->context, message,
			     id != NULL && is_asked(call, id) ? id : NULL, true,
			     answer->body_bytes / count);
	}
	ask_missing(r, messages, call->wanted_id);
	for (const char *const *also = call->wanted_also;
	     also != NULL && *also != NULL; also++)
		ask_missing(r, messages, *also);
	return SL_OK;
}

static void
bury(struct reading *r, const char *id)
{
	struct sl_tombstone *stone = sl_page_tombstone(r->page);

	r->page->items++;
	stone->source_id = sl_arena_strdup(r->page->arena, id);
	stone->reason = "not-found";
}

static bool
is_message(const struct sl_answer *answer)
{
	return is_object(answer) &&
	       (json_object_get(answer->body, "id") != NULL ||
		json_object_get(answer->body, "threadId") != NULL ||
		json_object_get(answer->body, "payload") != NULL);
}

/** Which text comes with it, if one does. */
static const char *
body_ref(const struct sl_turn *turn, const char *id)
{
	const struct sl_ref *ref = find_wanted(turn, id);

	if (ref == NULL || ref->version == NULL ||
	    strncmp(ref->version, SL_GMAIL_WITH_BODY,
		    strlen(SL_GMAIL_WITH_BODY)) != 0)
		return NULL;
	return ref->version;
}

static sl_status
read_message(struct reading *r, const struct sl_answer *answer,
	     struct sl_error *err)
{
	const char *id = answer->call->wanted_id;
	int tag = answer->call->tag;

	r->message = id;
	if (answer->too_large && tag == SL_GMAIL_MESSAGE) {
		ask_alone(r, id, SL_GMAIL_AS_LIGHT);
	} else if (answer->too_large) {
		refuse(r, id, NULL, "item-unreadable");
	} else if (answer->http_status == 404 || answer->http_status == 410) {
		bury(r, id);
	} else if (answer->http_status != 200) {
		refuse(r, id, NULL, refusal(answer));
	} else if (!is_message(answer)) {
		return foreign(answer, err);
	} else if (tag == SL_GMAIL_MINIMAL) {
		refuse(r, id, answer->body, "item-unreadable");
	} else {
		r->context.body_ref = body_ref(r->turn, id);
		sl_gmail_map(&r->context, answer->body, id,
			     tag == SL_GMAIL_MESSAGE, answer->body_bytes);
		r->context.body_ref = NULL;
	}
	return SL_OK;
}

/* Both are asked for by the message's id. A text whose message did not come
 * with it is none: the message is still to be read. */
static void
read_text(struct reading *r, const struct sl_answer *answer)
{
	const char *id = answer->call->wanted_id;

	if (sl_text_equal(r->message, id))
		sl_gmail_map_late(&r->context, id, answer->body);
	else
		ask_alone(r, id, SL_GMAIL_SINGLE);
}

static sl_status
read_wanted(struct reading *r, const struct sl_answer *answer,
	    struct sl_error *err)
{
	switch (answer->call->tag) {
	case SL_GMAIL_THREAD:
		return read_thread(r, answer, err);
	case SL_GMAIL_BODY:
		read_text(r, answer);
		return SL_OK;
	default:
		return read_message(r, answer, err);
	}
}

/* Texts that did not come with their messages: both are read again. */
static void
ask_again(struct reading *r)
{
	for (const struct sl_gmail_late *late = r->context.late; late != NULL;
	     late = late->next)
		ask_alone(r, late->artifact->source_id, late->body_ref);
}

static void
open_backfill(struct reading *r, bool anew)
{
	struct sl_stream_change *change = sl_page_stream(r->page);

	change->kind = SL_GMAIL_BACKFILL;
	change->key = "";
	change->title = "All mail";
	change->enabled = true;
	change->rewalk = anew;
}

/* The first position is worth storing only together with who the user is:
 * without that, all of it is asked for again. */
static void
end_changes(struct reading *r)
{
	bool first = r->turn->cursor == NULL;
	bool whole = r->who.told == SL_GMAIL_WHO;

	if (first && !whole) {
		r->page->more = true; /* the rest was deferred */
		return;
	}
	if (whole) {
		open_backfill(r, first);
		r->plan.told_s = r->turn->now_us / SL_US_PER_S;
		r->moved = true;
		r->page->shown = json_incref(r->who.shown);
	}
	if (!r->moved)
		return;
	r->page->cursor = sl_gmail_changes_cursor(&r->plan);
	if (r->page->shown == NULL)
		r->page->shown = json_object();
	(void)json_object_set_new(r->page->shown, "history",
				  json_integer(r->plan.history));
}

/*
 * How far the walk is, for people. The listing is newest first, and all that it
 * named before this page has been read: so what is newer than the oldest of that
 * is here.
 */
static void
end_listing(struct reading *r)
{
	json_t *total = json_object_get(r->who.shown, "messages_total");
	char from[SL_RFC3339_TEXT];

	if (!r->listed)
		return;
	r->page->shown = json_object();
	(void)json_object_set_new(r->page->shown, "listed",
				  json_integer(r->plan.listed));
	if (r->plan.read_s > 0) {
		/* of one second, some may be on the next page */
		sl_rfc3339_format((r->plan.read_s + 1) * SL_US_PER_S, from);
		sl_json_put_text(r->page->shown, "complete_from", from);
	}
	if (!r->begins)
		return;
	(void)json_object_set_new(r->page->shown, "complete_from", json_null());
	(void)json_object_set(r->page->shown, "estimate",
			      total != NULL ? total : json_null());
	(void)json_object_set_new(r->page->shown, "oldest", json_null());
}

/* Did the walk list it? What is wanted in the version of now comes from there. */
static bool
is_listed(const struct reading *r, const char *id)
{
	const struct sl_ref *ref = find_wanted(r->turn, id);

	return ref != NULL &&
	       sl_text_equal(ref->version, r->context.fidelity.version);
}

/* The oldest of this page's messages, and of those alone that were listed. */
static void
end_walked(struct reading *r)
{
	int64_t oldest_us = INT64_MAX, listed_us = INT64_MAX;
	char text[SL_RFC3339_TEXT];

	for (const struct sl_artifact *a = r->page->artifacts.first; a != NULL;
	     a = a->next) {
		if (a->occurred_us == SL_NO_TIME)
			continue;
		if (a->occurred_us < oldest_us)
			oldest_us = a->occurred_us;
		if (a->occurred_us < listed_us && is_listed(r, a->source_id))
			listed_us = a->occurred_us;
	}
	if (oldest_us == INT64_MAX)
		return;
	sl_rfc3339_format(oldest_us, text);
	r->page->shown = json_pack("{s:s}", "oldest", text);
	if (r->turn->cursor == NULL || r->plan.done || listed_us <= 0 ||
	    listed_us == INT64_MAX ||
	    (r->plan.read_s > 0 && listed_us / SL_US_PER_S >= r->plan.read_s))
		return;
	r->plan.read_s = listed_us / SL_US_PER_S;
	r->page->cursor = sl_gmail_backfill_cursor(&r->plan);
}

static void
end_wanted(struct reading *r)
{
	ask_again(r);
	/* the listing has not been asked yet, unless it has ended */
	r->page->more = r->plan.changes || !r->plan.done;
	if (!r->plan.changes && sl_text_equal(r->turn->wanted->version,
					      r->context.fidelity.version))
		end_walked(r);
}

static void
end(struct reading *r)
{
	if (r->turn->wanted != NULL)
		end_wanted(r);
	else if (r->plan.changes)
		end_changes(r);
	else
		end_listing(r);
}

static sl_status
read_answer(struct reading *r, const struct sl_answer *answer,
	    struct sl_error *err)
{
	if (answer->call->wanted_id != NULL)
		return read_wanted(r, answer, err);
	if (answer->call->tag == SL_GMAIL_HISTORY)
		return read_history(r, answer, err);
	if (answer->call->tag == SL_GMAIL_LIST)
		return read_listing(r, answer, err);
	return sl_gmail_read_identity(answer, &r->plan, &r->who, r->page, err);
}

sl_status
sl_gmail_read(const struct sl_turn *turn, struct sl_answers *answers,
	      struct sl_page *page, struct sl_error *err)
{
	struct reading r = { .turn = turn, .page = page };
	const struct sl_answer *answer;
	sl_status st = sl_gmail_plan(turn, &r.plan, err);

	if (st != SL_OK)
		return st;
	r.context = (struct sl_gmail_context){
		.page = page,
		.fidelity = sl_gmail_fidelity(turn->settings, page->arena),
		.account = turn->account,
		.since_us = sl_gmail_since_us(turn->settings),
	};
	r.who.shown = json_object();
	r.begins = sl_gmail_begins_walk(&r.plan);
	while (st == SL_OK && (answer = sl_answers_next(answers)) != NULL)
		st = read_answer(&r, answer, err);
	if (st == SL_OK)
		end(&r);
	json_decref(r.who.shown);
	return st;
}
