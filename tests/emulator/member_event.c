/* SPDX-License-Identifier: Apache-2.0 */
/* One element of the changelog, as LinkedIn writes it. */
#include <stdlib.h>
#include <string.h>

#include "member.h"

#define NOT_THIS "Unable_to_process_this_field."

struct telling {
	const struct emu_member *m;
	const struct emu_happening *h;
	json_t *out;
};

static void
set_text(json_t *to, const char *key, const char *text)
{
	json_object_set_new(to, key, json_string(text));
}

static void
set_ms(json_t *to, const char *key, int64_t ms)
{
	json_object_set_new(to, key, json_integer((json_int_t)ms));
}

static void
set_urn(json_t *to, const char *key, const struct emu_member *m, uint64_t who)
{
	struct emu_person p;

	emu_person_at(m, who, &p);
	set_text(to, key, p.urn);
}

static void
set_buf(json_t *to, const char *key, struct emu_buf *b)
{
	json_object_set_new(to, key, json_stringn(b->data, b->len));
	emu_buf_free(b);
}

static void
put_uuid(struct emu_buf *b, uint64_t key)
{
	uint64_t h = emu_mix(key), l = emu_mix(h);

	emu_putf(b, "%08x-%04x-4%03x-8%03x-%012llx", (unsigned)(h >> 32),
		 (unsigned)(h >> 16 & 0xffff), (unsigned)(h & 0xfff),
		 (unsigned)(l >> 48 & 0xfff),
		 (unsigned long long)(l & 0xffffffffffff));
}

/* Recruiters write from a mailbox that is no person. */
static void
set_author(const struct telling *t, json_t *activity, const char *key,
	   const struct emu_letter *l, const struct emu_thread *thread)
{
	struct emu_buf b = { 0 };

	if (l->author == EMU_OWNER || thread->talk != EMU_TALK_INMAIL ||
	    thread->number % 2) {
		set_urn(activity, key, t->m,
			l->author == EMU_NOBODY ? EMU_GHOSTS + thread->number
						: l->author);
		return;
	}
	emu_putf(&b, "urn:li:%s:%llu",
		 thread->number % 4 ? "salesIdentity" : "hireMailbox",
		 (unsigned long long)(thread->number + 1000));
	set_buf(activity, key, &b);
}

static json_t *
content_of(const char *text)
{
	return json_pack("{s:s,s:i,s:s}", "format", "TEXT", "formatVersion", 1,
			 "fallback", text);
}

static json_t *
attachments_of(const struct emu_member *m, const struct emu_letter *l)
{
	json_t *list = json_array();
	struct emu_buf b = { 0 };

	if (!l->attachment)
		return list;
	emu_putf(&b, "urn:li:digitalmediaAsset:D%llx",
		 (unsigned long long)emu_draw(m->key, l->number));
	json_array_append_new(list, json_string(b.data));
	emu_buf_free(&b);
	return list;
}

static void
message_body(const struct telling *t, json_t *activity,
	     const struct emu_letter *l, const struct emu_thread *thread)
{
	const struct emu_happening *h = t->h;
	struct emu_buf b = { 0 };
	bool create = h->deed == EMU_MESSAGE_CREATE;

	set_author(t, activity, "author", l, thread);
	EMU_LIT(&b, "urn:li:messagingThread:");
	emu_put_thread_id(&b, t->m, l->thread);
	set_buf(activity, "thread", &b);
	set_ms(activity, "createdAt", create ? l->ms : h->captured_ms);
	json_object_set_new(activity, "attachments", attachments_of(t->m, l));
	if (create) {
		set_author(t, activity, "owner", l, thread);
		emu_put_resource_id(&b, t->m, l->number);
		set_buf(activity, "id", &b);
		set_ms(activity, "deliveredAt", l->ms);
	}
	if (h->deed == EMU_MESSAGE_DELETE)
		return;
	emu_reserve(&b, 1);
	b.data[0] = '\0';
	if (create)
		(void)emu_letter_text(t->m, l, l->ms, &b);
	else
		emu_puts(&b, h->text);
	json_object_set_new(activity, "content", content_of(b.data));
	emu_buf_free(&b);
}

static void
tell_message(const struct telling *t)
{
	const struct emu_happening *h = t->h;
	static const char *const methods[] = { "CREATE", "UPDATE", "DELETE" };
	json_t *activity = json_object();
	struct emu_letter l;
	struct emu_thread thread;
	struct emu_buf b = { 0 };

	emu_letter_at(t->m, h->subject, &l);
	emu_thread_at(t->m, l.thread, &thread);
	set_author(t, t->out, "actor", &l, &thread);
	set_text(t->out, "resourceName", "messages");
	set_text(t->out, "method", methods[h->deed]);
	emu_put_resource_id(&b, t->m, l.number);
	set_text(t->out, "resourceId", b.data);
	emu_buf_free(&b);
	EMU_LIT(&b, "/messages/");
	emu_put_resource_id(&b, t->m, l.number);
	set_buf(t->out, "resourceUri", &b);
	if (!json_object_get(h->body, "bare"))
		message_body(t, activity, &l, &thread);
	json_object_set_new(t->out, "activity", activity);
}

static void
tell_invitation(const struct telling *t)
{
	static const char *const names[] = { "verifyAndCreate",
					     "inviteeClosingInvitation",
					     "inviterClosingInvitation" };
	const struct emu_happening *h = t->h;
	json_t *activity = json_object(), *body = json_object();
	struct emu_buf b = { 0 };
	struct emu_inv v;

	emu_inv_at(t->m, h->subject, h->captured_ms, &v);
	set_urn(t->out, "actor", t->m, EMU_OWNER);
	set_text(t->out, "resourceName", "invitations");
	set_text(t->out, "resourceUri", "/invitations");
	set_text(t->out, "method", "ACTION");
	set_text(t->out, "methodName", names[h->deed - EMU_INV_CREATE]);
	emu_putf(&b, "7390%015llu", (unsigned long long)v.number);
	set_text(t->out, "resourceId",
		 h->deed == EMU_INV_WITHDRAW ? "" : b.data);
	emu_buf_free(&b);
	set_urn(body, "inviter", t->m, v.sent ? EMU_OWNER : v.person);
	set_urn(body, "invitee", t->m, v.sent ? v.person : EMU_OWNER);
	set_text(body, "trackingId", "c3ludGg=");
	if (h->deed == EMU_INV_CREATE && *v.text)
		set_text(body, "message", v.text);
	if (h->deed == EMU_INV_CLOSE)
		set_text(activity, "inviteeActionType",
			 v.state == EMU_ACCEPTED ? "ACCEPT" : "IGNORE");
	if (h->deed == EMU_INV_WITHDRAW)
		set_text(activity, "inviterActionType", "WITHDRAW");
	json_object_set_new(activity, "invitationV2", body);
	json_object_set_new(t->out, "activity", activity);
}

/* Resources that are none of a gateway's business, and unheard-of ones. */
static void
tell_noise(const struct telling *t)
{
	static const struct {
		const char *name, *method;
	} kinds[] = {
		{ "socialActions/likes", "CREATE" },
		{ "socialActions/comments", "CREATE" },
		{ "ugcPosts", "CREATE" },
		{ "people/languages", "PARTIAL_UPDATE" },
		{ "people", "PARTIAL_UPDATE" },
		{ "socialActions/likes", "DELETE" },
		{ "somethingNobodyKnows", "BATCH_CREATE" },
		{ "originalArticles", "ACTION" },
	};

	size_t i = (size_t)(t->h->subject / 9 % EMU_COUNT(kinds));
	struct emu_buf b = { 0 };

	set_urn(t->out, "actor", t->m, EMU_OWNER);
	set_text(t->out, "resourceName", kinds[i].name);
	set_text(t->out, "method", kinds[i].method);
	if (strcmp(kinds[i].method, "ACTION") == 0)
		set_text(t->out, "methodName", "createOrUpdateArticle");
	emu_putf(&b, "urn:li:activity:739%016llu",
		 (unsigned long long)t->h->subject);
	set_text(t->out, "resourceId", b.data);
	json_object_set_new(t->out, "activity",
			    json_pack("{s:s,s:s}", "object", b.data,
				      "reactionType", "LIKE"));
	emu_buf_free(&b);
	emu_putf(&b, "/%s/%llu", kinds[i].name,
		 (unsigned long long)t->h->subject);
	set_buf(t->out, "resourceUri", &b);
}

static void
tell_raw(const struct telling *t)
{
	set_urn(t->out, "actor", t->m, EMU_OWNER);
	json_object_update(t->out, t->h->body);
}

/* Three ways in which a field, or all of it, could not be had. */
static void
spoil(const struct telling *t)
{
	json_t *activity = json_object_get(t->out, "activity");
	const char nothing[] = "Unable to process this event.";

	switch (t->h->id / 8 % 3) {
	case 0:
		set_text(t->out, "resourceId", NOT_THIS);
		set_text(t->out, "resourceUri", NOT_THIS);
		json_object_del(activity, "content");
		set_text(activity, "content!", NOT_THIS);
		break;
	case 1:
		json_object_clear(activity);
		json_object_set_new(t->out, "processedActivity",
				    json_pack("{s:s}", "message", nothing));
		break;
	default:
		json_object_clear(activity);
		set_text(activity, "message", nothing);
	}
}

void
emu_put_event(struct emu_buf *b, const struct emu_member *m,
	      const struct emu_happening *h)
{
	struct telling t = { m, h, json_object() };
	bool failure = h->failed && !h->replay;
	struct emu_buf uuid = { 0 };
	char *text;

	set_ms(t.out, "id", (int64_t)h->id);
	put_uuid(&uuid, emu_draw(m->key, h->id / 8 * 8 + (h->id & 4)));
	set_buf(t.out, "activityId", &uuid);
	set_text(t.out, "activityStatus",
		 failure     ? "FAILURE"
		 : h->replay ? "SUCCESSFUL_REPLAY"
			     : "SUCCESS");
	json_object_set_new(t.out, "configVersion", json_integer(13));
	set_urn(t.out, "owner", m, EMU_OWNER);
	set_ms(t.out, "capturedAt", h->captured_ms);
	set_ms(t.out, "processedAt", h->processed_ms);
	if (h->id / 8 % 2) {
		json_object_set_new(t.out, "siblingActivities", json_array());
		json_object_set_new(t.out, "parentSiblingActivities",
				    json_array());
	}
	if (h->deed <= EMU_MESSAGE_DELETE)
		tell_message(&t);
	else if (h->deed <= EMU_INV_WITHDRAW)
		tell_invitation(&t);
	else if (h->deed == EMU_NOISE)
		tell_noise(&t);
	else
		tell_raw(&t);
	if (failure)
		spoil(&t);
	text = json_dumps(t.out, JSON_COMPACT);
	emu_puts(b, text ? text : "{}");
	free(text);
	json_decref(t.out);
}
