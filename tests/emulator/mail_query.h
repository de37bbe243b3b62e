/* SPDX-License-Identifier: Apache-2.0 */
/* Which messages a list wants: `q`, `labelIds`, `includeSpamTrash`. */
#ifndef EMU_MAIL_QUERY_H
#define EMU_MAIL_QUERY_H

#include "mail.h"

struct emu_query {
	uint64_t all, none; /* label sets */
	int64_t after_ms, before_ms;
	char *message_id; /* NULL: any */
	bool anywhere, spam_trash;
	uint64_t print; /* fingerprint of all of this */
	const char *wrong;
	struct emu_mailbox *box;
};

/** False after replying 400 or 403. */
bool emu_query_read(struct emu_req *r, struct emu_query *q);
/** Adds the terms of a `q`; sets `wrong` when one is not understood. */
void emu_query_terms(struct emu_query *q, const char *text);
/** What is left out unless it was asked for. */
void emu_query_finish(struct emu_query *q);
void emu_query_free(struct emu_query *q);
bool emu_query_has(const struct emu_query *q, const struct emu_mail *mail);

#endif
