/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/linkedin/archive.h"
#include "connectors/linkedin/linkedin.h"
#include "connectors/linkedin/private.h"

/* One of the portability scopes stands for the others; this is the one that an
 * app may ask a browser for. Another set than before would end the member's
 * earlier tokens of this app. */
static const char *const scopes[] = {
	"r_dma_portability_3rd_party",
	NULL,
};

#define MAP_VERSION 1

/** A walk of one domain, opened by the changelog. */
#define DOMAIN(kind, words, lists, type)                                       \
	{                                                                      \
		.name = (kind), .title = (words),                              \
		.opened_by = SL_LINKEDIN_CHANGELOG,                            \
		.map_version = MAP_VERSION, .sweeps = (lists),                 \
		.walk_only = true, .holds = (type),                            \
	}

/* The inbox and the invitations are listed as far as LinkedIn keeps them: what
 * is not among them may have been deleted long before, or hidden. */
static const struct sl_stream_kind kinds[] = {
	{ .name = SL_LINKEDIN_CHANGELOG,
	  .title = "Changes",
	  .map_version = MAP_VERSION,
	  .horizon_days = SL_LINKEDIN_HORIZON_DAYS,
	  .follows = true },
	DOMAIN("connections", "Connections", "linkedin_connection",
	       "linkedin_connection"),
	DOMAIN("inbox", "Messages", "", "linkedin_message"),
	DOMAIN("invitations", "Invitations", "", "linkedin_invitation"),
	DOMAIN("contacts", "Uploaded address book", "", ""),
	DOMAIN("emails", "Own addresses", "", ""),
	DOMAIN("profile", "Own profile", "", ""),
	DOMAIN("positions", "Own positions", "", ""),
	{ .name = SL_LINKEDIN_ARCHIVE,
	  .title = "Data archive",
	  .map_version = MAP_VERSION,
	  .sweeps = "linkedin_connection",
	  .pushed = true },
	{ .name = NULL },
};

#define ALL_DOMAINS                                                            \
	"connections,inbox,invitations,contacts,emails,profile,positions"

static const char *const domains[] = { "connections", "inbox",  "invitations",
				       "contacts",    "emails", "profile",
				       "positions",   NULL };

static const char *const contact_rules[] = { "connected", "sent", "replied",
					     "all",       "none", NULL };

static const struct sl_option options[] = {
	{ .name = SL_LINKEDIN_OPT_DOMAINS,
	  .type = SL_OPT_LIST,
	  .fallback = ALL_DOMAINS,
	  .choices = domains,
	  .effect = SL_EFFECT_NOTHING,
	  .help = "Which of the member's data are read in full." },
	{ .name = SL_LINKEDIN_OPT_SNAPSHOT_DAYS,
	  .type = SL_OPT_NUMBER,
	  .fallback = "7",
	  .min = 1,
	  .max = 365,
	  .effect = SL_EFFECT_NOTHING,
	  .help = "Days until they are read in full again: connections come "
		  "and go by that alone." },
	{ .name = SL_LINKEDIN_OPT_COUNT,
	  .type = SL_OPT_NUMBER,
	  .fallback = "10",
	  .min = 10,
	  .max = 50,
	  .effect = SL_EFFECT_NOTHING,
	  .help = "Changes asked for at one time; LinkedIn recommends 10, and "
		  "is slow with more." },
	{ .name = "contacts",
	  .type = SL_OPT_CHOICE,
	  .fallback = "connected",
	  .choices = contact_rules,
	  .effect = SL_EFFECT_NOTHING,
	  .help = "Who becomes a contact: connections and people written to, "
		  "people written to, people whose messages were answered or "
		  "who answered, all people, or nobody." },
	{ .name = "contact_max_participants",
	  .type = SL_OPT_NUMBER,
	  .fallback = "25",
	  .min = 2,
	  .max = 1000,
	  .effect = SL_EFFECT_NOTHING,
	  .help = "Messages with more participants make nobody a contact." },
	{ .name = "block",
	  .type = SL_OPT_TEXT,
	  .fallback = "",
	  .max = 16384,
	  .effect = SL_EFFECT_NOTHING,
	  .help = "Addresses, domains and profiles that never become a "
		  "contact, separated by commas." },
	SL_OPTION_TOMBSTONES,
	{ .name = NULL },
};

/*
 * Requests. UNCONFIRMED: LinkedIn has limits of a day, of the app and of each
 * member, that its portal shows to the app's owner and its documents to nobody;
 * of a minute it tells none. This is a pace of our own, and 429 is heeded.
 *
 * Source: LinkedIn, Rate Limiting, read 2026-11
 */
static const struct sl_quota quotas[] = {
	{ .since = "2024-03-01",
	  .user_per_minute = 120,
	  .client_per_minute = 1200,
	  .at_once = 2 },
	{ .since = NULL },
};

/* Source: LinkedIn, Member Changelog API: about once an hour, read 2026-11 */
const struct sl_connector sl_linkedin = {
	.name = "linkedin",
	.title = "LinkedIn",
	.provider = &sl_linkedin_provider,
	.scopes = scopes,
	.kinds = kinds,
	.options = options,
	.quotas = quotas,
	.codes = sl_linkedin_codes,
	.default_interval_s = 3600,
	.ask = sl_linkedin_ask,
	.read = sl_linkedin_read,
	.classify = sl_linkedin_classify,
	.importer = &sl_linkedin_importer,
};
