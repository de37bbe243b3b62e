/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/format.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/text.h"

#define MINUTE_S 60
#define HOUR_S   3600
#define DAY_S    86400

/** Longest text that is taken apart character by character, in bytes. */
#define CLEAN_MAX 8192

const char *
sl_format_count(struct sl_arena *arena, int64_t n)
{
	const char *sign = n < 0 ? "-" : "";
	uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
	const char *text = "";

	while (rest >= 1000) {
		text = sl_arena_printf(arena, ",%03" PRIu64 "%s", rest % 1000,
				       text);
		rest /= 1000;
	}
	return sl_arena_printf(arena, "%s%" PRIu64 "%s", sign, rest, text);
}

const char *
sl_format_stream(const char *title, const char *key, const char *kind)
{
	if (title != NULL)
		return title;
	return key[0] != '\0' ? key : kind;
}

const char *
sl_format_minute(struct sl_arena *arena, int64_t us)
{
	char text[SL_RFC3339_TEXT];

	if (us == SL_NO_TIME)
		return "";
	sl_rfc3339_format(us, text);
	return sl_arena_printf(arena, "%.10s %.5s", text, text + 11);
}

const char *
sl_format_plural(struct sl_arena *arena, int64_t n, const char *noun)
{
	return sl_arena_printf(arena, "%s %s%s", sl_format_count(arena, n),
			       noun, n == 1 ? "" : "s");
}

const char *
sl_format_bytes(struct sl_arena *arena, int64_t bytes)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB" };
	double value = (double)bytes / 1000;
	size_t unit = 0;

	if (bytes < 1000)
		return sl_arena_printf(arena, "%" PRId64 " B", bytes);
	while (value >= 999.5 && unit + 1 < SL_ARRAY_LEN(units)) {
		value /= 1000;
		unit++;
	}
	return sl_arena_printf(arena, value < 9.95 ? "%.1f %s" : "%.0f %s",
			       value, units[unit]);
}

const char *
sl_format_duration(struct sl_arena *arena, int64_t us)
{
	int64_t s = us / SL_US_PER_S;

	if (us < 10 * SL_US_PER_S)
		return sl_arena_printf(arena, "%.1f s",
				       (double)us / (double)SL_US_PER_S);
	if (s < MINUTE_S)
		return sl_arena_printf(arena, "%" PRId64 " s", s);
	if (s < HOUR_S && s % MINUTE_S == 0)
		return sl_arena_printf(arena, "%" PRId64 " min", s / MINUTE_S);
	if (s < HOUR_S)
		return sl_arena_printf(arena, "%" PRId64 " min %" PRId64 " s",
				       s / MINUTE_S, s % MINUTE_S);
	return sl_arena_printf(arena, "%" PRId64 " h %" PRId64 " min",
			       s / HOUR_S, s % HOUR_S / MINUTE_S);
}

static const char *
span(struct sl_arena *arena, int64_t s)
{
	if (s < MINUTE_S)
		return sl_arena_printf(arena, "%" PRId64 " s", s);
	if (s < HOUR_S)
		return sl_arena_printf(arena, "%" PRId64 " min", s / MINUTE_S);
	return sl_arena_printf(arena, "%" PRId64 " h", s / HOUR_S);
}

const char *
sl_format_when(struct sl_arena *arena, int64_t us, int64_t now_us)
{
	char text[SL_RFC3339_TEXT];
	int64_t s;

	if (us == SL_NO_TIME)
		return "never";
	s = (us - now_us) / SL_US_PER_S;
	if (s > DAY_S || s < -DAY_S) {
		sl_rfc3339_format(us, text);
		return sl_arena_strndup(arena, text, strlen("YYYY-MM-DD"));
	}
	if (s == 0)
		return "now";
	return s > 0 ? sl_arena_printf(arena, "in %s", span(arena, s))
		     : sl_arena_printf(arena, "%s ago", span(arena, -s));
}

/* The two bytes after 0xE2 that turn writing around: U+200E, 200F, 202A to
 * 202E, 2066 to 2069. */
static bool
turns_writing(const unsigned char *c)
{
	if (c[1] == 0x80)
		return c[2] == 0x8E || c[2] == 0x8F ||
		       (c[2] >= 0xAA && c[2] <= 0xAE);
	return c[1] == 0x81 && c[2] >= 0xA6 && c[2] <= 0xA9;
}

static bool
is_control(const char *text, size_t len)
{
	unsigned char c[3] = { 0, 0, 0 };

	memcpy(c, text, len < sizeof(c) ? len : sizeof(c));
	if (len == 1)
		return c[0] < 0x20 || c[0] == 0x7F;
	if (len == 2)
		return c[0] == 0xC2 && c[1] < 0xA0;
	return len == 3 && c[0] == 0xE2 && turns_writing(c);
}

const char *
sl_format_clean(struct sl_arena *arena, const char *text, size_t max)
{
	SL_AUTO_BUF buf = { .data = NULL };
	const char *at;
	size_t chars = 0;

	if (text == NULL)
		return "";
	at = sl_utf8_repair(arena, text, strnlen(text, CLEAN_MAX), NULL);
	sl_buf_init(&buf, (size_t)4 * CLEAN_MAX);
	while (*at != '\0') {
		size_t len = sl_utf8_length(at, strlen(at));

		if (len == 0)
			break;
		if (++chars > max) {
			sl_buf_adds(&buf, "...");
			break;
		}
		if (is_control(at, len))
			sl_buf_addc(&buf, '?');
		else
			sl_buf_add(&buf, at, len);
		at += len;
	}
	return sl_arena_strdup(arena, sl_buf_text(&buf));
}

size_t
sl_format_width(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xC0u) != 0x80u;
	return n;
}
