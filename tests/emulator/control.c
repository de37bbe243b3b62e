/* SPDX-License-Identifier: Apache-2.0 */
/* `/_control`: the hand of the test inside the provider. */
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "fault.h"
#include "mail.h"
#include "oauth.h"
#include "options.h"
#include "stats.h"

#define DEFAULT_SCOPES                                                         \
	"openid email https://www.googleapis.com/auth/calendar.readonly "      \
	"https://www.googleapis.com/auth/gmail.readonly"

static void
fail(struct emu_req *r, unsigned status, const char *why)
{
	emu_reply_json(r, status, json_pack("{s:s}", "error", why));
}

static void
done(struct emu_req *r)
{
	emu_reply_json(r, 200, json_pack("{s:b}", "ok", 1));
}

static const char *
text_of(const json_t *in, const char *key)
{
	return json_string_value(json_object_get(in, key));
}

static bool
is_text(const json_t *in, const char *key, const char *value)
{
	const char *v = text_of(in, key);

	return v && strcmp(v, value) == 0;
}

static uint64_t
number_of(const json_t *in, const char *key, uint64_t otherwise)
{
	const json_t *v = json_object_get(in, key);

	return json_is_integer(v) && json_integer_value(v) >= 0
		       ? (uint64_t)json_integer_value(v)
		       : otherwise;
}

/* The account of a command; NULL after replying 404. */
static struct emu_account *
account_of(struct emu_req *r, const json_t *in)
{
	const char *email = text_of(in, "account");
	struct emu_account *a =
		email ? emu_find_account(r->world, email) : NULL;

	if (!a)
		fail(r, 404, "no such account");
	return a;
}

static struct emu_cal *
calendar_of(struct emu_req *r, struct emu_account *a, const json_t *in,
	    const char *key)
{
	const char *id = text_of(in, key);
	struct emu_cal *c = emu_find_calendar(a, id ? id : "primary");

	if (!c)
		fail(r, 404, "no such calendar");
	return c;
}

/* One of the calendars whose events the account may change. */
static struct emu_cal *
any_calendar(struct emu_account *a, struct emu_rng *rng)
{
	for (int i = 0; i < 100; i++) {
		struct emu_cal *c = a->cals[emu_below(rng, a->cal_count)];

		if (strcmp(c->role, "owner") == 0 && !c->removed)
			return c;
	}
	return a->cals[0];
}

static void
storm(struct emu_req *r, struct emu_account *a, const json_t *in)
{
	struct emu_rng rng = { .state = number_of(in, "seed", 1) };
	uint64_t count = number_of(in, "count", 1);
	struct emu_cal *only = NULL;
	json_t *out = json_object();

	if (text_of(in, "calendar"))
		only = calendar_of(r, a, in, "calendar");
	if (text_of(in, "calendar") && !only) {
		json_decref(out);
		return;
	}
	for (uint64_t i = 0; i < count; i++) {
		struct emu_cal *c = only ? only : any_calendar(a, &rng);
		json_t *made = emu_event_random(c, &rng);
		const char *op = made ? text_of(made, "_op") : "failed";
		json_int_t n = json_integer_value(json_object_get(out, op));

		json_object_set_new(out, op, json_integer(n + 1));
		json_decref(made);
	}
	emu_reply_json(r, 200, out);
}

static json_t *
edit(struct emu_cal *c, const json_t *in, const char **why)
{
	const char *id = text_of(in, "id");
	json_t *body = json_object_get(in, "body");
	struct emu_cal *to;

	*why = "unknown op";
	if (is_text(in, "op", "create"))
		return emu_event_create(c, body, why);
	if (!id) {
		*why = "id wanted";
		return NULL;
	}
	if (is_text(in, "op", "update"))
		return emu_event_update(c, id, body, why);
	if (is_text(in, "op", "cancel") || is_text(in, "op", "delete"))
		return emu_event_cancel(c, id, why);
	if (is_text(in, "op", "say") && text_of(in, "text"))
		return emu_event_say(c, id, text_of(in, "text"), why);
	if (is_text(in, "op", "purge"))
		return emu_event_purge(c, id, why);
	if (!is_text(in, "op", "move"))
		return NULL;
	to = emu_find_calendar(c->account, text_of(in, "to") ? text_of(in, "to")
							     : "primary");
	*why = "move: no such calendar in to";
	return to ? emu_event_move(c, id, to, why) : NULL;
}

static void
control_event(struct emu_req *r, const json_t *in)
{
	struct emu_account *a = account_of(r, in);
	struct emu_cal *c;
	const char *why = NULL;
	json_t *made;

	if (!a)
		return;
	if (is_text(in, "op", "random")) {
		storm(r, a, in);
		return;
	}
	c = calendar_of(r, a, in, "calendar");
	if (!c)
		return;
	made = edit(c, in, &why);
	if (made)
		emu_reply_json(r, 200, made);
	else
		fail(r, 400, why);
}

static void
change_calendar(struct emu_cal *c, const json_t *in)
{
	const json_t *selected = json_object_get(in, "selected");
	const json_t *hidden = json_object_get(in, "hidden");
	const char *role = text_of(in, "role");
	const char *zone = text_of(in, "timeZone");

	if (text_of(in, "summary"))
		emu_set_text(&c->summary, text_of(in, "summary"));
	if (json_object_get(in, "summaryOverride"))
		emu_set_text(&c->override, text_of(in, "summaryOverride"));
	if (json_is_boolean(selected))
		c->selected = json_is_true(selected);
	if (json_is_boolean(hidden))
		c->hidden = json_is_true(hidden);
	if (zone && emu_zone_find(zone))
		c->zone = emu_zone_find(zone);
	if (role && strcmp(role, c->role) != 0) {
		emu_set_text(&c->role, role);
		c->epoch++; /* access changed: sync tokens are void */
	}
	c->deny_status = (int)number_of(in, "deny", (uint64_t)c->deny_status);
	if (!json_is_false(json_object_get(in, "announce")))
		emu_list_changed(c);
}

static void
add_calendar(struct emu_req *r, struct emu_account *a, const json_t *in)
{
	const char *id = text_of(in, "calendar");
	const char *summary = text_of(in, "summary");
	struct emu_cal *c;

	if (id && emu_find_calendar(a, id)) {
		fail(r, 400, "duplicate calendar");
		return;
	}
	c = emu_add_calendar(a, id, summary ? summary : "Added",
			     number_of(in, "events", 0));
	change_calendar(c, in);
	emu_reply_json(r, 200, json_pack("{s:b,s:s}", "ok", 1, "id", c->id));
}

static void
control_calendar(struct emu_req *r, const json_t *in)
{
	struct emu_account *a = account_of(r, in);
	struct emu_cal *c;

	if (!a)
		return;
	if (is_text(in, "op", "add")) {
		add_calendar(r, a, in);
		return;
	}
	c = calendar_of(r, a, in, "calendar");
	if (!c)
		return;
	if (is_text(in, "op", "change")) {
		change_calendar(c, in);
	} else if (is_text(in, "op", "remove") ||
		   is_text(in, "op", "unshare")) {
		c->removed = true;
		c->epoch++;
		emu_list_changed(c);
	} else if (is_text(in, "op", "restore")) {
		c->removed = false;
		c->deny_status = 0;
		emu_list_changed(c);
	} else {
		fail(r, 400, "unknown op");
		return;
	}
	emu_reply_json(r, 200, json_pack("{s:b,s:s}", "ok", 1, "id", c->id));
}

static void
expire_tokens(struct emu_account *a, const struct emu_cal *only, bool pages)
{
	for (size_t i = 0; i < a->cal_count; i++) {
		struct emu_cal *c = a->cals[i];

		if (only && c != only)
			continue;
		if (pages)
			c->page_epoch++;
		else
			c->epoch++;
	}
}

/* False: there is nothing of that name. */
static bool
expire_consent(struct emu_req *r, struct emu_account *a, const json_t *in)
{
	const char *cause = text_of(in, "cause");

	if (is_text(in, "what", "grant"))
		return emu_grants_die(r->world, a, cause ? cause : "withdrawn");
	if (is_text(in, "what", "access_tokens"))
		emu_oauth_expire(r->world, a, false);
	else if (is_text(in, "what", "linkedin_tokens"))
		emu_linkedin_expire(r->world, a, false);
	else if (is_text(in, "what", "linkedin_grant"))
		emu_linkedin_expire(r->world, a, true);
	else
		return false;
	return true;
}

static void
control_expire(struct emu_req *r, const json_t *in)
{
	struct emu_account *a = account_of(r, in);
	struct emu_cal *only = NULL;

	if (!a)
		return;
	if (text_of(in, "calendar")) {
		only = calendar_of(r, a, in, "calendar");
		if (!only)
			return;
	}
	done(r);
	if (is_text(in, "what", "sync_tokens"))
		expire_tokens(a, only, false);
	else if (is_text(in, "what", "page_tokens"))
		expire_tokens(a, only, true);
	else if (is_text(in, "what", "list_token"))
		a->list_epoch++;
	else if (is_text(in, "what", "mail_pages") && a->mail)
		a->mail->page_epoch++;
	else if (is_text(in, "what", "history") && a->mail)
		a->mail->floor = a->mail->history;
	else if (!expire_consent(r, a, in))
		fail(r, 400,
		     "what: sync_tokens, page_tokens, list_token, mail_pages, "
		     "history, access_tokens, grant, linkedin_tokens or "
		     "linkedin_grant");
}

static void
control_grants(struct emu_req *r, const json_t *in)
{
	if (is_text(in, "op", "save"))
		emu_grants_save(r->world->oauth);
	else if (is_text(in, "op", "restore"))
		emu_grants_restore(r->world->oauth);
	else {
		fail(r, 400, "op: save or restore");
		return;
	}
	done(r);
}

static void
control_clock(struct emu_req *r, const json_t *in)
{
	struct emu_world *w = r->world;
	const json_t *by = json_object_get(in, "advance_s");
	const char *now = text_of(in, "now");
	struct emu_buf b = { 0 };
	int64_t ms;

	if (now && emu_parse_time(now, &ms))
		w->clock_add_ms += ms - emu_now_ms(w);
	else if (json_is_integer(by))
		w->clock_add_ms += json_integer_value(by) * 1000;
	else if (in) {
		fail(r, 400, "now or advance_s wanted");
		return;
	}
	emu_put_utc_ms(&b, emu_now_ms(w));
	emu_reply_json(r, 200, json_pack("{s:s}", "now", b.data));
	emu_buf_free(&b);
}

static void
control_options(struct emu_req *r, json_t *in)
{
	const char *bad = emu_options_set(&r->world->options, in);

	if (bad)
		fail(r, 400, bad);
	else
		emu_reply_json(r, 200, emu_options_json(&r->world->options));
}

static void
control_account(struct emu_req *r, const json_t *in)
{
	const char *spec = text_of(in, "spec");
	struct emu_account *a = spec ? emu_add_account(r->world, spec) : NULL;

	if (a)
		emu_reply_json(r, 200,
			       json_pack("{s:b,s:s,s:s}", "ok", 1, "email",
					 a->email, "sub", a->sub));
	else
		fail(r, 400, "spec: EMAIL:EVENTS:CALENDARS, a new one");
}

static void
control_token(struct emu_req *r, const json_t *in)
{
	struct emu_account *a = account_of(r, in);
	const char *scopes = text_of(in, "scopes");

	if (a && is_text(in, "provider", "linkedin"))
		emu_reply_json(
			r, 200,
			emu_linkedin_mint(
				r->world, a,
				scopes ? scopes
				       : "r_dma_portability_self_serve"));
	else if (a)
		emu_reply_json(
			r, 200,
			emu_oauth_mint(r->world, a,
				       scopes ? scopes : DEFAULT_SCOPES));
}

static void
control_mail(struct emu_req *r, const json_t *in)
{
	struct emu_account *a = account_of(r, in);

	if (a && !a->mail)
		fail(r, 404, "no mailbox");
	else if (a)
		emu_mail_control(r, a, in);
}

static void
control_mailbox(struct emu_req *r, const json_t *in)
{
	const char *spec = text_of(in, "spec");

	if (spec && emu_mailbox_add(r->world, spec))
		done(r);
	else
		fail(r, 400, "spec: EMAIL:MESSAGES[:MEAN], a new one");
}

static void
control_linkedin(struct emu_req *r, const json_t *in)
{
	struct emu_account *a = account_of(r, in);

	if (a)
		emu_member_control(r, a, in);
}

static void
control_archive(struct emu_req *r, const json_t *in)
{
	const struct emu_account *a = account_of(r, in);

	if (a)
		emu_archive_post(r, a, in);
}

static void
control_member(struct emu_req *r, const json_t *in)
{
	const char *spec = text_of(in, "spec");

	if (spec && emu_member_add(r->world, spec))
		done(r);
	else
		fail(r, 400,
		     "spec: EMAIL:CONNECTIONS:MESSAGES[:INVITATIONS"
		     "[:CONTACTS[:POSITIONS]]], an empty one");
}

static void
control_stats(struct emu_req *r, uint64_t last)
{
	json_t *out = emu_stats_json(r->world->stats, (size_t)last);

	json_object_set_new(out, "mail", emu_mail_stats(r->world));
	emu_reply_json(r, 200, out);
}

static void
control_fault(struct emu_req *r, json_t *in)
{
	const char *why = NULL;
	json_t *out = emu_faults_add(r->world->faults, in, &why);

	if (out)
		emu_reply_json(r, 200, out);
	else
		fail(r, 400, why);
}

static json_t *
describe(const struct emu_account *a)
{
	json_t *cals = json_array();

	for (size_t i = 0; i < a->cal_count; i++) {
		const struct emu_cal *c = a->cals[i];

		json_array_append_new(
			cals,
			json_pack("{s:s,s:s,s:s,s:b,s:b,s:b,s:b,s:I,s:I}", "id",
				  c->id, "summary", c->summary, "role", c->role,
				  "primary", c->primary, "selected",
				  c->selected, "hidden", c->hidden, "removed",
				  c->removed, "positions",
				  (json_int_t)emu_positions(c), "changes",
				  (json_int_t)c->seq));
	}
	return json_pack("{s:s,s:s,s:I,s:o}", "email", a->email, "sub", a->sub,
			 "people", (json_int_t)emu_pool_size(a->pool),
			 "calendars", cals);
}

static void
list_accounts(struct emu_req *r)
{
	json_t *out = json_array();

	for (size_t i = 0; i < r->world->account_count; i++)
		json_array_append_new(out, describe(r->world->accounts[i]));
	emu_reply_json(r, 200, out);
}

static void
control_get(struct emu_req *r, const char *what)
{
	const char *last = emu_arg(r, "last");
	uint64_t n = 50;

	if (strcmp(what, "stats") == 0) {
		if (last && !emu_parse_u64(last, &n))
			n = 50;
		control_stats(r, n);
	} else if (strcmp(what, "mail") == 0) {
		emu_mail_truth(r);
	} else if (strcmp(what, "linkedin") == 0) {
		emu_member_truth(r);
	} else if (strcmp(what, "archive") == 0) {
		emu_archive_get(r);
	} else if (strcmp(what, "truth") == 0) {
		emu_truth(r, false);
	} else if (strcmp(what, "people") == 0) {
		emu_truth(r, true);
	} else if (strcmp(what, "accounts") == 0) {
		list_accounts(r);
	} else if (strcmp(what, "fault") == 0) {
		emu_reply_json(r, 200, emu_faults_json(r->world->faults));
	} else if (strcmp(what, "options") == 0) {
		emu_reply_json(r, 200, emu_options_json(&r->world->options));
	} else if (strcmp(what, "clock") == 0) {
		control_clock(r, NULL);
	} else {
		fail(r, 404, "unknown control path");
	}
}

static void
control_post(struct emu_req *r, const char *what, json_t *in)
{
	static const struct {
		const char *name;
		void (*run)(struct emu_req *r, const json_t *in);
	} commands[] = {
		{ "event", control_event },
		{ "calendar", control_calendar },
		{ "expire", control_expire },
		{ "grants", control_grants },
		{ "clock", control_clock },
		{ "account", control_account },
		{ "token", control_token },
		{ "mail", control_mail },
		{ "mailbox", control_mailbox },
		{ "archive", control_archive },
		{ "linkedin", control_linkedin },
		{ "member", control_member },
	};

	if (strcmp(what, "fault") == 0) {
		control_fault(r, in);
		return;
	}
	if (strcmp(what, "options") == 0) {
		control_options(r, in);
		return;
	}
	for (size_t i = 0; i < EMU_COUNT(commands); i++)
		if (strcmp(commands[i].name, what) == 0) {
			commands[i].run(r, in);
			return;
		}
	fail(r, 404, "unknown control path");
}

void
emu_control_route(struct emu_req *r)
{
	const char *what = r->segment_count > 1 ? r->segments[1] : "";
	json_error_t where;
	json_t *in;

	if (emu_is(r, "GET")) {
		control_get(r, what);
	} else if (emu_is(r, "DELETE") && strcmp(what, "fault") == 0) {
		emu_faults_clear(r->world->faults);
		done(r);
	} else if (emu_is(r, "POST") && strcmp(what, "stats") == 0 &&
		   r->segment_count == 3) {
		emu_stats_reset(r->world->stats);
		emu_mail_stats_reset(r->world);
		done(r);
	} else if (emu_is(r, "POST")) {
		in = json_loadb(r->body.data ? r->body.data : "", r->body.len,
				JSON_ALLOW_NUL, &where);
		if (json_is_object(in))
			control_post(r, what, in);
		else
			fail(r, 400, in ? "object wanted" : where.text);
		json_decref(in);
	} else {
		fail(r, 405, "method not allowed");
	}
}
