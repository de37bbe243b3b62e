/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which requests come next: wanted messages, else the next page of the history
 * or of the listing. Once a day the history comes with the question who the
 * user is.
 *
 * Source: Gmail API reference, users.getProfile, users.history.list,
 * users.messages.list; Usage limits; read 2026-11
 */
#include "core/base/text.h"

#include "connectors/gmail/private.h"
#include "connectors/google/google.h"

/** Chats and drafts are no mail; spam and trash are out unless asked for. */
#define SCOPE "-in:chats -in:draft"

/** Most parameters of a listing, its kinds of changes and its end. */
#define PARAMETERS_MAX 10

/** Most calls beside a page of the history. */
#define CALLS_MAX 4

static const char *const profile_path[] = { "users", "me", "profile", NULL };
static const char *const labels_path[] = { "users", "me", "labels", NULL };
static const char *const send_as_path[] = { "users", "me", "settings", "sendAs",
					    NULL };
static const char *const history_path[] = { "users", "me", "history", NULL };
static const char *const messages_path[] = { "users", "me", "messages", NULL };

struct identity_row {
	enum sl_gmail_tag tag;
	const char *const *path;
};

/* The profile first: a walk asks for it alone. */
static const struct identity_row identity_rows[] = {
	{ SL_GMAIL_PROFILE, profile_path },
	{ SL_GMAIL_LABELS, labels_path },
	{ SL_GMAIL_SEND_AS, send_as_path },
};

struct parameters {
	struct sl_query *rows;
	size_t count;
};

static struct parameters
new_parameters(struct sl_arena *arena)
{
	return (struct parameters){
		.rows = SL_NEW_ARRAY(arena, PARAMETERS_MAX, struct sl_query),
	};
}

static void
add(struct parameters *list, const char *name, const char *value)
{
	if (value != NULL)
		list->rows[list->count++] = (struct sl_query){ name, value };
}

static void
ask_identity(struct sl_ask *ask, size_t rows)
{
	for (size_t i = 0; i < rows; i++)
		ask->calls[ask->count++] = (struct sl_call){
			.endpoint = SL_GOOGLE_GMAIL,
			.path = identity_rows[i].path,
			.tag = identity_rows[i].tag,
			.units = SL_GMAIL_UNITS_IDENTITY,
		};
}

/* Moving into trash or spam and back are changes of labels, and nothing else
 * tells of them: all four kinds are asked for. */
static void
ask_history(const struct sl_gmail_plan *plan, struct sl_arena *arena,
	    struct sl_ask *ask)
{
	struct parameters list = new_parameters(arena);

	add(&list, "startHistoryId",
	    sl_arena_printf(arena, "%lld", (long long)plan->history));
	add(&list, "maxResults",
	    sl_arena_printf(arena, "%lld", (long long)plan->size));
	add(&list, "historyTypes", "messageAdded");
	add(&list, "historyTypes", "messageDeleted");
	add(&list, "historyTypes", "labelAdded");
	add(&list, "historyTypes", "labelRemoved");
	add(&list, "pageToken", plan->page);
	ask->calls[ask->count++] =
		(struct sl_call){ .endpoint = SL_GOOGLE_GMAIL,
				  .path = history_path,
				  .query = list.rows,
				  .tag = SL_GMAIL_HISTORY,
				  .units = SL_GMAIL_UNITS_HISTORY };
}

/* `after:` with a date would be midnight in California; and whether it takes
 * the second itself is not told: one earlier is asked for. */
static const char *
scope(const struct sl_gmail_plan *plan, struct sl_arena *arena)
{
	if (plan->since_s == 0)
		return SCOPE;
	return sl_arena_printf(arena, SCOPE " after:%lld",
			       (long long)plan->since_s - 1);
}

static void
ask_listing(const struct sl_gmail_plan *plan, struct sl_arena *arena,
	    struct sl_ask *ask)
{
	struct parameters list = new_parameters(arena);

	add(&list, "q", scope(plan, arena));
	add(&list, "maxResults",
	    sl_arena_printf(arena, "%lld", (long long)plan->size));
	add(&list, "pageToken", plan->page);
	ask->calls[ask->count++] =
		(struct sl_call){ .endpoint = SL_GOOGLE_GMAIL,
				  .path = messages_path,
				  .query = list.rows,
				  .tag = SL_GMAIL_LIST,
				  .units = SL_GMAIL_UNITS_LIST };
}

sl_status
sl_gmail_ask(const struct sl_turn *turn, struct sl_arena *arena,
	     struct sl_ask *ask, struct sl_error *err)
{
	struct sl_gmail_plan plan;
	sl_status st = sl_gmail_plan(turn, &plan, err);

	if (st != SL_OK)
		return st;
	*ask = (struct sl_ask){ .count = 0 };
	if (turn->wanted != NULL) {
		sl_gmail_ask_wanted(turn, arena, ask);
		return SL_OK;
	}
	ask->calls = SL_NEW_ARRAY(arena, CALLS_MAX, struct sl_call);
	if (plan.changes && plan.history > 0)
		ask_history(&plan, arena, ask);
	if (sl_gmail_wants_identity(turn, &plan))
		ask_identity(ask, SL_ARRAY_LEN(identity_rows));
	if (!plan.changes && !plan.done)
		ask_listing(&plan, arena, ask);
	/* how much there is, for whoever watches the walk */
	if (sl_gmail_begins_walk(&plan))
		ask_identity(ask, 1);
	return SL_OK;
}
