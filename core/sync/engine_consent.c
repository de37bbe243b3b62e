/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A consent that is dead or will be: what a person is told about it.
 */
#include "core/base/text.h"

#include "core/auth/oauth2.h"
#include "core/sync/ends.h"
#include "core/sync/engine_private.h"

/* Clocks differ, and a provider is not exact. */
#define END_SLACK_US (INT64_C(3600) * 1000000)

static struct sl_end
end_of(const struct sl_run *run)
{
	const struct sl_grant *g = &run->account.grant;
	const struct sl_consent_times times = {
		.connected_us = run->account.connected_us,
		.refreshed_us = g->refreshed_us,
		.access_expires_us = g->access_expires_us,
		.refresh_expires_us = g->refresh_expires_us,
		.renewable = g->refresh.key_id[0] != '\0',
	};

	return sl_consent_end(run->connector->provider->ends, &times);
}

/* A consent that was given to several at once is renewed for all of them. */
static const char *
connected_as(const struct sl_run *run)
{
	const char *purpose = run->account.grant.purpose;

	return purpose ? purpose : run->account.provider;
}

void
sl_run_must_connect(const struct sl_run *run, struct sl_error *err)
{
	const struct sl_account *a = &run->account;

	if (a->grant.last_error) /* it says so, and why */
		(void)sl_fail(err, SL_REAUTH, SL_GRANT, "%s",
			      a->grant.last_error);
	else
		(void)sl_fail(err, SL_REAUTH, SL_GRANT,
			      "%s must be connected again: run `sluice connect "
			      "%s --user %s`",
			      a->account, connected_as(run), a->lease.user_id);
}

/* What the provider said, and what we know of such ends. */
static void
word_death(const struct sl_run *run, struct sl_error *err)
{
	struct sl_end end = end_of(run);
	bool passed = end.why && end.at_us <= sl_run_now_us(run) + END_SLACK_US;
	const char *words =
		passed ? end.why : sl_oauth_refresh_words(err->code);
	struct sl_error cause = *err;

	(void)sl_fail(err, cause.status, cause.scope,
		      "%s must be connected again: run `sluice connect %s "
		      "--user %s`; %s%s%s",
		      run->account.account, connected_as(run),
		      run->account.lease.user_id, cause.text,
		      passed  ? "; most likely: "
		      : words ? "; "
			      : "",
		      words ? words : "");
	err->http_status = cause.http_status;
}

static void
tell(struct sl_run *run, const struct sl_stop *stop)
{
	struct sl_engine *e = run->engine;

	sl_log(e->config.log, SL_LOG_WARN, "needs-reauth",
	       (struct sl_field[]){
		       SL_F_TEXT("integration", stop->integration_id),
		       SL_F_TEXT("provider", stop->provider),
		       SL_F_TEXT("user", stop->user_id), SL_F_END });
	if (!e->config.stopped)
		return;
	pthread_mutex_lock(&e->observer_mutex);
	e->config.stopped(e->config.stopped_ctx, stop);
	pthread_mutex_unlock(&e->observer_mutex);
}

void
sl_run_grant_died(struct sl_worker *worker, struct sl_run *run,
		  struct sl_error *cause)
{
	struct sl_grant_death death = { .lease = &run->account.lease,
					.grant = &run->account.grant,
					.text = cause->text };
	struct sl_changes changes = { .count = 0 };
	struct sl_error err;

	word_death(run, cause);
	if (worker->store->grant_dead(worker->store, &death, run->arena,
				      &changes, &err) != SL_OK) {
		sl_run_fail(run, &err, false);
		return;
	}
	for (size_t i = 0; i < changes.count; i++)
		tell(run,
		     &(struct sl_stop){ .integration_id =
						changes.items[i].integration_id,
					.user_id = run->account.lease.user_id,
					.provider = changes.items[i].provider,
					.account = changes.items[i].account,
					.status = "needs_reauth",
					.reason = cause->text });
}

void
sl_run_tell_stop(struct sl_run *run)
{
	tell(run, &(struct sl_stop){ .integration_id =
					     run->account.lease.integration_id,
				     .user_id = run->account.lease.user_id,
				     .provider = run->account.provider,
				     .account = run->account.account,
				     .status = "needs_reauth",
				     .reason = run->error.text });
}

/* The first stream whose unsynced changes the provider drops. */
static struct sl_end
changes_end(const struct sl_run *run)
{
	const struct sl_account *a = &run->account;
	struct sl_end end = { .at_us = SL_NO_TIME };

	for (size_t i = 0; i < a->stream_count; i++) {
		const struct sl_stream_row *row = &a->streams[i];
		const struct sl_stream_kind *kind = sl_run_kind(run, row->kind);
		int64_t at_us;

		if (!kind || kind->horizon_days == 0 || !row->enabled ||
		    row->checked_us == SL_NO_TIME)
			continue;
		at_us = row->checked_us + kind->horizon_days * SL_DAY_US;
		if (!end.why || at_us < end.at_us)
			end = (struct sl_end){
				.at_us = at_us,
				.why = "the provider drops what changed and "
				       "was not synced by then",
			};
	}
	return end;
}

static void
warn(struct sl_run *run, const char *event, const struct sl_end *end)
{
	int64_t now = sl_run_now_us(run);
	char when[SL_RFC3339_TEXT];

	if (!sl_end_is_near(end, now))
		return;
	sl_rfc3339_format(end->at_us, when);
	sl_log(run->engine->config.log, SL_LOG_WARN, event,
	       (struct sl_field[]){
		       SL_F_TEXT("integration",
				 run->account.lease.integration_id),
		       SL_F_TEXT("provider", run->account.provider),
		       SL_F_TEXT("user", run->account.lease.user_id),
		       SL_F_TEXT("at", when),
		       SL_F_NUM("days", (end->at_us - now) / SL_DAY_US),
		       SL_F_TEXT("why", end->why), SL_F_END });
}

void
sl_run_warn_of_end(struct sl_worker *worker, struct sl_run *run)
{
	struct sl_end consent = end_of(run), changes = changes_end(run);
	int64_t now = sl_run_now_us(run);
	struct sl_error ignored;
	bool due = false;

	if ((!sl_end_is_near(&consent, now) &&
	     !sl_end_is_near(&changes, now)) ||
	    worker->store->warn_grant(worker->store, &run->account.lease,
				      run->account.grant.id, &due,
				      &ignored) != SL_OK ||
	    !due)
		return;
	warn(run, "consent-ends", &consent);
	warn(run, "changes-end", &changes);
}
