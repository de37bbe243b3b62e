/* SPDX-License-Identifier: Apache-2.0 */
#include "core/archive/csv_input.h"

#include <errno.h>
#include <string.h>

#include "core/base/mem.h"

#define CHUNK      ((size_t)64 * 1024)
#define GROWTH     2 /* two bytes of UTF-16 become three at most */
#define NO_DECODER ((iconv_t)-1)

void
csv_input_init(struct csv_input *in, sl_csv_read_fn read, void *ctx)
{
	*in = (struct csv_input){ .read = read, .ctx = ctx, .cd = NO_DECODER };
}

void
csv_input_release(struct csv_input *in)
{
	if (in->cd != NO_DECODER)
		(void)iconv_close(in->cd);
	sl_free(in->data);
}

/* Room for `room` bytes at `to`, the window at the front. */
static void
make_room(struct csv_input *in, size_t room)
{
	size_t held = in->to - in->from;

	if (in->from > 0) {
		memmove(in->data, in->data + in->from, held);
		in->from = 0;
		in->to = held;
	}
	if (in->size - held >= room)
		return;
	in->size = held + room > in->size * 2 ? held + room : in->size * 2;
	in->data = sl_realloc(in->data, in->size, 1);
}

/* A code unit that is none becomes a byte that is no UTF-8, so that whoever
 * looks at the text repairs it, and tells. */
static void
skip_unit(struct csv_input *in, char **from, size_t *left)
{
	size_t unit = *left < 2 ? *left : 2;

	in->data[in->to++] = '\xff';
	*from += unit;
	*left -= unit;
}

/* UTF-16 behind the window; there is room. */
static void
decode(struct csv_input *in, char *from, size_t left)
{
	while (left > 0) {
		char *to = in->data + in->to;
		size_t room = in->size - in->to;
		bool failed =
			iconv(in->cd, &from, &left, &to, &room) == (size_t)-1;

		in->to = in->size - room;
		SL_ASSERT(!failed || errno != E2BIG);
		if (failed && errno == EINVAL && !in->ended) {
			SL_ASSERT(left <= sizeof(in->rest));
			memcpy(in->rest, from, left);
			in->rest_len = left;
			return;
		}
		if (failed)
			skip_unit(in, &from, &left);
	}
}

/* "UTF-16LE" or "UTF-16BE", or NULL; `*mark` bytes are the mark. */
static const char *
encoding_of(const char *bytes, size_t len, size_t *mark)
{
	*mark = 0;
	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		*mark = 3;
	if (len < 2)
		return NULL;
	if (memcmp(bytes, "\xff\xfe", 2) == 0) {
		*mark = 2;
		return "UTF-16LE";
	}
	if (memcmp(bytes, "\xfe\xff", 2) == 0) {
		*mark = 2;
		return "UTF-16BE";
	}
	return NULL;
}

static sl_status
open_decoder(struct csv_input *in, const char *encoding, struct sl_error *err)
{
	in->cd = iconv_open("UTF-8", encoding);
	if (in->cd != NO_DECODER)
		return SL_OK;
	if (errno == ENOMEM)
		sl_out_of_memory();
	return sl_fail(err, SL_CONFIG, SL_STREAM,
		       "is %s, which this system's iconv does not know: save "
		       "it as UTF-8",
		       encoding);
}

/* The first chunk is in the window: is there a mark, and of what? */
static sl_status
begin(struct csv_input *in, struct sl_error *err)
{
	size_t len = in->to - in->from, mark;
	const char *encoding = encoding_of(in->data + in->from, len, &mark);
	char *copy;
	sl_status status;

	in->from += mark;
	in->began = true;
	if (encoding == NULL)
		return SL_OK;
	status = open_decoder(in, encoding, err);
	if (status != SL_OK)
		return status;
	len -= mark;
	copy = sl_alloc(len + 1);
	memcpy(copy, in->data + in->from, len);
	in->from = in->to;
	make_room(in, len * GROWTH);
	decode(in, copy, len);
	sl_free(copy);
	return SL_OK;
}

static sl_status
fill_decoded(struct csv_input *in, struct sl_error *err)
{
	char *chunk = sl_alloc(CHUNK);
	size_t kept = in->rest_len, got = 0;
	sl_status status;

	memcpy(chunk, in->rest, kept);
	in->rest_len = 0;
	status = in->read(in->ctx, chunk + kept, CHUNK - kept, &got, err);
	if (status == SL_OK) {
		SL_ASSERT(got <= CHUNK - kept);
		in->ended = got == 0;
		make_room(in, (kept + got) * GROWTH);
		decode(in, chunk, kept + got);
	}
	sl_free(chunk);
	return status;
}

static sl_status
fill_plain(struct csv_input *in, struct sl_error *err)
{
	size_t got = 0;
	sl_status status;

	make_room(in, CHUNK);
	status = in->read(in->ctx, in->data + in->to, in->size - in->to, &got,
			  err);
	if (status != SL_OK)
		return status;
	SL_ASSERT(got <= in->size - in->to);
	in->to += got;
	in->ended = got == 0;
	return SL_OK;
}

sl_status
csv_input_fill(struct csv_input *in, struct sl_error *err)
{
	sl_status status = SL_OK;

	if (in->began) {
		return in->cd == NO_DECODER ? fill_plain(in, err)
					    : fill_decoded(in, err);
	}
	/* A mark may come in pieces. */
	while (status == SL_OK && !in->ended && in->to - in->from < 3)
		status = fill_plain(in, err);
	return status == SL_OK ? begin(in, err) : status;
}
