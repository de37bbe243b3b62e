/* SPDX-License-Identifier: Apache-2.0 */
/* What the faults do to an answer. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "fault.h"

#define CHUNK 65536

static const char *
rule_text(const struct emu_req *r, const char *key, const char *otherwise)
{
	const char *v = json_string_value(json_object_get(r->fault->rule, key));

	return v ? v : otherwise;
}

static void
rule_headers(struct emu_req *r)
{
	const char *key;
	json_t *value;

	json_object_foreach (json_object_get(r->fault->rule, "headers"), key,
			     value) {
		char *text = json_is_string(value)
				     ? emu_strdup(json_string_value(value))
				     : json_dumps(value, JSON_ENCODE_ANY);

		if (text)
			emu_reply_header(r, key, text);
		free(text);
	}
}

/* A deadline that stands in the text alone, so many seconds from now. */
static char *
rule_message(const struct emu_req *r)
{
	uint64_t ahead = emu_fault_number(r->fault, "deadline_s", 0);
	struct emu_buf b = { 0 };

	if (!ahead)
		return emu_strdup(rule_text(r, "message", "Emulated failure"));
	emu_puts(&b, rule_text(r, "message", "User-rate limit exceeded."));
	EMU_LIT(&b, "  Retry after ");
	emu_put_utc_ms(&b, emu_now_ms(r->world) + (int64_t)ahead * 1000);
	return emu_buf_take(&b);
}

static void
make_api_error(struct emu_req *r, unsigned status)
{
	char *message = rule_message(r);
	const char *info = rule_text(r, "info", NULL);
	const char *name = rule_text(r, "status_name", NULL);

	emu_api_error(r, status, rule_text(r, "domain", "global"),
		      rule_text(r, "reason", "backendError"), message,
		      rule_text(r, "location", NULL));
	if (info)
		emu_api_error_info(r, info);
	if (name)
		emu_api_error_status(r, name);
	free(message);
}

/* Any part of Rest.li's envelope may be missing: those named in `omit`. */
static void
make_rest_error(struct emu_req *r, unsigned status)
{
	json_t *out = json_pack(
		"{s:i,s:i,s:s,s:s}", "status", (int)status, "serviceErrorCode",
		(int)emu_fault_number(r->fault, "service_code", 0), "code",
		rule_text(r, "code", "INTERNAL_SERVER_ERROR"), "message",
		rule_text(r, "message", "Emulated failure"));
	json_t *name;
	size_t i;

	json_array_foreach (json_object_get(r->fault->rule, "omit"), i, name)
		json_object_del(out, json_string_value(name));
	emu_reply_json(r, status, out);
}

static void
make_status(struct emu_req *r)
{
	const json_t *body = json_object_get(r->fault->rule, "body");
	unsigned status = (unsigned)emu_fault_number(r->fault, "status", 500);
	char *text;

	if (json_is_string(body)) {
		emu_reply_text(r, status, rule_text(r, "type", "text/plain"),
			       json_string_value(body));
	} else if (body) {
		text = json_dumps(body, JSON_ENCODE_ANY);
		emu_reply_text(r, status, "application/json; charset=UTF-8",
			       text ? text : "");
		free(text);
	} else if (r->route == EMU_ROUTE_TOKEN ||
		   r->route == EMU_ROUTE_REVOKE ||
		   r->route == EMU_ROUTE_LINKEDIN_TOKEN ||
		   r->route == EMU_ROUTE_LINKEDIN_INTROSPECT ||
		   r->route == EMU_ROUTE_LINKEDIN_REVOKE) {
		emu_oauth_error(r, status,
				rule_text(r, "reason", "internal_failure"),
				rule_text(r, "message", "Emulated failure"));
	} else if (emu_linkedin_is_rest(r->route)) {
		make_rest_error(r, status);
	} else {
		make_api_error(r, status);
	}
	rule_headers(r);
}

static void
send_endless(struct emu_req *r)
{
	char block[CHUNK];

	memset(block, 'a', sizeof(block));
	emu_raw_head(r, 200, -1, "");
	emu_raw_write(r, "{\"kind\":\"calendar#events\",\"x\":\"", 31);
	while (emu_raw_write(r, block, sizeof(block)))
		;
	emu_raw_close(r);
}

static bool
pump(struct emu_req *r, z_stream *z, const char *data, size_t len, int flush)
{
	char out[CHUNK];
	bool ok = true;

	z->next_in = (Bytef *)(uintptr_t)data;
	z->avail_in = (uInt)len;
	do {
		z->next_out = (Bytef *)(void *)out;
		z->avail_out = sizeof(out);
		if (deflate(z, flush) == Z_STREAM_ERROR)
			abort();
		ok = emu_raw_write(r, out, sizeof(out) - z->avail_out);
	} while (ok && z->avail_out == 0);
	return ok;
}

/* A small answer that unfolds to `mb` megabytes of one JSON string. */
static void
send_bomb(struct emu_req *r)
{
	uint64_t left = emu_fault_number(r->fault, "mb", 300) * (1 << 20);
	static const char head[] = "{\"kind\":\"calendar#events\",\"x\":\"";
	char block[CHUNK];
	z_stream z = { 0 };
	bool ok;

	if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) !=
	    Z_OK)
		abort();
	memset(block, ' ', sizeof(block));
	emu_raw_head(r, 200, -1, "Content-Encoding: gzip\r\n");
	ok = pump(r, &z, head, sizeof(head) - 1, Z_NO_FLUSH);
	for (; ok && left >= CHUNK; left -= CHUNK)
		ok = pump(r, &z, block, CHUNK, Z_NO_FLUSH);
	if (ok)
		pump(r, &z, "\",\"items\":[]}", 13, Z_FINISH);
	deflateEnd(&z);
	emu_raw_close(r);
}

static void
send_bad_head(struct emu_req *r, bool flood)
{
	static const char nul[] = "HTTP/1.1 200 OK\r\nX-Bad: a\0b\r\n"
				  "Content-Length: 2\r\n\r\n{}";
	struct emu_buf b = { 0 };

	if (flood) {
		EMU_LIT(&b, "HTTP/1.1 200 OK\r\n");
		for (unsigned i = 0; i < 20000; i++)
			emu_putf(&b, "X-Flood-%u: %064u\r\n", i, i);
		EMU_LIT(&b, "Content-Length: 2\r\n\r\n{}");
	} else {
		emu_put(&b, nul, sizeof(nul) - 1);
	}
	emu_raw_write(r, b.data, b.len);
	emu_raw_close(r);
	emu_buf_free(&b);
}

/* Transport tricks that need no proper answer first. */
static void
make_raw(struct emu_req *r)
{
	switch ((int)r->fault->kind) {
	case EMU_FAULT_RESET:
		emu_raw_head(r, 200, 1000, "");
		emu_raw_write(r, "{\"kind\":", 8);
		emu_sleep_ms(20); /* let the head arrive first */
		emu_raw_reset(r);
		break;
	case EMU_FAULT_EMPTY_REPLY:
		emu_raw_close(r);
		break;
	case EMU_FAULT_GZIP_BOMB:
		send_bomb(r);
		break;
	case EMU_FAULT_ENDLESS:
		send_endless(r);
		break;
	default:
		send_bad_head(r, r->fault->kind == EMU_FAULT_HEADER_FLOOD);
	}
}

bool
emu_fault_before(struct emu_req *r)
{
	const struct emu_fault *f = r->fault;

	if (!f)
		return false;
	switch ((int)f->kind) {
	case EMU_FAULT_STATUS:
		make_status(r);
		return true;
	case EMU_FAULT_HTML:
		emu_reply_text(r, 200, "text/html; charset=utf-8",
			       "<!DOCTYPE html><html><head><title>Welcome to "
			       "Airport WiFi</title></head><body>Please log "
			       "in.</body></html>");
		return true;
	case EMU_FAULT_NOT_JSON:
		emu_reply_text(r, 200, "application/json; charset=UTF-8",
			       rule_text(r, "body",
					 "{\"kind\":\"calendar#events\",,}"));
		return true;
	case EMU_FAULT_REDIRECT:
		emu_reply_text(r, 302, "text/plain", "moved");
		emu_reply_header(r, "Location",
				 rule_text(r, "location",
					   "http://127.0.0.1:9/elsewhere"));
		return true;
	case EMU_FAULT_HANG:
		emu_sleep_ms(emu_fault_number(f, "ms", 30000));
		emu_raw_close(r);
		return true;
	case EMU_FAULT_LATENCY:
		emu_sleep_ms(emu_fault_number(f, "ms", 100));
		return false;
	default:
		if (f->kind < EMU_FAULT_RESET ||
		    f->kind > EMU_FAULT_HEADER_FLOOD)
			return false;
		make_raw(r);
		return true;
	}
}

/* The good answer, but only its first part; half unless `bytes` says. */
static void
send_cut(struct emu_req *r, bool with_length)
{
	const struct emu_buf *body = &r->reply.body;
	size_t part =
		(size_t)emu_fault_number(r->fault, "bytes", body->len / 2);

	if (part > body->len)
		part = body->len;
	emu_raw_head(r, r->reply.status, with_length ? (int64_t)body->len : -1,
		     "");
	emu_raw_write(r, body->data, part);
	emu_raw_close(r);
}

static void
send_cut_chunked(struct emu_req *r)
{
	struct emu_buf b = { 0 };
	size_t half = r->reply.body.len / 2;

	emu_raw_head(r, r->reply.status, -1, "Transfer-Encoding: chunked\r\n");
	emu_putf(&b, "%zx\r\n", half);
	emu_put(&b, r->reply.body.data, half);
	EMU_LIT(&b, "\r\n");
	emu_raw_write(r, b.data, b.len);
	emu_raw_close(r);
	emu_buf_free(&b);
}

static void
send_cut_gzip(struct emu_req *r)
{
	struct emu_buf packed = { 0 };
	size_t part;

	emu_gzip(&r->reply.body, &packed);
	part = (size_t)emu_fault_number(r->fault, "bytes", packed.len / 2);
	if (part > packed.len)
		part = packed.len;
	emu_raw_head(r, r->reply.status, (int64_t)part,
		     "Content-Encoding: gzip\r\n");
	emu_raw_write(r, packed.data, part);
	emu_raw_close(r);
	emu_buf_free(&packed);
}

static void
send_slow(struct emu_req *r)
{
	const struct emu_buf *body = &r->reply.body;
	uint64_t rate = emu_fault_number(r->fault, "bytes_per_s", 10);
	size_t step = rate > 10 ? (size_t)(rate / 10) : 1;
	uint64_t pause = rate > 10 ? 100 : 1000 / (rate ? rate : 1);

	emu_raw_head(r, r->reply.status, (int64_t)body->len, "");
	for (size_t at = 0; at < body->len; at += step) {
		size_t left = body->len - at;

		if (!emu_raw_write(r, body->data + at,
				   left < step ? left : step) ||
		    !emu_sleep_ms(pause))
			break;
	}
	emu_raw_close(r);
}

static void
send_two_lengths(struct emu_req *r)
{
	const struct emu_buf *body = &r->reply.body;

	emu_raw_head(r, r->reply.status, (int64_t)body->len,
		     "Content-Length: 17\r\n");
	emu_raw_write(r, body->data, body->len);
	emu_raw_close(r);
}

static void
add_bom(struct emu_req *r)
{
	struct emu_buf b = { 0 };

	EMU_LIT(&b, "\xef\xbb\xbf");
	emu_put(&b, r->reply.body.data, r->reply.body.len);
	emu_buf_free(&r->reply.body);
	r->reply.body = b;
}

/* Fields of the answer replaced, nulls removed: half-good answers. */
static void
patch_body(struct emu_req *r)
{
	json_t *body =
		json_loadb(r->reply.body.data, r->reply.body.len, 0, NULL);
	json_t *patch = json_object_get(r->fault->rule, "patch"), *value;
	unsigned status =
		(unsigned)emu_fault_number(r->fault, "status", r->reply.status);
	const char *key;

	if (!body)
		return;
	json_object_foreach (patch, key, value) {
		if (json_is_null(value))
			json_object_del(body, key);
		else
			json_object_set(body, key, value);
	}
	emu_reply_json(r, status, body);
}

void
emu_fault_after(struct emu_req *r)
{
	if (!r->fault || r->reply.sent || !r->reply.body.data)
		return;
	switch ((int)r->fault->kind) {
	case EMU_FAULT_CUT:
		send_cut(r, true);
		break;
	case EMU_FAULT_CUT_NOLEN:
		send_cut(r, false);
		break;
	case EMU_FAULT_CUT_CHUNKED:
		send_cut_chunked(r);
		break;
	case EMU_FAULT_CUT_GZIP:
		send_cut_gzip(r);
		break;
	case EMU_FAULT_TWO_LENGTHS:
		send_two_lengths(r);
		break;
	case EMU_FAULT_SLOW:
		send_slow(r);
		break;
	case EMU_FAULT_BOM:
		add_bom(r);
		break;
	case EMU_FAULT_BODY_PATCH:
		patch_body(r);
		break;
	default:
		break;
	}
}
