/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conservative on purpose: what is not plainly one mailbox is no identity.
 * Comments, groups, lists and domain literals are refused.
 */
#include "core/people/address.h"

#include <idn2.h>
#include <stdint.h>
#include <string.h>

#include "core/base/text.h"

/* Lowering and IDNA change lengths little; longer input is never usable. */
#define INPUT_MAX ((size_t)4 * SL_ADDRESS_MAX)
#define LABEL_MAX 63

struct span {
	const char *start;
	size_t len;
};

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct span
trimmed(struct span s)
{
	while (s.len > 0 && is_space(s.start[0])) {
		s.start++;
		s.len--;
	}
	while (s.len > 0 && is_space(s.start[s.len - 1]))
		s.len--;
	return s;
}

/* Without "<...>" around and "mailto:" before, with no "?subject=" after. */
static struct span
unwrapped(struct span s)
{
	static const char scheme[] = "mailto:";
	const size_t scheme_len = sizeof(scheme) - 1;
	const char *query;

	s = trimmed(s);
	if (s.len >= 2 && s.start[0] == '<' && s.start[s.len - 1] == '>') {
		s.start++;
		s.len -= 2;
		s = trimmed(s);
	}
	if (s.len < scheme_len || strncasecmp(s.start, scheme, scheme_len) != 0)
		return s;
	s.start += scheme_len;
	s.len -= scheme_len;
	query = memchr(s.start, '?', s.len);
	if (query != NULL)
		s.len = (size_t)(query - s.start);
	return trimmed(s);
}

/* White space, controls and invisible marks: none belongs in an address. */
static bool
is_blank_or_control(uint32_t point)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x0000, 0x0020 }, { 0x007f, 0x00a0 }, { 0x00ad, 0x00ad },
		{ 0x061c, 0x061c }, { 0x1680, 0x1680 }, { 0x180e, 0x180e },
		{ 0x2000, 0x200f }, { 0x2028, 0x202f }, { 0x205f, 0x206f },
		{ 0x3000, 0x3000 }, { 0xfeff, 0xfeff },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(ranges); i++) {
		if (point >= ranges[i].first && point <= ranges[i].last)
			return true;
	}
	return false;
}

static bool
is_clean(struct span s)
{
	size_t n;

	for (size_t i = 0; i < s.len; i += n) {
		n = sl_utf8_length(s.start + i, s.len - i);
		if (n == 0 ||
		    is_blank_or_control(sl_utf8_point(s.start + i, n)))
			return false;
	}
	return true;
}

/* Length of a quoted text with its quotes, something in them; 0 = none. */
static size_t
quoted_length(struct span s)
{
	size_t i = 1;

	while (i < s.len && s.start[i] != '"')
		i += s.start[i] == '\\' ? 2 : 1;
	return i > 1 && i < s.len ? i + 1 : 0;
}

/* Length of the local part, which an "@" follows; 0 = none usable. */
static size_t
local_length(struct span s)
{
	size_t len = 0;

	if (s.len > 0 && s.start[0] == '"')
		len = quoted_length(s);
	else
		while (len < s.len &&
		       strchr("()<>[]:;,\\\"@", s.start[len]) == NULL)
			len++;
	return len < s.len && s.start[len] == '@' ? len : 0;
}

static bool
is_ldh(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
	       c == '_';
}

/* 1 to 63 lower-case letters, digits, underscores, inner hyphens. */
static bool
is_label(const char *label, size_t len)
{
	if (len == 0 || len > LABEL_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!is_ldh(label[i]))
			return false;
	}
	return label[0] != '-' && label[len - 1] != '-';
}

static bool
is_ascii_domain(const char *domain)
{
	for (;;) {
		size_t len = strcspn(domain, ".");

		if (!is_label(domain, len))
			return false;
		if (domain[len] == '\0')
			return true;
		domain += len + 1;
	}
}

/* IDNA 2008, with UTS 46 mapping of capitals and wide forms. */
static char *
domain_to_ascii(struct sl_arena *arena, const char *domain)
{
	char *ascii = NULL;
	char *copy;

	if (idn2_to_ascii_8z(domain, &ascii, IDN2_NONTRANSITIONAL) != IDN2_OK)
		return NULL;
	copy = sl_ascii_lower(arena, ascii);
	idn2_free(ascii);
	return copy;
}

static bool
is_ascii(const char *text)
{
	while (*text != '\0' && (unsigned char)*text < 0x80)
		text++;
	return *text == '\0';
}

static char *
normalised_domain(struct sl_arena *arena, struct span s)
{
	char *domain = sl_arena_strndup(arena, s.start, s.len);
	size_t len;

	/* ASCII needs no conversion: libidn2 would only refuse underscores
	 * and odd "xn--" labels that name servers accept. */
	domain = is_ascii(domain) ? sl_ascii_lower(arena, domain)
				  : domain_to_ascii(arena, domain);
	if (domain == NULL)
		return NULL;
	len = strlen(domain);
	if (len > 0 && domain[len - 1] == '.')
		domain[len - 1] = '\0';
	return is_ascii_domain(domain) ? domain : NULL;
}

char *
sl_address_normalise(struct sl_arena *arena, const char *address)
{
	struct span s = { .start = address };
	size_t local;
	char *domain, *result;

	if (address == NULL)
		return NULL;
	s.len = strnlen(address, INPUT_MAX + 1);
	if (s.len > INPUT_MAX)
		return NULL;
	s = unwrapped(s);
	local = local_length(s);
	if (local == 0 || !is_clean(s))
		return NULL;
	domain = normalised_domain(arena,
				   (struct span){ .start = s.start + local + 1,
						  .len = s.len - local - 1 });
	if (domain == NULL || local + 1 + strlen(domain) > SL_ADDRESS_MAX)
		return NULL;
	result = sl_arena_printf(arena, "%.*s", (int)local, s.start);
	result = sl_ascii_lower(arena, result);
	return sl_arena_printf(arena, "%s@%s", result, domain);
}

static bool
is_separator(char c)
{
	return c == '-' || c == '_' || c == '.' || c == '+';
}

/* Does `name` begin here and end at a boundary? "-" stands for any separator. */
static bool
begins_with(const char *at, const char *end, const char *name)
{
	for (; *name != '\0'; name++, at++) {
		if (at == end)
			return false;
		if (*name == '-' ? !is_separator(*at) : *at != *name)
			return false;
	}
	return at == end || is_separator(*at);
}

bool
sl_address_is_machine(const char *normalised)
{
	static const char *const names[] = {
		"no-reply",      "noreply",       "do-not-reply", "donotreply",
		"mailer-daemon", "postmaster",    "bounce",       "bounces",
		"notification",  "notifications",
	};
	const char *end = normalised == NULL ? NULL : strrchr(normalised, '@');

	for (const char *at = normalised; end != NULL && at < end; at++) {
		if (at != normalised && !is_separator(at[-1]))
			continue;
		for (size_t i = 0; i < SL_ARRAY_LEN(names); i++) {
			if (begins_with(at, end, names[i]))
				return true;
		}
	}
	return false;
}
