/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading wanted messages for the fewest units: where a thread costs less than
 * those of its messages that are wanted, the thread is read.
 *
 * Source: Gmail API reference, users.messages.get, users.threads.get; Usage
 * limits, before and since 2026-05; read 2026-11
 */
#include <string.h>

#include "core/base/text.h"

#include "connectors/gmail/mapping.h"
#include "connectors/google/google.h"

/** Slots to find a thread in: a power of two. */
#define SLOTS 1024

/* The newest last. Projects from before 2026-05 may keep the old ones for a
 * while; nobody can tell, so the new ones hold. */
static const struct sl_gmail_prices prices[] = {
	{ "2000-01-01", 5, 10 },
	{ "2026-05-01", 20, 40 },
};

const struct sl_gmail_prices *
sl_gmail_prices(int64_t now_us)
{
	size_t i = SL_ARRAY_LEN(prices) - 1;
	int64_t since_us;

	while (i > 0 && sl_rfc3339_date_us(prices[i].since, &since_us) &&
	       since_us > now_us)
		i--;
	return &prices[i];
}

/** What is wanted of one thread. */
struct thread {
	const struct sl_ref *first;
	size_t count;
	bool asked;
};

struct batch {
	const struct sl_turn *turn;
	struct sl_arena *arena;
	struct sl_ask *ask;
	const struct sl_gmail_prices *prices;
	struct sl_gmail_fidelity fidelity;
	const struct sl_query *query;
	struct thread threads[SLOTS];
};

static bool
is_alone(const struct sl_ref *ref)
{
	const char *version = ref->version;

	if (ref->group == NULL || *ref->group == '\0')
		return true;
	return version != NULL && (strcmp(version, SL_GMAIL_SINGLE) == 0 ||
				   strcmp(version, SL_GMAIL_AS_LIGHT) == 0 ||
				   strncmp(version, SL_GMAIL_WITH_BODY,
					   strlen(SL_GMAIL_WITH_BODY)) == 0);
}

/** The thread's slot; NULL when the table is full of others. */
static struct thread *
find_thread(struct batch *batch, const struct sl_ref *ref)
{
	size_t at = (size_t)sl_text_hash(ref->group);

	for (size_t i = 0; i < SLOTS; i++, at++) {
		struct thread *slot = &batch->threads[at & (SLOTS - 1)];

		if (slot->first == NULL)
			slot->first = ref;
		if (strcmp(slot->first->group, ref->group) == 0)
			return slot;
	}
	return NULL;
}

static void
count_threads(struct batch *batch)
{
	for (const struct sl_ref *r = batch->turn->wanted; r != NULL;
	     r = r->next) {
		struct thread *thread =
			is_alone(r) ? NULL : find_thread(batch, r);

		if (thread != NULL)
			thread->count++;
	}
}

static const char *const *
item_path(struct sl_arena *arena, const char *what, const char *id)
{
	const char **path = SL_NEW_ARRAY(arena, 5, const char *);

	path[0] = "users";
	path[1] = "me";
	path[2] = what;
	path[3] = id;
	return path;
}

/** Headers alone, of the names that are looked at. */
static const struct sl_query *
light_query(struct sl_arena *arena)
{
	struct sl_query *query =
		SL_NEW_ARRAY(arena, SL_GMAIL_HEADERS + 2, struct sl_query);

	query[0] = (struct sl_query){ "format", "metadata" };
	for (size_t i = 0; i < SL_GMAIL_HEADERS; i++)
		query[i + 1] = (struct sl_query){ "metadataHeaders",
						  sl_gmail_header_names[i] };
	return query;
}

static const struct sl_query *
usual_query(const struct batch *batch)
{
	static const struct sl_query full[] = { { "format", "full" },
						{ NULL, NULL } };

	return batch->fidelity.mode <= SL_GMAIL_TEXT
		       ? full
		       : light_query(batch->arena);
}

static struct sl_call *
add_call(struct batch *batch, const char *what, const char *id,
	 enum sl_gmail_tag tag)
{
	struct sl_call *call = &batch->ask->calls[batch->ask->count++];

	*call = (struct sl_call){ .endpoint = SL_GOOGLE_GMAIL,
				  .path = item_path(batch->arena, what, id),
				  .query = batch->query,
				  .wanted_id = id,
				  .tag = (int)tag,
				  .units = batch->prices->message,
				  .tell_too_large = true };
	return call;
}

/** The text that the message kept as an attachment: read beside it. */
static void
ask_body(struct batch *batch, const struct sl_ref *ref)
{
	const char **path = SL_NEW_ARRAY(batch->arena, 7, const char *);
	struct sl_call *call =
		add_call(batch, "messages", ref->source_id, SL_GMAIL_BODY);

	memcpy(path, call->path, 4 * sizeof(*path));
	path[4] = "attachments";
	path[5] = ref->version + strlen(SL_GMAIL_WITH_BODY);
	call->path = path;
	call->query = NULL;
}

static void
ask_message(struct batch *batch, const struct sl_ref *ref)
{
	const char *version = ref->version != NULL ? ref->version : "";
	struct sl_call *call =
		add_call(batch, "messages", ref->source_id, SL_GMAIL_MESSAGE);

	if (strcmp(version, SL_GMAIL_AS_LIGHT) == 0) {
		call->tag = SL_GMAIL_LIGHT;
		call->query = light_query(batch->arena);
	}
	if (strncmp(version, SL_GMAIL_WITH_BODY, strlen(SL_GMAIL_WITH_BODY)) ==
	    0)
		ask_body(batch, ref);
}

static void
ask_thread(struct batch *batch, struct thread *thread)
{
	const struct sl_ref *ref = thread->first;
	const char *group = ref->group;
	const char **also =
		SL_NEW_ARRAY(batch->arena, thread->count, const char *);
	struct sl_call *call =
		add_call(batch, "threads", group, SL_GMAIL_THREAD);
	size_t n = 0;

	thread->asked = true;
	call->wanted_id = ref->source_id;
	call->units = batch->prices->thread;
	call->wanted_also = also;
	for (ref = ref->next; ref != NULL; ref = ref->next)
		if (!is_alone(ref) && strcmp(ref->group, group) == 0)
			also[n++] = ref->source_id;
}

static void
ask_ref(struct batch *batch, const struct sl_ref *ref)
{
	struct thread *thread = is_alone(ref) ? NULL : find_thread(batch, ref);

	if (thread != NULL && thread->asked)
		return;
	if (thread == NULL || (double)thread->count * batch->prices->message <=
				      batch->prices->thread)
		ask_message(batch, ref);
	else
		ask_thread(batch, thread);
}

static int
most_calls(int shrink)
{
	int most = SL_GMAIL_CALLS_MAX;

	while (shrink-- > 0 && most > 1)
		most /= 2;
	return most;
}

/* One answer that is no JSON stops all: fewer are asked for, until the culprit
 * is alone; then only whether it exists. */
static bool
is_culprit(int shrink)
{
	return shrink > 0 && most_calls(shrink - 1) == 1;
}

static void
ask_culprit(struct batch *batch)
{
	static const struct sl_query minimal[] = { { "format", "minimal" },
						   { NULL, NULL } };

	batch->query = minimal;
	(void)add_call(batch, "messages", batch->turn->wanted->source_id,
		       SL_GMAIL_MINIMAL);
}

void
sl_gmail_ask_wanted(const struct sl_turn *turn, struct sl_arena *arena,
		    struct sl_ask *ask)
{
	struct batch *batch = SL_NEW(arena, struct batch);
	size_t most = (size_t)most_calls(turn->shrink);

	batch->turn = turn;
	batch->arena = arena;
	batch->ask = ask;
	batch->prices = sl_gmail_prices(turn->now_us);
	batch->fidelity = sl_gmail_fidelity(turn->settings, arena);
	batch->query = usual_query(batch);
	/* a message with its text is two */
	ask->calls = SL_NEW_ARRAY(arena, most + 1, struct sl_call);
	if (is_culprit(turn->shrink)) {
		ask_culprit(batch);
		return;
	}
	count_threads(batch);
	for (const struct sl_ref *r = turn->wanted;
	     r != NULL && ask->count < most; r = r->next)
		ask_ref(batch, r);
}
