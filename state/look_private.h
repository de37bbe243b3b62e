/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the look: what a dry run remembers.
 */
#ifndef SL_STATE_LOOK_PRIVATE_H
#define SL_STATE_LOOK_PRIVATE_H

#include <pthread.h>

#include "state/evidence.h"
#include "state/look.h"
#include "state/page_compare.h"
#include "state/store_private.h"

/** Ids, by their hash: 8 to 16 bytes each. */
struct sl_idset {
	uint64_t *slots; /* 0 = free */
	size_t count, cap;
};

/** True when it was not in there. */
bool sl_idset_add(struct sl_idset *set, const char *id);
bool sl_idset_has(const struct sl_idset *set, const char *id);
void sl_idset_release(struct sl_idset *set);

/** A stream as it would be now. Used by one worker at a time, but for the
 *  list and the flags that a parent's pages set (the look's mutex). */
struct sl_look_stream {
	struct sl_look_stream *next;
	struct sl_stream_row row; /* strings on the run's arena */
	const char *opened_by;    /* in memory; NULL = not by this run */
	bool closed;
	bool listed;       /* named by a page of this run */
	bool had_rows;     /* when the walk began */
	bool asked;        /* had_rows and people_us are known */
	int64_t people_us; /* events begun up to there were judged */
	bool fresh_walk;   /* the walk began in memory: `seen` is all it saw */
	struct sl_idset seen;       /* with the mutex, as is the next  */
	struct sl_idset *announced; /* one for all streams of the key  */
	struct sl_idset own_announced;
	const char *samples[SL_BREAKER_SAMPLES];
	size_t sample_count;
};

/** Becomes a contact when the organizer of an invitation does. */
struct sl_look_invited {
	struct sl_look_invited *next;
	const char *organizer, *norm, *name, *reason;
	bool done;
};

struct sl_look_run {
	struct sl_look_run *next;
	struct sl_target target; /* strings on the arena */
	struct sl_arena *arena;  /* the look's mutex */
	struct sl_look_stream *streams, **tail;
	int opened; /* streams that only exist here */
	struct sl_idset contacts;
	struct sl_idset written_to, heard_from; /* by mail that counts */
	bool judged_again;
	struct sl_look_invited *invited;
	const struct sl_erasure *erasure; /* the engine's; NULL = none */
	int64_t erasable; /* artifacts that would lose something */
};

struct sl_look {
	const char *url;
	void (*item)(void *ctx, const struct sl_look_item *item);
	void *ctx;
	pthread_mutex_t mutex;
	struct sl_look_run *runs;
};

struct sl_look_store {
	struct sl_store base; /* first */
	struct sl_store *real;
	struct sl_look *look;
};

/* look.c */
struct sl_look_store *sl_look_store_of(struct sl_store *store);
/** Work in a transaction that cannot write. */
sl_status sl_look_txn(struct sl_look_store *s, const char *user_id,
		      sl_txn_work work, void *ctx, struct sl_error *err)
	SL_NODISCARD;

/* look_memory.c */
struct sl_look_run *sl_look_run_new(struct sl_look *look,
				    const struct sl_target *target);
struct sl_look_run *sl_look_run_find(struct sl_look *look,
				     const struct sl_lease *lease);
void sl_look_run_end(struct sl_look *look, const struct sl_lease *lease);
/** Keep a copy of a row; locked. */
struct sl_look_stream *sl_look_stream_add(struct sl_look_run *run,
					  const struct sl_stream_row *row);
struct sl_look_stream *sl_look_stream_find(struct sl_look *look,
					   struct sl_look_run *run,
					   const char *id);
/** Tell of one item, unless this run has told of it already: false. */
bool sl_look_announce(struct sl_look *look, struct sl_look_run *run,
		      struct sl_look_stream *stream, struct sl_look_item *item);

/* look_page.c, look_apply.c */
/** All that was asked of the database about one page. */
struct sl_look_page {
	struct sl_look *look;
	struct sl_look_run *run;
	struct sl_look_stream *stream;
	struct sl_page_work work;
	struct sl_compared *artifacts;
	struct sl_rows *tombstones, *orphans, *patches, *streams, *unlisted;
	struct sl_rows *people_new, *people_stored; /* of meetings */
	struct sl_rows *mail_new, *mail_stored;
	struct sl_rows *ties_new, *ties_stored;
	struct sl_known_ref *refs;
	bool had_rows;
	int64_t people_us;
	struct sl_pg_array *made; /* contacts of this turn */
	size_t made_count;
	struct sl_outcome *out;
};

void sl_look_page_release(struct sl_look_page *p);
void sl_look_apply(struct sl_look_page *p);
/** Content changed: its people are judged from the page, as evidence of that. */
bool sl_look_judges_new(const struct sl_compared *c, enum sl_evidence_of of);
/** The same content, whose people are judged again. */
bool sl_look_judges_again(const struct sl_look_page *p,
			  const struct sl_compared *c);
sl_status sl_look_ask_ties(struct sl_look_page *p, struct sl_error *err)
	SL_NODISCARD;
/** look_people.c: the evidence, and what follows from it. */
sl_status sl_look_ask_people(struct sl_look_page *p, struct sl_error *err)
	SL_NODISCARD;
void sl_look_apply_people(struct sl_look_page *p);
/** Events stored before whose organizers have become contacts. */
void sl_look_follow(struct sl_look_store *s, struct sl_look_page *p);
/** What is stored, and would be judged again by the run. */
void sl_look_again(struct sl_look_store *s, struct sl_look_page *p);
/** look_streams.c: open, change and close streams in memory. */
void sl_look_apply_streams(struct sl_look_page *p);
sl_status sl_look_commit(struct sl_store *store, const struct sl_commit *commit,
			 struct sl_arena *arena, struct sl_outcome *out,
			 struct sl_error *err);

/* look_erase.c */
sl_status sl_look_erase(struct sl_store *store,
			const struct sl_erase_request *request,
			struct sl_arena *arena, struct sl_erase_outcome *out,
			struct sl_error *err);

/* look_sweep.c */
sl_status sl_look_sweep(struct sl_store *store,
			const struct sl_sweep_request *request,
			struct sl_arena *arena, struct sl_sweep_outcome *out,
			struct sl_error *err);

#endif
