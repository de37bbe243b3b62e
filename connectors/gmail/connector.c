/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/gmail/gmail.h"
#include "connectors/gmail/private.h"
#include "connectors/google/google.h"

static const char *const scopes[] = {
	"https://www.googleapis.com/auth/gmail.readonly",
	NULL,
};

static const struct sl_stream_kind kinds[] = {
	{ .name = SL_GMAIL_CHANGES,
	  .title = "New and changed mail",
	  .map_version = SL_GMAIL_MAP_VERSION,
	  .etag_counts = true,
	  .follows = true },
	{ .name = SL_GMAIL_BACKFILL,
	  .title = "All mail",
	  .opened_by = SL_GMAIL_CHANGES,
	  .map_version = SL_GMAIL_MAP_VERSION,
	  .etag_counts = true },
	{ .name = NULL },
};

static const char *const contents[] = { "full", "text", "subject", "metadata",
					NULL };

static const char *const contact_rules[] = { "sent", "replied", "all", "none",
					     NULL };

static const struct sl_option options[] = {
	{ .name = SL_GMAIL_OPT_SINCE,
	  .type = SL_OPT_DATE,
	  .fallback = "",
	  .effect = SL_EFFECT_WIDEN,
	  .help = "Leave out mail that arrived before this date (UTC)." },
	{ .name = SL_GMAIL_OPT_CONTENT,
	  .type = SL_OPT_CHOICE,
	  .fallback = "full",
	  .choices = contents,
	  .effect = SL_EFFECT_ERASE,
	  .help = "What is kept of a message: all of it but attachments, its "
		  "text without HTML, its subject, or only who, when and "
		  "where." },
	{ .name = "contacts",
	  .type = SL_OPT_CHOICE,
	  .fallback = "sent",
	  .choices = contact_rules,
	  .effect = SL_EFFECT_NOTHING,
	  .help = "Whom mail makes a contact: people written to, people whose "
		  "letters were answered or who answered, all people, or "
		  "nobody." },
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
	  .help = "Addresses and domains that never become a contact, "
		  "separated by commas." },
	SL_OPTION_TOMBSTONES,
	{ .name = NULL },
};

/*
 * Units a minute. A project from before 2026-05 may keep the old limits for a
 * while; which ones hold for it nobody can ask.
 *
 * Source: Gmail API, Usage limits, of 2025-12 and of 2026-05. At most 4
 * requests at once: more are refused as "Too many concurrent requests for
 * user", and all programs that read this mailbox share the limit.
 */
static const struct sl_quota quotas[] = {
	{ .since = "2025-01-01",
	  .user_per_minute = 15000,
	  .client_per_minute = 1200000,
	  .at_once = 4 },
	{ .since = "2026-05-01",
	  .user_per_minute = 6000,
	  .client_per_minute = 1200000,
	  .at_once = 4 },
	{ .since = NULL },
};

const struct sl_connector sl_gmail = {
	.name = "gmail",
	.title = "Gmail",
	.provider = &sl_google,
	.scopes = scopes,
	.kinds = kinds,
	.options = options,
	.quotas = quotas,
	.codes = sl_gmail_codes,
	.default_interval_s = 300,
	.ask = sl_gmail_ask,
	.read = sl_gmail_read,
	.classify = sl_gmail_classify,
	.erase = sl_gmail_erase,
};
