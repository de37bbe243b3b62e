/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Google's HTTP errors, mapped once: status and reason code to a remedy and a
 * scope. The message is only quoted.
 *
 * Source: Google Calendar API reference, Handle API errors, read 2026-11
 */
#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"

#include "connectors/google/google.h"

/** Bytes of Google's own message that are quoted. */
#define MESSAGE_MAX 200
/** Bytes of a reason code that are quoted. */
#define REASON_MAX 64
/** Reasons looked at in one body. */
#define REASONS_MAX 8
/** A used-up long quota does not clear sooner. */
#define LONG_QUOTA_MS INT64_C(3600000)
#define UNTIL_RESET   INT64_C(-1)

struct verdict {
	sl_status status;
	sl_scope scope;
	int64_t min_delay_ms; /* at least; 0 = as Google or policy says;
			       * UNTIL_RESET = until the day's quota is new */
	const char *words;
};

struct rule {
	const char *reason;
	struct verdict verdict;
};

/* Reasons that mean the same whichever 4xx status carries them. */
static const struct rule rules[] = {
	{ "rateLimitExceeded",
	  { SL_RETRY, SL_INTEGRATION, 0, "too many requests" } },
	{ "userRateLimitExceeded",
	  { SL_RETRY, SL_INTEGRATION, 0, "too many requests for this user" } },
	{ "RATE_LIMIT_EXCEEDED",
	  { SL_RETRY, SL_INTEGRATION, 0, "too many requests" } },
	{ "quotaExceeded",
	  { SL_RETRY, SL_INTEGRATION, LONG_QUOTA_MS,
	    "usage limits of this user are used up" } },
	{ "dailyLimitExceeded",
	  { SL_RETRY, SL_CLIENT, UNTIL_RESET,
	    "the Cloud project's daily quota is used up" } },
	{ "accessNotConfigured",
	  { SL_CONFIG, SL_CLIENT, 0,
	    "the API is not enabled in the Cloud project" } },
	{ "SERVICE_DISABLED",
	  { SL_CONFIG, SL_CLIENT, 0,
	    "the API is not enabled in the Cloud project" } },
	{ "insufficientPermissions",
	  { SL_REAUTH, SL_INTEGRATION, 0,
	    "the user did not grant a scope that is needed" } },
	{ "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
	  { SL_REAUTH, SL_INTEGRATION, 0,
	    "the user did not grant a scope that is needed" } },
	{ "domainPolicy",
	  { SL_CONFIG, SL_INTEGRATION, 0,
	    "the Workspace administrator blocks this access" } },
	/* Last: a status, less precise than any reason beside it. */
	{ "RESOURCE_EXHAUSTED",
	  { SL_RETRY, SL_INTEGRATION, 0, "too many requests" } },
};

struct complaint {
	const char *reasons[REASONS_MAX];
	size_t count;
	const char *message;
};

static void
add_reason(struct complaint *complaint, const char *reason)
{
	if (reason != NULL && *reason != '\0' && complaint->count < REASONS_MAX)
		complaint->reasons[complaint->count++] = reason;
}

static void
add_reasons(struct complaint *complaint, const json_t *array)
{
	size_t i;
	const json_t *one;

	json_array_foreach (array, i, one) {
		if (complaint->count >= REASONS_MAX - 1)
			return; /* one place stays for the status */
		add_reason(complaint, sl_json_text(one, "reason"));
	}
}

/** All shapes that Google's front ends and APIs answer with. */
static struct complaint
read_complaint(const json_t *body)
{
	struct complaint complaint = { .message = NULL };
	const json_t *error = sl_json_object(body, "error");

	if (error == NULL) {
		add_reason(&complaint, sl_json_text(body, "error"));
		complaint.message = sl_json_text(body, "error_description");
		return complaint;
	}
	add_reasons(&complaint, sl_json_array(error, "errors"));
	add_reasons(&complaint, sl_json_array(error, "details"));
	add_reason(&complaint, sl_json_text(error, "status"));
	complaint.message = sl_json_text(error, "message");
	return complaint;
}

bool
sl_google_has_reason(const json_t *body, const char *reason)
{
	struct complaint complaint = read_complaint(body);

	for (size_t i = 0; i < complaint.count; i++)
		if (strcmp(complaint.reasons[i], reason) == 0)
			return true;
	return false;
}

const char *
sl_google_message(const json_t *body)
{
	return read_complaint(body).message;
}

static const struct verdict *
by_reason(const struct complaint *complaint)
{
	for (size_t r = 0; r < SL_ARRAY_LEN(rules); r++)
		for (size_t i = 0; i < complaint->count; i++)
			if (strcmp(rules[r].reason, complaint->reasons[i]) == 0)
				return &rules[r].verdict;
	return NULL;
}

static struct verdict
gone(const struct sl_refusal *refusal)
{
	if (refusal->call->wanted_id != NULL)
		return (struct verdict){ SL_REJECTED, SL_ITEM, 0,
					 "the item is gone" };
	if (refusal->http_status == 410)
		return (struct verdict){ SL_RESYNC, SL_STREAM, 0,
					 "the stored position is too old" };
	return (struct verdict){ SL_REJECTED, SL_STREAM, 0,
				 "not there, or not for this user" };
}

static struct verdict
bad_request(const struct sl_refusal *refusal)
{
	if (refusal->had_cursor && refusal->call->wanted_id == NULL)
		return (struct verdict){ SL_RESYNC, SL_STREAM, 0,
					 "the stored position was refused" };
	return (struct verdict){ SL_CONFIG, SL_STREAM, 0,
				 "the request was refused as wrong" };
}

static struct verdict
by_status(const struct sl_refusal *refusal)
{
	switch (refusal->http_status) {
	case 400:
		return bad_request(refusal);
	case 401:
		return (struct verdict){ SL_REAUTH, SL_GRANT, 0,
					 "the access token was refused" };
	case 403:
		return (struct verdict){ SL_REJECTED, SL_STREAM, 0,
					 "access denied" };
	case 404:
	case 410:
		return gone(refusal);
	case 429:
		return (struct verdict){ SL_RETRY, SL_INTEGRATION, 0,
					 "too many requests" };
	case 408:
	case 409:
	case 412:
		return (struct verdict){ SL_RETRY, SL_STREAM, 0,
					 "not possible right now" };
	default:
		break;
	}
	if (refusal->http_status >= 500)
		return (struct verdict){ SL_RETRY, SL_STREAM, 0,
					 "Google has trouble" };
	if (refusal->http_status >= 400)
		return (struct verdict){ SL_CONFIG, SL_STREAM, 0,
					 "the request was refused" };
	if (refusal->http_status >= 300 && refusal->http_status != 304)
		return (struct verdict){ SL_RETRY, SL_STREAM, 0,
					 "redirected; a proxy or a portal?" };
	return (struct verdict){ SL_RETRY, SL_STREAM, 0, "unexpected answer" };
}

static int
cut(const char *text, size_t max)
{
	return (int)sl_utf8_cut(text, strlen(text), max);
}

static void
describe(const struct sl_refusal *refusal, const struct verdict *verdict,
	 const struct complaint *complaint, struct sl_error *err)
{
	const char *reason = complaint->count > 0 ? complaint->reasons[0] : "";
	const char *message =
		complaint->message != NULL ? complaint->message : "";

	(void)sl_fail(err, verdict->status, verdict->scope,
		      "%s (HTTP %d%s%.*s)%s%.*s", verdict->words,
		      refusal->http_status, *reason != '\0' ? ", " : "",
		      cut(reason, REASON_MAX), reason,
		      *message != '\0' ? ": " : "", cut(message, MESSAGE_MAX),
		      message);
	err->http_status = refusal->http_status;
}

static int64_t
delay(const struct sl_refusal *refusal, const struct verdict *verdict)
{
	int64_t least = verdict->min_delay_ms;

	if (verdict->status != SL_RETRY)
		return SL_NO_DELAY;
	if (least == UNTIL_RESET)
		least = sl_google_reset_ms(refusal->now_us);
	if (refusal->retry_after_ms < least && least > 0)
		return least;
	return refusal->retry_after_ms;
}

sl_status
sl_google_classify(const struct sl_refusal *refusal, struct sl_error *err)
{
	struct complaint complaint = read_complaint(refusal->body);
	const struct verdict *known = NULL;
	struct verdict verdict;

	if (refusal->http_status == 403 || refusal->http_status == 429)
		known = by_reason(&complaint);
	verdict = known != NULL ? *known : by_status(refusal);
	/* One item that may not be read must not stop the listing. */
	if (refusal->call->wanted_id != NULL && verdict.scope == SL_STREAM &&
	    (verdict.status == SL_REJECTED || verdict.status == SL_CONFIG)) {
		verdict.status = SL_REJECTED;
		verdict.scope = SL_ITEM;
	}
	describe(refusal, &verdict, &complaint, err);
	err->retry_after_ms = delay(refusal, &verdict);
	return verdict.status;
}
