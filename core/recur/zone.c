/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A zone file is three parts: a table for old readers, the same with 64 bit
 * times, and the rule for what comes after the table. Only the last two count.
 */
#include "core/recur/zone.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/recur/posix_tz.h"

#define HEADER_BYTES 44
#define TYPE_BYTES   6
#define OFFSET_MAX_S (26 * 3600) /* what RFC 8536 allows stays below */
#define RULE_MAX     128

struct sl_zone {
	const unsigned char *times;   /* 8 bytes each, ascending      */
	const unsigned char *indices; /* of the type each change is to */
	const unsigned char *types;
	size_t time_count;
	size_t type_count;
	bool has_rule;
	struct sl_posix_tz rule;
};

/* The counts that a header states, in its order. */
struct counts {
	size_t isut, isstd, leap, time, type, chars;
};

static uint32_t
read_u32(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	       (uint32_t)at[2] << 8 | (uint32_t)at[3];
}

static int64_t
read_i64(const unsigned char *at)
{
	return (int64_t)((uint64_t)read_u32(at) << 32 | read_u32(at + 4));
}

const char *
sl_zone_directory(void)
{
	const char *dir = secure_getenv("TZDIR");

	return dir != NULL && dir[0] == '/' ? dir : "/usr/share/zoneinfo";
}

static bool
is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* What the names of the zones have between their slashes. */
static bool
is_word(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '+' ||
	       c == '-';
}

/*
 * A to Z first, so neither absolute nor hidden nor one of the host's own
 * ("localtime", "posixrules"); no dot, so nothing leads upwards.
 */
static bool
is_zone_name(const char *name)
{
	size_t len = 0;

	if (name[0] < 'A' || name[0] > 'Z')
		return false;
	for (; name[len] != '\0'; len++) {
		if (len >= SL_ZONE_NAME_MAX)
			return false;
		if (!is_word(name[len]) &&
		    (name[len] != '/' || !is_word(name[len - 1])))
			return false;
	}
	return is_word(name[len - 1]);
}

static bool
read_all(int fd, unsigned char *bytes, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t n = read(fd, bytes + done, size - done);

		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

/* NULL when there is no such regular file of a sound size. */
static const unsigned char *
read_file(struct sl_arena *arena, const char *path, size_t *size)
{
	SL_CLEANUP(close_fd)
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	unsigned char *bytes;

	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_size <= 0 || st.st_size > SL_ZONE_FILE_MAX)
		return NULL;
	*size = (size_t)st.st_size;
	/* One more, zeroed: a rule without an end ends there. */
	bytes = sl_arena_alloc(arena, *size + 1);
	return read_all(fd, bytes, *size) ? bytes : NULL;
}

static size_t
block_bytes(const struct counts *n, size_t time_bytes)
{
	return n->time * (time_bytes + 1) + n->type * TYPE_BYTES + n->chars +
	       n->leap * (time_bytes + 4) + n->isstd + n->isut;
}

/* The header at `at` and the block after it must lie within the file. */
static bool
read_header(const unsigned char *file, size_t size, size_t at,
	    size_t time_bytes, struct counts *n)
{
	const unsigned char *head = file + at;

	if (size < at + HEADER_BYTES || memcmp(head, "TZif", 4) != 0 ||
	    head[4] < '2')
		return false;
	*n = (struct counts){
		.isut = read_u32(head + 20),
		.isstd = read_u32(head + 24),
		.leap = read_u32(head + 28),
		.time = read_u32(head + 32),
		.type = read_u32(head + 36),
		.chars = read_u32(head + 40),
	};
	/* Each count is below the file's size, or the sum is above it. */
	return block_bytes(n, time_bytes) <= size - at - HEADER_BYTES;
}

static bool
table_is_sound(const struct sl_zone *zone)
{
	if (zone->type_count == 0)
		return false;
	for (size_t i = 0; i < zone->type_count; i++) {
		int32_t s = (int32_t)read_u32(zone->types + i * TYPE_BYTES);

		if (s <= -OFFSET_MAX_S || s >= OFFSET_MAX_S)
			return false;
	}
	for (size_t i = 0; i < zone->time_count; i++) {
		if (zone->indices[i] >= zone->type_count)
			return false;
		if (i > 0 && read_i64(zone->times + i * 8) <=
				     read_i64(zone->times + (i - 1) * 8))
			return false;
	}
	return true;
}

/* "\nRULE\n"; nothing between says that the last offset stays. */
static bool
read_rule(const unsigned char *at, size_t size, struct sl_zone *zone)
{
	char text[RULE_MAX];
	const unsigned char *end;
	size_t len;

	if (size < 2 || at[0] != '\n')
		return false;
	end = memchr(at + 1, '\n', size - 1);
	if (end == NULL)
		return false;
	len = (size_t)(end - at) - 1;
	if (len == 0)
		return true;
	if (len >= sizeof(text))
		return false;
	memcpy(text, at + 1, len);
	text[len] = '\0';
	zone->has_rule = true;
	return sl_posix_tz_parse(text, &zone->rule);
}

/* Files that count leap seconds ("right/...") are another time scale. */
static bool
read_zone(const unsigned char *file, size_t size, struct sl_zone *zone)
{
	struct counts n;
	size_t at;

	if (!read_header(file, size, 0, 4, &n))
		return false;
	at = HEADER_BYTES + block_bytes(&n, 4);
	if (!read_header(file, size, at, 8, &n) || n.leap != 0)
		return false;
	at += HEADER_BYTES;
	zone->times = file + at;
	zone->indices = zone->times + n.time * 8;
	zone->types = zone->indices + n.time;
	zone->time_count = n.time;
	zone->type_count = n.type;
	at += block_bytes(&n, 8);
	return table_is_sound(zone) && read_rule(file + at, size - at, zone);
}

const struct sl_zone *
sl_zone_load(struct sl_arena *arena, const char *name)
{
	const unsigned char *file;
	struct sl_zone *zone;
	size_t size;

	if (name == NULL || !is_zone_name(name))
		return NULL;
	file = read_file(
		arena,
		sl_arena_printf(arena, "%s/%s", sl_zone_directory(), name),
		&size);
	if (file == NULL)
		return NULL;
	zone = SL_NEW(arena, struct sl_zone);
	return read_zone(file, size, zone) ? zone : NULL;
}

const struct sl_zone *
sl_zone_utc(void)
{
	static const struct sl_zone utc = { .has_rule = true };

	return &utc;
}

static int
type_offset(const struct sl_zone *zone, size_t type)
{
	return (int32_t)read_u32(zone->types + type * TYPE_BYTES);
}

/* How many changes lie at or before a moment. */
static size_t
changes_until(const struct sl_zone *zone, int64_t utc_s)
{
	size_t low = 0, high = zone->time_count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (read_i64(zone->times + mid * 8) <= utc_s)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct sl_zone_span
span_at(const struct sl_zone *zone, int64_t utc_s)
{
	size_t n = changes_until(zone, utc_s);
	int64_t from = n > 0 ? read_i64(zone->times + (n - 1) * 8) : INT64_MIN;
	struct sl_zone_span span;

	if (n == zone->time_count && zone->has_rule) {
		span = sl_posix_tz_span(&zone->rule, utc_s);
		if (span.from_s < from)
			span.from_s = from;
		return span;
	}
	return (struct sl_zone_span){
		.from_s = from,
		.to_s = n < zone->time_count ? read_i64(zone->times + n * 8)
					     : INT64_MAX,
		.offset_s = type_offset(zone, n > 0 ? zone->indices[n - 1] : 0),
	};
}

int64_t
sl_zone_to_civil(const struct sl_zone *zone, int64_t utc_s)
{
	return utc_s + span_at(zone, utc_s).offset_s;
}

/* Walk the offsets that could have shown this clock, oldest first. */
int64_t
sl_zone_to_utc(const struct sl_zone *zone, int64_t civil_s)
{
	struct sl_zone_span span = span_at(zone, civil_s - OFFSET_MAX_S);
	int before_s = span.offset_s;

	while (civil_s - span.offset_s >= span.to_s) {
		before_s = span.offset_s;
		span = span_at(zone, span.to_s);
	}
	if (civil_s - span.offset_s < span.from_s)
		return civil_s - before_s; /* skipped */
	return civil_s - span.offset_s;
}
