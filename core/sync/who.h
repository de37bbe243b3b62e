/* SPDX-License-Identifier: Apache-2.0 */
/*
 * People, as a connector's `read` tells of them: part of record.h, which says
 * what holds for all records.
 */
#ifndef SL_SYNC_WHO_H
#define SL_SYNC_WHO_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum sl_identity_kind {
	SL_IDENTITY_EMAIL,
	SL_IDENTITY_HANDLE, /* profile URL or URN */
};

/** One person (or room, or group) of an artifact, as seen. */
struct sl_participant {
	struct sl_participant *next;
	enum sl_identity_kind kind;
	const char *value;    /* as written                              */
	const char *name;     /* as shown by the provider, or NULL       */
	const char *role;     /* "organizer", "attendee", "from", ...    */
	const char *response; /* "accepted", ...; NULL where none exists */
	bool not_person;      /* a room, a group, a generated address    */
	bool self;            /* the provider says: the account's owner  */
	bool optional;
	const char *normalised; /* set by the engine, NULL = unusable    */
};

/** One of the account owner's own addresses. */
struct sl_own_address {
	struct sl_own_address *next;
	const char *address;
	const char *name; /* or NULL */
};

/** One of the account owner's own handles: profile URL or URN. */
struct sl_own_handle {
	struct sl_own_handle *next;
	const char *handle;
	const char *name; /* or NULL */
};

/**
 * What a provider says of a person beside any artifact: an entry of an address
 * book, the owner's own profile. A contact that has one of the identities takes
 * what it lacks; what a person wrote by hand stays. Whether nobody's identities
 * make a new contact is decided by core/people.
 */
struct sl_person {
	struct sl_person *next;
	const char *source_id; /* for the ledger                           */
	int64_t version;       /* an older one undoes nothing; 0 = unknown */
	bool self;             /* the account's owner                      */
	const char *const *addresses; /* as written, NULL-ended; or NULL  */
	const char *const *handles;   /* the same                         */
	const char *name, *given_name, *family_name; /* or NULL           */
	const char *company, *title;                 /* or NULL           */
	const char *part; /* of the professional context: "profile"; or NULL */
	json_t *context;  /* that part; new reference, goes with the page  */
};

#endif
