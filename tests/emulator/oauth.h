/* SPDX-License-Identifier: Apache-2.0 */
/* Codes, grants and access tokens; shared by oauth.c and grants.c. */
#ifndef EMU_OAUTH_H
#define EMU_OAUTH_H

#include <stdatomic.h>

#include "http.h"

#define EMU_CODE_LIFE_MS          600000
#define EMU_LINKEDIN_CODE_LIFE_MS 1800000
#define EMU_REFRESH_MAX           100 /* live ones per account and client */

/** Why a refresh token died, and what /token says then. */
struct emu_cause {
	const char *name, *error, *description, *subtype;
};

struct emu_grant {
	struct emu_account *account;
	char *scopes; /* long names, one space between */
	char *refresh;
	char *previous; /* good as well until the successor is used */
	atomic_bool grace;
	char *saved;              /* by POST _control/grants */
	int64_t refresh_until_ms; /* 0 = no end */
	bool revoked;
	bool linkedin; /* else Google's; each knows its own tokens alone */
	const struct emu_cause *cause; /* NULL = withdrawn */
};

struct emu_access {
	struct emu_grant *grant;
	char *text;
	int64_t until_ms;
	bool dead;
	bool rotated; /* came with a new refresh token */
};

struct emu_code {
	struct emu_account *account;
	char *text, *redirect, *challenge, *scopes;
	bool plain, refresh, used;
	int64_t until_ms;
};

struct emu_oauth {
	struct emu_grant **grants;
	struct emu_access **accesses;
	struct emu_code **codes;
	size_t grant_count, access_count, code_count;
	uint64_t serial;
};

struct emu_grant *emu_grant_new(struct emu_world *w, struct emu_account *a,
				const char *scopes, bool refresh);
/** Gives the grant a new refresh token; the old one is dead, but see below. */
void emu_grant_refresh(struct emu_world *w, struct emu_grant *g);
/** With the option rotate_grace: `text` stays good until the token that comes
 *  next, or the access token beside it, is used. */
void emu_grant_grace(struct emu_grant *g, const char *text);
/** Every grant's refresh token is kept in mind, or is again the one kept. */
void emu_grants_save(struct emu_oauth *o);
void emu_grants_restore(struct emu_oauth *o);
/** The account's grants die of that cause; false: no such cause. */
bool emu_grants_die(struct emu_world *w, struct emu_account *a,
		    const char *cause);
struct emu_grant *emu_grant_find(struct emu_world *w, const char *refresh);
struct emu_access *emu_access_new(struct emu_world *w, struct emu_grant *g);
struct emu_access *emu_access_find(struct emu_world *w, const char *text);
struct emu_code *emu_code_new(struct emu_world *w);
struct emu_code *emu_code_find(struct emu_world *w, const char *text);
/* The same of LinkedIn */
struct emu_grant *emu_linkedin_grant_new(struct emu_world *w,
					 struct emu_account *a,
					 const char *scopes, bool refresh);
struct emu_grant *emu_linkedin_grant_find(struct emu_world *w,
					  const char *refresh);
struct emu_access *emu_linkedin_access_find(struct emu_world *w,
					    const char *text);
/** Neither dead nor too old. */
bool emu_linkedin_access_good(const struct emu_world *w,
			      const struct emu_access *t);
/** A living grant of the account allows the portability APIs. */
bool emu_linkedin_portable(const struct emu_world *w,
			   const struct emu_account *a);
struct emu_code *emu_linkedin_code_new(struct emu_world *w);
struct emu_code *emu_linkedin_code_find(struct emu_world *w, const char *text);
bool emu_scope_in(const char *scopes, const char *one);
/** Long names, without repeats, sign-in scopes last. */
char *emu_scopes_normal(const char *scopes);

#endif
