/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS against a server that has the wrong certificate, or breaks off. Its own
 * authority is made here; each refused connection must end before a single
 * byte of the request, and be one connection, not many.
 */
#include <signal.h>

#include "core/net/http.h"

#include "raw_server.h"
#include "raw_tls.h"

#define SECRET "grant_type=refresh_token&refresh_token=hush"
#define HEAD   "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

/** How the server behaves. */
struct manner {
	const char *why;
	const char *name; /* in its certificate */
	long from_s, until_s;
	bool stranger; /* signed by an authority that nobody knows */
	int newest;    /* TLS version; 0 = any                     */
	const char *answer;
	bool cut;     /* the connection ends without close_notify */
	bool hang_up; /* ... and before the handshake does        */
	/* what must come of it */
	enum sl_net_failure failure;
	size_t requests;
};

struct stage {
	struct party authority, stranger;
	char ca_file[64];
	SSL_CTX *ctx;
	const struct manner *manner;
	int listener;
	uint16_t port;
	size_t connections, requests; /* read when the thread is gone */
};

/* ---- the server: one connection at a time ---- */

static bool
read_request(SSL *ssl)
{
	char bytes[4096];
	size_t len = 0;

	while (len + 1 < sizeof(bytes)) {
		int n = SSL_read(ssl, bytes + len,
				 (int)(sizeof(bytes) - 1 - len));

		if (n <= 0)
			return len > 0;
		len += (size_t)n;
		bytes[len] = '\0';
		if (strstr(bytes, SECRET))
			return true;
	}
	return true;
}

static void
serve(struct stage *stage, int fd)
{
	SSL *ssl = SSL_new(stage->ctx);
	const char *answer = stage->manner->answer;

	(void)SSL_set_fd(ssl, fd);
	if (stage->manner->hang_up)
		(void)recv(fd, (char[64]){ 0 }, 64, 0);
	else if (SSL_accept(ssl) == 1 && read_request(ssl)) {
		stage->requests++;
		(void)SSL_write(ssl, answer, (int)strlen(answer));
		if (!stage->manner->cut)
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

static SSL_CTX *
new_context(const struct stage *stage)
{
	const struct manner *m = stage->manner;
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	struct party p =
		certify(m->name, m->from_s, m->until_s,
			m->stranger ? &stage->stranger : &stage->authority);

	assert_int_equal(SSL_CTX_use_certificate(ctx, p.cert), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(ctx, p.key), 1);
	if (m->newest != 0) {
		/* what today's defaults refuse to speak at all */
		(void)SSL_CTX_set_cipher_list(ctx, "ALL:@SECLEVEL=0");
		(void)SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION);
		(void)SSL_CTX_set_max_proto_version(ctx, m->newest);
	}
	drop(&p);
	return ctx;
}

static int
set_up(void **state)
{
	static struct stage stage;

	stage.authority = certify("authority", -YEAR_S, YEAR_S, NULL);
	stage.stranger = certify("stranger", -YEAR_S, YEAR_S, NULL);
	write_authority(&stage.authority, stage.ca_file);
	*state = &stage;
	return 0;
}

static int
tear_down(void **state)
{
	struct stage *stage = *state;

	(void)unlink(stage->ca_file);
	drop(&stage->authority);
	drop(&stage->stranger);
	return 0;
}

/** POST a secret and look at what came back. */
static enum sl_net_failure
post(const struct stage *stage, char *text, size_t size)
{
	struct sl_http_config config = { .clock = &sl_system_clock,
					 .user_agent = "sluice-test (gzip)",
					 .ca_file = stage->ca_file };
	struct sl_secret form = { 0 };
	struct sl_exchange x;
	struct sl_http *http;
	struct sl_error err;
	char url[64];
	enum sl_net_failure failure;

	(void)snprintf(url, sizeof(url), "https://127.0.0.1:%d/token",
		       stage->port);
	sl_secret_set(&form, SECRET, strlen(SECRET));
	assert_int_equal(sl_http_new(&config, &http, &err), SL_OK);
	x = (struct sl_exchange){ .request = { .method = "POST",
					       .url = url,
					       .form = &form,
					       .max_body = 4096 } };
	sl_exchange_init(&x);
	sl_transport_perform(sl_http_transport(http), &x);
	failure = x.response.failure;
	(void)snprintf(text, size, "%s", x.response.text);
	sl_exchange_release(&x);
	sl_http_free(&http);
	sl_secret_release(&form);
	return failure;
}

static void
play(struct stage *stage, const struct manner *manner)
{
	enum sl_net_failure failure;
	pthread_t thread;
	char text[256];

	stage->manner = manner;
	stage->connections = stage->requests = 0;
	stage->ctx = new_context(stage);
	stage->listener = raw_bind(&stage->port, true);
	assert_int_equal(pthread_create(&thread, NULL, run_server, stage), 0);
	failure = post(stage, text, sizeof(text));
	(void)shutdown(stage->listener, SHUT_RDWR);
	(void)pthread_join(thread, NULL);
	(void)close(stage->listener);
	SSL_CTX_free(stage->ctx);
	if (failure != manner->failure || stage->requests != manner->requests ||
	    stage->connections != 1 || strstr(text, "hush"))
		fail_msg("%s: failure %d (%s), %zu connections, %zu requests",
			 manner->why, (int)failure, text, stage->connections,
			 stage->requests);
}

#define GOOD HEAD "Content-Length: 2\r\n\r\n{}"

static const struct manner manners[] = {
	{ .why = "a certificate that is in order",
	  .name = "127.0.0.1",
	  .from_s = -YEAR_S,
	  .until_s = YEAR_S,
	  .answer = GOOD,
	  .failure = SL_NET_NONE,
	  .requests = 1 },
	{ .why = "expired",
	  .name = "127.0.0.1",
	  .from_s = -YEAR_S,
	  .until_s = -1,
	  .answer = GOOD,
	  .failure = SL_NET_TLS },
	{ .why = "not yet valid",
	  .name = "127.0.0.1",
	  .from_s = YEAR_S / 2,
	  .until_s = YEAR_S,
	  .answer = GOOD,
	  .failure = SL_NET_TLS },
	{ .why = "another's name",
	  .name = "127.0.0.2",
	  .from_s = -YEAR_S,
	  .until_s = YEAR_S,
	  .answer = GOOD,
	  .failure = SL_NET_TLS },
	{ .why = "an authority that nobody knows",
	  .name = "127.0.0.1",
	  .from_s = -YEAR_S,
	  .until_s = YEAR_S,
	  .stranger = true,
	  .answer = GOOD,
	  .failure = SL_NET_TLS },
	{ .why = "TLS 1.1 at most",
	  .name = "127.0.0.1",
	  .from_s = -YEAR_S,
	  .until_s = YEAR_S,
	  .newest = TLS1_1_VERSION,
	  .answer = GOOD,
	  .failure = SL_NET_TLS },
	/* That passes: tried again as any connection that failed. */
	{ .why = "hung up in the middle of the handshake",
	  .name = "127.0.0.1",
	  .from_s = -YEAR_S,
	  .until_s = YEAR_S,
	  .hang_up = true,
	  .failure = SL_NET_CONNECT },
	/* libcurl takes that for an end, as without TLS: whether the document
	 * is whole is for its reader to say (contract suite, "a body cut
	 * without a length"). */
	{ .why = "cut without close_notify",
	  .name = "127.0.0.1",
	  .from_s = -YEAR_S,
	  .until_s = YEAR_S,
	  .answer = HEAD "Connection: close\r\n\r\n{\"a\":",
	  .cut = true,
	  .failure = SL_NET_NONE,
	  .requests = 1 },
	{ .why = "ended with close_notify",
	  .name = "127.0.0.1",
	  .from_s = -YEAR_S,
	  .until_s = YEAR_S,
	  .answer = HEAD "Connection: close\r\n\r\n{\"a\":1}",
	  .failure = SL_NET_NONE,
	  .requests = 1 },
};

/** A file of authorities is looked at before any request. */
static void
a_file_without_authorities_is_refused(void **state)
{
	const struct {
		const char *path, *why;
	} files[] = {
		{ "/nonexistent/ca.pem", "No such file" },
		{ "/dev/null", "no regular file" },
		{ "README.md", "no certificate" },
		{ NULL, NULL },
	};
	struct stage *stage = *state;
	struct sl_http_config config = { .clock = &sl_system_clock,
					 .user_agent = "sluice-test (gzip)" };
	struct sl_http *http = NULL;
	struct sl_error err;

	for (size_t i = 0; files[i].path; i++) {
		config.ca_file = files[i].path;
		assert_int_equal(sl_http_new(&config, &http, &err), SL_CONFIG);
		assert_int_equal(err.scope, SL_CLIENT);
		assert_non_null(strstr(err.text, files[i].path));
		assert_non_null(strstr(err.text, files[i].why));
	}
	config.ca_file = stage->ca_file;
	assert_int_equal(sl_http_new(&config, &http, &err), SL_OK);
	sl_http_free(&http);
}

/** The mark may lie across two pieces of what is read. */
static void
authorities_are_found_behind_any_remark(void **state)
{
	static const size_t lengths[] = { 0,    4068, 4069, 4090,
					  4095, 4096, 8100, 8191 };
	struct sl_http_config config = { .clock = &sl_system_clock,
					 .user_agent = "sluice-test (gzip)" };
	struct sl_http *http = NULL;
	struct sl_error err;
	char path[] = "/tmp/sluice-remark.XXXXXX";
	int fd = mkstemp(path);
	FILE *file = fdopen(fd, "w+");

	(void)state;
	config.ca_file = path;
	for (size_t i = 0; i < SL_ARRAY_LEN(lengths); i++) {
		rewind(file);
		assert_int_equal(ftruncate(fd, 0), 0);
		for (size_t n = 0; n < lengths[i]; n++)
			(void)fputc('#', file);
		(void)fputs("-----BEGIN CERTIFICATE-----", file);
		assert_int_equal(fflush(file), 0);
		assert_int_equal(sl_http_new(&config, &http, &err), SL_OK);
		sl_http_free(&http);
	}
	(void)fclose(file);
	(void)unlink(path);
}

static void
only_who_it_should_be_hears_the_secret(void **state)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(manners); i++)
		play(*state, &manners[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			only_who_it_should_be_hears_the_secret, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			a_file_without_authorities_is_refused, set_up,
			tear_down),
		cmocka_unit_test(authorities_are_found_behind_any_remark),
	};

	/* OpenSSL writes to whom has hung up. */
	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
