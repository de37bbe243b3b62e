/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client's thread. Submitters only ever touch the inbox (under the
 * mutex); lanes, handles and libcurl belong to the thread, so that nothing
 * else needs a lock.
 */
#include "core/net/http.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"

#include "core/net/http_private.h"
#include "core/net/init_private.h"
#include "core/net/url_private.h"

#define CONNECTIONS_DEFAULT 8
#define JOBS_KEPT           128  /* idle ones, with their easy handles  */
#define POLL_MS_MAX         1000 /* a clock of tests may be moved by hand */

struct sl_http {
	struct sl_transport transport; /* first: submit() gets this pointer */
	struct sl_http_settings settings;
	pthread_t thread;
	CURLM *multi;
	struct sl_http_lanes lanes; /* the thread's */
	uint64_t cancelled;         /* the thread's: epochs below are gone */
	int64_t kept_until_us;      /* the thread's: those to be kept, too */

	pthread_mutex_t mutex; /* guards all below */
	struct sl_http_list inbox;
	struct sl_http_job *idle;
	size_t idle_count;
	uint64_t epoch;
	bool stopping;
};

static void
lock(struct sl_http *http)
{
	int code = pthread_mutex_lock(&http->mutex);

	SL_ASSERT(code == 0);
}

static void
unlock(struct sl_http *http)
{
	int code = pthread_mutex_unlock(&http->mutex);

	SL_ASSERT(code == 0);
}

static void
free_job(struct sl_http_job *job)
{
	curl_easy_cleanup(job->easy);
	sl_free(job);
}

static struct sl_http_job *
pool_take(struct sl_http *http)
{
	struct sl_http_job *job;

	lock(http);
	job = http->idle;
	if (job) {
		http->idle = job->next;
		http->idle_count--;
	}
	unlock(http);
	return job ? job : sl_alloc(sizeof(*job));
}

static void
pool_give(struct sl_http *http, struct sl_http_job *job)
{
	bool kept;

	lock(http);
	kept = http->idle_count < JOBS_KEPT;
	if (kept) {
		job->next = http->idle;
		http->idle = job;
		http->idle_count++;
	}
	unlock(http);
	if (!kept)
		free_job(job);
}

static void
submit(struct sl_transport *transport, struct sl_exchange *x)
{
	struct sl_http *http = (struct sl_http *)transport;
	struct sl_http_job *job = pool_take(http);

	job->x = x;
	x->link = job;
	lock(http);
	job->epoch = http->epoch;
	sl_http_list_push(&http->inbox, job);
	unlock(http);
	(void)curl_multi_wakeup(http->multi);
}

static void
cancel_all(struct sl_transport *transport)
{
	struct sl_http *http = (struct sl_http *)transport;

	lock(http);
	http->epoch++;
	unlock(http);
	(void)curl_multi_wakeup(http->multi);
}

/** The job ends here; the exchange may be freed or submitted again in done. */
static void
finish(struct sl_http *http, struct sl_http_job *job)
{
	struct sl_exchange *x = job->x;

	sl_http_easy_reset(job);
	job->x = NULL;
	job->lane = NULL;
	pool_give(http, job);
	x->link = NULL;
	x->done(x);
}

static size_t
cancel_older(struct sl_http *http, uint64_t epoch, bool spare)
{
	struct sl_http_job *job;
	size_t count = 0;
	bool active;

	while ((job = sl_http_lanes_take_older(&http->lanes, epoch, spare,
					       &active))) {
		if (active) {
			(void)curl_multi_remove_handle(http->multi, job->easy);
			sl_http_answer_read(job, CURLE_ABORTED_BY_CALLBACK,
					    sl_now_us(http->settings.clock));
		}
		sl_http_answer_fail(job, SL_NET_CANCELLED, "cancelled");
		finish(http, job);
		count++;
	}
	return count;
}

/** What was cancelled ends now, but for those to be kept: they end when their
 *  time is over, or everything is. */
static size_t
cancel(struct sl_http *http, uint64_t epoch, bool stopping)
{
	int64_t mono_us = sl_mono_us(http->settings.clock);
	size_t count = 0;

	if (stopping)
		return cancel_older(http, epoch, false);
	if (http->kept_until_us != 0 && http->kept_until_us <= mono_us) {
		count += cancel_older(http, http->cancelled, false);
		http->kept_until_us = 0;
	}
	if (epoch == http->cancelled)
		return count;
	if (http->kept_until_us == 0)
		http->kept_until_us = mono_us + SL_KEEP_US;
	http->cancelled = epoch;
	return count + cancel_older(http, epoch, true);
}

/** Into its origin's lane, or refused. */
static void
route(struct sl_http *http, struct sl_http_job *job)
{
	SL_AUTO_BUF origin;
	const char *refusal;

	sl_buf_init(&origin, SL_URL_BYTES_MAX);
	refusal = sl_url_refusal(job->x->request.url, &origin);
	if (!refusal) {
		sl_http_lanes_add(&http->lanes, sl_buf_text(&origin), job);
		return;
	}
	sl_buf_clear(&origin);
	sl_buf_addf(&origin, "URL %s", refusal);
	sl_http_answer_fail(job, SL_NET_BUG, sl_buf_text(&origin));
	finish(http, job);
}

/** Take what was submitted and cancelled; false when all is over. */
static bool
take_inbox(struct sl_http *http)
{
	struct sl_http_list inbox;
	struct sl_http_job *job;
	uint64_t epoch;
	bool stopping;
	size_t moved = 0;

	lock(http);
	inbox = http->inbox;
	http->inbox = (struct sl_http_list){ .head = NULL };
	stopping = http->stopping;
	epoch = stopping ? UINT64_MAX : http->epoch;
	unlock(http);
	while ((job = sl_http_list_pop(&inbox))) {
		sl_http_lanes_delay(&http->lanes, job);
		moved++;
	}
	moved += cancel(http, epoch, stopping);
	return !stopping || moved > 0;
}

static void
start_what_may(struct sl_http *http)
{
	int64_t mono_us = sl_mono_us(http->settings.clock);
	struct sl_http_job *job;

	while ((job = sl_http_lanes_due(&http->lanes, mono_us)))
		route(http, job);
	while ((job = sl_http_lanes_start(&http->lanes))) {
		if (sl_http_easy_prepare(job, &http->settings) &&
		    curl_multi_add_handle(http->multi, job->easy) == CURLM_OK)
			continue;
		if (job->x->response.failure == SL_NET_NONE)
			sl_http_answer_fail(job, SL_NET_BUG,
					    "libcurl took no more transfers");
		sl_http_lanes_end(&http->lanes, job, job->lane->wide);
		finish(http, job);
	}
}

/** Hand out what has ended; returns how many. */
static size_t
finish_ended(struct sl_http *http)
{
	struct CURLMsg *message;
	size_t count = 0;
	int queued;

	while ((message = curl_multi_info_read(http->multi, &queued))) {
		CURLcode code = message->data.result;
		struct sl_http_job *job = NULL;
		bool wide;

		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
					&job);
		(void)curl_multi_remove_handle(http->multi, job->easy);
		sl_http_answer_read(job, code, sl_now_us(http->settings.clock));
		wide = code == CURLE_OK ? sl_http_answer_is_wide(job)
					: job->lane->wide;
		sl_http_lanes_end(&http->lanes, job, wide);
		finish(http, job);
		count++;
	}
	return count;
}

/** How long nothing can be due. */
static int
poll_ms(const struct sl_http *http)
{
	const struct sl_http_job *next = http->lanes.delayed.head;
	int64_t wait_us;

	if (!next)
		return POLL_MS_MAX;
	wait_us = next->x->request.not_before_us -
		  sl_mono_us(http->settings.clock);
	if (wait_us <= 0)
		return 0;
	return wait_us / 1000 < POLL_MS_MAX ? (int)(wait_us / 1000) + 1
					    : POLL_MS_MAX;
}

static void *
run(void *arg)
{
	struct sl_http *http = arg;
	int running;

	while (take_inbox(http)) {
		start_what_may(http);
		(void)curl_multi_perform(http->multi, &running);
		if (finish_ended(http) > 0)
			continue; /* lanes may have room again */
		(void)curl_multi_poll(http->multi, NULL, 0, poll_ms(http),
				      NULL);
	}
	return NULL;
}

/** Signals are for the main thread; SIGPIPE is for nobody. */
static int
start_thread(struct sl_http *http)
{
	sigset_t all, before;
	int code;

	(void)sigfillset(&all);
	code = pthread_sigmask(SIG_SETMASK, &all, &before);
	if (code != 0)
		return code;
	code = pthread_create(&http->thread, NULL, run, http);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return code;
}

static struct sl_http *
make(const struct sl_http_config *config, CURLM *multi)
{
	struct sl_http *http = sl_alloc(sizeof(*http));
	long connections = config->max_connections > 0 ? config->max_connections
						       : CONNECTIONS_DEFAULT;
	long slow_seconds = config->slow_seconds > 0
				    ? (long)config->slow_seconds
				    : SL_HTTP_SLOW_SECONDS;

	http->transport.submit = submit;
	http->transport.cancel_all = cancel_all;
	http->multi = multi;
	http->lanes.narrow = (size_t)connections;
	http->settings = (struct sl_http_settings){
		.clock = config->clock,
		.user_agent = sl_strdup(config->user_agent),
		.ca_file = sl_strdup(config->ca_file),
		.proxy = sl_strdup(config->proxy),
		.slow_seconds = slow_seconds,
		.connect_ms = config->connect_ms > 0
				      ? (long)config->connect_ms
				      : SL_HTTP_CONNECT_TIMEOUT_MS,
	};
	SL_ASSERT(pthread_mutex_init(&http->mutex, NULL) == 0);
	(void)curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS,
				connections);
	(void)curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, 4 * connections);
	return http;
}

static void
unmake(struct sl_http **http)
{
	struct sl_http *old = *http;

	while (old->idle) {
		struct sl_http_job *job = old->idle;

		old->idle = job->next;
		free_job(job);
	}
	sl_http_lanes_release(&old->lanes);
	(void)curl_multi_cleanup(old->multi);
	(void)pthread_mutex_destroy(&old->mutex);
	sl_free(old->settings.user_agent);
	sl_free(old->settings.ca_file);
	sl_free(old->settings.proxy);
	sl_free(old);
	*http = NULL;
}

sl_status
sl_http_new(const struct sl_http_config *config, struct sl_http **out,
	    struct sl_error *err)
{
	struct sl_http *http;
	CURLcode ready = sl_net_init();
	CURLM *multi;
	sl_status status;
	int code;

	if (config->ca_file) {
		status = sl_http_check_authorities(config->ca_file, err);
		if (status != SL_OK)
			return status;
	}
	multi = ready == CURLE_OK ? curl_multi_init() : NULL;
	if (!multi)
		return sl_fail(err, SL_CONFIG, SL_CLIENT,
			       "libcurl cannot start: %s",
			       curl_easy_strerror(ready));
	http = make(config, multi);
	code = start_thread(http);
	if (code != 0) {
		unmake(&http);
		return sl_fail(err, SL_CONFIG, SL_CLIENT,
			       "HTTP thread cannot start: %s", strerror(code));
	}
	*out = http;
	return SL_OK;
}

struct sl_transport *
sl_http_transport(struct sl_http *http)
{
	return &http->transport;
}

void
sl_http_free(struct sl_http **http)
{
	if (!*http)
		return;
	lock(*http);
	(*http)->stopping = true;
	unlock(*http);
	(void)curl_multi_wakeup((*http)->multi);
	(void)pthread_join((*http)->thread, NULL);
	unmake(http);
}
