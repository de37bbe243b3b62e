/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gmail's refusals, where they mean something else than at Google's other
 * APIs, and what a person has to do about them. None of them hurts the
 * calendar of the same consent.
 *
 * Source: Gmail API, Handle API errors and Usage limits, read 2026-11
 */
#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"

#include "connectors/gmail/private.h"
#include "connectors/google/google.h"

/** A deadline in a message is believed within these bounds: Google has been
 *  seen to print times that were wrong. */
#define DEADLINE_MIN_MS INT64_C(60000)
#define DEADLINE_MAX_MS INT64_C(86400000)

/** "Queries per minute" is over after it. */
#define MINUTE_MS INT64_C(60000)

struct trouble {
	int http_status;
	const char *reason;
	sl_status status;
	sl_scope scope;
	const char *words;
};

/*
 * Words of people, who must do what. The first row that fits counts.
 *
 * A failed precondition may pass by itself once or twice: nothing is tried
 * again at once, but each run asks; its owner's calendar is not touched.
 */
static const struct trouble troubles[] = {
	{ 400, "failedPrecondition", SL_CONFIG, SL_INTEGRATION,
	  "this account has no mailbox that Gmail opens: its administrator "
	  "must switch Gmail on for it (Admin console, Apps, Google "
	  "Workspace), or disconnect it here if it has none; the next run "
	  "tries again" },
	{ 400, "FAILED_PRECONDITION", SL_CONFIG, SL_INTEGRATION,
	  "this account has no mailbox that Gmail opens: its administrator "
	  "must switch Gmail on for it (Admin console, Apps, Google "
	  "Workspace), or disconnect it here if it has none; the next run "
	  "tries again" },
	{ 403, "domainPolicy", SL_CONFIG, SL_INTEGRATION,
	  "the administrator of this account's Google Workspace does not "
	  "allow this app to read mail: they must trust it (Admin console, "
	  "Security, API controls)" },
	{ 403, "accessNotConfigured", SL_CONFIG, SL_CLIENT,
	  "the Gmail API is not enabled: enable it in the Cloud project of "
	  "the OAuth client (APIs & Services, Library)" },
	{ 403, "SERVICE_DISABLED", SL_CONFIG, SL_CLIENT,
	  "the Gmail API is not enabled: enable it in the Cloud project of "
	  "the OAuth client (APIs & Services, Library)" },
	{ 403, "insufficientPermissions", SL_REAUTH, SL_INTEGRATION,
	  "the consent does not cover mail: its user must run `sluice connect "
	  "gmail` and tick the box for Gmail" },
	{ 403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", SL_REAUTH, SL_INTEGRATION,
	  "the consent does not cover mail: its user must run `sluice connect "
	  "gmail` and tick the box for Gmail" },
};

static const struct trouble *
find_trouble(const struct sl_refusal *refusal)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(troubles); i++)
		if (troubles[i].http_status == refusal->http_status &&
		    sl_google_has_reason(refusal->body, troubles[i].reason))
			return &troubles[i];
	return NULL;
}

static int64_t
clamp(int64_t ms)
{
	if (ms < DEADLINE_MIN_MS)
		return DEADLINE_MIN_MS;
	return ms > DEADLINE_MAX_MS ? DEADLINE_MAX_MS : ms;
}

/** "User-rate limit exceeded.  Retry after 2026-11-20T12:15:00.000Z": nowhere
 *  else is it told. */
static int64_t
told_delay_ms(const struct sl_refusal *refusal, const char *message)
{
	static const char words[] = "Retry after ";
	const char *at = strcasestr(message, words);
	char text[40];
	size_t len;
	int64_t us;

	if (at == NULL)
		return SL_NO_DELAY;
	at += strlen(words);
	len = strspn(at, "0123456789-:.TtZz+");
	while (len > 0 && strchr(".:-+", at[len - 1]) != NULL)
		len--; /* the sentence's end */
	if (len == 0 || len >= sizeof(text))
		return SL_NO_DELAY;
	memcpy(text, at, len);
	text[len] = '\0';
	if (!sl_rfc3339_parse(text, &us))
		return SL_NO_DELAY;
	return clamp((us - refusal->now_us) / 1000);
}

/** How long Gmail wants us to wait, in whichever way it says so. */
static int64_t
wait_ms(const struct sl_refusal *refusal)
{
	const char *message = sl_google_message(refusal->body);
	int64_t told;

	if (message == NULL)
		return SL_NO_DELAY;
	told = told_delay_ms(refusal, message);
	if (told != SL_NO_DELAY)
		return told;
	if (strcasestr(message, "per minute") != NULL)
		return MINUTE_MS;
	return SL_NO_DELAY;
}

static bool
is_throttle(const struct sl_error *err)
{
	return err->status == SL_RETRY &&
	       (err->http_status == 429 || err->http_status == 403);
}

/* The time in the text is the deadline itself; a header can only add to it. */
static void
set_delay(const struct sl_refusal *refusal, struct sl_error *err)
{
	int64_t told = wait_ms(refusal);

	if (told == SL_NO_DELAY)
		return;
	/* what is over in a minute is no long quota, whatever its code */
	err->retry_after_ms =
		told > refusal->retry_after_ms ? told : refusal->retry_after_ms;
}

static sl_status
history_gone(struct sl_error *err)
{
	sl_status st =
		sl_fail(err, SL_RESYNC, SL_STREAM,
			"the mailbox's history no longer reaches back to "
			"our position (HTTP 404)");

	err->http_status = 404;
	return st;
}

static sl_status
tell(const struct sl_refusal *refusal, const struct trouble *trouble,
     struct sl_error *err)
{
	const char *message = sl_google_message(refusal->body);
	size_t len = message != NULL ? strlen(message) : 0;
	sl_status st = sl_fail(
		err, trouble->status, trouble->scope, "%s (HTTP %d, %s)%s%.*s",
		trouble->words, refusal->http_status, trouble->reason,
		len > 0 ? ": " : "",
		(int)sl_utf8_cut(len > 0 ? message : "", len, 120),
		len > 0 ? message : "");

	err->http_status = refusal->http_status;
	if (st == SL_RETRY)
		err->retry_after_ms = refusal->retry_after_ms;
	return st;
}

sl_status
sl_gmail_classify(const struct sl_refusal *refusal, struct sl_error *err)
{
	const struct trouble *trouble = find_trouble(refusal);
	sl_status st;

	if (trouble != NULL)
		return tell(refusal, trouble, err);
	if (refusal->http_status == 404 &&
	    refusal->call->tag == SL_GMAIL_HISTORY)
		return history_gone(err);
	st = sl_google_classify(refusal, err);
	if (is_throttle(err))
		set_delay(refusal, err);
	return st;
}
