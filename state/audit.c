/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The audit's tables of members, and what its files share.
 */
#include "state/audit.h"

#include <string.h>

#include "core/base/mem.h"

#include "sql.h"
#include "state/audit_private.h"
#include "state/store_pg.h"

struct sl_audit *
sl_audit_new(const char *url, bool keep,
	     void (*found)(void *ctx, const struct sl_finding *finding),
	     void *ctx)
{
	struct sl_audit *audit = sl_alloc(sizeof(*audit));

	audit->url = url;
	audit->keep = keep;
	audit->found = found;
	audit->ctx = ctx;
	audit->arena = sl_arena_new();
	pthread_mutex_init(&audit->mutex, NULL);
	return audit;
}

void
sl_audit_free(struct sl_audit **audit)
{
	struct sl_audit *a = *audit;

	if (a == NULL)
		return;
	pthread_mutex_destroy(&a->mutex);
	sl_arena_free(&a->arena);
	sl_free(a);
	*audit = NULL;
}

/* Locked. */
static struct sl_audit_account *
find(struct sl_audit *audit, const char *integration_id)
{
	struct sl_audit_account *a = audit->accounts;

	while (a != NULL &&
	       strcmp(a->target.integration_id, integration_id) != 0)
		a = a->next;
	return a;
}

struct sl_audit_account *
sl_audit_account_find(struct sl_audit *audit, const char *integration_id)
{
	struct sl_audit_account *a;

	pthread_mutex_lock(&audit->mutex);
	a = find(audit, integration_id);
	pthread_mutex_unlock(&audit->mutex);
	return a;
}

struct sl_audit_account *
sl_audit_account(struct sl_audit *audit, const struct sl_target *target)
{
	struct sl_arena *arena = audit->arena;
	struct sl_audit_account *a;

	pthread_mutex_lock(&audit->mutex);
	a = find(audit, target->integration_id);
	if (a == NULL) {
		a = SL_NEW(arena, struct sl_audit_account);
		a->target = *target;
		a->target.provider = sl_arena_strdup(arena, target->provider);
		a->target.account = sl_arena_strdup(arena, target->account);
		a->target.status = sl_arena_strdup(arena, target->status);
		a->next = audit->accounts;
		audit->accounts = a;
	}
	pthread_mutex_unlock(&audit->mutex);
	return a;
}

size_t
sl_audit_left_out(struct sl_audit *audit, const char *integration_id)
{
	const struct sl_audit_account *a =
		sl_audit_account_find(audit, integration_id);

	return a == NULL ? 0 : a->left_out;
}

size_t
sl_audit_unfinished(struct sl_audit *audit, const char *integration_id)
{
	const struct sl_audit_account *a =
		sl_audit_account_find(audit, integration_id);

	return a == NULL ? 0 : a->unfinished;
}

const struct sl_audit_failure *
sl_audit_failures(struct sl_audit *audit, const char *integration_id)
{
	const struct sl_audit_account *a =
		sl_audit_account_find(audit, integration_id);

	return a == NULL ? NULL : a->failures;
}

int64_t
sl_audit_waiting(struct sl_audit *audit, const char *integration_id)
{
	const struct sl_audit_account *a =
		sl_audit_account_find(audit, integration_id);

	return a == NULL ? 0 : a->waiting;
}

void
sl_audit_tell(struct sl_audit *audit, const struct sl_lease *lease,
	      const struct sl_stream_row *stream, struct sl_finding *finding)
{
	struct sl_audit_account *a =
		sl_audit_account_find(audit, lease->integration_id);

	SL_ASSERT(a != NULL);
	finding->target = &a->target;
	finding->stream_kind = stream->kind;
	finding->stream_key = stream->key;
	finding->stream_title = stream->title;
	pthread_mutex_lock(&audit->mutex);
	a->waiting++;
	if (audit->found != NULL)
		audit->found(audit->ctx, finding);
	pthread_mutex_unlock(&audit->mutex);
}

void
sl_audit_walked(struct sl_audit *audit, const struct sl_lease *lease)
{
	struct sl_audit_account *a =
		sl_audit_account_find(audit, lease->integration_id);

	SL_ASSERT(a != NULL);
	pthread_mutex_lock(&audit->mutex);
	a->unfinished--;
	pthread_mutex_unlock(&audit->mutex);
}

sl_status
sl_audit_fence(struct sl_pg *pg, struct sl_arena *arena,
	       const struct sl_lease *lease, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	sl_params_lease(&p, arena, lease);
	sl_params_i64(&p, lease->fence);
	status = sl_pg_query(pg, sl_sql_run_check, &p, &rows, err);
	if (status == SL_OK && sl_rows_count(rows) == 0)
		return sl_lease_lost(err);
	return status;
}

struct sl_audit_store *
sl_audit_store_of(struct sl_store *store)
{
	return (struct sl_audit_store *)(void *)store;
}

static struct sl_store *
real(struct sl_store *store)
{
	return sl_audit_store_of(store)->real;
}

/* --- what both leave to the real store ------------------------------------- */

static sl_status
pass_targets(struct sl_store *store, const struct sl_target_filter *filter,
	     struct sl_arena *arena, struct sl_target **out, size_t *count,
	     struct sl_error *err)
{
	return real(store)->targets(real(store), filter, arena, out, count,
				    err);
}

static sl_status
pass_streams(struct sl_store *store, const struct sl_lease *lease,
	     struct sl_arena *arena, struct sl_stream_row **out, size_t *count,
	     struct sl_error *err)
{
	return real(store)->streams(real(store), lease, arena, out, count, err);
}

static sl_status
pass_commit(struct sl_store *store, const struct sl_commit *commit,
	    struct sl_arena *arena, struct sl_outcome *out,
	    struct sl_error *err)
{
	return real(store)->commit(real(store), commit, arena, out, err);
}

static sl_status
pass_sweep(struct sl_store *store, const struct sl_sweep_request *request,
	   struct sl_arena *arena, struct sl_sweep_outcome *out,
	   struct sl_error *err)
{
	return real(store)->sweep(real(store), request, arena, out, err);
}

static sl_status
pass_fail_stream(struct sl_store *store, const struct sl_lease *lease,
		 const struct sl_stream_row *stream,
		 const struct sl_error *cause, int64_t not_before_us,
		 struct sl_error *err)
{
	return real(store)->fail_stream(real(store), lease, stream, cause,
					not_before_us, err);
}

static sl_status
pass_lease_grant(struct sl_store *store, const struct sl_refresh_claim *claim,
		 struct sl_arena *arena, enum sl_refresh_turn *turn,
		 struct sl_grant *grant, struct sl_error *err)
{
	return real(store)->lease_grant(real(store), claim, arena, turn, grant,
					err);
}

static sl_status
pass_unlease_grant(struct sl_store *store, const struct sl_refresh_claim *claim,
		   struct sl_error *err)
{
	return real(store)->unlease_grant(real(store), claim, err);
}

static sl_status
pass_save_tokens(struct sl_store *store, const struct sl_token_update *update,
		 bool *won, struct sl_error *err)
{
	return real(store)->save_tokens(real(store), update, won, err);
}

static sl_status
pass_grant_dead(struct sl_store *store, const struct sl_grant_death *death,
		struct sl_arena *arena, struct sl_changes *changes,
		struct sl_error *err)
{
	return real(store)->grant_dead(real(store), death, arena, changes, err);
}

static sl_status
pass_warn_grant(struct sl_store *store, const struct sl_lease *lease,
		const char *grant_id, bool *due, struct sl_error *err)
{
	return real(store)->warn_grant(real(store), lease, grant_id, due, err);
}

static sl_status
pass_heartbeat(struct sl_store *store, const struct sl_lease *lease,
	       struct sl_error *err)
{
	return real(store)->heartbeat(real(store), lease, err);
}

static sl_status
pass_finish(struct sl_store *store, const struct sl_run_end *end,
	    struct sl_error *err)
{
	return real(store)->finish(real(store), end, err);
}

static sl_status
pass_expand(struct sl_store *store, const struct sl_expand_request *request,
	    struct sl_arena *arena, struct sl_expand_outcome *out,
	    struct sl_error *err)
{
	return real(store)->expand(real(store), request, arena, out, err);
}

static sl_status
pass_erase(struct sl_store *store, const struct sl_erase_request *request,
	   struct sl_arena *arena, struct sl_erase_outcome *out,
	   struct sl_error *err)
{
	return real(store)->erase(real(store), request, arena, out, err);
}

static sl_status
pass_take_quota(struct sl_store *store, const struct sl_quota_ask *ask,
		struct sl_quota_grant *grant, struct sl_error *err)
{
	return real(store)->take_quota(real(store), ask, grant, err);
}

static sl_status
pass_block_quota(struct sl_store *store, const struct sl_quota_block *block,
		 struct sl_error *err)
{
	return real(store)->block_quota(real(store), block, err);
}

/* --- what an audit does otherwise -------------------------------------------- */

/* It is remembered for the report; syncing goes on as before. */
static sl_status
audit_fail_stream(struct sl_store *store, const struct sl_lease *lease,
		  const struct sl_stream_row *stream,
		  const struct sl_error *cause, int64_t not_before_us,
		  struct sl_error *err)
{
	struct sl_audit *audit = sl_audit_store_of(store)->audit;
	struct sl_audit_account *a =
		sl_audit_account_find(audit, lease->integration_id);
	struct sl_audit_failure *failure;

	(void)not_before_us;
	(void)err;
	SL_ASSERT(a != NULL);
	pthread_mutex_lock(&audit->mutex);
	failure = SL_NEW(audit->arena, struct sl_audit_failure);
	failure->stream_kind = sl_arena_strdup(audit->arena, stream->kind);
	failure->stream_key = sl_arena_strdup(audit->arena, stream->key);
	failure->stream_title = sl_arena_strdup(audit->arena, stream->title);
	failure->error = sl_arena_strdup(audit->arena, cause->text);
	failure->next = a->failures;
	a->failures = failure;
	pthread_mutex_unlock(&audit->mutex);
	return SL_OK;
}

static sl_status
beat_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	const struct sl_lease *lease = ctx;
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_params p;
	int64_t hit = 0;
	sl_status status;

	sl_params_lease(&p, arena, lease);
	sl_params_i64(&p, lease->fence);
	sl_params_i64(&p, SL_LEASE_US);
	status = sl_pg_touch(s->pg, sl_sql_audit_beat, &p, &hit, err);
	if (status == SL_OK && hit == 0)
		return sl_lease_lost(err);
	return status;
}

static sl_status
audit_heartbeat(struct sl_store *store, const struct sl_lease *lease,
		struct sl_error *err)
{
	struct sl_lease copy = *lease;

	return sl_txn_run(sl_pg_store_of(real(store)), lease->user_id,
			  beat_work, &copy, err);
}

static sl_status
release_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	const struct sl_run_end *end = ctx;
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_params p;

	sl_params_lease(&p, arena, end->lease);
	sl_params_i64(&p, end->lease->fence);
	sl_params_i64(&p, end->bucket_units);
	sl_params_time(&p, end->bucket_at_us);
	return sl_pg_query(s->pg, sl_sql_audit_release, &p, NULL, err);
}

static bool
came_to_its_end(const struct sl_run_end *end)
{
	return strcmp(end->status, "ok") == 0 ||
	       strcmp(end->status, "partial") == 0;
}

static sl_status
audit_finish(struct sl_store *store, const struct sl_run_end *end,
	     struct sl_error *err)
{
	struct sl_audit_store *s = sl_audit_store_of(store);
	struct sl_run_end copy = *end;
	bool keep = s->audit->keep && came_to_its_end(end);
	sl_status status = sl_audit_forget(s, end->lease, keep, err);

	if (status != SL_OK)
		return status;
	return sl_txn_run(sl_pg_store_of(s->real), end->lease->user_id,
			  release_work, &copy, err);
}

static void
audit_store_free(struct sl_store **store)
{
	struct sl_audit_store *s;

	if (*store == NULL)
		return;
	s = sl_audit_store_of(*store);
	s->real->free(&s->real);
	sl_free(s);
	*store = NULL;
}

static const struct sl_store audit_members = {
	.targets = pass_targets,
	.claim = sl_audit_claim,
	.streams = pass_streams,
	.commit = sl_audit_commit,
	.sweep = sl_audit_sweep,
	.erase = pass_erase,
	.fail_stream = audit_fail_stream,
	.lease_grant = pass_lease_grant,
	.unlease_grant = pass_unlease_grant,
	.save_tokens = pass_save_tokens,
	.grant_dead = pass_grant_dead,
	.warn_grant = pass_warn_grant,
	.heartbeat = audit_heartbeat,
	.finish = audit_finish,
	.take_quota = pass_take_quota,
	.block_quota = pass_block_quota,
	.free = audit_store_free,
};

static const struct sl_store repair_members = {
	.targets = pass_targets,
	.claim = sl_repair_claim,
	.streams = pass_streams,
	.commit = pass_commit,
	.sweep = pass_sweep,
	.expand = pass_expand,
	.erase = pass_erase,
	.fail_stream = pass_fail_stream,
	.lease_grant = pass_lease_grant,
	.unlease_grant = pass_unlease_grant,
	.save_tokens = pass_save_tokens,
	.grant_dead = pass_grant_dead,
	.warn_grant = pass_warn_grant,
	.heartbeat = pass_heartbeat,
	.finish = pass_finish,
	.take_quota = pass_take_quota,
	.block_quota = pass_block_quota,
	.free = audit_store_free,
};

static sl_status
open_store(struct sl_audit *audit, const struct sl_store *members,
	   struct sl_store **out, struct sl_error *err)
{
	struct sl_store *pg;
	struct sl_audit_store *s;
	sl_status status = sl_store_pg_open(audit->url, &pg, err);

	if (status != SL_OK)
		return status;
	s = sl_alloc(sizeof(*s));
	s->base = *members;
	s->real = pg;
	s->audit = audit;
	*out = &s->base;
	return SL_OK;
}

static sl_status
open_audit(void *ctx, struct sl_store **out, struct sl_error *err)
{
	return open_store(ctx, &audit_members, out, err);
}

static sl_status
open_repair(void *ctx, struct sl_store **out, struct sl_error *err)
{
	return open_store(ctx, &repair_members, out, err);
}

struct sl_store_factory
sl_audit_factory(struct sl_audit *audit)
{
	return (struct sl_store_factory){ .open = open_audit, .ctx = audit };
}

struct sl_store_factory
sl_repair_factory(struct sl_audit *audit)
{
	return (struct sl_store_factory){ .open = open_repair, .ctx = audit };
}
