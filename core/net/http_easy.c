/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request as libcurl options, and the two callbacks that count what
 * comes back.
 */
#include <string.h>

#include "core/base/buf.h"

#include "core/net/http_private.h"

#define HEADER_LINE_MAX 16384 /* a request's header, name and value */

/* Options that are the same for every request. */
static const struct {
	CURLoption option;
	long value;
} fixed_longs[] = {
	{ CURLOPT_NOSIGNAL, 1 },
	{ CURLOPT_FOLLOWLOCATION, 0 },
	{ CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS },
	{ CURLOPT_PATH_AS_IS, 1 },
	{ CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2 },
	{ CURLOPT_SSL_VERIFYPEER, 1 },
	{ CURLOPT_SSL_VERIFYHOST, 2 },
	{ CURLOPT_LOW_SPEED_LIMIT, SL_HTTP_SLOW_BYTES_PER_S },
	{ CURLOPT_TCP_KEEPALIVE, 1 },
	{ CURLOPT_NETRC, CURL_NETRC_IGNORED },
	{ CURLOPT_SUPPRESS_CONNECT_HEADERS, 1 },
};

/** Sets options and remembers the first refusal. */
struct setter {
	CURL *easy;
	CURLcode code;
};

static void
set_long(struct setter *s, CURLoption option, long value)
{
	if (s->code == CURLE_OK)
		s->code = curl_easy_setopt(s->easy, option, value);
}

static void
set_bytes(struct setter *s, CURLoption option, size_t value)
{
	if (s->code == CURLE_OK)
		s->code = curl_easy_setopt(s->easy, option, (curl_off_t)value);
}

static void
set_text(struct setter *s, CURLoption option, const char *value)
{
	if (s->code == CURLE_OK)
		s->code = curl_easy_setopt(s->easy, option, value);
}

static void
set_pointer(struct setter *s, CURLoption option, void *value)
{
	if (s->code == CURLE_OK)
		s->code = curl_easy_setopt(s->easy, option, value);
}

/** Decoded bytes. Anything but `n` makes libcurl end the transfer. */
static size_t
take_body(char *bytes, size_t size, size_t n, void *owner)
{
	struct sl_http_job *job = owner;

	return sl_exchange_take(job->x, bytes, size * n) ? n : 0;
}

static size_t
take_header(char *bytes, size_t size, size_t n, void *owner)
{
	struct sl_http_job *job = owner;

	(void)bytes; /* libcurl keeps them; only their number matters here */
	job->header_bytes += size * n;
	job->flooded = job->header_bytes > SL_HTTP_HEADER_BYTES_MAX;
	return job->flooded ? 0 : n;
}

static void
set_connection(struct setter *s, const struct sl_http_job *job,
	       const struct sl_http_settings *settings)
{
	const struct sl_request *request = &job->x->request;
	bool tls = strncmp(job->lane->origin, "https:", 6) == 0;
	uint32_t timeout_ms = request->timeout_ms;

	/* http only passed sl_url_refusal() for a loopback address. */
	set_text(s, CURLOPT_PROTOCOLS_STR, tls ? "https" : "http");
	set_text(s, CURLOPT_URL, request->url);
	/* Share one HTTP/2 connection rather than open many. TLS tells at
	 * once whether it is one; plain http would wait for an answer. */
	set_long(s, CURLOPT_PIPEWAIT, tls);
	/* Both set in any case: else libcurl looks into the environment. */
	set_text(s, CURLOPT_PROXY, settings->proxy ? settings->proxy : "");
	set_text(s, CURLOPT_NOPROXY,
		 settings->proxy ? "localhost,127.0.0.0/8,::1" : "*");
	if (settings->ca_file)
		set_text(s, CURLOPT_CAINFO, settings->ca_file);
	set_text(s, CURLOPT_USERAGENT, settings->user_agent);
	set_text(s, CURLOPT_ACCEPT_ENCODING, "gzip");
	set_long(s, CURLOPT_CONNECTTIMEOUT_MS, settings->connect_ms);
	set_long(s, CURLOPT_LOW_SPEED_TIME, settings->slow_seconds);
	set_long(s, CURLOPT_TIMEOUT_MS,
		 timeout_ms ? (long)timeout_ms : SL_HTTP_TIMEOUT_MS);
	/* An announced length far past the cap needs no download; gzip may
	 * grow what does not compress by a little. */
	set_bytes(s, CURLOPT_MAXFILESIZE_LARGE,
		  request->max_body + request->max_body / 64 + 1024);
}

static void
set_callbacks(struct setter *s, struct sl_http_job *job)
{
	if (s->code == CURLE_OK)
		s->code = curl_easy_setopt(s->easy, CURLOPT_WRITEFUNCTION,
					   take_body);
	if (s->code == CURLE_OK)
		s->code = curl_easy_setopt(s->easy, CURLOPT_HEADERFUNCTION,
					   take_header);
	set_pointer(s, CURLOPT_WRITEDATA, job);
	set_pointer(s, CURLOPT_HEADERDATA, job);
	set_pointer(s, CURLOPT_PRIVATE, job);
	set_pointer(s, CURLOPT_ERRORBUFFER, job->error);
}

static bool
set_method(struct setter *s, const struct sl_request *request)
{
	const struct sl_secret *form = request->form;

	if (strcmp(request->method, "GET") == 0) {
		set_long(s, CURLOPT_HTTPGET, 1);
		return !form;
	}
	if (strcmp(request->method, "POST") != 0)
		return false;
	set_long(s, CURLOPT_POST, 1);
	set_bytes(s, CURLOPT_POSTFIELDSIZE_LARGE, form ? form->len : 0);
	/* Borrowed: not copied, so there is no second copy to wipe. */
	set_text(s, CURLOPT_POSTFIELDS,
		 form && form->bytes ? (const char *)form->bytes : "");
	return true;
}

/** No control characters: a value from outside must not become a header. */
static bool
is_header_text(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < 0x20 || c == 0x7f)
			return false;
	}
	return len > 0;
}

/** "name: scheme value"; nothing of it stays behind on the stack. */
static bool
add_header(struct sl_http_job *job, const char *name, const char *scheme,
	   const struct sl_secret *value)
{
	char line[HEADER_LINE_MAX];
	size_t name_len = strlen(name);
	size_t scheme_len = strlen(scheme);
	struct curl_slist *longer;
	char *at = line;

	if (!is_header_text(name, name_len) ||
	    !is_header_text((const char *)value->bytes, value->len) ||
	    name_len + scheme_len + value->len + 3 > sizeof(line))
		return false;
	at = mempcpy(at, name, name_len);
	at = mempcpy(at, ": ", 2);
	at = mempcpy(at, scheme, scheme_len);
	at = mempcpy(at, value->bytes, value->len);
	*at = '\0';
	longer = curl_slist_append(job->headers, line);
	sl_wipe(line, (size_t)(at - line));
	SL_ASSERT(longer); /* out of memory */
	job->headers = longer;
	return true;
}

static bool
add_headers(struct sl_http_job *job)
{
	const struct sl_request *request = &job->x->request;
	const struct sl_header *header = request->headers;

	for (; header && header->name; header++) {
		SL_AUTO_SECRET value = { 0 };

		sl_secret_set(&value, header->value, strlen(header->value));
		if (!add_header(job, header->name, "", &value))
			return false;
	}
	if (!request->bearer)
		return true;
	return add_header(job, "Authorization", "Bearer ", request->bearer);
}

bool
sl_http_easy_prepare(struct sl_http_job *job,
		     const struct sl_http_settings *settings)
{
	const struct sl_request *request = &job->x->request;
	struct setter setter = { .code = CURLE_OK };
	bool sound;

	if (!job->easy)
		job->easy = curl_easy_init();
	SL_ASSERT(job->easy); /* out of memory */
	setter.easy = job->easy;
	for (size_t i = 0; i < SL_ARRAY_LEN(fixed_longs); i++)
		set_long(&setter, fixed_longs[i].option, fixed_longs[i].value);
	set_connection(&setter, job, settings);
	set_callbacks(&setter, job);
	sound = set_method(&setter, request) && add_headers(job);
	if (setter.code == CURLE_OK && job->headers)
		setter.code = curl_easy_setopt(job->easy, CURLOPT_HTTPHEADER,
					       job->headers);
	if (!sound)
		sl_http_answer_fail(job, SL_NET_BUG,
				    "method, body or header cannot be sent");
	else if (setter.code != CURLE_OK)
		sl_http_answer_fail(job, SL_NET_BUG,
				    curl_easy_strerror(setter.code));
	return sound && setter.code == CURLE_OK;
}

void
sl_http_easy_reset(struct sl_http_job *job)
{
	if (job->easy)
		curl_easy_reset(job->easy);
	for (struct curl_slist *node = job->headers; node; node = node->next)
		sl_wipe(node->data, strlen(node->data));
	curl_slist_free_all(job->headers);
	job->headers = NULL;
	job->header_bytes = 0;
	job->flooded = false;
	job->error[0] = '\0';
}
