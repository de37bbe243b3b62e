/* SPDX-License-Identifier: Apache-2.0 */
/* What the provider refuses: tokens, requests, too many of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

#include "tests/contract/world.h"

#define ITEMS 7
#define MANY  60 /* enough for the breaker */

/** One page of changes after a good walk: what is refused. */
static void
begin(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	world_begin(w);
	feed_change(&w->feed, 1, "Changed");
	(void)feed_add(&w->feed, "new1", "New");
}

/* ---- the kit's own refusals ---- */

static void
refuse(struct contract_feed *feed, struct contract_exchange *x)
{
	const struct contract_refusal *r = feed->spoil_ctx;

	x->status = r->status;
	sl_buf_adds(&x->body, r->body);
}

/** Tries within one run: what must wait long is not waited for. */
static int
tries(const struct contract_world *w, sl_status remedy)
{
	if (remedy != SL_RETRY ||
	    w->last.error.retry_after_ms > sl_retry_default.cap_ms)
		return 1;
	return sl_retry_default.max_attempts;
}

static const char *
status_after(sl_status remedy, sl_scope scope)
{
	if (remedy == SL_REAUTH)
		return "needs_reauth";
	return remedy == SL_CONFIG && scope == SL_INTEGRATION ? "error"
							      : "connected";
}

void
contract_refused(struct contract_world *w)
{
	const struct contract_refusal *r = w->arg;
	char booked[64];

	begin(w);
	w->feed.spoil = refuse;
	w->feed.spoil_ctx = r;
	world_run(w);
	world_ended(w, r->scope <= SL_STREAM ? "stream" : "failed", r->remedy,
		    r->scope);
	world_listings(w, tries(w, r->remedy));
	assert_int_equal(world_live(w), ITEMS);
	(void)snprintf(booked, sizeof(booked), "%s %s",
		       sl_status_name(r->remedy), sl_scope_name(r->scope));
	assert_string_equal(world_text(w, "SELECT error_class || ' ' || "
					  "error_scope AS v FROM sync_logs "
					  "WHERE user_id = $user ORDER BY "
					  "started_at DESC LIMIT 1"),
			    booked);
	assert_string_equal(world_text(w, "SELECT status AS v FROM "
					  "user_integrations WHERE user_id = "
					  "$user"),
			    status_after(r->remedy, r->scope));
	if (r->remedy == SL_REAUTH) {
		world_run(w); /* nothing is asked of a dead consent */
		world_silent(w);
		world_connect(w, &w->subject);
	}
	w->feed.spoil = NULL;
	world_run(w);
	assert_string_equal(world_position(w, 1), "s7");
	world_settle(w);
}

/* ---- 401 ---- */

/** Only the token that the feed accepts passes. */
static void
check_token(struct contract_feed *feed, struct contract_exchange *x)
{
	if (!sl_text_equal(x->bearer, feed->accepts))
		x->status = 401;
}

static void
refused_once(struct contract_world *w)
{
	begin(w);
	w->feed.accepts = "at-2";
	w->feed.spoil = check_token;
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	assert_int_equal(w->feed.tokens, 1);
	world_listings(w, 2);
	assert_string_equal(world_position(w, 1), "s7");
	assert_string_equal(world_position(w, 2), "s7");
	world_run(w); /* the new token was stored */
	assert_int_equal(w->feed.tokens, 0);
	world_asked_once(w);
	world_settle(w);
}

static void
refuse_token(struct contract_feed *feed, struct contract_exchange *x)
{
	(void)feed;
	x->status = 401;
}

static void
refused_twice(struct contract_world *w)
{
	begin(w);
	w->feed.spoil = refuse_token;
	world_run(w);
	world_ended(w, "failed", SL_REAUTH, SL_GRANT);
	assert_int_equal(w->feed.tokens, 1); /* one more try, not two */
	world_listings(w, 2);
	assert_int_equal(world_live(w), ITEMS);
	assert_string_equal(world_text(w, "SELECT status AS v FROM "
					  "user_integrations WHERE user_id = "
					  "$user"),
			    "needs_reauth");
	world_run(w);
	world_silent(w);
	world_connect(w, &w->subject);
	w->feed.spoil = NULL;
	world_run(w);
	assert_string_equal(world_position(w, 1), "s7"); /* nothing was lost */
	world_settle(w);
}

/* ---- the token endpoint ---- */

static void
refresh_fails(struct contract_world *w, int status, const char *body)
{
	begin(w);
	w->feed.accepts = "at-2";
	w->feed.spoil = check_token;
	w->feed.token_status = status;
	w->feed.token_body = body;
	world_run(w);
	world_listings(w, 1);
	assert_int_equal(world_live(w), ITEMS);
}

static void
a_dead_grant(struct contract_world *w)
{
	refresh_fails(w, 400, "{\"error\":\"invalid_grant\"}");
	world_ended(w, "failed", SL_REAUTH, SL_GRANT);
	assert_int_equal(w->feed.tokens, 1);
	assert_string_equal(world_text(w, "SELECT i.status || ' ' || g.status "
					  "AS v FROM user_integrations i JOIN "
					  "sluice.grants g ON g.id = "
					  "i.grant_id WHERE i.user_id = $user"),
			    "needs_reauth needs_reauth");
	world_run_scheduled(w);
	world_silent(w);
	world_connect(w, &w->subject);
	world_settle(w);
}

static void
token_trouble(struct contract_world *w)
{
	const char *const *body = w->arg;

	refresh_fails(w, body == NULL ? 503 : 200, body ? *body : "busy");
	if (w->last.error.status != SL_RETRY)
		fail_msg("%s: %s", sl_status_name(w->last.error.status),
			 w->last.error.text);
	assert_in_range(w->feed.tokens, 1, sl_retry_default.max_attempts);
	assert_string_equal(world_text(w, "SELECT i.status || ' ' || g.status "
					  "AS v FROM user_integrations i JOIN "
					  "sluice.grants g ON g.id = "
					  "i.grant_id WHERE i.user_id = $user"),
			    "connected active");
	world_settle(w); /* the refresh token is still the old one */
}

static const char *
sealed_refresh(struct contract_world *w)
{
	return world_text(w, "SELECT encode(ciphertext, 'hex') AS v FROM "
			     "sluice.user_secrets WHERE user_id = $user AND "
			     "purpose = 'refresh_token'");
}

static void
no_new_refresh_token(struct contract_world *w)
{
	char before[512];

	begin(w);
	(void)snprintf(before, sizeof(before), "%s", sealed_refresh(w));
	w->feed.accepts = "at-2";
	w->feed.spoil = check_token;
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	assert_string_equal(sealed_refresh(w), before);
	world_settle(w);
}

/* ---- 429 ---- */

struct wait {
	const char *header;
	int64_t least_s, most_s; /* between refusal and next try */
	bool deferred;           /* longer than a run waits       */
};

static void
slow_down(struct contract_feed *feed, struct contract_exchange *x)
{
	const struct wait *wait = feed->spoil_ctx;

	if (x->number != 1)
		return;
	x->status = 429;
	if (wait->header != NULL)
		x->headers = sl_arena_printf(x->arena, "Retry-After: %s\r\n",
					     wait->header);
}

static void
waits_as_told(struct contract_world *w, contract_spoil spoil)
{
	const struct wait *wait = w->arg;
	int64_t waited_us;

	begin(w);
	w->feed.spoil = spoil;
	w->feed.spoil_ctx = wait;
	world_run(w);
	if (wait->deferred) {
		world_ended(w, "failed", SL_RETRY, SL_INTEGRATION);
		world_listings(w, 1);
		waited_us = world_i64(
			w, "SELECT round(extract(epoch FROM not_before - "
			   "now()))::bigint * 1000000 AS v FROM "
			   "sluice.schedule WHERE user_id = $user");
	} else {
		world_ended(w, "ok", SL_OK, SL_ITEM);
		world_listings(w, 2);
		assert_string_equal(world_position(w, 2), "s7");
		waited_us = w->feed.times_us[1] - w->feed.times_us[0];
	}
	assert_in_range(waited_us, wait->least_s * SL_US_PER_S,
			wait->most_s * SL_US_PER_S);
	world_settle(w);
}

static void
told_to_wait(struct contract_world *w)
{
	waits_as_told(w, slow_down);
}

/** The same, told in the text of the refusal alone. */
static void
tell_deadline(struct contract_feed *feed, struct contract_exchange *x)
{
	const struct wait *wait = feed->spoil_ctx;
	const char *at = strstr(feed->kit->deadline, "%s");

	if (x->number != 1)
		return;
	x->status = 429;
	sl_buf_add(&x->body, feed->kit->deadline,
		   (size_t)(at - feed->kit->deadline));
	sl_buf_adds(&x->body, wait->header);
	sl_buf_adds(&x->body, at + 2);
}

static void
told_in_the_text(struct contract_world *w)
{
	if (w->row->kit->deadline == NULL)
		skip(); /* its refusals tell no time */
	waits_as_told(w, tell_deadline);
}

/** By the database's clock: that is what the engine goes by. */
static void
told_in_15_minutes(struct contract_world *w)
{
	struct wait wait = { NULL, 880, 900, true };

	wait.header = sl_test_db_text(
		w->db, "SELECT to_char((now() + interval '15 minutes') AT "
		       "TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') "
		       "AS v");
	wait.header = strdup(wait.header);
	w->arg = &wait;
	told_in_the_text(w);
	free((char *)(uintptr_t)wait.header);
}

static void
date_in_nine_seconds(struct contract_feed *feed, struct contract_exchange *x)
{
	if (x->number != 1)
		return;
	x->status = 429;
	/* the clock stands at 12:00, and moves by waits alone */
	SL_ASSERT(feed->clock->now_us(feed->clock->ctx) - WORLD_NOW_US <
		  100 * SL_US_PER_S);
	x->headers = "Retry-After: Fri, 20 Nov 2026 12:02:00 GMT\r\n";
}

static void
told_a_date(struct contract_world *w)
{
	begin(w);
	w->feed.spoil = date_in_nine_seconds;
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	world_listings(w, 2);
	assert_in_range(sl_now_us(&w->time.clock),
			WORLD_NOW_US + 120 * SL_US_PER_S,
			WORLD_NOW_US + 240 * SL_US_PER_S);
	world_settle(w);
}

/* ---- single items ---- */

static void
hide_all(struct contract_feed *feed, struct contract_exchange *x)
{
	(void)feed;
	x->page.count = 0;
	x->page.next = NULL;
	x->page.sync = "s60";
}

/** Reading one by one takes the quota's time, and the clock jumps over it; the
 *  database's does not. */
static void
let_time_pass(struct contract_world *w)
{
	if (w->row->kit->refs != NULL)
		sl_test_db_exec(w->db,
				"UPDATE artifacts SET synced_at = synced_at - "
				"interval '1 hour' WHERE user_id = '%s'",
				w->subject.user);
}

/** Too many are missing at once: some are read by id, and are gone. */
static void
single_items_are_gone(struct contract_world *w)
{
	if (w->row->kit->counted)
		skip(); /* nothing is read by id, no walk sweeps */
	feed_fill(&w->feed, MANY);
	w->feed.per_page = 100;
	world_begin(w);
	let_time_pass(w);
	for (size_t i = 0; i < MANY; i++)
		feed_lose(&w->feed, i);
	world_run_full(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	assert_int_equal(w->feed.singles, SL_BREAKER_SAMPLES);
	assert_int_equal(world_live(w), 0);
}

static void
single_items_are_there(struct contract_world *w)
{
	if (w->row->kit->counted)
		skip(); /* nothing is read by id, no walk sweeps */
	feed_fill(&w->feed, MANY);
	w->feed.per_page = 100;
	world_begin(w);
	let_time_pass(w);
	w->feed.spoil = hide_all;
	world_run_full(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	assert_in_range(w->feed.singles, 1, SL_BREAKER_SAMPLES);
	assert_int_equal(world_live(w), MANY);
	assert_int_equal(
		world_i64(w,
			  "SELECT pending_deletions AS v FROM sync_state WHERE "
			  "user_id = $user AND kind = '%s'",
			  w->row->kit->kind),
		MANY - SL_BREAKER_SAMPLES);
	w->feed.spoil = NULL;
	world_run_full(w);
	world_settle(w);
}

/* ---- every status there is ---- */

static sl_status
wanted_remedy(int status)
{
	if (status == 401)
		return SL_REAUTH;
	return status >= 500 || status < 400 || status == 429
		       ? SL_RETRY
		       : SL_OK; /* the connector's to say */
}

static void
every_status_has_a_remedy(struct contract_world *w)
{
	const struct sl_call call = { .endpoint = "api" };

	for (int status = 100; status < 600; status++) {
		struct sl_refusal refusal = { .call = &call,
					      .http_status = status,
					      .retry_after_ms = 7000 };
		struct sl_error err = { 0 };
		sl_status got, wanted = wanted_remedy(status);

		if (status == 200)
			continue;
		got = w->row->connector->classify(&refusal, &err);
		if (got == SL_OK || err.status != got || err.text[0] == '\0' ||
		    (wanted != SL_OK && got != wanted) ||
		    (got == SL_RETRY && err.retry_after_ms < 7000))
			fail_msg("HTTP %d: %s, wait %lld", status,
				 sl_status_name(got),
				 (long long)err.retry_after_ms);
	}
}

static const struct wait waits[] = {
	{ NULL, 0, 3, false },
	{ "7", 7, 10, false },
	{ "0", 0, 3, false },
	{ "-5", 0, 3, false },
	{ "soon", 0, 3, false },
	{ "1e9", 0, 3, false },
	{ "", 0, 3, false },
	{ "31536000", 86000, 86401, true },
	{ "99999999999999999999", 86000, 86401, true },
	{ "Thu, 01 Jan 1970 00:00:00 GMT", 0, 3, false },
	{ "Sat, 20 Nov 2027 12:00:00 GMT", 86000, 86401, true },
};
/* Times in a text: what is near, gone by, or far is believed within bounds. */
static const struct wait deadlines[] = {
	{ "soon", 0, 3, false },
	{ "2026-02-30T25:00:00Z", 0, 3, false },
	{ "2020-01-01T00:00:00.000Z", 60, 63, false },
	{ "9999-12-31T23:59:59.999Z", 86000, 86401, true },
};
static const char *const token_bodies[] = { "<html>portal</html>", "{}" };

const struct contract_case contract_refusal_cases[] = {
	{ "401 once", refused_once, NULL },
	{ "401 twice", refused_twice, NULL },
	{ "invalid_grant", a_dead_grant, NULL },
	{ "the token endpoint is down", token_trouble, NULL },
	{ "the token endpoint answers HTML", token_trouble, &token_bodies[0] },
	{ "the token endpoint answers no token", token_trouble,
	  &token_bodies[1] },
	{ "no new refresh token keeps the old one", no_new_refresh_token,
	  NULL },
	{ "429 without Retry-After", told_to_wait, &waits[0] },
	{ "429, Retry-After: seconds", told_to_wait, &waits[1] },
	{ "429, Retry-After: 0", told_to_wait, &waits[2] },
	{ "429, Retry-After: negative", told_to_wait, &waits[3] },
	{ "429, Retry-After: a word", told_to_wait, &waits[4] },
	{ "429, Retry-After: junk", told_to_wait, &waits[5] },
	{ "429, Retry-After: empty", told_to_wait, &waits[6] },
	{ "429, Retry-After: a year of seconds", told_to_wait, &waits[7] },
	{ "429, Retry-After: beyond 64 bits", told_to_wait, &waits[8] },
	{ "429, Retry-After: a date", told_a_date, NULL },
	{ "429, Retry-After: a date gone by", told_to_wait, &waits[9] },
	{ "429, Retry-After: a date in a year", told_to_wait, &waits[10] },
	{ "429, the text tells a word for a deadline", told_in_the_text,
	  &deadlines[0] },
	{ "429, the text tells a time that does not exist", told_in_the_text,
	  &deadlines[1] },
	{ "429, the text tells a deadline gone by", told_in_the_text,
	  &deadlines[2] },
	{ "429, the text tells a deadline in 8,000 years", told_in_the_text,
	  &deadlines[3] },
	{ "429, the text tells a deadline in 15 minutes", told_in_15_minutes,
	  NULL },
	{ "404 for single items", single_items_are_gone, NULL },
	{ "a listing that hides what is there", single_items_are_there, NULL },
	{ "every status has a remedy", every_status_has_a_remedy, NULL },
	{ .name = NULL },
};
