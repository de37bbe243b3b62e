/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What came back, read once: CURLcode becomes a failure here and nowhere
 * else. Failure texts hold the origin and libcurl's words for the code; never
 * the path, the query or anything that the server wrote.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/text.h"

#include "core/net/http_private.h"
#include "core/net/retry.h"

static const struct {
	CURLcode code;
	enum sl_net_failure failure;
} failures[] = {
	{ CURLE_OK, SL_NET_NONE },
	{ CURLE_COULDNT_RESOLVE_PROXY, SL_NET_CONNECT },
	{ CURLE_COULDNT_RESOLVE_HOST, SL_NET_CONNECT },
	{ CURLE_COULDNT_CONNECT, SL_NET_CONNECT },
	{ CURLE_INTERFACE_FAILED, SL_NET_CONNECT },
	{ CURLE_NO_CONNECTION_AVAILABLE, SL_NET_CONNECT },
	{ CURLE_PROXY, SL_NET_CONNECT },
	/* Resets during a handshake end here as well: a passing fault must
	 * not stop a client until an operator acts. */
	{ CURLE_SSL_CONNECT_ERROR, SL_NET_CONNECT },
	{ CURLE_PEER_FAILED_VERIFICATION, SL_NET_TLS },
	{ CURLE_SSL_CACERT_BADFILE, SL_NET_TLS },
	{ CURLE_SSL_CERTPROBLEM, SL_NET_TLS },
	{ CURLE_SSL_CIPHER, SL_NET_TLS },
	{ CURLE_SSL_CLIENTCERT, SL_NET_TLS },
	{ CURLE_SSL_CRL_BADFILE, SL_NET_TLS },
	{ CURLE_SSL_INVALIDCERTSTATUS, SL_NET_TLS },
	{ CURLE_SSL_ISSUER_ERROR, SL_NET_TLS },
	{ CURLE_SSL_PINNEDPUBKEYNOTMATCH, SL_NET_TLS },
	{ CURLE_SSL_ENGINE_NOTFOUND, SL_NET_TLS },
	{ CURLE_SSL_ENGINE_SETFAILED, SL_NET_TLS },
	{ CURLE_SSL_ENGINE_INITFAILED, SL_NET_TLS },
	{ CURLE_OPERATION_TIMEDOUT, SL_NET_SLOW },
	{ CURLE_FILESIZE_EXCEEDED, SL_NET_TOO_LARGE },
	{ CURLE_ABORTED_BY_CALLBACK, SL_NET_CANCELLED },
	{ CURLE_FAILED_INIT, SL_NET_BUG },
	{ CURLE_URL_MALFORMAT, SL_NET_BUG },
	{ CURLE_NOT_BUILT_IN, SL_NET_BUG },
	{ CURLE_OUT_OF_MEMORY, SL_NET_BUG },
	{ CURLE_BAD_FUNCTION_ARGUMENT, SL_NET_BUG },
	{ CURLE_UNKNOWN_OPTION, SL_NET_BUG },
	{ CURLE_SETOPT_OPTION_SYNTAX, SL_NET_BUG },
	{ CURLE_RECURSIVE_API_CALL, SL_NET_BUG },
};

/* Of OpenSSL's library "SSL" (0x0A): what a server speaks is too old for us,
 * or ours too new for it. Another try would hear the same. */
static const unsigned too_old[] = {
	0x0A000102, /* unsupported protocol         */
	0x0A00042E, /* alert protocol version       */
	0x0A00042F, /* alert insufficient security  */
	0x0A00018A, /* dh key too small             */
};

/**
 * Did a handshake fail over its versions? libcurl keeps OpenSSL's code only in
 * its own sentence, as "error:0A000102:SSL routines::...".
 */
static bool
is_too_old(const char *sentence)
{
	const char *at = strstr(sentence, "error:");
	unsigned long code = at ? strtoul(at + strlen("error:"), NULL, 16) : 0;

	for (size_t i = 0; i < SL_ARRAY_LEN(too_old); i++) {
		if (too_old[i] == code)
			return true;
	}
	return false;
}

/** Codes without a row (18, 52, 56, 61, 92, ...) are garbled answers. */
static enum sl_net_failure
failure_of(const struct sl_http_job *job, CURLcode code)
{
	curl_off_t ready_us = 0;

	if (job->flooded || job->x->response.body.overflow)
		return SL_NET_TOO_LARGE;
	if (job->x->response.crowded)
		return SL_NET_CROWDED;
	if (code == CURLE_OPERATION_TIMEDOUT) {
		(void)curl_easy_getinfo(job->easy, CURLINFO_PRETRANSFER_TIME_T,
					&ready_us);
		/* The request never left: no connection came about. */
		return ready_us > 0 ? SL_NET_SLOW : SL_NET_CONNECT;
	}
	if (code == CURLE_SSL_CONNECT_ERROR && is_too_old(job->error))
		return SL_NET_TLS;
	for (size_t i = 0; i < SL_ARRAY_LEN(failures); i++) {
		if (failures[i].code == code)
			return failures[i].failure;
	}
	return SL_NET_CUT;
}

/** libcurl's own sentence names host and system error while connecting, but
 *  may quote the answer later on. */
static const char *
words_of(const struct sl_http_job *job, enum sl_net_failure failure,
	 CURLcode code)
{
	if (job->flooded)
		return "answer's headers passed the cap";
	if (failure == SL_NET_TOO_LARGE)
		return "answer's body passed the cap";
	if (failure == SL_NET_CROWDED)
		return "no room for the answer's body";
	if ((failure == SL_NET_CONNECT || failure == SL_NET_TLS) &&
	    job->error[0])
		return job->error;
	return curl_easy_strerror(code);
}

void
sl_http_answer_fail(struct sl_http_job *job, enum sl_net_failure failure,
		    const char *words)
{
	struct sl_response *response = &job->x->response;
	SL_AUTO_BUF text;
	size_t len;

	sl_buf_init(&text, SL_ERROR_TEXT_MAX + strlen(words));
	if (job->lane) {
		sl_buf_adds(&text, job->lane->origin);
		sl_buf_adds(&text, ": ");
	}
	sl_buf_adds(&text, words);
	len = sl_utf8_cut(sl_buf_text(&text), text.len,
			  sizeof(response->text) - 1);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text.data[i];

		response->text[i] = c < 0x20 || c == 0x7f ? ' ' : (char)c;
	}
	response->text[len] = '\0';
	response->failure = failure;
	/* Part of a body means nothing: give its memory back. */
	sl_buf_release(&response->body);
}

static const char *
header_value(struct sl_http_job *job, const char *name)
{
	struct curl_header *header = NULL;

	if (curl_easy_header(job->easy, name, 0, CURLH_HEADER, -1, &header) !=
	    CURLHE_OK)
		return NULL;
	return header->value;
}

/** Copy if it fits whole: half a location or type would be another one. */
static void
copy_whole(char *out, size_t size, const char *text, size_t len)
{
	if (!text || len >= size)
		return;
	memcpy(out, text, len);
	out[len] = '\0';
}

static void
read_content_type(struct sl_http_job *job)
{
	struct sl_response *response = &job->x->response;
	const char *value = header_value(job, "Content-Type");
	char *type = response->content_type;

	if (!value)
		return;
	copy_whole(type, sizeof(response->content_type), value,
		   strcspn(value, "; \t"));
	for (; *type; type++) {
		if (*type >= 'A' && *type <= 'Z')
			*type = (char)(*type - 'A' + 'a');
	}
}

static void
read_headers(struct sl_http_job *job, int64_t now_us)
{
	struct sl_response *response = &job->x->response;
	const char *location = header_value(job, "Location");
	int64_t date_us;

	read_content_type(job);
	if (location && response->http_status / 100 == 3)
		copy_whole(response->location, sizeof(response->location),
			   location, strlen(location));
	response->retry_after_ms =
		sl_retry_after_parse(header_value(job, "Retry-After"), now_us);
	if (sl_http_date_us(header_value(job, "Date"), &date_us))
		response->server_date_us = date_us;
}

static void
count_wire_bytes(struct sl_http_job *job)
{
	curl_off_t body = 0;
	long header = 0;

	(void)curl_easy_getinfo(job->easy, CURLINFO_SIZE_DOWNLOAD_T, &body);
	(void)curl_easy_getinfo(job->easy, CURLINFO_HEADER_SIZE, &header);
	job->x->response.wire_bytes = (uint64_t)body + (uint64_t)header;
}

void
sl_http_answer_read(struct sl_http_job *job, CURLcode code, int64_t now_us)
{
	struct sl_response *response = &job->x->response;
	enum sl_net_failure failure = failure_of(job, code);
	long http_status = 0;

	(void)curl_easy_getinfo(job->easy, CURLINFO_RESPONSE_CODE,
				&http_status);
	response->http_status = (int)http_status;
	read_headers(job, now_us);
	count_wire_bytes(job);
	if (failure != SL_NET_NONE)
		sl_http_answer_fail(job, failure, words_of(job, failure, code));
}

bool
sl_http_answer_is_wide(struct sl_http_job *job)
{
	long version = 0;

	(void)curl_easy_getinfo(job->easy, CURLINFO_HTTP_VERSION, &version);
	return version == CURL_HTTP_VERSION_2_0;
}
