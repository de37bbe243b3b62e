/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LinkedIn's refusals. One of them is an answer: "no data found" ends the pages
 * of a domain, or says on the first one that there is nothing, or not yet.
 *
 * Source: LinkedIn, Member Data Portability APIs, Rate Limiting, Error
 * Handling, read 2026-11
 */
#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"

#include "connectors/linkedin/linkedin.h"
#include "connectors/linkedin/private.h"

#define MESSAGE_SHOWN 160

static bool
says(const json_t *body, const char *words)
{
	const char *message = sl_json_text(body, "message");

	return message != NULL && strcasestr(message, words) != NULL;
}

bool
sl_linkedin_says_no_data(const json_t *body)
{
	return says(body, "no data found");
}

bool
sl_linkedin_says_inactive(const json_t *body)
{
	return sl_text_equal(sl_json_text(body, "code"),
			     "NONEXISTENT_VERSION") ||
	       (says(body, "version") && says(body, "is not active"));
}

sl_status
sl_linkedin_inactive(const json_t *body, struct sl_error *err)
{
	const char *message = sl_json_text(body, "message");

	return sl_fail(err, SL_CONFIG, SL_CLIENT,
		       "LinkedIn no longer takes version " SL_LINKEDIN_VERSION
		       " of its portability APIs: sluice must be updated%s%.*s",
		       message != NULL ? ": " : "",
		       message != NULL
			       ? (int)sl_utf8_cut(message, strlen(message),
						  MESSAGE_SHOWN)
			       : 0,
		       message != NULL ? message : "");
}

/** Daily limits are given again at 00:00 UTC. */
static int64_t
until_midnight_ms(int64_t now_us)
{
	return SL_MS_PER_DAY - now_us / 1000 % SL_MS_PER_DAY;
}

static sl_status
throttled(const struct sl_refusal *refusal, const char *words,
	  struct sl_error *err)
{
	bool daily = says(refusal->body, "DAY limit");
	int64_t wait = refusal->retry_after_ms;
	bool of_app = daily && says(refusal->body, "APPLICATION DAY limit");
	sl_status st =
		sl_fail(err, SL_RETRY, of_app ? SL_CLIENT : SL_INTEGRATION,
			daily ? "LinkedIn's limit of requests a day is "
				"reached: it begins anew at 00:00 UTC%s"
			      : "LinkedIn wants fewer requests%s",
			words);

	if (daily && until_midnight_ms(refusal->now_us) > wait)
		wait = until_midnight_ms(refusal->now_us);
	err->retry_after_ms = wait;
	return st;
}

static sl_status
forbidden(const char *words, struct sl_error *err)
{
	return sl_fail(err, SL_REAUTH, SL_INTEGRATION,
		       "LinkedIn does not open this member's data to the app: "
		       "the consent is gone (LinkedIn, Settings, Data privacy, "
		       "Permitted services), or the app lacks the product "
		       "\"Member Data Portability API\"; run sluice connect "
		       "linkedin%s",
		       words);
}

static sl_status
by_status(const struct sl_refusal *refusal, const char *words,
	  struct sl_error *err)
{
	switch (refusal->http_status) {
	case 401:
		return sl_fail(err, SL_REAUTH, SL_GRANT,
			       "LinkedIn refused the token%s", words);
	case 403:
		return forbidden(words, err);
	case 408:
	case 429:
		return throttled(refusal, words, err);
	case 404: /* but for the end of pages: the API itself is not there */
	case 426:
		break;
	default:
		if (refusal->http_status >= 400 && refusal->http_status < 500)
			return sl_fail(err, SL_CONFIG, SL_STREAM,
				       "LinkedIn does not understand the "
				       "request (HTTP %d)%s",
				       refusal->http_status, words);
	}
	return sl_fail(err, SL_RETRY, SL_STREAM,
		       "LinkedIn has trouble (HTTP %d)%s", refusal->http_status,
		       words);
}

sl_status
sl_linkedin_classify(const struct sl_refusal *refusal, struct sl_error *err)
{
	const char *message = sl_json_text(refusal->body, "message");
	char words[MESSAGE_SHOWN + 8] = "";
	sl_status st;

	if (message != NULL) {
		size_t len =
			sl_utf8_cut(message, strlen(message), MESSAGE_SHOWN);

		memcpy(words, ": ", 2);
		memcpy(words + 2, message, len);
		words[len + 2] = '\0';
	}
	if (refusal->call->tag != SL_LINKEDIN_EVENTS &&
	    refusal->http_status < 500 &&
	    sl_linkedin_says_no_data(refusal->body))
		st = sl_fail(err, SL_REJECTED, SL_ITEM, "no data%s", words);
	else if (refusal->http_status == 426 ||
		 sl_linkedin_says_inactive(refusal->body))
		st = sl_linkedin_inactive(refusal->body, err);
	else
		st = by_status(refusal, words, err);
	err->http_status = refusal->http_status;
	if (st == SL_RETRY && err->retry_after_ms == SL_NO_DELAY)
		err->retry_after_ms = refusal->retry_after_ms;
	return st;
}
