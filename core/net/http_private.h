/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of the HTTP client: http.c is the thread, http_lane.c decides
 * what may start, http_easy.c sends one request, http_answer.c reads what
 * came back. All but submission runs on the one thread.
 */
#ifndef SL_NET_HTTP_PRIVATE_H
#define SL_NET_HTTP_PRIVATE_H

#include <curl/curl.h>

#include "core/net/http.h"

/** Requests in flight to one HTTP/2 origin; servers allow 100 or so. */
#define SL_HTTP_STREAMS_MAX 64

/** One exchange on its way through the client. */
struct sl_http_job {
	struct sl_http_job *next; /* in the list it is in */
	struct sl_http_job *prev; /* in a lane's active list only */
	struct sl_http_lane *lane;
	struct sl_exchange *x;
	uint64_t epoch; /* cancel_all() calls before it was submitted */
	CURL *easy;     /* kept when the job goes back to the pool    */
	struct curl_slist *headers;
	size_t header_bytes;
	bool flooded; /* headers passed their cap */
	char error[CURL_ERROR_SIZE];
};

struct sl_http_list {
	struct sl_http_job *head;
	struct sl_http_job *tail;
};

void sl_http_list_push(struct sl_http_list *list, struct sl_http_job *job);
struct sl_http_job *sl_http_list_pop(struct sl_http_list *list);

/*
 * One origin (scheme, host, port). Only as many requests as can travel at
 * once are given to libcurl, because those that wait inside it use up their
 * time limits: one a connection over HTTP/1.1, many once an answer came over
 * HTTP/2.
 */
struct sl_http_lane {
	struct sl_http_lane *next;
	char *origin;
	struct sl_http_list waiting;
	struct sl_http_job *active;
	size_t active_count;
	bool wide; /* the last answer came over HTTP/2 */
};

struct sl_http_lanes {
	struct sl_http_lane *first;
	size_t count;
	size_t narrow; /* in flight to an origin that is not wide */
	struct sl_http_list delayed; /* sorted by not_before_us   */
};

void sl_http_lanes_release(struct sl_http_lanes *lanes);

/** Put a job into its origin's lane. */
void sl_http_lanes_add(struct sl_http_lanes *lanes, const char *origin,
		       struct sl_http_job *job);

/** Keep a job until its time. */
void sl_http_lanes_delay(struct sl_http_lanes *lanes, struct sl_http_job *job);

/** A delayed job whose time has come, or NULL. */
struct sl_http_job *sl_http_lanes_due(struct sl_http_lanes *lanes,
				      int64_t mono_us);

/** A job that may start, now counted as active; NULL when none may. */
struct sl_http_job *sl_http_lanes_start(struct sl_http_lanes *lanes);

/** An active job has ended; `wide`: its answer came over HTTP/2. */
void sl_http_lanes_end(struct sl_http_lanes *lanes, struct sl_http_job *job,
		       bool wide);

/**
 * Take out one job, waiting or active, with an epoch below `epoch`; NULL when
 * there is none. `spare`: not an active one that is to be kept. `*active`
 * tells whether libcurl has it.
 */
struct sl_http_job *sl_http_lanes_take_older(struct sl_http_lanes *lanes,
					     uint64_t epoch, bool spare,
					     bool *active);

/** What the handles need to know of the configuration. */
struct sl_http_settings {
	const struct sl_clock *clock;
	char *user_agent;
	char *ca_file;
	char *proxy;
	long slow_seconds;
	long connect_ms;
};

/** Can these be trusted authorities? SL_CONFIG, scope client, if not: no such
 *  file, no regular one, no certificate in it. */
sl_status sl_http_check_authorities(const char *path, struct sl_error *err)
	SL_NODISCARD;

/** Set up job->easy for its request; false fills in the response's failure. */
bool sl_http_easy_prepare(struct sl_http_job *job,
			  const struct sl_http_settings *settings);

/** Forget the request, wiping what was secret; connections stay. */
void sl_http_easy_reset(struct sl_http_job *job);

/** Fill in the response after libcurl has ended the transfer. */
void sl_http_answer_read(struct sl_http_job *job, CURLcode code,
			 int64_t now_us);

/** Note a failure; "origin: words" cut to fit, control characters blanked. */
void sl_http_answer_fail(struct sl_http_job *job, enum sl_net_failure failure,
			 const char *words);

/** Did the answer come over HTTP/2? */
bool sl_http_answer_is_wide(struct sl_http_job *job);

#endif
