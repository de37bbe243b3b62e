/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/arena.h"
#include "core/base/clock.h"
#include "core/base/mem.h"

#define FIRST_FD 3 /* what is open beyond stdin, stdout, stderr is ours */

struct note {
	struct note *next;
	struct sl_arena *arena;
	char *integration;
	char *environment[12]; /* NULL-ended */
};

struct sl_notifier {
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	const char *command;
	struct sl_log *log;
	struct note *head, **tail;
	bool ending;
	int64_t deadline_us; /* monotonic; while ending */
};

static void
note_free(struct note *note)
{
	sl_arena_free(&note->arena);
	sl_free(note);
}

/* --- one command ------------------------------------------------------------- */

/* As if from a shell that was just begun: signals, files, process group. */
static int
spawn(const char *command, char *const *environment, pid_t *pid)
{
	char shell[] = "sh", option[] = "-c";
	char *text = sl_strdup(command);
	char *const arguments[] = { shell, option, text, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t none, all;
	int error;

	(void)sigemptyset(&none);
	(void)sigfillset(&all);
	(void)posix_spawn_file_actions_init(&files);
	for (int fd = STDIN_FILENO; fd < FIRST_FD; fd++)
		(void)posix_spawn_file_actions_addopen(&files, fd, "/dev/null",
						       O_RDWR, 0);
	(void)posix_spawn_file_actions_addclosefrom_np(&files, FIRST_FD);
	(void)posix_spawnattr_init(&how);
	(void)posix_spawnattr_setsigmask(&how, &none);
	(void)posix_spawnattr_setsigdefault(&how, &all);
	(void)posix_spawnattr_setpgroup(&how, 0);
	(void)posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK |
						     POSIX_SPAWN_SETSIGDEF |
						     POSIX_SPAWN_SETPGROUP);
	error = posix_spawn(pid, "/bin/sh", &files, &how, arguments,
			    environment);
	(void)posix_spawn_file_actions_destroy(&files);
	(void)posix_spawnattr_destroy(&how);
	sl_free(text);
	return error;
}

/* True: the process has ended in time. */
static bool
wait_for(pid_t pid, int limit_ms)
{
	struct pollfd end = { .fd = pidfd_open(pid, 0), .events = POLLIN };
	bool ended;

	if (end.fd < 0)
		return false;
	ended = poll(&end, 1, limit_ms) > 0;
	(void)close(end.fd);
	return ended;
}

/* Why it failed; NULL: it did not. */
static const char *
failure_of(pid_t pid, int limit_ms)
{
	bool in_time = wait_for(pid, limit_ms);
	int status = 0;

	(void)kill(-pid, SIGKILL); /* and whatever it left behind */
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (!in_time)
		return "it took too long and was killed";
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return NULL;
	return WIFEXITED(status) ? "it ended with a status other than 0"
				 : "it was ended by a signal";
}

static void
run(struct sl_notifier *n, const struct note *note, int limit_ms)
{
	const char *why = "it could not be started";
	pid_t pid;

	if (limit_ms <= 0)
		why = "there was no time left for it";
	else if (spawn(n->command, note->environment, &pid) == 0)
		why = failure_of(pid, limit_ms);
	if (why)
		sl_log(n->log, SL_LOG_ERROR, "notify-failed",
		       (struct sl_field[]){
			       SL_F_TEXT("integration", note->integration),
			       SL_F_TEXT("why", why), SL_F_END });
}

/* --- the thread ---------------------------------------------------------------- */

/* The next one, or NULL: there will be none. */
static struct note *
next_note(struct sl_notifier *n, int *limit_ms)
{
	struct note *note;
	int64_t left_ms;

	pthread_mutex_lock(&n->mutex);
	while (!n->head && !n->ending)
		(void)pthread_cond_wait(&n->changed, &n->mutex);
	note = n->head;
	if (note) {
		n->head = note->next;
		if (!n->head)
			n->tail = &n->head;
	}
	*limit_ms = SL_NOTIFY_MS;
	if (n->ending) {
		left_ms =
			(n->deadline_us - sl_mono_us(&sl_system_clock)) / 1000;
		if (left_ms < *limit_ms)
			*limit_ms = (int)left_ms;
	}
	pthread_mutex_unlock(&n->mutex);
	return note;
}

static void *
notify(void *arg)
{
	struct sl_notifier *n = arg;
	struct note *note;
	int limit_ms;

	while ((note = next_note(n, &limit_ms)) != NULL) {
		run(n, note, limit_ms);
		note_free(note);
	}
	return NULL;
}

struct sl_notifier *
sl_notifier_new(const char *command, struct sl_log *log)
{
	struct sl_notifier *n;

	if (!command || !*command)
		return NULL;
	n = sl_alloc(sizeof(*n));
	n->command = command;
	n->log = log;
	n->tail = &n->head;
	pthread_mutex_init(&n->mutex, NULL);
	pthread_cond_init(&n->changed, NULL);
	if (pthread_create(&n->thread, NULL, notify, n) != 0) {
		sl_log(log, SL_LOG_ERROR, "notify-failed",
		       (struct sl_field[]){
			       SL_F_TEXT("why", "no thread for it"),
			       SL_F_END });
		pthread_mutex_destroy(&n->mutex);
		pthread_cond_destroy(&n->changed);
		sl_free(n);
		return NULL;
	}
	return n;
}

void
sl_notifier_tell(struct sl_notifier *n, const struct sl_stop *stop)
{
	static const char *const inherited[] = { "PATH", "HOME", "LANG", "TZ" };
	struct note *note;
	size_t count = 0;

	if (!n)
		return;
	note = sl_alloc(sizeof(*note));
	note->arena = sl_arena_new();
	note->integration = sl_arena_strdup(note->arena, stop->integration_id);

	const struct {
		const char *name, *value;
	} told[] = {
		{ "EVENT", stop->status },
		{ "USER", stop->user_id },
		{ "PROVIDER", stop->provider },
		{ "ACCOUNT", stop->account },
		{ "INTEGRATION", stop->integration_id },
		{ "REASON", stop->reason },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(told); i++)
		note->environment[count++] =
			sl_arena_printf(note->arena, "SLUICE_%s=%s",
					told[i].name, told[i].value);
	for (size_t i = 0; i < SL_ARRAY_LEN(inherited); i++) {
		const char *value = getenv(inherited[i]);

		if (value)
			note->environment[count++] = sl_arena_printf(
				note->arena, "%s=%s", inherited[i], value);
	}
	pthread_mutex_lock(&n->mutex);
	*n->tail = note;
	n->tail = &note->next;
	pthread_cond_signal(&n->changed);
	pthread_mutex_unlock(&n->mutex);
}

void
sl_notifier_free(struct sl_notifier **notifier)
{
	struct sl_notifier *n = *notifier;

	if (!n)
		return;
	pthread_mutex_lock(&n->mutex);
	n->ending = true;
	n->deadline_us =
		sl_mono_us(&sl_system_clock) + (int64_t)SL_NOTIFY_END_MS * 1000;
	pthread_cond_signal(&n->changed);
	pthread_mutex_unlock(&n->mutex);
	(void)pthread_join(n->thread, NULL);
	pthread_mutex_destroy(&n->mutex);
	pthread_cond_destroy(&n->changed);
	sl_free(n);
	*notifier = NULL;
}
