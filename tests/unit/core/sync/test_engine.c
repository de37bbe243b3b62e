/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine's decisions, with a toy connector and plain fakes: time stands
 * still unless a request has to wait, so nothing sleeps.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/auth/seal.h"
#include "core/json/json.h"
#include "core/sync/answers_private.h"
#include "core/sync/engine.h"

#include "tests/support/fakes.h"
/* cmocka wants the four above first */
#include <cmocka.h>

#define USER   "33333333-3333-4333-8333-333333333333"
#define NOW_US INT64_C(1795168800000000)

/* --- a toy connector: GET /items/KEY?after=CURSOR ------------------------- */

static const struct sl_endpoint endpoints[] = {
	{ SL_ENDPOINT_TOKEN, "TOY_TOKEN_URL", "https://toy.example/token" },
	{ "api", "TOY_URL", "https://toy.example/api" },
	{ NULL, NULL, NULL },
};
static const struct sl_provider toy_provider = { .name = "toy",
						 .title = "Toy",
						 .endpoints = endpoints };
static int last_shrink;

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
	};
	last_shrink = turn->shrink;
	ask->calls = call;
	ask->count = 1;
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
	default:
		return sl_fail(err, SL_RETRY, SL_STREAM, "HTTP %d",
			       refusal->http_status);
	}
}

static const struct sl_stream_kind kinds[] = {
	{ .name = "list", .title = "List", .map_version = 1 },
	{ .name = "items",
	  .title = "Items",
	  .opened_by = "list",
	  .map_version = 1 },
	{ .name = NULL },
};
static const struct sl_connector toy = {
	.name = "toy",
	.title = "Toy",
	.provider = &toy_provider,
	.kinds = kinds,
	.ask = toy_ask,
	.read = toy_read,
	.classify = toy_classify,
};
static const struct sl_connector *const registry[] = { &toy, NULL };

/* --- the bench ------------------------------------------------------------ */

struct bench {
	struct sl_fake_clock clock;
	struct sl_seeded_rng rng;
	struct fake_transport net;
	struct fake_store store;
	struct sl_keyring *keys;
	struct sl_arena *arena;
	struct sl_engine *engine;
	struct sl_engine_config config;
	struct sl_run_report report;
	char report_status[32];
	struct sl_error report_error;
	sl_status engine_status;
	int reports;
	int turn; /* of the scripted answers */
	int tokens_asked;
	int scenario;
};

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

static int
setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct sl_grant *g = &b->store.account.grant;

	sl_fake_clock_init(&b->clock, NOW_US);
	sl_seeded_rng_init(&b->rng, 7);
	fake_transport_init(&b->net, &b->clock);
	fake_store_init(&b->store, USER);
	b->keys = test_keys();
	b->arena = sl_arena_new();
	seal_into(b, USER, g->id, "access_token", "at-1", &g->access);
	seal_into(b, USER, g->id, "refresh_token", "rt-1", &g->refresh);
	seal_into(b, "", g->oauth_client_row, "client_secret", "cs",
		  &g->client_secret);
	g->access_expires_us = NOW_US + INT64_C(3600) * SL_US_PER_S;
	b->net.ctx = b;
	b->config = (struct sl_engine_config){
		.transport = &b->net.transport,
		.stores = fake_store_factory(&b->store),
		.registry = registry,
		.clock = &b->clock.clock,
		.rng = &b->rng.rng,
		.keys = b->keys,
		.endpoint = endpoint,
		.workers = 1,
	};
	*state = b;
	return 0;
}

static int
teardown(void **state)
{
	struct bench *b = *state;

	sl_engine_free(&b->engine);
	fake_store_release(&b->store);
	sl_keyring_free(&b->keys);
	sl_arena_free(&b->arena);
	free(b);
	return 0;
}

static void
run(struct bench *b, const char *trigger)
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

static bool
is_token_call(struct bench *b, const struct sl_request *request,
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

/* --- the tests ------------------------------------------------------------ */

static void
two_pages(void *ctx, const struct sl_request *request,
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

static void
a_new_stream_is_walked_to_its_end(void **state)
{
	struct bench *b = *state;

	fake_store_stream(&b->store, "items", "k", NULL);
	b->net.answer = two_pages;
	run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_string_equal(b->report.mode, "full");
	assert_int_equal(b->store.commit_count, 2);
	assert_true(b->store.commits[0].starts_walk);
	assert_false(b->store.commits[0].walk_done);
	assert_string_equal(b->store.commits[0].cursor, "{\"after\":\"p2\"}");
	assert_false(b->store.commits[1].starts_walk);
	assert_true(b->store.commits[1].walk_done);
	assert_true(b->store.commits[1].rests);
	assert_int_equal(b->report.tally.created, 3);
	assert_int_equal(b->report.tally.requests, 2);
	assert_int_equal(b->store.written.requests, 2);
	assert_string_equal(b->store.end_integration, "connected");
}

static void
a_live_stream_asks_once_and_commits_once(void **state)
{
	struct bench *b = *state;

	fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}");
	b->net.answer = two_pages;
	run(b, "manual");
	assert_int_equal(b->net.submitted, 1);
	assert_int_equal(b->store.commit_count, 1);
	assert_false(b->store.commits[0].starts_walk);
	assert_string_equal(b->report.mode, "incremental");
}

struct reply_row {
	const char *why;
	int status; /* of every answer */
	const char *body;
	enum sl_net_failure failure;
	const char *run_status;
	sl_status class;
	int failed_streams;
	const char *integration;
};

static const struct reply_row reply_rows[] = {
	{ "5xx for ever: retried, then the stream waits", 500, "{}",
	  SL_NET_NONE, "failed", SL_RETRY, 1, "connected" },
	{ "403 hurts one stream", 403, "{}", SL_NET_NONE, "failed", SL_REJECTED,
	  1, "connected" },
	{ "an operator must act: the whole client", 503, "{}", SL_NET_NONE,
	  "failed", SL_CONFIG, 0, "" },
	{ "a portal's page is no answer", 200, "<html>", SL_NET_NONE, "failed",
	  SL_RETRY, 1, "connected" },
	{ "a cut document is no answer", 200, "{\"items\":[\"a\"", SL_NET_NONE,
	  "failed", SL_RETRY, 1, "connected" },
	{ "the network is cut", 0, "", SL_NET_CUT, "failed", SL_RETRY, 1,
	  "connected" },
	{ "a certificate is wrong: no retry storm", 0, "", SL_NET_TLS, "failed",
	  SL_CONFIG, 0, "" },
	{ "401 again after a refresh", 401, "{}", SL_NET_NONE, "failed",
	  SL_REAUTH, 0, "needs_reauth" },
	{ "410 on a fresh walk too", 410, "{}", SL_NET_NONE, "failed",
	  SL_RESYNC, 1, "connected" },
};

static void
same_for_ever(void *ctx, const struct sl_request *request,
	      struct sl_response *response)
{
	struct bench *b = ctx;
	const struct reply_row *row = &reply_rows[b->scenario];

	if (is_token_call(b, request, response))
		return;
	fake_reply(response, row->status, row->body);
	response->failure = row->failure;
}

static void
trouble_leaves_the_cursor_and_names_its_remedy(void **state)
{
	(void)teardown(state); /* each row has a bench of its own */
	for (size_t i = 0; i < SL_ARRAY_LEN(reply_rows); i++) {
		const struct reply_row *row = &reply_rows[i];
		struct bench *b;

		(void)setup(state);
		b = *state;
		b->scenario = (int)i;
		fake_store_stream(&b->store, "items", "k",
				  "{\"after\":\"p2\"}");
		b->net.answer = same_for_ever;
		run(b, "manual");
		print_message("  %s\n", row->why);
		assert_int_equal(b->store.commit_count, 0);
		assert_string_equal(b->report_status, row->run_status);
		assert_int_equal(b->report_error.status, row->class);
		assert_int_equal(b->store.failed_streams, row->failed_streams);
		assert_string_equal(b->store.end_integration, row->integration);
		assert_true(b->net.submitted <= 14);
		(void)teardown(state);
	}
	(void)setup(state);
}

static void
once_then_good(void *ctx, const struct sl_request *request,
	       struct sl_response *response)
{
	struct bench *b = ctx;

	if (is_token_call(b, request, response))
		return;
	if (b->turn++ == 0) {
		fake_reply(response, b->scenario, "{}");
		response->retry_after_ms = 30000;
		return;
	}
	two_pages(ctx, request, response);
}

static void
a_429_waits_as_long_as_it_says(void **state)
{
	struct bench *b = *state;

	b->scenario = 429;
	fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}");
	b->net.answer = once_then_good;
	run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->report.tally.retries, 1);
	assert_true(b->net.waited_us >= 30 * SL_US_PER_S);
}

static void
a_401_refreshes_once_and_repeats_the_request(void **state)
{
	struct bench *b = *state;

	b->scenario = 401;
	fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}");
	b->net.answer = once_then_good;
	run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->tokens_asked, 1);
	assert_int_equal(b->store.saved_tokens, 1);
	assert_int_equal(b->store.commit_count, 1);
}

static void
an_expiring_token_is_refreshed_before_the_first_call(void **state)
{
	struct bench *b = *state;

	b->store.account.grant.access_expires_us = NOW_US + SL_US_PER_S;
	b->turn = 1;
	fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}");
	b->net.answer = once_then_good;
	run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->tokens_asked, 1);
	assert_int_equal(b->net.submitted, 2);
}

static void
dead_grant(void *ctx, const struct sl_request *request,
	   struct sl_response *response)
{
	(void)ctx, (void)request;
	fake_reply(response, 400, "{\"error\":\"invalid_grant\"}");
}

static void
a_dead_grant_stops_all_calls_and_is_told_once(void **state)
{
	struct bench *b = *state;

	b->store.account.grant.access_expires_us = NOW_US;
	fake_store_stream(&b->store, "items", "a", "{\"after\":\"p2\"}");
	fake_store_stream(&b->store, "items", "b", "{\"after\":\"p2\"}");
	b->net.answer = dead_grant;
	run(b, "manual");
	assert_int_equal(b->net.submitted, 1);
	assert_int_equal(b->store.dead_grants, 1);
	assert_int_equal(b->report_error.status, SL_REAUTH);
	assert_string_equal(b->store.end_integration, "needs_reauth");
}

static void
a_refused_cursor_walks_that_stream_again(void **state)
{
	struct bench *b = *state;

	b->scenario = 410;
	fake_store_stream(&b->store, "items", "k", "{\"after\":\"old\"}");
	b->net.answer = once_then_good;
	run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_true(b->store.commits[0].starts_walk);
	assert_true(b->store.commits[0].resynced);
	assert_true(b->store.commits[1].walk_done);
}

static void
a_cursor_refused_again_and_again_stops_the_stream(void **state)
{
	struct bench *b = *state;

	b->scenario = 410;
	fake_store_stream(&b->store, "items", "k", "{\"after\":\"old\"}")
		->resyncs = SL_RESYNCS_MAX;
	b->net.answer = once_then_good;
	run(b, "manual");
	assert_string_equal(b->report_status, "failed");
	assert_int_equal(b->store.commit_count, 0);
}

static void
looping(void *ctx, const struct sl_request *request,
	struct sl_response *response)
{
	struct bench *b = ctx;
	char body[128];

	(void)request;
	if (b->scenario == 0) /* A, B, A, B, ... */
		(void)snprintf(body, sizeof(body),
			       "{\"items\":[\"x\"],\"next\":"
			       "\"%c\",\"more\":true}",
			       "AB"[b->turn++ % 2]);
	else /* a new token on an empty page, for ever */
		(void)snprintf(body, sizeof(body),
			       "{\"items\":[],\"next\":\"t%d\",\"more\":true}",
			       b->turn++);
	fake_reply(response, 200, body);
}

static void
page_loops_end(void **state)
{
	(void)teardown(state);
	for (int scenario = 0; scenario < 2; scenario++) {
		struct bench *b;

		(void)setup(state);
		b = *state;
		b->scenario = scenario;
		fake_store_stream(&b->store, "items", "k", NULL);
		b->net.answer = looping;
		run(b, "manual");
		assert_string_equal(b->report_status, "failed");
		assert_non_null(strstr(b->report_error.text, "page loop"));
		assert_true(b->store.commit_count <= SL_EMPTY_PAGES_MAX + 1);
		(void)teardown(state);
	}
	(void)setup(state);
}

static void
too_large_until_shrunk(void *ctx, const struct sl_request *request,
		       struct sl_response *response)
{
	if (last_shrink < 2) {
		response->failure = SL_NET_TOO_LARGE;
		return;
	}
	two_pages(ctx, request, response);
}

static void
a_too_large_page_is_asked_for_in_halves(void **state)
{
	struct bench *b = *state;

	fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}");
	b->net.answer = too_large_until_shrunk;
	run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->net.submitted, 3);
}

static void
one_stream_forbidden(void *ctx, const struct sl_request *request,
		     struct sl_response *response)
{
	if (strstr(request->url, "/items/bad"))
		fake_reply(response, 403, "{}");
	else
		two_pages(ctx, request, response);
}

static void
one_bad_stream_does_not_hurt_the_others(void **state)
{
	struct bench *b = *state;

	fake_store_stream(&b->store, "list", "", "{\"after\":\"p2\"}");
	fake_store_stream(&b->store, "items", "bad", "{\"after\":\"p2\"}");
	fake_store_stream(&b->store, "items", "good", NULL);
	b->net.answer = one_stream_forbidden;
	run(b, "manual");
	assert_string_equal(b->report_status, "partial");
	assert_int_equal(b->store.failed_streams, 1);
	assert_int_equal(b->report.tally.created, 1 + 3);
	assert_string_equal(b->store.commits[0].key, "");
}

static void
bodies_wait_for_the_budget_and_all_arrive(void **state)
{
	static const char *const keys[] = { "a", "b", "c", "d", "e", "f" };
	struct bench *b = *state;

	b->config.body_budget = 1024 * 1024; /* one body at a time */
	for (size_t i = 0; i < SL_ARRAY_LEN(keys); i++)
		fake_store_stream(&b->store, "items", keys[i], NULL);
	b->net.answer = two_pages;
	run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->report.tally.created, 18);
}

static void
sample_is_gone(void *ctx, const struct sl_request *request,
	       struct sl_response *response)
{
	if (strstr(request->url, "/item/sample"))
		fake_reply(response, 404, "{}");
	else
		two_pages(ctx, request, response);
}

static void
the_breaker_reads_its_samples_before_it_sweeps(void **state)
{
	struct bench *b = *state;

	fake_store_stream(&b->store, "items", "k", NULL);
	b->store.sweep_answers[0] = SL_SWEEP_ASKS;
	b->store.sweep_answers[1] = SL_SWEPT;
	b->net.answer = sample_is_gone;
	run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->store.sweeps, 2);
	assert_int_equal(b->store.commit_count, 3);
	assert_string_equal(b->store.commits[2].answered, "sample");
	assert_int_equal(b->store.commits[2].tombstones, 1);
}

static void
a_lost_lease_drops_everything(void **state)
{
	struct bench *b = *state;

	b->store.commit_fails = SL_LOST;
	b->store.commit_fail_times = 1;
	fake_store_stream(&b->store, "items", "k", NULL);
	b->net.answer = two_pages;
	run(b, "manual");
	assert_string_equal(b->report_status, "failed");
	assert_int_equal(b->report_error.status, SL_LOST);
	assert_int_equal(b->store.commit_count, 0);
}

static void
a_database_away_for_a_moment_is_ridden_out(void **state)
{
	struct bench *b = *state;

	b->store.commit_fails = SL_RETRY;
	b->store.commit_fail_times = 1;
	fake_store_stream(&b->store, "items", "k", NULL);
	b->net.answer = two_pages;
	run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->report.tally.created, 3);
}

static void
a_busy_integration_is_skipped_when_asked_to(void **state)
{
	struct bench *b = *state;

	b->store.busy = true;
	b->net.answer = two_pages;
	run(b, "schedule");
	assert_string_equal(b->report_status, "busy");
	assert_int_equal(b->net.submitted, 0);
	assert_int_equal(b->store.finishes, 0);
}

static void
stop_in_the_middle(void *ctx, const struct sl_request *request,
		   struct sl_response *response)
{
	struct bench *b = ctx;

	two_pages(ctx, request, response);
	if (b->turn++ == 0)
		sl_engine_stop(b->engine);
}

static void
a_stop_leaves_what_was_committed_and_says_interrupted(void **state)
{
	struct bench *b = *state;

	fake_store_stream(&b->store, "items", "k", NULL);
	b->net.answer = stop_in_the_middle;
	run(b, "manual");
	assert_string_equal(b->report_status, "interrupted");
	assert_string_equal(b->store.end_status, "interrupted");
	assert_int_equal(b->store.finishes, 1);
	assert_true(b->store.commit_count <= 1);
}

static void
an_account_to_be_connected_again_makes_no_call(void **state)
{
	struct bench *b = *state;

	b->store.account.status = "needs_reauth";
	fake_store_stream(&b->store, "items", "k", NULL);
	b->net.answer = two_pages;
	run(b, "manual");
	assert_int_equal(b->net.submitted, 0);
	assert_string_equal(b->report_status, "failed");
	assert_int_equal(b->report_error.status, SL_REAUTH);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_new_stream_is_walked_to_its_end),
		T(a_live_stream_asks_once_and_commits_once),
		T(trouble_leaves_the_cursor_and_names_its_remedy),
		T(a_429_waits_as_long_as_it_says),
		T(a_401_refreshes_once_and_repeats_the_request),
		T(an_expiring_token_is_refreshed_before_the_first_call),
		T(a_dead_grant_stops_all_calls_and_is_told_once),
		T(a_refused_cursor_walks_that_stream_again),
		T(a_cursor_refused_again_and_again_stops_the_stream),
		T(page_loops_end),
		T(a_too_large_page_is_asked_for_in_halves),
		T(one_bad_stream_does_not_hurt_the_others),
		T(bodies_wait_for_the_budget_and_all_arrive),
		T(the_breaker_reads_its_samples_before_it_sweeps),
		T(a_lost_lease_drops_everything),
		T(a_database_away_for_a_moment_is_ridden_out),
		T(a_busy_integration_is_skipped_when_asked_to),
		T(a_stop_leaves_what_was_committed_and_says_interrupted),
		T(an_account_to_be_connected_again_makes_no_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
