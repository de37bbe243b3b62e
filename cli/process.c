/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/process.h"

#include <fcntl.h>
#include <inttypes.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/auth/seal.h"
#include "core/json/json.h"

#include "cli/cli.h"

/** Field of /proc/PID/stat that holds the start, in ticks since boot. */
#define STAT_START 22

#define HOST_MAX 256
#define STAT_MAX 1024

/* A closed 0, 1 or 2 would become the number of the next socket or file, and
 * what is printed would go there. */
static void
fill_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", O_RDWR | O_NOCTTY) != fd)
			_exit(SL_EXIT_ENVIRONMENT);
	}
}

void
sl_process_harden(void)
{
	const struct rlimit none = { 0, 0 };

	fill_standard_files();
	sl_json_init();
	sl_seal_init();

	/* Refusals (odd sandboxes) leave us no worse than before. The leak
	 * sanitizer needs to look into its own process. */
#ifndef __SANITIZE_ADDRESS__
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)mallopt(M_ARENA_MAX, 2);
	(void)mallopt(M_TRIM_THRESHOLD, 128 * 1024);
	(void)mallopt(M_MMAP_THRESHOLD, 128 * 1024);
}

/* First line of a small file; "" when it cannot be read. */
static void
read_line(const char *path, char *line, size_t size)
{
	FILE *in = fopen(path, "re");

	line[0] = '\0';
	if (in == NULL)
		return;
	if (fgets(line, (int)size, in) == NULL)
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	(void)fclose(in);
}

/* The name in field 2 may hold blanks and brackets: count from the last one. */
static int64_t
start_ticks(const char *stat)
{
	const char *at = strrchr(stat, ')');
	char digits[24];
	int64_t ticks = 0;
	size_t len;

	for (int field = 2; at != NULL && field < STAT_START; field++) {
		at = strchr(at, ' ');
		at = at == NULL ? NULL : at + 1;
	}
	if (at == NULL)
		return 0;
	len = strspn(at, "0123456789");
	if (len == 0 || len >= sizeof(digits))
		return 0;
	memcpy(digits, at, len);
	digits[len] = '\0';
	return sl_parse_i64(digits, &ticks) ? ticks : 0;
}

/* Seconds since boot, with two digits behind the point: "8641.07 ...". */
static int64_t
uptime_us(void)
{
	char line[64];
	char *point;
	int64_t seconds = 0;

	read_line("/proc/uptime", line, sizeof(line));
	point = strchr(line, '.');
	if (point != NULL)
		*point = '\0';
	return sl_parse_i64(line, &seconds) ? seconds * SL_US_PER_S : 0;
}

/* UTC: when the host booted, plus the ticks until the process began. A second
 * more or less does not matter to whoever compares. */
static int64_t
process_start_us(const struct sl_clock *clock)
{
	char stat[STAT_MAX];
	long per_second = sysconf(_SC_CLK_TCK);

	read_line("/proc/self/stat", stat, sizeof(stat));
	if (per_second <= 0)
		return 0;
	return sl_now_us(clock) - uptime_us() +
	       start_ticks(stat) * (SL_US_PER_S / per_second);
}

void
sl_process_owner(struct sl_arena *arena, const struct sl_clock *clock,
		 struct sl_owner *out)
{
	char host[HOST_MAX], machine[64], boot[64];
	struct stat pids = { .st_ino = 0 };

	if (gethostname(host, sizeof(host)) != 0)
		host[0] = '\0';
	host[sizeof(host) - 1] = '\0';
	read_line("/etc/machine-id", machine, sizeof(machine));
	read_line("/proc/sys/kernel/random/boot_id", boot, sizeof(boot));
	(void)stat("/proc/self/ns/pid", &pids);
	/* Process ids mean something only where they are counted together:
	 * containers and clones may share a host name. */
	*out = (struct sl_owner){
		.host = sl_arena_printf(arena, "%s/%s/%llu", host, machine,
					(unsigned long long)pids.st_ino),
		.boot_id = sl_arena_strdup(arena, boot),
		.pid = getpid(),
		.started_us = process_start_us(clock),
	};
}

struct sl_signals {
	pthread_t thread;
	sigset_t set;
	atomic_int got;
	void (*stop)(void *ctx);
	void *ctx;
};

static void *
wait_for_signals(void *arg)
{
	struct sl_signals *signals = arg;
	int number;

	while (sigwait(&signals->set, &number) == 0) {
		if (number == SIGUSR2) /* sl_signals_free */
			break;
		if (atomic_exchange(&signals->got, number) != 0)
			_exit(128 + number);
		signals->stop(signals->ctx);
	}
	return NULL;
}

/* Who ignores a signal (nohup) wants us to go on. */
static bool
is_ignored(int number)
{
	struct sigaction now;

	return sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

sl_status
sl_signals_start(void (*stop)(void *ctx), void *ctx, struct sl_signals **out,
		 struct sl_error *err)
{
	struct sl_signals *signals = sl_alloc(sizeof(*signals));
	int failed;

	signals->stop = stop;
	signals->ctx = ctx;
	(void)sigemptyset(&signals->set);
	(void)sigaddset(&signals->set, SIGINT);
	(void)sigaddset(&signals->set, SIGTERM);
	if (!is_ignored(SIGHUP))
		(void)sigaddset(&signals->set, SIGHUP);
	(void)sigaddset(&signals->set, SIGUSR2);
	/* Threads started from now on inherit this. */
	failed = pthread_sigmask(SIG_BLOCK, &signals->set, NULL);
	SL_ASSERT(failed == 0);
	failed = pthread_create(&signals->thread, NULL, wait_for_signals,
				signals);
	if (failed != 0) {
		sl_free(signals);
		return sl_fail(err, SL_CONFIG, SL_CLIENT,
			       "cannot start a thread: %s (is a limit of "
			       "processes or memory too low?)",
			       strerror(failed));
	}
	*out = signals;
	return SL_OK;
}

int
sl_signals_got(const struct sl_signals *signals)
{
	return atomic_load(&signals->got);
}

void
sl_signals_free(struct sl_signals **signals)
{
	if (*signals == NULL)
		return;
	(void)pthread_kill((*signals)->thread, SIGUSR2);
	(void)pthread_join((*signals)->thread, NULL);
	sl_free(*signals);
	*signals = NULL;
}
