/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Google's OAuth scopes: short and long names, broad and narrow ones.
 *
 * Source: Google Identity, OAuth 2.0 scopes for Google APIs, read 2026-11
 */
#include <string.h>

#include "connectors/google/google.h"

#define PREFIX   "https://www.googleapis.com/auth/"
#define READONLY ".readonly"

/** A piece of a text. */
struct span {
	const char *at;
	size_t len;
};

static bool
span_is(struct span span, const char *text)
{
	return span.len == strlen(text) && memcmp(span.at, text, span.len) == 0;
}

static bool
span_begins(struct span span, const char *text)
{
	return span.len >= strlen(text) &&
	       memcmp(span.at, text, strlen(text)) == 0;
}

static bool
span_ends(struct span span, const char *text)
{
	size_t len = strlen(text);

	return span.len >= len &&
	       memcmp(span.at + span.len - len, text, len) == 0;
}

/** All of Gmail, and the one scope with a name of its own. */
#define MAIL "https://mail.google.com/"

/** "calendar.readonly", whichever way it was written. */
static struct span
short_name(struct span scope)
{
	if (span_begins(scope, PREFIX)) {
		scope.at += strlen(PREFIX);
		scope.len -= strlen(PREFIX);
	}
	if (span_is(scope, "userinfo.email"))
		return (struct span){ "email", strlen("email") };
	if (span_is(scope, "userinfo.profile"))
		return (struct span){ "profile", strlen("profile") };
	return scope;
}

/** Scopes that open what gmail.readonly does, and more. */
static bool
reads_mail(struct span granted)
{
	return span_is(granted, MAIL) || span_is(granted, "gmail.modify");
}

static bool
covers(struct span granted, struct span wanted)
{
	if (granted.len == wanted.len &&
	    memcmp(granted.at, wanted.at, wanted.len) == 0)
		return true;
	if (wanted.len == granted.len + strlen(READONLY) &&
	    memcmp(granted.at, wanted.at, granted.len) == 0 &&
	    span_ends(wanted, READONLY))
		return true;
	if (span_is(wanted, "gmail.readonly"))
		return reads_mail(granted);
	if (!span_begins(wanted, "calendar."))
		return false;
	if (span_is(granted, "calendar"))
		return true;
	/* Access lists are not among what calendar.readonly opens. */
	return span_is(granted, "calendar.readonly") &&
	       span_ends(wanted, READONLY) &&
	       !span_begins(wanted, "calendar.acls");
}

bool
sl_google_scope_granted(const char *granted, const char *wanted)
{
	struct span want = short_name((struct span){ wanted, strlen(wanted) });

	while (*granted != '\0') {
		struct span one = { granted, strcspn(granted, " ") };

		if (one.len > 0 && covers(short_name(one), want))
			return true;
		granted += one.len;
		granted += strspn(granted, " ");
	}
	return false;
}
