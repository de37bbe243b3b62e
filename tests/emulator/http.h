/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request and its reply. Handlers fill the reply; http.c sends it
 * through libmicrohttpd, raw.c through the bare socket when a fault needs
 * what no decent server would send.
 */
#ifndef EMU_HTTP_H
#define EMU_HTTP_H

#include <microhttpd.h>

#include "store.h"

#define EMU_SEGMENTS_MAX 10
#define EMU_HEADERS_MAX  12
#define EMU_BODY_MAX     (64U << 20)

enum emu_route {
	EMU_ROUTE_OTHER,
	EMU_ROUTE_AUTH,
	EMU_ROUTE_TOKEN,
	EMU_ROUTE_REVOKE,
	EMU_ROUTE_USERINFO,
	EMU_ROUTE_LINKEDIN_AUTH,
	EMU_ROUTE_LINKEDIN_TOKEN,
	EMU_ROUTE_LINKEDIN_INTROSPECT,
	EMU_ROUTE_LINKEDIN_REVOKE,
	EMU_ROUTE_LINKEDIN_USERINFO,
	EMU_ROUTE_LINKEDIN_CONSENTS,
	EMU_ROUTE_LINKEDIN_SNAPSHOT,
	EMU_ROUTE_LINKEDIN_LOG,
	EMU_ROUTE_LINKEDIN_STRANGE,
	EMU_ROUTE_LIST,
	EMU_ROUTE_EVENTS,
	EMU_ROUTE_EVENT,
	EMU_ROUTE_INSTANCES,
	EMU_ROUTE_PROFILE,
	EMU_ROUTE_MESSAGES,
	EMU_ROUTE_MESSAGE,
	EMU_ROUTE_ATTACHMENT,
	EMU_ROUTE_THREAD,
	EMU_ROUTE_HISTORY,
	EMU_ROUTE_LABELS,
	EMU_ROUTE_SEND_AS,
	EMU_ROUTE_CONTROL,
	EMU_ROUTES
};

struct emu_fault;

struct emu_reply {
	unsigned status;
	const char *type;
	struct emu_buf body;
	char *headers[EMU_HEADERS_MAX][2];
	size_t header_count;
	bool sent; /* by hand: the connection is to be closed */
};

struct emu_req {
	struct emu_world *world;
	struct MHD_Connection *conn;
	const char *method;
	char *raw; /* path?query as it came */
	char *path;
	char *query;                      /* "" when there is none */
	char *segments[EMU_SEGMENTS_MAX]; /* decoded */
	size_t segment_count;
	bool begun;
	bool malformed;
	bool gzip;         /* the options allow it */
	uint64_t delay_ms; /* the answer comes so much later */
	struct emu_buf body;
	struct emu_reply reply;
	enum emu_route route;
	struct emu_account *account; /* whose token it bears, however stale */
	struct emu_fault *fault;     /* what was matched, or NULL */
};

struct emu_req *emu_req_new(struct emu_world *w, const char *raw);
void emu_req_free(struct emu_req *r);

/** The decoded value of a query parameter, or NULL. */
const char *emu_arg(const struct emu_req *r, const char *name);
const char *emu_header(const struct emu_req *r, const char *name);
/** A field of a form body, decoded, or NULL; the caller frees. */
char *emu_form(const struct emu_req *r, const char *name);
bool emu_is(const struct emu_req *r, const char *method);

void emu_reply_header(struct emu_req *r, const char *name, const char *value);
/** Replaces whatever the reply held. */
void emu_reply_json(struct emu_req *r, unsigned status, json_t *body_stolen);
void emu_reply_text(struct emu_req *r, unsigned status, const char *type,
		    const char *text);
/** Google's error envelope; location may be NULL. */
void emu_api_error(struct emu_req *r, unsigned status, const char *domain,
		   const char *reason, const char *message,
		   const char *location);
/** Adds details[0] of type ErrorInfo to the error just set. */
void emu_api_error_info(struct emu_req *r, const char *reason);
/** Another `status` for the error just set. */
void emu_api_error_status(struct emu_req *r, const char *status);
/** The flat shape of the token endpoint. */
void emu_oauth_error(struct emu_req *r, unsigned status, const char *error,
		     const char *description);

bool emu_accepts_gzip(const struct emu_req *r);
/** The whole text as one gzip member. */
void emu_gzip(const struct emu_buf *in, struct emu_buf *out);
/** Hands the reply to libmicrohttpd. */
enum MHD_Result emu_send(struct emu_req *r);

/* raw.c */
/** Head and body on the bare socket; `length` < 0: no Content-Length. */
void emu_raw_head(struct emu_req *r, unsigned status, int64_t length,
		  const char *more_headers);
/** False when the peer is gone or the server stops. */
bool emu_raw_write(struct emu_req *r, const char *data, size_t len);
void emu_raw_close(struct emu_req *r);
void emu_raw_reset(struct emu_req *r);
/** Sleeps in small steps; false when the server stops. */
bool emu_sleep_ms(uint64_t ms);
void emu_stop_sleepers(void);

/* routes.c: the whole life of one request */
void emu_answer(struct emu_req *r);

/* oauth.c */
struct emu_oauth *emu_oauth_new(void);
void emu_oauth_free(struct emu_oauth *o);
void emu_oauth_route(struct emu_req *r);
/** False after replying 401, 403 or 429. */
bool emu_authorize(struct emu_req *r);
/** 403 unless the token carries one of the scopes (NULL-ended). */
bool emu_need_scope(struct emu_req *r, const char *const *scopes);
/** The account of the request's bearer token, however stale; or NULL. */
struct emu_account *emu_token_account(const struct emu_req *r);
/** True when the grant of the token, already authorized, has the scope. */
bool emu_has_scope(const struct emu_req *r, const char *scope);
/** A grant without the browser: {access_token, refresh_token, ...}. */
json_t *emu_oauth_mint(struct emu_world *w, struct emu_account *a,
		       const char *scopes);
void emu_oauth_expire(struct emu_world *w, struct emu_account *a, bool grants);
void emu_linkedin_expire(struct emu_world *w, struct emu_account *a,
			 bool grants);

/* linkedin.c, linkedin_api.c */
void emu_linkedin_route(struct emu_req *r);
/** True: of these routes, errors look like Rest.li's. */
bool emu_linkedin_is_rest(enum emu_route route);
void emu_linkedin_userinfo(struct emu_req *r);
void emu_linkedin_consents(struct emu_req *r);
void emu_linkedin_strange(struct emu_req *r);
/** An access token as the developer portal hands it out. */
json_t *emu_linkedin_mint(struct emu_world *w, struct emu_account *a,
			  const char *scopes);

/* calendar.c, events.c */
void emu_calendar_route(struct emu_req *r);
void emu_event_get(struct emu_req *r, struct emu_cal *c, const char *id);
void emu_event_instances(struct emu_req *r, struct emu_cal *c, const char *id);

/* control.c, truth.c */
void emu_control_route(struct emu_req *r);
/** One JSON line for each event of an account; people: who is in it. */
void emu_truth(struct emu_req *r, bool people);

#endif
