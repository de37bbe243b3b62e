/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/engine_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/json/json.h"
#include "core/sync/answers_private.h"

#include "tests/support/unit.h"

/* --- a toy connector: GET /items/KEY?after=CURSOR; none after "later" ------ */

static const struct sl_endpoint endpoints[] = {
	{ SL_ENDPOINT_TOKEN, "TOY_TOKEN_URL", "https://toy.example/token" },
	{ "api", "TOY_URL", "https://toy.example/api" },
	{ NULL, NULL, NULL },
};
static const struct sl_end_rule ends[] = {
	{ SL_END_TOLD, 8, "it was for a week" },
	{ SL_END_TOLD, 0, "it was for a time" },
	{ .why = NULL },
};
static const struct sl_provider toy_provider = {
	.name = "toy",
	.title = "Toy",
	.endpoints = endpoints,
	.ends = ends,
	.dead_refresh = "invalid_request",
};
_Atomic int bench_last_shrink;
_Atomic int64_t bench_last_checked_us, bench_last_connected_us;
bool bench_tells_refused;

static sl_status
toy_ask(const struct sl_turn *turn, struct sl_arena *arena, struct sl_ask *ask,
	struct sl_error *err)
{
	struct sl_call *call = SL_NEW(arena, struct sl_call);
	const char **path = SL_NEW_ARRAY(arena, 4, const char *);
	struct sl_query *query = SL_NEW_ARRAY(arena, 2, struct sl_query);

	(void)err;
	path[0] = turn->wanted ? "item" : "items";
	path[1] = turn->wanted           ? turn->wanted->source_id
		  : turn->stream->key[0] ? turn->stream->key
					 : "root";
	if (turn->cursor && !turn->wanted) {
		query[0].name = "after";
		query[0].value = sl_json_text(turn->cursor, "after");
	}
	*call = (struct sl_call){
		.endpoint = "api",
		.path = path,
		.query = query,
		.wanted_id = turn->wanted ? turn->wanted->source_id : NULL,
		.max_body = 1024 * 1024,
		.tell_refused = bench_tells_refused,
	};
	bench_last_shrink = turn->shrink;
	bench_last_checked_us = turn->checked_us;
	bench_last_connected_us = turn->connected_us;
	ask->calls = call;
	ask->count = !query[0].value || strcmp(query[0].value, "later") != 0;
	return SL_OK;
}

static sl_status
toy_read(const struct sl_turn *turn, struct sl_answers *answers,
	 struct sl_page *page, struct sl_error *err)
{
	const struct sl_answer *answer = sl_answers_next(answers);
	const json_t *item, *items;
	const char *next;
	size_t i;

	if (!answer)
		return sl_fail(err, SL_RETRY, SL_STREAM, "no answer");
	if (answer->http_status == 404 && !answer->call->wanted_id) {
		page->walk_done = turn->stream->walking;
		return SL_OK;
	}
	if (answer->http_status == 404) {
		sl_page_tombstone(page)->source_id =
			sl_arena_strdup(page->arena, answer->call->wanted_id);
		return SL_OK;
	}
	items = sl_json_array(answer->body, "items");
	json_array_foreach (items, i, item) {
		struct sl_artifact *a = sl_page_artifact(page);

		a->source_id =
			sl_arena_strdup(page->arena, json_string_value(item));
		a->type = "toy";
		page->items++;
	}
	next = sl_json_text(answer->body, "next");
	page->cursor = json_pack("{s:s}", "after", next ? next : "end");
	page->more = sl_json_bool(answer->body, "more");
	page->walk_done = turn->stream->walking && !page->more;
	return SL_OK;
}

static sl_status
toy_classify(const struct sl_refusal *refusal, struct sl_error *err)
{
	switch (refusal->http_status) {
	case 401:
		return sl_fail(err, SL_REAUTH, SL_GRANT, "unauthorized");
	case 403:
		return sl_fail(err, SL_REJECTED, SL_STREAM, "forbidden");
	case 404:
		return sl_fail(err, SL_REJECTED, SL_ITEM, "gone");
	case 410:
		return sl_fail(err, SL_RESYNC, SL_STREAM, "cursor expired");
	case 429:
		(void)sl_fail(err, SL_RETRY, SL_INTEGRATION, "slow down");
		err->retry_after_ms = refusal->retry_after_ms;
		return SL_RETRY;
	case 503:
		return sl_fail(err, SL_CONFIG, SL_CLIENT, "API is off");
	case 420:
		(void)sl_fail(err, SL_RETRY, SL_CLIENT, "all slow down");
		err->retry_after_ms = refusal->retry_after_ms;
		return SL_RETRY;
	default:
		return sl_fail(err, SL_RETRY, SL_STREAM, "HTTP %d",
			       refusal->http_status);
	}
}

static const struct sl_stream_kind kinds[] = {
	{ .name = "list", .title = "List", .map_version = 1 },
	{ .name = "items",
	  .title = "Items",
	  .horizon_days = 28,
	  .opened_by = "list",
	  .map_version = 1 },
	{ .name = NULL },
};
/* The client's, of each API; a user's has no limit. */
static const struct sl_quota quotas[] = {
	{ "2020-01-01", 0, 6, 0 },
	{ NULL, 0, 0, 0 },
};
static const struct sl_quota mail_quotas[] = {
	{ "2020-01-01", 0, 6000, 0 },
	{ BENCH_LESS_MAIL, 0, 3000, 0 },
	{ NULL, 0, 0, 0 },
};
static const struct sl_connector toy = {
	.name = "toy",
	.title = "Toy",
	.provider = &toy_provider,
	.kinds = kinds,
	.quotas = quotas,
	.ask = toy_ask,
	.read = toy_read,
	.classify = toy_classify,
};
/* Another API of the same client. */
static const struct sl_connector toy_mail = {
	.name = "toy_mail",
	.title = "Toy mail",
	.provider = &toy_provider,
	.kinds = kinds,
	.quotas = mail_quotas,
	.ask = toy_ask,
	.read = toy_read,
	.classify = toy_classify,
};
static const struct sl_connector *const registry[] = { &toy, &toy_mail, NULL };

static const char *
endpoint(void *ctx, const struct sl_provider *provider, const char *name)
{
	(void)ctx;
	for (const struct sl_endpoint *e = provider->endpoints; e->name; e++)
		if (strcmp(e->name, name) == 0)
			return e->url;
	return NULL;
}

static void
on_report(void *ctx, const struct sl_run_report *report)
{
	struct bench *b = ctx;

	b->reports++;
	b->report = *report;
	(void)snprintf(b->report_status, sizeof(b->report_status), "%s",
		       report->status);
	if (report->error)
		b->report_error = *report->error;
}

static void
on_stop(void *ctx, const struct sl_stop *stop)
{
	struct bench *b = ctx;

	assert_true(b->stops < 2);
	(void)snprintf(b->stop_texts[b->stops], sizeof(b->stop_texts[0]),
		       "%s: %s", stop->provider, stop->status);
	b->stops++;
}

static struct sl_keyring *
test_keys(void)
{
	char path[] = "/tmp/sluice-test-keys-XXXXXX";
	struct sl_keyring *ring = NULL;
	struct sl_error err;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_true(write(fd,
			  "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n",
			  48) == 48);
	(void)close(fd);
	(void)chmod(path, 0600);
	assert_int_equal(sl_keyring_load(path, &ring, &err), SL_OK);
	(void)unlink(path);
	return ring;
}

static void
seal_into(struct bench *b, const char *user, const char *owner,
	  const char *purpose, const char *plain, struct sl_sealed *out)
{
	struct sl_seal_binding binding = { user, owner, purpose };
	SL_AUTO_SECRET secret = { 0 };
	struct sl_error err;

	sl_secret_set(&secret, plain, strlen(plain));
	assert_int_equal(sl_seal(b->keys, &b->rng.rng, &binding, &secret,
				 b->arena, out, &err),
			 SL_OK);
}

int
bench_setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct sl_grant *g = &b->store.account.grant;

	sl_fake_clock_init(&b->clock, BENCH_NOW_US);
	sl_seeded_rng_init(&b->rng, 7);
	fake_transport_init(&b->net, &b->clock);
	bench_tells_refused = false;
	fake_store_init(&b->store, BENCH_USER);
	b->keys = test_keys();
	b->arena = sl_arena_new();
	seal_into(b, BENCH_USER, g->id, "access_token", "at-1", &g->access);
	seal_into(b, BENCH_USER, g->id, "refresh_token", "rt-1", &g->refresh);
	seal_into(b, "", g->oauth_client_row, "client_secret", "cs",
		  &g->client_secret);
	g->access_expires_us = BENCH_NOW_US + INT64_C(3600) * SL_US_PER_S;
	b->net.ctx = b;
	b->config = (struct sl_engine_config){
		.transport = &b->net.transport,
		.stores = fake_store_factory(&b->store),
		.registry = registry,
		.clock = &b->clock.clock,
		.rng = &b->rng.rng,
		.keys = b->keys,
		.endpoint = endpoint,
		.stopped = on_stop,
		.stopped_ctx = b,
		.workers = 1,
	};
	*state = b;
	return 0;
}

int
bench_teardown(void **state)
{
	struct bench *b = *state;

	sl_engine_free(&b->engine);
	fake_store_release(&b->store);
	sl_keyring_free(&b->keys);
	sl_arena_free(&b->arena);
	free(b);
	return 0;
}

void
bench_run(struct bench *b, const char *trigger)
{
	struct sl_work work = { .target = { .provider = "toy",
					    .account = "ana@example.com" },
				.trigger = trigger,
				.skip_busy = true };
	struct sl_observer observer = { .report = on_report, .ctx = b };
	struct sl_error err;

	if (!b->engine)
		assert_int_equal(sl_engine_new(&b->config, &b->engine, &err),
				 SL_OK);
	b->engine_status = sl_engine_run(b->engine, &work, 1, &observer, &err);
}

void
bench_run_each(struct bench *b, const char *const *connectors)
{
	struct sl_work work[BENCH_RUNS_MAX] = { { .trigger = "manual" } };
	struct sl_observer observer = { .report = on_report, .ctx = b };
	struct sl_error err;
	size_t n = 0;

	for (; connectors[n] != NULL; n++) {
		assert_true(n < BENCH_RUNS_MAX);
		work[n] = (struct sl_work){
			.target = { .provider = connectors[n],
				    .account = "ana@example.com" },
			.trigger = "manual",
		};
	}
	b->config.runs_at_once = 1;
	if (!b->engine)
		assert_int_equal(sl_engine_new(&b->config, &b->engine, &err),
				 SL_OK);
	b->engine_status = sl_engine_run(b->engine, work, n, &observer, &err);
}

static sl_status
take_one(void *ctx, const struct sl_room *room, struct sl_work *out,
	 size_t *count, int64_t *wait_us, struct sl_error *err)
{
	const enum sl_lane *lane = ctx;

	(void)room, (void)err;
	out[0] = (struct sl_work){
		.target = { .provider = "toy", .account = "ana@example.com" },
		.trigger = "schedule",
		.run_id = BENCH_USER,
		.fence = 1,
		.lane = *lane,
	};
	*count = 1;
	*wait_us = -1;
	return SL_OK;
}

void
bench_serve_feed(struct bench *b, const struct sl_feed *feed)
{
	struct sl_observer observer = { .report = on_report, .ctx = b };

	if (!b->engine)
		assert_int_equal(
			sl_engine_new(&b->config, &b->engine, &b->report_error),
			SL_OK);
	b->engine_status =
		sl_engine_serve(b->engine, feed, &observer, &b->report_error);
}

void
bench_serve(struct bench *b, enum sl_lane lane)
{
	bench_serve_feed(b,
			 &(struct sl_feed){ .take = take_one, .ctx = &lane });
}

bool
bench_token_call(struct bench *b, const struct sl_request *request,
		 struct sl_response *response)
{
	if (!strstr(request->url, "/token"))
		return false;
	b->tokens_asked++;
	fake_reply(response, 200,
		   "{\"access_token\":\"at-2\",\"expires_in\":3600,"
		   "\"token_type\":\"Bearer\"}");
	return true;
}

void
bench_two_pages(void *ctx, const struct sl_request *request,
		struct sl_response *response)
{
	(void)ctx;
	if (strstr(request->url, "after=p2"))
		fake_reply(response, 200,
			   "{\"items\":[\"c\"],\"next\":\"s1\"}");
	else
		fake_reply(response, 200,
			   "{\"items\":[\"a\",\"b\"],"
			   "\"next\":\"p2\",\"more\":true}");
}

void
bench_once_then_good(void *ctx, const struct sl_request *request,
		     struct sl_response *response)
{
	struct bench *b = ctx;

	if (bench_token_call(b, request, response))
		return;
	if (b->turn++ == 0) {
		fake_reply(response, b->scenario, "{}");
		response->retry_after_ms = 30000;
		return;
	}
	bench_two_pages(ctx, request, response);
}
