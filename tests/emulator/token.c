/* SPDX-License-Identifier: Apache-2.0 */
#include "token.h"

#include <stdlib.h>
#include <string.h>

#define FIELDS 9

static void
veil(char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		text[i] = (char)(text[i] ^ (char)(emu_mix(i + 77) & 0x7f));
}

static uint64_t
check_sum(const uint64_t *v)
{
	uint64_t h = 42;

	for (size_t i = 0; i < FIELDS; i++)
		h = emu_mix(h ^ v[i]) + i;
	return h & 0xffffff;
}

void
emu_put_token(struct emu_buf *b, const struct emu_token *t)
{
	const uint64_t v[FIELDS] = { t->type,  t->account, t->calendar,
				     t->epoch, t->seq,     t->position,
				     t->sub,   t->salt,    t->fingerprint };
	struct emu_buf plain = { 0 };

	for (size_t i = 0; i < FIELDS; i++)
		emu_putf(&plain, "%llx.", (unsigned long long)v[i]);
	emu_putf(&plain, "%llx", (unsigned long long)check_sum(v));
	while (plain.len % 3 != 1) /* so that it ends in "==" */
		emu_putc(&plain, ' ');
	veil(plain.data, plain.len);
	emu_put_base64(b, plain.data, plain.len, true);
	emu_buf_free(&plain);
}

bool
emu_read_token(const char *text, struct emu_token *t)
{
	struct emu_buf plain = { 0 };
	uint64_t v[FIELDS + 1];
	bool ok = emu_base64_decode(text, &plain) && plain.len;
	char *p = plain.data, *end = NULL;

	if (ok)
		veil(plain.data, plain.len);
	for (size_t i = 0; ok && i <= FIELDS; i++) {
		v[i] = strtoull(p, &end, 16);
		ok = end != p && (i == FIELDS || *end == '.');
		p = end + (i < FIELDS);
	}
	ok = ok && end[strspn(end, " ")] == '\0' && v[FIELDS] == check_sum(v);
	emu_buf_free(&plain);
	if (ok)
		*t = (struct emu_token){ v[0], v[1], v[2], v[3], v[4],
					 v[5], v[6], v[7], v[8] };
	return ok;
}
