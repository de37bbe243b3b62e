/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/contract/frame.h"

#include "tests/unit/core/net/raw_gzip.h"

#define FLOOD_HEADERS  20000
#define BOMB_REPEATS   ((size_t)300 * 1000 * 1000 / 258)
#define BOMB_WIRE_MAX  (4u * 1024 * 1024)
#define ENDLESS_BLOCKS 16384
#define WIRE_MAX       (32u * 1024 * 1024)

static void
add_head(struct sl_buf *out, const struct contract_exchange *x)
{
	sl_buf_addf(out, "HTTP/1.1 %d Said\r\n%s", x->status, x->headers);
	if (x->type != NULL)
		sl_buf_addf(out, "Content-Type: %s\r\n", x->type);
}

static void
add_length(struct sl_buf *out, size_t length)
{
	sl_buf_addf(out, "Content-Length: %zu\r\n\r\n", length);
}

static enum raw_after
send_whole(int fd, struct sl_buf *out, const struct sl_buf *body)
{
	add_length(out, body->len);
	sl_buf_add(out, sl_buf_text(body), body->len);
	return raw_send(fd, out->data, out->len) ? RAW_KEEP : RAW_CLOSE;
}

static enum raw_after
send_gzip(int fd, struct sl_buf *out, const struct contract_exchange *x)
{
	struct sl_buf packed;
	enum raw_after after;

	sl_buf_init(&packed, WIRE_MAX);
	gzip_store(&packed, sl_buf_text(&x->body), x->body.len);
	if (x->framing == FRAME_CUT_GZIP)
		packed.len /= 2;
	if (x->framing == FRAME_GZIP_NO_CRC)
		packed.len -= 8;
	sl_buf_adds(out, "Content-Encoding: gzip\r\n");
	after = send_whole(fd, out, &packed);
	sl_buf_release(&packed);
	return after;
}

static enum raw_after
send_bomb(int fd, struct sl_buf *out)
{
	struct sl_buf packed;
	enum raw_after after;

	sl_buf_init(&packed, BOMB_WIRE_MAX);
	gzip_bomb(&packed, BOMB_REPEATS);
	sl_buf_adds(out, "Content-Encoding: gzip\r\n");
	after = send_whole(fd, out, &packed);
	sl_buf_release(&packed);
	return after;
}

static enum raw_after
send_endless(int fd, struct sl_buf *out)
{
	char block[16384];

	memset(block, 'a', sizeof(block));
	sl_buf_adds(out, "Connection: close\r\n\r\n{\"a\":\"");
	if (!raw_send(fd, out->data, out->len))
		return RAW_CLOSE;
	for (int i = 0; i < ENDLESS_BLOCKS; i++)
		if (!raw_send(fd, block, sizeof(block)))
			break;
	return RAW_CLOSE;
}

static enum raw_after
send_flood(int fd, struct sl_buf *out, const struct contract_exchange *x)
{
	for (int i = 0; i < FLOOD_HEADERS; i++)
		sl_buf_addf(out, "X-Flood-%d: %d\r\n", i, i);
	return send_whole(fd, out, &x->body);
}

/** Half the body after a head that promises more; then `after`. */
static enum raw_after
send_half(int fd, struct sl_buf *out, const struct contract_exchange *x,
	  enum raw_after after)
{
	sl_buf_add(out, sl_buf_text(&x->body), x->body.len / 2);
	(void)raw_send(fd, out->data, out->len);
	return after;
}

static enum raw_after
send_chunked(int fd, struct sl_buf *out, const struct contract_exchange *x)
{
	sl_buf_addf(out, "Transfer-Encoding: chunked\r\n\r\n%zx\r\n",
		    x->body.len);
	if (x->framing == FRAME_CUT_CHUNKED)
		return send_half(fd, out, x, RAW_CLOSE);
	sl_buf_add(out, sl_buf_text(&x->body), x->body.len);
	sl_buf_adds(out, "\r\n0\r\n\r\n");
	return raw_send(fd, out->data, out->len) ? RAW_KEEP : RAW_CLOSE;
}

static enum raw_after
send_framed(int fd, struct sl_buf *out, const struct contract_exchange *x)
{
	switch (x->framing) {
	case FRAME_WHOLE:
		return send_whole(fd, out, &x->body);
	case FRAME_CHUNKED:
	case FRAME_CUT_CHUNKED:
		return send_chunked(fd, out, x);
	case FRAME_GZIP:
	case FRAME_CUT_GZIP:
	case FRAME_GZIP_NO_CRC:
		return send_gzip(fd, out, x);
	case FRAME_NUL_HEADER:
		sl_buf_add(out, "X-Odd: a\0b\r\n", 12);
		return send_whole(fd, out, &x->body);
	case FRAME_HEADER_FLOOD:
		return send_flood(fd, out, x);
	case FRAME_BOMB:
		return send_bomb(fd, out);
	case FRAME_ENDLESS:
		return send_endless(fd, out);
	case FRAME_EMPTY:
		return RAW_CLOSE;
	case FRAME_CUT_NOLEN:
		sl_buf_adds(out, "Connection: close\r\n\r\n");
		return send_half(fd, out, x, RAW_CLOSE);
	case FRAME_TWO_LENGTHS:
		sl_buf_addf(out, "Content-Length: %zu\r\n", x->body.len);
		add_length(out, x->body.len / 2);
		return send_half(fd, out, x, RAW_CLOSE);
	case FRAME_SLOW:
		add_length(out, x->body.len);
		return send_half(fd, out, x, RAW_HOLD);
	case FRAME_RESET:
		add_length(out, x->body.len);
		return send_half(fd, out, x, RAW_RESET);
	case FRAME_CUT:
		add_length(out, x->body.len);
		break;
	}
	return send_half(fd, out, x, RAW_CLOSE);
}

enum raw_after
frame_send(int fd, const struct contract_exchange *x)
{
	struct sl_buf out;
	enum raw_after after;

	sl_buf_init(&out, WIRE_MAX);
	add_head(&out, x);
	after = send_framed(fd, &out, x);
	sl_buf_release(&out);
	return after;
}
