/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Invitations of the changelog: sent ones at once, received ones when the
 * member has answered them, withdrawn ones without their id.
 *
 * Source: LinkedIn, Member Changelog API, Invitations, read 2026-11
 */
#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"

#include "connectors/linkedin/event.h"

/** Alias of an invitation by its two sides: what a withdrawal can be known by.
 */
#define SIDES "sides"

struct invitation {
	const json_t *body;
	const char *inviter, *invitee; /* URNs */
	bool sent;                     /* by the member */
	const char *sides;             /* "out:URN" */
};

static bool
read_invitation(const struct sl_linkedin_event *event, struct invitation *out)
{
	const json_t *body = sl_json_object(event->activity, "invitationV2");

	if (body == NULL)
		body = sl_json_object(event->activity, "invitation");
	if (body == NULL)
		body = event->activity;
	*out = (struct invitation){
		.body = body,
		.inviter = sl_linkedin_field(body, "inviter"),
		.invitee = sl_linkedin_field(body, "invitee"),
	};
	if (out->inviter == NULL || out->invitee == NULL ||
	    strlen(out->inviter) > SL_SOURCE_ID_MAX / 2 ||
	    strlen(out->invitee) > SL_SOURCE_ID_MAX / 2)
		return false;
	out->sent = sl_text_equal(out->inviter, event->owner);
	if (!out->sent && !sl_text_equal(out->invitee, event->owner))
		return false;
	out->sides = sl_arena_printf(event->page->arena, "%s:%s",
				     out->sent ? "out" : "in",
				     out->sent ? out->invitee : out->inviter);
	return true;
}

static const char *const *
one_label(struct sl_arena *arena, const char *label)
{
	const char **labels = SL_NEW_ARRAY(arena, 2, const char *);

	labels[0] = label;
	return labels;
}

static const char *
message_of(const struct sl_linkedin_event *event, const json_t *body)
{
	const char *text = sl_linkedin_field(body, "message");

	if (text == NULL)
		text = sl_linkedin_field(sl_json_object(body, "message"),
					 "text");
	return text != NULL ? sl_linkedin_trim(event->page->arena, text,
					       strlen(text))
			    : NULL;
}

/** state	NULL: it waits for an answer */
static void
put_invitation(const struct sl_linkedin_event *event,
	       const struct invitation *of, const char *state)
{
	struct sl_arena *arena = event->page->arena;
	struct sl_artifact *artifact = sl_linkedin_event_artifact(
		event, SL_LINKEDIN_INVITATION,
		sl_arena_printf(arena, "i:%s",
				event->resource != NULL ? event->resource
							: of->sides));

	artifact->aliases = sl_linkedin_event_aliases(event, SIDES, of->sides);
	artifact->occurred_us = event->captured_ms / 1000 * SL_US_PER_S;
	artifact->reach_us = artifact->occurred_us;
	artifact->content = message_of(event, of->body);
	artifact->labels = one_label(arena, state);
	artifact->keep_labels = state == NULL;
	sl_json_put_text(artifact->metadata, "direction",
			 of->sent ? "outgoing" : "incoming");
	sl_linkedin_event_person(event, artifact, of->inviter, "inviter");
	sl_linkedin_event_person(event, artifact, of->invitee, "invitee");
}

/** The id of what was withdrawn is not told; its two sides are. */
static void
withdraw(const struct sl_linkedin_event *event, const struct invitation *of)
{
	struct sl_alias *alias =
		SL_NEW_ARRAY(event->page->arena, 2, struct sl_alias);
	struct sl_patch *patch = sl_page_patch(event->page);

	alias[0] = (struct sl_alias){ SIDES, of->sides };
	patch->source_id = of->sides;
	patch->alias = alias;
	patch->source_version = event->version;
	patch->labels = one_label(event->page->arena, "withdrawn");
}

static const char *
answer_of(const json_t *activity)
{
	const char *type = sl_linkedin_field(activity, "inviteeActionType");

	if (sl_text_equal(type, "ACCEPT"))
		return "accepted";
	return type != NULL ? "declined" : NULL;
}

static void
map_action(const struct sl_linkedin_event *event, const struct invitation *of)
{
	const char *name = sl_linkedin_field(event->json, "methodName");
	const char *answer = answer_of(event->activity);

	if (sl_text_equal(name, "inviterClosingInvitation"))
		withdraw(event, of);
	else if (sl_text_equal(name, "inviteeClosingInvitation") &&
		 answer != NULL)
		put_invitation(event, of, answer);
	else if (sl_text_equal(name, "verifyAndCreate"))
		put_invitation(event, of, NULL);
	else
		sl_linkedin_event_filter(event, "invitation-other");
}

void
sl_linkedin_map_invitation_event(const struct sl_linkedin_event *event)
{
	struct invitation of;
	bool acts = strcmp(event->method, "ACTION") == 0 ||
		    strcmp(event->method, "CREATE") == 0;

	if (!acts ||
	    sl_text_equal(sl_json_text(event->json, "methodName"), "purge"))
		sl_linkedin_event_filter(event, "invitation-other");
	else if (!read_invitation(event, &of))
		sl_linkedin_event_reject(event,
					 "an invitation without its two sides");
	else
		map_action(event, &of);
}
