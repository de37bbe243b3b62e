/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/mail_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"

#define LATENCY_US 100000
#define ALSO_MAX   64

struct mail_shape mail_shape;

static const struct sl_endpoint endpoints[] = {
	{ SL_ENDPOINT_TOKEN, "TOY_TOKEN_URL", "https://toy.example/token" },
	{ "api", "TOY_URL", "https://toy.example/api" },
	{ NULL, NULL, NULL },
};
static const struct sl_provider provider = { .name = "toy",
					     .title = "Toy",
					     .endpoints = endpoints };

/* --- asking ---------------------------------------------------------------- */

static void
add_call(struct sl_arena *arena, struct sl_ask *ask, const char *what,
	 const char *id, double units)
{
	const char **path = SL_NEW_ARRAY(arena, 3, const char *);

	path[0] = what;
	path[1] = id;
	ask->calls[ask->count++] = (struct sl_call){ .endpoint = "api",
						     .path = path,
						     .max_body = 65536,
						     .units = units };
}

static void
add_query(struct sl_arena *arena, struct sl_ask *ask, const char *name,
	  const char *value)
{
	struct sl_query *query = SL_NEW_ARRAY(arena, 2, struct sl_query);

	query[0] = (struct sl_query){ name, value };
	ask->calls[ask->count - 1].query = query;
}

/* One call a message, or one a thread. */
static void
ask_wanted(const struct sl_turn *turn, struct sl_arena *arena,
	   struct sl_ask *ask)
{
	const char *group = NULL;
	const char **also = NULL;
	size_t n = 0;

	for (const struct sl_ref *r = turn->wanted; r; r = r->next) {
		struct sl_call *call = &ask->calls[ask->count];

		if (group && r->group && strcmp(group, r->group) == 0 &&
		    n + 1 < ALSO_MAX) {
			also[n++] = r->source_id;
			continue;
		}
		if (ask->count == (size_t)mail_shape.calls)
			return;
		group = r->group;
		n = 0;
		add_call(arena, ask, group ? "thread" : "message",
			 group ? group : r->source_id, group ? 40 : 20);
		also = group ? SL_NEW_ARRAY(arena, ALSO_MAX, const char *)
			     : NULL;
		call->wanted_id = r->source_id;
		call->wanted_also = also;
		call->max_body = mail_shape.max_body;
		call->tell_too_large = mail_shape.tell_too_large;
	}
}

static sl_status
mail_ask(const struct sl_turn *turn, struct sl_arena *arena, struct sl_ask *ask,
	 struct sl_error *err)
{
	const char *at = sl_json_text(turn->cursor, "at");

	(void)err;
	ask->calls = SL_NEW_ARRAY(arena, SL_CALLS_MAX, struct sl_call);
	if (turn->wanted) {
		ask_wanted(turn, arena, ask);
	} else if (strcmp(turn->stream->kind, "backfill") == 0) {
		if (at && strcmp(at, "done") == 0)
			return SL_OK;
		add_call(arena, ask, "list", NULL, 5);
		add_query(arena, ask, "page", at ? at : "0");
	} else if (!turn->cursor) {
		add_call(arena, ask, "profile", NULL, 1);
		add_call(arena, ask, "labels", NULL, 1);
		add_call(arena, ask, "sendas", NULL, 1);
	} else {
		add_call(arena, ask, "history", NULL, 2);
		add_query(arena, ask, "start", at);
	}
	return SL_OK;
}

/* --- reading --------------------------------------------------------------- */

static void
read_one(const struct sl_answer *answer, struct sl_page *page)
{
	const struct sl_call *call = answer->call;

	page->items++;
	for (const char *const *id = call->wanted_also; id && *id; id++)
		page->items++;
	if (answer->too_large) {
		struct sl_ref *ref = sl_page_ref(page);

		ref->source_id = sl_arena_printf(page->arena, "light-%s",
						 call->wanted_id);
	} else if (answer->http_status >= 500) {
		struct sl_rejected *rejected = sl_page_rejected(page);

		rejected->source_id =
			sl_arena_strdup(page->arena, call->wanted_id);
		rejected->transient = true;
	} else if (answer->http_status == 404) {
		sl_page_tombstone(page)->source_id =
			sl_arena_strdup(page->arena, call->wanted_id);
	} else {
		struct sl_artifact *a = sl_page_artifact(page);

		a->source_id = sl_arena_strdup(page->arena, call->wanted_id);
		a->type = "toy";
	}
}

static void
read_list(const json_t *body, struct sl_page *page)
{
	int64_t n = 0, pages = 0, size = 0, group = 1;
	char at[32];

	(void)sl_json_i64(body, "page", &n);
	(void)sl_json_i64(body, "pages", &pages);
	(void)sl_json_i64(body, "size", &size);
	(void)sl_json_i64(body, "group", &group);
	for (int64_t i = 0; i < size; i++) {
		struct sl_ref *ref = sl_page_ref(page);

		ref->source_id =
			sl_arena_printf(page->arena, "m%d-%d", (int)n, (int)i);
		if (group > 1)
			ref->group = sl_arena_printf(page->arena, "t%d-%d",
						     (int)n, (int)(i / group));
	}
	page->more = n + 1 < pages;
	page->walk_done = !page->more;
	(void)snprintf(at, sizeof(at), "%d", (int)n + 1);
	page->cursor = json_pack("{s:s}", "at", page->more ? at : "done");
}

static void
read_changes(const json_t *body, bool first, struct sl_page *page)
{
	const json_t *ids = sl_json_array(body, "ids");
	const char *at = sl_json_text(body, "at");
	const json_t *id;
	size_t i;

	json_array_foreach (ids, i, id)
		sl_page_ref(page)->source_id =
			sl_arena_strdup(page->arena, json_string_value(id));
	page->cursor = json_pack("{s:s}", "at", at ? at : "h0");
	if (first) {
		struct sl_stream_change *change = sl_page_stream(page);

		change->kind = "backfill";
		change->key = "";
		change->enabled = change->rewalk = true;
		page->more = true;
	}
}

static sl_status
mail_read(const struct sl_turn *turn, struct sl_answers *answers,
	  struct sl_page *page, struct sl_error *err)
{
	const struct sl_answer *answer = sl_answers_next(answers);

	if (!answer)
		return sl_fail(err, SL_RETRY, SL_STREAM, "no answer");
	if (turn->wanted) {
		for (; answer; answer = sl_answers_next(answers))
			read_one(answer, page);
		page->more = true;
	} else if (strcmp(turn->stream->kind, "backfill") == 0) {
		read_list(answer->body, page);
	} else {
		read_changes(answer->body, !turn->cursor, page);
	}
	return SL_OK;
}

static sl_status
mail_classify(const struct sl_refusal *refusal, struct sl_error *err)
{
	int64_t until_us;

	mail_shape.refused_now_us = refusal->now_us;
	switch (refusal->http_status) {
	case 404:
		return refusal->call->wanted_id
			       ? sl_fail(err, SL_REJECTED, SL_ITEM, "gone")
			       : sl_fail(err, SL_RESYNC, SL_STREAM, "expired");
	case 429:
		(void)sl_fail(err, SL_RETRY, SL_INTEGRATION, "slow down");
		err->retry_after_ms = refusal->retry_after_ms;
		if (sl_json_i64(refusal->body, "until_us", &until_us))
			err->retry_after_ms =
				(until_us - refusal->now_us) / 1000;
		return SL_RETRY;
	default:
		return sl_fail(err, SL_RETRY, SL_STREAM, "HTTP %d",
			       refusal->http_status);
	}
}

static bool
mail_erase(const json_t *settings, struct sl_arena *arena,
	   struct sl_erasure *out)
{
	(void)arena;
	out->content = true;
	return strcmp(sl_json_text(settings, "content"), "subject") == 0;
}

static const char *const contents[] = { "full", "subject", NULL };
static const struct sl_option options[] = {
	{ .name = "content",
	  .type = SL_OPT_CHOICE,
	  .fallback = "full",
	  .choices = contents,
	  .effect = SL_EFFECT_ERASE },
	{ .name = NULL },
};
static const struct sl_quota quotas[] = {
	{ "2020-01-01", 6000, 1200000, 4 },
	{ NULL, 0, 0, 0 },
};
static const struct sl_stream_kind kinds[] = {
	{ .name = "changes",
	  .title = "Changes",
	  .map_version = 1,
	  .follows = true },
	{ .name = "backfill",
	  .title = "Backfill",
	  .opened_by = "changes",
	  .map_version = 1 },
	{ .name = NULL },
};
static const struct sl_connector mail = {
	.name = "toy",
	.title = "Toy",
	.provider = &provider,
	.kinds = kinds,
	.options = options,
	.quotas = quotas,
	.ask = mail_ask,
	.read = mail_read,
	.classify = mail_classify,
	.erase = mail_erase,
};
static const struct sl_connector *const registry[] = { &mail, NULL };

/* --- the bench ------------------------------------------------------------- */

int
mail_setup(void **state)
{
	struct bench *b;

	mail_shape =
		(struct mail_shape){ .calls = SL_CALLS_MAX, .max_body = 65536 };
	if (bench_setup(state) != 0)
		return -1;
	b = *state;
	b->config.registry = registry;
	/* days may pass: no token runs out */
	b->store.account.grant.access_expires_us =
		BENCH_NOW_US + INT64_C(3650) * 86400 * SL_US_PER_S;
	fake_transport_delay(&b->net, LATENCY_US);
	return 0;
}

bool
mail_plain_call(const struct sl_request *request, struct sl_response *response)
{
	static const char *const plain[] = {
		"/profile", "/labels",   "/sendas",
		"/history", "/message/", "/thread/"
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(plain); i++) {
		if (!strstr(request->url, plain[i]))
			continue;
		fake_reply(response, 200, "{}");
		return true;
	}
	return false;
}

void
mail_plain(void *ctx, const struct sl_request *request,
	   struct sl_response *response)
{
	(void)ctx;
	SL_ASSERT(mail_plain_call(request, response));
}

size_t
mail_answered(const struct bench *b)
{
	size_t sum = 0;

	for (size_t i = 0; i < b->store.commit_count; i++)
		sum += b->store.commits[i].answered_count;
	return sum;
}

void
mail_list_page(struct sl_response *response, int page, int pages, int size,
	       int group)
{
	char body[128];

	(void)snprintf(body, sizeof(body),
		       "{\"page\":%d,\"pages\":%d,\"size\":%d,\"group\":%d}",
		       page, pages, size, group);
	fake_reply(response, 200, body);
}

const struct sl_ref *
mail_wanted(struct bench *b, int count, int group)
{
	struct sl_ref *first = NULL, **tail = &first;

	for (int i = 0; i < count; i++) {
		struct sl_ref *ref = SL_NEW(b->arena, struct sl_ref);

		ref->source_id = sl_arena_printf(b->arena, "w%d", i);
		if (group > 1)
			ref->group =
				sl_arena_printf(b->arena, "g%d", i / group);
		*tail = ref;
		tail = &ref->next;
	}
	return first;
}

void
mail_wants(struct bench *b, int count, int group)
{
	struct sl_stream_row *row = fake_store_stream(&b->store, "backfill", "",
						      "{\"at\":\"done\"}");

	row->walk_started_us = BENCH_NOW_US - SL_US_PER_S;
	row->pending = mail_wanted(b, count, group);
}

int
mail_number(const struct sl_request *request, const char *name)
{
	const char *at = strstr(request->url, name);

	return at ? (int)strtol(at + strlen(name), NULL, 10) : -1;
}
