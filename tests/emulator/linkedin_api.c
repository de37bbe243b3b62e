/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What LinkedIn's APIs have in common: tokens, versions, errors; userinfo,
 * and who has allowed the app the portability APIs.
 */
#include <stdio.h>
#include <string.h>

#include "member.h"
#include "oauth.h"
#include "stats.h"

#define VERSION "202312"

static void
put_sub(struct emu_buf *b, const struct emu_account *a)
{
	emu_putf(b, "Lk%010llx",
		 (unsigned long long)(emu_hash(a->sub) & 0xffffffffff));
}

void
emu_put_owner_urn(struct emu_buf *b, const struct emu_account *a)
{
	EMU_LIT(b, "urn:li:person:");
	put_sub(b, a);
}

void
emu_rest_error(struct emu_req *r, unsigned status, unsigned code,
	       const char *name, const char *message)
{
	emu_reply_json(r, status,
		       json_pack("{s:i,s:i,s:s,s:s}", "status", (int)status,
				 "serviceErrorCode", (int)code, "code", name,
				 "message", message));
}

/* The grant of the bearer token; NULL after replying. */
static const struct emu_grant *
authorize(struct emu_req *r)
{
	const char *h = emu_header(r, "Authorization");
	const struct emu_access *t =
		h && strncmp(h, "Bearer ", 7) == 0
			? emu_linkedin_access_find(r->world, h + 7)
			: NULL;

	if (t && emu_linkedin_access_good(r->world, t)) {
		r->account = t->grant->account;
		return t->grant;
	}
	emu_stats_count(r, "stale_tokens", 1);
	if (t && emu_now_ms(r->world) >= t->until_ms)
		emu_rest_error(r, 401, 65602, "EXPIRED_ACCESS_TOKEN",
			       "The token used in the request has expired");
	else if (t)
		emu_rest_error(
			r, 401, 65601, "REVOKED_ACCESS_TOKEN",
			"The token used in the request has been revoked by "
			"the user");
	else
		emu_rest_error(r, 401, 65600, "INVALID_ACCESS_TOKEN",
			       "Invalid access token");
	return NULL;
}

void
emu_linkedin_userinfo(struct emu_req *r)
{
	const struct emu_grant *g = authorize(r);
	const char *other = r->world->options.userinfo_email;
	struct emu_buf sub = { 0 };
	json_t *out;

	if (!g)
		return;
	if (!emu_scope_in(g->scopes, "openid")) {
		emu_rest_error(r, 403, 100, "ACCESS_DENIED",
			       "Not enough permissions to access: "
			       "userinfo.GET.NO_VERSION");
		return;
	}
	put_sub(&sub, g->account);
	out = json_pack("{s:s}", "sub", other ? "Lkother" : sub.data);
	if (emu_scope_in(g->scopes, "profile"))
		json_object_set_new(out, "name", json_string(g->account->name));
	if (emu_scope_in(g->scopes, "email"))
		json_object_set_new(
			out, "email",
			json_string(other ? other : g->account->email));
	emu_reply_json(r, 200, out);
	emu_buf_free(&sub);
}

static bool
is_portable(const struct emu_grant *g)
{
	return strstr(g->scopes, "r_dma_portability_") != NULL;
}

/* So many calls a day (of UTC); false after replying 429. */
static bool
within_quota(struct emu_req *r, struct emu_member *m)
{
	uint64_t most = r->world->options.linkedin_quota_day;
	uint64_t day = (uint64_t)emu_floor_day(emu_now_ms(r->world) / 1000);

	if (m->day_calls[0] != day) {
		m->day_calls[0] = day;
		m->day_calls[1] = 0;
	}
	if (!most || m->day_calls[1]++ < most)
		return true;
	emu_rest_error(r, 429, 101, "TOO_MANY_REQUESTS",
		       "Resource level throttle MEMBER DAY limit for calls to "
		       "this resource is reached.");
	return false;
}

/* A token shown under another name than the API's went where it must not. */
static void
note_host(struct emu_req *r)
{
	const char *host = emu_header(r, "Host");

	if (host && strncmp(host, "localhost", 9) == 0)
		emu_stats_violation(r, "linkedin_foreign_host");
}

struct emu_member *
emu_member_authorize(struct emu_req *r, const char *what)
{
	const char *version = emu_header(r, "LinkedIn-Version");
	const struct emu_grant *g;
	char text[120];

	note_host(r);
	g = authorize(r);
	if (!g)
		return NULL;
	if (!version) {
		emu_rest_error(
			r, 400, 0, "VERSION_MISSING",
			"A version must be present. Please specify a "
			"version by adding the LinkedIn-Version header.");
		return NULL;
	}
	if (strcmp(version, VERSION) != 0) {
		(void)snprintf(text, sizeof(text),
			       "Requested version %.40s is not active",
			       version);
		emu_rest_error(r, 426, 0, "NONEXISTENT_VERSION", text);
		return NULL;
	}
	if (!is_portable(g)) {
		(void)snprintf(text, sizeof(text),
			       "Not enough permissions to access: %s.20231201",
			       what);
		emu_rest_error(r, 403, 100, "ACCESS_DENIED", text);
		return NULL;
	}
	return within_quota(r, g->account->member) ? g->account->member : NULL;
}

bool
emu_linkedin_portable(const struct emu_world *w, const struct emu_account *a)
{
	const struct emu_oauth *o = w->oauth;

	for (size_t i = 0; i < o->grant_count; i++)
		if (o->grants[i]->linkedin && o->grants[i]->account == a &&
		    !o->grants[i]->revoked && is_portable(o->grants[i]))
			return true;
	return false;
}

bool
emu_only_args(struct emu_req *r, const char *const *names)
{
	const char *at = r->query;

	while (*at) {
		size_t len = strcspn(at, "=&");
		const char *const *n = names;

		while (*n && (strlen(*n) != len || strncmp(*n, at, len) != 0))
			n++;
		if (!*n) {
			emu_rest_error(r, 400, 0, "QUERY_PARAM_NOT_ALLOWED",
				       "Query parameter is not allowed");
			return false;
		}
		at += strcspn(at, "&");
		at += *at == '&';
	}
	return true;
}

void
emu_linkedin_consents(struct emu_req *r)
{
	const char *q = emu_arg(r, "q");
	const struct emu_member *m;
	struct emu_buf urn = { 0 };

	m = emu_member_authorize(r, "memberAuthorizations.FINDER");
	if (!m)
		return;
	if (!q || strcmp(q, "memberAndApplication") != 0) {
		emu_rest_error(r, 400, 0, "INVALID_PARAM", "Invalid query");
		return;
	}
	emu_put_owner_urn(&urn, m->account);
	emu_reply_json(r, 200,
		       json_pack("{s:[{s:{s:s,s:s},s:I,s:[s]}]}", "elements",
				 "memberComplianceAuthorizationKey",
				 "developerApplication",
				 "urn:li:developerApplication:77", "member",
				 urn.data, "regulatedAt",
				 (json_int_t)m->consent_ms,
				 "memberComplianceScopes", "DMA"));
	emu_buf_free(&urn);
}

/* Where a link of an option leads: nobody has business here. */
void
emu_linkedin_strange(struct emu_req *r)
{
	if (emu_header(r, "Authorization"))
		emu_stats_violation(r, "linkedin_strange_path");
	emu_rest_error(r, 404, 0, "RESOURCE_NOT_FOUND", "No such resource");
}

bool
emu_linkedin_is_rest(enum emu_route route)
{
	return route == EMU_ROUTE_LINKEDIN_USERINFO ||
	       route == EMU_ROUTE_LINKEDIN_CONSENTS ||
	       route == EMU_ROUTE_LINKEDIN_SNAPSHOT ||
	       route == EMU_ROUTE_LINKEDIN_LOG ||
	       route == EMU_ROUTE_LINKEDIN_STRANGE;
}
