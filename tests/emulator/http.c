/* SPDX-License-Identifier: Apache-2.0 */
#include "http.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static void
split_path(struct emu_req *r)
{
	const char *p = r->path;

	while (*p == '/' && r->segment_count < EMU_SEGMENTS_MAX) {
		size_t len = strcspn(++p, "/");
		char *s = emu_strndup(p, len);

		r->segments[r->segment_count++] = s;
		if (!emu_url_decode(s, false))
			r->malformed = true;
		p += len;
	}
}

struct emu_req *
emu_req_new(struct emu_world *w, const char *raw)
{
	struct emu_req *r = emu_alloc(sizeof(*r));
	size_t len = strcspn(raw, "?");

	r->world = w;
	r->raw = emu_strdup(raw);
	r->path = emu_strndup(raw, len);
	r->query = emu_strdup(raw[len] ? raw + len + 1 : "");
	split_path(r);
	return r;
}

static void
reply_clear(struct emu_reply *p)
{
	for (size_t i = 0; i < p->header_count; i++) {
		free(p->headers[i][0]);
		free(p->headers[i][1]);
	}
	emu_buf_free(&p->body);
	*p = (struct emu_reply){ 0 };
}

void
emu_req_free(struct emu_req *r)
{
	for (size_t i = 0; i < r->segment_count; i++)
		free(r->segments[i]);
	reply_clear(&r->reply);
	emu_buf_free(&r->body);
	free(r->raw);
	free(r->path);
	free(r->query);
	free(r);
}

const char *
emu_arg(const struct emu_req *r, const char *name)
{
	return MHD_lookup_connection_value(r->conn, MHD_GET_ARGUMENT_KIND,
					   name);
}

const char *
emu_header(const struct emu_req *r, const char *name)
{
	return MHD_lookup_connection_value(r->conn, MHD_HEADER_KIND, name);
}

bool
emu_is(const struct emu_req *r, const char *method)
{
	return strcmp(r->method, method) == 0;
}

char *
emu_form(const struct emu_req *r, const char *name)
{
	const char *p = r->body.data ? r->body.data : "";
	size_t want = strlen(name);

	while (*p) {
		size_t len = strcspn(p, "&");

		if (len > want && p[want] == '=' &&
		    memcmp(p, name, want) == 0) {
			char *v = emu_strndup(p + want + 1, len - want - 1);

			if (emu_url_decode(v, true))
				return v;
			free(v);
			return NULL;
		}
		p += len + (p[len] == '&');
	}
	return NULL;
}

void
emu_reply_header(struct emu_req *r, const char *name, const char *value)
{
	struct emu_reply *p = &r->reply;

	if (p->header_count == EMU_HEADERS_MAX)
		return;
	p->headers[p->header_count][0] = emu_strdup(name);
	p->headers[p->header_count++][1] = emu_strdup(value);
}

void
emu_reply_text(struct emu_req *r, unsigned status, const char *type,
	       const char *text)
{
	reply_clear(&r->reply);
	r->reply.status = status;
	r->reply.type = type;
	emu_puts(&r->reply.body, text);
}

void
emu_reply_json(struct emu_req *r, unsigned status, json_t *body_stolen)
{
	char *text = json_dumps(body_stolen, JSON_COMPACT);

	emu_reply_text(r, status, "application/json; charset=UTF-8",
		       text ? text : "{}");
	free(text);
	json_decref(body_stolen);
}

static const char *
status_name(unsigned status)
{
	static const struct {
		unsigned status;
		const char *name;
	} names[] = { { 400, "INVALID_ARGUMENT" },   { 401, "UNAUTHENTICATED" },
		      { 403, "PERMISSION_DENIED" },  { 404, "NOT_FOUND" },
		      { 429, "RESOURCE_EXHAUSTED" }, { 500, "INTERNAL" },
		      { 503, "UNAVAILABLE" } };

	for (size_t i = 0; i < EMU_COUNT(names); i++)
		if (names[i].status == status)
			return names[i].name;
	return NULL;
}

void
emu_api_error(struct emu_req *r, unsigned status, const char *domain,
	      const char *reason, const char *message, const char *location)
{
	const char *name = status_name(status);
	json_t *item = json_pack("{s:s,s:s,s:s}", "domain", domain, "reason",
				 reason, "message", message);
	json_t *error;

	if (location) {
		json_object_set_new(
			item, "locationType",
			json_string(status == 401 ? "header" : "parameter"));
		json_object_set_new(item, "location", json_string(location));
	}
	error = json_pack("{s:i,s:s,s:[o]}", "code", (int)status, "message",
			  message, "errors", item);
	if (name)
		json_object_set_new(error, "status", json_string(name));
	emu_reply_json(r, status, json_pack("{s:o}", "error", error));
	if (status == 401)
		emu_reply_header(r, "WWW-Authenticate",
				 "Bearer realm=\"https://accounts.google.com/"
				 "\", error=\"invalid_token\"");
}

void
emu_api_error_info(struct emu_req *r, const char *reason)
{
	json_t *body = json_loads(r->reply.body.data, 0, NULL);
	json_t *info = json_pack("{s:s,s:s,s:s}", "@type",
				 "type.googleapis.com/google.rpc.ErrorInfo",
				 "reason", reason, "domain", "googleapis.com");

	json_object_set_new(json_object_get(body, "error"), "details",
			    json_pack("[o]", info));
	emu_reply_json(r, r->reply.status, body);
}

void
emu_api_error_status(struct emu_req *r, const char *status)
{
	json_t *body = json_loads(r->reply.body.data, 0, NULL);

	json_object_set_new(json_object_get(body, "error"), "status",
			    json_string(status));
	emu_reply_json(r, r->reply.status, body);
}

void
emu_oauth_error(struct emu_req *r, unsigned status, const char *error,
		const char *description)
{
	json_t *body = json_pack("{s:s}", "error", error);

	if (description)
		json_object_set_new(body, "error_description",
				    json_string(description));
	emu_reply_json(r, status, body);
}

bool
emu_accepts_gzip(const struct emu_req *r)
{
	const char *accept = emu_header(r, "Accept-Encoding");

	return r->gzip && accept && strstr(accept, "gzip");
}

void
emu_gzip(const struct emu_buf *in, struct emu_buf *out)
{
	static const char nothing[] = "";
	const void *data = in->data ? in->data : nothing;
	z_stream z = { 0 };

	if (deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) !=
	    Z_OK)
		abort();
	emu_reserve(out, deflateBound(&z, in->len));
	z.next_in = (Bytef *)(uintptr_t)data;
	z.avail_in = (uInt)in->len;
	z.next_out = (Bytef *)(void *)out->data;
	z.avail_out = (uInt)out->cap;
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	out->len = z.total_out;
	deflateEnd(&z);
}

enum MHD_Result
emu_send(struct emu_req *r)
{
	struct emu_reply *p = &r->reply;
	struct emu_buf packed = { 0 };
	struct MHD_Response *response;
	enum MHD_Result result;
	size_t len;

	if (p->sent)
		return MHD_NO;
	if (p->body.len > 256 && emu_accepts_gzip(r)) {
		emu_gzip(&p->body, &packed);
		emu_buf_free(&p->body);
		p->body = packed;
		emu_reply_header(r, "Content-Encoding", "gzip");
	}
	len = p->body.len;
	response = MHD_create_response_from_buffer(len, emu_buf_take(&p->body),
						   MHD_RESPMEM_MUST_FREE);
	if (!response)
		abort();
	if (p->type)
		MHD_add_response_header(response, "Content-Type", p->type);
	for (size_t i = 0; i < p->header_count; i++)
		MHD_add_response_header(response, p->headers[i][0],
					p->headers[i][1]);
	result = MHD_queue_response(r->conn, p->status, response);
	MHD_destroy_response(response);
	return result;
}
