/* SPDX-License-Identifier: Apache-2.0 */
/* The consent page, except that nobody has to click. */
#ifndef EMU_CONSENT_H
#define EMU_CONSENT_H

#include "oauth.h"

void emu_consent(struct emu_req *r);
/** Back to the redirect address, with the code, or without one with an error
 *  (unless the options know another). */
void emu_consent_return(struct emu_req *r, const struct emu_code *c,
			const char *error);

#endif
