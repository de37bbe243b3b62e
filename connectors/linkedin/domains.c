/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domains of the snapshot, and when their walks begin: with the first
 * position in the changelog, after a gap in it, when the account was connected
 * anew (whose data are collated anew), and every few days, as connections are
 * in no changelog.
 */
#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"

#include "connectors/linkedin/private.h"

const struct sl_linkedin_domain sl_linkedin_domains[] = {
	{ "connections", "CONNECTIONS", "Connections",
	  SL_LINKEDIN_CONNECTIONS },
	{ "inbox", "INBOX", "Messages", SL_LINKEDIN_MESSAGES },
	{ "invitations", "INVITATIONS", "Invitations",
	  SL_LINKEDIN_INVITATIONS },
	{ "contacts", "CONTACTS", "Uploaded address book",
	  SL_LINKEDIN_CONTACTS },
	{ "emails", "EMAIL_ADDRESSES", "Own addresses", SL_LINKEDIN_EMAILS },
	{ "profile", "PROFILE", "Own profile", SL_LINKEDIN_PROFILE },
	{ "positions", "POSITIONS", "Own positions", SL_LINKEDIN_POSITIONS },
	{ .kind = NULL },
};

const struct sl_linkedin_domain *
sl_linkedin_domain_of(const char *kind)
{
	const struct sl_linkedin_domain *d = sl_linkedin_domains;

	for (; d->kind != NULL; d++)
		if (strcmp(d->kind, kind) == 0)
			return d;
	return NULL;
}

/** When the changelog was looked into last. */
static int64_t
looked_ms(const struct sl_turn *turn, const struct sl_linkedin_window *window)
{
	int64_t since = window->was > window->snapshots ? window->was
							: window->snapshots;

	if (turn->checked_us != SL_NO_TIME && turn->checked_us / 1000 > since)
		since = turn->checked_us / 1000;
	return since;
}

/** As far back as the changelog reaches. */
static int64_t
horizon_ms(const struct sl_turn *turn)
{
	return turn->now_us / 1000 - SL_LINKEDIN_HORIZON_DAYS * SL_MS_PER_DAY;
}

/** Longer than the changelog reaches back nobody looked into it. */
static bool
has_gap(const struct sl_turn *turn, const struct sl_linkedin_window *window)
{
	return looked_ms(turn, window) < horizon_ms(turn);
}

static int64_t
connected_ms(const struct sl_turn *turn)
{
	return turn->connected_us != SL_NO_TIME ? turn->connected_us / 1000 : 0;
}

static bool
is_time(const struct sl_turn *turn, const struct sl_linkedin_window *window)
{
	int64_t days = 0;

	(void)sl_parse_i64(sl_turn_setting(turn, SL_LINKEDIN_OPT_SNAPSHOT_DAYS),
			   &days);
	return turn->now_us / 1000 - window->snapshots >= days * SL_MS_PER_DAY;
}

/** Why all walks begin now; NULL: they do not. */
static const char *
reason(const struct sl_turn *turn, const struct sl_linkedin_window *window)
{
	if (window->snapshots == 0)
		return "first";
	if (has_gap(turn, window))
		return "gap";
	if (connected_ms(turn) > window->connected)
		return "connected-anew";
	return is_time(turn, window) ? "scheduled" : NULL;
}

static void
open_domain(const struct sl_linkedin_domain *domain, const char *wanted,
	    const char *told, bool anew, struct sl_page *page)
{
	struct sl_stream_change *change = sl_page_stream(page);
	bool was = told != NULL && sl_option_list_has(told, domain->kind);

	change->kind = domain->kind;
	change->key = "";
	change->title = domain->title;
	change->enabled = sl_option_list_has(wanted, domain->kind);
	change->rewalk = change->enabled && (anew || !was);
	change->reason = change->enabled ? NULL : "domain-off";
}

static void
put_ms(json_t *shown, const char *name, int64_t ms)
{
	char text[SL_RFC3339_TEXT];

	sl_rfc3339_format(ms * 1000, text);
	sl_json_put_text(shown, name, text);
}

static void
tell(const struct sl_turn *turn, const struct sl_linkedin_window *window,
     const char *why, struct sl_page *page)
{
	char text[SL_RFC3339_TEXT];

	sl_rfc3339_format(turn->now_us, text);
	page->shown = json_pack("{s:s, s:s}", "snapshots_at", text,
				"snapshots_why", why);
	if (strcmp(why, "gap") != 0)
		return;
	sl_json_put_text(page->shown, "gap_at", text);
	put_ms(page->shown, "lost_from", looked_ms(turn, window));
	put_ms(page->shown, "lost_to", horizon_ms(turn));
	put_ms(page->shown, "complete_from", horizon_ms(turn));
	page->warning = "the changelog was not read for more than 28 days: "
			"changes are missing, and the snapshots are read anew";
}

void
sl_linkedin_open_domains(const struct sl_turn *turn,
			 struct sl_linkedin_window *window,
			 struct sl_page *page)
{
	const char *wanted = sl_turn_setting(turn, SL_LINKEDIN_OPT_DOMAINS);
	const char *why = reason(turn, window);
	const struct sl_linkedin_domain *d = sl_linkedin_domains;

	if (why == NULL && sl_text_equal(wanted, window->domains))
		return;
	for (; d->kind != NULL; d++)
		open_domain(d, wanted, window->domains, why != NULL, page);
	window->domains = wanted;
	if (why == NULL)
		return;
	tell(turn, window, why, page);
	window->snapshots = turn->now_us / 1000;
	window->connected = connected_ms(turn);
}
