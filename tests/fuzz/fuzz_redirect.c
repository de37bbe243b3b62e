/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a consent comes back to: --listen, and the addresses of a client file.
 * A listener waits on loopback, or on all addresses when told so.
 * The input is flags in one byte, then texts between newlines.
 *
 * covers: cli/redirect.c
 */
#include <arpa/inet.h>

#include "cli/redirect.h"
#include "tests/fuzz/kit.h"

#define URIS_MAX 4

static bool
is_local(const char *address, bool any_ok)
{
	struct in_addr v4;
	struct in6_addr v6;

	if (inet_pton(AF_INET, address, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == 127 ||
		       (any_ok && v4.s_addr == INADDR_ANY);
	return inet_pton(AF_INET6, address, &v6) == 1 &&
	       (IN6_IS_ADDR_LOOPBACK(&v6) ||
		(any_ok && IN6_IS_ADDR_UNSPECIFIED(&v6)));
}

static bool
is_registered(const char *const *uris, const char *uri)
{
	while (*uris != NULL && strcmp(*uris, uri) != 0)
		uris++;
	return *uris != NULL;
}

static void
check_plan(struct sl_arena *arena, const struct sl_redirect_wish *wish,
	   const struct sl_redirect *plan)
{
	bool web = strcmp(wish->client_kind, "web") == 0;
	const char *uri = sl_redirect_uri(arena, plan, plan->port);

	SL_ASSERT(!web || is_registered(wish->registered, uri));
	if (!plan->listens) {
		SL_ASSERT(web && wish->pastes && wish->listen == NULL);
		return;
	}
	SL_ASSERT(is_local(plan->address, wish->listen != NULL));
	SL_ASSERT(plan->path[0] == '/' && strpbrk(plan->path, "?#") == NULL);
	SL_ASSERT(strncmp(uri, "http://", 7) == 0);
	if (plan->uri == NULL) /* the browser is sent to loopback */
		SL_ASSERT(strcmp(plan->host, "localhost") == 0 ||
			  strcmp(plan->host, "[::1]") == 0 ||
			  is_local(plan->host, false));
}

static void
split(char *text, const char *uris[URIS_MAX + 1])
{
	char *newline;

	for (size_t i = 0; i < URIS_MAX && text != NULL; i++) {
		uris[i] = text;
		newline = strchr(text, '\n');
		if (newline != NULL)
			*newline = '\0';
		text = newline == NULL ? NULL : newline + 1;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sl_arena *arena = fuzz_arena();
	const char *texts[URIS_MAX + 1] = { NULL };
	bool listen = size > 0 && (data[0] & 1) != 0;
	struct sl_redirect_wish wish = { .client_kind = "installed" };
	struct sl_redirect plan;
	struct sl_error err;
	sl_status status;

	if (size == 0)
		return 0;
	split(fuzz_copy(arena, data + 1, size - 1), texts);
	wish.pastes = (data[0] & 2) != 0;
	if ((data[0] & 4) != 0)
		wish.client_kind = "web";
	wish.listen = listen ? texts[0] : NULL;
	wish.registered = listen ? texts + 1 : texts;
	status = sl_redirect_plan(arena, &wish, &plan, &err);
	if (status == SL_OK)
		check_plan(arena, &wish, &plan);
	else
		fuzz_check_error(&err, status);
	return 0;
}
