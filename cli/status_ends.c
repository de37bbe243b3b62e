/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/status_ends.h"

#include <string.h>

#include "core/sync/provider.h"

#include "cli/format.h"
#include "cli/output.h"
#include "connectors/registry.h"

static const struct sl_connector *
connector_of(const struct sl_status_row *row)
{
	for (size_t i = 0; sl_registry[i] != NULL; i++)
		if (strcmp(sl_registry[i]->name, row->connector) == 0)
			return sl_registry[i];
	return NULL;
}

struct sl_end
sl_status_consent_end(const struct sl_status_row *row)
{
	const struct sl_connector *c = connector_of(row);

	return sl_consent_end(c == NULL ? NULL : c->provider->ends,
			      &row->times);
}

/* The first of its streams whose unsynced changes the provider drops, by the
 * time that each kind was synced. */
static int64_t
changes_kept_until(const struct sl_status_row *row)
{
	const struct sl_connector *c = connector_of(row);
	json_auto_t *checked = NULL;
	int64_t first = SL_NO_TIME;
	struct sl_error ignored;

	if (c == NULL || row->checked == NULL ||
	    sl_json_parse_own(row->checked, &checked, &ignored) != SL_OK)
		return SL_NO_TIME;
	for (const struct sl_stream_kind *k = c->kinds; k->name != NULL; k++) {
		int64_t at_us;

		if (k->horizon_days == 0 ||
		    !sl_json_i64(checked, k->name, &at_us))
			continue;
		at_us += k->horizon_days * SL_DAY_US;
		if (first == SL_NO_TIME || at_us < first)
			first = at_us;
	}
	return first;
}

void
sl_status_put_ends(json_t *object, const struct sl_status_row *row)
{
	struct sl_end end = sl_status_consent_end(row);

	sl_json_put_time(object, "consent_ends_at", end.at_us);
	sl_json_put(object, "consent_ends_why", end.why);
	sl_json_put_time(object, "changes_kept_until", changes_kept_until(row));
}

/* An account that is polled never gets near the end of one that is unused: of
 * such an end only its last days are worth a line. */
static void
print_consent(struct sl_cli *cli, const struct sl_status_row *row,
	      const char *account, int64_t now_us)
{
	struct sl_end end = sl_status_consent_end(row);
	const char *when;

	if (end.why == NULL)
		return;
	when = sl_format_when(cli->arena, end.at_us, now_us);
	if (sl_end_is_near(&end, now_us))
		fprintf(cli->out,
			"%s: the consent ends %s: %s; sluice connect %s --user "
			"%s renews it\n",
			account, when, end.why, row->purpose, row->user_id);
	else if (end.from != SL_END_UNUSED)
		fprintf(cli->out, "%s: the consent ends %s: %s\n", account,
			when, end.why);
}

void
sl_status_print_ends(struct sl_cli *cli, const struct sl_status_row *row,
		     const char *account)
{
	int64_t now_us = sl_now_us(cli->clock);
	const struct sl_end kept = { .at_us = changes_kept_until(row),
				     .why = "" };

	print_consent(cli, row, account, now_us);
	if (kept.at_us != SL_NO_TIME && sl_end_is_near(&kept, now_us))
		fprintf(cli->out,
			"%s: not synced for long: what changed is lost unless "
			"it is synced before %s\n",
			account,
			sl_format_when(cli->arena, kept.at_us, now_us));
}
