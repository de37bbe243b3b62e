/* SPDX-License-Identifier: Apache-2.0 */
#include "core/archive/csv_skip.h"

/* Behind a byte that is no line end. */
static void
step(struct csv_skip *skip, char c)
{
	switch (skip->where) {
	case SKIP_QUOTED:
		if (c == '"')
			skip->where = SKIP_CLOSED;
		return;
	case SKIP_START:
	case SKIP_CLOSED:
		if (c == '"') {
			skip->where = SKIP_QUOTED;
			return;
		}
		break;
	case SKIP_PLAIN:
		break;
	}
	skip->where = c == skip->separator ? SKIP_START : SKIP_PLAIN;
}

size_t
csv_skip(struct csv_skip *skip, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = bytes[i];

		if (c != '\n' && c != '\r') {
			step(skip, c);
		} else {
			if (skip->where != SKIP_QUOTED)
				return i;
			if (c == '\r' || !skip->behind_cr)
				skip->lines++;
		}
		skip->behind_cr = c == '\r';
	}
	return len;
}
