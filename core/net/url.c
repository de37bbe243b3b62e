/* SPDX-License-Identifier: Apache-2.0 */
#include "core/net/url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <limits.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/text.h"

#include "core/net/init_private.h"
#include "core/net/url_private.h"

static void
free_curlu(CURLU **url)
{
	curl_url_cleanup(*url);
}

static void
free_curl_text(char **text)
{
	curl_free(*text);
}

#define AUTO_CURLU     SL_CLEANUP(free_curlu) CURLU *
#define AUTO_CURL_TEXT SL_CLEANUP(free_curl_text) char *

static CURLU *
parse_url(const char *url)
{
	CURLU *parsed = sl_net_init() == CURLE_OK ? curl_url() : NULL;

	SL_ASSERT(parsed);
	if (strlen(url) > SL_URL_BYTES_MAX ||
	    curl_url_set(parsed, CURLUPART_URL, url, CURLU_PATH_AS_IS) !=
		    CURLUE_OK) {
		curl_url_cleanup(parsed);
		return NULL;
	}
	return parsed;
}

static bool
has_part(CURLU *url, CURLUPart part)
{
	AUTO_CURL_TEXT text = NULL;

	return curl_url_get(url, part, &text, 0) == CURLUE_OK;
}

/** Decided by the literal alone: no name but "localhost" is looked up. */
static bool
is_loopback(const char *host)
{
	struct in_addr four;

	if (sl_ascii_iequal(host, "localhost") || strcmp(host, "[::1]") == 0)
		return true;
	return inet_pton(AF_INET, host, &four) == 1 &&
	       ntohl(four.s_addr) >> 24 == 127;
}

/** A name or an address; libcurl takes, and decodes, much more than that. */
static bool
is_host(const char *host)
{
	static const char in_name[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz"
				      "0123456789-._";

	if (*host == '[')
		return true; /* libcurl has parsed the IPv6 address */
	return *host != '\0' && host[strspn(host, in_name)] == '\0';
}

static void
add_lower(struct sl_buf *out, const char *text)
{
	for (; *text; text++) {
		bool upper = *text >= 'A' && *text <= 'Z';

		sl_buf_addc(out, upper ? (char)(*text - 'A' + 'a') : *text);
	}
}

static const char *
refusal_of_host(CURLU *url, struct sl_buf *origin)
{
	AUTO_CURL_TEXT scheme = NULL;
	AUTO_CURL_TEXT host = NULL;
	AUTO_CURL_TEXT port = NULL;

	if (curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK ||
	    curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) !=
		    CURLUE_OK)
		return "is no absolute URL";
	if (!is_host(host))
		return "must name its host by letters, digits, '-', '.' "
		       "and '_'";
	if (strcmp(scheme, "https") != 0 &&
	    !(strcmp(scheme, "http") == 0 && is_loopback(host)))
		return "must begin with https:// (http:// is for loopback "
		       "addresses only)";
	sl_buf_adds(origin, scheme);
	sl_buf_adds(origin, "://");
	add_lower(origin, host);
	sl_buf_addc(origin, ':');
	sl_buf_adds(origin, port);
	return NULL;
}

const char *
sl_url_refusal(const char *url, struct sl_buf *origin)
{
	AUTO_CURLU parsed = parse_url(url);

	if (!parsed)
		return "is no absolute URL";
	if (has_part(parsed, CURLUPART_USER) ||
	    has_part(parsed, CURLUPART_PASSWORD))
		return "must not hold a user or password";
	if (has_part(parsed, CURLUPART_FRAGMENT))
		return "must not hold a fragment (#)";
	return refusal_of_host(parsed, origin);
}

sl_status
sl_url_check_endpoint(const char *variable, const char *url,
		      struct sl_error *err)
{
	SL_AUTO_BUF origin;
	const char *refusal;

	sl_buf_init(&origin, SL_URL_BYTES_MAX);
	refusal = sl_url_refusal(url, &origin);
	if (refusal)
		return sl_fail(err, SL_CONFIG, SL_CLIENT, "%s %s", variable,
			       refusal);
	return SL_OK;
}

static void
add_escaped(struct sl_buf *out, const char *text)
{
	size_t len = strlen(text);
	AUTO_CURL_TEXT escaped = NULL;

	/* Past the buffer's maximum anyway, and curl counts in int. */
	if (len > SL_URL_BYTES_MAX) {
		sl_buf_add(out, text, len);
		return;
	}
	escaped = curl_easy_escape(NULL, text, (int)len);
	SL_ASSERT(escaped); /* out of memory */
	sl_buf_adds(out, escaped);
}

/** An id from outside must stay one segment on every server: "..", "" do not. */
static bool
is_segment(const char *text)
{
	return *text && strcmp(text, ".") != 0 && strcmp(text, "..") != 0;
}

static bool
add_path(struct sl_buf *out, const char *base, const char *const *segments)
{
	size_t len = strlen(base);

	if (segments && *segments) {
		while (len > 0 && base[len - 1] == '/')
			len--;
	}
	sl_buf_add(out, base, len);
	for (; segments && *segments; segments++) {
		if (!is_segment(*segments))
			return false;
		sl_buf_addc(out, '/');
		add_escaped(out, *segments);
	}
	return true;
}

static void
add_query(struct sl_buf *out, const struct sl_param *query)
{
	char separator = '?';

	for (; query && query->name; query++) {
		if (!query->value)
			continue;
		sl_buf_addc(out, separator);
		add_escaped(out, query->name);
		sl_buf_addc(out, '=');
		add_escaped(out, query->value);
		separator = '&';
	}
}

sl_status
sl_url_build(struct sl_arena *arena, const char *base,
	     const char *const *segments, const struct sl_param *query,
	     const char **out, struct sl_error *err)
{
	AUTO_CURLU parsed = parse_url(base);
	SL_AUTO_BUF url;

	sl_buf_init(&url, SL_URL_BYTES_MAX);
	if (!parsed || !has_part(parsed, CURLUPART_HOST))
		return sl_fail(err, SL_CONFIG, SL_CLIENT,
			       "endpoint is no absolute URL");
	if (strpbrk(base, "?#"))
		return sl_fail(err, SL_CONFIG, SL_CLIENT,
			       "endpoint must not hold a query or fragment");
	if (!add_path(&url, base, segments))
		return sl_fail(err, SL_REJECTED, SL_ITEM,
			       "id cannot be part of a URL's path");
	add_query(&url, query);
	if (url.overflow)
		return sl_fail(err, SL_REJECTED, SL_ITEM,
			       "URL would be longer than %d bytes",
			       SL_URL_BYTES_MAX);
	*out = sl_arena_strdup(arena, sl_buf_text(&url));
	return SL_OK;
}

/** Decode one value in form encoding; false when it holds a NUL. */
static bool
decode(const char *bytes, size_t len, struct sl_secret *out)
{
	struct sl_secret spaced = { 0 };
	char *decoded;
	int decoded_len = 0;
	bool ok;

	if (len == 0) {
		sl_secret_set(out, "", 0);
		return true;
	}
	sl_secret_set(&spaced, bytes, len);
	for (size_t i = 0; i < len; i++) {
		if (spaced.bytes[i] == '+')
			spaced.bytes[i] = ' ';
	}
	decoded = curl_easy_unescape(NULL, (const char *)spaced.bytes, (int)len,
				     &decoded_len);
	sl_secret_release(&spaced);
	SL_ASSERT(decoded); /* out of memory */
	ok = !memchr(decoded, '\0', (size_t)decoded_len);
	if (ok)
		sl_secret_set(out, decoded, (size_t)decoded_len);
	sl_wipe(decoded, (size_t)decoded_len);
	curl_free(decoded);
	return ok;
}

/** Does the undecoded "name=value" of this length have that name? */
static bool
pair_has_name(const char *pair, size_t len, const char *name)
{
	struct sl_secret decoded = { 0 };
	const char *equals = memchr(pair, '=', len);
	size_t name_len = equals ? (size_t)(equals - pair) : len;
	bool same = decode(pair, name_len, &decoded) &&
		    decoded.len == strlen(name) &&
		    memcmp(decoded.bytes ? (const char *)decoded.bytes : "",
			   name, decoded.len) == 0;

	sl_secret_release(&decoded);
	return same;
}

bool
sl_url_query_secret(const char *url, const char *name, struct sl_secret *out)
{
	const char *pair = strchr(url, '?');
	const char *end = url + strcspn(url, "#");

	if (!pair || pair > end || strlen(url) > SL_URL_BYTES_MAX)
		return false;
	for (pair++; pair <= end; pair++) {
		size_t len = strcspn(pair, "&#");
		const char *equals = memchr(pair, '=', len);

		if (pair_has_name(pair, len, name)) {
			const char *value = equals ? equals + 1 : pair + len;

			return decode(value, (size_t)(pair + len - value), out);
		}
		pair += len;
	}
	return false;
}

const char *
sl_url_query_get(struct sl_arena *arena, const char *url, const char *name)
{
	SL_AUTO_SECRET value = { 0 };

	if (!sl_url_query_secret(url, name, &value))
		return NULL;
	return sl_arena_strndup(
		arena, value.bytes ? (const char *)value.bytes : "", value.len);
}
