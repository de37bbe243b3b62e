/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/fakes.h"

#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"

static sl_status
fake_targets(struct sl_store *s, const struct sl_target_filter *filter,
	     struct sl_arena *arena, struct sl_target **out, size_t *count,
	     struct sl_error *err)
{
	(void)s, (void)filter, (void)arena, (void)err;
	*out = NULL;
	*count = 0;
	return SL_OK;
}

static sl_status
fake_claim(struct sl_store *store, const struct sl_claim *claim,
	   struct sl_arena *arena, struct sl_account *out, bool *busy,
	   struct sl_error *err)
{
	struct fake_store *s = (struct fake_store *)store;

	s->claims++;
	s->claim_fence = claim->fence;
	(void)snprintf(s->claim_run, sizeof(s->claim_run), "%s", claim->run_id);
	if (s->claim_fails-- > 0)
		return sl_fail(err, SL_RETRY, SL_CLIENT, "database away");
	if (s->lost)
		return sl_fail(err, SL_LOST, SL_INTEGRATION, "paused");
	if (s->busy) {
		*busy = true;
		return SL_OK;
	}
	*out = s->account;
	out->streams =
		SL_NEW_ARRAY(arena, s->row_count + 1, struct sl_stream_row);
	memcpy(out->streams, s->rows, s->row_count * sizeof(s->rows[0]));
	out->stream_count = s->row_count;
	(void)snprintf(out->lease.run_id, sizeof(out->lease.run_id), "%s",
		       claim->run_id);
	return SL_OK;
}

static sl_status
fake_streams(struct sl_store *store, const struct sl_lease *lease,
	     struct sl_arena *arena, struct sl_stream_row **out, size_t *count,
	     struct sl_error *err)
{
	struct fake_store *s = (struct fake_store *)store;

	(void)lease, (void)err;
	*out = SL_NEW_ARRAY(arena, s->row_count + 1, struct sl_stream_row);
	memcpy(*out, s->rows, s->row_count * sizeof(s->rows[0]));
	*count = s->row_count;
	return SL_OK;
}

static void
remember(struct fake_store *s, const struct sl_commit *c)
{
	struct fake_commit *m = &s->commits[s->commit_count];

	s->commit_count++;
	SL_ASSERT(s->commit_count < FAKE_COMMITS_MAX);
	(void)snprintf(m->key, sizeof(m->key), "%s", c->stream->key);
	m->cursor = sl_strdup(c->cursor);
	m->starts_walk = c->starts_walk;
	m->resynced = c->resynced;
	m->walk_done = c->walk_done;
	m->rests = c->rests;
	m->asked_us = c->asked_us;
	m->now_us = c->now_us;
	m->follows = c->follows;
	m->begins = c->begins;
	(void)snprintf(m->kind, sizeof(m->kind), "%s", c->stream->kind);
	while (c->answered && c->answered[m->answered_count])
		m->answered_count++;
	m->artifacts = c->page->artifacts.count;
	m->tombstones = c->page->tombstones.count;
	m->rejected = c->page->rejected.count;
	if (c->answered && c->answered[0])
		(void)snprintf(m->answered, sizeof(m->answered), "%s",
			       c->answered[0]);
}

static bool
was_answered(const struct sl_commit *c, const char *id)
{
	for (size_t i = 0; c->answered && c->answered[i]; i++)
		if (strcmp(c->answered[i], id) == 0)
			return true;
	return false;
}

static struct sl_stream_row *
find_row(struct fake_store *s, const char *kind, const char *key)
{
	for (size_t i = 0; i < s->row_count; i++)
		if (strcmp(s->rows[i].kind, kind) == 0 &&
		    strcmp(s->rows[i].key, key) == 0)
			return &s->rows[i];
	return NULL;
}

/* Streams that a page opens or has walked anew; names are constants. */
static void
change_streams(struct fake_store *s, const struct sl_commit *c,
	       struct sl_outcome *out)
{
	for (const struct sl_stream_change *n = c->page->streams.first; n;
	     n = n->next) {
		struct sl_stream_row *row = find_row(s, n->kind, n->key);

		if (!row) {
			row = fake_store_stream(s, n->kind, n->key, NULL);
			out->opened++;
		}
		if (n->rewalk)
			row->rewalk_us = c->now_us;
	}
}

/* What waited before and was not read still waits. */
static const struct sl_ref *
still_pending(const struct sl_commit *c, struct sl_arena *arena)
{
	struct sl_ref *first = NULL, **tail = &first;

	for (const struct sl_ref *r = c->starts_walk ? NULL
						     : c->stream->pending;
	     r; r = r->next) {
		struct sl_ref *copy;

		if (was_answered(c, r->source_id))
			continue;
		copy = sl_ref_copy(arena, r);
		*tail = copy;
		tail = &copy->next;
	}
	for (const struct sl_ref *r = c->page->refs.first; r; r = r->next) {
		*tail = sl_ref_copy(arena, r);
		tail = &(*tail)->next;
	}
	return first;
}

/* What the row is like after the page. */
static void
move_stream(struct fake_store *s, const struct sl_commit *c,
	    struct sl_stream_row *row)
{
	row->failures = 0;
	if (c->begins) {
		row->state = SL_STREAM_LIVE;
		row->walk_started_us = c->walk_started_us;
		row->resyncs += c->resynced;
		return;
	}
	if (c->starts_walk) {
		row->generation++;
		row->walk_resync_no = s->account.resync_no;
		row->state = SL_STREAM_WALKING;
		row->walk_started_us = c->walk_started_us;
		row->resyncs += c->resynced;
	}
	if (c->walk_done) {
		row->state = SL_STREAM_LIVE;
		row->sweep = s->sweep_answers[0] ? SL_SWEEP_DUE : SL_SWEEP_NONE;
	} else if (row->state == SL_STREAM_LIVE) {
		row->resyncs = 0;
	}
}

static sl_status
fake_commit(struct sl_store *store, const struct sl_commit *c,
	    struct sl_arena *arena, struct sl_outcome *out,
	    struct sl_error *err)
{
	struct fake_store *s = (struct fake_store *)store;
	struct sl_stream_row *stored;

	if (s->on_commit)
		s->on_commit(s->ctx, c);
	if (s->commit_fails != SL_OK && s->commit_fail_times-- > 0)
		return sl_fail(err, s->commit_fails, SL_CLIENT, "made to fail");
	if (!s->on_commit)
		remember(s, c);
	out->counts = (struct sl_tally){
		.pages = 1,
		.fetched = (int64_t)c->page->items,
		.created = (int64_t)c->page->artifacts.count,
	};
	out->logged = out->counts.created > 0;
	if (out->logged) {
		s->written.requests += c->add->requests;
		s->written.created += out->counts.created;
	}
	out->stream = *c->stream;
	out->pending = still_pending(c, arena);
	out->stream.series_due = s->series_due;
	move_stream(s, c, &out->stream);
	change_streams(s, c, out);
	stored = find_row(s, c->stream->kind, c->stream->key);
	if (stored) {
		stored->state = out->stream.state;
		stored->walk_started_us = out->stream.walk_started_us;
		stored->walk_resync_no = out->stream.walk_resync_no;
		out->stream.rewalk_us = stored->rewalk_us;
	}
	return SL_OK;
}

static sl_status
fake_sweep(struct sl_store *store, const struct sl_sweep_request *request,
	   struct sl_arena *arena, struct sl_sweep_outcome *out,
	   struct sl_error *err)
{
	struct fake_store *s = (struct fake_store *)store;

	(void)request, (void)err;
	out->answer = s->sweep_answers[s->sweeps++];
	if (out->answer == SL_SWEEP_ASKS) {
		struct sl_ref *ref = SL_NEW(arena, struct sl_ref);

		ref->source_id = "sample";
		out->pending = ref;
	}
	return SL_OK;
}

static sl_status
fake_expand(struct sl_store *store, const struct sl_expand_request *request,
	    struct sl_arena *arena, struct sl_expand_outcome *out,
	    struct sl_error *err)
{
	struct fake_store *s = (struct fake_store *)store;

	(void)request, (void)err;
	out->answer = s->expand_answers[s->expands++];
	s->expands_before += s->commit_count == 0;
	if (out->answer == SL_EXPAND_ASKS) {
		static const struct sl_instances instances = { { 1, 2 }, 0 };
		struct sl_ref *ref = SL_NEW(arena, struct sl_ref);

		ref->source_id = "series";
		ref->instances = &instances;
		out->pending = ref;
	}
	return SL_OK;
}

static sl_status
fake_erase(struct sl_store *store, const struct sl_erase_request *request,
	   struct sl_arena *arena, struct sl_erase_outcome *out,
	   struct sl_error *err)
{
	struct fake_store *s = (struct fake_store *)store;

	(void)request, (void)arena, (void)err;
	*out = (struct sl_erase_outcome){ .after = "chunk",
					  .more = ++s->erases < s->chunks };
	s->erases_before += s->commit_count == 0;
	if (s->erases == s->stop_at_chunk)
		sl_engine_stop(*s->engine);
	return SL_OK;
}

static sl_status
fake_fail_stream(struct sl_store *store, const struct sl_lease *lease,
		 const struct sl_stream_row *stream,
		 const struct sl_error *cause, int64_t not_before_us,
		 struct sl_error *err)
{
	(void)lease, (void)stream, (void)cause, (void)not_before_us, (void)err;
	((struct fake_store *)store)->failed_streams++;
	return SL_OK;
}

static sl_status
fake_lease_grant(struct sl_store *store, const struct sl_refresh_claim *claim,
		 struct sl_arena *arena, enum sl_refresh_turn *turn,
		 struct sl_grant *grant, struct sl_error *err)
{
	struct fake_store *s = (struct fake_store *)store;

	(void)arena;
	s->leases++;
	*turn = SL_REFRESH_OURS;
	if (s->lease_fails-- > 0)
		return sl_fail(err, SL_RETRY, SL_CLIENT, "database away");
	if (claim->version != s->account.grant.version ||
	    strcmp(s->account.grant.status, "active") != 0) {
		*turn = SL_REFRESH_STALE;
		*grant = s->account.grant;
	} else if (s->others_lease != 0) {
		s->others_lease--;
		*turn = SL_REFRESH_BUSY;
		if (s->others_lease == 0 && s->after_other)
			s->after_other(s);
	}
	s->leased = *turn == SL_REFRESH_OURS;
	return SL_OK;
}

static sl_status
fake_unlease_grant(struct sl_store *store, const struct sl_refresh_claim *claim,
		   struct sl_error *err)
{
	struct fake_store *s = (struct fake_store *)store;

	(void)claim, (void)err;
	s->unleases++;
	s->leased = false;
	return SL_OK;
}

static sl_status
fake_save_tokens(struct sl_store *store, const struct sl_token_update *update,
		 bool *won, struct sl_error *err)
{
	struct fake_store *s = (struct fake_store *)store;

	if (s->save_fails-- > 0)
		return sl_fail(err, SL_RETRY, SL_CLIENT, "database away");
	*won = update->version == s->account.grant.version;
	if (!*won)
		return SL_OK;
	s->saved_tokens++;
	s->leased = false;
	s->account.grant.version++;
	s->account.grant.access_expires_us = update->access_expires_us;
	return SL_OK;
}

static sl_status
fake_grant_dead(struct sl_store *store, const struct sl_grant_death *death,
		struct sl_arena *arena, struct sl_changes *changes,
		struct sl_error *err)
{
	struct fake_store *s = (struct fake_store *)store;

	(void)err;
	s->dead_grants++;
	s->leased = false;
	(void)snprintf(s->death_text, sizeof(s->death_text), "%s", death->text);
	changes->count = 2; /* of two integrations that share the grant */
	changes->items = SL_NEW_ARRAY(arena, 2, struct sl_change);
	for (size_t i = 0; i < 2; i++)
		changes->items[i] = (struct sl_change){
			.provider = i == 0 ? "toy" : "toy_mail",
			.account = s->account.account,
		};
	return SL_OK;
}

static sl_status
fake_warn_grant(struct sl_store *store, const struct sl_lease *lease,
		const char *grant_id, bool *due, struct sl_error *err)
{
	(void)lease, (void)grant_id, (void)err;
	((struct fake_store *)store)->warnings++;
	*due = true;
	return SL_OK;
}

static sl_status
fake_heartbeat(struct sl_store *store, const struct sl_lease *lease,
	       struct sl_error *err)
{
	(void)lease, (void)err;
	((struct fake_store *)store)->heartbeats++;
	return SL_OK;
}

static sl_status
fake_finish(struct sl_store *store, const struct sl_run_end *end,
	    struct sl_error *err)
{
	struct fake_store *s = (struct fake_store *)store;

	(void)err;
	s->finishes++;
	s->written.requests += end->add->requests;
	s->end_bucket_units = end->bucket_units;
	s->end_bucket_at_us = end->bucket_at_us;
	s->end_not_before_us = end->not_before_us;
	s->end_resync_done = end->resync_done;
	s->end_lane = end->lane;
	s->end_left_walks = end->left_walks;
	s->end_next_us = end->next_run_us;
	s->end_backfill_us = end->backfill_us;
	s->end_detailed = end->detail != NULL;
	s->end_class = end->error ? end->error->status : SL_OK;
	(void)snprintf(s->end_status, sizeof(s->end_status), "%s", end->status);
	(void)snprintf(s->end_integration, sizeof(s->end_integration), "%s",
		       end->integration_status ? end->integration_status : "");
	return SL_OK;
}

static sl_status
fake_unlease(struct sl_store *store, const struct sl_lease *lease,
	     enum sl_lane lane, struct sl_error *err)
{
	struct fake_store *s = (struct fake_store *)store;

	(void)lane, (void)err;
	s->given_back++;
	s->claim_fence = lease->fence;
	return SL_OK;
}

/* Minutes as the database has them: of the time since it began. */
static sl_status
fake_take_quota(struct sl_store *store, const struct sl_quota_ask *ask,
		struct sl_quota_grant *grant, struct sl_error *err)
{
	const int64_t minute_us = 60 * SL_US_PER_S;
	struct fake_store *s = (struct fake_store *)store;
	int64_t now = s->quota_clock->mono_us;
	int64_t left = (int64_t)ask->per_minute, taken;

	s->quota_asks++;
	s->quota_ask = *ask;
	if (s->quota_fails-- > 0)
		return sl_fail(err, SL_RETRY, SL_CLIENT, "database away");
	if (now / minute_us != s->quota_minute) {
		s->quota_minute = now / minute_us;
		s->quota_taken[0] = s->quota_taken[1] = 0;
	}
	taken = s->quota_taken[0] + s->quota_taken[1];
	if (ask->backfill)
		left = left * SL_BACKFILL_PERCENT / 100;
	left -= taken + s->quota_others;
	*grant = (struct sl_quota_grant){
		.units = left < ask->least  ? 0
			 : left < ask->most ? left
					    : ask->most,
		.for_us = (now / minute_us + 1) * minute_us - now,
	};
	s->quota_taken[ask->backfill] += grant->units;
	if (taken + grant->units > s->quota_taken_max)
		s->quota_taken_max = taken + grant->units;
	return SL_OK;
}

static sl_status
fake_block_quota(struct sl_store *store, const struct sl_quota_block *block,
		 struct sl_error *err)
{
	struct fake_store *s = (struct fake_store *)store;

	if (s->block_fails-- > 0)
		return sl_fail(err, SL_RETRY, SL_CLIENT, "database away");
	s->quota_blocks++;
	s->quota_block_us = block->for_us;
	return SL_OK;
}

void
fake_store_shares_quota(struct fake_store *s, struct sl_fake_clock *clock)
{
	s->store.take_quota = fake_take_quota;
	s->store.block_quota = fake_block_quota;
	s->quota_clock = clock;
}

static void
fake_free(struct sl_store **store)
{
	*store = NULL; /* belongs to the test */
}

void
fake_store_init(struct fake_store *s, const char *user_id)
{
	*s = (struct fake_store){
		.store = {
			.targets = fake_targets,
			.claim = fake_claim,
			.streams = fake_streams,
			.commit = fake_commit,
			.sweep = fake_sweep,
			.expand = fake_expand,
			.erase = fake_erase,
			.fail_stream = fake_fail_stream,
			.lease_grant = fake_lease_grant,
			.unlease_grant = fake_unlease_grant,
			.save_tokens = fake_save_tokens,
			.grant_dead = fake_grant_dead,
			.warn_grant = fake_warn_grant,
			.heartbeat = fake_heartbeat,
			.finish = fake_finish,
			.unlease = fake_unlease,
			.free = fake_free,
		},
		.account = {
			.provider = "toy",
			.account = "ana@example.com",
			.settings = "{}",
			.status = "connected",
			.grant = { .id = "11111111-1111-4111-8111-111111111111",
				   .status = "active",
				   .scopes = "",
				   .version = 1,
				   .refresh_expires_us = SL_NO_TIME,
				   .refreshed_us = SL_NO_TIME,
				   .client_id = "client",
				   .oauth_client_row =
				   "22222222-2222-4222-8222-222222222222" },
		},
	};
	(void)snprintf(s->account.lease.user_id,
		       sizeof(s->account.lease.user_id), "%s", user_id);
}

struct sl_stream_row *
fake_store_stream(struct fake_store *s, const char *kind, const char *key,
		  const char *cursor)
{
	struct sl_stream_row *row = &s->rows[s->row_count++];

	*row = (struct sl_stream_row){
		.kind = kind,
		.key = key,
		.state = cursor ? SL_STREAM_LIVE : SL_STREAM_NEW,
		.enabled = true,
		.cursor = cursor,
		.walk_started_us = SL_NO_TIME,
		.scope_from_us = SL_NO_TIME,
		.not_before_us = SL_NO_TIME,
		.checked_us = SL_NO_TIME,
		.rewalk_us = SL_NO_TIME,
	};
	return row;
}

static sl_status
open_shared(void *ctx, struct sl_store **out, struct sl_error *err)
{
	(void)err;
	*out = ctx;
	return SL_OK;
}

struct sl_store_factory
fake_store_factory(struct fake_store *s)
{
	return (struct sl_store_factory){ .open = open_shared, .ctx = s };
}

void
fake_store_release(struct fake_store *s)
{
	for (size_t i = 0; i < s->commit_count; i++)
		sl_free(s->commits[i].cursor);
}
