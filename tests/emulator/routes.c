/* SPDX-License-Identifier: Apache-2.0 */
/* From a path to its handler, with faults, latency and the lock around. */
#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "mail.h"
#include "stats.h"

static bool
is_path(const struct emu_req *r, const char *const *names, size_t count)
{
	if (r->segment_count != count)
		return false;
	for (size_t i = 0; i < count; i++)
		if (*names[i] && strcmp(names[i], r->segments[i]) != 0)
			return false;
	return true;
}

static enum emu_route
route_of(const struct emu_req *r)
{
	static const struct {
		enum emu_route route;
		size_t count;
		const char *names[8]; /* "" = anything */
	} routes[] = {
		{ EMU_ROUTE_AUTH, 4, { "o", "oauth2", "v2", "auth" } },
		{ EMU_ROUTE_TOKEN, 1, { "token" } },
		{ EMU_ROUTE_REVOKE, 1, { "revoke" } },
		{ EMU_ROUTE_USERINFO, 2, { "v1", "userinfo" } },
		{ EMU_ROUTE_LINKEDIN_AUTH,
		  3,
		  { "oauth", "v2", "authorization" } },
		{ EMU_ROUTE_LINKEDIN_TOKEN,
		  3,
		  { "oauth", "v2", "accessToken" } },
		{ EMU_ROUTE_LINKEDIN_INTROSPECT,
		  3,
		  { "oauth", "v2", "introspectToken" } },
		{ EMU_ROUTE_LINKEDIN_REVOKE, 3, { "oauth", "v2", "revoke" } },
		{ EMU_ROUTE_LINKEDIN_USERINFO, 2, { "v2", "userinfo" } },
		{ EMU_ROUTE_LINKEDIN_CONSENTS,
		  2,
		  { "rest", "memberAuthorizations" } },
		{ EMU_ROUTE_LINKEDIN_SNAPSHOT,
		  2,
		  { "rest", "memberSnapshotData" } },
		{ EMU_ROUTE_LINKEDIN_LOG, 2, { "rest", "memberChangeLogs" } },
		{ EMU_ROUTE_LINKEDIN_STRANGE,
		  2,
		  { "rest", "memberStrangeData" } },
		{ EMU_ROUTE_LIST,
		  5,
		  { "calendar", "v3", "users", "me", "calendarList" } },
		{ EMU_ROUTE_EVENTS,
		  5,
		  { "calendar", "v3", "calendars", "", "events" } },
		{ EMU_ROUTE_EVENT,
		  6,
		  { "calendar", "v3", "calendars", "", "events", "" } },
		{ EMU_ROUTE_INSTANCES,
		  7,
		  { "calendar", "v3", "calendars", "", "events", "",
		    "instances" } },
		{ EMU_ROUTE_PROFILE,
		  5,
		  { "gmail", "v1", "users", "", "profile" } },
		{ EMU_ROUTE_MESSAGES,
		  5,
		  { "gmail", "v1", "users", "", "messages" } },
		{ EMU_ROUTE_MESSAGE,
		  6,
		  { "gmail", "v1", "users", "", "messages", "" } },
		{ EMU_ROUTE_ATTACHMENT,
		  8,
		  { "gmail", "v1", "users", "", "messages", "", "attachments",
		    "" } },
		{ EMU_ROUTE_THREAD,
		  6,
		  { "gmail", "v1", "users", "", "threads", "" } },
		{ EMU_ROUTE_HISTORY,
		  5,
		  { "gmail", "v1", "users", "", "history" } },
		{ EMU_ROUTE_LABELS,
		  5,
		  { "gmail", "v1", "users", "", "labels" } },
		{ EMU_ROUTE_SEND_AS,
		  6,
		  { "gmail", "v1", "users", "", "settings", "sendAs" } },
	};

	if (r->segment_count && strcmp(r->segments[0], "_control") == 0)
		return EMU_ROUTE_CONTROL;
	for (size_t i = 0; i < EMU_COUNT(routes); i++)
		if (is_path(r, routes[i].names, routes[i].count))
			return routes[i].route;
	return EMU_ROUTE_OTHER;
}

static void
dispatch(struct emu_req *r)
{
	switch (r->route) {
	case EMU_ROUTE_AUTH:
	case EMU_ROUTE_TOKEN:
	case EMU_ROUTE_REVOKE:
	case EMU_ROUTE_USERINFO:
		emu_oauth_route(r);
		break;
	case EMU_ROUTE_LINKEDIN_AUTH:
	case EMU_ROUTE_LINKEDIN_TOKEN:
	case EMU_ROUTE_LINKEDIN_INTROSPECT:
	case EMU_ROUTE_LINKEDIN_REVOKE:
	case EMU_ROUTE_LINKEDIN_USERINFO:
	case EMU_ROUTE_LINKEDIN_CONSENTS:
	case EMU_ROUTE_LINKEDIN_SNAPSHOT:
	case EMU_ROUTE_LINKEDIN_LOG:
	case EMU_ROUTE_LINKEDIN_STRANGE:
		emu_linkedin_route(r);
		break;
	case EMU_ROUTE_LIST:
	case EMU_ROUTE_EVENTS:
	case EMU_ROUTE_EVENT:
	case EMU_ROUTE_INSTANCES:
		emu_calendar_route(r);
		break;
	case EMU_ROUTE_PROFILE:
	case EMU_ROUTE_MESSAGES:
	case EMU_ROUTE_MESSAGE:
	case EMU_ROUTE_ATTACHMENT:
	case EMU_ROUTE_THREAD:
	case EMU_ROUTE_HISTORY:
	case EMU_ROUTE_LABELS:
	case EMU_ROUTE_SEND_AS:
		emu_mail_route(r);
		break;
	case EMU_ROUTE_CONTROL:
		emu_control_route(r);
		break;
	case EMU_ROUTE_OTHER:
	case EMU_ROUTES:
		emu_api_error(r, 404, "global", "notFound", "Not Found", NULL);
	}
}

/* A client that stores tokens in its URLs, or cannot take gzip. */
static void
note_manners(struct emu_req *r)
{
	const char *agent = emu_header(r, "User-Agent");
	const char *accept = emu_header(r, "Accept-Encoding");

	if (!agent)
		emu_stats_violation(r, "no_user_agent");
	if (!accept || !strstr(accept, "gzip"))
		emu_stats_violation(r, "no_gzip");
	else if (!agent || !strstr(agent, "gzip"))
		emu_stats_violation(r, "no_gzip_in_user_agent");
}

static void
run(struct emu_req *r)
{
	struct emu_world *w = r->world;
	bool writes = !emu_is(r, "GET") || r->route == EMU_ROUTE_AUTH ||
		      r->route == EMU_ROUTE_LINKEDIN_AUTH;

	if (writes)
		pthread_rwlock_wrlock(&w->lock);
	else
		pthread_rwlock_rdlock(&w->lock);
	dispatch(r);
	pthread_rwlock_unlock(&w->lock);
	emu_sleep_ms(r->delay_ms);
}

void
emu_answer(struct emu_req *r)
{
	struct emu_world *w = r->world;
	uint64_t latency;

	r->route = route_of(r);
	emu_stats_begin(r);
	pthread_rwlock_rdlock(&w->lock);
	r->account = emu_token_account(r);
	r->gzip = w->options.gzip;
	latency = w->options.latency_ms;
	pthread_rwlock_unlock(&w->lock);
	if (r->route == EMU_ROUTE_CONTROL) {
		run(r);
	} else {
		note_manners(r);
		emu_mail_begin(r);
		emu_faults_match(r);
		emu_sleep_ms(latency);
		if (!emu_fault_before(r)) {
			run(r);
			emu_fault_after(r);
		}
		emu_faults_release(r);
		emu_mail_end(r);
	}
	emu_stats_end(r);
}
