/* SPDX-License-Identifier: Apache-2.0 */
/*
 * URLs: what is put into one comes out of it the same; a foreign one is
 * refused, or has an origin that a request may go to. After a first byte 'o'
 * the rest is judged, after 'b' it is a base, else something to be encoded.
 *
 * covers: core/net/url.c
 */
#include "core/base/buf.h"

#include "core/net/url.h"
#include "core/net/url_private.h"

#include "tests/fuzz/kit.h"

#define BASE "https://api.example.com/v3/"

static void
check_origin(const char *url)
{
	SL_AUTO_BUF origin;
	SL_AUTO_BUF again;

	sl_buf_init(&origin, SL_URL_BYTES_MAX);
	sl_buf_init(&again, SL_URL_BYTES_MAX);
	if (sl_url_refusal(url, &origin) != NULL)
		return;
	SL_ASSERT(strncmp(origin.data, "https://", 8) == 0 ||
		  strncmp(origin.data, "http://localhost:", 17) == 0 ||
		  strncmp(origin.data, "http://127.", 11) == 0 ||
		  strncmp(origin.data, "http://[::1]:", 13) == 0);
	SL_ASSERT(strpbrk(origin.data, "@?# \r\n") == NULL);
	/* An origin is a URL with that origin. */
	SL_ASSERT(sl_url_refusal(origin.data, &again) == NULL);
	SL_ASSERT(strcmp(origin.data, again.data) == 0);
}

static void
check_built(const char *url)
{
	size_t base = sizeof(BASE) - 1;
	size_t segment = strcspn(url + base, "/?");

	SL_ASSERT(strlen(url) <= SL_URL_BYTES_MAX);
	SL_ASSERT(strncmp(url, BASE, base) == 0);
	SL_ASSERT(segment > 0 &&
		  strncmp(url + base + segment, "/x?a=", 5) == 0);
	/* Nothing in it but what the encoding leaves. */
	SL_ASSERT(url[strspn(url, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "abcdefghijklmnopqrstuvwxyz"
				  "0123456789-._~%/:?=&")] == '\0');
	SL_ASSERT(strstr(url, "/../") == NULL && strstr(url, "/./") == NULL);
}

static void
check_round_trip(struct sl_arena *arena, const char *text)
{
	const char *const path[] = { text, "x", NULL };
	const struct sl_param query[] = {
		{ "a", text }, { "none", NULL }, { "b c", text }, { NULL, NULL }
	};
	struct sl_error err;
	const char *url;
	sl_status status = sl_url_build(arena, BASE, path, query, &url, &err);

	if (status != SL_OK) {
		fuzz_check_error(&err, status);
		SL_ASSERT(status == SL_REJECTED);
		return;
	}
	check_built(url);
	SL_ASSERT(sl_text_equal(sl_url_query_get(arena, url, "a"), text));
	SL_ASSERT(sl_text_equal(sl_url_query_get(arena, url, "b c"), text));
	SL_ASSERT(sl_url_query_get(arena, url, "none") == NULL);
}

static void
check_base(struct sl_arena *arena, const char *base)
{
	struct sl_error err;
	const char *url;
	sl_status status = sl_url_build(arena, base, NULL, NULL, &url, &err);

	if (status == SL_OK)
		SL_ASSERT(strcmp(url, base) == 0);
	else
		fuzz_check_error(&err, status);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sl_arena *arena = fuzz_arena();
	const char *text;

	if (size == 0)
		return 0;
	text = fuzz_copy(arena, data + 1, size - 1);
	if (data[0] == 'o')
		check_origin(text);
	else if (data[0] == 'b')
		check_base(arena, text);
	else
		check_round_trip(arena, text);
	return 0;
}
