/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/linkedin/profile.h"

#include <string.h>
#include <strings.h>

#include "core/base/text.h"

#define DOMAIN "linkedin.com"

/** Behind the scheme, if there is one. */
static const char *
skip_scheme(const char *url)
{
	static const char *const schemes[] = { "https://", "http://", "//" };

	for (size_t i = 0; i < SL_ARRAY_LEN(schemes); i++)
		if (strncasecmp(url, schemes[i], strlen(schemes[i])) == 0)
			return url + strlen(schemes[i]);
	return url;
}

/** linkedin.com, or a name below it: www, de, m. */
static bool
is_ours(const char *host, size_t len)
{
	size_t domain = strlen(DOMAIN);

	if (len < domain ||
	    strncasecmp(host + len - domain, DOMAIN, domain) != 0)
		return false;
	return len == domain || host[len - domain - 1] == '.';
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/** A segment of a path without its percent signs; a lone one stays. */
static char *
decode(struct sl_arena *arena, const char *from, size_t len)
{
	char *out = sl_arena_alloc(arena, len + 1), *to = out;

	for (size_t i = 0; i < len; i++) {
		int high = -1, low = -1;

		if (from[i] == '%' && i + 2 < len) {
			high = hex(from[i + 1]);
			low = hex(from[i + 2]);
		}
		if (high < 0 || low < 0) {
			*to++ = from[i];
			continue;
		}
		*to++ = (char)(high << 4 | low);
		i += 2;
	}
	*to = '\0';
	return out;
}

static bool
is_usable(const char *slug, size_t len)
{
	if (len == 0 || len > SL_LINKEDIN_SLUG_MAX || strlen(slug) != len ||
	    !sl_utf8_valid(slug, len))
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)slug[i] <= ' ' || slug[i] == '/' ||
		    slug[i] == 0x7f)
			return false;
	return true;
}

const char *
sl_linkedin_slug(struct sl_arena *arena, const char *url)
{
	size_t len;
	char *slug;

	if (url == NULL)
		return NULL;
	url = skip_scheme(url + strspn(url, " \t\r\n"));
	len = strcspn(url, "/?#");
	if (!is_ours(url, len) || strncasecmp(url + len, "/in/", 4) != 0)
		return NULL;
	url += len + 4;
	len = strcspn(url, "/?# \t\r\n");
	if (len > 3 * SL_LINKEDIN_SLUG_MAX)
		return NULL;
	slug = decode(arena, url, len);
	len = strlen(slug);
	return is_usable(slug, len) ? sl_ascii_lower(arena, slug) : NULL;
}

const char *
sl_linkedin_profile(struct sl_arena *arena, const char *slug)
{
	static const char start[] = "https://www." DOMAIN "/in/";
	static const char digits[] = "0123456789ABCDEF";
	size_t len = strlen(slug);
	char *out = sl_arena_alloc(arena, sizeof(start) + 3 * len);
	char *to = out + sizeof(start) - 1;

	memcpy(out, start, sizeof(start));
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)slug[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || strchr("-._~", c);

		if (plain) {
			*to++ = slug[i];
			continue;
		}
		*to++ = '%';
		*to++ = digits[c >> 4];
		*to++ = digits[c & 15];
	}
	*to = '\0';
	return out;
}
