/* SPDX-License-Identifier: Apache-2.0 */
/* The book of codes, grants and access tokens. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oauth.h"

#define PREFIX "https://www.googleapis.com/auth/"

/* What each provider's texts begin with: Google's, LinkedIn's. */
static const char *const refresh_prefix[] = { "1//emu-", "AQWemu-" };
static const char *const access_prefix[] = { "ya29.emu-", "AQXemu-" };
static const char *const code_prefix[] = { "4/0Aemu-", "AQTemu-" };

struct emu_oauth *
emu_oauth_new(void)
{
	return emu_alloc(sizeof(struct emu_oauth));
}

void
emu_oauth_free(struct emu_oauth *o)
{
	for (size_t i = 0; i < o->grant_count; i++) {
		free(o->grants[i]->scopes);
		free(o->grants[i]->refresh);
		free(o->grants[i]->previous);
		free(o->grants[i]->saved);
		free(o->grants[i]);
	}
	for (size_t i = 0; i < o->access_count; i++) {
		free(o->accesses[i]->text);
		free(o->accesses[i]);
	}
	for (size_t i = 0; i < o->code_count; i++) {
		free(o->codes[i]->text);
		free(o->codes[i]->redirect);
		free(o->codes[i]->challenge);
		free(o->codes[i]->scopes);
		free(o->codes[i]);
	}
	free(o->grants);
	free(o->accesses);
	free(o->codes);
	free(o);
}

/* Prefix, index, and a number that nobody guesses by counting. */
static char *
make_text(struct emu_world *w, const char *prefix, size_t index)
{
	struct emu_buf b = { 0 };
	uint64_t h = emu_draw(w->seed, ++w->oauth->serial);

	emu_putf(&b, "%s%zx-%016llx%016llx", prefix, index,
		 (unsigned long long)h, (unsigned long long)emu_mix(h));
	return emu_buf_take(&b);
}

/* The index in a text of make_text(); SIZE_MAX when it is none. */
static size_t
index_of(const char *prefix, const char *text)
{
	size_t len = strlen(prefix);
	char *end;
	size_t i;

	if (strncmp(text, prefix, len) != 0)
		return SIZE_MAX;
	i = strtoull(text + len, &end, 16);
	return *end == '-' && end != text + len ? i : SIZE_MAX;
}

static void
cap_refresh_tokens(struct emu_oauth *o, const struct emu_account *a)
{
	size_t live = 0;

	for (size_t i = o->grant_count; i-- > 0;) {
		struct emu_grant *g = o->grants[i];

		if (g->account == a && !g->linkedin && g->refresh &&
		    !g->revoked && ++live > EMU_REFRESH_MAX)
			g->revoked = true;
	}
}

void
emu_grant_refresh(struct emu_world *w, struct emu_grant *g)
{
	const struct emu_oauth *o = w->oauth;
	size_t i = 0;

	while (o->grants[i] != g)
		i++;
	free(g->refresh);
	g->refresh = make_text(w, refresh_prefix[g->linkedin], i);
	if (w->options.refresh_expires_in)
		g->refresh_until_ms =
			emu_now_ms(w) +
			(int64_t)w->options.refresh_expires_in * 1000;
}

static struct emu_grant *
grant_new(struct emu_world *w, struct emu_account *a, const char *scopes,
	  bool refresh, bool linkedin)
{
	struct emu_oauth *o = w->oauth;
	struct emu_grant *g = emu_alloc(sizeof(*g));

	g->account = a;
	g->linkedin = linkedin;
	g->scopes = emu_strdup(scopes);
	o->grants = emu_realloc(o->grants, (o->grant_count + 1) *
						   sizeof(struct emu_grant *));
	o->grants[o->grant_count++] = g;
	if (refresh)
		emu_grant_refresh(w, g);
	cap_refresh_tokens(o, a);
	return g;
}

struct emu_grant *
emu_grant_new(struct emu_world *w, struct emu_account *a, const char *scopes,
	      bool refresh)
{
	return grant_new(w, a, scopes, refresh, false);
}

struct emu_grant *
emu_linkedin_grant_new(struct emu_world *w, struct emu_account *a,
		       const char *scopes, bool refresh)
{
	return grant_new(w, a, scopes, refresh, true);
}

static struct emu_grant *
grant_find(struct emu_world *w, const char *refresh, bool linkedin)
{
	size_t i = index_of(refresh_prefix[linkedin], refresh);
	struct emu_grant *g;

	if (i >= w->oauth->grant_count)
		return NULL;
	g = w->oauth->grants[i];
	if (g->refresh && strcmp(g->refresh, refresh) == 0)
		return g;
	return atomic_load(&g->grace) && strcmp(g->previous, refresh) == 0
		       ? g
		       : NULL;
}

struct emu_grant *
emu_grant_find(struct emu_world *w, const char *refresh)
{
	return grant_find(w, refresh, false);
}

struct emu_grant *
emu_linkedin_grant_find(struct emu_world *w, const char *refresh)
{
	return grant_find(w, refresh, true);
}

void
emu_grant_grace(struct emu_grant *g, const char *text)
{
	char *copy = emu_strdup(text);

	free(g->previous);
	g->previous = copy;
	atomic_store(&g->grace, true);
}

/* Google tells few of them apart; the words are those that were seen. */
static const struct emu_cause causes[] = {
	{ "withdrawn", "invalid_grant", "Token has been expired or revoked.",
	  NULL },
	{ "password", "invalid_grant", "Token has been expired or revoked.",
	  NULL },
	{ "unused", "invalid_grant", "Token has been expired or revoked.",
	  NULL },
	{ "crowded", "invalid_grant", "Token has been expired or revoked.",
	  NULL },
	{ "testing", "invalid_grant", "Token has been expired or revoked.",
	  NULL },
	{ "limited", "invalid_grant", "Token has been expired or revoked.",
	  NULL },
	{ "suspended", "invalid_grant", "Bad Request", NULL },
	{ "admin", "admin_policy_enforced",
	  "The account is not allowed by its administrator to use this.",
	  NULL },
	{ "session", "invalid_grant", "reauth related error (invalid_rapt)",
	  "invalid_rapt" },
	{ "session_required", "invalid_grant",
	  "reauth related error (rapt_required)", "rapt_required" },
};

bool
emu_grants_die(struct emu_world *w, struct emu_account *a, const char *name)
{
	const struct emu_oauth *o = w->oauth;
	const struct emu_cause *cause = NULL;

	for (size_t i = 0; i < EMU_COUNT(causes); i++)
		if (strcmp(causes[i].name, name) == 0)
			cause = &causes[i];
	if (!cause)
		return false;
	emu_oauth_expire(w, a, true);
	for (size_t i = 0; i < o->grant_count; i++)
		if (o->grants[i]->account == a)
			o->grants[i]->cause = cause;
	return true;
}

void
emu_grants_save(struct emu_oauth *o)
{
	for (size_t i = 0; i < o->grant_count; i++)
		emu_set_text(&o->grants[i]->saved, o->grants[i]->refresh);
}

void
emu_grants_restore(struct emu_oauth *o)
{
	for (size_t i = 0; i < o->grant_count; i++) {
		if (!o->grants[i]->saved)
			continue;
		emu_set_text(&o->grants[i]->refresh, o->grants[i]->saved);
		atomic_store(&o->grants[i]->grace, false);
	}
}

struct emu_access *
emu_access_new(struct emu_world *w, struct emu_grant *g)
{
	struct emu_oauth *o = w->oauth;
	struct emu_access *t = emu_alloc(sizeof(*t));

	t->grant = g;
	t->text = make_text(w, access_prefix[g->linkedin], o->access_count);
	t->until_ms = emu_now_ms(w) +
		      (int64_t)(g->linkedin ? w->options.linkedin_expires_in
					    : w->options.expires_in) *
			      1000;
	o->accesses =
		emu_realloc(o->accesses, (o->access_count + 1) *
						 sizeof(struct emu_access *));
	o->accesses[o->access_count++] = t;
	return t;
}

static struct emu_access *
access_find(struct emu_world *w, const char *text, bool linkedin)
{
	size_t i = index_of(access_prefix[linkedin], text);
	struct emu_access *t;

	if (i >= w->oauth->access_count)
		return NULL;
	t = w->oauth->accesses[i];
	return strcmp(t->text, text) == 0 ? t : NULL;
}

struct emu_access *
emu_access_find(struct emu_world *w, const char *text)
{
	return access_find(w, text, false);
}

struct emu_access *
emu_linkedin_access_find(struct emu_world *w, const char *text)
{
	return access_find(w, text, true);
}

static struct emu_code *
code_new(struct emu_world *w, bool linkedin)
{
	struct emu_oauth *o = w->oauth;
	struct emu_code *c = emu_alloc(sizeof(*c));

	c->text = make_text(w, code_prefix[linkedin], o->code_count);
	c->until_ms = emu_now_ms(w) +
		      (linkedin ? EMU_LINKEDIN_CODE_LIFE_MS : EMU_CODE_LIFE_MS);
	o->codes = emu_realloc(o->codes,
			       (o->code_count + 1) * sizeof(struct emu_code *));
	o->codes[o->code_count++] = c;
	return c;
}

struct emu_code *
emu_code_new(struct emu_world *w)
{
	return code_new(w, false);
}

struct emu_code *
emu_linkedin_code_new(struct emu_world *w)
{
	return code_new(w, true);
}

static struct emu_code *
code_find(struct emu_world *w, const char *text, bool linkedin)
{
	size_t i = index_of(code_prefix[linkedin], text);
	struct emu_code *c;

	if (i >= w->oauth->code_count)
		return NULL;
	c = w->oauth->codes[i];
	return strcmp(c->text, text) == 0 ? c : NULL;
}

struct emu_code *
emu_code_find(struct emu_world *w, const char *text)
{
	return code_find(w, text, false);
}

struct emu_code *
emu_linkedin_code_find(struct emu_world *w, const char *text)
{
	return code_find(w, text, true);
}

static void
expire(struct emu_world *w, const struct emu_account *a, bool grants,
       bool linkedin)
{
	struct emu_oauth *o = w->oauth;

	for (size_t i = 0; i < o->access_count; i++)
		if (o->accesses[i]->grant->linkedin == linkedin &&
		    (!a || o->accesses[i]->grant->account == a))
			o->accesses[i]->dead = true;
	for (size_t i = 0; grants && i < o->grant_count; i++)
		if (o->grants[i]->linkedin == linkedin &&
		    (!a || o->grants[i]->account == a))
			o->grants[i]->revoked = true;
}

void
emu_oauth_expire(struct emu_world *w, struct emu_account *a, bool grants)
{
	expire(w, a, grants, false);
}

void
emu_linkedin_expire(struct emu_world *w, struct emu_account *a, bool grants)
{
	expire(w, a, grants, true);
}

bool
emu_scope_in(const char *scopes, const char *one)
{
	size_t want = strlen(one);

	while (*scopes) {
		size_t len = strcspn(scopes, " ");

		if (len == want && memcmp(scopes, one, len) == 0)
			return true;
		scopes += len + (scopes[len] == ' ');
	}
	return false;
}

static void
add_scope(struct emu_buf *b, const char *scope)
{
	if (b->data && emu_scope_in(b->data, scope))
		return;
	if (b->len)
		emu_putc(b, ' ');
	emu_puts(b, scope);
}

char *
emu_scopes_normal(const char *scopes)
{
	struct emu_buf b = { 0 };

	if (emu_scope_in(scopes, "email"))
		add_scope(&b, PREFIX "userinfo.email");
	if (emu_scope_in(scopes, "profile"))
		add_scope(&b, PREFIX "userinfo.profile");
	for (const char *p = scopes; *p;) {
		size_t len = strcspn(p, " ");
		char *one = emu_strndup(p, len);

		if (len && strcmp(one, "email") != 0 &&
		    strcmp(one, "profile") != 0 && strcmp(one, "openid") != 0)
			add_scope(&b, one);
		free(one);
		p += len + (p[len] == ' ');
	}
	if (emu_scope_in(scopes, "openid"))
		add_scope(&b, "openid");
	return emu_buf_take(&b);
}
