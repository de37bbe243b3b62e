/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a run begins: the claim, the account's settings, its quota, and one
 * task a stream.
 */
#include <string.h>

#include "core/base/text.h"

#include "core/sync/engine_private.h"

#define BUSY_WAIT_US (INT64_C(1) * SL_US_PER_S)
#define HEARTBEAT_US (SL_LEASE_US / 3)
/* A new mail or two is read at once; more would be missing all the time: what
 * may burst and what flows in a minute are the quota together. */
#define PACE_BURST_S 3.0
#define UUID_BYTES   16

bool
sl_connector_find(const struct sl_engine *e, const char *name, size_t *at)
{
	for (*at = 0; e->config.registry[*at]; ++*at)
		if (strcmp(e->config.registry[*at]->name, name) == 0)
			return true;
	return false;
}

/* A random (version 4) uuid for the run's log row. */
const char *
sl_run_id_new(const struct sl_rng *rng, struct sl_arena *arena)
{
	unsigned char b[UUID_BYTES];
	struct sl_buf text;
	char *copy;

	rng->fill(rng->ctx, b, sizeof(b));
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	sl_buf_init(&text, SL_UUID_TEXT);
	for (size_t i = 0; i < UUID_BYTES; i++)
		sl_buf_addf(&text,
			    i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x"
								  : "%02x",
			    (unsigned)b[i]);
	copy = sl_arena_strdup(arena, sl_buf_text(&text));
	sl_buf_release(&text);
	return copy;
}

static bool
opens_others(const struct sl_connector *c, const char *kind)
{
	for (const struct sl_stream_kind *k = c->kinds; k->name; k++)
		if (k->opened_by && strcmp(k->opened_by, kind) == 0)
			return true;
	return false;
}

const struct sl_stream_kind *
sl_run_kind(const struct sl_run *run, const char *name)
{
	const struct sl_stream_kind *k = run->connector->kinds;

	for (; k->name; k++)
		if (strcmp(k->name, name) == 0)
			return k;
	return NULL;
}

/* A scheduled run leaves a stream alone until its deadline has passed. */
static bool
may_run(const struct sl_run *run, const struct sl_stream_row *row)
{
	return strcmp(run->work->trigger, "schedule") != 0 ||
	       row->not_before_us == SL_NO_TIME ||
	       row->not_before_us <= sl_run_now_us(run);
}

struct sl_task *
sl_run_find_task(const struct sl_run *run, const struct sl_stream_row *row)
{
	struct sl_task *found = NULL;

	for (struct sl_task *t = run->tasks; t; t = t->next)
		if (strcmp(t->row.kind, row->kind) == 0 &&
		    strcmp(t->row.key, row->key) == 0)
			found = t;
	return found;
}

/* Let it hear of a walk that another stream asks for. True: it is over, and
 * somebody else must do that. */
static bool
pass_on(struct sl_run *run, struct sl_task *task,
	const struct sl_stream_row *row)
{
	bool over;

	pthread_mutex_lock(&run->engine->mutex);
	if (row->rewalk_us > task->rewalk_us)
		task->rewalk_us = row->rewalk_us;
	over = task->ended && !task->failed && !task->cut &&
	       task->rewalk_us > task->walk_started_us;
	run->streams -= over;
	run->streams_done -= over;
	pthread_mutex_unlock(&run->engine->mutex);
	return over;
}

static void
take_up(struct sl_run *run, const struct sl_stream_kind *kind,
	const struct sl_stream_row *row)
{
	struct sl_task *task = sl_run_find_task(run, row);

	if (kind->pushed)
		return;
	if (task && !pass_on(run, task, row))
		return;
	if (!may_run(run, row)) {
		run->skipped++;
		return;
	}
	task = sl_task_new(run, kind, row);
	pthread_mutex_lock(&run->engine->mutex);
	*run->tasks_tail = task;
	run->tasks_tail = &task->next;
	run->streams++;
	pthread_mutex_unlock(&run->engine->mutex);
}

/* Tasks for the streams of this half: openers first, then all others. */
void
sl_run_add_tasks(struct sl_run *run, bool openers)
{
	struct sl_account *a = &run->account;

	for (size_t i = 0; i < a->stream_count; i++) {
		const struct sl_stream_row *row = &a->streams[i];
		const struct sl_stream_kind *kind = sl_run_kind(run, row->kind);

		if (kind && row->enabled && row->state != SL_STREAM_CLOSED &&
		    opens_others(run->connector, row->kind) == openers)
			take_up(run, kind, row);
	}
}

bool
sl_run_reload(struct sl_worker *worker, struct sl_run *run)
{
	struct sl_account *a = &run->account;
	struct sl_error err;
	bool wanted;

	pthread_mutex_lock(&run->engine->mutex);
	wanted = run->reload;
	run->reload = false;
	pthread_mutex_unlock(&run->engine->mutex);
	if (!wanted)
		return true;
	if (worker->store->streams(worker->store, &a->lease, run->arena,
				   &a->streams, &a->stream_count,
				   &err) == SL_OK) {
		sl_run_see_rest(run);
		return true;
	}
	sl_run_fail(run, &err, true);
	return false;
}

void
sl_run_start_pace(struct sl_pace *pace, double per_minute, int64_t now_us)
{
	double burst = per_minute / 60.0 * PACE_BURST_S;

	sl_pace_init(pace, per_minute - burst, burst, now_us);
}

static void
init_pace(struct sl_worker *worker, struct sl_run *run)
{
	const struct sl_account *a = &run->account;
	struct sl_engine *e = run->engine;
	const struct sl_quota *q = run->connector->quotas;
	int64_t now = sl_now_us(e->config.clock), since;
	double user = 0, client = 0;
	int at_once = 0;

	for (; q && q->since; q++) {
		if (!sl_rfc3339_date_us(q->since, &since) || since > now)
			continue;
		user = e->config.quota ? q->user_per_minute : 0;
		client = e->config.quota ? q->client_per_minute : 0;
		at_once = q->at_once;
	}
	if (e->config.quota && a->user_per_minute > 0)
		user = (double)a->user_per_minute;
	now = sl_mono_us(e->config.clock);
	sl_run_start_pace(&run->pace, user, now);
	if (a->bucket_at_us != SL_NO_TIME)
		sl_pace_resume(&run->pace, (double)a->bucket_units,
			       sl_run_now_us(run) - a->bucket_at_us);
	run->slots = (struct sl_slots){ .most = at_once, .now = at_once };
	sl_run_begin_client(run, client, worker->store->take_quota != NULL);
}

/* Is the account in a state in which a run makes sense? */
static sl_status
check_account(struct sl_run *run, struct sl_error *err)
{
	const struct sl_account *a = &run->account;

	/* What a person chose comes before what a run would need. */
	if (strcmp(a->status, "connected") != 0 &&
	    strcmp(a->status, "error") != 0 &&
	    strcmp(a->status, "needs_reauth") != 0)
		return sl_fail(err, SL_CONFIG, SL_INTEGRATION,
			       "%s is %s and is not synced", a->account,
			       a->status);
	if (strcmp(a->status, "needs_reauth") == 0 || a->grant.id[0] == '\0' ||
	    strcmp(a->grant.status, "active") != 0) {
		sl_run_must_connect(run, err);
		return SL_REAUTH;
	}
	return sl_settings_resolve(run->connector->options, a->settings,
				   &run->settings, err);
}

/*
 * The provider asked an earlier run to wait, and this one was started by a
 * person: a schedule waits by itself. What is longer than any wait of our own
 * is its word. It is waited for like one that comes now, or too long for that.
 */
static sl_status
heed_deadline(struct sl_run *run, struct sl_error *err)
{
	const struct sl_engine_config *c = &run->engine->config;
	int64_t until = run->account.not_before_us;
	int64_t wait_ms = 0;
	char text[SL_RFC3339_TEXT];

	if (until > sl_run_now_us(run))
		wait_ms = (until - sl_run_now_us(run)) / 1000;
	if (wait_ms <= c->retry.cap_ms)
		return SL_OK;
	if (wait_ms <= c->retry.wait_cap_ms) {
		run->blocked_us = until - run->epoch_us;
		return SL_OK;
	}
	sl_rfc3339_format(until, text);
	(void)sl_fail(err, SL_RETRY, SL_INTEGRATION,
		      "%s wants no requests for %s before %s, and nothing was "
		      "asked: asking sooner may prolong it",
		      run->connector->title, run->account.account, text);
	err->retry_after_ms = wait_ms;
	return SL_RETRY;
}

/* Already, for the batch that it came in? */
static bool
is_leased(const struct sl_run *run)
{
	return run->work->run_id[0] != '\0';
}

static bool
client_is_down(struct sl_run *run, struct sl_error *err)
{
	struct sl_engine *e = run->engine;
	int64_t now = sl_mono_us(e->config.clock);
	bool down = false;

	pthread_mutex_lock(&e->mutex);
	for (size_t i = 0; i < e->outage_count && !down; i++) {
		const struct sl_outage *o = &e->outages[i];

		down = o->until_us > now &&
		       o->provider == run->connector->provider &&
		       (!o->connector || o->connector == run->connector);
		if (down)
			*err = o->error;
	}
	pthread_mutex_unlock(&e->mutex);
	return down;
}

/* The lease is ours: set up what the streams need, and start them. */
static void
begin_streams(struct sl_worker *worker, struct sl_run *run)
{
	struct sl_error err;

	if ((is_leased(run) && client_is_down(run, &err)) ||
	    check_account(run, &err) != SL_OK ||
	    heed_deadline(run, &err) != SL_OK) {
		sl_run_fail(run, &err, true);
		return;
	}
	sl_settings_fingerprint(run->connector->options, run->settings,
				run->fingerprint);
	sl_settings_people(run->settings, &run->people);
	init_pace(worker, run);
	sl_token_begin(run);
	sl_run_warn_of_end(worker, run);
	sl_run_begin_lane(run);
	sl_run_plan_erasure(run);
	sl_run_see_rest(run);
	if (!run->erasure)
		sl_run_add_tasks(run, true);
}

static sl_status
claim(struct sl_worker *worker, struct sl_run *run, bool *busy,
      struct sl_error *err)
{
	const struct sl_work *work = run->work;
	struct sl_claim claim = {
		.target = &work->target,
		.connector = run->connector,
		.owner = &run->engine->config.owner,
		.trigger = work->trigger,
		.run_id = work->run_id,
		.fence = work->fence,
		.lane = work->lane,
		.full = work->full,
	};

	if (!run->arena)
		run->arena = sl_arena_new();
	if (!is_leased(run))
		claim.run_id =
			sl_run_id_new(run->engine->config.rng, run->arena);
	*busy = false;
	return worker->store->claim(worker->store, &claim, run->arena,
				    &run->account, busy, err);
}

/* A run that could not even be claimed. */
static void
never_started(struct sl_run *run, const struct sl_error *err)
{
	struct sl_engine *e = run->engine;

	pthread_mutex_lock(&e->mutex);
	if (err->scope == SL_CLIENT && !e->store_failed) {
		e->store_failed = true;
		e->store_error = *err;
	}
	pthread_mutex_unlock(&e->mutex);
	sl_run_fail(run, err, true);
	sl_run_over(run, "failed");
}

/* The engine ends before it has begun. */
static void
leave_undone(struct sl_worker *worker, struct sl_run *run)
{
	const struct sl_work *work = run->work;
	struct sl_lease lease = { .fence = work->fence };
	struct sl_error err;

	/* not given back, it runs out by itself */
	memcpy(lease.integration_id, work->target.integration_id,
	       sizeof(lease.integration_id));
	memcpy(lease.user_id, work->target.user_id, sizeof(lease.user_id));
	memcpy(lease.run_id, work->run_id, sizeof(lease.run_id));
	if (is_leased(run) && worker->store->unlease &&
	    worker->store->unlease(worker->store, &lease, work->lane, &err) !=
		    SL_OK)
		sl_log(run->engine->config.log, SL_LOG_INFO, "lease-left",
		       (struct sl_field[]){
			       SL_F_TEXT("integration", lease.integration_id),
			       SL_F_TEXT("error", err.text), SL_F_END });
	sl_run_over(run, sl_engine_way_out(run->engine));
}

static void
run_busy(struct sl_run *run)
{
	if (run->work->skip_busy)
		sl_run_over(run, "busy");
	else
		sl_job_after(run->engine, &run->job, BUSY_WAIT_US);
}

/* The database is away, perhaps for a moment: what a batch brought waits, or
 * the feed would hand out one batch after the other, in vain. */
static bool
is_put_off(struct sl_run *run, const struct sl_error *err)
{
	if (!is_leased(run) || err->status != SL_RETRY ||
	    ++run->claim_attempts == SL_COMMIT_ATTEMPTS)
		return false;
	sl_job_after(run->engine, &run->job,
		     SL_COMMIT_PAUSE_US << (run->claim_attempts - 1));
	return true;
}

static bool
begins_no_more(struct sl_engine *e)
{
	bool no_more;

	pthread_mutex_lock(&e->mutex);
	no_more = sl_engine_begins_no_more(e);
	pthread_mutex_unlock(&e->mutex);
	return no_more;
}

void
sl_run_start(struct sl_worker *worker, struct sl_run *run)
{
	struct sl_engine *e = run->engine;
	struct sl_error err;
	sl_status s;
	bool busy;

	if (!run->tasks_tail) {
		run->tasks_tail = &run->tasks;
		run->started_mono_us = sl_mono_us(e->config.clock);
		run->epoch_us =
			sl_now_us(e->config.clock) - run->started_mono_us;
	}
	if (begins_no_more(e)) {
		leave_undone(worker, run);
		return;
	}
	if (!run->connector) {
		(void)sl_fail(&err, SL_CONFIG, SL_INTEGRATION,
			      "this build has no connector %s",
			      run->work->target.provider);
		never_started(run, &err);
		return;
	}
	if (!is_leased(run) && client_is_down(run, &err)) {
		sl_run_fail(run, &err, true);
		sl_run_over(run, "failed");
		return;
	}
	s = claim(worker, run, &busy, &err);
	if (s == SL_LOST && is_leased(run)) { /* paused, or gone to another */
		sl_run_over(run, "busy");
		return;
	}
	if (s != SL_OK) {
		if (!is_put_off(run, &err))
			never_started(run, &err);
		return;
	}
	if (busy) {
		run_busy(run);
		return;
	}
	run->heartbeat_us = sl_mono_us(e->config.clock);
	if (run->account.db_now_us != 0)
		run->epoch_us = run->account.db_now_us - run->heartbeat_us;
	run->started_us = run->started_mono_us + run->epoch_us;
	pthread_mutex_lock(&e->mutex);
	run->state = SL_RUN_ACTIVE;
	pthread_mutex_unlock(&e->mutex);
	begin_streams(worker, run);
	sl_job_after(e, &run->job, HEARTBEAT_US);
	sl_job_wake(e, &run->job);
}
