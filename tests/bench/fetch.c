/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floor of a sync: fetch the same pages over one connection with sluice's
 * own HTTP client, look for the next page token and throw the rest away.
 *
 *	fetch BASE_URL PAGE_SIZE <file
 *
 * The file's first line is an access token, each other one a calendar's id.
 * Prints "requests wire-bytes decoded-bytes seconds".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/clock.h"
#include "core/base/text.h"

#include "core/net/http.h"
#include "core/net/url.h"

#define BODY_MAX (64u * 1024 * 1024)
#define LINE_MAX 1024

struct bench {
	struct sl_http *http;
	struct sl_secret token;
	const char *base, *page_size;
	uint64_t requests, wire_bytes, bytes;
};

/** The value of "nextPageToken", or NULL: a search, not a parser. */
static char *
next_page(struct sl_arena *arena, const struct sl_buf *body)
{
	static const char key[] = "\"nextPageToken\"";
	const char *text = sl_buf_text(body), *at, *end;

	at = memmem(text, body->len, key, strlen(key));
	if (at == NULL)
		return NULL;
	at = strchr(at + strlen(key), '"');
	end = at == NULL ? NULL : strchr(at + 1, '"');
	if (end == NULL)
		return NULL;
	return sl_arena_strndup(arena, at + 1, (size_t)(end - at - 1));
}

static char *
fetch_page(struct bench *bench, struct sl_arena *arena, const char *calendar,
	   const char *page)
{
	const char *const path[] = { "calendars", calendar, "events", NULL };
	const struct sl_param query[] = {
		{ "maxResults", bench->page_size }, { "pageToken", page },
		{ "singleEvents", "false" },        { "eventTypes", "default" },
		{ "eventTypes", "fromGmail" },      { NULL, NULL },
	};
	struct sl_exchange x = { .request = { .method = "GET",
					      .bearer = &bench->token,
					      .max_body = BODY_MAX } };
	struct sl_error err;
	char *next;

	if (sl_url_build(arena, bench->base, path, query, &x.request.url,
			 &err) != SL_OK) {
		(void)fprintf(stderr, "fetch: %s\n", err.text);
		exit(1);
	}
	sl_exchange_init(&x);
	sl_transport_perform(sl_http_transport(bench->http), &x);
	if (x.response.failure != SL_NET_NONE ||
	    x.response.http_status != 200) {
		(void)fprintf(stderr, "fetch: %s: HTTP %d %s\n", calendar,
			      x.response.http_status, x.response.text);
		exit(1);
	}
	bench->requests++;
	bench->wire_bytes += x.response.wire_bytes;
	bench->bytes += x.response.body.len;
	next = next_page(arena, &x.response.body);
	sl_exchange_release(&x);
	return next;
}

static void
fetch_calendar(struct bench *bench, const char *calendar)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	char *page = NULL;

	do
		page = fetch_page(bench, arena, calendar, page);
	while (page != NULL);
}

static bool
read_line(char line[LINE_MAX])
{
	if (fgets(line, LINE_MAX, stdin) == NULL)
		return false;
	line[strcspn(line, "\n")] = '\0';
	return *line != '\0';
}

int
main(int argc, char **argv)
{
	struct sl_http_config config = {
		.clock = &sl_system_clock,
		.user_agent = "sluice-bench (gzip)",
		.max_connections = 1,
	};
	struct bench bench = { .http = NULL };
	char line[LINE_MAX];
	struct sl_error err;
	int64_t began;

	if (argc != 3 || !read_line(line)) {
		(void)fputs("usage: fetch BASE_URL PAGE_SIZE <file\n", stderr);
		return 2;
	}
	bench.base = argv[1];
	bench.page_size = argv[2];
	sl_secret_set(&bench.token, line, strlen(line));
	if (sl_http_new(&config, &bench.http, &err) != SL_OK) {
		(void)fprintf(stderr, "fetch: %s\n", err.text);
		return 1;
	}
	began = sl_mono_us(&sl_system_clock);
	while (read_line(line))
		fetch_calendar(&bench, line);
	(void)printf("%llu %llu %llu %.3f\n",
		     (unsigned long long)bench.requests,
		     (unsigned long long)bench.wire_bytes,
		     (unsigned long long)bench.bytes,
		     (double)(sl_mono_us(&sl_system_clock) - began) / 1e6);
	sl_http_free(&bench.http);
	sl_secret_release(&bench.token);
	return 0;
}
