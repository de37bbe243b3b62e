/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One event of the changelog, between the files that read events.
 */
#ifndef SL_CONNECTORS_LINKEDIN_EVENT_H
#define SL_CONNECTORS_LINKEDIN_EVENT_H

#include "connectors/linkedin/mapping.h"

struct sl_linkedin_event {
	struct sl_page *page;
	const json_t *json;     /* borrowed */
	const json_t *activity; /* borrowed; NULL: none that is usable */
	const char *ledger_id;  /* "resourceName/event id"             */
	const char *resource;   /* resourceId; NULL: none              */
	const char *owner;      /* URN of the member; or NULL          */
	const char *method;     /* or ""                               */
	bool failed;            /* LinkedIn could not process all of it */
	int64_t captured_ms;
	int64_t version;
};

/** A text that LinkedIn could process; NULL: none. */
const char *sl_linkedin_field(const json_t *object, const char *key);

/** ms of a member as microseconds, floored to the second; SL_NO_TIME. */
int64_t sl_linkedin_second(const json_t *object, const char *key);

void sl_linkedin_event_filter(const struct sl_linkedin_event *event,
			      const char *reason);

/** Into quarantine; but what LinkedIn could not process, and tells again when
 *  it can, is only noted. */
void sl_linkedin_event_reject(const struct sl_linkedin_event *event,
			      const char *reason);

/** An artifact of an event; its aliases are the caller's. */
struct sl_artifact *
sl_linkedin_event_artifact(const struct sl_linkedin_event *event,
			   const char *type, const char *id);

/** Aliases, NULL-ended: "resource", and one more when `kind` is there. */
const struct sl_alias *
sl_linkedin_event_aliases(const struct sl_linkedin_event *event,
			  const char *kind, const char *value);

/** A person by URN. What is none (a seat of Recruiter or Sales Navigator) is
 *  kept as no person. */
void sl_linkedin_event_person(const struct sl_linkedin_event *event,
			      struct sl_artifact *artifact, const char *urn,
			      const char *role);

void sl_linkedin_map_message_event(const struct sl_linkedin_event *event);
void sl_linkedin_map_invitation_event(const struct sl_linkedin_event *event);

#endif
