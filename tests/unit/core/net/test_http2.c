/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP/2 connections that go away, streams that are reset: the request fails
 * as any that was cut, and the next try goes through. The server speaks just
 * enough of RFC 9113: frames, and headers from the static table.
 */
#include <signal.h>

#include "core/net/http.h"

#include "raw_server.h"
#include "raw_tls.h"

#define PREFACE_BYTES 24
#define FRAME_HEAD    9
#define FRAME_MAX     16384
#define STEPS_MAX     4
#define BODY          "{\"a\":1}"

enum frame_type {
	H2_DATA = 0,
	H2_HEADERS = 1,
	H2_RST_STREAM = 3,
	H2_SETTINGS = 4,
	H2_GOAWAY = 7,
};

enum { H2_ACK = 1, H2_END_STREAM = 1, H2_END_HEADERS = 4 };

enum { H2_NO_ERROR = 0, H2_INTERNAL_ERROR = 2, H2_REFUSED_STREAM = 7 };

/** What the server does with the next request that it gets. */
enum step {
	ANSWER,
	ANSWER_AND_GO, /* a good answer, then GOAWAY                 */
	GO,            /* GOAWAY: this request was not looked at     */
	GO_MIDWAY,     /* half an answer, GOAWAY, closed             */
	REFUSE,        /* RST_STREAM: not looked at                  */
	RESET_MIDWAY,  /* half an answer, then RST_STREAM            */
};

struct script {
	const char *why;
	enum step steps[STEPS_MAX]; /* ANSWER from there on */
	int exchanges;              /* that the client makes, one by one */
	int failures;               /* at most so many of them fail      */
	size_t requests;            /* that the server sees, at most     */
};

struct stage {
	struct party authority;
	char ca_file[64];
	SSL_CTX *ctx;
	const struct script *script;
	int listener;
	uint16_t port;
	size_t connections, requests;
};

static bool
read_all(SSL *ssl, void *bytes, size_t len)
{
	char *at = bytes;

	while (len > 0) {
		int n = SSL_read(ssl, at, (int)len);

		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

static void
put_u32(unsigned char *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (unsigned char)(value >> (24 - 8 * i));
}

static void
send_frame(SSL *ssl, enum frame_type type, int flags, uint32_t stream,
	   const void *bytes, size_t len)
{
	unsigned char frame[FRAME_HEAD + 256] = { 0 };

	SL_ASSERT(len <= 256);
	put_u32(frame, (uint32_t)len << 8 | (uint32_t)type);
	frame[4] = (unsigned char)flags;
	put_u32(frame + 5, stream);
	if (len > 0)
		memcpy(frame + FRAME_HEAD, bytes, len);
	(void)SSL_write(ssl, frame, (int)(FRAME_HEAD + len));
}

static void
send_head(SSL *ssl, uint32_t stream)
{
	/* :status 200; content-type (31), not indexed, plain */
	static const unsigned char head[] = "\x88\x0f\x10\x10"
					    "application/json";

	send_frame(ssl, H2_HEADERS, H2_END_HEADERS, stream, head,
		   sizeof(head) - 1);
}

static void
send_goaway(SSL *ssl, uint32_t last)
{
	unsigned char bytes[8];

	put_u32(bytes, last);
	put_u32(bytes + 4, H2_NO_ERROR);
	send_frame(ssl, H2_GOAWAY, 0, 0, bytes, sizeof(bytes));
}

static void
send_reset(SSL *ssl, uint32_t stream, uint32_t code)
{
	unsigned char bytes[4];

	put_u32(bytes, code);
	send_frame(ssl, H2_RST_STREAM, 0, stream, bytes, sizeof(bytes));
}

static void
send_half(SSL *ssl, uint32_t stream)
{
	send_head(ssl, stream);
	send_frame(ssl, H2_DATA, 0, stream, BODY, 3);
}

/** false: the connection ends here. */
static bool
take_step(SSL *ssl, enum step step, uint32_t stream)
{
	switch (step) {
	case REFUSE:
		send_reset(ssl, stream, H2_REFUSED_STREAM);
		return true;
	case RESET_MIDWAY:
		send_half(ssl, stream);
		send_reset(ssl, stream, H2_INTERNAL_ERROR);
		return true;
	case GO:
		send_goaway(ssl, 0);
		return false;
	case GO_MIDWAY:
		send_half(ssl, stream);
		send_goaway(ssl, stream);
		return false;
	case ANSWER:
	case ANSWER_AND_GO:
		break;
	}
	send_head(ssl, stream);
	send_frame(ssl, H2_DATA, H2_END_STREAM, stream, BODY, strlen(BODY));
	if (step == ANSWER_AND_GO)
		send_goaway(ssl, stream);
	return step == ANSWER;
}

/** One frame from the client; false: the connection ends. */
static bool
take_frame(struct stage *stage, SSL *ssl)
{
	unsigned char head[FRAME_HEAD];
	static char payload[FRAME_MAX];
	size_t len, n;
	uint32_t stream;

	if (!read_all(ssl, head, sizeof(head)))
		return false;
	len = (size_t)head[0] << 16 | (size_t)head[1] << 8 | head[2];
	SL_ASSERT(len <= sizeof(payload));
	if (!read_all(ssl, payload, len))
		return false;
	stream = (uint32_t)head[5] << 24 | (uint32_t)head[6] << 16 |
		 (uint32_t)head[7] << 8 | head[8];
	if (head[3] == H2_SETTINGS && !(head[4] & H2_ACK))
		send_frame(ssl, H2_SETTINGS, H2_ACK, 0, NULL, 0);
	if (head[3] != H2_HEADERS)
		return head[3] != H2_GOAWAY;
	n = stage->requests++;
	return take_step(ssl, n < STEPS_MAX ? stage->script->steps[n] : ANSWER,
			 stream);
}

static void
serve(struct stage *stage, int fd)
{
	SSL *ssl = SSL_new(stage->ctx);
	char preface[PREFACE_BYTES];

	(void)SSL_set_fd(ssl, fd);
	if (SSL_accept(ssl) == 1 && read_all(ssl, preface, sizeof(preface))) {
		send_frame(ssl, H2_SETTINGS, 0, 0, NULL, 0);
		while (take_frame(stage, ssl))
			continue;
		(void)SSL_shutdown(ssl);
	}
	SSL_free(ssl);
	(void)shutdown(fd, SHUT_RDWR);
	(void)close(fd);
}

static void *
run_server(void *arg)
{
	struct stage *stage = arg;

	for (;;) {
		int fd = accept(stage->listener, NULL, NULL);

		if (fd < 0)
			return NULL;
		stage->connections++;
		serve(stage, fd);
	}
}

static int
choose_h2(SSL *ssl, const unsigned char **out, unsigned char *len,
	  const unsigned char *in, unsigned int in_len, void *arg)
{
	(void)ssl, (void)in, (void)in_len, (void)arg;
	*out = (const unsigned char *)"h2";
	*len = 2;
	return SSL_TLSEXT_ERR_OK;
}

static SSL_CTX *
new_context(const struct party *authority)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	struct party p = certify("127.0.0.1", -YEAR_S, YEAR_S, authority);

	assert_int_equal(SSL_CTX_use_certificate(ctx, p.cert), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(ctx, p.key), 1);
	SSL_CTX_set_alpn_select_cb(ctx, choose_h2, NULL);
	drop(&p);
	return ctx;
}

/** Ask once; does it come whole? A failure must be one to try again after. */
static bool
ask(const struct stage *stage, struct sl_http *http)
{
	struct sl_exchange x = { .request = { .method = "GET",
					      .max_body = 4096 } };
	struct sl_error err;
	char url[64];
	bool good;

	(void)snprintf(url, sizeof(url), "https://127.0.0.1:%d/a", stage->port);
	x.request.url = url;
	sl_exchange_init(&x);
	sl_transport_perform(sl_http_transport(http), &x);
	good = x.response.failure == SL_NET_NONE;
	if (good)
		assert_string_equal(sl_buf_text(&x.response.body), BODY);
	else if (sl_net_classify(&x.response, &err) != SL_RETRY)
		fail_msg("%s: %s", stage->script->why, err.text);
	sl_exchange_release(&x);
	return good;
}

static int
failures(const struct stage *stage)
{
	struct sl_http_config config = { .clock = &sl_system_clock,
					 .user_agent = "sluice-test (gzip)",
					 .ca_file = stage->ca_file };
	struct sl_http *http;
	struct sl_error err;
	int failed = 0;

	assert_int_equal(sl_http_new(&config, &http, &err), SL_OK);
	for (int i = 0; i < stage->script->exchanges; i++) {
		for (int tries = 0; !ask(stage, http); tries++) {
			failed++;
			assert_in_range(tries, 0, 0); /* the second one works */
		}
	}
	sl_http_free(&http);
	return failed;
}

static void
play(const struct script *script)
{
	struct stage stage = { .script = script,
			       .authority = certify("authority", -YEAR_S,
						    YEAR_S, NULL) };
	pthread_t thread;
	int failed;

	write_authority(&stage.authority, stage.ca_file);
	stage.ctx = new_context(&stage.authority);
	stage.listener = raw_bind(&stage.port, true);
	assert_int_equal(pthread_create(&thread, NULL, run_server, &stage), 0);
	failed = failures(&stage);
	(void)shutdown(stage.listener, SHUT_RDWR);
	(void)pthread_join(thread, NULL);
	(void)close(stage.listener);
	(void)unlink(stage.ca_file);
	SSL_CTX_free(stage.ctx);
	drop(&stage.authority);
	if (failed > script->failures || stage.requests > script->requests)
		fail_msg("%s: %d failures, %zu requests, %zu connections",
			 script->why, failed, stage.requests,
			 stage.connections);
}

static const struct script scripts[] = {
	{ "good answers", { ANSWER }, 3, 0, 3 },
	{ "GOAWAY after an answer", { ANSWER_AND_GO, ANSWER_AND_GO }, 3, 0, 3 },
	{ "GOAWAY before an answer", { GO }, 1, 1, 2 },
	{ "GOAWAY in the middle of an answer", { GO_MIDWAY }, 1, 1, 2 },
	{ "RST_STREAM, refused", { REFUSE }, 1, 1, 2 },
	{ "RST_STREAM in the middle of an answer", { RESET_MIDWAY }, 1, 1, 2 },
	{ "one trouble after the other",
	  { RESET_MIDWAY, ANSWER_AND_GO, GO, ANSWER },
	  3,
	  2,
	  5 },
};

static void
broken_connections_are_left_for_new_ones(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(scripts); i++)
		play(&scripts[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(broken_connections_are_left_for_new_ones),
	};

	/* OpenSSL writes to whom has hung up. */
	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
