/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the HTTP client must know of a URL before it sends anything there.
 */
#ifndef SL_NET_URL_PRIVATE_H
#define SL_NET_URL_PRIVATE_H

#include "core/base/buf.h"

/** Longest URL that is built or sent, in bytes. */
#define SL_URL_BYTES_MAX 16384

/**
 * May a request go to `url`? https anywhere, http to loopback addresses only;
 * no user, password or fragment.
 *
 * origin	"https://host:port", always with the port, lower case
 *
 * NULL when it may; otherwise what is wrong, in words that never repeat the
 * URL.
 */
const char *sl_url_refusal(const char *url, struct sl_buf *origin) SL_NODISCARD;

#endif
