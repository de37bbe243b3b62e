/* SPDX-License-Identifier: Apache-2.0 */
#include "stats.h"

#include <stdlib.h>
#include <string.h>

#define LINES_MAX 5000

struct emu_stats {
	pthread_mutex_t lock;
	uint64_t routes[EMU_ROUTES];
	uint64_t bytes; /* bodies made, before gzip */
	uint64_t now_open, max_open;
	json_t *statuses, *counters, *violations;
	char *lines[LINES_MAX];
	uint64_t line_count;
};

static const char *const route_names[EMU_ROUTES] = {
	[EMU_ROUTE_OTHER] = "other",
	[EMU_ROUTE_AUTH] = "auth",
	[EMU_ROUTE_TOKEN] = "token",
	[EMU_ROUTE_REVOKE] = "revoke",
	[EMU_ROUTE_USERINFO] = "userinfo",
	[EMU_ROUTE_LINKEDIN_AUTH] = "linkedin.auth",
	[EMU_ROUTE_LINKEDIN_TOKEN] = "linkedin.token",
	[EMU_ROUTE_LINKEDIN_INTROSPECT] = "linkedin.introspect",
	[EMU_ROUTE_LINKEDIN_REVOKE] = "linkedin.revoke",
	[EMU_ROUTE_LINKEDIN_USERINFO] = "linkedin.userinfo",
	[EMU_ROUTE_LINKEDIN_CONSENTS] = "linkedin.memberAuthorizations",
	[EMU_ROUTE_LINKEDIN_SNAPSHOT] = "linkedin.memberSnapshotData",
	[EMU_ROUTE_LINKEDIN_LOG] = "linkedin.memberChangeLogs",
	[EMU_ROUTE_LINKEDIN_STRANGE] = "linkedin.strange",
	[EMU_ROUTE_LIST] = "calendarList.list",
	[EMU_ROUTE_EVENTS] = "events.list",
	[EMU_ROUTE_EVENT] = "events.get",
	[EMU_ROUTE_INSTANCES] = "events.instances",
	[EMU_ROUTE_PROFILE] = "mail.profile",
	[EMU_ROUTE_MESSAGES] = "messages.list",
	[EMU_ROUTE_MESSAGE] = "messages.get",
	[EMU_ROUTE_ATTACHMENT] = "attachments.get",
	[EMU_ROUTE_THREAD] = "threads.get",
	[EMU_ROUTE_HISTORY] = "history.list",
	[EMU_ROUTE_LABELS] = "labels.list",
	[EMU_ROUTE_SEND_AS] = "sendAs.list",
	[EMU_ROUTE_CONTROL] = "control",
};

static void
forget(struct emu_stats *s)
{
	for (size_t i = 0; i < LINES_MAX; i++) {
		free(s->lines[i]);
		s->lines[i] = NULL;
	}
	json_decref(s->statuses);
	json_decref(s->counters);
	json_decref(s->violations);
}

static void
clear(struct emu_stats *s)
{
	forget(s);
	s->statuses = json_object();
	s->counters = json_object();
	s->violations = json_object();
	memset(s->routes, 0, sizeof(s->routes));
	s->bytes = s->line_count = 0;
	s->max_open = s->now_open;
}

struct emu_stats *
emu_stats_new(void)
{
	struct emu_stats *s = emu_alloc(sizeof(*s));

	if (pthread_mutex_init(&s->lock, NULL))
		abort();
	clear(s);
	return s;
}

void
emu_stats_free(struct emu_stats *s)
{
	forget(s);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

void
emu_stats_reset(struct emu_stats *s)
{
	pthread_mutex_lock(&s->lock);
	clear(s);
	pthread_mutex_unlock(&s->lock);
}

static void
bump(json_t *map, const char *key, uint64_t n)
{
	json_int_t old = json_integer_value(json_object_get(map, key));

	json_object_set_new(map, key, json_integer(old + (json_int_t)n));
}

/* The request as it came, less what opens doors. */
static char *
request_line(const struct emu_req *r)
{
	static const char *const secret[] = { "access_token", "code", "token",
					      "client_secret" };
	struct emu_buf b = { 0 };
	const char *p = r->query;

	emu_putf(&b, "%s %s", r->method, r->path);
	for (char sep = '?'; *p; sep = '&') {
		size_t len = strcspn(p, "&"), key = strcspn(p, "=&");
		bool hide = false;

		for (size_t i = 0; i < EMU_COUNT(secret); i++)
			hide |= key == strlen(secret[i]) &&
				memcmp(p, secret[i], key) == 0;
		emu_putc(&b, sep);
		emu_put(&b, p, hide ? key : len);
		if (hide)
			EMU_LIT(&b, "=REDACTED");
		p += len + (p[len] == '&');
	}
	return emu_buf_take(&b);
}

void
emu_stats_begin(struct emu_req *r)
{
	struct emu_stats *s = r->world->stats;

	pthread_mutex_lock(&s->lock);
	if (++s->now_open > s->max_open)
		s->max_open = s->now_open;
	pthread_mutex_unlock(&s->lock);
}

void
emu_stats_end(struct emu_req *r)
{
	struct emu_stats *s = r->world->stats;
	bool control = r->route == EMU_ROUTE_CONTROL;
	char *line = control ? NULL : request_line(r), **place;
	char status[16] = { 0 };

	if (r->reply.status > 99 && r->reply.status < 1000) {
		status[0] = (char)('0' + r->reply.status / 100);
		status[1] = (char)('0' + r->reply.status / 10 % 10);
		status[2] = (char)('0' + r->reply.status % 10);
	}
	pthread_mutex_lock(&s->lock);
	s->now_open--;
	s->routes[r->route]++;
	if (!control) {
		s->bytes += r->reply.body.len;
		bump(s->statuses, r->reply.sent ? "raw" : status, 1);
		place = &s->lines[s->line_count++ % LINES_MAX];
		free(*place);
		*place = line;
	}
	pthread_mutex_unlock(&s->lock);
}

void
emu_stats_count(struct emu_req *r, const char *name, uint64_t n)
{
	struct emu_stats *s = r->world->stats;

	pthread_mutex_lock(&s->lock);
	bump(s->counters, name, n);
	pthread_mutex_unlock(&s->lock);
}

void
emu_stats_violation(struct emu_req *r, const char *name)
{
	struct emu_stats *s = r->world->stats;

	pthread_mutex_lock(&s->lock);
	bump(s->violations, name, 1);
	pthread_mutex_unlock(&s->lock);
}

json_t *
emu_stats_json(struct emu_stats *s, size_t last)
{
	json_t *out = json_object(), *routes = json_object();
	json_t *lines = json_array();
	uint64_t total = 0, from;

	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < EMU_ROUTES; i++) {
		if (i != EMU_ROUTE_CONTROL)
			total += s->routes[i];
		json_object_set_new(routes, route_names[i],
				    json_integer((json_int_t)s->routes[i]));
	}
	if (last > LINES_MAX)
		last = LINES_MAX;
	from = s->line_count > last ? s->line_count - last : 0;
	for (; from < s->line_count; from++)
		json_array_append_new(lines,
				      json_string(s->lines[from % LINES_MAX]));
	json_object_set_new(out, "requests", json_integer((json_int_t)total));
	json_object_set_new(out, "routes", routes);
	json_object_set_new(out, "statuses", json_deep_copy(s->statuses));
	json_object_set_new(out, "counters", json_deep_copy(s->counters));
	json_object_set_new(out, "violations", json_deep_copy(s->violations));
	json_object_set_new(out, "bytes", json_integer((json_int_t)s->bytes));
	json_object_set_new(out, "max_concurrent",
			    json_integer((json_int_t)s->max_open));
	json_object_set_new(out, "last", lines);
	pthread_mutex_unlock(&s->lock);
	return out;
}
