/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parameters and array literals, in PostgreSQL's text form.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"

#include "state/pg.h"

#define FIRST_CAP ((size_t)256)

/* "-9223372036854775808" with its NUL */
#define I64_TEXT 21

struct sl_pg_array {
	struct sl_arena *arena;
	char *data;
	size_t len, cap;
};

void
sl_params_init(struct sl_params *p, struct sl_arena *arena)
{
	*p = (struct sl_params){ .arena = arena };
}

void
sl_params_text(struct sl_params *p, const char *value)
{
	SL_ASSERT(p->count < (int)SL_ARRAY_LEN(p->values));
	p->values[p->count++] = value;
}

void
sl_params_i64(struct sl_params *p, int64_t value)
{
	sl_params_text(p, sl_arena_printf(p->arena, "%" PRId64, value));
}

void
sl_params_bool(struct sl_params *p, bool value)
{
	sl_params_text(p, value ? "t" : "f");
}

void
sl_params_double(struct sl_params *p, double value)
{
	sl_params_text(p, sl_arena_printf(p->arena, "%.17g", value));
}

/* NULL when absent; `buf` is used for an ordinary time. */
static const char *
time_text(int64_t us, char buf[SL_RFC3339_TEXT])
{
	if (us == SL_NO_TIME)
		return NULL;
	if (us == INT64_MAX)
		return "infinity";
	sl_rfc3339_format(us, buf);
	return buf;
}

void
sl_params_time(struct sl_params *p, int64_t us)
{
	char buf[SL_RFC3339_TEXT];

	sl_params_text(p, sl_arena_strdup(p->arena, time_text(us, buf)));
}

static char *
put_hex(char *at, const void *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *b = bytes;

	for (size_t i = 0; i < len; i++) {
		*at++ = digits[b[i] >> 4];
		*at++ = digits[b[i] & 15];
	}
	return at;
}

void
sl_params_bytes(struct sl_params *p, const void *bytes, size_t len)
{
	char *text;
	char *end;

	if (bytes == NULL) {
		sl_params_text(p, NULL);
		return;
	}
	text = sl_arena_array(p->arena, len + 2, 2);
	text[0] = '\\';
	text[1] = 'x';
	end = put_hex(text + 2, bytes, len);
	*end = '\0';
	sl_params_text(p, text);
}

struct sl_pg_array *
sl_pg_array_new(struct sl_arena *arena)
{
	struct sl_pg_array *a = SL_NEW(arena, struct sl_pg_array);

	a->arena = arena;
	a->cap = FIRST_CAP;
	a->data = sl_arena_alloc(arena, a->cap);
	a->data[0] = '{';
	a->len = 1;
	return a;
}

/* Room for `more` bytes, and for the two that end the literal. */
static char *
room(struct sl_pg_array *a, size_t more)
{
	size_t need, cap = a->cap;
	char *data;

	SL_ASSERT(!__builtin_add_overflow(a->len + 2, more, &need));
	if (need > cap) {
		while (cap < need)
			SL_ASSERT(!__builtin_mul_overflow(cap, 2, &cap));
		data = sl_arena_alloc(a->arena, cap);
		memcpy(data, a->data, a->len);
		a->data = data;
		a->cap = cap;
	}
	return a->data + a->len;
}

static char *
next(struct sl_pg_array *a, size_t more)
{
	char *at = room(a, more + 1);

	if (a->len > 1) {
		*at++ = ',';
		a->len++;
	}
	return at;
}

static void
add_plain(struct sl_pg_array *a, const char *text)
{
	size_t len = strlen(text);

	memcpy(next(a, len), text, len);
	a->len += len;
}

void
sl_pg_array_text(struct sl_pg_array *a, const char *value)
{
	size_t len;
	char *at, *start;

	if (value == NULL) {
		add_plain(a, "NULL");
		return;
	}
	len = strlen(value);
	start = at = next(a, 2 * len + 2);
	*at++ = '"';
	for (size_t i = 0; i < len; i++) {
		if (value[i] == '"' || value[i] == '\\')
			*at++ = '\\';
		*at++ = value[i];
	}
	*at++ = '"';
	a->len += (size_t)(at - start);
}

void
sl_pg_array_i64(struct sl_pg_array *a, int64_t value)
{
	char text[I64_TEXT];

	(void)snprintf(text, sizeof(text), "%" PRId64, value);
	add_plain(a, text);
}

void
sl_pg_array_bool(struct sl_pg_array *a, bool value)
{
	add_plain(a, value ? "t" : "f");
}

void
sl_pg_array_time(struct sl_pg_array *a, int64_t us)
{
	char buf[SL_RFC3339_TEXT];
	const char *text = time_text(us, buf);

	add_plain(a, text == NULL ? "NULL" : text);
}

void
sl_pg_array_bytes(struct sl_pg_array *a, const void *bytes, size_t len)
{
	static const char head[] = "\"\\\\x";
	char *at, *start;

	if (bytes == NULL) {
		add_plain(a, "NULL");
		return;
	}
	SL_ASSERT(len < SIZE_MAX / 4);
	start = at = next(a, 2 * len + sizeof(head));
	memcpy(at, head, sizeof(head) - 1);
	at = put_hex(at + sizeof(head) - 1, bytes, len);
	*at++ = '"';
	a->len += (size_t)(at - start);
}

const char *
sl_pg_array_done(struct sl_pg_array *a)
{
	char *at = room(a, 0);

	at[0] = '}';
	at[1] = '\0';
	return a->data;
}
