/* SPDX-License-Identifier: Apache-2.0 */
/* Sync and page tokens: opaque, self-contained, with a check sum. */
#ifndef EMU_TOKEN_H
#define EMU_TOKEN_H

#include "util.h"

enum emu_token_type {
	EMU_TOKEN_SYNC = 1,
	EMU_TOKEN_PAGE,
	EMU_TOKEN_LIST_SYNC,
	EMU_TOKEN_LIST_PAGE,
	EMU_TOKEN_INSTANCES,
	EMU_TOKEN_MAIL_PAGE,
	EMU_TOKEN_HISTORY_PAGE,
	EMU_TOKEN_ATTACHMENT,
};

struct emu_token {
	uint64_t type;
	uint64_t account;     /* key, not index */
	uint64_t calendar;    /* key */
	uint64_t epoch;       /* of tokens of this type */
	uint64_t seq;         /* what the next sync token will tell */
	uint64_t position;    /* of the next item */
	uint64_t sub;         /* instance within a series */
	uint64_t salt;        /* faults count here */
	uint64_t fingerprint; /* of the frozen parameters */
};

/** Appends the text, padded base64url: it must be percent-encoded. */
void emu_put_token(struct emu_buf *b, const struct emu_token *t);
/** False when it is none of ours. */
bool emu_read_token(const char *text, struct emu_token *t);

#endif
