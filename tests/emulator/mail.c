/* SPDX-License-Identifier: Apache-2.0 */
/* Gmail v1: who may ask what, the profile and send-as. */
#include "mail.h"

#include <stdlib.h>
#include <string.h>

#include "stats.h"

#define AUTH "https://www.googleapis.com/auth/"

void
emu_mail_bad(struct emu_req *r, const char *message)
{
	emu_api_error(r, 400, "global", "invalidArgument", message, NULL);
}

void
emu_mail_not_found(struct emu_req *r)
{
	emu_api_error(r, 404, "global", "notFound",
		      "Requested entity was not found.", NULL);
}

bool
emu_mail_read_id(const char *text, uint64_t *id)
{
	size_t len = strlen(text);

	if (len == 0 || len > 16 || strspn(text, "0123456789abcdef") != len)
		return false;
	*id = strtoull(text, NULL, 16);
	return true;
}

struct each {
	const char *name;
	void (*call)(void *context, const char *value);
	void *context;
};

static enum MHD_Result
visit(void *context, enum MHD_ValueKind kind, const char *key,
      const char *value)
{
	const struct each *e = context;

	(void)kind;
	if (strcmp(key, e->name) == 0)
		e->call(e->context, value ? value : "");
	return MHD_YES;
}

void
emu_each_arg(const struct emu_req *r, const char *name,
	     void (*each)(void *context, const char *value), void *context)
{
	struct each e = { name, each, context };

	MHD_get_connection_values(r->conn, MHD_GET_ARGUMENT_KIND, visit, &e);
}

void
emu_mail_reply(struct emu_req *r, struct emu_buf *body)
{
	if (!emu_mail_select(r, body)) {
		emu_buf_free(body);
		return;
	}
	emu_reply_text(r, 200, "application/json; charset=UTF-8", "");
	emu_buf_free(&r->reply.body);
	r->reply.body = *body;
	*body = (struct emu_buf){ 0 };
}

static void
profile(struct emu_req *r)
{
	const struct emu_mailbox *m = r->account->mail;
	uint64_t messages = m->count - m->deleted + m->fresh_count;
	struct emu_buf b = { 0 };

	EMU_LIT(&b, "{\"emailAddress\":");
	emu_put_json(&b, r->account->email);
	emu_putf(&b,
		 ",\"messagesTotal\":%llu,\"threadsTotal\":%llu,"
		 "\"historyId\":\"%llu\"}",
		 (unsigned long long)messages,
		 (unsigned long long)(messages * 10 / m->mean10),
		 (unsigned long long)m->history);
	emu_mail_reply(r, &b);
}

static void
send_as(struct emu_req *r)
{
	char *text = json_dumps(r->account->mail->aliases, JSON_COMPACT);
	struct emu_buf b = { 0 };

	emu_putf(&b, "{\"sendAs\":%s}", text ? text : "[]");
	free(text);
	emu_mail_reply(r, &b);
}

static bool
may_read(struct emu_req *r)
{
	static const char *const any[] = { AUTH "gmail.readonly",
					   AUTH "gmail.modify",
					   AUTH "gmail.metadata",
					   "https://mail.google.com/", NULL };
	static const char *const sender[] = {
		AUTH "gmail.readonly", AUTH "gmail.modify",
		AUTH "gmail.settings.basic", "https://mail.google.com/", NULL
	};
	static const char *const body[] = { AUTH "gmail.readonly",
					    AUTH "gmail.modify",
					    "https://mail.google.com/", NULL };

	return emu_need_scope(r, r->route == EMU_ROUTE_SEND_AS      ? sender
				 : r->route == EMU_ROUTE_ATTACHMENT ? body
								    : any);
}

/* The right user, who has a mailbox, asking within the quota. */
static bool
admitted(struct emu_req *r)
{
	const char *user = r->segments[3];

	if (!emu_is(r, "GET")) {
		emu_api_error(r, 405, "global", "httpMethodNotAllowed",
			      "Method not allowed", NULL);
		return false;
	}
	if (r->malformed) {
		emu_mail_bad(r, "Bad Request");
		return false;
	}
	if (!may_read(r))
		return false;
	if (strcmp(user, "me") != 0 && strcmp(user, r->account->email) != 0) {
		emu_api_error(r, 403, "global", "forbidden",
			      "Delegation denied for the user", NULL);
		return false;
	}
	if (!r->account->mail) {
		emu_api_error(r, 400, "global", "failedPrecondition",
			      "Mail service not enabled", NULL);
		emu_api_error_status(r, "FAILED_PRECONDITION");
		return false;
	}
	return emu_mail_charge(r);
}

void
emu_mail_route(struct emu_req *r)
{
	if (!emu_authorize(r) || !admitted(r))
		return;
	switch ((int)r->route) {
	case EMU_ROUTE_PROFILE:
		profile(r);
		break;
	case EMU_ROUTE_MESSAGES:
		emu_mail_list(r);
		break;
	case EMU_ROUTE_MESSAGE:
		emu_mail_get(r);
		break;
	case EMU_ROUTE_ATTACHMENT:
		emu_mail_attachment(r);
		break;
	case EMU_ROUTE_THREAD:
		emu_mail_thread_get(r);
		break;
	case EMU_ROUTE_HISTORY:
		emu_mail_history(r);
		break;
	case EMU_ROUTE_LABELS:
		emu_mail_labels(r);
		break;
	default:
		send_as(r);
	}
}
