/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an address and a name look like, as far as it decides about contacts.
 */
#ifndef SL_PEOPLE_SCREEN_H
#define SL_PEOPLE_SCREEN_H

#include <stdbool.h>

/**
 * Is the address on the list? An entry is an address ("ann@example.com"), a
 * domain ("example.com", "@example.com"), which covers its subdomains, or a
 * profile's URL; capitals and internationalised domains are as good as their
 * normalised form.
 *
 * list		comma-separated, white space around entries ignored; or NULL
 * norm		a normalised address (core/people/address.h)
 */
bool sl_people_is_blocked(const char *list, const char *norm);

/** The same of a normalised handle (core/people/handle.h). */
bool sl_people_is_blocked_handle(const char *list, const char *norm);

/**
 * Is it a name that a person would show? Not one that is empty, that is an
 * address (its own or another), or that a list wrote: "Ann via Team".
 *
 * name		as seen; or NULL
 */
bool sl_people_is_name(const char *name);

#endif
