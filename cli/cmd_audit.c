/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hold the provider's ids against the stored ones; read again what differs.
 */
#include <string.h>

#include "core/base/text.h"

#include "cli/commands.h"
#include "cli/env.h"
#include "cli/format.h"
#include "cli/output.h"
#include "cli/runner.h"
#include "cli/summary.h"
#include "state/audit.h"

#define TITLE_SHOWN 60
#define ID_SHOWN    200
#define ERROR_SHOWN 400

static const char *const kinds[] = {
	[SL_FINDING_MISSING] = "missing",
	[SL_FINDING_EXTRA] = "extra",
	[SL_FINDING_STALE] = "stale",
};

struct audit {
	struct sl_cli *cli;
	struct sl_runner runner;
	struct sl_audit *state;
	pthread_mutex_t mutex;     /* findings and reports print one by one */
	struct sl_arena *arena;    /* of one line */
	struct sl_tally *repaired; /* by work */
	bool differs, failed;
	bool stuck; /* a repairing run failed */
	bool repairing;
};

/* --- findings ---------------------------------------------------------------- */

static void
print_finding(struct audit *a, const struct sl_finding *f)
{
	const char *stream = sl_format_stream(f->stream_title, f->stream_key,
					      f->stream_kind);

	fprintf(a->cli->out, "  %-7s  %-16s %s%s(%s) in %s: %s\n",
		kinds[f->kind], sl_format_minute(a->arena, f->occurred_us),
		sl_format_clean(a->arena, f->title, TITLE_SHOWN),
		f->title == NULL ? "" : " ",
		sl_format_clean(a->arena, f->id, ID_SHOWN),
		sl_format_clean(a->arena, stream, TITLE_SHOWN),
		sl_format_clean(a->arena, f->why, ERROR_SHOWN));
}

static json_t *
finding_json(const struct sl_finding *f)
{
	json_t *object = json_object();

	sl_json_put(object, "finding", kinds[f->kind]);
	sl_json_put(object, "user", f->target->user_id);
	sl_json_put(object, "provider", f->target->provider);
	sl_json_put(object, "account", f->target->account);
	sl_json_put(object, "stream_kind", f->stream_kind);
	sl_json_put(object, "stream", f->stream_key);
	sl_json_put(object, "stream_title", f->stream_title);
	sl_json_put(object, "id", f->id);
	sl_json_put(object, "title", f->title);
	sl_json_put_time(object, "occurred_at", f->occurred_us);
	sl_json_put(object, "why", f->why);
	return object;
}

static void
on_finding(void *ctx, const struct sl_finding *finding)
{
	struct audit *a = ctx;

	pthread_mutex_lock(&a->mutex);
	if (sl_cli_has(a->cli, SL_FLAG_JSON))
		sl_out_json(a->cli, finding_json(finding));
	else
		print_finding(a, finding);
	sl_arena_reset(a->arena);
	pthread_mutex_unlock(&a->mutex);
}

/* --- reports ----------------------------------------------------------------- */

static int64_t
differences(const struct sl_tally *t)
{
	return t->created + t->updated + t->deleted;
}

static int64_t
compared(const struct sl_tally *t)
{
	return t->created + t->updated + t->unchanged + t->filtered +
	       t->quarantined;
}

/* No table remembers which streams an audit could not list. */
static void
print_failures(const struct audit *a, const char *integration_id)
{
	const struct sl_audit_failure *f =
		sl_audit_failures(a->state, integration_id);

	for (; f != NULL; f = f->next)
		fprintf(a->cli->out, "  %s cannot be listed: %s\n",
			sl_format_clean(a->arena,
					sl_format_stream(f->stream_title,
							 f->stream_key,
							 f->stream_kind),
					TITLE_SHOWN),
			sl_format_clean(a->arena, f->error, ERROR_SHOWN));
}

static json_t *
failures_json(const struct sl_audit_failure *f)
{
	json_t *list = json_array();

	for (; f != NULL; f = f->next) {
		json_t *object = json_object();

		sl_json_put(object, "stream_kind", f->stream_kind);
		sl_json_put(object, "stream", f->stream_key);
		sl_json_put(object, "stream_title", f->stream_title);
		sl_json_put(object, "error", f->error);
		(void)json_array_append_new(list, object);
	}
	return list;
}

/* That nothing differs is said only where something was looked at. */
static void
print_counts(FILE *out, struct sl_arena *arena, const struct sl_tally *t)
{
	fprintf(out, "%s compared in %s: ",
		sl_format_plural(arena, compared(t), "item"),
		sl_format_plural(arena, t->pages, "page"));
	if (differences(t) > 0)
		fprintf(out, "%s missing, %s extra, %s stale\n",
			sl_format_count(arena, t->created),
			sl_format_count(arena, t->deleted),
			sl_format_count(arena, t->updated));
	else if (t->pages > 0)
		fputs("no difference\n", out);
	else
		fputs("nothing is known\n", out);
}

/* What is not stored, and why that is no difference. */
static void
print_explained(FILE *out, struct sl_arena *arena, const struct sl_tally *t)
{
	if (t->filtered > 0)
		fprintf(out, "  %s left out on purpose (sluice explain)\n",
			sl_format_plural(arena, t->filtered, "item"));
	if (t->quarantined > 0)
		fprintf(out,
			"  %s in quarantine (sluice status --quarantined)\n",
			sl_format_plural(arena, t->quarantined, "item"));
}

/* No schedule runs an audit again. */
static const char *
advice(struct sl_arena *arena, const struct sl_run_report *r)
{
	sl_status s = r->error == NULL ? SL_OK : r->error->status;

	return s == SL_RETRY || s == SL_SMALLER || s == SL_RESYNC ||
			       s == SL_LOST
		       ? "audit it again later"
		       : sl_summary_advice(arena, r);
}

static void
print_audit(struct audit *a, const struct sl_run_report *r)
{
	const struct sl_tally *t = &r->tally;
	const char *id = r->target->integration_id;
	struct sl_arena *arena = a->arena;
	FILE *out = a->cli->out;
	size_t n;

	fprintf(out, "%s of %s: ", sl_env_title(r->target->provider),
		sl_format_clean(arena, r->target->account, TITLE_SHOWN));
	print_counts(out, arena, t);
	if (strcmp(r->status, "interrupted") == 0)
		fputs("  stopped before its end\n", out);
	else if (strcmp(r->status, "ok") == 0 && t->pages == 0)
		fputs("  no stream is walked yet, or none is pulled "
		      "(sluice sync, sluice streams)\n",
		      out);
	print_explained(out, arena, t);
	n = sl_audit_left_out(a->state, id);
	if (n > 0)
		fprintf(out, "  %s left out: not walked yet (sluice sync)\n",
			sl_format_plural(arena, (int64_t)n, "stream"));
	n = sl_audit_unfinished(a->state, id);
	if (n > 0)
		fprintf(out,
			"  %s not walked to the end: what is extra there "
			"is not known\n",
			sl_format_plural(arena, (int64_t)n, "stream"));
	print_failures(a, id);
	if (r->error != NULL && (sl_audit_failures(a->state, id) == NULL ||
				 r->error->scope >= SL_INTEGRATION))
		fprintf(out, "  error: %s\n",
			sl_format_clean(arena, r->error->text, ERROR_SHOWN));
	if (*advice(arena, r) != '\0')
		fprintf(out, "  what to do: %s\n", advice(arena, r));
	(void)fflush(out);
}

static void
put_error(json_t *object, const struct sl_error *err)
{
	json_t *error = json_null();

	if (err != NULL) {
		error = json_object();
		sl_json_put(error, "class", sl_status_name(err->status));
		sl_json_put(error, "scope", sl_scope_name(err->scope));
		sl_json_put(error, "text", err->text);
	}
	(void)json_object_set_new(object, "error", error);
}

static json_t *
audit_json(const struct audit *a, const struct sl_run_report *r)
{
	const struct sl_tally *t = &r->tally;
	const char *id = r->target->integration_id;
	json_t *object = json_object();

	sl_json_put(object, "audit", r->status);
	sl_json_put(object, "user", r->target->user_id);
	sl_json_put(object, "provider", r->target->provider);
	sl_json_put(object, "account", r->target->account);
	sl_json_put_i64(object, "compared", compared(t));
	sl_json_put_i64(object, "missing", t->created);
	sl_json_put_i64(object, "extra", t->deleted);
	sl_json_put_i64(object, "stale", t->updated);
	sl_json_put_i64(object, "filtered", t->filtered);
	sl_json_put_i64(object, "quarantined", t->quarantined);
	sl_json_put_i64(object, "left_out",
			(int64_t)sl_audit_left_out(a->state, id));
	sl_json_put_i64(object, "unfinished",
			(int64_t)sl_audit_unfinished(a->state, id));
	(void)json_object_set_new(
		object, "failures",
		failures_json(sl_audit_failures(a->state, id)));
	sl_json_put_i64(object, "pages", t->pages);
	sl_json_put_i64(object, "requests", t->requests);
	sl_json_put_i64(object, "bytes", t->bytes);
	sl_json_put_i64(object, "duration_ms", r->duration_us / 1000);
	put_error(object, r->error);
	return object;
}

static void
on_report(void *ctx, const struct sl_run_report *r)
{
	struct audit *a = ctx;

	pthread_mutex_lock(&a->mutex);
	a->differs = a->differs || differences(&r->tally) > 0;
	a->failed =
		a->failed || strcmp(r->status, "ok") != 0 ||
		sl_audit_unfinished(a->state, r->target->integration_id) > 0;
	if (sl_cli_has(a->cli, SL_FLAG_JSON))
		sl_out_json(a->cli, audit_json(a, r));
	else
		print_audit(a, r);
	sl_arena_reset(a->arena);
	pthread_mutex_unlock(&a->mutex);
}

/* --- repair ------------------------------------------------------------------- */

static size_t
index_of(const struct audit *a, const struct sl_target *target)
{
	size_t i = 0;

	while (strcmp(a->runner.work[i].target.integration_id,
		      target->integration_id) != 0)
		i++;
	return i;
}

static void
on_repaired(void *ctx, const struct sl_run_report *r)
{
	struct audit *a = ctx;
	struct sl_tally *sum = &a->repaired[index_of(a, r->target)];

	pthread_mutex_lock(&a->mutex);
	sum->created += r->tally.created;
	sum->updated += r->tally.updated;
	sum->deleted += r->tally.deleted;
	sum->requests += r->tally.requests;
	if (strcmp(r->status, "ok") != 0) {
		a->failed = a->stuck = true;
		(void)sl_cli_complain(a->cli, SL_EXIT_FAILED, "%s",
				      sl_summary_complaint(a->arena, r));
	}
	sl_arena_reset(a->arena);
	pthread_mutex_unlock(&a->mutex);
}

/* The accounts whose findings wait to be read. */
static size_t
waiting(const struct audit *a, struct sl_work *work)
{
	size_t n = 0;

	for (size_t i = 0; i < a->runner.count; i++) {
		const struct sl_work *w = &a->runner.work[i];

		if (sl_audit_waiting(a->state, w->target.integration_id) > 0)
			work[n++] = *w;
	}
	return n;
}

static void
print_repaired(struct audit *a, size_t i)
{
	const struct sl_target *target = &a->runner.work[i].target;
	const struct sl_tally *t = &a->repaired[i];
	json_t *object;

	if (t->requests == 0)
		return;
	if (!sl_cli_has(a->cli, SL_FLAG_JSON)) {
		fprintf(a->cli->out,
			"%s of %s: repaired: %s new, %s updated, %s deleted\n",
			sl_env_title(target->provider),
			sl_format_clean(a->cli->arena, target->account,
					TITLE_SHOWN),
			sl_format_count(a->cli->arena, t->created),
			sl_format_count(a->cli->arena, t->updated),
			sl_format_count(a->cli->arena, t->deleted));
		return;
	}
	object = json_object();
	sl_json_put(object, "repaired", target->account);
	sl_json_put(object, "user", target->user_id);
	sl_json_put(object, "provider", target->provider);
	sl_json_put_i64(object, "created", t->created);
	sl_json_put_i64(object, "updated", t->updated);
	sl_json_put_i64(object, "deleted", t->deleted);
	sl_json_put_i64(object, "requests", t->requests);
	sl_out_json(a->cli, object);
}

/* Runs that read findings by id, a page's worth of each stream at a time. */
static int
repair(struct audit *a)
{
	const struct sl_observer observer = { .report = on_repaired, .ctx = a };
	struct sl_store_factory stores = sl_repair_factory(a->state);
	struct sl_work *work = SL_NEW_ARRAY(a->cli->arena, a->runner.count + 1,
					    struct sl_work);
	int status = SL_EXIT_OK;
	size_t n;

	while (status == SL_EXIT_OK && !a->stuck &&
	       !sl_runner_stopped(&a->runner) && (n = waiting(a, work)) > 0)
		status = sl_runner_run(&a->runner, &stores, work, n, &observer);
	for (size_t i = 0; i < a->runner.count; i++)
		print_repaired(a, i);
	return status;
}

/* --- all of it ---------------------------------------------------------------- */

static int
verdict(const struct audit *a)
{
	if (a->failed || (a->differs && !a->repairing))
		return SL_EXIT_FAILED;
	return SL_EXIT_OK;
}

static int
work(struct audit *a)
{
	const char *url = sl_env_value(a->cli, SL_FLAG_DATABASE_URL);
	const struct sl_observer observer = { .report = on_report, .ctx = a };
	struct sl_store_factory stores;
	int status = sl_runner_begin(&a->runner);

	a->state = sl_audit_new(url, a->repairing, on_finding, a);
	a->repaired = SL_NEW_ARRAY(a->cli->arena, a->runner.count + 1,
				   struct sl_tally);
	stores = sl_audit_factory(a->state);
	if (status == SL_EXIT_OK)
		status = sl_runner_run(&a->runner, &stores, a->runner.work,
				       a->runner.count, &observer);
	if (status == SL_EXIT_OK && a->repairing)
		status = repair(a);
	sl_audit_free(&a->state);
	return status == SL_EXIT_OK ? verdict(a) : status;
}

int
sl_cmd_audit(struct sl_cli *cli)
{
	struct audit a = { .cli = cli,
			   .repairing = sl_cli_has(cli, SL_FLAG_REPAIR) };
	int status;

	sl_runner_init(&a.runner, cli);
	/* findings of one account stand together */
	a.runner.runs_at_once = 1;
	a.arena = sl_arena_new();
	pthread_mutex_init(&a.mutex, NULL);
	status = sl_runner_prepare(&a.runner);
	if (status == SL_EXIT_OK && a.runner.count > 0)
		status = work(&a);
	else if (status == SL_EXIT_OK && !sl_cli_has(cli, SL_FLAG_JSON))
		sl_runner_say_idle(&a.runner, "audit");
	pthread_mutex_destroy(&a.mutex);
	sl_arena_free(&a.arena);
	return sl_runner_end(&a.runner, status);
}
