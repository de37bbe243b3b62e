/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A flight: the requests (legs) of one ask with their answers.
 *
 * Legs leave one by one, as backoff, the user's requests at once, quota, token
 * and body budget allow, and each is judged when it lands. A flight of wanted
 * items *rolls*: it may be cut, and then what landed becomes a page, and the
 * rest stays wanted. A listing is whole or nothing. Fields marked (L) are
 * guarded by the engine's mutex, the others belong to the task's worker.
 */
#ifndef SL_SYNC_FLIGHT_PRIVATE_H
#define SL_SYNC_FLIGHT_PRIVATE_H

#include "core/base/secret.h"

#include "core/net/transport.h"
#include "core/sync/answers_private.h"
#include "core/sync/connector.h"

struct sl_engine;
struct sl_flight;
struct sl_run;
struct sl_task;

/** A flight is cut when its answers take this part of the body budget, so that
 *  other streams find room, ... */
#define SL_FLIGHT_SHARE 4

/** ... and when its next request could not leave for so long after the first
 *  answer: what is there is committed rather than held back. */
#define SL_FLIGHT_HOLD_US (INT64_C(10) * 1000000)

/** From this HTTP status on the provider says that it has trouble. */
#define HTTP_TROUBLE 500

/** An access token that several requests under way may share. */
struct sl_token {
	int refs; /* (L) */
	struct sl_secret secret;
	int64_t refresh_us; /* from then on it is to be refreshed first */
};

/** Of the body budget, for an answer that is expected to be small. One that is
 *  not takes the rest when it comes, if there is some. */
#define SL_BODY_SMALL ((size_t)64 * 1024)

/** One request of a flight. */
struct sl_leg {
	struct sl_exchange x; /* first */
	struct sl_flight *flight;
	const struct sl_call *call;
	struct sl_token *token;
	size_t reserved;       /* of the body budget */
	int64_t not_before_us; /* monotonic; 0 = at once */
	int attempts;
	int64_t troubled_us;   /* when the first of them failed        */
	bool ready;            /* to be submitted, now or again         */
	struct sl_purse *paid; /* units of this attempt, or NULL */
	bool paced;            /* its units were taken for this attempt */
	bool landed;           /* (L) back, and not yet judged          */
	bool renewed;          /* one 401 was answered by a fresh token */
	bool too_large;        /* final, without a body                 */
	bool final; /* the answer stands: 2xx, or refused for this item */
};

struct sl_flight {
	struct sl_task *task;
	struct sl_arena *arena; /* of the ask, the answers and the page */
	struct sl_turn turn;
	struct sl_stream stream; /* what turn.stream points to  */
	json_t *cursor;          /* what turn.cursor borrows    */
	struct sl_ask ask;
	struct sl_leg *legs;
	size_t count;
	size_t flying; /* (L) submitted and not yet back        */
	bool asked;
	bool rolls;  /* it may be cut                     */
	bool cut;    /* nothing more leaves               */
	bool failed; /* nothing more leaves, because of:  */
	struct sl_error error;
	size_t finals;          /* legs whose answer stands          */
	size_t held;            /* bytes of their bodies             */
	int64_t first_final_us; /* when the first one stood          */
	bool holds_page;        /* of the run's pages_max, until committed */
};

/** What a flight is to ask for; all borrowed. */
struct sl_aim {
	json_t *cursor;
	const struct sl_ref *wanted; /* NULL = a listing */
	/** Ids to be left out of `wanted`, NULL-ended: the flight takes copies
	 *  of all others, which are about to be replaced. NULL = none. */
	const char *const *except;
	bool walking;
};

/** What was asked for in vain, so often and since then. */
struct sl_trouble {
	struct sl_trouble *next;
	const char *wanted_id;
	int attempts;
	int64_t since_us;
};

enum sl_flight_verdict {
	SL_FLIGHT_WAITS,  /* for answers, token or budget: be woken   */
	SL_FLIGHT_LANDED, /* what is final is a page; see `failed`    */
	SL_FLIGHT_EMPTY,  /* the connector asks for nothing           */
	SL_FLIGHT_FAILED,
};

/* engine_flight.c */
/** Holds a page that the caller has taken; gives it back unless committed. NULL
 *  (and the page is given back): everything wanted is left out. */
struct sl_flight *sl_flight_new(struct sl_task *task, const struct sl_aim *aim);
void sl_flight_free(struct sl_flight **flight);
/** Do what can be done now: ask, sort the answers, submit. `wait` false (a
 *  prefetch): do not stand in line for the body budget. */
enum sl_flight_verdict sl_flight_advance(struct sl_flight *flight, bool wait,
					 struct sl_error *err);
bool sl_flight_flying(struct sl_flight *flight);
/** The engine ends: is there a page in what has landed? Nothing flies. */
bool sl_flight_salvage(struct sl_flight *flight);
/** Let the task's next flight go on counting what this one asked in vain. */
void sl_flight_leave_troubles(struct sl_flight *flight);
/** Wanted ids that the final answers hold, NULL-ended, on its arena. */
const char *const *sl_flight_answered(const struct sl_flight *flight);

/* engine_judge.c: what an answer means */
/** Judge what has landed: final, to be sent again, or the flight fails. */
void sl_flight_sort(struct sl_flight *flight);

/* engine_launch.c */
/** Submit what may leave now, or be woken when time, a landing, token or budget
 *  are there; cut what would wait too long. */
void sl_flight_submit(struct sl_flight *flight, bool wait);
/** sl_exchange.grow of a leg. */
bool sl_leg_grow(struct sl_exchange *x);
/** Free an answer's body and give its budget back. */
void sl_leg_drop_body(struct sl_leg *leg);
/** Units taken for a request that has not left go back. */
void sl_leg_unpace(struct sl_leg *leg);
/** A request came back: whoever waits for that may go on. Locked. */
void sl_slots_landed(struct sl_run *run);
/** The provider said yes, or "too many". */
void sl_slots_good(struct sl_run *run);
void sl_slots_refused(struct sl_run *run);

/** The answers as `read` takes them; bodies are parsed one at a time. */
struct sl_flight_answers {
	struct sl_answers base; /* first */
	struct sl_flight *flight;
	size_t index;
	json_t *body;
	struct sl_answer answer;
	bool broken; /* a body was no complete JSON: the page means nothing */
	struct sl_error error;
};

void sl_flight_answers_init(struct sl_flight_answers *answers,
			    struct sl_flight *flight);
void sl_flight_answers_release(struct sl_flight_answers *answers);

#endif
