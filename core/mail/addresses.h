/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mailboxes of an address header (From, Sender, Reply-To, To, Cc, Bcc).
 *
 * GMime reads each address; what separates addresses is found here first, so
 * that one that cannot be read costs none of its neighbours. A semicolon
 * separates like a comma: so do people, and groups come out flat.
 */
#ifndef SL_MAIL_ADDRESSES_H
#define SL_MAIL_ADDRESSES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"

/** Bytes of a header value that are read: some 4,000 recipients. */
#define SL_MAIL_ADDRESSES_BYTES_MAX ((size_t)256 * 1024)

/** Bytes of one address with its name and comments; longer is odd. */
#define SL_MAIL_ADDRESS_BYTES_MAX 2048

/** Comments in comments that are followed. */
#define SL_MAIL_COMMENT_DEPTH_MAX 16

/** Bytes of a display name, cut between characters. */
#define SL_MAIL_NAME_MAX 512

struct sl_mailbox {
	struct sl_mailbox *next;
	/* As written but for comments, route and white space; has an "@".
	 * Neither validated nor normalised: core/people's duty. */
	const char *address;
	/* Decoded, white space collapsed; NULL when there is none. */
	const char *name;
};

struct sl_mailboxes {
	struct sl_mailbox *first; /* in the header's order */
	size_t count;
	bool cut; /* there are more: past `max`, or past the bytes read */
	bool odd; /* something in the value was neither address nor nobody:
		   * worth keeping as written                        */
};

/**
 * Every mailbox of a header value; NULL and "" have none.
 *
 * Members of groups are mailboxes, the label of a group is not: an empty one
 * ("Undisclosed recipients:;") is nobody. Encoded words are decoded after
 * splitting. A provider may have decoded them before: in a display name
 * without quotes, separators and "@" belong to the name when "<" follows
 * ("Smith, John <j@example.com>" is one mailbox). What GMime refuses and has
 * one "@" between "<" and ">", or is nothing but one, is taken as written
 * ("first..last@example.com"). "(" and "[" behind an "@" in one address are not
 * given to GMime, which loses memory on some: mostly odd. Time is linear in the
 * length.
 *
 * max		most mailboxes that are taken
 */
void sl_mail_addresses(struct sl_arena *arena, const char *header_value,
		       size_t max, struct sl_mailboxes *out);

#endif
