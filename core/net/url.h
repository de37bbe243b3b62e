/* SPDX-License-Identifier: Apache-2.0 */
/*
 * URLs and forms, encoded by libcurl.
 */
#ifndef SL_NET_URL_H
#define SL_NET_URL_H

#include <stdbool.h>

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/secret.h"

struct sl_param {
	const char *name; /* NULL ends a list */
	const char *value;
};

/**
 * base + percent-encoded path segments + query.
 *
 * base		absolute URL, may have a path; no query
 * segments	unencoded, NULL-ended; each is encoded whole ("a/b" is one
 *		segment "a%2Fb"); may be NULL
 * query	unencoded, ends with .name == NULL; may be NULL; a parameter
 *		whose value is NULL is left out
 * out		on the arena
 *
 * SL_CONFIG	base is no URL, or has a query
 * SL_REJECTED	a segment is "", "." or "..", or the URL would be too long
 */
sl_status sl_url_build(struct sl_arena *arena, const char *base,
		       const char *const *segments,
		       const struct sl_param *query, const char **out,
		       struct sl_error *err) SL_NODISCARD;

/**
 * Check an endpoint from outside (environment): https, or http to a loopback
 * address (127.0.0.0/8, [::1], localhost); no user, password or fragment.
 * SL_CONFIG names the variable.
 */
sl_status sl_url_check_endpoint(const char *variable, const char *url,
				struct sl_error *err) SL_NODISCARD;

/**
 * The value of one query parameter, decoded once ('+' is a space); NULL when
 * absent or when it holds a NUL. Of several the first counts.
 */
const char *sl_url_query_get(struct sl_arena *arena, const char *url,
			     const char *name);

/** The same for a value that is a secret; false when absent. */
bool sl_url_query_secret(const char *url, const char *name,
			 struct sl_secret *out) SL_NODISCARD;

/** application/x-www-form-urlencoded; values may be secrets, so is it. */
struct sl_form;
struct sl_form *sl_form_new(void) SL_NODISCARD;
void sl_form_free(struct sl_form **form);
void sl_form_add(struct sl_form *form, const char *name, const char *value);
void sl_form_add_secret(struct sl_form *form, const char *name,
			const struct sl_secret *value);
/** The body so far; borrowed from the form. */
const struct sl_secret *sl_form_body(const struct sl_form *form);

#endif
