/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sluice-emulator: Google OAuth, Calendar v3 and Gmail v1 on 127.0.0.1, for
 * tests, benchmarks and `make demo`. See README.md beside this file.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "archive.h"
#include "fault.h"
#include "mail.h"
#include "stats.h"

#define CONNECTIONS_MAX 2000
#define IDLE_S          300

struct args {
	uint16_t port;
	const char *port_file;
	uint64_t seed, latency_ms;
	int64_t now_ms;
	bool fixed_now, quiet, no_gzip;
	const char *client_id, *client_secret;
	const char *accounts[64], *mailboxes[64], *members[64];
	size_t account_count, mailbox_count, member_count;
	const char *archive, *style; /* written instead of serving */
	int64_t at_ms;
};

static const char usage_text[] =
	"usage: sluice-emulator --port N [--port-file FILE] [--seed N]\n"
	"         [--now RFC3339] [--latency-ms N] [--no-gzip] [--quiet]\n"
	"         [--client-id ID] [--client-secret SECRET]\n"
	"         [--account EMAIL:EVENTS:CALENDARS ...]\n"
	"         [--mailbox EMAIL:MESSAGES[:MEAN] ...]\n"
	"         [--member EMAIL:CONNECTIONS:MESSAGES[:INVITATIONS[:CONTACTS"
	"[:POSITIONS]]] ...]\n"
	"       sluice-emulator --linkedin-archive FILE --member SPEC\n"
	"         [--seed N] [--now RFC3339] [--at RFC3339] [--style WORDS]\n"
	"MEAN is 1, 1.6 or 3 messages a thread. CALENDARS is a number or \"mix\"; port 0 takes a free one.\n";

enum {
	OPT_PORT = 256,
	OPT_PORT_FILE,
	OPT_SEED,
	OPT_NOW,
	OPT_LATENCY,
	OPT_ACCOUNT,
	OPT_MAILBOX,
	OPT_MEMBER,
	OPT_ARCHIVE,
	OPT_STYLE,
	OPT_AT,
	OPT_QUIET,
	OPT_NO_GZIP,
	OPT_CLIENT_ID,
	OPT_CLIENT_SECRET,
	OPT_HELP
};

static const struct option options[] = {
	{ "port", required_argument, NULL, OPT_PORT },
	{ "port-file", required_argument, NULL, OPT_PORT_FILE },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "now", required_argument, NULL, OPT_NOW },
	{ "latency-ms", required_argument, NULL, OPT_LATENCY },
	{ "account", required_argument, NULL, OPT_ACCOUNT },
	{ "mailbox", required_argument, NULL, OPT_MAILBOX },
	{ "member", required_argument, NULL, OPT_MEMBER },
	{ "linkedin-archive", required_argument, NULL, OPT_ARCHIVE },
	{ "style", required_argument, NULL, OPT_STYLE },
	{ "at", required_argument, NULL, OPT_AT },
	{ "quiet", no_argument, NULL, OPT_QUIET },
	{ "no-gzip", no_argument, NULL, OPT_NO_GZIP },
	{ "client-id", required_argument, NULL, OPT_CLIENT_ID },
	{ "client-secret", required_argument, NULL, OPT_CLIENT_SECRET },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

static bool
take_option(struct args *a, int option)
{
	uint64_t n;

	switch (option) {
	case OPT_PORT:
		if (!emu_parse_u64(optarg, &n) || n > 65535)
			return false;
		a->port = (uint16_t)n;
		return true;
	case OPT_PORT_FILE:
		a->port_file = optarg;
		return true;
	case OPT_SEED:
		return emu_parse_u64(optarg, &a->seed);
	case OPT_NOW:
		a->fixed_now = true;
		return emu_parse_time(optarg, &a->now_ms);
	case OPT_LATENCY:
		return emu_parse_u64(optarg, &a->latency_ms);
	case OPT_ACCOUNT:
		if (a->account_count == EMU_COUNT(a->accounts))
			return false;
		a->accounts[a->account_count++] = optarg;
		return true;
	case OPT_MAILBOX:
		if (a->mailbox_count == EMU_COUNT(a->mailboxes))
			return false;
		a->mailboxes[a->mailbox_count++] = optarg;
		return true;
	case OPT_MEMBER:
		if (a->member_count == EMU_COUNT(a->members))
			return false;
		a->members[a->member_count++] = optarg;
		return true;
	case OPT_ARCHIVE:
		a->archive = optarg;
		return true;
	case OPT_STYLE:
		a->style = optarg;
		return true;
	case OPT_AT:
		return emu_parse_time(optarg, &a->at_ms);
	case OPT_QUIET:
		return a->quiet = true;
	case OPT_NO_GZIP:
		return a->no_gzip = true;
	case OPT_CLIENT_ID:
		a->client_id = optarg;
		return true;
	case OPT_CLIENT_SECRET:
		a->client_secret = optarg;
		return true;
	default:
		return false;
	}
}

static bool
parse_args(struct args *a, int argc, char **argv)
{
	int option;

	*a = (struct args){ .seed = 1 };
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == OPT_HELP) {
			(void)fputs(usage_text, stdout);
			exit(0);
		}
		if (!take_option(a, option))
			return false;
	}
	return optind == argc;
}

static bool
add_accounts(struct emu_world *w, const struct args *a)
{
	static const char *const standard[] = { "ana@example.com:300:mix",
						"ben@example.org:40:mix",
						"empty@example.net:0:mix" };
	const char *const *specs = a->account_count ? a->accounts : standard;
	size_t count =
		a->account_count ? a->account_count : EMU_COUNT(standard);

	if (!a->account_count && (a->mailbox_count || a->member_count))
		count = 0; /* they bring their accounts */
	for (size_t i = 0; i < count; i++)
		if (!emu_add_account(w, specs[i])) {
			(void)fprintf(stderr, "bad --account %s\n", specs[i]);
			return false;
		}
	return true;
}

/* Without a word about accounts: mail of every size. */
static bool
add_mailboxes(struct emu_world *w, const struct args *a)
{
	static const char *const standard[] = { "ana@example.com:400",
						"ben@example.org:60:3",
						"empty@example.net:0" };
	bool given = a->mailbox_count || a->account_count || a->member_count;
	const char *const *specs = given ? a->mailboxes : standard;
	size_t count = given ? a->mailbox_count : EMU_COUNT(standard);

	for (size_t i = 0; i < count; i++)
		if (!emu_mailbox_add(w, specs[i])) {
			(void)fprintf(stderr, "bad --mailbox %s\n", specs[i]);
			return false;
		}
	return true;
}

static bool
add_members(struct emu_world *w, const struct args *a)
{
	static const char *const standard[] = { "ana@example.com:120:600",
						"ben@example.org:20:40" };
	bool given = a->mailbox_count || a->account_count || a->member_count;
	const char *const *specs = given ? a->members : standard;
	size_t count = given ? a->member_count : EMU_COUNT(standard);

	for (size_t i = 0; i < count; i++)
		if (!emu_member_add(w, specs[i])) {
			(void)fprintf(stderr, "bad --member %s\n", specs[i]);
			return false;
		}
	return true;
}

static struct emu_world *
make_world(const struct args *a)
{
	struct emu_world *w = emu_world_new(a->seed, a->now_ms, a->fixed_now);

	w->oauth = emu_oauth_new();
	w->stats = emu_stats_new();
	w->faults = emu_faults_new();
	w->options.latency_ms = a->latency_ms;
	w->options.gzip = !a->no_gzip;
	if (a->client_id)
		emu_set_text(&w->options.client_id, a->client_id);
	if (a->client_secret)
		emu_set_text(&w->options.client_secret, a->client_secret);
	return w;
}

static void
free_world(struct emu_world *w)
{
	emu_oauth_free(w->oauth);
	emu_stats_free(w->stats);
	emu_faults_free(w->faults);
	emu_world_free(w);
}

static void *
on_uri(void *world, const char *uri, struct MHD_Connection *conn)
{
	struct emu_req *r = emu_req_new(world, uri);

	r->conn = conn;
	return r;
}

static void
on_completed(void *world, struct MHD_Connection *conn, void **context,
	     enum MHD_RequestTerminationCode why)
{
	(void)world;
	(void)conn;
	(void)why;
	if (*context)
		emu_req_free(*context);
	*context = NULL;
}

static enum MHD_Result
on_request(void *world, struct MHD_Connection *conn, const char *url,
	   const char *method, const char *version, const char *data,
	   size_t *len, void **context)
{
	struct emu_req *r = *context;

	(void)world;
	(void)url;
	(void)version;
	if (!r)
		return MHD_NO;
	r->conn = conn;
	r->method = method;
	if (!r->begun) {
		r->begun = true;
		return MHD_YES;
	}
	if (*len) {
		if (r->body.len + *len > EMU_BODY_MAX)
			return MHD_NO;
		emu_put(&r->body, data, *len);
		*len = 0;
		return MHD_YES;
	}
	emu_answer(r);
	return emu_send(r);
}

static struct MHD_Daemon *
start(struct emu_world *w, uint16_t port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons(port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return MHD_start_daemon(
		MHD_USE_THREAD_PER_CONNECTION |
			MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL |
			MHD_USE_ITC,
		port, NULL, NULL, on_request, w, MHD_OPTION_SOCK_ADDR,
		(struct sockaddr *)(void *)&at, MHD_OPTION_URI_LOG_CALLBACK,
		on_uri, w, MHD_OPTION_NOTIFY_COMPLETED, on_completed, w,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)131072,
		MHD_OPTION_THREAD_STACK_SIZE, (size_t)1048576,
		MHD_OPTION_LISTEN_BACKLOG_SIZE, 512U, MHD_OPTION_END);
}

/* Whole or not at all: tests wait for this file. */
static bool
write_port(const char *path, unsigned port)
{
	struct emu_buf temporary = { 0 };
	FILE *f;
	bool ok;

	emu_putf(&temporary, "%s.tmp", path);
	f = fopen(temporary.data, "we");
	ok = f && fprintf(f, "%u\n", port) > 0;
	if (f && fclose(f) != 0)
		ok = false;
	ok = ok && rename(temporary.data, path) == 0;
	if (!ok)
		(void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
	emu_buf_free(&temporary);
	return ok;
}

static int
serve(struct emu_world *w, const struct args *a, const sigset_t *ends)
{
	struct MHD_Daemon *daemon = start(w, a->port);
	const union MHD_DaemonInfo *info;
	int signal_number, result = 1;

	if (!daemon) {
		(void)fprintf(stderr, "cannot listen on 127.0.0.1:%u\n",
			      (unsigned)a->port);
		return 1;
	}
	info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
	if (info && (!a->port_file || write_port(a->port_file, info->port))) {
		if (!a->quiet) {
			(void)printf("sluice-emulator: http://127.0.0.1:%u "
				     "seed %llu\n",
				     (unsigned)info->port,
				     (unsigned long long)a->seed);
			(void)fflush(stdout);
		}
		result = sigwait(ends, &signal_number) ? 1 : 0;
	}
	emu_stop_sleepers();
	MHD_stop_daemon(daemon);
	return result;
}

/* Of the first --member. */
static int
write_archive(struct emu_world *w, const struct args *a)
{
	const char *why = "--member wanted";
	struct emu_account *of = NULL;

	if (a->member_count)
		of = w->accounts[w->account_count - 1];
	for (size_t i = 0; of && i < w->account_count; i++)
		if (strncmp(w->accounts[i]->email, a->members[0],
			    strcspn(a->members[0], ":")) == 0)
			of = w->accounts[i];
	if (of &&
	    emu_archive_file(of->member, a->at_ms ? a->at_ms : emu_now_ms(w),
			     a->style, a->archive, &why))
		return 0;
	(void)fprintf(stderr, "%s: %s\n", a->archive, why);
	return 1;
}

int
main(int argc, char **argv)
{
	struct emu_world *w;
	struct args a;
	sigset_t ends;
	int result = 2;

	if (!parse_args(&a, argc, argv)) {
		(void)fputs(usage_text, stderr);
		return 2;
	}
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	if (pthread_sigmask(SIG_BLOCK, &ends, NULL) ||
	    signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return 1;
	w = make_world(&a);
	if (add_accounts(w, &a) && add_mailboxes(w, &a) && add_members(w, &a))
		result = a.archive ? write_archive(w, &a) : serve(w, &a, &ends);
	free_world(w);
	return result;
}
