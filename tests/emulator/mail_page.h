/* SPDX-License-Identifier: Apache-2.0 */
/* A page of messages or of history, bent by a fault if one applies. */
#ifndef EMU_MAIL_PAGE_H
#define EMU_MAIL_PAGE_H

#include "fault.h"
#include "mail.h"
#include "token.h"

struct emu_mail_page {
	struct emu_req *req;
	const char *name; /* of the array; absent when it is empty */
	size_t max, count;
	struct emu_buf items;
	struct emu_buf tail;   /* fields after the array, without comma */
	struct emu_token here; /* asks for this very page again */
};

/**
 * Reads maxResults and pageToken. False after replying 400.
 *
 * print	fingerprint of the parameters that the token is bound to
 */
bool emu_mail_page_begin(struct emu_mail_page *p, struct emu_req *r,
			 enum emu_token_type type, uint64_t print);
/** Puts the comma before an item and counts it. */
void emu_mail_page_item(struct emu_mail_page *p);
/** A fault wants this page empty, to be followed by itself. */
bool emu_mail_page_empty(const struct emu_mail_page *p);
/** Writes the reply and releases the page; next may be NULL. */
void emu_mail_page_send(struct emu_mail_page *p, const struct emu_token *next);

#endif
