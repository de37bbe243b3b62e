/* SPDX-License-Identifier: Apache-2.0 */
/*
 * E-mail addresses as identities.
 *
 * The address as written is kept by the caller; what is compared and indexed
 * is the normalised form: outer white space and a "mailto:" prefix removed,
 * ASCII letters lowered, the domain in its ASCII (IDNA 2008) form through
 * libidn2 without a trailing dot. Dots and "+tags" are left alone: they are
 * different addresses to most servers.
 */
#ifndef SL_PEOPLE_ADDRESS_H
#define SL_PEOPLE_ADDRESS_H

#include <stdbool.h>

#include "core/base/arena.h"

/** Longest normalised address, bytes (RFC 5321: 64 + 1 + 255). */
#define SL_ADDRESS_MAX 320

/**
 * NULL when the text is no usable address (no or several unquoted "@", empty
 * part, white space or control characters inside, too long).
 */
char *sl_address_normalise(struct sl_arena *arena, const char *address)
	SL_NODISCARD;

/** Local part of a mailbox that no person reads (no-reply, bounce, ...). */
bool sl_address_is_machine(const char *normalised);

#endif
