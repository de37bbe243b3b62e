/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can go wrong, named by its remedy.
 *
 * A fallible function returns a status that says what the caller should do
 * next, and fills a caller-owned error record that says what is hurt and why.
 * Library code returns errors and never logs them; engine and cli log each
 * failure once. Nobody ever parses `text`: what a program needs is a field.
 */
#ifndef SL_BASE_ERROR_H
#define SL_BASE_ERROR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/base/attr.h"

typedef enum sl_status {
	SL_OK = 0,
	SL_RETRY,     /* transient: not before err->retry_after_ms          */
	SL_RESYNC,    /* cursor refused by provider: the walk starts anew   */
	SL_REAUTH,    /* credential dead: a person must grant access again  */
	SL_SMALLER,   /* too large: halve the page; at one item reject it   */
	SL_REJECTED,  /* this item can never succeed: quarantine, go on     */
	SL_CONFIG,    /* the operator must change something                 */
	SL_CANCELLED, /* shutdown was asked for                             */
	SL_LOST,      /* the lease went to another process: drop everything */
	SL_BUG,       /* broken invariant: report, stop this stream         */
} sl_status;

/** What a failure hurts, from least to most. */
typedef enum sl_scope {
	SL_ITEM,
	SL_STREAM,
	SL_INTEGRATION,
	SL_GRANT,
	SL_CLIENT,
} sl_scope;

/** Longest error text kept, with its NUL; longer ones end in "...". */
#define SL_ERROR_TEXT_MAX 512

/** No delay was named: the retry policy chooses one. */
#define SL_NO_DELAY (-1)

/** Lives on the caller's stack; owns no memory; valid after failure only. */
struct sl_error {
	sl_status status;
	sl_scope scope;
	int http_status;              /* 0 when no HTTP answer took place  */
	int64_t retry_after_ms;       /* SL_NO_DELAY = let policy choose   */
	char sqlstate[6];             /* "" when no database was involved  */
	const char *code;             /* the provider's, from a constant table;
				       * NULL = none of them               */
	bool unopened;                /* a stored secret did not open      */
	char text[SL_ERROR_TEXT_MAX]; /* one line, no secrets, UTF-8       */
};

/**
 * Fill `err` and return `status`, so that a failure is one statement:
 *
 *	return sl_fail(err, SL_CONFIG, SL_CLIENT, "%s: no such file", path);
 *
 * Control characters in the text become spaces; it stays one line.
 */
sl_status sl_fail(struct sl_error *err, sl_status status, sl_scope scope,
		  const char *fmt, ...) SL_PRINTF(4, 5);

/** Prefix the text with what the caller was doing: "doing: cause". */
sl_status sl_error_wrap(struct sl_error *err, const char *fmt, ...)
	SL_PRINTF(2, 3);

/** Lower-case stable name: "ok", "retry", "resync", ... for logs and rows. */
const char *sl_status_name(sl_status status);

/** "item", "stream", "integration", "grant", "client". */
const char *sl_scope_name(sl_scope scope);

/** A broken invariant: say it on stderr and abort. On in release builds. */
SL_NORETURN void sl_bug(const char *file, int line, const char *what);

#define SL_ASSERT(cond) ((cond) ? (void)0 : sl_bug(__FILE__, __LINE__, #cond))

#endif
