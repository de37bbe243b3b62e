/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding work and taking it: targets, lease, and all a run starts from.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"

#include "core/json/json.h"

#include "sql.h"
#include "state/store_private.h"

/* Two readings of one process's start differ: granularity, clock steps. */
#define START_SLACK_US (INT64_C(10) * SL_US_PER_S)

/* Field 22 of /proc/PID/stat, counted behind the command's closing bracket. */
#define START_FIELD 20

sl_status
sl_store_targets(struct sl_store *store, const struct sl_target_filter *filter,
		 struct sl_arena *arena, struct sl_target **out, size_t *count,
		 struct sl_error *err)
{
	struct sl_pg *pg = sl_pg_store_of(store)->pg;
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	struct sl_target *t;
	sl_status status = sl_pg_begin(pg, SL_PG_OPERATOR, NULL, err);

	if (status != SL_OK)
		return status;
	sl_params_init(&p, arena);
	sl_params_text(&p, filter->user_id);
	sl_params_text(&p, filter->provider);
	sl_params_bool(&p, filter->due);
	sl_params_i64(&p, filter->limit > INT32_MAX ? INT32_MAX
						    : (int64_t)filter->limit);
	status = sl_pg_query(pg, sl_sql_run_targets, &p, &rows, err);
	sl_pg_rollback(pg); /* it only reads */
	if (status != SL_OK)
		return status;
	*count = sl_rows_count(rows);
	*out = t = SL_NEW_ARRAY(arena, *count, struct sl_target);
	for (size_t i = 0; i < *count; i++, t++) {
		sl_row_uuid(t->integration_id, rows, i, "integration_id");
		sl_row_uuid(t->user_id, rows, i, "user_id");
		t->provider = sl_row_copy(arena, rows, i, "provider");
		t->account = sl_row_copy(arena, rows, i, "account");
		t->consent = sl_row_copy(arena, rows, i, "consent");
		t->status = sl_row_copy(arena, rows, i, "status");
	}
	return SL_OK;
}

/* Is it dead, and nobody has asked how it ended? In a container without an init
 * it stays so. When did it begin, in ticks since boot? False: not to be told. */
static bool
process_stat(int64_t pid, bool *zombie, int64_t *ticks)
{
	char path[64], line[1024];
	char *at, *end;
	size_t len;
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%" PRId64 "/stat", pid);
	file = fopen(path, "re");
	if (file == NULL)
		return false;
	len = fread(line, 1, sizeof(line) - 1, file);
	(void)fclose(file);
	line[len] = '\0';
	at = strrchr(line, ')'); /* the command may hold anything */
	if (at == NULL)
		return false;
	*zombie = strncmp(at, ") Z", 3) == 0 || strncmp(at, ") X", 3) == 0;
	for (int field = 0; at != NULL && field < START_FIELD; field++)
		at = strchr(at + 1, ' ');
	if (at == NULL)
		return false;
	end = strchr(at + 1, ' ');
	if (end != NULL)
		*end = '\0';
	return sl_parse_i64(at + 1, ticks);
}

/* When the kernel booted, UTC seconds. */
static bool
boot_time(int64_t *seconds)
{
	static const char word[] = "btime ";
	char line[256];
	bool found = false;
	FILE *file = fopen("/proc/stat", "re");

	if (file == NULL)
		return false;
	while (!found && fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, word, sizeof(word) - 1) != 0)
			continue;
		line[strcspn(line, "\n")] = '\0';
		found = sl_parse_i64(line + sizeof(word) - 1, seconds);
	}
	(void)fclose(file);
	return found;
}

/* Does a process of that number run that began about then? */
static bool
is_running(int64_t pid, int64_t started_us)
{
	long hz = sysconf(_SC_CLK_TCK);
	int64_t booted, ticks;
	bool zombie;

	if (pid <= 0 || pid > INT32_MAX)
		return true; /* not a number of ours: wait it out */
	if (kill((pid_t)pid, 0) != 0 && errno == ESRCH)
		return false;
	if (!process_stat(pid, &zombie, &ticks))
		return true;
	if (zombie)
		return false;
	if (hz <= 0 || !boot_time(&booted))
		return true;
	return llabs(booted * SL_US_PER_S + ticks * (SL_US_PER_S / hz) -
		     started_us) <= START_SLACK_US;
}

/* In doubt it lives: its lease runs out by itself. */
bool
sl_owner_is_dead(const struct sl_owner *me, const struct sl_rows *rows,
		 size_t row)
{
	const char *boot = sl_row_text(rows, row, "boot_id");
	int64_t pid = sl_row_i64(rows, row, "pid", 0);
	int64_t started = sl_row_i64(rows, row, "started", 0);

	if (!sl_text_equal(sl_row_text(rows, row, "host"), me->host) ||
	    boot == NULL)
		return false;
	if (strcmp(boot, me->boot_id) != 0)
		return true;
	/* Our own number: what we know of ourselves is exact. */
	if (pid == me->pid)
		return started != me->started_us;
	return !is_running(pid, started);
}

const char *
sl_owner_json(struct sl_arena *arena, const struct sl_owner *owner)
{
	json_auto_t *object = json_pack(
		"{s:s, s:s, s:I, s:I}", "host", owner->host, "boot_id",
		owner->boot_id, "pid", (json_int_t)owner->pid, "started",
		(json_int_t)owner->started_us);

	return sl_json_canonical(arena, object);
}

struct claim_work {
	const struct sl_claim *claim;
	struct sl_arena *arena;
	struct sl_account *out;
	bool busy;
};

/* A run was left open: say so in its log row. */
static sl_status
close_left_open(struct sl_pg *pg, const struct claim_work *w,
		const struct sl_rows *look, struct sl_error *err)
{
	const char *run_id = sl_row_text(look, 0, "left_run_id");
	struct sl_params p;

	if (run_id == NULL || strcmp(run_id, w->claim->run_id) == 0)
		return SL_OK;
	sl_params_init(&p, w->arena);
	sl_params_text(&p, w->claim->target->user_id);
	sl_params_text(&p, w->claim->target->integration_id);
	sl_params_text(&p, run_id);
	sl_params_text(&p, sl_row_text(look, 0, "left_trigger"));
	sl_params_text(&p, sl_row_text(look, 0, "left_started_at"));
	sl_params_text(&p, sl_row_text(look, 0, "left_host"));
	return sl_pg_query(pg, sl_sql_run_interrupt, &p, NULL, err);
}

void
sl_lease_init(struct sl_lease *lease, const struct sl_claim *claim)
{
	*lease = (struct sl_lease){ .fence = 0 };
	(void)snprintf(lease->user_id, sizeof(lease->user_id), "%s",
		       claim->target->user_id);
	(void)snprintf(lease->integration_id, sizeof(lease->integration_id),
		       "%s", claim->target->integration_id);
	(void)snprintf(lease->run_id, sizeof(lease->run_id), "%s",
		       claim->run_id);
}

static sl_status
take_lease(struct sl_pg *pg, struct claim_work *w, struct sl_error *err)
{
	const struct sl_claim *claim = w->claim;
	struct sl_lease *lease = &w->out->lease;
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	sl_lease_init(lease, claim);
	sl_params_lease(&p, w->arena, lease);
	sl_params_text(&p, claim->run_id);
	sl_params_text(&p, claim->trigger);
	sl_params_text(&p, sl_owner_json(w->arena, claim->owner));
	sl_params_i64(&p, SL_LEASE_US);
	sl_params_bool(&p, claim->full);
	status = sl_pg_query(pg, sl_sql_claim_take, &p, &rows, err);
	if (status != SL_OK)
		return status;
	if (sl_rows_count(rows) != 1)
		return sl_lease_lost(err);
	lease->fence = sl_row_i64(rows, 0, "fence", 0);
	w->out->db_now_us = sl_row_time(rows, 0, "now");
	w->out->resync = sl_row_bool(rows, 0, "resync");
	w->out->resync_no = sl_row_i64(rows, 0, "resync_no", 0);
	w->out->accept_deletions = sl_row_bool(rows, 0, "accept_deletions");
	return SL_OK;
}

/* What an account starts from: the rows of claim_account and stream_load. */
static sl_status
read_account(const struct sl_rows *rows, const struct sl_rows *streams,
	     struct sl_arena *arena, struct sl_account *out,
	     struct sl_error *err)
{
	if (sl_rows_count(rows) != 1)
		return sl_fail(err, SL_LOST, SL_INTEGRATION,
			       "the integration is gone");
	out->provider = sl_row_copy(arena, rows, 0, "provider");
	out->account = sl_row_copy(arena, rows, 0, "account");
	out->settings = sl_row_copy(arena, rows, 0, "settings");
	out->status = sl_row_copy(arena, rows, 0, "status");
	out->connected_us = sl_row_time(rows, 0, "connected_at");
	out->interval_us = sl_row_i64(rows, 0, "interval_s", 0) * SL_US_PER_S;
	out->failures = (int)sl_row_i64(rows, 0, "failures", 0);
	out->bucket_units = sl_row_i64(rows, 0, "bucket_units", 0);
	out->bucket_at_us = sl_row_time(rows, 0, "bucket_at");
	out->user_per_minute = sl_row_i64(rows, 0, "user_per_minute", 0);
	out->not_before_us = sl_row_time(rows, 0, "not_before");
	if (sl_row_text(rows, 0, "grant_id") != NULL)
		sl_grant_take(rows, arena, &out->grant);
	return sl_streams_take(streams, arena, &out->streams,
			       &out->stream_count, err);
}

sl_status
sl_account_load(struct sl_pg *pg, struct sl_arena *arena,
		struct sl_account *out, struct sl_error *err)
{
	struct sl_params account, streams;
	struct sl_pg_call calls[] = {
		{ .sql = sl_sql_claim_account, .params = &account },
		{ .sql = sl_sql_stream_load, .params = &streams },
	};
	sl_status status;

	sl_params_lease(&account, arena, &out->lease);
	sl_params_streams(&streams, &out->lease, arena);
	status = sl_pg_query_all(pg, calls, SL_ARRAY_LEN(calls), err);
	if (status == SL_OK)
		status = read_account(calls[0].rows, calls[1].rows, arena, out,
				      err);
	sl_rows_free(&calls[0].rows);
	sl_rows_free(&calls[1].rows);
	return status;
}

/* Root kinds and items that may be due: $3 to $7 of claim_ready, $6 to $10 of
 * claim_begin. */
static void
params_ready(struct sl_params *p, const struct claim_work *w)
{
	struct sl_pg_array *kinds = sl_pg_array_new(w->arena);
	struct sl_pg_array *titles = sl_pg_array_new(w->arena);

	for (const struct sl_stream_kind *k = w->claim->connector->kinds;
	     k->name != NULL; k++) {
		if (k->opened_by != NULL || k->pushed)
			continue;
		sl_pg_array_text(kinds, k->name);
		sl_pg_array_text(titles, k->title);
	}
	sl_params_text(p, sl_pg_array_done(kinds));
	sl_params_text(p, sl_pg_array_done(titles));
	sl_params_due(p, w->claim->connector->kinds, w->arena);
}

/* May the lease be taken? Our own run may: the claim is being repeated. */
static bool
may_take(const struct sl_claim *claim, const struct sl_rows *look)
{
	return sl_row_bool(look, 0, "free") ||
	       sl_text_equal(sl_row_text(look, 0, "run_id"), claim->run_id) ||
	       sl_owner_is_dead(claim->owner, look, 0);
}

/* What is gone is not waited for. */
static sl_status
must_be_there(struct sl_pg *pg, const struct sl_params *account,
	      struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	sl_status status =
		sl_pg_query(pg, sl_sql_claim_gone, account, &rows, err);

	if (status != SL_OK || sl_rows_count(rows) > 0)
		return status;
	return sl_fail(err, SL_LOST, SL_INTEGRATION,
		       "the account was erased, or its user deleted: it is not "
		       "synced any more");
}

sl_status
sl_claim_look(struct sl_pg *pg, const struct sl_claim *claim,
	      struct sl_arena *arena, struct sl_rows **look, bool *busy,
	      struct sl_error *err)
{
	struct sl_params p;
	sl_status status;

	sl_params_init(&p, arena);
	sl_params_text(&p, claim->target->user_id);
	sl_params_text(&p, claim->target->integration_id);
	status = sl_pg_query(pg, sl_sql_claim_look, &p, look, err);
	if (status != SL_OK)
		return status;
	if (sl_rows_count(*look) == 0) { /* whoever is at it has locked it */
		*busy = true;
		return must_be_there(pg, &p, err);
	}
	*busy = !may_take(claim, *look);
	return SL_OK;
}

static sl_status
make_ready(struct sl_pg *pg, const struct claim_work *w, struct sl_error *err)
{
	struct sl_params p;

	sl_params_lease(&p, w->arena, &w->out->lease);
	params_ready(&p, w);
	return sl_pg_query(pg, sl_sql_claim_ready, &p, NULL, err);
}

static sl_status
claim_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	struct claim_work *w = ctx;
	SL_AUTO_ROWS look = NULL;
	sl_status status;

	*w->out = (struct sl_account){ .provider = NULL };
	status = sl_claim_look(s->pg, w->claim, w->arena, &look, &w->busy, err);
	if (status != SL_OK || w->busy)
		return status;
	status = close_left_open(s->pg, w, look, err);
	if (status == SL_OK)
		status = take_lease(s->pg, w, err);
	if (status == SL_OK && !w->claim->pushes)
		status = make_ready(s->pg, w, err);
	if (status != SL_OK)
		return status;
	return sl_account_load(s->pg, w->arena, w->out, err);
}

/* It was leased for a batch: one round trip makes it begin. */
static sl_status
begin_leased(struct sl_pg_store *s, struct claim_work *w, struct sl_error *err)
{
	struct sl_account *out = w->out;
	struct sl_params begin, account, streams;
	struct sl_pg_call calls[] = {
		{ .sql = sl_sql_claim_begin, .params = &begin },
		{ .sql = sl_sql_claim_account, .params = &account },
		{ .sql = sl_sql_stream_load, .params = &streams },
	};
	sl_status status;

	*out = (struct sl_account){ .provider = NULL };
	sl_lease_init(&out->lease, w->claim);
	out->lease.fence = w->claim->fence;
	sl_params_lease(&begin, w->arena, &out->lease);
	sl_params_i64(&begin, out->lease.fence);
	sl_params_text(&begin, out->lease.run_id);
	sl_params_i64(&begin, SL_LEASE_US);
	params_ready(&begin, w);
	sl_params_lease(&account, w->arena, &out->lease);
	sl_params_streams(&streams, &out->lease, w->arena);
	status = sl_txn_calls(s, out->lease.user_id, calls, SL_ARRAY_LEN(calls),
			      err);
	if (status == SL_OK && !sl_row_bool(calls[0].rows, 0, "held"))
		status = sl_lease_lost(err);
	if (status == SL_OK)
		status = read_account(calls[1].rows, calls[2].rows, w->arena,
				      out, err);
	if (status == SL_OK) {
		out->db_now_us = sl_row_time(calls[1].rows, 0, "now");
		out->resync = sl_row_bool(calls[1].rows, 0, "resync");
		out->resync_no = sl_row_i64(calls[1].rows, 0, "resync_no", 0);
		out->accept_deletions =
			sl_row_bool(calls[1].rows, 0, "accept_deletions");
	}
	for (size_t i = 0; i < SL_ARRAY_LEN(calls); i++)
		sl_rows_free(&calls[i].rows);
	return status;
}

sl_status
sl_store_claim(struct sl_store *store, const struct sl_claim *claim,
	       struct sl_arena *arena, struct sl_account *out, bool *busy,
	       struct sl_error *err)
{
	struct sl_pg_store *s = sl_pg_store_of(store);
	struct sl_account account;
	struct claim_work w = { .claim = claim,
				.arena = arena,
				.out = &account };
	sl_status status;

	if (claim->fence != 0)
		status = begin_leased(s, &w, err);
	else
		status = sl_txn_run(s, claim->target->user_id, claim_work, &w,
				    err);
	if (status != SL_OK)
		return status;
	*busy = w.busy;
	if (!w.busy)
		*out = account;
	return SL_OK;
}
