/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the browser comes back to after a consent. Pure.
 *
 * A desktop client takes any loopback address and port. A web client takes
 * only what is registered, byte for byte.
 */
#ifndef SL_CLI_REDIRECT_H
#define SL_CLI_REDIRECT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/error.h"

struct sl_redirect {
	bool listens;        /* false: only a pasted address can be taken  */
	const char *address; /* numeric, to bind                           */
	uint16_t port;       /* 0 = a free one                             */
	const char *host;    /* as the browser names it, brackets included */
	const char *path;    /* "/callback"                                */
	const char *uri;     /* registered as it is; NULL = made of the above */
};

struct sl_redirect_wish {
	const char *listen;            /* ADDR:PORT, or NULL         */
	const char *client_kind;       /* "web": only registered URIs */
	const char *const *registered; /* NULL-ended                  */
	bool pastes;                   /* can an address be pasted?   */
};

/** SL_CONFIG says what to register or which option to give. */
sl_status sl_redirect_plan(struct sl_arena *arena,
			   const struct sl_redirect_wish *wish,
			   struct sl_redirect *out, struct sl_error *err)
	SL_NODISCARD;

/** The whole URI, once the port is known. */
const char *sl_redirect_uri(struct sl_arena *arena,
			    const struct sl_redirect *redirect, uint16_t port);

#endif
