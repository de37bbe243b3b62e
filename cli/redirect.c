/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/redirect.h"

#include <arpa/inet.h>
#include <string.h>

#include "core/base/text.h"

#define CALLBACK_PATH "/callback"
#define SCHEME        "http://"

/* Fill address and host from a name in an address; false: not loopback. */
static bool
read_host(struct sl_arena *arena, const char *name, bool any_ok,
	  struct sl_redirect *out)
{
	struct in_addr v4;
	struct in6_addr v6;

	if (strcmp(name, "localhost") == 0) {
		out->address = "127.0.0.1";
		out->host = "localhost";
		return true;
	}
	if (inet_pton(AF_INET, name, &v4) == 1) {
		bool any = v4.s_addr == htonl(INADDR_ANY);

		out->address = sl_arena_strdup(arena, name);
		out->host = any ? "127.0.0.1" : out->address;
		return (any && any_ok) || ntohl(v4.s_addr) >> 24 == 127;
	}
	if (inet_pton(AF_INET6, name, &v6) != 1)
		return false;
	out->address = sl_arena_strdup(arena, name);
	out->host = "[::1]";
	return IN6_IS_ADDR_LOOPBACK(&v6) ||
	       (any_ok && IN6_IS_ADDR_UNSPECIFIED(&v6));
}

/* "host:port" or "[v6]:port", `len` bytes of it. */
static bool
read_host_port(struct sl_arena *arena, const char *text, size_t len,
	       bool any_ok, struct sl_redirect *out)
{
	char *copy = sl_arena_strndup(arena, text, len);
	char *colon = strrchr(copy, ':');
	size_t end;
	int64_t port;

	if (colon == NULL || !sl_parse_i64(colon + 1, &port) || port < 0 ||
	    port > UINT16_MAX)
		return false;
	*colon = '\0';
	end = strlen(copy);
	if (end > 2 && copy[0] == '[' && copy[end - 1] == ']') {
		copy[end - 1] = '\0';
		copy++;
	}
	out->port = (uint16_t)port;
	return read_host(arena, copy, any_ok, out);
}

/* A registered URI on which a listener of ours can wait. */
static bool
read_registered(struct sl_arena *arena, const char *uri,
		struct sl_redirect *out)
{
	const char *rest = uri + strlen(SCHEME);
	size_t len;

	if (strncmp(uri, SCHEME, strlen(SCHEME)) != 0)
		return false;
	len = strcspn(rest, "/?#");
	*out = (struct sl_redirect){ .listens = true, .uri = uri };
	if (!read_host_port(arena, rest, len, false, out) || out->port == 0)
		return false;
	out->path = rest[len] == '/'
			    ? sl_arena_strndup(arena, rest + len,
					       strcspn(rest + len, "?#"))
			    : "/";
	return true;
}

static bool
is_registered(const char *const *registered, const char *uri)
{
	for (; *registered != NULL; registered++) {
		if (strcmp(*registered, uri) == 0)
			return true;
	}
	return false;
}

static sl_status
plan_listen(struct sl_arena *arena, const char *listen, struct sl_redirect *out,
	    struct sl_error *err)
{
	*out = (struct sl_redirect){ .listens = true, .path = CALLBACK_PATH };
	if (!read_host_port(arena, listen, strlen(listen), true, out))
		return sl_fail(err, SL_CONFIG, SL_CLIENT,
			       "--listen %s: needs a loopback address and a "
			       "port, like 127.0.0.1:8765 (0.0.0.0:8765 inside "
			       "a container)",
			       listen);
	return SL_OK;
}

/* A web client and --listen: the address must be registered just so. */
static sl_status
check_listen(struct sl_arena *arena, const struct sl_redirect_wish *wish,
	     const struct sl_redirect *plan, struct sl_error *err)
{
	const char *uri = sl_redirect_uri(arena, plan, plan->port);

	if (plan->port != 0 && is_registered(wish->registered, uri))
		return SL_OK;
	return sl_fail(err, SL_CONFIG, SL_CLIENT,
		       "this web client has not registered %s: add it in the "
		       "provider's console and run setup again",
		       uri);
}

static sl_status
plan_web(struct sl_arena *arena, const struct sl_redirect_wish *wish,
	 struct sl_redirect *out, struct sl_error *err)
{
	for (const char *const *uri = wish->registered; *uri != NULL; uri++) {
		if (read_registered(arena, *uri, out))
			return SL_OK;
	}
	if (wish->pastes && wish->registered[0] != NULL) {
		*out = (struct sl_redirect){ .listens = false,
					     .uri = wish->registered[0] };
		return SL_OK;
	}
	return sl_fail(err, SL_CONFIG, SL_CLIENT,
		       "this web client has no loopback redirect: register "
		       "http://127.0.0.1:8765%s in the provider's console, run "
		       "setup again and connect with --listen 127.0.0.1:8765",
		       CALLBACK_PATH);
}

sl_status
sl_redirect_plan(struct sl_arena *arena, const struct sl_redirect_wish *wish,
		 struct sl_redirect *out, struct sl_error *err)
{
	bool is_web = strcmp(wish->client_kind, "web") == 0;
	struct sl_redirect plan;
	sl_status st;

	if (wish->listen == NULL && is_web)
		return plan_web(arena, wish, out, err);
	st = plan_listen(arena,
			 wish->listen == NULL ? "127.0.0.1:0" : wish->listen,
			 &plan, err);
	if (st == SL_OK && is_web)
		st = check_listen(arena, wish, &plan, err);
	if (st == SL_OK)
		*out = plan;
	return st;
}

const char *
sl_redirect_uri(struct sl_arena *arena, const struct sl_redirect *redirect,
		uint16_t port)
{
	if (redirect->uri != NULL)
		return redirect->uri;
	return sl_arena_printf(arena, "http://%s:%u%s", redirect->host,
			       (unsigned)port, redirect->path);
}
