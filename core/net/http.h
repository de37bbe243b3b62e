/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTTP client: one thread running libcurl's multi interface.
 *
 * HTTP/2 where TLS offers it, connections kept and shared, gzip, TLS 1.2 or
 * newer always verified, https only (plain http for loopback addresses), no
 * redirects, no proxy unless the configuration names one (never for loopback
 * addresses), no cookies, no netrc. Decoded bytes are counted as they arrive.
 */
#ifndef SL_NET_HTTP_H
#define SL_NET_HTTP_H

#include "core/base/clock.h"

#include "core/net/transport.h"

#define SL_HTTP_CONNECT_TIMEOUT_MS 10000
#define SL_HTTP_TIMEOUT_MS         60000 /* default for a whole exchange   */
#define SL_HTTP_SLOW_BYTES_PER_S   200   /* slower than this ...           */
#define SL_HTTP_SLOW_SECONDS       15    /* ... for this long is a failure */
#define SL_HTTP_HEADER_BYTES_MAX   65536

/** The texts are copied; the clock is borrowed. */
struct sl_http_config {
	const struct sl_clock *clock;
	const char *user_agent;
	const char *ca_file;   /* PEM, instead of the system's; NULL = those  */
	const char *proxy;     /* NULL = none; the caller reads SLUICE_PROXY  */
	long max_connections;  /* per host; 0 = 8     */
	uint32_t slow_seconds; /* 0 = SL_HTTP_SLOW_SECONDS; tests shorten it */
	uint32_t connect_ms;   /* 0 = SL_HTTP_CONNECT_TIMEOUT_MS; likewise   */
};

struct sl_http; /* a struct sl_transport and its thread */

/** Starts the thread. SL_CONFIG when libcurl or the thread cannot start, or
 *  ca_file holds no certificate. */
sl_status sl_http_new(const struct sl_http_config *config, struct sl_http **out,
		      struct sl_error *err) SL_NODISCARD;

struct sl_transport *sl_http_transport(struct sl_http *http);

/** Cancels what is under way, joins the thread, frees; NULL is fine. */
void sl_http_free(struct sl_http **http);

#endif
