/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/summary.h"

#include <string.h>

#include "cli/format.h"
#include "cli/output.h"

#define ACCOUNT_SHOWN 60
#define ERROR_SHOWN   400

static const struct {
	const char *status;
	const char *words;
} endings[] = {
	{ "ok", "done" },
	{ "partial", "done in part" },
	{ "failed", "failed" },
	{ "interrupted", "interrupted; the next run goes on from here" },
	{ "busy", "left out: another process is working on it" },
	{ "handed-back", "not finished yet; the next run goes on from here" },
};

static const char *
ending(const char *status)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(endings); i++) {
		if (strcmp(endings[i].status, status) == 0)
			return endings[i].words;
	}
	return status;
}

bool
sl_summary_failed(const struct sl_run_report *report)
{
	return strcmp(report->status, "failed") == 0 ||
	       strcmp(report->status, "partial") == 0;
}

const char *
sl_summary_advice(struct sl_arena *arena, const struct sl_run_report *report)
{
	if (report->error == NULL)
		return "";
	switch (report->error->status) {
	case SL_REAUTH:
		return sl_arena_printf(
			arena,
			"grant access again: sluice connect %s --user %s",
			report->target->consent != NULL
				? report->target->consent
				: report->target->provider,
			report->target->user_id);
	case SL_CONFIG:
		return "as the error says; sluice doctor looks at this "
		       "installation";
	case SL_RETRY:
	case SL_SMALLER:
	case SL_RESYNC:
	case SL_LOST:
		return "nothing to do: the next run tries again";
	case SL_BUG:
		return "please report this";
	case SL_OK:
	case SL_REJECTED:
	case SL_CANCELLED:
		return "";
	}
	return "";
}

bool
sl_summary_quiet(const struct sl_run_report *r)
{
	const struct sl_tally *t = &r->tally;

	/* After a walk a person wants to see that all is still there. */
	return strcmp(r->status, "ok") == 0 &&
	       strcmp(r->mode, "incremental") == 0 &&
	       t->created + t->updated + t->deleted + t->filtered +
			       t->quarantined + t->contacts_created ==
		       0;
}

static void
print_counts(FILE *out, struct sl_arena *a, const struct sl_tally *t)
{
	fprintf(out,
		"  %s fetched: %s new, %s updated, %s unchanged, %s deleted, "
		"%s filtered, %s quarantined\n",
		sl_format_count(a, t->fetched), sl_format_count(a, t->created),
		sl_format_count(a, t->updated),
		sl_format_count(a, t->unchanged),
		sl_format_count(a, t->deleted), sl_format_count(a, t->filtered),
		sl_format_count(a, t->quarantined));
	fprintf(out, "  %s; %s, %s",
		sl_format_plural(a, t->contacts_created, "new contact"),
		sl_format_plural(a, t->pages, "page"),
		sl_format_plural(a, t->requests, "request"));
	if (t->retries > 0)
		fprintf(out, " (%s)",
			sl_format_plural(a, t->retries, "repeat"));
	fprintf(out, ", %s\n", sl_format_bytes(a, t->bytes));
}

static void
print_trouble(FILE *out, struct sl_arena *a, const struct sl_run_report *r)
{
	const char *advice = sl_summary_advice(a, r);

	if (r->streams_failed > 0 && r->streams > 1)
		fprintf(out, "  %zu of %zu streams failed (sluice streams)\n",
			r->streams_failed, r->streams);
	if (r->error != NULL)
		fprintf(out, "  error: %s\n",
			sl_format_clean(a, r->error->text, ERROR_SHOWN));
	if (*advice != '\0')
		fprintf(out, "  what to do: %s\n", advice);
	if (r->held_deletions > 0)
		fprintf(out,
			"  %s held back: more vanished at once than a person "
			"usually deletes\n",
			sl_format_plural(a, r->held_deletions, "deletion"));
}

void
sl_summary_print(FILE *out, struct sl_arena *arena, const char *title,
		 const struct sl_run_report *report)
{
	const char *account =
		sl_format_clean(arena, report->target->account, ACCOUNT_SHOWN);
	const char *took = sl_format_duration(arena, report->duration_us);

	if (sl_summary_quiet(report)) {
		fprintf(out, "%s of %s: nothing new (%s, %s, %s)\n", title,
			account,
			sl_format_plural(arena, report->tally.requests,
					 "request"),
			sl_format_bytes(arena, report->tally.bytes), took);
		print_trouble(out, arena, report);
		return;
	}
	fprintf(out, "%s of %s: %s sync %s (%s)\n", title, account,
		report->mode, ending(report->status), took);
	if (strcmp(report->status, "busy") != 0)
		print_counts(out, arena, &report->tally);
	print_trouble(out, arena, report);
}

const char *
sl_summary_complaint(struct sl_arena *arena, const struct sl_run_report *report)
{
	const char *advice = sl_summary_advice(arena, report);

	return sl_arena_printf(arena, "%s of %s: sync %s%s%s%s%s",
			       report->target->provider,
			       report->target->account, ending(report->status),
			       report->error == NULL ? "" : ": ",
			       report->error == NULL ? "" : report->error->text,
			       *advice == '\0' ? "" : "; ", advice);
}

static void
put_counts(json_t *object, const struct sl_tally *t)
{
	sl_json_put_i64(object, "fetched", t->fetched);
	sl_json_put_i64(object, "created", t->created);
	sl_json_put_i64(object, "updated", t->updated);
	sl_json_put_i64(object, "unchanged", t->unchanged);
	sl_json_put_i64(object, "deleted", t->deleted);
	sl_json_put_i64(object, "filtered", t->filtered);
	sl_json_put_i64(object, "quarantined", t->quarantined);
	sl_json_put_i64(object, "contacts_created", t->contacts_created);
	sl_json_put_i64(object, "requests", t->requests);
	sl_json_put_i64(object, "retries", t->retries);
	sl_json_put_i64(object, "bytes", t->bytes);
}

json_t *
sl_summary_json(const struct sl_run_report *report)
{
	json_t *object = json_object();
	json_t *error = json_null();

	sl_json_put(object, "user", report->target->user_id);
	sl_json_put(object, "provider", report->target->provider);
	sl_json_put(object, "account", report->target->account);
	sl_json_put(object, "trigger", report->trigger);
	sl_json_put(object, "mode", report->mode);
	sl_json_put(object, "status", report->status);
	put_counts(object, &report->tally);
	sl_json_put_i64(object, "duration_ms", report->duration_us / 1000);
	if (report->error != NULL) {
		error = json_object();
		sl_json_put(error, "class",
			    sl_status_name(report->error->status));
		sl_json_put(error, "scope",
			    sl_scope_name(report->error->scope));
		sl_json_put(error, "text", report->error->text);
	}
	(void)json_object_set_new(object, "error", error);
	return object;
}
