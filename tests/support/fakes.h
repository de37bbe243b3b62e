/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plain fakes at the engine's two seams: a transport that answers from a
 * function, and a store that remembers what it was told. For tests of the
 * engine's decisions; everything about data is tested on a real database.
 */
#ifndef SL_TESTS_SUPPORT_FAKES_H
#define SL_TESTS_SUPPORT_FAKES_H

#include "core/base/clock.h"

#include "core/net/transport.h"
#include "core/sync/engine.h"

#define FAKE_AIRBORNE_MAX 256

/** Answers every exchange at once, on the submitting thread; or, after
 *  fake_transport_delay, when its time has come and the engine is idle. */
struct fake_transport {
	struct sl_transport transport; /* first */
	/** Fill `response`; the time has already moved to not_before. */
	void (*answer)(void *ctx, const struct sl_request *request,
		       struct sl_response *response);
	void *ctx;
	struct sl_fake_clock *clock;
	_Atomic int submitted;
	int64_t waited_us; /* time that was let pass for not_before */
	int64_t latency_us;

	struct {
		struct sl_exchange *x;
		int64_t due_us;
	} airborne[FAKE_AIRBORNE_MAX];

	size_t airborne_count, airborne_max;
	size_t reserved_max; /* bytes that airborne answers might have taken */
};

void fake_transport_init(struct fake_transport *t, struct sl_fake_clock *clock);
/** From now on an answer takes so long, by the clock, which moves on when the
 *  engine's one worker is idle. */
void fake_transport_delay(struct fake_transport *t, int64_t latency_us);

/** Helpers for `answer`. */
void fake_reply(struct sl_response *response, int status, const char *body);

#define FAKE_COMMITS_MAX 512

struct fake_commit {
	char key[64];
	char *cursor;
	bool starts_walk, resynced, walk_done, rests;
	int64_t asked_us, now_us;
	size_t artifacts, tombstones, rejected;
	int64_t generation;
	char answered[64]; /* the first wanted id that was read */
	size_t answered_count;
	bool follows, begins;
	char kind[16];
};

/** One store shared by all workers; guarded by there being one, or by streams
 *  that commit one after the other. */
struct fake_store {
	struct sl_store store; /* first */
	struct sl_account account;
	struct sl_stream_row rows[16];
	size_t row_count;
	struct fake_commit commits[FAKE_COMMITS_MAX];
	size_t commit_count;
	int claims, finishes, failed_streams, dead_grants, saved_tokens, sweeps;
	int heartbeats;
	int leases;      /* looks at the refresh lease */
	int lease_fails; /* so many first ones         */
	int unleases;
	int save_fails;   /* so many tries to save      */
	int others_lease; /* looks at which another has it; -1 = for ever */
	/** The other one has given it back. */
	void (*after_other)(struct fake_store *s);
	bool leased; /* by us, now */
	int warnings;
	char death_text[SL_ERROR_TEXT_MAX];
	bool busy;
	sl_status commit_fails; /* SL_OK = never */
	int commit_fail_times;  /* how often, then it works */
	enum sl_sweep_answer sweep_answers[4];
	enum sl_expand_answer expand_answers[4];
	bool series_due; /* what commits say */
	int expands;
	int erases, chunks; /* so many are to be erased */
	int erases_before;  /* the first commit */
	int stop_at_chunk;  /* stops the engine; 0 = never */
	struct sl_engine **engine;
	int expands_before; /* the first commit */
	struct sl_ref sample;
	char end_status[32];
	char end_integration[32];
	sl_status end_class;
	int64_t end_not_before_us;
	int64_t end_bucket_units, end_bucket_at_us;
	bool end_resync_done;
	enum sl_lane end_lane;
	int64_t end_next_us, end_backfill_us;
	bool end_detailed, end_left_walks;
	/* a minute's quota by the bench's clock, when it has one */
	struct sl_fake_clock *quota_clock;
	int64_t quota_minute;
	int64_t quota_taken[2], quota_taken_max; /* of a minute; for walks */
	int64_t quota_others; /* that others take of each minute */
	int quota_asks, quota_fails, quota_blocks, block_fails;
	int64_t quota_block_us;
	struct sl_quota_ask quota_ask; /* the last */
	int claim_fails;               /* so many first ones            */
	bool lost;                     /* a lease was, before the claim */
	int given_back;                /* that never began              */
	int64_t claim_fence;           /* of the last claim, ...        */
	char claim_run[37];
	struct sl_tally written; /* what reached the log row */
	/** Sees each commit before it is done, or made to fail; commits are not
	 *  remembered. */
	void (*on_commit)(void *ctx, const struct sl_commit *c);
	void *ctx;
};

void fake_store_init(struct fake_store *s, const char *user_id);
/** Add a stream; cursor NULL = new. Returns its row. */
struct sl_stream_row *fake_store_stream(struct fake_store *s, const char *kind,
					const char *key, const char *cursor);
/** From now on it has a quota for the fleet. */
void fake_store_shares_quota(struct fake_store *s, struct sl_fake_clock *clock);
struct sl_store_factory fake_store_factory(struct fake_store *s);
void fake_store_release(struct fake_store *s);

#endif
