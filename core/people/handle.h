/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handles as identities: profile URLs and URNs.
 *
 * As with addresses, what is written is kept by the caller; what is compared
 * and indexed is the normalised form. sluice.handle_norm() says the same of
 * what a person types into a table.
 *
 * A URN ("urn:li:person:AbC") stays as it is: case counts. Of a URL go the
 * scheme, "www.", query, fragment and the slashes at its end; percent-encoded
 * letters, digits, "-._~" and UTF-8 are decoded, ASCII is lowered. A URL needs a
 * host with a dot and a path: a site is nobody's profile. Which other hosts or
 * paths show the same person (an edition in another language), its connector
 * knows, and writes the one.
 */
#ifndef SL_PEOPLE_HANDLE_H
#define SL_PEOPLE_HANDLE_H

#include <stdbool.h>

#include "core/base/arena.h"

/** Longest normalised handle, bytes. */
#define SL_HANDLE_MAX 512

/**
 * NULL when the text is no usable handle: neither URL nor URN, white space or
 * control characters inside, too long. Normalising twice changes nothing.
 */
char *sl_handle_normalise(struct sl_arena *arena, const char *handle)
	SL_NODISCARD;

/** Is a normalised handle a profile's URL, not a bare URN? */
bool sl_handle_is_profile(const char *normalised);

#endif
