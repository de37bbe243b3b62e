/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which request comes next: the next page of the window, or of the domain. No
 * link of an answer is followed: both lists are counted here.
 *
 * Nothing can be read by id. Who wants that (a sample before a great deletion)
 * gets an answer that holds no item, so that it does not wait for ever: it is
 * not proven then. What an audit finds is mended by a walk (.walk_only).
 *
 * Source: LinkedIn, Member Data Portability APIs (Member Snapshot, Member
 * Changelog), read 2026-11
 */
#include "core/base/text.h"

#include "connectors/linkedin/linkedin.h"
#include "connectors/linkedin/private.h"

/** Most parameters of a request, and their end. */
#define PARAMETERS_MAX 5

static const char *const changelog_path[] = { "rest", "memberChangeLogs",
					      NULL };
static const char *const snapshot_path[] = { "rest", "memberSnapshotData",
					     NULL };

static const struct sl_query headers[] = {
	{ "LinkedIn-Version", SL_LINKEDIN_VERSION },
	{ NULL, NULL },
};

struct parameters {
	struct sl_arena *arena;
	struct sl_query *rows;
	size_t count;
};

static struct parameters
new_parameters(struct sl_arena *arena)
{
	return (struct parameters){
		.arena = arena,
		.rows = SL_NEW_ARRAY(arena, PARAMETERS_MAX, struct sl_query),
	};
}

static void
add(struct parameters *list, const char *name, const char *value)
{
	list->rows[list->count++] = (struct sl_query){ name, value };
}

static void
add_number(struct parameters *list, const char *name, int64_t value)
{
	add(list, name, sl_arena_printf(list->arena, "%lld", (long long)value));
}

int64_t
sl_linkedin_page_size(const struct sl_turn *turn)
{
	int64_t size = 1;

	(void)sl_parse_i64(sl_turn_setting(turn, SL_LINKEDIN_OPT_COUNT), &size);
	for (int i = 0; i < turn->shrink && size > 1; i++)
		size /= 2;
	return size;
}

static sl_status
ask_events(const struct sl_turn *turn, struct sl_arena *arena,
	   struct sl_ask *ask, struct sl_error *err)
{
	struct parameters list = new_parameters(arena);
	struct sl_linkedin_window window;
	sl_status st = sl_linkedin_window(turn, &window, err);

	if (st != SL_OK)
		return st;
	add(&list, "q", "memberAndApplication");
	add_number(&list, "startTime", window.at);
	add_number(&list, "count", sl_linkedin_page_size(turn));
	if (window.start > 0)
		add_number(&list, "start", window.start);
	*ask->calls = (struct sl_call){ .endpoint = SL_LINKEDIN_API,
					.path = changelog_path,
					.query = list.rows,
					.headers = headers,
					.max_body = SL_LINKEDIN_BODY_MAX,
					.tag = SL_LINKEDIN_EVENTS };
	ask->count = 1;
	return SL_OK;
}

static sl_status
ask_rows(const struct sl_turn *turn, const struct sl_linkedin_domain *domain,
	 struct sl_arena *arena, struct sl_ask *ask, struct sl_error *err)
{
	struct parameters list = new_parameters(arena);
	struct sl_linkedin_walk walk;
	sl_status st = sl_linkedin_walk(turn, &walk, err);

	if (st != SL_OK)
		return st;
	add(&list, "q", "criteria");
	add(&list, "domain", domain->domain);
	if (walk.page > 0)
		add_number(&list, "start", walk.page);
	*ask->calls = (struct sl_call){ .endpoint = SL_LINKEDIN_API,
					.path = snapshot_path,
					.query = list.rows,
					.headers = headers,
					.max_body = SL_LINKEDIN_BODY_MAX,
					.tag = SL_LINKEDIN_ROWS,
					.tell_refused = true };
	if (!walk.done && walk.not_before <= turn->now_us / 1000)
		ask->count = 1;
	return SL_OK;
}

/** The request that would come next, for those who want items by id. */
static void
ask_by_id(const struct sl_turn *turn, struct sl_arena *arena,
	  struct sl_ask *ask)
{
	const struct sl_ref *ref = turn->wanted;
	const char **also;
	size_t n = 0;

	ask->calls->wanted_id = ref->source_id;
	for (const struct sl_ref *r = ref->next; r != NULL; r = r->next)
		n++;
	also = SL_NEW_ARRAY(arena, n + 1, const char *);
	n = 0;
	for (const struct sl_ref *r = ref->next; r != NULL; r = r->next)
		also[n++] = r->source_id;
	ask->calls->wanted_also = also;
	ask->calls->tag = SL_LINKEDIN_BY_ID;
	ask->count = 1;
}

sl_status
sl_linkedin_ask(const struct sl_turn *turn, struct sl_arena *arena,
		struct sl_ask *ask, struct sl_error *err)
{
	const struct sl_linkedin_domain *domain =
		sl_linkedin_domain_of(turn->stream->kind);
	sl_status st;

	ask->calls = SL_NEW(arena, struct sl_call);
	ask->count = 0;
	if (domain == NULL)
		st = ask_events(turn, arena, ask, err);
	else
		st = ask_rows(turn, domain, arena, ask, err);
	if (st == SL_OK && turn->wanted != NULL)
		ask_by_id(turn, arena, ask);
	return st;
}
